"""What can still be read of a damaged log goes into a new one; what cannot is told as dropped."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from contract.envelope import decode_record
from contract.readings import Dropped
from edge import spool_room
from edge.spool_file import LOCK_WAIT_S, TOMB, Connect
from edge.spool_rows import put_row

_COLUMNS = "SELECT seq, span, sort, at_us, body FROM record"

Row = tuple[int, int, int, int, bytes]
"""seq, span, sort, at_us, body."""


class Known(NamedTuple):
    """What a damaged log's own row says: the hub has everything up to `acked`, and numbers went at least up to `last`."""

    acked: int
    last: int


def carry_over(db: sqlite3.Connection, agent: str, damaged: Path, connect: Connect) -> None:
    """Copy what can be read of a damaged log, and has no receipt, under its old numbers into `db`. A hole is told as dropped, its
    sorts unknown, and so is an end that cannot be read, as far as its numbers are known. Never raises for what is in the file."""
    at_us = damaged.stat().st_mtime_ns // 1000
    old = connect(damaged, isolation_level=None, timeout=LOCK_WAIT_S)
    try:
        known = _known(old)
        following = _first(old, known)
        for seq, span, sort, at, body in _readable(old, known.acked if known else 0):
            if not _is_sound(seq, span, sort, body, following):
                continue
            at_us = at
            if following is not None:
                _tell_hole(db, agent, following, seq - 1, at_us)
            put_row(db, seq, span, sort, at_us, body)
            following = seq + span
        if known and following is not None:
            _tell_hole(db, agent, following, known.last, at_us)
    finally:
        with contextlib.suppress(sqlite3.Error):
            old.close()


def _tell_hole(db: sqlite3.Connection, agent: str, first: int, last: int, at_us: int) -> None:
    if last >= first:
        put_row(db, first, last - first + 1, TOMB, at_us, spool_room.tomb_body(agent, first, at_us, Dropped(last)))


def _known(old: sqlite3.Connection) -> Known | None:
    with contextlib.suppress(sqlite3.Error, TypeError, ValueError):
        acked, boot_head = old.execute("SELECT acked, boot_head FROM log").fetchone()
        return Known(int(acked), int(boot_head))
    return None


def _first(old: sqlite3.Connection, known: Known | None) -> int | None:
    """The number that the rows begin with; where not even that can be read, the first without a receipt, if it is known."""
    try:
        found = old.execute("SELECT min(seq) FROM record WHERE seq > ?", (known.acked if known else 0,)).fetchone()[0]
    except sqlite3.Error:
        return known.acked + 1 if known else None
    return None if found is None else int(found)


def _readable(old: sqlite3.Connection, acked: int) -> Iterator[Row]:
    """The rows above `acked`, up to the first that cannot be read, and again those after the last that cannot be read."""
    reached = acked
    try:
        for row in old.execute(f"{_COLUMNS} WHERE seq > ? ORDER BY seq", (acked,)):
            reached = row[0]
            yield row
        return
    except sqlite3.Error:
        resume: int | None = None
    with contextlib.suppress(sqlite3.Error):
        for row in old.execute(f"{_COLUMNS} WHERE seq > ? ORDER BY seq DESC", (reached,)):
            resume = row[0]
    if resume is not None:
        with contextlib.suppress(sqlite3.Error):
            yield from old.execute(f"{_COLUMNS} WHERE seq >= ? ORDER BY seq", (resume,))


def _is_sound(seq: int, span: int, sort: int, body: bytes, following: int | None) -> bool:
    try:
        record = decode_record(body)
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError):
        return False
    is_tomb = isinstance(record.reading, Dropped)
    covers = record.reading.last_seq - seq + 1 if isinstance(record.reading, Dropped) else 1
    fits = sort == (TOMB if is_tomb else spool_room.sort_of(record.reading))
    return fits and record.seq == seq and covers == span and (following is None or seq >= following)
