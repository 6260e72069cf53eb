"""What is asked of the tables of duties by those who only look. Every query has a limit."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Row, and_, exists, or_, select
from sqlalchemy.sql import ColumnElement, Select

from hub.duties.judging import UNPROVABLE
from hub.duties.types import GAP, Occasion, Scan, Shift, Window
from hub.store import schema as t

Condition = ColumnElement[bool]
Thing = Literal["duty", "route", "place", "person", "source"]
Near = Callable[[Window], tuple[int, int]]
_CHUNK = 500


class WindowFilter(NamedTuple):
    """Which windows are asked for; an empty field asks for all. `from_us`, `to_us`: those that overlap this time;
    `opens_after_us`: those that open later, soonest first."""

    states: tuple[str, ...] = ()
    duty: str = ""
    route: str = ""
    place: str = ""
    person: str = ""
    from_us: int | None = None
    to_us: int | None = None
    opens_after_us: int | None = None
    hidden: "Hidden | None" = None


class Hidden(NamedTuple):
    """Windows that nobody is told of: those of these duties that open later than that."""

    duties: tuple[str, ...]
    after_us: int


class PhoneStreams(NamedTuple):
    """The names of a phone's rows of `stream`; see hub/ingest/phones.py."""

    present: str
    before: str


class ScanFilter(NamedTuple):
    """Which scans are asked for; an empty field asks for all. `to_us` is not included."""

    place: str = ""
    person: str = ""
    source: str = ""
    flag: str = ""
    from_us: int | None = None
    to_us: int | None = None


class WindowCursor(NamedTuple):
    """The last window of a page: when it ends, and its id."""

    ends_us: int
    window_id: str


class ScanCursor(NamedTuple):
    """The last scan of a page."""

    at_us: int
    source: str
    key: str


class WindowPage(NamedTuple):
    """A window with what belongs to it. `plan`: its plan's JSON; `case_no`: its gap's; `scans`: at its place, in the time that
    was asked for, in order; `watermarks`: up to when each source has told everything."""

    window: Window
    plan: str | None
    case_no: int | None
    scans: list[Scan]
    watermarks: dict[str, int]


class DutyReads:
    """The queries of one site. Any thread; each call is one transaction of its own."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine = engine
        self._site = site

    def is_on_record(self, what: Thing, name: str) -> bool:
        """Whether anything on record is of this duty, route, place, person or source. It may read a whole table: ask for names
        that the files do not know."""
        tables = [
            table for table in (t.window, t.scan, t.tag, t.roster) if what in table.c and (table, what) != (t.window, "person")
        ]
        found = [exists().where(table.c.site == self._site, table.c[what] == name) for table in tables]
        with self._engine.connect() as connection:
            return bool(connection.execute(select(or_(*found))).scalar())

    def phone_began(self, phone: str) -> dict[str, int]:
        """When the phone's last boots began, by their names; in UTC microseconds."""
        c = t.stream.c
        rows = self._all(select(c.boot, c.offset_us).where(c.site == self._site, c.stream.in_(phone_streams(phone))))
        return {str(row.boot): -int(row.offset_us) for row in rows if row.boot}

    def windows(self, wanted: WindowFilter, limit: int, cursor: WindowCursor | None = None) -> list[Window]:
        """Windows by their end: the newest first, or with `opens_after_us` the soonest."""
        c = t.window.c
        soonest = wanted.opens_after_us is not None
        query = select(t.window).where(c.site == self._site, *_window_conditions(wanted))
        if cursor is not None:
            beyond = c.ends_us > cursor.ends_us if soonest else c.ends_us < cursor.ends_us
            query = query.where(or_(beyond, and_(c.ends_us == cursor.ends_us, c.window_id > cursor.window_id)))
        order = c.ends_us if soonest else c.ends_us.desc()
        return [_window(row) for row in self._all(query.order_by(order, c.window_id).limit(limit))]

    def evidence(self, windows: Iterable[Window]) -> dict[str, Scan]:
        """The scans that filled these windows, by SOURCE|KEY."""
        with self._engine.connect() as connection:
            return evidence_of(connection, self._site, windows)

    def window(self, window_id: str, near: Near, scans_max: int) -> WindowPage | None:
        """One window; None where there is none. `near`: between which times scans at its place are wanted."""
        c, s = t.window.c, t.scan.c
        with self._engine.connect() as connection:
            row = connection.execute(select(t.window).where(c.site == self._site, c.window_id == window_id)).first()
            if row is None:
                return None
            window = _window(row)
            from_us, to_us = near(window)
            plan = select(t.duty_plan.c.body).where(t.duty_plan.c.site == self._site, t.duty_plan.c.plan_no == window.plan_no)
            cases = select(t.case.c.case_no).where(
                t.case.c.site == self._site,
                t.case.c.kind == "incident",
                t.case.c.detector == GAP,
                t.case.c.subject == f"{window.duty}/{window.route}/{window.place}",
                t.case.c.episode == window_id,
            )
            source, _, key = (window.evidence or "").partition("|")
            its_own = and_(s.source == source, s.key == key)
            at_place = and_(s.place == window.place, s.at_us >= from_us, s.at_us <= to_us)
            # Two queries: the evidence is always among them, however many there are.
            order = s.at_us, s.source, s.key
            found = connection.execute(
                select(t.scan).where(s.site == self._site, at_place).order_by(*order).limit(scans_max)
            ).all()
            found = [*found, *connection.execute(select(t.scan).where(s.site == self._site, its_own))]
            scans = {one.id: one for one in map(scan_of, found)}
            marks = select(t.watermark.c.source, t.watermark.c.up_to_us).where(t.watermark.c.site == self._site)
            return WindowPage(
                window,
                connection.execute(plan).scalar(),
                connection.execute(cases).scalar(),
                sorted(scans.values(), key=lambda one: (one.at_us, one.id)),
                {str(name): int(up_to_us) for name, up_to_us in connection.execute(marks)},
            )

    def scans(self, wanted: ScanFilter, limit: int, cursor: ScanCursor | None = None) -> list[Scan]:
        """Scans by when they were made, newest first."""
        s = t.scan.c
        query = select(t.scan).where(s.site == self._site, *_scan_conditions(wanted))
        if cursor is not None:
            same_time = or_(s.source > cursor.source, and_(s.source == cursor.source, s.key > cursor.key))
            query = query.where(or_(s.at_us < cursor.at_us, and_(s.at_us == cursor.at_us, same_time)))
        return [scan_of(row) for row in self._all(query.order_by(s.at_us.desc(), s.source, s.key).limit(limit))]

    def roster(self, person: str, route: str, from_us: int | None, to_us: int | None, limit: int, offset: int = 0) -> list[Shift]:
        """Shifts that overlap the time, the one that begins last first."""
        c = t.roster.c
        query = select(t.roster).where(c.site == self._site, *_span(c.from_us, c.until_us, from_us, to_us))
        query = query.where(*(c[name] == value for name, value in (("person", person), ("route", route)) if value))
        rows = self._all(query.order_by(c.from_us.desc(), c.person, c.route).limit(limit).offset(offset))
        return [Shift(*tuple(row)[1:]) for row in rows]

    def shift(self, person: str, route: str, from_us: int) -> Shift | None:
        """One of them."""
        c = t.roster.c
        query = select(t.roster).where(c.site == self._site, c.person == person, c.route == route, c.from_us == from_us)
        return next((Shift(*tuple(row)[1:]) for row in self._all(query)), None)

    def occasions(self, limit: int, offset: int = 0) -> list[Occasion]:
        """What was announced, the one that begins last first."""
        c = t.occasion.c
        query = select(t.occasion).where(c.site == self._site).order_by(c.from_us.desc(), c.occasion)
        return [Occasion(*tuple(row)[1:]) for row in self._all(query.limit(limit).offset(offset))]

    def occasion(self, occasion: str) -> Occasion | None:
        """One of them."""
        c = t.occasion.c
        query = select(t.occasion).where(c.site == self._site, c.occasion == occasion)
        return next((Occasion(*tuple(row)[1:]) for row in self._all(query)), None)

    def _all(self, query: Select[Any]) -> list[Row[Any]]:
        with self._engine.connect() as connection:
            return list(connection.execute(query).all())


