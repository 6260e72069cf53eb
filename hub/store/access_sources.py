"""What tables for gates are compiled from, and which number each agent's table has."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, Select, or_, select

from hub.access.compile import Source, chosen
from hub.access.table import Mark
from hub.access.types import AnyThing
from hub.store import access_rows, bulk, schema

CHUNK_ROWS = 1_000
_c, _p, _h, _d = schema.credential.c, schema.permit.c, schema.holder.c, schema.household.c
_COLUMNS = (
    _c.name, _c.medium, _c.state, _c.from_us, _c.until_us, _c.pin, _c.ended_us, _c.permit, _p.group_ids, _p.from_us, _p.until_us,
    _p.spaces, _p.uses, _p.exempt, _p.ended_us, _h.holder, _h.ended_us, _d.ended_us,
)  # fmt: skip
_GROUPS_AT, _EXEMPT_AT = 8, 13


class AccessSources:
    """Reads what tables are made of. Raises SQLAlchemy's errors."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def rules(self) -> list[AnyThing]:
        """All groups, zones, portals and schedules."""
        with self._engine.connect() as connection:
            return access_rows.rules(connection, self._site)

    def all(self, ended_after_us: int) -> Iterator[list[Source]]:
        """For each name the credential that counts, in chunks; those that ended before are left out."""
        query = self._query().where(or_(_c.ended_us.is_(None), _c.ended_us > ended_after_us)).order_by(_c.name)
        with self._engine.connect() as connection:
            rows = connection.execution_options(yield_per=CHUNK_ROWS).execute(query)
            chunk: list[Source] = []
            for _, same in groupby((source_of(row) for row in rows), key=lambda source: source.name):
                chunk += chosen(same).values()
                if len(chunk) >= CHUNK_ROWS:
                    yield chunk
                    chunk = []
            if chunk:
                yield chunk

    def of_names(self, names: Sequence[str]) -> list[Source]:
        """For each of these names the credential that counts."""
        found: list[Source] = []
        with self._engine.connect() as connection:
            for at in range(0, len(names), 500):
                rows = connection.execute(self._query().where(_c.name.in_(names[at : at + 500])))
                found += chosen(source_of(row) for row in rows).values()
        return found

    def names_of(
        self, permits: Sequence[str], holders: Sequence[str], households: Sequence[str], groups: Sequence[str]
    ) -> list[str]:
        """The names of all credentials of these permits, holders, households, and permits with one of these groups."""
        wheres: list[Any] = []
        for column, names in ((_p.permit, permits), (_p.holder, holders), (_h.household, households)):
            wheres += [column.in_(names[at : at + 500]) for at in range(0, len(names), 500)]
        wheres += [_p.group_ids.contains(f'"{group}"', autoescape=True) for group in groups]
        found: set[str] = set()
        with self._engine.connect() as connection:
            for where in wheres:
                found.update(row[0] for row in connection.execute(self._query(_c.name).where(where)))
        return sorted(found)

    def names_over(self, after_us: int, until_us: int) -> list[str]:
        """The names of credentials that were over for any cause between both."""
        causes = (_c.ended_us, _c.until_us, _p.ended_us, _p.until_us, _h.ended_us, _d.ended_us)
        within = or_(*((column > after_us) & (column <= until_us) for column in causes))
        with self._engine.connect() as connection:
            return [row[0] for row in connection.execute(self._query(_c.name).where(within).distinct())]

    def marks(self) -> dict[str, Mark]:
        """The number of each agent's table."""
        t = schema.permit_table.c
        query = select(t.agent, t.epoch, t.no, t.hash, t.entries, t.at_us).where(t.site == self._site)
        with self._engine.connect() as connection:
            return {row[0]: Mark(*row[1:]) for row in connection.execute(query)}

    def _query(self, *columns: Any) -> Select[Any]:
        joined = schema.credential.join(schema.permit, (_p.site == _c.site) & (_p.permit == _c.permit))
        joined = joined.join(schema.holder, (_h.site == _p.site) & (_h.holder == _p.holder))
        joined = joined.outerjoin(schema.household, (_d.site == _h.site) & (_d.household == _h.household))
        return select(*(columns or _COLUMNS)).select_from(joined).where(_c.site == self._site)


def write_marks(connection: Connection, site: str, marks: Mapping[str, Mark]) -> None:
    """Keep the numbers of these agents' tables."""
    bulk.upsert(connection, schema.permit_table, [(site, agent, *mark) for agent, mark in sorted(marks.items())])


def source_of(row: Row[Any]) -> Source:
    """A row of the joined tables."""
    values = list(row)
    values[_GROUPS_AT], values[_EXEMPT_AT] = _groups(values[_GROUPS_AT]), bool(values[_EXEMPT_AT])
    return Source(*values)


@lru_cache(maxsize=4096)
def _groups(text: str) -> tuple[str, ...]:
    return tuple(msgspec.json.decode(text, type=list[str]))
