"""Lists of cases, newest first, that are quick with a million cases stored.

A list by state and priority is put together from one short walk along `case_by_state` for each pair: with `IN` the database
would collect all that fit before it sorts them. A list by device, place or detector walks along that one's index, unless only
live cases are asked for: those are few."""

from itertools import product
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, text, union_all
from sqlalchemy.sql import ColumnElement

from hub.cases.workflow import LIVE, STATE_NAMES
from hub.store import schema as t

AnySelect = Select[*tuple[Any, ...]]
PRIORITIES = (1, 2, 3, 4)
INCIDENT = "incident"
_c = t.case.c
_CHATTERING: ColumnElement[bool] = text("comebacks > 0")  # type: ignore[assignment]
"""Word for word as the index of these few has it."""
_INDEXED = ("device", "place", "detector")


class CaseFilter(NamedTuple):
    """Which cases are asked for; an empty field asks for all. `since_us`: raised at or after; `before_no`: the cursor;
    `chattering`: those alone that stand for a source which came back again and again."""

    states: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    detector: str = ""
    device: str = ""
    place: str = ""
    since_us: int | None = None
    before_no: int | None = None
    chattering: bool = False


def numbers_of(site: str, wanted: CaseFilter, limit: int) -> AnySelect:
    """The numbers of the first `limit` cases that fit."""
    named = [name for name in _INDEXED if getattr(wanted, name)]
    only_live = bool(wanted.states) and LIVE.issuperset(wanted.states)
    if (not wanted.states and not wanted.priorities) or ((named or wanted.chattering) and not only_live):
        return _walk(site, wanted, limit, _unwalked(wanted))
    pairs = product(wanted.states or sorted(STATE_NAMES), wanted.priorities or PRIORITIES)
    parts = [_walk(site, wanted, limit, [_c.state == state, _c.priority == priority]).subquery() for state, priority in pairs]
    found = union_all(*(select(part.c.case_no) for part in parts)).subquery()
    return select(found.c.case_no).order_by(found.c.case_no.desc()).limit(limit)


def _walk(site: str, wanted: CaseFilter, limit: int, more: list[ColumnElement[bool]]) -> AnySelect:
    where = [_c.site == site, _c.kind == INCIDENT, *more]
    where += [_c[name] == value for name in _INDEXED if (value := getattr(wanted, name))]
    if wanted.chattering:
        where.append(_CHATTERING)
    if wanted.since_us is not None:
        where += [_c.raised_us >= wanted.since_us, _c.case_no >= _first_since(site, wanted.since_us)]
    if wanted.before_no is not None:
        where.append(_c.case_no < wanted.before_no)
    return select(_c.case_no).where(*where).order_by(_c.case_no.desc()).limit(limit)


def _unwalked(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    """States and priorities, said so that no index is taken for them."""
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(func.coalesce(_c.state, "").in_(wanted.states))
    if wanted.priorities:
        found.append(func.coalesce(_c.priority, 0).in_(wanted.priorities))
    return found


def _first_since(site: str, since_us: int) -> Any:
    """The number of the first case raised then or later: numbers and times grow together, but for a clock that was set back."""
    first = select(_c.case_no).where(_c.site == site, _c.kind == INCIDENT, _c.raised_us >= since_us)
    return func.coalesce(first.order_by(_c.raised_us).limit(1).scalar_subquery(), 0)
