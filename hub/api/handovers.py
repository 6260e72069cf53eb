"""Shift handover (交接班): the hub lists what is open, whoever takes over accepts it one by one, and both sign."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from contract.clock import rfc3339
from hub.accounts.permissions import IN_CHARGE, ROLE_NAMES, may
from hub.accounts.signin import Denied
from hub.accounts.types import Identity
from hub.api import handover_models as m
from hub.api.accounts import denied_error
from hub.api.desk import party
from hub.api.errors import ApiError, Refused
from hub.api.gatekeeper import Acting, host_of
from hub.api.knowing import known_place
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, Offset, allowed, answer, later, problems
from hub.desk.asks import HandoverAsk, HandoverBegin, HandoverCancel, HandoverJoin, HandoverSign, ItemDecision
from hub.desk.handover import Handover, HandoverItem, HandoverState, Party, unaccepted
from hub.desk.words import refused
from hub.estate import Estate
from hub.views import when

router = APIRouter(prefix="/handovers", tags=["handover"])
HandoverPath = Annotated[str, Plain, Path(max_length=63, description="The handover's id", examples=["0f3c9a7d21b86e54"])]
ItemPath = Annotated[str, Plain, Path(max_length=130, description="The item's name", examples=["incident:17"])]
SIGN = "/handovers/{handover}/sign"


@router.get("", summary="Handovers, newest first", responses=problems())
def list_handovers(
    backend: Behind,
    state: Annotated[HandoverState | None, Query(description="Only those in this state")] = None,
    limit: Limit = 20,
    offset: Offset = 0,
) -> m.HandoverList:
    """With who handed over to whom, and when both signed."""
    found = backend.reads.desk.handovers(limit, offset, state=state or "")
    return m.HandoverList(handovers=[_handover(one, backend.estate) for one in found])


@router.get("/{handover}", summary="One handover and its list", responses=problems(404))
def show_handover(backend: Behind, handover: HandoverPath) -> m.HandoverDetail:
    """The items as they were read, and what was decided about each."""
    return _detail(handover, backend)


@router.post("", summary="Begin to hand over", responses=problems(404, 409, 413), status_code=201)
def begin_handover(backend: Behind, who: Acting, asked: m.HandoverRequest) -> m.HandoverDetail:
    """By whoever leaves. The hub fills the list: open incidents, devices out of order, keys and equipment that are not in their
    place, maintenance windows. 409 `handover_open`: one is under way at this post."""
    return _done(backend, HandoverBegin(known_place(backend.estate, asked.place), party(who), asked.note))


@router.post("/{handover}/join", summary="Take over", responses=problems(404, 409, 413))
def join_handover(
    backend: Behind, who: Acting, request: Request, handover: HandoverPath, asked: m.SignRequest
) -> m.HandoverDetail:
    """Whoever takes over says so: at their own sign-in, or with `credentials` at that of whoever leaves. Items are then accepted
    there in their name. 409 `same_person`."""
    return _done(backend, HandoverJoin(handover, _signer(backend, who, request, asked), who.session))


@router.post("/{handover}/items/{item}/accept", summary="Accept an item", responses=problems(404, 409, 413))
def accept_item(
    backend: Behind, who: Acting, handover: HandoverPath, item: ItemPath, asked: m.AcceptRequest
) -> m.HandoverItemView:
    """One by one: there is no act on all. 403 `not_coming`: by whoever takes over alone."""
    done = answer(backend.worker.ask(ItemDecision(handover, item, who.account, who.session, True, asked.note)))
    return _item(allowed(done))


@router.post("/{handover}/items/{item}/reject", summary="Do not accept an item", responses=problems(404, 409, 413))
def reject_item(
    backend: Behind, who: Acting, handover: HandoverPath, item: ItemPath, asked: m.RejectRequest
) -> m.HandoverItemView:
    """With the reason, which stays on record. It keeps the handover open until the item is accepted after all, or is over."""
    done = answer(backend.worker.ask(ItemDecision(handover, item, who.account, who.session, False, asked.reason)))
    return _item(allowed(done))


@router.post(SIGN.removeprefix("/handovers"), summary="Sign", responses=problems(404, 409, 413))
def sign_handover(
    backend: Behind, who: Acting, request: Request, handover: HandoverPath, asked: m.SignRequest
) -> m.HandoverDetail:
    """Whoever leaves first, then whoever comes: that completes it, and is the evidence of the duty. 409:
    `items_unaccepted` names them; `stale`: what came or changed since is on the list now, and has to be accepted; `unsigned`,
    `same_person`."""
    return _done(backend, HandoverSign(handover, _signer(backend, who, request, asked)))


@router.post("/{handover}/cancel", summary="Give a handover up", responses=problems(404, 409))
def cancel_handover(backend: Behind, who: Acting, handover: HandoverPath) -> m.HandoverDetail:
    """By whoever began it, a shift leader or a manager. It stays on record, and keeps no duty."""
    return _done(backend, HandoverCancel(handover, party(who), who.role in IN_CHARGE))


def _signer(backend: Backend, who: Identity, request: Request, asked: m.SignRequest) -> Party:
    """Who it is: whoever asks, or who proves it at the same window. Held back as sign-ins are. Raises ApiError."""
    told = asked.credentials
    if told is None:
        return party(who)
    now_us = backend.clock.now_us()
    host, failed = host_of(request.scope), later(backend)
    found = backend.accounts.prove(told.name, told.password, host=host, now_us=now_us, failed=failed)
    if isinstance(found, Denied):
        raise ApiError("wrong_signer") if found.reason == "wrong_credentials" else denied_error(found)
    if not may(found.role, "POST", SIGN):
        zh, en = ROLE_NAMES[found.role]
        raise ApiError("not_permitted", role_zh=zh, role_en=en)
    return Party(found.account, found.name, found.person)


def _done(backend: Backend, asked: HandoverAsk) -> m.HandoverDetail:
    done: Handover = allowed(answer(backend.worker.ask(asked)))
    return _detail(done.handover, backend)


def _detail(handover: str, backend: Backend) -> m.HandoverDetail:
    found = backend.reads.desk.handover(handover)
    if found is None:
        wrong = refused("unknown_handover")
        raise Refused(wrong.reason, wrong.message)
    row, items = found
    return m.HandoverDetail(
        handover=_handover(row, backend.estate), items=[_item(one) for one in items], open=len(unaccepted(items))
    )


def _handover(row: Handover, estate: Estate) -> m.HandoverView:
    return m.HandoverView(
        id=row.handover,
        place=row.place,
        place_zh=estate.place_name(row.place, "zh"),
        place_en=estate.place_name(row.place, "en"),
        state=row.state,
        begun_at=rfc3339(row.begun_us),
        ended_at=when(row.ended_us),
        note=row.note,
        leaving=_side(row.leaving, row.leaving_signed_us, estate),
        coming=_side(row.coming, row.coming_signed_us, estate),
    )


def _side(who: Party, signed_us: int | None, estate: Estate) -> m.Signer:
    zh, en = (estate.person_name(who.person, lang) for lang in ("zh", "en"))
    return m.Signer(account=who.account, name=who.name, person=who.person, person_zh=zh, person_en=en, signed_at=when(signed_us))


def _item(item: HandoverItem) -> m.HandoverItemView:
    return m.HandoverItemView(
        item=item.item,
        kind=item.kind,
        about=item.about,
        zh=item.zh,
        en=item.en,
        added_at=rfc3339(item.added_us),
        decision=item.decision,
        decided_at=when(item.decided_us),
        decided_by=item.decided_by,
        reason=item.reason,
    )
