"""Devices and agents: what the estate file says, and what was heard of them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from contract.clock import US_PER_MS, US_PER_S, rfc3339
from hub.api import models
from hub.api.errors import ApiError
from hub.api.events import event_model
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, problems
from hub.api.standing import condition_model, conditions, signal_models
from hub.condition import Condition
from hub.estate import Agent, DeviceRow, Estate
from hub.store.read import AnyRow
from hub.views import when

router = APIRouter()
DeviceId = Annotated[str, Path(max_length=63, description="The id of the estate file", examples=["door-east"])]


@router.get("/devices", tags=["devices"], summary="All devices", responses=problems())
def list_devices(
    backend: Behind,
    kind: Annotated[str, Query(max_length=100, description="One kind, or several with commas", examples=["barrier,door"])] = "",
    place: Annotated[str, Query(max_length=63)] = "",
    agent: Annotated[str, Query(max_length=63)] = "",
) -> models.DeviceList:
    """The devices of the estate file that fit every filter: the state each told last, up to when it has reported, and its live
    incidents."""
    marks, live = backend.reads.watermarks(), backend.reads.live_numbers()
    kinds = frozenset(kind.split(",")) if kind else frozenset()
    chosen = [
        row
        for row in backend.estate.devices.values()
        if (not kinds or row.kind in kinds) and place in ("", row.place) and agent in ("", row.agent)
    ]
    standing = conditions(backend, chosen)
    return models.DeviceList(devices=[_device(row, backend.estate, marks, live, standing[row.id]) for row in chosen])


@router.get("/devices/{device}", tags=["devices"], summary="One device and its newest events", responses=problems(404))
def show_device(backend: Behind, device: DeviceId, limit: Limit = 20) -> models.DeviceDetail:
    """The device and its newest events; `/events` has the others."""
    row = known_device(backend, device)
    marks, live = backend.reads.watermarks(), backend.reads.live_numbers([device])
    page, standing = backend.reads.events(device, limit=limit), conditions(backend, [row])
    return models.DeviceDetail(
        device=_device(row, backend.estate, marks, live, standing[row.id]), events=[event_model(event) for event in page.rows]
    )


@router.get("/agents", tags=["agents"], summary="All agents", responses=problems())
def list_agents(backend: Behind) -> models.AgentList:
    """The agents of the estate file, when each was last heard, and how far its logs are committed."""
    marks, live = backend.reads.watermarks(), backend.reads.live_numbers()
    streams: dict[str, list[AnyRow]] = {}
    for stream in backend.reads.streams():
        streams.setdefault(stream.agent, []).append(stream)
    now_us = backend.clock.now_us()
    return models.AgentList(
        agents=[_agent(row, streams.get(row.id, []), marks, live, now_us) for row in backend.estate.agents.values()]
    )


def known_device(backend: Backend, device: str) -> DeviceRow:
    """The device's row in the estate. Raises ApiError."""
    row = backend.estate.device(device)
    if row is None:
        raise ApiError("unknown_device", device=device)
    return row


def _device(
    row: DeviceRow, estate: Estate, marks: dict[str, int], live: dict[str, list[int]], condition: Condition
) -> models.DeviceState:
    return models.DeviceState(
        id=row.id,
        kind=row.kind,
        place=row.place,
        place_zh=estate.place_name(row.place, "zh"),
        place_en=estate.place_name(row.place, "en"),
        agent=row.agent,
        name_zh=row.name_zh,
        name_en=row.name_en,
        floor=row.floor or estate.places[row.place].floor,
        at=row.at,
        reported_up_to=when(marks.get(row.id)),
        condition=condition_model(condition),
        signals=signal_models(condition),
        live_incidents=live.get(row.id, []),
    )


def _agent(
    row: Agent, streams: list[AnyRow], marks: dict[str, int], live: dict[str, list[int]], now_us: int
) -> models.AgentState:
    heard_us = max((stream.heard_us for stream in streams), default=None)
    return models.AgentState(
        id=row.id,
        place=row.place,
        name_zh=row.name_zh,
        name_en=row.name_en,
        silent_s=None if heard_us is None else max(0, now_us - heard_us) / US_PER_S,
        reported_up_to=when(marks.get(row.id)),
        streams=[
            models.Stream(
                stream=stream.stream,
                mark=stream.mark,
                epoch=stream.epoch,
                heard_at=rfc3339(stream.heard_us),
                offset_ms=stream.offset_us / US_PER_MS,
            )
            for stream in streams
        ],
        live_incidents=live.get(row.id, []),
    )
