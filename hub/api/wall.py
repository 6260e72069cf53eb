"""What cameras show just now. The picture is in memory alone: agents bring it when somebody looks, and it goes after a minute."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response

from contract.clock import US_PER_MS, US_PER_S, rfc3339
from contract.envelope import bulk_mac_fits, live_path
from hub.api.devices import DeviceId, known_device
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.pictures import JPEG_BODY, JPEG_START, read_picture
from hub.api.routes import Behind, problems
from hub.cases.limits import takes_pictures
from hub.live_pictures import View

router = APIRouter(tags=["pictures"])
AGE_MS_MAX = 60_000


@router.get(
    "/cameras/{device}/picture",
    summary="What a camera shows just now",
    response_class=Response,
    responses={
        **problems(404, 409),
        200: {
            "description": "the JPEG; `X-Picture-At` says when it was taken, `X-Picture-Age-Ms` how long ago that is",
            "content": {"image/jpeg": {}},
        },
        204: {"description": "none is held: it has been asked for, so ask again in a second"},
        304: {"description": "still the picture of `If-None-Match`; `X-Picture-Age-Ms` says how old it is now"},
    },
)
def show_live_picture(
    backend: Behind,
    who: Acting,
    device: DeviceId,
    if_none_match: Annotated[str, Header(max_length=100, description="The `ETag` of the picture that one has")] = "",
) -> Response:
    """The newest picture that the hub holds. Asking has the camera's agent take the next one, every 2 s at most, so whoever looks
    asks again and again. Who begins to look at a camera is told to the hub's one place for it, `LivePictures.look`."""
    row = known_device(backend, device)
    if row.kind != "camera":
        raise ApiError("not_a_camera", device=device)
    if not takes_pictures(backend.policy, row.options):
        raise ApiError("no_snapshots", device=device)
    frame = backend.live_pictures.look(View(who.name, who.role, row.id), row.agent)
    if frame is None:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    etag = f'"{frame.name}"'
    headers = {
        "Cache-Control": "private, no-store",
        "ETag": etag,
        "X-Picture-At": rfc3339(frame.at_us),
        "X-Picture-Age-Ms": str(max(0, backend.clock.now_us() - frame.at_us) // US_PER_MS),
    }
    if if_none_match == etag:
        return Response(status_code=304, headers=headers)
    return Response(frame.jpeg, media_type="image/jpeg", headers=headers)


@router.post(
    "/agents/{agent}/live/{order}/{age_ms}",
    summary="An agent brings a picture that somebody looks at",
    responses=problems(404, 409, 413),
    openapi_extra=JPEG_BODY,
    status_code=204,
)
async def bring_live_picture(
    backend: Behind,
    request: Request,
    agent: Annotated[str, Path(max_length=63)],
    order: Annotated[str, Path(max_length=32)],
    age_ms: Annotated[int, Path(ge=0, le=AGE_MS_MAX, description="How long ago it was taken, in milliseconds")],
    mac: Annotated[str, Header(alias="X-Watchkeeper-Mac", max_length=64, description="32 hex digits: see the wire's document")],
) -> None:
    """The body is the JPEG of a `show_picture` order that is waited for, 1 MiB at most. 409 where it is not waited for any more;
    never send it again."""
    key = backend.enrolment.ring.key_of(agent)
    if key is None:
        raise ApiError("unknown_agent", agent=agent)
    began_us = backend.clock.mono_us()
    if not backend.live_pictures.wanted(agent, order):
        raise ApiError("picture_not_wanted")
    body = await read_picture(request)
    if not bulk_mac_fits(key, live_path(agent, order, age_ms), body, mac):
        raise ApiError("wrong_mac")
    if not body.startswith(JPEG_START):
        raise ApiError("not_a_jpeg")
    age_us = age_ms * US_PER_MS + min(backend.clock.mono_us() - began_us, 60 * US_PER_S)
    if not backend.live_pictures.take(agent, order, body, age_us):
        raise ApiError("picture_not_wanted")
