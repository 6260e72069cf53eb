"""Byte ranges of a reply (RFC 9110, 14): one of them, or the whole."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from hub.api.errors import problem

_CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class Span(NamedTuple):
    """From byte `first` to byte `last`, both included."""

    first: int
    last: int


class Unsatisfiable(ValueError):
    """The range begins behind the end."""


def span_of(header: str, size: int) -> Span | None:
    """What of `size` bytes is asked for; None: the whole, also where what is asked for is no single range, as it may be passed
    over. Raises Unsatisfiable."""
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        if int(last) == 0 or size == 0:
            raise Unsatisfiable(header)
        return Span(max(0, size - int(last)), size - 1)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable(header)
    return Span(int(first), min(int(last), size - 1) if last else size - 1)


class Giving(Response):
    """A reply, and what is to be done once it is sent, or its client has gone."""

    def __init__(self, reply: Response, done: Callable[[], None]) -> None:
        self._reply, self._done = reply, done
        super().__init__(status_code=reply.status_code)
        self.raw_headers = reply.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await self._reply(scope, receive, send)
        finally:
            self._done()


def ranged(data: bytes, header: str, media_type: str) -> Response:
    """200, 206 or 416, for one person and not to be kept."""
    try:
        span = span_of(header, len(data))
    except Unsatisfiable:
        return _unsatisfiable(len(data))
    headers = _headers(span, len(data))
    if span is None:
        return Response(data, media_type=media_type, headers=headers)
    return Response(data[span.first : span.last + 1], 206, headers, media_type)


def ranged_file(path: Path, header: str, media_type: str, name: str) -> Response:
    """The same of a file, which is read as it is sent; a browser saves it as `name`. Raises OSError."""
    size = path.stat().st_size
    try:
        span = span_of(header, size)
    except Unsatisfiable:
        return _unsatisfiable(size)
    first, last = span or Span(0, size - 1)
    headers = {
        **_headers(span, size),
        "Content-Length": str(last + 1 - first),
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return StreamingResponse(_pieces(path, first, last + 1), 200 if span is None else 206, headers, media_type)


def _pieces(path: Path, at: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(at)
        while at < end and (piece := file.read(min(_CHUNK, end - at))):
            at += len(piece)
            yield piece


def _headers(span: Span | None, size: int) -> dict[str, str]:
    headers = {"Cache-Control": "private, no-store", "Accept-Ranges": "bytes"}
    return headers if span is None else {**headers, "Content-Range": f"bytes {span.first}-{span.last}/{size}"}


def _unsatisfiable(size: int) -> Response:
    refusal = problem("range_not_satisfiable", words={"size": size})
    refusal.headers["Content-Range"] = f"bytes */{size}"
    return refusal
