"""Reports: how duties were kept, which places stayed unvisited, and the daily record of patrols."""

from datetime import date
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from contract.clock import US_PER_S, rfc3339
from hub.accounts.types import Identity
from hub.api import models
from hub.api.auditing import Told, note_act
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.knowing import check
from hub.api.plan_figures import emergencies
from hub.api.ports import Backend
from hub.api.report_models import ComplianceReport, FiguresRow, ReportLang, UnvisitedReport, UnvisitedRow
from hub.api.routes import Behind, problems
from hub.duties.localtime import local_day
from hub.ingest.rules import INTAKE_CLAUSE
from hub.reports import asking
from hub.reports.asking import Days, RecordAsked
from hub.reports.figures import By, Figures, Unvisited, percent
from hub.reports.pdf import LINES_MAX, TooLong, render
from hub.reports.record import Record
from hub.reports.table import record_csv
from hub.store.reports import RECORD_WINDOWS_MAX, TooMany
from hub.typeset import NoReports
from hub.views import when

router = APIRouter(prefix="/reports", tags=["reports"])
DAYS_MAX = 3_660
PDF_PATIENCE_S = 20.0
_rendering = Lock()
"""One PDF at a time: it takes a core while it lasts."""

TEXT_CSV = "text/csv; charset=utf-8"
_PDF: dict[int | str, dict[str, Any]] = {200: {"description": "the PDF", "content": {"application/pdf": {}}}}
CSV: dict[int | str, dict[str, Any]] = {200: {"description": "UTF-8 with a byte order mark", "content": {"text/csv": {}}}}
From = Annotated[date, Query(alias="from", description="The first local day", examples=["2026-01-01"])]
To = Annotated[date, Query(alias="to", description="The last local day, included", examples=["2026-01-31"])]
Known = Annotated[str, models.Plain]
Duties = Annotated[list[Known] | None, Query(alias="duty", max_length=100, description="These duties alone")]
Routes = Annotated[list[Known] | None, Query(alias="route", max_length=100, description="These routes alone")]
Lang = Annotated[ReportLang, Query(description="In which language it is written")]
DayPath = Annotated[date, Path(description="The local day", examples=["2026-01-01"])]


@router.get("/compliance", summary="How duties were kept", responses=problems(404))
def show_compliance(
    backend: Behind, first: From, last: To, by: Annotated[By, Query(description="What a row is")] = "place", duty: Duties = None
) -> ComplianceReport:
    """For each place, route, hour, person or duty: windows due, kept, missed, unproven, withdrawn, and the rate as an exact
    fraction. A window belongs to the local day on which it ends. `emergencies`: how the clocks of emergencies that began on these
    days were kept."""
    check(backend, duty=duty or ())
    now_us = backend.clock.now_us()
    rows = asking.compliance(backend.reads.reports, backend.estate, days_of(first, last), by, tuple(duty or ()), now_us)
    told = [figures_row(row, _name(backend, by, row.key)) for row in rows]
    return ComplianceReport(
        first=str(first), last=str(last), by=by, as_of=rfc3339(now_us), rows=told, emergencies=emergencies(backend, first, last)
    )


@router.get("/unvisited", summary="The places that stayed unvisited for longest", responses=problems(404))
def show_unvisited(
    backend: Behind,
    first: From,
    last: To,
    duty: Duties = None,
    limit: Annotated[int, Query(ge=1, le=1_000, description="How many at most")] = 10,
) -> UnvisitedReport:
    """The longest time that each place stayed unvisited, up to now and across shifts. The worst first; averages say nothing."""
    check(backend, duty=duty or ())
    now_us = backend.clock.now_us()
    rows = asking.unvisited(backend.reads.reports, backend.estate, days_of(first, last), tuple(duty or ()), now_us, limit)
    told = [_unvisited(backend, row) for row in rows]
    return UnvisitedReport(
        first=str(first), last=str(last), as_of=rfc3339(now_us), timezone=str(backend.estate.timezone), rows=told
    )


