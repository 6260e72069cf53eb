"""Pictures wait in a folder beside the spool until the hub has them. Over the limit the oldest goes, and is counted."""

import os
import re
import ssl
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from queue import Empty, Full, Queue
from random import Random
from threading import Lock
from typing import NamedTuple

import msgspec
import structlog

from contract.envelope import bulk_mac, picture_path
from contract.readings import SnapshotTaken
from edge.loop import Loop

MAX_PICTURE_BYTES = 1024 * 1024
MAX_PICTURES = 10_000
_NAME = re.compile(r"[0-9a-f]{32}\.jpg")

Post = Callable[[str, dict[str, str], bytes | Iterator[bytes]], int]
"""Post a body, or its pieces with its length in the headers, to a URL; the answer's status. Raises OSError when there is
none."""


class Counters(msgspec.Struct):
    """Since the start. `dropped`: for room; `rejected`: the hub does not want it; `retries`: no or no good answer."""

    kept: int = 0
    sent: int = 0
    dropped: int = 0
    rejected: int = 0
    retries: int = 0


class Pictures:
    """The folder. Safe from any thread. `token()` makes a picture's random name, 32 hex digits."""

    def __init__(self, folder: Path, bytes_max: int, token: Callable[[], str]) -> None:
        self._folder = folder
        self._bytes_max = bytes_max
        self._token = token
        self._lock = Lock()
        self._sizes: dict[str, int] = {}
        self._offered: Queue[str] = Queue(MAX_PICTURES)
        self.counters = Counters()

    def open(self) -> None:
        """Make the folder where it is not there; find what waits in it and delete what was being written at a crash."""
        self._folder.mkdir(parents=True, exist_ok=True)
        found = sorted((path.stat().st_mtime_ns, path) for path in self._folder.iterdir() if path.is_file())
        for _, path in found:
            if _NAME.fullmatch(path.name):
                self._sizes[path.stem] = path.stat().st_size
            elif path.suffix == ".part":
                path.unlink()
        with self._lock:
            self._make_room(0)
        for picture in self._sizes:
            self.offer(picture)

    def keep(self, jpeg: bytes, width: int, height: int, order: str) -> SnapshotTaken:
        """Write a picture to disk, synced; the reading that names it. Raises ValueError for what is no JPEG or too big."""
        if not jpeg.startswith(b"\xff\xd8") or len(jpeg) > MAX_PICTURE_BYTES:
            raise ValueError(f"{len(jpeg)} bytes that are no JPEG of at most {MAX_PICTURE_BYTES} bytes")
        picture = self._token()
        with self._lock:
            self._make_room(len(jpeg))
            part = self._folder / f"{picture}.part"
            with part.open("wb") as file:
                file.write(jpeg)
                file.flush()
                os.fsync(file.fileno())
            part.rename(self._path(picture))
            _sync_folder(self._folder)
            self._sizes[picture] = len(jpeg)
            self.counters.kept += 1
        return SnapshotTaken(
            picture=picture, sha256=sha256(jpeg).hexdigest(), size_bytes=len(jpeg), width=width, height=height, order=order
        )

    def offer(self, picture: str) -> None:
        """The picture may be sent. When too many wait it is found again at the next start."""
        try:
            self._offered.put_nowait(picture)
        except Full:
            self.counters.dropped += 1

    def next(self, timeout_s: float) -> str | None:
        """The next picture to send, waiting for one."""
        try:
            return self._offered.get(timeout=timeout_s)
        except Empty:
            return None

    def read(self, picture: str) -> bytes | None:
        """The JPEG, or None when it had to go."""
        try:
            return self._path(picture).read_bytes()
        except FileNotFoundError:
            return None

    def forget(self, picture: str) -> None:
        """Delete a picture that is sent or not wanted."""
        with self._lock:
            self._sizes.pop(picture, None)
            self._path(picture).unlink(missing_ok=True)

    def age_us(self, picture: str, now_us: int) -> int:
        """How long ago the picture was written; 0 when it had to go, and by a clock that was wrong then."""
        try:
            return max(0, now_us - self._path(picture).stat().st_mtime_ns // 1000)
        except FileNotFoundError:
            return 0

    def waiting(self) -> tuple[int, int]:
        """How many pictures wait, and their bytes."""
        with self._lock:
            return len(self._sizes), sum(self._sizes.values())

    def _make_room(self, size: int) -> None:
        """Drop the oldest until `size` bytes more fit."""
        while self._sizes and (sum(self._sizes.values()) + size > self._bytes_max or len(self._sizes) >= MAX_PICTURES):
            oldest = next(iter(self._sizes))
            del self._sizes[oldest]
            self._path(oldest).unlink(missing_ok=True)
            self.counters.dropped += 1

    def _path(self, picture: str) -> Path:
        return self._folder / f"{picture}.jpg"


class Destination(NamedTuple):
    """The hub's address and who speaks."""

    hub_url: str
    site: str
    agent: str
    key: bytes


class Patience(NamedTuple):
    """How long to wait after a first failure and at most, and how old a picture gets that the hub refuses for now."""

    first_s: float
    max_s: float
    age_us_max: int


class Uploader(Loop):
    """A thread that sends what waits, in turn. What fails goes to the end of the row and is tried again, after a pause that is
    longer with each failure until a picture is sent. There is no giving up without an answer, at a server's error, or while the
    hub does not know the picture's reading (409); the folder's limit bounds them. Other refusals are tried again up to an age;
    one of the picture itself deletes it."""

    def __init__(
        self, pictures: Pictures, to: Destination, post: Post, random: Random, *, patience: Patience, now_us: Callable[[], int]
    ) -> None:
        super().__init__("pictures")
        self._pictures = pictures
        self._to = to
        self._post = post
        self._random = random
        self._patience = patience
        self._now_us = now_us
        self._log = structlog.get_logger("edge.pictures")

    def _loop(self) -> None:
        pause_s = self._patience.first_s
        while not self._stop.is_set():
            picture = self._pictures.next(0.5)
            if picture is None:
                continue
            if self._send(picture):
                pause_s = self._patience.first_s
                continue
            self._pictures.counters.retries += 1
            self._pictures.offer(picture)
            self._stop.wait(pause_s * (0.5 + 0.5 * self._random.random()))
            pause_s = min(self._patience.max_s, 2 * pause_s)

    def _send(self, picture: str) -> bool:
        """Whether the picture is done with."""
        body = self._pictures.read(picture)
        if body is None:
            return True
        path = picture_path(self._to.agent, picture)
        headers = {
            "Content-Type": "image/jpeg",
            "X-Watchkeeper-Site": self._to.site,
            "X-Watchkeeper-Mac": bulk_mac(self._to.key, path, body),
        }
        try:
            status = self._post(self._to.hub_url + path, headers, body)
        except OSError as error:
            self._log.warning("picture_unsent", picture=picture, error=str(error)[:200])
            return False
        if 200 <= status < 300:
            self._pictures.counters.sent += 1
        elif status in _UNWANTED or (self._is_refused(status) and self._is_old(picture)):
            self._pictures.counters.rejected += 1
            self._log.error("picture_rejected", picture=picture, status=status)
        else:
            self._log.warning("picture_unsent", picture=picture, status=status)
            return False
        self._pictures.forget(picture)
        return True

    def _is_refused(self, status: int) -> bool:
        return 400 <= status < 500 and status != _UNPROMISED

    def _is_old(self, picture: str) -> bool:
        return self._pictures.age_us(picture, self._now_us()) > self._patience.age_us_max


_UNWANTED = frozenset((413, 422))
"""The picture itself is refused: it will be no smaller or sounder the next time."""
_UNPROMISED = 409
"""The hub has not got the picture's reading yet, which waits in the log as the picture does here."""


def http_post(url: str, headers: dict[str, str], body: bytes | Iterator[bytes], ca_file: Path | None = None) -> int:
    """Post by HTTP, following no redirect, with at most 15 s between two steps; the status. A body that comes in pieces has its
    length in the headers. `ca_file`: whom to trust, for https, where it is no authority
    of the system's. Raises OSError when there is no answer."""
    import httpx  # an agent without cameras need not load it

    verify = True if ca_file is None else ssl.create_default_context(cafile=ca_file)
    try:
        return httpx.post(
            url, headers=headers, content=body, timeout=15.0, follow_redirects=False, trust_env=False, verify=verify
        ).status_code
    except httpx.HTTPError as error:
        raise OSError(f"{type(error).__name__}: {error}") from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
