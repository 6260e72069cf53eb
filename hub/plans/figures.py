"""How the clocks of emergencies were kept, by clause: what compliance reports."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hub.cases import clocks as case_clocks
from hub.cases.types import ClockEvent
from hub.plans.types import Run, RunClock

CLAUSES: Mapping[str, tuple[str, str]] = {
    "EMG-2": ("确认、到场与预案步骤", "acknowledged, on the spot, steps of the plan"),
    "EMG-3": ("报告上级与有关部门", "superiors and authorities told"),
    "EMG-4": ("复盘", "reviewed"),
    "EMG-5": ("结果告知", "residents told of the outcome"),
}
OF_CASES = ("acknowledge", "arrive")
"""The cases' own clocks that come under EMG-2."""
OF_CASES_CLAUSE = "EMG-2"


class Kept(NamedTuple):
    """The clocks of one clause: how many began, and of these were done in time, were not, still run, or ended undone, since the
    incident was over. `begun` is the sum of the others."""

    clause: str
    begun: int
    kept: int
    missed: int
    running: int
    ended: int


def kept(runs: Iterable[Run], of_cases: Mapping[int, tuple[ClockEvent, ...]]) -> list[Kept]:
    """One row for each clause. `of_cases`: the rows of the cases' own clocks. What comes late counts as missed."""
    sums = {clause: dict.fromkeys(("kept", "missed", "running", "ended"), 0) for clause in CLAUSES}
    for run in runs:
        if run.state == "void":
            continue
        for clock in run.clocks:
            if clock.clause in sums:
                sums[clock.clause][_fate(clock)] += 1
        for name in OF_CASES:
            life = case_clocks.life(of_cases.get(run.case_no, ()), name)
            if life:
                sums[OF_CASES_CLAUSE][_fate_of_case(life)] += 1
    return [Kept(clause, sum(found.values()), **found) for clause, found in sums.items()]


def _fate(clock: RunClock) -> str:
    if clock.missed or (clock.met_us is not None and clock.met_us > clock.due_us):
        return "missed"
    if clock.met_us is not None:
        return "kept"
    return "running" if clock.awaited else "ended"


def _fate_of_case(life: Iterable[ClockEvent]) -> str:
    events = {row.event for row in life}
    if "expire" in events:
        return "missed"
    return "kept" if "stop" in events else "running"
