"""Guards bind phones, and who is in charge ends that."""

import logging
import secrets
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from contract.clock import US_PER_S, rfc3339
from hub.accounts.secrets import digest_of, new_token
from hub.accounts.types import Identity
from hub.api import phone_models as m
from hub.api.auditing import Told, commit_audited
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, allowed, answer, problems
from hub.audit.types import Personal
from hub.cases.types import Refusal
from hub.phones.asks import StreamSet
from hub.phones.types import EndedWhy, PhoneToken
from hub.phones.words import refused
from hub.store import phone_rows as rows

router = APIRouter(tags=["guards' phones"])
OF_A_PHONE_MAX, OF_A_GUARD_MAX = 50, 5
DAYS = 30
"""Where the policy says nothing."""
PhonePath = Annotated[str, Plain, Path(max_length=63, examples=["phone-1"])]
_DAY_US = 86_400 * US_PER_S
_log = logging.getLogger(__name__)


@router.get("/phones", summary="Which guards have bound which phones", responses=problems())
def list_phones(backend: Behind) -> m.BindingList:
    """The tokens that work."""
    found = backend.accounts.read(lambda connection: rows.tokens(connection, backend.site))
    now_us = backend.clock.now_us()
    return m.BindingList(bindings=[_binding(one) for one in found if one.expires_us > now_us])


@router.post(
    "/phones/{phone}/bind", summary="A guard binds the phone in hand", responses=problems(404, 409, 413), status_code=201
)
def bind_phone(backend: Behind, who: Acting, phone: PhonePath) -> m.Bound:
    """The phone's own token for this guard: good for days without a new sign-in, for this phone and this guard alone. Several
    guards may bind one phone, each with a token of their own. The same guard's former token on it ends."""
    if phone not in backend.estate.phones:
        raise ApiError("unknown_phone", phone=phone)
    allowed(refused("no_account_person") if who.person not in backend.estate.staff else None)
    token, now_us = new_token(), backend.clock.now_us()
    digest = digest_of(token)
    assert digest is not None
    days = backend.policy.numbers("PAT-7").get("phone_days", DAYS)
    row = PhoneToken(secrets.token_hex(8), phone, who.account, who.person, now_us, now_us, now_us + int(days * _DAY_US))

    def run(connection: Connection) -> PhoneToken | Refusal:
        rows.forget_ended(connection, backend.site, now_us)
        lasting = [one for one in rows.tokens(connection, backend.site) if one.expires_us > now_us]
        mine = [one for one in lasting if one.account == who.account]
        again = [one.token for one in mine if one.phone == phone]
        if len(mine) - len(again) >= OF_A_GUARD_MAX:
            return refused("too_many_phones", limit=OF_A_GUARD_MAX)
        if len([one for one in lasting if one.phone == phone]) - len(again) >= OF_A_PHONE_MAX:
            return refused("too_many_phones", limit=OF_A_PHONE_MAX)
        rows.end_tokens(connection, backend.site, again, "replaced", now_us)
        rows.add_token(connection, backend.site, digest, row)
        return row

    allowed(commit_audited(backend, who, run, lambda _: _told("phone.bind", row, "")))
    backend.accounts.sessions.forget()
    answer(backend.worker.ask(StreamSet(phone, who.person, "on")))
    _log.info("phone_bound", extra={"phone": phone, "binding": row.token})
    return m.Bound(token=token, binding=row.token, phone=phone, person=who.person, expires_at=rfc3339(row.expires_us))


@router.post("/phones/{phone}/revoke", summary="End a guard's token on a phone, or the phone's all", responses=problems(404, 413))
def revoke_phone(backend: Behind, who: Acting, phone: PhonePath, asked: m.PhoneRevokeRequest) -> m.EndedBindings:
    """A guard has lost it, or left. It is dead at once: the phone is told to wipe when it comes back. What it had not sent is
    gone with it, and its windows are settled without."""
    found = backend.accounts.read(lambda connection: rows.tokens(connection, backend.site, phone=phone, token=asked.binding))
    if not found and (asked.binding or phone not in backend.estate.phones):
        raise ApiError("unknown_phone_token") if asked.binding else ApiError("unknown_phone", phone=phone)
    return m.EndedBindings(ended=end_bindings(backend, who, found, "revoked" if asked.binding else "lost", asked.reason))


def end_bindings(backend: Backend, who: Identity, found: list[PhoneToken], why: EndedWhy, reason: str) -> int:
    """End these tokens, and let nothing wait for what they had not sent. Returns how many."""
    now_us = backend.clock.now_us()
    for one in found:

        def run(connection: Connection, name: str = one.token) -> int:
            return rows.end_tokens(connection, backend.site, [name], why, now_us)

        def told(_: int, row: PhoneToken = one) -> Told:
            return _told(f"phone.{why}", row, reason)

        commit_audited(backend, who, run, told)
        answer(backend.worker.ask(StreamSet(one.phone, one.person, "ended")))
    backend.accounts.sessions.forget()
    return len(found)


def _told(act: str, row: PhoneToken, reason: str) -> Told:
    after = {"binding": row.token, "person": row.person, "expires_us": row.expires_us, "account": Personal(row.account)}
    return Told(act, "phone", row.phone, reason, after=after)


def _binding(row: PhoneToken) -> m.Binding:
    return m.Binding(
        binding=row.token,
        phone=row.phone,
        person=row.person,
        account=row.account,
        bound_at=rfc3339(row.created_us),
        used_at=rfc3339(row.used_us),
        expires_at=rfc3339(row.expires_us),
    )
