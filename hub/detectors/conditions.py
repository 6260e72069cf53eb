"""What each kind of reading says about a lasting condition. One small function a condition; all of them are total."""

from typing import Any

from contract.clock import US_PER_S
from contract.readings import (
    AlarmInput,
    ArmState,
    BarrierState,
    CameraLink,
    DeviceLink,
    DoorContact,
    FireInput,
    MotionSeen,
    PanelFault,
    PictureBlinded,
    PictureDark,
    PictureDefocused,
    PictureFrozen,
    PictureMoved,
    PictureOccluded,
    ReaderChannel,
    Reading,
    TamperContact,
)
from hub.detectors.lasting import Condition, Limit, Numbers, Says
from hub.detectors.types import Device, Event

_PICTURES = (PictureDark, PictureFrozen, PictureBlinded, PictureDefocused, PictureMoved, PictureOccluded)
TAMPERED_S = 30.0
"""How long a view may be tampered with where the estate's policy says nothing of it."""


def door_open(event: Event, _device: Device, _numbers: Numbers) -> Says:
    """A door is open. At a start an open door counts as opened then."""
    reading = event.reading
    return _on(reading.open) if isinstance(reading, DoorContact) else _unseen(reading)


def barrier_not_closed(event: Event, _device: Device, _numbers: Numbers) -> Says:
    """A barrier is open, or stuck between (`unknown`). One that moves says nothing: it comes from somewhere and will arrive."""
    reading = event.reading
    if not isinstance(reading, BarrierState):
        return _unseen(reading)
    return None if reading.position == "moving" else _on(reading.position != "closed")


def arm_off(event: Event, _device: Device, _numbers: Numbers) -> Says:
    """A barrier's arm is off."""
    reading = event.reading
    return _on(not reading.attached) if isinstance(reading, ArmState) else None


def input_active(event: Event, _device: Device, _numbers: Numbers) -> Says:
    """An input (tamper, alarm, fire) is active, or a part of a panel is out of order."""
    reading = event.reading
    return _on(reading.active) if isinstance(reading, TamperContact | AlarmInput | FireInput | PanelFault) else None


def reader_refused(event: Event, _device: Device, _numbers: Numbers) -> Says:
    """A card reader answers and is not believed, or may be given its key just now. One that the settings leave plain is as it
    was meant."""
    reading = event.reading
    return _on(reading.state in ("refused", "install")) if isinstance(reading, ReaderChannel) else None


def picture_wrong(event: Event, _device: Device, _numbers: Numbers) -> Says:
    """A picture is dark or frozen, or the view was tampered with; while the stream is lost nobody sees it."""
    reading = event.reading
    return _on(reading.active) if isinstance(reading, _PICTURES) else _unseen(reading)


def motion_of(what: str) -> Condition:
    """Motion of a kind in a zone. A camera that is watched anew tells first that nothing moves."""

    def moves(event: Event, _device: Device, _numbers: Numbers) -> Says:
        reading = event.reading
        return _on(reading.active) if isinstance(reading, MotionSeen) and reading.what == what else None

    return moves


def camera_away(event: Event, device: Device, _numbers: Numbers) -> Says:
    """A camera's stream is lost, or nothing reaches the camera itself. Of one that another device speaks for `device_away` tells.
    Only a stream that is there again ends it."""
    reading = event.reading
    if isinstance(reading, CameraLink):
        return _on(not reading.connected)
    gone = isinstance(reading, DeviceLink) and not reading.up and not reading.by and device.kind == "camera"
    return "holds" if gone else None


def device_away(event: Event, device: Device, _numbers: Numbers) -> Says:
    """The agent has lost a device. Of a camera's own link `camera_away` speaks: one cause, one incident."""
    reading = event.reading
    if not isinstance(reading, DeviceLink) or (device.kind == "camera" and not reading.by):
        return None
    return _on(not reading.up)


def lost_link(event: Event, device: Device) -> str:
    """Whose link it is: with a board all that it speaks for is lost, and that is one cause."""
    return (event.reading.by if isinstance(event.reading, DeviceLink) else "") or device.id


def link_facts(event: Event, numbers: Numbers) -> dict[str, Any]:
    """Why the link was lost, and how long it may be: the board's own number, though others are told of after it."""
    return {"reason": getattr(event.reading, "reason", ""), "limit_s": numbers["device_silent_s"]}


def link_limit(facts: dict[str, Any], numbers: Numbers) -> float:
    """How long the link may be lost, in seconds."""
    return float(facts.get("limit_s", numbers["device_silent_s"]))


def tampered_for(number: str) -> Limit:
    """How long a view may be tampered with, in seconds."""
    return lambda _facts, numbers: numbers.get(number, TAMPERED_S)


BEHIND_MAX = 16


def lost_behind(facts: dict[str, Any], event: Event) -> dict[str, Any]:
    """The facts with one more device that is lost with its board: how many, and the first BEHIND_MAX of them by name."""
    known = facts.get("behind", [])
    if not isinstance(event.reading, DeviceLink) or not event.reading.by or event.device in known:
        return facts
    return {**facts, "behind": [*known, event.device][:BEHIND_MAX], "behind_count": facts.get("behind_count", 0) + 1}


def clock_off(event: Event, _device: Device, numbers: Numbers) -> Says:
    """A device's own clock is off by more than `clock_off_s`; it is right again within half of that."""
    device_at_us = event.device_at_us
    if device_at_us is None:
        return None
    off_us = abs(device_at_us - event.at_us)
    limit_us = numbers["clock_off_s"] * US_PER_S
    if off_us > limit_us:
        return "holds"
    return "ends" if off_us * 2 <= limit_us else None


def _on(holds: bool) -> Says:
    return "holds" if holds else "ends"


def _unseen(reading: Reading) -> Says:
    if isinstance(reading, DeviceLink):
        return None if reading.up else "unseen"
    return "unseen" if isinstance(reading, CameraLink) and not reading.connected else None
