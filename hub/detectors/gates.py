"""What must be explained at gates: a door or a barrier that opens, a vehicle on a loop, a plate that opened a barrier.

A gate is opened by somebody with a right (any medium: contract.permits says which), by a button inside, by a command in
somebody's name, by a fire input that frees it, or, where the estate says so, by its own loop. All else is an incident.
"""

from contract.readings import (
    AccessDecided,
    BarrierState,
    CommandDone,
    DeviceLink,
    DoorContact,
    ExitRequested,
    FireInput,
    LoopState,
    PlateRead,
)
from hub.detectors.types import Device, Event
from hub.detectors.unexplained import Numbers, Rule, Says, unexplained

OPENING_ACTIONS = frozenset(("open", "unlock"))


def gates_of(event: Event, device: Device) -> tuple[str, ...]:
    """The gates that an event is about: of a fire input all that it frees, of anything else the one that the device belongs
    to."""
    return device.frees if isinstance(event.reading, FireInput) else (device.opens,)


def lets_through(event: Event, numbers: Numbers) -> bool:
    """Whether somebody or something has just had the gate opened."""
    reading = event.reading
    if isinstance(reading, AccessDecided):
        return reading.granted
    if isinstance(reading, CommandDone):
        return is_named_opening(reading)
    if isinstance(reading, LoopState):
        return reading.occupied and not reading.faulty and bool(numbers.get("free_exit"))
    return isinstance(reading, ExitRequested)


def is_named_opening(reading: CommandDone) -> bool:
    """An opening by hand: done, and in somebody's name. Why stands in the log of commands."""
    return reading.outcome == "done" and reading.action in OPENING_ACTIONS and bool(reading.actor)


def fire(event: Event, _numbers: Numbers) -> bool | None:
    """A fire input that frees the gate: while it is active, everything opens."""
    return event.reading.active if isinstance(event.reading, FireInput) else None


def _is_barrier(device: Device) -> bool:
    return device.kind == "barrier"


def _is_no_barrier(device: Device) -> bool:
    return device.kind != "barrier"


def _has_plate_camera(device: Device) -> bool:
    return device.kind == "barrier" and bool(device.cameras)


def door_says(event: Event, _numbers: Numbers) -> Says:
    """What a reading says of a door that opens."""
    reading = event.reading
    if isinstance(reading, DoorContact):
        return "begins" if reading.open else "ends"
    return "unseen" if isinstance(reading, DeviceLink) else None


def barrier_says(event: Event, _numbers: Numbers) -> Says:
    """What a reading says of a barrier that leaves the closed position, whatever comes of it."""
    reading = event.reading
    if isinstance(reading, BarrierState):
        return "ends" if reading.position == "closed" else "begins"
    return "unseen" if isinstance(reading, DeviceLink) else None


def _vehicle_says(event: Event, _numbers: Numbers) -> Says:
    """What a reading says of a vehicle on the loop; a loop that is faulty sees none."""
    reading = event.reading
    if isinstance(reading, LoopState):
        return "unseen" if reading.faulty else "begins" if reading.occupied else "ends"
    return "unseen" if isinstance(reading, DeviceLink) else None


def _plate_says(event: Event, _numbers: Numbers) -> Says:
    reading = event.reading
    return "once" if isinstance(reading, AccessDecided) and reading.granted and reading.medium == "plate" else None


def _vehicle_there(event: Event, _numbers: Numbers) -> bool | None:
    """A faulty loop may hide a vehicle, and so counts as occupied."""
    reading = event.reading
    return reading.occupied or reading.faulty if isinstance(reading, LoopState) else None


def _never(_event: Event, _numbers: Numbers) -> bool:
    return False


_PASSES = (AccessDecided, ExitRequested, CommandDone, FireInput)

DOOR_FORCED = unexplained(
    "door_forced",
    "GATE-7",
    2,
    (DoorContact, DeviceLink, *_PASSES),
    Rule(door_says, lets_through, "grant_s", "grace_s", covers=fire, wanted=_is_no_barrier),
    gates_of,
)
BARRIER_UNEXPLAINED = unexplained(
    "barrier_unexplained",
    "VEH-5",
    2,
    (BarrierState, DeviceLink, LoopState, *_PASSES),
    Rule(barrier_says, lets_through, "pass_s", "pass_grace_s", covers=fire, wanted=_is_barrier),
    gates_of,
)
LOOP_PLATE_DISAGREE = unexplained(
    "loop_plate_disagree",
    "VEH-6",
    3,
    (LoopState, PlateRead, DeviceLink),
    Rule(
        _vehicle_says,
        lambda event, _: isinstance(event.reading, PlateRead),
        "plate_before_s",
        "loop_plate_s",
        wanted=_has_plate_camera,
        reason="plate_read",
    ),
    gates_of,
)
PLATE_WITHOUT_VEHICLE = unexplained(
    "plate_without_vehicle",
    "VEH-6",
    2,
    (AccessDecided, LoopState),
    Rule(
        _plate_says,
        _never,
        "vehicle_before_s",
        "plate_loop_s",
        covers=_vehicle_there,
        only_heard=True,
        wanted=_is_barrier,
        reason="vehicle_seen",
        picture=lambda event: str(getattr(event.reading, "picture", "")),
        cause=lambda event: str(getattr(event.reading, "card", "")),  # a plate behind another's vehicle is its own
    ),
    gates_of,
)
