"""Which windows are kept. Pure: a lane's windows and its scans in, what fills what and what follows from it out.

The order in which evidence arrives does not matter, only when it was made.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from hub.duties.types import Duty, Flag, Person, Route, Scan, Window, WindowState

GRACE_US = 800_000
"""After a window's end its sources have so long to report, before the gap is raised as unproven: within the second."""

WhyNot = Literal["other_source", "other_duty", "no_report", "other_post"] | Flag
"""Why a scan is no evidence: the name of a rule, or of a flag."""

Reason = Literal[
    "in_time", "not_over", "waiting", "no_evidence", "source_silent", "source_silent_too_long", "source_away", "records_lost"
]


AWAY_MIN_US = 60_000_000
"""A reader that was out of reach for less was only flickering: whoever gets no beep holds the card to it again."""
SOURCE_AWAY = "source_away"
"""The note of a window during which a fixed source was out of reach: that nothing came from it proves nothing, whatever it says
afterwards."""
RECORDS_LOST = "records_lost"
"""The note of a window of which evidence may have been lost with the hub's database; see hub/duties/restored.py."""
UNPROVABLE = (SOURCE_AWAY, RECORDS_LOST)
"""The notes of windows that can be kept or stay unproven, and cannot be missed any more."""


class Moment(NamedTuple):
    """When a verdict is asked for. `ready_us`: since when the hub has been able to hear its sources; `silent_max_us`: how long
    after its end a window stays unproven."""

    now_us: int
    ready_us: int
    silent_max_us: int


class Verdict(NamedTuple):
    """What a window is, and the name of the reason."""

    state: Literal["open", "kept", "unproven", "missed"]
    reason: Reason


def fill(windows: Sequence[Window], scans: Sequence[Scan], counts: Callable[[Scan, Window], bool]) -> dict[str, Scan]:
    """Which scan keeps which window, by the windows' ids. Both in the order of their times; the windows of a lane are proper.

    Each scan goes to the unfilled window that ends first among those it lies in. As the windows are proper, no other choice would
    keep more of them.
    """
    filled: dict[str, Scan] = {}
    first = 0
    for scan in scans:
        while first < len(windows) and (windows[first].ends_us < scan.at_us or windows[first].window_id in filled):
            first += 1
        for at in range(first, len(windows)):
            window = windows[at]
            if window.opens_us > scan.at_us:
                break
            if window.window_id not in filled and counts(scan, window):
                filled[window.window_id] = scan
                break
    return filled


def settled(windows: Sequence[Window], whole_us: int, holds: Callable[[Window], bool]) -> Iterator[Window]:
    """The windows whose evidence stands and is not looked for anew: they opened before `whole_us`, since when all scans and
    windows are known, so that what once decided between them and their neighbours may be gone. `holds`: whether a window's
    evidence still counts, as far as is known."""
    for window in windows:
        if window.opens_us >= whole_us:
            return
        if window.evidence is not None and holds(window):
            yield window


def evidence_of(scan: Scan) -> str:
    """How a window names the scan that filled it."""
    return f"{scan.source}|{scan.key}"


def verdict(window: Window, filled: bool, reported_us: int, moment: Moment, *, fixed_silent: bool = False) -> Verdict:
    """What the window is. `reported_us`: up to when all its sources have reported; `fixed_silent`: one that has not is fastened
    to its place. Such a one keeps nothing back: nobody is blamed for what it could not hear."""
    now_us = moment.now_us
    if filled:
        return Verdict("kept", "in_time")
    if now_us < window.ends_us:
        return Verdict("open", "not_over")
    too_long = now_us >= silence_ends_us(window, moment.silent_max_us)
    notes = window.note.split()
    away = SOURCE_AWAY in notes or (too_long and fixed_silent)
    if away or RECORDS_LOST in notes:
        return Verdict("unproven", "source_away" if away else "records_lost")
    if reported_us >= window.ends_us or too_long:
        return Verdict("missed", "no_evidence" if reported_us >= window.ends_us else "source_silent_too_long")
    if now_us >= grace_ends_us(window, moment.ready_us):
        return Verdict("unproven", "source_silent")
    return Verdict("open", "waiting")


def becomes(was: WindowState, found: Verdict) -> WindowState:
    """The window's next state. What was raised as a gap stays one, also where a clock that was set back says that the window is
    not over, or that its sources have not reported: kept after all it is `withdrawn`, and the gap stays on record."""
    raised = was in ("unproven", "missed", "withdrawn")
    if found.state == "kept":
        return "withdrawn" if raised else "kept"
    if was == "missed":
        return "missed"
    return "unproven" if raised and found.state == "open" else found.state


def is_long(window: Window, since_us: int, until_us: int) -> bool:
    """Whether an absence of a fixed source in that time is so long that somebody may have come in vain: a minute, and a tenth of
    the window."""
    inside_us = min(until_us, window.ends_us) - max(since_us, window.opens_us)
    return inside_us >= max(AWAY_MIN_US, (window.ends_us - window.opens_us) // 10)


def is_unsettled(window: Window) -> bool:
    """Whether time or a source may still change what the window is."""
    return window.state == "open" or (window.state == "unproven" and not set(UNPROVABLE) & set(window.note.split()))


def noted(note: str, name: str) -> str:
    """The names in a window's note, with one more."""
    return note if name in note.split() else f"{note} {name}".strip()


def grace_ends_us(window: Window, ready_us: int) -> int:
    """When a window whose sources have not reported becomes unproven."""
    return max(window.ends_us, ready_us) + GRACE_US


def silence_ends_us(window: Window, silent_max_us: int) -> int:
    """When an unproven window becomes missed though its sources still say nothing: one that is switched off gains nothing."""
    return window.ends_us + silent_max_us


def why_not(scan: Scan, duty: Duty, route: Route, person: Person | None) -> WhyNot | None:
    """Why the scan is no evidence for the duty on the route: by what brought it, what it is meant for, who made it, and what is
    odd about it. None: it is evidence."""
    if scan.source not in route.sources:
        return "other_source"
    if scan.duty != duty.duty and (scan.duty or duty.evidence != "scan"):
        return "other_duty" if scan.duty else "no_report"
    if duty.by and person is not None and person.post not in duty.by:
        return "other_post"
    return next((flag for flag in scan.flags if flag in duty.void or flag in NEVER_COUNTS), None)


def too_late_for(scan: Scan, window: Window, late_max_us: int) -> bool:
    """Whether the scan came after the window's time for late evidence was over, which begins with its end: until then a silent
    source leaves it unproven (see `silence_ends_us`), and what comes in that time is what was waited for."""
    return scan.received_us > silence_ends_us(window, late_max_us)


def counts(scan: Scan, duty: Duty, route: Route, person: Person | None) -> bool:
    """Whether the scan is evidence for the duty on the route."""
    return why_not(scan, duty, route, person) is None


NEVER_COUNTS = frozenset(("unknown_tag", "too_late", "from_the_future", "altered"))
"""Flags that make a scan no evidence, whatever the policy says: it names no place, or cannot be true, or another one stands."""
