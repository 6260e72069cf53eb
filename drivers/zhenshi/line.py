"""The driver for a camera whose TCP port the agent dials: plates come over it, and an order to open goes over it."""

from collections.abc import Mapping
from threading import Event
from typing import Any, Final

import msgspec

from contract.clock import US_PER_S, Clock, SystemClock
from drivers.http.parts import json_of
from drivers.http.talk import Taken
from drivers.jpeg import picture_of
from drivers.port import CommandFailed, DeviceLost, Finding, Sink
from drivers.shown import named
from drivers.transports import Address, Transport, open_transport
from drivers.zhenshi.decode import Camera, Pushes, ZhenshiOptions
from drivers.zhenshi.frames import BEAT, Bad, Frame, Frames, frame_bytes
from drivers.zhenshi.orders import Orders

READ_MAX_BYTES: Final = 65_536
TURN_S: Final = 0.1
ASK_US: Final = 5 * US_PER_S
"""How often it is asked for its serial number, which it always answers: so it is known to be there."""
SILENT_US: Final = 15 * US_PER_S


class LineDriver:
    """See `drivers.port.Driver`. An order to open is written once and never again, also when nothing confirms it."""

    def __init__(self, address: Address, options: ZhenshiOptions, clock: Clock | None = None) -> None:
        self._address = address
        self._options = options
        self._camera = next(iter(options.cameras), Camera())
        self._pushes = Pushes(options)
        self._clock = clock or SystemClock()
        self._orders = Orders()

    def run(self, sink: Sink, stop: Event) -> None:
        """See `Driver.run`."""
        transport = open_transport(self._address)
        try:
            _Session(transport, sink, self._clock, self._pushes, self._camera, self._orders, self._options).run(stop)
        finally:
            self._orders.connected(False)
            transport.close()

    def act(self, action: str, args: Mapping[str, str]) -> None:  # noqa: ARG002 - the output has no arguments
        """See `Driver.act`: `open` alone."""
        if action != "open" or self._options.output is None:
            raise CommandFailed(f"the camera has no output for {action[:40]!r}: set output")
        self._orders.carry_out()


class _Session:
    """One connection."""

    def __init__(
        self,
        transport: Transport,
        sink: Sink,
        clock: Clock,
        pushes: Pushes,
        camera: Camera,
        orders: Orders,
        options: ZhenshiOptions,
    ) -> None:
        self._transport = transport
        self._sink = sink
        self._clock = clock
        self._pushes = pushes
        self._camera = camera
        self._orders = orders
        self._options = options
        self._frames = Frames()
        self._up = False

    def run(self, stop: Event) -> None:
        """Until `stop`. Raises DeviceLost."""
        self._send({"cmd": "ivsresult", "id": "watchkeeper", "enable": True, "format": "json", "image": True, "image_type": 0})
        asked_us = -ASK_US
        heard_us = self._clock.mono_us()
        while not stop.is_set():
            now_us = self._clock.mono_us()
            if now_us - asked_us >= ASK_US:
                self._send({"cmd": "getsn", "id": "watchkeeper"})
                asked_us = now_us
            if self._orders.open and (name := self._orders.take()):
                self._send({"cmd": "ioctl", "id": name, "io": self._options.output, "value": 2, "delay": self._options.pulse_ms})
            data = self._transport.read(READ_MAX_BYTES, TURN_S)
            for one in self._frames.hear(data):
                self._heard(one)
            heard_us = self._clock.mono_us() if data else heard_us
            if self._clock.mono_us() - heard_us >= SILENT_US:
                raise DeviceLost("timeout")

    def _send(self, message: Mapping[str, Any]) -> None:
        self._transport.write(frame_bytes(msgspec.json.encode(message)))

    def _heard(self, one: Frame | Bad) -> None:
        if isinstance(one, Bad):
            self._sink.finding(Finding(one.reason, one.offset, one.start))
            raise DeviceLost("out_of_step")
        if not self._up:
            self._up = True
            self._sink.up()
            self._orders.connected(True)
        if one.kind != BEAT:
            self._taken(frame_meaning(one, self._pushes, self._camera, self._orders), one)
        self._sink.alive()

    def _taken(self, taken: Taken, one: Frame) -> None:
        for said in taken.said:
            self._sink.reading(named(said, self._sink), said.device_at_us)
        for reason in taken.reasons:
            self._sink.finding(Finding(reason, one.offset, one.start))
        if taken.done is not None:
            taken.done()


def frame_meaning(frame: Frame, pushes: Pushes, camera: Camera, orders: Orders | None = None) -> Taken:
    """What a frame says: a plate, or an answer, which says nothing."""
    try:
        message = json_of(frame.text)
    except ValueError:
        return Taken(reasons=("not_json",), heard=False)
    if not isinstance(message, dict):
        return Taken(reasons=("unknown_message",), heard=False)
    if orders is not None and orders.answered(message):
        return Taken()
    if "PlateResult" not in message:
        return Taken() if "cmd" in message else Taken(reasons=("unknown_message",), heard=False)
    taken = pushes.message(camera, message)
    picture = picture_of(frame.picture) if frame.picture else None
    reasons = (*taken.reasons, "bad_picture") if frame.picture and picture is None else taken.reasons
    said = tuple(one if picture is None else one._replace(picture=picture) for one in taken.said)
    return taken._replace(said=said, reasons=reasons)
