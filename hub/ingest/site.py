"""The site in memory: what is committed, and on top of it what the present turn has changed.

Every change is journalled with what was there before. So one detector's effects, or a whole turn's, can be undone, and the rows
that a turn changed are known without comparing anything.
"""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from hub.cases.types import Case
from hub.ingest.gate import StreamMark

K = TypeVar("K")
V = TypeVar("V")

HUB_STREAM = "hub"
"""The stream of the reports that the hub makes itself; its agent is the hub, its mark the last number given."""

_STALE_ALARMS_MAX = 10_000


class CaseKey(NamedTuple):
    """One cause: two raises with the same key are one case."""

    kind: str
    detector: str
    subject: str
    episode: str


class DeadlineKey(NamedTuple):
    """Whose deadline: `detector:NAME` and its subject, or `case` and CASE_NO/CLOCK."""

    owner: str
    subject: str


class Deadline(NamedTuple):
    """A row of `deadline`."""

    due_us: int
    source: str | None
    stalled: bool = False


class DetectorState(NamedTuple):
    """A row of `detector_state`, decoded. `device` is given to the detector when it is woken."""

    state: Any
    device: str


class Contact(NamedTuple):
    """When an agent was last heard, and the time of its last record that was taken in; -1: none since the site was read."""

    heard_us: int
    reached_us: int = -1


class Sent(NamedTuple):
    """When a stream's boot last sent something, by its agent's clock."""

    boot: str
    sent_us: int


@dataclass
class Counters:
    """The site's numbers besides the stream marks: rows of `site`."""

    change_pos: int = 0
    case_no: int = 0


class Journal:
    """What was changed since the turn began, oldest first, each as a function and its arguments that undo it."""

    def __init__(self) -> None:
        self._undo: list[tuple[Any, ...]] = []
        self.note = self._undo.append

    def savepoint(self) -> int:
        """A point to roll back to."""
        return len(self._undo)

    def rollback(self, to: int = 0) -> None:
        """Undo everything since the savepoint, newest first."""
        while len(self._undo) > to:
            undo, *arguments = self._undo.pop()
            undo(*arguments)

    def clear(self) -> None:
        """The turn is committed: nothing is to be undone any more."""
        self._undo.clear()


class Rows(Generic[K, V]):
    """A table in memory that knows which keys the turn has changed. None is not a value."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rows: dict[K, V] = {}
        self._before: dict[K, V | None] = {}
        self.get = self._rows.get

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[K]:
        return iter(self._rows)

    def load(self, key: K, value: V) -> None:
        """Take a committed row in, unjournalled."""
        self._place(key, value)

    def forget(self, key: K) -> None:
        """Leave a committed row out of memory, unjournalled; it stays in the database."""
        self._place(key, None)

    def put(self, key: K, value: V | None) -> None:
        """Set a row, or with None remove it."""
        was = self.get(key)
        if key in self._before:
            self._journal.note((self._place, key, was))
        else:
            self._before[key] = was
            self._journal.note((self._restore, key, was))
        self._place(key, value)

    def _restore(self, key: K, was: V | None) -> None:
        """Undo the turn's first change of a row."""
        self._place(key, was)
        del self._before[key]

    def changed(self) -> Iterator[tuple[K, V | None, V | None]]:
        """Each key that the turn has touched, with the committed value and the present one."""
        for key, was in self._before.items():
            now = self._rows.get(key)
            if now is not was:
                yield key, was, now

    def settle(self) -> None:
        """The turn is committed."""
        self._before.clear()

    def _place(self, key: K, value: V | None) -> None:
        if value is None:
            self._rows.pop(key, None)
        else:
            self._rows[key] = value


class States(Rows[tuple[str, str], DetectorState]):
    """The detectors' states, counted by detector and device."""

    def __init__(self, journal: Journal) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        super().__init__(journal)

    def count_of(self, detector: str, device: str) -> int:
        """How many subjects of the device the detector has a state for."""
        return self._counts.get((detector, device), 0)

    def _place(self, key: tuple[str, str], value: DetectorState | None) -> None:
        was = self._rows.get(key)
        if was is None or value is None or was.device != value.device:  # most puts change a state that is there
            if was is not None:
                self._counts[key[0], was.device] -= 1
            if value is not None:
                self._counts[key[0], value.device] += 1
        super()._place(key, value)


