"""Rows of visits' tables as what they are, and the erasing of what is personal."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, select, update

from hub.access.types import Holder
from hub.store import schema
from hub.store.access_rows import thing_of
from hub.visits.rules import RuleLine, Rules
from hub.visits.types import Delivery, Link, Notice, ResidentLink, Route, Space, Visit

ERASED_AT_ONCE = 200
LIVING_MAX = 50
"""Of one household, who are told of something."""
_HOLDERS = ("permit", "holder")
PERMIT_PREFIX = "visit-"
"""How the ids of holders and permits of visits begin."""


def visit_of(row: Row[Any]) -> Visit:
    """A row of `visit`."""
    return msgspec.structs.replace(Visit(*tuple(row)[1:]), forced=bool(row.forced))


def delivery_of(row: Row[Any]) -> Delivery:
    """A row of `delivery`."""
    return msgspec.structs.replace(Delivery(*tuple(row)[1:]), unclaimed=bool(row.unclaimed))


def space_of(row: Row[Any]) -> Space:
    """A row of `visit_space`."""
    return msgspec.structs.replace(Space(*tuple(row)[1:]), temporary=bool(row.temporary))


def route_of(row: Row[Any]) -> Route:
    """A row of `visit_route`."""
    return Route(row.route, row.name_zh, row.name_en, row.words, tuple(msgspec.json.decode(row.groups)))


def rules_of(row: Row[Any]) -> Rules:
    """A row of `visit_rules`."""
    return Rules(row.no, msgspec.json.decode(row.lines, type=tuple[RuleLine, ...]), row.made_us, row.made_by)


def find_visit(connection: Connection, site: str, visit: str) -> Visit | None:
    """The visit of that name."""
    c = schema.visit.c
    row = connection.execute(select(schema.visit).where(c.site == site, c.visit == visit)).first()
    return None if row is None else visit_of(row)


def find_delivery(connection: Connection, site: str, delivery: str) -> Delivery | None:
    """The delivery of that name."""
    c = schema.delivery.c
    row = connection.execute(select(schema.delivery).where(c.site == site, c.delivery == delivery)).first()
    return None if row is None else delivery_of(row)


def find_link(connection: Connection, site: str, digest: str) -> Link | None:
    """The link whose token has that digest."""
    c = schema.visit_link.c
    row = connection.execute(select(schema.visit_link).where(c.site == site, c.digest == digest)).first()
    return None if row is None else Link(*tuple(row)[1:])


def find_resident_link(connection: Connection, site: str, digest: str) -> ResidentLink | None:
    """The resident's own link whose token has that digest."""
    c = schema.resident_link.c
    row = connection.execute(select(schema.resident_link).where(c.site == site, c.digest == digest)).first()
    return None if row is None else ResidentLink(*tuple(row)[1:])


def link_of_resident(connection: Connection, site: str, holder: str) -> ResidentLink | None:
    """The newest own link of a resident."""
    c = schema.resident_link.c
    row = connection.execute(select(schema.resident_link).where(c.site == site, c.holder == holder)).first()
    return None if row is None else ResidentLink(*tuple(row)[1:])


def find_notice(connection: Connection, site: str, notice: str) -> Notice | None:
    """The notice of that name."""
    c = schema.visit_notice.c
    row = connection.execute(select(schema.visit_notice).where(c.site == site, c.notice == notice)).first()
    return None if row is None else Notice(*tuple(row)[1:])


def residents(connection: Connection, site: str, room: str) -> list[Holder]:
    """Who lives in that household."""
    c = schema.holder.c
    mine = (c.site == site, c.household == room, c.kind == "resident", c.ended_us.is_(None))
    rows = connection.execute(select(schema.holder).where(*mine).order_by(c.holder).limit(LIVING_MAX))
    found = (thing_of("holder", row) for row in rows)
    return [one for one in found if isinstance(one, Holder)]


def erase_due(connection: Connection, site: str, now_us: int) -> list[str]:
    """Take out of a chunk of the visits whose day has come all that is personal: the box, the plate, the names of credentials,
    notes and links, and the pass that stood among the permits. Returns which; nothing else of them goes."""
    c = schema.visit.c
    due = select(c.visit).where(c.site == site, c.erased_us.is_(None), c.erase_us <= now_us)
    names = [str(name) for name in connection.execute(due.order_by(c.erase_us).limit(ERASED_AT_ONCE)).scalars()]
    if not names:
        return []
    empty = {"sealed": "", "plate": "", "plate_name": "", "qr": "", "erased_us": now_us, "version": c.version + 1}
    connection.execute(update(schema.visit).where(c.site == site, c.visit.in_(names)).values(empty))
    e, link, notice = schema.visit_entry.c, schema.visit_link.c, schema.visit_notice.c
    connection.execute(update(schema.visit_entry).where(e.site == site, e.about.in_(names)).values(note=""))
    connection.execute(delete(schema.visit_link).where(link.site == site, link.about.in_(names)))
    connection.execute(delete(schema.visit_notice).where(notice.site == site, notice.about.in_(names)))
    _forget_passes(connection, site, [PERMIT_PREFIX + name for name in names])
    return names


def _forget_passes(connection: Connection, site: str, permits: Sequence[str]) -> None:
    """A pass that ended half a year ago is no permit that anybody administers."""
    k, p, h, a = schema.credential.c, schema.permit.c, schema.holder.c, schema.access_history.c
    credentials = list(connection.execute(select(k.credential).where(k.site == site, k.permit.in_(permits))).scalars())
    connection.execute(delete(schema.access_history).where(a.site == site, a.kind == "credential", a.id.in_(credentials)))
    connection.execute(delete(schema.access_history).where(a.site == site, a.kind.in_(_HOLDERS), a.id.in_(permits)))
    connection.execute(delete(schema.credential).where(k.site == site, k.permit.in_(permits)))
    connection.execute(delete(schema.permit).where(p.site == site, p.permit.in_(permits)))
    connection.execute(delete(schema.holder).where(h.site == site, h.holder.in_(permits)))


def oldest_sealed_us(connection: Connection, site: str) -> int | None:
    """When the oldest visit was registered whose box is still there; None: there is none."""
    c = schema.visit.c
    query = select(c.made_us).where(c.site == site, c.sealed != "").order_by(c.made_us).limit(1)
    found = connection.execute(query).scalar()
    return None if found is None else int(found)
