"""Footage that goes out of the house: archives are asked for, made, taken by a link, and deleted in time."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy import Connection

from contract.clock import US_PER_S, rfc3339
from hub.api import footage_models as m
from hub.api.auditing import Told, note_act
from hub.api.cursors import time_us
from hub.api.errors import ApiError
from hub.api.footage import RangeHeader, Token, cameras_known, enter, span_us
from hub.api.gatekeeper import Acting
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.ranges import ranged_file
from hub.api.routes import Behind, Limit, problems
from hub.footage.playback.links import View
from hub.footage.views import EXPORT_US_MAX, ExportRow, ViewRow
from hub.store.footage_view_reads import put_export
from hub.views import when

router = APIRouter(prefix="/footage", tags=["footage"])
DOWNLOADS_MAX = 1_000
"""Of one person in 24 h: each is a row of the register."""
ExportPath = Annotated[str, Plain, Path(max_length=64, description="The export, by its name", examples=["9f3a01c2d4e5b607"])]


@router.get("/exports", summary="The archives that were made", responses=problems())
def list_exports(backend: Behind, limit: Limit = 50) -> m.ExportList:
    """Newest first, with who asked for each and who gets it; and the fingerprint of the key that seals them."""
    rows = [_view(backend, row) for row in backend.reads.footage_views.exports(limit)]
    return m.ExportList(exports=rows, key=backend.footage.key.fingerprint())


@router.post("/exports", summary="Have an archive made", responses=problems(404, 413), status_code=202)
def ask_export(backend: Behind, who: Acting, asked: m.ExportRequest) -> m.ExportView:
    """Who, why, for whom, which cameras and which time stand in the register and on the audit log first. 429 `too_many_views`
    over the policy's number in 24 h, which is an incident; 429 `too_many_exports` where too many wait."""
    cameras = tuple(dict.fromkeys(asked.cameras))
    cameras_known(backend, who, cameras, asked.reason)
    from_us, to_us = time_us(asked.from_) or 0, time_us(asked.to) or 0
    now_us = backend.clock.now_us()
    span_us(backend, from_us, min(to_us, now_us), EXPORT_US_MAX)
    if asked.incident is not None and backend.reads.case_page(asked.incident) is None:
        raise ApiError("unknown_case", no=asked.incident)
    if not backend.footage.exports.has_room():
        raise ApiError("too_many_exports")
    new_id = backend.footage.new_id
    view = ViewRow(
        new_id(),
        "export",
        now_us,
        who.account,
        who.name,
        who.role,
        asked.reason,
        cameras,
        from_us,
        min(to_us, now_us),
        asked.incident,
        asked.receiver,
        asked.ticket,
        new_id(),
    )
    row = ExportRow(view.export, view.view, asked.stream, "queued", "", now_us, None, None, 0, "", "")

    def also(connection: Connection) -> None:
        put_export(connection, backend.site, row)

    enter(backend, who, view, backend.footage.limits.exports, also)
    backend.footage.exports.add(row.export)
    return _view(backend, row, view)


@router.get("/exports/{export}", summary="How far an archive is", responses=problems(404))
def show_export(backend: Behind, export: ExportPath) -> m.ExportView:
    """Its state, and while it is being made how much of it is there."""
    return _view(backend, _row(backend, export))


@router.post("/exports/{export}/cancel", summary="An archive is not wanted any more", responses=problems(404, 409))
def cancel_export(backend: Behind, who: Acting, export: ExportPath) -> m.ExportView:
    """One that waits or is being made. 409 `export_not_ready` where it has ended already. Its row stays in the register."""
    _row(backend, export)
    if not backend.footage.exports.cancel(export):
        raise ApiError("export_not_ready")
    note_act(backend, who, Told("footage.export_cancel", "footage", export))
    return _view(backend, _row(backend, export))


@router.post("/exports/{export}/download", summary="Take an archive", responses=problems(404, 409, 413), status_code=201)
def open_download(backend: Behind, who: Acting, export: ExportPath, asked: m.DownloadRequest) -> m.DownloadOpened:
    """Each time that somebody takes it is a row of the register, with who and why. The link is this sign-in's alone."""
    row = _row(backend, export)
    made = backend.reads.footage_views.view(row.view)
    if made is None or backend.footage.exports.path(row) is None:
        raise ApiError("export_not_ready")
    taken = made._replace(
        view=backend.footage.new_id(),
        kind="download",
        at_us=backend.clock.now_us(),
        account=who.account,
        actor=who.name,
        role=who.role,
        reason=asked.reason,
    )
    enter(backend, who, taken, DOWNLOADS_MAX)
    links = backend.footage.downloads
    link = links.make(View(export, who.session, {}, row.asked_us, row.asked_us))
    return m.DownloadOpened(path=f"/footage/downloads/{link.token}", valid_s=links.valid_us / US_PER_S)


@router.get(
    "/downloads/{token}",
    summary="An archive's bytes",
    response_class=Response,
    responses={
        **problems(404, 409, 416),
        200: {"description": "the archive", "content": {"application/zip": {}}},
        206: {"description": "the range that was asked for", "content": {"application/zip": {}}},
    },
)
def download(backend: Behind, who: Acting, token: Token, range_: RangeHeader = "") -> Response:
    """A download that broke off goes on with `Range`."""
    link = backend.footage.downloads.use(token, who.session)
    if link is None:
        raise ApiError("unknown_footage_link")
    row = _row(backend, link.view.view)
    path = backend.footage.exports.path(row)
    if path is None:
        raise ApiError("export_not_ready")
    try:
        return ranged_file(path, range_, "application/zip", f"footage-{row.export}.zip")
    except OSError as error:
        raise ApiError("export_not_ready") from error


def _row(backend: Backend, export: str) -> ExportRow:
    """Raises ApiError."""
    row = backend.reads.footage_views.export(export)
    if row is None:
        raise ApiError("unknown_export")
    return row


def _view(backend: Backend, row: ExportRow, asked: ViewRow | None = None) -> m.ExportView:
    asked = asked or backend.reads.footage_views.view(row.view)
    assert asked is not None  # nothing is ever taken from the register
    return m.ExportView(
        id=row.export,
        state=row.state,
        detail=row.detail,
        progress=1.0 if row.state == "done" else backend.footage.exports.progress(row.export),
        at=rfc3339(row.asked_us),
        ended_at=when(row.ended_us),
        expires_at=when(row.expires_us),
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        actor=asked.actor,
        reason=asked.reason,
        receiver=asked.receiver,
        ticket=asked.ticket,
        cameras=list(asked.devices),
        **{"from": rfc3339(asked.from_us)},
        to=rfc3339(asked.to_us),
    )
