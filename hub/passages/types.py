"""The rows of what happens at gates. Each struct has its table's columns in their order, the site left out."""

from typing import Literal, NamedTuple

import msgspec

from contract.permits import OUTSIDE
from contract.readings import AccessDecided, CommandDone, ExitRequested, FireInput, LoopState
from hub.detectors.gates import is_named_opening
from hub.detectors.types import Device, Event

Kind = Literal["decision", "command", "button", "fire", "loop"]
KINDS: tuple[Kind, ...] = ("decision", "command", "button", "loop", "fire")
"""In the order in which they are believed where several explain one opening."""
GATES = ("door", "barrier")


class Passage(msgspec.Struct, frozen=True, gc=False):
    """Somebody was let through or refused, or something had the gate opened. `passage`: the event's name; of a fire input
    EVENT/GATE. `until_us`: None while a fire lasts. `direction`: where the way leads, empty where that is not known."""

    passage: str
    kind: Kind
    at_us: int
    until_us: int | None
    gate: str
    device: str
    direction: str = ""
    medium: str = ""
    card: str = ""
    permit: str = ""
    holder: str = ""
    plate: str = ""
    granted: bool = True
    reason: str = ""
    actor: str = ""
    to_zone: str = OUTSIDE
    table_no: int = 0
    picture: str = ""
    late: bool = False


class GateOpening(msgspec.Struct, frozen=True, gc=False):
    """A gate has left the closed position. `opening`: the event's name, also the episode of an incident about it. `explained`: by
    a decision's medium, or the passage's kind; empty: by nothing. `passage` and `who`: by which one, and in whose name."""

    opening: str
    gate: str
    at_us: int
    closed_us: int | None = None
    explained: str = ""
    passage: str = ""
    who: str = ""
    late: bool = False


class Presence(NamedTuple):
    """Where somebody, or a vehicle, is. `who`: of a vehicle its plate, of a person the holder, or else the permit or the card.
    `zone` empty: outside. `actor` and `reason`: who has corrected it by hand, and why."""

    sort: Literal["person", "vehicle"]
    who: str
    holder: str
    permit: str
    zone: str
    gate: str
    since_us: int
    at_us: int
    passage: str
    actor: str = ""
    reason: str = ""


class Watched(msgspec.Struct, frozen=True):
    """A plate that is looked for, by its canonical text, until then (None: until somebody ends it)."""

    watch: str
    plate: str
    reason: str
    actor: str
    at_us: int
    until_us: int | None
    priority: Literal[1, 2, 3, 4]
    ended_us: int | None = None
    ended_by: str = ""

    def counts(self, at_us: int) -> bool:
        """Whether it is looked for then."""
        return self.ended_us is None and (self.until_us is None or at_us < self.until_us)


def passage_of(event: Event, device: Device, gate: str, holder: str, *, free_exit: bool) -> Passage | None:
    """What the event is at the gate, or nothing. A decision is one whether it lets through or not; all else explains."""
    reading, at_us, name = event.reading, event.at_us, event.name
    if isinstance(reading, AccessDecided):
        return _decision(event, reading, device, gate, holder)
    if isinstance(reading, CommandDone) and is_named_opening(reading):
        return Passage(
            name, "command", at_us, at_us, gate, device.id, reason=reading.action, actor=reading.actor, late=event.late
        )
    if isinstance(reading, ExitRequested):
        return Passage(name, "button", at_us, at_us, gate, device.id, "out", late=event.late)
    if isinstance(reading, LoopState) and reading.occupied and not reading.faulty and free_exit:
        return Passage(name, "loop", at_us, at_us, gate, device.id, "out", late=event.late)
    if isinstance(reading, FireInput) and reading.active:
        return Passage(f"{name}/{gate}", "fire", at_us, None, gate, device.id, reason=reading.name, late=event.late)
    return None


def _decision(event: Event, reading: AccessDecided, device: Device, gate: str, holder: str) -> Passage:
    known = bool(reading.table_no or reading.to_zone)
    return Passage(
        event.name,
        "decision",
        event.at_us,
        event.at_us,
        gate,
        device.id,
        ("in" if reading.to_zone != OUTSIDE else "out") if known else "",
        reading.medium,
        reading.card,
        reading.permit,
        holder,
        reading.plate,
        reading.granted,
        reading.reason,
        "",
        reading.to_zone,
        reading.table_no,
        reading.picture,
        event.late,
    )


def presence_of(passage: Passage) -> Presence | None:
    """Where a decision that let somebody through has taken him; None where nobody knows who, or where."""
    if passage.kind != "decision" or not passage.granted or not passage.direction:
        return None
    vehicle = passage.medium == "plate" and passage.plate
    who = passage.plate if vehicle else passage.holder or passage.permit or passage.card
    if not who:
        return None
    sort: Literal["person", "vehicle"] = "vehicle" if vehicle else "person"
    where = (passage.to_zone, passage.gate, passage.at_us, passage.at_us, passage.passage)
    return Presence(sort, who, passage.holder, passage.permit, *where)
