"""Permits as files: import with every wrong row named, export, and a template."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from hub.access.asks import ROWS_MAX, AccessImport, By, ImportRow, RowResult
from hub.access.rowing import Known, households_of, rows_of
from hub.access.sheet import COLUMNS, CellWrong, read_file
from hub.accounts.types import Identity
from hub.api import access_models as m
from hub.api.auditing import Told, by_of, note_act
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.models import Wrong
from hub.api.ports import Backend
from hub.api.routes import Behind, answer, problems
from hub.duties.localtime import day_us, local_day
from hub.reports.csvfile import csv_bytes
from hub.store.access_reads import ExportRow

router = APIRouter(prefix="/access", tags=["permits"])
CHUNK_ROWS = 250
"""Of one transaction, where rows may be taken one by one: the turn is others' too."""
IMPORT_S = 60.0
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string", "format": "binary"}},
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
                "schema": {"type": "string", "format": "binary"}
            },
        },
    }
}
_EXAMPLE = (
    "3",
    "2",
    "501",
    "李雷",
    "13800000000",
    "业主",
    "12,34567",
    "京A12345",
    "",
    "",
    "residents",
    "",
    "2027-12-31",
    "1",
    "",
)
_KIND_ZH = {"resident": "业主", "staff": "员工", "contractor": "施工", "visitor": "访客", "vehicle": "车辆"}
CSV = "text/csv; charset=utf-8"


@router.post("/import", summary="Import permits from a file", responses=problems(409, 413), openapi_extra=FILE_BODY)
async def import_permits(
    backend: Behind,
    who: Acting,
    request: Request,
    dry_run: Annotated[bool, Query(description="Only tell what would become of it")] = False,
    all_or_nothing: Annotated[bool, Query(description="With one wrong row write nothing; 2,000 rows at most")] = False,
    reason: Annotated[str, Query(max_length=500, description="Why")] = "",
) -> m.ImportView:
    """The body is a CSV file (UTF-8 or GB18030) or an xlsx workbook of 20,000 rows and 4 MiB at most, its columns named as in the
    template. Every row is either done or named among the wrong ones, with its column and what to write. The same file again
    changes nothing."""
    data = await request.body()
    return await run_in_threadpool(take_file, backend, who, data, (dry_run, all_or_nothing), reason)


def take_file(backend: Backend, who: Identity, data: bytes, how: tuple[bool, bool], reason: str) -> m.ImportView:
    """See the route. Raises ApiError where it is no file of permits at all, Unavailable."""
    dry, whole = how
    read = read_file(data)
    of_file = [one for one in read.wrong if one.row <= 1]
    if of_file or not (read.lines or read.wrong):
        raise _bad_file(of_file or [CellWrong(0, "", "empty_file", "文件没有内容", "there are no rows in it")])
    known = Known(*backend.access.known(households_of(read.lines)))
    zone, groups = backend.estate.timezone, backend.access.groups()
    rows, wrong = rows_of(read.lines, groups, known, key=backend.card_key, zone=zone, new_id=lambda: secrets.token_hex(8))
    wrong = [*read.wrong, *wrong]
    if whole and len(rows) > ROWS_MAX:
        told = (f"整体导入最多 {ROWS_MAX} 行", f"with all_or_nothing a file has {ROWS_MAX} rows at most: split it")
        raise _bad_file([CellWrong(0, "", "too_many_rows", *told)])
    total = len(rows) + len({one.row for one in wrong})
    if whole and wrong:
        rows_left = [RowResult(row.row, "import_undone", "", _UNDONE) for row in rows]
        return _view(total, 0, [*wrong, *map(_cell_of, rows_left)], dry=dry, whole=whole)
    by = by_of(who)
    done = 0
    for result in _committed(backend, rows, By(by.actor, by.role, reason), dry=dry, whole=whole):
        done += not result.reason
        if result.reason:
            wrong.append(_cell_of(result))
    return _view(total, done, wrong, dry=dry, whole=whole)


_UNDONE = "其他行有错，本行未导入 / another row is wrong, so nothing was imported: mend it and import again"


