"""The driver for cameras of 臻识: a port to which they push."""

import secrets

from contract.clock import Clock
from contract.readings import AlarmInput, PlateRead
from drivers.dialled import DialledDriver
from drivers.digest import Nonces
from drivers.http.callers import Callers
from drivers.http.capture import UNIT, CaptureDecoder
from drivers.http.requests import Room
from drivers.http.talk import IDLE_S, HttpTalk
from drivers.port import DriverKind
from drivers.transports import parse_address
from drivers.transports.hall import check_hosts
from drivers.zhenshi.decode import Camera, Pushes, ZhenshiOptions

SCHEMES = ("listen",)


def make(address: str, options: ZhenshiOptions, clock: Clock | None = None) -> DialledDriver:
    """See `DriverKind.make`."""
    where = parse_address(address, schemes=SCHEMES)
    check_hosts(options.hosts)
    pushes, room = Pushes(options), Room()
    callers = Callers(options.cameras, Nonces(secrets.token_bytes(32)))
    return DialledDriver(
        where,
        lambda: HttpTalk(callers, pushes, room),
        devices=[camera.device for camera in options.cameras] or [None],
        hosts=options.hosts,
        silent_s=options.silent_s,
        idle_s=IDLE_S,
        clock=clock,
    )


def decoder(options: ZhenshiOptions) -> CaptureDecoder:
    """See `DriverKind.decoder`. What was captured is taken for the first camera's."""
    return CaptureDecoder(Pushes(options), next(iter(options.cameras), Camera()))


KIND = DriverKind(
    name="zhenshi",
    unit=UNIT,
    readings=(PlateRead, AlarmInput),
    options=ZhenshiOptions,
    schemes=SCHEMES,
    make=make,
    decoder=decoder,
    secret_bytes=True,
    remembers=lambda options: frozenset(camera.device for camera in options.cameras if camera.device),
)
