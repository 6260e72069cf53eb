"""Signing in and out, one's own account, and for administrators everybody's."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from contract.clock import US_PER_S, rfc3339
from hub.accounts import acts, register
from hub.accounts.permissions import CHECK, PERMISSIONS, ROLE_NAMES, may
from hub.accounts.secrets import NAME_CHARS_MAX, TooBusy, account_key, wrong_with_password
from hub.accounts.signin import BUSY_S, Denied
from hub.accounts.types import Account, Identity, Session
from hub.api import account_models as m
from hub.api.auditing import by_of
from hub.api.errors import ApiError
from hub.api.gatekeeper import Acting, cookie_name, host_of, is_secure
from hub.api.knowing import unknown
from hub.api.models import Plain
from hub.api.ports import Backend
from hub.api.routes import Behind, allowed, answer, commit, later, problems
from hub.phones.asks import StreamSet
from hub.phones.types import PhoneToken
from hub.store import accounts as rows
from hub.store import phone_rows
from hub.views import when

router = APIRouter(tags=["accounts"])
AccountPath = Annotated[str, Plain, Path(max_length=NAME_CHARS_MAX, description="A name or a key", examples=["李伟"])]
_log = logging.getLogger(__name__)


@router.post("/sign-in", summary="Sign in", responses=problems(413))
def sign_in(backend: Behind, request: Request, response: Response, asked: m.SignInRequest) -> m.Me:
    """Sets the session's cookie, which a page's scripts cannot read. The same answer, after the same time, whether the name or
    the password is wrong. After some wrong tries 429 with `Retry-After`."""
    now_us = backend.clock.now_us()
    begun = backend.accounts.sign_in(
        asked.name,
        asked.password,
        host=host_of(request.scope),
        label=request.headers.get("user-agent", ""),
        now_us=now_us,
        commit=lambda run: commit(backend, run),
        failed=later(backend),
    )
    if isinstance(begun, Denied):
        raise denied_error(begun)
    set_session_cookie(response, request, begun, now_us)
    account = backend.accounts.account(begun.session.account)
    assert account is not None
    session = begun.session
    identity = Identity(
        session.account, account.name, account.role, session.session, "cookie", "", session.expires_us, account.person
    )
    return _me(backend, identity)


@router.get("/sign-in", summary="How one may sign in", responses=problems())
def show_sign_in(backend: Behind) -> m.SignInWays:
    """For the page that asks who one is."""
    return m.SignInWays(oidc=backend.provider is not None)


@router.post("/sign-out", summary="Sign out", responses=problems())
def sign_out(backend: Behind, who: Acting, request: Request, response: Response) -> m.Ended:
    """Ends the session, or the token, that asks. Open live channels of it close soon after."""
    ended = _end(backend, who, who.session)
    response.delete_cookie(
        cookie_name(request.scope), path="/", secure=is_secure(request.scope), httponly=True, samesite="strict"
    )
    return m.Ended(ended=int(ended))


@router.get("/me", summary="Who one is", responses=problems())
def show_me(backend: Behind, who: Acting) -> m.Me:
    """The account that the request comes from, what it may do, and at which estate."""
    return _me(backend, who)


@router.post("/me/password", summary="Change one's own password", responses=problems(409, 413))
def change_password(backend: Behind, who: Acting, request: Request, asked: m.PasswordRequest) -> m.Ended:
    """The account's other sign-ins end; its tokens stay."""
    accounts, now_us = backend.accounts, backend.clock.now_us()
    account = accounts.account(who.account)
    if account is None or not account.password_hash:
        raise ApiError("no_password")
    denied = accounts.knows(account, asked.old, host_of(request.scope), now_us)
    if denied is not None:
        raise denied_error(denied)
    changes = register.Changes(password_hash=_hash(backend, asked.new, account.name))
    before = len(_sessions(backend, who.account))
    allowed(commit(backend, lambda c: acts.change(c, backend.site, who.account, changes, now_us, by_of(who))))
    accounts.sessions.forget()
    _log.info("password_changed", extra={"account": who.account, "actor": who.account})
    return m.Ended(ended=before - len(_sessions(backend, who.account)))


