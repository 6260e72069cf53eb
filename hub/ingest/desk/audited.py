"""What is asked of the duty desk, as entries of the audit log. Numbers of callers are not told: the phone log has them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from hub.audit.types import Act, Personal
from hub.desk.asks import (
    CallDeclared,
    CallNoted,
    CheckInAnswer,
    DeskReport,
    HandoverBegin,
    HandoverCancel,
    HandoverJoin,
    HandoverSign,
    ItemDecision,
    KeyAdd,
    KeyIssue,
    KeyMark,
    KeyReturn,
)

_builtins = msgspec.to_builtins


def _check_in(asked: CheckInAnswer, _: None, _answer: Any) -> Iterator[Act]:
    yield Act(asked.who.name, "duty.check_in", "window", asked.window_id)


def _report(asked: DeskReport, _: None, _answer: Any) -> Iterator[Act]:
    yield Act(asked.who.name, "duty.report", "duty", asked.duty, after={"place": asked.place, "fields": asked.fields})


def _begin(asked: HandoverBegin, _: None, answer: Any) -> Iterator[Act]:
    yield Act(asked.who.name, "handover.begin", "handover", answer.handover, asked.note, after={"place": asked.place})


def _join(asked: HandoverJoin, _: None, _answer: Any) -> Iterator[Act]:
    yield Act(asked.who.name, "handover.join", "handover", asked.handover)


def _decide(asked: ItemDecision, _: None, _answer: Any) -> Iterator[Act]:
    name = "handover.accept" if asked.accept else "handover.reject"
    yield Act(asked.account, name, "handover", asked.handover, asked.reason, after={"item": asked.item})


def _sign(asked: HandoverSign, _: None, answer: Any) -> Iterator[Act]:
    yield Act(asked.who.name, "handover.sign", "handover", asked.handover, after={"state": answer.state})


def _cancel(asked: HandoverCancel, _: None, _answer: Any) -> Iterator[Act]:
    yield Act(asked.who.name, "handover.cancel", "handover", asked.handover)


def _key_add(asked: KeyAdd, _: None, answer: Any) -> Iterator[Act]:
    yield Act(asked.actor, "key.add", "key", answer.item, after=_builtins(answer))


def _key_issue(asked: KeyIssue, _: None, answer: Any) -> Iterator[Act]:
    after = {"person": Personal(asked.person), "due_us": answer.due_us}
    yield Act(asked.actor, "key.issue", "key", asked.item, asked.purpose, after=after)


def _key_return(asked: KeyReturn, _: None, _answer: Any) -> Iterator[Act]:
    yield Act(asked.actor, "key.return", "key", asked.item, asked.note, after={"condition": asked.condition})


def _key_mark(asked: KeyMark, _: None, _answer: Any) -> Iterator[Act]:
    yield Act(asked.actor, "key.mark", "key", asked.item, asked.note, after={"condition": asked.condition})


def _call(asked: CallDeclared, _: None, answer: Any) -> Iterator[Act]:
    yield Act(asked.call.actor, "call.declare", "call", answer.call, after={"direction": asked.call.direction})


def _call_note(asked: CallNoted, _: None, _answer: Any) -> Iterator[Act]:
    person = Personal(asked.person) if asked.person else ""
    yield Act(asked.actor, "call.note", "call", asked.call, after={"person": person, "case_no": asked.case_no})


ENTRIES: Mapping[type, Callable[[Any, Any, Any], Iterator[Act]]] = {
    CheckInAnswer: _check_in,
    DeskReport: _report,
    HandoverBegin: _begin,
    HandoverJoin: _join,
    ItemDecision: _decide,
    HandoverSign: _sign,
    HandoverCancel: _cancel,
    KeyAdd: _key_add,
    KeyIssue: _key_issue,
    KeyReturn: _key_return,
    KeyMark: _key_mark,
    CallDeclared: _call,
    CallNoted: _call_note,
}
