"""One turn: messages, acts and the wall clock in; rows, orders and answers out. Pure but for the closed cases it looks up."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

import msgspec

from contract.envelope import Record, Verdict
from contract.footage import SegmentRecorded
from contract.orders import Flush
from contract.readings import KINDS, AccessDecided, BadBytes, CommandDone, DeviceLink, Heartbeat, Reading, SnapshotTaken, WandRead
from hub.access.asks import AccessAsk
from hub.desk.numbers import DESK_OWNER
from hub.detectors.types import (
    AgentAwaited,
    AgentCame,
    AgentHeard,
    AgentLost,
    Device,
    Event,
    ForeignReport,
    PlateWatched,
    Quarantined,
    SequenceJumped,
)
from hub.ingest import asking, auditing, gate, joining
from hub.ingest.asking import Hands
from hub.ingest.casebook import CASE_OWNER, Casebook, DatabaseGone
from hub.ingest.duties.acts import DutyAsk, Heard
from hub.ingest.duties.dutybook import SCANS, Times
from hub.ingest.duties.parts import TurnParts, duties_of
from hub.ingest.effects import EFFECTS, case_of_order
from hub.ingest.footage.book import FOOTAGE_KINDS, Footagebook
from hub.ingest.gate import Admitted, BatchMessage, CameMessage, LostMessage, Message, NonceMessage, Poison, Refused, StreamMark
from hub.ingest.keys import open_said
from hub.ingest.limits import too_many_streams
from hub.ingest.outcome import Answer, Outcome, PictureRow, QuarantineRow
from hub.ingest.passages.book import WATCHED_KINDS, Passagebook
from hub.ingest.phones import note_boot
from hub.ingest.ports import Ask, OfPeople, Passed, Suspicion, TableHeld, Write
from hub.ingest.retention.answers import KEEPING_KINDS, take_answer
from hub.ingest.retention.sweeping import keep
from hub.ingest.site import ALARM_OWNER, HUB_STREAM, PLAN_OWNER, Contact, Deadline, Site
from hub.ingest.stepping import Failure, Stepper
from hub.ingest.surroundings import Surroundings
from hub.ingest.sweeping import Doubt
from hub.ingest.visits.passes import visit_of
from hub.store.duty_reads import phone_streams
from hub.visits.numbers import VISIT_OWNER

_AGENTS_OWN_WORDS = frozenset((DeviceLink, CommandDone, BadBytes))
"""What an agent says about a device: the device itself may have been mute all along, and what it did is not known by it."""

_MORE_THAN_STEPS = frozenset((*EFFECTS, *SCANS, *WATCHED_KINDS, *FOOTAGE_KINDS, *KEEPING_KINDS))
"""Readings of which more becomes than what detectors find."""

_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode
_HUB_KINDS = (AgentAwaited, AgentCame, AgentHeard, AgentLost, SequenceJumped, ForeignReport, PlateWatched, Quarantined)
KIND_NAMES: dict[type[Reading], str] = {kind: name for name, kind in KINDS.items()} | {
    kind: str(kind.__struct_config__.tag) for kind in _HUB_KINDS
}


class Turn:
    """Takes inputs one after another at one moment, `now_us`; what came of them is in `outcome` and in the site."""

    def __init__(self, site: Site, around: Surroundings, now_us: int) -> None:
        self.outcome = Outcome(around.book.site, site.journal)
        self._site = site
        self._around = around
        self._now_us = now_us
        self._count = around.counters
        self._casebook = Casebook(
            site,
            self.outcome,
            policy=around.table.rules.policy,
            book=around.book,
            closed=around.archive,
            count=around.counters,
            new_id=around.new_id,
            emergency=around.table.rules.emergency,
        )
        self._stepper = Stepper(
            site,
            self._casebook,
            around.table,
            around.book,
            now_us=now_us,
            on_failure=self._detector_failed,
            on_too_many=self._too_many_subjects,
            order_flush=self._order_flush,
        )
        rules = around.table.rules
        parts = TurnParts(
            site,
            self.outcome,
            self._casebook,
            around.book,
            around.archive,
            around.counters,
            around.table.wanted_plan,
            around.new_id,
        )
        heard = Heard(self._take_reported, self._source_has_told, partial(note_boot, site.streams, now_us=now_us))
        self._duties = duties_of(parts, Times(now_us, around.ready_us, rules.late_us), heard, self._order_flush)
        self._footage = Footagebook(self.outcome, around.counters, now_us)
        self._passages = Passagebook(
            site,
            self.outcome,
            around.book,
            around.table,
            around.archive,
            around.holders,
            change=self._casebook.change,
            report=self._report_at,
            find=self._casebook.apply,
            new_id=around.new_id,
            count=around.counters,
            now_us=now_us,
        )

    def distrust_watermarks(self) -> None:
        """The clock was set back, or may have been while no hub ran."""
        self._count["watermarks_distrusted"] += self._site.distrust_watermarks(self._now_us)

    def expire_cases(self) -> None:
        """Clocks of cases that have run out, before anything else, so that a late act does not hide that it was late."""
        later = []
        for key, row in self._site.deadlines.pop_due(self._now_us):
            if key.owner in (CASE_OWNER, ALARM_OWNER, PLAN_OWNER):
                self._casebook.expire(key, row.due_us)
            elif key.owner == DESK_OWNER:
                self._duties.desk.expire(key, row.due_us)
            elif key.owner == VISIT_OWNER:
                asking.visitbook_of(self._hands()).expire(key, row.due_us)
            else:
                later.append((self._now_us, key))
        for when_us, key in later:
            self._site.deadlines.look_at(when_us, key)

    def await_agents(self) -> None:
        """The hub has started: an agent that was never heard has its time from now on."""
        for agent in self._around.book.agents:
            self._report(agent, AgentAwaited(), stored=False)

    def take(self, topic: str, payload: bytes, *, suspect: bool = False) -> int:
        """One message. Returns how many records it brought. A message that trips over a bug of ours is undone alone and stays
        unanswered: its agent goes on asking, a counter tells, and all others go on. Of a `suspect` one, which the database would
        not have, all records are put aside."""
        return self._take_group([self._open(topic, payload)], suspect)

    def take_all(self, said: Sequence[tuple[str, bytes]]) -> int:
        """Messages in their order, as `take` takes each; but batches that go on from one another are taken as one."""
        opened = [self._open(topic, payload) for topic, payload in said]
        return sum(self._take_group(group) for group in joining.groups(opened, self._now_us))

    def _open(self, topic: str, payload: bytes) -> Message:
        return open_said(self.outcome.site, self._around.keys, topic, payload)

    def _take_group(self, group: Sequence[Message], suspect: bool = False) -> int:
        saved = self._site.journal.savepoint()
        try:
            return self._take(joining.whole(group), suspect)
        except DatabaseGone:
            raise
        except Exception:
            self._site.journal.rollback(saved)
            if len(group) > 1:
                return sum(self._take_group([one]) for one in group)
            self._count["messages_failed"] += 1
            _log.exception("message_failed", extra={"agent": getattr(group[0], "agent", None)})
            return 0

    def _take(self, message: Message, suspect: bool) -> int:
        if isinstance(message, BatchMessage):
            return self._take_batch(message, suspect)
        if isinstance(message, NonceMessage):
            self.outcome.add(self.outcome.nonces, (message.agent, message.nonce))
        elif isinstance(message, LostMessage | CameMessage):
            lost = isinstance(message, LostMessage)
            if self._reports("lost" if lost else "came", message.agent):
                self._report(message.agent, AgentLost() if lost else AgentCame(), stored=lost)
        elif isinstance(message, Refused):
            self._refuse(message)
        return 0

    def ask(self, asked: Ask, future: Future[Any]) -> None:
        """Somebody's request; the future is answered after the commit."""
        if isinstance(asked, Write):
            self.outcome.writes.append((future, asked))
            return
        saved = self._site.journal.savepoint()
        try:
            was = auditing.state_of(asked, self._site, self._around.archive)
            answer = self._answer(asked)
            auditing.note(self.outcome, asked, was, answer)
        except DatabaseGone:
            raise
        except Exception as error:  # one request's bug is its own
            self._site.journal.rollback(saved)
            self._count["asks_failed"] += 1
            self.outcome.futures.append((future, error))
        else:
            self.outcome.futures.append((future, answer))

    def _answer(self, asked: OfPeople | Suspicion | DutyAsk | AccessAsk) -> Any:
        if isinstance(asked, Suspicion):
            return self._refuse(Refused(asked.reason, asked.agent, foreign=True))
        return asking.answer(asked, self._hands())

    def _hands(self) -> Hands:
        return Hands(self._site, self.outcome, self._casebook, self._around, self._duties.acts, self._passages, self._now_us)

    def judge_duties(self) -> None:
        """What the turn's scans and watermarks, and the wall clock, make of windows. After everything that came in."""
        self._duties.book.judge()
        self._duties.acts.complete()
        self._passages.tell()

    def keep_footage(self, doubt: Doubt | None) -> None:
        """What incidents hold, and what is due to go. After everything else: no order goes out beside a hold of this turn's."""
        keep(asking.parts_of(self._hands()), doubt)

    def end(self) -> None:
        """Nothing more comes. The parts hold the turn as it holds them: left so, every turn would wait for Python's collector of
        rings, which stopped all threads for 10 ms twice a second at 1,000 turns a second, and now and then for 50."""
        self._casebook.end()
        del self._stepper, self._duties, self._passages

    def fire_by_clock(self) -> None:
        """Deadlines that the wall clock has reached, after everything that came in."""
        for key, row in list(self._site.deadlines.pop_due(self._now_us)):
            if self._site.deadlines.get(key) is row:
                self._stepper.fire_by_clock(key, row, self._stalls_us(row))

    def _stalls_us(self, row: Deadline) -> int:
        """When the deadline's source counts as stalled. While a backlog drains, turn after turn, its agent is heard all along,
        and the proof is under way: only once the agent's log has passed that time too is it the source that says nothing."""
        stall_us, ready_us = self._around.table.rules.stall_us, self._around.ready_us
        source = None if row.source is None else self._around.book.detector_device(row.source)
        contact = None if source is None else self._site.contacts.get(source.agent)
        if contact is None or contact.reached_us >= row.due_us + stall_us:
            return max(row.due_us, ready_us) + stall_us
        return max(row.due_us, ready_us, contact.heard_us) + stall_us

    def _take_batch(self, message: BatchMessage, suspect: bool) -> int:
        head = message.head
        known = self._site.streams.get(head.stream)
        since_us = self._now_us - self._around.table.rules.keep_us
        if known is None and too_many_streams(self._site.streams, message.agent, since_us):
            self._refuse(Refused("too_many_streams", message.agent, foreign=True))
            return 0
        if not self._around.quota.lets(self._now_us, message.agent, len(message.records)):
            self._put_off(message, known)
            return 0
        admitted = gate.admit(message, known, self._now_us)
        if isinstance(admitted, Refused):
            self._refuse(admitted)
            if admitted.verdict is not None:
                self._reply(message, admitted.verdict)
            return 0
        fresh = gate.is_fresh(head, known, admitted)
        if fresh:
            self._site.streams.put(head.stream, admitted.mark)
        self._count["batches"] += 1
        self._count["duplicates"] += admitted.duplicates
        if admitted.jumped is not None:
            self._count["jumps"] += 1
            self._report(message.agent, SequenceJumped(first=admitted.jumped[0], last=admitted.jumped[1]))
        if suspect:
            for record in admitted.records:
                self._put_record_aside(admitted.mark, record, "uncommittable")
        else:
            self._take_records(admitted.mark, admitted.records)
        self._reply(message, admitted.verdict)
        if fresh:
            self._hear(message.agent, admitted)
        return len(admitted.records)

    def _reply(self, message: BatchMessage, verdict: Verdict) -> None:
        head = message.head
        self.outcome.put(self.outcome.answers, (head.stream, head.boot), Answer(message.agent, head, verdict))

    def _put_off(self, message: BatchMessage, known: StreamMark | None) -> None:
        """The agent sends more than its share. It is heard, and told to wait."""
        self._count["over_quota"] += 1
        if known is None or known.agent == message.agent:
            self._reply(message, "paused")
            was = self._site.contacts.get(message.agent)
            self._site.contacts.put(message.agent, Contact(self._now_us, -1 if was is None else was.reached_us))

    def _take_records(self, stream: StreamMark, records: Sequence[Record | Poison]) -> None:
        """What is new of a batch. This is done for each record that ever comes: what can be said for all of them at once is."""
        site, name, agent, offset_us, now_us = self.outcome.site, stream.stream, stream.agent, stream.offset_us, self._now_us
        late_before_us = now_us - self._around.table.rules.late_us
        device_of, stepper, rows = self._around.book.detector_device, self._stepper, self.outcome.begin_events()
        reached: dict[str, int] = {}
        self._duties.book.ask_for(name, records)
        for record in self._footage.placed(records, offset_us):
            if isinstance(record, Poison):
                self._put_record_aside(stream, record, record.reason)
                continue
            device = device_of(record.device)
            if device is None or agent not in (device.agent, device.id):
                self._put_record_aside(stream, record, "unknown_device" if device is None else "foreign_device")
                continue
            reading = record.reading
            kind = type(reading)
            at_us = max(0, record.at_us - offset_us)
            if at_us > now_us:  # nothing has happened yet that will happen later
                self._count["future_times"] += 1
                at_us = now_us
            device_at_us = record.device_at_us
            if kind is not SegmentRecorded:  # which goes into the index of footage, and is no row here
                body = _encode(reading).decode()
                rows.append(
                    (site, name, record.seq, device.id, KIND_NAMES[kind], at_us, record.at_us, device_at_us, now_us, body)
                )
            if isinstance(reading, WandRead):
                stepper.advance(device.id, min(max(0, reading.up_to_us - offset_us), now_us), reached)
            elif not (kind.STORED or kind in _AGENTS_OWN_WORDS):
                stepper.advance(device.id, at_us, reached)
            if isinstance(reading, Heartbeat):
                self._advance_sources(stream, reading, reached)
                self.outcome.add(self.outcome.gates, TableHeld(agent, reading.permits, at_us))
            plan = stepper.plan(kind, device, clocked=device_at_us is not None)
            if plan or kind in _MORE_THAN_STEPS:
                event = Event(device.id, at_us, now_us, reading, name, record.seq, at_us < late_before_us, device_at_us)
                stepper.run(plan, event, device)
                self._take_more(kind, event, device, stream, reached)
        stepper.mark(reached)

    def _take_more(self, kind: type[Reading], event: Event, device: Device, stream: StreamMark, reached: dict[str, int]) -> None:
        """What becomes of some readings besides what detectors find."""
        if kind is DeviceLink:
            self._stepper.mark(reached)  # how far the source had told before it was lost
        if kind in SCANS:
            self._guarded("duties", event, lambda: self._duties.book.take(event, stream.offset_us))
        if kind in EFFECTS:
            self._note_effect(event, stream.agent)
        reading = event.reading
        if isinstance(reading, AccessDecided) and reading.granted and reading.permit:
            passed = Passed(stream.agent, event.device, reading.card, reading.permit, reading.to_zone, event.at_us)
            self.outcome.add(self.outcome.gates, passed)
            if visit_of(reading.permit):
                self._guarded("visits", event, lambda: asking.visitbook_of(self._hands()).passed(event))
        if kind in FOOTAGE_KINDS:
            self._guarded("footage", event, lambda: self._footage.take(event))
        if kind in KEEPING_KINDS:
            self._guarded("footage", event, lambda: take_answer(asking.parts_of(self._hands()), event))
        if kind in WATCHED_KINDS:
            self._guarded("passages", event, lambda: self._passages.take(event, device))

    def _guarded(self, name: str, event: Event, take: Callable[[], object]) -> None:
        """One that trips over a bug of ours is put aside alone, and the stream goes on."""
        saved = self._site.journal.savepoint()
        try:
            take()
        except DatabaseGone:
            raise
        except Exception as error:
            self._site.journal.rollback(saved)
            _log.exception("event_failed", extra={"device": event.device, "part": name})
            self._detector_failed(Failure(name, event.device, repr(error)), event)

    def _put_record_aside(self, stream: StreamMark, record: Record | Poison, reason: str) -> None:
        if isinstance(record, Poison):
            self._quarantine(stream, record.seq, record.reason, record.body)
        else:
            self._quarantine(stream, record.seq, reason, _encode(record))

    def _advance_sources(self, stream: StreamMark, heartbeat: Heartbeat, reached: dict[str, int]) -> None:
        for source, agent_us in heartbeat.sources.items():
            device = self._around.book.detector_device(source)
            if device is not None and stream.agent in {device.agent, device.id}:
                self._stepper.advance(source, min(max(0, agent_us - stream.offset_us), self._now_us), reached)

    def _note_effect(self, event: Event, agent: str) -> None:
        effect, reading = EFFECTS[type(event.reading)], event.reading
        if isinstance(reading, SnapshotTaken):
            self._promise_picture(reading, event, agent)
        body = _encode({"device": event.device, "agent": agent, "at_us": event.at_us, "late": event.late, "reading": reading})
        self._casebook.change(event.at_us, effect.topic, effect.key(event), effect.act(reading), body)

    def _promise_picture(self, taken: SnapshotTaken, event: Event, agent: str) -> None:
        if taken.picture in self.outcome.pictures or self._around.archive.picture(taken.picture) is not None:
            self._count["pictures_doubled"] += 1
            return
        case_no = case_of_order(taken.order)
        if case_no is not None and case_no > self._site.counters.case_no:
            case_no = None
        row = PictureRow(
            self.outcome.site,
            taken.picture,
            agent,
            event.device,
            case_no,
            event.at_us,
            taken.sha256,
            taken.size_bytes,
            None,
        )
        self.outcome.put(self.outcome.pictures, taken.picture, row)

    def _hear(self, agent: str, admitted: Admitted) -> None:
        was = self._site.contacts.get(agent)
        last = admitted.records[-1] if admitted.records else None
        reached_us = -1 if was is None else was.reached_us
        if isinstance(last, Record):
            reached_us = min(last.at_us - admitted.mark.offset_us, self._now_us)
        self._site.contacts.put(agent, Contact(self._now_us, reached_us))
        if self._reports("heard", agent):
            self._report(agent, AgentHeard(), stored=False)

    def _refuse(self, refused: Refused) -> None:
        self._count[f"refused_{refused.reason}"] += 1
        if refused.foreign and refused.agent and self._reports("foreign", refused.agent, refused.reason):
            self._report(refused.agent, ForeignReport(reason=refused.reason))

    def _quarantine(self, stream: StreamMark, seq: int, reason: str, body: bytes) -> None:
        self._put_aside(stream.stream, seq, stream.agent, reason, body)
        self._report_quarantine(stream.agent, reason)

    def _put_aside(self, stream: str, seq: int, agent: str, reason: str, body: bytes) -> None:
        self._count["quarantined"] += 1
        row = QuarantineRow(self.outcome.site, stream, seq, agent, self._now_us, reason, body)
        if (stream, seq) not in self.outcome.quarantine:
            self.outcome.put(self.outcome.quarantine, (stream, seq), row)

    def _report_quarantine(self, device: str, reason: str) -> None:
        if self._reports("quarantined", device, reason):
            self._report(device, Quarantined(reason=reason))

    def _detector_failed(self, failure: Failure, event: Event | None) -> None:
        """A report that made a detector raise is not reported again: that could go round for ever."""
        self._count[f"detector_failed_{failure.detector}"] += 1
        reason = f"detector:{failure.detector}"
        if event is not None and event.stream != HUB_STREAM:
            device = self._around.book.detector_device(event.device)
            agent = device.agent if device is not None else ""
            self._put_aside(event.stream, event.seq, agent, reason, _encode(event.reading))
        if event is None or not isinstance(event.reading, Quarantined):
            self._report_quarantine(failure.device, reason)

    def _too_many_subjects(self, device: Device) -> None:
        self._count["too_many_subjects"] += 1
        self._report_quarantine(device.id, "too_many_subjects")

    def _reports(self, *key: str) -> bool:
        """Whether such a report may be made now."""
        return self._around.reports.lets(self._site.journal, self._now_us, *key)

    def _report(self, device_id: str, reading: Reading, *, stored: bool = True) -> None:
        """An event of the hub's own. Its number is never given again, whether it is stored or not."""
        device = self._around.book.detector_device(device_id)
        if device is None:
            return
        self._step_own(device, reading, HUB_STREAM, self._now_us, stored=stored)

    def _report_at(self, device: Device, reading: Reading, at_us: int) -> None:
        """An event of the hub's own about what happened then."""
        self._step_own(device, reading, HUB_STREAM, at_us, stored=True)

    def _take_reported(self, source: str, reading: Reading, at_us: int) -> None:
        """What a phone reported, or a wand's dump, as an event of its own stream, which the hub numbers: they name things by
        keys."""
        device = self._around.book.detector_device(source)
        if device is not None:
            stream = phone_streams(source).present if device.kind == "phone" else f"dump:{source}"
            self._step_own(device, reading, stream, min(at_us, self._now_us), stored=True)

    def _source_has_told(self, source: str, up_to_us: int) -> None:
        reached: dict[str, int] = {}
        self._stepper.advance(source, up_to_us, reached)
        self._stepper.mark(reached)

    def _step_own(self, device: Device, reading: Reading, stream: str, at_us: int, *, stored: bool) -> None:
        """An event that the hub numbers itself. The number is never given again, whether the event is stored or not."""
        was = self._site.streams.get(stream)
        seq = 1 if was is None else was.mark + 1
        now_us = self._now_us
        agent = HUB_STREAM if stream == HUB_STREAM else device.id
        boot, offset_us = (HUB_STREAM, 0) if stream == HUB_STREAM else ("", 0) if was is None else (was.boot, was.offset_us)
        self._site.streams.put(stream, StreamMark(stream, agent, seq, 0, boot, now_us, offset_us, 0))
        if stored:
            row = (device.id, KIND_NAMES[type(reading)], at_us, at_us, None, now_us, _encode(reading).decode())
            self.outcome.add(self.outcome.events, (self.outcome.site, stream, seq, *row))
        late = now_us - at_us > self._around.table.rules.late_us
        self._stepper.step(Event(device.id, at_us, now_us, reading, stream, seq, late), device)

    def _order_flush(self, source: str) -> None:
        device: Device | None = self._around.book.detector_device(source)
        if device is not None and self._around.flushes.lets(self._site.journal, self._now_us, device.agent):
            self._count["flushes"] += 1
            self.outcome.add(self.outcome.orders, (device.agent, Flush(id=self._around.new_id())))
