"""What is asked of the audit log by those who only look. See hub/store/read.py."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select
from sqlalchemy.sql import ColumnElement

from hub.accounts.secrets import account_key
from hub.audit.chain import Entry, Head
from hub.audit.seal import TOKEN, Where, open_box, token
from hub.store import schema as t

_ENTRY = tuple(t.audit_entry.c[field] for field in Entry._fields)
_HEAD = tuple(t.audit_head.c[field] for field in Head._fields)


class AuditFilter(NamedTuple):
    """Which entries are asked for; an empty field asks for all. `actor` and `subject`: as they stand in entries, or a person's
    name. `before_no`: only older ones than this."""

    actor: str = ""
    subject: str = ""
    act: str = ""
    from_us: int | None = None
    to_us: int | None = None
    before_no: int | None = None


class AuditReads:
    """The audit log of one site. Any thread; each call is one transaction of its own."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine = engine
        self._site = site

    def entries(self, wanted: AuditFilter, limit: int) -> list[Entry]:
        """Those that fit every field, newest first."""
        c = t.audit_entry.c
        with self._engine.connect() as connection:
            fits: list[ColumnElement[bool]] = [c.site == self._site]
            fits += [c.actor.in_(self._names(connection, wanted.actor))] if wanted.actor else []
            fits += [c.subject.in_(self._names(connection, wanted.subject))] if wanted.subject else []
            fits += [c.act == wanted.act] if wanted.act else []
            fits += [c.at_us >= wanted.from_us] if wanted.from_us is not None else []
            fits += [c.at_us < wanted.to_us] if wanted.to_us is not None else []
            fits += [c.no < wanted.before_no] if wanted.before_no is not None else []
            query = select(*_ENTRY).where(*fits).order_by(c.no.desc()).limit(limit)
            return [Entry(*row) for row in connection.execute(query)]

    def entry(self, no: int) -> Entry | None:
        """One entry."""
        c = t.audit_entry.c
        with self._engine.connect() as connection:
            row = connection.execute(select(*_ENTRY).where(c.site == self._site, c.no == no)).one_or_none()
        return None if row is None else Entry(*row)

    def heads(self, limit: int) -> list[Head]:
        """The newest heads first."""
        c = t.audit_head.c
        query = select(*_HEAD).where(c.site == self._site).order_by(c.epoch.desc(), c.no.desc()).limit(limit)
        with self._engine.connect() as connection:
            return [Head(*row) for row in connection.execute(query)]

    def opened(self, entries: Iterable[Entry]) -> list[dict[str, list[str] | None]]:
        """For each entry the texts of its people, by their IDs; None: the key is erased."""
        boxes = [(Where(one.site, one.no), dict(json.loads(one.sealed))) for one in entries]
        people = {person for _, sealed in boxes for person in sealed}
        c = t.person_key.c
        query = select(c.person, c.key).where(c.site == self._site, c.person.in_(people), c.erased_us.is_(None))
        with self._engine.connect() as connection:
            keys = {str(person): bytes(key) for person, key in connection.execute(query)}
        return [
            {person: open_box(keys[person], box, where, person) if person in keys else None for person, box in sealed.items()}
            for where, sealed in boxes
        ]

    def _names(self, connection: Connection, told: str) -> list[str]:
        """What somebody, or something, may be called in entries."""
        if told.startswith(TOKEN):
            return [told]
        c = t.person_key.c
        query = select(c.person).where(c.site == self._site, c.subject == account_key(told), c.subject != "")
        return [told, *(token(str(person)) for person in connection.execute(query).scalars())]
