"""Guards on their rounds: what they do to twins, and what is written down of it."""

from typing import Any

import pytest

from contract.clock import US_PER_S, ManualClock
from watchkeeper.demo.life import Stage
from watchkeeper.demo.record import Record
from watchkeeper.demo.rounds import BEATS, DEAD, DEAD_ROUNDS, ENDS_S, EVERY_S, GAP, WELL, Night
from watchkeeper.demo.walkers import CardHand, Walker, WandHand


class Patience(Stage):
    """A stage on which time passes at once; `held_s`: so much longer, the next time."""

    def __init__(self, clock: ManualClock, limits: dict[str, float]) -> None:
        super().__init__(clock, Record(), limits)
        self.held_s = 0.0

    def rest(self, seconds: float) -> None:
        self.clock.advance_us(int((max(0.0, seconds) + self.held_s) * US_PER_S))  # type: ignore[attr-defined]
        self.held_s = 0.0


class Plant:
    """What walkers touch of a plant, written down."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.did: list[tuple[str, float]] = []
        self.wands = self.cradles = dict.fromkeys(("wand-1", "wand-2"), self)
        self.post = self

    def __getattr__(self, name: str) -> Any:
        def do(*_: object) -> bool:
            self.did.append((name, round(self.clock.now_us() % (EVERY_S * US_PER_S) / US_PER_S, 1)))
            return True

        return do


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(EVERY_S * US_PER_S * 100 - 1_000_000)


def walker_of(at: int, clock: ManualClock, seconds: float = 1e4) -> tuple[Walker, Patience, Plant]:
    plant, stage, beat, night = Plant(clock), Patience(clock, {}), BEATS[at], Night.at(0)
    hand = WandHand(plant, beat) if beat.guard_tag else CardHand(plant, beat, 5.0)  # type: ignore[arg-type]
    walker = Walker(beat, hand, night)
    walker.span = night.span(clock.now_us(), clock.now_us() + int(seconds * US_PER_S))
    return walker, stage, plant


def test_a_wand_leaves_its_cradle_reads_the_tags_of_the_list_and_is_put_back(clock):
    walker, stage, plant = walker_of(0, clock)
    walker.walk(stage)
    assert plant.did == [("take_out", 2.5), ("scan", 3.0), ("scan", 8.3), ("put_in", 9.2)]
    tally = stage.record.tally()
    assert (tally.episodes, tally.near_misses, tally.ambiguous) == ({GAP: 1}, {GAP: 1}, [])


def test_a_guard_who_was_held_up_leaves_out_what_is_too_late_and_it_is_an_episode(clock):
    walker, stage, plant = walker_of(0, clock)
    stage.held_s = ENDS_S - 1.0
    walker.walk(stage)
    assert "scan" not in [what for what, _ in plant.did]
    assert stage.record.tally().episodes == {GAP: 3}


def test_a_guard_who_was_held_up_for_rounds_is_held_to_each_of_them(clock):
    walker, stage, _ = walker_of(1, clock)
    stage.held_s = 3.0 * EVERY_S
    for _ in range(3):
        walker.walk(stage)
    assert stage.record.tally().episodes == {GAP: 9}


def test_rounds_before_and_after_life_are_walked_and_not_held_against_anybody(clock):
    walker, stage, plant = walker_of(0, clock, seconds=1.0)
    walker.walk(stage)
    assert [what for what, _ in plant.did].count("scan") == len(BEATS[0].places)
    assert stage.record.tally() == Record().tally()


def test_a_dead_reader_is_silent_once_and_each_of_its_windows_is_an_episode(clock):
    walker, stage, plant = walker_of(2, clock)
    for _ in range(1 + DEAD_ROUNDS + 1):
        walker.walk(stage)
    assert [what for what, _ in plant.did] == ["present", "unplug", "plug"]
    tally = stage.record.tally()
    assert tally.episodes == {GAP: DEAD_ROUNDS + 1, "device_silent": 1}
    assert tally.near_misses == {GAP: 1}


def test_a_reader_does_not_die_when_there_is_no_time_to_miss_it(clock):
    walker, _, _ = walker_of(2, clock)
    assert walker.span is not None
    last_us = walker.span.first_us
    short = walker.span._replace(last_us=last_us)
    hand = CardHand(Plant(clock), BEATS[2], 5.0)  # type: ignore[arg-type]
    assert hand.fitting(DEAD, last_us, short) == WELL
    assert hand.fitting(DEAD, last_us, walker.span) == DEAD
