"""Pictures for people who look just now: sent at once or not at all, kept on no disk, told by no reading.

One is under way for a camera at a time. What cannot be sent soon is dropped, as the next one is newer; nothing is tried again.
"""

from collections import OrderedDict
from queue import Empty, Full, Queue
from threading import Lock
from typing import NamedTuple

import msgspec
import structlog

from contract.clock import US_PER_MS, US_PER_S, Clock
from contract.envelope import bulk_mac, live_path
from edge.loop import Loop
from edge.pictures import MAX_PICTURE_BYTES, Destination, Post

UNDER_WAY_MAX = 64
WAITING_MAX = 16
STALE_US = 10 * US_PER_S
"""How long an order counts, and how old a picture may get before it is not worth sending."""


class Counters(msgspec.Struct):
    """Since the start. `sent`; `refused`: the hub no longer wants it; `unsent`: no or no good answer; `dropped`: for room, too
    old or too big; `busy`: one of that camera was under way; `failed`: the camera had none."""

    sent: int = 0
    refused: int = 0
    unsent: int = 0
    dropped: int = 0
    busy: int = 0
    failed: int = 0


class Ordered(NamedTuple):
    """Which camera the order is for, and when it came by the monotonic clock."""

    device: str
    mono_us: int


class Shot(NamedTuple):
    """A picture on its way, taken at `mono_us` of the monotonic clock."""

    order: str
    jpeg: bytes
    mono_us: int


class LivePictures:
    """Which orders are under way, and the pictures that wait to be sent. Safe from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._ordered: OrderedDict[str, Ordered] = OrderedDict()
        self._waiting: Queue[Shot] = Queue(WAITING_MAX)
        self.counters = Counters()

    def begin(self, order: str, device: str) -> bool:
        """The order may be carried out. False while another one of its camera is under way, or too many are."""
        mono_us = self._clock.mono_us()
        with self._lock:
            for name, one in list(self._ordered.items()):
                if mono_us - one.mono_us > STALE_US:
                    del self._ordered[name]
            under_way = {one.device for one in self._ordered.values()}
            if device in under_way or len(self._ordered) >= UNDER_WAY_MAX:
                self.counters.busy += 1
                return False
            self._ordered[order] = Ordered(device, mono_us)
            return True

    def failed(self, order: str) -> None:
        """There will be no picture."""
        with self._lock:
            if self._ordered.pop(order, None) is not None:
                self.counters.failed += 1

    def take(self, order: str, jpeg: bytes) -> bool:
        """Take the picture of an order that is under way, to be sent. False for any other order."""
        with self._lock:
            if self._ordered.pop(order, None) is None:
                return False
        if len(jpeg) > MAX_PICTURE_BYTES:
            self.counters.dropped += 1
            return True
        try:
            self._waiting.put_nowait(Shot(order, jpeg, self._clock.mono_us()))
        except Full:
            self.counters.dropped += 1
        return True

    def next(self, timeout_s: float) -> Shot | None:
        """The next picture to send, waiting for one."""
        try:
            return self._waiting.get(timeout=timeout_s)
        except Empty:
            return None


class LiveUploader(Loop):
    """A thread that posts them in turn, each once. Apart from the one for stored pictures, which may be waiting for the hub."""

    def __init__(self, pictures: LivePictures, to: Destination, post: Post, clock: Clock) -> None:
        super().__init__("live-pictures")
        self._pictures, self._to, self._post, self._clock = pictures, to, post, clock
        self._log = structlog.get_logger("edge.live")

    def _loop(self) -> None:
        while not self._stop.is_set():
            shot = self._pictures.next(0.5)
            if shot is not None:
                self._send(shot)

    def _send(self, shot: Shot) -> None:
        counters = self._pictures.counters
        age_us = self._clock.mono_us() - shot.mono_us
        if age_us > STALE_US:
            counters.dropped += 1
            return
        path = live_path(self._to.agent, shot.order, age_us // US_PER_MS)
        headers = {
            "Content-Type": "image/jpeg",
            "X-Watchkeeper-Site": self._to.site,
            "X-Watchkeeper-Mac": bulk_mac(self._to.key, path, shot.jpeg),
        }
        try:
            status = self._post(self._to.hub_url + path, headers, shot.jpeg)
        except OSError as error:
            counters.unsent += 1
            self._log.warning("live_picture_unsent", error=str(error)[:200])
            return
        if 200 <= status < 300:
            counters.sent += 1
        elif 400 <= status < 500:
            counters.refused += 1
        else:
            counters.unsent += 1
