"""Rows of agents' keys and of one-time tokens. Everything takes a connection: what is done together is one transaction."""

from sqlalchemy import Connection, insert, select, update

from hub.enrolment.rules import KeyRow, TokenRow
from hub.store import schema

_key, _token = schema.agent_key.c, schema.enrolment.c
_KEY = [_key[name] for name in KeyRow._fields]
_TOKEN = [_token[name] for name in TokenRow._fields]


def key_rows(connection: Connection, site: str) -> list[KeyRow]:
    """All keys, the ended ones with them, each agent's in the order in which they were given."""
    query = select(*_KEY).where(_key.site == site).order_by(_key.agent, _key.since_us, _key.key_id)
    return [KeyRow(*row) for row in connection.execute(query)]


def add_key(connection: Connection, site: str, row: KeyRow) -> None:
    """A new key. It is the newest, also where the clock was set back."""
    query = select(_key.since_us).where(_key.site == site, _key.agent == row.agent).order_by(_key.since_us.desc()).limit(1)
    last_us = connection.execute(query).scalar()
    since_us = row.since_us if last_us is None else max(row.since_us, last_us + 1)
    connection.execute(insert(schema.agent_key).values(site=site, **row._replace(since_us=since_us)._asdict()))


def note_used(connection: Connection, site: str, agent: str, key_id: str, now_us: int) -> None:
    """It was used for the first time."""
    mine = (_key.site == site, _key.agent == agent, _key.key_id == key_id, _key.used_us.is_(None))
    connection.execute(update(schema.agent_key).where(*mine).values(used_us=now_us))


def revoke_keys(connection: Connection, site: str, agent: str, reason: str, now_us: int) -> int:
    """End all that the agent has. How many there were."""
    mine = (_key.site == site, _key.agent == agent, _key.revoked_us.is_(None))
    return connection.execute(update(schema.agent_key).where(*mine).values(revoked_us=now_us, reason=reason)).rowcount


def token_of(connection: Connection, site: str, digest: str) -> TokenRow | None:
    """One token."""
    row = connection.execute(select(*_TOKEN).where(_token.site == site, _token.digest == digest)).one_or_none()
    return None if row is None else TokenRow(*row)


def open_tokens(connection: Connection, site: str, now_us: int) -> dict[str, TokenRow]:
    """What each agent may enrol by at the moment."""
    query = select(*_TOKEN).where(_token.site == site, _token.used_us.is_(None), _token.until_us > now_us)
    return {row.agent: row for row in (TokenRow(*one) for one in connection.execute(query))}


def add_token(connection: Connection, site: str, row: TokenRow) -> None:
    """A new token; those before it end."""
    end_tokens(connection, site, row.agent, row.made_us)
    connection.execute(insert(schema.enrolment).values(site=site, **row._asdict()))


def end_tokens(connection: Connection, site: str, agent: str, now_us: int) -> None:
    """Nobody enrols any more by what the agent was invited with."""
    mine = (_token.site == site, _token.agent == agent, _token.used_us.is_(None), _token.until_us > now_us)
    connection.execute(update(schema.enrolment).where(*mine).values(until_us=now_us))


def use_token(connection: Connection, site: str, digest: str, now_us: int) -> bool:
    """Compare and set: whether it was still good, and is used by this."""
    mine = (_token.site == site, _token.digest == digest, _token.used_us.is_(None), _token.until_us > now_us)
    return connection.execute(update(schema.enrolment).where(*mine).values(used_us=now_us)).rowcount == 1


def end_all_tokens(connection: Connection) -> None:
    """Of every site: after a restore, what was used since the backup must not be good again."""
    connection.execute(update(schema.enrolment).where(_token.used_us.is_(None)).values(until_us=_token.made_us))
