"""The table of permits on disk: one file of lines that only grows, and the whole file before it.

The first line names the table and says how many entries follow, a line each; behind them stand the changes since, as they were
ordered. A file is written beside the old one, synced and renamed, so that there is a whole one at any moment; a change is synced
once it is in force. At load the entries must come to the hash of the first line and each change to its own: what a power cut
left of a last line is cut off. Where the file is damaged the one before counts, and where that is damaged too there is none.
"""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec
import structlog

from contract.orders import ChangePermits
from contract.permits import ENTRIES_MAX, decode_entry, encode
from edge.permits.following import changed
from edge.permits.table import Head, Table

FILE, PREVIOUS, NEW = "permits.table", "permits.previous", "permits.new"
CHANGES_MAX = 1_000
CHANGES_BYTES_MAX = 4 * 1024 * 1024
"""So many changes, or bytes of them, and the whole table is written anew."""
LINE_MAX = 4 * 1024 * 1024
_ENTRIES_AT_ONCE = 2_000


class _First(Head, frozen=True):
    """The first line of a file."""

    entries: int


class Counters(msgspec.Struct):
    """Since the start. `unwritten`: the disk would not take it, and the table counts in memory alone until it does."""

    written: int = 0
    appended: int = 0
    unwritten: int = 0
    damaged: int = 0


class Loaded(NamedTuple):
    """A table from a file, and where its last whole line ends."""

    table: Table
    changes: int
    end: int
    changes_bytes: int


class TableFile:
    """The files in a folder. For one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changes = 0
        self._changes_bytes = 0
        self._is_whole = False
        """Whether the file on disk is the table in memory: else changes may not be appended to it."""
        self._log = structlog.get_logger("edge.permits")
        self.counters = Counters()

    def load(self) -> Table | None:
        """The newest table that is whole. What is wrong with a file is told and counted."""
        for name in (FILE, PREVIOUS):
            path = self._folder / name
            try:
                loaded = _read(path)
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                self.counters.damaged += 1
                self._log.error("permits_damaged", file=name, error=str(error)[:200])
                continue
            if name == FILE:
                self._changes, self._changes_bytes = loaded.changes, loaded.changes_bytes
                self._is_whole = self._cut(path, loaded.end)
            return loaded.table
        return None

    def write(self, table: Table) -> bool:
        """Write the whole table. Whether the disk has it; the old one stays where it has not."""
        try:
            self._write(table)
        except OSError as error:
            self._unwritten(error)
            return False
        self._changes = self._changes_bytes = 0
        self._is_whole = True
        self.counters.written += 1
        return True

    def append(self, change: ChangePermits) -> bool:
        """Write down a change that was put in force, synced. False: it stands on no disk, and `write` is due."""
        if not self._is_whole:
            return False
        line = encode(change) + b"\n"
        try:
            with (self._folder / FILE).open("ab", buffering=0) as file:
                file.write(line)
                os.fdatasync(file.fileno())
        except OSError as error:
            self._is_whole = False  # half a line may stand there
            self._unwritten(error)
            return False
        self._changes += 1
        self._changes_bytes += len(line)
        self.counters.appended += 1
        return True

    @property
    def is_due(self) -> bool:
        """Whether the whole table should be written anew."""
        return not self._is_whole or self._changes >= CHANGES_MAX or self._changes_bytes >= CHANGES_BYTES_MAX

    def _write(self, table: Table) -> None:
        new = self._folder / NEW
        head = table.head
        bodies = table.bodies()
        with new.open("wb") as file:
            file.write(encode(_First(head.epoch, head.no, head.hash, head.at_us, len(table))) + b"\n")
            while lines := list(islice(bodies, _ENTRIES_AT_ONCE)):
                file.write(b"\n".join(lines) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            _read(self._folder / FILE, only_first=True)
            (self._folder / FILE).replace(self._folder / PREVIOUS)
        except (OSError, ValueError):
            self._log.info("permits_no_previous")
        new.replace(self._folder / FILE)
        _sync_folder(self._folder)

    def _cut(self, path: Path, end: int) -> bool:
        try:
            if path.stat().st_size != end:
                os.truncate(path, end)
        except OSError as error:
            self._unwritten(error)
            return False
        return True

    def _unwritten(self, error: OSError) -> None:
        self.counters.unwritten += 1
        self._log.error("permits_unwritten", error=str(error)[:200])


def _read(path: Path, *, only_first: bool = False) -> Loaded:
    """The table in a file. Raises OSError, and ValueError where it is not whole."""
    with path.open("rb") as file:
        first = msgspec.json.decode(file.readline(LINE_MAX), type=_First)
        if only_first:
            return Loaded(Table(), 0, 0, 0)
        if first.entries > ENTRIES_MAX:
            raise ValueError("too many entries")
        table = Table(head=Head(first.epoch, first.no, first.hash, first.at_us))
        table.add(decode_entry.decode(_line(file)) for _ in range(first.entries))
        if table.hash != first.hash or len(table) != first.entries:
            raise ValueError("the entries do not come to the table's hash")
        start = end = file.tell()
        changes = 0
        for line in _whole_lines(file):
            try:
                followed = changed(table, msgspec.json.decode(line, type=ChangePermits))
            except ValueError:
                break
            if followed.staged is None:
                break
            table.commit(followed.staged)
            changes += 1
            end += len(line)
    return Loaded(table, changes, end, end - start)


def _line(file: BinaryIO) -> bytes:
    line = file.readline(LINE_MAX)
    if not line.endswith(b"\n"):
        raise ValueError("the file ends too soon")
    return line


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    while (line := file.readline(LINE_MAX)).endswith(b"\n"):
        yield line


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
