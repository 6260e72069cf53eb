"""Commands to devices, and pictures on demand. Never optimistic: the answer is what the device's agent said."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from contract.clock import rfc3339
from hub.api import models
from hub.api.auditing import Told, note_act
from hub.api.devices import DeviceId, known_device
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, Offset, commit, problems
from hub.cases.limits import takes_pictures
from hub.orders import ENDED, CommandState, TooManyCommands, Wanted
from hub.refusals import explained
from hub.store import command_log
from hub.store.command_log import as_known
from hub.views import when

router = APIRouter(tags=["commands"])


@router.post(
    "/devices/{device}/commands",
    summary="Have a device do something",
    responses={**problems(404, 413, 429, 504), 202: {"model": models.Command, "description": "sent; no result within 8 s"}},
)
def command_device(
    backend: Behind, who: Acting, response: Response, device: DeviceId, asked: models.CommandRequest
) -> models.Command:
    """Waits 8 s at most. 200: `phase` says whether it was done, refused by an interlock, or failed. 202: it was sent and the
    result is not here yet: ask `/commands/{id}`. 504: the agent did not answer, and nothing was done. Never send it again without
    having looked."""
    row = known_device(backend, device)
    note_act(backend, who, Told("command.ask", "device", row.id, asked.reason, after={"action": asked.action}))
    try:
        begun = backend.orders.command(Wanted(row.id, row.agent, asked.action, who.name, asked.reason), partial(_record, backend))
    except TooManyCommands as error:
        raise ApiError("too_many_commands") from error
    state = backend.orders.wait(begun.id)
    if state.phase == "no_answer":
        raise ApiError("agent_did_not_answer", agent=row.agent)
    if state.phase not in ENDED:
        response.status_code = 202
    return _model(state)


@router.get("/commands", summary="The last commands", responses=problems())
def list_commands(
    backend: Behind,
    limit: Limit = 50,
    offset: Offset = 0,
    device: Annotated[str, Query(max_length=63, description="Of one device; without it, of all")] = "",
) -> models.CommandList:
    """Who had what done, when, why, and what became of it; also from before the hub was last started."""
    found = backend.reads.commands.newest(limit, offset, device)
    return models.CommandList(commands=[_model(as_known(state, backend.orders.find(state.id))) for state in found])


@router.get("/commands/{command}", summary="What became of a command", responses=problems(404))
def show_command(backend: Behind, command: Annotated[str, Path(max_length=64)]) -> models.Command:
    """How far it is, or how it ended; also one from before the hub was last started."""
    running = backend.orders.find(command)
    state = running or backend.reads.commands.one(command)
    if state is None:
        raise ApiError("unknown_command")
    return _model(as_known(state, running))


@router.post("/devices/{device}/snapshots", summary="Have a camera take a picture", responses=problems(404, 409), status_code=202)
def order_snapshot(backend: Behind, who: Acting, device: DeviceId) -> models.SnapshotOrdered:
    """The order is sent, and that is all that is known: the picture comes by itself, under a `snapshot_taken` event with this
    order's id."""
    row = known_device(backend, device)
    if row.kind != "camera":
        raise ApiError("not_a_camera", device=device)
    if not takes_pictures(backend.policy, row.options):
        raise ApiError("no_snapshots", device=device)
    note_act(backend, who, Told("snapshot.ask", "device", row.id))
    return models.SnapshotOrdered(order=backend.orders.snapshot(row.agent, row.id))


def _record(backend: Backend, state: CommandState) -> None:
    """Before anything is sent: every opening by hand is recorded with who and why (VEH-5)."""
    commit(backend, lambda connection: command_log.put(connection, backend.site, state))


def _model(state: CommandState) -> models.Command:
    chinese, english = explained(state.detail)
    return models.Command(
        id=state.id,
        device=state.wanted.device,
        action=state.wanted.action,
        actor=state.wanted.actor,
        reason=state.wanted.reason,
        phase=state.phase,
        detail=state.detail,
        detail_zh=chinese,
        detail_en=english,
        asked_at=rfc3339(state.asked_us),
        ended_at=when(state.ended_us),
    )
