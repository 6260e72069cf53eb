"""The agent's log: every reading, synced before it counts as accepted, kept until the hub has it.

Numbers never restart within a stream and have no hole: a row that had to go is covered by a `dropped` record. SQLite in
WAL mode with synchronous=FULL; one connection under a lock, called from any thread. docs/design/wire.md has the reasons.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Self

from contract.clock import US_PER_S, Clock
from contract.envelope import MAX_PAYLOAD_BYTES, Record, encode
from contract.readings import Reading
from drivers.port import ReceiptOf
from edge import spool_file, spool_room
from edge.spool_file import Connect, SpoolBusy, SpoolFailed, is_full, reserve_of
from edge.spool_open import Opened, name_of, open_log, random_name
from edge.spool_rows import Page, Rows, SpoolCounters, Values, transaction

__all__ = ["Entry", "Page", "Spool", "SpoolBusy", "SpoolCounters", "SpoolFailed", "SpoolFull", "SpoolLimits"]

MAX_RECORD_BYTES = MAX_PAYLOAD_BYTES - 2048
"""A record's JSON must fit into one batch with its head."""

_ACK_EVERY_ROWS = 5_000
_ACK_EVERY_US = 10 * US_PER_S
_TIDY_EVERY_US = 60 * US_PER_S
_FULL_TRIES = 3
_RESERVE_MIN_BYTES = 1024 * 1024


class SpoolFull(Exception):
    """The disk is full and nothing more could be dropped: the reading was not accepted. A later one may be."""


class SpoolLimits(NamedTuple):
    """`bytes_max` bounds the rows; the file may take three times that where drops left gaps. Receipted rows older than
    `age_us_max` go; what the hub has not got yet goes for room alone, as a wrong clock must not be able to erase it."""

    bytes_max: int = 256 * 1024 * 1024
    age_us_max: int = 35 * 86_400 * US_PER_S
    reserve_bytes: int = 8 * 1024 * 1024
    """Kept on disk, to be let go when the disk is full, so that a drop can be written down."""


class Entry(NamedTuple):
    """One reading to append."""

    device: str
    reading: Reading
    at_us: int
    device_at_us: int | None = None


