"""A reader of the change log: one thread that delivers to one channel, at least once and in order.

The position moves after the delivery. It is written at most once a second or every 500 changes, never ahead of what is
delivered, so that a crash delivers again and never skips. A transient failure holds the position and backs off; what is older
than `hold_s`, or was refused `tries_max` times for good, becomes a dead letter, and the reader goes on.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from threading import Event, Lock, Thread
from typing import Any, NamedTuple

from contract.clock import US_PER_S, Clock
from hub.feed import CHUNK_ROWS, ChangeFeed
from hub.ingest.ports import ChangeRow
from hub.notify.backoff import delay_s
from hub.notify.delivery import Channel, Delivered, Failure, Filter, Notice, wanted
from hub.notify.ledger import DeadLetter, Ledger
from hub.views import decode_case

IDLE_S = 1.0
PERSIST_EVERY_US = US_PER_S
PERSIST_CHANGES = 500
AGAIN_MAX = 16
STOP_S = 15.0
LAST_WRITE_S = 3.0
_log = logging.getLogger(__name__)


class Patience(NamedTuple):
    """When a reader gives one change up. `hold_s`: a transient failure holds the position until the change is so old."""

    tries_max: int = 3
    hold_s: float = 86_400.0


PATIENCE = Patience()


class ReaderState(NamedTuple):
    """How a reader is doing. `behind`: changes that it has not come to yet. `error`: why it waits; empty when it does not."""

    name: str
    pos: int
    behind: int
    failures: int
    error: str
    counters: dict[str, int]


class ChangeReader:
    """Follows the log for one channel. `position`: where it stood, or None to begin at what was the log's end when
    the hub started."""

    def __init__(
        self,
        name: str,
        channel: Channel,
        chosen: Filter,
        feed: ChangeFeed,
        ledger: Ledger,
        *,
        position: Callable[[], int | None],
        clock: Clock,
        chance: Callable[[], float],
        patience: Patience = PATIENCE,
    ) -> None:
        self.name = name
        self._channel, self._chosen, self._feed, self._ledger = channel, chosen, feed, ledger
        self._position, self._clock, self._chance, self._patience = position, clock, chance, patience
        self._wake, self._stop = Event(), Event()
        self._again: deque[tuple[ChangeRow, Future[Failure | None]]] = deque()
        self._again_lock = Lock()
        self._pos = self._written = 0
        self._written_us = 0
        self._moving: Future[Any] | None = None
        self._moving_to = 0
        self._failures = self._tries = 0
        self._error = ""
        self._counters: Counter[str] = Counter(delivered=0, dead_letters=0, failures=0, skipped=0, resent=0)
        self._thread = Thread(target=self._run, name=f"notify-{name}", daemon=True)

    def start(self) -> None:
        """Begin to follow the log."""
        self._feed.subscribe(self._on_change)
        self._thread.start()

    def discard(self) -> None:
        """Let go of the channel of a reader that was never started."""
        self._channel.close()

    def stop(self) -> None:
        """End: what was delivered is written down, the channel closed. Waits for a delivery under way, 15 s at most."""
        self._feed.unsubscribe(self._on_change)
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)

    def again(self, row: ChangeRow) -> "Future[Failure | None]":
        """Deliver a dead letter once more, soon. Answers None when it is delivered and its row gone, else why not."""
        future: Future[Failure | None] = Future()
        with self._again_lock:
            if len(self._again) >= AGAIN_MAX or self._stop.is_set():
                future.set_result(Failure("transient", "too many are being sent again just now: try later"))
                return future
            self._again.append((row, future))
        self._wake.set()
        return future

    @property
    def state(self) -> ReaderState:
        """For people, health and metrics."""
        behind = max(0, self._feed.bounds()[1] - self._pos)
        return ReaderState(self.name, self._pos, behind, self._failures, self._error, dict(self._counters))

    def _on_change(self, _rows: Sequence[ChangeRow]) -> None:
        self._wake.set()

    def _run(self) -> None:
        try:
            if not self._begin():
                return
            while not self._stop.is_set():
                self._turn()
            self._persist_last()
        finally:
            self._refuse_again()
            self._channel.close()

    def _begin(self) -> bool:
        """Find the position. A database that cannot be read is waited for."""
        while not self._stop.is_set():
            try:
                known = self._position()
                self._pos = self._feed.end_at_start() if known is None else known
            except Exception as error:
                self._note_failure(Failure("transient", f"the position cannot be read: {type(error).__name__}"))
                self._pause()
                continue
            self._written = self._pos if known is not None else -1
            self._failures, self._error = 0, ""
            self._persist()
            return True
        return False

    def _turn(self) -> None:
        self._wake.clear()
        self._send_again()
        try:
            rows = self._feed.after(self._pos, CHUNK_ROWS)
            failure = self._deliver(rows)
        except Exception as error:
            # A fault of the channel or the database must not end the thread: it is told, and tried again.
            failure = Failure("transient", f"{type(error).__name__}: {error}"[:200])
            rows = []
            self._note_failure(failure)
        self._persist()
        if failure is not None:
            self._pause()
        elif not rows and not self._wake.is_set():
            self._wake.wait(IDLE_S)

    def _deliver(self, rows: Sequence[ChangeRow]) -> Failure | None:
        """Deliver what is wanted of `rows` and move past what is done. Returns what is in the way now."""
        notices = [notice for row in rows if (notice := wanted(row, self._chosen)) is not None]
        sent = self._channel.deliver(notices) if notices else Delivered(0)
        self._counters["delivered"] += sent.done
        if sent.failure is None:
            if rows:
                self._counters["skipped"] += len(rows) - len(notices)
                self._moved(rows[-1].pos)
            return None
        if sent.done:
            self._moved(notices[sent.done - 1].row.pos)
        return self._failed(notices[sent.done], sent.failure)

    def _moved(self, pos: int) -> None:
        self._pos = pos
        self._failures = self._tries = 0
        self._error = ""

    def _failed(self, notice: Notice, failure: Failure) -> Failure | None:
        self._note_failure(failure)
        self._tries += failure.sort == "permanent"
        now_us = self._clock.now_us()
        too_old = now_us - notice.row.at_us > self._patience.hold_s * US_PER_S
        if self._tries < self._patience.tries_max and not too_old:
            return failure
        if not self._ledger.give_up(DeadLetter(notice.row, now_us, self._failures, failure.error)):
            return Failure("transient", "the dead letter cannot be written: the hub's database does not commit")
        self._counters["dead_letters"] += 1
        told = {"reader": self.name, "pos": notice.row.pos, "error": failure.error, "tries": self._failures}
        _log.warning("dead_letter", extra=told)
        self._written = notice.row.pos
        self._moved(notice.row.pos)
        return None

    def _note_failure(self, failure: Failure) -> None:
        if not self._error:
            told = {"reader": self.name, "pos": self._pos, "sort": failure.sort, "error": failure.error}
            _log.warning("delivery_failed", extra=told)
        self._failures += 1
        self._counters["failures"] += 1
        self._error = failure.error

    def _pause(self) -> None:
        """Wait after a failure; a change that comes in does not shorten it, a letter sent again by a person does."""
        until_us = self._clock.mono_us() + int(delay_s(self._failures, self._chance(), self._channel.longest_wait_s) * US_PER_S)
        while not self._stop.is_set() and not self._again:
            left_us = until_us - self._clock.mono_us()
            if left_us <= 0:
                return
            self._stop.wait(min(left_us / US_PER_S, IDLE_S / 4))

    def _persist(self) -> None:
        """Have the position written, without waiting for it: a delivery must not wait for a commit."""
        if self._moving is not None:
            if not self._moving.done():
                return
            self._settle_move()
        many = self._pos - self._written >= PERSIST_CHANGES
        long_ago = self._clock.mono_us() - self._written_us >= PERSIST_EVERY_US
        if self._pos != self._written and (many or long_ago or self._written < 0):
            self._begin_move()

    def _persist_last(self) -> None:
        if self._moving is not None:
            wait([self._moving], timeout=LAST_WRITE_S)
            self._settle_move()
        if self._pos != self._written:
            wait([self._begin_move()], timeout=LAST_WRITE_S)
            self._settle_move()

    def _begin_move(self) -> "Future[Any]":
        self._written_us = self._clock.mono_us()
        self._moving, self._moving_to = self._ledger.move(self._pos), self._pos
        return self._moving

    def _settle_move(self) -> None:
        moving, self._moving = self._moving, None
        if moving is not None and moving.done() and not moving.cancelled() and moving.exception() is None:
            self._written = max(self._written, self._moving_to)
        else:
            self._counters["positions_unwritten"] += 1

    def _send_again(self) -> None:
        while True:
            with self._again_lock:
                if not self._again:
                    return
                row, future = self._again.popleft()
            if future.set_running_or_notify_cancel():
                future.set_result(self._once_more(row))

    def _once_more(self, row: ChangeRow) -> Failure | None:
        try:
            sent = self._channel.deliver([Notice(row, decode_case(row.body), again=True)])
        except Exception as error:
            return Failure("transient", f"{type(error).__name__}: {error}"[:200])
        if sent.failure is not None:
            return sent.failure
        self._counters["resent"] += 1
        if not self._ledger.settle(row.pos):
            return Failure("transient", "it was delivered, but the database did not commit that: it stays listed")
        return None

    def _refuse_again(self) -> None:
        with self._again_lock:
            left, self._again = list(self._again), deque()
        for _, future in left:
            if future.set_running_or_notify_cancel():
                future.set_result(Failure("transient", "the hub is stopping"))
