"""What is asked of footage's keeping, and of the index by what deletes from it."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, func, or_, select

from contract.footage import NoSpan
from hub.footage.holds import Hold
from hub.footage.packing import Hour, Piece
from hub.store import bulk, schema
from hub.store.footage_rows import TAIL_SQL, Track

_MINE = "site = ? AND device = ? AND stream = ?"
_NEXT_SQL = (
    f"SELECT (SELECT begins_us FROM footage_hour WHERE {_MINE} AND ends_us > ? ORDER BY hour LIMIT 1),"  # noqa: S608
    f" (SELECT min(start_us) FROM footage_tail WHERE {_MINE} AND end_us > ?)"
)
_HOURS_SQL = f"SELECT pieces FROM footage_hour WHERE {_MINE} AND last_no >= ? AND first_no <= ?"  # noqa: S608
_names = msgspec.json.Decoder(tuple[str, ...]).decode
_TAIL_SQL = f"{TAIL_SQL.partition(' WHERE')[0]} WHERE {_MINE} AND no BETWEEN ? AND ?"


def next_begin(connection: Connection, track: Track, from_us: int) -> int | None:
    """When the first hour begins that shows something after `from_us`, or the first segment of the hour under way; None: none
    does."""
    found = bulk.found(connection, _NEXT_SQL, (*track, from_us, *track, from_us))[0]
    return min((one for one in found if one is not None), default=None)


def numbered(connection: Connection, track: Track, spans: Sequence[NoSpan]) -> list[Piece]:
    """The segments with these numbers, by their numbers."""
    found: dict[int, Piece] = {}
    for span in spans:
        for (packed,) in bulk.found(connection, _HOURS_SQL, (*track, span.first, span.last)):
            found.update((one.no, one) for one in Hour(packed).pieces() if span.first <= one.no <= span.last)
        for row in bulk.found(connection, _TAIL_SQL, (*track, span.first, span.last)):
            found[row[0]] = Piece(*row)
    return [found[no] for no in sorted(found)]


class KeepingReads:
    """The look-ups of one site. Any thread."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def holds(self, now_us: int, *, over: bool, limit: int) -> list[Hold]:
        """Newest first; with `over` also those that keep nothing any more."""
        h = schema.footage_hold.c
        query = select(schema.footage_hold).where(h.site == self._site)
        if not over:
            query = query.where(h.released_us.is_(None), or_(h.until_us.is_(None), h.until_us > now_us))
        return self._holds(query.order_by(h.made_us.desc(), h.hold).limit(limit))

    def holds_over(self, from_us: int, to_us: int, now_us: int) -> list[Hold]:
        """Those that keep something of that time now."""
        h = schema.footage_hold.c
        live = (h.site == self._site) & h.released_us.is_(None) & or_(h.until_us.is_(None), h.until_us > now_us)
        return self._holds(select(schema.footage_hold).where(live, h.from_us < to_us, or_(h.to_us.is_(None), h.to_us > from_us)))

    def hold(self, hold: str) -> Hold | None:
        """One, whether it keeps anything or not."""
        h = schema.footage_hold.c
        return next(iter(self._holds(select(schema.footage_hold).where(h.site == self._site, h.hold == hold))), None)

    def sweep(self) -> dict[str, Any]:
        """How the sweep is, as it is written: see hub.ingest.retention.rows.SweepState."""
        query = select(schema.footage_sweep.c.body).where(schema.footage_sweep.c.site == self._site)
        with self._engine.connect() as connection:
            body = connection.execute(query).scalar()
        return {} if body is None else msgspec.json.decode(body)

    def out(self) -> dict[str, int]:
        """How many orders to delete are not answered, by their state."""
        c = schema.footage_condemned.c
        query = select(c.state, func.count()).where(c.site == self._site).group_by(c.state)
        with self._engine.connect() as connection:
            return {state: int(count) for state, count in connection.execute(query)}

    def gone(self, first: str, last: str) -> dict[tuple[str, str, str], int]:
        """When the last of a day's footage was told to be gone, by camera, stream and day."""
        g = schema.footage_gone.c
        query = select(g.device, g.stream, g.day, func.max(g.last_us)).where(g.site == self._site, g.day >= first, g.day <= last)
        with self._engine.connect() as connection:
            rows = connection.execute(query.group_by(g.device, g.stream, g.day))
            return {(device, stream, day): int(last_us) for device, stream, day, last_us in rows}

    def _holds(self, query: Any) -> list[Hold]:
        with self._engine.connect() as connection:
            return [hold_of_row(row) for row in connection.execute(query)]


def hold_of_row(row: Row[Any]) -> Hold:
    """A row of footage_hold."""
    fields = {name: value for name, value in row._mapping.items() if name != "site"}
    return Hold(**{**fields, "cameras": _names(row.cameras)})
