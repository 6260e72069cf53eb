"""What an agent's settings file may say, and what is made of it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from contract.clock import US_PER_S
from contract.envelope import KEY_BYTES
from contract.settings import Check, Id, TypedBy
from contract.topics import is_id
from drivers.contacts_modbus.decode import ContactsOptions
from drivers.port import DriverKind
from edge.broker_address import BrokerSettings, parse_broker
from edge.interlocks import FireName, Sensor
from edge.permits.local import Permit
from edge.recorder.settings import RecorderConfig, RecorderPart, RecordPart

MAX_DEVICES = 256
DAY_US = 86_400 * US_PER_S
MIB = 1024 * 1024


def _check_hub(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("is no address of a hub: write http://HOST:PORT or https://HOST")
    _check_port(url)


def _check_port(url: str) -> None:
    try:
        urlsplit(url).port  # noqa: B018 - reading it checks it
    except ValueError:
        raise ValueError("has a port that is no number up to 65535: write HOST:PORT") from None


def _check_hex_key(text: str) -> None:
    if not re.fullmatch(f"[0-9a-fA-F]{{{2 * KEY_BYTES}}}", text):
        raise ValueError(f"is not a key: write {2 * KEY_BYTES} hex digits")


HexKey = Annotated[str, Check(_check_hex_key)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
PathText = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class BrokerPart(msgspec.Struct, frozen=True):
    """Where the agent's messages go. `ca_file`: the certificates that a `mqtts` broker's must descend from; `certificate_file`
    and `certificate_key_file`: what the agent shows to a broker that asks for a certificate."""

    url: Annotated[str, Check(parse_broker)]
    user: Word | None = None
    password_file: PathText | None = None
    ca_file: PathText | None = None
    certificate_file: PathText | None = None
    certificate_key_file: PathText | None = None


class SpoolPart(msgspec.Struct, frozen=True):
    """The agent's log. Pictures lie in a folder beside it."""

    path: PathText
    bytes_max: Annotated[int, msgspec.Meta(ge=MIB, le=1024 * 1024 * MIB)] = 256 * MIB
    age_days_max: Annotated[float, msgspec.Meta(ge=1, le=3650)] = 35.0
    pictures_bytes_max: Annotated[int, msgspec.Meta(ge=MIB, le=1024 * 1024 * MIB)] = 64 * MIB


class DeviceSettings(msgspec.Struct, frozen=True):
    """One device and its driver. `commands`: what the hub may ask of it. `speaks_for`: other devices whose readings come by
    this one. `sensors`: what a barrier must have heard clear before it closes. `record`: a camera is recorded."""

    id: Id
    driver: str
    address: Word
    options: Annotated[Any, TypedBy("driver", "drivers")] = None
    place: Id | None = None
    commands: Annotated[tuple[str, ...], msgspec.Meta(max_length=16)] = ()
    speaks_for: Annotated[tuple[Id, ...], msgspec.Meta(max_length=512)] = ()
    sensors: Annotated[tuple[Sensor, ...], msgspec.Meta(max_length=2)] = ("loop", "beam")
    record: RecordPart | None = None


class Opens(msgspec.Struct, frozen=True):
    """What a permitted card does: `action` at `device`, one of the agent's or a door that one of them speaks for."""

    device: Id
    action: str


class PermitSettings(msgspec.Struct, frozen=True):
    """One card's right. `card` is its keyed hash; times are RFC 3339."""

    card: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    valid_from: str | None = None
    valid_until: str | None = None
    revoked: bool = False


class AccessSettings(msgspec.Struct, frozen=True):
    """A reader or a camera that decides. Permits stand here, or as a list in a file of their own; where there is neither, the
    hub's table counts, in which the reader is a portal. `unlock_s`: how long a lock stays open."""

    reader: Id
    opens: Opens
    unlock_s: Annotated[float, msgspec.Meta(gt=0, le=60)] | None = None
    permits: list[PermitSettings] | None = None
    permits_file: PathText | None = None


class AgentSettings(msgspec.Struct, frozen=True):
    """The whole file. Of `key` and `key_file`, and of `card_key` and `card_key_file`, one is given. `hub_ca_file`: what the
    certificate of a hub at `https` must descend from, where no authority of the system's has signed it."""

    site: Id
    agent: Id
    broker: BrokerPart
    spool: SpoolPart
    key: HexKey | None = None
    key_file: PathText | None = None
    card_key: HexKey | None = None
    card_key_file: PathText | None = None
    hub_url: Annotated[str, Check(_check_hub)] | None = None
    hub_ca_file: PathText | None = None
    devices: Annotated[tuple[DeviceSettings, ...], msgspec.Meta(max_length=MAX_DEVICES)] = ()
    access: Annotated[tuple[AccessSettings, ...], msgspec.Meta(max_length=MAX_DEVICES)] = ()
    recorder: RecorderPart | None = None


class AccessRule(NamedTuple):
    """What a permitted card at one reader does. `args` go to the device with the action. `permits` stood in `permits_file`, where
    there is one, when the settings were read; None: the hub's table counts."""

    device: str
    action: str
    permits: Mapping[str, Permit] | None
    args: Mapping[str, str]
    permits_file: Path | None = None


class Config(NamedTuple):
    """Everything an agent is made of. `access` is by reader; secrets are never logged."""

    site: str
    agent: str
    key: bytes
    card_key: bytes
    broker: BrokerSettings
    spool_path: Path
    spool_bytes_max: int
    spool_age_us_max: int
    pictures_bytes_max: int
    hub_url: str | None
    devices: tuple[DeviceSettings, ...]
    access: Mapping[str, AccessRule]
    hub_ca_file: Path | None = None
    recorder: RecorderConfig | None = None

    def __repr__(self) -> str:
        return f"Config(site={self.site!r}, agent={self.agent!r}, devices={len(self.devices)})"


Kinds = Callable[[str], DriverKind]


def spoken_for(device: DeviceSettings) -> tuple[str, ...]:
    """The other devices whose readings may come by this one: those it names, those that its inputs are wired to, and those that
    its options say that they bring."""
    named = (*device.speaks_for, *_wired(device.options), *getattr(device.options, "brings", ()))
    return tuple(dict.fromkeys(name for name in named if name != device.id))


def fire_inputs(devices: Iterable[DeviceSettings]) -> Iterator[FireName]:
    """The fire inputs that are wired to boards."""
    for device in devices:
        for one in device.options.inputs if isinstance(device.options, ContactsOptions) else ():
            if one.role == "fire":
                yield (one.device or device.id, one.name)


def _wired(options: Any) -> Iterator[str]:
    """The `device` of each row in a driver's options, where the rows have one: an input wired to a door, a topic of a sensor."""
    for field in options.__struct_fields__ if isinstance(options, msgspec.Struct) else ():
        rows = getattr(options, field)
        for row in rows.values() if isinstance(rows, Mapping) else rows if isinstance(rows, list | tuple) else ():
            name = row.get("device") if isinstance(row, Mapping) else getattr(row, "device", None)
            if isinstance(name, str) and is_id(name):
                yield name
