"""What an installer may set for a camera."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from drivers.analysis.settings import Analysis, Part


class Plates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That a camera reads number plates, and how. Needs the weights: see docs/installer.md."""

    direction: Literal["", "in", "out"] = ""
    """Which way vehicles go that this camera sees from the front."""
    lane: Annotated[str, Meta(max_length=40)] = ""
    countries: Annotated[tuple[Literal["CN", ""], ...], Meta(min_length=1, max_length=2)] = ("CN", "")
    """Whose plates are looked for; the empty one is any other country than China."""
    area: tuple[Part, Part, Part, Part] = (0.0, 0.0, 1.0, 1.0)
    """The part of the picture that is looked into: left, top, right, bottom, each from 0 to 1."""
    every_s: Annotated[float, Meta(ge=0.1, le=10)] = 0.25
    """How often a picture is looked into while something moves. One costs about 0.07 s of one core."""
    still_every_s: Annotated[float, Meta(ge=0.5, le=3600)] = 10.0
    """How often while nothing does."""
    agree: Annotated[int, Meta(ge=1, le=10)] = 2
    """How many pictures must say the same plate for sure before it is told so."""
    repeat_s: Annotated[float, Meta(ge=0, le=3600)] = 30.0
    """For how long a plate that was told and left the picture is not told again."""

    def __post_init__(self) -> None:
        left, top, right, bottom = self.area
        if left >= right or top >= bottom:
            raise ValueError("area is left, top, right, bottom, each from 0 to 1: write for example [0, 0.3, 1, 1]")


class Options(Analysis, frozen=True, forbid_unknown_fields=True):
    """The camera's part of a device's settings. Of the analysis see `drivers.analysis.settings`."""

    sub_address: Annotated[str, Meta(max_length=500)] = ""
    """The address of the camera's small second stream, or only what follows the host in it, such as /Streaming/Channels/102.
    The analysis looks at it instead of the main one; number plates need the main one."""
    open_timeout_s: Annotated[float, Meta(ge=1, le=60)] = 10.0
    """How long the camera has to answer and to send its first picture."""
    silence_timeout_s: Annotated[float, Meta(ge=1, le=60)] = 5.0
    """How long an open stream may be silent before it is called lost."""
    plates: Plates | None = None
    """Whether number plates are read: `{}` for a lane with nothing special."""
