"""Findings and acts become changes of cases: the engine says what a change is; here the case is found, and its rows are noted."""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from contract.orders import TakeSnapshot
from hub.cases import engine
from hub.cases.limits import Numbers, takes_pictures
from hub.cases.types import Case, Change, Entry, Refusal
from hub.cases.workflow import LIVE
from hub.detectors.types import Clear, Detector, Device, Finding, Raise
from hub.ingest.alarmbook import Alarmbook, Found
from hub.ingest.outcome import ClockRow, EntryRow, Outcome
from hub.ingest.planbook import Hands, Planbook
from hub.ingest.ports import AlarmAsk, CaseAct, ChangeRow, MaintenanceAct, SilenceAct, SiteBook
from hub.ingest.site import ALARM_OWNER, PLAN_OWNER, CaseKey, Deadline, DeadlineKey, Site, key_of
from hub.plans.asks import PlanAsk
from hub.plans.types import Plan, Run
from hub.refusals import refusal_text

INCIDENT = "incident"
SNAPSHOTS_PER_TURN_MAX = 16
CASE_OWNER = "case"

_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class DatabaseGone(RuntimeError):
    """The database could not be asked: nothing of the turn can be believed."""


class ClosedCases(Protocol):
    """The cases that are not in memory any more. Raises DatabaseGone."""

    def by_key(self, key: CaseKey) -> Case | None:
        """The case of this cause."""
        ...

    def by_no(self, case_no: int) -> Case | None:
        """The case with this number."""
        ...

    def run(self, case_no: int) -> Run | None:
        """The emergency plan's run of that case."""
        ...


