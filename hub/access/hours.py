"""A schedule's hours in the estate's local time, as intervals of UTC: for gates, which know neither zones nor holidays."""

from collections.abc import Iterable, Iterator
from datetime import date
from zoneinfo import ZoneInfo

from contract import permits
from contract.clock import US_PER_S
from hub.access.types import MINUTES_OF_DAY, Schedule, Weekly
from hub.duties.calendar import Calendar
from hub.duties.localtime import DAY, day_us, instant_us

HORIZON_DAYS = 60
"""So far ahead are schedules compiled: a hub may be gone for so long. What counts behind is the policy's calendar_end."""
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def compiled(schedule: Schedule, zone: ZoneInfo, calendar: Calendar, first: date, days: int = HORIZON_DAYS) -> permits.Schedule:
    """The intervals that touch the local days from `first` on. Hours that begin on the day before and end on `first` are there;
    what the last day's hours take of the next one is too, and `until_s` is the last day's end."""
    found = _intervals(schedule, zone, calendar, first, days)
    return permits.Schedule(schedule.schedule, tuple(joined(found)), day_us(zone, first + days * DAY) // US_PER_S)


def always() -> permits.Schedule:
    """The schedule that holds at any time."""
    return permits.Schedule("always")


def joined(intervals: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The same time, sorted and apart."""
    begun: tuple[int, int] | None = None
    for from_s, until_s in sorted(intervals):
        if begun is not None and from_s <= begun[1]:
            begun = (begun[0], max(begun[1], until_s))
            continue
        if begun is not None:
            yield begun
        begun = (from_s, until_s)
    if begun is not None:
        yield begun


def fits(row: Weekly, day: date, calendar: Calendar) -> bool:
    """Whether the row's hours begin on that day."""
    return _WEEKDAYS[day.weekday()] in row.days or ("workday" if calendar.kind(day) == "workday" else "holiday") in row.days


def _intervals(schedule: Schedule, zone: ZoneInfo, calendar: Calendar, first: date, days: int) -> Iterator[tuple[int, int]]:
    others = {other.date: other.hours for other in schedule.exceptions}
    begin_s = day_us(zone, first) // US_PER_S
    for offset in range(-1, days):
        day = first + offset * DAY
        hours = others.get(day.isoformat())
        if hours is None:
            hours = tuple((row.from_min, row.until_min) for row in schedule.weekly if fits(row, day, calendar))
        for from_min, until_min in hours:
            from_s, until_s = _instant_s(zone, day, from_min), _instant_s(zone, day, until_min, after=from_min)
            if from_s < until_s and until_s > begin_s:  # hours that the clocks skip are none
                yield from_s, until_s


def _instant_s(zone: ZoneInfo, day: date, minute: int, *, after: int = -1) -> int:
    """When it is that minute on the wall; one that is not `after` another is the next day's."""
    if minute <= after:
        minute += MINUTES_OF_DAY
    return instant_us(zone, day + (minute // MINUTES_OF_DAY) * DAY, minute % MINUTES_OF_DAY) // US_PER_S
