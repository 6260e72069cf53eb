"""Between which instants trucks may pass: the policy's local hours as UTC. Pure."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from contract.clock import US_PER_S
from hub.duties.localtime import DAY, instant_us, local_day

_MINUTE_S = 60
_DAY_S = 86_400


class Span(NamedTuple):
    """[from, until) in UTC microseconds."""

    from_us: int
    until_us: int


def span_at(zone: ZoneInfo, from_s: int, until_s: int, at_us: int) -> Span | None:
    """The hours that `at_us` lies in; None: it lies outside. Seconds count from local midnight, to the minute; an end at or
    before the beginning is on the next day."""
    today = local_day(zone, at_us)
    for day in (today, today - DAY):
        last = day + DAY if until_s <= from_s or until_s >= _DAY_S else day
        found = Span(instant_us(zone, day, from_s % _DAY_S // _MINUTE_S), instant_us(zone, last, until_s % _DAY_S // _MINUTE_S))
        if found.from_us <= at_us < found.until_us:
            return found
    return None


def clock_text(seconds: int) -> str:
    """Such as `07:00`."""
    return f"{seconds // 3_600:02d}:{seconds % 3_600 // _MINUTE_S:02d}"


HOUR_US = 3_600 * US_PER_S
