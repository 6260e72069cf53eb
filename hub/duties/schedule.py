"""Schedules: when a duty is to be done. Each is a row of the policy, and pure: the same spans for the same question, in one go or
in pieces.

Local times become instants first (hub/duties/localtime.py), and durations are added to instants.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import shake_256
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from contract.clock import US_PER_S
from contract.settings import Check
from hub.duties.calendar import Calendar
from hub.duties.localtime import DAY, day_us, instant_us, local_day

MINUTES_A_DAY = 1_440
DAY_S = 86_400
LENGTH_LEAST_S = 60
"""A real window is open for so long at least, and the next one opens no sooner."""
MAX_SCHEDULES = 10
"""Of one duty."""
MAX_EQUAL = 100
"""Spans of one schedule that may have equal times: `Span.n` is less."""


class Span(NamedTuple):
    """One occurrence of a schedule, before tolerance: from `opens_us` until `due_us`. `n` tells apart those that open
    together."""

    opens_us: int
    due_us: int
    n: int = 0


OccasionKind = Literal["bad_weather", "event"]
Period = Literal["day", "week", "month", "quarter", "half_year", "year"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Days = Literal["all", "workdays", "weekends", "holidays"] | tuple[Weekday, ...]
"""The local days on which a schedule begins. Days of the week are taken as they come, holidays or not."""


class Occasion(NamedTuple):
    """Something that comes when it comes. `end_us` None: it goes on, or nobody has said."""

    kind: OccasionKind
    begin_us: int
    end_us: int | None = None


def minute_of(text: str) -> int:
    """`07:30` → 450. Raises ValueError with what to write instead."""
    hour, colon, minute = text.partition(":")
    good = colon and len(hour) == len(minute) == 2 and (hour + minute).isascii() and (hour + minute).isdigit()
    if not good or int(hour) > 23 or int(minute) > 59:
        raise ValueError(f"{text!r} is no local time: write one such as 07:30, from 00:00 to 23:59")
    return int(hour) * 60 + int(minute)


def _moment(text: str) -> tuple[date, int]:
    day, _, minute = text.replace("T", " ").partition(" ")
    try:
        return date.fromisoformat(day), minute_of(minute)
    except ValueError:
        raise ValueError(f"{text!r} is no local day and time: write one such as 2026-12-31 18:00") from None


LocalTime = Annotated[str, Check(minute_of)]
Moment = Annotated[str, Check(_moment)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=DAY_S)]
Length = Annotated[int, msgspec.Meta(ge=1, le=DAY_S)]
"""A policy asks for LENGTH_LEAST_S at least, unless it is a demonstration."""
Count = Annotated[int, msgspec.Meta(ge=1, le=48)]


class ShiftHours(msgspec.Struct, frozen=True):
    """A row of the policy's `shifts`. `to` may lie on the next day."""

    zh: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    en: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    from_: LocalTime = msgspec.field(name="from")
    to: LocalTime


class Interval(msgspec.Struct, frozen=True, tag_field="type", tag="interval"):
    """Again and again: one span opens every `every_s` of elapsed time, from the local time `from` on and before `to`, which may
    lie on the next day; equal times are 24 h. Each stays open for `open_s`, or else until the next one opens."""

    from_: LocalTime = msgspec.field(name="from")
    to: LocalTime
    every_s: Length
    open_s: Length | None = None
    days: Days = "all"

    def __post_init__(self) -> None:
        length = _length_s(self.from_, self.to)
        if length % self.every_s:
            raise ValueError(
                f"lasts {length} s, and every_s {self.every_s} does not go into that: write an every_s that does, or another to"
            )


class Times(msgspec.Struct, frozen=True, tag_field="type", tag="times"):
    """At set local times: one span around each, from `before_s` before it until `after_s` after it."""

    at: Annotated[tuple[LocalTime, ...], msgspec.Meta(min_length=1, max_length=48)]
    before_s: Seconds = 0
    after_s: Seconds = 0
    days: Days = "all"

    def __post_init__(self) -> None:
        if not self.before_s + self.after_s:
            raise ValueError("is never open: write before_s, after_s or both")
        if len(set(self.at)) < len(self.at):
            raise ValueError("has one time twice: write each once")


class AtShift(msgspec.Struct, frozen=True, tag_field="type", tag="shift"):
    """At the beginning of each shift, or of those named: one span, due `within_s` later."""

    within_s: Length
    shifts: Literal["all"] | tuple[str, ...] = "all"
    days: Days = "all"


