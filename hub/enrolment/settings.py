"""What the hub's settings say of enrolment."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from contract.settings import Check

BROKERS = ("mqtt", "mqtts")


def _broker(text: str) -> None:
    parts = urlsplit(text)
    if parts.scheme not in BROKERS or not parts.hostname or parts.path not in ("", "/") or parts.username:
        raise ValueError("is no broker: write mqtt://HOST:PORT or mqtts://HOST:PORT")


class BrokerFiles(msgspec.Struct, frozen=True):
    """Where the hub writes who may connect to the broker, each time that it changes. `folder`: beside this file; the broker's
    settings name the files in it. `pid_file`: the broker's, to have it read them again; without one a service has to see to it.
    `devices`: whoever has no user may use all topics but Watchkeeper's."""

    program: Literal["mosquitto", "nats"]
    folder: str
    pid_file: str | None = None
    devices: bool = False


class EnrolmentSettings(msgspec.Struct, frozen=True):
    """How agents become known. `authority`: the folder of `watchkeeper tls init`; with one, agents get certificates.
    `broker_url`: what agents are told, where it is another address than the hub's own. `broker_ca_file`: what its certificate
    descends from, where that is not the authority."""

    authority: str | None = None
    broker_url: Annotated[str, Check(_broker)] | None = None
    broker_ca_file: str | None = None
    broker_files: BrokerFiles | None = None
