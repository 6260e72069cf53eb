"""What is done with accounts, with its entry on the audit log: hub/accounts/register.py, by somebody."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from hub.accounts import register
from hub.accounts.permissions import Role
from hub.accounts.register import Begun, Changes
from hub.accounts.secrets import account_key
from hub.accounts.settings import AccountsSettings
from hub.accounts.types import Account, Session
from hub.audit.log import append
from hub.audit.types import HUB, Act, Personal
from hub.cases.types import Refusal
from hub.store import accounts as rows


class By(NamedTuple):
    """Who does it, and why where that is said. `but`: the session that goes on though its account is changed."""

    actor: str
    role: str = ""
    reason: str = ""
    but: str = ""


def create(
    connection: Connection, site: str, name: str, role: Role, password_hash: str, now_us: int, by: By
) -> Account | Refusal:
    """See register.create."""
    made = register.create(connection, site, name, role, password_hash, now_us)
    if isinstance(made, Account):
        after = {"role": made.role, "password": bool(made.password_hash)}
        _note(connection, site, by, "account.create", name, now_us, after=after)
    return made


def change(connection: Connection, site: str, key: str, changes: Changes, now_us: int, by: By) -> Account | Refusal:
    """See register.change. Of a password it is told that it is another one."""
    was = rows.account_of(connection, site, key)
    done = register.change(connection, site, key, changes, now_us, but=by.but)
    if isinstance(done, Account) and was is not None and done != was:
        before, after = _told(was), _told(done)
        if done.password_hash != was.password_hash:
            after["password"] = "changed"  # noqa: S105 - a word for people
        if done.person != was.person:
            before["person"], after["person"] = was.person, done.person
        _note(connection, site, by, "account.change", done.name, now_us, before=before, after=after)
    return done


def make_token(
    connection: Connection, site: str, key: str, label: str, days: int, settings: AccountsSettings, now_us: int, by: By
) -> Begun | Refusal:
    """See register.make_token."""
    begun = register.make_token(connection, site, key, label, days, settings, now_us)
    if isinstance(begun, Begun):
        _note(connection, site, by, "token.create", key, now_us, after=_session(begun.session))
    return begun


def end_session(connection: Connection, site: str, session: str, now_us: int, by: By) -> bool:
    """End one. Whether there was one."""
    was = rows.session_of(connection, site, session)
    ended = rows.end_session(connection, site, session)
    if was is not None and ended:
        own = account_key(by.actor) == was.account and by.but == session
        _note(connection, site, by, "sign_out" if own else "session.end", was.account, now_us, before=_session(was))
    return ended


def signed_in(connection: Connection, site: str, begun: Begun | Refusal, host: str, how: str, now_us: int) -> None:
    """Note a sign-in that has begun in this transaction."""
    if isinstance(begun, Begun):
        account = begun.session.account
        after = {**_session(begun.session), "from": Personal(account, host), "how": how}
        _note(connection, site, By(account), "sign_in", account, now_us, after=after)


def sign_in_failed(connection: Connection, site: str, known: str, host: str, reason: str, now_us: int) -> None:
    """Note one that was refused. `known`: the account, empty where there is none by that name: it may have been a password."""
    told = Personal(known, host) if known else host
    subject = Personal(known) if known else ""
    append(connection, site, [Act(HUB, "sign_in.failed", "account", subject, reason, after={"from": told})], now_us)


def _note(
    connection: Connection,
    site: str,
    by: By,
    act: str,
    subject: str,
    now_us: int,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    told = Act(by.actor, act, "account", Personal(subject), by.reason, before or {}, after or {}, by.role)
    append(connection, site, [told], now_us)


def _told(account: Account) -> dict[str, object]:
    return {"role": account.role, "disabled": account.disabled_us is not None}


def _session(session: Session) -> dict[str, object]:
    label = Personal(session.account, session.label) if session.label else ""
    return {"session": session.session, "kind": session.kind, "label": label, "expires_us": session.expires_us}
