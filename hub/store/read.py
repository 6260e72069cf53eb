"""What is asked of the tables by those who only look: every query has a limit and an index beneath it.

All of it runs on a read-only engine, so that one answer is one snapshot and the writer is never kept waiting.
"""

import json
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Row, and_, func, or_, select
from sqlalchemy.sql import ColumnElement, Select

from hub.cases.limits import names
from hub.cases.types import Case, ClockEvent, Entry
from hub.cases.workflow import LIVE
from hub.ingest.ports import ChangeRow
from hub.store import schema as t
from hub.store.alarm_reads import AlarmReads
from hub.store.audit_reads import AuditReads
from hub.store.case_list import INCIDENT, CaseFilter, numbers_of
from hub.store.command_log import CommandLog
from hub.store.desk_reads import DeskReads
from hub.store.device_states import DeviceStates
from hub.store.duty_reads import DutyReads
from hub.store.footage_reads import FootageReads
from hub.store.footage_view_reads import FootageViewReads
from hub.store.passage_reads import PassageReads
from hub.store.plan_reads import PlanReads
from hub.store.reports import ReportReads
from hub.store.retention_reads import KeepingReads
from hub.store.visit_reads import VisitReads

PAGE_ROWS_MAX = 500
SCAN_ROWS_MAX = 5_000
"""How many events one page looks through for a rare kind before it hands back a cursor."""
CHANGES_LOOKED_AT_MAX = 200_000
"""How many of the newest changes are looked through for who did something to a tag."""
LIVE_CASES_MAX = 5_000
CASE_ROWS_MAX = 1_000
"""Timeline entries, clock rows and pictures shown with one case."""

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]

_CASE_FIELDS = tuple(field for field in Case.__struct_fields__ if field not in ("entries", "clocks"))
_CASE_COLUMNS = tuple(t.case.c[field] for field in _CASE_FIELDS)
_NEWEST_LIVE = (t.case.c.case_no + 0).desc()
"""Said so that no database walks along all numbers for it: live cases are few, and are sorted once they are found."""
_LIVE_CASES = (t.case.c.kind == INCIDENT, t.case.c.state.in_(sorted(LIVE)))
_CHANGE_COLUMNS = tuple(t.change.c[field] for field in ChangeRow._fields)


class CasePage(NamedTuple):
    """A whole case: its row, its timeline, its clocks' ends that are awaited, and its pictures."""

    case: Case
    entries: list[Entry]
    due_us: dict[str, int]
    pictures: list[AnyRow]


class TagFilter(NamedTuple):
    """Which rows of tags are asked for; an empty field asks for all. `current`: only those that still count."""

    tag: str = ""
    places: tuple[str, ...] = ()
    person: str = ""
    medium: str = ""
    current: bool = False


class TagActors(NamedTuple):
    """Who did it; empty where it is not known."""

    begun_by: str = ""
    ended_by: str = ""


class EventCursor(NamedTuple):
    """The last event that was looked at: the next page holds what is older."""

    at_us: int
    stream: str
    seq: int


class EventPage(NamedTuple):
    """Events, newest first, and where the next page begins; None at the end."""

    rows: list[AnyRow]
    cursor: EventCursor | None


class LiveCount(NamedTuple):
    """How many live cases there are of one sort. `flood`: they began to call in one; `first_us`: when the oldest was raised."""

    priority: int
    state: str
    late: bool
    flood: bool
    cases: int
    first_us: int


class LivePicture(NamedTuple):
    """The live cases at one moment, and the change log's position at that moment. `more`: there are more than the limit."""

    pos: int
    cases: list[Case]
    more: bool


