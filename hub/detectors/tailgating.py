"""Tailgating: more vehicles go through one opening of a barrier than were let through.

A vehicle is a time that the loop under the arm is occupied, while the barrier is not closed; one that stood there when it opened
counts. Each needs a right of its own. An opening that nothing explains is another incident, and nobody counts in it; nor
where somebody opened by hand, since the vehicles are seen, or while there is fire.
"""

from typing import Literal

import msgspec
from msgspec.structs import replace

from contract.clock import US_PER_S
from contract.readings import AccessDecided, BarrierState, CommandDone, DeviceLink, FireInput, LoopState
from hub.detectors.gates import gates_of, is_named_opening
from hub.detectors.types import Clear, Detector, Device, Event, Finding, Raise, Step, Wake, Withdraw

Numbers = dict[str, float]
MAX_GRANTS = 32
MAX_VEHICLES = 32
"""Of one opening: more are not told apart."""
MAX_OPENINGS = 8
"""Of which it may still turn out what they were."""


class Opening(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A barrier is open from `from_us` on. `vehicles_us`: when each drove onto the loop. `judged`: all of them have been."""

    from_us: int
    episode: str
    vehicles_us: tuple[int, ...] = ()
    until_us: int | None = None
    late: bool = False
    told: Literal["nothing", "unproven", "proven"] = "nothing"
    told_count: int = 0
    judged: bool = False
    over: bool = False
    taken_back: bool = False
    after_us: int = 0
    """What let through before then did so for an opening before."""


class Lane(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """`closed` and `occupied` None: unknown. `freed_us`: when the loop was freed last. `fires`: inputs that are active."""

    closed: bool | None = None
    source: str = ""
    occupied: bool | None = None
    freed_us: int = 0
    grants_us: tuple[int, ...] = ()
    by_hand_us: tuple[int, ...] = ()
    fires: tuple[str, ...] = ()
    openings: tuple[Opening, ...] = ()
    closed_us: int = 0
    """When it was closed last."""


def step(state: Lane | None, event: Event, device: Device, numbers: Numbers) -> Step | None:
    """See Detector."""
    if device.kind != "barrier":
        return None
    was, findings = state or Lane(), list[Finding]()
    lane = _takes(was, event, numbers, findings)
    return None if lane == was else _settled(lane, findings, event.at_us, device, numbers)


def wake(state: Lane | None, due_us: int, proven: bool, device: Device, numbers: Numbers) -> Step:
    """See Detector."""
    if state is None:
        return Step(None)
    findings, openings = list[Finding](), list[Opening]()
    live = any(one.told != "nothing" and not one.over for one in state.openings)
    for one in state.openings:
        awaited_us = _due_us(one, numbers)
        count = _too_many(state, one, numbers)
        if awaited_us is None or awaited_us > due_us:
            openings.append(one)
        elif proven:
            openings.append(_judged(one, count, findings))
        elif count and one.told == "nothing" and not live:
            live = True
            findings.append(_raise(one, count, proven=False))
            openings.append(replace(one, told="unproven", told_count=count, taken_back=False))
        else:
            openings.append(one)
    return _settled(replace(state, openings=tuple(openings)), findings, due_us, device, numbers)


def _judged(one: Opening, count: int, findings: list[Finding]) -> Opening:
    if count and (count > one.told_count or one.told == "unproven"):
        findings.append(_raise(one, count, proven=True))
        one = replace(one, told="proven", told_count=count, taken_back=False)
    if one.told == "proven" and one.until_us is not None:
        findings.append(Clear(one.episode, one.until_us))
        one = replace(one, over=True)
    return replace(one, judged=True)


def _takes(lane: Lane, event: Event, numbers: Numbers, findings: list[Finding]) -> Lane:
    reading = event.reading
    if isinstance(reading, BarrierState):
        return _position(lane, reading.position == "closed", event, findings)
    if isinstance(reading, LoopState):
        return _loop(lane, reading, event, numbers)
    if isinstance(reading, DeviceLink):
        unseen = event.device == lane.source and not reading.up
        return replace(_ended(lane, event.at_us, findings), closed=None, occupied=None) if unseen else lane
    return _let(lane, event)


def _let(lane: Lane, event: Event) -> Lane:
    """Somebody was let through, or nobody counts."""
    reading = event.reading
    if isinstance(reading, AccessDecided) and reading.granted:
        return replace(lane, grants_us=tuple(sorted((*lane.grants_us, event.at_us)))[-MAX_GRANTS:])
    if isinstance(reading, CommandDone) and is_named_opening(reading):
        return replace(lane, by_hand_us=tuple(sorted((*lane.by_hand_us, event.at_us)))[-MAX_GRANTS:])
    if isinstance(reading, FireInput):
        key = f"{event.device}/{reading.name}"
        others = tuple(one for one in lane.fires if one != key)
        return replace(lane, fires=(*others, key)[-MAX_GRANTS:] if reading.active else others)
    return lane


def _position(lane: Lane, closed: bool, event: Event, findings: list[Finding]) -> Lane:
    lane = replace(lane, source=event.device)
    if closed:
        return replace(_ended(lane, event.at_us, findings), closed=True)
    if lane.closed:
        standing = (event.at_us,) if lane.occupied else ()
        new = Opening(event.at_us, event.name, standing, late=event.late, after_us=lane.closed_us)
        lane = replace(lane, openings=(*lane.openings, new)[-MAX_OPENINGS:])
    return replace(lane, closed=False)


def _loop(lane: Lane, reading: LoopState, event: Event, numbers: Numbers) -> Lane:
    """A trailer is no second vehicle: between the two the loop is free for less than `loop_gap_s`."""
    occupied = None if reading.faulty else reading.occupied
    came = occupied and lane.occupied is False and event.at_us - lane.freed_us >= numbers["loop_gap_s"] * US_PER_S
    freed_us = event.at_us if occupied is False and lane.occupied else lane.freed_us
    lane = replace(lane, occupied=occupied, freed_us=freed_us)
    opening = lane.openings[-1] if lane.openings else None
    if not came or opening is None or opening.until_us is not None:
        return lane
    more = replace(opening, vehicles_us=(*opening.vehicles_us, event.at_us)[:MAX_VEHICLES], judged=False)
    return replace(lane, openings=(*lane.openings[:-1], more))


def _ended(lane: Lane, at_us: int, findings: list[Finding]) -> Lane:
    """The last opening is over. What was not judged yet still is."""
    last = lane.openings[-1] if lane.openings else None
    if last is None or last.until_us is not None:
        return lane
    until_us = max(at_us, last.from_us, *last.vehicles_us)
    over = last.told == "proven" and last.judged
    if over:
        findings.append(Clear(last.episode, until_us))
    ended = replace(last, until_us=until_us, over=over)
    return replace(lane, openings=(*lane.openings[:-1], ended), closed_us=until_us)


def _settled(lane: Lane, findings: list[Finding], at_us: int, device: Device, numbers: Numbers) -> Step:
    """What turned out to have been let through is taken back, what is done with is forgotten, and the next to judge is waited
    for."""
    kept = []
    for old in lane.openings:
        one = old
        if one.told != "nothing" and not _too_many(lane, one, numbers):
            findings.append(Withdraw(one.episode, at_us, "let_through"))
            one = replace(one, told="nothing", told_count=0, taken_back=True)
        if one.until_us is None or one.told != "nothing" or _due_us(one, numbers) is not None:
            kept.append(one)
    due_us = [due for one in kept if (due := _due_us(one, numbers)) is not None]
    state = replace(lane, openings=tuple(kept))
    return Step(state, tuple(findings), Wake(min(due_us), device.agent) if due_us else None)


def _due_us(one: Opening, numbers: Numbers) -> int | None:
    """When all that may explain its vehicles has been told; None: there is nothing to judge."""
    return None if one.judged or len(one.vehicles_us) < 2 else one.vehicles_us[-1] + _grace_us(numbers)


def _too_many(lane: Lane, one: Opening, numbers: Numbers) -> int:
    """How many vehicles more than were let through. Where nobody was, the opening itself is the incident."""
    from_us = max(one.after_us, one.from_us - int(numbers["tail_pass_s"] * US_PER_S))
    until_us = max((one.from_us, *one.vehicles_us)) + _grace_us(numbers)
    if lane.fires or any(from_us <= us <= until_us for us in lane.by_hand_us):
        return 0
    let = sum(from_us <= us <= until_us for us in lane.grants_us)
    return max(0, len(one.vehicles_us) - let) if let else 0


def _raise(one: Opening, count: int, *, proven: bool) -> Raise:
    facts = {"vehicles": len(one.vehicles_us), "count": count}
    return Raise(one.episode, one.vehicles_us[1], facts, proven, one.late, again=one.taken_back)


def _grace_us(numbers: Numbers) -> int:
    return int(numbers["tail_grace_s"] * US_PER_S)


TAILGATING = Detector(
    "tailgating",
    "VEH-6",
    3,
    (BarrierState, LoopState, AccessDecided, CommandDone, FireInput, DeviceLink),
    Lane | None,
    step,
    wake,
    about=gates_of,
)
