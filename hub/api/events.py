"""Committed events, and the records that were put aside."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query

from contract.clock import rfc3339
from hub.api import models
from hub.api.cursors import cursor_text, event_cursor, time_us
from hub.api.errors import ApiError
from hub.api.routes import Behind, Limit, Offset, TimeQuery, problems
from hub.store.read import AnyRow
from hub.views import when

router = APIRouter(tags=["events"])
BODY_CHARS_MAX = 4_096


@router.get("/events", summary="A device's events, newest first", responses=problems(404))
def list_events(
    backend: Behind,
    device: Annotated[str, Query(max_length=63, description="A device's or an agent's id", examples=["door-east"])],
    *,
    kind: Annotated[str, models.Plain, Query(max_length=40, examples=["door_contact"])] = "",
    since: TimeQuery = None,
    until: TimeQuery = None,
    cursor: Annotated[str | None, Query(max_length=400, description="`next` of the page before")] = None,
    limit: Limit = 100,
) -> models.EventPage:
    """`since` is included, `until` is not. Go on with `next` until it is null: a page of a rare kind may be short, even empty,
    and not be the last."""
    if backend.estate.detector_device(device) is None:
        raise ApiError("unknown_device", device=device)
    page = backend.reads.events(
        device,
        kind=kind,
        since_us=time_us(since),
        until_us=time_us(until),
        cursor=event_cursor(cursor),
        limit=limit,
    )
    return models.EventPage(events=[event_model(row) for row in page.rows], next=cursor_text(page.cursor))


@router.get("/quarantine", summary="Records that were put aside, newest first", responses=problems())
def list_quarantine(backend: Behind, limit: Limit = 50, offset: Offset = 0) -> models.QuarantinePage:
    """What could not be understood, came for a strange device, or made a detector fail. The stream went on without it."""
    rows = backend.reads.quarantine(limit, offset)
    return models.QuarantinePage(
        records=[
            models.QuarantinedRecord(
                stream=row.stream,
                seq=row.seq,
                agent=row.agent,
                at=rfc3339(row.hub_at_us),
                reason=row.reason,
                body=bytes(row.body).decode("utf-8", errors="replace")[:BODY_CHARS_MAX],
            )
            for row in rows
        ]
    )


def event_model(row: AnyRow) -> models.Event:
    """An event's row for the outside."""
    return models.Event(
        stream=row.stream,
        seq=row.seq,
        device=row.device,
        kind=row.kind,
        at=rfc3339(row.at_us),
        agent_at=rfc3339(row.agent_at_us),
        device_at=when(row.device_at_us),
        hub_at=rfc3339(row.hub_at_us),
        reading=msgspec.json.decode(row.body),
    )