@router.get(
    "/patrol/{day}.pdf",
    summary="The record of a day's patrols, to sign",
    response_class=Response,
    responses={**problems(404, 429, 501), **_PDF},
)
def print_patrol(backend: Behind, who: Acting, day: DayPath, lang: Lang = "both", route: Routes = None) -> Response:
    """Time, route, findings and how they were handled (PAT-5), as A4. A window belongs to the day on which it ends. As it is
    known now: late evidence may still change it for three days."""
    record = _record(backend, day, lang, route)
    if not _rendering.acquire(timeout=PDF_PATIENCE_S):
        raise ApiError("sheet_under_way")
    try:
        body = render(record, lang)
    except NoReports as error:
        raise ApiError("reports_missing", error=str(error)) from error
    except TooLong as error:
        raise ApiError("record_too_long", limit=LINES_MAX) from error
    finally:
        _rendering.release()
    _note_record(backend, who, day, "pdf", route)
    return file_of(body, "application/pdf", f"patrol-{day}.pdf")


@router.get(
    "/patrol/{day}.csv",
    summary="The record of a day's patrols, for a spreadsheet",
    response_class=Response,
    responses={**problems(404), **CSV},
)
def list_patrol(backend: Behind, who: Acting, day: DayPath, lang: Lang = "both", route: Routes = None) -> Response:
    """The same as one table. Cells that a spreadsheet would compute begin with an apostrophe."""
    body = record_csv(_record(backend, day, lang, route), lang)
    _note_record(backend, who, day, "csv", route)
    return file_of(body, TEXT_CSV, f"patrol-{day}.csv")


def _note_record(backend: Backend, who: Identity, day: date, form: str, routes: list[str] | None) -> None:
    note_act(backend, who, Told("record.read", "record", str(day), after={"form": form, "routes": routes or []}))


def _record(backend: Backend, day: date, lang: ReportLang, routes: list[str] | None) -> Record:
    now_us = backend.clock.now_us()
    _past(backend, day, now_us)
    check(backend, route=routes or ())
    late_us = int(backend.policy.numbers(INTAKE_CLAUSE)["late_s"] * US_PER_S)
    asked = RecordAsked(day, lang, late_us, tuple(routes or ()))
    try:
        return asking.record(backend.reads.reports, backend.estate, backend.policy.shifts, asked, now_us)
    except TooMany as error:
        raise ApiError("record_too_long", limit=RECORD_WINDOWS_MAX) from error


def _past(backend: Backend, day: date, now_us: int) -> None:
    """Nobody signs for what has not begun. The earliest days of all cannot be told in every zone."""
    if not date(1970, 1, 3) <= day <= local_day(backend.estate.timezone, now_us):
        raise ApiError("day_not_begun", day=day)


def days_of(first: date, last: date, most: int = DAYS_MAX) -> Days:
    """The days, if there are not too many. Raises ApiError."""
    if not date(1970, 1, 31) <= first <= last <= date(9990, 1, 1) or (last - first).days >= most:
        raise ApiError("wrong_days", limit=most)
    return Days(first, last)


def figures_row(row: Figures, names: tuple[str, str]) -> FiguresRow:
    """The figures with what people call the row."""
    counts, rate = row.counts, row.counts.rate
    return FiguresRow(
        key=row.key,
        name_zh=names[0],
        name_en=names[1],
        **counts._asdict(),
        rate=None if rate is None else f"{rate.numerator}/{rate.denominator}",
        percent=None if rate is None else percent(rate),
    )


def _unvisited(backend: Backend, row: Unvisited) -> UnvisitedRow:
    names = _name(backend, "place", row.place)
    return UnvisitedRow(
        place=row.place,
        name_zh=names[0],
        name_en=names[1],
        duties=list(row.duties),
        longest_s=row.longest_s,
        ended_s=row.ended_s,
        ongoing_s=row.ongoing_s,
        last_visit_at=when(row.last_us),
        at_least=row.at_least,
    )


def _name(backend: Backend, by: By, key: str) -> tuple[str, str]:
    """What people call it; its id where the files do not know it (any more)."""
    estate = backend.estate
    if by == "place":
        return estate.place_name(key, "zh"), estate.place_name(key, "en")
    if by == "hour":
        return f"{key}:00", f"{key}:00"
    if by == "duty":
        duty = backend.policy.duties.get(key)
        return (key, key) if duty is None else (duty.zh, duty.en)
    row = estate.routes.get(key) if by == "route" else estate.staff.get(key)
    return (key, key) if row is None else (row.name_zh or key, row.name_en or key)


def file_of(body: bytes, media_type: str, name: str) -> Response:
    """A file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type=media_type, headers=headers)
