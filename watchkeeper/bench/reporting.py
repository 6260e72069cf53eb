"""A year of many places, reported: how duties were kept, and the longest times unvisited."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from contract.clock import US_PER_S, SystemClock
from hub.duties.localtime import DAY, local_day
from hub.reports.asking import Days, compliance, unvisited
from hub.store import bulk, schema
from hub.store.engine import open_engine
from hub.store.reports import ReportReads
from watchkeeper.bench.estate import SITE
from watchkeeper.bench.machine import Machine
from watchkeeper.bench.patrolled import EVERY_S, PLACES, WAND, YEAR_US, database, estate_of, names_of, plan_of
from watchkeeper.bench.rows import Figures, Row, row

_A_DAY = 86_400 // EVERY_S
_SCANS = 3
_PEOPLE = 20


def year_reported(folder: Path, scale: float, looked: Machine, limits: Any) -> list[Row]:
    """Two rows. The limit of each is one statement of SQLite by itself on the same file, which answers less: the sums of each
    place, and the maximum of each place."""
    places = names_of(max(1, int(PLACES * min(scale, 1.0))))
    now_us, estate = SystemClock().now_us(), estate_of(places)
    days = Days(local_day(estate.timezone, now_us - YEAR_US) + DAY, local_day(estate.timezone, now_us) - DAY)
    path = folder / "year.db"
    engine = open_engine(database(path, plan_of(places, WAND), now_us - YEAR_US - EVERY_S * US_PER_S, now_us, []))
    with engine.begin() as connection:
        bulk.insert(connection, schema.tally, list(_tallies(places, days)))
        bulk.insert(connection, schema.scan, list(_scans(places, now_us)))
    reads = ReportReads(engine, SITE)
    kept = _took(lambda: compliance(reads, estate, days, "place", (), now_us))
    longest = _took(lambda: unvisited(reads, estate, days, (), now_us))
    engine.dispose()
    bare_kept = _took(lambda: limits.year(str(path), sums=True))
    bare_longest = _took(lambda: limits.year(str(path), sums=False))
    return [
        row("a year's compliance of 1,000 places", "s", kept, bare_kept, looked),
        row("a year's longest times unvisited", "s", longest, bare_longest, looked),
    ]


def _tallies(places: tuple[str, ...], days: Days) -> Iterator[tuple[Any, ...]]:
    """As a hub writes them: of each day a row for each place, the route, each hour and each person. One in fifty is a gap."""
    for at in range((days.last - days.first).days + 1):
        day = str(days.first + at * DAY)
        due = _A_DAY * len(places)
        yield SITE, day, "patrol", "route", "round", due, due - due // 50, due // 50, 0, 0, 0
        for number, place in enumerate(places):
            missed = (number + at) % 50 == 0
            yield SITE, day, "patrol", "place", place, _A_DAY, _A_DAY - missed, int(missed), 0, 0, EVERY_S + number
        for hour in range(24):
            yield SITE, day, "patrol", "hour", f"{hour:02}", due // 24, due // 24, 0, 0, 0, 0
        for person in range(_PEOPLE):
            yield SITE, day, "patrol", "person", f"guard-{person}", due // _PEOPLE, due // _PEOPLE, 0, 0, 0, 0


def _scans(places: tuple[str, ...], now_us: int) -> Iterator[tuple[Any, ...]]:
    """The last visits of each place."""
    for number, place in enumerate(places):
        for back in range(_SCANS):
            at_us = now_us - (back * EVERY_S + number) * US_PER_S - US_PER_S
            tag, key = f"{number:08X}", f"w:{number}:{back}"
            yield SITE, WAND, key, place, at_us, at_us, "", "rfid", tag, "", "", at_us, "[]", "{}"


def _took(work: Callable[[], object]) -> Figures:
    began = time.perf_counter()
    work()
    return Figures(p50=round(time.perf_counter() - began, 3))
