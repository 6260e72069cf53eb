"""What is asked of the duty desk. Each is answered after its commit; a Refusal writes nothing, but where that is said."""

from typing import Any, NamedTuple

from hub.desk.calls import Call, CallEvent, Direction
from hub.desk.handover import Party
from hub.desk.keys import Condition, KeyItem


class CheckInAnswer(NamedTuple):
    """Somebody answers the open window of an `answer` duty at the desk. Answered by a TakenItem."""

    window_id: str
    who: Party


class DeskReport(NamedTuple):
    """Somebody reports on a duty at the desk, with the hub's own figures of that time among the fields. Answered by a
    TakenItem."""

    key: str
    duty: str
    place: str
    who: Party
    fields: dict[str, Any]


class HandoverBegin(NamedTuple):
    """Whoever leaves begins. Answered by the Handover."""

    place: str
    who: Party
    note: str


class HandoverJoin(NamedTuple):
    """Somebody says that they take over. `session`: the sign-in that asks. Answered by the Handover."""

    handover: str
    who: Party
    session: str


class ItemDecision(NamedTuple):
    """An item is accepted, or rejected with a reason. Answered by the HandoverItem."""

    handover: str
    item: str
    account: str
    session: str
    accept: bool
    reason: str


class HandoverSign(NamedTuple):
    """Either of both signs: who leaves first, then who comes, which completes it and is the evidence of the duty. Answered by the
    Handover. A Refusal `stale` has put on the list what came since: that is written."""

    handover: str
    who: Party


class HandoverCancel(NamedTuple):
    """The handover is given up. Answered by the Handover."""

    handover: str
    who: Party
    leads: bool


class KeyAdd(NamedTuple):
    """A new item of the register. Answered by the KeyItem."""

    item: KeyItem
    actor: str


class KeyIssue(NamedTuple):
    """Somebody takes an item. `due_us` None: as long as the policy lets it be out. Answered by the KeyItem."""

    item: str
    person: str
    purpose: str
    due_us: int | None
    actor: str


class KeyReturn(NamedTuple):
    """An item is back. Answered by the KeyItem."""

    item: str
    condition: Condition
    note: str
    actor: str


class KeyMark(NamedTuple):
    """An item that is not out is broken, lost, or fit again. Answered by the KeyItem."""

    item: str
    condition: Condition
    note: str
    actor: str


class CallDeclared(NamedTuple):
    """A person enters a call. Answered by the Call."""

    call: Call


class CallHeard(NamedTuple):
    """The exchange tells of a call by its own id; the same told twice changes nothing. `by`: whose token told it, for the change
    log. Answered by the Call."""

    call: str
    event: CallEvent
    at_us: int
    number: str
    direction: Direction
    place: str
    by: str = "exchange"


class CallNoted(NamedTuple):
    """What a call was about, and the incident that it belongs to. Answered by the Call."""

    call: str
    person: str
    about: str
    case_no: int | None
    actor: str


HandoverAsk = HandoverBegin | HandoverJoin | ItemDecision | HandoverSign | HandoverCancel
KeyAsk = KeyAdd | KeyIssue | KeyReturn | KeyMark
CallAsk = CallDeclared | CallHeard | CallNoted
DeskAsk = CheckInAnswer | DeskReport | HandoverAsk | KeyAsk | CallAsk
