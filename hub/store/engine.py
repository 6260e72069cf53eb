"""How a database is opened: SQLite with every commit synced, or PostgreSQL, by URL, behind the same SQLAlchemy Core engine."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

BUSY_MS = 10_000
READERS = 8
_EXAMPLES = "write sqlite:///data/hub.db or postgresql+psycopg://user@host/database"

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL lost acknowledged rows in 162 of 250 power cuts
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 67108864",
)
_READER_PRAGMAS = (f"PRAGMA busy_timeout = {BUSY_MS}", "PRAGMA query_only = ON", "PRAGMA temp_store = MEMORY")


class BadDatabaseUrl(ValueError):
    """The database's URL cannot be used. The message says what to write instead."""


def parse_url(url: str) -> URL:
    """`url` as SQLAlchemy's URL, with the driver that is used filled in. Raises BadDatabaseUrl."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadDatabaseUrl(f"{url!r} is not a database URL: {_EXAMPLES}") from error
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise BadDatabaseUrl(f"{backend!r} is not a database this hub speaks: {_EXAMPLES}")
    if parsed.database in {None, "", ":memory:"}:
        raise BadDatabaseUrl(f"a hub must survive a restart, and a database in memory does not: {_EXAMPLES}")
    return parsed.set(drivername="sqlite+pysqlite")


def open_engine(url: str, *, read_only: bool = False) -> Engine:
    """An engine on the database at `url`. A SQLite file, and its folder, are made where they are missing; the file is for its
    owner alone.

    Without `read_only` every transaction takes SQLite's write lock at its start (`BEGIN IMMEDIATE`): under the driver's own
    transactions updates are lost silently. With it, transactions read one snapshot and cannot write.
    Errors do not tell a statement's parameters, as errors are logged. Raises BadDatabaseUrl.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, read_only)
    engine = create_engine(parsed, pool_size=READERS if read_only else 2, pool_pre_ping=read_only, hide_parameters=True)
    event.listen(engine, "connect", _readers_postgres if read_only else _durable_postgres)
    return engine


def is_sqlite(connectable: Engine | Connection) -> bool:
    """Whether the database behind it is SQLite."""
    return connectable.dialect.name == "sqlite"


def on_sqlite(connection: Connection, sql: str, parameters: tuple[Any, ...] = ()) -> sqlite3.Cursor:
    """One statement by SQLite's driver itself. A small turn makes a dozen, and SQLAlchemy's way to each cost twice what SQLite's
    did. Raises what SQLAlchemy would, without the parameters, as errors are logged."""
    driver: Any = connection.connection.driver_connection
    try:
        cursor: sqlite3.Cursor = driver.execute(sql, parameters)
    except sqlite3.Error as error:
        as_sqlalchemys = DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect)
        raise as_sqlalchemys from error
    return cursor


def _open_sqlite(url: URL, read_only: bool) -> Engine:
    file = Path(str(url.database))
    file.parent.mkdir(parents=True, exist_ok=True)
    _make_private(file)
    engine = create_engine(
        url,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": BUSY_MS / 1000, "cached_statements": 256},
        pool_size=READERS if read_only else 2,
        hide_parameters=True,
    )
    pragmas = _READER_PRAGMAS if read_only else _PRAGMAS

    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(pragma).close()

    def begin(connection: Connection) -> None:
        on_sqlite(connection, "BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
    return engine


def _make_private(file: Path) -> None:
    """A new database is for its owner alone; SQLite gives the files beside it the same mode. What is there keeps its own."""
    with suppress(OSError):  # where it cannot be made, SQLite says so when it connects
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def _durable_postgres(connection: Any, _record: object) -> None:
    """A receipt promises that a commit is on disk: a server tuned to `synchronous_commit = off` is overruled."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        if cursor.fetchone()[0] == "off":
            cursor.execute("SET synchronous_commit TO on")
    connection.commit()


def _readers_postgres(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        cursor.execute("SET default_transaction_isolation TO 'repeatable read'")
    connection.commit()
