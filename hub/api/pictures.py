"""Pictures: agents bring them, people look at them. A file is only ever reached by its row in the database."""

import hashlib
import logging
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi import Path as PathParam
from fastapi.concurrency import run_in_threadpool

from contract.clock import rfc3339
from contract.envelope import bulk_mac_fits, picture_path
from hub.api import models
from hub.api.auditing import Told, note_act
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.ports import Backend
from hub.api.routes import Behind, answer, problems
from hub.ingest.ports import PictureStored
from hub.phones.media import kind_of, type_of
from hub.picture_files import PICTURE_NAME, picture_file, remove_picture, write_durably
from hub.store.read import AnyRow

router = APIRouter(tags=["pictures"])
BODY_BYTES_MAX = 1024 * 1024
JPEG_START = b"\xff\xd8\xff"
JPEG_BODY = {"requestBody": {"required": True, "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}}
_log = logging.getLogger(__name__)

PictureName = Annotated[str, PathParam(pattern=PICTURE_NAME, examples=["7f3a91c2"])]


@router.get(
    "/pictures/{picture}",
    summary="A picture",
    response_class=Response,
    responses={**problems(404, 410), 200: {"description": "the picture, or the voice note", "content": {"image/jpeg": {}}}},
)
def show_picture(backend: Behind, who: Acting, picture: PictureName) -> Response:
    """As the camera's agent took it: a JPEG; or as a guard's phone did: also WebP, and voice notes. Who looked is on the audit
    log before it is shown."""
    row = backend.reads.picture(picture)
    if row is None or row.stored_us is None:
        raise ApiError("unknown_picture", picture=picture)
    try:
        data = picture_file(backend.pictures, row.picture).read_bytes()
    except OSError as error:
        _log.error("picture_lost", extra={"picture": picture, "error": str(error)})
        raise ApiError("picture_lost") from error
    note_act(backend, who, Told("picture.view", "picture", picture, after={"device": row.device, "case_no": row.case_no}))
    headers = {"Cache-Control": "private, max-age=86400, immutable", "ETag": f'"{row.sha256}"'}
    return Response(data, media_type=type_of(kind_of(row.picture), data[:64]) or "image/jpeg", headers=headers)


@router.post(
    "/agents/{agent}/pictures/{picture}",
    summary="An agent brings a picture",
    responses=problems(403, 404, 409, 413, 507),
    openapi_extra=JPEG_BODY,
    status_code=201,
)
async def bring_picture(
    backend: Behind,
    request: Request,
    agent: Annotated[str, PathParam(max_length=63)],
    picture: PictureName,
    mac: Annotated[str, Header(alias="X-Watchkeeper-Mac", max_length=64, description="32 hex digits: see the wire's document")],
) -> models.PictureTaken:
    """The body is the JPEG that a `snapshot_taken` reading has promised: same name, same SHA-256, 1 MiB at most. Answered when
    the file is synced and its row is committed; sending it again is harmless."""
    key = backend.enrolment.ring.key_of(agent)
    if key is None:
        raise ApiError("unknown_agent", agent=agent)
    body = await read_picture(request)
    if not bulk_mac_fits(key, picture_path(agent, picture), body, mac):
        raise ApiError("wrong_mac")
    await run_in_threadpool(take_in, backend, agent, picture, body)
    return models.PictureTaken(id=picture, size_bytes=len(body))


def take_in(backend: Backend, agent: str, picture: str, body: bytes) -> None:
    """Check the picture against its promise, write it durably, and have its row say so. Raises ApiError."""
    row = backend.reads.picture(picture)
    if row is None or row.agent != agent:
        raise ApiError("picture_not_promised")
    if hashlib.sha256(body).hexdigest() != row.sha256:
        raise ApiError("wrong_sha256")
    if not body.startswith(JPEG_START):
        raise ApiError("not_a_jpeg")
    if row.stored_us is not None:
        return
    try:
        write_durably(picture_file(backend.pictures, picture), body)
    except OSError as error:
        _log.error("picture_not_written", extra={"picture": picture, "error": str(error)})
        raise ApiError("disk_failed") from error
    if not answer(backend.worker.ask(PictureStored(picture))):
        remove_picture(backend.pictures, picture)  # its days were over while it came
        raise ApiError("picture_not_promised")


def picture_model(row: AnyRow) -> models.Picture:
    """A picture's row for the outside."""
    return models.Picture(
        id=row.picture,
        device=row.device,
        at=rfc3339(row.at_us),
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        ready=row.stored_us is not None,
        kind=kind_of(row.picture),
    )


async def read_picture(request: Request) -> bytes:
    """An agent's picture. Raises ApiError as soon as it is over the limit."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_BYTES_MAX:
            raise ApiError("too_large", limit=BODY_BYTES_MAX)
    return bytes(body)
