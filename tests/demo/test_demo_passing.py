"""What is done at the gates is written down as what must come of it; a gate that does not do its part ends the demo."""

from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest

from contract.clock import US_PER_S, ManualClock
from watchkeeper.demo.gatebook import LOST, REVOKED, SUSPENDED, WANTED, plate_of, visitors_plate
from watchkeeper.demo.life import Stage
from watchkeeper.demo.passing import BARRIER, Cards, EntryLane, Wicket
from watchkeeper.demo.record import Record

LIMITS = {
    "loop_plate_s": 3.0, "plate_loop_s": 3.0, "plate_before_s": 5.0, "plate_doubt_s": 5.0, "watch_quiet_s": 25.0,
    "left_open_s": 5.0, "passbacks": 3, "passbacks_window_s": 25.0, "stopped_quiet_s": 50.0, "travel_s": 2.5,
    "refusals": 3, "refusals_window_s": 5.0,
}  # fmt: skip
POLL_US = 100_000
LOCK_US = US_PER_S // 2
PASSBACK_US = 25 * US_PER_S


class Barrier:
    """Is up and down at once. `loop`: when a car came and went."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.opened, self.presses = 0.0, {"open": 0, "close": 0}
        self.loop: list[tuple[int, bool]] = []

    def press(self, action: str) -> None:
        self.presses[action] += 1
        self.opened = float(action == "open")

    def car_arrives(self) -> None:
        self.loop.append((self._clock.now_us(), True))

    def car_leaves(self) -> None:
        self.loop.append((self._clock.now_us(), False))


class Plates:
    """Opens for every plate of which it is sure. `deaf`: the agent takes nothing."""

    def __init__(self, clock: ManualClock, barrier: Barrier) -> None:
        self._clock, self._barrier = clock, barrier
        self.seen: list[tuple[int, str]] = []
        self.opens, self.deaf, self.opens_all = True, False, False

    def see(self, plate: str, *, confidence: int = 96) -> bool:
        self.seen.append((self._clock.now_us(), plate))
        sure = confidence > 80 and plate.isascii() is False and "А" not in plate
        if self.opens and (sure or self.opens_all):
            self._barrier.press("open")
        return not self.deaf


class Locks:
    """Locks that are unlocked for a moment."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.unlocks = {"wicket-1": 0, "wicket-2": 0, "lift-hall": 0}
        self._until_us = dict.fromkeys(self.unlocks, 0)

    def is_unlocked(self, door: str) -> bool:
        return self._clock.now_us() < self._until_us[door]

    def unlock(self, door: str) -> None:
        self.unlocks[door] += not self.is_unlocked(door)
        self._until_us[door] = self._clock.now_us() + LOCK_US


class Reader:
    """Decides as the hub's table would have it."""

    def __init__(self, house: "House", name: str, door: str) -> None:
        self._house, self._name, self._door = house, name, door

    def present(self, facility: int, card: int) -> None:
        now_us = self._house.clock.now_us()
        self._house.shown.append((now_us, self._name, card))
        inside_us = self._house.inside.get(card, -PASSBACK_US)
        refused = card in (LOST, REVOKED, SUSPENDED) or (self._name == "reader-5" and now_us - inside_us < PASSBACK_US)
        if refused or self._house.shut:
            return
        self._house.locks.unlock(self._door)
        if self._name == "reader-5":
            self._house.inside[card] = now_us
        elif self._name == "reader-6":
            self._house.inside.pop(card, None)


