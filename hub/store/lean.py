"""Single statements that are asked often, by the driver itself. To take a connection from the pool and give it back costs twice
what a look-up costs on SQLite, so one is kept for them; whoever comes while it is in use takes one from the pool.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Engine

from hub.store import bulk
from hub.store.engine import is_sqlite

T = TypeVar("T")


class LeanReader:
    """On a read-only engine. Any thread. Raises what the driver or SQLAlchemy raises: see bulk.errors."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._keeps, self._lock = engine, is_sqlite(engine), Lock()
        self._mark = bulk.mark(engine.dialect.name)
        self._kept: Any = None
        self._driver: Any = None

    def sql(self, text: str) -> str:
        """The statement, its parameters marked `?`, as `ask` wants it."""
        return text.replace("?", self._mark)

    def ask(self, sql: str, parameters: tuple[Any, ...], take: Callable[[Any], T]) -> T:
        """What `take` makes of the cursor, in a snapshot of its own."""
        if self._keeps and self._lock.acquire(blocking=False):
            try:
                return _asked(self._driver or self._keep(), sql, parameters, take)
            except Exception:
                self._lose()
                raise
            finally:
                self._lock.release()
        taken = self._engine.raw_connection()
        try:
            return _asked(taken.driver_connection, sql, parameters, take)
        finally:
            taken.close()

    def close(self) -> None:
        """Give the connection back. The next question takes another."""
        with self._lock:
            kept, self._kept, self._driver = self._kept, None, None
        if kept is not None:
            kept.close()

    def _keep(self) -> Any:
        self._kept = self._engine.raw_connection()
        self._driver = self._kept.driver_connection
        return self._driver

    def _lose(self) -> None:
        """It may be of no use any more: the next question opens another."""
        kept, self._kept, self._driver = self._kept, None, None
        if kept is not None:
            kept.invalidate()


def _asked(connection: Any, sql: str, parameters: tuple[Any, ...], take: Callable[[Any], T]) -> T:
    cursor = connection.execute(sql, parameters)
    try:
        return take(cursor)
    finally:
        cursor.close()
