"""How duties were kept, as a heat map."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from contract.clock import rfc3339
from hub.api.knowing import check
from hub.api.ports import Backend
from hub.api.report_models import HeatCell, HeatReport
from hub.api.reports import CSV, TEXT_CSV, Duties, From, Lang, Routes, To, days_of, figures_row, file_of
from hub.api.routes import Behind, problems
from hub.reports.figures import HeatBy, percent
from hub.reports.heatmap import DAYS_MAX, FIGURE, Heat, HeatWanted, heat_csv, heatmap, line_name

router = APIRouter(prefix="/reports", tags=["reports"])
ByQuery = Annotated[HeatBy, Query(description="hour: weekday and hour; place: place and day")]
Lines = Annotated[int, Query(ge=1, le=1_000, description="How many places at most, the worst of them")]


@router.get("/heatmap", summary="How duties were kept, by hour and weekday or by place and day", responses=problems(404))
def show_heatmap(
    backend: Behind, first: From, last: To, *, by: ByQuery = "hour", route: Routes = None, duty: Duties = None, limit: Lines = 200
) -> HeatReport:
    """Windows that ended on these days, 92 at most, of these routes and duties. The sums are those of /reports/compliance."""
    now_us = backend.clock.now_us()
    wanted = HeatWanted(days_of(first, last, DAYS_MAX), by, tuple(route or ()), tuple(duty or ()), limit)
    found = _found(backend, wanted, now_us)
    return HeatReport(
        first=str(first),
        last=str(last),
        by=by,
        as_of=rfc3339(now_us),
        figure_zh=FIGURE[0],
        figure_en=FIGURE[1],
        lines=[figures_row(line, line_name(backend.estate, by, line.key)) for line in found.lines],
        columns=found.columns,
        cells=[
            HeatCell(line=line, column=column, **counts._asdict(), percent=percent(counts.rate))
            for (line, column), counts in sorted(found.cells.items())
        ],
        left_out=found.left_out,
    )


@router.get(
    "/heatmap.csv",
    summary="The same for a spreadsheet",
    response_class=Response,
    responses={**problems(404), **CSV},
)
def list_heatmap(
    backend: Behind,
    first: From,
    last: To,
    *,
    by: ByQuery = "hour",
    route: Routes = None,
    duty: Duties = None,
    limit: Lines = 200,
    lang: Lang = "both",
) -> Response:
    """One row for each cell. Where nothing was due the percent is empty."""
    wanted = HeatWanted(days_of(first, last, DAYS_MAX), by, tuple(route or ()), tuple(duty or ()), limit)
    found = _found(backend, wanted, backend.clock.now_us())
    return file_of(heat_csv(found, backend.estate, by, lang), TEXT_CSV, f"heatmap-{by}-{first}-{last}.csv")


def _found(backend: Backend, wanted: HeatWanted, now_us: int) -> Heat:
    check(backend, route=wanted.routes, duty=wanted.duties)
    return heatmap(backend.reads.reports, backend.estate, wanted, now_us)
