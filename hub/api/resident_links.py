"""Residents register visitors by a link of their own, without an account. As with links that ask something, the token is in the
body of a POST, and what is made up, withdrawn or over is told alike."""

import secrets
from typing import Any

from fastapi import APIRouter, Request, Response

from contract.clock import US_PER_S, rfc3339
from hub.api import resident_models as m
from hub.api.cursors import time_us
from hub.api.errors import ApiError
from hub.api.gatekeeper import host_of
from hub.api.ports import Backend
from hub.api.routes import Behind, allowed, answer, problems
from hub.api.visit_codes import svg
from hub.api.visit_passes import MEDIA, has_pass
from hub.api.visits import VISIT_BYTES, personal_of, plate_of
from hub.duties.localtime import day_us, local_day
from hub.ingest.visits.residents import in_force, is_of
from hub.views import when
from hub.visits.asks import ResidentCancel, ResidentRegister
from hub.visits.flow import EXPECTED_DAYS_MAX
from hub.visits.hours import HOUR_US
from hub.visits.numbers import limits_of
from hub.visits.personal import Personal, masked_name, masked_plate
from hub.visits.sealing import digest
from hub.visits.types import ResidentLink, Visit
from hub.visits.words import refused
from hub.visits.workflow import ACTS, STATE_NAMES

router = APIRouter(prefix="/resident-links", tags=["resident's links"])
INVITED = "住户登记 registered by the resident"


@router.post("/show", summary="What a resident may register, and has registered", responses=problems(404, 413))
def show_own_link(backend: Behind, request: Request, asked: m.OwnLinkRequest) -> m.OwnPage:
    """Changes nothing. 404 `unknown_link` for a link that is made up, withdrawn, replaced or over."""
    return _page(backend, _link(backend, request, asked.token))


@router.post("/register", summary="Register a visitor", responses=problems(404, 409, 413))
def register_guest(backend: Behind, request: Request, asked: m.InviteRequest) -> m.OwnPage:
    """They may come in by their pass without anybody's confirmation. It stands on the audit log as the resident's act. How many
    in a day and how many at once the policy says: 409 `resident_day_full`, `resident_open_full`."""
    link = _link(backend, request, asked.token)
    now_us = backend.clock.now_us()
    visit = _draft(backend, link, asked, now_us)
    begins_us = visit.expected_us or now_us
    until_us = begins_us + round(asked.hours * HOUR_US)
    given = frozenset(("name", *(("phone",) if asked.phone.strip() else ())))
    made: Visit = allowed(answer(backend.worker.ask(ResidentRegister(digest(asked.token), visit, given, until_us))))
    return _page(backend, link, made.visit)


@router.post("/cancel", summary="Take a visit back", responses=problems(404, 409, 413))
def cancel_guest(backend: Behind, request: Request, asked: m.OwnVisitRequest) -> m.OwnPage:
    """One that the resident registered, before anybody came in by it. Its pass opens nothing any more."""
    link = _link(backend, request, asked.token)
    allowed(answer(backend.worker.ask(ResidentCancel(digest(asked.token), asked.visit))))
    return _page(backend, link)


@router.post("/pass", summary="A visitor's code", response_class=Response, responses=problems(404, 409, 413))
def show_own_pass(backend: Behind, request: Request, asked: m.OwnVisitRequest) -> Response:
    """As an SVG image, to hand on to the visitor; 409 `no_pass` while there is none. It opens once."""
    link = _link(backend, request, asked.token)
    visit = backend.reads.visits.visit(asked.visit)
    if visit is None or not is_of(visit, link.holder):
        allowed(refused("unknown_visit"))
    if visit is None or not has_pass(visit):
        allowed(refused("no_pass"))
    assert visit is not None
    return Response(svg(backend.visits.pass_text(visit.visit)), media_type=MEDIA["svg"])


def _link(backend: Backend, request: Request, token: str) -> ResidentLink:
    """The link in force. Raises ApiError, Refused."""
    now_us, known = backend.clock.now_us(), digest(token)
    _wait(backend.visits.wait_s(host_of(request.scope), now_us))
    link = backend.reads.visits.resident_link(known)
    if link is None or not in_force(link, known, now_us) or not backend.reads.visits.lives_in(link.holder, link.room):
        allowed(refused("unknown_link"))
    assert link is not None
    _wait(backend.visits.wait_link_s(link.link, now_us))
    return link


def _wait(wait_s: int) -> None:
    if wait_s:
        raise ApiError("too_many_requests", retry_s=wait_s)


def _draft(backend: Backend, link: ResidentLink, asked: m.InviteRequest, now_us: int) -> Visit:
    """The visit as the form makes it. Raises Refused."""
    name = secrets.token_hex(VISIT_BYTES)
    personal = allowed(personal_of(asked.name, "", asked.phone))
    plate = allowed(plate_of(asked.plate))
    begins_us = time_us(asked.begins_at)
    routes = backend.reads.visits.routes()
    return Visit(
        visit=name,
        kind="vehicle" if plate else "visitor",
        state="registered",
        room=link.room,
        reason=asked.reason or INVITED,
        company="",
        plate=plate,
        plate_name=backend.visits.plate_name(plate),
        qr=backend.visits.qr_name(name),
        sealed=backend.visits.seal(name, personal, now_us),
        route=asked.route or (routes[0].route if len(routes) == 1 else ""),
        space="",
        made_us=now_us,
        made_by=link.holder,
        made_as="resident",
        expected_us=None if begins_us is None or begins_us <= now_us + US_PER_S else begins_us,
        people=asked.people,
    )


def _page(backend: Backend, link: ResidentLink, made: str = "") -> m.OwnPage:
    reads, file, zone = backend.reads.visits, backend.estate.file, backend.estate.timezone
    limits, now_us = limits_of(backend.policy), backend.clock.now_us()
    row = reads.link_of_resident(link.holder) or link
    today = row.count if row.day_us == day_us(zone, local_day(zone, now_us)) else 0
    routes = [m.OwnRoute(id=one.route, name_zh=one.name_zh, name_en=one.name_en, words=one.words) for one in reads.routes()]
    return m.OwnPage(
        site_zh=file.name_zh,
        site_en=file.name_en,
        timezone=str(zone),
        now=rfc3339(now_us),
        room=link.room,
        expires_at=rfc3339(link.expires_us),
        left_today=max(0, limits.resident_per_day - today),
        per_day=limits.resident_per_day,
        phone_needed=bool(limits.resident_phone),
        hours_max=limits.pass_us / HOUR_US,
        days_max=EXPECTED_DAYS_MAX,
        people_max=m.PEOPLE_MAX,
        routes=routes,
        visits=[_own(backend, one) for one in reads.registered_by(link.holder, link.room)],
        made=made,
    )


def _own(backend: Backend, visit: Visit) -> m.OwnVisit:
    (zh, en), known = STATE_NAMES[visit.state], backend.visits.open(visit) or Personal()
    fields: dict[str, Any] = {"people": visit.people, "route": visit.route, "space": visit.space}
    return m.OwnVisit(
        id=visit.visit,
        state=visit.state,
        state_zh=zh,
        state_en=en,
        name=masked_name(known.name),
        plate=masked_plate(visit.plate),
        from_at=when(visit.from_us),
        until_at=when(visit.until_us),
        has_pass=has_pass(visit),
        can_cancel=visit.state in ACTS["cancel"].since,
        **fields,
    )
