"""The hub's settings file. It is checked whole, with the files it names, before anything starts."""

import stat
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

import msgspec

from contract.settings import Check, Document, load, unique
from contract.tls import Identity, broker_trust
from hub.access.naming import KEY_BYTES
from hub.accounts.oidc_types import OidcSettings
from hub.accounts.settings import AccountsSettings
from hub.duties.plan import Plan
from hub.enrolment.settings import EnrolmentSettings
from hub.estate import Estate
from hub.ingest.broker import BrokerAddress
from hub.loopback import is_loopback
from hub.notify.mqtt.settings import MqttSettings
from hub.notify.residents.settings import CHANNELS_MAX, ResidentSettings
from hub.notify.table import AnyChannelSettings
from hub.notify.webpush.settings import PushSettings
from hub.planning import plan_of
from hub.policy.load import RESIDENTIAL, Policy
from hub.store.engine import parse_url
from hub.tls import BadPair, check_pair

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


def _host(text: str) -> None:
    if not is_loopback(text):
        try:
            ip_address(text)
        except ValueError:
            raise ValueError("is no address: write 127.0.0.1 for this machine alone, or with TLS 0.0.0.0 for all") from None


def _public_url(text: str) -> None:
    parts = urlsplit(text)
    good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
    if not good or "@" in parts.netloc or any(char.isspace() for char in text) or len(text) > PUBLIC_URL_CHARS_MAX:
        raise ValueError("is no address for phones: write https://HOST, with a port or a path where it needs one")


class BrokerSettings(msgspec.Struct, frozen=True):
    """The MQTT broker. `password_file`, `ca_file`, `certificate_file` and `certificate_key_file` are files' names beside this
    file; the last two are what the hub shows to a broker that asks for a certificate."""

    url: Annotated[str, Check(_broker)] = "mqtt://127.0.0.1:1883"
    user: str | None = None
    password_file: str | None = None
    ca_file: str | None = None
    certificate_file: str | None = None
    certificate_key_file: str | None = None


class HttpSettings(msgspec.Struct, frozen=True):
    """Where the console and the API answer: on this machine alone, unless there is TLS. Port 0: any free one. `certificate`,
    `key`: files' names beside this file, PEM; the certificate is followed by those that it descends from. `public_url`:
    what QR labels begin with, so that a phone's camera finds the hub; without one they hold the tag alone."""

    host: Annotated[str, Check(_host)] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8080
    certificate: str | None = None
    key: str | None = None
    public_url: Annotated[str, Check(_public_url)] | None = None


def _mqtt_alone() -> list[AnyChannelSettings]:
    return [MqttSettings()]


class HubSettings(msgspec.Struct, frozen=True):
    """What stands in the file. Paths are relative to it. `policy` absent: the one that ships; `notify` absent: MQTT alone.
    `card_key_file`: the site's card key, the same as the agents' have; without one plain numbers of credentials are not taken.
    `residents`: the ways by which residents are told of visitors and of goods; `push`: how guards' phones are told that they
    are sent; without it they ask now and then."""

    estate: str
    data: str = "data"
    database: Annotated[str, Check(_database)] | None = None
    policy: str | None = None
    broker: BrokerSettings = BrokerSettings()
    http: HttpSettings = HttpSettings()
    accounts: AccountsSettings = AccountsSettings()
    oidc: OidcSettings | None = None
    enrolment: EnrolmentSettings = EnrolmentSettings()
    card_key_file: str | None = None
    push: PushSettings | None = None
    residents: Annotated[list[ResidentSettings], msgspec.Meta(max_length=CHANNELS_MAX)] = []
    notify: Annotated[list[AnyChannelSettings], msgspec.Meta(max_length=50)] = msgspec.field(default_factory=_mqtt_alone)


class HubConfig(NamedTuple):
    """Everything a hub starts from. `folder` is what the settings' relative paths begin at; `plan` has no seed yet."""

    settings: HubSettings
    folder: Path
    estate: Estate
    estate_file: Path
    policy: Policy
    plan: Plan
    data: Path
    database: str
    broker: BrokerAddress
    card_key: bytes | None = None


def load_config(path: Path | str) -> HubConfig:
    """The hub's settings, with the estate and the policy that they name. Raises BadSettings with every mistake of the first file
    that has any."""
    path = Path(path)
    rules = [unique("notify.*.name"), unique("residents.*.name"), _files_are_there(path.parent), _tls(path.parent)]
    settings = load(path, HubSettings, rules)
    folder = path.parent
    policy = Policy.load(RESIDENTIAL if settings.policy is None else folder / settings.policy)
    estate = Estate.load(folder / settings.estate, policy)
    data = folder / settings.data
    return HubConfig(
        settings=settings,
        folder=folder,
        estate=estate,
        estate_file=folder / settings.estate,
        policy=policy,
        plan=plan_of(estate, policy),
        data=data,
        database=settings.database or f"sqlite:///{data / 'hub.db'}",
        broker=broker_address(settings.broker, folder),
        card_key=None if settings.card_key_file is None else read_card_key(folder / settings.card_key_file),
    )


