"""What may be done with a visit and with a delivery, since which states, and which clock runs in each: the tables."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Pairs = Mapping[str, tuple[str, str]]
Basis = Literal["made", "asked", "pass", "inside", "over"]
"""From what a state's one clock counts: the registration or the expected time; the asking; the pass's end; the longest stay; the
stay's end."""


class Act(NamedTuple):
    """One thing that is done. `to` empty: the state stays. `done`: its name in the history and the change log. `rules`: a truck's
    driver must have been told the rules; `reason`: it must be given."""

    name: str
    done: str
    zh: str
    en: str
    since: frozenset[str]
    to: str
    rules: bool = False
    reason: bool = False


class Clock(NamedTuple):
    """What the end of a state's clock makes: the next state, and the change's name."""

    basis: Basis
    to: str
    done: str


class Shape(NamedTuple):
    """A kind of visit. `asks`: a resident must confirm; where none is visited (`may_have_no_room`), or never, one of the staff
    admits it. `needs`: fields that must be filled. `hours`: the policy's hours bind it. `pass_of` and `stay_of`: the names of
    the limits for the pass and for the stay inside; no stay: the pass's end."""

    zh: str
    en: str
    clause: str
    needs: tuple[str, ...]
    pass_of: str
    stay_of: str = ""
    asks: bool = True
    may_have_no_room: bool = False
    hours: bool = False
    told_rules: bool = False


# fmt: off
SHAPES: Mapping[str, Shape] = {
    "visitor": Shape("访客", "visitor", "GATE-3", ("name", "identity", "phone", "room", "route"), "pass_us"),
    "vehicle": Shape("访客车辆", "visitor's vehicle", "VEH-3",
        ("name", "identity", "phone", "room", "plate", "reason", "route", "space"), "pass_us", "overstay_us"),
    "temporary": Shape("临时车辆", "vehicle with no permit", "VEH-2",
        ("plate", "reason", "route", "space"), "temporary_us", asks=False, may_have_no_room=True),
    "truck": Shape("货车或工程车辆", "truck or construction vehicle", "VEH-4",
        ("name", "phone", "plate", "reason", "route"), "pass_us", may_have_no_room=True, hours=True, told_rules=True),
}

_WAITS = frozenset(("registered", "asked", "expired"))
_BEFORE = _WAITS | {"confirmed"}
_IN = frozenset(("inside", "overstayed"))
LIVE = _BEFORE | _IN
ENDED = frozenset(("refused", "cancelled", "left", "closed"))

ACTS: Mapping[str, Act] = {act.name: act for act in (
    Act("ask", "asked", "征询住户", "ask the resident", _WAITS, "asked", rules=True),
    Act("confirm", "confirmed", "住户同意", "the resident confirms", frozenset(("asked",)), "confirmed"),
    Act("refuse", "refused", "住户拒绝", "the resident refuses", frozenset(("asked",)), "refused"),
    Act("admit", "confirmed", "物业放行", "admit for the estate", _WAITS, "confirmed", rules=True),
    Act("enter", "entered", "进入", "enter", frozenset(("confirmed",)), "inside", rules=True),
    Act("force", "forced", "未经确认放行", "let in unconfirmed", _WAITS, "inside", reason=True),
    Act("leave", "left", "离开", "leave", _IN, "left"),
    Act("extend", "extended", "延长", "extend", frozenset(("confirmed", "inside", "overstayed")), "", reason=True),
    Act("cancel", "cancelled", "取消", "cancel", _BEFORE, "cancelled", reason=True),
    Act("close", "closed", "关闭", "close", _IN | {"expired"}, "closed", reason=True),
    Act("tell", "told", "告知规定", "tell the rules", _BEFORE, ""),
    Act("space", "placed", "安排车位", "assign a space", LIVE, ""),
)}

CLOCKS: Mapping[str, Clock] = {
    "registered": Clock("made", "closed", "lapsed"),
    "asked": Clock("asked", "expired", "expired"),
    "expired": Clock("made", "closed", "lapsed"),
    "confirmed": Clock("pass", "closed", "lapsed"),
    "inside": Clock("inside", "overstayed", "overstayed"),
    "overstayed": Clock("over", "closed", "lapsed"),
}
"""One for each state in which something is still to happen: nothing waits without an end."""

STATE_NAMES: Pairs = {
    "registered": ("已登记", "registered"),
    "asked": ("待住户确认", "the resident is asked"),
    "expired": ("确认超时", "not answered in time"),
    "confirmed": ("已确认", "confirmed"),
    "inside": ("在小区内", "inside"),
    "overstayed": ("超时未离开", "overstayed"),
    "refused": ("住户拒绝", "refused"),
    "cancelled": ("已取消", "cancelled"),
    "left": ("已离开", "left"),
    "closed": ("已关闭", "closed"),
}


class Deed(NamedTuple):
    """One thing that is done with a delivery. `consent`: what the resident must have said, empty: no matter; `since`: states."""

    name: str
    done: str
    zh: str
    en: str
    consent: frozenset[str]
    to: str
    sets: str = ""


_ANY = frozenset(("", "asked", "yes", "no", "expired"))
DELIVERY_LIVE = frozenset(("dropped",))
DEEDS: Mapping[str, Deed] = {deed.name: deed for deed in (
    Deed("tell", "told", "通知住户", "tell the resident", _ANY, ""),
    Deed("ask", "asked", "征询送上门", "ask whether to bring it to the door", _ANY - {"yes"}, "", "asked"),
    Deed("agree", "agreed", "同意送上门", "the resident agrees", frozenset(("asked",)), "", "yes"),
    Deed("decline", "declined", "不同意送上门", "the resident declines", frozenset(("asked",)), "", "no"),
    Deed("carry", "carried", "送上门", "carry to the door", frozenset(("yes",)), "carried"),
    Deed("collect", "collected", "已领取", "collected", _ANY, "collected"),
    Deed("return", "returned", "已退回", "given back to the courier", _ANY, "returned"),
)}
"""All are done while the goods lie at the drop-off point."""

DELIVERY_NAMES: Pairs = {
    "dropped": ("在投放点", "at the drop-off point"),
    "carried": ("已送上门", "carried to the door"),
    "collected": ("已领取", "collected"),
    "returned": ("已退回", "given back"),
}
CONSENT_NAMES: Pairs = {
    "": ("未征询", "not asked"),
    "asked": ("待住户答复", "asked"),
    "yes": ("同意送上门", "agreed"),
    "no": ("不同意送上门", "declined"),
    "expired": ("未答复", "not answered in time"),
}
# fmt: on
