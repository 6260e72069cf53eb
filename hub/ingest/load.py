"""A site's committed rows, from the database into memory."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, Row, bindparam, func, not_, or_, select
from sqlalchemy.exc import SQLAlchemyError

from hub.access.types import AnyThing, Credential, Kind
from hub.cases.chatter import Source
from hub.cases.flood import Flood
from hub.cases.maintenance import Maintenance
from hub.cases.types import Case, ClockEvent
from hub.cases.workflow import LIVE, WORKFLOWS
from hub.desk.calls import Call
from hub.desk.numbers import DESK_OWNER
from hub.duties.restored import RESTORED, restores_from
from hub.duties.types import Occasion, Scan, ScanKey, Shift, Window
from hub.ingest.alarmbook import FLOOD, SILENCE, SOURCE
from hub.ingest.casebook import CASE_OWNER, DatabaseGone
from hub.ingest.desk.rows import call_of, load_desk
from hub.ingest.duties.roster import BACK_US, ShiftKey
from hub.ingest.duties.rows import PlanRow
from hub.ingest.duties.scanning import MEMORY_US
from hub.ingest.gate import StreamMark
from hub.ingest.guards.rows import load_phones
from hub.ingest.outcome import PictureRow
from hub.ingest.passages.rows import OPEN_US, load_gates, opening_of_row, passage_of_row
from hub.ingest.planrows import load_plans, run_of
from hub.ingest.retention.archive import FootageLookups
from hub.ingest.retention.rows import load_keeping
from hub.ingest.site import (
    ALARM_OWNER,
    PLAN_OWNER,
    CaseKey,
    Contact,
    Deadline,
    DeadlineKey,
    DetectorState,
    Silence,
    Site,
    TagKey,
    key_of,
)
from hub.ingest.stepping import DETECTOR_OWNER, RuleTable
from hub.ingest.tagging import tag_of_row
from hub.ingest.visits.archive import VisitLookups
from hub.ingest.visits.rows import load_visits
from hub.passages.types import GateOpening, Passage
from hub.phones.types import Dispatch, EntryRow, MediaRow
from hub.plans.types import Run
from hub.store import access_rows, bulk, phone_rows, schema
from hub.store.duty_reads import scan_of, unprovable
from hub.visits.numbers import VISIT_OWNER

T = TypeVar("T")
_COUNT_EVERY = 256
"""Acts: 100,000 rows take 20 ms to count."""
_OWNERS = (CASE_OWNER, ALARM_OWNER, PLAN_OWNER, DESK_OWNER, VISIT_OWNER)
"""Whose deadlines are no detector's."""
_NEAR_MAX = 1_000
"""Of what happened at one gate around an old event."""
_log = logging.getLogger(__name__)


def load_site(connection: Connection, site_id: str, table: RuleTable, counters: Counter[str], now_us: int) -> Site:
    """Everything a turn needs in memory. A detector's state that cannot be read any more is left out: it begins anew. What
    belongs to a detector that this program does not have stays in the database, for one that has it. Both are counted."""
    site = Site()
    row = connection.execute(select(schema.site).where(schema.site.c.site == site_id)).one()
    site.counters.change_pos, site.counters.case_no = row.change_pos, row.case_no
    for stream in _rows(connection, schema.stream, site_id):
        site.streams.load(stream.stream, StreamMark(*tuple(stream)[1:]))
        was = site.contacts.get(stream.agent)
        if was is None or was.heard_us < stream.heard_us:
            site.contacts.load(stream.agent, Contact(stream.heard_us))
    for mark in _rows(connection, schema.watermark, site_id):
        site.watermarks.load(mark.source, mark.up_to_us)
    for state in _rows(connection, schema.detector_state, site_id):
        if state.detector == RESTORED:
            site.restores = restores_from(state.body)
        else:
            _load_state(site, table, state, counters)
    for due in _rows(connection, schema.deadline, site_id):
        if due.owner in _OWNERS or due.owner.removeprefix(DETECTOR_OWNER) in table.by_name:
            site.deadlines.load(DeadlineKey(due.owner, due.subject), Deadline(due.due_at_us, due.source, bool(due.stalled)))
        else:
            _skip(counters, "deadline_without_detector", due.owner, due.subject)
    for tag in _rows(connection, schema.tag, site_id):
        site.tags.load(TagKey(tag.tag, tag.from_us), tag_of_row(tag))
    # by its index: all that is not closed, without a look at what is
    for case in _cases(connection, site_id, schema.case.c.kind.in_(sorted(WORKFLOWS)), schema.case.c.state.in_(sorted(LIVE))):
        site.cases.load(case.case_no, case)
        site.case_numbers.load(key_of(case), case.case_no)
    _load_alarms(connection, site_id, site, counters)
    load_plans(connection, site_id, site, counters)
    _load_duties(connection, site_id, site, now_us - MEMORY_US)
    load_desk(connection, site_id, site, now_us)
    load_gates(connection, site_id, site.gates, now_us)
    load_visits(connection, site_id, site)
    load_keeping(connection, site_id, site.keeping, now_us)
    load_phones(connection, site_id, site)
    return site


