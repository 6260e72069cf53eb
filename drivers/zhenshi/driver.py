"""The driver for cameras of 臻识: a port to which they push, or a camera's own port."""

import secrets
from typing import Any

from contract.clock import Clock
from contract.readings import AlarmInput, PlateRead, Reading
from drivers.dialled import DialledDriver
from drivers.digest import Nonces
from drivers.http.callers import Callers
from drivers.http.capture import UNIT, CaptureDecoder
from drivers.http.requests import Room
from drivers.http.talk import IDLE_S, HttpTalk
from drivers.port import Decoded, Driver, DriverKind, Finding, only_itself
from drivers.transports import parse_address
from drivers.transports.hall import check_hosts
from drivers.zhenshi.decode import Camera, Pushes, ZhenshiOptions
from drivers.zhenshi.frames import MAGIC, Bad, Frames
from drivers.zhenshi.line import LineDriver, frame_meaning

SCHEMES = ("listen", "tcp")


def make(address: str, options: ZhenshiOptions, clock: Clock | None = None) -> Driver:
    """See `DriverKind.make`."""
    where = parse_address(address, schemes=SCHEMES)
    if where.scheme == "tcp":
        if len(options.cameras) > 1 or any(camera.device for camera in options.cameras):
            raise ValueError("cameras: at a tcp:// address there is one, and it is this device: leave device and the others out")
        return LineDriver(where, options, clock)
    if options.output is not None:
        raise ValueError("output: a camera that pushes opens nothing: address it by tcp://ITS-ADDRESS:8131, or leave output out")
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


class ZhenshiDecoder:
    """Bodies and requests, or frames of the TCP protocol. What was captured is taken for the first camera's. Findings: those of
    `Pushes`, of HTTP and of `Frames`."""

    def __init__(self, options: ZhenshiOptions) -> None:
        self._pushes = Pushes(options)
        self._camera = next(iter(options.cameras), Camera())
        self._capture: CaptureDecoder | None = None
        self._frames: Frames | None = None
        self._at = 0

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `drivers.port.Decoder`."""
        if self._frames is None and self._capture is None:
            if len(data) < len(MAGIC) and not end:
                return Decoded(0, [])
            if data.startswith(MAGIC):
                self._frames = Frames()
            else:
                self._capture = CaptureDecoder(self._pushes, self._camera)
        if self._capture is not None:
            return self._capture.decode(data, end=end)
        begin, self._at = self._at, self._at + len(data)
        items: list[Reading | Finding] = []
        for one in self._frames.hear(data, end=end) if self._frames else ():
            if isinstance(one, Bad):
                items.append(Finding(one.reason, one.offset - begin, one.start))
            elif one.text:
                taken = frame_meaning(one, self._pushes, self._camera)
                items += [said.reading for said in taken.said]
                items += [Finding(reason, one.offset - begin, one.start) for reason in taken.reasons]
        return Decoded(len(data), items)


def cannot(options: Any, action: str, door: str) -> str:
    """See `DriverKind.cannot`."""
    if options.output is None:
        return "the camera opens nothing: give output, and address it by tcp://"
    return only_itself(options, action, door)


KIND = DriverKind(
    name="zhenshi",
    unit=f"{UNIT}; or frames of the TCP protocol, from VZ on",
    readings=(PlateRead, AlarmInput),
    options=ZhenshiOptions,
    schemes=SCHEMES,
    make=make,
    decoder=ZhenshiDecoder,
    actions=frozenset(("open",)),
    secret_bytes=True,
    cannot=cannot,
    remembers=lambda options: frozenset(camera.device for camera in options.cameras if camera.device),
)
