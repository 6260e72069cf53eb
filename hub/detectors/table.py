"""All detectors, one row each: the table that a person reads to know what the hub notices."""

from typing import Any

from contract.clock import US_PER_S
from contract.readings import (
    KINDS,
    AccessDecided,
    AgentStarted,
    AlarmInput,
    ArmState,
    AuditHeadConflict,
    BarrierState,
    CameraLink,
    DeviceLink,
    DoorContact,
    Dropped,
    FireInput,
    Heartbeat,
    Measurement,
    MotionSeen,
    PanelFault,
    PictureBlinded,
    PictureDark,
    PictureDefocused,
    PictureFrozen,
    PictureMoved,
    PictureOccluded,
    PlateRead,
    ReaderChannel,
    Reading,
    TamperContact,
)
from hub.detectors import conditions, measure, refusals
from hub.detectors.agents import AGENT_SILENT
from hub.detectors.counting import counting
from hub.detectors.footage import FOOTAGE_HOLE
from hub.detectors.gates import BARRIER_UNEXPLAINED, DOOR_FORCED, LOOP_PLATE_DISAGREE, PLATE_WITHOUT_VEHICLE
from hub.detectors.guards import GUARD_SILENT, OBSERVATION, PANIC
from hub.detectors.lasting import lasting
from hub.detectors.tailgating import TAILGATING
from hub.detectors.travel import IMPOSSIBLE_TRAVEL
from hub.detectors.types import AgentCame, Detector, Device, Event, ForeignReport, PlateWatched, Quarantined, SequenceJumped

OF_DEVICES = tuple(
    kind for kind in KINDS.values() if kind not in (AgentStarted, Heartbeat, Dropped, AuditHeadConflict) and not kind.STORED
)
"""Readings that a device makes, and so may carry the device's own time. What was stored in it for hours is older than its record
by as much, and says nothing of its clock."""


def _zone(event: Event, device: Device) -> str:
    """One input of a board that has several."""
    name = getattr(event.reading, "name", "")
    return f"{device.id}/{name}" if name else device.id


def _watched_zone(event: Event, device: Device) -> str:
    """One zone of a camera."""
    zone = getattr(event.reading, "zone", "")
    return f"{device.id}/{zone}" if zone else device.id


def _says_zone(event: Event, _numbers: dict[str, float]) -> dict[str, Any]:
    zone = getattr(event.reading, "zone", "")
    return {"name": zone} if zone else {}


def _reason(event: Event, device: Device) -> str:
    return f"{device.id}/{getattr(event.reading, 'reason', '')}"


def _lost_kind(event: Event, device: Device) -> str:
    """A gap in measurements alone is another matter than one in events."""
    return f"{device.id}/measurements" if _measurements_only(event) else device.id


def _measurements_only(event: Event) -> bool:
    reading = event.reading
    return isinstance(reading, Dropped) and not reading.events and not reading.alarms


def _says_reason(event: Event, _numbers: dict[str, float] | None = None) -> dict[str, Any]:
    return {"reason": getattr(event.reading, "reason", "")}


def _says_name(event: Event, _numbers: dict[str, float] | None = None) -> dict[str, Any]:
    name = getattr(event.reading, "name", "")
    return {"name": name} if name else {}


def _gap_facts(event: Event) -> dict[str, Any]:
    reading = event.reading
    if isinstance(reading, SequenceJumped):
        return {"first": reading.first, "last": reading.last}
    assert isinstance(reading, Dropped)
    lost = {"measurements": reading.measurements, "events": reading.events, "alarms": reading.alarms}
    return {"first": event.seq, "last": reading.last_seq, **lost}


def _head_facts(event: Event) -> dict[str, Any]:
    reading = event.reading
    assert isinstance(reading, AuditHeadConflict)
    return {"reason": reading.reason, "no": reading.no, "kept_no": reading.kept_no}


def _clock_facts(event: Event, _numbers: dict[str, float]) -> dict[str, Any]:
    return {"off_s": round(((event.device_at_us or event.at_us) - event.at_us) / US_PER_S, 3)}


