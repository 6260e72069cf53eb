"""Whether the wall clock is believed when old rows are to be swept: it is set, set again, put right by a second, and left so."""

import pytest

from contract.clock import US_PER_S
from hub.ingest.sweeping import SweepGuard, doubted_since

HOUR_US = 3_600 * US_PER_S
DAY_US = 24 * HOUR_US
WEEK_US = 7 * DAY_US
START_US = 20_000 * DAY_US


def guard(doubted_us=None):
    return SweepGuard(doubted_us, START_US, 0)


@pytest.mark.parametrize("step_us", [30 * DAY_US, -30 * DAY_US])
def test_a_clock_that_was_set_and_is_left_so_for_a_week_is_believed_while_the_hub_runs_on(step_us):
    one = guard()
    assert one.halted(START_US + step_us, 0) == "clock_stepped"
    assert one.halted(START_US + step_us + WEEK_US - 1, WEEK_US - 1) == "clock_stepped"
    assert one.halted(START_US + step_us + WEEK_US, WEEK_US) is None
    assert one.halted(START_US + step_us + WEEK_US + 2 * HOUR_US, WEEK_US) == "clock_stepped", "from now on it is the clock"


@pytest.mark.parametrize("second_us", [365 * DAY_US, -15 * DAY_US])
def test_a_clock_that_is_set_again_is_doubted_anew_also_after_a_restart(second_us):
    one = guard()
    assert one.halted(START_US + 30 * DAY_US, 0) == "clock_stepped"
    mono_us = WEEK_US - HOUR_US
    now_us = START_US + 30 * DAY_US + second_us + mono_us
    assert one.halted(now_us, mono_us) == "clock_stepped"
    assert one.halted(now_us + 2 * HOUR_US, mono_us + 2 * HOUR_US) == "clock_stepped"
    again_us = now_us + 3 * HOUR_US
    assert doubted_since(again_us - HOUR_US, one.doubted_us, again_us) == now_us


def test_a_doubt_is_not_ended_by_a_clock_that_is_put_right_by_a_second():
    assert guard(START_US).halted(START_US - US_PER_S, 0) == "clock_ahead_of_newest_row"
    assert doubted_since(START_US, START_US, START_US - US_PER_S) == START_US


def test_a_clock_that_is_set_right_while_the_hub_runs_is_believed_at_once():
    one = guard()
    assert one.halted(START_US + 30 * DAY_US, 0) == "clock_stepped"
    assert one.halted(START_US + HOUR_US, HOUR_US) is None
    assert one.doubted_us is None
