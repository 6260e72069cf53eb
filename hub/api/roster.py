"""Who is on duty when, and what schedules go by that comes when it comes."""

import secrets
from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Path, Query

from contract.clock import US_PER_S, rfc3339
from hub.api import duty_models as m
from hub.api.cursors import time_us
from hub.api.errors import ApiError, Refused
from hub.api.gatekeeper import Acting
from hub.api.knowing import check, unknown
from hub.api.models import Plain
from hub.api.routes import Behind, Limit, Offset, TimeQuery, answer, problems
from hub.cases.types import Refusal
from hub.duties.types import Occasion, Shift
from hub.estate import Estate
from hub.ingest.ports import OccasionAct, RosterAct
from hub.views import when

router = APIRouter(tags=["roster"])
SHIFT_DAYS_MAX = 31
OCCASION_DAYS_MAX = 366
_DAY_US = 86_400 * US_PER_S
IdQuery = Annotated[str, Plain, Query(max_length=63)]


@router.get("/roster", summary="Who is on duty", responses=problems(404))
def list_shifts(
    backend: Behind,
    *,
    person: IdQuery = "",
    route: IdQuery = "",
    from_: Annotated[TimeQuery, Query(alias="from")] = None,
    to: TimeQuery = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> m.ShiftList:
    """Shifts that overlap the time from `from` until `to`, and fit every other filter."""
    check(backend, person=person, route=route)
    found = backend.reads.duties.roster(person, route, time_us(from_), time_us(to), limit, offset)
    return m.ShiftList(shifts=[_shift(one, backend.estate) for one in found])


@router.get("/roster/staff", summary="Who can be put on the roster", responses=problems())
def list_staff(backend: Behind) -> m.StaffList:
    """The staff of the estate file, with their posts."""
    rows = backend.estate.staff.values()
    return m.StaffList(staff=[m.StaffView(id=one.id, name_zh=one.name_zh, name_en=one.name_en, post=one.post) for one in rows])


@router.post("/roster", summary="Put a shift on the roster", responses=problems(404, 409, 413), status_code=201)
def add_shift(backend: Behind, who: Acting, asked: m.ShiftRequest) -> m.ShiftView:
    """What was scanned in that time is judged anew: `wrong_person` comes and goes with the roster. It may be sent again. A day
    takes 1,000 shifts, 24 of one person; none that ended over a month ago or begins over a year ahead."""
    person = _known(asked.person, backend.estate.staff, "person")
    route = _known(asked.route, backend.estate.routes, "route") if asked.route else ""
    shift = Shift(person, route, *_span(asked.from_, asked.until, SHIFT_DAYS_MAX))
    done = answer(backend.worker.ask(RosterAct(shift, who.name)))
    if isinstance(done, Refusal):
        raise Refused(done.reason, done.message)
    return _shift(shift, backend.estate)


@router.delete("/roster", summary="Take a shift off the roster", responses=problems(404))
def remove_shift(
    backend: Behind,
    who: Acting,
    person: IdQuery,
    from_: Annotated[str, Query(alias="from", max_length=40, description="When it begins")],
    route: IdQuery = "",
) -> m.Removed:
    """The shift of that person and route that begins at that moment."""
    from_us = time_us(from_)
    assert from_us is not None
    shift = backend.reads.duties.shift(person, route, from_us)
    if shift is None or not answer(backend.worker.ask(RosterAct(shift, who.name, remove=True))):
        raise ApiError("unknown_shift")
    return m.Removed(removed=_shift(shift, backend.estate))


@router.get("/occasions", summary="What was announced", responses=problems())
def list_occasions(backend: Behind, limit: Limit = 50, offset: Offset = 0) -> m.OccasionList:
    """Such as warnings of bad weather: schedules of the type `occasion` go by them."""
    return m.OccasionList(occasions=[_occasion(one) for one in backend.reads.duties.occasions(limit, offset)])


@router.post("/occasions", summary="Announce an occasion, or change one", responses=problems(413), status_code=201)
def announce(backend: Behind, who: Acting, asked: m.OccasionRequest) -> m.OccasionDone:
    """Windows are made at once, also those that should have opened already. With the `id` of one that is there it is changed."""
    from_us, until_us = _span(asked.from_, asked.until, OCCASION_DAYS_MAX)
    occasion = Occasion(asked.id or secrets.token_hex(8), asked.kind, from_us, until_us if asked.until else None, asked.note)
    changed = answer(backend.worker.ask(OccasionAct(occasion, who.name)))
    return m.OccasionDone(occasion=_occasion(occasion), windows=changed)


@router.delete("/occasions/{occasion}", summary="Call an occasion off", responses=problems(404))
def call_off(
    backend: Behind, who: Acting, occasion: Annotated[str, Plain, Path(max_length=63, examples=["typhoon-3"])]
) -> m.OccasionDone:
    """As if it had never been announced: windows that have not opened are taken back. One that is over is ended with `until`
    instead."""
    row = backend.reads.duties.occasion(occasion)
    changed = None if row is None else answer(backend.worker.ask(OccasionAct(row, who.name, remove=True)))
    if row is None or changed is None:
        raise ApiError("unknown_occasion")
    return m.OccasionDone(occasion=_occasion(row), windows=changed)


def _known(name: str, known: Collection[str], what: str) -> str:
    if name not in known:
        raise unknown(what, name, known)
    return name


def _span(from_: str, until: str | None, days: int) -> tuple[int, int]:
    """Both ends; an end that nobody has said is the beginning's own."""
    from_us, until_us = time_us(from_), time_us(until)
    assert from_us is not None
    if until_us is None:
        return from_us, from_us
    if not 0 < until_us - from_us <= days * _DAY_US:
        raise ApiError("wrong_span", days=days)
    return from_us, until_us


def _shift(shift: Shift, estate: Estate) -> m.ShiftView:
    return m.ShiftView.model_validate(
        {
            "person": shift.person,
            "person_zh": estate.person_name(shift.person, "zh"),
            "person_en": estate.person_name(shift.person, "en"),
            "route": shift.route,
            "from": rfc3339(shift.from_us),
            "until": rfc3339(shift.until_us),
        }
    )


def _occasion(occasion: Occasion) -> m.OccasionView:
    return m.OccasionView.model_validate(
        {
            "id": occasion.occasion,
            "kind": occasion.kind,
            "from": rfc3339(occasion.from_us),
            "until": when(occasion.until_us),
            "note": occasion.note,
        }
    )
