"""The watch list (布控): plates that make an incident at whichever camera reads them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from contract.clock import rfc3339
from hub.api import passage_models as m
from hub.api.cursors import time_us
from hub.api.gatekeeper import Acting
from hub.api.models import Plain
from hub.api.routes import Behind, Limit, allowed, answer, problems
from hub.passages.asks import WatchEnd, WatchPut
from hub.passages.types import Watched
from hub.views import when

router = APIRouter(prefix="/watch-list", tags=["gates"])
WatchPath = Annotated[str, Plain, Path(max_length=64, description="The entry, by its name")]


@router.get("", summary="The watch list", responses=problems())
def list_watched(
    backend: Behind, *, ended: Annotated[bool, Query(description="Also what was ended")] = False, limit: Limit = 100
) -> m.WatchList:
    """The plates that are looked for, newest first. What is over by its time stays until somebody ends it."""
    return m.WatchList(watched=[_view(one) for one in backend.reads.passages.watched(all_=ended, limit=limit)])


@router.post("", summary="Look for a plate", responses=problems(409, 413), status_code=201)
def watch_plate(backend: Behind, who: Acting, asked: m.WatchRequest) -> m.WatchView:
    """By the plate's one spelling, so that a dot, small letters or full-width ones make no other plate. 422 `no_plate`,
    `until_is_over`; 409 `watched_already`, `too_many_watched`."""
    put = WatchPut(asked.plate, asked.reason, time_us(asked.until), asked.priority, who.name)
    return _view(allowed(answer(backend.worker.ask(put))))


@router.post("/{watch}/end", summary="Look for it no more", responses=problems(404, 413))
def end_watch(backend: Behind, who: Acting, watch: WatchPath, asked: m.WatchEndRequest) -> m.WatchView:
    """The entry stays on record, and on the audit log with who and why."""
    return _view(allowed(answer(backend.worker.ask(WatchEnd(watch, asked.reason, who.name)))))


def _view(one: Watched) -> m.WatchView:
    return m.WatchView(
        id=one.watch,
        plate=one.plate,
        reason=one.reason,
        actor=one.actor,
        at=rfc3339(one.at_us),
        until=when(one.until_us),
        priority=one.priority,
        ended_at=when(one.ended_us),
        ended_by=one.ended_by,
    )
