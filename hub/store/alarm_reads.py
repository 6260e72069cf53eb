"""What is asked of alarms above single cases, and the rows that their figures are made of. Each answer is one snapshot."""

from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Engine, Row, Select, func, or_, select

from hub.cases.flood import Group
from hub.cases.maintenance import Maintenance
from hub.cases.workflow import LIVE
from hub.ingest.site import Silence
from hub.reports.alarms import AlarmRow, AlarmRows, FloodSpan
from hub.store import schema as t
from hub.store.case_list import INCIDENT

KPI_ROWS_MAX = 200_000
"""Of one span; a month of a flood every day is a tenth of it."""
LIVE_ROWS_MAX = 5_000
AnySelect = Select[*tuple[Any, ...]]
_c, _f, _m = t.case.c, t.alarm_flood.c, t.maintenance.c
_ALARM_COLUMNS = (
    _c.case_no,
    _c.raised_us,
    _c.opened_us,
    _c.priority,
    _c.detector,
    _c.device,
    _c.subject,
    _c.state,
    _c.active,
    _c.late,
    _c.held_by,
    _c.acknowledged_us,
    _c.comebacks,
)


class TooManyAlarms(ValueError):
    """The span has more alarms than are counted at once: ask for a shorter one."""


class FloodView(NamedTuple):
    """A flood that lasts or is over."""

    flood_no: int
    began_us: int
    ended_us: int | None
    alarms: int
    groups: list[Group]


class AlarmReads:
    """The queries of one site. Any thread."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def floods(self, limit: int, *, lasting: bool = False) -> list[FloodView]:
        """Floods, newest first; `lasting`: only one that is not over."""
        query = select(_f.flood_no, _f.began_us, _f.ended_us, _f.alarms, _f.groups).where(_f.site == self._site)
        if lasting:
            query = query.where(_f.ended_us.is_(None))
        rows = self._all(query.order_by(_f.began_us.desc()).limit(limit))
        return [
            FloodView(int(no), int(began_us), ended_us, int(alarms), msgspec.json.decode(groups, type=list[Group]))
            for no, began_us, ended_us, alarms, groups in rows
        ]

    def in_flood(self) -> bool:
        """Whether a flood lasts: the newest one is not over."""
        return any(flood.ended_us is None for flood in self.floods(1))

    def silences(self) -> list[Silence]:
        """The posts at which the sound is off."""
        s = t.alarm_state.c
        rows = self._all(select(s.body).where(s.site == self._site, s.owner == "silence").order_by(s.subject))
        return [msgspec.json.decode(body, type=Silence) for (body,) in rows]

    def maintenance(self, limit: int, offset: int = 0, *, current: bool = False) -> list[Maintenance]:
        """Maintenance windows, the newest beginning first; `current`: those that are not over."""
        query = select(*(column for column in _m if column.name != "site")).where(_m.site == self._site)
        if current:
            query = query.where(_m.ended_us.is_(None))
        rows = self._all(query.order_by(_m.from_us.desc(), _m.window_id).limit(limit).offset(offset))
        return [Maintenance(*row) for row in rows]

    def rows(self, from_us: int, until_us: int) -> AlarmRows:
        """What the figures of a span are made of. Raises TooManyAlarms."""
        mine = (_c.site == self._site, _c.kind == INCIDENT)
        span = select(*_ALARM_COLUMNS).where(*mine, _c.raised_us >= from_us, _c.raised_us < until_us)
        live = select(*_ALARM_COLUMNS).where(*mine, _c.state.in_(sorted(LIVE)))
        first = select(func.min(_c.raised_us)).where(*mine)
        floods = select(_f.began_us, _f.ended_us).where(
            _f.site == self._site, _f.began_us < until_us, or_(_f.ended_us.is_(None), _f.ended_us > from_us)
        )
        with self._engine.connect() as connection:
            found = connection.execute(span.order_by(_c.raised_us).limit(KPI_ROWS_MAX + 1)).all()
            if len(found) > KPI_ROWS_MAX:
                raise TooManyAlarms
            known_us = connection.execute(first).scalar()
            lasting = connection.execute(live.order_by(_c.opened_us).limit(LIVE_ROWS_MAX)).all()
            spans = connection.execute(floods.order_by(_f.began_us)).all()
        return AlarmRows(
            None if known_us is None else int(known_us),
            [_alarm(row) for row in found],
            [_alarm(row) for row in lasting],
            [FloodSpan(*row) for row in spans],
        )

    def _all(self, query: AnySelect) -> list[Row[*tuple[Any, ...]]]:
        with self._engine.connect() as connection:
            return list(connection.execute(query).all())


def _alarm(row: Row[*tuple[Any, ...]]) -> AlarmRow:
    return AlarmRow._make(row)
