"""The drawings of the estate's floors: uploaded, rewritten, and shown to whoever sees the plan."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from hub.api.errors import ApiError
from hub.api.estate_models import DrawingInfo, DrawingTaken
from hub.api.gatekeeper import Acting
from hub.api.knowing import unknown
from hub.api.ports import Backend
from hub.api.routes import Behind, allowed, answer, problems
from hub.estate import MAX_FLOORS
from hub.estates.drawing import BadDrawing, Drawing, drawing_of
from hub.estates.holder import row_of
from hub.ingest.ports import DrawingAct

router = APIRouter(tags=["estate"])
FloorId = Annotated[str, Path(max_length=63, description="A floor of the estate", examples=["ground"])]
_FILE = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"requestBody": {"required": True, "content": {"image/svg+xml": _FILE, "image/png": _FILE}}}
DRAWINGS_MAX = 2 * MAX_FLOORS
"""Those of floors that went are kept for who restores an older version."""
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "private, no-cache",
}
"""A browser that is sent straight to a drawing runs nothing of it and asks nobody for anything."""


@router.get(
    "/estate/drawings/{floor}",
    summary="A floor's drawing",
    response_class=Response,
    responses={
        **problems(404),
        200: {"description": "the drawing", "content": {"image/svg+xml": {}, "image/png": {}}},
        304: {"description": "it is still the one of If-None-Match"},
    },
)
def show_drawing(backend: Behind, request: Request, floor: FloorId) -> Response:
    """SVG or PNG, with its SHA-256 as the ETag."""
    _known(backend, floor)
    row = backend.estates.drawing(floor)
    if row is None:
        raise ApiError("no_drawing")
    headers = {**HEADERS, "ETag": f'"{row.digest}"'}
    if f'"{row.digest}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(row.body, media_type=row.media_type, headers=headers)


@router.put(
    "/estate/drawings/{floor}", summary="Upload a floor's drawing", responses=problems(404, 409, 413), openapi_extra=_BODY
)
async def put_drawing(backend: Behind, who: Acting, request: Request, floor: FloorId) -> DrawingTaken:
    """An SVG of 2 MiB at most, of which nothing is kept but its shapes, or a PNG of 8 MiB and 8,000 pixels a side at most.
    Positions are shares of width and height: they stay where they are when a drawing is replaced by one of the same outline."""
    return await run_in_threadpool(_take, backend, who.name, floor, await request.body())


@router.delete("/estate/drawings/{floor}", summary="Remove a floor's drawing", responses=problems(404))
def remove_drawing(backend: Behind, who: Acting, floor: FloorId) -> DrawingInfo:
    """Also one of a floor that the estate has no more. Answers what it was."""
    row = backend.estates.drawing(floor)
    if row is None:
        raise ApiError("no_drawing")
    allowed(answer(backend.worker.ask(DrawingAct(floor, None, who.name))))
    return _info(floor, Drawing(row.media_type, row.body, row.width, row.height))  # type: ignore[arg-type]


def _take(backend: Backend, actor: str, floor: str, data: bytes) -> DrawingTaken:
    _known(backend, floor)
    try:
        drawing = drawing_of(data)
    except BadDrawing as error:
        zh, _, en = str(error).partition(" / ")
        raise ApiError("wrong_drawing", zh=zh, en=en) from None
    stored = {one.floor for one in backend.estates.drawings()}
    if floor not in stored and len(stored) >= DRAWINGS_MAX:
        raise ApiError("too_many_drawings", limit=DRAWINGS_MAX)
    allowed(answer(backend.worker.ask(DrawingAct(floor, row_of(floor, drawing, backend.clock.now_us()), actor))))
    return DrawingTaken(drawing=_info(floor, drawing), dropped=drawing.dropped)


def _info(floor: str, drawing: Drawing) -> DrawingInfo:
    fields = drawing._asdict()
    data, _ = fields.pop("data"), fields.pop("dropped")
    return DrawingInfo(floor=floor, digest=hashlib.sha256(data).hexdigest(), size_bytes=len(data), **fields)


def _known(backend: Backend, floor: str) -> None:
    if floor not in backend.estate.floors:
        raise unknown("floor", floor, backend.estate.floors)
