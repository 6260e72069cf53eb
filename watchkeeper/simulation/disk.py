"""The disk beneath a SQLite file: its statements as steps at which a process may die, and what a power cut leaves.

A power cut keeps what was synced. Under synchronous=FULL each COMMIT syncs the WAL, so the file and its WAL stay as they are.
Under NORMAL only a checkpoint syncs, so the WAL is gone. Which of the two holds is read from the connection in use.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

FULL = 2


class Tapped(sqlite3.Connection):
    """A connection that says each statement before it runs it."""

    tap: Callable[[str], None] = staticmethod(lambda _sql: None)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """As in the base class."""
        self.tap(sql)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """As in the base class."""
        self.tap(sql)
        return super().executemany(sql, parameters)


def synced_files(path: Path, synchronous: int) -> dict[Path, bytes]:
    """What the disk would hold of the database at `path` if the power went now."""
    wal = path.with_name(path.name + "-wal")
    kept = (path, wal) if synchronous >= FULL else (path,)
    return {file: file.read_bytes() for file in kept if file.exists()}


def after_power_cut(path: Path, kept: dict[Path, bytes]) -> None:
    """Put the database back to what was synced. No process may have it open."""
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    for file, content in kept.items():
        file.write_bytes(content)


def free(folder: Path) -> None:
    """Remove a folder and all in it."""
    shutil.rmtree(folder, ignore_errors=True)
