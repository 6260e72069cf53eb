"""The rows of the spool: what they add up to, reading them in order, and making room among them. No lock, no policy on errors."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from contract.envelope import decode_record
from contract.readings import Dropped
from edge import spool_file, spool_room
from edge.spool_file import ALARM, EVENT, MEASUREMENT, TOMB, Extent
from edge.spool_room import ROW_BYTES, Row, Tomb

SCAN_ROWS = 2_000

Values = tuple[int, int, int, bytes]
"""What an append writes: seq, sort, at_us, body."""


class Page(NamedTuple):
    """Records as JSON, contiguous; `last_seq` is the last number they stand for, `first_seq` - 1 when there is none."""

    first_seq: int
    last_seq: int
    records: list[bytes]


class SpoolCounters(msgspec.Struct):
    """Since this boot. `released` rows were receipted; the dropped ones were not. `refused`: not accepted, the disk was full."""

    appended: int = 0
    released: int = 0
    dropped_measurements: int = 0
    dropped_events: int = 0
    dropped_alarms: int = 0
    disk_full: int = 0
    refused: int = 0


class Rows:
    """Contiguous by construction: a row leaves from the front, or a tomb takes its place."""

    def __init__(self, db: sqlite3.Connection, agent: str, extent: Extent) -> None:
        self._db = db
        self._agent = agent
        self.counters = SpoolCounters()
        self._adopt(extent)

    def _adopt(self, extent: Extent) -> None:
        self.floor = extent.first
        self.head = extent.last
        self.count = extent.rows
        self.size_bytes = extent.size_bytes + extent.rows * ROW_BYTES
        self._resume = [self.floor] * TOMB  # up to where each sort has been dropped already

    def insert(self, values: Sequence[Values]) -> None:
        """Write rows with one sync, all or none."""
        insert = "INSERT INTO record VALUES (?, 1, ?, ?, ?)"
        if len(values) == 1:
            self._db.execute(insert, values[0])
        else:
            with transaction(self._db):
                self._db.executemany(insert, values)
        size_bytes = sum(len(row[3]) for row in values)
        self.head += len(values)
        self.count += len(values)
        self.size_bytes += size_bytes + len(values) * ROW_BYTES
        self.counters.appended += len(values)

    def page(self, from_seq: int, max_bytes: int, max_records: int) -> Page:
        """See Spool.page."""
        first = max(from_seq, self.floor)
        records: list[bytes] = []
        last = first - 1
        room = max_bytes
        for seq, span, sort, at_us, body in self._covering(first, max_records):
            record = self._rest(first, at_us, body) if sort == TOMB and seq < first else body
            room -= len(record) + 1
            if room < 0:
                break
            records.append(record)
            last = seq + span - 1
        return Page(first, last, records)

    def hold(self, numbers: Sequence[int]) -> bool:
        """Whether each of these is still a row of its own, and no tomb."""
        sql = "SELECT count(*) FROM record WHERE seq IN (SELECT value FROM json_each(?)) AND sort < ?"
        return bool(self._db.execute(sql, (json.dumps(sorted(set(numbers))), TOMB)).fetchone()[0] == len(set(numbers)))

    def release(self, acked: int, want_bytes: int, before_us: int | None = None) -> int:
        """Delete receipted rows from the front, never the log's last row, until `want_bytes` are freed; returns the bytes.
        `before_us`: only rows made earlier."""
        bound, rows, freed = self.floor, 0, 0
        with contextlib.closing(self._db.execute("SELECT seq + span - 1, at_us, length(body) FROM record ORDER BY seq")) as scan:
            for last, at_us, body_bytes in scan:
                kept = last > acked or last >= self.head or freed >= want_bytes
                if kept or (before_us is not None and at_us >= before_us):
                    break
                bound, rows, freed = last + 1, rows + 1, freed + body_bytes + ROW_BYTES
        if rows:
            self._db.execute("DELETE FROM record WHERE seq < ?", (bound,))
            self.floor = bound
            self.count -= rows
            self.size_bytes -= freed
            self.counters.released += rows
        return freed

    def make_room(self, acked: int, want_bytes: int) -> None:
        """Release, then drop: measurements, then events, then alarms, oldest first, until `want_bytes` are free or nothing
        is left to drop."""
        freed = self.release(acked, want_bytes)
        for level in (MEASUREMENT, EVENT, ALARM):
            more = True
            while more and freed < want_bytes:
                gained, more = self._entomb(level, acked, want_bytes - freed)
                freed += gained

    def cut(self, cut: int) -> None:
        """Delete everything up to `cut`, inside the caller's transaction. `adopt_cut` follows its commit."""
        for seq, span, _, at_us, body in self._covering(cut + 1, 1):
            if seq <= cut:
                rest = self._rest(cut + 1, at_us, body)
                self._db.execute("DELETE FROM record WHERE seq = ?", (seq,))
                self._put_tomb(cut + 1, seq + span - 1, at_us, rest)
        self._db.execute("DELETE FROM record WHERE seq <= ?", (cut,))

    def adopt_cut(self, cut: int) -> None:
        """Measure again after `cut`."""
        self._adopt(spool_file.measure(self._db, cut + 1))

    def _covering(self, first: int, rows: int) -> Iterator[tuple[int, int, int, int, bytes]]:
        """Rows from the one that stands for `first` on."""
        if first > self.head:
            return
        sql = """SELECT seq, span, sort, at_us, body FROM record
            WHERE seq >= (SELECT max(seq) FROM record WHERE seq <= ?) ORDER BY seq LIMIT ?"""
        with contextlib.closing(self._db.execute(sql, (first, rows))) as found:
            yield from found

    def _rest(self, first: int, at_us: int, body: bytes) -> bytes:
        return spool_room.tomb_body(self._agent, first, at_us, dropped_of(body).rest_from(first))

    def _entomb(self, level: int, acked: int, want_bytes: int) -> tuple[int, bool]:
        """Drop one chunk at `level`. Returns the bytes gained, and whether it is worth looking on."""
        first = max(self._resume[level], self.floor)
        sql = """SELECT seq, span, sort, at_us, length(body), CASE WHEN sort = 3 THEN body END FROM record
            WHERE seq >= ? AND seq + span - 1 > ? ORDER BY seq LIMIT ?"""
        found = self._db.execute(sql, (first, acked, SCAN_ROWS)).fetchall()
        rows = [
            Row(seq, span, sort, at_us, body_bytes + ROW_BYTES, dropped_of(body) if body else None)
            for seq, span, sort, at_us, body_bytes, body in found
        ]
        plan = spool_room.plan(rows, level, want_bytes)
        gained = 0
        if plan.tombs:
            with transaction(self._db):
                sizes = [self._bury(tomb) for tomb in plan.tombs]
            for tomb, size_bytes in zip(plan.tombs, sizes, strict=True):
                gained += tomb.size_bytes - size_bytes
                self._count_tomb(tomb, size_bytes)
        self._resume[level] = plan.resume or first
        return gained, bool(plan.tombs) or (len(found) == SCAN_ROWS and plan.resume > first)

    def _bury(self, tomb: Tomb) -> int:
        body = spool_room.tomb_body(self._agent, tomb.first, tomb.at_us, Dropped(tomb.last, *tomb.counts))
        self._db.execute("DELETE FROM record WHERE seq BETWEEN ? AND ?", (tomb.first, tomb.last))
        self._put_tomb(tomb.first, tomb.last, tomb.at_us, body)
        return len(body) + ROW_BYTES

    def _put_tomb(self, first: int, last: int, at_us: int, body: bytes) -> None:
        put_row(self._db, first, last - first + 1, TOMB, at_us, body)

    def _count_tomb(self, tomb: Tomb, size_bytes: int) -> None:
        self.count -= tomb.rows - 1
        self.size_bytes -= tomb.size_bytes - size_bytes
        self.counters.dropped_measurements += tomb.lost[MEASUREMENT]
        self.counters.dropped_events += tomb.lost[EVENT]
        self.counters.dropped_alarms += tomb.lost[ALARM]


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, synced at the end."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                db.execute("ROLLBACK")
        raise


def put_row(db: sqlite3.Connection, *values: int | bytes) -> None:
    """Write one row (seq, span, sort, at_us, body) as it is."""
    db.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?)", values)


def dropped_of(body: bytes) -> Dropped:
    """The reading of a tomb."""
    reading = decode_record(body).reading
    assert isinstance(reading, Dropped)
    return reading
