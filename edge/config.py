"""An agent's settings: what the file may say, and what is made of it.

The file is checked whole before anything starts: drivers' options and addresses too, each by its own driver.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from contract.clock import US_PER_S
from contract.envelope import KEY_BYTES
from contract.settings import BadSettings, Check, Document, Id, KeyPath, TypedBy, check, refers, unique
from contract.topics import is_id
from drivers.port import DriverKind
from drivers.table import driver_kind
from edge.access import Permit
from edge.broker_address import BrokerSettings, parse_broker
from edge.config_files import read_key, read_permits, read_secret
from edge.interlocks import CLOSING, Sensor

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
    """Where the agent's messages go. `ca_file`: the certificates that a `mqtts` broker's must descend from."""

    url: Annotated[str, Check(parse_broker)]
    user: Word | None = None
    password_file: PathText | None = None
    ca_file: PathText | None = None


class SpoolPart(msgspec.Struct, frozen=True):
    """The agent's log. Pictures lie in a folder beside it."""

    path: PathText
    bytes_max: Annotated[int, msgspec.Meta(ge=MIB, le=1024 * 1024 * MIB)] = 256 * MIB
    age_days_max: Annotated[float, msgspec.Meta(ge=1, le=3650)] = 35.0
    pictures_bytes_max: Annotated[int, msgspec.Meta(ge=MIB, le=1024 * 1024 * MIB)] = 64 * MIB


class DeviceSettings(msgspec.Struct, frozen=True):
    """One device and its driver. `commands`: what the hub may ask of it. `speaks_for`: other devices whose readings come by
    this one. `sensors`: what a barrier must have heard clear before it closes."""

    id: Id
    driver: str
    address: Word
    options: Annotated[Any, TypedBy("driver", "drivers")] = None
    place: Id | None = None
    commands: Annotated[tuple[str, ...], msgspec.Meta(max_length=16)] = ()
    speaks_for: Annotated[tuple[Id, ...], msgspec.Meta(max_length=512)] = ()
    sensors: Annotated[tuple[Sensor, ...], msgspec.Meta(max_length=2)] = ("loop", "beam")


class Opens(msgspec.Struct, frozen=True):
    """What a permitted card does: `action` at `device`."""

    device: Id
    action: str


class PermitSettings(msgspec.Struct, frozen=True):
    """One card's right. `card` is its keyed hash; times are RFC 3339."""

    card: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    valid_from: str | None = None
    valid_until: str | None = None
    revoked: bool = False


class AccessSettings(msgspec.Struct, frozen=True):
    """A reader that decides. Permits stand here, or as a list in a file of their own. `unlock_s`: how long a lock stays open."""

    reader: Id
    opens: Opens
    unlock_s: Annotated[float, msgspec.Meta(gt=0, le=60)] | None = None
    permits: list[PermitSettings] | None = None
    permits_file: PathText | None = None


class AgentSettings(msgspec.Struct, frozen=True):
    """The whole file. Of `key` and `key_file`, and of `card_key` and `card_key_file`, one is given."""

    site: Id
    agent: Id
    broker: BrokerPart
    spool: SpoolPart
    key: HexKey | None = None
    key_file: PathText | None = None
    card_key: HexKey | None = None
    card_key_file: PathText | None = None
    hub_url: Annotated[str, Check(_check_hub)] | None = None
    devices: Annotated[tuple[DeviceSettings, ...], msgspec.Meta(max_length=MAX_DEVICES)] = ()
    access: Annotated[tuple[AccessSettings, ...], msgspec.Meta(max_length=MAX_DEVICES)] = ()


class AccessRule(NamedTuple):
    """What a permitted card at one reader does. `args` go to the device with the action."""

    device: str
    action: str
    permits: Mapping[str, Permit]
    args: Mapping[str, str]


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

    def __repr__(self) -> str:
        return f"Config(site={self.site!r}, agent={self.agent!r}, devices={len(self.devices)})"


Kinds = Callable[[str], DriverKind]


