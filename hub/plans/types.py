"""A plan, and what becomes of it once it is started."""

from typing import Annotated, Literal

import msgspec

from contract.settings import Id

Whom = Literal[
    "superior", "police", "fire", "medical", "utilities", "property_office", "residents_committee", "lift_company", "other"
]
Means = Literal["phone", "radio", "in_person", "message"]
StepState = Literal["open", "done", "skipped"]
RunState = Literal["running", "review", "over", "void"]
"""`running`: the case lives; `review`: it is closed, and the review or the notice is not; `over`: all is done, or nothing was to
be; `void`: the case was withdrawn."""
DoneBy = Literal["", "acknowledged", "dispatched", "arrived"]

STEPS_MAX = 40
TRIGGERS_MAX = 20
PLANS_MAX = 50
VERSIONS_MAX = 1_000
TOLD_MAX = 100
TEXT_MAX = 4_000

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Texts = Annotated[list[Annotated[str, msgspec.Meta(min_length=1, max_length=100)]], msgspec.Meta(min_length=1, max_length=50)]
DeadlineS = Annotated[float, msgspec.Meta(ge=1, le=86_400)]


class Trigger(msgspec.Struct, frozen=True, omit_defaults=True):
    """What starts the plan by itself: an incident of that detector. `facts`: only where each fact named is one of these texts;
    `devices`, `places`: only of these."""

    detector: str
    facts: Annotated[dict[str, Texts], msgspec.Meta(max_length=5)] = {}
    devices: Annotated[list[Id], msgspec.Meta(max_length=100)] = []
    places: Annotated[list[Id], msgspec.Meta(max_length=100)] = []


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who is called in a step, and by which number; `phone` empty: the estate's own, which a manager enters."""

    whom: Whom
    zh: Words
    en: Words
    phone: Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[0-9+ ()#*-]*$")] = ""


class PlanStep(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the checklist. `who`: the post that does it. `deadline_s`: from the plan's start; None: no clock. `mandatory`:
    the incident is not closed without it. `done_by`: the act on the incident that ticks it."""

    step: Id
    zh: Words
    en: Words
    who: Id
    deadline_s: DeadlineS | None = None
    mandatory: bool = False
    call: Call | None = None
    done_by: DoneBy = ""


class Plan(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is done in one kind of emergency. `starts`: what starts it by itself; `by_hand`: whether people may start it;
    `priority`: of an emergency of that kind that people report; `tell`: who must be told within the time of EMG-3."""

    plan: Id
    zh: Words
    en: Words
    steps: Annotated[list[PlanStep], msgspec.Meta(min_length=1, max_length=STEPS_MAX)]
    starts: Annotated[list[Trigger], msgspec.Meta(max_length=TRIGGERS_MAX)] = []
    by_hand: bool = True
    priority: Literal[1, 2, 3, 4] = 1
    tell: Annotated[list[Whom], msgspec.Meta(max_length=9)] = []


class PlanVersion(msgspec.Struct, frozen=True):
    """A plan as it was at one time. `no` 0: it shipped with the program, and nobody has edited it."""

    plan: Plan
    no: int = 0
    at_us: int = 0
    actor: str = ""
    reason: str = ""


class RunStep(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a step is: who has said so, when, and why where it was skipped."""

    step: str
    state: StepState = "open"
    actor: str = ""
    at_us: int | None = None
    note: str = ""


class RunClock(msgspec.Struct, frozen=True, omit_defaults=True):
    """A deadline of a run. `clock`: `step:ID`, `tell:WHOM`, `review` or `inform`. `met_us`: when it was done; `missed`: its end
    passed before; `ended_us`: it stopped undone, as the incident was closed or withdrawn."""

    clock: str
    clause: str
    begun_us: int
    due_us: int
    met_us: int | None = None
    missed: bool = False
    ended_us: int | None = None

    @property
    def awaited(self) -> bool:
        """Whether its end is still to come."""
        return self.met_us is None and self.ended_us is None and not self.missed


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody outside was told. `name`: who answered; `at_us`: when, as `actor` says; `recorded_us`: when that was entered."""

    whom: Whom
    name: str
    means: Means
    at_us: int
    actor: str
    recorded_us: int
    note: str = ""


class Review(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was learnt. `approved_us` None: it is a draft."""

    summary: str = ""
    impact: str = ""
    lessons: str = ""
    changes: str = ""
    author: str = ""
    at_us: int | None = None
    approved_by: str = ""
    approved_us: int | None = None


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What residents are told. `published_us` None: it is a draft."""

    text: str = ""
    author: str = ""
    at_us: int | None = None
    published_by: str = ""
    published_us: int | None = None


class Run(msgspec.Struct, frozen=True):
    """A plan that was started for a case. It has the plan in it as it was then: what people read stays on record, whatever
    becomes of the plan. Changed by `msgspec.structs.replace` only; `version` grows by one each time. `actor`: who started it,
    `hub` for what started by itself. `closed_reason`: why the case was closed with something left open."""

    case_no: int
    plan: Plan
    plan_no: int
    started_us: int
    actor: str
    steps: tuple[RunStep, ...]
    clocks: tuple[RunClock, ...]
    state: RunState = "running"
    version: int = 1
    told: tuple[Told, ...] = ()
    review: Review = Review()
    notice: Notice = Notice()
    closed_us: int | None = None
    closed_by: str = ""
    closed_reason: str = ""
    note: str = ""
