"""Bytes of one connection become HTTP requests, and answers become bytes. Sans-IO, on h11.

Limits: HEAD_BYTES_MAX of a request's head, BODY_BYTES_MAX of its body, REQUEST_US from its first byte to its last, and `Room` for
the bodies of all connections together. What breaks HTTP ends the connection: nobody knows where the next request would begin.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import h11

from contract.clock import US_PER_S
from drivers.port import MAX_EXAMPLE_BYTES

HEAD_BYTES_MAX: Final = 16 * 1024
BODY_BYTES_MAX: Final = 8 * 1024 * 1024
ROOM_BYTES: Final = 32 * 1024 * 1024
REQUEST_US: Final = 60 * US_PER_S
"""A camera on a mobile link takes its time. Whoever sends a byte now and then does not get longer."""

_BLANK: Final = re.compile(rb"\r?\n\r?\n")
_SERVER: Final = (b"Server", b"watchkeeper")
_REASONS: Final = {400: "bad_http", 413: "too_long", 431: "head_too_long", 501: "bad_http", 408: "slow", 503: "no_room"}


class Room:
    """Bytes that the bodies of all connections may take together. Belongs to one thread."""

    def __init__(self, total: int = ROOM_BYTES) -> None:
        self._left = total

    def take(self, count: int) -> bool:
        """Whether there is room for so many more; they are taken then."""
        if count > self._left:
            return False
        self._left -= count
        return True

    def give(self, count: int) -> None:
        """Give back."""
        self._left += count


class Request(NamedTuple):
    """One whole request. `path` is without the query, as sent. Headers have names in small letters."""

    method: str = "POST"
    path: str = "/"
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    offset: int = 0
    start: bytes = b""
    """The first bytes as they came, for a finding."""

    def header(self, name: str) -> str:
        """The first header of this name; empty where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def target(self) -> str:
        """Path and query, as sent."""
        return f"{self.path}?{self.query}" if self.query else self.path


class Bad(NamedTuple):
    """What is no request, or one too big. Nothing more comes of the connection. `answer`: what is sent before it is ended."""

    reason: str
    offset: int
    start: bytes
    answer: bytes = b""


class Reply(NamedTuple):
    """An answer. `headers` besides those for type and length."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Requests:
    """One connection. `hear` gives each request; `answered` must be called for it before the next one is asked for."""

    def __init__(self, room: Room | None = None) -> None:
        self._room = room or Room()
        self._conn = _connection()
        self._head: h11.Request | None = None
        self._body = bytearray()  # in one piece, as somebody may send it byte by byte, and each would cost forty
        self._held = 0
        self._fed = 0
        self._offset = 0
        self._start = b""
        self._begun_us: int | None = None
        self._over = False

    def hear(self, data: bytes, now_us: int, *, end: bool = False) -> Iterator[Request | Bad | bytes]:
        """Requests and damage in `data`, and bytes to send at once, for who waits to be told to go on."""
        if self._over:
            return
        if data:
            self._fed += len(data)
            if self._begun_us is not None:
                self._start += data[: MAX_EXAMPLE_BYTES - len(self._start)]
            self._feed(data)
            yield from self._events(now_us)
        if end and not self._over and self._begun_us is not None:
            yield self._bad(408, "truncated")
        if end:
            self._forget()

    def answered(self, reply: Reply) -> tuple[bytes, bool]:
        """The bytes of the answer to the last request, and whether the connection is to be ended after it."""
        headers = [(b"Content-Type", reply.content_type.encode()), (b"Content-Length", b"%d" % len(reply.body)), _SERVER]
        headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
        head = self._conn.send(h11.Response(status_code=reply.status, headers=headers)) or b""
        is_head = self._head is not None and self._head.method == b"HEAD"
        body = (self._conn.send(h11.Data(data=reply.body)) or b"") if reply.body and not is_head else b""
        body += self._conn.send(h11.EndOfMessage()) or b""
        self._forget()
        if self._conn.our_state is h11.DONE and self._conn.their_state is h11.DONE:
            rest = self._conn.trailing_data[0]
            self._conn = _connection()
            self._feed(rest)
        else:
            self._over = True
        return head + body, self._over

    def _feed(self, data: bytes) -> None:
        """Give bytes to the parser. Empty lines between two requests, as old clients leave them, are passed over."""
        fresh = self._begun_us is None and not self._conn.trailing_data[0]
        kept = data.lstrip(b"\r\n") if fresh else data
        if kept:
            self._conn.receive_data(kept)

    def _events(self, now_us: int) -> Iterator[Request | Bad | bytes]:
        while not self._over:
            self._begin(now_us)
            if self._begun_us is not None and now_us - self._begun_us > REQUEST_US:
                yield self._bad(408)
                return
            try:
                event = self._conn.next_event()
            except h11.RemoteProtocolError as error:
                yield self._bad(error.error_status_hint)
                return
            if event is h11.NEED_DATA:
                if self._conn.they_are_waiting_for_100_continue:
                    yield self._conn.send(h11.InformationalResponse(status_code=100, headers=[])) or b""
                return
            if not isinstance(event, h11.Request | h11.Data | h11.EndOfMessage):
                self._over = True  # paused by somebody who wants another protocol, or closed
                return
            yield from self._event(event)

    def _event(self, event: h11.Request | h11.Data | h11.EndOfMessage) -> Iterator[Request | Bad]:
        if isinstance(event, h11.Request):
            self._head = event
            length = dict(event.headers).get(b"content-length", b"0")
            if int(length) > BODY_BYTES_MAX:
                yield self._bad(413)
        elif isinstance(event, h11.Data):
            size = len(event.data)
            if self._held + size > BODY_BYTES_MAX:
                yield self._bad(413)
            elif not self._room.take(size):
                yield self._bad(503)
            else:
                self._held += size
                self._body += event.data
        else:
            yield self._whole()

    def _whole(self) -> Request:
        assert self._head is not None
        path, _, query = self._head.target.decode("latin-1").partition("?")
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in self._head.headers)
        size = self._fed - len(self._conn.trailing_data[0]) - self._offset
        body = bytes(self._body)
        return Request(self._head.method.decode("latin-1"), path, query, headers, body, self._offset, self._start[:size])

    def _begin(self, now_us: int) -> None:
        """Note where and when a request begins."""
        waiting = self._conn.trailing_data[0] if self._head is None else b""
        if self._begun_us is None and waiting:
            self._offset = self._fed - len(waiting)
            self._begun_us = now_us
            self._start = waiting[:MAX_EXAMPLE_BYTES]
        if self._begun_us is not None and now_us < self._begun_us:  # the clock was set
            self._begun_us = now_us

    def _bad(self, status: int, reason: str = "") -> Bad:
        offset, start = self._offset, _example(self._start)
        answer = b""
        if self._conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers = [(b"Content-Length", b"0"), (b"Connection", b"close"), _SERVER]
            answer = self._conn.send(h11.Response(status_code=status, headers=headers)) or b""
        self._over = True
        self._forget()
        return Bad(reason or _REASONS.get(status, "bad_http"), offset, start, answer)

    def _forget(self) -> None:
        self._room.give(self._held)
        self._head, self._body, self._held, self._start, self._begun_us = None, bytearray(), 0, b"", None


def _connection() -> h11.Connection:
    return h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES_MAX)


def _example(start: bytes) -> bytes:
    """The beginning of what is bad, as far as it does not depend on how much had come by then."""
    if start[:1] < b"!":
        return start[:1]
    end = _BLANK.search(start)
    return start[: end.end()] if end else start
