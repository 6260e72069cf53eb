"""A publisher that is cheaper than what it measures: MQTT 3.1.1 on a plain socket, packets made beforehand."""

import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Self

_CONNACK, _PUBLISH, _SUBACK = 2, 3, 9
_CHUNK = 64
_STALL_S = 30.0

OnPublish = Callable[[str, bytes], None]


class Stalled(RuntimeError):
    """What was sent was not answered in time: the figure would mean nothing."""


def publish_packet(topic: str, payload: bytes, packet_id: int) -> bytes:
    """A PUBLISH at QoS 1. `packet_id` is folded into 1 to 65,535."""
    name = topic.encode()
    body = struct.pack("!H", len(name)) + name + struct.pack("!H", (packet_id - 1) % 65_535 + 1) + payload
    return b"\x32" + _length(len(body)) + body


class Wire:
    """One connection. What is published to it goes to `on_publish`, at QoS 0."""

    def __init__(
        self, port: int, client_id: str, topics: Sequence[str] = (), on_publish: OnPublish = lambda _t, _p: None
    ) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._on_publish = on_publish
        self._read = b""
        self._answers: set[int] = set()
        name = client_id.encode()
        connect = b"\x00\x04MQTT\x04\x02\x00\x00" + struct.pack("!H", len(name)) + name
        self._socket.sendall(b"\x10" + _length(len(connect)) + connect)
        self.wait(lambda: _CONNACK in self._answers)
        for at, topic in enumerate(topics, 1):
            body = struct.pack("!HH", at, len(topic.encode())) + topic.encode() + b"\x00"
            self._socket.sendall(b"\x82" + _length(len(body)) + body)
            self._answers.discard(_SUBACK)
            self.wait(lambda: _SUBACK in self._answers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def fileno(self) -> int:
        """For select."""
        return self._socket.fileno()

    def send(self, packets: Sequence[bytes]) -> None:
        """Write whole packets."""
        self._socket.sendall(b"".join(packets))

    def turn(self, timeout_s: float, also: Sequence[int] = ()) -> None:
        """Wait for something to read here, or on one of the file descriptors `also`, and take in what is here."""
        readable, _, _ = select.select([self.fileno(), *also], [], [], timeout_s)
        if self.fileno() in readable:
            data = self._socket.recv(1 << 18)
            if not data:
                raise Stalled("the broker has closed the connection")
            self._take(self._read + data)

    def wait(self, done: Callable[[], bool], timeout_s: float = _STALL_S) -> None:
        """Read until `done()`. Raises Stalled."""
        until = time.monotonic() + timeout_s
        while not done():
            if time.monotonic() > until:
                raise Stalled(f"no answer within {timeout_s:.0f} s")
            self.turn(0.2)

    def _take(self, data: bytes) -> None:
        at, end = 0, len(data)
        while end - at >= 2:
            length, body = 0, at + 1
            for shift in range(0, 28, 7):
                if body >= end:
                    break
                byte = data[body]
                body += 1
                length |= (byte & 127) << shift
                if byte < 128:
                    break
            if body + length > end:
                break
            self._packet(data[at], data[body : body + length])
            at = body + length
        self._read = data[at:]

    def _packet(self, first: int, body: bytes) -> None:
        sort = first >> 4
        if sort == _PUBLISH:
            (size,) = struct.unpack_from("!H", body)
            self._on_publish(body[2 : 2 + size].decode(), body[2 + size :])
        else:
            self._answers.add(sort)


def feed(wire: Wire, packets: Sequence[bytes], done: Callable[[], int], *, window: int, also: int | None = None) -> float:
    """Send all packets, never more than `window` that are not done with, and return the seconds until all are done.

    done: how many are done with; called after each read. also: another file descriptor that tells of progress.
    Raises Stalled.
    """
    began = progress = time.monotonic()
    sent = finished = 0
    others = () if also is None else (also,)
    while finished < len(packets):
        room = min(len(packets) - sent, window - (sent - finished), _CHUNK)
        if room > 0:
            wire.send(packets[sent : sent + room])
            sent += room
        wire.turn(0.0 if room > 0 else 0.2, others)
        before, finished = finished, done()
        now = time.monotonic()
        if finished > before:
            progress = now
        elif now - progress > _STALL_S:
            raise Stalled(f"{finished} of {len(packets)} were done when nothing came for {_STALL_S:.0f} s")
    return time.monotonic() - began


def pace(wire: Wire, packets: Sequence[bytes], rate: float, on_sent: Callable[[int, float], None]) -> None:
    """Send the packets one by one at `rate` a second; `on_sent` gets each one's index and the time just before it went."""
    began = time.monotonic()
    for at, packet in enumerate(packets):
        due = began + at / rate
        while (left := due - time.monotonic()) > 0:
            wire.turn(left)
        on_sent(at, time.monotonic())
        wire.send((packet,))


def _length(size: int) -> bytes:
    out = bytearray()
    while True:
        size, low = divmod(size, 128)
        out.append(low | (128 if size else 0))
        if not size:
            return bytes(out)
