"""The bare limits of duties: a heap of deadlines, windows as plain tuples, a read-out in three statements. With SQLite FULL where
there is a database.

Loaded by its path by the bench.
"""

import heapq
import sqlite3
import time
from bisect import bisect_left
from collections.abc import Callable

TICK_S = 0.01


def open_database(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    return db


def deadlines(path: str, ends_us: list[int], now_us: Callable[[], int], until_us: int, events_per_s: int) -> list[float]:
    """Milliseconds from each end to its row's commit, with so many events committed beside."""
    db = open_database(path)
    db.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, body TEXT)")
    db.execute("CREATE TABLE gap (ends_us INTEGER, raised_us INTEGER)")
    heap = list(ends_us)
    heapq.heapify(heap)
    late_ms: list[float] = []
    start_us, events = now_us(), 0
    while (at_us := now_us()) < until_us:
        due = []
        while heap and heap[0] <= at_us:
            due.append(heapq.heappop(heap))
        fresh = (at_us - start_us) * events_per_s // 1_000_000 - events
        if due or fresh:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO event (body) VALUES (?)", [('{"kind":"card_read"}',)] * fresh)
            db.executemany("INSERT INTO gap VALUES (?, ?)", [(end, at_us) for end in due])
            db.execute("COMMIT")
            late_ms += [(now_us() - end) / 1000 for end in due]
            events += fresh
        left_s = (heap[0] - now_us()) / 1_000_000 if heap else TICK_S
        time.sleep(max(0.0, min(TICK_S, left_s)))
    db.close()
    return late_ms


def load(path: str) -> list[tuple[object, ...]]:
    """All windows of a hub's database."""
    db = sqlite3.connect(path)
    rows = db.execute("SELECT * FROM duty_window").fetchall()
    db.close()
    return rows


def windows(places: list[str], from_us: int, until_us: int, every_us: int) -> int:
    """Windows as tuples, counted."""
    count = 0
    for place in places:
        made = [
            (f"patrol/{place}/{at // 1_000_000}", place, at, at + every_us, at + every_us)
            for at in range(from_us, until_us, every_us)
        ]
        count += len(made)
    return count


def read_out(path: str, scans: list[tuple[str, str, int]], ends: dict[str, list[int]]) -> int:
    """Scans inserted, each given to the window that ends next at its place, windows updated: one transaction. How many."""
    db = open_database(path)
    db.execute("CREATE TABLE scan (key TEXT PRIMARY KEY, place TEXT, at_us INTEGER)")
    db.execute("CREATE TABLE duty_window (place TEXT, ends_us INTEGER, state TEXT, key TEXT, PRIMARY KEY (place, ends_us))")
    db.executemany("INSERT INTO duty_window VALUES (?, ?, 'open', NULL)", [(place, end) for place in ends for end in ends[place]])
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT OR IGNORE INTO scan VALUES (?, ?, ?)", scans)
    kept: dict[tuple[str, int], str] = {}
    for key, place, at_us in scans:
        at = bisect_left(ends[place], at_us)
        if at < len(ends[place]):
            kept.setdefault((place, ends[place][at]), key)
    changes = [(key, place, end) for (place, end), key in kept.items()]
    db.executemany("UPDATE duty_window SET state = 'kept', key = ? WHERE place = ? AND ends_us = ?", changes)
    db.execute("COMMIT")
    db.close()
    return len(kept)


def year(path: str, *, sums: bool) -> list[tuple[object, ...]]:
    """Of each place the sums of all its days, or the longest time."""
    what = "sum(due), sum(kept), sum(missed), sum(unproven), sum(withdrawn)" if sums else "max(longest_s)"
    db = sqlite3.connect(path)
    rows = db.execute(f"SELECT key, {what} FROM tally WHERE kind = 'place' GROUP BY key").fetchall()
    db.close()
    return rows
