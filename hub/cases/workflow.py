"""What may be done with a case, by whom, from where, and which clocks run: the tables."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

State = Literal["open", "acknowledged", "closed", "withdrawn"]
LIVE: frozenset[str] = frozenset(("open", "acknowledged"))
"""The states in which something is still to be done."""

HUB = "hub"
"""The actor of what no person did."""

OPERATORS = frozenset(("operator", "shift_leader", "manager"))
STAFF = OPERATORS | {"guard"}
MAX_FIELD_CHARS = 1_000


class Act(NamedTuple):
    """One thing a person does. `to` empty: the state stays. `starts` and `stops` name clocks; a clock that does not run is
    not stopped. `done` is the change's name in the change log and the timeline."""

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


class CaseClock(NamedTuple):
    """A clock that starts when a case is raised. `runs_in`: the states in which it is of use. `seconds`: by priority, the clause
    and the number that give its length."""

    name: str
    zh: str
    en: str
    runs_in: frozenset[str]
    seconds: Mapping[int, tuple[str, str]]


class Workflow(NamedTuple):
    """All of one kind of case."""

    acts: Mapping[str, Act]
    clocks: Mapping[str, CaseClock]


_OPEN, _ANY = frozenset(("open",)), frozenset(("open", "acknowledged", "closed", "withdrawn"))
_ENDED = _ANY - LIVE
_BOTH = ("acknowledge", "resolve")

# fmt: off
_INCIDENT_ACTS = (
    Act("acknowledge", "acknowledged", "确认", "acknowledge", _OPEN, "acknowledged", STAFF,
        optional=("note",), stops=("acknowledge",)),
    Act("comment", "commented", "备注", "comment", _ANY, "", STAFF,
        required=("note",)),
    Act("assign", "assigned", "指派", "assign", LIVE, "", OPERATORS,
        required=("assignee",), optional=("note",)),
    Act("close", "closed", "关闭", "close", LIVE, "closed", OPERATORS,
        required=("cause", "note"), stops=_BOTH),
    Act("reopen", "reopened", "重新打开", "reopen", _ENDED, "open", OPERATORS,
        required=("reason",), optional=("note",), starts=_BOTH),
)

_INCIDENT_CLOCKS = (
    CaseClock("acknowledge", "确认时限", "time to acknowledge", _OPEN, {
        1: ("EMG-2", "acknowledge_s"), 2: ("MON-3", "acknowledge_s"),
        3: ("CMD-2", "acknowledge_p3_s"), 4: ("CMD-2", "acknowledge_p4_s")}),
    CaseClock("resolve", "处理时限", "time to resolve", LIVE, {
        1: ("CMD-2", "resolve_p1_s"), 2: ("CMD-2", "resolve_p2_s"),
        3: ("CMD-2", "resolve_p3_s"), 4: ("CMD-2", "resolve_p4_s")}),
)
# fmt: on

WORKFLOWS: Mapping[str, Workflow] = {
    "incident": Workflow({act.name: act for act in _INCIDENT_ACTS}, {clock.name: clock for clock in _INCIDENT_CLOCKS}),
}

STATE_NAMES: Mapping[str, tuple[str, str]] = {
    "open": ("待处理", "open"),
    "acknowledged": ("已确认", "acknowledged"),
    "closed": ("已关闭", "closed"),
    "withdrawn": ("已撤回", "withdrawn"),
}

REFUSALS: Mapping[str, tuple[str, str]] = {
    "unknown_act": ("没有“{act}”这个操作，可用：{known}", "there is no act {act!r}: use one of {known}"),
    "not_allowed": ("角色“{role}”不能{zh}，需要：{roles}", "the role {role!r} may not {en}: it takes one of {roles}"),
    "changed_meanwhile": (
        "事件已被他人更改（现为第 {version} 版），请刷新后重试",
        "somebody changed the case meanwhile (it is at version {version} now): look at it again and repeat",
    ),
    "wrong_state": (
        "事件{state_zh}，不能{zh}；只有以下状态可以：{states_zh}",
        "the case is {state}: {en} is possible only when it is {states}",
    ),
    "field_missing": ("请填写“{field}”", "the field {field!r} is missing: fill it in"),
    "field_unknown": ("没有“{field}”这一项，可填：{known}", "{field!r} is no field of this act: it takes {known}"),
    "field_wrong": (
        "“{field}”须为不超过 {limit} 个字的文字",
        "the field {field!r} must be a text of {limit} characters at most",
    ),
}
