"""The driver for whatever pushes over HTTP: a port, and a table."""

import secrets

from contract.clock import Clock
from drivers.dialled import DialledDriver
from drivers.digest import Nonces
from drivers.http.callers import Caller, Callers
from drivers.http.capture import UNIT, CaptureDecoder
from drivers.http.requests import Room
from drivers.http.talk import IDLE_S, HttpTalk
from drivers.http_push.decode import HttpPushOptions, Pushes
from drivers.http_push.mapping import KINDS
from drivers.port import DriverKind
from drivers.transports import parse_address
from drivers.transports.hall import check_hosts

SCHEMES = ("listen",)


def make(address: str, options: HttpPushOptions, clock: Clock | None = None) -> DialledDriver:
    """See `DriverKind.make`."""
    where = parse_address(address, schemes=SCHEMES)
    check_hosts(options.hosts)
    pushes, room = Pushes(options), Room()
    callers = Callers(options.callers, Nonces(secrets.token_bytes(32)))
    return DialledDriver(
        where,
        lambda: HttpTalk(callers, pushes, room),
        devices=[caller.device for caller in options.callers] or [None],
        hosts=options.hosts,
        silent_s=options.silent_s,
        idle_s=IDLE_S,
        clock=clock,
    )


def decoder(options: HttpPushOptions) -> CaptureDecoder:
    """See `DriverKind.decoder`. What was captured is taken for the first caller's."""
    return CaptureDecoder(Pushes(options), next(iter(options.callers), Caller()))


KIND = DriverKind(
    name="http_push",
    unit=UNIT,
    readings=KINDS,
    options=HttpPushOptions,
    schemes=SCHEMES,
    make=make,
    decoder=decoder,
    secret_bytes=True,
    remembers=lambda options: frozenset(caller.device for caller in options.callers if caller.device),
)