class DatabaseArchive(VisitLookups, FootageLookups):
    """Closed cases and pictures, looked up on a connection of its own. Raises DatabaseGone."""

    def __init__(self, engine: Engine, site_id: str) -> None:
        self._engine = engine
        self._site_id = site_id
        self._counted: dict[Kind, tuple[int, int]] = {}

    def by_key(self, key: CaseKey) -> Case | None:
        """The case of this cause. Asked for each new cause, which as a rule has none: so the number alone is asked for, by the
        shortest way. Through SQLAlchemy, made anew each time, it was a quarter of all a busy hub did."""
        try:
            number = bulk.first_value(self._engine, _NUMBER_BY_KEY, (self._site_id, *key))
        except bulk.errors(self._engine) as error:
            raise DatabaseGone(str(error)) from error
        return None if number is None else self.by_no(number)

    def by_no(self, case_no: int) -> Case | None:
        """The case with this number."""
        return self._case(schema.case.c.case_no == case_no)

    def run(self, case_no: int) -> Run | None:
        """The emergency plan's run of that case."""
        return self._ask(lambda connection: run_of(connection, self._site_id, case_no))

    def picture(self, picture: str) -> PictureRow | None:
        """A promised picture."""
        columns = schema.picture.c
        query = select(schema.picture).where(columns.site == self._site_id, columns.picture == picture)
        return self._ask(lambda connection: PictureRow(*row) if (row := connection.execute(query).first()) else None)

    def phone_entries(self, phone: str, keys: list[str]) -> dict[str, EntryRow]:
        """What came of a phone under these keys."""
        return self._ask(lambda connection: phone_rows.entries_there(connection, self._site_id, phone, keys))

    def last_dispatch(self, case_no: int) -> Dispatch | None:
        """Who was sent last for that case by the app."""
        return self._ask(lambda connection: phone_rows.last_dispatch(connection, self._site_id, case_no))

    def phone_media(self, media: str) -> MediaRow | None:
        """An upload."""
        return self._ask(lambda connection: phone_rows.media_of(connection, self._site_id, media))

    def call(self, call: str) -> Call | None:
        """A call that is not in memory any more."""
        c = schema.phone_call.c
        query = select(schema.phone_call).where(c.site == self._site_id, c.call == call)
        return self._ask(lambda connection: call_of(row) if (row := connection.execute(query).first()) else None)

    def passages_at(self, gate: str, from_us: int, to_us: int) -> list[Passage]:
        """Of one gate, in that time; and fires that had begun before."""
        c = schema.passage.c
        mine = (c.site == self._site_id) & (c.gate == gate) & (c.at_us <= to_us)
        lasted = (c.kind == "fire") & (c.at_us >= from_us - OPEN_US)
        query = select(schema.passage).where(mine, or_(c.at_us >= from_us, lasted)).order_by(c.at_us.desc()).limit(_NEAR_MAX)
        return self._ask(lambda connection: [passage_of_row(row) for row in connection.execute(query)])

    def openings_at(self, gate: str, from_us: int, to_us: int) -> list[GateOpening]:
        """Of one gate, in that time."""
        c = schema.opening.c
        mine = (c.site == self._site_id) & (c.gate == gate) & (c.at_us >= from_us) & (c.at_us <= to_us)
        query = select(schema.opening).where(mine).order_by(c.at_us.desc()).limit(_NEAR_MAX)
        return self._ask(lambda connection: [opening_of_row(row) for row in connection.execute(query)])

    def scan(self, key: ScanKey) -> Scan | None:
        """The scan of that name. Asked for each new one, which as a rule has none: see by_key."""
        try:
            if bulk.first_value(self._engine, _SCAN_IS_THERE, (self._site_id, *key)) is None:
                return None
        except bulk.errors(self._engine) as error:
            raise DatabaseGone(str(error)) from error
        columns = schema.scan.c
        query = select(schema.scan).where(columns.site == self._site_id, columns.source == key.source, columns.key == key.key)
        return self._ask(lambda connection: scan_of(row) if (row := connection.execute(query).first()) else None)

    def scans_there(self, keys: Sequence[ScanKey]) -> set[ScanKey]:
        """Which of these names are on record."""
        by_source: dict[str, list[str]] = {}
        for source, key in keys:
            by_source.setdefault(source, []).append(key)
        found: set[ScanKey] = set()
        try:
            for source, names in by_source.items():
                for at in range(0, len(names), _NAMES_AT_ONCE):
                    some = names[at : at + _NAMES_AT_ONCE]
                    some += some[:1] * (_NAMES_AT_ONCE - len(some))  # always the same statement
                    values = bulk.first_values(self._engine, _SCANS_ARE_THERE, (self._site_id, source, *some))
                    found.update(ScanKey(source, name) for name in values)
        except bulk.errors(self._engine) as error:
            raise DatabaseGone(str(error)) from error
        return found

    def access_things(self, kind: Kind, names: Sequence[str]) -> list[AnyThing]:
        """Things of the book of permits."""
        return self._ask(lambda connection: list(access_rows.find_all(connection, self._site_id, kind, names)))

    def access_live(self, names: Sequence[str]) -> list[Credential]:
        """The live credentials that have these names."""
        return self._ask(lambda connection: list(access_rows.live_credentials(connection, self._site_id, names)))

    def access_count(self, kind: Kind, *, anew: bool = False) -> int:
        """How many things of the kind there are, or were at most a few hundred single acts ago."""
        asked, found = self._counted.get(kind, (0, 0))
        if anew or asked % _COUNT_EVERY == 0:
            asked, found = 0, self._ask(lambda connection: access_rows.count(connection, self._site_id, kind))
        self._counted[kind] = (asked + 1, found)
        return found + asked

    def access_of_permits(self, permits: Sequence[str]) -> list[tuple[str, str]]:
        """A permit's id and that of a live credential, for all of these permits."""
        return self._ask(lambda connection: access_rows.live_of_permits(connection, self._site_id, permits))

    def access_rules(self) -> list[AnyThing]:
        """All groups, zones, portals and schedules."""
        return self._ask(lambda connection: access_rows.rules(connection, self._site_id))

    def access_user_of_group(self, group: str) -> str:
        """A permit in force that names the group, or empty."""
        return self._ask(lambda connection: access_rows.users_of_group(connection, self._site_id, group))

    def _case(self, *where: Any) -> Case | None:
        return self._ask(lambda connection: next(iter(_cases(connection, self._site_id, *where)), None))

    def _ask(self, question: Callable[[Connection], T]) -> T:
        try:
            with self._engine.connect() as connection:
                return question(connection)
        except SQLAlchemyError as error:
            raise DatabaseGone(str(error)) from error


