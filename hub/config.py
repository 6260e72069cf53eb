"""The hub's settings file. It is checked whole, with the files it names, before anything starts."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

import msgspec

from contract.settings import Check, Document, load, unique
from contract.tls import broker_trust
from hub.duties.plan import Plan
from hub.estate import Estate
from hub.ingest.broker import BrokerAddress
from hub.notify.mqtt.settings import MqttSettings
from hub.notify.table import AnyChannelSettings
from hub.planning import plan_of
from hub.policy.load import RESIDENTIAL, Policy
from hub.store.engine import parse_url

LOOPBACK = ("127.0.0.1", "::1", "localhost")
PORTS = {"mqtt": 1883, "mqtts": 8883}
PUBLIC_URL_CHARS_MAX = 100
"""It is in every QR label: a longer one makes the code finer."""


def _broker(text: str) -> None:
    parts = urlsplit(text)
    try:
        good = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0 and parts.path in {"", "/"}
    except ValueError:
        good = False
    if not good:
        raise ValueError("is no broker: write mqtt://HOST:PORT or mqtts://HOST:PORT")
    if parts.username or parts.password:
        raise ValueError("holds a user or a password: write them as user and password_file")


def _database(text: str) -> None:
    parse_url(text)


def _loopback(text: str) -> None:
    if text not in LOOPBACK:
        raise ValueError("would be seen from outside, and there is no sign-in yet: write 127.0.0.1")


def _public_url(text: str) -> None:
    parts = urlsplit(text)
    good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
    if not good or "@" in parts.netloc or any(char.isspace() for char in text) or len(text) > PUBLIC_URL_CHARS_MAX:
        raise ValueError("is no address for phones: write https://HOST, with a port or a path where it needs one")


class BrokerSettings(msgspec.Struct, frozen=True):
    """The MQTT broker. `password_file` and `ca_file` are files' names beside this file."""

    url: Annotated[str, Check(_broker)] = "mqtt://127.0.0.1:1883"
    user: str | None = None
    password_file: str | None = None
    ca_file: str | None = None


class HttpSettings(msgspec.Struct, frozen=True):
    """Where the console and the API answer: on this machine alone, until there is a sign-in. Port 0: any free one. `public_url`:
    what QR labels begin with, so that a phone's camera finds the hub; without one they hold the tag alone."""

    host: Annotated[str, Check(_loopback)] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8080
    public_url: Annotated[str, Check(_public_url)] | None = None


def _mqtt_alone() -> list[AnyChannelSettings]:
    return [MqttSettings()]


class HubSettings(msgspec.Struct, frozen=True):
    """What stands in the file. Paths are relative to it. `policy` absent: the one that ships; `notify` absent: MQTT alone."""

    estate: str
    data: str = "data"
    database: Annotated[str, Check(_database)] | None = None
    policy: str | None = None
    broker: BrokerSettings = BrokerSettings()
    http: HttpSettings = HttpSettings()
    notify: Annotated[list[AnyChannelSettings], msgspec.Meta(max_length=50)] = msgspec.field(default_factory=_mqtt_alone)


class HubConfig(NamedTuple):
    """Everything a hub starts from. `folder` is what the settings' relative paths begin at; `plan` has no seed yet."""

    settings: HubSettings
    folder: Path
    estate: Estate
    policy: Policy
    plan: Plan
    data: Path
    database: str
    broker: BrokerAddress


def load_config(path: Path | str) -> HubConfig:
    """The hub's settings, with the estate and the policy that they name. Raises BadSettings with every mistake of the first file
    that has any."""
    path = Path(path)
    settings = load(path, HubSettings, [unique("notify.*.name"), _files_are_there(path.parent)])
    folder = path.parent
    policy = Policy.load(RESIDENTIAL if settings.policy is None else folder / settings.policy)
    estate = Estate.load(folder / settings.estate, policy)
    data = folder / settings.data
    return HubConfig(
        settings=settings,
        folder=folder,
        estate=estate,
        policy=policy,
        plan=plan_of(estate, policy),
        data=data,
        database=settings.database or f"sqlite:///{data / 'hub.db'}",
        broker=broker_address(settings.broker, folder),
    )


def _files_are_there(folder: Path) -> Callable[[Document], None]:
    """The rule that what the broker's settings name can be read."""

    def rule(document: Document) -> None:
        for key, read in (("password_file", _read_password), ("ca_file", broker_trust)):
            named = document.built.get(("broker", key))
            if not isinstance(named, str):
                continue
            try:
                read(folder / named)
            except ValueError as error:
                what, _, instead = str(error).partition(": ")
                document.wrong(("broker", key), what, instead)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                told = "give the path of a file that is there and may be read"
                document.wrong(("broker", key), f"cannot be read ({reason})", told)

    return rule


def _read_password(path: Path) -> str:
    """The password in the file. Raises OSError, and ValueError with `what: what to do`."""
    if path.stat().st_mode & stat.S_IROTH:
        raise ValueError(f"may be read by everybody: run chmod o= {path}")
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text: write one line of text into it") from None


def broker_address(settings: BrokerSettings, folder: Path) -> BrokerAddress:
    """The broker's address; a password is read from its file."""
    parts = urlsplit(settings.url)
    password = None if settings.password_file is None else _read_password(folder / settings.password_file)
    ca_file = None if settings.ca_file is None else folder / settings.ca_file
    port = parts.port or PORTS[parts.scheme]
    return BrokerAddress(parts.hostname or "", port, parts.scheme == "mqtts", settings.user, password, ca_file)
