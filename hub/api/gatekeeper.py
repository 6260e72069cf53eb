"""Who asks, and whether they may: asked before anything else of the application runs, and driven by the table of permissions.

A route that the table does not have answers as if there were none.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Annotated, Any, NamedTuple

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.accounts.permissions import LIVE, PERMISSIONS, PHONE_NAME, ROLE_NAMES, may, may_by_phone
from hub.accounts.secrets import digest_of
from hub.accounts.throttle import address_key
from hub.accounts.types import Identity
from hub.api.errors import ApiError, problem
from hub.api.guard import same_origin
from hub.api.ports import Backend
from hub.store.phone_rows import TokenEnded

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
COOKIE, SECURE_COOKIE = "watchkeeper", "__Host-watchkeeper"
"""`__Host-` promises that no other host and no plain HTTP has set it; browsers take it under TLS alone."""


class Known(NamedTuple):
    """A route that the application has."""

    pattern: re.Pattern[str]
    methods: frozenset[str]
    template: str


class Refusing(Exception):
    """The request is refused, by a row of errors.REASONS."""

    def __init__(self, reason: str, **words: object) -> None:
        super().__init__(reason)
        self.reason, self.words = reason, words


def known_routes(routes: Iterable[BaseRoute]) -> tuple[Known, ...]:
    """The routes in the order in which the application asks them."""
    found = []
    for route in routes:
        if isinstance(route, Mount):
            found.append(Known(route.path_regex, frozenset(("GET", "HEAD")), route.path))
        elif isinstance(route, Route):
            found.append(Known(route.path_regex, frozenset(route.methods or ()), route.path))
        elif isinstance(route, WebSocketRoute):
            found.append(Known(route.path_regex, frozenset((LIVE,)), route.path))
        # what an application nests is given one by one
    return tuple(found)


class Gatekeeper:
    """ASGI middleware: see the module. `routes`: all that the application has, in its order."""

    def __init__(self, app: ASGIApp, backend: Backend, routes: Sequence[Known]) -> None:
        self._app, self._backend, self._routes = app, backend, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through with `state.who` set, or answer why not."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            who = await self._admit(scope)
        except Refusing as refused:
            self._backend.accounts.counters[f"refused_{refused.reason}"] += 1
            await problem(refused.reason, words=refused.words)(scope, receive, send)
            return
        scope.setdefault("state", {})["who"] = who
        await self._app(scope, receive, send)

    async def _admit(self, scope: Scope) -> Identity | None:
        method = str(scope.get("method", LIVE))
        headers = Headers(scope=scope)
        try:
            who = await self._identify(scope, headers)
        except SQLAlchemyError:
            raise Refusing("database_failed") from None
        except TokenEnded as ended:
            raise Refusing("phone_ended", wipe=ended.wipe) from None
        self._check_rate(scope, who)
        template = self._template(scope["path"], method)
        scope.setdefault("state", {})["template"] = template
        asked = "GET" if method == "HEAD" else method
        roles = PERMISSIONS.get((asked, template))
        if roles is None:
            raise Refusing("not_found")
        if who is None:
            if "anyone" not in roles:
                raise Refusing("not_signed_in")
            return None
        if who.kind == "cookie" and asked not in SAFE and not same_origin(scope, headers):
            raise Refusing("wrong_origin")
        allows = may_by_phone if who.kind == "phone" else may
        if not allows(who.role, asked, template):
            zh, en = PHONE_NAME if who.kind == "phone" else ROLE_NAMES[who.role]
            raise Refusing("not_permitted", role_zh=zh, role_en=en)
        return who

    def _template(self, path: str, method: str) -> str:
        fits = [route for route in self._routes if route.pattern.match(path)]
        for route in fits:
            if method in route.methods:
                return route.template
        raise Refusing("method_not_allowed" if any(LIVE not in route.methods for route in fits) else "not_found")

    async def _identify(self, scope: Scope, headers: Headers) -> Identity | None:
        """Who a request comes from. A token that is sent but not known is nobody, whatever cookie is beside it. Raises
        TokenEnded for a phone's that has ended, or whose phone or guard the estate has no more."""
        accounts, now_us = self._backend.accounts, self._backend.clock.now_us()
        kind, token = _told(scope, headers)
        digest = digest_of(token)
        if digest is None:
            return None
        who = accounts.sessions.remembered(digest, now_us)
        if who is None:
            # a query for each made-up token: an address that has sent too many of them has to wait
            _wait(accounts.by_address.wait_s(address_key(host_of(scope)), now_us, take=False))
            who = await run_in_threadpool(accounts.sessions.find, digest, now_us)
        estate = self._backend.estate
        if who is not None and who.kind == "phone" and not (who.phone in estate.phones and who.person in estate.staff):
            raise TokenEnded(wipe=True)
        sent_as = "token" if who is not None and who.kind == "phone" else None if who is None else who.kind
        return who if sent_as == kind else None

    def _check_rate(self, scope: Scope, who: Identity | None) -> None:
        accounts, now_us = self._backend.accounts, self._backend.clock.now_us()
        if who is None:
            _wait(accounts.by_address.wait_s(address_key(host_of(scope)), now_us))
        else:
            _wait(accounts.by_account.wait_s(who.account, now_us))


def check_route(connection: HTTPConnection) -> None:
    """A dependency of every router: the route that runs is the one whose row was asked. The gatekeeper finds it by the same
    patterns, and were both ever to differ, nobody gets through. Raises ApiError."""
    if connection.scope["route"].path != connection.state.template:
        raise ApiError("not_found")


def _wait(wait_s: int) -> None:
    if wait_s:
        raise Refusing("too_many_requests", retry_s=wait_s)


def host_of(scope: Mapping[str, Any]) -> str:
    """The address of the other end."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def is_secure(scope: Mapping[str, Any]) -> bool:
    """Whether the request came under TLS."""
    return scope.get("scheme") in ("https", "wss")


def cookie_name(scope: Mapping[str, Any]) -> str:
    """What the session's cookie is called on this connection."""
    return SECURE_COOKIE if is_secure(scope) else COOKIE


def _told(scope: Mapping[str, Any], headers: Headers) -> tuple[str, str]:
    """How and by which token the request says who it is; an empty one where it does not."""
    authorization = headers.get("authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        return ("token", token.strip() if scheme.lower() == "bearer" else "")
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(cookie_name(scope))
    except CookieError:
        morsel = None
    return ("cookie", "" if morsel is None else morsel.value)


def maybe_who(connection: HTTPConnection) -> Identity | None:
    """Who asks; None for somebody who has not signed in."""
    found: Identity | None = connection.state.who
    return found


def who_acts(connection: HTTPConnection) -> Identity:
    """Who asks, on a route that nobody reaches who has not signed in."""
    who = maybe_who(connection)
    assert who is not None
    return who


Acting = Annotated[Identity, Depends(who_acts)]
MaybeActing = Annotated[Identity | None, Depends(maybe_who)]
