"""Which clocks a case has, how long each runs, and which ends are awaited: the workflow's, and the policy's escalation steps."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from contract.clock import US_PER_S
from hub.cases import clocks
from hub.cases.alarms import DEFAULTS, AlarmRule, ChainStep
from hub.cases.types import Alarm, Case
from hub.cases.workflow import SHELVE, STEP, WORKFLOWS


class Numbers(Protocol):
    """The policy, as far as cases need it."""

    @property
    def chain(self) -> Sequence[ChainStep]:
        """The steps of all escalation chains."""
        ...

    def numbers(self, clause: str) -> dict[str, float]:
        """The numbers of one clause by name. Raises KeyError for a clause that the policy does not have."""
        ...

    def alarm_of(self, detector: str, place_class: str) -> AlarmRule:
        """What it says of a detector's cases at a place of that class."""
        ...


def number(policy: Numbers, clause: str, name: str) -> float:
    """A number of the policy, or what holds where the policy is older than the number. Raises KeyError for any other."""
    try:
        found = policy.numbers(clause).get(name)
    except KeyError:
        found = None
    return DEFAULTS[clause, name] if found is None else found


def takes_pictures(policy: Numbers, options: Mapping[str, float]) -> bool:
    """Whether a camera with those options takes a picture when it is asked; one that only pushes would fail each time."""
    return bool(options.get("snapshots", number(policy, "MON-2", "snapshots")))


def clocks_in(case: Case, state: str, policy: Numbers) -> tuple[str, ...]:
    """The clocks that run from its beginning on in a case that is in that state."""
    own = tuple(clock.name for clock in WORKFLOWS[case.kind].clocks.values() if state in clock.runs_in)
    waits = {"open": ("acknowledged", "dispatched", "closed"), "acknowledged": ("dispatched", "closed")}.get(state, ())
    steps = (row for row in policy.chain if row.unless in waits and row.fits(case))
    return own + tuple(STEP + row.step for row in steps if not (case.dispatch and row.unless == "dispatched"))


def steps_until(case: Case, reached: frozenset[str], policy: Numbers) -> tuple[str, ...]:
    """The clocks of steps that end when so much is done. One that the policy does not have any more ends with the case."""
    unless: dict[str, str] = {STEP + row.step: row.unless for row in policy.chain}
    return tuple(name for name in _steps(case) if unless.get(name, "closed") in reached)


def limit_us(case: Case, clock: str, policy: Numbers) -> int | None:
    """How long the clock may run; None where nobody says so any more."""
    if clock == SHELVE:
        begun = clocks.life(case.clocks, clock)
        return None if case.shelved_until_us is None or not begun else max(0, case.shelved_until_us - begun[0].at_us)
    step = step_of(clock, policy)
    if step is not None:
        return int(step.after_s * US_PER_S)
    row = WORKFLOWS[case.kind].clocks.get(clock)
    return None if row is None else int(number(policy, *row.seconds[case.priority]) * US_PER_S)


def step_of(clock: str, policy: Numbers) -> ChainStep | None:
    """The step that the clock belongs to."""
    return next((row for row in policy.chain if clock == STEP + row.step), None)


def running(case: Case, policy: Numbers) -> tuple[Alarm, ...]:
    """The ends of all clocks that run and have not expired."""
    found = []
    for name in names(case):
        length_us = limit_us(case, name, policy) if clocks.runs(case.clocks, name) else None
        due_us = None if length_us is None else clocks.due_us(case.clocks, name, length_us)
        if due_us is not None:
            found.append(Alarm(name, due_us))
    return tuple(found)


def names(case: Case) -> tuple[str, ...]:
    """All clocks of the case."""
    return (*WORKFLOWS[case.kind].clocks, *_steps(case))


def _steps(case: Case) -> tuple[str, ...]:
    """Clocks of steps that the case has ever had, in the order of their first start."""
    return tuple(dict.fromkeys(event.clock for event in case.clocks if event.clock.startswith(STEP)))
