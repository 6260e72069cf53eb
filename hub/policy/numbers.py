"""Which clauses a policy has, and which numbers, in which unit and range: the table that every policy file is held against."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Number(NamedTuple):
    """What one number may be. `says`: what it is, in words; `floor`: why `low` may not be gone below, where a law says so;
    `required` False: the hub does without it."""

    says: str
    low: float
    high: float
    whole: bool = False
    floor: str = ""
    required: bool = True


_HOUR, _DAY = 3_600, 86_400
_LOGS = "the Cybersecurity Law asks for six months of network logs"
_FOOTAGE = "the regulation on public-security video systems asks for 30 days"

CLAUSES: Mapping[str, Mapping[str, Number]] = {
    "GATE-3": {
        "confirm_s": Number("how long a resident has to confirm a visitor, in seconds", 30, _HOUR, required=False),
        "pass_s": Number("how long a visitor's pass is valid, in seconds", 60, _DAY, required=False),
        "overstay_close_s": Number(
            "how long after overstaying a visit is closed where nobody says that it ended, in seconds",
            _HOUR,
            30 * _DAY,
            required=False,
        ),
        "resident_link_s": Number(
            "how long a resident's own link registers visitors, in seconds", 60, 366 * _DAY, required=False
        ),
        "resident_per_day": Number("how many visitors one resident may register in a day", 0, 200, whole=True, required=False),
        "resident_open": Number(
            "how many visits that a resident registered may wait at once", 1, 200, whole=True, required=False
        ),
        "resident_phone": Number("1: a resident must give the visitor's phone; 0: need not", 0, 1, whole=True, required=False),
    },
    "GATE-4": {
        "consent_s": Number("how long a resident has to agree to delivery at the door, in seconds", 30, _DAY, required=False),
        "unclaimed_s": Number("how long goods may lie at the drop-off point, in seconds", _HOUR, 30 * _DAY, required=False),
    },
    "GATE-5": {
        "passage_days": Number("how long passages at gates are kept, in days", 1, 3_650),
        "searches": Number("how many searches for people and plates somebody may make in an hour", 1, 1_000, whole=True),
        "erase_days": Number("how long after a visit what is personal goes, in days", 1, 180, whole=True, required=False),
        "looks_per_hour": Number(
            "how often somebody may see a visitor unmasked in an hour", 1, 1_000, whole=True, required=False
        ),
        "searches_per_hour": Number("how often somebody may look for a visitor in an hour", 1, 1_000, whole=True, required=False),
        "rooms_per_hour": Number("how often a guard may look a room up in an hour", 1, 5_000, whole=True, required=False),
    },
    "VEH-2": {
        "temporary_s": Number("how long a temporary permit is valid, in seconds", 60, _DAY, required=False),
    },
    "VEH-3": {
        "overstay_s": Number("how long a visitor's vehicle may stay, in seconds", 60, 7 * _DAY, required=False),
    },
    "VEH-4": {
        "hours_from_s": Number("from when on trucks may pass, in seconds after midnight", 0, _DAY, required=False),
        "hours_until_s": Number("until when trucks may pass, in seconds after midnight", 0, _DAY, required=False),
    },
    "GATE-1": {},
    "GATE-2": {
        "no_clock_allows": Number(
            "1: a gate that does not know the time lets through who was good when it last knew it; 0: it refuses",
            0,
            1,
            whole=True,
            required=False,
        ),
        "calendar_end_refuses": Number(
            "1: behind the days that a gate was told of it refuses; 0: it repeats the last week", 0, 1, whole=True, required=False
        ),
    },
    "GATE-6": {
        "passbacks": Number("how many refusals of those who are on that side already are too many", 1, 100, whole=True),
        "passbacks_window_s": Number("the window of those refusals, in seconds", 1, _HOUR),
        "stopped_quiet_s": Number("how long after a stopped credential's use another is a new incident, in seconds", 1, _DAY),
        "travel_s": Number("how long it takes at least from one place with gates to another, in seconds", 0, _HOUR),
        "passback_s": Number(
            "how long nobody goes in a second time where a gate holds to that, in seconds", 0, _DAY, required=False
        ),
        "passback_unknown_refuses": Number(
            "1: a gate that does not know who is inside refuses where passback is hard; 0: it lets through",
            0,
            1,
            whole=True,
            required=False,
        ),
        "passback_hears_s": Number(
            "after how long without news of the other gates a gate does not know who is inside, in seconds",
            21,
            _HOUR,
            whole=True,
            required=False,
        ),
    },
    "VEH-1": {},
    "GATE-7": {
        "held_s": Number("how long a door may stand open, in seconds", 1, _HOUR),
        "refusals": Number("how many refusals in the window are too many", 1, 100, whole=True),
        "refusals_window_s": Number("the window of the refusals, in seconds", 1, _HOUR),
        "grant_s": Number("how long after a pass a door may open, in seconds", 1, 300),
        "grace_s": Number("how much later than the opening a pass may be reported, in seconds", 0, 30),
    },
    "VEH-5": {
        "pass_s": Number("how long after a pass a barrier may open, in seconds", 1, 300),
        "pass_grace_s": Number("how much later than the opening a pass may be reported, in seconds", 0, 30),
        "free_exit": Number("whether a barrier's own loop opens it (1) or not (0)", 0, 1, whole=True),
    },
    "VEH-6": {
        "left_open_s": Number("how long a barrier may stay open, in seconds", 1, _HOUR),
        "tail_pass_s": Number("how long before an opening a vehicle may have been let through, in seconds", 1, 300),
        "tail_grace_s": Number("how much later than a vehicle its pass may be reported, in seconds", 0, 60),
        "loop_gap_s": Number("how long the loop is free between two vehicles at least, in seconds", 0, 60),
        "loop_plate_s": Number("how soon after a vehicle is on the loop its plate is read, in seconds", 1, 600),
        "plate_before_s": Number("how long before a vehicle is on the loop its plate may have been read, in seconds", 1, 600),
        "plate_loop_s": Number("how soon after its plate opened a vehicle is on the loop, in seconds", 1, 600),
        "vehicle_before_s": Number("how long before its plate is read a vehicle may have left the loop, in seconds", 0, 600),
        "plate_doubt_s": Number("how long after a plate in doubt another one is a new incident, in seconds", 1, _HOUR),
        "watch_quiet_s": Number("how long after a watched plate was seen it is a new incident, in seconds", 1, _DAY),
    },
    "MON-2": {
        "camera_lost_s": Number("how long a stream may be lost, in seconds", 1, _HOUR),
        "camera_dark_s": Number("how long a picture may be dark, in seconds", 1, _HOUR),
        "camera_frozen_s": Number("how long a picture may be frozen, in seconds", 1, _HOUR),
        "snapshots": Number(
            "whether a camera takes a picture when it is asked (1), or only pushes (0)", 0, 1, whole=True, required=False
        ),
        "camera_blinded_s": Number("how long a light may blind a camera, in seconds", 1, _HOUR, required=False),
        "camera_defocused_s": Number("how long a picture may be out of focus, in seconds", 1, _HOUR, required=False),
        "camera_moved_s": Number("how long a camera may look elsewhere, in seconds", 1, _HOUR, required=False),
        "camera_occluded_s": Number("how long a view may be covered, in seconds", 1, _HOUR, required=False),
    },
    "MON-3": {
        "acknowledge_s": Number("how soon priority 2 is acknowledged, in seconds", 1, _DAY),
        "answer_s": Number("how soon a guard who is sent answers, in seconds", 1, _HOUR, required=False),
        "arrive_s": Number("how soon a guard who is sent is on the spot, in seconds", 1, _HOUR, required=False),
    },
    "MON-4": {
        "footage_days": Number("how long footage is kept, in days", 30, 3_650, whole=True, floor=_FOOTAGE, required=False),
        "key_footage_days": Number(
            "how long a key camera's footage is kept, in days", 30, 3_650, whole=True, floor=_FOOTAGE, required=False
        ),
        "footage_days_max": Number(
            "after how many days no footage may be left that nobody holds", 30, 3_650, whole=True, floor=_FOOTAGE, required=False
        ),
        "key_camera": Number("1: a camera is a key one; of a camera, in the estate", 0, 1, whole=True, required=False),
        "forecast_days": Number("how many days ahead a disk that will not do is told of", 1, 60, required=False),
        "sweep_usual_times": Number(
            "over how many usual days' footage may not go in a day before people are asked", 1.5, 30, required=False
        ),
        "picture_days": Number("how long pictures of cameras are kept, in days", 30, 3_650, floor=_FOOTAGE),
    },
    "MON-5": {
        "link_s": Number("how long a link to footage lasts unused, in seconds", 60, _HOUR, required=False),
        "views": Number("how many views of footage a person may ask for in 24 hours", 1, 10_000, required=False, whole=True),
        "exports": Number("how many exports of footage a person may ask for in 24 hours", 1, 1_000, required=False, whole=True),
        "export_days": Number("how long an exported archive is kept at the hub, in days", 1, 30, required=False, whole=True),
    },
    "MON-6": {
        "footage_hole_s": Number("how long nothing may be recorded of a camera, in seconds", 5, _HOUR),
        "recorded": Number("1: the camera is to be recorded; 0: it is not", 0, 1, whole=True, required=False),
    },
    "EMG-1": {},
    "EMG-2": {
        "acknowledge_s": Number("how soon priority 1 is acknowledged, in seconds", 1, _HOUR),
        "arrive_s": Number("how soon a guard is on the spot of priority 1, in seconds", 1, _HOUR, required=False),
    },
    "EMG-3": {
        "tell_s": Number("how soon superiors and authorities are told of an emergency, in seconds", 1, _DAY, required=False),
    },
    "EMG-4": {
        "review_s": Number("how soon after an emergency its review is approved, in seconds", _HOUR, 90 * _DAY, required=False),
    },
    "EMG-5": {
        "inform_s": Number("how soon after an emergency residents are told of it, in seconds", _HOUR, 90 * _DAY, required=False),
    },
    "CMD-1": {
        "agent_silent_s": Number("how long an agent may be silent, in seconds", 1, _HOUR),
        "device_silent_s": Number("how long a device may be out of reach, in seconds", 1, _DAY),
        "clock_off_s": Number("how far off a device's clock may be, in seconds", 1, _DAY),
        "clock_off_for_s": Number("how long it must be off, in seconds", 0, _DAY),
        "quiet_s": Number("how long after the last of a kind a new one is a new incident, in seconds", 1, _DAY),
        "takeover_connects": Number("how often an agent may connect in the window", 2, 100, whole=True),
        "takeover_window_s": Number("the window of an agent's connections, in seconds", 1, _HOUR),
        "late_s": Number("what is older when it comes in is late, in seconds", 1, _DAY),
        "source_stall_s": Number("how long a silent source is waited for after a deadline, in seconds", 1, _HOUR),
        "event_days": Number("how long events are kept, in days", 184, 3_650, floor=_LOGS),
    },
    "CMD-2": {
        "acknowledge_p3_s": Number("how soon priority 3 is acknowledged, in seconds", 1, 7 * _DAY),
        "acknowledge_p4_s": Number("how soon priority 4 is acknowledged, in seconds", 1, 7 * _DAY),
        "resolve_p1_s": Number("how soon priority 1 is brought to an end, in seconds", 1, 30 * _DAY),
        "resolve_p2_s": Number("how soon priority 2 is brought to an end, in seconds", 1, 30 * _DAY),
        "resolve_p3_s": Number("how soon priority 3 is brought to an end, in seconds", 1, 30 * _DAY),
        "resolve_p4_s": Number("how soon priority 4 is brought to an end, in seconds", 1, 30 * _DAY),
        "shelve_max_s": Number("how long an alarm may be shelved, in seconds", 60, 8 * _HOUR, required=False),
        "silence_s": Number("how long the sound is off, in seconds", 1, 60, required=False),
        "chatter_times": Number("how often a source comes back before it chatters", 1, 100, whole=True, required=False),
        "chatter_window_s": Number(
            "the window of the times it came back, in seconds; 0: nothing is merged", 0, _DAY, required=False
        ),
        "flood_begins": Number("over how many new alarms in the window a flood begins", 1, 100, whole=True, required=False),
        "flood_ends": Number("under how many new alarms in the window it ends", 1, 100, whole=True, required=False),
        "flood_window_s": Number("the window of the flood, in seconds", 1, _HOUR, required=False),
        "maintenance_max_s": Number("how long a maintenance window may last, in seconds", 60, 3 * _DAY, required=False),
        "stale_s": Number("how long an alarm lasts before it is stale, in seconds", _HOUR, 30 * _DAY, required=False),
        "operator_posts": Number("how many operators share the alarms", 1, 100, whole=True, required=False),
    },
    "PAT-1": {},
    "PAT-2": {
        "checkpoint_min_s": Number("how soon the same person can be at another checkpoint, in seconds", 0, _HOUR),
        "apart_s": Number("within how long one person or tag cannot be at two places, in seconds", 0, _HOUR),
        "scan_clock_off_s": Number("how far off the clock of what stored a scan may be, in seconds", 1, _DAY),
    },
    "PAT-3": {},
    "PAT-4": {},
    "PAT-5": {
        "record_days": Number("how long the record of patrols is kept, in days", 30, 3_650, required=False),
    },
    "PAT-6": {
        "lone_silent_s": Number("how long a guard who is alone may give no sign, in seconds", 60, _DAY),
    },
    "PAT-7": {
        "late_scan_max_s": Number("how late a scan may come and still count, in seconds", _HOUR, 3 * _DAY),
        "phone_days": Number("how long a guard's phone works without a new sign-in, in days", 1, 90, whole=True, required=False),
    },
    "MON-1": {
        "sound_s": Number("how long after its opening an unanswered check-in sounds, in seconds", 1, _HOUR, required=False),
    },
    "MON-7": {
        "hold_before_s": Number("how much is held before an incident, in seconds", 0, _DAY, required=False),
        "hold_after_s": Number("how much is held after an incident, in seconds", 0, _DAY, required=False),
    },
    "MON-8": {
        "key_out_s": Number("how long an item of the register may be out, in seconds", 60, 7 * _DAY, required=False),
    },
    "CMD-3": {
        "rings_s": Number("how soon the phone is answered, in seconds", 1, 120, required=False),
    },
    "CMD-4": {},
    "CLN-1": {},
    "CLN-2": {},
    "CLN-3": {},
    "CLN-4": {},
    "CLN-5": {},
    "MAT-4": {},
    "QUA-1": {},
    "QUA-2": {},
    "REP-1": {
        "hold_s": Number("how long a value must stay beyond its threshold, in seconds", 0, _DAY),
        "hysteresis_percent": Number("how far back inside a value must be to be normal, in percent of the threshold", 0, 50),
    },
}

LEGAL = frozenset(clause for clause, numbers in CLAUSES.items() if any(number.floor for number in numbers.values()))
"""Clauses that must name their legal basis."""

OF_A_DEVICE: frozenset[str] = frozenset(
    (
        *CLAUSES["GATE-6"],
        *CLAUSES["GATE-7"],
        *CLAUSES["VEH-5"],
        *CLAUSES["VEH-6"],
        *CLAUSES["MON-2"],
        *CLAUSES["MON-6"],
        *CLAUSES["REP-1"],
        *("footage_days", "key_camera"),
        *("device_silent_s", "clock_off_s", "clock_off_for_s", "agent_silent_s"),
    )
)
"""Numbers that a device's options may have otherwise than the policy."""

