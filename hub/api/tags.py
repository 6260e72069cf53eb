"""Tags: what stands at checkpoints and in guards' pockets, and the labels that are printed."""

import os
from collections.abc import Sequence
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from contract.clock import rfc3339
from hub.api import models
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.knowing import check, known_place
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, Offset, allowed, answer, problems
from hub.api.tag_models import (
    Enrolled,
    EnrolRequest,
    NewTag,
    Replaced,
    ReplaceRequest,
    RevokeRequest,
    TagList,
    TagRow,
)
from hub.duties.types import Tag
from hub.estate import Estate
from hub.ingest.ports import TagAct
from hub.store.read import AnyRow, TagActors, TagFilter
from hub.tags.labels import HARDWARE_CHARS_MAX, new_tag, normal_tag, short, tag_name
from hub.tags.sheet import LABELS_HEADER, LABELS_MAX, Label, render
from hub.tags.tagbook import TagChange
from hub.typeset import NoReports
from hub.views import when

router = APIRouter(prefix="/tags", tags=["tags"])
SHEET_PATIENCE_S = 10.0
_rendering = Lock()
"""One sheet at a time: it takes a core while it lasts."""

_PDF: dict[int | str, dict[str, Any]] = {200: {"description": "the PDF", "content": {"application/pdf": {}}}}
TagPath = Annotated[
    str, models.Plain, Path(max_length=HARDWARE_CHARS_MAX, description="As GET /tags has it", examples=["04A22B7C195E80"])
]