class Deadlines(Rows[DeadlineKey, Deadline]):
    """The deadlines, found by source and by time."""

    def __init__(self, journal: Journal) -> None:
        self._by_source: dict[str, set[DeadlineKey]] = {}
        self._alarms: list[tuple[int, DeadlineKey]] = []
        super().__init__(journal)

    def of_source(self, source: str) -> set[DeadlineKey] | None:
        """The deadlines that this source's watermark proves; None when there are none."""
        return self._by_source.get(source)

    def first_of(self, source: str, up_to_us: int) -> DeadlineKey | None:
        """The earliest deadline that a watermark at `up_to_us` proves."""
        keys = self._by_source.get(source)
        if not keys:
            return None
        due = [(row.due_us, key) for key in keys if (row := self._rows[key]).due_us <= up_to_us]
        return min(due)[1] if due else None

    def look_at(self, when_us: int, key: DeadlineKey) -> None:
        """Have `pop_due` name the deadline again at `when_us`."""
        heapq.heappush(self._alarms, (when_us, key))

    def next_us(self) -> int | None:
        """When `pop_due` will next have something to name; an early time does no harm."""
        return self._alarms[0][0] if self._alarms else None

    def pop_due(self, now_us: int) -> Iterator[tuple[DeadlineKey, Deadline]]:
        """The deadlines to look at by the wall clock, in order; each once, until it is put again or `look_at` asks for it."""
        while self._alarms and self._alarms[0][0] <= now_us:
            _, key = heapq.heappop(self._alarms)
            row = self._rows.get(key)
            if row is not None and row.due_us <= now_us:
                yield key, row

    def _place(self, key: DeadlineKey, value: Deadline | None) -> None:
        was = self._rows.get(key)
        if was is not None and was.source is not None:
            keys = self._by_source[was.source]
            keys.discard(key)
            if not keys:
                del self._by_source[was.source]
        super()._place(key, value)
        if value is None:
            return
        if value.source is not None:
            self._by_source.setdefault(value.source, set()).add(key)
        self.look_at(value.due_us, key)
        if len(self._alarms) > _STALE_ALARMS_MAX + 4 * len(self._rows):
            self._alarms = [(row.due_us, name) for name, row in self._rows.items()]
            heapq.heapify(self._alarms)


@dataclass
class Site:
    """All that a turn reads and changes. `cases` holds the open ones; closed ones are looked up in the database."""

    journal: Journal = field(default_factory=Journal)
    counters: Counters = field(default_factory=Counters)

    def __post_init__(self) -> None:
        self.streams: Rows[str, StreamMark] = Rows(self.journal)
        self.contacts: Rows[str, Contact] = Rows(self.journal)
        self.sent: Rows[str, Sent] = Rows(self.journal)
        self.watermarks: Rows[str, int] = Rows(self.journal)
        self.states = States(self.journal)
        self.deadlines = Deadlines(self.journal)
        self.cases: Rows[int, Case] = Rows(self.journal)
        self.case_numbers: Rows[CaseKey, int] = Rows(self.journal)
        self._visitors: list[Case] = []

    def visit(self, case: Case) -> None:
        """Take in a closed case that the database was asked for, until the turn's end."""
        self.cases.load(case.case_no, case)
        self.case_numbers.load(key_of(case), case.case_no)
        self._visitors.append(case)

    def distrust_watermarks(self, now_us: int) -> int:
        """The clock was set back: what lies ahead of it proves nothing, until the source reports anew. Returns how many."""
        ahead = [source for source in self.watermarks if (self.watermarks.get(source) or 0) > now_us]
        for source in ahead:
            self.watermarks.put(source, 0)
        return len(ahead)

    def tables(self) -> tuple[Rows[Any, Any], ...]:
        """Everything that `settle` and the counters of a turn go over."""
        return (
            self.streams,
            self.contacts,
            self.sent,
            self.watermarks,
            self.states,
            self.deadlines,
            self.cases,
            self.case_numbers,
        )

    def next_change(self) -> int:
        """The change log's next position."""
        return self._count("change_pos")

    def next_case(self) -> int:
        """The next case's number."""
        return self._count("case_no")

    def rollback(self) -> None:
        """The turn is thrown away: memory is what was committed."""
        self.journal.rollback()
        self._visitors_leave()

    def settle(self) -> None:
        """The turn is committed; closed cases leave memory."""
        self.journal.clear()
        self._visitors += [case for _, _, case in self.cases.changed() if case is not None]
        for table in self.tables():
            table.settle()
        self._visitors_leave()

    def _visitors_leave(self) -> None:
        for visitor in self._visitors:
            case = self.cases.get(visitor.case_no)
            if case is not None and case.closed_us is not None:
                self.cases.forget(case.case_no)
                self.case_numbers.forget(key_of(case))
        self._visitors.clear()

    def _count(self, name: str) -> int:
        was: int = getattr(self.counters, name)
        setattr(self.counters, name, was + 1)
        self.journal.note((setattr, self.counters, name, was))
        return was + 1


def key_of(case: Case) -> CaseKey:
    """The cause that the case stands for."""
    return CaseKey(case.kind, case.detector, case.subject, case.episode)
