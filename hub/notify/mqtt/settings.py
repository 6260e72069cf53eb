"""Settings of the MQTT channel."""

from typing import Annotated
from urllib.parse import SplitResult, urlsplit

import msgspec

from contract.settings import Check, Id
from hub.notify.delivery import Filter


class Address(msgspec.Struct, frozen=True):
    """Where a broker is."""

    host: str
    port: int
    tls: bool
    user: str


def parse_url(url: str) -> Address:
    """`mqtt://[user@]host[:port]` or `mqtts://…`. Raises ValueError."""
    instead = "write mqtt://host:1883 or mqtts://user@host:8883, the password in password_file"
    try:
        parts: SplitResult = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"is no broker address ({error}): {instead}") from error
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname or parts.path.strip("/") or parts.password:
        raise ValueError(f"is no broker address: {instead}")
    tls = parts.scheme == "mqtts"
    return Address(parts.hostname, port or (8883 if tls else 1883), tls, parts.username or "")


class MqttSettings(msgspec.Struct, frozen=True, tag_field="type", tag="mqtt", forbid_unknown_fields=True):
    """One MQTT channel. `url`: see `parse_url`. `ca_file`: whose certificates are believed; empty: the machine's own."""

    name: Id
    url: Annotated[str, Check(parse_url)]
    filter: Filter = Filter()
    password_file: str = ""
    ca_file: str = ""
    client_id: str = ""
