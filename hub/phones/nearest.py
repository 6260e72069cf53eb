"""Which guard is nearest to a place, by where each was last. Pure."""

from collections.abc import Sequence
from math import hypot
from typing import NamedTuple, Protocol

STALE_US = 3_600 * 1_000_000
"""Where somebody was longer ago says nothing of where they are."""
ELSEWHERE = 2.0
"""As far as what is not on the same drawing is away at least; a drawing's diagonal is under 1.5."""


class Spots(Protocol):
    """The estate, as far as distances need it."""

    def spot_of(self, place: str) -> tuple[str, float, float] | None:
        """The floor on which the place is drawn, and where: shares of the drawing's width and height."""
        ...

    def places_around(self, place: str) -> tuple[str, ...]:
        """The place and those it lies in, from the inside out."""
        ...


class Guard(NamedTuple):
    """Somebody who might be sent. `place` empty: nobody knows where they are; `seen_us`: when they were there. `phone`: bound, so
    that they can be sent by the app; `busy`: incidents that they are sent to already."""

    person: str
    place: str
    seen_us: int
    phone: bool
    on_duty: bool
    busy: tuple[int, ...] = ()


class Ranked(NamedTuple):
    """A guard, and how far away: shares of the drawing where both places are on one, else 2 and one more for each step from place
    to place; None: not known."""

    guard: Guard
    apart: float | None


def apart(one: str, other: str, spots: Spots) -> float | None:
    """How far two places are from each other; None where nothing leads from one to the other."""
    if one == other:
        return 0.0
    here, there = spots.spot_of(one), spots.spot_of(other)
    if here is not None and there is not None and here[0] == there[0]:
        return hypot(here[1] - there[1], here[2] - there[2])
    out, into = spots.places_around(one), spots.places_around(other)
    common = next((step for step in out if step in into), None)
    return None if common is None else ELSEWHERE + out.index(common) + into.index(common)


def ranked(guards: Sequence[Guard], place: str, spots: Spots, now_us: int) -> list[Ranked]:
    """The guards, who should go first: who can be reached by the app, is not under way already, is on duty, was seen within the
    hour, and is near."""

    def known(guard: Guard) -> float | None:
        return apart(guard.place, place, spots) if guard.place and now_us - guard.seen_us < STALE_US else None

    def order(one: Ranked) -> tuple[bool, bool, bool, float, int, str]:
        far = float("inf") if one.apart is None else one.apart
        return not one.guard.phone, bool(one.guard.busy), not one.guard.on_duty, far, -one.guard.seen_us, one.guard.person

    return sorted((Ranked(guard, known(guard)) for guard in guards), key=order)
