"""Byte ranges of a reply (RFC 9110, 14): one of them, or the whole."""

import re
from typing import NamedTuple

from fastapi import Response

from hub.api.errors import problem

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


def ranged(data: bytes, header: str, media_type: str) -> Response:
    """200, 206 or 416, for one person and not to be kept."""
    headers = {"Cache-Control": "private, no-store", "Accept-Ranges": "bytes"}
    try:
        span = span_of(header, len(data))
    except Unsatisfiable:
        refusal = problem("range_not_satisfiable", words={"size": len(data)})
        refusal.headers["Content-Range"] = f"bytes */{len(data)}"
        return refusal
    if span is None:
        return Response(data, media_type=media_type, headers=headers)
    headers["Content-Range"] = f"bytes {span.first}-{span.last}/{len(data)}"
    return Response(data[span.first : span.last + 1], 206, headers, media_type)
