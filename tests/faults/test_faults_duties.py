"""The tries of duties find what they are there to find: bugs that are planted here must turn them red, each by its name."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from hub.detectors.types import Raise
from hub.duties.judging import Moment, Verdict
from hub.duties.types import Window, WindowState
from hub.ingest import writer
from hub.ingest.core import Core
from hub.ingest.duties import dutybook, planning
from hub.ingest.outcome import Outcome
from hub.ingest.site import Site
from tests.faults import duties
from tests.faults.duty_zones import Turned, every_change, turned, wanted
from tests.support import site_rig
from tests.support.patrol_reference import SECOND, Found, Raised, Record, Span, ToldMark, ToldScan, Wanted, judged
from tests.support.patrol_rig import START

HOUR = 3_600
_finding, _windows, _verdict, _seen_of = dutybook.Dutybook._finding, planning.windows, dutybook.verdict, dutybook.seen_of
_write_duties = writer._write_duties


def _carries_notice(self: Any, was: Window, new: Window, *more: Any) -> Any:
    found = _finding(self, was, new, *more)
    return found._replace(at_us=self._times.now_us) if isinstance(found, Raise) else found


def _made_anew(plan: Any, plan_no: int, occasions: Any, from_us: int, until_us: int, *more: Any) -> Iterator[Window]:
    for window in _windows(plan, plan_no, occasions, max(START + 1, from_us - 6 * HOUR * SECOND), until_us, *more):
        yield replace(window, window_id=f"{window.window_id}#{from_us}")


def _by_wall_clock(window: Window, filled: bool, _reported_us: int, moment: Moment, **more: bool) -> Verdict:
    return _verdict(window, filled, 2**62, moment, **more)


def _by_arrival(event: Any, *more: Any) -> Any:
    seen = _seen_of(event, *more)
    return None if seen is None else seen._replace(at_us=event.hub_at_us)


def _unsettled(connection: Any, site_id: str, site: Site, outcome: Outcome) -> None:
    class Blind:
        """A site whose windows change no state."""

        def __getattr__(self, name: str) -> Any:
            return getattr(site, name)

        class windows:  # noqa: N801
            @staticmethod
            def changed() -> Iterator[Any]:
                return ((key, was, now) for key, was, now in site.windows.changed() if now is None or was is None)

    _write_duties(connection, site_id, Blind(), outcome)  # type: ignore[arg-type]


def _reopens(_was: WindowState, found: Verdict) -> WindowState:
    return found.state


class GapsApart(Core):
    """Commits what became of windows before the incidents that tell of it."""

    def _commit(self, site: Site, outcome: Outcome, now_us: int) -> None:
        with self._engine.begin() as connection:
            _write_duties(connection, outcome.site, site, outcome)
        super()._commit(site, outcome, now_us)


class Plant(NamedTuple):
    """A bug, where it is put, the words that name it, and after how many restarts."""

    module: Any
    name: str
    bug: Any
    words: str
    tries: int = 20


RESTARTS = duties.again_and_again(duties.restart, 100)
PLANTS = {
    "gap_carries_the_time_of_notice": Plant(dutybook.Dutybook, "_finding", _carries_notice, "and not its window's end"),
    "windows_made_anew_are_doubled": Plant(planning, "windows", _made_anew, "a window is there twice"),
    "verdict_by_the_wall_clock": Plant(dutybook, "verdict", _by_wall_clock, "its sources had not told"),
    "evidence_by_its_arrival": Plant(dutybook, "seen_of", _by_arrival, "its evidence must be"),
    "states_are_not_written": Plant(writer, "_write_duties", _unsettled, "do not agree on whether there is a gap"),
    "gap_outside_the_transaction": Plant(site_rig, "Core", GapsApart, "do not agree on whether there is a gap", 60),
    "a_restart_reopens_a_gap": Plant(dutybook, "becomes", _reopens, "it must be withdrawn"),
}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_bug_is_found_by_its_name(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    plant = PLANTS[name]
    monkeypatch.setattr(plant.module, plant.name, plant.bug)
    violations = RESTARTS(tmp_path, plant.tries, Random(1)).violations
    assert any(plant.words in words for words in violations), violations[:5]


def test_without_a_bug_the_same_tries_find_nothing(tmp_path: Path):
    assert not RESTARTS(tmp_path, 20, Random(1)).violations


def test_a_window_that_is_lost_in_a_change_of_clocks_is_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    change = turned("Europe/Berlin")[0]

    def one_less(*arguments: Any) -> Iterator[Window]:
        return (one for one in _windows(*arguments) if not one.opens_us <= change.at * SECOND < one.ends_us)

    monkeypatch.setattr(planning, "windows", one_less)
    found = every_change(lambda: [change])(tmp_path, 1, Random(1)).violations
    assert any("lost ('all_day'" in words for words in found)


def test_the_walls_clock_of_the_reference_is_right_about_a_night_in_berlin():
    change = Turned("Europe/Berlin", 1_774_746_000)  # 29 March 2026, 01:00 UTC: two o'clock is three o'clock
    assert change in turned("Europe/Berlin")
    windows = wanted(change, change.at - HOUR, change.at + HOUR)
    opens = sorted((duty, (at // SECOND - change.at) // 60) for duty, at, _ in windows.elements() if duty in ("times", "shift"))
    assert opens == [("shift", 0), ("times", -40), ("times", -10), ("times", -10), ("times", -10)]
    assert sum(duty == "all_day" for duty, _, _ in windows) == 2


END = 1_000 * SECOND
WINDOW = Wanted("gate", 0, END)
UP = [Span(0, 3 * END, 0, 0)]
TOLD = ToldMark(END + 300_000, "w", END + 200_000)
SCAN = ToldScan(2 * END, "gate", 500 * SECOND, "s")


def found(state: str = "missed", *raised: Raised, **more: Any) -> Found:
    plain = {"evidence": None, "case": "open" if raised else "", "opened": END if raised else None, "late": False, "reasons": ()}
    return Found(state=state, raised=raised, **(plain | more))


GAP, GUESS = Raised(END + 300_000, True), Raised(END + 800_000, False)


@pytest.mark.parametrize(
    ("scans", "marks", "says", "wrong"),
    [
        ([], [TOLD], found("missed", GAP), ""),
        ([], [], found("unproven", GUESS), ""),
        ([SCAN], [], found("withdrawn", GUESS, case="withdrawn", evidence="w|s", reasons=("evidence_made_in_time",)), ""),
        ([SCAN._replace(told=END)], [TOLD], found("kept", evidence="w|s"), ""),
        ([], [TOLD], found("open"), "not raised by"),
        ([], [TOLD], found("missed", GAP, GAP), "more than once"),
        ([], [], found("missed", GUESS), "it must be unproven"),
        ([], [], found("unproven", GUESS._replace(true=END + 1_000_001)), "after its end"),
        ([], [], found("unproven", GUESS._replace(true=END + 700_000)), "before its sources had their time"),
        ([], [], found("missed", GAP), "had not told"),
        ([SCAN._replace(told=END)], [], found("withdrawn", GUESS, case="withdrawn", evidence="w|s"), "false gap"),
        ([SCAN], [], found("unproven", GUESS), "it must be withdrawn"),
        ([], [TOLD], found("missed", GAP, late=True), "marked as detected late"),
        ([], [TOLD], found("missed", GAP, opened=END + 1), "not its window's end"),
    ],
)
def test_the_reference_judges_what_can_be_judged_by_eye(scans, marks, says: Found, wrong: str):
    told = list(judged([WINDOW], Record(UP, scans, marks, ["w"], 3 * END), {WINDOW: says}))
    assert any(wrong in words for words in told) if wrong else not told, told
