"""Impossible travel: one credential at two places within less time than anybody needs from the one to the other.

A number that was written down and played again, or a card that was copied, is used where its owner is not. Refused or let
through: it was there. The credentials are remembered in 256 parts by their names, so that no step carries all of them.
"""

import msgspec

from contract.clock import US_PER_S
from contract.readings import AccessDecided
from hub.detectors.types import Clear, Detector, Device, Event, Finding, Raise, Step, Wake

Numbers = dict[str, float]
MAX_USES = 64
"""Of one part: the oldest is forgotten first."""
_STRANGERS = frozenset(("unknown_card", "no_table"))
"""Reasons by which nobody knows whose it is: a number that no table has is at no two places."""


class Use(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, array_like=True):
    """A credential was used at a place. `travel_s`: how long it takes at least from there to another one."""

    card: str
    at_us: int
    place: str
    device: str
    travel_s: float


class Uses(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The last uses of some credentials, one for each credential and place."""

    uses: tuple[Use, ...] = ()


def step(state: Uses | None, event: Event, device: Device, numbers: Numbers) -> Step | None:
    """See Detector. Where the two places ask for different times, the shorter one counts."""
    reading = event.reading
    if not isinstance(reading, AccessDecided) or not reading.card or reading.reason in _STRANGERS:
        return None
    use = Use(reading.card, event.at_us, device.place, device.id, numbers["travel_s"])
    before = () if state is None else state.uses
    apart = [(abs(one.at_us - use.at_us), one) for one in before if one.card == use.card and one.place != use.place]
    near = min(apart, key=lambda pair: pair[0], default=None)
    findings: tuple[Finding, ...] = ()
    if near is not None and near[0] < min(near[1].travel_s, use.travel_s) * US_PER_S:
        findings = _found(event, reading, near[1], near[0])
    others = tuple(one for one in before if (one.card, one.place) != (use.card, use.place) or one.at_us > use.at_us)
    uses = tuple(sorted((*others, use), key=lambda one: one.at_us))[-MAX_USES:]
    return Step(Uses(uses), findings, _wake_at(uses))


def wake(state: Uses | None, due_us: int, proven: bool, _device: Device, _numbers: Numbers) -> Step:  # noqa: ARG001
    """See Detector. What is too old to contradict anything is forgotten."""
    uses = () if state is None else tuple(one for one in state.uses if _old_us(one) > due_us)
    return Step(Uses(uses) if uses else None, (), _wake_at(uses) if uses else None)


def _found(event: Event, reading: AccessDecided, other: Use, apart_us: int) -> tuple[Finding, ...]:
    """It happened, and does not last."""
    facts = {
        "other_device": other.device,
        "other_place": other.place,
        "apart_s": round(apart_us / US_PER_S, 1),
        "permit": reading.permit,
        "medium": reading.medium,
    }
    at_us = max(event.at_us, other.at_us)
    return (Raise(event.name, at_us, facts, late=event.late), Clear(event.name, at_us))


_KEPT_MORE_US = 300 * US_PER_S
"""Beyond the time itself, for what another agent tells later."""


def _old_us(use: Use) -> int:
    return use.at_us + int(use.travel_s * US_PER_S) + _KEPT_MORE_US


def _wake_at(uses: tuple[Use, ...]) -> Wake:
    return Wake(max(_old_us(one) for one in uses), None)


IMPOSSIBLE_TRAVEL = Detector(
    "impossible_travel",
    "GATE-6",
    2,
    (AccessDecided,),
    Uses | None,
    step,
    wake,
    subject=lambda event, _: str(getattr(event.reading, "card", ""))[:2] or "-",
)
