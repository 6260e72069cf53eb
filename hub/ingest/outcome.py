"""What a turn wants written besides the rows that `Site` keeps, and what it wants said once that is committed."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from contract.envelope import BatchHead, Verdict
from contract.orders import AnyOrder, Nonce
from hub.duties.tallying import Tallied, Unvisited
from hub.ingest.ports import ChangeRow, Write


class EventRow(NamedTuple):
    """A row of `event`, in the table's order of columns."""

    site: str
    stream: str
    seq: int
    device: str
    kind: str
    at_us: int
    agent_at_us: int
    device_at_us: int | None
    hub_at_us: int
    body: str


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


class Answer(NamedTuple):
    """What to tell an agent about one of its streams."""

    agent: str
    head: BatchHead
    verdict: Verdict


@dataclass
class Outcome:
    """The lists of one turn. All rows are cut back to a savepoint when a detector raises."""

    site: str
    events: list[EventRow] = field(default_factory=list)
    quarantine: dict[tuple[str, int], QuarantineRow] = field(default_factory=dict)
    entries: list[EntryRow] = field(default_factory=list)
    clocks: list[ClockRow] = field(default_factory=list)
    changes: list[ChangeRow] = field(default_factory=list)
    pictures: dict[str, PictureRow] = field(default_factory=dict)
    orders: list[tuple[str, AnyOrder]] = field(default_factory=list)
    tallies: list[Tallied] = field(default_factory=list)
    unvisited: list[Unvisited] = field(default_factory=list)
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    nonces: list[tuple[str, Nonce]] = field(default_factory=list)
    futures: list[tuple[Future[Any], Any]] = field(default_factory=list)
    writes: list[tuple[Future[Any], Write]] = field(default_factory=list)

    def savepoint(self) -> tuple[int, ...]:
        """How much there is of everything that a message or a finding may add to."""
        return tuple(len(rows) for rows in (*self._lists(), *self._tables()))

    def rollback(self, savepoint: tuple[int, ...]) -> None:
        """Cut everything back."""
        lists, tables = self._lists(), self._tables()
        for rows, length in zip(lists, savepoint, strict=False):
            del rows[length:]
        for table, length in zip(tables, savepoint[len(lists) :], strict=True):
            while len(table) > length:
                table.popitem()

    def _lists(self) -> tuple[list[Any], ...]:
        return (self.events, self.entries, self.clocks, self.changes, self.orders, self.nonces, self.tallies, self.unvisited)

    def _tables(self) -> tuple[dict[Any, Any], ...]:
        return (self.quarantine, self.pictures, self.answers)
