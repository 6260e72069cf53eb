"""Refusals at gates, by what they mean: one refusal is of one sort, so that one cause is one incident."""

from typing import Any, Literal

from contract.plates import canonical
from contract.readings import AccessDecided, PlateRead
from hub.detectors.types import Device, Event, PlateWatched

WRONG_SIDE = frozenset(("passback", "space_taken"))
STOPPED = frozenset(("lost", "revoked", "replaced"))
DOUBTFUL = frozenset(("unreadable_plate", "doubtful_plate", "odd_plate"))
OWN_SORT = WRONG_SIDE | STOPPED | DOUBTFUL


def of_a_stranger(event: Event) -> bool:
    """Somebody has no right here, and may try again: what has no sort of its own."""
    return _reason(event) not in ("", *OWN_SORT)


def of_the_wrong_side(event: Event) -> bool:
    """Somebody is there already: a card handed back over the fence, or a copy."""
    return _reason(event) in WRONG_SIDE


def of_a_stopped_one(event: Event) -> bool:
    """What was reported lost, revoked or replaced is in somebody's hands."""
    return _reason(event) in STOPPED


def of_a_doubtful_plate(event: Event) -> bool:
    """A vehicle waits, and its plate cannot be acted on: somebody has to look."""
    reading = event.reading
    if isinstance(reading, PlateRead):
        return reading.doubtful or not canonical(reading.plate).text
    return _reason(event) in DOUBTFUL


def at_a_gate(_event: Event, device: Device) -> tuple[str, ...]:
    """The gate that the camera or the reader belongs to. A plate that a camera reads elsewhere keeps nobody waiting."""
    return (device.opens,) if device.opens != device.id else ()


def facts(event: Event) -> dict[str, Any]:
    """Why, of which medium and which right."""
    reading = event.reading
    assert isinstance(reading, AccessDecided)
    return {"reason": reading.reason, "medium": reading.medium, "permit": reading.permit}


def plate_facts(event: Event) -> dict[str, Any]:
    """What was read, and the picture to look at."""
    reading = event.reading
    assert isinstance(reading, AccessDecided | PlateRead)
    reason = reading.reason if isinstance(reading, AccessDecided) else "doubtful_plate" if reading.plate else "unreadable_plate"
    return {"reason": reason, "plate": reading.plate[:40], **({"picture": reading.picture} if reading.picture else {})}


def watched(event: Event, device: Device) -> str:
    """Each entry of the watch list at each gate by itself."""
    return f"{device.opens}/{getattr(event.reading, 'watch', '')}"


def watch_facts(event: Event) -> dict[str, Any]:
    """Which plate, and what stands in the list."""
    reading = event.reading
    assert isinstance(reading, PlateWatched)
    return {"plate": reading.plate, "why": reading.why, **({"picture": reading.picture} if reading.picture else {})}


def watch_priority(event: Event) -> Literal[1, 2, 3, 4] | None:
    """The entry's own."""
    return event.reading.priority if isinstance(event.reading, PlateWatched) else None


def _reason(event: Event) -> str:
    """Of a refusal; empty for anything else."""
    reading = event.reading
    return reading.reason if isinstance(reading, AccessDecided) and not reading.granted else ""
