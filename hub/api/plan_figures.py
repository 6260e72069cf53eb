"""How the clocks of emergencies were kept, for the compliance report."""

from datetime import date
from fractions import Fraction

from hub.api.errors import ApiError
from hub.api.ports import Backend
from hub.api.report_models import EmergencyFigures
from hub.duties.localtime import DAY, day_us
from hub.plans.figures import CLAUSES, kept
from hub.store.plan_reads import RUNS_MAX, TooManyRuns


def emergencies(backend: Backend, first: date, last: date) -> list[EmergencyFigures]:
    """One row for each clause. Raises ApiError where there are too many."""
    zone = backend.estate.timezone
    try:
        runs, of_cases = backend.reads.plans.span(day_us(zone, first), day_us(zone, last + DAY))
    except TooManyRuns:
        raise ApiError("too_many_alarms", limit=RUNS_MAX) from None
    rows = []
    for row in kept(runs, of_cases):
        judged = row.kept + row.missed
        rate = Fraction(row.kept, judged) if judged else None
        told = None if rate is None else f"{rate.numerator}/{rate.denominator}"
        zh, en = CLAUSES[row.clause]
        rows.append(EmergencyFigures(**row._asdict(), zh=zh, en=en, rate=told))
    return rows
