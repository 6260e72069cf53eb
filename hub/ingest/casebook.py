"""Findings and acts become changes of cases: the engine says what a change is; here the case is found, and its rows are noted."""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Protocol

import msgspec

from contract.orders import TakeSnapshot
from hub.cases import engine
from hub.cases.engine import Numbers
from hub.cases.types import Case, Change, Refusal
from hub.detectors.types import Clear, Detector, Device, Finding, Raise
from hub.ingest.outcome import ClockRow, EntryRow, Outcome
from hub.ingest.ports import CaseAct, ChangeRow, SiteBook
from hub.ingest.site import CaseKey, Deadline, DeadlineKey, Site, key_of

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
    ) -> None:
        self._site = site
        self._outcome = outcome
        self._policy = policy
        self._book = book
        self._closed = closed
        self._count = count
        self._new_id = new_id

    def apply(
        self, detector: Detector, subject: str, device: Device, finding: Finding, now_us: int, *, known_new: bool = False
    ) -> None:
        """Open, merge, return or withdraw the case of the finding. A finding about a cause that was never raised is nothing.
        `known_new`: who asks has it in writing that the cause was never raised, so that the database need not be asked."""
        key = CaseKey(INCIDENT, detector.name, subject, finding.episode)
        case = None if known_new else self._find(key)
        if isinstance(finding, Raise):
            if case is None:
                self._open(detector, subject, device, finding, now_us)
                return
            change = engine.raised_again(case, finding, now_us, self._policy)
        elif case is None:
            return
        elif isinstance(finding, Clear):
            change = engine.cleared(case, finding, now_us, self._policy)
        else:
            change = engine.withdrawn(case, finding, now_us, self._policy)
        if change is not None:
            self._note(case, change)

    def act(self, asked: CaseAct, now_us: int) -> Change | Refusal:
        """A person's act; a Refusal leaves everything as it is."""
        case = self._by_no(asked.case_no)
        if case is None:
            return Refusal(
                "unknown_case", f"没有 {asked.case_no} 号事件 / There is no case {asked.case_no}: see the list of cases"
            )
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
        if isinstance(answer, Change):
            self._note(case, answer)
        return answer

    def expire(self, key: DeadlineKey, due_us: int) -> None:
        """A case's clock ran out at `due_us`. Its deadline is gone, whatever the rules make of it."""
        self._site.deadlines.put(key, None)
        saved = self._site.journal.savepoint()
        try:
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

    def _open(self, detector: Detector, subject: str, device: Device, finding: Raise, now_us: int) -> None:
        number = self._site.next_case()
        change = engine.opened(
            number,
            detector,
            finding,
            subject=subject,
            device=device.id,
            place=finding.place or device.place,
            now_us=now_us,
            policy=self._policy,
        )
        self._site.case_numbers.put(key_of(change.case), number)
        self._note(None, change)
        if not change.case.late:
            self._take_snapshots(change.case)

    def _take_snapshots(self, case: Case) -> None:
        """The order's id names the case, so that the picture finds it even after a restart."""
        for camera in self._book.cameras_at(case.place):
            if len(self._outcome.orders) >= SNAPSHOTS_PER_TURN_MAX:
                return
            device = self._book.detector_device(camera)
            if device is not None:
                order = TakeSnapshot(id=f"c{case.case_no}-{self._new_id()}", device=camera)
                self._outcome.add(self._outcome.orders, (device.agent, order))

    def _note(self, was: Case | None, change: Change) -> None:
        case, site = change.case, self._outcome.site
        entry = change.entry
        self._site.cases.put(case.case_no, case)
        if was is not None and self._site.case_numbers.get(key_of(case)) is None:
            self._site.case_numbers.put(key_of(case), case.case_no)
        row = EntryRow(site, case.case_no, case.entries, entry.at_us, entry.act, entry.actor, _encode(entry.body).decode())
        self._outcome.add(self._outcome.entries, row)
        counts: dict[str, int] = {}
        for past in () if was is None else was.clocks:
            counts[past.clock] = counts.get(past.clock, 0) + 1
        for new in change.new_clock_events:
            counts[new.clock] = counts.get(new.clock, 0) + 1
            clock = ClockRow(site, case.case_no, new.clock, counts[new.clock], new.at_us, new.event)
            self._outcome.add(self._outcome.clocks, clock)
        self._set_alarms(case, change)
        self.change(entry.at_us, CASE_OWNER, str(case.case_no), change.act, _encode(case))

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
        return self._visiting(self._closed.by_key(key))

    def _by_no(self, case_no: int) -> Case | None:
        return self._site.cases.get(case_no) or self._visiting(self._closed.by_no(case_no))

    def _visiting(self, case: Case | None) -> Case | None:
        if case is not None:
            self._site.visit(case)
        return case
