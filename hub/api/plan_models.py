"""What goes in and out of the routes for emergency plans and for what people report."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from hub.api.models import NUMBER_MAX, Plain, Strict, Time, Words
from hub.plans.types import (
    STEPS_MAX,
    TEXT_MAX,
    TRIGGERS_MAX,
    DoneBy,
    Means,
    RunState,
    StepState,
    Whom,
)

PlanId = Annotated[str, Plain, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Short = Annotated[str, Plain, Field(min_length=1, max_length=500)]
Note = Annotated[str, Plain, Field(max_length=1_000)]
Long = Annotated[str, Plain, Field(max_length=TEXT_MAX)]
Fact = Annotated[str, Plain, Field(min_length=1, max_length=100)]
Version = Annotated[int | None, Field(ge=1, le=NUMBER_MAX)]


class TriggerModel(Strict):
    """An incident that starts a plan by itself."""

    detector: str = Field(max_length=100, examples=["fire_input"], description="The rule that found the incident")
    facts: dict[Fact, Annotated[list[Fact], Field(min_length=1, max_length=50)]] = Field(
        default={}, max_length=5, description="Only where each fact of this name is one of these texts"
    )
    devices: list[PlanId] = Field(default=[], max_length=100, description="Only of these devices; empty: of any")
    places: list[PlanId] = Field(default=[], max_length=100, description="Only at these places; empty: anywhere")


class CallModel(Strict):
    """Who is called in a step."""

    whom: Whom = Field(description="Which authority or superior it is, by name")
    zh: Short = Field(description="What they are called, in Chinese")
    en: Short = Field(description="What they are called, in English")
    phone: str = Field(default="", max_length=40, pattern=r"^[0-9+ ()#*-]*$", description="Their number; empty: not entered")


class StepModel(Strict):
    """A line of the checklist."""

    step: PlanId = Field(examples=["call-fire"], description="The step's name within the plan")
    zh: Short = Field(description="What is done, in Chinese")
    en: Short = Field(description="What is done, in English")
    who: PlanId = Field(examples=["guard"], description="The post that does it")
    deadline_s: float | None = Field(
        default=None, ge=1, le=86_400, description="By when, in seconds from the plan's start; null: no clock"
    )
    mandatory: bool = Field(default=False, description="The incident is not closed without it, unless a reason is given")
    call: CallModel | None = Field(default=None, description="Who is called; null: nobody")
    done_by: DoneBy = Field(default="", description="The act on the incident that ticks it; empty: people tick it")


class PlanModel(Strict):
    """What is done in one kind of emergency."""

    plan: PlanId = Field(examples=["fire"], description="The kind of emergency")
    zh: Short = Field(description="What it is called, in Chinese")
    en: Short = Field(description="What it is called, in English")
    steps: list[StepModel] = Field(min_length=1, max_length=STEPS_MAX, description="The checklist, in its order")
    starts: list[TriggerModel] = Field(default=[], max_length=TRIGGERS_MAX, description="What starts it by itself")
    by_hand: bool = Field(default=True, description="People may start it")
    priority: Literal[1, 2, 3, 4] = Field(default=1, description="Of an emergency of this kind that people report")
    tell: list[Whom] = Field(default=[], max_length=9, description="Who must be told within the time of EMG-3")


class PlanView(Strict):
    """A plan as it is now. `version` 0: it shipped with the program, and nobody has edited it."""

    body: PlanModel = Field(description="The plan itself")
    version: int = Field(description="Its number, which grows by one with each edit; 0: it shipped")
    at: Time | None = Field(description="When it was edited last, UTC; null: it shipped")
    actor: str = Field(description="Who edited it; empty: it shipped")
    reason: str = Field(description="Why, in their words")


class PlanList(Strict):
    """The plans in force."""

    plans: list[PlanView] = Field(description="Each plan, by its name")


class PlanDetail(Strict):
    """A plan, and what it was before."""

    plan: PlanView = Field(description="The plan in force")
    history: list[PlanView] = Field(description="All versions that people have made, newest first; 100 at most")


class PlanRequest(Strict):
    """A plan that a manager has written or edited."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "version": 0,
                    "reason": "补充电梯维保电话",
                    "body": {
                        "plan": "gas",
                        "zh": "燃气泄漏",
                        "en": "Gas leak",
                        "tell": ["superior"],
                        "steps": [
                            {
                                "step": "call-superior",
                                "zh": "报告上级",
                                "en": "Tell the superiors",
                                "who": "monitor",
                                "deadline_s": 300,
                                "mandatory": True,
                                "call": {"whom": "superior", "zh": "值班领导", "en": "superior on duty"},
                            }
                        ],
                    },
                }
            ]
        },
    )

    body: PlanModel = Field(description="The whole plan; its name is the one of the path")
    version: int = Field(ge=0, le=NUMBER_MAX, description="The version that was edited; 0: it shipped, or is new")
    reason: Words = Field(description="Why it is changed, for the record")


