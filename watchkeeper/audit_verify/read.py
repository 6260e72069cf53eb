"""Reading the tables of an audit log from SQLite or PostgreSQL, in one snapshot, by SQL alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from watchkeeper.audit_verify.form import ENTRY_FIELDS, SignedHead

_COLUMNS = (*ENTRY_FIELDS, "hash")
_ROWS_AT_ONCE = 1_000
_HEAD = "site, epoch, no, at_us, hash, key, signature"
# names of columns are the document's, and one of them is a word of SQL
_QUOTED = ", ".join(['"' + name + '"' for name in _COLUMNS])
_ENTRIES = f"SELECT {_QUOTED} FROM audit_entry WHERE site = ? ORDER BY no"  # noqa: S608
_HEADS = f"SELECT {_HEAD} FROM audit_head WHERE site = ? ORDER BY epoch, no"  # noqa: S608
_SITES = "SELECT site FROM audit_entry UNION SELECT site FROM audit_head UNION SELECT site FROM site ORDER BY 1"


class Unreadable(Exception):
    """The database cannot be read. The message says why, and what to write."""


class Source(Protocol):
    """An open database, in one snapshot."""

    def rows(self, sql: str, *values: str) -> Iterator[tuple[Any, ...]]:
        """What a query finds; `?` marks a value."""
        ...


def sites(source: Source) -> list[str]:
    """The sites that the database knows."""
    return [str(row[0]) for row in source.rows(_SITES)]


def entries(source: Source, site: str) -> Iterator[dict[str, Any]]:
    """The entries of a site, in the order of their numbers."""
    for row in source.rows(_ENTRIES, site):
        yield dict(zip(_COLUMNS, row, strict=True))


def heads(source: Source, site: str) -> list[SignedHead]:
    """The heads that stand in the database."""
    return [
        SignedHead(str(one), _number(epoch), _number(no), _number(at_us), str(hash_), str(key), str(signature), "the database")
        for one, epoch, no, at_us, hash_, key, signature in source.rows(_HEADS, site)
    ]


def _number(value: object) -> int:
    """SQLite holds whatever somebody puts there: what is no number fits no signature."""
    return value if isinstance(value, int) else -1


def opened(database: str) -> AbstractContextManager[Source]:
    """A SQLite file, or a database's URL. Entering raises Unreadable."""
    if database.startswith(("postgresql:", "postgresql+psycopg:", "postgres:")):
        return _postgres(database.replace("postgresql+psycopg:", "postgresql:", 1))
    return _sqlite(Path(database.removeprefix("sqlite:///")))


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, *values: str) -> Iterator[tuple[Any, ...]]:
        yield from self._connection.execute(sql, values)


@contextmanager
def _sqlite(path: Path) -> Iterator[Source]:
    if not path.is_file():
        raise Unreadable(f"{path} is no file: name the hub's database, such as data/hub.db, or postgresql://user@host/database")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            yield _Sqlite(connection)
    except sqlite3.Error as error:
        raise Unreadable(f"{path} cannot be read as a hub's database: {error}") from error


class _Postgres:
    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._cursors = 0

    def rows(self, sql: str, *values: str) -> Iterator[tuple[Any, ...]]:
        self._cursors += 1
        with self._connection.cursor(f"audit_{self._cursors}") as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            cursor.execute(sql.replace("?", "%s"), values)
            yield from cursor


@contextmanager
def _postgres(url: str) -> Iterator[Source]:
    import psycopg

    try:
        with psycopg.connect(url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield _Postgres(connection)
    except psycopg.Error as error:
        raise Unreadable(f"the database cannot be read: {str(error).splitlines()[0]}") from error
