"""What a scan does: the window that it keeps, or why it keeps none. Pure; for the answer to whoever brought it."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from hub.duties.judging import NEVER_COUNTS, WhyNot, evidence_of
from hub.duties.types import Scan, Window

WhyNone = Literal["no_window_open", "not_needed", "rules_gone"] | WhyNot
"""Why a scan keeps no window; in words: explain.WORDS."""
_ELSEWHERE = frozenset(("other_source", "other_duty", "no_report"))
"""What a duty says of a scan that was meant for another one at the same place."""


class Effect(NamedTuple):
    """`window`: the id of the window that it keeps, of several the one that ends first; `why`: why it keeps none. Both None: it
    is no evidence, or so old that it is not known any more."""

    window: str | None = None
    why: WhyNone | None = None


def effect_of(scan: Scan, windows: Iterable[Window], why_not: Callable[[Window], WhyNone | None]) -> Effect:
    """What the scan does. `windows`: those at its place that it lies in; `why_not`: why one of them does not count it."""
    meant = [window for window in windows if scan.duty in ("", window.duty)]
    kept = [window for window in meant if window.evidence == evidence_of(scan)]
    if kept:
        return Effect(min(kept, key=lambda window: (window.ends_us, window.window_id)).window_id)
    never = next((flag for flag in scan.flags if flag in NEVER_COUNTS or not scan.place), None)
    if never is not None:
        return Effect(why=never)
    if not meant:
        return Effect(why="no_window_open")
    found: list[WhyNone] = [why_not(window) or "not_needed" for window in meant]
    return Effect(why=min(found, key=lambda why: (why != "not_needed", why in _ELSEWHERE)))
