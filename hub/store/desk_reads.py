"""What is asked of the duty desk's tables by those who only look. Each answer is one snapshot."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Engine, Row, Select, and_, func, or_, select

from contract.clock import US_PER_S
from hub.cases.workflow import LIVE
from hub.desk.calls import Call
from hub.desk.handover import Handover, HandoverItem
from hub.desk.keys import KeyItem, KeyMove
from hub.duties.types import Scan
from hub.store import schema as t
from hub.store.case_list import INCIDENT
from hub.store.duty_reads import scan_of

HISTORY_MAX = 500
"""Moves of one item that are shown, the newest."""
KPI_CALLS_MAX = 200_000
CLOSED_BACK_US = 7 * 86_400 * US_PER_S
"""What was closed is counted among the incidents of the last week: no index leads to it otherwise."""
AWAY = ("agent_silent", "device_silent", "camera_lost")
"""Detectors that find a device out of reach."""
_c, _w, _h, _i, _k, _m, _p = (
    t.case.c, t.window.c, t.handover.c, t.handover_item.c, t.key_item.c, t.key_move.c, t.phone_call.c
)  # fmt: skip


class TooManyCalls(ValueError):
    """The span has more calls than are counted at once: ask for a shorter one."""


class KeyFilter(NamedTuple):
    """Which items are asked for; an empty field asks for all."""

    kind: str = ""
    state: str = ""
    place: str = ""
    holder: str = ""


class CallFilter(NamedTuple):
    """Which calls are asked for; an empty field asks for all."""

    source: str = ""
    direction: str = ""
    from_us: int | None = None
    to_us: int | None = None


class Facts(NamedTuple):
    """What the hub itself knows of a span: incidents raised and closed in it, those that are open; windows of rounds that ended
    in it by state; devices that were out of reach."""

    raised: int
    closed: int
    open: int
    rounds: Counter[str]
    away: list[str]


class DeskReads:
    """The queries of one site. Any thread."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def keys(self, wanted: KeyFilter, limit: int, offset: int = 0) -> list[KeyItem]:
        """The register, by id."""
        query = select(t.key_item).where(_k.site == self._site)
        query = query.where(*(_k[name] == value for name, value in wanted._asdict().items() if value))
        return [KeyItem(*tuple(row)[1:]) for row in self._all(query.order_by(_k.item).limit(limit).offset(offset))]

    def key(self, item: str) -> tuple[KeyItem, list[KeyMove]] | None:
        """One item with its history, the newest move first."""
        moves = select(t.key_move).where(_m.site == self._site, _m.item == item)
        with self._engine.connect() as connection:
            row = connection.execute(select(t.key_item).where(_k.site == self._site, _k.item == item)).first()
            if row is None:
                return None
            rows = connection.execute(moves.order_by(_m.move_no.desc()).limit(HISTORY_MAX)).all()
        return KeyItem(*tuple(row)[1:]), [KeyMove(*tuple(move)[1:]) for move in rows]

    def calls(self, wanted: CallFilter, limit: int, offset: int = 0) -> list[Call]:
        """Calls, newest first."""
        query = select(t.phone_call).where(_p.site == self._site)
        query = query.where(*(_p[name] == value for name in ("source", "direction") if (value := getattr(wanted, name))))
        if wanted.from_us is not None:
            query = query.where(_p.at_us >= wanted.from_us)
        if wanted.to_us is not None:
            query = query.where(_p.at_us < wanted.to_us)
        rows = self._all(query.order_by(_p.at_us.desc(), _p.call).limit(limit).offset(offset))
        return [Call(*tuple(row)[1:]) for row in rows]

    def calls_between(self, from_us: int, to_us: int) -> list[Call]:
        """All calls of a span. Raises TooManyCalls."""
        found = self.calls(CallFilter("", "", from_us, to_us), KPI_CALLS_MAX + 1)
        if len(found) > KPI_CALLS_MAX:
            raise TooManyCalls
        return found

    def call(self, call: str) -> Call | None:
        """One of them."""
        rows = self._all(select(t.phone_call).where(_p.site == self._site, _p.call == call))
        return next((Call(*tuple(row)[1:]) for row in rows), None)

    def handovers(self, limit: int, offset: int = 0, *, state: str = "") -> list[Handover]:
        """Handovers, newest first."""
        query = select(t.handover).where(_h.site == self._site, *((_h.state == state,) if state else ()))
        rows = self._all(query.order_by(_h.begun_us.desc(), _h.handover).limit(limit).offset(offset))
        return [Handover(*tuple(row)[1:]) for row in rows]

    def handover(self, handover: str) -> tuple[Handover, list[HandoverItem]] | None:
        """One with its items, in the order in which they came."""
        items = select(t.handover_item).where(_i.site == self._site, _i.handover == handover)
        with self._engine.connect() as connection:
            row = connection.execute(select(t.handover).where(_h.site == self._site, _h.handover == handover)).first()
            if row is None:
                return None
            rows = connection.execute(items.order_by(_i.added_us, _i.item)).all()
        return Handover(*tuple(row)[1:]), [HandoverItem(*tuple(item)[1:]) for item in rows]

    def reports(self, duty: str, from_us: int, to_us: int, limit: int) -> list[Scan]:
        """Reports on a duty that were made in the span, newest first."""
        s = t.scan.c
        query = select(t.scan).where(s.site == self._site, s.at_us >= from_us, s.at_us < to_us, s.duty == duty)
        return [scan_of(row) for row in self._all(query.order_by(s.at_us.desc()).limit(limit))]

    def facts(self, from_us: int, to_us: int, rounds_of: Sequence[str]) -> Facts:
        """What the hub knows of the span. `rounds_of`: the duties whose windows are rounds."""
        mine = (_c.site == self._site, _c.kind == INCIDENT)
        live = _c.state.in_(sorted(LIVE))
        raised = select(func.count()).where(*mine, _c.raised_us >= from_us, _c.raised_us < to_us)
        closed = select(func.count()).where(
            *mine, _c.raised_us >= from_us - CLOSED_BACK_US, _c.closed_us >= from_us, _c.closed_us < to_us
        )
        rounds = (
            select(_w.state, func.count())
            .where(_w.site == self._site, _w.ends_us >= from_us, _w.ends_us < to_us, _w.duty.in_(rounds_of))
            .group_by(_w.state)
        )
        lately = and_(_c.raised_us >= from_us, _c.raised_us < to_us)
        away = select(_c.device).where(*mine, _c.detector.in_(AWAY), or_(and_(live, _c.active), lately)).distinct()
        with self._engine.connect() as connection:
            return Facts(
                int(connection.execute(raised).scalar_one()),
                int(connection.execute(closed).scalar_one()),
                int(connection.execute(select(func.count()).where(*mine, live)).scalar_one()),
                Counter({str(state): int(count) for state, count in connection.execute(rounds)}),
                sorted(str(device) for (device,) in connection.execute(away)),
            )

    def tallies(self, duties: tuple[str, ...], first: str, last: str) -> dict[str, Counter[str]]:
        """By duty, how many windows of these local days came to what."""
        c = t.tally.c
        names = ("due", "kept", "missed", "unproven", "withdrawn")
        query = (
            select(c.duty, *(func.sum(c[name]) for name in names))
            .where(c.site == self._site, c.day >= first, c.day <= last, c.duty.in_(duties), c.kind == "place")
            .group_by(c.duty)
        )
        return {str(row[0]): Counter(dict(zip(names, map(int, row[1:]), strict=True))) for row in self._all(query)}

    def _all(self, query: Select[Any]) -> list[Row[Any]]:
        with self._engine.connect() as connection:
            return list(connection.execute(query).all())
