"""What a table of rows is, and the tables that are shipped. A row says which messages it is for, and which reading they make.

Paths name a place in the message: names and list numbers joined by dots, such as `after.current_zones.0`; `.` is the whole
message, and `+1` the text that the first + of the row's topic stands for.
"""

import re
from typing import Annotated, Final, Literal

import msgspec

from contract.readings import (
    AlarmInput,
    CameraLink,
    DeviceLink,
    DoorContact,
    Measurement,
    ObjectSeen,
    Reading,
    TamperContact,
)

KINDS: Final[tuple[type[Reading], ...]] = (
    ObjectSeen,
    DoorContact,
    TamperContact,
    AlarmInput,
    Measurement,
    DeviceLink,
    CameraLink,
)
"""What a broker may tell. Not among them: cards, the fire panel and the barrier, which must come over a wire of their own."""

ROWS_MAX = 256
TOPIC_CHARS_MAX = 500
_FILTER = re.compile(r"([^+#/\0]+|\+|)(/([^+#/\0]+|\+|))*(/#)?|#")

Scalar = str | int | float | bool | None
Kind = Literal["object_seen", "door_contact", "tamper_contact", "alarm_input", "measurement", "device_link", "camera_link"]


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value from the message. `map` turns it into another one, by its text as JSON has it: `true`, `online`, `3`; a value that
    is not in it cannot be understood. Where `path` leads nowhere `default` counts, and without one the row makes nothing."""

    path: str
    map: dict[str, Scalar] = {}
    default: Scalar | msgspec.UnsetType = msgspec.UNSET


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Messages on `topic`, a filter with + and #, in which each path of `when` has its value, make one `reading`; an empty
    `reading` says that they are of no interest. A field is a constant or a `Field`. `device`: a path to the other system's name
    of the device; see the option `devices`. `device_at_s`: a path to Unix seconds. `text`: messages are plain text, not JSON."""

    topic: Annotated[str, msgspec.Meta(min_length=1, max_length=TOPIC_CHARS_MAX)]
    reading: Kind | Literal[""] = ""
    when: dict[str, Scalar] = {}
    fields: dict[str, Scalar | Field] = {}
    device: str = ""
    device_at_s: str = ""
    text: bool = False

    def __post_init__(self) -> None:
        if not _FILTER.fullmatch(self.topic):
            raise ValueError(f"topic {self.topic!r}: + stands for one whole part, # for all that follow: write a/+/b or a/#")
        if self.reading:
            known = {kind.__struct_config__.tag: kind for kind in KINDS}[self.reading].__struct_fields__
            if unknown := set(self.fields) - set(known):
                raise ValueError(f"{self.reading} has no {', '.join(sorted(unknown))}: its fields are {', '.join(known)}")


class Table(msgspec.Struct, frozen=True):
    """A shipped mapping. `topic` is that of a line without one, in `watchkeeper decode`."""

    topic: str
    rows: tuple[Row, ...]


def _state(topic: str, key: str, reading: Kind, field: str, **constants: str) -> Row:
    return Row(topic=topic, reading=reading, fields={field: Field(key), **constants}, device="+1")


def _quantity(key: str, quantity: str, unit: str) -> Row:
    fields: dict[str, Scalar | Field] = {"quantity": quantity, "value": Field(key), "unit": unit}
    return Row(topic="zigbee2mqtt/+", reading="measurement", fields=fields, device="+1")


_ONLINE: Final[dict[str, Scalar]] = {"online": True, "offline": False}

FRIGATE = Table(
    topic="frigate/events",
    rows=(
        Row(
            topic="frigate/events",
            reading="object_seen",
            when={"after.false_positive": False},
            fields={
                "label": Field("after.label"),
                "score": Field("after.score"),
                "zone": Field("after.current_zones.0", default=""),
                "track": Field("after.id"),
                "ended": Field("type", map={"new": False, "update": False, "end": True}),
            },
            device="after.camera",
            device_at_s="after.frame_time",
        ),
        Row(topic="+/available", reading="device_link", fields={"up": Field(".", map=_ONLINE)}, device="+1", text=True),
        Row(topic="frigate/+/#"),
    ),
)
"""Frigate NVR: tracked objects. Counts, motion, snapshots and settings, on other topics, are passed over."""

ZIGBEE2MQTT = Table(
    topic="zigbee2mqtt/device",
    rows=(
        Row(
            topic="zigbee2mqtt/+",
            reading="door_contact",
            fields={"open": Field("contact", map={"true": False, "false": True})},
            device="+1",
        ),
        _state("zigbee2mqtt/+", "tamper", "tamper_contact", "active"),
        _state("zigbee2mqtt/+", "water_leak", "alarm_input", "active", name="water_leak"),
        _state("zigbee2mqtt/+", "smoke", "alarm_input", "active", name="smoke"),
        _state("zigbee2mqtt/+", "gas", "alarm_input", "active", name="gas"),
        _state("zigbee2mqtt/+", "carbon_monoxide", "alarm_input", "active", name="carbon_monoxide"),
        _quantity("battery", "battery", "%"),
        _quantity("temperature", "temperature", "°C"),
        _quantity("humidity", "humidity", "%"),
        _quantity("power", "power", "W"),
        _quantity("illuminance", "illuminance", "lx"),
        Row(
            topic="zigbee2mqtt/+/availability",
            reading="device_link",
            fields={"up": Field("state", map=_ONLINE), "reason": "availability"},
            device="+1",
        ),
        Row(topic="zigbee2mqtt/bridge/#"),
        Row(topic="zigbee2mqtt/+/set/#"),
        Row(topic="zigbee2mqtt/+/get/#"),
    ),
)
"""Zigbee2MQTT: contacts (`contact` is true while closed), tamper, leaks, smoke, and what is measured."""

TABLES: Final[dict[str, Table]] = {"frigate": FRIGATE, "zigbee2mqtt": ZIGBEE2MQTT}


def matched(pattern: str, topic: str) -> tuple[str, ...] | None:
    """The parts that the +s of `pattern` stand for in `topic`, or None when it is not one of the pattern's topics."""
    parts, wanted = topic.split("/"), pattern.split("/")
    found: list[str] = []
    for at, want in enumerate(wanted):
        if want == "#":
            return tuple(found)
        if at >= len(parts):
            return None
        if want == "+":
            found.append(parts[at])
        elif want != parts[at]:
            return None
    return tuple(found) if len(parts) == len(wanted) else None
