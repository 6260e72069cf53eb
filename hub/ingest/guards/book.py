"""Guards' phones as one turn sees them: what an outbox brings, who is sent where, and media that are whole."""

import logging
from collections import Counter
from typing import NamedTuple, Protocol

import msgspec
from msgspec.structs import replace

from contract.clock import rfc3339
from hub.cases.types import Case, Change, Refusal
from hub.ingest.casebook import Casebook, DatabaseGone
from hub.ingest.duties.acts import DutyActs
from hub.ingest.guards.rows import dispatch_name, entry_name
from hub.ingest.outcome import Outcome, PictureRow
from hub.ingest.ports import CaseAct, Item, Report
from hub.ingest.site import Site
from hub.phones.asks import ACT_OF, Entry, EntryTaken, GuardSent, MediaWhole, OutboxSent, OutboxTaken, PhoneAsk, StreamSet
from hub.phones.asks import TaskAnswer as Answer
from hub.phones.types import UNDER_WAY, Dispatch, DispatchState, EntryRow, MediaRow, PhoneStream, StreamKey
from hub.phones.words import refused

TOPIC = "dispatch"
LATE_US = 30_000_000
"""What a guard pressed longer ago than this tells its own time on the timeline."""
_CALLS = "panic"
_encode = msgspec.json.Encoder().encode
_log = logging.getLogger(__name__)


class OldPhones(Protocol):
    """What is in the database alone. Raises DatabaseGone."""

    def phone_entries(self, phone: str, keys: list[str]) -> dict[str, EntryRow]:
        """What came of a phone under these keys."""
        ...

    def last_dispatch(self, case_no: int) -> Dispatch | None:
        """Who was sent last for that case."""
        ...

    def phone_media(self, media: str) -> MediaRow | None:
        """An upload."""
        ...


class Things(NamedTuple):
    """What a turn has for it."""

    site: Site
    outcome: Outcome
    casebook: Casebook
    duties: DutyActs
    archive: OldPhones
    now_us: int
    counters: Counter[str]


