"""What people enter at the hub itself, as evidence: whether they may, by their role and by whom they name. Pure."""

from collections.abc import Iterable
from typing import Literal

from hub.accounts.permissions import KEEP, LEAD, ROOM, Role
from hub.cases.types import Refusal
from hub.desk.words import refused

RECORD_DUTY, HANDOVER_DUTY = "two-hour-record", "shift-handover"
OWN = "hub_"
"""How the fields begin that the hub itself adds to a record."""
ENTERED_BY = "account"
"""The field that says who entered it."""


def may_enter(kind: Literal["answer", "report"], duty: str, names: Iterable[str], role: Role, *, oneself: bool) -> Refusal | None:
    """Why somebody in the role may not enter it. `names`: of its fields; `oneself`: it names nobody else. A post is answered for
    from the room alone; whoever sits there answers for nobody else, and whoever has nobody under them reports for nobody else."""
    own = next((name for name in names if name.startswith(OWN)), None)
    if own is not None:
        return Refusal("hub_field", f"“{own}”由系统填写，请勿填报 / the field {own!r} is the hub's own: leave it out")
    if duty == HANDOVER_DUTY:
        return refused("signed_by_two")
    others = KEEP if kind == "answer" else LEAD
    if (kind == "answer" and role not in ROOM | KEEP) or not (oneself or role in others):
        return refused("not_oneself")
    return None
