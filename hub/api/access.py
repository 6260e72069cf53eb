"""The book of permits: households, holders, permits, credentials, and the rules that gates go by."""

from typing import Annotated, Any, Literal, cast

import msgspec
from fastapi import APIRouter, Path, Query

from contract.clock import rfc3339
from contract.names import Medium
from contract.permits import State
from hub.access.asks import AccessAsk, AccessEnd, AccessPut, By, Conflict, CredentialAct, CredentialIssue, CredentialReplace
from hub.access.naming import pin_of, proof_of
from hub.access.types import (
    AnyThing,
    Credential,
    Group,
    Holder,
    HolderKind,
    Household,
    Kind,
    Permit,
    Portal,
    Zone,
)
from hub.access.words import KIND_WORDS, refused
from hub.accounts.permissions import ROLE_NAMES, may
from hub.accounts.types import Identity
from hub.api import access_models as m
from hub.api.access_rooms import NARROWED, rooms_for
from hub.api.access_views import fields_of, next_of, rights_of, schedule_of, things_of, view_of
from hub.api.auditing import by_of
from hub.api.cursors import time_us
from hub.api.errors import ApiError, Refused
from hub.api.gatekeeper import Acting
from hub.api.models import Plain, Wrong
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, allowed, answer, problems
from hub.store.access_reads import Filter

