"""SIP, as far as devices that report need it (RFC 3261): messages out of bytes, and answers. Sans-IO, with limits.

Over TCP a message ends where its Content-Length says, and is one datagram over UDP. A line that begins no message is noise: the
next message is found behind it."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from drivers.port import MAX_EXAMPLE_BYTES

HEAD_BYTES_MAX: Final = 8 * 1024
BODY_BYTES_MAX: Final = 64 * 1024
HEADERS_MAX: Final = 64

_START: Final = re.compile(rb"(?:([A-Z]{3,20}) (\S{1,500}) SIP/2\.0|SIP/2\.0 \d{3}[^\r\n]*)[ \t]*\r?\n")
_BLANK: Final = re.compile(rb"\r?\n\r?\n")
_USER: Final = re.compile(r"\bsips?:([^@;>\s]{1,64})@")
_SHORT: Final = {"v": "via", "f": "from", "t": "to", "i": "call-id", "l": "content-length", "c": "content-type", "m": "contact"}
_REASONS: Final = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 405: "Method Not Allowed"}


class Message(NamedTuple):
    """One request, or an answer, whose `method` is empty. Headers have long names in small letters, and values as they came."""

    method: str
    uri: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    offset: int
    start: bytes

    def header(self, name: str) -> str:
        """The first header of this name; empty where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def user(self) -> str:
        """Who sends it: the name in From; empty where there is none."""
        found = _USER.search(self.header("from"))
        return found[1] if found else ""

    @property
    def transaction(self) -> tuple[str, str, str]:
        """What a request that is sent again has again."""
        return self.header("call-id"), self.header("cseq"), self.header("via")


class Bad(NamedTuple):
    """Bytes that are no message: `not_sip`, `bad_sip` (a head that is none), `too_long`, `truncated`."""

    reason: str
    offset: int
    start: bytes


class Stream:
    """The messages of one connection, or of one datagram."""

    def __init__(self, *, datagram: bool = False) -> None:
        self._datagram = datagram
        self._pending = b""
        self._offset = 0

    def hear(self, data: bytes, *, end: bool = False) -> Iterator[Message | Bad]:
        """What `data`, with what came before, comes to."""
        self._pending += data
        while self._pending:
            found = self._next(end)
            if found is None:
                return
            used, one = found
            self._pending = self._pending[used:]
            self._offset += used
            if one is not None:
                yield one

    def _next(self, end: bool) -> tuple[int, Message | Bad | None] | None:
        """How many bytes are done with, and what they said; None: more is needed."""
        data = self._pending
        blank = len(data) - len(data.lstrip(b"\r\n\0"))
        if blank:
            return blank, None
        line = data.find(b"\n", 0, HEAD_BYTES_MAX) + 1
        start = _START.fullmatch(data, 0, line)
        if not line and len(data) < HEAD_BYTES_MAX:
            return (len(data), self._bad("not_sip", len(data))) if end else None
        if start is None:
            used = line or HEAD_BYTES_MAX
            return used, self._bad("not_sip", used)
        return self._begun(start, line, end)

    def _begun(self, start: re.Match[bytes], line: int, end: bool) -> tuple[int, Message | Bad] | None:
        data = self._pending
        blank_line = _BLANK.search(data, 0, HEAD_BYTES_MAX)
        if blank_line is None:
            if len(data) >= HEAD_BYTES_MAX:
                return line, self._bad("too_long", line)
            return (len(data), self._bad("truncated", len(data))) if end else None
        return self._whole(start, blank_line.start(), blank_line.end(), end)

    def _whole(self, start: re.Match[bytes], head_end: int, body_at: int, end: bool) -> tuple[int, Message | Bad] | None:
        data = self._pending
        headers = _headers(data[start.end() : head_end].decode("latin-1"))
        length = dict(reversed(headers or ())).get("content-length", "")
        if headers is None or (length and not (length.isascii() and length.isdigit() and len(length) < 10)):
            return body_at, self._bad("bad_sip", body_at)
        size = int(length) if length else len(data) - body_at if self._datagram else 0
        if size > BODY_BYTES_MAX:
            return body_at, self._bad("too_long", body_at)
        if len(data) < body_at + size:
            return (len(data), self._bad("truncated", len(data))) if end else None
        used = body_at + size
        method, uri = (start[1] or b"").decode(), (start[2] or b"").decode("latin-1")
        begin = data[: min(used, MAX_EXAMPLE_BYTES)]
        return used, Message(method, uri, headers, data[body_at:used], self._offset, begin)

    def _bad(self, reason: str, used: int) -> Bad:
        return Bad(reason, self._offset, self._pending[: min(used, MAX_EXAMPLE_BYTES)])


def _headers(text: str) -> tuple[tuple[str, str], ...] | None:
    headers: list[tuple[str, str]] = []
    for line in text.split("\n"):
        bare = line.rstrip("\r")
        if bare[:1] in (" ", "\t") and headers:  # goes on
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {bare.strip()}")
            continue
        name, colon, value = bare.partition(":")
        if not colon or len(headers) >= HEADERS_MAX:
            return None
        key = name.strip().lower()
        headers.append((_SHORT.get(key, key), value.strip()))
    return tuple(headers)


def answer_to(message: Message, status: int, *more: tuple[str, str], tag: str) -> bytes:
    """The answer to a request. `tag`: what our end is called in To, where it has no name there yet."""
    lines = [f"SIP/2.0 {status} {_REASONS[status]}"]
    lines += [f"Via: {value}" for key, value in message.headers if key == "via"]
    to = message.header("to")
    lines += [f"From: {message.header('from')}", f"To: {to if ';tag=' in to else f'{to};tag={tag}'}"]
    lines += [f"Call-ID: {message.header('call-id')}", f"CSeq: {message.header('cseq')}"]
    lines += [f"{name}: {value}" for name, value in more]
    lines += ["User-Agent: watchkeeper", "Content-Length: 0", "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")
