"""Reports put together: what is asked of the tables, and what is made of it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple

from hub.duties.judging import counts
from hub.duties.localtime import DAY, day_us, local_day
from hub.duties.lookup import PlanView
from hub.duties.plan import plan_from
from hub.duties.schedule import ShiftHours
from hub.duties.types import Duty, Route, Scan
from hub.estate import Estate
from hub.reports import figures
from hub.reports.figures import By, Figures, Unvisited
from hub.reports.record import DayFacts, Record, is_patrol, patrols, record_of
from hub.reports.words import Lang
from hub.store.reports import Counting, DayAsked, ReportReads


class Days(NamedTuple):
    """Local days, both included."""

    first: date
    last: date


class RecordAsked(NamedTuple):
    """Which record. `routes` empty: all. `late_us`: what takes longer to come is late."""

    day: date
    lang: Lang
    late_us: int
    routes: tuple[str, ...] = ()


@lru_cache(maxsize=8)
def _view(body: str) -> PlanView:
    return PlanView(plan_from(body))


def compliance(reads: ReportReads, estate: Estate, days: Days, by: By, duties: Sequence[str], now_us: int) -> list[Figures]:
    """How duties were kept on these days. Of places, routes and duties also those that are planned and were not due."""
    view = _plan(reads, min(now_us + 1, day_us(estate.timezone, days.last + DAY)))
    routes = [] if view is None else [route for route in view.plan.routes if not duties or route.duty in duties]
    planned: dict[By, Callable[[Route], Sequence[str]]] = {
        "place": lambda route: route.places,
        "route": lambda route: (route.id,),
        "duty": lambda route: (route.duty,),
    }
    keys = [key for route in routes for key in planned[by](route)] if by in planned else []
    return figures.compliance(reads.counts(by, days.first, days.last, duties), by, keys)


def planned_places(reads: ReportReads, until_us: int, routes: Sequence[str], duties: Sequence[str]) -> list[str]:
    """The places of these routes and duties by the plan that was in force then; empty: of all."""
    view = _plan(reads, until_us)
    planned = [] if view is None else view.plan.routes
    wanted = [one for one in planned if (not routes or one.id in routes) and (not duties or one.duty in duties)]
    return [place for one in wanted for place in one.places]


def unvisited(
    reads: ReportReads, estate: Estate, days: Days, duties: Sequence[str], now_us: int, most: int = figures.WORST
) -> list[Unvisited]:
    """The places that stayed unvisited for longest on these days: up to now, or up to their end where that is past."""
    until_us = min(now_us + 1, day_us(estate.timezone, days.last + DAY))
    view = _plan(reads, until_us)
    visits: dict[str, dict[str, Counting]] = {}
    for route in view.plan.routes if view is not None else ():
        duty = view.duties.get(route.duty) if view is not None else None
        if view is None or duty is None or duty.evidence != "scan":
            continue
        for place in route.places:
            of_place = visits.setdefault(place, {})
            mine: Counting = partial(_counts, duty, route, view)
            of_place[duty.duty] = _either(of_place[duty.duty], mine) if duty.duty in of_place else mine
    wanted = [name for name in duties if view is None or _is_scanned(view, name)] if duties else []
    if duties and not wanted:
        return []
    lanes = reads.lane_times(days, until_us, visits, wanted)
    scanned = [lane for lane in lanes if view is None or _is_scanned(view, lane.duty)]
    return figures.unvisited(scanned, estate.timezone, until_us, most)


def record(reads: ReportReads, estate: Estate, shifts: Mapping[str, ShiftHours], asked: RecordAsked, now_us: int) -> Record:
    """The daily record, as it is known now. Raises TooMany."""
    zone = estate.timezone
    begin_us, end_us = day_us(zone, asked.day), day_us(zone, asked.day + DAY)
    rows = reads.day(DayAsked(begin_us, end_us, asked.late_us, asked.routes))
    views = {number: _view(body) for number, body in rows.plans.items()}
    windows = patrols(rows.windows, views)
    newest = _plan(reads, min(now_us + 1, end_us))
    duties = sorted(
        {window.duty for window in windows} if newest is None else {d.duty for d in newest.duties.values() if is_patrol(d)}
    )
    days = Days(asked.day, asked.day)
    places = {window.place for window in windows}
    worst = (
        unvisited(reads, estate, days, duties, now_us, most=len(places))
        if duties and asked.day <= local_day(zone, now_us)
        else []
    )
    facts = DayFacts(
        day=asked.day,
        now_us=now_us,
        windows=windows,
        views=views,
        evidence=rows.evidence,
        late=[scan for scan in rows.late if scan.place in places],
        gaps=rows.gaps,
        observations=rows.observations,
        roster=rows.roster,
        worst=[row for row in worst if row.place in places][: figures.WORST],
        shifts=shifts,
    )
    return record_of(facts, estate, asked.lang)


def _plan(reads: ReportReads, until_us: int) -> PlanView | None:
    body = reads.plan_body(until_us)
    return None if body is None else _view(body)


def _counts(duty: Duty, route: Route, view: PlanView, scan: Scan) -> bool:
    return counts(scan, duty, route, view.staff.get(scan.person))


def _either(one: Counting, other: Counting) -> Counting:
    return lambda scan: one(scan) or other(scan)


def _is_scanned(view: PlanView, name: str) -> bool:
    """Whether the duty is done by being somewhere. One that the plan does not know any more was."""
    duty = view.duties.get(name)
    return duty is None or duty.evidence == "scan"
