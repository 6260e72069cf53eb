"""The phone log: what is told of a call, by people or by the exchange, and what follows from its times."""

import re
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

Source = Literal["declared", "exchange"]
"""declared: a person's word, from a desk's clock; exchange: the telephone system's own. They are never added up."""
Direction = Literal["in", "out"]
CallEvent = Literal["ringing", "answered", "ended"]
Outcome = Literal["ringing", "answered", "answered_late", "unanswered", "given_up", "out", "unknown"]
OUTCOMES: dict[str, tuple[str, str]] = {
    "ringing": ("响铃中", "it rings"),
    "answered": ("按时接听", "answered in time"),
    "answered_late": ("接听超时", "answered too late"),
    "unanswered": ("无人接听", "not answered"),
    "given_up": ("对方提前挂断", "the caller gave up before the time was over"),
    "out": ("去电", "outgoing"),
    "unknown": ("响铃时间不明", "when it rang is not known"),
}
SOURCES: dict[str, tuple[str, str]] = {"declared": ("人工登记", "declared"), "exchange": ("交换机", "exchange")}


class Call(msgspec.Struct, frozen=True):
    """A row of `phone_call`. `at_us`: the first that was told of it; `rang_us` None: nobody has told when it rang. `actor`: who
    entered it; `person`: who took it."""

    call: str
    source: Source
    direction: Direction
    number: str
    at_us: int
    place: str
    rang_us: int | None = None
    answered_us: int | None = None
    ended_us: int | None = None
    actor: str = ""
    person: str = ""
    about: str = ""
    case_no: int | None = None
    raised: bool = False
    """A case was raised of it."""


class Judged(NamedTuple):
    """What a call is. `breach_us`: when the post counted as unmanned, None: it did not. `over_us`: when that ended, None: it
    lasts. `due_us`: when to look again."""

    outcome: Outcome
    breach_us: int | None = None
    over_us: int | None = None
    due_us: int | None = None


def judge(call: Call, rings_us: int, now_us: int) -> Judged:
    """What a call's times say. Only who rings up is owed an answer."""
    if call.direction == "out":
        return Judged("out")
    if call.rang_us is None:
        return Judged("unknown")
    due_us = call.rang_us + rings_us
    if call.answered_us is not None:
        late = call.answered_us > due_us
        return Judged("answered_late", due_us, call.answered_us) if late else Judged("answered")
    if call.ended_us is not None:
        return Judged("given_up") if call.ended_us < due_us else Judged("unanswered", due_us, call.ended_us)
    if call.source == "declared":
        return Judged("unanswered", due_us, due_us)
    return Judged("ringing", None, None, due_us) if now_us < due_us else Judged("unanswered", due_us)


def heard(call: Call, event: CallEvent, at_us: int) -> Call:
    """The exchange tells of a call. What it told before stands: of two times of one kind the earlier is true."""
    name = {"ringing": "rang_us", "answered": "answered_us", "ended": "ended_us"}[event]
    was: int | None = getattr(call, name)
    first_us = at_us if was is None else min(was, at_us)
    return replace(call, at_us=min(call.at_us, at_us), **{name: first_us})


def in_order(call: Call, now_us: int) -> bool:
    """Whether its times can be so: it rings, is answered, ends, and not in the future."""
    told = [us for us in (call.rang_us, call.answered_us, call.ended_us) if us is not None]
    return told == sorted(told) and all(us <= now_us for us in told)


def answer_us(call: Call) -> int | None:
    """How long the caller waited for an answer; None where nobody answered, or nobody knows."""
    if call.rang_us is None or call.answered_us is None:
        return None
    return max(0, call.answered_us - call.rang_us)


def masked(number: str) -> str:
    """The number as lists show it: its ends alone, of a short one nothing."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 10 else "*" * len(number)


def masked_in(text: str) -> str:
    """The text with each number in it masked that one could ring up."""
    return _NUMBER.sub(lambda found: masked(re.sub(r"\D", "", found[0])), text)


_NUMBER = re.compile(r"\+?\d(?:[ ()-]{0,2}\d){6,19}")