_THRESHOLD = re.compile(r"[a-z][a-z0-9_]*_(max|min|hysteresis|hold_s)")


AGENT_BEAT_S = 10
"""How often an agent that has nothing to say says that it is there. A test holds it to the agent's own number."""
AGENT_SILENT_LEAST_S = 25
"""Two of them, and the way to the hub: an agent of which one word was lost is not silent."""


def is_option(name: str) -> bool:
    """Whether a device may have a number of that name: one of the policy's, or a threshold such as `water_flow_max`."""
    return name in OF_A_DEVICE or _THRESHOLD.fullmatch(name) is not None


def option_faults(name: str, value: float) -> Iterator[tuple[str, str]]:
    """What is wrong with a device's own number: it keeps the range of the policy's."""
    found = next((table[name] for table in CLAUSES.values() if name in table and name in OF_A_DEVICE), None)
    yield from () if found is None else faults(found, value)
    yield from too_short(name, value)


def too_short(name: str, value: float) -> Iterator[tuple[str, str]]:
    """What no agent could keep, though it were well."""
    if name == "agent_silent_s" and value < AGENT_SILENT_LEAST_S:
        why = f"an agent that is well says so every {AGENT_BEAT_S} s, and one word of it may be lost"
        yield f"{value:g} is too short", f"write {AGENT_SILENT_LEAST_S} at least, since {why}"


def faults(number: Number, value: float) -> Iterator[tuple[str, str]]:
    """What is wrong with a value, and what to write instead."""
    if not number.low <= value <= number.high:
        below = f", since {number.floor}" if number.floor and value < number.low else ""
        yield f"{value:g} is out of range", f"write {number.says}, from {number.low:g} to {number.high:g}{below}"
    elif number.whole and value != int(value):
        yield f"{value:g} is not a whole number", f"write {number.says}"
