"""The phone log in a turn: calls are put down, judged by their times, and the post that does not answer is an incident."""

from typing import Any, Protocol

from msgspec.structs import replace

from hub.cases.types import Refusal
from hub.desk.asks import CallAsk, CallDeclared, CallHeard, CallNoted
from hub.desk.calls import Call, answer_us, heard, in_order, judge, masked
from hub.desk.numbers import DESK_OWNER, PHONE_UNANSWERED, UNANSWERED, rings_us
from hub.desk.words import refused
from hub.detectors.types import Clear, Raise, Withdraw
from hub.ingest.desk.around import Around, seconds
from hub.ingest.site import Deadline, DeadlineKey

TOPIC = "call"


class OldCalls(Protocol):
    """Calls that are not in memory any more. Raises DatabaseGone."""

    def call(self, call: str) -> Call | None:
        """The call of that id."""
        ...


class PhoneLog:
    """The calls of one turn."""

    def __init__(self, around: Around, archive: OldCalls) -> None:
        self._around, self._archive = around, archive

    def answer(self, asked: CallAsk) -> Call | Refusal:
        """See each ask."""
        if isinstance(asked, CallDeclared):
            return self._declared(asked.call)
        return self._heard(asked) if isinstance(asked, CallHeard) else self._noted(asked)

    def expire(self, name: str) -> None:
        """It has rung for too long, if it still rings."""
        call = self._find(name)
        if call is not None:
            self._put(call, "unanswered", "hub")

    def _declared(self, call: Call) -> Call | Refusal:
        if not in_order(call, self._around.now_us):
            return refused("wrong_call_times")
        was = self._find(call.call)
        if was is not None:  # sent again: the answer was lost on the way
            return was if replace(was, raised=False) == call else refused("call_exists")
        return self._put(call, "declared", call.actor)

    def _heard(self, asked: CallHeard) -> Call:
        name, at_us = f"exchange:{asked.call}", min(asked.at_us, self._around.now_us)
        was = self._find(name)
        blank = Call(name, "exchange", asked.direction, asked.number, at_us, asked.place)
        call = heard(was or blank, asked.event, at_us)
        if not call.number and asked.number:
            call = replace(call, number=asked.number)
        return was if was is not None and call == was else self._put(call, asked.event, asked.by)

    def _noted(self, asked: CallNoted) -> Call | Refusal:
        was = self._find(asked.call)
        if was is None:
            return refused("unknown_call")
        case_no = was.case_no if asked.case_no is None else asked.case_no
        call = replace(was, person=asked.person or was.person, about=asked.about or was.about, case_no=case_no)
        return was if call == was else self._put(call, "noted", asked.actor)

    def _find(self, name: str) -> Call | None:
        return self._around.site.calls.get(name) or self._archive.call(name)

    def _put(self, call: Call, act: str, actor: str) -> Call:
        """The call's row, its deadline, its case, and the change log, in which nobody's number stands whole."""
        site, limit_us = self._around.site, rings_us(self._around.casebook.policy)
        judged = judge(call, limit_us, self._around.now_us)
        key = DeadlineKey(DESK_OWNER, f"call/{call.call}")
        due = None if judged.due_us is None else Deadline(judged.due_us, None)
        if due != site.deadlines.get(key):
            site.deadlines.put(key, due)
        if judged.breach_us is not None:
            self._raise(call, judged.breach_us, judged.over_us, limit_us)
        elif call.raised:
            end_us = call.answered_us or call.ended_us or self._around.now_us
            self._around.find(UNANSWERED, _subject(call), call.place, Withdraw(call.call, end_us, "answered_in_time"))
        call = replace(call, raised=judged.breach_us is not None)
        site.calls.put(call.call, call)
        told = replace(call, number=masked(call.number))
        waited_us = answer_us(call)
        answer_s = None if waited_us is None else seconds(waited_us)
        self._around.tell(TOPIC, call.call, act, told, actor, outcome=judged.outcome, answer_s=answer_s)
        return call

    def _raise(self, call: Call, breach_us: int, over_us: int | None, limit_us: int) -> None:
        waited_us = answer_us(call)
        facts: dict[str, Any] = {"source": call.source, "limit_s": seconds(limit_us), "number": masked(call.number)}
        facts |= {} if waited_us is None else {"answer_s": seconds(waited_us)}
        self._around.find(UNANSWERED, _subject(call), call.place, Raise(call.call, breach_us, facts))
        if over_us is not None:
            self._around.find(UNANSWERED, _subject(call), call.place, Clear(call.call, over_us))


def _subject(call: Call) -> str:
    """One post's phone: what is declared and what the exchange tells are told apart here too."""
    return f"{PHONE_UNANSWERED}/{call.place}/{call.source}"
