"""What reports ask of the tables. Each answer is one snapshot; see hub/store/read.py.

A year of a thousand places is 365,000 rows of `tally`: they are added up in the database, along its primary key.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Row, bindparam, case, func, select

from hub.cases.types import Entry
from hub.duties.types import Scan, Shift, Window
from hub.reports.figures import By, Counts, LaneTimes
from hub.reports.record import CaseNote
from hub.store import schema as t
from hub.store.duty_reads import evidence_of, scan_of
from hub.store.heat_reads import HeatAsked, HeatRow, heat_rows

RECORD_WINDOWS_MAX = 50_000
RECORD_SCANS_MAX = 5_000
RECORD_CASES_MAX = 5_000
DUE_BEFORE_DAYS = 7
"""A place that was due so shortly before the days asked for is one that goes unvisited on them."""
LOOK_BACK = (2, 50, 948)
"""So many scans at a place are looked at, in these steps, for the last one that counts: as a rule it is the very last."""
_CHUNK = 500
_HANDLING = ("acknowledged", "commented", "closed", "withdrawn", "reopened")
_SEEN_BY_PEOPLE = ("observation", "panic", "guard_silent")

Counting = Callable[[Scan], bool]
"""Whether a scan is a visit."""
AnyRow = Row[*tuple[Any, ...]]


class TooMany(ValueError):
    """A day has more windows than a record can hold: ask for single routes."""


class DayRows(NamedTuple):
    """What is on record of a day. `plans`: bodies by number, of those that the windows were made from; `evidence`: the scans that
    filled them, by SOURCE|KEY; `late`: scans made on the day that came late; `gaps`: their incidents by window."""

    windows: list[Window]
    plans: dict[int, str]
    evidence: dict[str, Scan]
    late: list[Scan]
    gaps: dict[str, CaseNote]
    observations: list[CaseNote]
    roster: list[Shift]


class DayAsked(NamedTuple):
    """Windows that end, and whatever was made, from `from_us` on and before `until_us`. `routes`: these alone; empty: all.
    `late_us`: what takes longer to come is late."""

    from_us: int
    until_us: int
    late_us: int
    routes: tuple[str, ...] = ()


class ReportReads:
    """The queries of one site's reports. Any thread."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine = engine
        self._site = site

    def counts(self, by: By, from_day: date, to_day: date, duties: Sequence[str] = ()) -> list[tuple[str, Counts]]:
        """What became of the windows that ended on these days, both included."""
        c = t.tally.c
        # Each window is on exactly one route, so that routes add up to duties.
        kind, key = ("route", c.duty) if by == "duty" else (by, c.key)
        sums = [func.sum(c[name]) for name in Counts._fields]
        query = select(key, *sums).where(c.site == self._site, c.day.between(str(from_day), str(to_day)), c.kind == kind)
        if duties:
            query = query.where(c.duty.in_(duties))
        with self._engine.connect() as connection:
            rows = connection.execute(query.group_by(key)).all()
        return [(str(name), Counts(*map(int, numbers))) for name, *numbers in rows]

    def heat(self, asked: HeatAsked) -> list[HeatRow]:
        """What became of windows, by hour and weekday or by place and day."""
        with self._engine.connect() as connection:
            return heat_rows(connection, self._site, asked)

    def plan_body(self, until_us: int) -> str | None:
        """The plan that was in force then."""
        c = t.duty_plan.c
        query = select(c.body).where(c.site == self._site, c.from_us < until_us).order_by(c.plan_no.desc()).limit(1)
        with self._engine.connect() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else str(found)

    def lane_times(
        self, days: tuple[date, date], until_us: int, visits: Mapping[str, Mapping[str, Counting]], duties: Sequence[str] = ()
    ) -> list[LaneTimes]:
        """What is known of each duty at each place where it was due on these days, or shortly before. `visits`: by place and
        duty, what counts; what is not there is planned no more."""
        c = t.tally.c
        first, last = days
        longest = func.max(case((c.day >= str(first), c.longest_s), else_=0))
        due_first = func.min(case((c.due > 0, c.day)))
        span = (str(first - timedelta(days=DUE_BEFORE_DAYS)), str(last))
        query = select(c.key, c.duty, longest, due_first).where(
            c.site == self._site, c.day.between(span[0], span[1]), c.kind == "place"
        )
        if duties:
            query = query.where(c.duty.in_(duties))
        found: list[LaneTimes] = []
        with self._engine.connect() as connection:
            rows = connection.execute(query.group_by(c.key, c.duty).having(func.max(c.due) > 0)).all()
            by_place: dict[str, list[AnyRow]] = {}
            for row in rows:
                by_place.setdefault(row[0], []).append(row)
            for place, lanes in by_place.items():
                wanted = {duty: counts for duty, counts in visits.get(place, {}).items() if any(row[1] == duty for row in lanes)}
                seen = self._last_visits(connection, place, wanted, until_us)
                found += [
                    LaneTimes(duty, place, int(ended_s), date.fromisoformat(day), seen.get(duty), duty in wanted)
                    for _, duty, ended_s, day in lanes
                ]
        return found

    def day(self, asked: DayAsked) -> DayRows:
        """All that the record of a day is made of. Raises TooMany."""
        with self._engine.connect() as connection:
            windows = self._windows(connection, asked)
            evidence = evidence_of(connection, self._site, windows)
            gaps = [window.window_id for window in windows if window.gap_us is not None]
            return DayRows(
                windows=windows,
                plans=self._plans(connection, {window.plan_no for window in windows}),
                evidence=evidence,
                late=self._late(connection, asked),
                gaps={note.episode: note for note in self._gap_cases(connection, gaps)},
                observations=self._observations(connection, asked),
                roster=self._roster(connection, asked),
            )

    def _last_visits(self, connection: Connection, place: str, wanted: Mapping[str, Counting], before_us: int) -> dict[str, int]:
        """The last visit of each duty before then."""
        found: dict[str, int] = {}
        skip = 0
        for many in LOOK_BACK:
            if len(found) == len(wanted):
                break
            names = {"site": self._site, "place": place, "before_us": before_us, "many": many, "skip": skip}
            rows = connection.execute(_SCANS_BACK, names).all()
            for scan in map(scan_of, rows):
                for duty, counts in wanted.items():
                    if duty not in found and counts(scan):
                        found[duty] = scan.at_us
            if len(rows) < many:
                break
            skip += many
        return found

    def _windows(self, connection: Connection, asked: DayAsked) -> list[Window]:
        c = t.window.c
        query = select(t.window).where(c.site == self._site, c.ends_us >= asked.from_us, c.ends_us < asked.until_us)
        if asked.routes:
            query = query.where(c.route.in_(asked.routes))
        rows = connection.execute(query.order_by(c.ends_us, c.window_id).limit(RECORD_WINDOWS_MAX + 1)).all()
        if len(rows) > RECORD_WINDOWS_MAX:
            raise TooMany(RECORD_WINDOWS_MAX)
        return [Window(*tuple(row)[1:]) for row in rows]

    def _plans(self, connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
        c = t.duty_plan.c
        query = select(c.plan_no, c.body).where(c.site == self._site, c.plan_no.in_(sorted(numbers)))
        return {int(number): str(body) for number, body in connection.execute(query)}

    def _late(self, connection: Connection, asked: DayAsked) -> list[Scan]:
        c = t.scan.c
        query = (
            select(t.scan)
            .where(c.site == self._site, c.at_us >= asked.from_us, c.at_us < asked.until_us, c.place != "")
            .where(c.received_us - c.at_us > asked.late_us)
            .order_by(c.at_us, c.source, c.key)
        )
        return [scan_of(row) for row in connection.execute(query.limit(RECORD_SCANS_MAX))]

    def _gap_cases(self, connection: Connection, episodes: Sequence[str]) -> list[CaseNote]:
        c = t.case.c
        found: list[AnyRow] = []
        for chunk in _chunks(episodes):
            subjects = sorted({"/".join(episode.split("/")[:3]) for episode in chunk})
            one = (c.site == self._site, c.kind == "incident", c.detector == "duty_gap")
            query = select(t.case).where(*one, c.subject.in_(subjects), c.episode.in_(chunk))
            found += connection.execute(query).all()
        return self._noted(connection, found)

    def _observations(self, connection: Connection, asked: DayAsked) -> list[CaseNote]:
        c = t.case.c
        query = (
            select(t.case)
            .where(c.site == self._site, c.kind == "incident", c.detector.in_(_SEEN_BY_PEOPLE))
            .where(c.opened_us >= asked.from_us, c.opened_us < asked.until_us)
            .order_by(c.opened_us, c.case_no)
        )
        return self._noted(connection, connection.execute(query.limit(RECORD_CASES_MAX)).all())

    def _noted(self, connection: Connection, rows: Sequence[AnyRow]) -> list[CaseNote]:
        entries: dict[int, list[Entry]] = {}
        c = t.case_entry.c
        for chunk in _chunks([row.case_no for row in rows]):
            query = select(c.case_no, c.at_us, c.act, c.actor, c.body).where(
                c.site == self._site, c.case_no.in_(chunk), c.act.in_(_HANDLING)
            )
            for number, at_us, act, actor, body in connection.execute(query.order_by(c.case_no, c.entry_no)):
                entries.setdefault(number, []).append(Entry(at_us, act, actor, msgspec.json.decode(body)))
        return [
            CaseNote(
                row.case_no, row.detector, row.place, row.device, row.episode, row.state, bool(row.proven), row.opened_us,
                msgspec.json.decode(row.facts), entries.get(row.case_no, []),
            )
            for row in rows
        ]  # fmt: skip

    def _roster(self, connection: Connection, asked: DayAsked) -> list[Shift]:
        c = t.roster.c
        query = select(t.roster).where(c.site == self._site, c.from_us < asked.until_us, c.until_us > asked.from_us)
        return [Shift(*tuple(row)[1:]) for row in connection.execute(query.order_by(c.from_us, c.person, c.route))]


def _chunks(keys: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (keys[at : at + _CHUNK] for at in range(0, len(keys), _CHUNK))


_SCANS_BACK = (
    select(t.scan)
    .where(t.scan.c.site == bindparam("site"), t.scan.c.place == bindparam("place"), t.scan.c.at_us < bindparam("before_us"))
    .order_by(t.scan.c.at_us.desc(), t.scan.c.source, t.scan.c.key)
    .limit(bindparam("many"))
    .offset(bindparam("skip"))
)
"""Made once: it is asked for every place."""
