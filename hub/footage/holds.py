"""Holds: footage that stays past its day, and why. Pure.

An incident's hold is made with it, over the cameras that watch its place; it goes on while the incident does, and afterwards
until it is released. A person's hold has a reason and an end. Nobody alone lifts a hold that is not his own.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from contract.clock import US_PER_S
from hub.cases.types import Refusal
from hub.footage.hold_words import refused

HOLDS_MAX = 20_000
"""In force at once, at one site. People's own holds are refused over it; an incident's never."""
CAMERAS_MAX = 200
HOLD_MAX_US = 3_650 * 86_400 * US_PER_S
ASKED_US = 86_400 * US_PER_S
"""How long the second person has to agree that a hold is lifted."""
HUB = "hub"


class Hold(msgspec.Struct, frozen=True):
    """Footage of `cameras` that shows any of `from_us` to `to_us` stays. `to_us` None: it goes on, with its incident. `until_us`:
    when a person's hold ends by itself; None: not before it is released. `case_no`: the incident whose hold it is, `closed_us`:
    since when that is closed. `asked_by`: who wants it lifted, waiting for a second person."""

    hold: str
    sort: Literal["incident", "person"]
    reason: str
    actor: str
    made_us: int
    from_us: int
    to_us: int | None
    cameras: tuple[str, ...]
    until_us: int | None = None
    case_no: int | None = None
    closed_us: int | None = None
    released_us: int | None = None
    released_by: str = ""
    release_reason: str = ""
    asked_by: str = ""
    asked_us: int | None = None

    def counts(self, now_us: int) -> bool:
        """Whether it keeps anything now."""
        return self.released_us is None and (self.until_us is None or now_us < self.until_us)

    def keeps(self, device: str, start_us: int, end_us: int) -> bool:
        """Whether footage of the camera that shows this time is meant."""
        return device in self.cameras and end_us > self.from_us and (self.to_us is None or start_us < self.to_us)


def kept_by(holds: Iterable[Hold], device: str, start_us: int, end_us: int, now_us: int) -> Hold | None:
    """One that keeps it; None: nobody does."""
    return next((one for one in holds if one.counts(now_us) and one.keeps(device, start_us, end_us)), None)


class Around(msgspec.Struct, frozen=True):
    """How much is held before an incident and after it."""

    before_us: int
    after_us: int


def of_incident(hold: str, case_no: int, raised_us: int, now_us: int, cameras: Sequence[str], around: Around) -> Hold:
    """The hold that an incident makes by itself."""
    return Hold(
        hold=hold,
        sort="incident",
        reason=f"incident {case_no}",
        actor=HUB,
        made_us=now_us,
        from_us=raised_us - around.before_us,
        to_us=None,
        cameras=tuple(cameras)[:CAMERAS_MAX],
        case_no=case_no,
    )


def followed(hold: Hold, ended_us: int | None, closed_us: int | None, around: Around) -> Hold:
    """The hold once its incident has gone on: what it shows ends when the incident's condition did, or the incident; it keeps
    until it is released. An incident that is open again is held as before."""
    end_us = closed_us if ended_us is None else ended_us
    to_us = None if end_us is None else max(end_us + around.after_us, hold.from_us + 1)
    return replace(hold, to_us=to_us, closed_us=closed_us)


def lifted(hold: Hold, actor: str, reason: str, now_us: int) -> Hold | Refusal:
    """The hold after somebody wants it lifted: released, or waiting for a second person. One's own goes at once; an incident's
    that is closed is nobody's own, and two persons release it."""
    if hold.released_us is not None or not hold.counts(now_us):
        return refused("hold_is_over")
    if hold.case_no is not None and hold.closed_us is None:
        return refused("incident_is_open", no=hold.case_no)
    if hold.sort == "person" and hold.actor == actor:
        return _released(hold, actor, reason, now_us)
    waits = hold.asked_by and hold.asked_us is not None and 0 <= now_us - hold.asked_us <= ASKED_US
    if waits and hold.asked_by != actor:
        return _released(hold, f"{hold.asked_by}, {actor}", reason, now_us)
    return replace(hold, asked_by=actor, asked_us=now_us, release_reason=reason)


def _released(hold: Hold, actor: str, reason: str, now_us: int) -> Hold:
    return replace(hold, released_us=now_us, released_by=actor, release_reason=reason)
