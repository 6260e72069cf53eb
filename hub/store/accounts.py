"""Rows of accounts and sessions. Everything takes a connection: what is done together is one transaction of its caller's."""

from sqlalchemy import Connection, delete, func, insert, select, update

from hub.accounts.types import Account, Identity, Session
from hub.store import schema

_account, _session = schema.account.c, schema.session.c
_ACCOUNT = [_account[name] for name in Account._fields]
_SESSION = [_session[name] for name in Session._fields]


def accounts(connection: Connection, site: str) -> list[Account]:
    """All accounts, by key."""
    query = select(*_ACCOUNT).where(_account.site == site).order_by(_account.account)
    return [Account(*row) for row in connection.execute(query)]


def account_of(connection: Connection, site: str, account: str) -> Account | None:
    """One account by its key."""
    row = connection.execute(select(*_ACCOUNT).where(_account.site == site, _account.account == account)).one_or_none()
    return None if row is None else Account(*row)


def account_of_subject(connection: Connection, site: str, subject: str) -> Account | None:
    """The account of somebody at the OIDC provider."""
    row = connection.execute(select(*_ACCOUNT).where(_account.site == site, _account.subject == subject)).one_or_none()
    return None if row is None else Account(*row)


def add_account(connection: Connection, site: str, account: Account) -> None:
    """A new account, under a key that is free."""
    connection.execute(insert(schema.account).values(site=site, **account._asdict()))


def change_account(connection: Connection, site: str, account: Account) -> None:
    """Write its row as it is now."""
    mine = (_account.site == site, _account.account == account.account)
    connection.execute(update(schema.account).where(*mine).values(**account._asdict()))


def identity_of(connection: Connection, site: str, digest: str) -> tuple[Identity, int] | None:
    """Whose token it is, and when it was last used; None where there is none, or its account is disabled."""
    query = (
        select(_account.account, _account.name, _account.role, _session.session, _session.kind, _session.digest,
               _session.expires_us, _account.person, _session.used_us)
        .join(schema.account, (_account.site == _session.site) & (_account.account == _session.account))
        .where(_session.site == site, _session.digest == digest, _account.disabled_us.is_(None))
    )  # fmt: skip
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    *fields, used_us = row
    return Identity(*fields), int(used_us)


def sessions(connection: Connection, site: str, account: str | None = None) -> list[Session]:
    """The sessions of an account, or all, the newest first."""
    query = select(*_SESSION).where(_session.site == site).order_by(_session.created_us.desc(), _session.session)
    if account is not None:
        query = query.where(_session.account == account)
    return [Session(*row) for row in connection.execute(query)]


def session_of(connection: Connection, site: str, session: str) -> Session | None:
    """One session by its public name."""
    row = connection.execute(select(*_SESSION).where(_session.site == site, _session.session == session)).one_or_none()
    return None if row is None else Session(*row)


def add_session(connection: Connection, site: str, digest: str, session: Session) -> None:
    """A new session."""
    connection.execute(insert(schema.session).values(site=site, digest=digest, **session._asdict()))


def touch(connection: Connection, site: str, digest: str, now_us: int) -> None:
    """It was used now."""
    mine = (_session.site == site, _session.digest == digest, _session.used_us < now_us)
    connection.execute(update(schema.session).where(*mine).values(used_us=now_us))


def end_sessions(connection: Connection, site: str, account: str, *, but: str = "", kind: str = "", label: str = "") -> int:
    """End an account's sessions, of one kind or label where that is given, but for the one named `but`. How many there were."""
    which = [_session.site == site, _session.account == account, _session.session != but]
    which += [_session.kind == kind] if kind else []
    which += [_session.label == label] if label else []
    return connection.execute(delete(schema.session).where(*which)).rowcount


def end_session(connection: Connection, site: str, session: str) -> bool:
    """End one. Whether there was one."""
    gone = connection.execute(delete(schema.session).where(_session.site == site, _session.session == session))
    return gone.rowcount > 0


def end_old(connection: Connection, site: str, now_us: int, idle_since_us: int) -> int:
    """Take away what has ended by itself."""
    over = (_session.expires_us <= now_us) | ((_session.kind == "cookie") & (_session.used_us <= idle_since_us))
    return connection.execute(delete(schema.session).where(_session.site == site, over)).rowcount


def count_sessions(connection: Connection, site: str, account: str, kind: str) -> int:
    """How many of that kind the account has."""
    query = select(func.count()).select_from(schema.session)
    mine = (_session.site == site, _session.account == account, _session.kind == kind)
    return int(connection.execute(query.where(*mine)).scalar_one())


def end_oldest(connection: Connection, site: str, account: str, kind: str, keep: int) -> None:
    """End those that were used longest ago, so that `keep` stay."""
    mine = (_session.site == site, _session.account == account, _session.kind == kind)
    query = select(_session.digest).where(*mine).order_by(_session.used_us.desc(), _session.digest).offset(keep).limit(1_000)
    old = list(connection.execute(query).scalars())
    if old:
        connection.execute(delete(schema.session).where(_session.site == site, _session.digest.in_(old)))


def end_all(connection: Connection) -> None:
    """End every session of every site: after a restore, what was ended since the backup must not come back."""
    connection.execute(delete(schema.session))
