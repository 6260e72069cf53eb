"""Keeps other sites' pages out, and tells browsers what they may do with an answer.

A page of another site can make a browser here send requests to this machine (cross-site requests, DNS rebinding): so what writes,
or opens a live channel, must not come from a page of another origin, and without TLS the Host header must be a loopback name.
Under TLS a name that somebody pointed at this machine does not fit the certificate.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.api.errors import problem
from hub.loopback import is_loopback

_READS = frozenset(("GET", "HEAD", "OPTIONS"))
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
]
_UNLESS_SAID = [
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]
"""What a page, a picture or a script says for itself stays."""
_WEB = {"ws": "http", "wss": "https"}


class NotLoopback(ValueError):
    """A host to listen on that others could reach. The message says what to write."""


def check_host(host: str, *, tls: bool = False) -> None:
    """Raises NotLoopback unless the API may listen on `host`."""
    if not tls and not is_loopback(host):
        raise NotLoopback(
            f"without TLS the API listens on this machine alone: write 127.0.0.1 instead of {host!r}, or give http.certificate"
            " and http.key (watchkeeper tls init makes them)"
        )


def wrong_with(method: str, scope: Mapping[str, Any], headers: Headers) -> str:
    """The name of what is wrong with where a request comes from, or nothing. `method`: `WEBSOCKET` for a live channel."""
    if scope.get("scheme") not in ("https", "wss") and not is_loopback(_name(headers.get("host", ""))):
        return "wrong_host"
    if method not in _READS and "origin" in headers and not _is_own(scope, headers):
        return "wrong_origin"
    return ""


def same_origin(scope: Mapping[str, Any], headers: Headers) -> bool:
    """Whether a browser says that one of the hub's own pages asks. A request that says nothing of it is not known to be one."""
    return _is_own(scope, headers) if "origin" in headers else headers.get("sec-fetch-site") == "same-origin"


def _is_own(scope: Mapping[str, Any], headers: Headers) -> bool:
    scheme = str(scope.get("scheme"))
    own = f"{_WEB.get(scheme, scheme)}://{headers.get('host', '')}"
    return headers.get("origin", "").lower() == own.lower()


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
        wrong = wrong_with(method, scope, Headers(scope=scope))
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
            headers = list(message.get("headers", []))
            said = {name.lower() for name, _ in headers}
            message["headers"] = [*headers, *_HEADERS, *(row for row in _UNLESS_SAID if row[0] not in said)]
        await send(message)

    return sending
