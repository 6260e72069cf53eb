"""The duty desk as one turn sees it: who answers a check-in, what is reported, the register, the phone and the handover."""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from hub.cases.types import Refusal
from hub.desk import asks, keys
from hub.desk.checkin import why_unanswerable
from hub.desk.entered import ENTERED_BY
from hub.desk.keys import KeyItem, Moved
from hub.desk.numbers import DESK_OWNER, OVERDUE, key_out_us
from hub.desk.words import refused
from hub.detectors.types import Clear, Raise
from hub.duties.lookup import PlanView
from hub.duties.types import HUB_SOURCE, Window
from hub.ingest.casebook import Casebook, DatabaseGone
from hub.ingest.desk.around import Around, seconds
from hub.ingest.desk.handing import Handing
from hub.ingest.desk.phone import OldCalls, PhoneLog
from hub.ingest.outcome import Outcome
from hub.ingest.ports import Item, Report, SiteBook, TakenItem
from hub.ingest.site import Deadline, DeadlineKey, Site

KEY_TOPIC = "key"
_log = logging.getLogger(__name__)


class Reports(Protocol):
    """Takes evidence in, as of any source. The answers are whole once the turn is judged."""

    def report(self, report: Report) -> list[TakenItem]:
        """See Report."""
        ...


class Moments(Protocol):
    """The turn's moment, and what counts as late."""

    @property
    def now_us(self) -> int:
        """Now."""
        ...

    @property
    def late_us(self) -> int:
        """What is found later than this is late."""
        ...


class Deskbook:
    """The desk of one turn."""

    def __init__(
        self,
        site: Site,
        outcome: Outcome,
        casebook: Casebook,
        book: SiteBook,
        archive: OldCalls,
        view: Callable[[], PlanView | None],
        times: Moments,
        count: Counter[str],
        new_id: Callable[[], str],
    ) -> None:
        self._around = around = Around(site, outcome, casebook, book, view, times.now_us, times.late_us, count, new_id)
        self._site, self._now_us = site, times.now_us
        self._phone, self._handing = PhoneLog(around, archive), Handing(around)

    def answer(self, asked: asks.DeskAsk, reports: Reports) -> Any:
        """See each ask."""
        if isinstance(asked, asks.CheckInAnswer):
            return self._check_in(asked, reports)
        if isinstance(asked, asks.DeskReport):
            item = self._around.item(asked.key, asked.duty, asked.place, asked.who, asked.fields)
            return reports.report(Report(HUB_SOURCE, (item,)))
        if isinstance(asked, asks.CallDeclared | asks.CallHeard | asks.CallNoted):
            return self._phone.answer(asked)
        if isinstance(asked, asks.KeyAdd | asks.KeyIssue | asks.KeyReturn | asks.KeyMark):
            return self._key(asked)

        def report(item: Item) -> None:
            reports.report(Report(HUB_SOURCE, (item,)))

        return self._handing.answer(asked, report)

    def expire(self, key: DeadlineKey, due_us: int) -> None:
        """A deadline of the desk's was reached. It is gone, whatever comes of it."""
        self._site.deadlines.put(key, None)
        saved = self._site.journal.savepoint()
        what, _, name = key.subject.partition("/")
        try:
            if what == "call":
                self._phone.expire(name)
            else:
                self._overdue(name, due_us)
        except DatabaseGone:
            raise
        except Exception:  # a row of another version's may not stop the site
            self._site.journal.rollback(saved)
            self._around.counters["desk_deadline_failed"] += 1
            _log.exception("desk_deadline_failed", extra={"subject": key.subject})

    # Check-in

    def _check_in(self, asked: asks.CheckInAnswer, reports: Reports) -> list[TakenItem] | Refusal:
        """By the turn's own clock: what was sent in time and is taken in too late is too late."""
        window = self._site.windows.get(asked.window_id)
        if window is None or not self._is_answered_here(window):
            return refused("no_window")
        wrong = "" if asked.who.person else "account_no_person"
        wrong = wrong or why_unanswerable(window.opens_us, window.ends_us, self._now_us, is_open=window.state == "open")
        if wrong:
            return refused(wrong)
        key = f"answer-{self._around.new_id()}"
        item = self._around.item(key, window.duty, window.place, asked.who, {ENTERED_BY: asked.who.name})
        return reports.report(Report(HUB_SOURCE, (item,)))

    def _is_answered_here(self, window: Window) -> bool:
        view = self._around.view()
        duty = None if view is None else view.duties.get(window.duty)
        here = self._around.route_of(window.duty, window.place) is not None
        return here and duty is not None and duty.evidence == "answer"

    # Keys and equipment

    def _key(self, asked: asks.KeyAsk) -> KeyItem | Refusal:
        moved = self._added(asked) if isinstance(asked, asks.KeyAdd) else self._moved(asked)
        if isinstance(moved, Refusal):
            return moved
        was = self._site.keys.get(moved.item.item)
        self._site.keys.put(moved.item.item, moved.item)
        self._around.outcome.add(self._around.outcome.key_moves, moved.move)
        key = DeadlineKey(DESK_OWNER, f"key/{moved.item.item}")
        due_us = moved.item.due_us
        self._site.deadlines.put(key, None if due_us is None else Deadline(due_us, None))
        if was is not None and was.state == "out":
            self._around.find(OVERDUE, was.item, was.place, Clear(_episode(was), self._now_us))
        self._around.tell(KEY_TOPIC, moved.item.item, moved.move.act, moved.item, asked.actor, note=moved.move.note)
        return moved.item

    def _added(self, asked: asks.KeyAdd) -> Moved | Refusal:
        if asked.item.item in self._site.keys:
            return refused("key_exists", key=asked.item.item)
        if len(self._site.keys) >= keys.ITEMS_MAX:
            return refused("too_many_keys", limit=keys.ITEMS_MAX)
        if asked.item.place not in self._around.book.places:
            return refused("unknown_place", place=asked.item.place)
        return keys.added(asked.item, asked.actor, self._now_us)

    def _moved(self, asked: asks.KeyIssue | asks.KeyReturn | asks.KeyMark) -> Moved | Refusal:
        item = self._site.keys.get(asked.item)
        if item is None:
            return refused("unknown_key", key=asked.item)
        if isinstance(asked, asks.KeyReturn):
            return keys.returned(item, asked.condition, asked.note, actor=asked.actor, now_us=self._now_us)
        if isinstance(asked, asks.KeyMark):
            return keys.marked(item, asked.condition, asked.note, actor=asked.actor, now_us=self._now_us)
        longest_us = key_out_us(self._around.casebook.policy)
        due_us = self._now_us + longest_us if asked.due_us is None else asked.due_us
        if not self._now_us < due_us <= self._now_us + longest_us:
            return refused("wrong_due", hours=seconds(longest_us) / 3_600)
        if asked.person not in self._around.book.staff:
            return refused("unknown_person", person=asked.person)
        return keys.issued(item, asked.person, asked.purpose, due_us, actor=asked.actor, now_us=self._now_us)

    def _overdue(self, name: str, due_us: int) -> None:
        item = self._site.keys.get(name)
        if item is None or item.due_us is None or item.due_us > due_us:
            return
        facts = {"about_zh": item.name_zh, "about_en": item.name_en, "holder": item.holder, "purpose": item.purpose}
        self._around.find(OVERDUE, item.item, item.place, Raise(_episode(item), item.due_us, facts))
        self._around.tell(KEY_TOPIC, item.item, "overdue", item, "hub")


def _episode(item: KeyItem) -> str:
    """One time that the item is out: the number of the move by which it went."""
    return f"{item.item}:{item.moves}"
