"""What is done with accounts and sessions, with its rules: by the API in the worker's transaction, by `watchkeeper admin` in its
own. Each takes a connection and answers with what it did, or a Refusal with nothing written."""

import secrets
from typing import NamedTuple

from sqlalchemy import Connection

from contract.clock import US_PER_S
from hub.accounts.oidc_types import Person
from hub.accounts.permissions import Role
from hub.accounts.secrets import account_key, digest_of, new_token, wrong_with_name
from hub.accounts.settings import AccountsSettings
from hub.accounts.types import LOCAL, Account, Kind, Session
from hub.cases.types import Refusal
from hub.store import accounts as rows
from hub.store import phone_rows

ACCOUNTS_MAX = 2_000
SIGN_INS_MAX = 20
"""Of one account: another one ends the one that was used longest ago."""
TOKENS_MAX = 50
LABEL_CHARS_MAX = 100
_DAY_US = 86_400 * US_PER_S
_LOCAL_DAYS = 3_650


class Begun(NamedTuple):
    """A session that has begun, and its token, which is told this once."""

    session: Session
    token: str


class Changes(NamedTuple):
    """What is to be other than it is; None: as it is."""

    role: Role | None = None
    disabled: bool | None = None
    password_hash: str | None = None
    person: str | None = None


def create(connection: Connection, site: str, name: str, role: Role, password_hash: str, now_us: int) -> Account | Refusal:
    """A new account."""
    key = account_key(name)
    wrong = wrong_with_name(name)
    if wrong is not None:
        return wrong
    if rows.account_of(connection, site, key) is not None or key in (LOCAL, "hub"):
        return Refusal("account_exists", f"名称“{name}”已被使用 / the name {name!r} is taken: take another one")
    if len(rows.accounts(connection, site)) >= ACCOUNTS_MAX:
        return Refusal("too_many_accounts", f"账号已达 {ACCOUNTS_MAX} 个 / there are {ACCOUNTS_MAX} accounts already")
    account = Account(key, name, role, password_hash, now_us, None)
    rows.add_account(connection, site, account)
    return account


def change(connection: Connection, site: str, key: str, changes: Changes, now_us: int, *, but: str = "") -> Account | Refusal:
    """Change an account. Whatever changes ends its sessions, but for the one named `but`, and its phones; a new password leaves
    tokens and phones."""
    account = rows.account_of(connection, site, key)
    if account is None:
        return _unknown(key)
    if key == LOCAL:
        return _local()
    role = account.role if changes.role is None else changes.role
    disabled_us = account.disabled_us
    if changes.disabled is not None:
        disabled_us = (account.disabled_us or now_us) if changes.disabled else None
    loses = account.role == "administrator" and account.disabled_us is None and (role != account.role or disabled_us is not None)
    if loses and _administrators(connection, site) == [key]:
        return Refusal("last_administrator", "这是最后一个管理员 / this is the last administrator: make another one first")
    password_hash = account.password_hash if changes.password_hash is None else changes.password_hash
    person = account.person if changes.person is None else changes.person
    new = account._replace(role=role, disabled_us=disabled_us, password_hash=password_hash, person=person)
    if new == account:
        return account
    rows.change_account(connection, site, new)
    only_password = new._replace(password_hash=account.password_hash) == account
    rows.end_sessions(connection, site, key, but=but, kind="cookie" if only_password else "")
    if not only_password:
        phone_rows.end_of_account(connection, site, key, now_us)
    return new


def begin_sign_in(
    connection: Connection, site: str, account: Account, label: str, settings: AccountsSettings, now_us: int
) -> Begun | Refusal:
    """A session for a browser. `account`: as it was when the password was checked; it must still be so."""
    if rows.account_of(connection, site, account.account) != account or account.disabled_us is not None:
        return Refusal("changed_meanwhile", "账号刚被更改，请重试 / the account was changed meanwhile: try again")
    rows.end_old(connection, site, now_us, now_us - settings.idle_minutes * 60 * US_PER_S)
    rows.end_oldest(connection, site, account.account, "cookie", SIGN_INS_MAX - 1)
    return _begin(connection, site, account.account, "cookie", label, now_us, now_us + settings.session_hours * 3_600 * US_PER_S)