def load_config(path: Path, kinds: Kinds = driver_kind) -> Config:
    """The agent's configuration in the file at `path`; relative paths in it count from its folder. Raises BadSettings with
    every mistake."""
    loaded: dict[str, Any] = {}

    def files(document: Document) -> None:
        loaded.update(_Files(document, path).read())

    checked = check(path, AgentSettings, (*_RULES, _drivers(kinds), files), {"drivers": _options(kinds)})
    settings = checked.value
    if settings is None:
        raise BadSettings(checked.messages)
    here = path.parent
    return Config(
        site=settings.site,
        agent=settings.agent,
        key=loaded["key"],
        card_key=loaded["card_key"],
        broker=BrokerSettings(
            settings.broker.url, settings.broker.user, loaded["password"],
            here / settings.broker.ca_file if settings.broker.ca_file else None,
        ),
        spool_path=here / settings.spool.path,
        spool_bytes_max=settings.spool.bytes_max,
        spool_age_us_max=int(settings.spool.age_days_max * DAY_US),
        pictures_bytes_max=settings.spool.pictures_bytes_max,
        hub_url=settings.hub_url.rstrip("/") if settings.hub_url else None,
        devices=settings.devices,
        access={
            rule.reader: AccessRule(
                rule.opens.device, rule.opens.action, loaded["permits"][index],
                {} if rule.unlock_s is None else {"unlock_s": f"{rule.unlock_s:g}"},
            )
            for index, rule in enumerate(settings.access)
        },
    )  # fmt: skip


def spoken_for(device: DeviceSettings) -> tuple[str, ...]:
    """The other devices whose readings may come by this one: those it names, and those that its inputs are wired to."""
    named = (*device.speaks_for, *_wired(device.options))
    return tuple(dict.fromkeys(name for name in named if name != device.id))


def _wired(options: Any) -> Iterator[str]:
    """The `device` of each row in a driver's options, where the rows have one: an input wired to a door, a topic of a sensor."""
    for field in options.__struct_fields__ if isinstance(options, msgspec.Struct) else ():
        rows = getattr(options, field)
        for row in rows.values() if isinstance(rows, Mapping) else rows if isinstance(rows, list | tuple) else ():
            name = row.get("device") if isinstance(row, Mapping) else getattr(row, "device", None)
            if isinstance(name, str) and is_id(name):
                yield name


def _options(kinds: Kinds) -> Callable[[str], type[msgspec.Struct]]:
    def options(name: str) -> type[msgspec.Struct]:
        try:
            return kinds(name).options
        except ImportError as error:
            raise LookupError(f"{name} needs {error.name}, which is not installed: install it") from None

    return options


def _drivers(kinds: Kinds) -> Callable[[Document], None]:
    """The rule that asks each device's driver about its address and its actions."""

    def rule(document: Document) -> None:
        devices: dict[str, DeviceSettings] = {}
        for path, _ in document.find("devices.*"):
            device = document.built.get(path)
            if isinstance(device, DeviceSettings):
                devices.setdefault(device.id, device)
                _check_device(document, path, device, kinds(device.driver))
        _check_speakers(document)
        for path, _ in document.find("access.*"):
            access = document.built.get(path)
            if isinstance(access, AccessSettings) and access.opens.device in devices:
                kind = kinds(devices[access.opens.device].driver)
                _check_action(document, (*path, "opens", "action"), access.opens.action, kind)
                if access.opens.action in CLOSING:
                    document.wrong((*path, "opens", "action"), "closes something on a card", "write open or unlock")

    return rule


def _check_device(document: Document, path: KeyPath, device: DeviceSettings, kind: DriverKind) -> None:
    try:
        kind.make(device.address, device.options)
    except ValueError as error:
        what, _, instead = str(error).partition(": ")
        document.wrong((*path, "address"), what, instead)
    for index, action in enumerate(device.commands):
        _check_action(document, (*path, "commands", index), action, kind)
    if CLOSING & set(device.commands) and not device.sensors:
        document.wrong((*path, "sensors"), "is empty, and close is among the commands", "write loop, beam or both")


def _check_action(document: Document, path: KeyPath, action: str, kind: DriverKind) -> None:
    if action not in kind.actions:
        able = ", ".join(sorted(kind.actions))
        document.wrong(path, f"{kind.name} cannot {action}", f"write one of {able}" if able else "leave it out")