def scan_row(site_id: str, scan: Scan) -> tuple[Any, ...]:
    """The scan as a row of `scan`, in the table's order of columns."""
    *row, flags, fields = msgspec.structs.astuple(scan)
    return (site_id, *row, msgspec.json.encode(flags).decode(), msgspec.json.encode(fields).decode())


def case_row(site_id: str, case: Case) -> tuple[Any, ...]:
    """The case as a row of `case_`, in the table's order of columns."""
    body = msgspec.json.encode(case.facts).decode()
    return (site_id, *(body if name == "facts" else getattr(case, name) for name in _CASE_COLUMNS[1:]))


_LAST_BEFORE = (
    select(schema.scan)
    .where(*(schema.scan.c[name] == bindparam(name) for name in ("site", "place")), schema.scan.c.at_us < bindparam("since_us"))
    .order_by(schema.scan.c.at_us.desc())
    .limit(1)
)
_SCAN_IS_THERE = f"SELECT 1 FROM {schema.scan.name} WHERE site = ? AND source = ? AND key = ?"  # noqa: S608
_NAMES_AT_ONCE = 200
_SCANS_ARE_THERE = (
    f"SELECT key FROM {schema.scan.name} WHERE site = ? AND source = ? AND key IN ({', '.join('?' * _NAMES_AT_ONCE)})"  # noqa: S608
)
_NUMBER_BY_KEY = (
    f"SELECT case_no FROM {schema.case.name} WHERE site = ? AND kind = ? AND detector = ? AND subject = ? AND episode = ?"  # noqa: S608
)
_CASE_COLUMNS = [column.name for column in schema.case.columns]


_ALARM_TYPES: dict[str, type[Source | Silence | Flood]] = {SILENCE: Silence, FLOOD: Flood}


