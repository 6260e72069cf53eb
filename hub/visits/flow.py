"""What an act, a clock or a gate makes of a visit: from one row to the next, or a Refusal. Pure."""

from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from hub.cases.types import Refusal
from hub.visits.hours import HOUR_US, clock_text, span_at
from hub.visits.numbers import Limits
from hub.visits.types import How, Visit
from hub.visits.words import refused
from hub.visits.workflow import ACTS, CLOCKS, ENDED, SHAPES, STATE_NAMES

ASKS_MAX = 5
EXTENDED_MAX = 3
EXPECTED_DAYS_MAX = 7
_DAY_US = 24 * HOUR_US
_FIELDS = ("room", "plate", "reason", "route", "space")
"""Of a visit itself; the rest of a shape's needs is in the box."""


class Moment(NamedTuple):
    """When it is, where, and by which numbers."""

    now_us: int
    zone: ZoneInfo
    limits: Limits


class Done(NamedTuple):
    """The visit as it is then, and what the change is called."""

    visit: Visit
    done: str
    note: str = ""


def begin(visit: Visit, given: frozenset[str], at: Moment) -> Done | Refusal:
    """A registration. `given`: which of name, identity and phone are in the box."""
    shape = SHAPES[visit.kind]
    filled = given | {name for name in _FIELDS if getattr(visit, name)}
    needs = [name for name in shape.needs if not (name == "room" and shape.may_have_no_room)]
    missing = [name for name in needs if name not in filled]
    if missing:
        return refused("field_missing", fields=", ".join(missing))
    if visit.space and "plate" not in shape.needs:
        return refused("field_not_wanted", fields="space")
    if visit.plate and "plate" not in shape.needs:
        return refused("field_not_wanted", fields="plate")
    expected_us = visit.expected_us
    if expected_us is not None and not at.now_us <= expected_us <= at.now_us + EXPECTED_DAYS_MAX * _DAY_US:
        return refused("wrong_expected", days=EXPECTED_DAYS_MAX)
    return _done(replace(visit, state="registered", made_us=at.now_us), "registered", at)


def act(visit: Visit, name: str, at: Moment, *, reason: str = "", **fields: Any) -> Done | Refusal:
    """One of workflow.ACTS. `fields`: `how` and `by` of an answer, `until_us` of an extension, `rules` and `by` of what was told,
    `space`."""
    row, shape = ACTS[name], SHAPES[visit.kind]
    if visit.state not in row.since:
        zh, en = STATE_NAMES[visit.state]
        return refused("wrong_visit_state", state_zh=zh, state_en=en, act_zh=row.zh, act_en=row.en)
    if row.reason and not reason.strip():
        return refused("reason_missing")
    if row.rules and shape.told_rules and visit.rules_us is None:
        return refused("rules_not_told")
    made = _MAKES[name](visit, at, **fields)
    if isinstance(made, Refusal):
        return made
    state: Any = row.to or made.state
    return _done(replace(made, state=state), row.done, at, reason)


def expire(visit: Visit, due_us: int, at: Moment) -> Done | None:
    """The state's clock has run out at `due_us`. None: it was another one's."""
    clock = CLOCKS.get(visit.state)
    if clock is None or visit.due_us is None or visit.due_us > due_us:
        return None
    state: Any = clock.to
    moved = replace(visit, state=state)
    if state == "overstayed":
        return Done(replace(moved, due_us=due_us + at.limits.close_us), clock.done)
    return _done(moved, clock.done, at._replace(now_us=due_us))


def passed(visit: Visit, inward: bool, at_us: int, at: Moment) -> Done | None:
    """A gate has let the visit's credential through, at `at_us`, which may be long ago: gates decide alone, so what they say has
    happened. None: it changes nothing."""
    if inward:
        late = visit.state == "closed" and visit.entered_us is None and visit.until_us is not None
        if visit.state != "confirmed" and not (late and visit.until_us is not None and at_us < visit.until_us):
            return None
        return _done(replace(visit, state="inside", entered_us=at_us, ended_us=None, erase_us=None), "entered", at)
    if visit.state not in ("inside", "overstayed", "confirmed"):
        return None
    return _done(replace(visit, state="left", left_us=at_us), "left", at)


def overstays_us(visit: Visit, limits: Limits) -> int:
    """Until when who is inside may stay."""
    shape = SHAPES[visit.kind]
    length_us: int = getattr(limits, shape.stay_of or shape.pass_of)
    entered_us = visit.made_us if visit.entered_us is None else visit.entered_us
    by_stay_us = entered_us + length_us
    if visit.until_us is None:
        return by_stay_us
    return max(visit.until_us, by_stay_us) if shape.stay_of else visit.until_us


def _done(visit: Visit, done: str, at: Moment, note: str = "") -> Done:
    ended = visit.state in ENDED
    ended_us = (visit.ended_us or at.now_us) if ended else None
    erase_us = None if ended_us is None else ended_us + at.limits.erase_us
    visit = replace(visit, ended_us=ended_us, erase_us=erase_us)
    return Done(replace(visit, due_us=None if ended else _due_us(visit, at.limits)), done, note)


