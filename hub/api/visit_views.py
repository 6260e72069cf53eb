"""Visits as they are shown: masked."""

from contract.clock import rfc3339
from hub.api import visit_models as m
from hub.views import when
from hub.visit_desk import VisitDesk
from hub.visits.personal import Personal, masked, masked_plate
from hub.visits.types import Notice, Visit, VisitEntry
from hub.visits.workflow import ACTS, SHAPES, STATE_NAMES

_BY_RESIDENT = frozenset(("confirm", "refuse"))


def visit_view(visit: Visit, desk: VisitDesk) -> m.VisitView:
    """The visit, with what is personal masked."""
    shape, known = SHAPES[visit.kind], masked(desk.open(visit) or Personal())
    zh, en = STATE_NAMES[visit.state]
    return m.VisitView(
        id=visit.visit,
        kind=visit.kind,
        kind_zh=shape.zh,
        kind_en=shape.en,
        clause=shape.clause,
        state=visit.state,
        state_zh=zh,
        state_en=en,
        room=visit.room,
        name=known.name,
        identity=known.identity,
        phone=known.phone,
        plate=masked_plate(visit.plate),
        reason=visit.reason,
        company=visit.company,
        route=visit.route,
        space=visit.space,
        made_at=rfc3339(visit.made_us),
        made_by=visit.made_by,
        made_as=visit.made_as,
        expected_at=when(visit.expected_us),
        asked_at=when(visit.asked_us),
        due_at=when(visit.due_us),
        answered_at=when(visit.answered_us),
        answered_how=visit.answered_how,
        answered_by=visit.answered_by,
        from_at=when(visit.from_us),
        until_at=when(visit.until_us),
        entered_at=when(visit.entered_us),
        left_at=when(visit.left_us),
        forced=visit.forced,
        rules=visit.rules,
        rules_at=when(visit.rules_us),
        rules_by=visit.rules_by,
        people=visit.people,
        ended_at=when(visit.ended_us),
        erase_at=when(visit.erase_us),
        erased=visit.erased_us is not None,
        acts=acts_of(visit),
    )


def acts_of(visit: Visit) -> list[str]:
    """What the staff can do with it now."""
    shape = SHAPES[visit.kind]
    names = [name for name, act in ACTS.items() if visit.state in act.since and name not in _BY_RESIDENT]
    asks = shape.asks and bool(visit.room)
    fits = {"ask": asks, "admit": not asks, "tell": shape.told_rules, "space": bool(visit.plate)}
    return [name for name in names if fits.get(name, True)]


def entry_view(entry: VisitEntry) -> m.VisitEntryView:
    """One act."""
    return m.VisitEntryView(at=rfc3339(entry.at_us), act=entry.act, actor=entry.actor, note=entry.note)


def notice_view(notice: Notice) -> m.ResidentNotice:
    """One notice. Neither its number nor its link is shown."""
    return m.ResidentNotice(
        about=notice.about,
        what=notice.what,
        room=notice.room,
        person=notice.person,
        at=rfc3339(notice.made_us),
        state=notice.state,
        error=notice.error,
    )