def _load_alarms(connection: Connection, site_id: str, site: Site, counters: Counter[str]) -> None:
    """What stands above single cases; of maintenance windows those that are not over."""
    for alarm in _rows(connection, schema.alarm_state, site_id):
        _load_alarm(site, alarm, counters)
    window = schema.maintenance.c
    for row in connection.execute(select(schema.maintenance).where(window.site == site_id, window.ended_us.is_(None))):
        site.maintenance.load(row.window_id, Maintenance(*tuple(row)[1:]))


def _load_alarm(site: Site, row: Row[Any], counters: Counter[str]) -> None:
    kind: Any = Source if row.owner.startswith(SOURCE) else _ALARM_TYPES.get(row.owner)
    try:
        if kind is None:
            raise msgspec.ValidationError("an owner of another version")
        site.alarms.load((row.owner, row.subject), msgspec.json.decode(row.body, type=kind))
    except (msgspec.MsgspecError, RecursionError):
        _skip(counters, "alarm_unreadable", row.owner, row.subject)


def _load_duties(connection: Connection, site_id: str, site: Site, since_us: int) -> None:
    """What may still be judged, and of each place the last scan before that."""
    for plan in _rows(connection, schema.duty_plan, site_id):
        site.plans.load(plan.plan_no, PlanRow(*tuple(plan)[1:]))
    window, scan = schema.window.c, schema.scan.c
    unsettled = (window.state == "open") | ((window.state == "unproven") & not_(unprovable()))
    query = select(schema.window).where(window.site == site_id, or_(window.ends_us >= since_us, unsettled))
    site.windows.load_all(Window(*row[1:]) for row in connection.execute(query))
    for row in connection.execute(select(schema.scan).where(scan.site == site_id, scan.at_us >= since_us)):
        found = scan_of(row)
        site.scans.load(found.id, found)
    site.scans.whole_since_us = since_us
    for place in sorted(site.windows.places()):
        for row in connection.execute(_LAST_BEFORE, {"site": site_id, "place": place, "since_us": since_us}):
            found = scan_of(row)
            site.scans.load(found.id, found)
    for shift in _rows(connection, schema.roster, site_id):
        if shift.until_us >= since_us + MEMORY_US - BACK_US:
            site.roster.load(ShiftKey(shift.person, shift.route, shift.from_us), Shift(*tuple(shift)[1:]))
    for occasion in _rows(connection, schema.occasion, site_id):
        if occasion.until_us is None or occasion.until_us >= since_us - MEMORY_US:
            site.occasions.load(occasion.occasion, Occasion(*tuple(occasion)[1:]))


def _load_state(site: Site, table: RuleTable, row: Row[Any], counters: Counter[str]) -> None:
    detector = table.by_name.get(row.detector)
    if detector is None:
        _skip(counters, "state_without_detector", row.detector, row.subject)
        return
    try:
        state = msgspec.json.decode(row.body, type=detector.state_type)
    except (msgspec.MsgspecError, RecursionError):
        _skip(counters, "state_unreadable", row.detector, row.subject)
        return
    site.states.load((row.detector, row.subject), DetectorState(state, row.device))


def _skip(counters: Counter[str], what: str, owner: str, subject: str) -> None:
    counters[what] += 1
    _log.warning(what, extra={"owner": owner, "subject": subject})


def _cases(connection: Connection, site_id: str, *where: Any) -> Iterable[Case]:
    rows = connection.execute(select(schema.case).where(schema.case.c.site == site_id, *where)).all()
    numbers = select(schema.case.c.case_no).where(schema.case.c.site == site_id, *where)
    clocks: dict[int, list[ClockEvent]] = {}
    clock = schema.case_clock.c
    query = select(schema.case_clock).where(clock.site == site_id, clock.case_no.in_(numbers))
    for one in connection.execute(query.order_by(clock.case_no, clock.at_us, clock.event_no)):
        clocks.setdefault(one.case_no, []).append(ClockEvent(one.clock, one.event, one.at_us))
    entry = schema.case_entry.c
    counted = select(entry.case_no, func.max(entry.entry_no)).where(entry.site == site_id, entry.case_no.in_(numbers))
    entries = {row[0]: int(row[1]) for row in connection.execute(counted.group_by(entry.case_no))}
    for row in rows:
        fields = {name: value for name, value in row._mapping.items() if name != "site"}
        fields["facts"] = msgspec.json.decode(row.facts)
        yield Case(**fields, entries=entries.get(row.case_no, 0), clocks=tuple(clocks.get(row.case_no, ())))


def _rows(connection: Connection, table: Any, site_id: str) -> Iterable[Row[Any]]:
    return connection.execute(select(table).where(table.c.site == site_id))
