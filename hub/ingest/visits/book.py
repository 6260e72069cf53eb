"""Visits as one turn sees them: what people ask, what residents answer, what gates say, and what clocks bring about."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from hub.access.asks import By
from hub.cases.types import Refusal
from hub.cases.workflow import HUB
from hub.detectors.types import Clear, Event, Raise
from hub.ingest.casebook import DatabaseGone
from hub.ingest.site import DeadlineKey
from hub.ingest.visits import passes
from hub.ingest.visits.answers import find_link, seen, tell, use
from hub.ingest.visits.around import Around
from hub.ingest.visits.deliveries import Deliveries
from hub.ingest.visits.residents import Residents
from hub.ingest.visits.setting import (
    look,
    needs_space,
    notice_done,
    plate_in_use,
    rules_now,
    set_route,
    set_rules,
    set_space,
    space_for,
)
from hub.visits import asks, flow
from hub.visits.flow import Done
from hub.visits.numbers import FORCED, OVERSTAY
from hub.visits.types import How, Visit
from hub.visits.words import refused
from hub.visits.workflow import ENDED, SHAPES

VISITS_MAX = 5_000
"""That are not over."""
_log = logging.getLogger(__name__)


class Visitbook:
    """The visits of one turn."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self._deliveries = Deliveries(around)
        self._residents = Residents(around, self._register, self._act)

    def answer(self, asked: asks.VisitsAsk) -> Any:
        """See each ask. A Refusal leaves nothing behind."""
        journal = self._around.site.journal
        saved = journal.savepoint()
        answer = self._answer(asked)
        if isinstance(answer, Refusal):
            journal.rollback(saved)
        return answer

    def expire(self, key: DeadlineKey, due_us: int) -> None:
        """A deadline of visits' was reached. It is gone, whatever comes of it."""
        site = self._around.site
        site.deadlines.put(key, None)
        saved = site.journal.savepoint()
        what, _, name = key.subject.partition("/")
        try:
            if what == "visit":
                self._expire(name, due_us)
            else:
                self._deliveries.expire(name, due_us)
        except DatabaseGone:
            raise
        except Exception:  # a row of another version's may not stop the site
            site.journal.rollback(saved)
            self._around.counters["visit_deadline_failed"] += 1
            _log.exception("visit_deadline_failed", extra={"subject": key.subject})

    def passed(self, event: Event) -> None:
        """A gate has let a visit's credential through. One that trips over a bug of ours is undone alone."""
        saved = self._around.site.journal.savepoint()
        try:
            self._passed(event)
        except DatabaseGone:
            raise
        except Exception:
            self._around.site.journal.rollback(saved)
            self._around.counters["visit_passage_failed"] += 1
            _log.exception("visit_passage_failed", extra={"device": event.device})

    def _passed(self, event: Event) -> None:
        reading: Any = event.reading
        was = self._get(passes.visit_of(reading.permit))
        done = None if was is None else flow.passed(was, bool(reading.to_zone), event.at_us, self._around.moment)
        if was is None or done is None:
            self._around.counters["visit_passages_odd"] += 1
            return
        self._put(was, done, HUB, event.at_us)

    def _answer(self, asked: Any) -> Any:
        around = self._around
        found: dict[type, Callable[[Any], Any]] = {
            asks.VisitRegister: self._register,
            asks.VisitAsk: self._ask,
            asks.VisitCall: self._call,
            asks.LinkAnswer: self._by_link,
            asks.VisitAct: self._act,
            asks.DeliveryDrop: self._deliveries.drop,
            asks.DeliveryAct: self._deliveries.act,
            asks.SpaceSet: partial(set_space, around),
            asks.RouteSet: partial(set_route, around),
            asks.RulesSet: partial(set_rules, around),
            asks.VisitLook: partial(look, around),
            asks.NoticeDone: partial(notice_done, around),
            **self._residents.answers(),
        }
        return found[type(asked)](asked)

    # Registering

    def _register(self, asked: asks.VisitRegister) -> Visit | Refusal:
        around, new = self._around, asked.visit
        if self._get(new.visit) is not None:
            return refused("visit_exists")
        wrong = self._wrong_draft(new) or (self._not_resident(new.room, asked.by_resident) if asked.by_resident else None)
        if wrong is not None:
            return wrong
        given = asked.given if needs_space(around, new) else asked.given | {"space"}
        begun = flow.begin(new, given, around.moment)
        if isinstance(begun, Refusal):
            return begun
        actor = asked.by_resident or asked.who.name
        visit: Visit | Refusal = self._put(None, begun, actor)
        if isinstance(visit, Refusal) or not (asked.by_resident or asked.admit):
            return visit
        how: How = "resident" if asked.by_resident else "staff"
        return self._do(visit, "admit", actor, how=how, by=actor, until_us=asked.until_us)

    def _wrong_draft(self, new: Visit) -> Refusal | None:
        around = self._around
        if len(around.site.guests.visits) >= VISITS_MAX:
            return refused("too_many_visits", limit=VISITS_MAX)
        if new.room and around.household(new.room) is None:
            return refused("unknown_room", room=new.room)
        if new.route and around.site.guests.routes.get(new.route) is None:
            return refused("unknown_visit_route", route=new.route)
        if new.plate and plate_in_use(around, new):
            return refused("plate_in_use")
        if new.plate_name and around.archive.access_live([new.plate_name]):
            return refused("plate_has_permit")
        return space_for(around, new, new.space) if new.space else None

    def _not_resident(self, room: str, person: str) -> Refusal | None:
        return None if self._around.resident(room, person) else refused("unknown_resident", person=person)

    # Asking and answering

    def _ask(self, asked: asks.VisitAsk) -> asks.VisitAsked | Refusal:
        around, was = self._around, self._get(asked.visit)
        if was is None:
            return refused("unknown_visit")
        visit = self._do(was, "ask", asked.who.name)
        if isinstance(visit, Refusal):
            return visit
        until_us = around.now_us + around.limits.confirm_us
        told = tell(around, visit.visit, visit.room, "confirm", until_us, "confirm", visit.asks)
        return asks.VisitAsked(visit, told.told, told.unreachable)

    def _call(self, asked: asks.VisitCall) -> Visit | Refusal:
        was = self._get(asked.visit)
        if was is None:
            return refused("unknown_visit")
        wrong = self._not_resident(was.room, asked.person)
        if wrong is not None:
            return wrong
        if not asked.said.strip():
            return refused("reason_missing")
        found: Visit | Refusal = was if was.state == "asked" else self._do(was, "ask", asked.who.name)
        if isinstance(found, Refusal):
            return found
        note = f"{'来电' if asked.direction == 'in' else '去电'}：{asked.said}"
        return self._do(found, "confirm" if asked.yes else "refuse", asked.who.name, note, how="call", by=asked.person)

    def _by_link(self, asked: asks.LinkAnswer) -> asks.LinkSeen | Refusal:
        around, link = self._around, find_link(self._around, asked.digest)
        if link is None:
            return refused("unknown_link")
        visit = self._get(link.about) if link.purpose == "confirm" else None
        delivery = self._deliveries.get(link.about) if link.purpose == "consent" else None
        shown = seen(link, visit, delivery, around.now_us)
        if isinstance(shown, Refusal) or not shown.open:
            return shown  # what was answered stays so, however often somebody taps
        used = use(around, link)
        if visit is not None:
            name = "confirm" if asked.yes else "refuse"
            changed = self._do(visit, name, link.person, how="link", by=link.person)
            if isinstance(changed, Refusal):
                return changed
            visit = changed
        elif delivery is not None:
            deed = "agree" if asked.yes else "decline"
            handed = self._deliveries.answer(delivery, deed, "link", link.person, link.person)
            if isinstance(handed, Refusal):
                return handed
            delivery = handed
        return asks.LinkSeen(visit, delivery, False, used.made_us, used.expires_us, link.person, used=True)

    # Everything else

    def _act(self, asked: asks.VisitAct) -> Visit | Refusal:
        around, was, who = self._around, self._get(asked.visit), asked.who.name
        if was is None:
            return refused("unknown_visit")
        wanted: dict[str, dict[str, Any]] = {
            "admit": {"how": "staff", "by": who},
            "extend": {"until_us": asked.until_us or 0},
            "tell": {"rules": asked.rules, "by": who},
            "space": {"space": asked.space},
        }
        if asked.act == "tell" and SHAPES[was.kind].told_rules and asked.rules != rules_now(around).version:
            return refused("rules_changed", version=rules_now(around).version)
        if asked.act == "space" and was.plate:
            wrong = space_for(around, was, asked.space)
            if wrong is not None:
                return wrong
        return self._do(was, asked.act, who, asked.reason, **wanted.get(asked.act, {}))

    def _do(self, was: Visit, name: str, actor: str, note: str = "", **fields: Any) -> Visit | Refusal:
        done = flow.act(was, name, self._around.moment, reason=note, **fields)
        return done if isinstance(done, Refusal) else self._put(was, done, actor)

    def _expire(self, name: str, due_us: int) -> None:
        was = self._around.site.guests.visits.get(name)
        done = None if was is None else flow.expire(was, due_us, self._around.moment)
        if was is not None and done is not None:
            self._put(was, done, HUB, due_us)

    def _get(self, name: str) -> Visit | None:
        return self._around.site.guests.visits.get(name) or self._around.archive.visit(name)

    def _put(self, was: Visit | None, done: Done, actor: str, at_us: int | None = None) -> Any:
        """The row, the pass that follows it, and its cases. What a clock has ended meanwhile ends at once."""
        around, at_us = self._around, self._around.now_us if at_us is None else at_us
        wrong = self._follow_pass(was, done, actor)
        if wrong is not None:
            return wrong
        kept = around.put_visit(done.visit, done.done, actor, done.note, at_us)
        self._judge(was, kept, done.done, actor, at_us)
        if kept.due_us is not None and kept.due_us <= around.now_us:
            self._expire(kept.visit, kept.due_us)
            return self._get(kept.visit)
        return kept

    def _follow_pass(self, was: Visit | None, done: Done, actor: str) -> Refusal | None:
        visit, by = done.visit, By(actor, reason=f"visit {done.done}")
        if done.done == "confirmed":
            route = self._around.site.guests.routes.get(visit.route)
            if route is None:
                return refused("unknown_visit_route", route=visit.route)
            return passes.issue(self._around.access, visit, route, by)
        if done.done == "extended":
            return passes.extend(self._around.access, visit, by)
        if visit.state in ENDED and was is not None and was.from_us is not None:
            passes.end(self._around.access, visit.visit, by)
        return None

    def _judge(self, was: Visit | None, visit: Visit, done: str, actor: str, at_us: int) -> None:
        """Overstaying and letting in unconfirmed are cases, each under its clause."""
        around, shape = self._around, SHAPES[visit.kind]
        facts = {"about_zh": shape.zh, "about_en": shape.en, "visit": visit.visit, "room": visit.room, "space": visit.space}
        place = around.place_of(visit.room)
        if visit.state == "overstayed":
            episode = f"{visit.visit}:{visit.extended}"
            around.find(OVERSTAY[visit.kind], visit.visit, place, Raise(episode, at_us, facts))
        elif was is not None and was.state == "overstayed" and done != "lapsed":
            episode = f"{visit.visit}:{was.extended}"
            around.find(OVERSTAY[visit.kind], visit.visit, place, Clear(episode, at_us))
        if done == "forced":
            around.find(FORCED, visit.visit, place, Raise(visit.visit, at_us, {**facts, "by": actor}))
