"""The way to a camera that is called: one HTTP request, logged in by Digest or Basic, whose answer never ends."""

import ssl
from collections.abc import Callable, Iterable, Iterator
from threading import Event
from typing import Any, Final, Literal, NamedTuple, TypeVar

import httpcore
import httpx

from contract.clock import US_PER_S, Clock
from drivers.cameras.address import CameraAddress
from drivers.port import DeviceLost

TURN_S: Final = 0.25
"""How long one look at the wire waits: how soon `stop` is seen."""
TRY_S: Final = 0.8
T = TypeVar("T")
_HEADERS: Final = {"Accept": "multipart/*", "Accept-Encoding": "identity"}


class Call(NamedTuple):
    """What is asked of which camera. `open_s`: how long it may take to answer; `silent_s`: to be silent then; 0: for ever."""

    address: CameraAddress
    target: str
    auth: Literal["digest", "basic"] = "digest"
    verify_tls: bool = True
    open_s: float = 10.0
    silent_s: float = 60.0


class Stopped(Exception):
    """The driver was told to stop."""


def chunks(call: Call, clock: Clock, stop: Event, idle: Callable[[], None]) -> Iterator[bytes]:
    """What the camera sends, as it comes; the first piece is empty and says that it answered. `idle` is called about every TURN_S
    while nothing comes. Returns when `stop` is set. Raises DeviceLost: `refused`, `timeout`, `certificate`, `unauthorized`,
    `http_404`…, `no_stream`, `silent`, `ended`."""
    wire = _Wire(clock, stop, idle, call.open_s)
    login = (call.address.user, call.address.password)
    auth = httpx.DigestAuth(*login) if call.auth == "digest" else httpx.BasicAuth(*login)
    try:
        with (
            httpx.Client(transport=_Transport(wire, call.verify_tls), timeout=call.open_s, trust_env=False) as client,
            client.stream("GET", call.address.origin + call.target, headers=_HEADERS, auth=auth) as answer,
        ):
            _check(answer)
            wire.opened(call.silent_s)
            yield b""
            yield from answer.iter_raw()
    except Stopped:
        return
    except httpx.HTTPError as error:
        raise DeviceLost(_name(error, opened=wire.is_open)) from error
    raise DeviceLost("ended")


def _check(answer: httpx.Response) -> None:
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise DeviceLost("unauthorized")
    if answer.status_code != httpx.codes.OK:
        raise DeviceLost(f"http_{answer.status_code}")
    if not answer.headers.get("content-type", "").lower().startswith(("multipart/", "text/plain", "application/octet-stream")):
        raise DeviceLost("no_stream")


def _name(error: httpx.HTTPError, *, opened: bool) -> str:
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLError):
            return "certificate" if isinstance(below, ssl.SSLCertVerificationError) else "tls"
        below = below.__cause__ or below.__context__
    if isinstance(error, httpx.TimeoutException):
        return "silent" if opened else "timeout"
    return "ended" if opened else "refused"


class _Wire:
    """What all reads of one call share."""

    def __init__(self, clock: Clock, stop: Event, idle: Callable[[], None], open_s: float) -> None:
        self._clock = clock
        self._stop = stop
        self._idle = idle
        self._limit_s = open_s
        self.is_open = False

    def opened(self, silent_s: float) -> None:
        """The camera has answered: from now on it may be silent for so long."""
        self._limit_s, self.is_open = silent_s, True

    def connect(self, connect: Callable[[float], httpcore.NetworkStream]) -> httpcore.NetworkStream:
        """Connect, in tries that are short enough to be told to stop between them."""
        return self._patiently(connect, httpcore.ConnectTimeout, TRY_S)

    def read(self, read: Callable[[float], bytes]) -> bytes:
        """What comes next."""
        return self._patiently(read, httpcore.ReadTimeout, TURN_S)

    def _patiently(self, act: Callable[[float], T], late: type[Exception], turn_s: float) -> T:
        begun_us = self._clock.mono_us()
        while True:
            if self._stop.is_set():
                raise Stopped
            try:
                return act(turn_s)
            except late:
                if self._limit_s and self._clock.mono_us() - begun_us >= self._limit_s * US_PER_S:
                    raise
                self._idle()


class _Transport(httpx.HTTPTransport):
    """HTTP over a `_Wire`. For one request at a time."""

    def __init__(self, wire: _Wire, verify_tls: bool) -> None:
        super().__init__(trust_env=False)
        self._pool.close()  # httpx has no other way to a network backend of one's own
        trust = httpx.create_ssl_context(verify=verify_tls, trust_env=False)
        self._pool = httpcore.ConnectionPool(ssl_context=trust, network_backend=_Backend(wire))


class _Backend(httpcore.NetworkBackend):
    def __init__(self, wire: _Wire) -> None:
        self._wire = wire
        self._below = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the wire knows how long
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        connect = self._below.connect_tcp
        return _Stream(self._wire.connect(lambda turn_s: connect(host, port, turn_s, local_address, socket_options)), self._wire)


class _Stream(httpcore.NetworkStream):
    def __init__(self, below: httpcore.NetworkStream, wire: _Wire) -> None:
        self._below = below
        self._wire = wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the wire knows how long
        return self._wire.read(lambda turn_s: self._below.read(max_bytes, turn_s))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._below.write(buffer, timeout)

    def close(self) -> None:
        self._below.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._below.start_tls(ssl_context, server_hostname, timeout), self._wire)

    def get_extra_info(self, info: str) -> Any:
        return self._below.get_extra_info(info)