def sign_in_person(
    connection: Connection, site: str, person: Person, label: str, settings: AccountsSettings, now_us: int
) -> Begun | Refusal:
    """A session for somebody whom the OIDC provider has named. The first time the account is made; its role is what was said
    last. A name that is taken is never taken over."""
    account = rows.account_of_subject(connection, site, person.subject)
    if account is None:
        made = create(connection, site, person.name.strip(), person.role, "", now_us)
        if isinstance(made, Refusal):
            return made
        account = made._replace(subject=person.subject)
        rows.change_account(connection, site, account)
    if account.disabled_us is not None:
        return _disabled()
    if account.role != person.role:
        account = account._replace(role=person.role)
        rows.change_account(connection, site, account)
        rows.end_sessions(connection, site, account.account)
        phone_rows.end_of_account(connection, site, account.account, now_us)
    return begin_sign_in(connection, site, account, label, settings, now_us)


def make_token(
    connection: Connection, site: str, key: str, label: str, days: int, settings: AccountsSettings, now_us: int
) -> Begun | Refusal:
    """A token for a program."""
    account = rows.account_of(connection, site, key)
    if account is None:
        return _unknown(key)
    if key == LOCAL:
        return _local()
    if account.disabled_us is not None:
        return _disabled()
    if not 1 <= days <= settings.token_days_max:
        told = f"令牌有效期须为 1 到 {settings.token_days_max} 天 / a token lasts 1 to {settings.token_days_max} days"
        return Refusal("wrong_days_of_token", told)
    rows.end_old(connection, site, now_us, now_us - settings.idle_minutes * 60 * US_PER_S)
    if rows.count_sessions(connection, site, key, "token") >= TOKENS_MAX:
        return Refusal("too_many_tokens", f"该账号已有 {TOKENS_MAX} 个令牌 / the account has {TOKENS_MAX} tokens: end some first")
    return _begin(connection, site, key, "token", label, now_us, now_us + days * _DAY_US)


def begin_local(connection: Connection, site: str, label: str, now_us: int) -> str:
    """A fresh token for the local account, in place of the one under this label. The account is made where it is missing."""
    if rows.account_of(connection, site, LOCAL) is None:
        rows.add_account(connection, site, Account(LOCAL, LOCAL, "administrator", "", now_us, None))
    rows.end_sessions(connection, site, LOCAL, label=label)
    return _begin(connection, site, LOCAL, "token", label, now_us, now_us + _LOCAL_DAYS * _DAY_US).token


def people(connection: Connection, site: str) -> int:
    """How many accounts somebody can sign in to."""
    return sum(1 for one in rows.accounts(connection, site) if one.password_hash and one.disabled_us is None)


def _administrators(connection: Connection, site: str) -> list[str]:
    found = rows.accounts(connection, site)
    return [a.account for a in found if a.role == "administrator" and a.disabled_us is None and a.account != LOCAL]


def _begin(connection: Connection, site: str, account: str, kind: Kind, label: str, now_us: int, expires_us: int) -> Begun:
    token = new_token()
    digest = digest_of(token)
    assert digest is not None
    session = Session(secrets.token_hex(8), account, kind, label[:LABEL_CHARS_MAX], now_us, now_us, expires_us)
    rows.add_session(connection, site, digest, session)
    return Begun(session, token)


def _local() -> Refusal:
    return Refusal("local_account", "本机账号由系统管理 / the local account is the hub's own: it can be neither changed nor lent")


def _disabled() -> Refusal:
    return Refusal("account_disabled", "账号已停用 / the account is disabled: an administrator can enable it")


def _unknown(key: str) -> Refusal:
    return Refusal("unknown_account", f"没有账号“{key[:60]}” / there is no account {key[:60]!r}")
