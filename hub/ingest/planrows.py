"""Emergency plans and their runs as rows: in memory those that are not over, in the database all."""

import logging
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, Row, func, select

from hub.ingest.rows import Journal, Rows
from hub.plans.types import Plan, PlanVersion, Run
from hub.store import bulk, schema

if TYPE_CHECKING:
    from hub.ingest.site import Site

OPEN = ("running", "review")
_encode = msgspec.json.Encoder().encode
_run = msgspec.json.Decoder(Run).decode
_plan = msgspec.json.Decoder(Plan).decode
_log = logging.getLogger(__name__)


class PlanRuns(Rows[int, Run]):
    """The runs by their case. Those that are over leave memory when their turn is committed."""

    def __init__(self, journal: Journal) -> None:
        self._over: set[int] = set()
        super().__init__(journal)

    def settle(self) -> None:
        """The turn is committed."""
        super().settle()
        for case_no in list(self._over):
            self.forget(case_no)

    def _place(self, key: int, value: Run | None) -> None:
        super()._place(key, value)
        if value is not None and value.state not in OPEN:
            self._over.add(key)
        else:
            self._over.discard(key)


def run_of(connection: Connection, site_id: str, case_no: int) -> Run | None:
    """The run of that case, open or over."""
    r = schema.emergency_run.c
    body = connection.execute(select(r.body).where(r.site == site_id, r.case_no == case_no)).scalar()
    return None if body is None else _run(body)


def version_of_row(row: Row[Any]) -> PlanVersion:
    """A row of `emergency_plan`."""
    return PlanVersion(_plan(row.body), row.no, row.at_us, row.actor, row.reason)


def load_plans(connection: Connection, site_id: str, site: "Site", counters: Counter[str]) -> None:
    """The newest version of each plan, and the runs that are not over. What cannot be read any more is left out, and counted: the
    plan that ships counts then."""
    p, r = schema.emergency_plan.c, schema.emergency_run.c
    newest = select(p.plan, func.max(p.no).label("no")).where(p.site == site_id).group_by(p.plan).subquery()
    rows = select(schema.emergency_plan).join(newest, (p.plan == newest.c.plan) & (p.no == newest.c.no)).where(p.site == site_id)
    for row in connection.execute(rows):
        try:
            site.plan_versions.load((row.plan, row.no), version_of_row(row))
        except (msgspec.MsgspecError, RecursionError):
            counters["plan_unreadable"] += 1
            _log.warning("plan_unreadable", extra={"plan": row.plan, "no": row.no})
    for case_no, body in connection.execute(select(r.case_no, r.body).where(r.site == site_id, r.state.in_(OPEN))):
        try:
            site.runs.load(case_no, _run(body))
        except (msgspec.MsgspecError, RecursionError):
            counters["run_unreadable"] += 1
            _log.warning("run_unreadable", extra={"case_no": case_no})


def write_plans(connection: Connection, site_id: str, site: "Site") -> None:
    """What the turn has changed of them."""
    versions = sorted((key, now) for key, was, now in site.plan_versions.changed() if was is None and now is not None)
    bulk.insert(
        connection,
        schema.emergency_plan,
        [(site_id, *key, one.at_us, one.actor, one.reason, _encode(one.plan).decode()) for key, one in versions],
    )
    changed: Sequence[tuple[int, Run | None, Run]] = [
        (key, was, now) for key, was, now in sorted(site.runs.changed(), key=lambda one: one[0]) if now is not None
    ]
    bulk.insert(connection, schema.emergency_run, [_row(site_id, now) for _, was, now in changed if was is None])
    moved = [(_row(site_id, now), was.version) for _, was, now in changed if was is not None]
    bulk.replace_version(connection, schema.emergency_run, [row for row, _ in moved], [version for _, version in moved])


def _row(site_id: str, run: Run) -> tuple[Any, ...]:
    body = _encode(run).decode()
    return (site_id, run.case_no, run.plan.plan, run.plan_no, run.started_us, run.state, run.version, body)
