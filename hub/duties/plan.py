"""The plan: the policy's duties and the estate's routes in one value, and the windows that come from it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from contract.clock import US_PER_S
from hub.duties.calendar import CalendarDays, calendar_of
from hub.duties.schedule import MAX_EQUAL, Random, Schedule, ShiftHours, Surroundings, spans
from hub.duties.schedule import Occasion as When
from hub.duties.types import Duty, Occasion, Person, Route, Window


class Plan(msgspec.Struct, frozen=True):
    """What windows are made of, and what scans are judged by. `zone`: the estate's. `shifts`: by name.
    `numbers`: those that flags are judged by, by name. `seed`: what random windows are drawn from; a secret of the site."""

    zone: str
    duties: tuple[Duty, ...]
    routes: tuple[Route, ...]
    staff: tuple[Person, ...] = ()
    calendar: CalendarDays = CalendarDays()
    shifts: tuple[tuple[str, ShiftHours], ...] = ()
    numbers: dict[str, float] = {}
    seed: str = ""


def plan_text(plan: Plan) -> str:
    """The plan as JSON. Equal plans have equal texts."""
    # Read back once: a whole number where a fraction may stand is then written like any other.
    same = msgspec.json.decode(msgspec.json.encode(plan), type=Plan)
    return msgspec.json.encode(same, order="sorted").decode()


def plan_from(text: str) -> Plan:
    """The plan that `plan_text` wrote. Raises msgspec.ValidationError."""
    return msgspec.json.decode(text, type=Plan)


def surroundings(plan: Plan, occasions: Sequence[Occasion] = (), lane: str = "") -> Surroundings:
    """What the plan's schedules are computed in; `lane` is DUTY/ROUTE/PLACE/INDEX of the schedule, where it matters."""
    when = [When(one.kind, one.from_us, one.until_us) for one in occasions]
    return Surroundings(ZoneInfo(plan.zone), calendar_of(plan.calendar), dict(plan.shifts), when, f"{plan.seed}/{lane}")


def windows(
    plan: Plan,
    plan_no: int,
    occasions: Sequence[Occasion],
    from_us: int,
    until_us: int,
    only: type[Schedule] | None = None,
) -> Iterator[Window]:
    """The windows that open at `from_us` or later and before `until_us`: lane by lane, and in each by their opening. `only`: of
    schedules of that type alone."""
    for duty in plan.duties:
        routes = [route for route in plan.routes if route.duty == duty.duty]
        if routes:
            around = surroundings(plan, occasions)
            yield from _of_duty(plan, plan_no, duty, routes, around, occasions, from_us, until_us, only)


class _Made(NamedTuple):
    """What all places of a duty share."""

    opens_us: int
    due_us: int
    ends_us: int
    name: str


def _of_duty(
    plan: Plan,
    plan_no: int,
    duty: Duty,
    routes: Sequence[Route],
    around: Surroundings,
    occasions: Sequence[Occasion],
    from_us: int,
    until_us: int,
    only: type[Schedule] | None,
) -> Iterator[Window]:
    shared: list[_Made] = []
    drawn: list[tuple[int, Random]] = []
    for index, schedule in enumerate(duty.schedule):
        if only is not None and not isinstance(schedule, only):
            continue
        if isinstance(schedule, Random):
            drawn.append((index, schedule))
        else:
            shared.extend(_made(duty, index, schedule, around, from_us, until_us))
    shared.sort()
    for route in routes:
        for place in route.places:
            made = shared
            lane = f"{duty.duty}/{route.id}/{place}"
            for index, random in drawn:  # each place has moments of its own
                own = surroundings(plan, occasions, f"{lane}/{index}")
                made = sorted((*made, *_made(duty, index, random, own, from_us, until_us)))
            for opens_us, due_us, ends_us, name in made:
                yield Window(lane + name, duty.duty, route.id, place, opens_us, due_us, ends_us, plan_no)


def _made(duty: Duty, index: int, schedule: Schedule, around: Surroundings, from_us: int, until_us: int) -> Iterator[_Made]:
    tolerance_us = round(duty.tolerance_s * US_PER_S)
    for span in spans(schedule, around, from_us, until_us):
        opened = datetime.fromtimestamp(span.opens_us // US_PER_S, UTC)
        name = f"/{opened:%Y%m%dT%H%M%SZ}/{index * MAX_EQUAL + span.n}"
        yield _Made(span.opens_us, span.due_us, span.due_us + tolerance_us, name)
