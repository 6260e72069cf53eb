"""Local time and instants: one rule for days on which the clocks change.

The instant of a local time is the first at which a clock on the wall shows that time or a later one. So a time that the clocks
skip is the instant of their change, one that occurs twice is taken the first time, and later local times never come earlier.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from contract.clock import US_PER_S

_EPOCH = datetime(1970, 1, 1)
_EPOCH_UTC = _EPOCH.replace(tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
_DAY_S = DAY // _SECOND


def instant_us(zone: ZoneInfo, day: date, minute: int) -> int:
    """When it is `minute` minutes past midnight on the wall, on `day`; `minute` is 0 to 1439."""
    naive = datetime.combine(day, time(minute // 60, minute % 60))
    before, after = naive.replace(tzinfo=zone).utcoffset(), naive.replace(tzinfo=zone, fold=1).utcoffset()
    assert before is not None
    assert after is not None
    if before < after:
        return _change_s(zone, (naive - after - _EPOCH) // _SECOND, (naive - before - _EPOCH) // _SECOND) * US_PER_S
    return (naive - before - _EPOCH) // _MICROSECOND


def day_us(zone: ZoneInfo, day: date) -> int:
    """When `day` begins."""
    return instant_us(zone, day, 0)


def local_day(zone: ZoneInfo, at_us: int) -> date:
    """The day that a calendar on the wall shows."""
    return (_EPOCH_UTC + timedelta(microseconds=at_us)).astimezone(zone).date()


class Offset(NamedTuple):
    """Up to `until_us`, which is not included, a clock on the wall is `ahead_s` seconds ahead of UTC."""

    until_us: int
    ahead_s: int


def offsets(zone: ZoneInfo, from_us: int, until_us: int) -> list[Offset]:
    """How far local time is ahead of UTC from `from_us` until `until_us`, one row for each time between two changes of the
    clocks. For a database, which knows no zones."""
    found: list[Offset] = []
    at_s, end_s = from_us // US_PER_S, -(-until_us // US_PER_S)
    while at_s < end_s:
        next_s = min(at_s + _DAY_S, end_s)
        if _offset(zone, at_s) != _offset(zone, next_s):
            next_s = _change_s(zone, at_s, next_s)
            found.append(Offset(next_s * US_PER_S, _ahead_s(zone, at_s)))
        at_s = next_s
    return [*found, Offset(end_s * US_PER_S, _ahead_s(zone, end_s - 1))]


def _ahead_s(zone: ZoneInfo, at_s: int) -> int:
    return (_offset(zone, at_s) or timedelta()) // _SECOND


def _change_s(zone: ZoneInfo, low: int, high: int) -> int:
    """The second after `low`, and at `high` the latest, from which the clocks go otherwise than at `low`."""
    old = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == old:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: ZoneInfo, at_s: int) -> timedelta | None:
    return (_EPOCH_UTC + timedelta(seconds=at_s)).astimezone(zone).utcoffset()