# fmt: off
DETECTORS: tuple[Detector, ...] = (
    lasting("fire_input", "EMG-2", 1, (FireInput,), condition=conditions.input_active, limit=None, subject=_zone,
            facts=lambda event, _: {"name": getattr(event.reading, "name", "")}),
    lasting("alarm_input", "EMG-2", 1, (AlarmInput,), condition=conditions.input_active, limit=None, subject=_zone,
            facts=lambda event, _: {"name": getattr(event.reading, "name", "")}),
    DOOR_FORCED,
    lasting("door_held", "GATE-7", 3, (DoorContact, DeviceLink), condition=conditions.door_open, limit="held_s"),
    counting("repeated_refusals", "GATE-7", 3, (AccessDecided,), counts=refusals.of_a_stranger, limit="refusals",
             window="refusals_window_s", facts=_says_reason),
    counting("passback", "GATE-6", 3, (AccessDecided,), counts=refusals.of_the_wrong_side, limit="passbacks",
             window="passbacks_window_s", facts=refusals.facts),
    counting("stopped_credential", "GATE-6", 2, (AccessDecided,), counts=refusals.of_a_stopped_one, limit=None,
             window="stopped_quiet_s", facts=refusals.facts),
    IMPOSSIBLE_TRAVEL,
    lasting("tamper", "GATE-7", 2, (TamperContact,), condition=conditions.input_active, limit=None, subject=_zone,
            facts=_says_name),
    lasting("reader_refused", "GATE-7", 2, (ReaderChannel,), condition=conditions.reader_refused, limit=None,
            facts=_says_reason),
    lasting("panel_fault", "REP-1", 3, (PanelFault,), condition=conditions.input_active, limit=None, subject=_zone,
            facts=_says_name),
    lasting("barrier_left_open", "VEH-6", 3, (BarrierState, DeviceLink), condition=conditions.barrier_not_closed,
            limit="left_open_s"),
    BARRIER_UNEXPLAINED,
    TAILGATING,
    LOOP_PLATE_DISAGREE,
    PLATE_WITHOUT_VEHICLE,
    counting("plate_unreadable", "VEH-6", 2, (AccessDecided, PlateRead), counts=refusals.of_a_doubtful_plate, limit=None,
             window="plate_doubt_s", facts=refusals.plate_facts, about=refusals.at_a_gate, proof="agent"),
    counting("plate_watched", "VEH-6", 2, (PlateWatched,), counts=lambda _: True, limit=None, window="watch_quiet_s",
             facts=refusals.watch_facts, subject=refusals.watched, priority_of=refusals.watch_priority, proof="clock"),
    lasting("arm_knocked_off", "VEH-6", 2, (ArmState,), condition=conditions.arm_off, limit=None),
    lasting("camera_lost", "MON-2", 2, (CameraLink, DeviceLink), condition=conditions.camera_away, limit="camera_lost_s",
            facts=_says_reason, proof="agent"),
    lasting("camera_dark", "MON-2", 3, (PictureDark, CameraLink, DeviceLink), condition=conditions.picture_wrong,
            limit="camera_dark_s", facts=lambda event, _: {"mean_luma": getattr(event.reading, "mean_luma", 0.0)}),
    lasting("camera_frozen", "MON-2", 2, (PictureFrozen, CameraLink, DeviceLink), condition=conditions.picture_wrong,
            limit="camera_frozen_s"),
    FOOTAGE_HOLE,
    lasting("camera_blinded", "MON-2", 2, (PictureBlinded, CameraLink, DeviceLink), condition=conditions.picture_wrong,
            limit=conditions.tampered_for("camera_blinded_s")),
    lasting("camera_defocused", "MON-2", 3, (PictureDefocused, CameraLink, DeviceLink), condition=conditions.picture_wrong,
            limit=conditions.tampered_for("camera_defocused_s")),
    lasting("camera_moved", "MON-2", 2, (PictureMoved, CameraLink, DeviceLink), condition=conditions.picture_wrong,
            limit=conditions.tampered_for("camera_moved_s")),
    lasting("camera_occluded", "MON-2", 2, (PictureOccluded, CameraLink, DeviceLink), condition=conditions.picture_wrong,
            limit=conditions.tampered_for("camera_occluded_s")),
    lasting("zone_after_hours", "MON-2", 3, (MotionSeen,), condition=conditions.motion_of("after_hours"), limit=None,
            subject=_watched_zone, facts=_says_zone),
    lasting("zone_intrusion", "MON-2", 2, (MotionSeen,), condition=conditions.motion_of("intrusion"), limit=None,
            subject=_watched_zone, facts=_says_zone),
    lasting("zone_loitering", "MON-2", 3, (MotionSeen,), condition=conditions.motion_of("loitering"), limit=None,
            subject=_watched_zone, facts=_says_zone),
    lasting("measurement_over_threshold", "REP-1", 3, (Measurement,), condition=measure.over, limit=measure.hold_s,
            facts=measure.facts, subject=measure.subject),
    AGENT_SILENT,
    lasting("device_silent", "CMD-1", 3, (DeviceLink,), condition=conditions.device_away, limit=conditions.link_limit,
            facts=conditions.link_facts, more=conditions.lost_behind, proof="agent", subject=conditions.lost_link),
    lasting("device_clock_off", "CMD-1", 4, OF_DEVICES, condition=conditions.clock_off, limit="clock_off_for_s",
            facts=_clock_facts, clocked=True),
    counting("sequence_gap", "CMD-1", 2, (Dropped, SequenceJumped), counts=lambda _: True, limit=None, window="quiet_s",
             facts=_gap_facts, subject=_lost_kind, priority_of=lambda event: 4 if _measurements_only(event) else None,
             proof="agent"),
    PANIC,
    GUARD_SILENT,
    OBSERVATION,
    counting("foreign_report", "CMD-1", 2, (ForeignReport,), counts=lambda _: True, limit=None, window="quiet_s",
             facts=_says_reason, subject=_reason, proof="clock"),
    counting("audit_head_conflict", "CMD-1", 1, (AuditHeadConflict,), counts=lambda _: True, limit=None, window="quiet_s",
             facts=_head_facts, subject=_reason, proof="agent"),
    counting("agent_takeover", "CMD-1", 2, (AgentCame,), counts=lambda _: True, limit="takeover_connects",
             window="takeover_window_s", proof="clock"),
    counting("quarantined", "CMD-1", 3, (Quarantined,), counts=lambda _: True, limit=None, window="quiet_s",
             facts=_says_reason, subject=_reason, proof="clock"),
)
# fmt: on

BY_NAME: dict[str, Detector] = {detector.name: detector for detector in DETECTORS}


def _by_kind() -> dict[type[Reading], tuple[Detector, ...]]:
    kinds = {kind for detector in DETECTORS for kind in detector.kinds}
    return {kind: tuple(detector for detector in DETECTORS if kind in detector.kinds) for kind in kinds}


BY_KIND: dict[type[Reading], tuple[Detector, ...]] = _by_kind()
"""The detectors that a reading of each kind is shown to."""
