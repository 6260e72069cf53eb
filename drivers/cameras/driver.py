"""The two drivers of cameras that speak HTTP: one that calls the camera and reads what it streams, and one that is called."""

import secrets
from collections.abc import Iterator, Mapping
from threading import Event
from typing import Final

from contract.clock import US_PER_S, Clock, SystemClock
from drivers.cameras.address import CameraAddress
from drivers.cameras.calling import Call, chunks
from drivers.cameras.heard import Heard, Reader, Shown, records_told
from drivers.cameras.settings import HttpOptions
from drivers.cameras.telling import Telling
from drivers.cameras.units import Units
from drivers.dialled import DialledDriver
from drivers.digest import Nonces
from drivers.http.callers import Caller, Callers
from drivers.http.requests import Reply, Request, Room
from drivers.http.talk import IDLE_S, HttpTalk, Taken
from drivers.port import CommandFailed, DeviceLost, Finding, Sink
from drivers.talk import Said, Step
from drivers.told import Told
from drivers.transports import Address
from drivers.transports.hall import check_hosts

ALIVE_US: Final = US_PER_S // 2
NONCE_KEY_BYTES: Final = 32
RECORDS_MAX: Final = 256
"""In one pushed body."""


class StreamDriver:
    """See `drivers.port.Driver`. It is up when the camera has answered with a stream."""

    def __init__(self, call: Call, reader: Reader, options: HttpOptions, clock: Clock | None = None) -> None:
        self._call = call
        self._reader = reader
        self._wait_us = round(options.picture_wait_s * US_PER_S)
        self._clock = clock or SystemClock()
        self.told = records_told()

    def __repr__(self) -> str:
        return f"<stream of {self._call.address!r}>"

    def run(self, sink: Sink, stop: Event) -> None:
        """See `Driver.run`."""
        units, telling = Units(), Telling(sink, self._reader, self.told, self._wait_us)
        up = False

        def idle() -> None:
            telling.idle(self._clock.mono_us())
            if up:
                sink.alive()

        alive_us = 0
        try:
            for data in chunks(self._call, self._clock, stop, idle):
                if not up:
                    up = True
                    sink.up()
                mono_us = self._clock.mono_us()
                for item in units.push(data):
                    telling.take(item, mono_us)
                telling.idle(mono_us)
                if mono_us - alive_us >= ALIVE_US:
                    alive_us = mono_us
                    sink.alive()
        except DeviceLost:
            for item in units.push(b"", end=True):
                telling.take(item, self._clock.mono_us())
            telling.flush(self._clock.mono_us())
            raise

    def act(self, action: str, args: Mapping[str, str]) -> None:  # noqa: ARG002 - the port's signature
        """Raises CommandFailed: there is nothing to do at such a device."""
        raise CommandFailed(f"this camera cannot {action[:40]!r}")


class Pushed:
    """What the bodies that cameras push mean. What they say is `taken` once it is in the log."""

    def __init__(self, reader: Reader, told: Told, clock: Clock, reply: Reply) -> None:
        self._reader = reader
        self._told = told
        self._clock = clock
        self._reply = reply
        self._keys: list[str] = []

    def meaning(self, request: Request, caller: Caller, _now_us: int) -> Taken:
        """See `drivers.http.talk.Meaning`."""
        shown, heard, reasons = Shown(), list[Heard](), list[str]()
        units = Units()
        for unit in (*units.push(request.body), *units.push(b"", end=True)):
            if isinstance(unit, Finding):
                reasons.append(unit.reason)
            elif unit.kind == "picture":
                shown.add(unit.data)
            elif len(heard) < RECORDS_MAX:
                items = self._reader.heard(unit)
                reasons += [one.reason for one in items if isinstance(one, Finding)]
                heard += [one for one in items if isinstance(one, Heard)]
        reasons += ["bad_picture"] * shown.bad
        mono_us = self._clock.mono_us()
        whose = caller.device or caller.path  # two cameras may name two passages alike
        named = [one._replace(key=f"{whose}|{one.key}" if one.key else "") for one in heard]
        fresh = [one for one in named if not self._told.is_again(one.key, mono_us)]
        self._keys += [one.key for one in fresh]
        return Taken(tuple(_with_picture(fresh, shown)), tuple(reasons), self._reply)

    def taken(self) -> None:
        """All that was said is in the log."""
        keys, self._keys = self._keys, []
        for key in keys:
            self._told.taken(key, self._clock.mono_us())

    def lost(self) -> None:
        """Nothing of it is: it will be said again."""
        self._keys = []


def _with_picture(heard: list[Heard], shown: Shown) -> Iterator[Said]:
    """What is said, the first that waits for a picture with the body's."""
    best = shown.best
    for one in heard:
        if one.pictures and best is not None:
            yield one.said._replace(picture=best)
            best = None
        else:
            yield one.said


class PushTalk:
    """One connection. See `drivers.talk.Talk`."""

    def __init__(self, talk: HttpTalk, pushed: Pushed) -> None:
        self._talk = talk
        self._pushed = pushed

    def hear(self, data: bytes, now_us: int, *, end: bool = False) -> Iterator[Step]:
        """See `Talk.hear`."""
        self._pushed.lost()
        for step in self._talk.hear(data, now_us, end=end):
            yield step
            self._pushed.taken()


def pushed_driver(
    address: Address,
    reader: Reader,
    options: HttpOptions,
    reply: Reply,
    clock: Clock | None = None,
) -> DialledDriver:
    """The driver of cameras that call this machine. Raises ValueError for hosts that are none."""
    check_hosts(options.hosts)
    pushed = Pushed(reader, records_told(), clock or SystemClock(), reply)
    callers, room = Callers(options.callers, Nonces(secrets.token_bytes(NONCE_KEY_BYTES))), Room()
    return DialledDriver(
        address,
        lambda: PushTalk(HttpTalk(callers, pushed.meaning, room), pushed),
        devices=[one.device for one in options.callers] or [None],
        hosts=options.hosts,
        silent_s=options.silent_s,
        idle_s=IDLE_S,
        clock=clock,
    )


def called_driver(address: CameraAddress, target: str, reader: Reader, options: HttpOptions, clock: Clock | None) -> StreamDriver:
    """The driver of a camera that is called."""
    call = Call(address, target, options.auth, options.verify_tls, options.open_s, options.silent_s)
    return StreamDriver(call, reader, options, clock)
