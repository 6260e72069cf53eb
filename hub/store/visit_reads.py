"""What is asked of visits' tables by those who only look. Each answer is one snapshot."""

from collections import Counter
from typing import Any, NamedTuple

from sqlalchemy import Engine, Row, Select, func, select

from hub.access.types import Holder, Household
from hub.store import schema as t
from hub.store import visit_rows
from hub.store.access_rows import find
from hub.visits.rules import Rules
from hub.visits.types import Delivery, Link, Notice, ResidentLink, Route, Space, Visit, VisitEntry

HISTORY_MAX = 500
OWN_MAX = 200
SEARCHED_MAX = 5_000
"""So many of the newest visits are looked through for somebody."""
_v, _d, _e, _n = t.visit.c, t.delivery.c, t.visit_entry.c, t.visit_notice.c


class VisitFilter(NamedTuple):
    """Which visits are asked for; an empty field asks for all. `made_from_us` and `made_to_us`: registered between these."""

    states: tuple[str, ...] = ()
    kind: str = ""
    room: str = ""
    made_from_us: int | None = None
    made_to_us: int | None = None


class VisitReads:
    """The queries of one site. Any thread."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def visits(self, wanted: VisitFilter, limit: int, offset: int = 0) -> list[Visit]:
        """Visits, newest first."""
        query = select(t.visit).where(_v.site == self._site)
        query = query.where(*(_v[name] == value for name in ("kind", "room") if (value := getattr(wanted, name))))
        if wanted.states:
            query = query.where(_v.state.in_(wanted.states))
        if wanted.made_from_us is not None:
            query = query.where(_v.made_us >= wanted.made_from_us)
        if wanted.made_to_us is not None:
            query = query.where(_v.made_us < wanted.made_to_us)
        rows = self._all(query.order_by(_v.made_us.desc(), _v.visit).limit(limit).offset(offset))
        return [visit_rows.visit_of(row) for row in rows]

    def searched(self) -> list[Visit]:
        """The newest visits that still say who came."""
        query = select(t.visit).where(_v.site == self._site, _v.sealed != "")
        return [visit_rows.visit_of(row) for row in self._all(query.order_by(_v.made_us.desc()).limit(SEARCHED_MAX))]

    def visit(self, visit: str) -> Visit | None:
        """One of them."""
        with self._engine.connect() as connection:
            return visit_rows.find_visit(connection, self._site, visit)

    def delivery(self, delivery: str) -> Delivery | None:
        """A delivery."""
        with self._engine.connect() as connection:
            return visit_rows.find_delivery(connection, self._site, delivery)

    def link(self, digest: str) -> Link | None:
        """The link whose token has that digest."""
        with self._engine.connect() as connection:
            return visit_rows.find_link(connection, self._site, digest)

    def resident_link(self, digest: str) -> ResidentLink | None:
        """The resident's own link whose token has that digest."""
        with self._engine.connect() as connection:
            return visit_rows.find_resident_link(connection, self._site, digest)

    def link_of_resident(self, holder: str) -> ResidentLink | None:
        """A resident's own link."""
        with self._engine.connect() as connection:
            return visit_rows.link_of_resident(connection, self._site, holder)

    def lives_in(self, holder: str, room: str) -> bool:
        """Whether the resident still lives in that household, which has not moved out."""
        with self._engine.connect() as connection:
            person, home = find(connection, self._site, "holder", holder), find(connection, self._site, "household", room)
        lives = isinstance(person, Holder) and person.ended_us is None and person.household == room
        return lives and isinstance(home, Household) and home.ended_us is None

    def registered_by(self, holder: str, room: str) -> list[Visit]:
        """What a resident registered to that household and is not over, newest first."""
        mine = (_v.site == self._site, _v.room == room, _v.answered_how == "resident", _v.answered_by == holder)
        query = select(t.visit).where(*mine, _v.ended_us.is_(None)).order_by(_v.made_us.desc(), _v.visit)
        return [visit_rows.visit_of(row) for row in self._all(query.limit(OWN_MAX))]

    def history(self, about: str) -> list[VisitEntry]:
        """What was done with a visit or a delivery, oldest first."""
        query = select(t.visit_entry).where(_e.site == self._site, _e.about == about).order_by(_e.entry_no)
        return [VisitEntry(*tuple(row)[1:]) for row in self._all(query.limit(HISTORY_MAX))]

    def notices(self, about: str) -> list[Notice]:
        """Who was told of it, newest first."""
        query = select(t.visit_notice).where(_n.site == self._site, _n.about == about)
        return [Notice(*tuple(row)[1:]) for row in self._all(query.order_by(_n.made_us.desc()).limit(HISTORY_MAX))]

    def notices_of(self, state: str, limit: int, *, newest: bool = False) -> list[Notice]:
        """Notices in that state, oldest first, or newest."""
        order = _n.made_us.desc() if newest else _n.made_us
        query = select(t.visit_notice).where(_n.site == self._site, _n.state == state).order_by(order, _n.notice)
        return [Notice(*tuple(row)[1:]) for row in self._all(query.limit(limit))]

    def deliveries(self, state: str, room: str, limit: int, offset: int = 0) -> list[Delivery]:
        """Deliveries, newest first."""
        query = select(t.delivery).where(_d.site == self._site)
        query = query.where(*((_d.state == state,) if state else ()), *((_d.room == room,) if room else ()))
        rows = self._all(query.order_by(_d.made_us.desc(), _d.delivery).limit(limit).offset(offset))
        return [visit_rows.delivery_of(row) for row in rows]

    def spaces(self) -> list[tuple[Space, int]]:
        """Each space with how many vehicles have it."""
        c = t.visit_space.c
        taken = select(_v.space, func.count()).where(_v.site == self._site, _v.ended_us.is_(None), _v.space != "")
        with self._engine.connect() as connection:
            counts = Counter({str(name): int(count) for name, count in connection.execute(taken.group_by(_v.space))})
            rows = connection.execute(select(t.visit_space).where(c.site == self._site).order_by(c.space)).all()
        return [(visit_rows.space_of(row), counts[row.space]) for row in rows]

    def routes(self) -> list[Route]:
        """The visitors' routes."""
        c = t.visit_route.c
        return [
            visit_rows.route_of(row) for row in self._all(select(t.visit_route).where(c.site == self._site).order_by(c.route))
        ]

    def rules(self) -> list[Rules]:
        """All versions of the rules for trucks that the estate has made."""
        rows = self._all(select(t.visit_rules).where(t.visit_rules.c.site == self._site))
        return [visit_rows.rules_of(row) for row in rows]

    def residents(self, room: str) -> list[Holder]:
        """Who lives in that household."""
        with self._engine.connect() as connection:
            return visit_rows.residents(connection, self._site, room)

    def phone_of(self, holder: str) -> str:
        """The number of somebody who has not gone, or empty."""
        with self._engine.connect() as connection:
            found = find(connection, self._site, "holder", holder)
        return found.phone if isinstance(found, Holder) and found.ended_us is None else ""

    def oldest_sealed_us(self) -> int | None:
        """When the oldest visit was registered that still says who came."""
        with self._engine.connect() as connection:
            return visit_rows.oldest_sealed_us(connection, self._site)

    def _all(self, query: Select[Any]) -> list[Row[Any]]:
        with self._engine.connect() as connection:
            return list(connection.execute(query).all())
