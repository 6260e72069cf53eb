"""What may be done with a case, by whom, from where, and which clocks run: the tables."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

State = Literal["open", "acknowledged", "shelved", "held", "closed", "withdrawn"]
LIVE: frozenset[str] = frozenset(("open", "acknowledged", "shelved", "held"))
"""The states in which something is still to be done."""

HUB = "hub"
"""The actor of what no person did."""

OPERATORS = frozenset(("operator", "shift_leader", "manager"))
STAFF = OPERATORS | {"guard"}
MAX_FIELD_CHARS = 1_000
SHELVE = "shelve"
"""The clock whose end is the shelf's, and not a number of the policy."""
STEP = "step:"
"""How the clocks of the policy's escalation steps begin; the rest is the step's id."""

Pairs = Mapping[str, tuple[str, str]]


class Act(NamedTuple):
    """One thing a person does. `to` empty: the state stays; `to_returned`: where it goes instead when the condition has returned.
    `starts` and `stops` name clocks; a clock that does not run is not stopped. `done` is the change's name in the change log and
    the timeline. `reaches`: the escalation steps that wait for one of these end. `after`: how far a guard who was sent must have
    got, empty: no matter; `dispatch`: how far one has got then. `mutes`: not with fire and panic."""

    name: str
    done: str
    zh: str
    en: str
    since: frozenset[str]
    to: str
    roles: frozenset[str]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    choices: Mapping[str, Pairs] = {}
    reaches: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    dispatch: str = ""
    to_returned: str = ""
    mutes: bool = False


class CaseClock(NamedTuple):
    """A clock of a case. `runs_in`: the states in which it runs from the case's beginning; none: an act starts it. `seconds`: by
    priority, the clause and the number that give its length. `done`: the change that its end makes."""

    name: str
    zh: str
    en: str
    runs_in: frozenset[str]
    seconds: Mapping[int, tuple[str, str]]
    done: str = "escalated"


class Workflow(NamedTuple):
    """All of one kind of case."""

    acts: Mapping[str, Act]
    clocks: Mapping[str, CaseClock]


CAUSES: Pairs = {
    "handled": ("属实，已处置", "genuine, dealt with"),
    "false_alarm": ("误报", "false alarm"),
    "test": ("测试", "test"),
    "maintenance": ("检修", "maintenance"),
    "equipment_fault": ("设备故障", "equipment fault"),
    "people": ("人员行为", "what people did"),
    "weather": ("天气", "weather"),
    "network": ("网络或供电", "network or power"),
    "duplicate": ("重复", "the same as another incident"),
    "nothing_found": ("现场无异常", "nothing found on the spot"),
    "other": ("其他", "other"),
}
"""Why a case is closed."""
MEANS: Pairs = {"radio": ("对讲机", "radio"), "phone": ("电话", "phone")}
"""How a guard is sent."""
DISPATCHED: Pairs = {
    "sent": ("已派人", "a guard was sent"),
    "answered": ("已应答", "the guard has answered"),
    "on_spot": ("已到场", "the guard is on the spot"),
    "found": ("已查明", "what was found is recorded"),
    "declined": ("已拒绝", "the guard has declined"),
}

_OPEN, _TAKEN = frozenset(("open",)), frozenset(("open", "acknowledged"))
_ANY = LIVE | {"closed", "withdrawn"}
_ENDED = _ANY - LIVE
_BOTH = ("acknowledge", "resolve")
_GUARD = ("answer", "arrive")
_ON_WAY = frozenset(("sent", "answered"))
_ACKNOWLEDGED, _DISPATCHED = frozenset(("acknowledged",)), frozenset(("acknowledged", "dispatched"))
_CLOSED = frozenset(("acknowledged", "dispatched", "closed"))

