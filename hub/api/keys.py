"""The register of keys and equipment (钥匙与装备登记)."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from contract.clock import rfc3339
from hub.api import key_models as m
from hub.api.cursors import time_us
from hub.api.errors import Refused
from hub.api.gatekeeper import Acting
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, Offset, allowed, answer, problems
from hub.desk.asks import KeyAdd, KeyAsk, KeyIssue, KeyMark, KeyReturn
from hub.desk.keys import KIND_NAMES, STATE_NAMES, KeyItem, KeyMove, KeyState, Kind
from hub.desk.words import refused
from hub.store.desk_reads import KeyFilter
from hub.views import when

router = APIRouter(prefix="/keys", tags=["keys"])
KeyPath = Annotated[str, Plain, Path(max_length=63, description="The number that stands on it", examples=["K-12"])]
IdQuery = Annotated[str, Plain, Query(max_length=63)]


@router.get("", summary="The register", responses=problems())
def list_keys(
    backend: Behind,
    *,
    state: Annotated[KeyState | None, Query(description="Only those in this state")] = None,
    kind: Annotated[Kind | None, Query(description="Only those of this kind")] = None,
    place: IdQuery = "",
    holder: IdQuery = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> m.KeyList:
    """Items that fit every filter, with who has them and until when."""
    found = backend.reads.desk.keys(KeyFilter(kind or "", state or "", place, holder), limit, offset)
    return m.KeyList(keys=[_key(one, backend) for one in found])


@router.get("/{key}", summary="One item and its history", responses=problems(404))
def show_key(backend: Behind, key: KeyPath) -> m.KeyDetail:
    """Everything that was ever done with it, the newest 500 acts."""
    found = backend.reads.desk.key(key)
    if found is None:
        wrong = refused("unknown_key", key=key)
        raise Refused(wrong.reason, wrong.message)
    return m.KeyDetail(key=_key(found[0], backend), history=[_move(one) for one in found[1]])


@router.post("", summary="Add an item to the register", responses=problems(404, 409, 413), status_code=201)
def add_key(backend: Behind, who: Acting, asked: m.NewKey) -> m.KeyView:
    """It is never deleted: what was lost stays `lost`, so that its history is kept."""
    item = KeyItem(asked.id, asked.kind, asked.name_zh, asked.name_en, asked.place)
    return _done(backend, KeyAdd(item, who.name))


@router.post("/{key}/issue", summary="Somebody takes an item", responses=problems(404, 409, 413))
def issue_key(backend: Behind, who: Acting, key: KeyPath, asked: m.IssueRequest) -> m.KeyView:
    """What is not back by `due_at` is an incident (`key_overdue`)."""
    return _done(backend, KeyIssue(key, asked.person, asked.purpose, time_us(asked.due_at), who.name))


@router.post("/{key}/return", summary="An item is back", responses=problems(404, 409, 413))
def return_key(backend: Behind, who: Acting, key: KeyPath, asked: m.ConditionRequest) -> m.KeyView:
    """Fit for use, broken, or never to come back."""
    return _done(backend, KeyReturn(key, asked.condition, asked.note, who.name))


@router.post("/{key}/mark", summary="An item is broken, lost, or fit again", responses=problems(404, 409, 413))
def mark_key(backend: Behind, who: Acting, key: KeyPath, asked: m.ConditionRequest) -> m.KeyView:
    """Of what is not out: found broken or missing, or repaired, found and replaced."""
    return _done(backend, KeyMark(key, asked.condition, asked.note, who.name))


def _done(backend: Backend, asked: KeyAsk) -> m.KeyView:
    return _key(allowed(answer(backend.worker.ask(asked))), backend)


def _key(item: KeyItem, backend: Backend) -> m.KeyView:
    estate = backend.estate
    return m.KeyView(
        id=item.item,
        kind=item.kind,
        kind_zh=KIND_NAMES[item.kind][0],
        kind_en=KIND_NAMES[item.kind][1],
        name_zh=item.name_zh,
        name_en=item.name_en,
        place=item.place,
        place_zh=estate.place_name(item.place, "zh"),
        place_en=estate.place_name(item.place, "en"),
        state=item.state,
        state_zh=STATE_NAMES[item.state][0],
        state_en=STATE_NAMES[item.state][1],
        holder=item.holder,
        holder_zh=estate.person_name(item.holder, "zh"),
        holder_en=estate.person_name(item.holder, "en"),
        purpose=item.purpose,
        out_at=when(item.out_us),
        due_at=when(item.due_us),
        overdue=item.due_us is not None and item.due_us <= backend.clock.now_us(),
    )


def _move(move: KeyMove) -> m.KeyMoveView:
    return m.KeyMoveView(
        no=move.move_no,
        at=rfc3339(move.at_us),
        act=move.act,
        actor=move.actor,
        person=move.person,
        state=move.state,
        due_at=when(move.due_us),
        note=move.note,
    )