@router.get("", summary="What was enrolled, newest first", responses=problems(404))
def list_tags(
    backend: Behind,
    *,
    tag: Annotated[str, models.Plain, Query(max_length=HARDWARE_CHARS_MAX, description="However it is written")] = "",
    place: Annotated[str, models.Plain, Query(max_length=63)] = "",
    person: Annotated[str, models.Plain, Query(max_length=63)] = "",
    current: Annotated[bool, Query(description="Only those that still count")] = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> TagList:
    """All rows that fit every filter: what counts now, and what ended, when and why."""
    name = allowed(tag_name(tag)) if tag else ""
    check(backend, place=place, person=person)
    wanted = TagFilter(name, (place,) if place else (), person, current=current)
    rows = _rows(backend, backend.reads.tags(wanted, limit, offset))
    return TagList(timezone=str(backend.estate.timezone), tags=rows)


@router.get("/sheet.pdf", summary="Labels to print", response_class=Response, responses={**problems(404, 429, 501), **_PDF})
def print_sheet(
    backend: Behind,
    place: Annotated[list[str] | None, Query(max_length=LABELS_MAX, description="A place; several may be given")] = None,
) -> Response:
    """The QR labels that count at these places, or everywhere, on A4: 3 x 7 of 63.5 x 38.1 mm, with cut marks. This enrols
    nothing."""
    wanted = TagFilter(places=tuple(known_place(backend.estate, one) for one in place or ()), medium="qr", current=True)
    rows = backend.reads.tags(wanted, LABELS_MAX + 1)
    if not rows:
        raise ApiError("no_qr_labels")
    if len(rows) > LABELS_MAX:
        raise ApiError("too_many_labels", limit=LABELS_MAX)
    order = {one: at for at, one in enumerate(backend.estate.places)}
    rows.sort(key=lambda row: (order.get(row.place, len(order)), row.from_us))
    headers = {
        "Content-Disposition": 'attachment; filename="labels.pdf"',
        "Cache-Control": "no-store",
        LABELS_HEADER: str(len(rows)),
    }
    return Response(_pdf(backend, rows), media_type="application/pdf", headers=headers)


@router.post("", summary="Enrol a tag", responses=problems(404, 409, 413), status_code=201)
def enrol_tag(backend: Behind, who: Acting, asked: EnrolRequest) -> Enrolled:
    """It counts from now on at the place, or for the person. 409 `tag_enrolled`: it stands elsewhere; revoke it there first. With
    the medium `qr` and no number a new label is made."""
    tag = _asked_tag(backend, asked)
    label = _label(backend, tag, asked.medium)
    act = TagAct("enrol", tag, who.name, asked.reason, asked.medium, asked.place, asked.person)
    done: TagChange = allowed(answer(backend.worker.ask(act)))
    assert done.begun is not None
    (begun,) = _rows(backend, [done.begun])
    return Enrolled(tag=begun, label=label)


@router.post("/{tag}/replace", summary="Put another tag where this one is", responses=problems(404, 409, 413))
def replace_tag(backend: Behind, who: Acting, tag: TagPath, asked: ReplaceRequest) -> Replaced:
    """In one instant this tag ends and the other begins, at the same place or for the same person."""
    name, new = allowed(tag_name(tag)), _asked_tag(backend, asked)
    label = _label(backend, new, asked.medium)
    act = TagAct("replace", name, who.name, asked.reason, asked.medium, new_tag=new)
    done: TagChange = allowed(answer(backend.worker.ask(act)))
    assert done.begun is not None
    assert done.ended is not None
    ended, begun = _rows(backend, [done.ended, done.begun])
    return Replaced(ended=ended, begun=begun, label=label)


@router.post("/{tag}/revoke", summary="End a tag", responses=problems(404, 409, 413))
def revoke_tag(backend: Behind, who: Acting, tag: TagPath, asked: RevokeRequest) -> TagRow:
    """From now on its scans are flagged. It may be enrolled anew, also elsewhere; what was scanned before stays where it was."""
    act = TagAct("revoke", allowed(tag_name(tag)), who.name, asked.reason)
    done: TagChange = allowed(answer(backend.worker.ask(act)))
    assert done.ended is not None
    (ended,) = _rows(backend, [done.ended])
    return ended


def _asked_tag(backend: Backend, asked: NewTag) -> str:
    """The name of the tag that is to begin. Raises Refused, ApiError."""
    if asked.medium != "qr":
        if asked.tag is None:
            raise ApiError("tag_missing")
        return str(allowed(normal_tag(asked.tag)))
    if asked.tag is None:
        return new_tag(os.urandom)
    return str(allowed(backend.labels.read(asked.tag)))


def _label(backend: Backend, tag: str, medium: str) -> str | None:
    """What a QR tag's label holds. Made before the tag is enrolled: one that cannot be printed would be of no use."""
    return backend.labels.text(tag) if medium == "qr" else None


def _pdf(backend: Backend, rows: list[AnyRow]) -> bytes:
    estate = backend.estate
    labels = [
        Label(
            str(_label(backend, row.tag, "qr")),
            estate.place_name(row.place, "zh") if row.place else estate.person_name(row.person, "zh"),
            estate.place_name(row.place, "en") if row.place else estate.person_name(row.person, "en"),
            short(row.tag),
        )
        for row in rows
    ]
    if not _rendering.acquire(timeout=SHEET_PATIENCE_S):
        raise ApiError("sheet_under_way")
    try:
        return render(labels, estate.name_zh, estate.name_en)
    except NoReports as error:
        raise ApiError("reports_missing", error=str(error)) from error
    finally:
        _rendering.release()


def _rows(backend: Backend, rows: Sequence[Tag | AnyRow]) -> list[TagRow]:
    """As they are told, with who began and ended each."""
    actors = backend.reads.tag_actors({row.tag for row in rows})
    return [_row(row, backend.estate, actors.get((row.tag, row.from_us), TagActors())) for row in rows]


def _row(row: Tag | AnyRow, estate: Estate, actors: TagActors) -> TagRow:
    return TagRow(
        tag=row.tag,
        medium=row.medium,
        place=row.place,
        place_zh=estate.place_name(row.place, "zh") if row.place else "",
        place_en=estate.place_name(row.place, "en") if row.place else "",
        person=row.person,
        person_zh=estate.person_name(row.person, "zh") if row.person else "",
        person_en=estate.person_name(row.person, "en") if row.person else "",
        enrolled_at=rfc3339(row.from_us),
        ended_at=when(row.until_us),
        reason=row.reason,
        enrolled_by=actors.begun_by,
        ended_by=actors.ended_by,
    )
