"""What of the footage is due to go, and when the sweep halts and asks instead. Pure.

A piece goes on its day: when its end lies its camera's days behind now. What is held, what has no end and what is not known to be
old stays. Nothing goes because a disk is low.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from contract.clock import US_PER_S
from contract.footage import NoSpan
from hub.footage.holds import Hold, kept_by

DAY_US = 86_400 * US_PER_S
HOUR_US = 3_600 * US_PER_S
LEGAL_DAYS = 30
"""No footage goes before, whatever a policy, an estate or an order says."""
GRACE_US = DAY_US
"""So long after its day a piece may still be there: agents answer, disks are slow."""

Verdict = Literal["owed", "held", "no_end", "due"]
WhenFull = Literal["refuse_new", "drop_oldest"]


class Piece(Protocol):
    """A segment as the hub's index has it: times on the hub's line."""

    @property
    def no(self) -> int:
        """Its number."""
        ...

    @property
    def start_us(self) -> int:
        """What it shows begins."""
        ...

    @property
    def end_us(self) -> int:
        """What it shows ends."""
        ...

    @property
    def size_bytes(self) -> int:
        """How much of the disk it takes."""
        ...


class FootageRules(NamedTuple):
    """The policy's numbers of MON-4 and MON-7. `usual_times`: more than so many usual days' footage in one day is asked about."""

    days: int
    key_days: int
    days_max: int
    hold_before_us: int
    hold_after_us: int
    forecast_days: float
    usual_times: float
    when_full: WhenFull


def days_of(rules: FootageRules, options: Mapping[str, float]) -> int:
    """How long a camera's footage is owed, by its row in the estate: its own days, or a key camera's, or everybody's. Never under
    what the law asks."""
    own = options.get("footage_days")
    days = own if own is not None else rules.key_days if options.get("key_camera") else rules.days
    return max(LEGAL_DAYS, int(days))


def judge(piece: Piece, device: str, floor_us: int, holds: Iterable[Hold], now_us: int) -> Verdict:
    """What is to become of a piece. `floor_us`: what ends later is owed."""
    if piece.end_us <= piece.start_us or piece.end_us > now_us:
        return "no_end"
    if piece.end_us > floor_us:
        return "owed"
    return "held" if kept_by(holds, device, piece.start_us, piece.end_us, now_us) else "due"


class Chosen(NamedTuple):
    """What one order is to delete: `shows_us`, how long what goes lasts; the time that it shows; its bytes and pieces."""

    spans: tuple[NoSpan, ...]
    from_us: int
    to_us: int
    shows_us: int
    size_bytes: int
    pieces: int


def choose(
    pieces: Sequence[Piece], device: str, floor_us: int, holds: Sequence[Hold], now_us: int, *, spans_max: int = 64
) -> Chosen | None:
    """The due pieces as spans of numbers. A span goes on over what lies between two due pieces only where no piece stays there,
    and nothing that is held: an agent may know segments that it has not told yet."""
    mine = [one for one in holds if device in one.cameras and one.counts(now_us)]
    spans: list[NoSpan] = []
    chosen: list[Piece] = []
    before: Piece | None = None
    for piece in sorted(pieces, key=lambda one: one.no):
        if judge(piece, device, floor_us, mine, now_us) != "due":
            before = None
            continue
        if before is not None and kept_by(mine, device, before.end_us, piece.start_us, now_us) is None:
            spans[-1] = NoSpan(spans[-1].first, piece.no)
        elif len(spans) == spans_max:
            break
        else:
            spans.append(NoSpan(piece.no, piece.no))
        before = piece
        chosen.append(piece)
    if not chosen:
        return None
    shows_us = sum(one.end_us - one.start_us for one in chosen)
    size = sum(one.size_bytes for one in chosen)
    from_us, to_us = min(one.start_us for one in chosen), max(one.end_us for one in chosen)
    return Chosen(tuple(spans), from_us, to_us, shows_us, size, len(chosen))


Interval = tuple[int, int]
"""From, until."""


def length_outside(covered: Iterable[Interval], cuts: Iterable[Interval]) -> int:
    """How much of `covered`, none of which overlap, lies in none of the `cuts`."""
    left = list(covered)
    for cut_from_us, cut_to_us in cuts:
        left = [
            part
            for from_us, to_us in left
            for part in ((from_us, min(to_us, cut_from_us)), (max(from_us, cut_to_us), to_us))
            if part[0] < part[1]
        ]
    return sum(to_us - from_us for from_us, to_us in left)


class Swept(msgspec.Struct, frozen=True, array_like=True):
    """How much footage, in the time that it shows, was condemned in an hour of the hub's clock."""

    hour: int
    shows_us: int


def swept_lately(swept: Iterable[Swept], now_us: int) -> int:
    """How much in the last 24 hours. Hours ahead of the clock, which was set back since, count."""
    return sum(one.shows_us for one in swept if one.hour > now_us // HOUR_US - 24)


def noted(swept: Sequence[Swept], now_us: int, shows_us: int) -> tuple[Swept, ...]:
    """With what has just been condemned; hours that no longer count are left out."""
    hour = now_us // HOUR_US
    kept = [one for one in swept if one.hour > hour - 24]
    same = [one for one in kept if one.hour == hour]
    kept = [one for one in kept if one.hour != hour]
    return (*kept, Swept(hour, shows_us + sum(one.shows_us for one in same)))


def too_much(swept: Sequence[Swept], more_us: int, streams: int, times: float, now_us: int) -> bool:
    """Whether `more_us` on top of the last day's would be far more than usual. A day of recording, of all cameras' streams that
    have footage, makes a day's footage due a day: what is over `times` of it is a clock, a policy or an index gone wrong, or the
    first sweep after a long time."""
    return swept_lately(swept, now_us) + more_us > times * DAY_US * streams


def shortened(in_force: Mapping[str, int], wanted: Mapping[str, int]) -> dict[str, int]:
    """The cameras whose footage would be kept for fewer days than it is, with the fewer days."""
    return {camera: days for camera, days in wanted.items() if days < in_force.get(camera, days)}


def lengthened(in_force: Mapping[str, int], wanted: Mapping[str, int]) -> dict[str, int]:
    """The days that are in force by themselves: new cameras', and more days. A camera that left the estate keeps its days, as its
    footage is there still."""
    return {**in_force, **{camera: max(days, in_force.get(camera, days)) for camera, days in wanted.items()}}
