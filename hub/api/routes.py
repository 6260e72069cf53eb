"""What the routes share: the backend, how an answer of the worker is waited for, and which errors the document names."""

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import Connection
from starlette.requests import HTTPConnection

from hub.accounts.sessions import Later
from hub.api.errors import MEDIA_TYPE, ApiError, Refused
from hub.api.models import Problem
from hub.api.ports import Backend
from hub.cases.types import Refusal
from hub.ingest.ports import Write
from hub.store.read import PAGE_ROWS_MAX

ANSWER_S = 10.0


def backend_of(connection: HTTPConnection) -> Backend:
    """What the application was built on."""
    found: Backend = connection.app.state.backend
    return found


Behind = Annotated[Backend, Depends(backend_of)]
Limit = Annotated[int, Query(ge=1, le=PAGE_ROWS_MAX, description="How many at most")]
Offset = Annotated[int, Query(ge=0, le=100_000, description="How many to leave out at the beginning")]
TimeQuery = Annotated[str | None, Query(description="RFC 3339 with an offset", examples=["2026-01-01T08:00:00+08:00"])]


def answer(future: "Future[Any]", limit_s: float = ANSWER_S) -> Any:
    """The future's result. Raises what it failed with, or ApiError when there is none in time."""
    try:
        return future.result(limit_s)
    except FutureTimeoutError as error:
        raise ApiError("no_answer_yet") from error


def commit(backend: Backend, run: Callable[[Connection], Any]) -> Any:
    """What `run` answers, once what it wrote is committed. Raises ApiError, Unavailable."""
    return answer(backend.worker.ask(Write(run)))


def later(backend: Backend) -> Later:
    """Has something written some time soon; nobody waits for it."""
    return lambda run: backend.worker.ask(Write(run))


def allowed(found: Any) -> Any:
    """What was asked for. Raises Refused where it is a Refusal."""
    if isinstance(found, Refusal):
        raise Refused(found.reason, found.message)
    return found


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these errors; the ones of every route are always among them."""
    names = {
        401: "not signed in",
        403: "not for this role",
        404: "there is no such thing",
        409: "it does not fit what is there now",
        410: "it is gone",
        413: "too large",
        416: "the range begins behind the end",
        422: "the request is wrong",
        429: "too many",
        501: "a part of the program is not installed",
        502: "the receiver refused",
        503: "the hub or its database cannot do it now",
        504: "the agent did not answer",
        507: "no room",
    }
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": names[status], "model": Problem, "content": content}
        for status in sorted({401, 403, 422, 429, 503, *statuses})
    }