def _check_speakers(document: Document) -> None:
    """One device's readings come by one driver, or its times could not be kept in order."""
    by: dict[str, KeyPath] = {}
    for path, _ in document.find("devices.*"):
        device = document.built.get(path)
        if not isinstance(device, DeviceSettings):
            continue
        for name in (device.id, *spoken_for(device)):
            first = by.setdefault(name, path)
            if first != path and document.built[first].id != device.id:
                document.wrong(
                    path, f"speaks for {name}, as {document.built[first].id} does", "let one device alone speak for it"
                )


def _agent_is_no_device(document: Document) -> None:
    agents = [value for _, value in document.find("agent")]
    for path, value in document.find("devices.*.id"):
        if value in agents:
            document.wrong(path, f"{value} is the agent's own id", "write another one")


_RULES = (
    unique("devices.*.id"),
    unique("access.*.reader"),
    refers("access.*.reader", "devices.*.id"),
    refers("access.*.opens.device", "devices.*.id"),
    _agent_is_no_device,
)


class _Files:
    """Reads the files that the settings name, and says what is wrong with them at the settings' line."""

    def __init__(self, document: Document, path: Path) -> None:
        self._document = document
        self._path = path

    def read(self) -> dict[str, Any]:
        """Keys, password and permits; what is wrong is reported and left out or empty."""
        return {
            "key": self._key("key"),
            "card_key": self._key("card_key"),
            "password": self._file(("broker", "password_file"), read_secret),
            "permits": [self._permits(path) for path, _ in self._document.find("access.*")],
            "ca": self._file(("broker", "ca_file"), Path.read_bytes),
        }

    def _key(self, name: str) -> bytes:
        inline = self._document.built.get((name,))
        from_file = self._document.built.get((f"{name}_file",))
        given = [key for key in (name, f"{name}_file") if any(True for _ in self._document.find(key))]
        if len(given) != 1:
            what = "is missing" if not given else f"and {name}_file are both given"
            self._document.wrong((name,), what, f"write {name}_file, a file that holds {2 * KEY_BYTES} hex digits")
        elif isinstance(inline, str):
            if self._path.stat().st_mode & 0o007:
                told = f"keep the key in {name}_file, or run chmod o= {self._path.name}"
                self._document.wrong((name,), "stands in a file that everybody may read", told)
            return bytes.fromhex(inline)
        elif isinstance(from_file, str):
            return self._file((f"{name}_file",), read_key) or b""
        return b""

    def _file(self, path: KeyPath, read: Callable[[Path], Any]) -> Any:
        """What `read` makes of the file named at `path`; None where there is none or it is wrong."""
        named = self._document.built.get(path)
        if not isinstance(named, str):
            return None
        try:
            return read(self._path.parent / named)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._document.wrong(path, f"cannot be read ({reason})", "give the path of a file that is there and may be read")
        except ValueError as error:
            what, _, instead = str(error).partition(": ")
            self._document.wrong(path, what, instead)
        except BadSettings as error:
            for message in error.messages:
                self._document.wrong(path, "holds a mistake", message)
        return None

    def _permits(self, path: KeyPath) -> dict[str, Permit]:
        access = self._document.built.get(path)
        if not isinstance(access, AccessSettings):
            return {}
        if (access.permits is None) == (access.permits_file is None):
            self._document.wrong(path, "has both permits and permits_file, or neither", "write one of them")
            return {}
        if access.permits_file is not None:
            read: dict[str, Permit] | None = self._file((*path, "permits_file"), _permits_file)
            return read or {}
        table, mistakes = read_permits(access.permits or [])
        for index, key, what, instead in mistakes:
            self._document.wrong((*path, "permits", index, key), what, instead)
        return table


class PermitsFile(msgspec.Struct, frozen=True):
    """A file of permits."""

    permits: list[PermitSettings]


def _permits_file(path: Path) -> dict[str, Permit]:
    found: dict[str, Permit] = {}

    def rule(document: Document) -> None:
        rows = document.built.get(("permits",))
        if isinstance(rows, list):
            table, mistakes = read_permits(rows)
            found.update(table)
            for index, key, what, instead in mistakes:
                document.wrong(("permits", index, key), what, instead)

    checked = check(path, PermitsFile, (rule,))
    if checked.messages:
        raise BadSettings(checked.messages)
    return found