class House:
    """A plant of twins. `shut`: its readers let nobody in. `slow_s`: how long boards take to be polled."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.barriers = {BARRIER: Barrier(clock)}
        self.plates = Plates(clock, self.barriers[BARRIER])
        self.locks = Locks(clock)
        self.shown: list[tuple[int, str, int]] = []
        self.inside: dict[int, int] = {}
        self.shut, self.slow_s = False, 0.0
        doors = {"reader-5": "wicket-1", "reader-6": "wicket-1", "reader-7": "wicket-2", "reader-8": "lift-hall"}
        self.walk = {name: Reader(self, name, door) for name, door in doors.items()}

    def press(self, barrier: str, action: str) -> None:
        self.barriers[barrier].press(action)

    def answered(self, board: str) -> int:
        self.clock.advance_us(int(self.slow_s * US_PER_S))
        return self.clock.now_us() // POLL_US


class Patience(Stage):
    """A stage on which time passes at once."""

    def rest(self, seconds: float) -> None:
        self.clock.advance_us(int(max(0.0, seconds) * US_PER_S))  # type: ignore[attr-defined]


@pytest.fixture
def at() -> Any:
    clock = ManualClock(100 * US_PER_S)
    house, visitors = House(clock), deque[str]()
    stage = Patience(clock, Record(), LIMITS)
    parts = (EntryLane(house, visitors), Wicket(house), Cards(house))  # type: ignore[arg-type]
    entry, wicket, cards = parts
    return SimpleNamespace(house=house, stage=stage, entry=entry, wicket=wicket, cards=cards, visitors=visitors)


def episodes(at: Any) -> dict[str, int]:
    return dict(at.stage.record.tally().episodes)


def near_misses(at: Any) -> set[str]:
    return {name for name, count in at.stage.record.tally().near_misses.items() if count}


def test_a_resident_who_drives_in_is_no_incident_of_any_kind(at):
    at.entry.comes_home(at.stage)
    assert episodes(at) == {}
    assert {"loop_plate_disagree", "plate_without_vehicle", "plate_unreadable", "plate_watched"} <= near_misses(at)
    assert [there for _, there in at.house.barriers[BARRIER].loop] == [True, False]
    assert at.house.barriers[BARRIER].opened == 0.0


def test_a_vehicle_whose_loop_was_seen_late_is_not_to_be_decided(at):
    at.house.slow_s = 1.0
    at.entry.comes_home(at.stage)
    assert any("plate_without_vehicle" in line for line in at.stage.record.tally().ambiguous)


def test_a_visitor_who_waits_drives_in_before_residents(at):
    at.visitors.append(visitors_plate(3))
    at.entry.comes_home(at.stage)
    assert at.house.plates.seen[0][1] == visitors_plate(3)
    assert not at.visitors


def test_each_wanted_plate_is_one_incident_and_then_a_resident_comes(at):
    for _ in range(len(WANTED) + 1):
        at.entry.wanted_comes(at.stage)
    plates = [plate for _, plate in at.house.plates.seen]
    assert plates[: len(WANTED)] == [plate_of(one) for one in WANTED]
    assert plates[-1] not in plates[: len(WANTED)]
    assert episodes(at) == {"plate_watched": len(WANTED)}


def test_a_paper_plate_has_no_vehicle_and_keeps_away_from_the_plate_before(at):
    at.entry.comes_home(at.stage)
    cars = len(at.house.barriers[BARRIER].loop)
    at.entry.paper_plate(at.stage)
    (first_us, _), (paper_us, _) = at.house.plates.seen
    assert paper_us - first_us > 1.5 * LIMITS["plate_loop_s"] * US_PER_S
    assert at.stage.clock.now_us() - paper_us > 1.5 * LIMITS["plate_loop_s"] * US_PER_S
    assert len(at.house.barriers[BARRIER].loop) == cars
    assert episodes(at) == {"plate_without_vehicle": 1}


def test_a_covered_plate_keeps_away_from_plates_that_were_read(at):
    at.entry.plate_in_doubt(at.stage)
    at.entry.hides_its_plate(at.stage)
    (read_us, _), ((came_us, _), (left_us, _)) = at.house.plates.seen[0], at.house.barriers[BARRIER].loop
    assert came_us - read_us > 1.5 * LIMITS["plate_before_s"] * US_PER_S
    assert left_us - came_us > 1.5 * LIMITS["loop_plate_s"] * US_PER_S
    assert episodes(at) == {"plate_unreadable": 1, "loop_plate_disagree": 1}


def test_a_plate_in_doubt_is_told_once_in_a_while(at):
    at.entry.plate_in_doubt(at.stage)
    at.entry.plate_in_doubt(at.stage)
    assert len(at.house.plates.seen) == 1
    at.stage.rest(10.0)
    at.entry.plate_in_doubt(at.stage)
    assert episodes(at) == {"plate_unreadable": 2}


def test_a_doubtful_plate_that_opens_ends_the_demo(at):
    at.house.plates.opens_all = True
    with pytest.raises(RuntimeError, match="in doubt"):
        at.entry.plate_in_doubt(at.stage)


def test_a_barrier_that_does_not_open_for_a_resident_ends_the_demo(at):
    at.house.plates.opens = False
    with pytest.raises(RuntimeError, match="did not open"):
        at.entry.comes_home(at.stage)


def test_an_agent_that_takes_no_plate_ends_the_demo(at):
    at.house.plates.deaf = True
    with pytest.raises(RuntimeError, match="took nothing"):
        at.entry.comes_home(at.stage)


def test_a_card_that_is_handed_back_is_one_passback_in_its_window(at):
    at.wicket.card_handed_back(at.stage)
    at.wicket.card_handed_back(at.stage)
    assert [name for _, name, _ in at.house.shown] == ["reader-5"] * 4 + ["reader-6"]
    assert len({card for _, _, card in at.house.shown}) == 1
    assert at.house.locks.unlocks["wicket-1"] == 2
    assert episodes(at) == {"passback": 1}


def test_out_and_in_again_is_no_passback(at):
    at.wicket.goes_out_and_in(at.stage)
    assert at.house.locks.unlocks["wicket-1"] == 3
    assert (episodes(at), near_misses(at)) == ({}, {"passback"})


def test_a_reader_that_keeps_out_whom_it_should_let_in_ends_the_demo(at):
    at.house.shut = True
    with pytest.raises(RuntimeError, match="was not unlocked"):
        at.wicket.goes_out_and_in(at.stage)


def test_a_card_at_two_places_at_once_is_an_incident_and_on_foot_it_is_none(at):
    at.cards.is_at_two_places(at.stage)
    at.cards.walks_across(at.stage)
    assert [name for _, name, _ in at.house.shown] == ["reader-7", "reader-8"] * 2
    assert at.house.shown[3][0] - at.house.shown[2][0] > 1.5 * LIMITS["travel_s"] * US_PER_S
    assert len({card for _, _, card in at.house.shown}) == 2
    assert (episodes(at), near_misses(at)) == ({"impossible_travel": 1}, {"impossible_travel"})


def test_a_stopped_card_is_told_once_at_each_reader_in_its_time(at):
    for _ in range(3):
        at.cards.stopped_card(at.stage)
    assert [(name, card) for _, name, card in at.house.shown] == [("reader-8", LOST), ("reader-7", REVOKED)]
    assert episodes(at) == {"stopped_credential": 2}


def test_a_suspended_card_is_refused_and_no_stopped_one(at):
    at.cards.suspended_card(at.stage)
    at.cards.suspended_card(at.stage)
    assert [card for _, _, card in at.house.shown] == [SUSPENDED]
    assert (episodes(at), near_misses(at)) == ({}, {"stopped_credential", "repeated_refusals"})


def test_each_act_is_over_in_the_time_it_takes(at):
    for act in (*at.entry.acts(LIMITS), *at.wicket.acts(), *at.cards.acts(LIMITS)):
        begin_us = at.stage.clock.now_us()
        act.play(at.stage)
        assert (at.stage.clock.now_us() - begin_us) / US_PER_S <= act.takes_s
