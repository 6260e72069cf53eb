"""What an installer may set about the analysis of a camera's pictures."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Part = Annotated[float, Meta(ge=0, le=1)]
Point = tuple[Part, Part]
Kind = Literal["motion", "intrusion", "loitering"]
MAX_ZONES = 16

_HOUR = r"([01]\d|2[0-3]):[0-5]\d"
Hours = Annotated[str, Meta(pattern=rf"^({_HOUR}-({_HOUR}|24:00))?$")]


class Zone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the picture, and what counts in it."""

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    area: Annotated[tuple[Point, ...], Meta(min_length=3, max_length=32)]
    """Its corners in order, each x and y from 0 to 1 from the top left."""
    kind: Kind = "motion"
    """`motion`: something moves. `intrusion`: it does so for `seconds`. `loitering`: somebody stays for `seconds`."""
    seconds: Annotated[float, Meta(ge=0, le=3600)] | None = None
    """Left out: 1 s for an intrusion, 60 s for loitering."""
    hours: Hours = ""
    """When it counts, in the site's time, such as 22:00-06:00 through the night. Empty: always, and motion then is no alarm."""

    def __post_init__(self) -> None:
        across = sum(
            x * next_y - next_x * y for (x, y), (next_x, next_y) in zip(self.area, self.area[1:] + self.area[:1], strict=True)
        )
        if abs(across) < 1e-6:
            raise ValueError(f"zone {self.name!r} has no area: name at least three corners that do not lie on one line")

    @property
    def lasts_s(self) -> float:
        """How long it must last to be told."""
        return {"motion": 0.0, "intrusion": 1.0, "loitering": 60.0}[self.kind] if self.seconds is None else self.seconds


class Objects(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model of the user's own that finds people and vehicles: see docs/installer.md for what it must be like."""

    model: Annotated[str, Meta(min_length=1, max_length=400)]
    """The ONNX file, on the agent's disk."""
    labels: Annotated[tuple[str, ...], Meta(min_length=1, max_length=1000)]
    """The names of its classes, in the model's order."""
    wanted: tuple[str, ...] = ("person", "bicycle", "car", "motorcycle", "bus", "truck")
    """The labels that are told."""
    score: Annotated[float, Meta(gt=0, le=1)] = 0.5
    every_s: Annotated[float, Meta(ge=0.1, le=60)] = 1.0
    """How often a picture is looked into while something moves. While nothing does, none is."""

    def __post_init__(self) -> None:
        if not set(self.wanted) & set(self.labels):
            raise ValueError("none of the wanted objects is among the labels: write labels as the model's maker names them")


class Analysis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of the analysis. Luma is 0 (black) to 255 (white)."""

    dark_below: Annotated[float, Meta(ge=0, le=255)] = 20.0
    """A picture whose mean luma is under this may be dark."""
    dark_spread: Annotated[float, Meta(ge=0, le=128)] = 12.0
    """A picture with a larger standard deviation of luma shows something (a lamp at night) and is not dark."""
    frozen_below: Annotated[float, Meta(ge=0, le=10)] = 0.05
    """Two pictures whose mean luma difference is under this are the same picture. A live sensor's noise is above 0.1."""
    frozen_after_s: Annotated[float, Meta(ge=1, le=600)] = 5.0
    """How long the picture must stay the same to be called frozen."""
    tamper_after_s: Annotated[float, Meta(ge=0.5, le=600)] = 3.0
    """How long a picture must look blinded, defocused, moved or occluded to be called so."""
    motion: bool = True
    """Whether motion is looked for at all."""
    sensitivity: Part = 0.5
    """Of motion: 0 sees only what is large and stands out, 1 sees the least."""
    zones: Annotated[tuple[Zone, ...], Meta(max_length=MAX_ZONES)] = ()
    """Where motion counts. None: in the whole picture, as the zone without a name."""
    time_zone: str = "Asia/Shanghai"
    """The site's, for the zones' hours."""
    objects: Objects | None = None

    def __post_init__(self) -> None:
        names = [zone.name for zone in self.zones]
        if len(set(names)) < len(names):
            raise ValueError("two zones have the same name: give each one of its own")
        _check_zone_of_time(self.time_zone)


def _check_zone_of_time(name: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (OSError, ValueError) as error:
        raise ValueError(f"time_zone {name!r} is not known: write it like Asia/Shanghai") from error
