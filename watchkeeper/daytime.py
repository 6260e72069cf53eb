"""Times that people give: a bare day, a time by the estate's clock, or one as RFC 3339. What is none is told with examples."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from contract.clock import US_PER_S, parse_rfc3339
from hub.duties.localtime import DAY as ONE_DAY
from hub.duties.localtime import day_us, instant_us

EARLIEST, LATEST = date(1970, 1, 3), date(9990, 1, 1)
"""Days outside cannot be told in every zone."""
TIMES = "'2026-01-31 20:00' by the estate's clock, or as RFC 3339"
"""How a time may be written, for options' help."""
_LOCAL = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")

Told = date | datetime | int
"""A day; a time by the estate's clock, which has no zone of its own; or microseconds."""


class DayType(click.ParamType):  # type: ignore[type-arg]  # older ones of click have none
    """A day: `2026-01-31`. `or_time`: a time is taken too."""

    def __init__(self, *, or_time: bool = False) -> None:
        self.name = "DAY|TIME" if or_time else "DAY"
        self._or_time = or_time

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Told:
        """The day, or the time."""
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        try:
            told = self._day_or_time(value)
        except ValueError:
            more = ", and no time, such as '2026-01-31 08:00' or 2026-01-31T08:00:00+08:00 (RFC 3339)" if self._or_time else ""
            self.fail(f"{value!r} is no day, such as 2026-01-31{more}", param, ctx)
        day = told.date() if isinstance(told, datetime) else told
        if isinstance(day, date) and not EARLIEST <= day <= LATEST:
            self.fail(f"{value}: write a day from {EARLIEST} to {LATEST}", param, ctx)
        return told

    def _day_or_time(self, value: str) -> Told:
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            if not self._or_time:
                raise
        local = _local(value)
        return parse_rfc3339(value) if local is None else local


class DayOfType(DayType):
    """A day, or a time of which the day is taken, as it is written there."""

    def __init__(self) -> None:
        super().__init__(or_time=True)

    def _day_or_time(self, value: str) -> Told:
        told = super()._day_or_time(value)
        if isinstance(told, datetime):
            return told.date()
        return date.fromisoformat(value[:10]) if isinstance(told, int) else told


class TimeType(DayType):
    """A time alone: a shift or a warning begins at a moment, not on a day."""

    def __init__(self) -> None:
        super().__init__(or_time=True)
        self.name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Told:
        """The time."""
        told = super().convert(value, param, ctx)
        if isinstance(told, date) and not isinstance(told, datetime):
            self.fail(f"{value}: write the time too, such as '{value} 08:00'", param, ctx)
        return told


DAY, DAY_OF, DAY_OR_TIME, TIME = DayType(), DayOfType(), DayType(or_time=True), TimeType()


def begin_us(told: Told, zone: ZoneInfo) -> int:
    """A time itself; of a day when it begins in the zone."""
    if isinstance(told, datetime):
        return instant_us(zone, told.date(), told.hour * 60 + told.minute) + told.second * US_PER_S
    return told if isinstance(told, int) else day_us(zone, told)


def end_us(told: Told, zone: ZoneInfo) -> int:
    """A time itself; of a day when it ends in the zone."""
    return begin_us(told, zone) if isinstance(told, datetime | int) else day_us(zone, told + ONE_DAY)


def _local(value: str) -> datetime | None:
    for form in _LOCAL:
        try:
            return datetime.strptime(value, form)
        except ValueError:
            continue
    return None
