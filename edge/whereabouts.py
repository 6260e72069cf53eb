"""Who is where, as far as this agent knows: what passback, spaces and uses are decided by. No disk, no clock.

Changes are data: each move, each taking back of one whose gate did not open, is a struct that edge.whereabouts_file keeps.
"""

from typing import NamedTuple

import msgspec

from contract.clock import US_PER_S
from contract.permits import OUTSIDE

HOLDERS_MAX = 200_000
CARDS_MAX = 200_000
"""Of counted credentials. Over either limit whoever has not moved for the longest is forgotten, and counted."""
RECENT_MAX = 8
"""Times of a card's uses that are known by heart, so that one that is told twice counts once."""
FORGOTTEN_US = 86_400 * US_PER_S
"""For so long after its memory was lost an agent takes holders that it does not know for forgotten; later they are new."""


class Place(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where somebody went last, when, and by which permit."""

    zone: str
    at_us: int
    permit: str


class Went(msgspec.Struct, frozen=True, array_like=True, tag="went", gc=False):
    """A holder goes into a zone. `used`: it is a use of the card. `late`: it is told afterwards, and counts for nothing where a
    later place is known."""

    holder: str
    permit: str
    card: str
    zone: str
    at_us: int
    used: bool = False
    late: bool = False


class Back(msgspec.Struct, frozen=True, array_like=True, tag="back", gc=False):
    """A move is taken back: the gate did not open. `place`: where the holder was before."""

    holder: str
    card: str
    at_us: int
    place: Place | None


class Used(msgspec.Struct, frozen=True, array_like=True, tag="used", gc=False):
    """How often a card was used, and the last times of it."""

    card: str
    count: int
    recent: tuple[int, ...]


class Forgot(msgspec.Struct, frozen=True, array_like=True, tag="forgot", gc=False):
    """What was known before `at_us` is lost, or a part of it."""

    at_us: int


class Tick(msgspec.Struct, frozen=True, array_like=True, tag="tick", gc=False):
    """It was so late, by a clock that could be trusted."""

    at_us: int


Change = Went | Back | Used | Forgot | Tick


class Counters(msgspec.Struct):
    """`forgotten`: holders and cards that went for room."""

    forgotten: int = 0


class Moved(NamedTuple):
    """What a move did, for `take_back`."""

    went: Went
    before: Place | None


class Whereabouts:
    """Places by holder, holders inside by permit, uses by card. For one thread at a time."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        self._inside: dict[str, tuple[str, ...]] = {}
        self._uses: dict[str, Used] = {}
        self.forgot_us: int | None = None
        self.last_us = 0
        """The latest time that any change names."""
        self.counters = Counters()

    def __len__(self) -> int:
        return len(self._places) + len(self._uses)

    def place(self, holder: str) -> Place | None:
        """Where the holder went last; None: nobody has seen him."""
        return self._places.get(holder)

    def inside(self, permit: str) -> tuple[str, ...]:
        """Who is in the estate by that permit."""
        return self._inside.get(permit, ())

    def uses(self, card: str) -> int:
        """How often the card was used."""
        used = self._uses.get(card)
        return 0 if used is None else used.count

    def has_forgotten(self, now_us: int) -> bool:
        """Whether somebody who is not known may only have been forgotten."""
        return self.forgot_us is not None and now_us - self.forgot_us < FORGOTTEN_US

    def goes(self, went: Went) -> Moved:
        """Somebody goes."""
        before = self._places.get(went.holder)
        if not went.late or before is None or before.at_us <= went.at_us:
            self._put(went.holder, Place(went.zone, went.at_us, went.permit))
        if went.used:
            self._use(went.card, went.at_us)
        self.last_us = max(self.last_us, went.at_us)
        return Moved(went, before)

    def take_back(self, moved: Moved) -> Back | None:
        """The gate did not open. None where the holder has gone on since."""
        went = moved.went
        now = self._places.get(went.holder)
        if now is None or (now.zone, now.at_us) != (went.zone, went.at_us):
            return None
        back = Back(went.holder, went.card if went.used else "", went.at_us, moved.before)
        self.apply(back)
        return back

    def apply(self, change: Change) -> None:
        """Do again what a file says was done."""
        if isinstance(change, Went):
            self.goes(change)
        elif isinstance(change, Back):
            self._put(change.holder, change.place)
            self._unuse(change.card, change.at_us)
        elif isinstance(change, Used):
            self._uses[change.card] = change
        elif isinstance(change, Forgot):
            self.forgot_us = change.at_us
        else:
            self.last_us = max(self.last_us, change.at_us)

    def changes(self) -> list[Change]:
        """What a new file must say to come to the same."""
        found: list[Change] = [Tick(self.last_us)]
        found += [] if self.forgot_us is None else [Forgot(self.forgot_us)]
        found += [Went(holder, one.permit, "", one.zone, one.at_us) for holder, one in self._places.items()]
        return found + list(self._uses.values())

    def _put(self, holder: str, place: Place | None) -> None:
        self._leave(holder, self._places.pop(holder, None))
        if place is None:
            return
        if len(self._places) >= HOLDERS_MAX:
            oldest = next(iter(self._places))
            self._leave(oldest, self._places.pop(oldest))
            self.counters.forgotten += 1
        self._places[holder] = place
        if place.zone != OUTSIDE and place.permit:
            self._inside[place.permit] = (*self._inside.get(place.permit, ()), holder)

    def _leave(self, holder: str, place: Place | None) -> None:
        if place is None or place.permit not in self._inside:
            return
        left = tuple(one for one in self._inside[place.permit] if one != holder)
        if left:
            self._inside[place.permit] = left
        else:
            del self._inside[place.permit]

    def _use(self, card: str, at_us: int) -> None:
        used = self._uses.pop(card, Used(card, 0, ()))
        if at_us not in used.recent:
            used = Used(card, used.count + 1, (*used.recent, at_us)[-RECENT_MAX:])
        if len(self._uses) >= CARDS_MAX:
            del self._uses[next(iter(self._uses))]
            self.counters.forgotten += 1
        self._uses[card] = used

    def _unuse(self, card: str, at_us: int) -> None:
        used = self._uses.get(card)
        if used is not None and at_us in used.recent:
            recent = tuple(one for one in used.recent if one != at_us)
            self._uses[card] = Used(card, used.count - 1, recent)
