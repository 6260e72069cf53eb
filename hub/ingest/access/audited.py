"""What is asked of the book of permits, as entries of the audit log. A credential is told by its hash, a name is sealed."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hub.access.asks import (
    AccessEnd,
    AccessImport,
    AccessPut,
    Conflict,
    CredentialAct,
    CredentialIssue,
    CredentialReplace,
)
from hub.access.checks import told_of
from hub.access.types import Holder, id_of, kind_of
from hub.audit.types import Act, Personal

HOLDER_ERASED = "holder.erase"
"""The act after which nobody reads in the log who a holder was."""


def _put(asked: AccessPut, _: None, answer: Any) -> Iterator[Act]:
    if isinstance(answer, Conflict):
        return
    kind, after = kind_of(answer), told_of(answer)
    if isinstance(answer, Holder) and answer.name:
        after["name"] = Personal(f"holder:{answer.holder}", answer.name)
    yield Act(asked.by.actor, f"{kind}.put", kind, id_of(answer), asked.by.reason, {"version": asked.seen}, after, asked.by.role)


def _end(asked: AccessEnd, _: None, answer: Any) -> Iterator[Act]:
    if not isinstance(answer, Conflict):
        act = "erase" if asked.erase else "end"
        yield Act(
            asked.by.actor,
            f"{asked.kind}.{act}",
            asked.kind,
            asked.id,
            asked.by.reason,
            {"version": asked.seen},
            {},
            asked.by.role,
        )


def _issue(asked: CredentialIssue, _: None, answer: Any) -> Iterator[Act]:
    yield Act(
        asked.by.actor, "credential.issue", "credential", answer.credential, asked.by.reason, {}, told_of(answer), asked.by.role
    )


def _deed(asked: CredentialAct, _: None, answer: Any) -> Iterator[Act]:
    if not isinstance(answer, Conflict):
        by, after = asked.by, {"state": answer.state, "permit": answer.permit}
        yield Act(by.actor, f"credential.{asked.deed}", "credential", asked.credential, by.reason, {}, after, by.role)


def _replace(asked: CredentialReplace, _: None, answer: Any) -> Iterator[Act]:
    if not isinstance(answer, Conflict):
        by, after = asked.by, {"instead": answer.credential, "permit": answer.permit}
        yield Act(by.actor, "credential.replace", "credential", asked.credential, by.reason, {}, after, by.role)


def _import(asked: AccessImport, _: None, answer: Any) -> Iterator[Act]:
    """How many rows and what became of them; each thing's own history has the rest."""
    if asked.dry:
        return
    done = sum(1 for row in answer if not row.reason)
    after = {"rows": len(asked.rows), "done": done, "whole": asked.whole}
    yield Act(asked.by.actor, "permit.import", "permit", "", asked.by.reason, {}, after, asked.by.role)


ENTRIES: Mapping[type, Callable[[Any, Any, Any], Iterator[Act]]] = {
    AccessPut: _put,
    AccessEnd: _end,
    CredentialIssue: _issue,
    CredentialAct: _deed,
    CredentialReplace: _replace,
    AccessImport: _import,
}
