"""A guard is sent to an incident by the app: who is nearest, and the sending."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from contract.clock import US_PER_S, rfc3339
from hub.api import models
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.incidents import Number, incident_model
from hub.api.knowing import unknown
from hub.api.ports import Backend
from hub.api.routes import Behind, allowed, answer, problems
from hub.cases.types import Change
from hub.duties.flags import on_duty
from hub.phones.asks import GuardSent
from hub.phones.nearest import Guard, Ranked, ranked
from hub.phones.types import UNDER_WAY
from hub.phones.words import refused
from hub.store import phone_rows as rows
from hub.store.duty_reads import ScanFilter

router = APIRouter(prefix="/incidents", tags=["incidents"])
SEEN_BACK_US = 8 * 3_600 * US_PER_S
SHIFTS_MAX, SCANS_MAX, GUARDS_MAX = 500, 500, 100


class GuardView(models.Strict):
    """Somebody who might be sent."""

    person: str = Field(examples=["zhang"], description="An id of the estate's staff")
    name_zh: str = Field(examples=["张三"], description="The name in Chinese")
    name_en: str = Field(examples=["Zhang San"], description="The name in English")
    phone: bool = Field(description="Carries a bound phone: can be sent by the app")
    on_duty: bool = Field(description="Is on the roster now, or there is none")
    busy: list[int] = Field(description="Incidents that they are sent to already")
    place: str = Field(examples=["gate"], description="Where they scanned last, a place's id; empty: not known")
    place_zh: str = Field(description="Its name in Chinese")
    place_en: str = Field(description="Its name in English")
    seen_at: models.Time | None = Field(description="When they were there, UTC")
    near: bool = Field(description="It is known how far they are, and that within the hour")


class GuardList(models.Strict):
    """Who might be sent, the first one first."""

    guards: list[GuardView] = Field(description="Who can be reached by the app, is free, on duty and near comes first")


class DispatchRequest(models.Strict):
    """Who is sent."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"person": "zhang", "note": "东门"}]})

    person: Annotated[str, models.Plain, Field(min_length=1, max_length=63)] = Field(description="One of GET …/guards")
    note: Annotated[str, models.Plain, Field(max_length=1_000)] = Field(default="", description="What the guard should know")
    version: int | None = Field(default=None, ge=1, le=models.NUMBER_MAX, description="The incident's version that was seen")


@router.get("/{no}/guards", summary="Who might be sent, the nearest first", responses=problems(404))
def list_guards(backend: Behind, no: Number) -> GuardList:
    """By where each has scanned last. Whoever carries no bound phone is sent by radio or phone, with the act `dispatch`."""
    page = backend.reads.case_page(no)
    if page is None:
        raise ApiError("unknown_case", no=no)
    now_us = backend.clock.now_us()
    found = ranked(_guards(backend, now_us), page.case.place, backend.estate, now_us)
    return GuardList(guards=[_view(one, backend) for one in found[:GUARDS_MAX]])


@router.post("/{no}/dispatch", summary="Send a guard by the app", responses=problems(404, 409, 413))
def send_guard(backend: Behind, who: Acting, no: Number, asked: DispatchRequest) -> models.Incident:
    """The task stands on the guard's phone with its next contact, which a push asks for. The clocks of MON-3 and EMG-2 run
    from now, and escalate. Whoever was sent before has it no more."""
    staff = backend.estate.staff
    if asked.person not in staff:
        raise unknown("person", asked.person, staff)
    if asked.person not in _carriers(backend, backend.clock.now_us()):
        allowed(refused("guard_no_phone", person=asked.person))
    name = backend.estate.person_name(asked.person, "zh")
    done: Change = allowed(
        answer(backend.worker.ask(GuardSent(no, asked.person, name, asked.note, who.name, who.role, asked.version)))
    )
    return incident_model(done.case, backend.titles)


def _carriers(backend: Backend, now_us: int) -> set[str]:
    lasting = backend.accounts.read(lambda connection: rows.tokens(connection, backend.site))
    return {one.person for one in lasting if one.expires_us > now_us and one.phone in backend.estate.phones}


def _guards(backend: Backend, now_us: int) -> list[Guard]:
    carriers = _carriers(backend, now_us)
    roster = backend.reads.duties.roster("", "", now_us, now_us + 1, SHIFTS_MAX)
    rostered = {name for shift in roster for name in on_duty([shift], shift.route, now_us)}
    sent = backend.accounts.read(lambda connection: rows.dispatches(connection, backend.site, states=sorted(UNDER_WAY)))
    seen: dict[str, tuple[str, int]] = {}
    for scan in backend.reads.duties.scans(ScanFilter(from_us=now_us - SEEN_BACK_US), SCANS_MAX):
        if scan.person and scan.place in backend.estate.places:
            seen.setdefault(scan.person, (scan.place, scan.at_us))
    names = (carriers | rostered | seen.keys()) & backend.estate.staff.keys()
    return [
        Guard(
            name,
            *seen.get(name, ("", 0)),
            phone=name in carriers,
            on_duty=not roster or name in rostered,
            busy=tuple(one.case_no for one in sent if one.person == name),
        )
        for name in sorted(names)
    ]


def _view(one: Ranked, backend: Backend) -> GuardView:
    guard, estate = one.guard, backend.estate
    return GuardView(
        person=guard.person,
        name_zh=estate.person_name(guard.person, "zh"),
        name_en=estate.person_name(guard.person, "en"),
        phone=guard.phone,
        on_duty=guard.on_duty,
        busy=list(guard.busy),
        place=guard.place,
        place_zh=estate.place_name(guard.place, "zh") if guard.place else "",
        place_en=estate.place_name(guard.place, "en") if guard.place else "",
        seen_at=rfc3339(guard.seen_us) if guard.place else None,
        near=one.apart is not None,
    )
