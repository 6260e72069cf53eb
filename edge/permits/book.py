"""The table of permits that counts at this agent: taken, changed, told of in the heartbeat."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from random import Random
from threading import Lock, RLock

import msgspec
import structlog

from contract.clock import Clock
from contract.orders import ChangePermits, TakePermits
from contract.readings import PermitsHeld
from edge.permits import following
from edge.permits.fetching import Fetcher, Get
from edge.permits.following import PENDING_MAX, Followed
from edge.permits.holding import TableFile
from edge.permits.table import Table
from edge.pictures import Destination


class Counters(msgspec.Struct):
    """Since the start. `dropped`: changes that waited for a snapshot, and were too many."""

    told: int = 0
    applied: int = 0
    ignored: int = 0
    misfits: int = 0
    snapshots: int = 0
    dropped: int = 0


class HubTable:
    """The hub's table. A change counts once it is in memory; then it is written down."""

    def __init__(self, folder: Path, to: Destination | None, get: Get, random: Random, clock: Clock) -> None:
        self.lock = RLock()
        """Held by whoever decides, and while a change is put in force: microseconds."""
        self._writing = Lock()
        """Held for as long as a change or a snapshot is being taken: milliseconds, or a second for a snapshot's file."""
        self._clock = clock
        self._file = TableFile(folder)
        self._table: Table | None = None
        self._heard_us = 0
        self._pending: deque[ChangePermits] = deque(maxlen=PENDING_MAX)
        self._log = structlog.get_logger("edge.permits")
        self.fetcher = Fetcher(to, get, random, self._take, self._tidy)
        self.counters = Counters()

    def load(self) -> Table | None:
        """Read the file; before anything else is called."""
        self._table = self._file.load()
        return self._table

    @property
    def table(self) -> Table | None:
        """What counts now; read it under `lock`."""
        return self._table

    def held(self) -> PermitsHeld | None:
        """What the heartbeat says of it."""
        with self.lock:
            table = self._table
            if table is None:
                return None
            head = table.head
            return PermitsHeld(head.epoch, head.no, head.hash, len(table), head.at_us, self._heard_us)

    def told(self, order: TakePermits) -> None:
        """The hub says which table counts."""
        self._heard_us = self._clock.now_us()
        self.counters.told += 1
        self._follow(following.told(self._table.head if self._table is not None else None, order))

    def changed(self, order: ChangePermits) -> None:
        """The hub says what has changed."""
        self._heard_us = self._clock.now_us()
        with self._writing:
            followed = following.changed(self._table, order)
            if self._apply(followed):
                if not self._file.append(order) or self._file.is_due:
                    self.fetcher.wake()
            elif followed.verdict == "fetch":
                self.counters.dropped += len(self._pending) == PENDING_MAX
                self._pending.append(order)
        self._follow(followed)

    def _apply(self, followed: Followed) -> bool:
        if followed.staged is None or self._table is None:
            return False
        with self.lock:
            self._table.commit(followed.staged)
        self.counters.applied += 1
        return True

    def _follow(self, followed: Followed) -> None:
        if followed.verdict == "fetch":
            self.counters.misfits += 1
            self._log.info("permits_wanted", reason=followed.reason)
            self.fetcher.ask()
        elif followed.verdict == "ignore":
            self.counters.ignored += 1

    def _take(self, table: Table) -> bool:
        """A snapshot has come whole: it counts, with the changes that came meanwhile. Whether no other is needed."""
        with self._writing:
            if self._table is None or following.is_newer(self._table.head, table.head):
                with self.lock:
                    self._table = table
                self._heard_us = self._clock.now_us()
                self.counters.snapshots += 1
            pending, enough = following.in_order(self._pending), True
            self._pending.clear()
            for order in pending:
                followed = following.changed(self._table, order)
                enough = (self._apply(followed) or followed.verdict == "ignore") and enough
            self._log.info("permits_taken", no=table.head.no, entries=len(table))
            self._file.write(self._table)
        return enough

    def _tidy(self) -> None:
        with self._writing:
            if self._table is not None and self._file.is_due:
                self._file.write(self._table)

    def counts(self) -> dict[str, dict[str, int]]:
        """What is counted, as plain data."""
        parts: dict[str, Callable[[], msgspec.Struct]] = {
            "table": lambda: self.counters,
            "file": lambda: self._file.counters,
            "fetching": lambda: self.fetcher.counters,
        }
        return {name: msgspec.to_builtins(one()) for name, one in parts.items()}
