"""What a turn knows of footage's keeping, from the database into memory and back."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
from sqlalchemy import Connection, Row, or_, select

from contract.footage import FootageStream, NoSpan
from hub.footage.coverage import Gone
from hub.footage.holds import Hold
from hub.footage.retention import Swept
from hub.ingest.rows import Journal, Rows
from hub.store import bulk, schema
from hub.store.footage_rows import Track, drop
from hub.store.retention_reads import hold_of_row

_encode = msgspec.json.Encoder().encode
_spans = msgspec.json.Decoder(tuple[NoSpan, ...]).decode


class Condemned(msgspec.Struct, frozen=True):
    """Segments that an agent was ordered to delete, as far as it has not answered: see the columns of footage_condemned."""

    condemned: str
    agent: str
    device: str
    stream: FootageStream
    spans: tuple[NoSpan, ...]
    from_us: int
    to_us: int
    floor_us: int
    days: int
    state: Literal["condemned", "rescuing", "kept"]
    why: str
    rescue: str
    condemned_us: int
    due_us: int
    times: int
    shows_us: int
    size_bytes: int
    pieces: int


class DiskTold(msgspec.Struct, frozen=True):
    """What is open about an agent's disk: the episodes of its incidents, empty where there is none; and since when it is told."""

    short: str = ""
    full: str = ""
    told_us: int = 0


