"""What happens at gates, from the database into memory and back: a quarter of an hour of it, and what still lasts."""

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec
from sqlalchemy import Connection, Row, or_, select

from contract.clock import US_PER_S
from hub.ingest.rows import Journal, Rows
from hub.passages.types import GateOpening, Passage, Presence, Watched
from hub.store import bulk, schema

MEMORY_US = 900 * US_PER_S
"""Beyond what any policy lets lie between a pass and an opening."""
OPEN_US = 2 * 86_400 * US_PER_S
"""A fire or an opening whose end nobody has told for so long is left alone."""
TELL_EVERY_US = US_PER_S // 4
"""One gate is told of so often at most, the newest state always."""


class AtGate(Protocol):
    """A row that is about one gate, and begins at a time. Neither changes."""

    @property
    def gate(self) -> str:
        """Which."""
        ...

    @property
    def at_us(self) -> int:
        """Since when, or when."""
        ...


T = TypeVar("T", bound=AtGate)


class News(NamedTuple):
    """When a gate was told of last, and what is still to be told."""

    told_us: int
    act: str = ""
    passage: Passage | None = None
    opening: GateOpening | None = None


class AtGates(Rows[str, T]):
    """Rows found by the gate and the time, so that a busy gate costs no more than a quiet one. `lasts`: those that matter long
    after they began. `whole_since_us`: all rows from then on are in memory."""

    def __init__(self, journal: Journal, lasts: Callable[[T], bool]) -> None:
        self._lasts = lasts
        self._times: dict[str, list[tuple[int, str]]] = {}
        self._lasting: dict[str, dict[str, None]] = {}
        self.whole_since_us = 0
        super().__init__(journal)

    def near(self, gate: str, from_us: int, to_us: int) -> list[T]:
        """Those that began in that time, in the order of their times."""
        times = self._times.get(gate, [])
        found = times[bisect_left(times, (from_us, "")) : bisect_left(times, (to_us + 1, ""))]
        return [self._rows[name] for _, name in found]

    def lasting(self, gate: str) -> list[T]:
        """Those that last, whenever they began."""
        return [self._rows[name] for name in self._lasting.get(gate, ())]

    def _place(self, key: str, value: T | None) -> None:
        was = self._rows.get(key)
        if was is not None:
            self._leave(key, was)
        super()._place(key, value)
        if value is not None:
            insort(self._times.setdefault(value.gate, []), (value.at_us, key))
            if self._lasts(value):
                self._lasting.setdefault(value.gate, {})[key] = None

    def _leave(self, key: str, was: T) -> None:
        times = self._times[was.gate]
        del times[bisect_left(times, (was.at_us, key))]
        if not times:
            del self._times[was.gate]
        if self._lasts(was):
            self._lasting[was.gate].pop(key)


class Watches(Rows[str, Watched]):
    """The watch list without what is over, found by the plate."""

    def __init__(self, journal: Journal) -> None:
        self._plates: dict[str, str] = {}
        super().__init__(journal)

    def of_plate(self, plate: str, at_us: int) -> Watched | None:
        """The entry that counts then."""
        found = self.get(self._plates.get(plate, ""))
        return found if found is not None and found.counts(at_us) else None

    def _place(self, key: str, value: Watched | None) -> None:
        was = self._rows.get(key)
        if was is not None and self._plates.get(was.plate) == key:
            del self._plates[was.plate]
        super()._place(key, value)
        if value is not None and value.ended_us is None:
            self._plates[value.plate] = key


class Gates:
    """All of it, as one site has it in memory."""

    def __init__(self, journal: Journal) -> None:
        self.passages: AtGates[Passage] = AtGates(journal, lambda one: one.until_us is None or one.until_us > one.at_us)
        self.openings: AtGates[GateOpening] = AtGates(journal, lambda one: one.closed_us is None)
        self.watches = Watches(journal)
        self.news: Rows[str, News] = Rows(journal)

    def tables(self) -> tuple[Rows[Any, Any], ...]:
        """For the site's own."""
        return self.passages, self.openings, self.watches, self.news

    def due_us(self) -> int | None:
        """When something is to be told that was held back."""
        waiting = [row.told_us + TELL_EVERY_US for gate in self.news if (row := self.news.get(gate)) is not None and row.act]
        return min(waiting, default=None)


