"""What is done about guards' phones, as entries of the audit log; see hub/ingest/auditing.py."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hub.audit.types import Act
from hub.phones.asks import ACT_OF, GuardSent, MediaWhole, OutboxSent, OutboxTaken, StreamSet, TaskAnswer

NOT_AUDITED: Mapping[type, str] = {
    StreamSet: "the binding, and its end, have entries of their own",
    MediaWhole: "a photo of an entry has come: the entry says whose it is",
}


def _outbox(asked: OutboxSent, _: None, answer: OutboxTaken) -> Iterator[Act]:
    """What a guard says about an incident. Scans and reports are evidence, and rows of their own."""
    for entry, taken in zip(asked.entries, answer.entries, strict=True):
        if isinstance(entry.what, TaskAnswer) and taken.outcome == "accepted":
            after = {"fields": entry.what.fields, "phone": asked.phone}
            no, act = str(entry.what.case_no), ACT_OF[entry.what.answered]
            yield Act(asked.actor, f"case.{act}", "case", no, entry.what.fields.get("reason", ""), after=after, role=asked.role)


def _sent(asked: GuardSent, _: None, _answer: Any) -> Iterator[Act]:
    after = {"person": asked.person}
    yield Act(asked.actor, "case.dispatch", "case", str(asked.case_no), asked.note, after=after, role=asked.role)


ENTRIES: Mapping[type, Callable[[Any, Any, Any], Iterator[Act]]] = {OutboxSent: _outbox, GuardSent: _sent}
