"""All agents' tables, made and kept up to date: what a change of the book, the estate or the day makes of them.

Not for two threads, but for `snapshot` and `marks`, which any may ask. It knows no thread and no broker: sending.py has them.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from threading import Lock
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from contract.clock import US_PER_S
from contract.orders import ChangePermits
from hub.access.compile import (
    ENDED_KEPT_S,
    Frame,
    Lie,
    Numbers,
    Packed,
    Source,
    credential_entries,
    frame_entries,
    frame_of,
    lie_of,
)
from hub.access.table import AgentTable, Mark
from hub.access.types import AnyThing
from hub.duties.calendar import Calendar

KEPT_US = ENDED_KEPT_S * US_PER_S
_CREDENTIAL = "credential:"


class Sources(Protocol):
    """What tables are made of, as it is committed."""

    def rules(self) -> list[AnyThing]:
        """All groups, zones, portals and schedules."""
        ...

    def all(self, ended_after_us: int) -> Iterator[list[Source]]:
        """All credentials that count, in chunks."""
        ...

    def of_names(self, names: Sequence[str]) -> list[Source]:
        """Those of these names."""
        ...

    def names_of(
        self, permits: Sequence[str], holders: Sequence[str], households: Sequence[str], groups: Sequence[str]
    ) -> list[str]:
        """The names that hang on these."""
        ...

    def names_over(self, after_us: int, until_us: int) -> list[str]:
        """The names of credentials that were over for any cause between both."""
        ...


class Ground(NamedTuple):
    """What tables depend on besides the book: the devices of each agent, the zone, holidays, and the local day."""

    devices: Mapping[str, frozenset[str]]
    zone: ZoneInfo
    calendar: Calendar
    day: date


class Dirt(NamedTuple):
    """What was changed since. `rules`: a group, zone, portal or schedule; `everything`: nobody knows what."""

    permits: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()
    households: frozenset[str] = frozenset()
    rules: bool = False
    everything: bool = False

    @property
    def any(self) -> bool:
        """Whether there is anything."""
        return any(self)


class Made(NamedTuple):
    """An agent's table was changed. `orders`: how it is told; empty: only a snapshot can."""

    agent: str
    mark: Mark
    orders: list[ChangePermits]


