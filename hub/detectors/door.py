"""Door forced: a door that opens though nothing let anybody through.

What lets through (a granted card, the exit button, a command) comes from other devices than the contact, so the order of arrival
proves nothing. An opening is explained by anything that let through within `grant_s` before it, or `grace_s` after it; when
the agent has reported past the grace without one, it was forced. What explains it later still takes it back.

The first contact after a start or a lost link is the door's state and no opening: nobody can say when it happened.
"""

from typing import Literal

import msgspec

from contract.clock import US_PER_S
from contract.readings import AccessDecided, CommandDone, DeviceLink, DoorContact, ExitRequested
from hub.detectors.types import Clear, Detector, Device, Event, Finding, Raise, Step, Wake, Withdraw

Numbers = dict[str, float]
OPENING_ACTIONS = frozenset(("open", "unlock"))
MAX_PASSES = 4
"""How many of the last times at which something let through are remembered: agents report in no order among each other."""
MAX_PAST = 4
"""How many of the last openings that were told of and are over are remembered, for a pass that arrives later still."""


class Opening(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An opening that nothing has explained so far."""

    at_us: int
    episode: str
    late: bool = False
    told: Literal["nothing", "unproven", "proven"] = "nothing"
    closed_us: int | None = None


class Door(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """`open` None: unknown. `contact`: the device that last told. `passes_us`: when something let through, as it arrived."""

    open: bool | None = None
    contact: str = ""
    passes_us: tuple[int, ...] = ()
    opening: Opening | None = None
    past: tuple[Opening, ...] = ()


def step(state: Door | None, event: Event, device: Device, numbers: Numbers) -> Step | None:
    """See Detector."""
    reading = event.reading
    door = state or Door()
    if isinstance(reading, DoorContact):
        return _contact(door, reading, event, device, numbers)
    if isinstance(reading, DeviceLink):
        if event.device != door.contact or door.open is None:
            return None
        return _step(msgspec.structs.replace(door, open=None), device, numbers)
    return _pass(door, event, device, numbers) if _lets_through(event) else None


def wake(state: Door | None, due_us: int, proven: bool, device: Device, numbers: Numbers) -> Step:
    """See Detector."""
    if state is None or state.opening is None or state.opening.told == "proven":
        return Step(state)
    opening = state.opening
    if due_us < _due_us(opening, numbers) or (not proven and opening.told == "unproven"):
        return _step(state, device, numbers)
    told = msgspec.structs.replace(opening, told="proven" if proven else "unproven")
    findings: tuple[Finding, ...] = (Raise(told.episode, told.at_us, {}, proven, told.late),)
    if proven and told.closed_us is not None:
        findings += (Clear(told.episode, max(told.closed_us, told.at_us)),)
        return _step(_over(state, told), device, numbers, findings)
    return _step(msgspec.structs.replace(state, opening=told), device, numbers, findings)


def _contact(door: Door, reading: DoorContact, event: Event, device: Device, numbers: Numbers) -> Step | None:
    if reading.open == door.open and event.device == door.contact:
        return None
    opened = reading.open and door.open is False
    door = msgspec.structs.replace(door, open=reading.open, contact=event.device)
    opening = door.opening
    if not reading.open:
        return _closed(door, event.at_us, device, numbers)
    if opening is not None:
        again = msgspec.structs.replace(opening, closed_us=None)
        return _step(msgspec.structs.replace(door, opening=again), device, numbers)
    if opened and not any(_explains(at_us, event.at_us, numbers) for at_us in door.passes_us):
        door = msgspec.structs.replace(door, opening=Opening(event.at_us, event.name, event.late))
    return _step(door, device, numbers)


def _closed(door: Door, at_us: int, device: Device, numbers: Numbers) -> Step:
    opening = door.opening
    if opening is None:
        return _step(door, device, numbers)
    if opening.told == "proven":
        clear = Clear(opening.episode, max(at_us, opening.at_us))
        return _step(_over(door, opening), device, numbers, (clear,))
    closed = msgspec.structs.replace(opening, closed_us=at_us)
    return _step(msgspec.structs.replace(door, opening=closed), device, numbers)


def _pass(door: Door, event: Event, device: Device, numbers: Numbers) -> Step:
    door = msgspec.structs.replace(door, passes_us=(*door.passes_us, event.at_us)[-MAX_PASSES:])
    known = (*door.past, *(() if door.opening is None else (door.opening,)))
    explained = [one for one in known if _explains(event.at_us, one.at_us, numbers)]
    findings = tuple(Withdraw(one.episode, event.at_us, "let_through") for one in explained if one.told != "nothing")
    opening = None if door.opening in explained else door.opening
    past = tuple(one for one in door.past if one not in explained)
    return _step(msgspec.structs.replace(door, opening=opening, past=past), device, numbers, findings)


def _over(door: Door, opening: Opening) -> Door:
    """The door has shut on an opening that was told of."""
    return msgspec.structs.replace(door, opening=None, past=(*door.past, opening)[-MAX_PAST:])


def _lets_through(event: Event) -> bool:
    reading = event.reading
    if isinstance(reading, AccessDecided):
        return reading.granted
    if isinstance(reading, CommandDone):
        return reading.outcome == "done" and reading.action in OPENING_ACTIONS
    return isinstance(reading, ExitRequested)


def _explains(pass_us: int, opened_us: int, numbers: Numbers) -> bool:
    return -numbers["grace_s"] * US_PER_S <= opened_us - pass_us <= numbers["grant_s"] * US_PER_S


def _due_us(opening: Opening, numbers: Numbers) -> int:
    return opening.at_us + int(numbers["grace_s"] * US_PER_S)


def _step(door: Door, device: Device, numbers: Numbers, findings: tuple[Finding, ...] = ()) -> Step:
    """The step to `door`, waiting for the proof of its opening where there is one to prove."""
    opening = door.opening
    waits = opening is not None and opening.told != "proven"
    return Step(door, findings, Wake(_due_us(opening, numbers), device.agent) if opening is not None and waits else None)


DOOR_FORCED = Detector(
    name="door_forced",
    clause="GATE-7",
    priority=2,
    kinds=(DoorContact, AccessDecided, ExitRequested, CommandDone, DeviceLink),
    state_type=Door | None,
    step=step,
    wake=wake,
    subject=lambda _, device: device.opens,
)
