"""Incidents: the list, one with all that belongs to it, and what a person does."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from contract.clock import US_PER_S, rfc3339
from hub.api import models
from hub.api.cursors import time_us
from hub.api.errors import ApiError, Refused
from hub.api.gatekeeper import Acting
from hub.api.pictures import picture_model
from hub.api.routes import Behind, Limit, TimeQuery, answer, problems
from hub.cases import clocks
from hub.cases.types import Case, Refusal
from hub.cases.workflow import LIVE, WORKFLOWS
from hub.ingest.ports import CaseAct
from hub.store.read import CaseFilter, CasePage
from hub.views import SOUNDING_PRIORITY_MAX, Titles, incident_view, when

router = APIRouter(prefix="/incidents", tags=["incidents"])
StateQuery = Literal["live", "open", "acknowledged", "closed", "withdrawn"]
Number = Annotated[int, Path(ge=1, le=models.NUMBER_MAX, description="The incident's number", examples=[17])]


@router.get("", summary="The incidents, newest first", responses=problems())
def list_incidents(
    backend: Behind,
    *,
    state: Annotated[list[StateQuery] | None, Query(description="`live` is open or acknowledged; several may be given")] = None,
    priority: Annotated[list[Annotated[int, Query(ge=1, le=4)]] | None, Query(description="1 to 4; several may be given")] = None,
    detector: Annotated[str, models.Plain, Query(max_length=100, examples=["door_held"])] = "",
    device: Annotated[str, models.Plain, Query(max_length=63)] = "",
    place: Annotated[str, models.Plain, Query(max_length=63)] = "",
    since: TimeQuery = None,
    cursor: Annotated[int | None, Query(ge=1, le=models.NUMBER_MAX, description="`next` of the page before")] = None,
    limit: Limit = 50,
) -> models.IncidentPage:
    """All incidents that fit every filter. `since`: raised at that time or later."""
    states = {name for one in state or () for name in (LIVE if one == "live" else (one,))}
    wanted = CaseFilter(tuple(sorted(states)), tuple(priority or ()), detector, device, place, time_us(since), cursor)
    found = backend.reads.cases(wanted, limit + 1)
    page = found[:limit]
    return models.IncidentPage(
        incidents=[incident_model(case, backend.titles) for case in page], next=page[-1].case_no if len(found) > limit else None
    )


@router.get("/summary", summary="The live incidents in numbers", responses=problems())
def summarise(backend: Behind) -> models.Summary:
    """How many there are of each priority, for how many somebody is still to be called, and since when the oldest waits."""
    rows = backend.reads.live_counts()
    open_rows = [row for row in rows if row[1] == "open"]
    oldest = min((first_us for *_, late, _, first_us in open_rows if not late), default=None)
    counts = [
        models.Count(
            priority=priority,
            open=sum(n for p, state, _, n, _ in rows if p == priority and state == "open"),
            acknowledged=sum(n for p, state, _, n, _ in rows if p == priority and state == "acknowledged"),
            late=sum(n for p, _, late, n, _ in rows if p == priority and late),
        )
        for priority in (1, 2, 3, 4)
    ]
    return models.Summary(
        at=rfc3339(backend.clock.now_us()),
        live=sum(n for *_, n, _ in rows),
        sounding=sum(n for p, _, late, n, _ in open_rows if not late and p <= SOUNDING_PRIORITY_MAX),
        oldest_unacknowledged_at=when(oldest),
        priorities=counts,
    )


@router.get("/{no}", summary="One incident with everything that belongs to it", responses=problems(404))
def show_incident(backend: Behind, no: Number) -> models.IncidentDetail:
    """The incident, its timeline, its clocks, its pictures, and the acts that its state allows."""
    page = backend.reads.case_page(no)
    if page is None:
        raise ApiError("unknown_case", no=no)
    return models.IncidentDetail(
        incident=incident_model(page.case, backend.titles),
        timeline=[
            models.TimelineEntry(at=rfc3339(entry.at_us), act=entry.act, actor=entry.actor, body=entry.body)
            for entry in page.entries
        ],
        clocks=_clocks(page, backend.clock.now_us()),
        pictures=[picture_model(row) for row in page.pictures],
        acts=_possible(page.case),
    )


@router.post("/{no}/acts/{act}", summary="Acknowledge, comment, assign, close or reopen", responses=problems(403, 404, 409, 413))
def act_on_incident(
    backend: Behind,
    who: Acting,
    no: Number,
    act: Annotated[str, Path(max_length=40, examples=["acknowledge"])],
    asked: models.ActRequest,
) -> models.Incident:
    """Answered once it is committed: the incident as it is then. `acts` of an incident says which there are and what they take.
    409 `changed_meanwhile`: it is no longer at `version`, so look at it again."""
    done = answer(backend.worker.ask(CaseAct(no, act, who.name, who.role, dict(asked.fields), asked.version)))
    if isinstance(done, Refusal):
        raise Refused(done.reason, done.message)
    return incident_model(done.case, backend.titles)


def incident_model(case: Case, titles: Titles) -> models.Incident:
    """A case for the outside."""
    return models.Incident.model_validate(incident_view(case, titles))


def _clocks(page: CasePage, now_us: int) -> list[models.CaseClockState]:
    """The clocks that have ever been started."""
    case = page.case
    found = []
    for row in WORKFLOWS[case.kind].clocks.values():
        life = clocks.life(case.clocks, row.name)
        if life:
            found.append(
                models.CaseClockState(
                    clock=row.name,
                    title_zh=row.zh,
                    title_en=row.en,
                    running=clocks.runs(case.clocks, row.name),
                    expired=any(event.event == "expire" for event in life),
                    elapsed_s=clocks.elapsed_us(case.clocks, row.name, now_us) / US_PER_S,
                    due_at=when(page.due_us.get(row.name)),
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
        )
        for row in WORKFLOWS[case.kind].acts.values()
        if case.state in row.since
    ]