def _committed(backend: Backend, rows: Sequence[ImportRow], by: By, *, dry: bool, whole: bool) -> Iterator[RowResult]:
    at_once = ROWS_MAX if dry or whole else CHUNK_ROWS
    for at in range(0, len(rows), at_once):
        asked = AccessImport(tuple(rows[at : at + at_once]), whole, by, dry)
        yield from answer(backend.worker.ask(asked), IMPORT_S)


def _cell_of(result: RowResult) -> CellWrong:
    zh, _, en = result.message.partition(" / ")
    return CellWrong(result.row, result.column, result.reason, zh, en)


def _view(total: int, done: int, wrong: Sequence[CellWrong], *, dry: bool, whole: bool) -> m.ImportView:
    told = [_model(one) for one in sorted(wrong)]
    return m.ImportView(rows=total, done=done, failed=total - done, dry_run=dry, all_or_nothing=whole, wrong=told)


def _model(one: CellWrong) -> m.CellWrongModel:
    column_zh, write_zh, write_en = COLUMNS.get(one.column, ("", "", ""))
    return m.CellWrongModel(
        row=one.row,
        column=one.column,
        column_zh=column_zh,
        code=one.code,
        what_zh=one.zh,
        what_en=one.en,
        write_zh=write_zh,
        write_en=write_en,
    )


def _bad_file(wrong: Sequence[CellWrong]) -> ApiError:
    error = ApiError("bad_import")
    error.errors = [Wrong(at=one.column or "file", what=f"{one.zh} / {one.en}") for one in wrong]
    return error


@router.get(
    "/template",
    summary="An empty file for an import",
    response_class=Response,
    responses={**problems(), 200: {"description": "the file", "content": {"text/csv": {}}}},
)
def import_template() -> Response:
    """CSV with the Chinese names of all columns and one row as an example; English names are taken as well."""
    return _file("permits-template.csv", csv_bytes([row[0] for row in COLUMNS.values()], [_EXAMPLE]))


@router.get(
    "/export",
    summary="All permits in force as a file",
    response_class=Response,
    responses={**problems(), 200: {"description": "the file", "content": {"text/csv": {}}}},
)
def export_permits(backend: Behind, who: Acting) -> Response:
    """CSV as an import takes it: cards and codes by their keyed hashes, plates in plain. A cell that a spreadsheet would compute
    begins with an apostrophe. Who took it is on the audit log before it is given."""
    rows = [_cells(row, backend.estate.timezone) for row in backend.access.export()]
    note_act(backend, who, Told("permit.export", "permit", after={"rows": len(rows)}))
    return _file("permits.csv", csv_bytes([row[0] for row in COLUMNS.values()], rows))


def _file(name: str, data: bytes) -> Response:
    return Response(data, media_type=CSV, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _cells(row: ExportRow, zone: ZoneInfo) -> list[str]:
    door: Any = row.household
    told: Mapping[str, str] = {
        "building": door.building if door else "",
        "unit": door.unit if door else "",
        "room": door.room if door else "",
        "name": row.holder.name,
        "phone": row.holder.phone,
        "kind": _KIND_ZH[row.holder.kind],
        **{medium: ";".join(row.shown.get(medium, ())) for medium in ("card", "plate", "qr", "face")},
        "groups": ";".join(row.permit.groups),
        "valid_from": _day(row.permit.from_us, zone, end=False),
        "valid_until": _day(row.permit.until_us, zone, end=True),
        "spaces": str(row.permit.spaces),
        "note": row.permit.note,
    }
    return [told[column] for column in COLUMNS]


def _day(at_us: int | None, zone: ZoneInfo, *, end: bool) -> str:
    """A local day where it begins, or with `end` ends, just then; else the minute."""
    if at_us is None:
        return ""
    day: date = local_day(zone, at_us)
    if day_us(zone, day) == at_us:
        return (day - timedelta(days=1) if end else day).isoformat()
    minutes = (at_us - day_us(zone, day)) // 60_000_000
    return f"{day.isoformat()} {minutes // 60:02d}:{minutes % 60:02d}"
