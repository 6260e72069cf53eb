"""Visits: the guard's form, the desk's list, and what is done with one. What is personal is masked, sealed, and shown whole only
with a reason and so often an hour."""

import secrets
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from contract.plates import canonical
from hub.accounts.types import Identity
from hub.api import visit_models as m
from hub.api.auditing import Told, note_act
from hub.api.cursors import time_us
from hub.api.errors import ApiError, Refused
from hub.api.gatekeeper import Acting
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, Offset, allowed, answer, problems
from hub.api.visit_views import entry_view, notice_view, visit_view
from hub.cases.types import Refusal
from hub.duties.localtime import DAY, day_us, local_day
from hub.reports.csvfile import csv_bytes
from hub.store.visit_reads import VisitFilter
from hub.visits import asks
from hub.visits.asks import Who
from hub.visits.personal import Personal, fits, identity_of, phone_of
from hub.visits.types import Kind, Registrar, Visit
from hub.visits.words import refused

router = APIRouter(prefix="/visits", tags=["visits"])
VISIT_BYTES = 8
FOUND_MAX = 50
EXPORTED_MAX = 5_000
View = Literal["today", "waiting", "inside", "overstays", "all"]
STATES: dict[str, tuple[str, ...]] = {
    "waiting": ("registered", "asked", "expired", "confirmed"),
    "inside": ("inside", "overstayed"),
    "overstays": ("overstayed",),
}
VisitPath = Annotated[str, Plain, Path(max_length=64, description="The visit's name", examples=["9f3a01c2d4e5b607"])]
ActName = Literal["admit", "enter", "force", "leave", "extend", "cancel", "close", "tell", "space"]
_AS: dict[str, Registrar] = {"guard": "guard", "desk": "desk"}
CSV_COLUMNS = (
    "登记时间 made_at", "类别 kind", "状态 state", "房号 room", "姓名 name", "证件号 identity", "电话 phone", "车牌 plate",
    "事由 reason", "单位 company", "人数 people", "进入 entered_at", "离开 left_at", "登记人 made_by", "告知规定 rules",
)  # fmt: skip


