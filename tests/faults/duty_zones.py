"""Changes of clocks, each in its zone: no window is lost and none is there twice, through plans, restarts and the database.

The reference walks through the minutes and looks at the clock on the wall.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from contract.clock import ManualClock
from hub.duties.plan import Plan
from hub.duties.schedule import AtShift, Interval, Schedule, ShiftHours, Times, TimesA
from hub.duties.types import Duty, Route
from tests.faults.row import Row, Tally, in_memory
from tests.support.duty_rig import NUMBERS, estate
from tests.support.patrol_rig import new_database
from tests.support.site_rig import Hub

SECOND = 1_000_000
MINUTE, HOUR = 60, 3_600
FROM, UNTIL = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2036, 1, 1, tzinfo=UTC).timestamp())
BEFORE, AFTER = 30 * HOUR, 40 * HOUR
AT = ("00:30", "01:30", "02:00", "02:30", "03:00", "23:45")
SCHEDULES: dict[str, Schedule] = {
    "all_day": Interval("00:00", "00:00", HOUR),
    "night": Interval("22:00", "06:00", 1_800),
    "times": Times(AT, 600, 600),
    "shift": AtShift(900),
    "daily": TimesA("day", 2),
}
SHIFTS = (("day", ShiftHours("日", "day", "07:00", "19:00")), ("night", ShiftHours("夜", "night", "02:30", "07:00")))


class Turned(NamedTuple):
    """The clocks of a zone change at this time, in seconds."""

    zone: str
    at: int


def turned(zone: str) -> list[Turned]:
    """All changes of ten years, but for those by which a whole day is left out or comes again."""
    info = ZoneInfo(zone)
    found = []
    for low, high in pairwise(range(FROM, UNTIL, 86_400)):
        if _offset(info, low) == _offset(info, high):
            continue
        early, late = low, high
        while late - early > 1:
            middle = (early + late) // 2
            early, late = (middle, late) if _offset(info, middle) == _offset(info, low) else (early, middle)
        if abs(_offset(info, low) - _offset(info, high)) < timedelta(hours=12):
            found.append(Turned(zone, late))
    return found


def _offset(zone: ZoneInfo, at: int) -> timedelta:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    assert offset is not None
    return offset


class Wall:
    """The clock on the wall, minute by minute."""

    def __init__(self, zone: str, since: int, until: int) -> None:
        info = ZoneInfo(zone)
        self._first: list[tuple[datetime, int]] = []
        latest = datetime.min
        for at in range(since - since % MINUTE, until, MINUTE):
            shown = datetime.fromtimestamp(at, info).replace(tzinfo=None)
            if shown > latest:
                latest = shown
                self._first.append((shown, at))

    def days(self) -> list[date]:
        """The whole days, and the last of them may lack its end."""
        return sorted({shown.date() for shown, _ in self._first})[1:-2]

    def when(self, day: date, text: str) -> int:
        """When the wall first shows that time, or a later one."""
        wanted = datetime.fromisoformat(f"{day} {text}")
        return next(at for shown, at in self._first if shown >= wanted)


def wanted(change: Turned, since: int, until: int) -> Counter[tuple[str, int, int]]:
    """Duty, opening and end of each window that opens in between."""
    wall = Wall(change.zone, since - 4 * 86_400, until + 5 * 86_400)
    found = (row for day in wall.days() for row in _of_day(wall, day))
    return Counter((duty, opens * SECOND, ends * SECOND) for duty, opens, ends in found if since <= opens < until)


def _of_day(wall: Wall, day: date) -> Iterator[tuple[str, int, int]]:
    next_day = day + timedelta(days=1)
    midnight, next_midnight = wall.when(day, "00:00"), wall.when(next_day, "00:00")
    yield from (("all_day", at, at + HOUR) for at in range(midnight, next_midnight, HOUR))
    yield from (("night", at, at + 1_800) for at in range(wall.when(day, "22:00"), wall.when(next_day, "06:00"), 1_800))
    yield from (("times", wall.when(day, text) - 600, wall.when(day, text) + 600) for text in AT)
    yield from (("shift", wall.when(day, text), wall.when(day, text) + 900) for text in ("07:00", "02:30"))
    yield from (("daily", midnight, next_midnight) for _ in range(2))


def _plan(zone: str) -> Plan:
    duties = tuple(Duty(name, "PAT-2", "巡", name, "scan", (schedule,)) for name, schedule in SCHEDULES.items())
    routes = tuple(Route(name, name, ("gate",), ("hub",)) for name in SCHEDULES)
    return Plan(zone, duties, routes, shifts=SHIFTS, numbers=NUMBERS)


def through(change: Turned, path: Path, random: Random) -> list[str]:
    """A hub lives through the change, is killed on the way, and for every window that has ended there is one gap."""
    since, until = change.at - BEFORE, change.at + AFTER
    hub = Hub(f"sqlite:///{path}", ManualClock(since * SECOND), plan=_plan(change.zone), book=estate())
    hub.take()
    kills = sorted(random.randint(since, until) for _ in range(2))
    for at in sorted([*kills, *range(since, until, 4 * HOUR), until]):
        hub.clock.advance_us(max(0, at * SECOND - hub.clock.now_us()))
        if at in kills:
            hub.crash_and_reopen()
        hub.take()
    rows = hub.rows("duty_window", "duty", "opens_us", "ends_us", "gap_us")
    cases = Counter(row[1] for row in hub.rows("case_", "detector", "episode") if row[0] == "duty_gap")
    hub.close()
    found = Counter(row[:3] for row in rows if row[1] < until * SECOND)
    right = wanted(change, since + 1, until)
    wrong = [f"P4: {change}: lost {lost}" for lost in sorted((right - found).elements())]
    wrong += [f"P4: {change}: not asked for, or doubled: {extra}" for extra in sorted((found - right).elements())]
    over = sum(row[2] <= until * SECOND for row in rows)
    if (len(cases), sum(cases.values()), sum(row[3] is not None for row in rows)) != (over, over, over):
        wrong.append(f"P4: {change}: {over} windows have ended, and there are {sum(cases.values())} gaps")
    return wrong


def every_change(changes: Callable[[], list[Turned]]) -> Callable[[Path, int, Random], Tally]:
    """A run over so many of the changes: where there are fewer, over all of them."""

    def run(folder: Path, tries: int, random: Random) -> Tally:
        everything = changes()
        some = random.sample(everything, tries) if tries < len(everything) else everything
        with in_memory() as memory:
            new = new_database(memory)
            wrong: list[str] = []
            for change in some:
                path = memory / "zone.db"
                shutil.copyfile(new, path)
                wrong += through(change, path, random)
                for file in memory.glob("zone.db*"):
                    file.unlink()
        return Tally(tries, wrong)

    return run


def all_changes() -> list[Turned]:
    """In every zone that is known."""
    return [change for zone in sorted(available_timezones()) for change in turned(zone)]


ALL = 10_000
"""More than there are: all are tried."""
ROWS = (Row("P4", "clocks changed, in every zone for ten years", ALL, 25, every_change(all_changes)),)