def load_gates(connection: Connection, site_id: str, gates: Gates, now_us: int) -> None:
    """What a turn needs in memory."""
    p, o, w = schema.passage.c, schema.opening.c, schema.watched.c
    since_us, lasting_us = now_us - MEMORY_US, now_us - OPEN_US
    lasts = (p.kind == "fire") & p.until_us.is_(None)
    recent = select(schema.passage).where(p.site == site_id, p.at_us >= lasting_us, or_(p.at_us >= since_us, lasts))
    for row in connection.execute(recent):
        gates.passages.load(row.passage, passage_of_row(row))
    unclosed = select(schema.opening).where(
        o.site == site_id, o.at_us >= lasting_us, or_(o.at_us >= since_us, o.closed_us.is_(None))
    )
    for row in connection.execute(unclosed):
        gates.openings.load(row.opening, opening_of_row(row))
    for row in connection.execute(select(schema.watched).where(w.site == site_id, w.ended_us.is_(None))):
        gates.watches.load(row.watch, Watched(*tuple(row)[1:]))
    gates.passages.whole_since_us = gates.openings.whole_since_us = since_us


def forget_gates(gates: Gates, now_us: int) -> None:
    """Leave out of memory what is old, between two turns."""
    since_us, lasting_us = now_us - MEMORY_US, now_us - OPEN_US
    for name in list(gates.passages):
        passage = gates.passages.get(name)
        if passage is not None and passage.at_us < (lasting_us if passage.until_us is None else since_us):
            gates.passages.forget(name)
    for name in list(gates.openings):
        opening = gates.openings.get(name)
        if opening is not None and opening.at_us < (lasting_us if opening.closed_us is None else since_us):
            gates.openings.forget(name)
    for name in list(gates.watches):
        watched = gates.watches.get(name)
        if watched is not None and watched.ended_us is not None:
            gates.watches.forget(name)
    gates.passages.whole_since_us = gates.openings.whole_since_us = since_us


def write_gates(connection: Connection, site_id: str, gates: Gates, presences: Sequence[Presence]) -> None:
    """What a turn changed."""
    tables: tuple[tuple[Any, Rows[str, Any]], ...] = (
        (schema.passage, gates.passages),
        (schema.opening, gates.openings),
        (schema.watched, gates.watches),
    )
    for table, rows in tables:
        new = [(site_id, *msgspec.structs.astuple(now)) for _, _, now in sorted(rows.changed(), key=_key) if now is not None]
        bulk.upsert(connection, table, new)
    bulk.upsert_by(connection, schema.presence, [(site_id, *one) for one in presences], NEWER_COUNTS)


_NEWER = "excluded.at_us >= presence.at_us"
_MOVED = f"{_NEWER} AND excluded.zone <> presence.zone"
NEWER_COUNTS = ", ".join(
    f"{column.name} = CASE WHEN {_MOVED if column.name == 'since_us' else _NEWER} THEN excluded.{column.name}"
    f" ELSE presence.{column.name} END"
    for column in schema.presence.columns
    if not column.primary_key
)
"""What a backlog brings late moves nobody."""


def passage_of_row(row: Row[Any]) -> Passage:
    """A row of `passage`."""
    return msgspec.structs.replace(Passage(*tuple(row)[1:]), granted=bool(row.granted), late=bool(row.late))


def opening_of_row(row: Row[Any]) -> GateOpening:
    """A row of `opening`."""
    return msgspec.structs.replace(GateOpening(*tuple(row)[1:]), late=bool(row.late))


def _key(change: tuple[Any, Any, Any]) -> Any:
    return change[0]
