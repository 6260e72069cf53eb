"""What is asked of emergency plans and their runs. Each answer is one snapshot."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Engine, Row, Select, func, select

from hub.cases.types import ClockEvent
from hub.ingest.planrows import run_of, version_of_row
from hub.plans.figures import OF_CASES
from hub.plans.types import PlanVersion, Run, RunState
from hub.store import schema as t

AnySelect = Select[*tuple[Any, ...]]
RUNS_MAX = 5_000
"""Of one report: ten emergencies a day for more than a year."""
_p, _r = t.emergency_plan.c, t.emergency_run.c
_decode = msgspec.json.Decoder(Run).decode


class TooManyRuns(ValueError):
    """The span has more runs than are counted at once: ask for a shorter one."""


class PlanReads:
    """The queries of one site. Any thread."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def newest(self) -> dict[str, PlanVersion]:
        """What managers have made of plans: the newest version of each."""
        last = select(_p.plan, func.max(_p.no).label("no")).where(_p.site == self._site).group_by(_p.plan).subquery()
        query = select(t.emergency_plan).join(last, (_p.plan == last.c.plan) & (_p.no == last.c.no)).where(_p.site == self._site)
        return {row.plan: version_of_row(row) for row in self._all(query)}

    def versions(self, plan: str, limit: int) -> list[PlanVersion]:
        """All versions of a plan, newest first."""
        query = select(t.emergency_plan).where(_p.site == self._site, _p.plan == plan)
        return [version_of_row(row) for row in self._all(query.order_by(_p.no.desc()).limit(limit))]

    def run(self, case_no: int) -> Run | None:
        """The run of that case."""
        with self._engine.connect() as connection:
            return run_of(connection, self._site, case_no)

    def runs(self, states: Iterable[RunState], limit: int, before_no: int | None = None) -> list[Run]:
        """Runs in these states, newest first; none named: in any. `before_no`: the cursor."""
        query, wanted = select(_r.body).where(_r.site == self._site), list(states)
        if wanted:
            query = query.where(_r.state.in_(wanted))
        if before_no is not None:
            query = query.where(_r.case_no < before_no)
        return [_decode(body) for (body,) in self._all(query.order_by(_r.case_no.desc()).limit(limit))]

    def span(self, from_us: int, until_us: int) -> tuple[list[Run], dict[int, tuple[ClockEvent, ...]]]:
        """The runs that were started in that time, and their cases' clocks to acknowledge and to arrive. Raises TooManyRuns."""
        here = _r.site == self._site, _r.started_us >= from_us, _r.started_us < until_us
        c = t.case_clock.c
        rows = select(c.case_no, c.clock, c.event, c.at_us).where(
            c.site == self._site, c.case_no.in_(select(_r.case_no).where(*here)), c.clock.in_(OF_CASES)
        )
        with self._engine.connect() as connection:
            bodies = connection.execute(select(_r.body).where(*here).limit(RUNS_MAX + 1)).scalars().all()
            if len(bodies) > RUNS_MAX:
                raise TooManyRuns
            found: dict[int, list[ClockEvent]] = {}
            for case_no, clock, event, at_us in connection.execute(rows.order_by(c.case_no, c.clock, c.event_no)):
                found.setdefault(case_no, []).append(ClockEvent(clock, event, at_us))
        return [_decode(body) for body in bodies], {case_no: tuple(events) for case_no, events in found.items()}

    def _all(self, query: AnySelect) -> list[Row[*tuple[Any, ...]]]:
        with self._engine.connect() as connection:
            return list(connection.execute(query).all())
