"""Visits' rows: in memory what is not over, in the database all."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec
from sqlalchemy import Connection, Table, select

from hub.ingest.rows import Journal, Rows
from hub.store import bulk, schema
from hub.store.visit_rows import delivery_of, route_of, rules_of, space_of, visit_of
from hub.visits.rules import Rules
from hub.visits.types import Delivery, Link, Looks, Notice, ResidentLink, Route, Space, Visit, VisitEntry

if TYPE_CHECKING:
    from hub.ingest.site import Site

V = TypeVar("V")
_encode = msgspec.json.Encoder().encode


class Passing(Rows[str, V], Generic[V]):
    """Rows of which only those stay in memory, once their turn is committed, that `stays` names."""

    def __init__(self, journal: Journal, stays: Callable[[V], bool]) -> None:
        self._stays = stays
        self._going: set[str] = set()
        super().__init__(journal)

    def settle(self) -> None:
        """The turn is committed."""
        super().settle()
        for key in list(self._going):
            self.forget(key)

    def _place(self, key: str, value: V | None) -> None:
        super()._place(key, value)
        if value is not None and not self._stays(value):
            self._going.add(key)
        else:
            self._going.discard(key)


def _lasts(row: Visit | Delivery) -> bool:
    return row.ended_us is None


def _never(_: object) -> bool:
    return False


class VisitTables:
    """All of them. `entries`, `links`, `resident_links` and `notices` hold what the present turn has made or changed."""

    def __init__(self, journal: Journal) -> None:
        self.visits: Passing[Visit] = Passing(journal, _lasts)
        self.deliveries: Passing[Delivery] = Passing(journal, _lasts)
        self.entries: Passing[VisitEntry] = Passing(journal, _never)
        self.links: Passing[Link] = Passing(journal, _never)
        self.resident_links: Passing[ResidentLink] = Passing(journal, _never)
        self.notices: Passing[Notice] = Passing(journal, _never)
        self.spaces: Rows[str, Space] = Rows(journal)
        self.routes: Rows[str, Route] = Rows(journal)
        self.rules: Rows[int, Rules] = Rows(journal)
        self.looks: Rows[tuple[str, str], Looks] = Rows(journal)

    def tables(self) -> tuple[Rows[Any, Any], ...]:
        """For whoever goes over all of a site's tables."""
        return (
            self.visits,
            self.deliveries,
            self.entries,
            self.links,
            self.resident_links,
            self.notices,
            self.spaces,
            self.routes,
            self.rules,
            self.looks,
        )


def load_visits(connection: Connection, site_id: str, site: "Site") -> None:
    """What is not over, and what is set up."""
    v, d = schema.visit.c, schema.delivery.c
    for row in connection.execute(select(schema.visit).where(v.site == site_id, v.ended_us.is_(None))):
        site.guests.visits.load(row.visit, visit_of(row))
    for row in connection.execute(select(schema.delivery).where(d.site == site_id, d.ended_us.is_(None))):
        site.guests.deliveries.load(row.delivery, delivery_of(row))
    for row in connection.execute(select(schema.visit_space).where(schema.visit_space.c.site == site_id)):
        site.guests.spaces.load(row.space, space_of(row))
    for row in connection.execute(select(schema.visit_route).where(schema.visit_route.c.site == site_id)):
        site.guests.routes.load(row.route, route_of(row))
    for row in connection.execute(select(schema.visit_rules).where(schema.visit_rules.c.site == site_id)):
        site.guests.rules.load(row.no, rules_of(row))
    for row in connection.execute(select(schema.visit_looks).where(schema.visit_looks.c.site == site_id)):
        site.guests.looks.load((row.account, row.what), Looks(*tuple(row)[1:]))


def write_visits(connection: Connection, site_id: str, site: "Site") -> None:
    """What a turn changed."""
    guests = site.guests
    _write(connection, schema.visit, site_id, guests.visits)
    _write(connection, schema.delivery, site_id, guests.deliveries)
    _write(connection, schema.visit_entry, site_id, guests.entries)
    _write(connection, schema.visit_link, site_id, guests.links)
    _write(connection, schema.resident_link, site_id, guests.resident_links)
    _write(connection, schema.visit_notice, site_id, guests.notices)
    _write(connection, schema.visit_space, site_id, guests.spaces)
    _write(connection, schema.visit_route, site_id, guests.routes)
    _write(connection, schema.visit_rules, site_id, guests.rules)
    _write(connection, schema.visit_looks, site_id, guests.looks)


def _write(connection: Connection, table: Table, site_id: str, rows: Rows[Any, Any]) -> None:
    changed = sorted(rows.changed(), key=lambda change: change[0])
    bulk.upsert(connection, table, [(site_id, *_values(now)) for _, _, now in changed if now is not None])
    bulk.delete(connection, table, [(site_id, key) for key, was, now in changed if now is None and was is not None])


def _values(row: msgspec.Struct) -> tuple[Any, ...]:
    if isinstance(row, Route):
        return (row.route, row.name_zh, row.name_en, row.words, _encode(row.groups).decode())
    if isinstance(row, Rules):
        return (row.no, _encode(row.lines).decode(), row.made_us, row.made_by)
    return msgspec.structs.astuple(row)
