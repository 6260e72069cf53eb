"""Segments for people who look just now: posted once to the hub over the agent's own authenticated channel, or not at all.

An order names a camera, a stream and a number; the file is found by the agent's index and opened beneath its folder. What cannot
be sent soon is dropped, as who waited has gone.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty, Full, Queue
from typing import NamedTuple, Protocol

import msgspec
import structlog

from contract.clock import US_PER_S, Clock
from contract.envelope import FOOTAGE_BYTES_MAX, BulkMac, encode, footage_path
from contract.footage import FootageNow, FootageStream, SegmentRecorded
from contract.orders import SendFootage
from edge.footage.beneath import open_beneath
from edge.footage.index import FootageFailed
from edge.footage.segments import Growing, Segment, own_path
from edge.loop import Loop
from edge.pictures import Destination, Post

WAITING_MAX = 32
THREADS = 2
STALE_US = 10 * US_PER_S
"""How old an order may get before it is not worth carrying out: the hub gives up after 8 s."""
NEWEST_US = 60 * US_PER_S
NEWEST_MAX = 8
"""What is told of the newest segments: what the hub may not have heard of yet."""
_CHUNK = 256 * 1024


class Held(Protocol):
    """The agent's index, as far as it is needed here."""

    @property
    def folder(self) -> Path:
        """Where our own files are."""
        ...

    def get(self, device: str, stream: FootageStream, no: int) -> Segment | None:
        """One segment, or None."""
        ...

    def overlapping(self, device: str, stream: FootageStream, from_us: int, to_us: int) -> list[Segment]:
        """What shows something of that time."""
        ...

    def open_file(self, segment: Segment) -> int:
        """A handle to read its file."""
        ...

    def growing(self, device: str, stream: FootageStream) -> Growing | None:
        """What is being written now."""
        ...


class Counters(msgspec.Struct):
    """Since the start. `gone`: there was no such segment, and the hub was told; `too_long`: over what may be sent; `dropped`: for
    room or too old; `refused`: the hub no longer wants it; `unsent`: no or no good answer; `unreadable`: the disk failed."""

    sent: int = 0
    sent_bytes: int = 0
    gone: int = 0
    too_long: int = 0
    dropped: int = 0
    refused: int = 0
    unsent: int = 0
    unreadable: int = 0


class _Waiting(NamedTuple):
    order: SendFootage
    mono_us: int


