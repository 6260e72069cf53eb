"""What becomes of a request: who in the turn answers each kind of Ask."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from hub.access.asks import AccessAsk
from hub.cases.types import Change, Refusal
from hub.detectors.types import Device, Raise
from hub.duties.localtime import local_day
from hub.footage.asks import FootageAsk
from hub.footage.views import DAY_US, FOOTAGE_OVER, FootageOver
from hub.ingest.access.around import Things
from hub.ingest.access.book import Accessbook
from hub.ingest.casebook import Casebook
from hub.ingest.duties.acts import DutyActs, DutyAsk
from hub.ingest.estating import act_on_estate
from hub.ingest.guards.book import Phonebook
from hub.ingest.guards.book import Things as PhoneThings
from hub.ingest.outcome import Outcome
from hub.ingest.passages.book import Passagebook
from hub.ingest.ports import AlarmAsk, CaseAct, CaseActs, EstateAsk, OfPeople, PictureStored, TagAct
from hub.ingest.retention.around import Parts
from hub.ingest.retention.book import Retentionbook
from hub.ingest.site import Site
from hub.ingest.surroundings import Surroundings
from hub.ingest.tagging import act_on_tag
from hub.ingest.visits.around import Around
from hub.ingest.visits.book import Visitbook
from hub.passages.asks import GateAsk, SearchesOver
from hub.phones.asks import PhoneAsk
from hub.plans.asks import PlanAsk
from hub.visits.asks import VisitsAsk
from hub.visits.numbers import limits_of

_RECALLING = frozenset(("dispatch", "close"))


class Hands(NamedTuple):
    """What a turn answers with."""

    site: Site
    outcome: Outcome
    casebook: Casebook
    around: Surroundings
    duties: DutyActs
    passages: Passagebook
    now_us: int


def answer(asked: OfPeople | DutyAsk | AccessAsk, hands: Hands) -> Any:
    """What the ask's own docstring says. Raises DatabaseGone."""
    if isinstance(asked, CaseAct | CaseActs | AlarmAsk | PlanAsk):
        return _of_cases(asked, hands)
    if isinstance(asked, TagAct):
        asked = asked._replace(actor=_plain(asked.actor), reason=_plain(asked.reason))
        around = hands.around
        return act_on_tag(asked, hands.site, around.book, hands.casebook.change, around.counters, hands.now_us)
    if isinstance(asked, EstateAsk):
        return act_on_estate(asked, hands.outcome, hands.around.estate, hands.casebook.change, hands.now_us)
    return next(answered(asked, hands) for kinds, answered in _BOOKS if isinstance(asked, kinds))


def _keep_footage(asked: Any, hands: Hands) -> Any:
    return Retentionbook(parts_of(hands)).answer(asked._replace(actor=_plain(asked.actor), reason=_plain(asked.reason)))


def _see_passages(asked: Any, hands: Hands) -> Any:
    asked = asked if isinstance(asked, SearchesOver) else asked._replace(reason=_plain(asked.reason))
    return hands.passages.answer(asked._replace(actor=_plain(asked.actor)))


def _looked_too_often(asked: FootageOver, hands: Hands) -> None:
    """One incident a day for each who wants more."""
    place, actor = next(iter(hands.around.book.places), ""), _plain(asked.actor)
    facts = {"about_zh": actor, "about_en": actor, "what": asked.kind, "limit": asked.limit}
    raised = Raise(f"{actor}/{asked.kind}/{hands.now_us // DAY_US}", hands.now_us, facts)
    hands.casebook.apply(FOOTAGE_OVER, actor, Device(place, "other", place, "", place, {}), raised, hands.now_us)


def accessbook_of(hands: Hands) -> Accessbook:
    """The book of permits, for whoever acts in this turn."""
    around = hands.around
    things = Things(hands.outcome, around.archive, hands.casebook.change, hands.now_us)
    return Accessbook(things, around.book, hands.site.journal, around.new_id, hands.now_us, around.counters)


def _of_cases(asked: CaseAct | CaseActs | AlarmAsk | PlanAsk, hands: Hands) -> Any:
    casebook, now_us = hands.casebook, hands.now_us
    if isinstance(asked, CaseActs):
        return [_act(one, hands) for one in asked.acts]
    if isinstance(asked, CaseAct):
        return _act(asked, hands)
    return casebook.ask(asked._replace(actor=_plain(asked.actor)), now_us)


def _act(asked: CaseAct, hands: Hands) -> Change | Refusal:
    """An act on one case. Whoever was sent there by the app has it no more when somebody else is sent, or when it is closed."""
    done = hands.casebook.act(asked._replace(actor=_plain(asked.actor)), hands.now_us)
    if isinstance(done, Change) and asked.act in _RECALLING:
        phonebook_of(hands).recall(asked.case_no)
    return done


def phonebook_of(hands: Hands) -> Phonebook:
    """The book of guards' phones, for whoever acts in this turn."""
    around = hands.around
    return Phonebook(
        PhoneThings(hands.site, hands.outcome, hands.casebook, hands.duties, around.archive, hands.now_us, around.counters)
    )


def visitbook_of(hands: Hands) -> Visitbook:
    """The book of visits, for whoever acts in this turn."""
    around, casebook = hands.around, hands.casebook
    return Visitbook(
        Around(
            hands.site,
            casebook,
            around.book,
            around.archive,
            accessbook_of(hands),
            around.link_digest,
            around.book.timezone,
            limits_of(casebook.policy),
            hands.now_us,
            around.table.rules.late_us,
            around.counters,
            around.new_id,
        )
    )


def parts_of(hands: Hands) -> Parts:
    """Footage's keeping, for whoever acts in this turn."""
    around, zone = hands.around, hands.around.book.timezone
    return Parts(
        hands.site,
        hands.outcome,
        hands.casebook,
        around.book,
        around.archive,
        around.table.rules.footage,
        around.new_id,
        around.counters,
        hands.now_us,
        lambda at_us: local_day(zone, at_us).isoformat(),
    )


def _store_picture(picture: str, hands: Hands) -> bool:
    row = hands.outcome.pictures.get(picture) or hands.around.archive.picture(picture)
    if row is None or row.condemned_us is not None:
        return False
    if row.stored_us is None:
        hands.outcome.put(hands.outcome.pictures, picture, row._replace(stored_us=hands.now_us))
        body = json.dumps({"device": row.device, "agent": row.agent, "at_us": row.at_us, "case_no": row.case_no})
        hands.casebook.change(hands.now_us, "picture", picture, "stored", body.encode())
    return True


def _plain(text: str) -> str:
    """Text that every database can hold: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode(errors="replace").decode()


_BOOKS: tuple[tuple[Any, Callable[[Any, Hands], Any]], ...] = (
    (FootageAsk, _keep_footage),
    (FootageOver, _looked_too_often),
    (PhoneAsk, lambda asked, hands: phonebook_of(hands).answer(asked)),
    (VisitsAsk, lambda asked, hands: visitbook_of(hands).answer(asked)),
    (PictureStored, lambda asked, hands: _store_picture(asked.picture, hands)),
    (GateAsk, _see_passages),
    (AccessAsk, lambda asked, hands: accessbook_of(hands).answer(asked)),
    (DutyAsk, lambda asked, hands: hands.duties.answer(asked)),
)
"""Whose book an ask is of."""
