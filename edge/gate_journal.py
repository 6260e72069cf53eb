"""What a gate is about to do, written before it does it: a small file of fixed size, written in place.

A row goes to the kernel by one pwrite, which a kill of the agent does not take back, and is not synced: the gate does not wait
for a disk. Then the gate is asked to open; then the same readings go into the spool, synced; then the row is done with. At a
start the rows that were not done go into the spool, except those that are there already. A power cut may take the last row with
it: then the opening has no decision, and the hub says that nobody can explain it.

The file is made full at once, so that a disk that is full later keeps no row out. When nothing waits the next row goes to the
front again; rows are numbered, so that what an earlier lap left behind them is not taken for theirs.
"""

import os
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from zlib import crc32

import msgspec
import structlog

from contract.envelope import Record, decode_record
from contract.readings import AnyReading
from edge.spool import Entry, Spool, SpoolFull
from edge.whereabouts import Went

FILE = "gate.journal"
SIZE_BYTES = 256 * 1024
ROW_BYTES_MAX = 8 * 1024
_PAGE_RECORDS, _PAGE_BYTES = 500, 1024 * 1024
_DONE = struct.Struct("<8sQI")
_ROW = struct.Struct("<IIQ")
_MAGIC = b"WKGATE1\0"
_FRONT = 64


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    device: str
    reading: AnyReading
    at_us: int
    device_at_us: int | None


class _Row(msgspec.Struct, frozen=True, array_like=True):
    """`head`: the spool's last number when the row was written; what is behind it may be this row's."""

    stream: str
    head: int
    entries: list[_Entry]
    went: Went | None


class Counters(msgspec.Struct):
    """Since the start. `full`: rows that found no room; `failed`: rows that the disk would not take; `replayed`: rows of the boot
    before that went into the spool now; `lost`: those that a full disk did not take."""

    rows: int = 0
    full: int = 0
    failed: int = 0
    replayed: int = 0
    lost: int = 0


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Row).decode


class GateJournal:
    """The file in a folder. Safe from any thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._handle = -1
        self._lock = Lock()
        self._number = 0
        self._end = _FRONT
        self._waiting: set[int] = set()
        self._log = structlog.get_logger("edge.journal")
        self.counters = Counters()

    def open(self, spool: Spool, remember: Callable[[Went], None]) -> None:
        """Put what an earlier boot left into the spool, and who went where into `remember`; then begin anew. A file that cannot
        be made is told, and the gate does without. Rows that a full disk keeps out of the spool are told and counted. Raises
        SpoolFailed."""
        try:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            data = os.pread(self._handle, SIZE_BYTES, 0)
            os.posix_fallocate(self._handle, 0, SIZE_BYTES)
        except OSError as error:
            self._log.error("journal_unusable", error=str(error)[:200])
            data = b""
        done, rows = _rows(data)
        for number, row in rows:
            self._number = number
            if number > done:
                self._replay(row, spool, remember)
        self._number = max(self._number, done)
        with self._lock:
            self._write_done(self._number)

    def write(self, entries: Sequence[Entry], went: Went | None, stream: str, head: int) -> int:
        """Write a row down. Its number, or 0 where there is no room for it: a gate opens all the same."""
        body = _encode((stream, head, entries, went))
        with self._lock:
            if not self._waiting:
                self._end = _FRONT
            if self._handle < 0 or len(body) > ROW_BYTES_MAX or self._end + _ROW.size + len(body) > SIZE_BYTES:
                self.counters.full += 1
                return 0
            number = self._number + 1
            row = _ROW.pack(len(body), crc32(body, number & 0xFFFFFFFF), number) + body
            try:
                if os.pwrite(self._handle, row, self._end) != len(row):
                    raise OSError("written in part")
            except OSError as error:
                self.counters.failed += 1
                self._log.error("journal_unwritten", error=str(error)[:200])
                return 0
            self._number = number
            self._end += len(row)
            self._waiting.add(number)
            self.counters.rows += 1
            return number

    def done(self, number: int) -> None:
        """The row is in the spool, or can be in none."""
        if not number:
            return
        with self._lock:
            self._waiting.discard(number)
            self._write_done(min(self._waiting, default=self._number + 1) - 1)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._handle >= 0:
                os.close(self._handle)
                self._handle = -1

    def _write_done(self, number: int) -> None:
        if self._handle < 0:
            return
        try:
            os.pwrite(self._handle, _done(number), 0)
        except OSError as error:
            self.counters.failed += 1
            self._log.error("journal_unwritten", error=str(error)[:200])

    def _replay(self, row: _Row, spool: Spool, remember: Callable[[Went], None]) -> None:
        missing = _missing(row, spool)
        try:
            if missing:
                spool.append_many(missing)
                self.counters.replayed += 1
                self._log.warning("journal_replayed", readings=len(missing))
        except SpoolFull as error:
            self.counters.lost += 1
            self._log.error("journal_lost", readings=len(missing), error=str(error))
        if row.went is not None:
            remember(row.went)


class _Found(NamedTuple):
    done: int
    rows: list[tuple[int, _Row]]


def _done(number: int) -> bytes:
    return _DONE.pack(_MAGIC, number, crc32(number.to_bytes(8, "little")))


def _rows(data: bytes) -> _Found:
    """The rows of the last lap, and up to which they are done with. Never raises for what is there."""
    done = 0
    if len(data) >= _FRONT:
        magic, number, check = _DONE.unpack_from(data)
        if magic == _MAGIC and check == crc32(number.to_bytes(8, "little")):
            done = number
    return _Found(done, list(_scan(data)))


def _scan(data: bytes) -> Iterator[tuple[int, _Row]]:
    at, last = _FRONT, 0
    while at + _ROW.size <= len(data):
        size, check, number = _ROW.unpack_from(data, at)
        body = data[at + _ROW.size : at + _ROW.size + size]
        if size > ROW_BYTES_MAX or number <= last or (last and number != last + 1):
            return
        if not body or crc32(body, number & 0xFFFFFFFF) != check:
            return
        try:
            yield number, _decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return
        at, last = at + _ROW.size + size, number


def _missing(row: _Row, spool: Spool) -> list[Entry]:
    """Those of a row's readings that the spool has not got."""
    wanted = [Entry(one.device, one.reading, one.at_us, one.device_at_us) for one in row.entries]
    at = row.head + 1 if row.stream == spool.stream else spool.floor
    head = spool.head
    while wanted and at <= head:
        page = spool.page(at, _PAGE_BYTES, _PAGE_RECORDS)
        for body in page.records:
            found = _entry(decode_record(body))
            if found in wanted:
                wanted.remove(found)
        if page.last_seq < at:
            break
        at = page.last_seq + 1
    return wanted


def _entry(record: Record) -> Entry:
    return Entry(record.device, record.reading, record.at_us, record.device_at_us)
