"""Footage that is played: who looks says why and stands in the register, then gets a link; and what agents send for it."""

import asyncio
import logging
from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple, NoReturn

from fastapi import APIRouter, Header, Path, Query, Request, Response
from sqlalchemy import Connection
from starlette.requests import ClientDisconnect

from contract.clock import US_PER_S, rfc3339
from contract.envelope import FOOTAGE_BYTES_MAX, BulkMac, footage_path
from hub.accounts.types import Identity
from hub.api import footage_models as m
from hub.api.auditing import Told, commit_audited, note_act
from hub.api.cursors import time_us
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.ranges import Giving, ranged
from hub.api.routes import Behind, answer, problems
from hub.cases.types import Refusal
from hub.footage.fragments import BadMedia
from hub.footage.playback.cache import Incoming
from hub.footage.playback.fetching import FootageUnavailable
from hub.footage.playback.links import Link, View
from hub.footage.playback.player import NotListed
from hub.footage.views import CAMERAS_MAX, DAY_US, VIEW_US_MAX, FootageOver, ViewRow
from hub.store.footage_view_reads import asked_since, put_view

router = APIRouter(tags=["footage"])
BEFORE_US, AFTER_US = 120 * US_PER_S, 300 * US_PER_S
"""Around an incident."""
_CHUNK = 1024 * 1024
_log = logging.getLogger(__name__)

