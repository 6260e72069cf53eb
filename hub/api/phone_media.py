"""Photos and voice notes of guards' phones: uploaded in pieces, as a network allows, and then pictures of their incident."""

import logging
import secrets
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi import Path as PathParam
from fastapi.concurrency import run_in_threadpool
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from contract.clock import US_PER_S
from hub.accounts.types import Identity
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.models import Strict
from hub.api.ports import Backend
from hub.api.routes import Behind, allowed, answer, commit, problems
from hub.cases.types import Refusal
from hub.phone_uploads import NAME, Uploads, WrongOffset, digest
from hub.phones import media
from hub.phones.asks import MediaWhole
from hub.phones.types import MediaRow
from hub.phones.words import refused
from hub.store import phone_rows as rows

router = APIRouter(tags=["guards' phones"])
GIVEN_UP_AT_ONCE = 200
OFFSET = "Upload-Offset"
MediaName = Annotated[str, PathParam(pattern=NAME, examples=["photo-5f0d6c1e9b7a4c83a1d2e3f405162738"])]
_PIECE = {
    "requestBody": {
        "required": True,
        "content": {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_log = logging.getLogger(__name__)


class MediaRequest(Strict):
    """A photo or a voice note that is to be uploaded."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "entry": "5f0d6c1e9b7a4c83a1d2e3f405162738",
                    "kind": "photo",
                    "size_bytes": 812_345,
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "seconds": 0,
                }
            ]
        },
    )

    entry: str = Field(pattern=r"^[0-9a-f]{32}$", description="The key of the entry that it belongs to, which has come")
    kind: media.MediaKind = Field(description="photo: JPEG or WebP, 5 MiB at most; voice: WebM, MP4 or Ogg, 2 MiB at most")
    size_bytes: int = Field(ge=1, le=max(media.BYTES_MAX.values()), description="Its length in bytes")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of all of it, in hex")
    seconds: float = Field(default=0, ge=0, le=3_600, description="How long a voice note is, in seconds: 60 at most")


class MediaState(Strict):
    """How much has come."""

    media: str = Field(description="Its name", examples=["photo-5f0d6c1e9b7a4c83a1d2e3f405162738"])
    offset: int = Field(description="Where the next piece begins, in bytes", examples=[262_144])
    size_bytes: int = Field(description="Its length in bytes")
    done: bool = Field(description="It is whole, checked, and shown on its incident")


@router.post("/phone/media", summary="Begin an upload", responses=problems(409, 413), status_code=201)
def begin_media(backend: Behind, who: Acting, asked: MediaRequest, response: Response) -> MediaState:
    """The same bytes for the same entry are one upload, however often it is begun: go on from `offset`."""
    if asked.size_bytes > media.BYTES_MAX[asked.kind]:
        raise ApiError("too_large", limit=media.BYTES_MAX[asked.kind])
    if asked.kind == "voice" and asked.seconds > media.VOICE_S_MAX:
        allowed(refused("voice_too_long", limit=media.VOICE_S_MAX))
    now_us, uploads = backend.clock.now_us(), Uploads(backend.pictures)

    def run(connection: Connection) -> MediaRow | Refusal:
        uploads.drop(rows.drop_old_media(connection, backend.site, now_us - media.KEEP_US, GIVEN_UP_AT_ONCE))
        entry = rows.entries_there(connection, backend.site, who.phone, [asked.entry]).get(asked.entry)
        if entry is None or entry.person != who.person:
            return refused("unknown_entry")
        name = f"{asked.kind}-{secrets.token_hex(16)}"
        row = MediaRow(
            name, who.phone, who.person, asked.entry, asked.kind, asked.sha256, asked.size_bytes, entry.at_us, now_us, None
        )
        was = rows.media_same(connection, backend.site, row)
        if was is not None:
            return was
        under_way, today = rows.count_media(connection, backend.site, who.phone, who.person, now_us - 86_400 * US_PER_S)
        if under_way >= media.OPEN_MAX or today >= media.DAY_MAX:
            open_ = under_way >= media.OPEN_MAX
            return refused("too_many_uploads" if open_ else "too_many_media", limit=media.OPEN_MAX if open_ else media.DAY_MAX)
        rows.add_media(connection, backend.site, row)
        return row

    row: MediaRow = allowed(commit(backend, run))
    return _state(backend, row, response)


@router.head("/phone/media/{media_name}", include_in_schema=False)
@router.get("/phone/media/{media_name}", summary="How much of an upload has come", responses=problems(404))
def show_media(backend: Behind, who: Acting, media_name: MediaName, response: Response) -> MediaState:
    """Also as HEAD: the header `Upload-Offset` says it alone."""
    return _state(backend, _mine(backend, who, media_name), response)


@router.patch(
    "/phone/media/{media_name}",
    summary="Send a piece of an upload",
    responses=problems(404, 409, 413, 507),
    openapi_extra=_PIECE,
)
async def send_piece(
    backend: Behind,
    who: Acting,
    request: Request,
    media_name: MediaName,
    response: Response,
    offset: Annotated[int, Header(alias=OFFSET, ge=0, le=max(media.BYTES_MAX.values()), description="Where it begins")],
) -> MediaState:
    """1 MiB at most, written and synced before the answer. 409 `wrong_offset` has in `Upload-Offset` where to go on. The last
    piece has it checked: what is not what it was said to be is thrown away, and has to be begun again."""
    piece = bytearray()
    async for part in request.stream():
        piece += part
        if len(piece) > media.PIECE_BYTES_MAX:
            raise ApiError("too_large", limit=media.PIECE_BYTES_MAX)
    return await run_in_threadpool(_take, backend, who, media_name, offset, bytes(piece), response)


def _take(backend: Backend, who: Identity, name: str, offset: int, piece: bytes, response: Response) -> MediaState:
    row, uploads = _mine(backend, who, name), Uploads(backend.pictures)
    if row.stored_us is not None:
        return _state(backend, row, response)
    try:
        there = uploads.append(name, offset, piece, row.size_bytes)
        if there == row.size_bytes:
            _finish(backend, row, uploads)
            row = row._replace(stored_us=backend.clock.now_us())
    except WrongOffset as wrong:
        raise ApiError("wrong_offset", offset=wrong.offset) from wrong
    except OSError as error:
        _log.error("media_not_written", extra={"media": name, "error": str(error)})
        raise ApiError("disk_failed") from error
    return _state(backend, row, response)


def _finish(backend: Backend, row: MediaRow, uploads: Uploads) -> None:
    """All of it is here. Killed between any two steps it is found whole by the next piece, which has no bytes, and finished."""
    data = uploads.read(row.media)
    if digest(data) != row.sha256 or media.type_of(row.kind, data[:64]) is None:
        uploads.drop([row.media])
        if digest(data) != row.sha256:
            raise ApiError("wrong_sha256")
        allowed(refused("wrong_media"))
    uploads.finish(row.media, data)
    allowed(answer(backend.worker.ask(MediaWhole(row.media))))
    uploads.drop([row.media])


def _mine(backend: Backend, who: Identity, name: str) -> MediaRow:
    row: MediaRow | None = backend.accounts.read(lambda connection: rows.media_of(connection, backend.site, name))
    if row is None or (row.phone, row.person) != (who.phone, who.person):
        allowed(refused("unknown_media"))
    assert row is not None
    return row


def _state(backend: Backend, row: MediaRow, response: Response) -> MediaState:
    done = row.stored_us is not None
    offset = row.size_bytes if done else Uploads(backend.pictures).length(row.media)
    response.headers[OFFSET] = str(offset)
    return MediaState(media=row.media, offset=offset, size_bytes=row.size_bytes, done=done)
