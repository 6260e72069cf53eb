"""Agents' tables of permits: how each is, and the snapshots that agents fetch."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Response

from contract.clock import US_PER_S, rfc3339
from contract.envelope import bulk_mac, bulk_mac_fits
from contract.permits import chunk_path
from hub.access.sending import AgentState, Gone
from hub.access.words import refused
from hub.api import access_models as m
from hub.api.errors import ApiError, Refused
from hub.api.ports import Backend
from hub.api.routes import Behind, problems
from hub.views import when

router = APIRouter(tags=["permits"])
MAC_HEADER = "X-Watchkeeper-Mac"
SITE_HEADER = "X-Watchkeeper-Site"


@router.get("/access/tables", summary="Which table of permits each agent holds", responses=problems())
def list_tables(backend: Behind) -> m.TablesView:
    """What the hub has made for each agent with gates, and what the agent said in its last heartbeat that it decides by."""
    portals: dict[str, list[str]] = {}
    for device in backend.access.portals():
        row = backend.estate.device(device)
        if row is not None:
            portals.setdefault(row.agent, []).append(device)
    states = sorted(backend.permits.states().items())
    tables = [_table(backend, agent, state, portals.get(agent, [])) for agent, state in states]
    return m.TablesView(tables=tables, counts={str(kind): count for kind, count in backend.access.counts().items()})


def _table(backend: Backend, agent: str, state: AgentState, portals: list[str]) -> m.TableView:
    newest, held = state.newest, state.held
    current = held is not None and (held.epoch, held.no, held.hash) == (newest.epoch, newest.no, newest.hash)
    behind_us = None if held is None else 0 if current else max(0, newest.at_us - held.at_us)
    return m.TableView(
        agent=agent,
        name_zh=backend.estate.device_name(agent, "zh"),
        name_en=backend.estate.device_name(agent, "en"),
        portals=portals,
        epoch=newest.epoch,
        no=newest.no,
        hash=newest.hash,
        entries=newest.entries,
        made_at=rfc3339(newest.at_us),
        held_no=None if held is None else held.no,
        held_hash="" if held is None else held.hash,
        held_entries=0 if held is None else held.entries,
        held_made_at=None if held is None else when(held.at_us),
        told_at=when(state.held_us),
        current=current,
        behind_s=None if behind_us is None else behind_us / US_PER_S,
    )


@router.get(
    "/agents/{agent}/permits/{epoch}/{no}/{part}",
    summary="An agent fetches its table of permits",
    response_class=Response,
    responses={
        **problems(403, 404, 409),
        200: {"description": "a chunk", "content": {"application/json": {"schema": {"type": "object"}}}},
    },
)
def fetch_permits(
    backend: Behind,
    agent: Annotated[str, Path(max_length=63)],
    epoch: Annotated[str, Path(pattern="^[0-9a-f-]{1,32}$", description="The numbering; - with no 0: the newest")],
    no: Annotated[int, Path(ge=0, le=2**53)],
    part: Annotated[int, Path(ge=0, le=100_000)],
    mac: Annotated[str, Header(alias=MAC_HEADER, max_length=64, description="32 hex digits: see the wire's document")],
    site: Annotated[str, Header(alias=SITE_HEADER, max_length=63, description="The site")] = "",
) -> Response:
    """One part, as contract.permits.Chunk. The answer has a MAC of its own over the path and the body. Parts of one number stay
    the same for some minutes; 404 `permits_gone`: begin anew with the newest."""
    key = backend.enrolment.ring.key_of(agent)
    if key is None or site not in ("", backend.site):
        raise ApiError("unknown_agent", agent=agent)
    path = chunk_path(agent, epoch, no, part)
    if not bulk_mac_fits(key, path, b"", mac):
        raise ApiError("wrong_mac")
    try:
        body = backend.permits.chunk(agent, epoch, no, part)
    except Gone as gone:
        reason = str(gone)
        if reason == "unknown_agent":
            raise ApiError("unknown_agent", agent=agent) from None
        wrong = refused(reason)
        raise Refused(wrong.reason, wrong.message) from None
    return Response(body, media_type="application/json", headers={MAC_HEADER: bulk_mac(key, path, body)})
