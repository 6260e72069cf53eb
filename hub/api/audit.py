"""The audit log, for those who check what others did. That it is read is an entry of its own."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from contract.clock import rfc3339
from hub.accounts.types import Identity
from hub.api import models
from hub.api.audit_models import AuditEntry, AuditHead, AuditHeadList, AuditList, Erased, EraseRequest
from hub.api.auditing import Told, commit_audited, note_act
from hub.api.cursors import time_us
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.ports import Backend
from hub.api.routes import Behind, Limit, TimeQuery, allowed, problems
from hub.audit.chain import Entry
from hub.audit.log import erase_person, known_person
from hub.audit.seal import TOKEN, put_back, token
from hub.audit.types import Personal
from hub.cases.types import Refusal
from hub.store.accounts import account_of
from hub.store.audit_reads import AuditFilter

router = APIRouter(prefix="/audit", tags=["audit"])
PERSON_CHARS_MAX = 80
_Text = Annotated[str, models.Plain, Query(max_length=100)]


@router.get("", summary="The audit log, newest first", responses=problems())
def list_audit(
    backend: Behind,
    who: Acting,
    *,
    actor: Annotated[str, models.Plain, Query(max_length=100, description="A name, or person:ID")] = "",
    subject: _Text = "",
    act: _Text = "",
    from_: Annotated[TimeQuery, Query(alias="from")] = None,
    to: TimeQuery = None,
    before: Annotated[int | None, Query(ge=1, le=models.NUMBER_MAX, description="Only entries older than this one")] = None,
    limit: Limit = 50,
) -> AuditList:
    """Entries that fit every filter. Names of people are opened for an auditor alone."""
    wanted = AuditFilter(actor, subject, act, time_us(from_), time_us(to), before)
    note_act(backend, who, Told("audit.read", "audit", after={"filter": _asked(wanted), "limit": limit}))
    found = backend.reads.audit.entries(wanted, limit)
    return AuditList(entries=_models(backend, who, found), before=found[-1].no if len(found) == limit else None)


@router.get("/heads", summary="The newest signed heads", responses=problems())
def list_heads(backend: Behind, limit: Limit = 50) -> AuditHeadList:
    """What agents keep as well: whoever copies them elsewhere can show later that the log was rewritten."""
    heads = backend.reads.audit.heads(limit)
    fields = ("epoch", "no", "hash", "key", "signature")
    return AuditHeadList(
        heads=[AuditHead(at=rfc3339(one.at_us), **{name: getattr(one, name) for name in fields}) for one in heads]
    )


@router.get("/{no}", summary="One entry of the audit log", responses=problems(404))
def show_audit(backend: Behind, who: Acting, no: Annotated[int, Path(ge=1, le=models.NUMBER_MAX)]) -> AuditEntry:
    """With what was before and after. Names of people are opened for an auditor alone."""
    found = backend.reads.audit.entry(no)
    if found is None:
        raise ApiError("unknown_audit_entry", no=no)
    note_act(backend, who, Told("audit.read", "audit", str(no)))
    return _models(backend, who, [found])[0]


@router.post("/people/{person}/erase", summary="Erase a person from the audit log", responses=problems(404, 409, 413))
def erase_from_audit(
    backend: Behind,
    who: Acting,
    person: Annotated[str, models.Plain, Path(max_length=PERSON_CHARS_MAX, description="A name, or person:ID")],
    asked: EraseRequest,
) -> Erased:
    """The key of what is sealed about the person is thrown away: nobody can read it any more, and no entry changes. It cannot be
    undone; a backup from before still has the key. 409 `person_in_use`: the person's account is not disabled."""

    def run(connection: Connection) -> str | Refusal:
        known = known_person(connection, backend.site, person)
        account = None if known is None else account_of(connection, backend.site, known.subject)
        if account is not None and account.disabled_us is None:
            told = "该人员的账号仍在使用，请先停用 / the person's account is in use: disable it first"
            return Refusal("person_in_use", told)
        found = erase_person(connection, backend.site, person, backend.clock.now_us())
        if found is None:
            told = f"审计日志中没有“{person}” / the audit log knows nobody called {person!r}: see GET /audit"
            return Refusal("unknown_person_of_audit", told)
        return found

    def told(found: str | Refusal) -> Told:
        assert isinstance(found, str)
        return Told("person.erase", "person", token(found), asked.reason)

    erased: str = allowed(commit_audited(backend, who, run, told))
    return Erased(person=token(erased))


def _asked(wanted: AuditFilter) -> dict[str, Any]:
    """The filter as the log may keep it: whom somebody looks for is a person. An id of a person names nobody, and is no name."""
    asked = {name: value for name, value in wanted._asdict().items() if value not in ("", None)}
    for name in ("actor", "subject"):
        told = asked.pop(name, "")
        if told.startswith(TOKEN):
            asked[f"{name}_id"] = told
        elif told:
            asked[name] = told if told.isascii() and told.isdigit() else Personal(told)
    return asked


def _models(backend: Backend, who: Identity, entries: Sequence[Entry]) -> list[AuditEntry]:
    opened = backend.reads.audit.opened(entries) if who.role == "auditor" else [{} for _ in entries]
    found = []
    for entry, texts in zip(entries, opened, strict=True):
        told = {name: put_back(getattr(entry, name), texts) for name in ("actor", "subject")}
        bodies = {name: put_back(json.loads(getattr(entry, name)), texts) for name in ("before", "after")}
        same = {name: getattr(entry, name) for name in ("no", "role", "act", "topic", "reason", "hash")}
        found.append(AuditEntry(at=rfc3339(entry.at_us), **same, **told, **bodies))
    return found
