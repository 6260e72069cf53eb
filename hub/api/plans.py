"""Emergency plans: what they are, what is done in those that were started, and incidents that people report."""

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Path, Query

from hub.api import plan_models as m
from hub.api.cursors import time_us
from hub.api.errors import Refused
from hub.api.gatekeeper import Acting
from hub.api.incidents import Number, incident_model
from hub.api.knowing import known_place
from hub.api.models import NUMBER_MAX, Incident
from hub.api.plan_views import run_summary, run_view
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, allowed, answer, problems
from hub.cases.types import Refusal
from hub.plans import asks
from hub.plans.load import shipped
from hub.plans.types import Plan, PlanVersion, Run, RunState
from hub.plans.words import refused
from hub.views import when

router = APIRouter(tags=["emergencies"])
HISTORY_MAX = 100
PlanName = Annotated[str, Path(max_length=63, pattern=r"^[a-z0-9][a-z0-9_-]*$", description="The plan's name", examples=["fire"])]
StepName = Annotated[str, Path(max_length=63, description="The step's name within the plan", examples=["call-fire"])]
_OPEN: dict[str, tuple[RunState, ...]] = {"running": ("running",), "review": ("review",), "notice": ("review",)}


@router.get("/plans", summary="The emergency plans in force", responses=problems())
def list_plans(backend: Behind) -> m.PlanList:
    """Each as it is started now: what shipped, or what a manager made of it."""
    found = _versions(backend)
    return m.PlanList(plans=[_plan(found[name]) for name in sorted(found)])


@router.get("/plans/{plan}", summary="An emergency plan, with its versions", responses=problems(404))
def show_plan(backend: Behind, plan: PlanName) -> m.PlanDetail:
    """The plan in force, and all that people have made of it, newest first."""
    found = _versions(backend)
    if plan not in found:
        raise _refusal(refused("unknown_plan", plan=plan, known=", ".join(sorted(found))))
    history = backend.reads.plans.versions(plan, HISTORY_MAX)
    return m.PlanDetail(plan=_plan(found[plan]), history=[_plan(version) for version in history])


@router.put("/plans/{plan}", summary="Write or edit an emergency plan", responses=problems(404, 409, 413))
def write_plan(backend: Behind, who: Acting, plan: PlanName, asked: m.PlanRequest) -> m.PlanView:
    """The whole plan: it counts for the next emergency, and one that is under way keeps the one it was started with. 409
    `plan_changed`: somebody was faster. 422 `plan_wrong` says all that is wrong with it."""
    if asked.body.plan != plan:
        raise _refusal(
            refused("plan_wrong", faults="the body has another name than the path", faults_zh="内容与地址中的名称不同")
        )
    body = msgspec.convert(asked.body.model_dump(), Plan)
    act = asks.PlanSet(body, asked.version, who.name, asked.reason, frozenset(backend.policy.posts))
    return _plan(allowed(answer(backend.worker.ask(act))))


@router.post("/incidents", summary="Report an incident", responses=problems(404, 409, 413), status_code=201)
def report(backend: Behind, who: Acting, asked: m.ReportRequest) -> Incident:
    """What somebody told by phone or radio, or saw. An emergency has its plan started with it, in the same instant."""
    place = known_place(backend.estate, asked.place)
    act = asks.Reported(asked.kind, place, asked.text, asked.by, asked.caller, asked.key, who.name)
    return incident_model(allowed(answer(backend.worker.ask(act))), backend.titles)


@router.get("/incidents/{no}/plan", summary="The plan that was started for an incident", responses=problems(404))
def show_run(backend: Behind, no: Number) -> m.RunView:
    """The checklist with who did what and when, who was told, the review, the notice, and every clock."""
    run = backend.reads.plans.run(no)
    if run is None:
        raise _refusal(refused("no_plan", no=no))
    return run_view(run, backend.policy)


@router.post("/incidents/{no}/plan", summary="Start a plan for an incident", responses=problems(404, 409, 413), status_code=201)
def start_plan(backend: Behind, who: Acting, no: Number, asked: m.PlanStartRequest) -> m.RunView:
    """By hand, for a live incident that has none. Its clocks begin now."""
    return _shown(backend, asks.PlanStart(no, asked.plan, who.name, asked.note))


@router.post("/incidents/{no}/plan/steps/{step}", summary="Tick a step", responses=problems(404, 409, 413))
def tick_step(backend: Behind, who: Acting, no: Number, step: StepName, asked: m.StepRequest) -> m.RunView:
    """Done or skipped by whoever is signed in, now. One that is skipped needs a note. 409 `step_is_so`: somebody was faster."""
    return _act(backend, who.name, no, asks.StepTicked(step, asked.state, asked.note.strip()), asked.version)


