"""What goes in and out of the routes for footage."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from hub.api.models import NUMBER_MAX, Plain, Strict, Time, Words
from hub.footage.views import CAMERAS_MAX

StreamName = Literal["main", "sub"]
Camera = Annotated[str, Plain, Field(min_length=1, max_length=63)]
Cameras = Annotated[list[Camera], Field(min_length=1, max_length=CAMERAS_MAX)]
Asked = Annotated[str, Field(max_length=40, examples=["2026-01-01T08:00:00+08:00"])]
WHY = "Why somebody looks; it stands in the register and on the audit log"
ABOUT = "The incident it is about, by its number"


class ViewRequest(Strict):
    """Somebody wants to look at footage. About an incident, what is left out is its cameras, and from 2 minutes before it to 5
    after."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "cameras": ["camera-east"],
                    "from": "2026-01-01T08:00:00+08:00",
                    "to": "2026-01-01T08:10:00+08:00",
                    "reason": "业主报失窃 theft reported",
                }
            ]
        },
    )

    reason: Words = Field(description=WHY)
    cameras: Cameras | None = Field(default=None, description="The cameras, 4 at most, by their ids")
    from_: Asked | None = Field(default=None, alias="from", description="From then on: RFC 3339 with an offset")
    to: Asked | None = Field(default=None, description="Until then, 6 h at most; it may lie ahead: RFC 3339 with an offset")
    incident: int | None = Field(default=None, ge=1, le=NUMBER_MAX, description=ABOUT)


class PlayableStream(Strict):
    """One of a camera's streams as it can be played."""

    stream: StreamName = Field(description="main or sub")
    codec: str = Field(description="h264, hevc or other; empty: the index has none of it in that time", examples=["h264"])
    playlist: str = Field(description="Where its HLS playlist is, below the API's address", examples=["/footage/play/0f/c.m3u8"])


class PlayableCamera(Strict):
    """A camera of a view."""

    camera: str = Field(description="The camera, by its id", examples=["camera-east"])
    streams: list[PlayableStream] = Field(description="main first; take one whose codec the browser plays")


class ViewOpened(Strict):
    """A view stands in the register, and may be played by this sign-in."""

    view: str = Field(description="Its name in the register", examples=["9f3a01c2d4e5b607"])
    token: str = Field(description="What its addresses hold; worth nothing without the sign-in that asked")
    cameras: list[PlayableCamera] = Field(description="The cameras")
    from_: Time = Field(alias="from", description="From then on: RFC 3339, UTC")
    to: Time = Field(description="Until then: RFC 3339, UTC")
    valid_s: float = Field(description="How long it lasts unused, in seconds; playing extends it")


class RegisterView(Strict):
    """Who looked at footage, or took some, when and why."""

    id: str = Field(description="Its name", examples=["9f3a01c2d4e5b607"])
    kind: Literal["view", "export", "download"] = Field(
        description="view: asked to look; export: had one made; download: took it"
    )
    at: Time = Field(description="When: RFC 3339, UTC")
    actor: str = Field(description="Who, as people know them")
    role: str = Field(description="In which role")
    reason: str = Field(description="Why, in the actor's words")
    cameras: list[str] = Field(description="The cameras, by their ids")
    from_: Time = Field(alias="from", description="Of footage from then on: RFC 3339, UTC")
    to: Time = Field(description="Of footage until then: RFC 3339, UTC")
    incident: int | None = Field(description=ABOUT)
    receiver: str = Field(description="Of an export: who gets it")
    ticket: str = Field(description="Of an export: the receiver's own number for it, or empty")
    export: str = Field(description="Of an export or a download: which; else empty")


class Register(Strict):
    """Rows of the register, newest first."""

    rows: list[RegisterView] = Field(description="Newest first")
    cursor: str | None = Field(description="For the next page; null: there is none")


class ExportRequest(Strict):
    """Footage is to go out of the house, in a sealed archive."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "cameras": ["camera-east"],
                    "from": "2026-01-01T08:00:00+08:00",
                    "to": "2026-01-01T08:10:00+08:00",
                    "reason": "公安机关调取 asked for by the police",
                    "receiver": "城关派出所 王警官",
                    "ticket": "2026-0101",
                }
            ]
        },
    )

    reason: Words = Field(description="Why it goes out; it stands in the register, on the audit log and in the archive")
    receiver: Words = Field(description="Who gets it; it stands in the archive")
    ticket: Annotated[str, Plain, Field(max_length=100)] = Field(default="", description="The receiver's own number for it")
    cameras: Cameras = Field(description="The cameras, 4 at most, by their ids")
    from_: Asked = Field(alias="from", description="From then on: RFC 3339 with an offset")
    to: Asked = Field(description="Until then, 24 h at most: RFC 3339 with an offset")
    stream: StreamName = Field(default="main", description="main, or sub for the small picture")
    incident: int | None = Field(default=None, ge=1, le=NUMBER_MAX, description=ABOUT)


class ExportView(Strict):
    """An archive, made or to be made. `state`: queued, making, done, failed, cancelled, or expired: it was deleted in time."""

    id: str = Field(description="Its name", examples=["9f3a01c2d4e5b607"])
    state: str = Field(description="queued, making, done, failed, cancelled or expired")
    detail: str = Field(description="Of a failed one: why, a name such as hub_restarted, agent_away, disk_failed; else empty")
    progress: float = Field(ge=0, le=1, description="How much of it is made, from 0 to 1")
    at: Time = Field(description="When it was asked for: RFC 3339, UTC")
    ended_at: Time | None = Field(description="When it was made, or failed: RFC 3339, UTC")
    expires_at: Time | None = Field(description="When it is deleted at the hub: RFC 3339, UTC; null: there is none")
    size_bytes: int = Field(description="How long it is; 0: there is none")
    sha256: str = Field(description="The archive's SHA-256 in hex; empty: there is none")
    actor: str = Field(description="Who asked for it")
    reason: str = Field(description="Why, in the actor's words")
    receiver: str = Field(description="Who gets it")
    ticket: str = Field(description="The receiver's own number for it, or empty")
    cameras: list[str] = Field(description="The cameras, by their ids")
    from_: Time = Field(alias="from", description="Of footage from then on: RFC 3339, UTC")
    to: Time = Field(description="Of footage until then: RFC 3339, UTC")


class ExportList(Strict):
    """Archives, newest first. `key`: the fingerprint of the key that seals them, to be told to receivers by another way."""

    exports: list[ExportView] = Field(description="Newest first")
    key: str = Field(description="The fingerprint of the hub's key that seals archives: SHA-256, hex")


class DownloadRequest(Strict):
    """Somebody takes the archive."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "交付派出所 handed to the police"}]})

    reason: Words = Field(description="Why; it stands in the register and on the audit log")


class DownloadOpened(Strict):
    """A link to the archive, for this sign-in."""

    path: str = Field(description="Where it is, below the API's address", examples=["/footage/downloads/0f3a"])
    valid_s: float = Field(description="How long the link lasts, in seconds")
