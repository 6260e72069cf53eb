"""What people ask of plans. Each is answered after the commit, or by a Refusal with nothing written."""

from typing import NamedTuple

from hub.plans.types import Means, Plan, StepState, Whom


class PlanSet(NamedTuple):
    """A manager makes or edits a plan. `version`: the number of the one that was edited, 0 for one that shipped or is new;
    `posts`: those of the policy, which steps may name. Answered by a PlanVersion."""

    plan: Plan
    version: int
    actor: str
    reason: str
    posts: frozenset[str] = frozenset()


class PlanStart(NamedTuple):
    """Somebody starts a plan for a live incident. Answered by a Run."""

    case_no: int
    plan: str
    actor: str
    note: str = ""


class Reported(NamedTuple):
    """Somebody tells of something. `kind`: a plan's id, or `observation`; `by`: phone, seen, radio or in_person; `caller`: who
    told; `key`: the asker's own name for it, which counts once. Answered by the Case."""

    kind: str
    place: str
    text: str
    by: str
    caller: str
    key: str
    actor: str


class StepTicked(NamedTuple):
    """A step is done, skipped or open again."""

    step: str
    state: StepState
    note: str = ""


class SomebodyTold(NamedTuple):
    """Somebody outside was told. `at_us` None: now."""

    whom: Whom
    name: str
    means: Means
    at_us: int | None
    note: str = ""


class ReviewDraft(NamedTuple):
    """The review, as far as it is written."""

    summary: str
    impact: str
    lessons: str
    changes: str


class ReviewApproved(NamedTuple):
    """The review is approved."""

    note: str = ""


class NoticeDraft(NamedTuple):
    """What residents are to be told."""

    text: str


class NoticePublished(NamedTuple):
    """It was told to them."""

    note: str = ""


RunDeed = StepTicked | SomebodyTold | ReviewDraft | ReviewApproved | NoticeDraft | NoticePublished


class RunAct(NamedTuple):
    """Something is done in the run of a case. `version`: the run's that the person saw, None: whichever it has. Answered by the
    Run."""

    case_no: int
    deed: RunDeed
    actor: str
    version: int | None = None


PlanAsk = PlanSet | PlanStart | Reported | RunAct
