"""How well duties were kept, and how long places stayed unvisited. Pure: sums of `tally` in, figures out.

Rates are exact, and there is none where nothing was due: no data is never good. Nothing here is an average.
"""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from contract.clock import US_PER_S
from hub.duties.localtime import day_us

By = Literal["place", "route", "hour", "person", "duty"]
HeatBy = Literal["hour", "place"]
WORST = 10
NONE = "–"
"""What is printed where there is no figure. In a table for a spreadsheet the cell is empty."""


class Counts(NamedTuple):
    """Windows that ended: how many, and what became of them."""

    due: int = 0
    kept: int = 0
    missed: int = 0
    unproven: int = 0
    withdrawn: int = 0

    @property
    def rate(self) -> Fraction | None:
        """The part that was done: kept, or kept after all. None where nothing was due."""
        return Fraction(self.kept + self.withdrawn, self.due) if self.due else None

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(*(mine + its for mine, its in zip(self, other, strict=True)))


class Figures(NamedTuple):
    """The counts of one place, route, hour, person or duty."""

    key: str
    counts: Counts


def compliance(found: Iterable[tuple[str, Counts]], by: By, planned: Iterable[str] = ()) -> list[Figures]:
    """One row for each key, also for what is planned and has no count: hours by the clock, all else the worst first, and before
    that what has no rate. Counts of the same key are added."""
    sums: dict[str, Counts] = {key: Counts() for key in planned}
    for key, counts in found:
        sums[key] = sums.get(key, Counts()).plus(counts)
    rows = [Figures(key, counts) for key, counts in sums.items()]
    if by == "hour":
        return sorted(rows)
    return sorted(rows, key=lambda row: (row.counts.rate is not None, row.counts.rate or 0, -row.counts.due, row.key))


def percent(rate: Fraction | None) -> str:
    """With one digit, cut off and never rounded up: 100.0 means every one. `–` where there is no rate."""
    if rate is None:
        return NONE
    tenths = rate.numerator * 1_000 // rate.denominator
    return f"{tenths // 10}.{tenths % 10}"


class LaneTimes(NamedTuple):
    """What is known of a duty at a place. `ended_s`: the longest time unvisited that a visit on these days ended, 0 for none;
    `first_day`: when it was first due, of what was looked at; `last_us`: the last visit; `planned`: it still is."""

    duty: str
    place: str
    ended_s: int
    first_day: date
    last_us: int | None
    planned: bool


class Unvisited(NamedTuple):
    """The longest time that a place stayed unvisited. `ongoing_s`: the one that still goes on at the end; None for a place that
    is no checkpoint any more. `at_least`: no visit is on record, so it counts from when one was first due."""

    place: str
    duties: tuple[str, ...]
    longest_s: int
    ended_s: int | None
    ongoing_s: int | None
    last_us: int | None
    at_least: bool


def unvisited(lanes: Iterable[LaneTimes], zone: ZoneInfo, until_us: int, most: int = WORST) -> list[Unvisited]:
    """The worst places, the longest time first. `until_us`: now, or the end of the days if that was before. Duties that the same
    visits fill are one row."""
    merged: dict[tuple[str, int, int | None, int | None, bool], list[str]] = {}
    for lane in lanes:
        since_us = day_us(zone, lane.first_day) if lane.last_us is None else lane.last_us
        ongoing_s = max(0, until_us - since_us) // US_PER_S if lane.planned else None
        key = (lane.place, lane.ended_s, ongoing_s, lane.last_us, lane.last_us is None and lane.planned)
        merged.setdefault(key, []).append(lane.duty)
    rows = [
        Unvisited(place, tuple(sorted(duties)), max(ended_s, ongoing_s or 0), ended_s or None, ongoing_s, last_us, at_least)
        for (place, ended_s, ongoing_s, last_us, at_least), duties in merged.items()
    ]
    return sorted(rows, key=lambda row: (-row.longest_s, row.place, row.duties))[:most]


def in_words(seconds: int) -> str:
    """Hours and minutes, cut off: `3:07`; with days `2d 3:07`."""
    minutes = seconds // 60
    days, hours = minutes // 1_440, minutes // 60 % 24
    return f"{f'{days}d ' if days else ''}{hours}:{minutes % 60:02d}"
