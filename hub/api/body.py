"""No request makes the hub hold more than a little of its body: what is too long is refused while it is read."""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.access.sheet import BYTES_MAX as PERMITS_BYTES_MAX
from hub.api.errors import problem

BODY_BYTES_MAX = 64 * 1024
LONG_BYTES_MAX = 512 * 1024
_LONG = frozenset(("/scans",))
"""What phones bring after a night without a network."""
_ESTATE = re.compile(r"/estate(?:/check|/import)?")
ESTATE_BYTES_MAX = 4 * 1024 * 1024
_DRAWING = re.compile(r"/estate/drawings/[^/]+")
DRAWING_BYTES_MAX = 8 * 1024 * 1024
_PERMITS = "/access/import"
_OWN_LIMIT = re.compile(r"/agents/[^/]+/(pictures/[^/]+|live/[^/]+/[^/]+|footage/[^/]+)|/phone/media/[^/]+")
"""Pictures, footage, and pieces of what phones upload: their route reads the body itself, up to its own limit."""


class BodyLimit:
    """ASGI middleware: reads a request's body, up to the limit, before the application sees the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer 413."""
        if scope["type"] != "http" or _OWN_LIMIT.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        limit = _limit(scope["path"])
        told = Headers(scope=scope).get("content-length", "")
        body = None if told.isdecimal() and len(told) > len(str(limit)) else await _read(receive, limit)
        if body is None:
            await problem("too_large", words={"limit": limit})(scope, receive, send)
        else:
            await self._app(scope, _first(body, receive), send)


def _limit(path: str) -> int:
    if path in _LONG:
        return LONG_BYTES_MAX
    if _DRAWING.fullmatch(path):
        return DRAWING_BYTES_MAX
    if path == _PERMITS:
        return PERMITS_BYTES_MAX
    return ESTATE_BYTES_MAX if _ESTATE.fullmatch(path) else BODY_BYTES_MAX


async def _read(receive: Receive, limit: int) -> Message | None:
    """The whole body in one message, or the news that the client went; None when there is too much of it."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return message
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return {"type": "http.request", "body": bytes(body), "more_body": False}


def _first(message: Message, then: Receive) -> Receive:
    waiting = [message]

    async def receiving() -> Message:
        return waiting.pop() if waiting else await then()

    return receiving
