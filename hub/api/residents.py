"""The desk has residents' own links sent, and withdraws them. It sees none: who has one registers in the resident's name."""

from typing import Annotated

from fastapi import APIRouter, Path

from hub.api import resident_models as m
from hub.api.gatekeeper import Acting
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, allowed, answer, problems
from hub.api.visits import who_of
from hub.duties.localtime import day_us, local_day
from hub.ingest.visits.residents import TAKEN, in_force
from hub.views import when
from hub.visits.asks import ResidentLinkRevoke, ResidentLinkSend
from hub.visits.types import ResidentLink
from hub.visits.words import refused

router = APIRouter(prefix="/residents", tags=["visits"])
PersonPath = Annotated[str, Plain, Path(max_length=64, description="The resident's id as a holder", examples=["r-li"])]


@router.get("/{person}/link", summary="A resident's own link", responses=problems())
def show_resident_link(backend: Behind, person: PersonPath) -> m.ResidentLinkView:
    """Whether the resident can register visitors now, until when, and how many came of it today."""
    return _view(backend, person, backend.reads.visits.link_of_resident(person))


@router.post("/{person}/link", summary="Send a resident their own link", responses=problems(404, 409, 413))
def send_resident_link(backend: Behind, who: Acting, person: PersonPath) -> m.ResidentLinkView:
    """To the phone on record. One that was sent before is over. 409 `no_way_to_residents` where nothing can be sent."""
    if not backend.visits.reaches_residents:
        allowed(refused("no_way_to_residents"))
    made: ResidentLink = allowed(answer(backend.worker.ask(ResidentLinkSend(person, who_of(who)))))
    return _view(backend, person, made)


@router.post("/{person}/link/revoke", summary="Withdraw a resident's own link", responses=problems(404, 413))
def revoke_resident_link(backend: Behind, who: Acting, person: PersonPath, asked: m.RevokeRequest) -> m.ResidentLinkView:
    """At once. What was registered by it stays. Until the desk sends a new one, agreeing to a visitor gives none either."""
    gone: ResidentLink = allowed(answer(backend.worker.ask(ResidentLinkRevoke(person, who_of(who), asked.reason))))
    return _view(backend, person, gone)


def _view(backend: Backend, person: str, link: ResidentLink | None) -> m.ResidentLinkView:
    now_us, zone = backend.clock.now_us(), backend.estate.timezone
    today_us = day_us(zone, local_day(zone, now_us))
    return m.ResidentLinkView(
        person=person,
        room="" if link is None else link.room,
        live=link is not None and in_force(link, link.digest, now_us),
        made_at=None if link is None else when(link.made_us),
        made_by="" if link is None else "resident" if link.made_by.startswith(TAKEN) else link.made_by,
        expires_at=None if link is None else when(link.expires_us),
        revoked_at=None if link is None else when(link.revoked_us),
        today=link.count if link is not None and link.day_us == today_us else 0,
    )