class PlanStartRequest(Strict):
    """A plan is started for an incident."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"plan": "medical", "note": "保安受伤"}]})

    plan: PlanId = Field(description="Which plan, by its name")
    note: Note = Field(default="", description="Why, in a few words")


class StepRequest(Strict):
    """A step is done, skipped, or open again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"state": "done", "note": "已疏散3单元"}]})

    state: StepState = Field(description="done, skipped, or open again")
    note: Note = Field(default="", description="What there is to say; for a step that is skipped, why")
    version: Version = Field(default=None, description="The run's version that the person saw; null: whichever it has")


class ToldRequest(Strict):
    """Somebody outside was told."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"whom": "fire", "name": "119 接警员 12 号", "means": "phone"}]}
    )

    whom: Whom = Field(description="Which authority or superior")
    name: Annotated[str, Plain, Field(min_length=1, max_length=100)] = Field(description="The name of who answered")
    means: Means = Field(default="phone", description="How: phone, radio, in_person or message")
    at: str | None = Field(default=None, max_length=40, description="When, RFC 3339; null: now")
    note: Note = Field(default="", description="What they said")
    version: Version = Field(default=None, description="The run's version that the person saw; null: whichever it has")


class ReviewRequest(Strict):
    """The review, as far as it is written."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "summary": "3号楼厨房起火，8分钟扑灭",
                    "impact": "一户受损",
                    "lessons": "疏散广播过晚",
                    "changes": "广播提前到第2步",
                }
            ]
        },
    )

    summary: Long = Field(default="", description="What happened and what was done")
    impact: Long = Field(default="", description="What it cost: people, things, trust")
    lessons: Long = Field(default="", description="What is learnt from it")
    changes: Long = Field(default="", description="What is changed in the plan, or why nothing is")
    version: Version = Field(default=None, description="The run's version that the person saw; null: whichever it has")


class NoticeRequest(Strict):
    """What residents are to be told."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": "各位业主：…"}]})

    text: Annotated[str, Plain, Field(min_length=1, max_length=TEXT_MAX)] = Field(
        description="The whole notice; name nobody in it"
    )
    version: Version = Field(default=None, description="The run's version that the person saw; null: whichever it has")


class SignRequest(Strict):
    """A review is approved, or a notice published."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "同意", "version": 14}]})

    note: Note = Field(default="", description="What there is to say about it")
    version: Version = Field(default=None, description="The run's version that the person saw; null: whichever it has")


class RunStepView(Strict):
    """A step of a run, and how far it is."""

    step: str = Field(description="The step's name within the plan")
    zh: str = Field(description="What is done, in Chinese")
    en: str = Field(description="What is done, in English")
    who: str = Field(description="The post that does it")
    who_zh: str = Field(description="The post's name in Chinese")
    who_en: str = Field(description="The post's name in English")
    mandatory: bool = Field(description="The incident is not closed without it, unless a reason is given")
    call: CallModel | None = Field(description="Who is called; null: nobody")
    state: StepState = Field(description="open, done or skipped")
    actor: str = Field(description="Who has said so; empty: nobody yet")
    at: Time | None = Field(description="When they said so, UTC; null: not yet")
    note: str = Field(description="What they said about it")
    due_at: Time | None = Field(description="By when, UTC; null: no clock")
    overdue: bool = Field(description="Its time passed before it was done")


class MustTell(Strict):
    """Somebody who must be told within the time of EMG-3."""

    whom: Whom = Field(description="Which authority or superior")
    zh: str = Field(description="What they are called, in Chinese")
    en: str = Field(description="What they are called, in English")
    told: bool = Field(description="It is on record that they were told")
    due_at: Time | None = Field(description="By when, UTC; null: no clock")
    overdue: bool = Field(description="The time passed before it was on record")


class ToldView(Strict):
    """Somebody outside was told."""

    whom: Whom = Field(description="Which authority or superior")
    name: str = Field(description="The name of who answered")
    means: Means = Field(description="How: phone, radio, in_person or message")
    at: Time = Field(description="When, as who entered it says, UTC")
    recorded_at: Time = Field(description="When it was entered, UTC")
    actor: str = Field(description="Who told them")
    note: str = Field(description="What they said")


