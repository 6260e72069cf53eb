"""The agent's index of its segments: SQLite beside the files. A row is there once its file is synced, and goes after its file.

The file's path follows from the number, so that none comes from outside. One process owns the index; its methods are safe from
any thread.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, Self

from contract.clock import US_PER_S
from contract.footage import Codec, FootageStream
from edge.footage.beneath import NotBeneath, open_beneath, open_folder_beneath, parts_of
from edge.footage.segments import Growing, Segment, own_path
from edge.spool_file import sync_folder

FILE = "footage.db"
SCHEMA_VERSION = 1
_DAY_US = 86_400 * US_PER_S
ROWS_MAX = 100_000
"""So many segments one question may give: 11 days of one stream."""
_CODECS: tuple[Codec, ...] = ("h264", "hevc", "other")

SCHEMA = f"""
CREATE TABLE track (
    id         INTEGER PRIMARY KEY,
    device     TEXT NOT NULL,
    stream     TEXT NOT NULL CHECK (stream IN ('main', 'sub')),
    last_no    INTEGER NOT NULL DEFAULT 0,                  -- the highest number that was ever given
    longest_us INTEGER NOT NULL DEFAULT 0,                  -- no segment is longer
    segments   INTEGER NOT NULL DEFAULT 0 CHECK (segments >= 0), -- of our own, as size_bytes is
    size_bytes INTEGER NOT NULL DEFAULT 0 CHECK (size_bytes >= 0),
    UNIQUE (device, stream)
) STRICT;
CREATE TABLE folder (
    id   INTEGER PRIMARY KEY,                               -- another recorder's folder that is adopted
    path TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE segment (
    track      INTEGER NOT NULL REFERENCES track (id),
    no         INTEGER NOT NULL CHECK (no > 0),
    start_us   INTEGER NOT NULL,
    end_us     INTEGER NOT NULL CHECK (end_us >= start_us),
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    codec      INTEGER NOT NULL CHECK (codec BETWEEN 0 AND {len(_CODECS) - 1}),
    init_bytes INTEGER NOT NULL CHECK (init_bytes >= 0),
    folder     INTEGER REFERENCES folder (id),              -- NULL: ours, and its path follows from the number
    path       TEXT,                                        -- in an adopted folder
    told       INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)), -- it is in the spool; one that is not known to be is told again
    PRIMARY KEY (track, no),
    CHECK ((folder IS NULL) = (path IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX segment_start ON segment (track, start_us, size_bytes);
CREATE INDEX segment_untold ON segment (no) WHERE told = 0;
CREATE UNIQUE INDEX segment_adopted ON segment (folder, path, track) WHERE folder IS NOT NULL;
PRAGMA user_version = {SCHEMA_VERSION};
"""

_SELECT = (
    "SELECT device, stream, no, start_us, end_us, segment.size_bytes, codec, init_bytes, segment.path, folder.path "
    "FROM track JOIN segment ON track = track.id LEFT JOIN folder ON folder.id = folder "
)


class FootageFailed(Exception):
    """The index or its disk cannot be used; the message says what to do. What it holds no longer counts as recorded."""


class FootageFull(FootageFailed):
    """There is no room for a row."""


class Totals(NamedTuple):
    """Of our own segments."""

    segments: int
    size_bytes: int


class FootageIndex:
    """The index in `folder`. What may fail raises FootageFailed, or FootageFull."""

    def __init__(self, folder: Path, db: sqlite3.Connection) -> None:
        self.folder = folder
        self._db = db
        self._lock = Lock()
        self._growing: dict[tuple[str, FootageStream], Callable[[], Growing | None]] = {}

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index of a footage folder, which is made where it is not there. Raises FootageFailed; a file that is damaged is
        moved aside as `footage.db.damaged`, as all that it said can be read from the segments again."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                db = _opened(folder / FILE)
            except sqlite3.DatabaseError as error:
                if not getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
                    raise
                _set_aside(folder)
                db = _opened(folder / FILE)
            sync_folder(folder)
        except (sqlite3.Error, OSError) as error:
            raise _meaning(error, folder) from error
        return cls(folder, db)

    def close(self) -> None:
        """May be called twice."""
        with self._lock:
            self._db.close()

    # Writing

    def add(self, segment: Segment) -> None:
        """Enter one segment whose file is synced; synced when this returns. One that is there already is left as it is."""
        self.add_many([segment])

    def add_many(self, segments: Sequence[Segment]) -> None:
        """As `add`, all or none."""
        with self._transaction() as db:
            for one in segments:
                track = _track(db, one.device, one.stream)
                folder = _folder(db, one.adopted) if one.adopted else None
                if folder is None and one.path != own_path(one.device, one.stream, one.no):
                    raise ValueError(f"{one.path!r} is not where segment {one.no} of {one.device} belongs")
                values = (track, one.no, one.start_us, one.end_us, one.size_bytes, _CODECS.index(one.codec), one.init_bytes)
                entered = db.execute(
                    "INSERT OR IGNORE INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                    (*values, folder, None if folder is None else one.path),
                ).rowcount
                ours = entered if folder is None else 0
                db.execute(
                    "UPDATE track SET last_no = max(last_no, ?), longest_us = max(longest_us, ?), segments = segments + ?, "
                    "size_bytes = size_bytes + ? WHERE id = ?",
                    (one.no, one.end_us - one.start_us, ours, ours * one.size_bytes, track),
                )

    def drop(self, device: str, stream: FootageStream, nos: Iterable[int]) -> int:
        """Strike out segments whose files are gone; how many were there. Synced when this returns. Their numbers are never given
        again."""
        dropped = 0
        with self._transaction() as db:
            track = _track(db, device, stream)
            for no in nos:
                at = (track, no)
                row = db.execute("SELECT folder IS NULL, size_bytes FROM segment WHERE track = ? AND no = ?", at).fetchone()
                if row is None:
                    continue
                dropped += db.execute("DELETE FROM segment WHERE track = ? AND no = ?", at).rowcount
                ours, size_bytes = row
                db.execute(
                    "UPDATE track SET segments = segments - ?, size_bytes = size_bytes - ? WHERE id = ?",
                    (ours, ours * size_bytes, track),
                )
        return dropped

    def told(self, segments: Sequence[Segment]) -> None:
        """These are in the spool. Not synced by itself: what is forgotten is told again."""
        with self._transaction(synced=False) as db:
            for one in segments:
                at = (_track(db, one.device, one.stream), one.no)
                db.execute("UPDATE segment SET told = 1 WHERE track = ? AND no = ?", at)

    # Reading

    def get(self, device: str, stream: FootageStream, no: int) -> Segment | None:
        """One segment, or None."""
        found = self._select("WHERE device = ? AND stream = ? AND no = ?", (device, stream, no))
        return found[0] if found else None

    def between(self, device: str, stream: FootageStream, first: int, last: int, limit: int = ROWS_MAX) -> list[Segment]:
        """The segments with numbers from `first` to `last`, both included, in that order; `limit` at most."""
        where = "WHERE device = ? AND stream = ? AND no BETWEEN ? AND ? ORDER BY no LIMIT ?"
        return self._select(where, (device, stream, first, last, min(limit, ROWS_MAX)))

    def overlapping(self, device: str, stream: FootageStream, from_us: int, to_us: int) -> list[Segment]:
        """The segments that show something of `from_us` to `to_us`, by when they begin; ROWS_MAX at most."""
        where = (
            "WHERE device = ? AND stream = ? AND start_us > ? - longest_us - 1 AND start_us < ? AND end_us > ? "
            "ORDER BY start_us, no LIMIT ?"
        )
        return self._select(where, (device, stream, from_us, to_us, from_us, ROWS_MAX))

    def untold(self, limit: int = 1000) -> list[Segment]:
        """Segments that are not known to be in the spool, oldest numbers first."""
        return self._select("WHERE told = 0 ORDER BY no LIMIT ?", (limit,))

    def adopted(self, folder: str) -> list[Segment]:
        """Everything that is adopted from another recorder's folder."""
        return self._select("WHERE folder.path = ? ORDER BY no", (folder,))

    def oldest(self) -> Segment | None:
        """Of our own segments the one that ends first."""
        firsts = [
            self._select("WHERE track.id = ? AND folder IS NULL ORDER BY start_us, no LIMIT 1", (track,))
            for (track,) in self._rows("SELECT id FROM track WHERE segments > 0", ())
        ]
        return min((one for found in firsts for one in found), key=lambda one: one.end_us, default=None)

    def last_no(self, device: str, stream: FootageStream) -> int:
        """The highest number that was ever given; 0: none."""
        rows = self._rows("SELECT last_no FROM track WHERE device = ? AND stream = ?", (device, stream))
        return int(rows[0][0]) if rows else 0

    def tracks(self) -> list[tuple[str, FootageStream]]:
        """Every camera's stream that the index knows."""
        return [(device, stream) for device, stream in self._rows("SELECT device, stream FROM track ORDER BY 1, 2", ())]

    def days(self, device: str, stream: FootageStream) -> list[int]:
        """The days since 1970 that numbers of our own segments lie in. Walks from day to day, not over every row."""
        query = (
            "WITH RECURSIVE day (no) AS (SELECT min(no) FROM segment WHERE track = :track UNION ALL "
            "SELECT (SELECT min(no) FROM segment WHERE track = :track AND no >= (day.no / :long + 1) * :long) FROM day "
            "WHERE day.no IS NOT NULL) SELECT no / :long FROM day WHERE no IS NOT NULL"
        )
        track = self._rows("SELECT id FROM track WHERE device = ? AND stream = ?", (device, stream))
        return [int(day) for (day,) in self._rows(query, {"track": track[0][0], "long": _DAY_US})] if track else []

    def totals(self) -> Totals:
        """How many segments of our own there are, and their bytes."""
        return Totals(*self._rows("SELECT coalesce(sum(segments), 0), coalesce(sum(size_bytes), 0) FROM track", ())[0])

    def bytes_since(self, from_us: int) -> int:
        """The bytes of our own segments that began at `from_us` or later. Reads each of them."""
        query = (
            "SELECT coalesce(sum(segment.size_bytes), 0) FROM track JOIN segment ON track = track.id "
            "WHERE start_us >= ? AND folder IS NULL"
        )
        return int(self._rows(query, (from_us,))[0][0])

    # Files

    def root_of(self, segment: Segment) -> Path:
        """The folder that its path is relative to."""
        return Path(segment.adopted) if segment.adopted else self.folder

    def path_of(self, segment: Segment) -> Path:
        """Where its file is. Raises NotBeneath where a name leads out of the folder or a link stands in the way, OSError where a
        folder is missing. To read it take `open_file`, which nobody can redirect in between."""
        *folders, name = parts_of(segment.path)
        root = self.root_of(segment)
        os.close(open_folder_beneath(root, tuple(folders)))
        path = root.joinpath(*folders, name)
        if path.is_symlink():
            raise NotBeneath(f"{segment.path[:200]!r} is a link")
        return path

    def open_file(self, segment: Segment) -> int:
        """A handle to read its file; the caller closes it. Raises NotBeneath, OSError (FileNotFoundError: it is gone)."""
        return open_beneath(self.root_of(segment), segment.path)

    # What is being written

    def grows(self, device: str, stream: FootageStream, look: Callable[[], Growing | None] | None) -> None:
        """The recorder says how to look at what it is writing; None: it writes nothing."""
        with self._lock:
            if look is None:
                self._growing.pop((device, stream), None)
            else:
                self._growing[device, stream] = look

    def growing(self, device: str, stream: FootageStream) -> Growing | None:
        """What the recorder is writing now and how much of it can be played; None: nothing. Its file is at `own_path`. Raises
        OSError where the disk fails."""
        with self._lock:
            look = self._growing.get((device, stream))
        return None if look is None else look()

    # Within

    def _select(self, where: str, values: tuple[Any, ...]) -> list[Segment]:
        return [_segment(row) for row in self._rows(_SELECT + where, values)]

    def _rows(self, query: str, values: tuple[Any, ...] | dict[str, Any]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._db.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise _meaning(error, self.folder) from error

    @contextmanager
    def _transaction(self, *, synced: bool = True) -> Any:
        with self._lock:
            try:
                if not synced:
                    self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                    self._db.execute("COMMIT")
                except BaseException:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                    raise
                finally:
                    if not synced:
                        self._db.execute("PRAGMA synchronous = FULL")
            except sqlite3.Error as error:
                raise _meaning(error, self.folder) from error


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=2.0)
    try:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise FootageFailed(f"{path} was written by a newer version ({version}): install that version")
        db.execute("BEGIN IMMEDIATE")  # takes the lock for good, so that a second process is refused here
        if version == 0:
            for statement in SCHEMA.split(";\n"):
                db.execute(statement)
        db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db


def _set_aside(folder: Path) -> None:
    """The main file goes last: while it is there, so may its log be."""
    for end in ("-wal", "-shm", ""):
        path = folder / f"{FILE}{end}"
        if path.exists():
            path.rename(folder / f"{FILE}.damaged{end}")


def _track(db: sqlite3.Connection, device: str, stream: FootageStream) -> int:
    db.execute("INSERT OR IGNORE INTO track (device, stream) VALUES (?, ?)", (device, stream))
    return int(db.execute("SELECT id FROM track WHERE device = ? AND stream = ?", (device, stream)).fetchone()[0])


def _folder(db: sqlite3.Connection, path: str) -> int:
    db.execute("INSERT OR IGNORE INTO folder (path) VALUES (?)", (path,))
    return int(db.execute("SELECT id FROM folder WHERE path = ?", (path,)).fetchone()[0])


def _segment(row: tuple[Any, ...]) -> Segment:
    device, stream, no, start_us, end_us, size_bytes, codec, init_bytes, path, adopted = row
    path = own_path(device, stream, no) if path is None else path
    return Segment(device, stream, no, start_us, end_us, size_bytes, _CODECS[codec], init_bytes, path, adopted or "")


def _meaning(error: Exception, folder: Path) -> FootageFailed:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return FootageFailed(f"{folder / FILE} is in use: another agent records there; give each agent its own footage folder")
    if name.startswith("SQLITE_FULL"):
        return FootageFull(f"{folder / FILE}: the disk is full; make room or give the recorder another folder")
    return FootageFailed(f"{folder / FILE} cannot be used ({name or type(error).__name__}: {error}): check the path and the disk")
