"""What an installer may set for a Dahua camera."""

from typing import Annotated, Literal

from msgspec import Meta

from drivers.cameras.settings import HttpOptions

CODES = ("TrafficJunction", "VideoLoss", "VideoBlind", "AlarmLocal", "CrossLineDetection", "CrossRegionDetection")
Code = Annotated[str, Meta(pattern="^[A-Za-z0-9_]{1,64}$")]


class DahuaOptions(HttpOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`stream`: what is asked of the camera. `events`: its events at once; `snaps`: those of `codes` with their pictures.
    `codes`: which events; in `snaps` they are mostly those of traffic. `channel`: the camera's channel for `snaps`, from 1.
    `utc_is`: what the field named UTC holds where no RealUTC stands beside it: most firmware writes the camera's local time
    there. `confidence_max`: what the camera calls certain."""

    stream: Literal["events", "snaps"] = "events"
    codes: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=32)] = CODES
    channel: Annotated[int, Meta(ge=1, le=256)] = 1
    utc_is: Literal["local", "utc"] = "local"
    confidence_max: Annotated[float, Meta(ge=1, le=1000)] = 255.0
    silent_s: Annotated[float, Meta(ge=0, le=604_800)] = 20.0
