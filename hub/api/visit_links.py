"""Residents answer by a link, without an account. The token comes in the body, never in an address, so it stands in no log; a
GET does nothing, so that a preview of the link answers nothing; and what is unknown and what is over is told alike."""

from typing import Any

from fastapi import APIRouter, Request, Response

from contract.clock import US_PER_S, rfc3339
from hub.api import visit_link_models as m
from hub.api.errors import ApiError
from hub.api.gatekeeper import host_of
from hub.api.ports import Backend
from hub.api.resident_models import OwnToken
from hub.api.routes import Behind, allowed, answer, problems
from hub.api.visit_codes import svg
from hub.api.visit_passes import MEDIA, has_pass
from hub.ingest.visits.answers import seen
from hub.views import when
from hub.visits.asks import LinkAnswer, LinkSeen, ResidentLinkTake
from hub.visits.personal import Personal, masked_name, masked_plate
from hub.visits.sealing import digest
from hub.visits.types import Delivery, ResidentLink, Visit
from hub.visits.words import refused
from hub.visits.workflow import DELIVERY_NAMES, SHAPES, STATE_NAMES

router = APIRouter(prefix="/visit-links", tags=["resident's links"])
_SAID: dict[str, Any] = {"confirmed": "yes", "inside": "yes", "overstayed": "yes", "left": "yes", "refused": "no"}


@router.post("/show", summary="What a link asks", responses=problems(404, 413))
def show_link(backend: Behind, request: Request, asked: m.LinkRequest) -> m.LinkView:
    """Changes nothing. 404 `unknown_link` for a link that is made up, mistyped or over."""
    return _view(_seen(backend, request, asked.token), backend)


@router.post("/answer", summary="Answer by a link", responses=problems(404, 409, 413))
def answer_link(backend: Behind, request: Request, asked: m.LinkAnswerRequest) -> m.LinkView:
    """Once. Who answers again, or differently, is shown what was answered, and changes nothing."""
    _check_rate(backend, request)
    found: LinkSeen = allowed(answer(backend.worker.ask(LinkAnswer(digest(asked.token), asked.answer == "yes"))))
    return _view(found, backend)


@router.post("/pass", summary="The visitor's code", response_class=Response, responses=problems(404, 409, 413))
def show_link_pass(backend: Behind, request: Request, asked: m.LinkRequest) -> Response:
    """As an SVG image, to hand on to the visitor; 409 `no_pass` while there is none. It opens once."""
    found = _seen(backend, request, asked.token)
    if found.visit is None or not has_pass(found.visit):
        allowed(refused("no_pass"))
    assert found.visit is not None
    return Response(svg(backend.visits.pass_text(found.visit.visit)), media_type=MEDIA["svg"])


@router.post("/own", summary="The resident's own link behind an answer", responses=problems(404, 409, 413))
def take_own_link(backend: Behind, request: Request, asked: m.LinkRequest) -> OwnToken:
    """Whoever has agreed by this link may register visitors from now on, for as long as the policy says. Given until the link
    itself is over; asked again, it is the same. 409 `link_withdrawn`: only the desk sends another."""
    _check_rate(backend, request)
    own: ResidentLink = allowed(answer(backend.worker.ask(ResidentLinkTake(digest(asked.token)))))
    return OwnToken(token=backend.visits.link_token(own.link))


def _seen(backend: Backend, request: Request, token: str) -> LinkSeen:
    _check_rate(backend, request)
    reads = backend.reads.visits
    link = reads.link(digest(token))
    if link is None:
        allowed(refused("unknown_link"))
    assert link is not None
    visit = reads.visit(link.about) if link.purpose == "confirm" else None
    delivery = reads.delivery(link.about) if link.purpose == "consent" else None
    shown: LinkSeen = allowed(seen(link, visit, delivery, backend.clock.now_us()))
    return shown


def _check_rate(backend: Backend, request: Request) -> None:
    wait_s = backend.visits.wait_s(host_of(request.scope), backend.clock.now_us())
    if wait_s:
        raise ApiError("too_many_requests", retry_s=wait_s)


def _view(found: LinkSeen, backend: Backend) -> m.LinkView:
    file, left_us = backend.estate.file, found.expires_us - backend.clock.now_us()
    agreed = found.visit is not None and found.visit.answered_how == "link" and found.visit.state != "refused"
    asked: dict[str, Any] = {
        "open": found.open,
        "site_zh": file.name_zh,
        "site_en": file.name_en,
        "timezone": str(backend.estate.timezone),
        "asked_at": rfc3339(found.asked_us),
        "left_s": max(0, left_us // US_PER_S) if found.open else 0,
        "expires_at": rfc3339(found.expires_us),
        "can_register": agreed and found.used and left_us > 0,
    }
    if found.visit is not None:
        return m.LinkView(question="visit", **asked, **_visit_fields(found.visit, found.open, backend))
    assert found.delivery is not None
    return m.LinkView(question="delivery", **asked, **_delivery_fields(found.delivery))


def _visit_fields(visit: Visit, is_open: bool, backend: Backend) -> dict[str, Any]:
    shape, (zh, en) = SHAPES[visit.kind], STATE_NAMES[visit.state]
    known = backend.visits.open(visit) or Personal()
    said = _SAID.get(visit.state, "") if visit.answered_us is not None else ""
    return {
        "answer": said,
        "answered_at": when(visit.answered_us) if said else None,
        "state": visit.state,
        "state_zh": zh,
        "state_en": en,
        "room": visit.room,
        "kind_zh": shape.zh,
        "kind_en": shape.en,
        "name": known.name if is_open else masked_name(known.name),
        "plate": visit.plate if is_open else masked_plate(visit.plate),
        "reason": visit.reason,
        "parcels": 0,
        "until_at": when(visit.until_us),
        "has_pass": has_pass(visit),
    }


def _delivery_fields(delivery: Delivery) -> dict[str, Any]:
    zh, en = DELIVERY_NAMES[delivery.state]
    said = delivery.consent if delivery.consent in ("yes", "no") else ""
    return {
        "answer": said,
        "answered_at": when(delivery.consent_us) if said else None,
        "state": delivery.state,
        "state_zh": zh,
        "state_en": en,
        "room": delivery.room,
        "kind_zh": "",
        "kind_en": "",
        "name": "",
        "plate": "",
        "reason": delivery.company,
        "parcels": delivery.parcels,
        "until_at": None,
        "has_pass": False,
    }