# fmt: off
_INCIDENT_ACTS = (
    Act("acknowledge", "acknowledged", "确认", "acknowledge", _OPEN, "acknowledged", STAFF,
        optional=("note",), stops=("acknowledge",), reaches=_ACKNOWLEDGED),
    Act("comment", "commented", "备注", "comment", _ANY, "", STAFF,
        required=("note",)),
    Act("assign", "assigned", "指派", "assign", LIVE, "", OPERATORS,
        required=("assignee",), optional=("note",)),
    Act("dispatch", "dispatched", "派人", "dispatch a guard", _TAKEN, "acknowledged", OPERATORS,
        required=("guard",), optional=("by", "note"), choices={"by": MEANS},
        starts=_GUARD, stops=("acknowledge", *_GUARD), reaches=_DISPATCHED, dispatch="sent"),
    Act("answer", "answered", "记录应答", "record the guard's answer", _TAKEN, "", STAFF,
        optional=("note", "made_at"), stops=("answer",), after=frozenset(("sent",)), dispatch="answered"),
    Act("arrive", "arrived", "记录到场", "record the guard's arrival", _TAKEN, "", STAFF,
        optional=("note", "made_at"), stops=_GUARD, after=_ON_WAY, dispatch="on_spot"),
    Act("finding", "found", "记录核查结果", "record the finding", _TAKEN, "", STAFF,
        required=("finding",), optional=("note", "made_at"), stops=_GUARD, after=_ON_WAY | {"on_spot"}, dispatch="found"),
    Act("decline", "declined", "记录拒绝", "record that the guard declines", _TAKEN, "", STAFF,
        required=("reason",), optional=("note", "made_at"), after=_ON_WAY, dispatch="declined"),
    Act("shelve", "shelved", "搁置", "shelve", _TAKEN, "shelved", OPERATORS,
        required=("reason", "minutes"), optional=("owner", "note"),
        starts=(SHELVE,), stops=("acknowledge", *_GUARD), reaches=_CLOSED, mutes=True),
    Act("unshelve", "unshelved", "取消搁置", "unshelve", frozenset(("shelved",)), "open", OPERATORS,
        optional=("note",), stops=(SHELVE,), to_returned="acknowledged"),
    Act("close", "closed", "关闭", "close", LIVE, "closed", OPERATORS,
        required=("cause", "note"), optional=("reason",), choices={"cause": CAUSES}, stops=(*_BOTH, *_GUARD, SHELVE),
        reaches=_CLOSED),
    Act("reopen", "reopened", "重新打开", "reopen", _ENDED, "open", OPERATORS,
        required=("reason",), optional=("note",), starts=_BOTH),
)

_INCIDENT_CLOCKS = (
    CaseClock("acknowledge", "确认时限", "time to acknowledge", _OPEN, {
        1: ("EMG-2", "acknowledge_s"), 2: ("MON-3", "acknowledge_s"),
        3: ("CMD-2", "acknowledge_p3_s"), 4: ("CMD-2", "acknowledge_p4_s")}),
    CaseClock("resolve", "处理时限", "time to resolve", _TAKEN | {"shelved"}, {
        1: ("CMD-2", "resolve_p1_s"), 2: ("CMD-2", "resolve_p2_s"),
        3: ("CMD-2", "resolve_p3_s"), 4: ("CMD-2", "resolve_p4_s")}),
    CaseClock("answer", "应答时限", "time for the guard to answer", frozenset(),
        dict.fromkeys((1, 2, 3, 4), ("MON-3", "answer_s"))),
    CaseClock("arrive", "到场时限", "time for the guard to be on the spot", frozenset(), {
        1: ("EMG-2", "arrive_s"), **dict.fromkeys((2, 3, 4), ("MON-3", "arrive_s"))}),
    CaseClock(SHELVE, "搁置到期", "end of the shelf", frozenset(), {}, done="unshelved"),
)
# fmt: on

WORKFLOWS: Mapping[str, Workflow] = {
    "incident": Workflow({act.name: act for act in _INCIDENT_ACTS}, {clock.name: clock for clock in _INCIDENT_CLOCKS}),
}

STATE_NAMES: Pairs = {
    "open": ("待处理", "open"),
    "acknowledged": ("已确认", "acknowledged"),
    "shelved": ("已搁置", "shelved"),
    "held": ("检修中暂缓", "held back"),
    "closed": ("已关闭", "closed"),
    "withdrawn": ("已撤回", "withdrawn"),
}