@router.post("/incidents/{no}/plan/told", summary="Record who was told", responses=problems(404, 409, 413))
def tell(backend: Behind, who: Acting, no: Number, asked: m.ToldRequest) -> m.RunView:
    """Superiors, police, fire brigade and others, with the name of who answered and the time. Steps that call them are done with
    it. The clock goes by when it is entered."""
    deed = asks.SomebodyTold(asked.whom, asked.name, asked.means, time_us(asked.at), asked.note)
    return _act(backend, who.name, no, deed, asked.version)


@router.put("/incidents/{no}/plan/review", summary="Write the review", responses=problems(404, 409, 413))
def write_review(backend: Behind, who: Acting, no: Number, asked: m.ReviewRequest) -> m.RunView:
    """A draft, as often as need be, until it is approved."""
    deed = asks.ReviewDraft(asked.summary, asked.impact, asked.lessons, asked.changes)
    return _act(backend, who.name, no, deed, asked.version)


@router.post("/incidents/{no}/plan/review/approve", summary="Approve the review", responses=problems(404, 409, 413))
def approve_review(backend: Behind, who: Acting, no: Number, asked: m.SignRequest) -> m.RunView:
    """Once the incident is closed and all four parts are written. It stays as it is from then on."""
    return _act(backend, who.name, no, asks.ReviewApproved(asked.note), asked.version)


@router.put("/incidents/{no}/plan/notice", summary="Write the notice to residents", responses=problems(404, 409, 413))
def write_notice(backend: Behind, who: Acting, no: Number, asked: m.NoticeRequest) -> m.RunView:
    """A draft, as often as need be, until it is published."""
    return _act(backend, who.name, no, asks.NoticeDraft(asked.text), asked.version)


@router.post("/incidents/{no}/plan/notice", summary="Publish the notice to residents", responses=problems(404, 409, 413))
def publish_notice(backend: Behind, who: Acting, no: Number, asked: m.SignRequest) -> m.RunView:
    """Records that residents were told, by whom and when. The hub itself sends it to nobody."""
    return _act(backend, who.name, no, asks.NoticePublished(asked.note), asked.version)


@router.get("/plan-runs", summary="Plans that were started, newest first", responses=problems())
def list_runs(
    backend: Behind,
    *,
    open_: Annotated[
        Literal["running", "review", "notice"] | None,
        Query(alias="open", description="Those alone that run, or wait for their review or their notice"),
    ] = None,
    no: Annotated[int | None, Query(ge=1, le=NUMBER_MAX, description="That of this incident alone, if it has one")] = None,
    cursor: Annotated[int | None, Query(ge=1, le=NUMBER_MAX, description="`next` of the page before")] = None,
    limit: Limit = 50,
) -> m.RunList:
    """All runs, or what is still to be done. A page of `review` or `notice` may be short and still have a `next`."""
    if no is not None:
        one = backend.reads.plans.run(no)
        return m.RunList(runs=[] if one is None else [run_summary(one)], next=None)
    found = backend.reads.plans.runs(_OPEN.get(open_ or "", ()), limit + 1, cursor)
    page = found[:limit]
    shown = [run_summary(run) for run in page if _waits(run, open_)]
    return m.RunList(runs=shown, next=page[-1].case_no if len(found) > limit else None)


def _waits(run: Run, for_what: str | None) -> bool:
    if for_what == "review":
        return run.review.approved_us is None
    return for_what != "notice" or run.notice.published_us is None


def _versions(backend: Backend) -> dict[str, PlanVersion]:
    return {name: PlanVersion(plan) for name, plan in shipped().items()} | backend.reads.plans.newest()


def _plan(version: PlanVersion) -> m.PlanView:
    body = m.PlanModel.model_validate(msgspec.to_builtins(version.plan))
    at = when(version.at_us) if version.no else None
    return m.PlanView(body=body, version=version.no, at=at, actor=version.actor, reason=version.reason)


def _act(backend: Backend, actor: str, no: int, deed: asks.RunDeed, version: int | None) -> m.RunView:
    return _shown(backend, asks.RunAct(no, deed, actor, version))


def _shown(backend: Backend, asked: asks.PlanStart | asks.RunAct) -> m.RunView:
    return run_view(allowed(answer(backend.worker.ask(asked))), backend.policy)


def _refusal(refusal: Refusal) -> Refused:
    return Refused(refusal.reason, refusal.message)
