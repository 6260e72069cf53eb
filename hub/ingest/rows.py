"""A table in memory that knows what a turn has changed, and can take it back.

Every change is journalled with what was there before. So one detector's effects, or a whole turn's, can be undone, and the rows
that a turn changed are known without comparing anything.
"""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Journal:
    """What was changed since the turn began, oldest first, each as a function and its arguments that undo it."""

    def __init__(self) -> None:
        self._undo: list[tuple[Any, ...]] = []
        self.note = self._undo.append

    def savepoint(self) -> int:
        """A point to roll back to."""
        return len(self._undo)

    def rollback(self, to: int = 0) -> None:
        """Undo everything since the savepoint, newest first."""
        while len(self._undo) > to:
            undo, *arguments = self._undo.pop()
            undo(*arguments)

    def clear(self) -> None:
        """The turn is committed: nothing is to be undone any more."""
        self._undo.clear()


class Rows(Generic[K, V]):
    """A table in memory that knows which keys the turn has changed. None is not a value."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rows: dict[K, V] = {}
        self._before: dict[K, V | None] = {}
        self.get = self._rows.get

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[K]:
        return iter(self._rows)

    def load(self, key: K, value: V) -> None:
        """Take a committed row in, unjournalled."""
        self._place(key, value)

    def forget(self, key: K) -> None:
        """Leave a committed row out of memory, unjournalled; it stays in the database."""
        self._place(key, None)

    def put(self, key: K, value: V | None) -> None:
        """Set a row, or with None remove it."""
        was = self.get(key)
        if key in self._before:
            self._journal.note((self._place, key, was))
        else:
            self._before[key] = was
            self._journal.note((self._restore, key, was))
        self._place(key, value)

    def _restore(self, key: K, was: V | None) -> None:
        """Undo the turn's first change of a row."""
        self._place(key, was)
        del self._before[key]

    def changed(self) -> Iterator[tuple[K, V | None, V | None]]:
        """Each key that the turn has touched, with the committed value and the present one."""
        for key, was in self._before.items():
            now = self._rows.get(key)
            if now is not was:
                yield key, was, now

    def settle(self) -> None:
        """The turn is committed."""
        self._before.clear()

    def _place(self, key: K, value: V | None) -> None:
        if value is None:
            self._rows.pop(key, None)
        else:
            self._rows[key] = value
