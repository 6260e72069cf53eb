"""What explains an opening: the same window as the detectors', and which one of several is told."""

from collections.abc import Iterable, Mapping

import msgspec

from contract.clock import US_PER_S
from hub.detectors.unexplained import Window
from hub.passages.types import KINDS, GateOpening, Passage

_NUMBERS: Mapping[str, tuple[str, str]] = {"barrier": ("pass_s", "pass_grace_s"), "door": ("grant_s", "grace_s")}
OPENINGS: Mapping[str, str] = {"barrier": "barrier_unexplained", "door": "door_forced"}
"""The detector that notices a gate's openings, by the gate's kind."""


def window_of(kind: str, numbers: Mapping[str, float]) -> Window:
    """How far from an opening of a gate of that kind what explains it may be."""
    before, after = _NUMBERS[kind]
    return Window(int(numbers[before] * US_PER_S), int(numbers[after] * US_PER_S))


def explained(opening: GateOpening, passages: Iterable[Passage], window: Window) -> GateOpening:
    """The opening with the best of what explains it, or with nothing. Of one kind the nearest is the best, and of two that are as
    near the one with the lower name, so that the order in which they came is no matter."""
    found = [one for one in passages if _explains(one, opening, window)]
    best = min(found, key=lambda one: (KINDS.index(one.kind), abs(one.at_us - opening.at_us), one.passage), default=None)
    if best is None:
        return msgspec.structs.replace(opening, explained="", passage="", who="")
    how = best.medium if best.kind == "decision" else best.kind
    who = best.actor or best.holder or best.permit
    return msgspec.structs.replace(opening, explained=how, passage=best.passage, who=who)


def _explains(one: Passage, opening: GateOpening, window: Window) -> bool:
    return one.granted and one.gate == opening.gate and window.holds(opening.at_us, one.at_us, one.until_us)