class SiteReads:
    """The queries of one site. Any thread; each call is one transaction of its own."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine = engine
        self._site = site
        self.duties = DutyReads(engine, site)
        self.reports = ReportReads(engine, site)
        self.alarms = AlarmReads(engine, site)
        self.audit = AuditReads(engine, site)
        self.plans = PlanReads(engine, site)
        self.desk = DeskReads(engine, site)
        self.footage = FootageReads(engine, site)
        self.keeping = KeepingReads(engine, site)
        self.passages = PassageReads(engine, site)
        self.footage_views = FootageViewReads(engine, site)
        self.visits = VisitReads(engine, site)
        self.states = DeviceStates(engine, site)
        self.commands = CommandLog(engine, site)

    def ping(self) -> None:
        """Raises SQLAlchemy's error when the database cannot be read."""
        with self._engine.connect() as connection:
            connection.execute(select(t.site.c.site).limit(1)).all()

    # The change log

    def changes_after(self, pos: int, limit: int) -> list[ChangeRow]:
        """The change log after `pos`, oldest first."""
        query = select(*_CHANGE_COLUMNS).where(t.change.c.site == self._site, t.change.c.pos > pos)
        return [ChangeRow(*row) for row in self._all(query.order_by(t.change.c.pos).limit(limit))]

    def change_bounds(self) -> tuple[int, int]:
        """The position before the oldest row that is still there, and that of the newest row ever."""
        oldest = select(func.min(t.change.c.pos)).where(t.change.c.site == self._site)
        with self._engine.connect() as connection:
            newest = self._change_pos(connection)
            first = connection.execute(oldest).scalar()
        return (newest if first is None else int(first) - 1), newest

    def reader_pos(self, reader: str) -> int | None:
        """How far a reader has got; None for one that never was."""
        query = select(t.reader.c.pos).where(t.reader.c.site == self._site, t.reader.c.reader == reader)
        row = self._one(query)
        return None if row is None else int(row[0])

    # Cases

    def cases(self, wanted: CaseFilter, limit: int) -> list[Case]:
        """Cases by their number, newest first."""
        numbers = numbers_of(self._site, wanted, limit).subquery()
        query = select(*_CASE_COLUMNS).where(t.case.c.site == self._site, t.case.c.case_no.in_(select(numbers.c.case_no)))
        return [_case(row) for row in self._all(query.order_by(t.case.c.case_no.desc()).limit(limit))]

    def case_page(self, case_no: int) -> CasePage | None:
        """One case with all that belongs to it; None where there is none."""
        one = t.case.c.site == self._site, t.case.c.case_no == case_no
        with self._engine.connect() as connection:
            row = connection.execute(select(*_CASE_COLUMNS).where(*one)).first()
            if row is None:
                return None
            entries = connection.execute(
                select(t.case_entry.c.at_us, t.case_entry.c.act, t.case_entry.c.actor, t.case_entry.c.body)
                .where(t.case_entry.c.site == self._site, t.case_entry.c.case_no == case_no)
                .order_by(t.case_entry.c.entry_no)
                .limit(CASE_ROWS_MAX)
            ).all()
            clocks = self._clocks(connection, case_no)
            case = msgspec.structs.replace(_case(row), clocks=clocks, entries=len(entries))
            due_us = self._due(connection, case)
            pictures = connection.execute(
                select(t.picture)
                .where(t.picture.c.site == self._site, t.picture.c.case_no == case_no, t.picture.c.condemned_us.is_(None))
                .order_by(t.picture.c.at_us)
                .limit(CASE_ROWS_MAX)
            ).all()
        timeline = [Entry(at_us, act, actor, msgspec.json.decode(body)) for at_us, act, actor, body in entries]
        return CasePage(case, timeline, due_us, list(pictures))

    def live_cases(self) -> LivePicture:
        """All cases in which something is still to be done, newest first, with the position they are true at."""
        query = select(*_CASE_COLUMNS).where(t.case.c.site == self._site, *_LIVE_CASES)
        with self._engine.connect() as connection:
            pos = self._change_pos(connection)
            rows = connection.execute(query.order_by(_NEWEST_LIVE).limit(LIVE_CASES_MAX + 1)).all()
        return LivePicture(pos, [_case(row) for row in rows[:LIVE_CASES_MAX]], len(rows) > LIVE_CASES_MAX)

    def live_counts(self) -> list[LiveCount]:
        """All live cases in numbers."""
        keys = t.case.c.priority, t.case.c.state, t.case.c.late, t.case.c.flood
        query = (
            select(*keys, func.count(), func.min(t.case.c.raised_us))
            .where(t.case.c.site == self._site, *_LIVE_CASES)
            .group_by(*keys)
        )
        return [
            LiveCount(int(p), str(s), bool(late), bool(flood), int(n), int(us)) for p, s, late, flood, n, us in self._all(query)
        ]

    def live_numbers(self, devices: Iterable[str] | None = None) -> dict[str, list[int]]:
        """The numbers of the live cases by device, newest first."""
        query = select(t.case.c.device, t.case.c.case_no).where(t.case.c.site == self._site, *_LIVE_CASES)
        if devices is not None:
            query = query.where(func.coalesce(t.case.c.device, "").in_(list(devices)))  # not by the index of all cases of these
        found: dict[str, list[int]] = {}
        for device, number in self._all(query.order_by(_NEWEST_LIVE).limit(LIVE_CASES_MAX)):
            found.setdefault(str(device), []).append(int(number))
        return found

    # Events, devices, agents

    def events(
        self,
        device: str,
        *,
        kind: str = "",
        since_us: int | None = None,
        until_us: int | None = None,
        cursor: EventCursor | None = None,
        limit: int = 100,
    ) -> EventPage:
        """Events of one device, newest first, of `since_us` and later and before `until_us`. `cursor`: go on after it. A page may
        be short, even empty, and still have a cursor: it has then looked through SCAN_ROWS_MAX events."""
        e = t.event.c
        query = select(t.event).where(e.site == self._site, e.device == device)
        if since_us is not None:
            query = query.where(e.at_us >= since_us)
        if until_us is not None:
            query = query.where(e.at_us < until_us)
        if cursor is not None:
            query = query.where(e.at_us <= cursor.at_us, _older(cursor))
        seen = SCAN_ROWS_MAX if kind else limit + 1
        query = query.order_by(e.at_us.desc(), e.stream.desc(), e.seq.desc()).limit(seen)
        with self._engine.connect() as connection:
            return _page(connection.execute(query), kind, limit, seen)

    def watermarks(self) -> dict[str, int]:
        """Up to when each source has told everything."""
        query = select(t.watermark.c.source, t.watermark.c.up_to_us).where(t.watermark.c.site == self._site)
        return {str(source): int(up_to_us) for source, up_to_us in self._all(query)}

    def streams(self) -> list[AnyRow]:
        """Every agent's logs, the one heard last first."""
        return self._all(select(t.stream).where(t.stream.c.site == self._site).order_by(t.stream.c.heard_us.desc()))

    def tags(self, wanted: TagFilter, limit: int, offset: int = 0) -> list[AnyRow]:
        """What was enrolled, newest first."""
        c = t.tag.c
        query = select(t.tag).where(c.site == self._site)
        named = {"tag": wanted.tag, "person": wanted.person, "medium": wanted.medium}
        query = query.where(*(c[name] == value for name, value in named.items() if value))
        if wanted.places:
            query = query.where(c.place.in_(wanted.places))
        if wanted.current:
            query = query.where(c.until_us.is_(None))
        return self._all(query.order_by(c.from_us.desc(), c.tag).limit(limit).offset(offset))

    def tag_actors(self, tags: Collection[str]) -> dict[tuple[str, int], TagActors]:
        """Who began and who ended each row of these tags, by tag and `from_us`: as far as the newest CHANGES_LOOKED_AT_MAX
        rows of the change log say it, which has no index by what it is about."""
        c = t.change.c
        with self._engine.connect() as connection:
            # Counted and not reckoned: a restored log goes on a million positions further.
            older = select(c.pos).where(c.site == self._site).order_by(c.pos.desc()).offset(CHANGES_LOOKED_AT_MAX).limit(1)
            since_pos = connection.execute(older).scalar() or -1
            query = select(c.act, c.body).where(c.site == self._site, c.pos > since_pos, c.topic == "tag", c.key.in_(tags))
            rows = connection.execute(query.order_by(c.pos)).all() if tags else []
        found: dict[tuple[str, int], TagActors] = {}
        for act, body in rows:
            said = json.loads(body)
            key = said["tag"]["tag"], said["tag"]["from_us"]
            was = found.get(key, TagActors())
            found[key] = was._replace(begun_by=said["actor"]) if act == "enrolled" else was._replace(ended_by=said["actor"])
        return found

    # What went wrong

    def quarantine(self, limit: int, offset: int = 0) -> list[AnyRow]:
        """Records that were put aside, newest first."""
        q = t.quarantine.c
        order = q.hub_at_us.desc(), q.stream.desc(), q.seq.desc()
        return self._all(select(t.quarantine).where(q.site == self._site).order_by(*order).limit(limit).offset(offset))

    def dead_letters(self, limit: int, offset: int = 0) -> list[AnyRow]:
        """Changes that a channel could not deliver, newest first."""
        d = t.dead_letter.c
        order = d.at_us.desc(), d.reader.desc(), d.pos.desc()
        return self._all(select(t.dead_letter).where(d.site == self._site).order_by(*order).limit(limit).offset(offset))

    def dead_letter(self, reader: str, pos: int) -> AnyRow | None:
        """One of them."""
        d = t.dead_letter.c
        return self._one(select(t.dead_letter).where(d.site == self._site, d.reader == reader, d.pos == pos))

    def picture(self, picture: str) -> AnyRow | None:
        """A promised or stored picture's row; None for one that is to be deleted."""
        p = t.picture.c
        return self._one(select(t.picture).where(p.site == self._site, p.picture == picture, p.condemned_us.is_(None)))

    def condemned_pictures(self, limit: int) -> list[str]:
        """Pictures whose files are to be deleted."""
        p = t.picture.c
        query = select(p.picture).where(p.site == self._site, p.condemned_us.is_not(None)).order_by(p.at_us)
        return [str(row[0]) for row in self._all(query.limit(limit))]

    def _change_pos(self, connection: Connection) -> int:
        found = connection.execute(select(t.site.c.change_pos).where(t.site.c.site == self._site)).scalar()
        return int(found or 0)

    def _clocks(self, connection: Connection, case_no: int) -> tuple[ClockEvent, ...]:
        c = t.case_clock.c
        query = select(c.clock, c.event, c.at_us).where(c.site == self._site, c.case_no == case_no)
        rows = connection.execute(query.order_by(c.clock, c.event_no).limit(CASE_ROWS_MAX))
        return tuple(ClockEvent(*row) for row in rows)

    def _due(self, connection: Connection, case: Case) -> dict[str, int]:
        subjects = {f"{case.case_no}/{clock}": clock for clock in names(case)}
        d = t.deadline.c
        query = select(d.subject, d.due_at_us).where(d.site == self._site, d.owner == "case", d.subject.in_(list(subjects)))
        return {subjects[subject]: int(due_us) for subject, due_us in connection.execute(query)}

    def _all(self, query: AnySelect) -> list[AnyRow]:
        with self._engine.connect() as connection:
            return list(connection.execute(query).all())

    def _one(self, query: AnySelect) -> AnyRow | None:
        with self._engine.connect() as connection:
            return connection.execute(query).first()


def _case(row: AnyRow) -> Case:
    fields = dict(zip(_CASE_FIELDS, row, strict=True))
    flags = {name: bool(fields[name]) for name in ("active", "proven", "late", "flood")}
    return Case(**fields | flags | {"facts": msgspec.json.decode(fields["facts"])})


def _older(cursor: EventCursor) -> ColumnElement[bool]:
    """What comes after the cursor when the newest comes first."""
    e = t.event.c
    same_time = or_(e.stream < cursor.stream, and_(e.stream == cursor.stream, e.seq < cursor.seq))
    return or_(e.at_us < cursor.at_us, and_(e.at_us == cursor.at_us, same_time))


def _page(found: Iterable[AnyRow], kind: str, limit: int, seen_max: int) -> EventPage:
    """The first `limit` rows of `kind` out of `seen_max` at most, with the last row that was looked at where more may follow."""
    rows: list[AnyRow] = []
    last: EventCursor | None = None
    seen = 0
    for row in found:
        if len(rows) == limit:
            return EventPage(rows, last)
        seen, last = seen + 1, EventCursor(row.at_us, row.stream, row.seq)
        if not kind or row.kind == kind:
            rows.append(row)
    return EventPage(rows, last if seen == seen_max else None)