class Maker:
    """The tables of a site's agents."""

    def __init__(
        self,
        sources: Sources,
        numbers: Numbers,
        new_id: Callable[[], str],
        *,
        new_epoch: Callable[[], str] = lambda: secrets.token_hex(8),
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        """`pause` is called between chunks of long work, so that others get the processor."""
        self._sources, self._numbers, self._new_id, self._new_epoch, self._pause = sources, numbers, new_id, new_epoch, pause
        self.tables: dict[str, AgentTable] = {}
        self.frames: dict[str, Frame] = {}
        self.refused = 0
        """How often a table would have been too large, and stayed as it was."""
        self.lie: Lie | None = None
        self._ground: Ground | None = None
        self._known: dict[str, Mark] = {}
        self._kept_from_us = 0
        """What was over before is in no table."""
        self._lock = Lock()

    def begin(self, known: Mapping[str, Mark]) -> None:
        """Numbers go on from these, which are committed."""
        self._known = dict(known)

    def work(self, dirt: Dirt, ground: Ground, now_us: int) -> list[Made]:
        """Bring the tables up to date. Raises what the sources raise: then nothing is changed."""
        was = self._ground
        if dirt.everything or was is None:
            return self._make_all(ground, now_us)
        if not (dirt.any or was != ground):
            return []
        frames, groups = self.frames, frozenset[str]()
        if dirt.rules or was != ground:
            lie = self._lie(ground)
            frames = self._frames(lie, ground)
            if any(frame.whole != self.frames[agent].whole for agent, frame in frames.items() if agent in self.frames):
                return self._make_all(ground, now_us)
            if any(agent not in self.tables for agent in frames):
                return self._make_all(ground, now_us)
            groups = frozenset(name for agent, frame in frames.items() for name in frame.levels ^ self.frames[agent].levels)
            self.lie = lie
        names = self._sources.names_over(self._kept_from_us, now_us - KEPT_US) if was.day != ground.day else []
        names += self._sources.names_of(sorted(dirt.permits), sorted(dirt.holders), sorted(dirt.households), sorted(groups))
        wanted = credential_entries(self._sources.of_names(sorted(set(names))), frames, now_us // US_PER_S)
        if frames is not self.frames:
            for agent, frame in frames.items():
                new = frame_entries(frame)
                gone = [key for key in self.tables[agent].entries if not key.startswith(_CREDENTIAL) and key not in new]
                wanted[agent] = {**dict.fromkeys(gone), **new, **wanted[agent]}
        self.frames, self._ground = frames, ground
        self._kept_from_us = now_us - KEPT_US if was.day != ground.day else self._kept_from_us
        return [made for agent, entries in wanted.items() if (made := self._change(agent, entries, now_us))]

    def _make_all(self, ground: Ground, now_us: int) -> list[Made]:
        lie = self._lie(ground)
        frames = self._frames(lie, ground)
        wanted: dict[str, dict[str, Packed | None]] = {agent: dict(frame_entries(frame)) for agent, frame in frames.items()}
        for chunk in self._sources.all(now_us - KEPT_US):
            for agent, entries in credential_entries(chunk, frames, now_us // US_PER_S).items():
                wanted[agent].update((key, entry) for key, entry in entries.items() if entry is not None)
            self._pause()
        self.lie, self.frames, self._ground, self._kept_from_us = lie, frames, ground, now_us - KEPT_US
        with self._lock:
            self.tables = {agent: table for agent, table in self.tables.items() if agent in frames}
        return [made for agent, entries in wanted.items() if (made := self._change(agent, entries, now_us, whole=True))]

    def _lie(self, ground: Ground) -> Lie:
        return lie_of(self._sources.rules(), self._numbers, ground.zone, ground.calendar, ground.day)

    def _frames(self, lie: Lie, ground: Ground) -> dict[str, Frame]:
        """Of agents that have a portal, or had one: those get an empty table."""
        found = {agent: frame_of(lie, devices) for agent, devices in ground.devices.items()}
        return {agent: frame for agent, frame in found.items() if frame.readers or agent in self._known}

    def _change(self, agent: str, wanted: Mapping[str, Packed | None], now_us: int, *, whole: bool = False) -> Made | None:
        with self._lock:
            table = self.tables.get(agent)
            first = table is None
            if table is None:
                table = self.tables[agent] = AgentTable()
            change = table.difference(wanted, whole=whole)
            if not (change.put or change.drop or first):
                return None
            if not table.has_room(change):
                self.refused += 1
                return None
            was = self._known.get(agent, Mark(self._new_epoch(), 0, "", 0, now_us))
            orders = [] if first else table.orders(change, was.epoch, was.no, now_us, self._new_id)
            if first:
                table.apply(change)
            table.keep(orders)
            made = table.hash()
            if first and (made, len(table.entries)) == (was.hash, was.entries) and was.no:
                table.mark = was  # as it was before the hub was started anew
                return None
            table.mark = Mark(was.epoch, was.no + max(1, len(orders)), made, len(table.entries), now_us)
            self._known[agent] = table.mark
            return Made(agent, table.mark, orders)

    def marks(self) -> dict[str, Mark]:
        """The newest table of each agent."""
        with self._lock:
            return {agent: table.mark for agent, table in self.tables.items()}

    def since(self, agent: str, no: int) -> list[ChangePermits] | None:
        """The changes that an agent lacks; None: it needs a snapshot."""
        with self._lock:
            return self.tables[agent].since(no)

    def snapshot(self, agent: str) -> tuple[Mark, list[list[bytes]]] | None:
        """An agent's whole table in parts, as it is now; None where there is none."""
        with self._lock:
            table = self.tables.get(agent)
            return None if table is None else (table.mark, table.parts())

    def zones_of(self, reader: str) -> frozenset[str]:
        """The zones on both sides of a portal, without the street."""
        portals: Iterable[tuple[str, str]] = ()
        if self.lie is not None:
            portals = ((one.from_zone, one.to_zone) for one in self.lie.portals if one.portal == reader)
        return frozenset(zone for sides in portals for zone in sides if zone)
