"""Opening the spool: read it, set a damaged one aside, carry over what can be read, begin a boot."""

import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from edge import spool_file
from edge.spool_file import Connect, Damaged, Extent, Head, SpoolFailed, is_full, reserve_of
from edge.spool_rows import transaction
from edge.spool_salvage import carry_over


class Opened(NamedTuple):
    """A spool's file that has begun a boot. `damaged`: where the file that could not be trusted is now."""

    db: sqlite3.Connection
    head: Head
    extent: Extent
    unclean: bool
    damaged: Path | None


def open_log(path: Path, agent: str, bytes_max: int, connect: Connect, name: Callable[[int], str]) -> Opened:
    """See Spool.open. A full disk gets the log's reserve, once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _begin_boot(path, agent, bytes_max, connect, name)
    except SpoolFailed as err:
        reserve = reserve_of(path)
        if not is_full(err.__cause__) or not reserve.exists():
            raise
        reserve.unlink()
        return _begin_boot(path, agent, bytes_max, connect, name)


def _begin_boot(path: Path, agent: str, bytes_max: int, connect: Connect, name: Callable[[int], str]) -> Opened:
    damaged = spool_file.unsettled(path)
    try:
        db, old, extent = _load(path, bytes_max, connect)
    except Damaged:
        damaged = spool_file.set_aside(path)
        db, old, extent = _load(path, bytes_max, connect)
    if old is not None:
        damaged = None  # it had been carried over, all but the last word
    try:
        if old is not None and old.agent != agent:
            raise SpoolFailed(f"{path} is the spool of agent {old.agent}, not of {agent}: give each agent its own path")
        with transaction(db):
            if old is None:
                if damaged is not None:
                    carry_over(db, agent, damaged, connect)
                extent = spool_file.measure(db, 1)
                # Nothing was ever sent of a new log: whatever the hub holds of it came from a copy.
                old = Head(agent, name(16), extent.first, 0, "", extent.first - 1, False, extent.first - 1, True)
            boot_head = extent.last if old.confirmed else old.boot_head
            head = old._replace(epoch=old.epoch + 1, boot=name(8), boot_head=boot_head, confirmed=False, clean=False)
            spool_file.write_head(db, head)
        spool_file.settled(path)
    except sqlite3.Error as err:
        db.close()
        raise SpoolFailed(f"{path} cannot be written ({name_of(err)}): check the disk") from err
    except BaseException:
        db.close()
        raise
    return Opened(db, head, extent, unclean=not old.clean or damaged is not None, damaged=damaged)


def name_of(err: sqlite3.Error) -> str:
    """SQLite's name of an error, such as SQLITE_IOERR_FSYNC."""
    return str(getattr(err, "sqlite_errorname", type(err).__name__))


def _load(path: Path, bytes_max: int, connect: Connect) -> tuple[sqlite3.Connection, Head | None, Extent]:
    db = spool_file.open_file(path, bytes_max, connect)
    try:
        head = spool_file.read_head(db)
        if head is not None and not head.clean:
            spool_file.check(db)
        extent = spool_file.measure(db, head.start if head else 1)
        if head is None and extent.rows:
            raise Damaged("the log's own row is missing")
    except sqlite3.DatabaseError as err:
        db.close()
        said = f"{name_of(err)}: {err}"
        raise (Damaged(said) if spool_file.is_damage(err) else SpoolFailed(f"{path} cannot be read ({said})")) from err
    except BaseException:
        db.close()
        raise
    return db, head, extent


random_name: Callable[[int], str] = secrets.token_hex
"""So many random bytes, as hex digits."""