def phone_streams(phone: str) -> PhoneStreams:
    """Where the phone's reports are numbered, with its present boot; and the boot before."""
    return PhoneStreams(f"phone:{phone}", f"phone:{phone}:before")


def unprovable() -> Condition:
    """Windows that stay unproven for good, unless evidence comes."""
    return or_(*(t.window.c.note.like(f"%{name}%") for name in UNPROVABLE))


def evidence_of(connection: Connection, site: str, windows: Iterable[Window]) -> dict[str, Scan]:
    """The scans that filled windows, by SOURCE|KEY. By their names: a window of a quarter may have been filled long ago."""
    found: dict[str, Scan] = {}
    by_source: dict[str, list[str]] = {}
    for name in sorted({window.evidence for window in windows if window.evidence is not None}):
        source, _, key = name.partition("|")
        by_source.setdefault(source, []).append(key)
    s = t.scan.c
    for source, keys in by_source.items():
        for begin in range(0, len(keys), _CHUNK):
            query = select(t.scan).where(s.site == site, s.source == source, s.key.in_(keys[begin : begin + _CHUNK]))
            found |= {f"{scan.source}|{scan.key}": scan for scan in map(scan_of, connection.execute(query))}
    return found


def scan_of(row: Row[Any]) -> Scan:
    """A row of `scan`."""
    values = {str(name): value for name, value in row._mapping.items()}
    values |= {"flags": msgspec.json.decode(row.flags), "fields": msgspec.json.decode(row.fields)}
    return msgspec.convert(values, Scan)


def _window(row: Row[Any]) -> Window:
    return Window(*tuple(row)[1:])


def _window_conditions(wanted: WindowFilter) -> Iterable[Condition]:
    c = t.window.c
    for name in ("duty", "route", "place"):
        if value := getattr(wanted, name):
            yield c[name] == value
    if wanted.person:
        # Several stand in one column, with spaces between.
        yield (" " + c.person + " ").contains(f" {wanted.person} ", autoescape=True)
    if wanted.states:
        yield c.state.in_(wanted.states)
    yield from _span(c.opens_us, c.ends_us, wanted.from_us, wanted.to_us)
    if wanted.opens_after_us is not None:
        yield c.opens_us > wanted.opens_after_us
    if wanted.hidden is not None and wanted.hidden.duties:
        yield or_(c.duty.not_in(wanted.hidden.duties), c.opens_us <= wanted.hidden.after_us)


def _scan_conditions(wanted: ScanFilter) -> Iterable[Condition]:
    s = t.scan.c
    for name in ("place", "person", "source"):
        if value := getattr(wanted, name):
            yield s[name] == value
    if wanted.flag:
        yield s.flags.contains(f'"{wanted.flag}"', autoescape=True)
    if wanted.from_us is not None:
        yield s.at_us >= wanted.from_us
    if wanted.to_us is not None:
        yield s.at_us < wanted.to_us


def _span(begin: ColumnElement[int], end: ColumnElement[int], from_us: int | None, to_us: int | None) -> Iterable[Condition]:
    """What overlaps the time from `from_us` until `to_us`."""
    if from_us is not None:
        yield end > from_us
    if to_us is not None:
        yield begin < to_us
