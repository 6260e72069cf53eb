"""Signing in at the organisation's own provider, where the settings name one."""

import logging
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection
from starlette.responses import HTMLResponse, RedirectResponse

from hub.accounts import acts, register
from hub.accounts.oidc_types import PENDING_S, NotAdmitted, ProviderFailed, ProviderPort
from hub.api.accounts import set_session_cookie
from hub.api.errors import ApiError
from hub.api.gatekeeper import host_of, is_secure
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, allowed, commit, problems
from hub.cases.types import Refusal

router = APIRouter(prefix="/oidc", tags=["accounts"])
KEEPSAKE = "watchkeeper-oidc"
_HOME = "/console/"
_PAGE = (
    f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={_HOME}"><title>值守 Watchkeeper</title>'
    f'<a href="{_HOME}">值守 Watchkeeper</a>'
)
"""The session's cookie is not sent along a way that began at another site: a page of the hub's own has to go on from here."""
_log = logging.getLogger(__name__)


@router.get(
    "/begin", summary="Go to the provider to sign in", response_class=Response, responses=problems(404, 502), status_code=302
)
def begin_oidc(backend: Behind, request: Request) -> Response:
    """For a browser. 404 `oidc_off`: the settings name no provider."""
    provider = _provider(backend)
    try:
        journey = provider.begin(backend.clock.now_us())
    except ProviderFailed as error:
        raise _failed(error) from error
    reply = RedirectResponse(journey.url, status_code=302)
    # not Strict: the browser comes back from another site
    reply.set_cookie(
        KEEPSAKE, journey.keepsake, PENDING_S, path="/oidc", secure=is_secure(request.scope), httponly=True, samesite="lax"
    )
    return reply


@router.get("/callback", summary="Come back from the provider", response_class=Response, responses=problems(404, 502))
def finish_oidc(
    backend: Behind,
    request: Request,
    state: Annotated[str, Plain, Query(max_length=200)] = "",
    code: Annotated[str, Plain, Query(max_length=4_000)] = "",
) -> Response:
    """Sets the session's cookie. The first time it makes the account; each time its role is what the provider says.
    A name that an account here has already is refused."""
    provider, accounts, now_us = _provider(backend), backend.accounts, backend.clock.now_us()
    try:
        person = provider.finish(state, request.cookies.get(KEEPSAKE, ""), code, now_us)
    except NotAdmitted as error:
        accounts.counters["sign_ins_wrong"] += 1
        _log.warning("sign_in_wrong", extra={"reason": error.reason, "host": host_of(request.scope)})
        raise ApiError(error.reason) from error
    except ProviderFailed as error:
        raise _failed(error) from error
    label = request.headers.get("user-agent", "")

    def begin(connection: Connection) -> register.Begun | Refusal:
        done = register.sign_in_person(connection, backend.site, person, label, accounts.settings, now_us)
        acts.signed_in(connection, backend.site, done, host_of(request.scope), "oidc", now_us)
        return done

    begun: register.Begun = allowed(commit(backend, begin))
    accounts.sessions.forget()
    accounts.counters["sign_ins"] += 1
    _log.info("signed_in", extra={"account": begun.session.account, "session": begun.session.session, "by": "oidc"})
    reply = HTMLResponse(_PAGE)
    reply.delete_cookie(KEEPSAKE, path="/oidc", secure=is_secure(request.scope), httponly=True, samesite="lax")
    set_session_cookie(reply, request, begun, now_us)
    return reply


def _provider(backend: Backend) -> ProviderPort:
    if backend.provider is None:
        raise ApiError("oidc_off")
    return backend.provider


def _failed(error: ProviderFailed) -> ApiError:
    _log.error("oidc_failed", extra={"detail": str(error)})
    return ApiError("oidc_failed")