class ReviewView(Strict):
    """The review, and its clock."""

    summary: str = Field(description="What happened and what was done")
    impact: str = Field(description="What it cost: people, things, trust")
    lessons: str = Field(description="What is learnt from it")
    changes: str = Field(description="What is changed in the plan")
    author: str = Field(description="Who wrote it last; empty: nobody")
    at: Time | None = Field(description="When it was written last, UTC; null: not yet")
    approved_by: str = Field(description="Who approved it; empty: nobody yet")
    approved_at: Time | None = Field(description="When it was approved, UTC; null: not yet")
    due_at: Time | None = Field(description="By when it is to be approved, UTC; null: no clock runs")
    overdue: bool = Field(description="Its time passed before it was approved")


class NoticeView(Strict):
    """The notice to residents, and its clock."""

    text: str = Field(description="The whole notice")
    author: str = Field(description="Who wrote it last; empty: nobody")
    at: Time | None = Field(description="When it was written last, UTC; null: not yet")
    published_by: str = Field(description="Who published it; empty: nobody yet")
    published_at: Time | None = Field(description="When it was published, UTC; null: not yet")
    due_at: Time | None = Field(description="By when it is to be published, UTC; null: no clock runs")
    overdue: bool = Field(description="Its time passed before it was published")


class RunSummary(Strict):
    """A plan that was started for an incident, in a line."""

    no: int = Field(description="The incident's number")
    plan: str = Field(description="The plan's name")
    plan_version: int = Field(description="The plan's version that it is pinned to; 0: the one that shipped")
    zh: str = Field(description="What the plan is called, in Chinese")
    en: str = Field(description="What the plan is called, in English")
    state: RunState = Field(description="running, review (the incident is closed), over, or void (it was withdrawn)")
    version: int = Field(description="Grows by one with each change of the run")
    started_at: Time = Field(description="When it was started, UTC")
    started_by: str = Field(description="Who started it; hub: by itself")
    closed_at: Time | None = Field(description="When the incident was closed, UTC; null: it was not")
    steps_open: int = Field(description="How many steps are neither done nor skipped")
    review_due_at: Time | None = Field(description="By when the review is to be approved, UTC; null: no clock runs")
    review_approved: bool = Field(description="The review is approved")
    notice_due_at: Time | None = Field(description="By when residents are to be told, UTC; null: no clock runs")
    notice_published: bool = Field(description="The notice is published")
    overdue: int = Field(description="How many of its deadlines passed undone")


class RunList(Strict):
    """Runs, newest first."""

    runs: list[RunSummary] = Field(description="Newest first")
    next: int | None = Field(description="The cursor of the next page; null at the end")


class RunView(Strict):
    """A run with all that was done in it. It shows the plan as it was when it was started."""

    run: RunSummary = Field(description="The run in a line")
    note: str = Field(description="Why it was started, where people did so")
    steps: list[RunStepView] = Field(description="The checklist, in its order")
    must_tell: list[MustTell] = Field(description="Who must be told within the time of EMG-3")
    told: list[ToldView] = Field(description="Who was told, in the order in which it was entered")
    review: ReviewView = Field(description="The review afterwards")
    notice: NoticeView = Field(description="The notice to residents")
    closed_by: str = Field(description="Who closed the incident; empty: nobody")
    closed_reason: str = Field(description="Why it was closed with something left open; empty: nothing was")


class ReportRequest(Strict):
    """Something that people tell of: by phone, by radio, in person, or seen on a screen."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"kind": "fire", "place": "gate", "text": "3号楼2单元冒烟", "by": "phone", "caller": "陈女士 13800000000"}
            ]
        },
    )

    kind: PlanId = Field(description="A plan's name, such as fire; observation: none of them")
    place: Annotated[str, Plain, Field(min_length=1, max_length=63)] = Field(description="Where, by the place's id")
    text: Words = Field(description="What was told")
    by: Literal["phone", "seen", "radio", "in_person"] = Field(description="How it came: phone, seen, radio or in_person")
    caller: Annotated[str, Plain, Field(max_length=100)] = Field(default="", description="Who told it, and their number")
    key: Annotated[str, Plain, Field(max_length=63)] = Field(
        default="", description="The sender's own name for it: what is sent twice counts once; empty: each time anew"
    )
