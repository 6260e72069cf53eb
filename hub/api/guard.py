"""Keeps other machines and other sites' pages out, as long as there is no sign-in.

A page of another site can make a browser here send requests to this machine (cross-site requests, DNS rebinding): so the Host
header must be a loopback name, and what writes, or opens a live channel, must not come from a page of another origin.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.api.errors import problem

_READS = frozenset(("GET", "HEAD", "OPTIONS"))
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class NotLoopback(ValueError):
    """A host to listen on that others could reach. The message says what to write."""


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address without a port, is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_host(host: str) -> None:
    """Raises NotLoopback unless the API may listen on `host`."""
    if not is_loopback(host):
        raise NotLoopback(
            f"there is no sign-in yet, so the API listens on this machine alone: write 127.0.0.1 instead of {host!r}"
        )


def wrong_with(method: str, headers: Headers) -> str:
    """The name of what is wrong with where a request comes from, or nothing. `method`: `WEBSOCKET` for a live channel."""
    host = headers.get("host", "")
    if not is_loopback(_name(host)):
        return "wrong_host"
    origin = headers.get("origin")
    if method not in _READS and origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return "wrong_origin"
    return ""


class Guard:
    """ASGI middleware: see the module."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        method = scope.get("method", "WEBSOCKET")
        wrong = wrong_with(method, Headers(scope=scope))
        if not wrong:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": wrong})
        else:
            await problem(wrong)(scope, receive, send)


def _name(host: str) -> str:
    """The host without its port; nothing for what is no host."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *_HEADERS]
        await send(message)

    return sending
