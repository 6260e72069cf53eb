"""The clocks of a run: which there are, how long each is, and whom its end is told."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from contract.clock import US_PER_S
from hub.cases.limits import Numbers, number
from hub.plans.types import Plan, Run, RunClock
from hub.plans.words import WHOM

STEP, TELL, REVIEW, INFORM = "step", "tell", "review", "inform"
START_CLAUSE = "EMG-2"
NAMED_MAX = 3
"""So many of what is overdue at once are named in words."""


class ClockKind(NamedTuple):
    """One kind of clock. `number`: the policy's, under the clause; empty: the plan's own. `tell`: who is told of its end."""

    clause: str
    number: str
    level: int
    tell: tuple[str, ...]
    zh: str
    en: str


KINDS: Mapping[str, ClockKind] = {
    STEP: ClockKind(START_CLAUSE, "", 1, ("shift-leader",), "预案步骤逾期", "overdue in the plan"),
    TELL: ClockKind("EMG-3", "tell_s", 2, ("manager",), "上级或有关部门尚未通知", "superiors or authorities were not told"),
    REVIEW: ClockKind("EMG-4", "review_s", 2, ("manager",), "复盘逾期", "the review is overdue"),
    INFORM: ClockKind("EMG-5", "inform_s", 2, ("manager",), "结果告知逾期", "residents were not told of the outcome"),
}


def kind_of(clock: str) -> ClockKind:
    """The kind of a clock by its name, `step:ID`."""
    return KINDS[clock.partition(":")[0]]


def at_start(plan: Plan, now_us: int, policy: Numbers) -> tuple[RunClock, ...]:
    """The clocks that begin with the run."""
    steps = tuple(
        RunClock(f"{STEP}:{step.step}", START_CLAUSE, now_us, now_us + int(step.deadline_s * US_PER_S))
        for step in plan.steps
        if step.deadline_s is not None
    )
    return steps + tuple(made(f"{TELL}:{whom}", now_us, policy) for whom in dict.fromkeys(plan.tell))


def made(clock: str, now_us: int, policy: Numbers) -> RunClock:
    """A clock of the policy's that begins now."""
    kind = kind_of(clock)
    return RunClock(clock, kind.clause, now_us, now_us + int(number(policy, kind.clause, kind.number) * US_PER_S))


def due(run: Run) -> dict[str, int]:
    """The ends that are awaited, by clock."""
    return {clock.clock: clock.due_us for clock in run.clocks if clock.awaited}


def overdue_body(run: Run, late: Sequence[RunClock]) -> dict[str, object]:
    """What the common end of clocks of one kind says of itself, as an escalation step does. `clocks`: all of them."""
    first = late[0]
    kind, named = kind_of(first.clock), [words for clock in late if (words := _about(run, clock)) is not None]
    more = len(named) - NAMED_MAX
    zh = [one[0] for one in named[:NAMED_MAX]] + ([f"另有 {more} 项"] if more > 0 else [])
    en = [one[1] for one in named[:NAMED_MAX]] + ([f"{more} more"] if more > 0 else [])
    return {
        "clock": f"plan:{first.clock}",
        "clocks": [clock.clock for clock in late],
        "clause": first.clause,
        "limit_s": (first.due_us - first.begun_us) / US_PER_S,
        "level": kind.level,
        "tell": list(kind.tell),
        "zh": f"{kind.zh}：{'；'.join(zh)}" if zh else kind.zh,
        "en": f"{kind.en}: {'; '.join(en)}" if en else kind.en,
        "plan": run.plan.plan,
    }


def _about(run: Run, clock: RunClock) -> tuple[str, str] | None:
    """The step or the authority that the clock is of."""
    kind, _, name = clock.clock.partition(":")
    if kind == TELL:
        return next((words for whom, words in WHOM.items() if whom == name), None)
    return next(((step.zh, step.en) for step in run.plan.steps if step.step == name), None)