class Casebook:
    """The cases as one turn sees them."""

    def __init__(
        self,
        site: Site,
        outcome: Outcome,
        *,
        policy: Numbers,
        book: SiteBook,
        closed: ClosedCases,
        count: Counter[str],
        new_id: Callable[[], str],
        emergency: tuple[Plan, ...] = (),
    ) -> None:
        self._site = site
        self._outcome = outcome
        self._policy = policy
        self._book = book
        self._closed = closed
        self._count = count
        self._new_id = new_id
        self._alarms = Alarmbook(site, outcome, policy=policy, book=book, change=self.change)
        hands = Hands(self._by_no, self.apply, self._note, self._remark, self.change, closed.run, new_id)
        self._plans = Planbook(site, hands, policy=policy, shipped=emergency)

    @property
    def policy(self) -> Numbers:
        """The policy that cases are dealt with by."""
        return self._policy

    def end(self) -> None:
        """Nothing more comes: see Turn.end."""
        del self._alarms, self._plans

    def apply(
        self, detector: Detector, subject: str, device: Device, finding: Finding, now_us: int, *, known_new: bool = False
    ) -> None:
        """Open, merge, return or withdraw the case of the finding. A finding about a cause that was never raised is nothing.
        `known_new`: who asks has it in writing that the cause was never raised, so that the database need not be asked."""
        key = CaseKey(INCIDENT, detector.name, subject, finding.episode)
        case = None if known_new else self._find(key)
        if isinstance(finding, Raise):
            if case is None:
                self._begin(detector, subject, device, finding, now_us)
                return
            change = engine.raised_again(case, finding, now_us, self._policy)
        elif case is None:
            return
        elif isinstance(finding, Clear):
            change = engine.cleared(case, finding, now_us, self._policy) if self._alarms.is_current(key, case) else None
            if change is not None:
                self._alarms.note_return(case, finding.at_us)
        elif self._alarms.has_merged(case) and case.state in LIVE:
            current = self._alarms.is_current(key, case)
            change = engine.not_so(case, finding, now_us, self._policy, current=current)
        else:
            change = engine.withdrawn(case, finding, now_us, self._policy)
        if change is not None:
            self._note(case, change)

    def act(self, asked: CaseAct, now_us: int) -> Change | Refusal:
        """A person's act; a Refusal leaves everything as it is."""
        case = self._by_no(asked.case_no)
        if case is None:
            return Refusal("unknown_case", refusal_text("unknown_case", no=asked.case_no))
        answer = engine.act(
            case,
            asked.act,
            actor=asked.actor,
            role=asked.role,
            fields=asked.fields,
            expected_version=asked.version,
            now_us=now_us,
            policy=self._policy,
        )
        if not isinstance(answer, Change):
            return answer
        early = self._plans.may_close(case, asked.fields) if asked.act == "close" else None
        if early is not None:
            return early
        if answer.case.state == "shelved" and case.state != "shelved":
            self._alarms.note_shelved(answer.case)
        return self._note(case, answer)

    def ask(self, asked: AlarmAsk | PlanAsk, now_us: int) -> Any:
        """What is asked above single cases, and of emergency plans; a Refusal leaves everything as it is."""
        if isinstance(asked, PlanAsk):
            return self._plans.ask(asked, now_us)
        if isinstance(asked, SilenceAct):
            return self._alarms.silence(asked, now_us)
        if isinstance(asked, MaintenanceAct):
            return self._alarms.begin_maintenance(asked, self._new_id(), now_us)
        found = self._alarms.ending(asked)
        if isinstance(found, Refusal):
            return found
        return self._alarms.end_maintenance(found.window_id, now_us, self._release, asked.actor)

    def expire(self, key: DeadlineKey, due_us: int) -> None:
        """A case's clock ran out at `due_us`, or one above single cases. Its deadline is gone, whatever the rules make of it."""
        self._site.deadlines.put(key, None)
        saved = self._site.journal.savepoint()
        try:
            if key.owner == ALARM_OWNER:
                self._alarms.expire(key.subject, due_us, self._release)
                return
            if key.owner == PLAN_OWNER:
                self._plans.expire(key.subject, due_us)
                return
            number, _, clock = key.subject.partition("/")
            case = self._by_no(int(number))
            change = None if case is None else engine.expired(case, clock, due_us, self._policy)
            if case is not None and change is not None:
                self._note(case, change)
        except DatabaseGone:
            raise
        except Exception:  # a row of another version's may not stop the site
            self._site.journal.rollback(saved)
            self._count["case_clock_failed"] += 1
            _log.exception("case_clock_failed", extra={"subject": key.subject})

    def change(self, at_us: int, topic: str, key: str, act: str, body: bytes) -> None:
        """Append to the change log."""
        row = ChangeRow(self._site.next_change(), at_us, topic, key, act, body.decode())
        self._outcome.add(self._outcome.changes, row)

    def _begin(self, detector: Detector, subject: str, device: Device, finding: Raise, now_us: int) -> None:
        """A new cause: a case of its own, or one more time of a source that chatters."""
        found = Found(detector.name, subject, device, finding.place or device.place)
        joined = self._alarms.joins(found, finding)
        if joined is not None:
            case, comebacks = joined
            self._note(case, engine.came_back(case, finding, comebacks, now_us, self._policy))
            return
        number = self._site.next_case()
        change = engine.opened(
            number,
            detector,
            finding,
            subject=subject,
            device=device.id,
            place=found.place,
            now_us=now_us,
            policy=self._policy,
            place_class=self._book.class_of(found.place),
            birth=self._alarms.birth(found, finding, number, now_us),
        )
        self._site.case_numbers.put(key_of(change.case), number)
        case = self._note(None, change).case
        if not case.late:
            self._take_snapshots(case)

    def _release(self, case: Case, at_us: int) -> bool:
        """A case that was held back: whether it calls now."""
        change = engine.released(case, at_us, self._policy)
        return change is not None and self._note(case, change).case.state == "open"

    def _take_snapshots(self, case: Case) -> None:
        """The order's id names the case, so that the picture finds it even after a restart."""
        for camera in self._book.cameras_at(case.place):
            if len(self._outcome.orders) >= SNAPSHOTS_PER_TURN_MAX:
                return
            device = self._book.detector_device(camera)
            if device is not None and takes_pictures(self._policy, device.options):
                order = TakeSnapshot(id=f"c{case.case_no}-{self._new_id()}", device=camera)
                self._outcome.add(self._outcome.orders, (device.agent, order))

    def _note(self, was: Case | None, change: Change) -> Change:
        site, entry = self._outcome.site, change.entry
        case = self._alarms.before_note(was, change.case, entry.at_us)
        change = change._replace(case=case)
        self._site.cases.put(case.case_no, case)
        if was is not None and self._site.case_numbers.get(key_of(case)) is None:
            self._site.case_numbers.put(key_of(case), case.case_no)
        self._outcome.add(self._outcome.entries, entry_row(site, case, entry))
        counts: dict[str, int] = {}
        for past in () if was is None else was.clocks:
            counts[past.clock] = counts.get(past.clock, 0) + 1
        for new in change.new_clock_events:
            counts[new.clock] = counts.get(new.clock, 0) + 1
            clock = ClockRow(site, case.case_no, new.clock, counts[new.clock], new.at_us, new.event)
            self._outcome.add(self._outcome.clocks, clock)
        self._set_alarms(case, change)
        self.change(entry.at_us, CASE_OWNER, str(case.case_no), change.act, _encode(case))
        self._plans.follow(was, change)
        return change

    def _remark(self, case: Case, entry: Entry) -> None:
        """A line of the timeline that changes nothing of the case."""
        case = msgspec.structs.replace(case, entries=case.entries + 1)
        self._site.cases.put(case.case_no, case)
        self._outcome.add(self._outcome.entries, entry_row(self._outcome.site, case, entry))

    def _set_alarms(self, case: Case, change: Change) -> None:
        due = {alarm.clock: alarm.due_at_us for alarm in change.alarms}
        for clock in {event.clock for event in case.clocks} | due.keys():
            key = DeadlineKey(CASE_OWNER, f"{case.case_no}/{clock}")
            row = Deadline(due[clock], None) if clock in due else None
            if row != self._site.deadlines.get(key):
                self._site.deadlines.put(key, row)

    def _find(self, key: CaseKey) -> Case | None:
        number = self._site.case_numbers.get(key)
        if number is not None:
            return self._site.cases.get(number)
        merged = self._alarms.chattering(key)
        if merged is not None:
            return merged
        return self._visiting(self._closed.by_key(key))

    def _by_no(self, case_no: int) -> Case | None:
        return self._site.cases.get(case_no) or self._visiting(self._closed.by_no(case_no))

    def _visiting(self, case: Case | None) -> Case | None:
        if case is not None:
            self._site.visit(case)
        return case


def entry_row(site: str, case: Case, entry: Entry) -> EntryRow:
    """The entry as the case's newest row of `case_entry`."""
    return EntryRow(site, case.case_no, case.entries, entry.at_us, entry.act, entry.actor, _encode(entry.body).decode())