def _due_us(visit: Visit, limits: Limits) -> int | None:
    basis = CLOCKS[visit.state].basis
    if basis == "asked":
        return (visit.asked_us or 0) + limits.confirm_us
    if basis == "pass":
        return visit.until_us
    if basis == "inside":
        return overstays_us(visit, limits)
    if basis == "over":
        return visit.due_us
    begins_us = visit.made_us if visit.expected_us is None else visit.expected_us
    return max(begins_us, visit.asked_us or 0) + limits.pass_us


def _ask(visit: Visit, at: Moment) -> Visit | Refusal:
    shape = SHAPES[visit.kind]
    if not shape.asks or not visit.room:
        return refused("no_resident")
    if visit.asks >= ASKS_MAX:
        return refused("asked_too_often", limit=ASKS_MAX)
    return replace(visit, asked_us=at.now_us, asks=visit.asks + 1, answered_us=None)


def _answered(visit: Visit, at: Moment, *, how: How, by: str) -> Visit:
    return replace(visit, answered_us=at.now_us, answered_how=how, answered_by=by)


def _confirm(visit: Visit, at: Moment, *, how: How, by: str) -> Visit | Refusal:
    return _with_pass(_answered(visit, at, how=how, by=by), at)


def _admit(visit: Visit, at: Moment, *, how: How, by: str, until_us: int | None = None) -> Visit | Refusal:
    """By one of the staff, where no resident is visited; or by the resident who registers it, and may say until when."""
    if SHAPES[visit.kind].asks and visit.room and how != "resident":
        return refused("resident_asked_first")
    made = _with_pass(_answered(visit, at, how=how, by=by), at)
    if isinstance(made, Refusal) or until_us is None or made.from_us is None or made.until_us is None:
        return made
    if not made.from_us < until_us <= made.until_us:
        return refused("wrong_hours")
    return replace(made, until_us=until_us)


def _with_pass(visit: Visit, at: Moment) -> Visit | Refusal:
    """The pass begins when it was confirmed, or when the visit is expected, and never lasts beyond the hours."""
    shape = SHAPES[visit.kind]
    from_us = max(at.now_us, visit.expected_us or 0)
    until_us = from_us + int(getattr(at.limits, shape.pass_of))
    if shape.hours:
        span = span_at(at.zone, at.limits.truck_from_s, at.limits.truck_until_s, from_us)
        if span is None:
            return outside_hours(at.limits)
        until_us = min(until_us, span.until_us)
    return replace(visit, from_us=from_us, until_us=until_us)


def _enter(visit: Visit, at: Moment) -> Visit | Refusal:
    """By a guard's hand."""
    if visit.from_us is None or at.now_us < visit.from_us:
        return refused("pass_not_begun")
    return replace(visit, entered_us=at.now_us)


def _force(visit: Visit, at: Moment) -> Visit | Refusal:
    """What may wait for nobody; it is an incident. The hours bind trucks all the same."""
    shape, limits = SHAPES[visit.kind], at.limits
    if shape.hours and span_at(at.zone, limits.truck_from_s, limits.truck_until_s, at.now_us) is None:
        return outside_hours(limits)
    return replace(visit, entered_us=at.now_us, forced=True)


def _leave(visit: Visit, at: Moment) -> Visit:
    return replace(visit, left_us=at.now_us)


def _extend(visit: Visit, at: Moment, *, until_us: int) -> Visit | Refusal:
    shape, limits = SHAPES[visit.kind], at.limits
    longest_us = int(getattr(limits, shape.pass_of))
    if not at.now_us < until_us <= at.now_us + longest_us or until_us <= (visit.until_us or 0):
        return refused("wrong_until", hours=longest_us / HOUR_US)
    if visit.extended >= EXTENDED_MAX:
        return refused("extended_too_often", limit=EXTENDED_MAX)
    if shape.hours:
        span = span_at(at.zone, limits.truck_from_s, limits.truck_until_s, max(at.now_us, visit.from_us or 0))
        if span is None or until_us > span.until_us:
            return outside_hours(limits)
    state: Any = "inside" if visit.state == "overstayed" else visit.state
    return replace(visit, state=state, until_us=until_us, from_us=visit.from_us or at.now_us, extended=visit.extended + 1)


def _tell(visit: Visit, at: Moment, *, rules: str, by: str) -> Visit | Refusal:
    if not SHAPES[visit.kind].told_rules:
        return refused("no_rules_needed")
    return replace(visit, rules=rules, rules_us=at.now_us, rules_by=by)


def _space(visit: Visit, _: Moment, *, space: str) -> Visit | Refusal:
    return replace(visit, space=space) if visit.plate else refused("no_space_needed")


def _as_it_is(visit: Visit, _: Moment, **__: Any) -> Visit:
    return visit


def _refuse(visit: Visit, at: Moment, *, how: How, by: str) -> Visit:
    return _answered(visit, at, how=how, by=by)


_MAKES: dict[str, Any] = {
    "ask": _ask,
    "confirm": _confirm,
    "refuse": _refuse,
    "admit": _admit,
    "enter": _enter,
    "force": _force,
    "leave": _leave,
    "extend": _extend,
    "cancel": _as_it_is,
    "close": _as_it_is,
    "tell": _tell,
    "space": _space,
}


def outside_hours(limits: Limits) -> Refusal:
    """Trucks do not pass now."""
    return refused("outside_truck_hours", first=clock_text(limits.truck_from_s), last=clock_text(limits.truck_until_s))
