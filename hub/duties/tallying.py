"""What is counted of windows and visits, by local day. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hub.duties.types import LaneKey, Window

_QUARTER_US = 900_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TallyKey(NamedTuple):
    """The key of a row of `tally`. `kind`: place, route, hour or person."""

    day: str
    duty: str
    kind: str
    key: str


class Tallied(NamedTuple):
    """What is added to a row: one window more, or one less."""

    key: TallyKey
    state: str
    windows: int


class Unvisited(NamedTuple):
    """The longest time between two visits of which the second was on that day."""

    key: TallyKey
    longest_s: int


def tallied(window: Window, count: int, zone: ZoneInfo) -> Iterator[Tallied]:
    """What a window adds to the tallies of the day on which it ends, `count` times. One that is open adds nothing."""
    if window.state == "open":
        return
    day, hour = _day(window.ends_us, zone), _hour(window.opens_us, zone)
    names = [("place", window.place), ("route", window.route), ("hour", hour)]
    names += [("person", person) for person in window.person.split()]
    for kind, key in names:
        yield Tallied(TallyKey(day, window.duty, kind, key), window.state, count)


def unvisited(
    lane: LaneKey, visits: Sequence[int], zone: ZoneInfo, *, after_us: int, void: Sequence[int] = ()
) -> Iterator[Unvisited]:
    """The longest time unvisited of each local day that had a visit, of visits in order; of days after the one of `after_us`
    alone. `void`: scans that do not count. One of them may have counted before, so a day with nothing else is told as 0."""
    after = _day(after_us, zone)
    longest: dict[str, int] = {day: 0 for at_us in void if (day := _day(at_us, zone)) > after}
    for earlier, later in pairwise(visits):
        if (day := _day(later, zone)) <= after:
            continue
        longest[day] = max(longest.get(day, 0), later - earlier)
    for day, gap_us in longest.items():
        yield Unvisited(TallyKey(day, lane.duty, "place", lane.place), gap_us // 1_000_000)


def local(at_us: int, zone: ZoneInfo) -> datetime:
    """The moment in the zone."""
    return (_EPOCH + timedelta(microseconds=at_us)).astimezone(zone)


def _day(at_us: int, zone: ZoneInfo) -> str:
    return _quarter(at_us // _QUARTER_US, zone)[0]


def _hour(at_us: int, zone: ZoneInfo) -> str:
    return _quarter(at_us // _QUARTER_US, zone)[1]


@lru_cache(maxsize=4_096)
def _quarter(quarter: int, zone: ZoneInfo) -> tuple[str, str]:
    """The local day and hour. Since 1972 every zone is whole quarters of an hour from UTC, and changes at one: a read-out of
    thousands of scans asks for the same few hundred again and again."""
    at = local(quarter * _QUARTER_US, zone)
    return at.date().isoformat(), f"{at.hour:02d}"
