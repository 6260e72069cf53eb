"""The estate: read, checked, edited, imported, exported and restored. Every change is a version, put in force by the worker."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from contract.clock import rfc3339
from contract.settings import Mistake
from hub.api import estate_models as m
from hub.api.errors import ApiError
from hub.api.estate_weighing import applied, name_of, outcome_of, weighed, wrong_of
from hub.api.gatekeeper import Acting
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, problems
from hub.estates import tables
from hub.estates.document import file_of, plain_of
from hub.estates.whole import read_whole
from hub.estates.words import told
from hub.reports.csvfile import csv_bytes
from hub.store.estate_rows import VersionRow

router = APIRouter(tags=["estate"])
Table = Literal["devices", "places", "staff", "routes", "phones"]
Version = Annotated[int, Path(ge=1, le=2**31 - 1, description="The version's number")]
_TEXT = {"schema": {"type": "string"}}
_TABLE = {"requestBody": {"required": True, "content": {"text/csv": _TEXT, "application/yaml": _TEXT}}}


@router.get(
    "/estate",
    summary="The estate in force",
    response_model=m.EstateView,
    responses={**problems(), 304: {"description": "it is still the one of If-None-Match"}},
)
def show_estate(backend: Behind, request: Request, response: Response) -> m.EstateView | Response:
    """The estate's document without secrets, its version, and its drawings. With `If-None-Match` of the version's ETag: 304."""
    book = backend.book
    estate, version = book.current, book.version
    heads = backend.estates.drawings()
    keyless = sorted(agent for agent in estate.agents if backend.enrolment.ring.key_of(agent) is None)
    told = f"{version} {book.file_state} {backend.book.body.digest} {[(one.floor, one.digest) for one in heads]} {keyless}"
    headers = {"ETag": f'"{hashlib.sha256(told.encode()).hexdigest()}"', "Cache-Control": "private, no-cache"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return m.EstateView(
        version=version,
        document=plain_of(estate.file),
        drawings=[m.DrawingInfo(**one._asdict()) for one in heads],
        keyless=keyless,
        file=book.file_state,
    )


@router.put("/estate", summary="Put an estate in force", responses=problems(409, 413))
def put_estate(backend: Behind, who: Acting, asked: m.EstatePut) -> m.EstateOutcome:
    """The whole estate, in place of the version that was seen; 409 `changed_meanwhile` where another is in force. It is checked
    whole, against the policy too, and counts from the answer on, without a restart. Removed devices keep their incidents."""
    found = weighed(backend, asked.document)
    if found.file is None:
        raise wrong_of(found.errors)
    version = applied(backend, found.file, asked.seen, asked.origin, who.name, asked.reason)
    return outcome_of(found, version, applied=True)


@router.post("/estate/check", summary="What an estate would change", responses=problems(413))
def check_estate(backend: Behind, asked: m.EstateCheck) -> m.EstateOutcome:
    """A dry run: everything that is wrong with the document, or how it differs from the estate in force and what follows."""
    return outcome_of(weighed(backend, asked.document), backend.book.version)


@router.post("/estate/import", summary="Import a table", responses=problems(409, 413), openapi_extra=_TABLE)
async def import_table(
    backend: Behind,
    who: Acting,
    request: Request,
    kind: Annotated[Table | Literal["estate"], Query(description="Which table it is; estate: a whole estate file, YAML")],
    apply: Annotated[bool, Query(description="Put it in force where nothing is wrong; else this is a dry run")] = False,
    replace: Annotated[bool, Query(description="Rows that the table does not name are removed")] = False,
    seen: Annotated[
        int | None, Query(ge=0, le=2**31 - 1, description="The version that was seen; none: whichever is in force")
    ] = None,
    reason: Annotated[str, Query(max_length=500, description="Why")] = "",
) -> m.EstateOutcome:
    """CSV (UTF-8, or GB18030 as Excel writes it in China) or YAML. A row takes the place of the one with its id, or is added;
    columns that the table lacks stay as they are, an empty cell takes the value away. Errors name the table's row and column.
    A whole estate file takes the estate's place, without keys and drawings; its errors name the line as `row`."""
    data = await request.body()
    if kind == "estate":
        return await run_in_threadpool(_import_whole, backend, data, apply, seen, (who.name, reason))
    return await run_in_threadpool(_import, backend, kind, data, (apply, replace), seen, (who.name, reason))


def _import_whole(backend: Backend, data: bytes, apply: bool, seen: int | None, why: tuple[str, str]) -> m.EstateOutcome:
    version, whole = backend.book.version, read_whole(data)
    if whole.wrong:
        return _not_read(version, whole.wrong)
    found = weighed(
        backend, whole.document, lambda mistake: name_of(mistake).model_copy(update={"row": whole.line_of(mistake.path)})
    )
    if found.file is None or not apply:
        return outcome_of(found, version, document=whole.document)
    done = applied(backend, found.file, version if seen is None else seen, "edit", *why)
    return outcome_of(found, done, applied=True, document=whole.document)


