"""Deliveries: goods at a drop-off point, who is told, and whether they may be carried to the door."""

import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from contract.clock import rfc3339
from hub.api import delivery_models as m
from hub.api.errors import Refused
from hub.api.gatekeeper import Acting
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, Offset, allowed, answer, problems
from hub.api.visit_views import entry_view, notice_view
from hub.api.visits import VISIT_BYTES, who_of
from hub.views import when
from hub.visits import asks
from hub.visits.asks import DeliveryTold
from hub.visits.types import Delivery
from hub.visits.words import refused
from hub.visits.workflow import CONSENT_NAMES, DEEDS, DELIVERY_LIVE, DELIVERY_NAMES

router = APIRouter(prefix="/deliveries", tags=["visits"])
DeliveryPath = Annotated[str, Plain, Path(max_length=64, description="The delivery's name", examples=["9f3a01c2d4e5b607"])]
DeedName = Literal["tell", "ask", "agree", "decline", "carry", "collect", "return"]


@router.get("", summary="Deliveries, newest first", responses=problems())
def list_deliveries(
    backend: Behind,
    *,
    state: Annotated[Literal["", "dropped", "carried", "collected", "returned"], Query(description="Only these")] = "dropped",
    room: Annotated[str, Plain, Query(max_length=64, description="Only for this household")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> m.DeliveryList:
    """Those that lie at drop-off points, where nothing else is asked for."""
    found = backend.reads.visits.deliveries(state, room, limit, offset)
    return m.DeliveryList(deliveries=[_view(one) for one in found])


@router.post("", summary="A courier leaves goods", responses=problems(404, 409, 413), status_code=201)
def drop_delivery(backend: Behind, who: Acting, asked: m.DropRequest) -> m.DeliveryDone:
    """At the drop-off point. The household is told."""
    new = Delivery(
        delivery=secrets.token_hex(VISIT_BYTES),
        state="dropped",
        room=asked.room,
        place=asked.place,
        company=asked.company,
        parcels=asked.parcels,
        made_us=backend.clock.now_us(),
        made_by=who.name,
    )
    return _done(backend, asks.DeliveryDrop(new, who_of(who)), tells=True)


@router.get("/{delivery}", summary="One delivery with its history", responses=problems(404))
def show_delivery(backend: Behind, delivery: DeliveryPath) -> m.DeliveryPage:
    """With what was done, and who of the household was told."""
    reads = backend.reads.visits
    found = reads.delivery(delivery)
    if found is None:
        wrong = refused("unknown_delivery")
        raise Refused(wrong.reason, wrong.message)
    history = [entry_view(entry) for entry in reads.history(delivery)]
    return m.DeliveryPage(delivery=_view(found), history=history, notices=[notice_view(one) for one in reads.notices(delivery)])


@router.post("/{delivery}/deeds/{deed}", summary="Do something with a delivery", responses=problems(404, 409, 413))
def act_on_delivery(
    backend: Behind,
    who: Acting,
    delivery: DeliveryPath,
    deed: Annotated[DeedName, Path(description="One of the delivery's `deeds`", examples=["collect"])],
    asked: m.DeedRequest,
) -> m.DeliveryDone:
    """tell and ask (the household, by link), agree and decline (a call that the desk enters), carry (to the door: only with
    consent on record), collect, return."""
    return _done(
        backend,
        asks.DeliveryAct(delivery, deed, who_of(who), asked.person, asked.note),
        tells=deed in ("tell", "ask"),
    )


def _done(backend: Backend, asked: asks.VisitsAsk, *, tells: bool) -> m.DeliveryDone:
    done: DeliveryTold = allowed(answer(backend.worker.ask(asked)))
    by_phone = tells and not (done.told and backend.visits.channels)
    return m.DeliveryDone(delivery=_view(done.delivery), told=done.told, unreachable=done.unreachable, by_phone=by_phone)


def _view(delivery: Delivery) -> m.DeliveryView:
    names, consent = DELIVERY_NAMES[delivery.state], CONSENT_NAMES[delivery.consent]
    deeds = [name for name, deed in DEEDS.items() if delivery.consent in deed.consent or name in ("agree", "decline")]
    return m.DeliveryView(
        id=delivery.delivery,
        state=delivery.state,
        state_zh=names[0],
        state_en=names[1],
        room=delivery.room,
        place=delivery.place,
        company=delivery.company,
        parcels=delivery.parcels,
        made_at=rfc3339(delivery.made_us),
        made_by=delivery.made_by,
        told_at=when(delivery.told_us),
        consent=delivery.consent,
        consent_zh=consent[0],
        consent_en=consent[1],
        consent_at=when(delivery.consent_us),
        consent_how=delivery.consent_how,
        consent_by=delivery.consent_by,
        carrier=delivery.carrier,
        unclaimed=delivery.unclaimed,
        ended_at=when(delivery.ended_us),
        deeds=deeds if delivery.state in DELIVERY_LIVE else [],
    )
