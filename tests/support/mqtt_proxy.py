"""A proxy in front of the broker that does what networks do: it loses, doubles, swaps and delays messages, cuts connections,
leaves them half open, and is away altogether.

It reads MQTT's frames, so that it can lose one PUBLISH and pass on the next. Each connection has two threads, which end with it.
"""

import socket
import time
from contextlib import suppress
from random import Random
from threading import Event, Lock, Thread
from typing import NamedTuple, Self

PUBLISH = 3
TURN_S = 0.05


class Weather(NamedTuple):
    """How the network is. The first four are chances of a PUBLISH; `deaf`: bytes are taken and go nowhere, the connection stays;
    `away`: connections are cut and refused."""

    lose: float = 0.0
    double: float = 0.0
    swap: float = 0.0
    delay: float = 0.0
    delay_s: float = 0.05
    deaf: bool = False
    away: bool = False


FINE = Weather()


class MqttProxy:
    """Listens at `url` and passes on to 127.0.0.1:`port`. `weather` may be changed at any time. A context manager."""

    def __init__(self, port: int, random: Random) -> None:
        self.weather = FINE
        self.upset = 0
        self._port = port
        self._random = random
        self._end = Event()
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[Thread] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(TURN_S)
        self.url = f"mqtt://127.0.0.1:{self._server.getsockname()[1]}"
        self._spawn(self._accept)

    def cut(self) -> None:
        """End every connection, as a reset does."""
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self.cut()
        for thread in list(self._threads):
            thread.join(30)
        self._server.close()

    def _spawn(self, target, *arguments: object) -> None:
        thread = Thread(target=target, args=arguments)
        self._threads = [one for one in self._threads if one.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._end.is_set():
            try:
                near, _ = self._server.accept()
            except TimeoutError:
                continue
            try:
                if self.weather.away:
                    raise ConnectionRefusedError
                far = socket.create_connection(("127.0.0.1", self._port), timeout=5)
            except OSError:
                near.close()
                continue
            with self._lock:
                self._open |= {near, far}
            self._spawn(self._serve, near, far)

    def _serve(self, near: socket.socket, far: socket.socket) -> None:
        back = Thread(target=self._pass_on, args=(far, near))
        back.start()
        self._pass_on(near, far)
        back.join()
        with self._lock:
            self._open -= {near, far}
        near.close()
        far.close()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        pending, held = b"", b""
        source.settimeout(TURN_S)
        try:
            while not self._end.is_set() and not self.weather.away:
                if self.weather.deaf:
                    time.sleep(TURN_S)  # nothing is read: what comes waits, and the other end notices by its keep-alive at most
                    continue
                try:
                    data = source.recv(65536)
                except TimeoutError:
                    target.sendall(held)
                    held = b""
                    continue
                if not data:
                    break
                frames, pending = split(pending + data)
                for frame in frames:
                    held = self._send(target, frame, held)
        except OSError:
            pass
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _send(self, target: socket.socket, frame: bytes, held: bytes) -> bytes:
        """Send, lose, double or hold back one frame; returns what is held back until after the next."""
        weather, chance = self.weather, self._random.random
        if frame[0] >> 4 != PUBLISH:
            target.sendall(frame)
            return held
        if chance() < weather.lose:
            self.upset += 1
            return held
        if chance() < weather.delay:
            self.upset += 1
            time.sleep(weather.delay_s)
        if chance() < weather.swap and not held:
            self.upset += 1
            return frame
        copies = 2 if chance() < weather.double else 1
        self.upset += copies - 1
        target.sendall(frame * copies + held)
        return b""


def split(data: bytes) -> tuple[list[bytes], bytes]:
    """The whole MQTT frames at the front of `data`, and the rest."""
    frames = []
    at = 0
    while (end := _end_of_frame(data, at)) is not None:
        frames.append(data[at:end])
        at = end
    return frames, data[at:]


def _end_of_frame(data: bytes, at: int) -> int | None:
    length, shift = 0, 0
    for index in range(at + 1, min(at + 5, len(data))):
        length |= (data[index] & 0x7F) << shift
        shift += 7
        if not data[index] & 0x80:
            end = index + 1 + length
            return end if end <= len(data) else None
    return None