def _import(
    backend: Backend, kind: Table, data: bytes, how: tuple[bool, bool], seen: int | None, why: tuple[str, str]
) -> m.EstateOutcome:
    apply, replace = how
    version, document = backend.book.version, plain_of(backend.estate.file)
    read = tables.read_table(kind, data)
    if read.wrong:
        return _not_read(version, read.wrong)
    merged, at = tables.merged(document, kind, read, replace=replace)
    found = weighed(backend, merged, lambda mistake: _of_row(mistake, kind, at))
    if found.file is None or not apply:
        return outcome_of(found, version, document=merged)
    done = applied(backend, found.file, version if seen is None else seen, "edit", *why)
    return outcome_of(found, done, applied=True, document=merged)


@router.get(
    "/estate/export",
    summary="The estate, or a table of it, as a file",
    response_class=Response,
    responses={**problems(), 200: {"description": "the file", "content": {"text/csv": {}, "application/yaml": {}}}},
)
def export_estate(
    backend: Behind,
    kind: Annotated[Table | Literal[""], Query(description="Which table; none: the whole estate, as YAML")] = "",
    written: Annotated[Literal["csv", "yaml"], Query(alias="format", description="Of a table")] = "yaml",
) -> Response:
    """What an import takes. A cell of CSV that a spreadsheet would compute begins with an apostrophe."""
    document = plain_of(backend.estate.file)
    name = f"{kind or 'estate'}.{written if kind else 'yaml'}"
    if kind and written == "csv":
        rows = (tables.cells(kind, row) for row in document.get(kind, ()))
        data, media_type = csv_bytes(tables.COLUMNS[kind], rows), "text/csv; charset=utf-8"
    else:
        plain = {kind: document.get(kind, [])} if kind else document
        data, media_type = tables.yaml_text(plain).encode(), "application/yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)


@router.get("/estate/versions", summary="Who changed the estate when", responses=problems())
def list_versions(
    backend: Behind,
    limit: Limit = 50,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Only versions before this one")] = None,
) -> m.VersionList:
    """Versions without their documents, newest first; a page goes on with `before`."""
    rows = backend.estates.versions(limit, before)
    return m.VersionList(versions=[_info(row) for row in rows], next=rows[-1].version if len(rows) == limit else None)


@router.get("/estate/versions/{version}", summary="One version", responses=problems(404))
def show_version(backend: Behind, version: Version) -> m.VersionView:
    """Who made it when, with its document."""
    row = _known(backend, version)
    return m.VersionView(info=_info(row), document=plain_of(file_of(row.body)))


@router.post("/estate/versions/{version}/restore", summary="Put an older version in force again", responses=problems(404, 409))
def restore_version(backend: Behind, who: Acting, version: Version, asked: m.RestoreRequest) -> m.EstateOutcome:
    """As a new version, checked as any other: the policy may have changed since. Drawings stay as they are."""
    found = weighed(backend, msgspec.json.decode(_known(backend, version).body))
    if found.file is None:
        raise wrong_of(found.errors)
    done = applied(backend, found.file, asked.seen, "restore", who.name, asked.reason or f"{version}")
    return outcome_of(found, done, applied=True)


def _known(backend: Backend, version: int) -> VersionRow:
    row = backend.estates.version(version)
    if row is None:
        raise ApiError("unknown_version", version=version)
    return row


def _info(row: VersionRow) -> m.VersionInfo:
    fields: dict[str, Any] = row._asdict()
    del fields["body"], fields["at_us"]
    return m.VersionInfo(**fields, at=rfc3339(row.at_us))


def _not_read(version: int, wrong: Sequence[tables.CellWrong]) -> m.EstateOutcome:
    errors = [_cell(one) for one in wrong[:200]]
    return m.EstateOutcome(good=False, applied=False, version=version, errors=errors, changes=[], consequences=[])


def _cell(one: tables.CellWrong) -> m.EstateWrong:
    row = one.row or None
    return m.EstateWrong(at="", row=row, column=one.column, code=one.code, message_zh=one.zh, message_en=one.en)


def _of_row(mistake: Mistake, kind: str, at: dict[int, int]) -> m.EstateWrong:
    """The mistake with the table's row, where it is one of a row that came from the table."""
    found = told(mistake)
    row = (
        at.get(mistake.path[1])
        if len(mistake.path) > 1 and mistake.path[0] == kind and isinstance(mistake.path[1], int)
        else None
    )
    column = "" if row is None else tables.column_of(mistake.path[2:])
    return m.EstateWrong(at=found.at, row=row, column=column, code=found.code, message_zh=found.zh, message_en=found.en)
