"""What is asked of gates' tables by those who only look. Each answer is one snapshot, each query has a limit."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Row, Select, and_, func, or_, select

from contract.clock import US_PER_S
from contract.readings import PermitsHeld
from hub.ingest.passages.rows import opening_of_row, passage_of_row
from hub.passages.types import GateOpening, Passage, Presence, Watched
from hub.store import schema as t
from hub.store.case_list import INCIDENT

DAY_ROWS_MAX = 500
"""Openings of one day that are shown one by one."""
ASKED_BEFORE_US, ASKED_AFTER_US = 60 * US_PER_S, 5 * US_PER_S
"""How far a command's asking may be from its doing, whatever the agent's clock."""
_p, _o, _n, _w, _c, _m, _e = t.passage.c, t.opening.c, t.presence.c, t.watched.c, t.case.c, t.command.c, t.event.c


class PassageFilter(NamedTuple):
    """Which decisions are asked for; an empty field asks for all. `granted` None: both."""

    gate: str = ""
    plate: str = ""
    permit: str = ""
    holder: str = ""
    direction: str = ""
    reason: str = ""
    granted: bool | None = None
    from_us: int | None = None
    to_us: int | None = None


class PassageCursor(NamedTuple):
    """The last row of a page, newest first."""

    at_us: int
    passage: str


class ByHand(NamedTuple):
    """An opening command that was carried out, with the reason that it was asked for; empty where no command is on record."""

    passage: Passage
    reason: str


class GateCount(NamedTuple):
    """How many openings of a gate something explains; `explained` empty: nothing."""

    gate: str
    explained: str
    times: int


class PassageReads:
    """The queries of one site. Any thread."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def passages(self, wanted: PassageFilter, limit: int, after: PassageCursor | None = None) -> list[Passage]:
        """Decisions, newest first."""
        names = ("gate", "plate", "permit", "holder", "direction", "reason")
        query = select(t.passage).where(_p.site == self._site, _p.kind == "decision")
        query = query.where(*(_p[name] == value for name in names if (value := getattr(wanted, name))))
        if wanted.granted is not None:
            query = query.where(_p.granted.is_(wanted.granted))
        if wanted.from_us is not None:
            query = query.where(_p.at_us >= wanted.from_us)
        if wanted.to_us is not None:
            query = query.where(_p.at_us < wanted.to_us)
        if after is not None:
            same = and_(_p.at_us == after.at_us, _p.passage < after.passage)
            query = query.where(_p.at_us <= after.at_us, or_(_p.at_us < after.at_us, same))
        return [passage_of_row(row) for row in self._all(query.order_by(_p.at_us.desc(), _p.passage.desc()).limit(limit))]

    def counts(self, from_us: int, to_us: int) -> list[GateCount]:
        """How many openings began in that time, by gate and by what explains them."""
        query = select(_o.gate, _o.explained, func.count()).where(*self._of_time(from_us, to_us))
        rows = self._all(query.group_by(_o.gate, _o.explained).order_by(_o.gate, _o.explained))
        return [GateCount(str(gate), str(explained), int(count)) for gate, explained, count in rows]

    def unexplained(self, from_us: int, to_us: int) -> list[GateOpening]:
        """Openings of that time that nothing explains, oldest first; DAY_ROWS_MAX at most."""
        query = select(t.opening).where(*self._of_time(from_us, to_us), _o.explained == "")
        return [opening_of_row(row) for row in self._all(query.order_by(_o.at_us, _o.opening).limit(DAY_ROWS_MAX))]

    def incidents(self, episodes: Collection[str], detectors: Sequence[str], gates: Collection[str]) -> dict[str, int]:
        """The incident of each of these episodes that has one."""
        query = select(_c.episode, _c.case_no).where(_c.site == self._site, _c.kind == INCIDENT, _c.detector.in_(detectors))
        query = query.where(_c.subject.in_(gates), _c.episode.in_(episodes))
        return {str(episode): int(number) for episode, number in self._all(query)} if episodes else {}

    def by_hand(self, from_us: int, to_us: int) -> list[ByHand]:
        """Opening commands of that time, oldest first, with why they were asked for; DAY_ROWS_MAX at most."""
        mine = (_p.site == self._site, _p.at_us >= from_us, _p.at_us < to_us, _p.kind == "command")
        asked = (_m.site == self._site, _m.asked_us >= from_us - ASKED_BEFORE_US, _m.asked_us < to_us + ASKED_AFTER_US)
        with self._engine.connect() as connection:
            rows = connection.execute(select(t.passage).where(*mine).order_by(_p.at_us, _p.passage).limit(DAY_ROWS_MAX)).all()
            commands = connection.execute(select(t.command).where(*asked).order_by(_m.asked_us)).all() if rows else []
        return [ByHand(passage, _why(passage, commands)) for passage in map(passage_of_row, rows)]

    def in_zones(self) -> list[tuple[str, str, int]]:
        """How many people and vehicles are in each zone: zone, sort, count."""
        query = select(_n.zone, _n.sort, func.count()).where(_n.site == self._site, _n.zone != "")
        rows = self._all(query.group_by(_n.zone, _n.sort).order_by(_n.zone, _n.sort))
        return [(str(zone), str(sort), int(count)) for zone, sort, count in rows]

    def present(self, sort: str, who: str, zone: str, limit: int, after: str = "") -> list[Presence]:
        """Who is in, by name; an empty `sort`, `who` or `zone` asks for all. With `who`: also where it is outside."""
        query = select(t.presence).where(_n.site == self._site, _n.who > after)
        query = query.where(_n.who == who) if who else query.where(_n.zone == zone if zone else _n.zone != "")
        query = query.where(_n.sort == sort) if sort else query
        return [Presence(*tuple(row)[1:]) for row in self._all(query.order_by(_n.who, _n.sort).limit(limit))]

    def watched(self, *, all_: bool, limit: int) -> list[Watched]:
        """The watch list, newest first; `all_`: also what was ended."""
        query = select(t.watched).where(_w.site == self._site)
        query = query if all_ else query.where(_w.ended_us.is_(None))
        return [Watched(*tuple(row)[1:]) for row in self._all(query.order_by(_w.at_us.desc(), _w.watch).limit(limit))]

    def burning(self) -> set[str]:
        """Gates that a fire input frees now."""
        query = select(_p.gate).where(_p.site == self._site, _p.kind == "fire", _p.until_us.is_(None)).distinct()
        return {str(row.gate) for row in self._all(query)}

    def tables(self, agents: Collection[str]) -> dict[str, PermitsHeld]:
        """The table of permits that each of these agents held at its last heartbeat, where it held one."""
        found: dict[str, PermitsHeld] = {}
        with self._engine.connect() as connection:
            for agent in agents:
                body = connection.execute(_last_beat(self._site, agent)).scalar()
                held = None if body is None else msgspec.json.decode(body, type=_Beat).permits
                if held is not None:
                    found[agent] = held
        return found

    def _of_time(self, from_us: int, to_us: int) -> tuple[Any, ...]:
        return _o.site == self._site, _o.at_us >= from_us, _o.at_us < to_us

    def _all(self, query: Select[Any]) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.execute(query).all())


class _Beat(msgspec.Struct):
    permits: PermitsHeld | None = None


def _last_beat(site: str, agent: str) -> Select[Any]:
    mine = (_e.site == site, _e.device == agent, _e.kind == "heartbeat")
    return select(_e.body).where(*mine).order_by(_e.at_us.desc()).limit(1)


def _why(passage: Passage, commands: Sequence[Row[Any]]) -> str:
    """The reason of the command that is nearest before it: of the same person, at the same device."""
    same = [
        row
        for row in commands
        if (row.device, row.actor, row.action) == (passage.device, passage.actor, passage.reason)
        and -ASKED_AFTER_US <= passage.at_us - row.asked_us <= ASKED_BEFORE_US
    ]
    return str(min(same, key=lambda row: abs(passage.at_us - row.asked_us)).reason) if same else ""


def presence_row(connection: Connection, site: str, sort: str, who: str) -> Presence | None:
    """One row, as it is in a transaction."""
    query = select(t.presence).where(_n.site == site, _n.sort == sort, _n.who == who)
    row = connection.execute(query).first()
    return None if row is None else Presence(*tuple(row)[1:])
