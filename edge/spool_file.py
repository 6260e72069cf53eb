"""The spool's file: its tables, how it is opened, and what happens when it cannot be read.

One process owns the file: SQLite's exclusive lock refuses a second one. A damaged file is set aside, never deleted, and
what can still be read of it is carried over into a new log.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

SCHEMA_VERSION = 1
PAGE_BYTES = 4096
WAL_PAGES = 1000
KEPT_DAMAGED_FILES = 3
LOCK_WAIT_S = 2.0

MEASUREMENT, EVENT, ALARM, TOMB = range(4)
"""The `sort` of a row, in the order of dropping. A tomb stands for rows that were dropped."""

SCHEMA = f"""
CREATE TABLE record (
    seq   INTEGER PRIMARY KEY,                             -- the first number that the row stands for
    span  INTEGER NOT NULL CHECK (span >= 1),              -- how many numbers: 1, and more for a tomb
    sort  INTEGER NOT NULL CHECK (sort BETWEEN 0 AND {TOMB}),
    at_us INTEGER NOT NULL,
    body  BLOB NOT NULL                                    -- the record's JSON as it is sent
) STRICT;
CREATE TABLE log (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    agent     TEXT NOT NULL,
    stream    TEXT NOT NULL,
    start     INTEGER NOT NULL CHECK (start >= 1),         -- the stream's first number
    epoch     INTEGER NOT NULL,                            -- boots on this log
    boot      TEXT NOT NULL,                               -- the random name of the last boot
    boot_head INTEGER NOT NULL,                            -- last number when the oldest boot without an answer began
    confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)), -- the hub has answered the last boot
    acked     INTEGER NOT NULL,                            -- receipted at least up to here; written now and then
    clean     INTEGER NOT NULL CHECK (clean IN (0, 1))     -- the last boot said goodbye
) STRICT;
PRAGMA user_version = {SCHEMA_VERSION};
"""

Connect = Callable[..., sqlite3.Connection]


class SpoolFailed(Exception):
    """The log cannot be written or read any more. The process must stop: a disk that failed to sync once may have lost
    what it said it kept, and trying again proves nothing."""


class SpoolBusy(SpoolFailed):
    """Another process has the spool open."""


class Damaged(Exception):
    """The file is not a spool that can be trusted. The message says how it was noticed."""


class Head(NamedTuple):
    """The row of table `log`."""

    agent: str
    stream: str
    start: int
    epoch: int
    boot: str
    boot_head: int
    confirmed: bool
    acked: int
    clean: bool


class Extent(NamedTuple):
    """What the rows add up to. `last` is `first` - 1 when there is none; `size_bytes` is the sum of the bodies."""

    first: int
    last: int
    rows: int
    size_bytes: int


def open_file(path: Path, bytes_max: int, connect: Connect) -> sqlite3.Connection:
    """A connection that owns the file at `path`, with its tables. Raises Damaged, SpoolBusy, SpoolFailed."""
    if path.is_dir():
        raise SpoolFailed(f"{path} is a folder: give the path of a file in it, such as {path / 'spool.db'}")
    fresh = not path.exists()
    try:
        db = connect(path, isolation_level=None, check_same_thread=False, timeout=LOCK_WAIT_S)
    except sqlite3.DatabaseError as err:
        raise _meaning(err, path) from err
    try:
        _prepare(db, path, bytes_max)
        if fresh:
            sync_folder(path.parent)
    except sqlite3.DatabaseError as err:
        db.close()
        raise _meaning(err, path) from err
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, path: Path, bytes_max: int) -> None:
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    let_grow(db, bytes_max)
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise SpoolFailed(f"{path} was written by a newer version ({version}): install that version, or give another spool path")
    db.execute("BEGIN IMMEDIATE")  # takes the lock for good, so that a second process is refused here
    if version == 0:
        if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            db.execute("ROLLBACK")
            raise Damaged("it is a database of something else")
        for statement in SCHEMA.split(";\n"):
            db.execute(statement)
    db.execute("COMMIT")


def let_grow(db: sqlite3.Connection, bytes_max: int) -> None:
    """Let the file take three times `bytes_max`: rows dropped from between others leave pages a third full before SQLite joins
    them."""
    db.execute(f"PRAGMA max_page_count = {3 * bytes_max // PAGE_BYTES + 64}")


def hold_size(db: sqlite3.Connection) -> None:
    """Let the file grow no more until `let_grow`."""
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")


def read_head(db: sqlite3.Connection) -> Head | None:
    """The log's own row; None in a new file."""
    row = db.execute("SELECT agent, stream, start, epoch, boot, boot_head, confirmed, acked, clean FROM log").fetchone()
    if row is None:
        return None
    agent, stream, start, epoch, boot, boot_head, confirmed, acked, clean = row
    return Head(agent, stream, start, epoch, boot, boot_head, bool(confirmed), acked, bool(clean))