@router.get("", summary="Visits, newest first", responses=problems())
def list_visits(
    backend: Behind,
    *,
    view: Annotated[View, Query(description="today, waiting, inside, overstays, or all")] = "today",
    kind: Annotated[Kind | None, Query(description="Only this kind")] = None,
    room: Annotated[str, Plain, Query(max_length=64, description="Only to this household")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> m.VisitList:
    """The desk's list. Names, numbers and plates are masked here and everywhere."""
    found = backend.reads.visits.visits(_filter(backend, view, kind or "", room), limit, offset)
    return m.VisitList(visits=[visit_view(one, backend.visits) for one in found])


@router.post("", summary="Register a visit", responses=problems(404, 409, 413), status_code=201)
def register_visit(backend: Behind, who: Acting, asked: m.VisitRequest) -> m.VisitView:
    """By the guard at the gate, by the desk, or by a `resident` whom they have before them or on the phone, which confirms it.
    Name, identity number and phone are sealed before anything is written."""
    name = secrets.token_hex(VISIT_BYTES)
    personal = allowed(personal_of(asked.name, asked.identity, asked.phone))
    plate = allowed(plate_of(asked.plate))
    now_us = backend.clock.now_us()
    visit = Visit(
        visit=name,
        kind=asked.kind,
        state="registered",
        room=asked.room,
        reason=asked.reason,
        company=asked.company,
        plate=plate,
        plate_name=backend.visits.plate_name(plate),
        qr=backend.visits.qr_name(name),
        sealed=backend.visits.seal(name, personal, now_us),
        route=asked.route,
        space=asked.space,
        made_us=now_us,
        made_by=who.name,
        made_as="resident" if asked.resident else _AS.get(who.role, "desk"),
        expected_us=time_us(asked.expected_at),
    )
    given = frozenset(field for field, text in personal._asdict().items() if text)
    done = _done(backend, asks.VisitRegister(visit, given, who_of(who), asked.resident, asked.admit))
    return visit_view(done, backend.visits)


@router.post("/search", summary="Look for a visitor", responses=problems(413))
def search_visits(backend: Behind, who: Acting, asked: m.VisitSearch) -> m.VisitList:
    """Among the newest visits that still say who came. How often an account may look in an hour is limited; over it is 429, and
    an incident (`visitor_scraping`)."""
    _look(backend, who, "search", "", "")
    wanted, plate = asked.text, canonical(asked.text).text or asked.text.strip().upper()
    found = [one for one in backend.reads.visits.searched() if _is_wanted(backend, one, wanted, plate)]
    return m.VisitList(visits=[visit_view(one, backend.visits) for one in found[:FOUND_MAX]])


@router.get("/notices", summary="Residents who were told, or could not be", responses=problems())
def list_notices(
    backend: Behind,
    state: Annotated[Literal["waiting", "sent", "failed"], Query(description="Which")] = "failed",
    limit: Limit = 50,
) -> m.ResidentNoticeList:
    """Those that failed are also incidents (`visit_notice_failed`): somebody rings up instead."""
    return m.ResidentNoticeList(notices=[notice_view(one) for one in backend.reads.visits.notices_of(state, limit, newest=True)])


@router.get("/export.csv", summary="The visits of some days as CSV", response_class=Response, responses=problems())
def export_visits(
    backend: Behind,
    who: Acting,
    first: Annotated[date, Query(alias="from", description="The first local day", examples=["2026-01-01"])],
    last: Annotated[date, Query(alias="to", description="The last local day, included", examples=["2026-01-31"])],
) -> Response:
    """Masked as on the screen, at most 5,000 rows; no cell of it computes anything. Who had it made is on the audit log."""
    if not date(1970, 1, 31) <= first <= last <= date(9990, 1, 1) or (last - first).days >= 366:
        raise ApiError("wrong_days", limit=366)
    zone = backend.estate.timezone
    wanted = VisitFilter(made_from_us=day_us(zone, first), made_to_us=day_us(zone, last + DAY))
    found = backend.reads.visits.visits(wanted, EXPORTED_MAX)
    note_act(backend, who, Told("visit.export", "visit", after={"from": str(first), "to": str(last), "rows": len(found)}))
    views = [visit_view(one, backend.visits) for one in found]
    rows = [
        (
            *(one.made_at, one.kind_zh, one.state_zh, one.room, one.name, one.identity, one.phone, one.plate),
            *(one.reason, one.company, one.people, one.entered_at or "", one.left_at or "", one.made_by, one.rules),
        )
        for one in views
    ]
    headers = {"Content-Disposition": f'attachment; filename="visits-{first}-{last}.csv"'}
    return Response(csv_bytes(CSV_COLUMNS, rows), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{visit}", summary="One visit with its history", responses=problems(404))
def show_visit(backend: Behind, visit: VisitPath) -> m.VisitPage:
    """Masked; with what was done, and who of the household was told."""
    found = find_visit(backend, visit)
    reads = backend.reads.visits
    history = [entry_view(entry) for entry in reads.history(visit)]
    notices = [notice_view(one) for one in reads.notices(visit)]
    return m.VisitPage(visit=visit_view(found, backend.visits), history=history, notices=notices)


@router.post("/{visit}/unmask", summary="See what is personal whole", responses=problems(404, 409, 410, 413))
def unmask_visit(backend: Behind, who: Acting, visit: VisitPath, asked: m.UnmaskRequest) -> m.Unmasked:
    """With a reason, which is on the audit log before anything is shown, and so often an hour; over it is 429, and an incident
    (`visitor_scraping`)."""
    found = find_visit(backend, visit)
    if found.erased_us is not None:
        allowed(refused("erased"))
    left = _look(backend, who, "unmask", visit, asked.reason)
    personal = backend.visits.open(found)
    if personal is None:
        allowed(refused("unreadable"))
    known = personal or Personal()
    return m.Unmasked(name=known.name, identity=known.identity, phone=known.phone, plate=found.plate, left=left)


@router.post("/{visit}/ask", summary="Ask the resident", responses=problems(404, 409, 413))
def ask_resident(backend: Behind, who: Acting, visit: VisitPath) -> m.AskedView:
    """Sends each of the household who has a phone a link of their own, valid for ten minutes. `by_phone`: nobody can be told."""
    done: asks.VisitAsked = _done(backend, asks.VisitAsk(visit, who_of(who)))
    by_phone = not (done.told and backend.visits.reaches_residents)
    shown = visit_view(done.visit, backend.visits)
    return m.AskedView(visit=shown, told=done.told, unreachable=done.unreachable, by_phone=by_phone)


@router.post("/{visit}/call", summary="Enter a call with the resident", responses=problems(404, 409, 413))
def enter_call(backend: Behind, who: Acting, visit: VisitPath, asked: m.ResidentCall) -> m.VisitView:
    """What the resident said counts as an answer by link does; who spoke to whom stands in the history."""
    direction: Any = asked.direction
    call = asks.VisitCall(visit, who_of(who), asked.person, direction, asked.said, asked.answer == "yes")
    return visit_view(_done(backend, call), backend.visits)


@router.post("/{visit}/acts/{act}", summary="Do something with a visit", responses=problems(404, 409, 413))
def act_on_visit(
    backend: Behind,
    who: Acting,
    visit: VisitPath,
    act: Annotated[ActName, Path(description="One of the visit's `acts`", examples=["enter"])],
    asked: m.VisitActRequest,
) -> m.VisitView:
    """admit (for the estate), enter and leave (by hand), force (unconfirmed: an incident), extend, cancel, close, tell (a truck's
    driver the rules), space (another parking space)."""
    deed = asks.VisitAct(visit, act, who_of(who), asked.reason, time_us(asked.until_at), asked.rules, asked.space)
    return visit_view(_done(backend, deed), backend.visits)


def who_of(who: Identity) -> Who:
    """Who acts, as visits know them."""
    return Who(who.name, who.role)


def find_visit(backend: Backend, visit: str) -> Visit:
    """The visit. Raises Refused."""
    found = backend.reads.visits.visit(visit)
    if found is None:
        wrong = refused("unknown_visit")
        raise Refused(wrong.reason, wrong.message)
    return found


def _done(backend: Backend, asked: asks.VisitsAsk) -> Any:
    return allowed(answer(backend.worker.ask(asked)))


def _look(backend: Backend, who: Identity, what: Literal["unmask", "search"], about: str, reason: str) -> int:
    looked: asks.Looked = _done(backend, asks.VisitLook(what, about, who_of(who), reason))
    if not looked.allowed:
        allowed(refused("too_many_looks", limit=looked.limit))
    return looked.left


def _filter(backend: Backend, view: View, kind: str, room: str) -> VisitFilter:
    wanted = VisitFilter(STATES.get(view, ()), kind, room)
    if view != "today":
        return wanted
    zone = backend.estate.timezone
    return wanted._replace(made_from_us=day_us(zone, local_day(zone, backend.clock.now_us())))


def personal_of(name: str, raw_identity: str, raw_phone: str) -> Personal | Refusal:
    """Who comes, as it is sealed."""
    identity = identity_of(raw_identity) if raw_identity.strip() else ""
    if identity is None:
        return refused("wrong_identity")
    phone = phone_of(raw_phone) if raw_phone.strip() else ""
    return refused("wrong_phone") if phone is None else Personal(name.strip(), identity, phone)


def plate_of(raw: str) -> str | Refusal:
    """The plate's one spelling; empty: there is none."""
    if not raw.strip():
        return ""
    found = canonical(raw)
    return found.text if found.text and not found.odd else refused("wrong_plate")


def _is_wanted(backend: Backend, visit: Visit, text: str, plate: str) -> bool:
    known = backend.visits.open(visit)
    by_plate = len(plate) >= 4 and bool(visit.plate) and visit.plate.endswith(plate)
    return by_plate or (known is not None and fits(known, text))
