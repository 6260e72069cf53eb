"""What a row of the table is. A row says which pushes it is for, and which reading they make.

Paths name a place in the body: names and list numbers joined by dots, such as `data.plates.0.text`; `.` is the whole record,
`/a.b` begins at the body's top where `records` leads into it, and `?name` is a field of the URL's query.
"""

from typing import Annotated, Any, Final, Literal

import msgspec

from contract.readings import (
    AlarmInput,
    CardRead,
    CodeRead,
    DoorContact,
    Measurement,
    ObjectSeen,
    PlateColour,
    PlateRead,
    Reading,
    TamperContact,
)

KINDS: Final[tuple[type[Reading], ...]] = (
    PlateRead,
    CardRead,
    CodeRead,
    DoorContact,
    TamperContact,
    AlarmInput,
    ObjectSeen,
    Measurement,
)
"""What may be pushed. Not among them: the fire panel, the barrier and its loop, which must come over a wire of their own."""
BY_NAME: Final = {str(kind.__struct_config__.tag): kind for kind in KINDS}
OURS: Final = {"card", "code", "picture", "parity", "weak"}
"""Fields that are not a device's to say."""

ROWS_MAX: Final = 64
Scalar = str | int | float | bool | None
Kind = Literal[
    "plate_read", "card_read", "code_read", "door_contact", "tamper_contact", "alarm_input", "object_seen", "measurement"
]
Path = Annotated[str, msgspec.Meta(max_length=200)]

COLOURS: Final[dict[str, PlateColour]] = {
    "蓝": "blue", "蓝色": "blue", "蓝牌": "blue", "blue": "blue",
    "绿": "green", "绿色": "green", "绿牌": "green", "渐变绿": "green", "green": "green",
    "黄": "yellow", "黄色": "yellow", "黄牌": "yellow", "yellow": "yellow",
    "黄绿": "yellow_green", "黄绿色": "yellow_green", "黄绿双拼": "yellow_green", "yellow_green": "yellow_green",
    "yellowgreen": "yellow_green", "白": "white", "白色": "white", "白牌": "white", "white": "white",
    "黑": "black", "黑色": "black", "黑牌": "black", "black": "black", "": "", "unknown": "", "未知": "",
}  # fmt: skip
DIRECTIONS: Final[dict[str, str]] = {
    "in": "in", "进": "in", "入": "in", "入口": "in", "进场": "in", "入场": "in", "enter": "in", "entry": "in", "entrance": "in",
    "out": "out", "出": "out", "出口": "out", "出场": "out", "离场": "out", "leave": "out", "exit": "out",
    "": "", "unknown": "", "未知": "",
}  # fmt: skip
WORDS: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("plate_read", "colour"): {str(key): value for key, value in COLOURS.items()},
    ("plate_read", "direction"): {str(key): value for key, value in DIRECTIONS.items()},
}
"""Words that are understood without a `map`, in small letters; of another colour it is `other`, of another direction nothing."""
OTHERWISE: Final = {("plate_read", "colour"): "other", ("plate_read", "direction"): ""}


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A value from the push. `map` turns it into another one, by its text as JSON has it: `true`, `1`, `入口`; one that is
    not in it cannot be understood. `scale`: it is a number, times this: 0.01 for a confidence in per cent. `base`: it is the text
    of a whole number to this base, such as a card's in hex. Where `path` leads nowhere `default` counts, and without one the row
    makes nothing."""

    path: Path
    map: dict[str, Scalar] = {}
    scale: float | None = None
    base: Annotated[int, msgspec.Meta(ge=2, le=36)] | None = None
    default: Scalar | msgspec.UnsetType = msgspec.UNSET


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pushes to a URL whose path begins with `url` (empty: any), in which each path of `when` has its value, make one
    `reading`; an empty `reading` says that they are of no interest. `records`: a path to a list, each of which makes one. A
    field is a constant or a `Field`. `device_by`: a path to the pusher's name of the device; see the option `devices`.
    `device_at`: a path to its own time. `picture`: a path to a JPEG as base64, or the name of the part that is one.
    `sure_from`: a plate with less confidence opens nothing."""

    url: Path = ""
    reading: Kind | Literal[""] = ""
    records: Path = ""
    when: dict[str, Scalar] = {}
    fields: dict[str, Scalar | Field] = {}
    device_by: Path = ""
    device_at: Path = ""
    picture: Path = ""
    sure_from: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.8

    def __post_init__(self) -> None:
        if not self.reading:
            return
        known = BY_NAME[self.reading].__struct_fields__
        if unknown := set(self.fields) - set(known) | set(self.fields) & OURS:
            can = ", ".join(name for name in known if name not in OURS)
            raise ValueError(f"{self.reading} takes no {', '.join(sorted(unknown))}: its fields are {can}")
        if self.picture and self.reading != "plate_read":
            raise ValueError(f"a {self.reading} has no picture: leave picture out")
