"""Where the broker is and how to be let in."""

import ssl
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from contract.tls import Identity, broker_trust

_PORTS = {"mqtt": 1883, "mqtts": 8883}


class BrokerAddress(NamedTuple):
    """A parsed address."""

    host: str
    port: int
    tls: bool


class BrokerSettings(NamedTuple):
    """How an agent reaches its broker. `url`: `mqtt://host:port` or `mqtts://host:port`; `ca_file`: whom to trust, for mqtts,
    instead of the system's authorities; `identity`: what the agent shows to a broker that asks for a certificate."""

    url: str
    user: str | None = None
    password: str | None = None
    ca_file: Path | None = None
    identity: Identity | None = None
    keepalive_s: int = 15


def parse_broker(url: str) -> BrokerAddress:
    """The parts of a broker's address. Raises ValueError with a message for an installer."""
    want = "write mqtt://HOST:PORT, or mqtts://HOST:PORT for TLS"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as err:
        raise ValueError(f"{url!r} is not a broker's address ({err}): {want}") from err
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is not a broker's address: {want}")
    if parts.username or parts.password:
        raise ValueError(f"a broker's address holds no user and no password, as addresses are logged: {want}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"{url!r} has something behind the port: {want}")
    return BrokerAddress(parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "mqtts")


def tls_context(settings: BrokerSettings) -> ssl.SSLContext | None:
    """What mqtts asks of the broker's certificate; None for plain mqtt. Raises ValueError and OSError for a bad CA file."""
    return broker_trust(settings.ca_file, settings.identity) if parse_broker(settings.url).tls else None
