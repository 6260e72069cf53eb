"""Footage's keeping: holds, the sweep and what it asks, and the calendar of owed days."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from contract.clock import US_PER_S, rfc3339
from hub.api import footage_keeping_models as m
from hub.api.cursors import time_us
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, allowed, answer, problems
from hub.duties.localtime import DAY, day_us, local_day
from hub.footage.asks import DaysConfirm, HoldLift, HoldMade, HoldPut, SweepConfirm
from hub.footage.coverage import Hole, within
from hub.footage.holds import Hold
from hub.footage.retention import DAY_US, days_of
from hub.ingest.rules import footage_rules
from hub.store.footage_reads import Line
from hub.views import when

router = APIRouter(prefix="/footage", tags=["footage's keeping"])
HoldPath = Annotated[str, Plain, Path(max_length=64, description="The hold, by its name")]
Month = Annotated[str, Plain, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="A month", examples=["2026-01"])]
HOLES_MAX = 100


@router.get("/holds", summary="What is held past its day", responses=problems())
def list_holds(
    backend: Behind, *, over: Annotated[bool, Query(description="Also what is over")] = False, limit: Limit = 100
) -> m.HoldList:
    """An incident's hold is made with it, for the cameras that watch its place, and lasts until it is closed and released."""
    now_us = backend.clock.now_us()
    return m.HoldList(holds=[_hold(one, now_us) for one in backend.reads.keeping.holds(now_us, over=over, limit=limit)])


@router.post("/holds", summary="Hold footage past its day", responses=problems(409, 413), status_code=201)
def put_hold(backend: Behind, who: Acting, asked: m.HoldRequest) -> m.HoldAnswer:
    """What an agent was ordered to delete already is taken back, as far as it is still there: `rescuing` says of how many orders.
    422 `no_camera`, `hold_ends_before`, `hold_until`; 409 `too_many_holds`."""
    from_us, to_us, until_us = time_us(asked.from_), time_us(asked.to), time_us(asked.until)
    assert from_us is not None
    assert to_us is not None
    assert until_us is not None
    put = HoldPut(tuple(asked.cameras), from_us, to_us, until_us, asked.reason, who.name)
    made: HoldMade = allowed(answer(backend.worker.ask(put)))
    return m.HoldAnswer(hold=_hold(made.hold, backend.clock.now_us()), rescuing=made.rescuing)


@router.post("/holds/{hold}/release", summary="Lift a hold", responses=problems(404, 409, 413))
def release_hold(backend: Behind, who: Acting, hold: HoldPath, asked: m.Because) -> m.HoldView:
    """One's own hold is lifted at once. Anybody else's, and an incident's, waits until a second person has released it too,
    within a day: `waits_for_second`. 409 `incident_is_open`, `hold_is_over`."""
    lifted: Hold = allowed(answer(backend.worker.ask(HoldLift(hold, asked.reason, who.name))))
    return _hold(lifted, backend.clock.now_us())


@router.get("/sweep", summary="How the sweep of footage is", responses=problems())
def show_sweep(backend: Behind) -> m.SweepView:
    """Whether it is halted and why, and how long each camera's footage is kept."""
    state, rules = backend.reads.keeping.sweep(), footage_rules(backend.policy)
    clause = backend.policy.clauses.get("MON-4")
    disks = [
        m.DiskView(agent=agent, short=bool(told.get("short")), full=bool(told.get("full")))
        for agent, told in sorted(state.get("disks", {}).items())
        if told.get("short") or told.get("full")
    ]
    return m.SweepView(
        halted=state.get("halted", ""),
        since=when(state.get("since_us")) if state.get("halted") else None,
        due_days=state.get("facts", {}).get("due_days"),
        days=state.get("days", {}),
        fewer_days=state.get("shorter", {}),
        fewer_days_by=state.get("shorter_by", ""),
        days_max=None if rules is None else rules.days_max,
        when_full=backend.policy.when_full,
        legal_basis="" if clause is None else clause.legal_basis,
        orders=backend.reads.keeping.out(),
        disks=disks,
    )


@router.post("/sweep/confirm", summary="A halted sweep may go on", responses=problems(409, 413))
def confirm_sweep(backend: Behind, who: Acting, asked: m.Because) -> m.Confirmed:
    """Halted by the clock: it is right now. By volume: so much is to go. 409 `sweep_not_halted`."""
    return m.Confirmed(done=allowed(answer(backend.worker.ask(SweepConfirm(asked.reason, who.name)))))


@router.post("/days/confirm", summary="Footage may be kept for fewer days", responses=problems(409, 413))
def confirm_days(backend: Behind, who: Acting, asked: m.Because) -> m.Confirmed:
    """As the policy or the estate says now. It takes two people within a day; until then the longer time holds. 409
    `days_not_fewer`."""
    return m.Confirmed(done=allowed(answer(backend.worker.ask(DaysConfirm(asked.reason, who.name)))))


