"""Tallies are added to, in the transaction in which a window changes its state: so each window is counted once."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from hub.duties.tallying import Tallied, TallyKey, Unvisited
from hub.store.bulk import mark

_STATES = ("kept", "missed", "unproven", "withdrawn")


def add(connection: Connection, site: str, tallies: Sequence[Tallied], longest: Sequence[Unvisited]) -> None:
    """Add windows to their rows, or with a count of -1 take them away; set the longest times unvisited."""
    sums: dict[TallyKey, Counter[str]] = {}
    for one in tallies:
        sums.setdefault(one.key, Counter())[one.state] += one.windows
    rows = []
    for key, counts in sorted(sums.items()):
        numbers = [counts[state] for state in _STATES]
        if any(numbers):
            rows.append((site, *key, sum(numbers), *numbers, 0))
    _upsert(connection, rows, ", ".join(f"{name} = tally.{name} + excluded.{name}" for name in ("due", *_STATES)))
    times = {one.key: one.longest_s for one in longest}
    _upsert(
        connection, [(site, *key, 0, 0, 0, 0, 0, found) for key, found in sorted(times.items())], "longest_s = excluded.longest_s"
    )


def _upsert(connection: Connection, rows: Sequence[tuple[Any, ...]], sets: str) -> None:
    if rows:
        values = ", ".join([mark(connection.dialect.name)] * len(rows[0]))
        sql = f"INSERT INTO tally VALUES ({values}) ON CONFLICT (site, day, duty, kind, key) DO UPDATE SET {sets}"  # noqa: S608
        connection.exec_driver_sql(sql, list(rows))