router = APIRouter(prefix="/access", tags=["permits"])
IdPath = Annotated[str, Plain, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$", max_length=64, description="Its id")]
IdQuery = Annotated[str, Plain, Query(max_length=64)]
ThisQuery = Annotated[str, Plain, Query(alias="id", max_length=64, description="Only the one of this id")]
TextQuery = Annotated[str, Plain, Query(max_length=100, description="In a name, a phone, a door, or what it is recognised by")]
After = Annotated[str, Plain, Query(max_length=64, description="The `next` of the page before")]
_RULES = frozenset(("group", "zone", "portal", "schedule"))
LiveQuery = Annotated[bool, Query(description="Only what is not over")]


@router.get("/households", summary="Households", responses=problems())
def list_households(
    backend: Behind,
    who: Acting,
    text: TextQuery = "",
    this: ThisQuery = "",
    live: LiveQuery = True,
    after: After = "",
    limit: Limit = 100,
    reason: Annotated[str, Plain, Query(max_length=500, description="Why, of a guard: it stands on the audit log")] = "",
) -> m.HouseholdPage:
    """By id; `text` finds a door such as `3-2-501`. A guard says why, gets the rooms that fit and no list of all, without notes
    and with masked names, and so often an hour (`rooms_per_hour`); over it is 429, and an incident (`visitor_scraping`)."""
    if who.role in NARROWED:
        return rooms_for(backend, who, text or this, Filter(id=this, text=text, live=True), reason)
    found = backend.access.page("household", Filter(id=this, text=text, live=live), after, limit)
    return m.HouseholdPage(households=things_of(found, m.HouseholdView), next=next_of(found, limit))


@router.get("/holders", summary="Holders of permits", responses=problems())
def list_holders(
    backend: Behind,
    text: TextQuery = "",
    this: ThisQuery = "",
    kind: Annotated[HolderKind | None, Query(description="Only these")] = None,
    household: IdQuery = "",
    live: LiveQuery = True,
    after: After = "",
    limit: Limit = 100,
) -> m.HolderPage:
    """By id; `text` is looked for in names, phones, doors and plates."""
    wanted = Filter(id=this, text=text, kind=kind or "", household=household, live=live)
    found = backend.access.page("holder", wanted, after, limit)
    return m.HolderPage(holders=things_of(found, m.HolderView), next=next_of(found, limit))


@router.get("/permits", summary="Permits", responses=problems())
def list_permits(
    backend: Behind,
    text: TextQuery = "",
    holder: IdQuery = "",
    group: IdQuery = "",
    live: LiveQuery = True,
    after: After = "",
    limit: Limit = 100,
) -> m.PermitPage:
    """By their ids, a page at a time; `text` is looked for in the holder's name and in the note."""
    found = backend.access.page("permit", Filter(text=text, holder=holder, group=group, live=live), after, limit)
    return m.PermitPage(permits=things_of(found, m.PermitView), next=next_of(found, limit))


@router.get("/credentials", summary="Credentials", responses=problems())
def list_credentials(
    backend: Behind,
    text: TextQuery = "",
    permit: IdQuery = "",
    state: Annotated[State | None, Query(description="Only in this state")] = None,
    medium: Annotated[Medium | None, Query(description="Only these")] = None,
    name: Annotated[str, Query(pattern="^([0-9a-f]{32})?$", description="The keyed hash that an event names")] = "",
    live: LiveQuery = False,
    after: After = "",
    limit: Limit = 100,
) -> m.CredentialPage:
    """By id; `text` finds a plate or the last two digits of a card."""
    wanted = Filter(text=text, permit=permit, state=state or "", medium=medium or "", name=name, live=live)
    found = backend.access.page("credential", wanted, after, limit)
    return m.CredentialPage(credentials=things_of(found, m.CredentialView), next=next_of(found, limit))


@router.get("/rules", summary="Groups, zones, portals and schedules", responses=problems())
def list_rules(backend: Behind) -> m.RulesView:
    """All of them at once: they are few, and every editor needs them together."""
    kinds: tuple[Kind, ...] = ("group", "zone", "portal", "schedule")
    pages = {kind: backend.access.page(kind, Filter(), "", 1_000) for kind in kinds}
    return m.RulesView(
        groups=things_of(pages["group"], m.GroupView),
        zones=things_of(pages["zone"], m.ZoneView),
        portals=things_of(pages["portal"], m.PortalView),
        schedules=things_of(pages["schedule"], m.ScheduleView),
    )


@router.get("/history/{kind}/{id}", summary="What became of a thing", responses=problems(404))
def show_history(backend: Behind, kind: Kind, id: IdPath) -> m.HistoryView:  # noqa: A002 - the path's name for it
    """Who changed it when and why, the newest first."""
    rows = backend.access.history(kind, id)
    if not rows:
        wrong = refused("unknown_thing", kind=kind, id=id)
        raise Refused(wrong.reason, wrong.message)
    entries = [
        m.HistoryEntry(
            version=row.version,
            at=rfc3339(row.at_us),
            act=row.act,
            actor=row.actor,
            reason=row.reason,
            body=msgspec.json.decode(row.body),
        )
        for row in rows
    ]
    return m.HistoryView(kind=kind, id=id, history=entries)


@router.put("/households/{id}", summary="Make or change a household", responses=problems(404, 409, 413))
def put_household(backend: Behind, who: Acting, id: IdPath, asked: m.HouseholdBody) -> m.HouseholdView:  # noqa: A002
    """409 `access_changed`: somebody was faster."""
    return cast("m.HouseholdView", _put(backend, who, Household(household=id, **fields_of(asked)), asked))


@router.put("/holders/{id}", summary="Make or change a holder", responses=problems(404, 409, 413))
def put_holder(backend: Behind, who: Acting, id: IdPath, asked: m.HolderBody) -> m.HolderView:  # noqa: A002
    """409 `access_changed`: somebody was faster."""
    return cast("m.HolderView", _put(backend, who, Holder(holder=id, **fields_of(asked)), asked))


@router.put("/permits/{id}", summary="Make or change a permit", responses=problems(404, 409, 413))
def put_permit(backend: Behind, who: Acting, id: IdPath, asked: m.PermitBody) -> m.PermitView:  # noqa: A002
    """In force at the gates within 2 s. 409 `access_changed`: somebody was faster."""
    return cast("m.PermitView", _put(backend, who, Permit(permit=id, **fields_of(asked)), asked))


@router.put("/groups/{id}", summary="Make or change a group", responses=problems(404, 409, 413))
def put_group(backend: Behind, who: Acting, id: IdPath, asked: m.GroupBody) -> m.GroupView:  # noqa: A002
    """409 `access_changed`: somebody was faster."""
    group = Group(group=id, name_zh=asked.name_zh, name_en=asked.name_en, rights=rights_of(asked))
    return cast("m.GroupView", _put(backend, who, group, asked))


@router.put("/zones/{id}", summary="Make or change a zone", responses=problems(404, 409, 413))
def put_zone(backend: Behind, who: Acting, id: IdPath, asked: m.ZoneBody) -> m.ZoneView:  # noqa: A002
    """409 `access_changed`: somebody was faster."""
    return cast("m.ZoneView", _put(backend, who, Zone(zone=id, **fields_of(asked)), asked))


@router.put("/portals/{id}", summary="Make or change a portal", responses=problems(404, 409, 413))
def put_portal(backend: Behind, who: Acting, id: IdPath, asked: m.PortalBody) -> m.PortalView:  # noqa: A002
    """The id is that of the reader or camera. 409 `access_changed`: somebody was faster."""
    return cast("m.PortalView", _put(backend, who, Portal(portal=id, **fields_of(asked)), asked))


@router.put("/schedules/{id}", summary="Make or change a schedule", responses=problems(404, 409, 413))
def put_schedule(backend: Behind, who: Acting, id: IdPath, asked: m.ScheduleBody) -> m.ScheduleView:  # noqa: A002
    """409 `access_changed`: somebody was faster."""
    return cast("m.ScheduleView", _put(backend, who, schedule_of(id, asked), asked))


@router.post("/end/{kind}/{id}", summary="End or take away a thing", responses=problems(404, 409, 413))
def end_thing(
    backend: Behind,
    who: Acting,
    kind: Literal["household", "holder", "permit", "group", "zone", "portal", "schedule"],
    id: IdPath,  # noqa: A002
    asked: m.EndBody,
) -> dict[str, Any]:
    """A household, holder or permit is over, with all that hangs on it; the others are taken away where nothing names them.
    Answered by the thing as it is kept or was."""
    if kind in _RULES and not may(who.role, "PUT", f"/access/{kind}s/{{id}}"):
        zh, en = ROLE_NAMES[who.role]
        raise ApiError("not_permitted", role_zh=zh, role_en=en)
    done = _asked(backend, AccessEnd(kind, id, asked.version, _by(who, asked.reason), erase=asked.erase))
    return cast("dict[str, Any]", view_of(done).model_dump(mode="json"))


@router.post(
    "/permits/{id}/credentials", summary="Give a permit a credential", responses=problems(404, 409, 413), status_code=201
)
def issue_credential(backend: Behind, who: Acting, id: IdPath, asked: m.IssueBody) -> m.CredentialView:  # noqa: A002
    """409 `credential_taken`: it is somebody's already."""
    proof = allowed(proof_of(backend.card_key, asked.medium, asked.number))
    pin = allowed(pin_of(backend.card_key, asked.pin))
    times = time_us(asked.valid_from), time_us(asked.valid_until)
    done = _asked(backend, CredentialIssue(id, proof, _by(who, asked.reason), *times, pin))
    return cast("m.CredentialView", view_of(done))


@router.post(
    "/credentials/{id}/{deed}", summary="A credential is lost, revoked, suspended or resumed", responses=problems(404, 409, 413)
)
def act_on_credential(
    backend: Behind,
    who: Acting,
    id: IdPath,  # noqa: A002
    deed: Literal["lost", "revoke", "suspend", "resume"],
    asked: m.DeedBody,
) -> m.CredentialView:
    """In force at the gates within 2 s."""
    done = _asked(backend, CredentialAct(id, deed, asked.version, _by(who, asked.reason)))
    return cast("m.CredentialView", view_of(done))


@router.post(
    "/replacements/{id}", summary="Another credential takes one's place", responses=problems(404, 409, 413), status_code=201
)
def replace_credential(backend: Behind, who: Acting, id: IdPath, asked: m.ReplaceBody) -> m.CredentialView:  # noqa: A002
    """Of the same medium, with the same times. The old one opens nothing any more. Answered by the new one."""
    was = backend.access.find("credential", id)
    if not isinstance(was, Credential):
        wrong = refused("unknown_thing", kind="credential", id=id)
        raise Refused(wrong.reason, wrong.message)
    proof = allowed(proof_of(backend.card_key, was.medium, asked.number))
    done = _asked(backend, CredentialReplace(id, proof, asked.version, _by(who, asked.reason)))
    return cast("m.CredentialView", view_of(done))


def _put(backend: Backend, who: Identity, thing: AnyThing, asked: m.Editing) -> Any:
    return view_of(_asked(backend, AccessPut(thing, asked.version, _by(who, asked.reason))))


def _by(who: Identity, reason: str) -> By:
    by = by_of(who)
    return By(by.actor, by.role, reason)


def _asked(backend: Backend, asked: AccessAsk) -> AnyThing:
    done = allowed(answer(backend.worker.ask(asked)))
    if isinstance(done, Conflict):
        raise conflict_of(done)
    return cast("AnyThing", done)


def conflict_of(found: Conflict) -> ApiError:
    """The error that tells both versions, and the thing as it is now."""
    now = 0 if found.now is None else found.now.version
    error = ApiError("access_changed", kind=found.kind, kind_zh=KIND_WORDS[found.kind], id=found.id, now=now, seen=found.seen)
    told = "" if found.now is None else view_of(found.now).model_dump_json()
    error.errors = [Wrong(at="seen", what=str(found.seen)), Wrong(at="now", what=told)]
    return error
