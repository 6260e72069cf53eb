"""What makes a case an alarm: its sound, its state by ISA-18.2, what may never be muted, and the policy's rows about it. Pure."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from hub.cases.types import Case

ALWAYS_HEARD = frozenset(("fire_input", "panic", "guard_silent", "emergency"))
"""Detectors that nobody may shelve, hold back or merge: each of their cases may be somebody's life."""
FIRE = "fire"
NEVER_MERGED = ALWAYS_HEARD | {"duty_gap"}
"""Detectors whose cases chattering merges never: each window that was missed is a duty of its own, and is one gap."""
SOUNDING_PRIORITY_MAX = 3
"""P4 is a hint: it is listed and never sounds."""
FLOOD_PRIORITY_MAX = 2
"""What still sounds in a flood."""

Unless = Literal["acknowledged", "dispatched", "closed"]
SOUNDS: Mapping[int, str] = {1: "p1", 2: "p2", 3: "p3", 4: "none"}

DEFAULTS: Mapping[tuple[str, str], float] = {
    ("EMG-2", "arrive_s"): 180,
    ("EMG-3", "tell_s"): 300,
    ("EMG-4", "review_s"): 259_200,
    ("EMG-5", "inform_s"): 604_800,
    ("MON-3", "answer_s"): 120,
    ("MON-3", "arrive_s"): 300,
    ("CMD-2", "shelve_max_s"): 28_800,
    ("CMD-2", "silence_s"): 60,
    ("CMD-2", "chatter_times"): 3,
    ("CMD-2", "chatter_window_s"): 600,
    ("CMD-2", "flood_begins"): 10,
    ("CMD-2", "flood_ends"): 5,
    ("CMD-2", "flood_window_s"): 600,
    ("CMD-2", "maintenance_max_s"): 43_200,
    ("CMD-2", "stale_s"): 86_400,
    ("CMD-2", "operator_posts"): 1,
    ("MON-1", "sound_s"): 60,
    ("MON-2", "snapshots"): 1,
    ("MON-4", "forecast_days"): 7,
    ("MON-4", "sweep_usual_times"): 3,
    ("MON-7", "hold_before_s"): 300,
    ("MON-7", "hold_after_s"): 900,
    ("MON-8", "key_out_s"): 43_200,
    ("CMD-3", "rings_s"): 15,
    ("GATE-3", "confirm_s"): 600,
    ("GATE-3", "pass_s"): 43_200,
    ("GATE-3", "overstay_close_s"): 604_800,
    ("GATE-3", "resident_link_s"): 2_592_000,
    ("GATE-3", "resident_per_day"): 10,
    ("GATE-3", "resident_open"): 10,
    ("GATE-3", "resident_phone"): 0,
    ("GATE-4", "consent_s"): 1_800,
    ("GATE-4", "unclaimed_s"): 172_800,
    ("GATE-5", "erase_days"): 180,
    ("GATE-5", "looks_per_hour"): 20,
    ("GATE-5", "searches_per_hour"): 60,
    ("MON-5", "link_s"): 900,
    ("MON-5", "views"): 100,
    ("MON-5", "exports"): 10,
    ("MON-5", "export_days"): 7,
    ("GATE-5", "rooms_per_hour"): 120,
    ("VEH-2", "temporary_s"): 7_200,
    ("VEH-3", "overstay_s"): 43_200,
    ("VEH-4", "hours_from_s"): 25_200,
    ("VEH-4", "hours_until_s"): 72_000,
}
"""What holds where an estate's policy was written before these numbers were: the shipped policy's. A test holds the two equal."""


class AlarmRule(NamedTuple):
    """What the policy says of a detector at a place of a class. `priority` None: the detector's own; `sound` empty: the
    priority's."""

    priority: int | None = None
    sound: str = ""


class ChainStep(NamedTuple):
    """A step of an escalation chain: so long after the case called, unless that much was done, these are told. Empty
    `detectors`, `clauses`: all."""

    step: str
    clause: str
    zh: str
    en: str
    priorities: tuple[int, ...]
    detectors: tuple[str, ...]
    after_s: float
    unless: Unless
    tell: tuple[str, ...]
    level: int
    clauses: tuple[str, ...] = ()

    def fits(self, case: Case) -> bool:
        """Whether the step is one for this case."""
        of_these = (not self.detectors or case.detector in self.detectors) and (not self.clauses or case.clause in self.clauses)
        return case.priority in self.priorities and of_these


def always_heard(case: Case) -> bool:
    """Whether nobody may shelve or merge the case. What has the fire tone by policy is a fire alarm too."""
    return case.detector in ALWAYS_HEARD or case.sound == FIRE


def calls(case: Case) -> bool:
    """Whether somebody is still to be called: nobody has taken the case, and it is neither a hint nor late."""
    return case.state == "open" and not case.late and case.priority <= SOUNDING_PRIORITY_MAX


def sounds(case: Case) -> bool:
    """Whether it sounds: it calls, and where it began to in a flood, it is of the two upper priorities."""
    return calls(case) and (not case.flood or case.priority <= FLOOD_PRIORITY_MAX)


def sound_of(case: Case) -> str:
    """The tone that it has while it sounds: `fire`, `p1`, `p2`, `p3`, or `none`."""
    return case.sound or SOUNDS[case.priority]


def alarm_state(case: Case) -> str:
    """`unacknowledged`, `acknowledged`, each of them also `…_returned`; `shelved`, `held`, or `ended`."""
    if case.state in ("shelved", "held"):
        return case.state
    taken = {"open": "unacknowledged", "acknowledged": "acknowledged"}.get(case.state)
    if taken is None:
        return "ended"
    return taken if case.active else f"{taken}_returned"