class SweepState(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the sweep is. `halted`: why nothing goes, empty: it goes on; `facts` of it; `episode` of its incident. `believed`: the
    doubt about the clock that a manager has settled. `allowed_us`: all that was due at that time may go, however much it is.
    `restored_us`: the last restore of the database that a manager was asked about.
    `days`: how long each camera's footage is kept; `shorter`: the fewer days that policy and estate say, waiting for two people,
    the first of whom is `shorter_by`. `overdue`: the episode of the incident about what is kept too long."""

    halted: Literal["", "clock", "volume", "restored"] = ""
    since_us: int = 0
    episode: str = ""
    facts: dict[str, Any] = {}
    believed: str = ""
    allowed_us: int = 0
    restored_us: int = 0
    swept: tuple[Swept, ...] = ()
    days: dict[str, int] = {}
    shorter: dict[str, int] = {}
    shorter_by: str = ""
    shorter_us: int = 0
    shorter_episode: str = ""
    disks: dict[str, DiskTold] = {}
    overdue: str = ""


class GoneRow(NamedTuple):
    """A row of footage_gone, to be added to what is there."""

    device: str
    stream: str
    day: str
    reason: str
    pieces: int
    shows_us: int
    size_bytes: int
    first_us: int
    last_us: int


class Holds(Rows[str, Hold]):
    """The holds, found by their incident."""

    def __init__(self, journal: Journal) -> None:
        self._cases: dict[int, str] = {}
        super().__init__(journal)

    def of_case(self, case_no: int) -> Hold | None:
        """The incident's hold that is not released."""
        return self.get(self._cases.get(case_no, ""))

    def _place(self, key: str, value: Hold | None) -> None:
        was = self._rows.get(key)
        if was is not None and was.case_no is not None and self._cases.get(was.case_no) == key:
            del self._cases[was.case_no]
        super()._place(key, value)
        if value is not None and value.case_no is not None and value.released_us is None:
            self._cases[value.case_no] = key


class Keeping:
    """All of it, as one site has it in memory. Holds that are over are not."""

    def __init__(self, journal: Journal) -> None:
        self.holds = Holds(journal)
        self.condemned: Rows[str, Condemned] = Rows(journal)
        self.sweep: Rows[str, SweepState] = Rows(journal)
        self.sweep_us = 0
        """When the sweep looks again. Not journalled, nor is the next: too early does no harm."""
        self.looked: dict[tuple[str, str], int] = {}
        """Up to when everything that is old stays for now, by camera and stream; forgotten when a hold ends, and each hour."""
        self.looked_through: set[tuple[str, str]] = set()
        """Those of which nothing is due."""
        self.looked_us = 0
        self.room: dict[str, int] = {}
        """How many bytes agents' full disks lack, as far as this turn was told: it is seen to once the turn's holds are known."""

    @property
    def state(self) -> SweepState:
        """How the sweep is."""
        return self.sweep.get("") or SweepState()

    def tables(self) -> tuple[Rows[Any, Any], ...]:
        """For the site's own."""
        return self.holds, self.condemned, self.sweep

    def all_holds(self) -> list[Hold]:
        """Those in memory."""
        return [row for name in self.holds if (row := self.holds.get(name)) is not None]

    def all_condemned(self) -> list[Condemned]:
        """Those that are not answered."""
        return [row for name in self.condemned if (row := self.condemned.get(name)) is not None]

    def due_us(self) -> int | None:
        """When there is something to do by the clock alone; None: where nothing is swept, never."""
        if self.sweep.get("") is None and self.sweep_us == 0:
            return None
        return min([self.sweep_us, *(row.due_us for row in self.all_condemned())])

    def forget_looked(self, *, whole: bool = True) -> None:
        """A hold has ended, or what was kept is to be looked at anew. Not `whole`: only what was looked through to the end."""
        for key in list(self.looked) if whole else self.looked_through:
            self.looked.pop(key, None)
        self.looked_through.clear()


class Told(Protocol):
    """What agents told in a turn to be gone."""

    @property
    def footage_gone(self) -> Sequence[GoneRow]:
        """Rows for what is gone."""
        ...

    @property
    def footage_drops(self) -> Sequence[tuple[str, FootageStream, Gone, tuple[NoSpan, ...]]]:
        """What the index is to drop, and why."""
        ...


def load_keeping(connection: Connection, site_id: str, keeping: Keeping, now_us: int) -> None:
    """What a turn needs in memory."""
    h = schema.footage_hold.c
    live = (h.site == site_id) & h.released_us.is_(None) & or_(h.until_us.is_(None), h.until_us > now_us)
    for row in connection.execute(select(schema.footage_hold).where(live)):
        hold = hold_of_row(row)
        keeping.holds.load(hold.hold, hold)
    for row in connection.execute(select(schema.footage_condemned).where(schema.footage_condemned.c.site == site_id)):
        keeping.condemned.load(row.condemned, Condemned(**{**_fields(row), "spans": _spans(row.spans)}))
    body = connection.execute(select(schema.footage_sweep.c.body).where(schema.footage_sweep.c.site == site_id)).scalar()
    if body is not None:
        keeping.sweep.load("", msgspec.json.decode(body, type=SweepState))


def forget_holds(keeping: Keeping, now_us: int) -> None:
    """Leave out of memory what is over, between two turns."""
    for hold in keeping.all_holds():
        if not hold.counts(now_us):
            keeping.holds.forget(hold.hold)


def write_keeping(connection: Connection, site_id: str, keeping: Keeping, outcome: Told) -> None:
    """What a turn changed."""
    holds = [row for _, _, row in sorted(keeping.holds.changed(), key=_key) if row is not None]
    bulk.upsert(connection, schema.footage_hold, [hold_row(site_id, hold) for hold in holds])
    put, over = [], []
    for name, was, now in sorted(keeping.condemned.changed(), key=_key):
        if now is not None:
            put.append(_condemned_row(site_id, now))
        elif was is not None:
            over.append((site_id, name))
    bulk.upsert(connection, schema.footage_condemned, put)
    bulk.delete(connection, schema.footage_condemned, over)
    for _, _, state in keeping.sweep.changed():
        if state is not None:
            bulk.upsert(connection, schema.footage_sweep, [(site_id, _encode(state).decode())])
    bulk.upsert_by(connection, schema.footage_gone, [(site_id, *row) for row in outcome.footage_gone], _ADDED)
    for device, stream, reason, spans in outcome.footage_drops:
        drop(connection, Track(site_id, device, stream), spans, reason)


_TABLE = schema.footage_gone.name
_ADDED = ", ".join(
    [
        *(f"{name} = {_TABLE}.{name} + excluded.{name}" for name in ("pieces", "shows_us", "size_bytes")),
        "last_us = excluded.last_us",
    ]
)


def hold_row(site_id: str, hold: Hold) -> tuple[Any, ...]:
    """The hold as a row, in the table's order of columns."""
    values = {**msgspec.structs.asdict(hold), "site": site_id, "cameras": _encode(hold.cameras).decode()}
    return tuple(values[column.name] for column in schema.footage_hold.columns)


def _condemned_row(site_id: str, row: Condemned) -> tuple[Any, ...]:
    values = {**msgspec.structs.asdict(row), "site": site_id, "spans": _encode(row.spans).decode()}
    return tuple(values[column.name] for column in schema.footage_condemned.columns)


def _fields(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name != "site"}


def _key(change: tuple[Any, Any, Any]) -> Any:
    return change[0]
