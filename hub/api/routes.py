"""What the routes share: the backend, how an answer of the worker is waited for, and which errors the document names."""

from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Annotated, Any

from fastapi import Depends, Query
from starlette.requests import HTTPConnection

from hub.api.errors import MEDIA_TYPE, ApiError
from hub.api.models import Problem
from hub.api.ports import Backend
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


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these errors; 422 and 503 are always among them."""
    names = {
        403: "not allowed",
        404: "there is no such thing",
        409: "it does not fit what is there now",
        410: "it is gone",
        413: "too large",
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
        status: {"description": names[status], "model": Problem, "content": content} for status in sorted({422, 503, *statuses})
    }
