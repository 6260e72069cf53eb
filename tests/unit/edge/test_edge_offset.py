"""The agent's clock against the hub's."""

import random

from contract.clock import US_PER_S, ManualClock
from edge.offset import ClockOffset, Now


def exchange(offset, clock, ahead_us, out_us, back_us):
    """One receipt: the hub's clock is `ahead_us` before the agent's."""
    sent = clock.mono_us()
    clock.advance_us(out_us)
    hub_us = clock.now_us() + ahead_us
    clock.advance_us(back_us)
    offset.sample(sent, hub_us, now(clock))


def now(clock):
    return Now(clock.now_us(), clock.mono_us())


def test_nothing_is_known_before_the_first_receipt():
    assert ClockOffset().at(Now(5, 5)) is None


def test_an_even_round_trip_tells_it_exactly():
    clock, offset = ManualClock(), ClockOffset()
    exchange(offset, clock, ahead_us=-7 * US_PER_S, out_us=900, back_us=900)
    assert offset.at(now(clock)) == 7 * US_PER_S


def test_the_shortest_round_trip_is_believed():
    clock, offset, rng = ManualClock(), ClockOffset(), random.Random(4)
    exchange(offset, clock, 2_000_000, 300, 310)
    for _ in range(8):
        exchange(offset, clock, 2_000_000, rng.randint(5_000, 80_000), rng.randint(500, 5_000))
    assert offset.at(now(clock)) in range(-2_000_310, -1_999_689)


def test_a_step_of_the_agents_own_clock_is_seen_at_once():
    clock, offset = ManualClock(), ClockOffset()
    exchange(offset, clock, 0, 500, 500)
    clock.step_wall_us(3_600 * US_PER_S)
    assert offset.at(now(clock)) == 3_600 * US_PER_S


def test_one_outlier_is_not_believed_and_three_in_a_row_are():
    clock, offset = ManualClock(), ClockOffset()
    for _ in range(5):
        exchange(offset, clock, 0, 500, 500)
    exchange(offset, clock, 60 * US_PER_S, 500, 500)
    assert offset.at(now(clock)) == 0
    exchange(offset, clock, 0, 500, 500)
    for _ in range(2):
        exchange(offset, clock, 60 * US_PER_S, 500, 500)
    assert offset.at(now(clock)) == 0
    exchange(offset, clock, 60 * US_PER_S, 500, 500)
    assert offset.at(now(clock)) == -60 * US_PER_S


def test_a_drifting_clock_is_followed():
    clock, offset = ManualClock(), ClockOffset()
    ahead_us = 0
    for _ in range(400):
        exchange(offset, clock, ahead_us, 400, 400)
        clock.advance_us(10 * US_PER_S)
        ahead_us += 1_000  # 100 ppm
    assert offset.at(now(clock)) in range(-ahead_us - 200_000, -ahead_us + 200_000)
