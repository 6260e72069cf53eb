"""Figures of alarms by EEMUA 191 and ISA-18.2. Pure: rows in, figures out.

Rates and times are exact sums of what is stored; there is none where nothing is known: no data is never good.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from contract.clock import US_PER_S
from hub.cases.alarms import SOUNDING_PRIORITY_MAX

TEN_MIN_US = 600 * US_PER_S
TOP = 10
LISTED_MAX = 100


class AlarmRow(NamedTuple):
    """What is looked at of a case."""

    case_no: int
    raised_us: int
    opened_us: int
    priority: int
    detector: str
    device: str
    subject: str
    state: str
    active: bool
    late: bool
    held_by: str
    acknowledged_us: int | None
    comebacks: int

    @property
    def called(self) -> bool:
        """Whether it called somebody: it was no hint, came in time, and no maintenance held it back."""
        return not self.late and not self.held_by and self.priority <= SOUNDING_PRIORITY_MAX


class FloodSpan(NamedTuple):
    """A flood. `ended_us` None: it lasts."""

    began_us: int
    ended_us: int | None


class AlarmRows(NamedTuple):
    """`known_us`: when the first case of all was raised; `span`: those raised within the span, by time; `live`: those that are
    not over now, the oldest first; `floods`: those that touch the span."""

    known_us: int | None
    span: Sequence[AlarmRow]
    live: Sequence[AlarmRow]
    floods: Sequence[FloodSpan]


class Source(NamedTuple):
    """What brought alarms. `alarms`: cases, and each time that a chattering one came back."""

    detector: str
    device: str
    alarms: int
    share: Fraction


class Kpi(NamedTuple):
    """The figures of a span; None where nothing is known. Rates are per 10 minutes and operator. Times are in seconds.
    `from_us`: the span, cut to begin with the first case on record."""

    from_us: int | None
    alarms: int | None
    rate_average: Fraction | None
    rate_peak: Fraction | None
    peak_us: int | None
    flood_s: int | None
    flood_share: Fraction | None
    floods: int | None
    acknowledged: int | None
    unacknowledged: int | None
    ack_median_s: Fraction | None
    ack_p95_s: Fraction | None
    ack_longest_s: Fraction | None
    held: int | None
    shelved: int
    stale: tuple[AlarmRow, ...]
    top: tuple[Source, ...]
    chattering: tuple[AlarmRow, ...]


def kpi(rows: AlarmRows, from_us: int, until_us: int, *, posts: int, stale_us: int, now_us: int) -> Kpi:
    """The figures of a span. `until_us`: its end, or now where that is sooner. `posts`: how many operators share the alarms."""
    begin_us = None if rows.known_us is None else max(from_us, rows.known_us)
    stale = tuple(row for row in rows.live if row.active and now_us - row.opened_us > stale_us)
    shelved = sum(1 for row in rows.live if row.state == "shelved")
    if begin_us is None or begin_us >= until_us:
        return Kpi(None, *(None,) * 13, shelved=shelved, stale=stale, top=(), chattering=())
    called = [row for row in rows.span if row.called]
    length_us = until_us - begin_us
    most, peak_us = _peak([row.raised_us for row in called])
    flood_us = sum(_overlap(span, begin_us, until_us) for span in rows.floods)
    waits = sorted(max(0, row.acknowledged_us - row.raised_us) for row in called if row.acknowledged_us is not None)
    return Kpi(
        from_us=begin_us,
        alarms=len(called),
        rate_average=Fraction(len(called) * TEN_MIN_US, length_us * posts),
        rate_peak=Fraction(most, posts),
        peak_us=peak_us,
        flood_s=flood_us // US_PER_S,
        flood_share=Fraction(flood_us, length_us),
        floods=len(rows.floods),
        acknowledged=len(waits),
        unacknowledged=len(called) - len(waits),
        ack_median_s=_rank(waits, 50),
        ack_p95_s=_rank(waits, 95),
        ack_longest_s=_rank(waits, 100),
        held=sum(1 for row in rows.span if row.held_by),
        shelved=shelved,
        stale=stale,
        top=_top(called),
        chattering=tuple(row for row in rows.span if row.comebacks),
    )


def decimal(value: Fraction, digits: int) -> str:
    """So many digits, rounded up: a figure of alarms never looks better than it is."""
    scale = 10**digits
    whole = -(-value.numerator * scale // value.denominator)
    return f"{whole // scale}.{whole % scale:0{digits}d}"


def told(name: str, found: Kpi) -> str | None:
    """The figure of that name as people read it; None where there is none."""
    if name == "flood_percent":
        return None if found.flood_share is None else decimal(found.flood_share * 100, 1)
    value = getattr(found, name)
    if isinstance(value, tuple):
        return None if name == "chattering" and found.from_us is None else str(len(value))
    if isinstance(value, Fraction):
        return decimal(value, 2 if name.startswith("rate") else 1)
    return None if value is None else str(value)


def _peak(times_us: Sequence[int]) -> tuple[int, int | None]:
    """The most within any 10 minutes, and when they began."""
    most, peak_us, first = 0, None, 0
    for at, time_us in enumerate(times_us):
        while time_us - times_us[first] >= TEN_MIN_US:
            first += 1
        if at - first + 1 > most:
            most, peak_us = at - first + 1, times_us[first]
    return most, peak_us


def _overlap(span: FloodSpan, from_us: int, until_us: int) -> int:
    return max(0, min(until_us if span.ended_us is None else span.ended_us, until_us) - max(span.began_us, from_us))


def _rank(waits_us: Sequence[int], percent: int) -> Fraction | None:
    """The nearest rank: a time that somebody did take."""
    if not waits_us:
        return None
    return Fraction(waits_us[-(-len(waits_us) * percent // 100) - 1], US_PER_S)


def _top(called: Iterable[AlarmRow]) -> tuple[Source, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for row in called:
        counts[row.detector, row.device] += 1 + row.comebacks
    total = sum(counts.values())
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Source(detector, device, count, Fraction(count, total)) for (detector, device), count in order[:TOP])
