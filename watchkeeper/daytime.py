"""Times that people give: a bare day, or a full time. What is neither is told with an example of both."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from contract.clock import parse_rfc3339
from hub.duties.localtime import DAY as ONE_DAY
from hub.duties.localtime import day_us

EARLIEST, LATEST = date(1970, 1, 3), date(9990, 1, 1)
"""Days outside cannot be told in every zone."""


class DayType(click.ParamType):  # type: ignore[type-arg]  # older ones of click have none
    """A day: `2026-01-31`. `or_time`: a time as RFC 3339 is taken too."""

    def __init__(self, *, or_time: bool = False) -> None:
        self.name = "DAY|TIME" if or_time else "DAY"
        self._or_time = or_time

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | int:
        """The day, or the time in microseconds."""
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        try:
            day = datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            try:
                return self._time(value)
            except ValueError:
                more = " and no time as RFC 3339, such as 2026-01-31T08:00:00+08:00" if self._or_time else ""
                self.fail(f"{value!r} is no day, such as 2026-01-31{more}", param, ctx)
        if not EARLIEST <= day <= LATEST:
            self.fail(f"{value}: write a day from {EARLIEST} to {LATEST}", param, ctx)
        return day

    def _time(self, value: str) -> date | int:
        if not self._or_time:
            raise ValueError
        return parse_rfc3339(value)


class DayOfType(DayType):
    """A day, or a time as RFC 3339 of which the day is taken, as it is written there."""

    def __init__(self) -> None:
        super().__init__(or_time=True)

    def _time(self, value: str) -> date | int:
        parse_rfc3339(value)
        return date.fromisoformat(value[:10])


DAY, DAY_OF, DAY_OR_TIME = DayType(), DayOfType(), DayType(or_time=True)


def begin_us(told: date | int, zone: ZoneInfo) -> int:
    """A time itself; of a day when it begins in the zone."""
    return told if isinstance(told, int) else day_us(zone, told)


def end_us(told: date | int, zone: ZoneInfo) -> int:
    """A time itself; of a day when it ends in the zone."""
    return told if isinstance(told, int) else day_us(zone, told + ONE_DAY)