class FootageSender:
    """What the hub has asked for and is still to be sent. `take` returns at once, from any thread; `make` has the threads that
    send."""

    def __init__(self, held: Held, to: Destination, post: Post, clock: Clock) -> None:
        self._held, self._to, self._post, self._clock = held, to, post, clock
        self._waiting: Queue[_Waiting] = Queue(WAITING_MAX)
        self._log = structlog.get_logger("edge.footage")
        self.counters = Counters()

    def take(self, order: SendFootage) -> None:
        """An order of the hub's."""
        try:
            self._waiting.put_nowait(_Waiting(order, self._clock.mono_us()))
        except Full:
            self.counters.dropped += 1

    def loops(self) -> list[Loop]:
        """The threads that send, not started."""
        return [_Sending(self, number) for number in range(THREADS)]

    def send_next(self, timeout_s: float) -> bool:
        """Carry out the next order, waiting for one. False where there was none."""
        try:
            order, asked_us = self._waiting.get(timeout=timeout_s)
        except Empty:
            return False
        if self._clock.mono_us() - asked_us > STALE_US:
            self.counters.dropped += 1
        elif order.no == 0:
            self._tell_newest(order)
        else:
            self._send_segment(order)
        return True

    def _tell_newest(self, order: SendFootage) -> None:
        now_us = self._clock.now_us()
        try:
            found = self._held.overlapping(order.device, order.stream, now_us - NEWEST_US, now_us + NEWEST_US)[-NEWEST_MAX:]
            grows = self._held.growing(order.device, order.stream)
        except (FootageFailed, OSError) as error:
            self._unreadable(order, error)
            return
        rows: list[Segment | Growing] = [*found]
        growing = grows is not None and grows.size_bytes > 0 and all(one.no < grows.no for one in found)
        if growing and grows is not None:
            rows.append(grows)
        segments = [
            SegmentRecorded(
                no=one.no,
                start_us=one.start_us,
                end_us=one.end_us,
                size_bytes=one.size_bytes,
                stream=order.stream,
                codec=one.codec,
                init_bytes=one.init_bytes,
            )
            for one in rows
        ]
        self._deliver(order, encode(FootageNow(now_us, segments, growing)))

    def _send_segment(self, order: SendFootage) -> None:
        try:
            handle, size = self._open(order)
        except FileNotFoundError:
            handle, size = None, 0
        except (FootageFailed, OSError, ValueError) as error:
            self._unreadable(order, error)
            return
        if handle is None:
            self.counters.gone += 1
            self._deliver(order, b"")
            return
        try:
            if size > FOOTAGE_BYTES_MAX:
                self.counters.too_long += 1
                self._log.warning("footage_too_long", device=order.device, no=order.no, size_bytes=size)
                self._deliver(order, b"")
                return
            self._stream(order, handle, size)
        finally:
            os.close(handle)

    def _open(self, order: SendFootage) -> tuple[int | None, int]:
        """A handle on its file and how much of that is to be sent; None: there is no such segment."""
        segment = self._held.get(order.device, order.stream, order.no)
        if segment is not None:
            return self._held.open_file(segment), segment.size_bytes
        grows = self._held.growing(order.device, order.stream)
        if grows is None or grows.no != order.no:
            return None, 0
        return open_beneath(self._held.folder, own_path(order.device, order.stream, order.no)), grows.size_bytes

    def _stream(self, order: SendFootage, handle: int, size: int) -> None:
        """The file is read twice, once for the MAC that goes before it, so that it is never in memory whole."""
        mac = BulkMac(self._to.key, footage_path(self._to.agent, order.id))
        try:
            read = 0
            for piece in _pieces(handle, size):
                mac.update(piece)
                read += len(piece)
            if read != size:
                raise OSError(f"it has {read} bytes of {size}")
        except OSError as error:
            self._unreadable(order, error)
            return
        self._send(order, mac.text(), size, _pieces(handle, size))

    def _deliver(self, order: SendFootage, body: bytes) -> None:
        mac = BulkMac(self._to.key, footage_path(self._to.agent, order.id))
        mac.update(body)
        self._send(order, mac.text(), len(body), iter([body]))

    def _send(self, order: SendFootage, mac: str, size: int, body: Iterator[bytes]) -> None:
        path = footage_path(self._to.agent, order.id)
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(size),
            "X-Watchkeeper-Site": self._to.site,
            "X-Watchkeeper-Mac": mac,
        }
        try:
            status = self._post(self._to.hub_url + path, headers, body)
        except OSError as error:
            self.counters.unsent += 1
            self._log.warning("footage_unsent", error=str(error)[:200])
            return
        if 200 <= status < 300:
            self.counters.sent += 1
            self.counters.sent_bytes += size
        elif 400 <= status < 500:
            self.counters.refused += 1
        else:
            self.counters.unsent += 1

    def _unreadable(self, order: SendFootage, error: Exception) -> None:
        """The hub is told that it cannot be had: who looks need not wait."""
        self.counters.unreadable += 1
        self._log.error("footage_unreadable", device=order.device, stream=order.stream, no=order.no, error=str(error)[:200])
        self._deliver(order, b"")


class _Sending(Loop):
    def __init__(self, sender: FootageSender, number: int) -> None:
        super().__init__(f"footage-{number}")
        self._sender = sender

    def _loop(self) -> None:
        while not self._stop.is_set():
            self._sender.send_next(0.5)


def _pieces(handle: int, size: int) -> Iterator[bytes]:
    """The file's first `size` bytes. Raises OSError; a file that is shorter ends early."""
    at = 0
    while at < size:
        piece = os.pread(handle, min(_CHUNK, size - at), at)
        if not piece:
            return
        yield piece
        at += len(piece)
    with suppress(OSError):  # it is read once in a while, and would push what is often read out of memory
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
