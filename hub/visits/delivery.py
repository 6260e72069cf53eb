"""What is done with goods at a drop-off point: from one row to the next, or a Refusal. Pure."""

from typing import Any, NamedTuple

from msgspec.structs import replace

from hub.cases.types import Refusal
from hub.visits.numbers import Limits
from hub.visits.types import Delivery, How
from hub.visits.words import refused
from hub.visits.workflow import DEEDS, DELIVERY_LIVE


class Handed(NamedTuple):
    """The delivery as it is then, and what the change is called."""

    delivery: Delivery
    done: str
    note: str = ""


def dropped(delivery: Delivery, limits: Limits, now_us: int) -> Handed:
    """A courier has left goods."""
    return Handed(_due(replace(delivery, made_us=now_us), limits), "dropped")


def deed(
    delivery: Delivery, name: str, limits: Limits, now_us: int, *, how: How = "", by: str = "", note: str = ""
) -> Handed | Refusal:
    """One of workflow.DEEDS. `by`: who answered, or which guard carries."""
    row = DEEDS[name]
    if delivery.state not in DELIVERY_LIVE:
        return refused("wrong_delivery_state", act_zh=row.zh, act_en=row.en)
    if delivery.consent not in row.consent:
        return refused(_WRONG[name])
    state: Any = row.to or delivery.state
    made = replace(delivery, state=state)
    if row.sets:
        consent: Any = row.sets
        answer = {"consent_how": how, "consent_by": by} if consent in ("yes", "no") else {"consent_how": "", "consent_by": ""}
        made = replace(made, consent=consent, consent_us=now_us, **answer)
    if name == "carry":
        made = replace(made, carrier=by)
    if name == "tell":
        made = replace(made, told_us=now_us)
    if row.to:
        return Handed(replace(made, due_us=None, ended_us=now_us), row.done, note)
    return Handed(_due(made, limits), row.done, note)


def expire(delivery: Delivery, due_us: int, limits: Limits) -> Handed | None:
    """Its clock has run out: nobody has answered, or nobody has come for it. None: it was another one's."""
    if delivery.due_us is None or delivery.due_us > due_us or delivery.state not in DELIVERY_LIVE:
        return None
    if delivery.consent == "asked" and _consent_due_us(delivery, limits) <= due_us:
        return Handed(_due(replace(delivery, consent="expired"), limits), "unanswered")
    return Handed(_due(replace(delivery, unclaimed=True), limits), "unclaimed")


def _due(delivery: Delivery, limits: Limits) -> Delivery:
    """The next of its clocks; an answer is waited for, and once that nobody came was told, nothing more."""
    ends = [] if delivery.unclaimed else [delivery.made_us + limits.unclaimed_us]
    if delivery.consent == "asked":
        ends.append(_consent_due_us(delivery, limits))
    return replace(delivery, due_us=min(ends, default=None))


def _consent_due_us(delivery: Delivery, limits: Limits) -> int:
    return (delivery.consent_us or delivery.made_us) + limits.consent_us


_WRONG = {"ask": "consent_given", "agree": "consent_not_asked", "decline": "consent_not_asked", "carry": "no_consent"}
