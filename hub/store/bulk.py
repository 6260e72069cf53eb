"""Many rows in one statement: SQL made once from the schema, rows as tuples in the table's order of columns.

On SQLite its driver is called directly, with many rows in one statement. See `on_sqlite`.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import SQLAlchemyError

from hub.store.engine import is_sqlite, on_sqlite

COPY_FROM_ROWS = 64
"""Fewer rows than this go as a prepared INSERT on PostgreSQL too: a COPY costs a round trip to begin and to end."""

ROWS_AT_ONCE = (32, 16, 8, 4, 2, 1)
"""Of one statement on SQLite: a few sizes, so that few statements are made."""


class Stale(RuntimeError):
    """Rows were not as they were thought to be: somebody else has changed them."""


def insert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows. A row that is there already is an error."""
    if not rows:
        return
    if len(rows) >= COPY_FROM_ROWS and not is_sqlite(connection):
        _copy(connection, table, rows)
        return
    _run(connection, _insert_sql, table, rows)


def upsert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows, or where the primary key is there already, replace them. No two rows may have one key."""
    if rows:
        _run(connection, _upsert_sql, table, rows)


def upsert_by(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], sets: str) -> None:
    """Add rows one after another; where the primary key is there already, do what `sets` says after `DO UPDATE SET`. A key may
    stand in several rows."""
    if rows:
        _run(connection, lambda table, dialect, count: _upsert_by_sql(table, dialect, count, sets), table, rows)


def delete(connection: Connection, table: Table, keys: Sequence[tuple[Any, ...]]) -> None:
    """Remove the rows with these primary keys, if they are there."""
    if keys:
        _execute_many(connection, _delete_sql(table, connection.dialect.name), keys)


def run(connection: Connection, sql: str, parameters: tuple[Any, ...]) -> int:
    """Any one statement, its parameters marked `?`. Returns how many rows it changed."""
    return _execute(connection, sql.replace("?", mark(connection.dialect.name)), parameters)


def found(connection: Connection, sql: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The rows that a query finds, its parameters marked `?`."""
    if is_sqlite(connection):
        return on_sqlite(connection, sql, parameters).fetchall()
    return [tuple(row) for row in connection.exec_driver_sql(sql.replace("?", mark(connection.dialect.name)), parameters)]


def first_value(engine: Engine, sql: str, parameters: tuple[Any, ...]) -> Any:
    """The first column of the first row that a query finds, or None. In no transaction. Raises what the driver or SQLAlchemy
    raises: see `errors`."""
    return next(iter(_found(engine, sql, parameters, one=True)), None)


def first_values(engine: Engine, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
    """The first column of each row. See `first_value`."""
    return _found(engine, sql, parameters, one=False)


def _found(engine: Engine, sql: str, parameters: tuple[Any, ...], *, one: bool) -> list[Any]:
    taken = engine.raw_connection()
    try:
        cursor = taken.cursor()
        try:
            cursor.execute(sql.replace("?", mark(engine.dialect.name)), parameters)
            rows = [cursor.fetchone()] if one else cursor.fetchall()
        finally:
            cursor.close()
    finally:
        taken.close()
    return [row[0] for row in rows if row is not None]


def errors(engine: Engine) -> tuple[type[Exception], ...]:
    """What a database that cannot be asked raises."""
    return (SQLAlchemyError, engine.dialect.loaded_dbapi.Error)


def replace_version(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], was: Sequence[int]) -> None:
    """Compare and set: replace rows by primary key, where `version` is still the one in `was`. Raises Stale."""
    if not rows:
        return
    names = [column.name for column in table.columns]
    keys = [names.index(column.name) for column in table.primary_key.columns]
    rest = [at for at in range(len(names)) if at not in keys]
    parameters = [(*(row[at] for at in rest), *(row[at] for at in keys), version) for row, version in zip(rows, was, strict=True)]
    done = _execute_many(connection, _replace_sql(table, connection.dialect.name), parameters)
    if done != len(rows):
        raise Stale(f"{len(rows) - done} of {len(rows)} rows of {table.name} were changed by somebody else")


def _copy(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    columns = ", ".join(column.name for column in table.columns)
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _run(connection: Connection, sql_of: Callable[[Table, str, int], str], table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """SQLite gets many rows in one statement: its driver gives Python's lock up with each, and waits for it again while another
    thread computes. PostgreSQL's sends all of them in one go by itself."""
    dialect, at = connection.dialect.name, 0
    if not is_sqlite(connection):
        _execute_many(connection, sql_of(table, dialect, 1), rows)
        return
    for size in ROWS_AT_ONCE:
        sql = sql_of(table, dialect, size)
        while at + size <= len(rows):
            _execute(connection, sql, tuple(chain.from_iterable(rows[at : at + size])))
            at += size


def _execute(connection: Connection, sql: str, parameters: tuple[Any, ...]) -> int:
    if is_sqlite(connection):
        return on_sqlite(connection, sql, parameters).rowcount
    return connection.exec_driver_sql(sql, parameters).rowcount


def _execute_many(connection: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
    return connection.exec_driver_sql(sql, _parameters(rows)).rowcount


def _parameters(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Named tuples as plain ones: SQLAlchemy takes those alone for positional parameters."""
    return [tuple(row) for row in rows]


def mark(dialect: str) -> str:
    """A parameter's place in a statement."""
    return "?" if dialect == "sqlite" else "%s"


@lru_cache(maxsize=256)
def _insert_sql(table: Table, dialect: str, count: int) -> str:
    names = [column.name for column in table.columns]
    row = f"({', '.join([mark(dialect)] * len(names))})"
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {', '.join([row] * count)}"  # noqa: S608


@lru_cache(maxsize=256)
def _upsert_sql(table: Table, dialect: str, count: int) -> str:
    sets = ", ".join(f"{column.name} = excluded.{column.name}" for column in table.columns if not column.primary_key)
    return _upsert_by_sql(table, dialect, count, sets)


@lru_cache(maxsize=256)
def _upsert_by_sql(table: Table, dialect: str, count: int, sets: str) -> str:
    keys = [column.name for column in table.primary_key.columns]
    return f"{_insert_sql(table, dialect, count)} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}"


@lru_cache(maxsize=64)
def _delete_sql(table: Table, dialect: str) -> str:
    return f"DELETE FROM {table.name} WHERE {_where(table, dialect)}"  # noqa: S608


@lru_cache(maxsize=64)
def _replace_sql(table: Table, dialect: str) -> str:
    place = mark(dialect)
    sets = ", ".join(f"{column.name} = {place}" for column in table.columns if not column.primary_key)
    return f"UPDATE {table.name} SET {sets} WHERE {_where(table, dialect)} AND version = {place}"  # noqa: S608


def _where(table: Table, dialect: str) -> str:
    return " AND ".join(f"{column.name} = {mark(dialect)}" for column in table.primary_key.columns)
