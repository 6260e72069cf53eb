"""How windows were kept, added up by the database for a heat map. It goes by the windows themselves: `tally` has no hour of a
weekday, and no route of a place."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, case, func, select
from sqlalchemy.sql import ColumnElement

from contract.clock import US_PER_S
from hub.duties.localtime import Offset
from hub.reports.figures import Counts, HeatBy
from hub.store import schema as t

_HOUR_S, _DAY_S = 3_600, 86_400
_EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday; a Monday is 0."""
HeatRow = tuple[Any, int, Counts]
"""By hour: the weekday, 0 for Monday, and the hour. By place: the place, and the day as days since 1970-01-01."""


class HeatAsked(NamedTuple):
    """Windows that end from `from_us` on and before `until_us`, of these routes and duties; empty: of all. `offsets`: how local
    time goes, from the earliest opening on."""

    by: HeatBy
    from_us: int
    until_us: int
    offsets: Sequence[Offset]
    routes: Sequence[str] = ()
    duties: Sequence[str] = ()


def heat_rows(connection: Connection, site: str, asked: HeatAsked) -> list[HeatRow]:
    """One row for each cell that had something due."""
    c = t.window.c
    line: ColumnElement[Any] = c.place
    if asked.by == "hour":
        opened_s = _local_s(c.opens_us, asked.offsets)
        line, column = (opened_s // _DAY_S + _EPOCH_WEEKDAY) % 7, opened_s // _HOUR_S % 24
    else:
        column = _local_s(c.ends_us, asked.offsets) // _DAY_S
    fits = and_(c.site == site, c.ends_us >= asked.from_us, c.ends_us < asked.until_us, c.state != "open")
    for name, wanted in ((c.route, asked.routes), (c.duty, asked.duties)):
        if wanted:
            fits = and_(fits, name.in_(wanted))
    # Named once, and grouped by those names: PostgreSQL takes an expression with parameters for another one when it comes again.
    each = select(line.label("line"), column.label("at"), c.state.label("state")).where(fits).subquery()
    counted = [func.count(), *(func.sum(case((each.c.state == name, 1), else_=0)) for name in Counts._fields[1:])]
    query = select(each.c.line, each.c.at, *counted).group_by(each.c.line, each.c.at)
    return [(row[0], int(row[1]), Counts(*map(int, row[2:]))) for row in connection.execute(query)]


def _local_s(column: ColumnElement[int], offsets: Sequence[Offset]) -> ColumnElement[int]:
    """What a clock on the wall showed, in seconds since 1970."""
    *before, last = offsets
    ahead_s = case(*((column < one.until_us, one.ahead_s) for one in before), else_=last.ahead_s) if before else last.ahead_s
    return column // US_PER_S + ahead_s