@router.get("/proof", summary="The calendar of owed days", responses=problems(404))
def footage_proof(
    backend: Behind,
    month: Month,
    *,
    camera: Annotated[str, Plain, Query(max_length=63, description="One camera; without it, all")] = "",
    stream: Annotated[Literal["main", "sub"], Query(description="The full picture, or the small one")] = "main",
) -> m.Proof:
    """Each camera's days: whole, with holes and their causes, held, deleted on its day, or gone before it."""
    if camera and camera not in backend.estate.cameras:
        raise ApiError("unknown_device", device=camera)
    zone, now_us = backend.estate.timezone, backend.clock.now_us()
    first = date.fromisoformat(f"{month}-01")
    if not date(1970, 1, 31) <= first <= date(9990, 1, 1):
        raise ApiError("wrong_days", limit=400)
    after = (first + 31 * DAY).replace(day=1)
    days = [first + at * DAY for at in range((after - first).days) if first + at * DAY <= local_day(zone, now_us)]
    tracks = [one for one in backend.reads.footage.tracks() if one.stream == stream and camera in ("", one.device)]
    cameras = [_camera(backend, one.device, stream, days, now_us) for one in tracks if days]
    return m.Proof(timezone=str(zone), cameras=cameras)


def _camera(backend: Backend, camera: str, stream: Literal["main", "sub"], days: list[date], now_us: int) -> m.ProofCamera:
    zone, row, rules = backend.estate.timezone, backend.estate.device(camera), footage_rules(backend.policy)
    from_us, to_us = day_us(zone, days[0]), day_us(zone, days[-1] + DAY)
    line = backend.reads.footage.line(camera, stream, from_us, max(from_us, min(to_us, now_us)))
    if row is not None:
        around = backend.estate.places_around(row.place)
        line = backend.reads.footage.explained(line, camera, stream, row.agent, around, now_us)
    kept = backend.reads.keeping.sweep().get("days", {}).get(camera)
    owed_days = kept or (days_of(rules, row.options if row else {}) if rules else 0)
    held = [one for one in backend.reads.keeping.holds_over(from_us, to_us, now_us) if camera in one.cameras]
    gone = backend.reads.keeping.gone(days[0].isoformat(), days[-1].isoformat())
    floor_us = now_us - owed_days * DAY_US
    found = []
    for day in days:
        begins_us, ends_us = day_us(zone, day), day_us(zone, day + DAY)
        found.append(
            _day(
                line,
                day,
                (begins_us, ends_us),
                owed=ends_us > floor_us,
                held=any(one.keeps(camera, begins_us, ends_us) for one in held),
                deleted_us=gone.get((camera, stream, day.isoformat())),
            )
        )
    return m.ProofCamera(camera=camera, stream=stream, owed_days=owed_days, days=found)


def _day(line: Line, day: date, span: tuple[int, int], *, owed: bool, held: bool, deleted_us: int | None) -> m.ProofDay:
    from_us, to_us = max(span[0], line.from_us), min(span[1], line.until_us)
    runs = within(line.runs, from_us, to_us)
    lengths = {
        what: sum(run.until_us - run.from_us for run in runs if run.what == what)
        for what in ("there", "due", "missing", "drop_oldest")
    }
    caused = [one for one in line.holes if one.until_us > from_us and one.from_us < to_us]
    begun = line.since_us is not None and line.since_us < span[1]
    return m.ProofDay(
        day=day.isoformat(),
        state=_state(lengths, caused, begun=begun, part=to_us < span[1] or (line.since_us or 0) > span[0]),
        owed=owed and begun,
        held=held and lengths["there"] > 0,
        covered_s=round(lengths["there"] / US_PER_S, 3),
        deleted_at=when(deleted_us),
        holes=[
            m.ProofHole(from_at=rfc3339(max(one.from_us, from_us)), to_at=rfc3339(min(one.until_us, to_us)), cause=one.cause)
            for one in caused[:HOLES_MAX]
        ],
    )


def _state(
    lengths: dict[str, int], caused: list[Hole], *, begun: bool, part: bool
) -> Literal["whole", "holed", "part", "deleted", "gone", "none"]:
    if not begun:
        return "none"
    if lengths["missing"] or lengths["drop_oldest"]:
        return "gone" if not lengths["there"] else "holed"
    if lengths["due"] and not lengths["there"]:
        return "deleted"
    if caused:
        return "holed"
    return "part" if part else "whole"


def _hold(one: Hold, now_us: int) -> m.HoldView:
    return m.HoldView(
        id=one.hold,
        sort=one.sort,
        reason=one.reason,
        actor=one.actor,
        made_at=rfc3339(one.made_us),
        from_at=rfc3339(one.from_us),
        to_at=when(one.to_us),
        until=when(one.until_us),
        cameras=list(one.cameras),
        incident=one.case_no,
        incident_closed_at=when(one.closed_us),
        released_at=when(one.released_us),
        released_by=one.released_by,
        release_reason=one.release_reason,
        waits_for_second=one.asked_by if one.released_us is None else "",
        keeps=one.counts(now_us),
    )
