"""How routes put entries on the audit log: with what they write, or before they show what somebody may have to answer for."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from hub.accounts.acts import By
from hub.accounts.types import LOCAL, Identity
from hub.api.ports import Backend
from hub.api.routes import commit
from hub.audit.log import append, audited
from hub.audit.types import Act, Personal

T = TypeVar("T")
Body = Mapping[str, Any]
_NOTHING: Body = {}


class Told(NamedTuple):
    """What an entry says besides who it was: see Act."""

    act: str
    topic: str
    subject: str | Personal = ""
    reason: str = ""
    before: Body = _NOTHING
    after: Body = _NOTHING


def commit_audited(backend: Backend, who: Identity, run: Callable[[Connection], T], told: Callable[[T], Told]) -> T:
    """What `run` answers, once it is committed with its entry. A Refusal gets none. Raises ApiError, Unavailable."""
    now_us = backend.clock.now_us()
    done: T = commit(backend, audited(run, backend.site, lambda found: [_act(who, told(found))], now_us))
    return done


def note_act(backend: Backend, who: Identity, told: Told) -> None:
    """Have the entry committed, and only then go on: what cannot be noted is not done. Raises ApiError, Unavailable."""
    now_us = backend.clock.now_us()
    commit(backend, lambda connection: append(connection, backend.site, [_act(who, told)], now_us))


def by_of(who: Identity) -> By:
    """Who asks, for hub/accounts/acts.py."""
    return By(_actor(who), who.role, but=who.session)


def _act(who: Identity, told: Told) -> Act:
    return Act(_actor(who), *told, role=who.role)


def _actor(who: Identity) -> str:
    return LOCAL if who.account == LOCAL else who.name
