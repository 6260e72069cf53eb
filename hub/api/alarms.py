"""What stands above single incidents: floods, silence, maintenance windows, and the figures of alarms."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from contract.clock import US_PER_S, rfc3339
from hub.api import alarm_models as m
from hub.api.cursors import time_us
from hub.api.errors import ApiError, Refused
from hub.api.gatekeeper import Acting
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, Offset, answer, problems
from hub.cases.alarms import ALWAYS_HEARD
from hub.cases.limits import number
from hub.cases.maintenance import Maintenance
from hub.cases.titles import TITLES
from hub.cases.types import Refusal
from hub.detectors.table import BY_NAME
from hub.duties.localtime import DAY, day_us
from hub.ingest.ports import MaintenanceAct, MaintenanceEnd, SilenceAct
from hub.refusals import refusal_text
from hub.reports import alarms as figures
from hub.reports.alarm_words import FIGURES
from hub.store.alarm_reads import KPI_ROWS_MAX, FloodView, TooManyAlarms
from hub.views import when

router = APIRouter(prefix="/alarms", tags=["alarms"])
KPI_DAYS_MAX = 366
From = Annotated[date, Query(alias="from", description="The first local day", examples=["2026-01-01"])]
To = Annotated[date, Query(alias="to", description="The last local day, included", examples=["2026-01-31"])]
WindowId = Annotated[str, Plain, Path(max_length=63)]


@router.get("", summary="The flood that lasts, and where the sound is off", responses=problems())
def show_alarms(backend: Behind) -> m.AlarmState:
    """What a console needs beside the incidents themselves. The live channel tells changes under `flood`, `silence` and
    `maintenance`."""
    reads = backend.reads.alarms
    lasting = reads.floods(1, lasting=True)
    silences = [
        m.SilenceView(post=one.post, actor=one.actor, at=rfc3339(one.at_us), until=rfc3339(one.until_us))
        for one in reads.silences()
    ]
    return m.AlarmState(
        at=rfc3339(backend.clock.now_us()),
        flood=_flood(lasting[0], backend) if lasting else None,
        silences=silences,
        maintenance=len(reads.maintenance(500, current=True)),
    )


@router.get("/floods", summary="Floods, newest first", responses=problems())
def list_floods(backend: Behind, limit: Limit = 50) -> m.FloodList:
    """When each began and ended, how many alarms it had, and the first-out of each cause and zone."""
    return m.FloodList(floods=[_flood(one, backend) for one in backend.reads.alarms.floods(limit)])


@router.post("/silence", summary="Silence the sound for a minute", responses=problems(409, 413))
def silence(backend: Behind, who: Acting, asked: m.SilenceRequest) -> m.SilenceView:
    """The sound alone: nothing is acknowledged, and a new P1 sounds at once. 409 `nothing_sounds`: there is no sound."""
    if asked.post and asked.post not in backend.policy.posts:
        known = ", ".join(backend.policy.posts)
        raise Refused("unknown_post", refusal_text("unknown_post", post=asked.post, known=known))
    done = answer(backend.worker.ask(SilenceAct(asked.post, who.name)))
    if isinstance(done, Refusal):
        raise Refused(done.reason, done.message)
    return m.SilenceView(post=done.post, actor=done.actor, at=rfc3339(done.at_us), until=rfc3339(done.until_us))


@router.get("/maintenance", summary="Maintenance windows", responses=problems())
def list_maintenance(
    backend: Behind,
    *,
    current: Annotated[bool, Query(description="Those alone that are to come or last")] = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> m.MaintenanceList:
    """The newest beginning first, with what each held back and released. `GET /incidents?state=held` lists what is held back."""
    rows = backend.reads.alarms.maintenance(limit, offset, current=current)
    return m.MaintenanceList(windows=[_window(one) for one in rows])


@router.post("/maintenance", summary="Hold back what maintenance brings", responses=problems(404, 409, 413), status_code=201)
def begin_maintenance(backend: Behind, who: Acting, asked: m.MaintenanceRequest) -> m.MaintenanceView:
    """What is found meanwhile becomes an incident in the state `held`, which calls nobody. At the end it is open where it still
    holds, and closed with the cause `maintenance` where it is normal again."""
    until_us = time_us(asked.until)
    assert until_us is not None
    act = MaintenanceAct(asked.place, asked.device, asked.detector, time_us(asked.from_), until_us, asked.reason, who.name)
    done = answer(backend.worker.ask(act))
    if isinstance(done, Refusal):
        raise Refused(done.reason, done.message)
    return _window(done)


@router.post("/maintenance/{window}/end", summary="End a maintenance window early", responses=problems(404, 409))
def end_maintenance(backend: Behind, who: Acting, window: WindowId) -> m.MaintenanceView:
    """What it held back and still holds is open from now on."""
    done = answer(backend.worker.ask(MaintenanceEnd(window, who.name)))
    if isinstance(done, Refusal):
        raise Refused(done.reason, done.message)
    return _window(done)


@router.get("/detectors", summary="What a maintenance window can name", responses=problems())
def list_detectors() -> m.DetectorNames:
    """Rules by their names, for a form to choose from."""
    rules = [(name, TITLES.get(name, (name, name))) for name in BY_NAME if name not in ALWAYS_HEARD]
    return m.DetectorNames(detectors=[m.DetectorName(detector=name, name_zh=zh, name_en=en) for name, (zh, en) in rules])


@router.get("/kpi", summary="Figures of alarms, each with its definition", responses=problems())
def show_kpi(backend: Behind, first: From, last: To) -> m.KpiReport:
    """Alarm rates per 10 minutes and operator, time in flood, times to acknowledge, the ten worst sources, what chatters and what
    is stale. Exact sums of what is stored: no averages but the rate, and no figure where nothing is known."""
    in_order = date(1970, 1, 31) <= first <= last <= date(9990, 1, 1)
    if not in_order or (last - first).days >= KPI_DAYS_MAX:
        raise ApiError("wrong_days", limit=KPI_DAYS_MAX)
    now_us, zone, policy = backend.clock.now_us(), backend.estate.timezone, backend.policy
    from_us, until_us = day_us(zone, first), min(now_us, day_us(zone, last + DAY))
    try:
        rows = backend.reads.alarms.rows(from_us, max(from_us, until_us))
    except TooManyAlarms as error:
        raise ApiError("too_many_alarms", limit=KPI_ROWS_MAX) from error
    posts = int(number(policy, "CMD-2", "operator_posts"))
    stale_us = int(number(policy, "CMD-2", "stale_s") * US_PER_S)
    found = figures.kpi(rows, from_us, until_us, posts=posts, stale_us=stale_us, now_us=now_us)
    return m.KpiReport(
        first=str(first),
        last=str(last),
        as_of=rfc3339(now_us),
        timezone=str(zone),
        known_from=when(found.from_us),
        operator_posts=posts,
        figures=_figures(found),
        top=[_top(one, backend) for one in found.top],
        chattering=[_listed(row, backend) for row in found.chattering[: figures.LISTED_MAX]],
        stale=[_listed(row, backend) for row in found.stale[: figures.LISTED_MAX]],
    )


def _figures(found: figures.Kpi) -> list[m.Figure]:
    return [
        m.Figure(
            name=name,
            name_zh=words[0],
            name_en=words[1],
            value=figures.told(name, found),
            unit_zh=unit[0],
            unit_en=unit[1],
            definition_zh=definition[0],
            definition_en=definition[1],
        )
        for name, (words, unit, definition) in FIGURES.items()
    ]


def _top(one: figures.Source, backend: Backend) -> m.TopSource:
    zh, en = TITLES.get(one.detector, (one.detector, one.detector))
    return m.TopSource(
        detector=one.detector,
        detector_zh=zh,
        detector_en=en,
        device=one.device,
        device_zh=backend.estate.device_name(one.device, "zh"),
        device_en=backend.estate.device_name(one.device, "en"),
        alarms=one.alarms,
        share_percent=figures.decimal(one.share * 100, 1),
    )


def _listed(row: figures.AlarmRow, backend: Backend) -> m.ListedAlarm:
    zh, en = TITLES.get(row.detector, (row.detector, row.detector))
    return m.ListedAlarm(
        no=row.case_no,
        detector=row.detector,
        detector_zh=zh,
        detector_en=en,
        device=row.device,
        device_zh=backend.estate.device_name(row.device, "zh"),
        device_en=backend.estate.device_name(row.device, "en"),
        since=rfc3339(row.opened_us),
        comebacks=row.comebacks,
    )


def _flood(one: FloodView, backend: Backend) -> m.Flood:
    groups = []
    for group in one.groups:
        zh, en = TITLES.get(group.cause, (group.cause, group.cause))
        groups.append(
            m.FloodGroup(
                cause=group.cause,
                cause_zh=zh,
                cause_en=en,
                zone=group.zone,
                zone_zh=backend.estate.place_name(group.zone, "zh"),
                zone_en=backend.estate.place_name(group.zone, "en"),
                first_no=group.first_no,
                first_at=rfc3339(group.first_us),
                count=group.count,
            )
        )
    return m.Flood(no=one.flood_no, began_at=rfc3339(one.began_us), ended_at=when(one.ended_us), count=one.alarms, groups=groups)


def _window(one: Maintenance) -> m.MaintenanceView:
    return m.MaintenanceView.model_validate(
        {
            "id": one.window_id,
            "place": one.place,
            "device": one.device,
            "detector": one.detector,
            "from": rfc3339(one.from_us),
            "until": rfc3339(one.until_us),
            "reason": one.reason,
            "actor": one.actor,
            "made_at": rfc3339(one.made_us),
            "ended_at": when(one.ended_us),
            "held": one.held,
            "released": one.released,
        }
    )