def write_head(db: sqlite3.Connection, head: Head) -> None:
    """Replace the log's own row."""
    db.execute("INSERT OR REPLACE INTO log VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)", tuple(head))


def measure(db: sqlite3.Connection, start: int) -> Extent:
    """Read every row. Raises Damaged when the numbers have a hole."""
    first, last, rows, numbers, size_bytes = db.execute(
        "SELECT min(seq), max(seq + span) - 1, count(*), total(span), total(length(body)) FROM record"
    ).fetchone()
    if rows == 0:
        return Extent(start, start - 1, 0, 0)
    if numbers != last - first + 1:
        raise Damaged(f"of the numbers {first} to {last} only {int(numbers)} are there")
    return Extent(first, last, rows, int(size_bytes))


def check(db: sqlite3.Connection) -> None:
    """Read every page. Raises Damaged with SQLite's own words."""
    said = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said != "ok":
        raise Damaged(str(said))


def _meaning(err: sqlite3.DatabaseError, path: Path) -> Exception:
    name = getattr(err, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return SpoolBusy(f"{path} is in use: another agent runs on this spool; stop it, or give this one its own path")
    if is_damage(err):
        return Damaged(f"{name}: {err}")
    return SpoolFailed(f"{path} cannot be opened ({name or type(err).__name__}: {err}): check the path, its rights and the disk")


def is_damage(err: sqlite3.Error) -> bool:
    """Whether the file, and not the disk or the way it is used, is at fault."""
    names = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_READ", "SQLITE_IOERR_SHORT_READ")
    return getattr(err, "sqlite_errorname", "").startswith(names)


def is_full(err: BaseException | None) -> bool:
    """Whether the disk was full."""
    return getattr(err, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def reserve_of(path: Path) -> Path:
    """Where the log at `path` keeps room on disk, to be let go when the disk is full."""
    return path.with_name(path.name + ".reserve")


def set_aside(path: Path) -> Path:
    """Rename a damaged file and its log out of the way; the oldest of several are deleted. Returns the new name. Until `settled`,
    a mark says that what is in it is not carried over yet."""
    numbers = [int(n) for p in path.parent.glob(f"{path.name}.damaged-*") if (n := p.name.rpartition("-")[2]).isdigit()]
    number = max(numbers, default=0) + 1
    target = path.with_name(f"{path.name}.damaged-{number}")
    _mark_of(target).touch()
    sync_folder(path.parent)
    _move(path, target)
    for old in sorted(numbers)[: max(0, len(numbers) + 1 - KEPT_DAMAGED_FILES)]:
        for end in ("-wal", "-shm", ""):
            path.with_name(f"{path.name}.damaged-{old}{end}").unlink(missing_ok=True)
    sync_folder(path.parent)
    return target


def unsettled(path: Path) -> Path | None:
    """Where the damaged file is whose setting aside or carrying over a kill cut short; the renames are finished first: without
    its log, an older file would look sound."""
    for mark in sorted(path.parent.glob(f"{path.name}.damaged-*{_UNSETTLED}")):
        target = mark.with_name(mark.name.removesuffix(_UNSETTLED))
        if not target.exists():
            _move(path, target)
            sync_folder(path.parent)
        if target.exists():
            return target
    return None


def settled(path: Path) -> None:
    """What can be read of the file that was set aside is in the new log, for good."""
    for mark in path.parent.glob(f"{path.name}.damaged-*{_UNSETTLED}"):
        mark.unlink(missing_ok=True)


_UNSETTLED = ".unsettled"


def _mark_of(target: Path) -> Path:
    return target.with_name(target.name + _UNSETTLED)


def _move(path: Path, target: Path) -> None:
    """The file itself goes last: while it is there, so may its log be."""
    for end in ("-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + end).rename(target.with_name(target.name + end))


def sync_folder(folder: Path) -> None:
    """Make a new name in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