class Random(msgspec.Struct, frozen=True, tag_field="type", tag="random"):
    """`count` spans of `open_s`, at moments between two local times that nobody can foretell, and that never overlap. Where a
    change of clocks leaves too little room there are fewer."""

    count: Count
    from_: LocalTime = msgspec.field(name="from")
    to: LocalTime
    open_s: Length
    days: Days = "all"

    def __post_init__(self) -> None:
        length = _length_s(self.from_, self.to)
        if self.count * self.open_s > length:
            raise ValueError(f"needs {self.count} times {self.open_s} s and has {length} s: write a smaller count or open_s")


class TimesA(msgspec.Struct, frozen=True, tag_field="type", tag="times_a"):
    """`count` times in each local day, week (from Monday), month, …: so many spans, each as long as the period. `days` only
    where the period is a day."""

    period: Period
    count: Annotated[int, msgspec.Meta(ge=1, le=MAX_EQUAL)] = 1
    days: Days = "all"

    def __post_init__(self) -> None:
        if self.days != "all" and self.period != "day":
            raise ValueError(f"picks days within a {self.period}: write period: day, or leave days out")


class Once(msgspec.Struct, frozen=True, tag_field="type", tag="once"):
    """Once, from a local day and time on, for `open_s`."""

    at: Moment
    open_s: Annotated[int, msgspec.Meta(ge=60, le=31 * DAY_S)]


class AtOccasion(msgspec.Struct, frozen=True, tag_field="type", tag="occasion"):
    """Before an occasion begins and after it has ended: a span of `before_s`, and one of `after_s`; 0: none. Occasions of
    a kind that touch are one. Where the next begins soon after, the first is checked by then, and the check before the next opens
    after it. Whole seconds count."""

    kind: OccasionKind
    before_s: Annotated[int, msgspec.Meta(ge=0, le=7 * DAY_S)] = 0
    after_s: Annotated[int, msgspec.Meta(ge=0, le=7 * DAY_S)] = 0

    def __post_init__(self) -> None:
        if not self.before_s + self.after_s:
            raise ValueError("is never open: write before_s, after_s or both")


Schedule = Interval | Times | AtShift | Random | TimesA | Once | AtOccasion


class Surroundings(NamedTuple):
    """What a schedule is computed in. `seed`: what `random` is drawn from; a secret of the site, and the lane."""

    zone: ZoneInfo
    calendar: Calendar
    shifts: Mapping[str, ShiftHours] = {}
    occasions: Sequence[Occasion] = ()
    seed: str = ""


def spans(schedule: Schedule, around: Surroundings, from_us: int, until_us: int) -> Iterator[Span]:
    """The spans that open at `from_us` or later and before `until_us`, by their opening. One that opens later is not due earlier,
    and no two have the same opening and `n`."""
    found = _rare(schedule, around) if isinstance(schedule, Once | AtOccasion) else _daily(schedule, around, from_us, until_us)
    return (span for span in found if from_us <= span.opens_us < until_us)


def improper(schedules: Sequence[Schedule], around: Surroundings, from_us: int, until_us: int) -> tuple[Span, Span] | None:
    """Two spans of one duty of which the second opens later and is due earlier, so that evidence could not tell them apart."""
    latest: Span | None = None
    for span in sorted(span for schedule in schedules for span in spans(schedule, around, from_us, until_us)):
        if latest is not None and span.due_us < latest.due_us:
            return latest, span
        latest = span
    return None


_Daily = Interval | Times | AtShift | Random | TimesA


def _daily(schedule: _Daily, around: Surroundings, from_us: int, until_us: int) -> Iterator[Span]:
    """Spans of each local day that may open in between, and some more."""
    of_day = _OF_DAY[type(schedule)]
    day, last = local_day(around.zone, from_us) - 2 * DAY, local_day(around.zone, until_us) + 2 * DAY
    while day <= last:
        if _counts(schedule.days, day, around.calendar):
            yield from of_day(schedule, around, day)
        day += DAY


def _counts(days: Days, day: date, calendar: Calendar) -> bool:
    if days == "all":
        return True
    if isinstance(days, tuple):
        return WEEKDAYS[day.weekday()] in days
    return f"{calendar.kind(day)}s" == days


def _interval(schedule: Interval, around: Surroundings, day: date) -> Iterator[Span]:
    opens, end = _between(around.zone, day, schedule.from_, schedule.to)
    every, length = schedule.every_s * US_PER_S, (schedule.open_s or schedule.every_s) * US_PER_S
    return (Span(at, at + length) for at in range(opens, end, every))


def _times(schedule: Times, around: Surroundings, day: date) -> Iterator[Span]:
    for n, text in enumerate(sorted(schedule.at) if _exists(around.zone, day) else ()):
        at = instant_us(around.zone, day, minute_of(text))
        yield Span(at - schedule.before_s * US_PER_S, at + schedule.after_s * US_PER_S, n)