@router.get("/sessions", summary="Sign-ins that last, and tokens", responses=problems(404))
def list_sessions(
    backend: Behind,
    who: Acting,
    account: Annotated[str, Plain, Query(max_length=NAME_CHARS_MAX, description="Another account, for administrators")] = "",
) -> m.SessionList:
    """One's own; an administrator and an auditor may ask for another account's."""
    key = account_key(account) if account else who.account
    if key != who.account and (who.role not in CHECK or backend.accounts.account(key) is None):
        raise ApiError("unknown_account", account=account)
    return m.SessionList(sessions=[_session(one, who) for one in _sessions(backend, key)])


@router.delete("/sessions/{session}", summary="End a session or a token", responses=problems(404))
def end_session(
    backend: Behind, who: Acting, session: Annotated[str, Plain, Path(max_length=64, examples=["0f3c9a7d21b86e54"])]
) -> m.Ended:
    """One's own, or for an administrator anybody's. It is dead at once, and its live channels close within seconds."""
    found: Session | None = backend.accounts.read(lambda connection: rows.session_of(connection, backend.site, session))
    if found is None or (found.account != who.account and who.role != "administrator"):
        raise ApiError("unknown_session")
    _log.info("session_ended", extra={"session": session, "account": found.account, "actor": who.account})
    return m.Ended(ended=int(_end(backend, who, session)))


@router.get("/accounts", summary="All accounts", responses=problems())
def list_accounts(backend: Behind) -> m.AccountList:
    """Disabled ones too: what they did stays theirs."""
    found: list[Account] = backend.accounts.read(lambda connection: rows.accounts(connection, backend.site))
    lasting: dict[str, list[Session]] = defaultdict(list)
    for session in backend.accounts.read(lambda connection: rows.sessions(connection, backend.site)):
        lasting[session.account].append(session)
    return m.AccountList(accounts=[_account(one, lasting[one.account]) for one in found])


@router.post("/accounts", summary="Make an account", responses=problems(409, 413), status_code=201)
def create_account(backend: Behind, who: Acting, asked: m.NewAccount) -> m.AccountView:
    """It is never deleted, only disabled, so that a name always means the same person."""
    password_hash = "" if asked.password is None else _hash(backend, asked.password, asked.name)
    now_us = backend.clock.now_us()
    made: Account = allowed(
        commit(backend, lambda c: acts.create(c, backend.site, asked.name, asked.role, password_hash, now_us, by_of(who)))
    )
    _log.info("account_made", extra={"account": made.account, "role": made.role, "actor": who.account})
    return _account(made, [])


@router.patch("/accounts/{account}", summary="Change an account", responses=problems(404, 409, 413))
def change_account(backend: Behind, who: Acting, account: AccountPath, asked: m.AccountChange) -> m.AccountView:
    """Another role, disabled or not, another password, another person. Whoever is signed in to it has to sign in again."""
    key, now_us = account_key(account), backend.clock.now_us()
    password_hash = None if asked.password is None else _hash(backend, asked.password, account)
    if asked.person and asked.person not in backend.estate.staff:
        raise unknown("person", asked.person, backend.estate.staff)
    changes = register.Changes(asked.role, asked.disabled, password_hash, asked.person)
    bound = _bound(backend, key)
    changed: Account = allowed(commit(backend, lambda c: acts.change(c, backend.site, key, changes, now_us, by_of(who))))
    backend.accounts.sessions.forget()
    for one in set(bound) - set(_bound(backend, key)):  # nothing waits for what these had not sent
        answer(backend.worker.ask(StreamSet(one.phone, one.person, "ended")))
    told = {
        "role": changed.role,
        "person": changed.person,
        "disabled": changed.disabled_us is not None,
        "password": password_hash is not None,
    }
    _log.info("account_changed", extra={"account": key, "actor": who.account, **told})
    return _account(changed, _sessions(backend, key))


