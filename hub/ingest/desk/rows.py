"""The desk's rows, from the database into memory and back."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Row, select

from contract.clock import US_PER_S
from hub.desk.calls import Call
from hub.desk.handover import Handover, HandoverItem
from hub.desk.keys import KeyItem, KeyMove
from hub.ingest.rows import Rows
from hub.ingest.site import Site
from hub.store import bulk, schema

CALLS_KEPT_US = 3_600 * US_PER_S
"""Calls of the last hour are in memory, and those that ring; an older one is looked up when somebody tells of it."""


def load_desk(connection: Connection, site_id: str, site: Site, now_us: int) -> None:
    """The register, the handovers under way with their items, and the last calls."""
    k, h, i, c = schema.key_item.c, schema.handover.c, schema.handover_item.c, schema.phone_call.c
    for row in connection.execute(select(schema.key_item).where(k.site == site_id)):
        site.keys.load(row.item, KeyItem(*tuple(row)[1:]))
    for row in connection.execute(select(schema.handover).where(h.site == site_id, h.ended_us.is_(None))):
        site.handovers.load(row.handover, Handover(*tuple(row)[1:]))
    drafts = select(h.handover).where(h.site == site_id, h.ended_us.is_(None))
    for row in connection.execute(select(schema.handover_item).where(i.site == site_id, i.handover.in_(drafts))):
        item = item_of(row)
        site.handover_items.load(item.key, item)
    for row in connection.execute(select(schema.phone_call).where(c.site == site_id, c.at_us >= now_us - CALLS_KEPT_US)):
        site.calls.load(row.call, call_of(row))


def forget_desk(site: Site, now_us: int) -> None:
    """Leave out of memory what is over, between two turns."""
    for name in [name for name in site.handovers if (row := site.handovers.get(name)) is not None and row.ended_us is not None]:
        site.handovers.forget(name)
    for key in [key for key in site.handover_items if key.handover not in site.handovers]:
        site.handover_items.forget(key)
    for call in [name for name in site.calls if (one := site.calls.get(name)) and one.at_us < now_us - CALLS_KEPT_US]:
        site.calls.forget(call)


def write_desk(connection: Connection, site_id: str, site: Site, moves: Sequence[KeyMove]) -> None:
    """What a turn changed."""
    tables: tuple[tuple[Any, Rows[Any, Any]], ...] = (
        (schema.key_item, site.keys),
        (schema.phone_call, site.calls),
        (schema.handover, site.handovers),
        (schema.handover_item, site.handover_items),
    )
    for table, rows in tables:
        new = [(site_id, *msgspec.structs.astuple(now)) for _, _, now in sorted(rows.changed(), key=_key) if now is not None]
        bulk.upsert(connection, table, new)
    bulk.insert(connection, schema.key_move, [(site_id, *move) for move in moves])


def call_of(row: Row[Any]) -> Call:
    """A row of `phone_call`."""
    return replace(Call(*tuple(row)[1:]), raised=bool(row.raised))


def item_of(row: Row[Any]) -> HandoverItem:
    """A row of `handover_item`."""
    return HandoverItem(*tuple(row)[1:])


def _key(change: tuple[Any, Any, Any]) -> Any:
    return change[0]