Token = Annotated[str, Plain, Path(min_length=1, max_length=64, description="Of the link")]
CameraPath = Annotated[str, Plain, Path(max_length=63, description="The camera, by its id", examples=["camera-east"])]
StreamQuery = Annotated[Literal["main", "sub"], Query(description="main; or sub, the small picture, which any browser plays")]
RangeHeader = Annotated[str, Header(alias="Range", max_length=100, description="One range of bytes, or none")]
M3U8, MP4 = "application/vnd.apple.mpegurl", "video/mp4"
BYTES_BODY = {
    "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


class Span(NamedTuple):
    """Which cameras' footage of which time, and about what."""

    cameras: tuple[str, ...]
    from_us: int
    to_us: int
    incident: int | None


@router.post("/footage/views", summary="Look at footage", responses=problems(404, 413), status_code=201)
def open_view(backend: Behind, who: Acting, asked: m.ViewRequest) -> m.ViewOpened:
    """Who, why, which cameras and which time stand in the register and on the audit log before anything is shown. The link is
    this sign-in's alone: it ends with it, or once nobody has played by it for the policy's minutes. 429 `too_many_views` over
    the policy's number in 24 h, which is an incident."""
    wanted = _span(backend, who, asked)
    row = ViewRow(
        backend.footage.new_id(),
        "view",
        backend.clock.now_us(),
        who.account,
        who.name,
        who.role,
        asked.reason,
        wanted.cameras,
        wanted.from_us,
        wanted.to_us,
        wanted.incident,
    )
    enter(backend, who, row, backend.footage.limits.views)
    agents = {camera: backend.estate.devices[camera].agent for camera in wanted.cameras}
    link = backend.footage.links.make(View(row.view, who.session, agents, row.from_us, row.to_us))
    backend.footage.player.begin(link, "main")
    return m.ViewOpened(
        view=row.view,
        token=link.token,
        cameras=[_playable(backend, link, camera) for camera in wanted.cameras],
        **{"from": rfc3339(row.from_us)},
        to=rfc3339(row.to_us),
        valid_s=backend.footage.links.valid_us / US_PER_S,
    )


@router.get(
    "/footage/play/{token}/{camera}.m3u8",
    summary="A camera's HLS playlist",
    response_class=Response,
    responses={**problems(404), 200: {"description": "the playlist", "content": {M3U8: {"schema": {"type": "string"}}}}},
)
async def show_playlist(backend: Behind, who: Acting, token: Token, camera: CameraPath, stream: StreamQuery = "main") -> Response:
    """Each entry says when it was filmed (`EXT-X-PROGRAM-DATE-TIME`), so that several cameras can be shown at one moment. While
    the view's end lies ahead it grows: ask again. Holes and other codecs are discontinuities. 404 `unknown_footage_link`."""
    link = _link(backend, who, token)
    try:
        text = await backend.footage.player.playlist(link, camera, stream)
    except NotListed as error:
        _refuse_foreign(who, camera, error)
    return Response(text, media_type=M3U8, headers={"Cache-Control": "private, no-store"})


@router.get(
    "/footage/play/{token}/{camera}/{stream}/{name}",
    summary="A header or an entry of a playlist",
    response_class=Response,
    responses={
        **problems(404, 409, 410, 416, 504),
        200: {"description": "fragmented MP4", "content": {MP4: {}}},
        206: {"description": "the range that was asked for", "content": {MP4: {}}},
    },
)
async def play_media(
    backend: Behind,
    who: Acting,
    *,
    token: Token,
    camera: CameraPath,
    stream: Annotated[str, Plain, Path(max_length=8, description="main or sub")],
    name: Annotated[str, Plain, Path(max_length=60, description="As the playlist names it", examples=["1760000000000000.m4s"])],
    range_: RangeHeader = "",
) -> Response:
    """What a playlist of this link has named, and nothing else. 504 `footage_unavailable`: the agent that has it is away; 410
    `footage_gone`: it has it no more."""
    link = _link(backend, who, token)
    stem, _, kind = name.rpartition(".")
    player = backend.footage.player
    try:
        if kind == "m4s":
            data = await player.media(link, camera, stream, stem)
        elif kind == "mp4" and stem.isascii() and stem.isdecimal() and len(stem) < 20:
            data = await player.header(link, camera, stream, int(stem))
        else:
            raise NotListed(name)
    except NotListed as error:
        _refuse_foreign(who, camera, error)
    except FootageUnavailable as error:
        raise unavailable(str(error), link.view.agents[camera]) from error
    except BadMedia as error:
        raise ApiError("footage_unplayable", error=error) from error
    if not player.take_room(len(data)):
        raise ApiError("footage_busy")
    return Giving(ranged(data, range_, MP4), lambda: player.give_room(len(data)))


@router.delete("/footage/play/{token}", summary="Look no more", responses=problems(404), status_code=204)
def close_view(backend: Behind, who: Acting, token: Token) -> None:
    """The link ends now. What was looked at stays in the register."""
    if not backend.footage.links.end(token, who.session):
        raise ApiError("unknown_footage_link")


@router.post(
    "/agents/{agent}/footage/{order}",
    summary="An agent brings a segment that somebody looks at",
    responses=problems(404, 409, 413, 507),
    openapi_extra=BYTES_BODY,
    status_code=204,
)
async def bring_footage(
    backend: Behind,
    request: Request,
    agent: Annotated[str, Path(max_length=63)],
    order: Annotated[str, Path(max_length=32)],
    mac: Annotated[str, Header(alias="X-Watchkeeper-Mac", max_length=64, description="32 hex digits: see the wire's document")],
) -> None:
    """The body is what a `send_footage` order asks for that is waited for, 64 MiB at most; empty where the agent has it not. 409
    where it is not waited for any more; never send it again."""
    key = backend.enrolment.ring.key_of(agent)
    if key is None:
        raise ApiError("unknown_agent", agent=agent)
    fetching = backend.footage.fetching
    if not fetching.expects(agent, order):
        raise ApiError("footage_not_wanted")
    seal = BulkMac(key, footage_path(agent, order))
    try:
        with await asyncio.to_thread(fetching.cache.begin) as come:
            await _read(request, come, seal)
            if not seal.fits(mac):
                raise ApiError("wrong_mac")
            if not await asyncio.to_thread(fetching.arrived, agent, order, come):
                raise ApiError("footage_not_wanted")
    except ClientDisconnect:
        fetching.broke(agent, order, "agent_away")
        raise
    except OSError as error:
        _log.error("footage_not_written", extra={"agent": agent, "error": str(error)})
        fetching.broke(agent, order, "disk_failed")
        raise ApiError("footage_disk_failed") from error


async def _read(request: Request, come: Incoming, seal: BulkMac) -> None:
    """The body, to disk as it comes. Raises ApiError as soon as it is over the limit, OSError."""
    waiting = bytearray()
    async for piece in request.stream():
        seal.update(piece)
        waiting += piece
        if come.size_bytes + len(waiting) > FOOTAGE_BYTES_MAX:
            raise ApiError("too_large", limit=FOOTAGE_BYTES_MAX)
        if len(waiting) >= _CHUNK:
            await asyncio.to_thread(come.write, bytes(waiting))
            waiting.clear()
    if waiting:
        await asyncio.to_thread(come.write, bytes(waiting))


def enter(backend: Backend, who: Identity, row: ViewRow, limit: int, also: Callable[[Connection], None] = lambda _: None) -> None:
    """Put the row into the register and on the audit log, with what `also` writes, and only then go on. Raises ApiError where its
    person has had so many of them in 24 h."""

    def run(connection: Connection) -> Refusal | None:
        had = asked_since(connection, backend.site, row.account, row.kind, row.at_us - DAY_US)
        if had >= limit:
            return Refusal("too_many_views", "")
        put_view(connection, backend.site, row)
        also(connection)
        return None

    told = told_of(row)
    if isinstance(commit_audited(backend, who, run, lambda _: told), Refusal):
        note_act(backend, who, told._replace(act=f"{told.act}_refused"))
        answer(backend.worker.ask(FootageOver(who.name, "export" if row.kind == "export" else "view", limit)))
        raise ApiError("too_many_views", limit=limit)


def told_of(row: ViewRow) -> Told:
    """The row as the audit log has it."""
    after = {
        "cameras": list(row.devices),
        "from": rfc3339(row.from_us),
        "to": rfc3339(row.to_us),
        **({"incident": row.incident} if row.incident is not None else {}),
        **{name: value for name in ("receiver", "ticket", "export") if (value := getattr(row, name))},
    }
    return Told(f"footage.{row.kind}", "footage", row.view, row.reason, after=after)


def cameras_known(backend: Backend, who: Identity, cameras: tuple[str, ...], reason: str) -> None:
    """Raises ApiError for what is no camera of this estate, whatever else it may be; who asked for it is on the audit log."""
    for camera in cameras:
        row = backend.estate.device(camera)
        if row is None or row.kind != "camera":
            _log.warning("footage_of_a_stranger", extra={"actor": who.name, "camera": camera[:63]})
            note_act(backend, who, Told("footage.view_refused", "device", camera, reason))
            raise ApiError("unknown_device", device=camera)


def span_us(backend: Backend, from_us: int, to_us: int, longest_us: int) -> None:
    """Raises ApiError for a time that cannot be looked at."""
    now_us = backend.clock.now_us()
    if not 0 < from_us < to_us or from_us > now_us or to_us - from_us > longest_us or to_us > now_us + longest_us:
        raise ApiError("wrong_footage_span", hours=longest_us // (3_600 * US_PER_S))


def unavailable(cause: str, agent: str) -> ApiError:
    """The error for why a segment is not to be had."""
    reasons = {"gone": "footage_gone", "busy": "footage_busy", "disk_failed": "footage_disk_failed"}
    return ApiError(reasons.get(cause, "footage_unavailable"), agent=agent)


def _span(backend: Backend, who: Identity, asked: m.ViewRequest) -> Span:
    """What a request means. Raises ApiError."""
    from_us, to_us = time_us(asked.from_), time_us(asked.to)
    cameras = tuple(dict.fromkeys(asked.cameras or ()))
    if asked.incident is not None:
        page = backend.reads.case_page(asked.incident)
        if page is None:
            raise ApiError("unknown_case", no=asked.incident)
        at_us = page.case.opened_us
        from_us = at_us - BEFORE_US if from_us is None else from_us
        to_us = at_us + AFTER_US if to_us is None else to_us
        cameras = cameras or _watching(backend, page.case.device, page.case.place)
    if not cameras:
        raise ApiError("no_cameras")
    cameras_known(backend, who, cameras, asked.reason)
    if from_us is None or to_us is None:
        raise ApiError("wrong_footage_span", hours=VIEW_US_MAX // (3_600 * US_PER_S))
    span_us(backend, from_us, to_us, VIEW_US_MAX)
    return Span(cameras, from_us, to_us, asked.incident)


def _watching(backend: Backend, device: str, place: str) -> tuple[str, ...]:
    """The cameras that show where an incident was: the device itself first, where it is one."""
    row = backend.estate.device(device)
    own = (device,) if row is not None and row.kind == "camera" else ()
    return tuple(dict.fromkeys((*own, *backend.estate.cameras_at(place))))[:CAMERAS_MAX]


def _playable(backend: Backend, link: Link, camera: str) -> m.PlayableCamera:
    view, streams = link.view, []
    for stream in ("main", "sub"):
        found = backend.footage.pieces(camera, stream, view.from_us, view.to_us)
        path = f"/footage/play/{link.token}/{camera}.m3u8{'?stream=sub' if stream == 'sub' else ''}"
        streams.append(m.PlayableStream(stream=stream, codec=found[0].codec if found else "", playlist=path))
    return m.PlayableCamera(camera=camera, streams=streams)


def _link(backend: Backend, who: Identity, token: str) -> Link:
    """Raises ApiError."""
    link = backend.footage.links.use(token, who.session)
    if link is None:
        _log.warning("footage_link_refused", extra={"actor": who.name})
        raise ApiError("unknown_footage_link")
    return link


def _refuse_foreign(who: Identity, camera: str, error: NotListed) -> NoReturn:
    _log.warning("footage_not_of_the_link", extra={"actor": who.name, "camera": camera[:63]})
    raise ApiError("unknown_footage") from error
