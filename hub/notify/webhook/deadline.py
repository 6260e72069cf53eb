"""One deadline over a whole exchange. The client's own limits are for each read, and a receiver that sends a byte at a time beats
them."""

import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

from contract.clock import US_PER_S, Clock


class Deadline:
    """When the exchange that is under way must have ended."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until_us = 0

    def start(self, limit_s: float) -> None:
        """The time counts from now."""
        self._until_us = self._clock.mono_us() + int(limit_s * US_PER_S)

    def shorten(self, timeout_s: float | None, late: Callable[[str], Exception]) -> float:
        """What is left of the time, or `timeout_s` where that is less. Raises `late` when nothing is left."""
        left_s = (self._until_us - self._clock.mono_us()) / US_PER_S
        if left_s <= 0:
            raise late("the exchange took too long")
        return left_s if timeout_s is None else min(timeout_s, left_s)


class DeadlineTransport(httpx.HTTPTransport):
    """HTTP whose every read and write ends at the deadline. For one request at a time."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__(trust_env=False)
        self._pool.close()  # httpx has no other way to a network backend of one's own
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=_Backend(deadline)
        )


class _Backend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._below = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        timeout = self._deadline.shorten(timeout, httpcore.ConnectTimeout)
        return _Stream(self._below.connect_tcp(host, port, timeout, local_address, socket_options), self._deadline)


class _Stream(httpcore.NetworkStream):
    def __init__(self, below: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._below = below
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._below.read(max_bytes, self._deadline.shorten(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._below.write(buffer, self._deadline.shorten(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._below.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        timeout = self._deadline.shorten(timeout, httpcore.ConnectTimeout)
        return _Stream(self._below.start_tls(ssl_context, server_hostname, timeout), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._below.get_extra_info(info)