class Spool:
    """See the module. A method that touches the file may raise SpoolFailed, and from then on every one does."""

    def __init__(self, path: Path, limits: SpoolLimits, clock: Clock, opened: Opened) -> None:
        """Use `Spool.open`."""
        self._db = opened.db
        self._path = path
        self._limits = limits
        self._clock = clock
        self._log = opened.head
        self._file = Rows(opened.db, opened.head.agent, opened.extent)
        self._lock = Lock()
        self._failed: str | None = None
        self._closed = False
        self._acked = max(opened.head.acked, opened.extent.first - 1)
        self._acked_kept = opened.head.acked
        self._next_ack_us = 0
        self._next_tidy_us = 0
        self._listener: Callable[[], None] | None = None
        self.counters: SpoolCounters = self._file.counters
        self.unclean = opened.unclean
        self.damaged = opened.damaged

    @classmethod
    def open(
        cls,
        path: Path,
        agent: str,
        limits: SpoolLimits,
        clock: Clock,
        *,
        connect: Connect = sqlite3.connect,
        name: Callable[[int], str] = random_name,
    ) -> Self:
        """Open or create the log of `agent` at `path` and begin a boot: `epoch` is one higher, `boot` new.

        `unclean`: the boot before did not close the log. `damaged`: the file could not be trusted; it was set aside under
        this name, and what could be read of it and had no receipt was carried over into a new stream. Raises SpoolBusy
        when another process has it, SpoolFailed when it cannot be used at all.
        """
        spool = cls(path, limits, clock, open_log(path, agent, limits.bytes_max, connect, name))
        spool._keep_reserve()
        return spool

    # What the log is

    @property
    def stream(self) -> str:
        """The log's id, 32 hex digits."""
        return self._log.stream

    @property
    def start(self) -> int:
        """The stream's first number."""
        return self._log.start

    @property
    def epoch(self) -> int:
        """Boots on this log, this one included."""
        return self._log.epoch

    @property
    def boot(self) -> str:
        """The random name of this boot."""
        return self._log.boot

    @property
    def boot_head(self) -> int:
        """The last number when the oldest boot that the hub has not answered began: nothing above was sent before this boot."""
        return self._log.boot_head

    @property
    def confirmed(self) -> bool:
        """Whether the hub has answered this boot."""
        return self._log.confirmed

    @property
    def floor(self) -> int:
        """The lowest number that the log holds; `head` + 1 when it is empty."""
        return self._file.floor

    @property
    def head(self) -> int:
        """The last number."""
        return self._file.head

    @property
    def acked(self) -> int:
        """The hub has said that it holds everything up to here."""
        return self._acked

    @property
    def rows(self) -> int:
        """Rows in the log."""
        return self._file.count

    @property
    def size_bytes(self) -> int:
        """What the rows take, against the limit."""
        return self._file.size_bytes

    @property
    def dropped(self) -> int:
        """Unreceipted readings dropped since this boot."""
        c = self.counters
        return c.dropped_measurements + c.dropped_events + c.dropped_alarms

    def listen(self, listener: Callable[[], None] | None) -> None:
        """Call `listener` after each append, in the appending thread. It must return at once."""
        self._listener = listener

    # Writing

    def append(self, device: str, reading: Reading, at_us: int, device_at_us: int | None = None) -> int:
        """Write one reading and return its number once it is synced: accepted. Raises SpoolFull, SpoolFailed, and ValueError
        for a reading too long to be sent."""
        with self._lock:
            seq = self._file.head + 1
            self._accept([_values(seq, device, reading, at_us, device_at_us)])
        if self._listener is not None:
            self._listener()
        return seq

    def append_many(self, entries: Sequence[Entry]) -> int:
        """Write several readings with one sync, all or none; returns the number of the last. Raises as `append` does."""
        if not entries:
            return self.head
        with self._lock:
            self._accept([_values(seq, *entry) for seq, entry in enumerate(entries, self._file.head + 1)])
            last = self._file.head
        if self._listener is not None:
            self._listener()
        return last

    # Reading and receipts

    def receipt_of(self, numbers: Sequence[int]) -> ReceiptOf:
        """Whether the hub has all of these readings. The receipt of their numbers alone does not say so: a full log may have
        dropped a reading, and then the hub was told of that under its number."""
        with self._lock, self._guarded():
            if max(numbers, default=0) > self._acked:
                return "waiting"
            return "committed" if self._file.hold(numbers) else "unknown"

    def page(self, from_seq: int, max_bytes: int, max_records: int) -> Page:
        """Contiguous records from `from_seq` on, or from the floor where it lies above. The bytes count one separator a record.

        Where `from_seq` lies inside a dropped range, the first record stands for the rest of that range.
        """
        with self._lock, self._guarded():
            return self._file.page(from_seq, max_bytes, max_records)

    def acknowledge(self, up_to: int, *, lower: bool = False) -> None:
        """The hub holds everything up to `up_to`. `lower`: it may say less than before, as after it was restored from a backup;
        then what it lacks counts as unreceipted again. Written down now and then: forgetting a receipt does no harm."""
        with self._lock, self._forgiving():
            up_to = min(up_to, self._file.head)
            if up_to < self._acked:
                if lower:
                    self._acked = max(up_to, self._file.floor - 1)
                    self._keep_acked()
                return
            self._acked = up_to
            mono_us = self._clock.mono_us()
            if up_to - self._acked_kept >= _ACK_EVERY_ROWS or (up_to > self._acked_kept and mono_us >= self._next_ack_us):
                self._next_ack_us = mono_us + _ACK_EVERY_US
                self._keep_acked()
            if mono_us >= self._next_tidy_us:
                self._next_tidy_us = mono_us + _TIDY_EVERY_US
                self._file.release(self._acked, self._limits.bytes_max, self._clock.now_us() - self._limits.age_us_max)
                self._keep_reserve()

    def confirm(self) -> None:
        """The hub has answered this boot. Synced, as records may be sent from now on; `confirmed` stays False where the disk
        is too full to write it down."""
        with self._lock, self._forgiving():
            if not self._log.confirmed:
                log = self._log._replace(confirmed=True, acked=self._acked)
                spool_file.write_head(self._db, log)
                self._log = log

    def begin_new_stream(self, cut: int, stream: str | None = None) -> None:
        """The log is a copy of one that went on elsewhere: it becomes a stream of its own. What is up to `cut` was committed
        there and leaves the log; what is above keeps its numbers, and the stream starts at `cut` + 1. Where the disk is too
        full to write it down, the log stays as it was."""
        with self._lock, self._forgiving():
            cut = max(min(cut, self._file.head), self._file.floor - 1)
            name = stream or random_name(16)
            head = self._file.head
            log = self._log._replace(stream=name, start=cut + 1, boot_head=head, confirmed=False, acked=cut)
            with transaction(self._db):
                self._file.cut(cut)
                spool_file.write_head(self._db, log)
            self._file.adopt_cut(cut)
            self._log = log
            self._acked = self._acked_kept = cut

    def close(self) -> None:
        """Say goodbye: the next boot is not `unclean`. Does nothing on a failed or closed spool."""
        with self._lock:
            if self._closed or self._failed:
                return
            with self._forgiving():
                log = self._log._replace(acked=self._acked, clean=True)
                spool_file.write_head(self._db, log)
            self._closed = True
            self._db.close()

    def abandon(self) -> None:
        """Let go of the file without a goodbye, as a kill would. For tests and the simulation."""
        with self._lock:
            self._closed = True
            self._db.close()

    # Below: under the lock

    def _usable(self) -> None:
        if self._failed:
            raise SpoolFailed(self._failed)
        if self._closed:
            raise SpoolFailed(f"{self._path} is closed")

    def _fail(self, err: sqlite3.Error) -> SpoolFailed:
        self._failed = f"{self._path} failed ({name_of(err)}: {err}): the agent must stop; check the disk, then start it again"
        return SpoolFailed(self._failed)

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        self._usable()
        try:
            yield
        except sqlite3.Error as err:
            raise self._fail(err) from err

    @contextlib.contextmanager
    def _forgiving(self) -> Iterator[None]:
        """For what may be left undone when the disk is full: it lets the reserve go, and the caller comes again."""
        self._usable()
        try:
            yield
        except sqlite3.Error as err:
            if not is_full(err):
                raise self._fail(err) from err
            self._let_reserve_go()

    def _accept(self, values: list[Values]) -> None:
        self._usable()
        try:
            self._file.insert(values)
        except sqlite3.Error as err:
            self._insert_on_full_disk(err, values)
        over = self._file.size_bytes - self._limits.bytes_max
        if over > 0:
            try:
                self._file.make_room(self._acked, over + self._chunk_bytes)
            except sqlite3.Error as err:
                # The reading is synced, so it is accepted whatever happens here; the next one meets the full disk.
                if not is_full(err):
                    self._fail(err)

    def _insert_on_full_disk(self, err: sqlite3.Error, values: list[Values]) -> None:
        """After a failed write: only a full disk is worth another try, with room made."""
        want_bytes = 2 * self._chunk_bytes + sum(len(row[3]) for row in values)
        for _ in range(_FULL_TRIES):
            if not is_full(err):
                raise self._fail(err) from err
            self._let_reserve_go()
            try:
                self._hold_size()
                self._file.make_room(self._acked, want_bytes)
                self._db.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
                self._file.insert(values)
            except sqlite3.Error as again:
                err = again
            else:
                return
        if not is_full(err):
            raise self._fail(err) from err
        self.counters.refused += len(values)
        raise SpoolFull(f"{self._path}: the disk is full, and nothing is left to drop: free space on it") from err

    @property
    def _chunk_bytes(self) -> int:
        """How much more than needed is dropped at once: enough to be rare, little enough to be quick."""
        return min(max(self._limits.bytes_max // 64, 16 * 1024), 128 * 1024)

    def _keep_acked(self) -> None:
        self._db.execute("UPDATE log SET acked = ?", (self._acked,))
        self._acked_kept = self._acked

    # The reserve

    @property
    def _reserve(self) -> Path:
        return reserve_of(self._path)

    def _let_reserve_go(self) -> None:
        self.counters.disk_full += 1
        self._next_tidy_us = self._clock.mono_us() + _TIDY_EVERY_US
        self._reserve.unlink(missing_ok=True)

    def _hold_size(self) -> None:
        """Bring the write-ahead log into the file, and let the file grow no more: a full disk is then met as a full file, within
        which dropped rows make room. A log that cannot be brought in, as the file cannot grow, would leave room for nothing."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        spool_file.hold_size(self._db)

    def _keep_reserve(self) -> None:
        """Have the reserve on disk, a quarter of what is free at most, and let the file grow again; without a reserve a full
        disk refuses sooner."""
        want = max(min(self._limits.reserve_bytes, self._limits.bytes_max // 8), 1)
        with contextlib.suppress(OSError):
            disk = os.statvfs(self._path.parent)
            room = disk.f_bavail * disk.f_frsize // 4
            if self._reserve.exists() or room < min(want, _RESERVE_MIN_BYTES):
                return
            part = self._reserve.with_name(self._reserve.name + ".part")
            with part.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, min(want, room))
            part.rename(self._reserve)
            spool_file.let_grow(self._db, self._limits.bytes_max)


def _values(seq: int, device: str, reading: Reading, at_us: int, device_at_us: int | None) -> Values:
    body = encode(Record(seq, device, at_us, reading, device_at_us))  # type: ignore[arg-type]
    if len(body) > MAX_RECORD_BYTES:
        raise ValueError(f"a {reading.kind} of {len(body)} bytes is over the limit of {MAX_RECORD_BYTES}: cut its text")
    return (seq, spool_room.sort_of(reading), at_us, body)