class Phonebook:
    """The phones of one turn."""

    def __init__(self, things: Things) -> None:
        self._t, self._site, self._now_us = things, things.site, things.now_us

    def answer(self, asked: PhoneAsk) -> OutboxTaken | Change | Refusal | bool | int | None:
        """See each ask."""
        if isinstance(asked, OutboxSent):
            return self._outbox(asked)
        if isinstance(asked, GuardSent):
            return self._send(asked)
        return self._whole(asked) if isinstance(asked, MediaWhole) else self._set_stream(asked)

    def recall(self, case_no: int) -> None:
        """Whoever was sent there by the app has it no more."""
        for row in [self._site.phones.dispatches.get(name) for name in self._site.phones.dispatches]:
            if row is not None and row.case_no == case_no and row.state in UNDER_WAY:
                self._put(row, "recalled", "hub")

    # The outbox

    def _outbox(self, asked: OutboxSent) -> OutboxTaken:
        keys = [one.key for one in asked.entries]
        known = self._t.archive.phone_entries(asked.phone, keys) if keys else {}
        for key in keys:
            new = self._site.phones.entries.get(entry_name(asked.phone, key))
            known |= {} if new is None else {key: new}
        if asked.boot is not None:
            self._t.duties.report(Report(asked.phone, (), boot=asked.boot))
        self._t.duties.expect(asked.phone, keys)
        items: list[object] = []
        taken = []
        for entry in asked.entries:
            done = self._guarded(asked, entry, known.get(entry.key), items)
            taken.append(done)
            row = self._row(asked, entry, done)
            if done.outcome != "duplicate" and row is not None:
                self._site.phones.entries.put(entry_name(asked.phone, entry.key), row)
                known[entry.key] = row
            self._t.counters[f"phone_entries_{done.outcome}"] += 1
        seq = self._told(asked)
        return OutboxTaken(tuple(taken), items, seq)

    def _guarded(self, asked: OutboxSent, entry: Entry, was: EntryRow | None, items: list[object]) -> EntryTaken:
        """One that trips over a bug of ours is refused alone, and those behind it get through: the phone keeps it for its guard
        to see, and it may be sent again."""
        saved, count = self._site.journal.savepoint(), len(items)
        try:
            return self._entry(asked, entry, was, items)
        except DatabaseGone:
            raise
        except Exception:
            self._site.journal.rollback(saved)
            del items[count:]
            self._t.counters["phone_entries_failed"] += 1
            _log.exception("phone_entry_failed", extra={"phone": asked.phone, "kind": entry.kind})
            return EntryTaken("refused", refusal=refused("hub_fault"))

    def _entry(self, asked: OutboxSent, entry: Entry, was: EntryRow | None, items: list[object]) -> EntryTaken:
        """One entry. What was refused before is looked at anew: the estate may know by now what it did not."""
        if was is not None and was.outcome == "accepted":
            if (was.person, was.kind) != (asked.person, entry.kind):
                return EntryTaken("refused", refusal=refused("key_used"))
            return EntryTaken("duplicate", case_no=was.case_no)
        if isinstance(entry.what, Refusal):
            return EntryTaken("refused", refusal=entry.what)
        if isinstance(entry.what, Answer):
            return self._answered(asked, entry, entry.what)
        return self._item(asked, entry, entry.what, items)

    def _item(self, asked: OutboxSent, entry: Entry, item: Item, items: list[object]) -> EntryTaken:
        before = self._site.counters.case_no
        answers = self._t.duties.report(Report(asked.phone, (item,)))
        items.append((answers, 0))
        raised = self._site.counters.case_no
        case_no = raised if raised > before else None
        if case_no is None and entry.kind == _CALLS:
            case_no = self._calling(asked.phone)
        outcome = "duplicate" if answers[0].taken == "duplicate" else "accepted"
        return EntryTaken(outcome, len(items) - 1, case_no)  # type: ignore[arg-type]

    def _calling(self, phone: str) -> int | None:
        """The live call for help that another press belongs to."""
        cases = (self._site.cases.get(no) for no in self._site.cases)
        mine = [case.case_no for case in cases if case is not None and _is_call_of(case, phone)]
        return max(mine, default=None)

    def _row(self, asked: OutboxSent, entry: Entry, done: EntryTaken) -> EntryRow | None:
        """What is kept of it. An entry whose key is another's, or none, is not kept: the answer says so."""
        code = "" if done.refusal is None else done.refusal.reason
        if code in ("key_used", "wrong_key"):
            return None
        outcome = "refused" if done.refusal is not None else "accepted"
        return EntryRow(
            asked.phone,
            entry.key,
            asked.person,
            entry.seq,
            entry.kind,
            entry.at_us,
            entry.device_at_us,
            entry.mono_ms,
            entry.boot,
            entry.skew_ms,
            self._now_us,
            outcome,
            code,
            done.case_no,
        )

    def _told(self, asked: OutboxSent) -> int:
        """What the batch says of its outbox, and what that makes of the phone's watermark: the earliest of all its outboxes'."""
        key = StreamKey(asked.phone, asked.person)
        was = self._site.phones.streams.get(key)
        seq = max([0 if was is None else was.seq, *(one.seq for one in asked.entries)])
        up_to_us = None if was is None else was.up_to_us
        if asked.up_to_us is not None:
            up_to_us = max(min(asked.up_to_us, self._now_us), up_to_us or 0)
        state = "on" if asked.on_duty or asked.up_to_us is None else "rest"
        stream = PhoneStream(asked.phone, asked.person, seq, up_to_us, self._now_us, state)  # type: ignore[arg-type]
        self._site.phones.streams.put(key, stream)
        told_us = self._site.phones.streams.reported_us(asked.phone, self._now_us, self._now_us)
        if asked.up_to_us is not None and told_us is not None and told_us >= 0:
            self._t.duties.report(Report(asked.phone, (), up_to_us=told_us))
        return seq

    def _set_stream(self, asked: StreamSet) -> bool:
        key = StreamKey(asked.phone, asked.person)
        was = self._site.phones.streams.get(key)
        if asked.state == "ended" and was is None:
            return True
        # What is bound for the first time holds nothing yet; what is bound again may.
        up_to_us, seq = (self._now_us, 0) if was is None else (was.up_to_us, was.seq)
        self._site.phones.streams.put(key, PhoneStream(*key, seq, up_to_us, self._now_us, asked.state))
        return True

    # Who is sent where

    def _send(self, asked: GuardSent) -> Change | Refusal:
        fields = {"guard": asked.name} | ({"note": asked.note} if asked.note else {})
        act = CaseAct(asked.case_no, "dispatch", asked.actor, asked.role, fields, asked.version)
        done = self._t.casebook.act(act, self._now_us)
        if isinstance(done, Refusal):
            return done
        self.recall(asked.case_no)
        mine = [row for name in self._site.phones.dispatches if (row := self._site.phones.dispatches.get(name)) is not None]
        numbers = [row.dispatch_no for row in mine if row.case_no == asked.case_no]
        last = self._t.archive.last_dispatch(asked.case_no)
        number = max([*numbers, 0 if last is None else last.dispatch_no]) + 1
        row = Dispatch(asked.case_no, number, asked.person, asked.actor, asked.note, self._now_us, "sent", self._now_us)
        self._put(row, "sent", asked.actor)
        return done

    def _answered(self, asked: OutboxSent, entry: Entry, told: Answer) -> EntryTaken:
        row = self._under_way(told.case_no, asked.person)
        if row is None:
            last = self._t.archive.last_dispatch(told.case_no)
            mine = last is not None and last.person == asked.person
            return EntryTaken("refused", refusal=refused("task_recalled" if mine else "not_sent_to_you"))
        fields = dict(told.fields)
        if self._now_us - entry.at_us > LATE_US:
            fields["made_at"] = rfc3339(entry.at_us)
        act = CaseAct(told.case_no, ACT_OF[told.answered], asked.actor, asked.role, fields)
        done = self._t.casebook.act(act, self._now_us)
        if isinstance(done, Refusal):
            return EntryTaken("refused", case_no=told.case_no, refusal=done)
        self._put(row, told.answered, asked.actor)
        return EntryTaken("accepted", case_no=told.case_no)

    def _under_way(self, case_no: int, person: str) -> Dispatch | None:
        rows = (self._site.phones.dispatches.get(name) for name in self._site.phones.dispatches)
        fits = [row for row in rows if row is not None and (row.case_no, row.person) == (case_no, person)]
        return next((row for row in fits if row.state in UNDER_WAY), None)

    def _put(self, row: Dispatch, state: DispatchState, actor: str) -> None:
        row = replace(row, state=state, state_us=self._now_us)
        self._site.phones.dispatches.put(dispatch_name(row), row)
        body = _encode({**msgspec.to_builtins(row), "by": actor})
        self._t.casebook.change(self._now_us, TOPIC, dispatch_name(row), state, body)
        self._t.counters[f"dispatch_{state}"] += 1

    # Media

    def _whole(self, asked: MediaWhole) -> int | Refusal | None:
        media = self._site.phones.media.get(asked.media) or self._t.archive.phone_media(asked.media)
        if media is None:
            return refused("unknown_media")
        entry = self._site.phones.entries.get(entry_name(media.phone, media.entry))
        entry = entry or self._t.archive.phone_entries(media.phone, [media.entry]).get(media.entry)
        case_no = None if entry is None else entry.case_no
        if media.stored_us is None:
            self._site.phones.media.put(media.media, media._replace(stored_us=self._now_us))
            row = PictureRow(
                self._t.outcome.site,
                media.media,
                media.phone,
                media.phone,
                case_no,
                media.at_us,
                media.sha256,
                media.size_bytes,
                self._now_us,
            )
            self._t.outcome.put(self._t.outcome.pictures, media.media, row)
            body = _encode({"device": media.phone, "agent": media.phone, "at_us": media.at_us, "case_no": case_no})
            self._t.casebook.change(self._now_us, "picture", media.media, "stored", body)
        return case_no


def _is_call_of(case: Case, phone: str) -> bool:
    return case.detector == _CALLS and case.device == phone and case.closed_us is None
