"""Which days are worked: weekends, public holidays, and the weekend days on which people make up for a holiday (调休).

The days are those that the `holidays` library knows. A government may publish a year's arrangement late in the year before; until
the library has it, the policy names the days itself, and its word goes first.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Annotated, Literal, Self

import holidays
import msgspec

from contract.settings import Check

DayKind = Literal["workday", "weekend", "holiday"]


def _country(code: str) -> None:
    if code not in holidays.list_supported_countries(include_aliases=False):
        raise ValueError(f"{code!r} is no country whose holidays are known: write two capital letters, such as CN")


class CalendarDays(msgspec.Struct, frozen=True):
    """The policy's `calendar`. `workdays` and `holidays`: days that are otherwise than the country's calendar says."""

    country: Annotated[str, Check(_country)] = "CN"
    workdays: tuple[date, ...] = ()
    holidays: tuple[date, ...] = ()

    def in_order(self) -> Self:
        """The same, however it was written."""
        return type(self)(self.country, tuple(sorted(set(self.workdays))), tuple(sorted(set(self.holidays))))


class Calendar:
    """The kind of each day in a country. `workdays` and `holidays` go before what the library knows."""

    def __init__(self, country: str, workdays: Iterable[date] = (), holidays: Iterable[date] = ()) -> None:
        self._country = country
        self._years: dict[int, dict[date, DayKind]] = {}
        self._own: dict[date, DayKind] = {}
        for day in holidays:
            self._own[day] = "holiday"
        for day in workdays:
            self._own[day] = "workday"

    def kind(self, day: date) -> DayKind:
        """A weekend day that is a public holiday is a holiday; one on which people work is a workday."""
        own = self._own.get(day)
        if own is not None:
            return own
        year = self._years.get(day.year)
        if year is None:
            year = self._years[day.year] = _odd_days(self._country, day.year)
        return year.get(day) or "workday"


@lru_cache(maxsize=16)
def calendar_of(days: CalendarDays) -> Calendar:
    """The calendar that the policy asks for."""
    return Calendar(days.country, days.workdays, days.holidays)


def _odd_days(country: str, year: int) -> dict[date, DayKind]:
    """Every day of the year that is no plain workday. The library fills its years as it is asked: an object of one's own for each
    year makes the answer the same in whatever order days are asked for."""
    known = holidays.country_holidays(country, years=year, expand=False)
    kinds: dict[date, DayKind] = {}
    for ordinal in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        if known.is_weekend(day) and not known.is_working_day(day):
            kinds[day] = "weekend"
        if day in known:
            kinds[day] = "holiday"
    return kinds
