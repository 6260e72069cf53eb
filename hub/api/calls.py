"""The phone log (来电记录): what people declare and what an exchange measures, told apart everywhere."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from contract.clock import US_PER_S
from hub.api import call_models as m
from hub.api.cursors import time_us
from hub.api.errors import ApiError, Refused
from hub.api.gatekeeper import Acting
from hub.api.knowing import known_place, unknown
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, Offset, TimeQuery, allowed, answer, problems
from hub.desk.asks import CallAsk, CallDeclared, CallHeard, CallNoted
from hub.desk.calls import OUTCOMES, SOURCES, Call, Direction, Source, answer_us, judge, masked
from hub.desk.numbers import rings_us
from hub.desk.words import refused
from hub.duties.types import HUB_SOURCE
from hub.estate import Estate
from hub.policy.load import Policy
from hub.store.desk_reads import CallFilter
from hub.views import when

router = APIRouter(prefix="/calls", tags=["calls"])
CallPath = Annotated[str, Plain, Path(max_length=80, description="SOURCE:NAME", examples=["declared:3f9a"])]


@router.get("", summary="Calls, newest first", responses=problems())
def list_calls(
    backend: Behind,
    *,
    source: Annotated[Source | None, Query(description="Only what people declared, or what the exchange told")] = None,
    direction: Annotated[Direction | None, Query(description="Only incoming, or outgoing ones")] = None,
    from_: Annotated[TimeQuery, Query(alias="from")] = None,
    to: TimeQuery = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> m.CallList:
    """Calls that fit every filter. Numbers are personal data and are masked here; `GET /calls/{call}` shows one whole to whoever
    answers the phone."""
    wanted = CallFilter(source or "", direction or "", time_us(from_), time_us(to))
    return m.CallList(calls=[_call(one, backend, whole=False) for one in backend.reads.desk.calls(wanted, limit, offset)])


@router.post("", summary="Enter a call", responses=problems(404, 409, 413), status_code=201)
def declare_call(backend: Behind, who: Acting, asked: m.CallRequest) -> m.CallView:
    """Its times are the word of who enters it, and stay marked so. An incoming one that was answered after three rings, or
    not at all, is an incident (`phone_unanswered`); one entered over five minutes later calls nobody. It may be sent again."""
    person = asked.person or who.person
    _check_person(backend, person)
    rang_us = time_us(asked.rang_at)
    assert rang_us is not None
    call = Call(
        f"declared:{asked.key}",
        "declared",
        asked.direction,
        asked.number,
        rang_us,
        _place(backend, asked.place),
        rang_us,
        time_us(asked.answered_at),
        time_us(asked.ended_at),
        who.name,
        person,
        asked.about,
        asked.incident,
    )
    return _done(backend, CallDeclared(call))


@router.post("/exchange", summary="The exchange tells of a call", responses=problems(404, 413))
def hear_exchange(backend: Behind, who: Acting, asked: m.ExchangeEvent) -> m.CallView:
    """For a program with a token of its own. By the exchange's id of the call: the same told twice changes nothing, and events
    may come in any order. A call that rings for longer than three rings is an incident while it rings."""
    if who.kind != "token":
        raise ApiError("token_needed")
    at_us = time_us(asked.at)
    assert at_us is not None
    heard = CallHeard(asked.call, asked.event, at_us, asked.number, asked.direction, _place(backend, asked.place), who.name)
    return _done(backend, heard)


@router.get("/{call}", summary="One call with its whole number", responses=problems(404))
def show_call(backend: Behind, call: CallPath) -> m.CallView:
    """For whoever answers the phone."""
    found = backend.reads.desk.call(call)
    if found is None:
        wrong = refused("unknown_call")
        raise Refused(wrong.reason, wrong.message)
    return _call(found, backend, whole=True)


@router.post("/{call}/notes", summary="Say what a call was about", responses=problems(404, 409, 413))
def note_call(backend: Behind, who: Acting, call: CallPath, asked: m.CallNotes) -> m.CallView:
    """Who took it, what it was about, which incident it belongs to. Its times stay as they were told."""
    _check_person(backend, asked.person)
    return _done(backend, CallNoted(call, asked.person, asked.about, asked.incident, who.name))


def desk_place(estate: Estate, policy: Policy) -> str:
    """The post whose phone it is where nobody says: the first that is checked, or else the estate's first place."""
    duties = policy.duties
    checked = (
        route.places[0]
        for route in estate.routes.values()
        if HUB_SOURCE in route.sources and route.duty in duties and duties[route.duty].evidence == "answer"
    )
    return next(checked, next(iter(estate.places)))


def _place(backend: Backend, place: str) -> str:
    return known_place(backend.estate, place) if place else desk_place(backend.estate, backend.policy)


def _check_person(backend: Backend, person: str) -> None:
    if person and person not in backend.estate.staff:
        raise unknown("person", person, backend.estate.staff)


def _done(backend: Backend, asked: CallAsk) -> m.CallView:
    return _call(allowed(answer(backend.worker.ask(asked))), backend, whole=True)


def _call(call: Call, backend: Backend, *, whole: bool) -> m.CallView:
    outcome = judge(call, rings_us(backend.policy), backend.clock.now_us()).outcome
    waited_us = answer_us(call)
    return m.CallView(
        id=call.call,
        source=call.source,
        source_zh=SOURCES[call.source][0],
        source_en=SOURCES[call.source][1],
        direction=call.direction,
        number=call.number if whole else masked(call.number),
        place=call.place,
        rang_at=when(call.rang_us),
        answered_at=when(call.answered_us),
        ended_at=when(call.ended_us),
        answer_s=None if waited_us is None else round(waited_us / US_PER_S, 3),
        outcome=outcome,
        outcome_zh=OUTCOMES[outcome][0],
        outcome_en=OUTCOMES[outcome][1],
        actor=call.actor,
        person=call.person,
        about=call.about,
        incident=call.case_no,
    )
