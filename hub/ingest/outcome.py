"""What a turn wants written besides the rows that `Site` keeps, and what it wants said once that is committed."""

from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from contract.envelope import BatchHead, Verdict
from contract.footage import FootageStream, NoSpan
from contract.orders import AnyOrder, Nonce
from hub.access.types import AnyThing, Kind
from hub.audit.types import Act
from hub.cases.flood import Group
from hub.desk.keys import KeyMove
from hub.duties.tallying import Tallied, Unvisited
from hub.footage.coverage import Gone
from hub.footage.packing import Piece
from hub.ingest.ports import ChangeRow, GateNews, Write
from hub.ingest.retention.rows import GoneRow
from hub.ingest.rows import Journal
from hub.passages.types import Presence
from hub.store.access_rows import HistoryRow
from hub.store.estate_rows import DrawingRow, VersionRow

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


EventRow = tuple[str, str, int, str, str, int, int, int | None, int, str]
"""A row of `event`, in the table's order of columns. There is one for each record: a plain tuple costs a fifth of a named one."""


class QuarantineRow(NamedTuple):
    """A row of `quarantine`."""

    site: str
    stream: str
    seq: int
    agent: str
    hub_at_us: int
    reason: str
    body: bytes


class EntryRow(NamedTuple):
    """A row of `case_entry`."""

    site: str
    case_no: int
    entry_no: int
    at_us: int
    act: str
    actor: str
    body: str


class ClockRow(NamedTuple):
    """A row of `case_clock`."""

    site: str
    case_no: int
    clock: str
    event_no: int
    at_us: int
    event: str


class PictureRow(NamedTuple):
    """A row of `picture`."""

    site: str
    picture: str
    agent: str
    device: str
    case_no: int | None
    at_us: int
    sha256: str
    size_bytes: int
    stored_us: int | None
    condemned_us: int | None = None


class FloodRow(NamedTuple):
    """A row of `alarm_flood`."""

    site: str
    flood_no: int
    began_us: int
    ended_us: int | None
    alarms: int
    groups: tuple[Group, ...]


class Answer(NamedTuple):
    """What to tell an agent about one of its streams."""

    agent: str
    head: BatchHead
    verdict: Verdict


@dataclass
class Outcome:
    """The lists and tables of one turn. What is added to them is noted in the site's journal: whoever undoes a step or a message
    there has undone it here too."""

    site: str
    journal: Journal
    events: list[EventRow] = field(default_factory=list)
    quarantine: dict[tuple[str, int], QuarantineRow] = field(default_factory=dict)
    entries: list[EntryRow] = field(default_factory=list)
    clocks: list[ClockRow] = field(default_factory=list)
    changes: list[ChangeRow] = field(default_factory=list)
    floods: dict[int, FloodRow] = field(default_factory=dict)
    key_moves: list[KeyMove] = field(default_factory=list)
    pictures: dict[str, PictureRow] = field(default_factory=dict)
    orders: list[tuple[str, AnyOrder]] = field(default_factory=list)
    tallies: list[Tallied] = field(default_factory=list)
    unvisited: list[Unvisited] = field(default_factory=list)
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    nonces: list[tuple[str, Nonce]] = field(default_factory=list)
    gates: list[GateNews] = field(default_factory=list)
    futures: list[tuple[Future[Any], Any]] = field(default_factory=list)
    writes: list[tuple[Future[Any], Write]] = field(default_factory=list)
    estates: list[VersionRow] = field(default_factory=list)
    drawings: dict[str, DrawingRow | None] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    access: dict[tuple[Kind, str], AnyThing | None] = field(default_factory=dict)
    """Things of the book of permits as they are now; None: taken away. The next three are found by it."""
    access_live: dict[str, str] = field(default_factory=dict)
    access_of_permit: dict[str, tuple[str, ...]] = field(default_factory=dict)
    access_made: Counter[Kind] = field(default_factory=Counter)
    access_history: list[HistoryRow] = field(default_factory=list)
    presences: list[Presence] = field(default_factory=list)
    footage: list[tuple[str, FootageStream, Piece]] = field(default_factory=list)
    """Segments on the hub's time line, with their camera and its stream."""
    footage_words: dict[tuple[Any, ...], str] = field(default_factory=dict)
    """Of rows of `footage_word`, by their keys."""
    counted: Counter[str] = field(default_factory=Counter)
    """What the writing of the turn found, by counters' names: known once it is committed."""
    footage_gone: list[GoneRow] = field(default_factory=list)
    footage_seen: dict[tuple[str, str, int], bool] = field(default_factory=dict)
    """Segments, by camera, stream and number, that an agent told in this turn to be gone."""
    footage_drops: list[tuple[str, FootageStream, Gone, tuple[NoSpan, ...]]] = field(default_factory=list)
    """What the index is to drop, by camera and stream, and why."""

    def add(self, rows: list[T], row: T) -> None:
        """Append to one of the lists."""
        rows.append(row)
        self.journal.note((rows.pop,))

    def put(self, table: dict[K, V], key: K, value: V) -> None:
        """Set in one of the tables."""
        undo = (table.__setitem__, key, table[key]) if key in table else (table.pop, key)
        self.journal.note(undo)
        table[key] = value

    def begin_events(self) -> list[EventRow]:
        """The events, to append to: noted as one, they are undone together."""
        self.journal.note((_cut_back, self.events, len(self.events)))
        return self.events


def _cut_back(rows: list[Any], length: int) -> None:
    del rows[length:]