def _read_password(path: Path) -> str:
    """The password in the file. Raises OSError, and ValueError with `what: what to do`."""
    if path.stat().st_mode & stat.S_IROTH:
        raise ValueError(f"may be read by everybody: run chmod o= {path}")
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text: write one line of text into it") from None


def read_card_key(path: Path) -> bytes:
    """The site's card key. Raises OSError, and ValueError with `what: what to do`."""
    text = _read_password(path)
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"does not hold a key: write {2 * KEY_BYTES} hex digits into it, the agents' card_key_file")
    return key


_READ: dict[tuple[str, ...], Callable[[Path], object]] = {
    ("card_key_file",): read_card_key,
    ("broker", "password_file"): _read_password,
    ("broker", "ca_file"): broker_trust,
    ("oidc", "secret_file"): _read_password,
    ("oidc", "ca_file"): broker_trust,
    ("enrolment", "broker_ca_file"): broker_trust,
}


def _files_are_there(folder: Path) -> Callable[[Document], None]:
    """The rule that files that the settings name can be read, and that people know the way back from a provider."""

    def rule(document: Document) -> None:
        if document.built.get(("oidc", "issuer")) is not None and document.built.get(("http", "public_url")) is None:
            document.wrong(("oidc",), "needs to know where its people come back to", "write the hub's address as http.public_url")
        if document.built.get(("residents", 0, "name")) is not None and document.built.get(("http", "public_url")) is None:
            told = "write the hub's address as http.public_url: links begin with it"
            document.wrong(("residents",), "cannot send residents a link", told)
        for key, read in _READ.items():
            named = document.built.get(key)
            if not isinstance(named, str):
                continue
            try:
                read(folder / named)
            except ValueError as error:
                what, _, instead = str(error).partition(": ")
                document.wrong(key, what, instead)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                told = "give the path of a file that is there and may be read"
                document.wrong(key, f"cannot be read ({reason})", told)
        _identity(document, folder)
        _own_user(document)

    return rule


def _own_user(document: Document) -> None:
    """A hub that says who may connect to the broker does not lock itself out."""
    kept = document.built.get(("enrolment", "broker_files")) is not None
    if kept and not all(document.built.get(("broker", name)) for name in ("user", "password_file")):
        told = "write broker.user and broker.password_file: the hub's own, which go into those files"
        document.wrong(("enrolment", "broker_files"), "would lock the hub itself out", told)


def _identity(document: Document, folder: Path) -> None:
    """A broker that asks for a certificate gets one that fits its key."""
    certificate, key = (document.built.get(("broker", name)) for name in ("certificate_file", "certificate_key_file"))
    if (certificate is None) != (key is None):
        missing = "certificate_key_file" if key is None else "certificate_file"
        document.wrong(("broker", missing), "is missing", "write both certificate_file and certificate_key_file")
    elif isinstance(certificate, str) and isinstance(key, str):
        try:
            check_pair(folder / certificate, folder / key)
        except BadPair as error:
            document.wrong(("broker", "certificate_key_file" if error.which == "key" else "certificate_file"), *error.told)


def _tls(folder: Path) -> Callable[[Document], None]:
    """The rule that a hub that others can reach has a certificate, and that it can be used with its key."""

    def rule(document: Document) -> None:
        host, certificate, key = (document.built.get(("http", name)) for name in ("host", "certificate", "key"))
        if (certificate is None) != (key is None):
            document.wrong(("http", "key" if key is None else "certificate"), "is missing", "write both certificate and key")
        elif isinstance(certificate, str) and isinstance(key, str):
            try:
                check_pair(folder / certificate, folder / key)
            except BadPair as error:
                document.wrong(("http", error.which), *error.told)
        elif isinstance(host, str) and not is_loopback(host):
            told = "write 127.0.0.1, or make a certificate (watchkeeper tls init) and name it as certificate and key"
            document.wrong(("http", "host"), "would be seen from outside without TLS", told)

    return rule


def broker_address(settings: BrokerSettings, folder: Path) -> BrokerAddress:
    """The broker's address; a password is read from its file."""
    parts = urlsplit(settings.url)
    password = None if settings.password_file is None else _read_password(folder / settings.password_file)
    ca_file = None if settings.ca_file is None else folder / settings.ca_file
    port = parts.port or PORTS[parts.scheme]
    identity = None
    if settings.certificate_file is not None and settings.certificate_key_file is not None:
        identity = Identity(folder / settings.certificate_file, folder / settings.certificate_key_file)
    return BrokerAddress(parts.hostname or "", port, parts.scheme == "mqtts", settings.user, password, ca_file, identity)
