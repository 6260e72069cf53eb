"""Which plan an incident starts."""

from collections.abc import Iterable
from typing import Any

from hub.cases.types import Case
from hub.plans.types import Plan, PlanVersion, Trigger

EMERGENCY = "emergency"
"""The detector of an emergency that people report; the plan's id is among its facts."""
REPORTED = "reported"
"""The detector of what else people report."""
KIND = "emergency"
"""The fact that names the plan."""


def plan_for(case: Case, versions: Iterable[PlanVersion]) -> PlanVersion | None:
    """The plan that the case starts by itself: the one whose trigger says most, and of equal ones the first by name. What people
    report as an emergency starts the plan that they named."""
    found = sorted(versions, key=lambda version: version.plan.plan)
    if case.detector == EMERGENCY:
        return next((version for version in found if version.plan.plan == case.facts.get(KIND)), None)
    best: tuple[int, PlanVersion] | None = None
    for version in found:
        weight = max((_weight(one) for one in version.plan.starts if fits(one, case)), default=None)
        if weight is not None and (best is None or weight > best[0]):
            best = weight, version
    return None if best is None else best[1]


def fits(trigger: Trigger, case: Case) -> bool:
    """Whether the trigger is one for this case."""
    return (
        trigger.detector == case.detector
        and (not trigger.devices or case.device in trigger.devices)
        and (not trigger.places or case.place in trigger.places)
        and all(_text(case.facts.get(name)) in texts for name, texts in trigger.facts.items())
    )


def same_trigger(one: Plan, other: Plan) -> str | None:
    """The detector by which both would start alike, so that nobody could say which of them starts."""
    return next((trigger.detector for trigger in one.starts if trigger in other.starts), None)


def _weight(trigger: Trigger) -> int:
    return len(trigger.facts) + 2 * bool(trigger.places) + 4 * bool(trigger.devices)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