@router.post(
    "/accounts/{account}/tokens", summary="Make a token for a program", responses=problems(404, 409, 413), status_code=201
)
def make_token(backend: Behind, who: Acting, account: AccountPath, asked: m.TokenRequest) -> m.NewToken:
    """The program sends it as `Authorization: Bearer`. It may what the account's role may, and ends by itself."""
    key, now_us, settings = account_key(account), backend.clock.now_us(), backend.accounts.settings
    begun: register.Begun = allowed(
        commit(backend, lambda c: acts.make_token(c, backend.site, key, asked.label, asked.days, settings, now_us, by_of(who)))
    )
    _log.info("token_made", extra={"account": key, "session": begun.session.session, "actor": who.account})
    return m.NewToken(token=begun.token, session=_session(begun.session, who))


def set_session_cookie(response: Response, request: Request, begun: register.Begun, now_us: int) -> None:
    """Have the browser keep the token until the session ends in any case."""
    response.set_cookie(
        cookie_name(request.scope),
        begun.token,
        max_age=(begun.session.expires_us - now_us) // US_PER_S,
        path="/",
        secure=is_secure(request.scope),
        httponly=True,
        samesite="strict",
    )


def _hash(backend: Backend, password: str, name: str) -> str:
    """What is kept of a new password. Raises Refused, ApiError."""
    allowed(wrong_with_password(password, name))
    try:
        return backend.accounts.passwords.hash(password)
    except TooBusy as error:
        raise ApiError("busy_signing_in", retry_s=BUSY_S) from error


def denied_error(denied: Denied) -> ApiError:
    """Why somebody did not prove who they are."""
    return ApiError(denied.reason, **({"retry_s": denied.retry_s} if denied.retry_s else {}))


def _bound(backend: Backend, account: str) -> list[PhoneToken]:
    found: list[PhoneToken] = backend.accounts.read(
        lambda connection: phone_rows.tokens(connection, backend.site, account=account)
    )
    return found


def _sessions(backend: Backend, account: str) -> list[Session]:
    found: list[Session] = backend.accounts.read(lambda connection: rows.sessions(connection, backend.site, account))
    return found


def _end(backend: Backend, who: Identity, session: str) -> bool:
    now_us = backend.clock.now_us()
    ended = bool(commit(backend, lambda c: acts.end_session(c, backend.site, session, now_us, by_of(who))))
    backend.accounts.sessions.forget()
    return ended


def _me(backend: Backend, who: Identity) -> m.Me:
    zh, en = ROLE_NAMES[who.role]
    estate = backend.estate
    return m.Me(
        account=who.account,
        name=who.name,
        role=who.role,
        role_zh=zh,
        role_en=en,
        person=who.person,
        session=who.session,
        kind=who.kind,
        expires_at=rfc3339(who.expires_us),
        site=backend.site,
        estate_zh=estate.name_zh,
        estate_en=estate.name_en,
        timezone=estate.timezone.key,
        may=[f"{method} {template}" for method, template in PERMISSIONS if may(who.role, method, template)],
    )


def _session(session: Session, who: Identity) -> m.SessionView:
    return m.SessionView(
        session=session.session,
        account=session.account,
        kind=session.kind,
        label=session.label,
        own=session.session == who.session,
        created_at=rfc3339(session.created_us),
        used_at=rfc3339(session.used_us),
        expires_at=rfc3339(session.expires_us),
    )


def _account(account: Account, lasting: Sequence[Session]) -> m.AccountView:
    zh, en = ROLE_NAMES[account.role]
    return m.AccountView(
        account=account.account,
        name=account.name,
        role=account.role,
        role_zh=zh,
        role_en=en,
        person=account.person,
        has_password=bool(account.password_hash),
        created_at=rfc3339(account.created_us),
        disabled_at=when(account.disabled_us),
        sign_ins=sum(one.kind == "cookie" for one in lasting),
        tokens=sum(one.kind == "token" for one in lasting),
        used_at=when(max((one.used_us for one in lasting), default=None)),
    )
