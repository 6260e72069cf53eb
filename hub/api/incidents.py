"""Incidents: the list, one with all that belongs to it, and what a person does."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from contract.clock import US_PER_S, rfc3339
from hub.accounts.permissions import TELEPHONE, Role
from hub.api import models
from hub.api.alarm_models import SelectionDone, SelectionRequest, SelectionResult
from hub.api.cursors import time_us
from hub.api.errors import ApiError, Refused
from hub.api.gatekeeper import Acting
from hub.api.pictures import picture_model
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, TimeQuery, answer, problems
from hub.cases import clocks
from hub.cases.alarms import FLOOD_PRIORITY_MAX, SOUNDING_PRIORITY_MAX, always_heard
from hub.cases.limits import names, step_of
from hub.cases.telling import Names, done, told
from hub.cases.types import Case, Change, Entry, Refusal
from hub.cases.workflow import LIVE, WORKFLOWS
from hub.desk.calls import masked_in
from hub.ingest.ports import CaseAct, CaseActs
from hub.policy.load import Policy
from hub.refusals import refusal_text
from hub.store.case_list import CaseFilter
from hub.store.read import CasePage, LiveCount
from hub.views import Titles, incident_view, when

router = APIRouter(prefix="/incidents", tags=["incidents"])
StateQuery = Literal["live", "open", "acknowledged", "shelved", "held", "closed", "withdrawn"]
Number = Annotated[int, Path(ge=1, le=models.NUMBER_MAX, description="The incident's number", examples=[17])]


@router.get("", summary="The incidents, newest first", responses=problems())
def list_incidents(
    backend: Behind,
    *,
    state: Annotated[
        list[StateQuery] | None, Query(description="`live` is all that is not closed or withdrawn; several may be given")
    ] = None,
    priority: Annotated[list[Annotated[int, Query(ge=1, le=4)]] | None, Query(description="1 to 4; several may be given")] = None,
    detector: Annotated[str, models.Plain, Query(max_length=100, examples=["door_held"])] = "",
    device: Annotated[str, models.Plain, Query(max_length=63)] = "",
    place: Annotated[str, models.Plain, Query(max_length=63)] = "",
    since: TimeQuery = None,
    chattering: Annotated[bool, Query(description="Those alone that stand for a source which came back again and again")] = False,
    cursor: Annotated[int | None, Query(ge=1, le=models.NUMBER_MAX, description="`next` of the page before")] = None,
    limit: Limit = 50,
) -> models.IncidentPage:
    """All incidents that fit every filter. `since`: raised at that time or later."""
    states = {name for one in state or () for name in (LIVE if one == "live" else (one,))}
    wanted = CaseFilter(tuple(sorted(states)), tuple(priority or ()), detector, device, place, time_us(since), cursor, chattering)
    found = backend.reads.cases(wanted, limit + 1)
    page = found[:limit]
    return models.IncidentPage(
        incidents=[incident_model(case, backend.titles) for case in page], next=page[-1].case_no if len(found) > limit else None
    )


@router.get("/summary", summary="The live incidents in numbers", responses=problems())
def summarise(backend: Behind) -> models.Summary:
    """How many there are of each priority, for how many somebody is still to be called, and since when the oldest waits."""
    rows = backend.reads.live_counts()
    flooded = backend.reads.alarms.in_flood()
    waiting = [row for row in rows if row.state == "open" and not row.late]
    sounding = (
        row.cases for row in waiting if row.priority <= (FLOOD_PRIORITY_MAX if flooded or row.flood else SOUNDING_PRIORITY_MAX)
    )
    return models.Summary(
        at=rfc3339(backend.clock.now_us()),
        live=sum(row.cases for row in rows),
        sounding=sum(sounding),
        flood=flooded,
        oldest_unacknowledged_at=when(min((row.first_us for row in waiting), default=None)),
        priorities=[_count([row for row in rows if row.priority == priority], priority) for priority in (1, 2, 3, 4)],
    )


def _count(rows: Sequence[LiveCount], priority: int) -> models.Count:
    of = {state: sum(row.cases for row in rows if row.state == state) for state in ("open", "acknowledged", "shelved", "held")}
    return models.Count(priority=priority, late=sum(row.cases for row in rows if row.late), **of)


@router.get("/{no}", summary="One incident with everything that belongs to it", responses=problems(404))
def show_incident(backend: Behind, who: Acting, no: Number) -> models.IncidentDetail:
    """The incident, its timeline, its clocks, its pictures, and the acts that its state allows. A caller's number is whole for
    whoever answers the phone, and masked for others."""
    page = backend.reads.case_page(no)
    if page is None:
        raise ApiError("unknown_case", no=no)
    estate, case = backend.estate, page.case
    return models.IncidentDetail(
        incident=incident_model(case, backend.titles),
        place_zh=estate.place_name(case.place, "zh"),
        place_en=estate.place_name(case.place, "en"),
        device_zh=estate.device_name(case.device, "zh"),
        device_en=estate.device_name(case.device, "en"),
        told=_told(case.facts, estate),
        timeline=[_entry(_shown_to(who.role, entry), estate) for entry in page.entries],
        clocks=_clocks(page, backend.clock.now_us(), backend.policy),
        pictures=[picture_model(row) for row in page.pictures],
        acts=_possible(case),
    )


@router.post("/acts/{act}", summary="The same act on a selection", responses=problems(413))
def act_on_selection(
    backend: Behind,
    who: Acting,
    act: Annotated[str, Path(max_length=40, examples=["acknowledge"])],
    asked: SelectionRequest,
) -> SelectionDone:
    """Incidents that a person has chosen one by one: each is done or refused for itself, and all that is done is committed
    together. Answered 200 whatever became of them: `results` says it for each."""
    numbers = [one.no for one in asked.selection]
    twice = next((no for no in numbers if numbers.count(no) > 1), None)
    if twice is not None:
        raise Refused("case_twice", refusal_text("case_twice", no=twice))
    fields = dict(asked.fields)
    acts = tuple(CaseAct(one.no, act, who.name, who.role, fields, one.version) for one in asked.selection)
    results = [_result(no, one, backend) for no, one in zip(numbers, answer(backend.worker.ask(CaseActs(acts))), strict=True)]
    count = sum(1 for one in results if one.done)
    return SelectionDone(done=count, refused=len(results) - count, results=results)


@router.post("/{no}/acts/{act}", summary="Acknowledge, dispatch, shelve, close…: one act", responses=problems(403, 404, 409, 413))
def act_on_incident(
    backend: Behind,
    who: Acting,
    no: Number,
    act: Annotated[str, Path(max_length=40, examples=["acknowledge"])],
    asked: models.ActRequest,
) -> models.Incident:
    """Answered once it is committed: the incident as it is then. `acts` of an incident says which there are and what they take.
    409 `changed_meanwhile`: it is no longer at `version`, so look at it again."""
    acted = answer(backend.worker.ask(CaseAct(no, act, who.name, who.role, dict(asked.fields), asked.version)))
    if isinstance(acted, Refusal):
        raise Refused(acted.reason, acted.message)
    return incident_model(acted.case, backend.titles)


def incident_model(case: Case, titles: Titles) -> models.Incident:
    """A case for the outside."""
    return models.Incident.model_validate(incident_view(case, titles))


def _shown_to(role: Role, entry: Entry) -> Entry:
    caller = entry.body.get("caller")
    if role in TELEPHONE or not isinstance(caller, str):
        return entry
    return entry._replace(body={**entry.body, "caller": masked_in(caller)})


def _entry(entry: Entry, names: Names) -> models.TimelineEntry:
    zh, en = done(entry.act)
    return models.TimelineEntry(
        at=rfc3339(entry.at_us),
        act=entry.act,
        title_zh=zh,
        title_en=en,
        actor=entry.actor,
        body=entry.body,
        told=_told(entry.body, names),
    )


def _told(known: Mapping[str, Any], names: Names) -> list[models.Told]:
    return [
        models.Told(
            name=one.name,
            title_zh=one.title_zh,
            title_en=one.title_en,
            text_zh=one.text_zh,
            text_en=one.text_en,
            at=when(one.at_us),
        )
        for one in told(known, names)
    ]


def _result(no: int, acted: Change | Refusal, backend: Backend) -> SelectionResult:
    if isinstance(acted, Change):
        shown = incident_model(acted.case, backend.titles)
        return SelectionResult(no=no, done=True, incident=shown, code="", message_zh="", message_en="")
    chinese, _, english = acted.message.partition(" / ")
    return SelectionResult(no=no, done=False, incident=None, code=acted.reason, message_zh=chinese, message_en=english)


def _clocks(page: CasePage, now_us: int, policy: Policy) -> list[models.CaseClockState]:
    """The clocks that have ever been started."""
    case = page.case
    found = []
    for name in names(case):
        life = clocks.life(case.clocks, name)
        row = WORKFLOWS[case.kind].clocks.get(name) or step_of(name, policy)
        if life:
            found.append(
                models.CaseClockState(
                    clock=name,
                    title_zh=name if row is None else row.zh,
                    title_en=name if row is None else row.en,
                    running=clocks.runs(case.clocks, name),
                    expired=any(event.event == "expire" for event in life),
                    elapsed_s=clocks.elapsed_us(case.clocks, name, now_us) / US_PER_S,
                    due_at=when(page.due_us.get(name)),
                )
            )
    return found


def _possible(case: Case) -> list[models.Possible]:
    return [
        models.Possible(
            act=row.name,
            title_zh=row.zh,
            title_en=row.en,
            roles=sorted(row.roles),
            required=list(row.required),
            optional=list(row.optional),
            choices={field: {name: list(words) for name, words in pairs.items()} for field, pairs in row.choices.items()},
        )
        for row in WORKFLOWS[case.kind].acts.values()
        if case.state in row.since and (not row.after or case.dispatch in row.after) and not (row.mutes and always_heard(case))
    ]
