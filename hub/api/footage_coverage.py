"""What footage there is: by camera, by day, by time, with holes and their causes. No picture is shown here."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from contract.clock import US_PER_S, rfc3339
from contract.footage import FootageStream
from hub.api import footage_coverage_models as m
from hub.api.cursors import time_us
from hub.api.errors import ApiError
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, problems
from hub.duties.localtime import DAY, day_us, local_day
from hub.estate import DeviceRow
from hub.footage.causes import CAUSE_WORDS
from hub.footage.coverage import Hole, Run, within
from hub.store.footage_reads import Line
from hub.views import when

router = APIRouter(tags=["footage"])
RANGE_MAX_US = 400 * 86_400 * US_PER_S
Stream = Annotated[Literal["main", "sub"], Query(description="The full picture, or the small one")]
Month = Annotated[str, Plain, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="A month", examples=["2026-01"])]
TimeText = Annotated[str, Plain, Query(max_length=40, description="RFC 3339 with an offset")]


@router.get("/footage/cameras", summary="The cameras, and what is recorded of them", responses=problems())
def list_footage_cameras(backend: Behind) -> m.FootageCameras:
    """All cameras of the estate, each with its streams that ever had footage."""
    reads = backend.reads.footage
    streams: dict[str, list[m.FootageStreamView]] = {}
    said = reads.said()
    for one in reads.tracks():
        view = m.FootageStreamView(
            stream=one.stream,
            since=rfc3339(one.since_us),
            oldest=when(one.begins_us),
            newest=when(one.ends_us),
            said=said.get((one.device, one.stream), ""),
        )
        streams.setdefault(one.device, []).append(view)
    return m.FootageCameras(
        cameras=[
            m.FootageCamera(
                device=row.id,
                name_zh=row.name_zh,
                name_en=row.name_en,
                place=row.place,
                recorded=None if (option := row.options.get("recorded")) is None else bool(option),
                streams=streams.get(row.id, []),
            )
            for row in backend.estate.devices.values()
            if row.kind == "camera"
        ]
    )


@router.get("/footage/{device}/day/{day}", summary="A camera's local day", responses=problems(404))
def footage_day(backend: Behind, device: str, day: date, *, stream: Stream = "main") -> m.Coverage:
    """What footage shows of it, up to now, and each hole with its cause."""
    row, zone = _camera(backend, device), backend.estate.timezone
    _check_day(day)
    return _coverage(backend, row, stream, day_us(zone, day), day_us(zone, day + DAY))


@router.get("/footage/{device}/coverage", summary="What footage shows of a time", responses=problems(404))
def footage_coverage(
    backend: Behind,
    device: str,
    from_: Annotated[TimeText, Query(alias="from", examples=["2026-01-01T08:00:00+08:00"])],
    to: Annotated[TimeText, Query(examples=["2026-01-31T08:00:00+08:00"])],
    *,
    stream: Stream = "main",
) -> m.Coverage:
    """400 days at the most, up to now."""
    row, from_us, to_us = _camera(backend, device), time_us(from_), time_us(to)
    assert from_us is not None
    assert to_us is not None
    if not 0 <= from_us < to_us <= from_us + RANGE_MAX_US:
        raise ApiError("wrong_days", limit=400)
    return _coverage(backend, row, stream, from_us, to_us)


@router.get("/footage/{device}/calendar", summary="A camera's month, day by day", responses=problems(404))
def footage_calendar(backend: Behind, device: str, month: Month, *, stream: Stream = "main") -> m.Calendar:
    """Which days are whole, and which have holes and why."""
    row, zone = _camera(backend, device), backend.estate.timezone
    first = date.fromisoformat(f"{month}-01")
    _check_day(first)
    today = local_day(zone, backend.clock.now_us())
    after = (first + 31 * DAY).replace(day=1)
    days = [first + at * DAY for at in range((after - first).days) if first + at * DAY <= today]
    views: list[m.DayView] = []
    if days:
        line = _line(backend, row, stream, day_us(zone, first), day_us(zone, days[-1] + DAY))
        views = [_day(line, one, day_us(zone, one), day_us(zone, one + DAY)) for one in days]
    return m.Calendar(device=row.id, stream=stream, timezone=str(zone), days=views)


def _camera(backend: Backend, device: str) -> DeviceRow:
    row = backend.estate.device(device)
    if row is None or row.kind != "camera":
        raise ApiError("unknown_device", device=device)
    return row


def _check_day(day: date) -> None:
    if not date(1970, 1, 31) <= day <= date(9990, 1, 1):
        raise ApiError("wrong_days", limit=400)


def _line(backend: Backend, row: DeviceRow, stream: FootageStream, from_us: int, to_us: int) -> Line:
    now_us = backend.clock.now_us()
    reads, until_us = backend.reads.footage, max(from_us, min(to_us, now_us))
    around = backend.estate.places_around(row.place)
    return reads.explained(reads.line(row.id, stream, from_us, until_us), row.id, stream, row.agent, around, now_us)


def _coverage(backend: Backend, row: DeviceRow, stream: FootageStream, from_us: int, to_us: int) -> m.Coverage:
    line = _line(backend, row, stream, from_us, to_us)
    runs = [run for run in line.runs if run.what in ("there", "due")]
    return m.Coverage(
        **{"from": rfc3339(line.from_us)},
        device=row.id,
        stream=stream,
        to=rfc3339(line.until_us),
        since=when(line.since_us),
        runs=[_run(run) for run in runs],
        holes=[_hole(hole) for hole in line.holes],
    )


def _run(run: Run) -> m.CoveredView:
    return m.CoveredView(**{"from": rfc3339(run.from_us)}, to=rfc3339(run.until_us), deleted=run.what == "due")


def _hole(hole: Hole) -> m.HoleView:
    zh, en = CAUSE_WORDS.get(hole.cause, (hole.cause, hole.cause))
    seconds = round((hole.until_us - hole.from_us) / US_PER_S, 3)
    times = {"from": rfc3339(hole.from_us), "to": rfc3339(hole.until_us)}
    return m.HoleView(**times, seconds=seconds, cause=hole.cause, cause_zh=zh, cause_en=en)


def _day(line: Line, day: date, from_us: int, to_us: int) -> m.DayView:
    runs = within(line.runs, from_us, to_us)
    holes = [hole for hole in line.holes if hole.from_us < to_us and hole.until_us > from_us]
    there_us, gone_us = (sum(run.until_us - run.from_us for run in runs if run.what == what) for what in ("there", "due"))
    missing_us = sum(min(hole.until_us, to_us) - max(hole.from_us, from_us) for hole in holes)
    state: m.DayState = "holed" if holes else "whole" if there_us else "gone" if gone_us else "none"
    causes = list(dict.fromkeys(hole.cause for hole in holes))
    return m.DayView(
        day=str(day),
        state=state,
        covered_s=round(there_us / US_PER_S, 3),
        missing_s=round(missing_us / US_PER_S, 3),
        causes=causes,
    )
