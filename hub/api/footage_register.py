"""The register of footage: who looked, who took some out of the house, when and why. Nothing is ever taken from it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from contract.clock import rfc3339
from hub.accounts.secrets import account_key
from hub.api import footage_models as m
from hub.api.auditing import Told, note_act
from hub.api.cursors import cursor_of, cursor_text, time_us
from hub.api.gatekeeper import Acting
from hub.api.models import NUMBER_MAX, Plain
from hub.api.routes import Behind, Limit, TimeQuery, problems
from hub.footage.views import ViewRow
from hub.reports.csvfile import csv_bytes
from hub.store.footage_view_reads import ViewCursor, ViewFilter

router = APIRouter(prefix="/footage", tags=["footage"])
CSV_ROWS_MAX = 10_000
COLUMNS = (
    "时间 at", "类别 kind", "人员 actor", "角色 role", "事由 reason", "摄像机 cameras", "录像起 from", "录像止 to",
    "事件 incident", "受方 receiver", "文号 ticket", "导出件 export",
)  # fmt: skip
Actor = Annotated[str, Plain, Query(max_length=100, description="Who, by the account's name")]
KindQuery = Annotated[Literal["view", "export", "download"] | None, Query(description="Rows of one kind alone")]
CameraQuery = Annotated[str, Plain, Query(max_length=63, description="With this camera among theirs")]
IncidentQuery = Annotated[int | None, Query(ge=1, le=NUMBER_MAX, description="About this incident")]
From = Annotated[TimeQuery, Query(alias="from")]


@router.get("/register", summary="Who looked at footage", responses=problems())
def list_views(
    backend: Behind,
    *,
    actor: Actor = "",
    kind: KindQuery = None,
    camera: CameraQuery = "",
    incident: IncidentQuery = None,
    from_: From = None,
    to: TimeQuery = None,
    cursor: Annotated[str | None, Query(max_length=400, description="Of the page before")] = None,
    limit: Limit = 100,
) -> m.Register:
    """Views, exports and downloads that fit every filter, newest first."""
    wanted = ViewFilter(account_key(actor) if actor else "", kind or "", camera, incident, time_us(from_), time_us(to))
    after = None if cursor is None else cursor_of(cursor, ViewCursor)
    rows = backend.reads.footage_views.views(wanted, limit, after)
    last = ViewCursor(rows[-1].at_us, rows[-1].view) if len(rows) == limit else None
    return m.Register(rows=[_view(row) for row in rows], cursor=cursor_text(last))


@router.get("/register.csv", summary="The register as CSV", response_class=Response, responses=problems())
def export_register(
    backend: Behind,
    who: Acting,
    *,
    actor: Actor = "",
    kind: KindQuery = None,
    camera: CameraQuery = "",
    incident: IncidentQuery = None,
    from_: From = None,
    to: TimeQuery = None,
) -> Response:
    """The newest 10,000 rows that fit; no cell of it computes anything. Who had it made is on the audit log."""
    wanted = ViewFilter(account_key(actor) if actor else "", kind or "", camera, incident, time_us(from_), time_us(to))
    rows = backend.reads.footage_views.views(wanted, CSV_ROWS_MAX)
    note_act(backend, who, Told("footage.register", "footage", after={"rows": len(rows)}))
    cells = [
        (
            *(rfc3339(row.at_us), row.kind, row.actor, row.role, row.reason, " ".join(row.devices)),
            *(rfc3339(row.from_us), rfc3339(row.to_us), row.incident or "", row.receiver, row.ticket, row.export),
        )
        for row in rows
    ]
    headers = {"Content-Disposition": 'attachment; filename="footage-register.csv"', "Cache-Control": "no-store"}
    return Response(csv_bytes(COLUMNS, cells), media_type="text/csv; charset=utf-8", headers=headers)


def _view(row: ViewRow) -> m.RegisterView:
    return m.RegisterView(
        id=row.view,
        kind=row.kind,
        at=rfc3339(row.at_us),
        actor=row.actor,
        role=row.role,
        reason=row.reason,
        cameras=list(row.devices),
        **{"from": rfc3339(row.from_us)},
        to=rfc3339(row.to_us),
        incident=row.incident,
        receiver=row.receiver,
        ticket=row.ticket,
        export=row.export,
    )
