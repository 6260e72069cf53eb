"""Rows of guards' phones. Everything takes a connection: what is done together is one transaction of its caller's."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from hub.accounts.types import Identity
from hub.phones.types import Dispatch, EndedWhy, EntryRow, MediaRow, PhoneStream, PhoneToken
from hub.store import schema

_token, _account = schema.phone_token.c, schema.account.c
_TOKEN = [_token[name] for name in PhoneToken._fields]
ENDED_KEPT_US = 400 * 86_400 * 1_000_000
"""So long a phone that comes back is told that its token has ended."""


class PushRow(NamedTuple):
    """A row of `phone_push`, without the site."""

    token: str
    person: str
    endpoint: str
    p256dh: str
    auth: str
    created_us: int


class TokenEnded(Exception):
    """The token was good once. `wipe`: what the phone holds of its guard has to go; else the guard binds it anew."""

    def __init__(self, *, wipe: bool) -> None:
        super().__init__("the phone's token has ended")
        self.wipe = wipe


def identity_of(connection: Connection, site: str, digest: str) -> tuple[Identity, int] | None:
    """Who carries the phone of that token, and when it was last used; None where there is none. Raises TokenEnded where it has
    ended, or where its guard's account is disabled or stands for somebody else now."""
    query = (
        select(*_TOKEN, _account.name, _account.role, _account.disabled_us, _account.person.label("stands_for"))
        .outerjoin(schema.account, (_account.site == _token.site) & (_account.account == _token.account))
        .where(_token.site == site, _token.digest == digest)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    if row.ended_us is not None:
        raise TokenEnded(wipe=row.ended_why != "replaced")
    if row.name is None or row.disabled_us is not None or row.stands_for != row.person:
        raise TokenEnded(wipe=True)
    who = Identity(
        row.account, row.name, row.role, row.token, "phone", digest, row.expires_us, person=row.person, phone=row.phone
    )
    return who, int(row.used_us)


def add_token(connection: Connection, site: str, digest: str, token: PhoneToken) -> None:
    """A new one."""
    connection.execute(insert(schema.phone_token).values(site=site, digest=digest, **token._asdict()))


def tokens(connection: Connection, site: str, *, phone: str = "", account: str = "", token: str = "") -> list[PhoneToken]:
    """Those that have not ended, of a phone or an account where that is given, the newest first."""
    query = select(*_TOKEN).where(_token.site == site, _token.ended_us.is_(None))
    for name, value in (("phone", phone), ("account", account), ("token", token)):
        if value:
            query = query.where(_token[name] == value)
    return [PhoneToken(*row) for row in connection.execute(query.order_by(_token.created_us.desc(), _token.token))]


def touch_token(connection: Connection, site: str, digest: str, now_us: int) -> None:
    """It was used now."""
    mine = (_token.site == site, _token.digest == digest, _token.used_us < now_us)
    connection.execute(update(schema.phone_token).where(*mine).values(used_us=now_us))


def end_tokens(connection: Connection, site: str, names: Sequence[str], why: EndedWhy, now_us: int) -> int:
    """End these. How many had not ended yet."""
    mine = (_token.site == site, _token.token.in_(list(names)), _token.ended_us.is_(None))
    done = connection.execute(update(schema.phone_token).where(*mine).values(ended_us=now_us, ended_why=why))
    push = schema.phone_push.c
    connection.execute(delete(schema.phone_push).where(push.site == site, push.token.in_(list(names))))
    return done.rowcount


def end_of_account(connection: Connection, site: str, account: str, now_us: int) -> int:
    """End those of an account that was changed. How many there were."""
    return end_tokens(connection, site, [one.token for one in tokens(connection, site, account=account)], "account", now_us)


def forget_ended(connection: Connection, site: str, now_us: int) -> None:
    """Take away what ended, or expired, so long ago that no phone will ask any more."""
    old_us = now_us - ENDED_KEPT_US
    over = (_token.ended_us < old_us) | (_token.expires_us < old_us)
    connection.execute(delete(schema.phone_token).where(_token.site == site, over))


def expire_all(connection: Connection) -> None:
    """After a restore every guard binds the phone anew: what was ended since the backup must not come back. What phones hold
    stays there."""
    connection.execute(update(schema.phone_token).values(expires_us=0))


def entries_there(connection: Connection, site: str, phone: str, keys: Sequence[str]) -> dict[str, EntryRow]:
    """What came of a phone under these keys."""
    c = schema.phone_entry.c
    query = select(schema.phone_entry).where(c.site == site, c.phone == phone, c.key.in_(list(keys)))
    return {row.key: EntryRow(*tuple(row)[1:]) for row in connection.execute(query)}


def refused_entries(connection: Connection, site: str, phone: str, person: str, since_us: int, limit: int) -> list[EntryRow]:
    """What was refused of a guard's outbox since then, newest first."""
    c = schema.phone_entry.c
    mine = (c.site == site, c.phone == phone, c.person == person, c.received_us >= since_us, c.outcome == "refused")
    query = select(schema.phone_entry).where(*mine).order_by(c.received_us.desc(), c.key).limit(limit)
    return [EntryRow(*tuple(row)[1:]) for row in connection.execute(query)]


def streams(connection: Connection, site: str) -> list[PhoneStream]:
    """Every guard's outbox on every phone."""
    c = schema.phone_stream.c
    query = select(schema.phone_stream).where(c.site == site).order_by(c.phone, c.person)
    return [PhoneStream(*tuple(row)[1:]) for row in connection.execute(query)]


def dispatches(connection: Connection, site: str, *, states: Sequence[str] = (), person: str = "") -> list[Dispatch]:
    """Who was sent where, in these states, of one guard where that is given, the newest first."""
    c = schema.dispatch.c
    query = select(schema.dispatch).where(c.site == site)
    query = query.where(c.state.in_(list(states))) if states else query
    query = query.where(c.person == person) if person else query
    return [Dispatch(*tuple(row)[1:]) for row in connection.execute(query.order_by(c.sent_us.desc(), c.case_no).limit(1_000))]


def last_dispatch(connection: Connection, site: str, case_no: int) -> Dispatch | None:
    """Who was sent last for that case by the app."""
    c = schema.dispatch.c
    query = select(schema.dispatch).where(c.site == site, c.case_no == case_no).order_by(c.dispatch_no.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else Dispatch(*tuple(row)[1:])


def media_of(connection: Connection, site: str, media: str) -> MediaRow | None:
    """An upload."""
    c = schema.phone_media.c
    row = connection.execute(select(schema.phone_media).where(c.site == site, c.media == media)).first()
    return None if row is None else MediaRow(*tuple(row)[1:])


def media_same(connection: Connection, site: str, row: MediaRow) -> MediaRow | None:
    """The upload of the same bytes for the same entry: the answer to its creation was lost."""
    c = schema.phone_media.c
    mine = (c.site == site, c.phone == row.phone, c.person == row.person, c.entry == row.entry, c.sha256 == row.sha256)
    found = connection.execute(select(schema.phone_media).where(*mine).limit(1)).first()
    return None if found is None else MediaRow(*tuple(found)[1:])


def add_media(connection: Connection, site: str, row: MediaRow) -> None:
    """A new upload."""
    connection.execute(insert(schema.phone_media).values(site=site, **row._asdict()))


def count_media(connection: Connection, site: str, phone: str, person: str, since_us: int) -> tuple[int, int]:
    """How many uploads a guard's phone has under way, and how many it began since then."""
    c = schema.phone_media.c
    mine = (c.site == site, c.phone == phone, c.person == person)
    open_ = select(func.count()).select_from(schema.phone_media).where(*mine, c.stored_us.is_(None))
    recent = select(func.count()).select_from(schema.phone_media).where(*mine, c.created_us >= since_us)
    return int(connection.execute(open_).scalar_one()), int(connection.execute(recent).scalar_one())


def drop_old_media(connection: Connection, site: str, before_us: int, limit: int) -> list[str]:
    """Take away uploads begun before then: what is whole has become a picture, what is not has been given up. Returns the names
    of those that are not whole."""
    c = schema.phone_media.c
    query = select(c.media, c.stored_us).where(c.site == site, c.created_us < before_us).order_by(c.created_us).limit(limit)
    rows = connection.execute(query).all()
    if rows:
        connection.execute(delete(schema.phone_media).where(c.site == site, c.media.in_([row.media for row in rows])))
    return [str(row.media) for row in rows if row.stored_us is None]


def pushes(connection: Connection, site: str, person: str, now_us: int) -> list[PushRow]:
    """Where a guard's phones can be told, by tokens that work."""
    c = schema.phone_push.c
    lasts = (_token.ended_us.is_(None), _token.expires_us > now_us)
    query = (
        select(*(c[name] for name in PushRow._fields))
        .join(schema.phone_token, (_token.site == c.site) & (_token.token == c.token))
        .where(c.site == site, c.person == person, *lasts)
        .order_by(c.token)
    )
    return [PushRow(*row) for row in connection.execute(query)]


def put_push(connection: Connection, site: str, row: PushRow) -> None:
    """In place of the token's former one."""
    drop_push(connection, site, row.token)
    connection.execute(insert(schema.phone_push).values(site=site, **row._asdict()))


def drop_push(connection: Connection, site: str, token: str, endpoint: str = "") -> None:
    """Take a token's address away, where it is that one."""
    c = schema.phone_push.c
    query = delete(schema.phone_push).where(c.site == site, c.token == token)
    connection.execute(query.where(c.endpoint == endpoint) if endpoint else query)
