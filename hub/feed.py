"""The change log as it is committed: its newest rows in memory, everything older from the database.

The worker hands over each turn's rows after the commit. Whoever follows the log keeps a position and asks for what comes after
it; as long as the position is within the tail, no query is made.
"""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from threading import Lock
from typing import Protocol

from hub.ingest.ports import ChangeRow

TAIL_ROWS = 2_000
CHUNK_ROWS = 200


class ChangeSource(Protocol):
    """The change log in the database."""

    def changes_after(self, pos: int, limit: int) -> list[ChangeRow]:
        """The rows after `pos`, oldest first."""
        ...

    def change_bounds(self) -> tuple[int, int]:
        """The position before the oldest row that is still there, and that of the newest."""
        ...


class ChangeFeed:
    """A tail of the change log. Safe from any thread.

    on_change: what the worker calls after a commit; it neither waits nor raises, so callbacks must not either.
    """

    def __init__(self, source: ChangeSource, tail_rows: int = TAIL_ROWS) -> None:
        self._source = source
        self._tail: deque[ChangeRow] = deque(maxlen=tail_rows)
        self._lock = Lock()
        self._callbacks: tuple[Callable[[Sequence[ChangeRow]], None], ...] = ()
        self._began: int | None = None

    def on_change(self, rows: Sequence[ChangeRow]) -> None:
        """Take committed rows, in the order of their positions, and wake everyone who follows."""
        if not rows:
            return
        with self._lock:
            if self._began is None:
                self._began = rows[0].pos - 1
            if self._tail and rows[0].pos != self._tail[-1].pos + 1:
                self._tail.clear()
            self._tail.extend(rows)
            callbacks = self._callbacks
        for callback in callbacks:
            callback(rows)

    def subscribe(self, callback: Callable[[Sequence[ChangeRow]], None]) -> None:
        """Call `callback` with each turn's rows, on the worker's thread: it may set an event, and no more."""
        with self._lock:
            self._callbacks = (*self._callbacks, callback)

    def unsubscribe(self, callback: Callable[[Sequence[ChangeRow]], None]) -> None:
        """Stop calling it. One that was never subscribed is let through."""
        with self._lock:
            self._callbacks = tuple(known for known in self._callbacks if known != callback)

    def tail_after(self, pos: int, limit: int = CHUNK_ROWS) -> list[ChangeRow] | None:
        """The next rows after `pos`, at once; an empty list at the log's end; None when only the database can tell."""
        with self._lock:
            if not self._tail or pos + 1 < self._tail[0].pos:
                return None
            start = pos + 1 - self._tail[0].pos
            return list(islice(self._tail, start, start + limit))

    def after(self, pos: int, limit: int = CHUNK_ROWS) -> list[ChangeRow]:
        """The next rows after `pos`, oldest first, `limit` at most. May query the database."""
        rows = self.tail_after(pos, limit)
        return self._source.changes_after(pos, limit) if rows is None else rows

    def end_at_start(self) -> int:
        """Where the log ended when this feed began to listen: a new reader begins there, and misses nothing of this run."""
        newest = self._source.change_bounds()[1]
        with self._lock:
            return newest if self._began is None else min(newest, self._began)

    def newest(self) -> int:
        """The newest position seen since the start, without a query; 0 before the first."""
        with self._lock:
            return self._tail[-1].pos if self._tail else 0

    def bounds(self) -> tuple[int, int]:
        """The position before the oldest row that can still be had, and that of the newest committed one."""
        oldest, newest = self._source.change_bounds()
        with self._lock:
            return oldest, max(newest, self._tail[-1].pos if self._tail else 0)