def _shift(schedule: AtShift, around: Surroundings, day: date) -> list[Span]:
    found = []
    for n, (name, hours) in enumerate(around.shifts.items() if _exists(around.zone, day) else ()):
        if schedule.shifts == "all" or name in schedule.shifts:
            at = instant_us(around.zone, day, minute_of(hours.from_))
            found.append(Span(at, at + schedule.within_s * US_PER_S, n))
    return sorted(found)


def _random(schedule: Random, around: Surroundings, day: date) -> Iterator[Span]:
    """Moments are drawn in what remains beside the spans themselves, and the spans are then put between them."""
    begin, end = _between(around.zone, day, schedule.from_, schedule.to)
    length_s, room_s = schedule.open_s, (end - begin) // US_PER_S
    count = min(schedule.count, room_s // length_s)
    drawn = shake_256(f"{around.seed}/{day.isoformat()}".encode()).digest(8 * count)
    numbers = (int.from_bytes(drawn[at : at + 8], "big") for at in range(0, len(drawn), 8))
    for n, moment_s in enumerate(sorted(number % (room_s - count * length_s + 1) for number in numbers)):
        opens = begin + (moment_s + n * length_s) * US_PER_S
        yield Span(opens, opens + length_s * US_PER_S)


def _times_a(schedule: TimesA, around: Surroundings, day: date) -> Iterator[Span]:
    after = _PERIODS[schedule.period](day)
    if after is None or not _exists(around.zone, day):
        return
    opens, due = day_us(around.zone, day), day_us(around.zone, after)
    for n in range(schedule.count):
        yield Span(opens, due, n)


def _month(months: int) -> Callable[[date], date | None]:
    def after(day: date) -> date | None:
        if day.day != 1 or (day.month - 1) % months:
            return None
        years, month = divmod(day.month - 1 + months, 12)
        return date(day.year + years, month + 1, 1)

    return after


_PERIODS: Mapping[Period, Callable[[date], date | None]] = {
    "day": lambda day: day + DAY,
    "week": lambda day: day + 7 * DAY if day.weekday() == 0 else None,
    "month": _month(1),
    "quarter": _month(3),
    "half_year": _month(6),
    "year": _month(12),
}
"""For the first day of a period, the first day of the next; None for other days."""

_OF_DAY: Mapping[type, Callable[[Any, Surroundings, date], Iterator[Span] | list[Span]]] = {
    Interval: _interval,
    Times: _times,
    AtShift: _shift,
    Random: _random,
    TimesA: _times_a,
}


def _rare(schedule: Once | AtOccasion, around: Surroundings) -> list[Span]:
    """All there are."""
    if isinstance(schedule, AtOccasion):
        return sorted(_occasions(schedule, around.occasions))
    opens = instant_us(around.zone, *_moment(schedule.at))
    return [Span(opens, opens + schedule.open_s * US_PER_S)]


def _occasions(schedule: AtOccasion, occasions: Sequence[Occasion]) -> Iterator[Span]:
    """Before: n 0; after: n 1."""
    before, after = schedule.before_s * US_PER_S, schedule.after_s * US_PER_S
    merged = _merged(row for row in occasions if row.kind == schedule.kind)
    earliest: int | None = None
    for at, (begin, end) in enumerate(merged):
        if before:
            yield Span(begin - before if earliest is None else max(begin - before, earliest), begin, 0)
        if after and end is not None:
            follows = merged[at + 1][0] if at + 1 < len(merged) else end + after
            yield Span(end, min(end + after, follows), 1)
        earliest = begin if end is None else end


def _merged(occasions: Iterable[Occasion]) -> list[tuple[int, int | None]]:
    """Begin and end of what does not touch, in order."""
    merged: list[tuple[int, int | None]] = []
    for row in sorted(occasions, key=lambda row: row.begin_us):
        begins, ends = _second(row.begin_us), None if row.end_us is None else _second(row.end_us)
        begin, end = merged[-1] if merged else (None, None)
        if begin is not None and begins <= (begin if end is None else end):
            merged[-1] = (begin, max((at for at in (end, ends) if at is not None), default=None))
        else:
            merged.append((begins, ends))
    return merged


def _second(at_us: int) -> int:
    return at_us - at_us % US_PER_S


def _exists(zone: ZoneInfo, day: date) -> bool:
    """Not so where a zone has moved over the date line and left a day out."""
    return day_us(zone, day) < day_us(zone, day + DAY)


def _between(zone: ZoneInfo, day: date, from_: str, to: str) -> tuple[int, int]:
    begin, end = minute_of(from_), minute_of(to)
    return instant_us(zone, day, begin), instant_us(zone, day if end > begin else day + DAY, end)


def _length_s(from_: str, to: str) -> int:
    """On a day without a change of clocks."""
    return ((minute_of(to) - minute_of(from_) - 1) % MINUTES_A_DAY + 1) * 60
