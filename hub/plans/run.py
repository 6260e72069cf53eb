"""What becomes of a run: pure functions from a run and what happened to a Done, or to a Refusal."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from contract.clock import US_PER_S
from hub.cases.limits import Numbers
from hub.cases.types import Refusal
from hub.cases.workflow import HUB
from hub.plans import asks, clocks
from hub.plans.types import TOLD_MAX, Notice, PlanVersion, Review, Run, RunClock, RunState, RunStep, StepState, Told
from hub.plans.words import STEP_STATES, WHOM, refused

NO_EMERGENCY = frozenset(("false_alarm", "test", "maintenance", "duplicate", "nothing_found"))
"""Causes of a closed case after which nothing is to be learnt or told."""
TOLD_BEFORE_US = 3_600 * US_PER_S
"""Whoever saw it first may have called before the hub knew of it."""
LEFT_SHOWN = 4
"""So many of what is left are named in a refusal."""
_FIELDS = {
    "summary": ("经过", "summary"),
    "impact": ("影响", "impact"),
    "lessons": ("教训", "lessons"),
    "changes": ("预案修改", "changes"),
}


class Done(NamedTuple):
    """The run afterwards; `act` names what happened in the timeline and the change log, `body` says what."""

    run: Run
    act: str
    body: dict[str, Any]
    at_us: int
    actor: str


Outcome = Done | Refusal


def begin(case_no: int, version: PlanVersion, actor: str, now_us: int, policy: Numbers, note: str = "") -> Done:
    """The plan is started, with its clocks."""
    plan = version.plan
    steps = tuple(RunStep(step.step) for step in plan.steps)
    run = Run(case_no, plan, version.no, now_us, actor, steps, clocks.at_start(plan, now_us, policy), note=note)
    named = {"plan": plan.plan, "plan_zh": plan.zh, "plan_en": plan.en, "plan_version": version.no}
    return Done(run, "plan_started", named | {"note": note}, now_us, actor)


def act(run: Run, asked: asks.RunAct, now_us: int) -> Outcome:
    """What a person does in it."""
    if asked.version is not None and asked.version != run.version:
        return refused("plan_changed", version=run.version)
    return _DEEDS[type(asked.deed)](run, asked.deed, asked.actor, now_us)


def tick(run: Run, asked: asks.StepTicked, actor: str, now_us: int) -> Outcome:
    """A step is done, skipped, or open again."""
    if run.state != "running":
        return refused("plan_over")
    was = next((step for step in run.steps if step.step == asked.step), None)
    if was is None:
        return refused("unknown_step", step=asked.step, known=", ".join(step.step for step in run.steps))
    if was.state == asked.state:
        zh, en = STEP_STATES[was.state]
        return refused("step_is_so", actor=was.actor or HUB, state=en, state_zh=zh)
    if asked.state == "skipped" and not asked.note:
        return refused("step_reason")
    body = _named(run, [asked.step]) | {"state": asked.state, "note": asked.note}
    return _done(_ticked(run, asked.step, asked.state, actor, now_us, asked.note), "plan_step", body, now_us, actor)


def follow(run: Run, act_done: str, actor: str, now_us: int) -> Done | None:
    """An act on the case: it ticks the steps that wait for it. None: there is none."""
    waits = [step.step for step in run.plan.steps if step.done_by == act_done]
    ticked = [step.step for step in run.steps if step.step in waits and step.state == "open"]
    if run.state != "running" or not ticked:
        return None
    for step in ticked:
        run = _ticked(run, step, "done", actor, now_us)
    return _done(run, "plan_step", _named(run, ticked) | {"state": "done", "note": ""}, now_us, actor)


def _named(run: Run, names: Sequence[str]) -> dict[str, Any]:
    """Steps by their names, and as the plan has them in words."""
    steps = [step for step in run.plan.steps if step.step in names]
    return {
        "step": ", ".join(step.step for step in steps),
        "step_zh": "；".join(step.zh for step in steps),
        "step_en": "; ".join(step.en for step in steps),
    }


def left(run: Run) -> list[tuple[str, str]]:
    """What keeps the case from being closed: mandatory steps that are open, and those who must be told and were not."""
    steps = {step.step: step.state for step in run.steps}
    found = [(step.zh, step.en) for step in run.plan.steps if step.mandatory and steps.get(step.step) == "open"]
    told = {one.whom for one in run.told}
    return found + [(f"通知{WHOM[whom][0]}", f"tell {WHOM[whom][1]}") for whom in run.plan.tell if whom not in told]


def may_close(run: Run, reason: str) -> Refusal | None:
    """Why the case may not be closed yet. With a reason it may."""
    open_ = left(run) if run.state == "running" else []
    if not open_ or reason:
        return None
    more = len(open_) - LEFT_SHOWN
    told, told_zh = [en for _, en in open_[:LEFT_SHOWN]], [zh for zh, _ in open_[:LEFT_SHOWN]]
    if more > 0:
        told, told_zh = [*told, f"{more} more"], [*told_zh, f"另有 {more} 项"]
    return refused("plan_open", left="; ".join(told), left_zh="；".join(told_zh))


def case_ended(run: Run, state: str, body: dict[str, Any], actor: str, at_us: int, policy: Numbers) -> Done | None:
    """The case is closed or withdrawn: what was not done by now stops, and the clocks of afterwards begin. After a false alarm
    nothing is to come."""
    if run.state != "running":
        return None
    kept = tuple(_stopped(clock, at_us) for clock in run.clocks)
    void, nothing = state == "withdrawn", body.get("cause") in NO_EMERGENCY
    reason = str(body.get("reason", "")) if left(run) and not void else ""
    new: RunState = "void" if void else "over" if nothing else "review"
    run = replace(run, clocks=kept, state=new, closed_us=at_us, closed_by=actor, closed_reason=reason)
    if new == "review":
        wanted = ((clocks.REVIEW, run.review.approved_us), (clocks.INFORM, run.notice.published_us))
        for name, done_us in wanted:
            if done_us is None:
                run = _with_clock(run, clocks.made(name, at_us, policy))
        run = _settled(run)
    return _done(run, "plan_ended", {"state": run.state, "reason": reason}, at_us, actor)


def case_reopened(run: Run, actor: str, at_us: int) -> Done | None:
    """The case is open again: its steps can be done again, and ends that have not passed are awaited again."""
    if run.state == "running":
        return None
    after = (clocks.REVIEW, clocks.INFORM)
    kept = tuple(_stopped(clock, at_us) if clock.clock in after else _resumed(clock, at_us) for clock in run.clocks)
    run = replace(run, clocks=kept, state="running", closed_us=None, closed_by="", closed_reason="")
    return _done(run, "plan_resumed", {}, at_us, actor)


def missed(run: Run, name: str, due_us: int) -> Done | None:
    """The end of a clock has come. Those of its kind that end in the same instant are missed with it, so that people are told of
    them once. None: it is not awaited."""
    clock = next((one for one in run.clocks if one.clock == name and one.awaited and one.due_us <= due_us), None)
    if clock is None:
        return None
    kind = clocks.kind_of(name)
    mine = [one for one in run.clocks if one.awaited and one.due_us == clock.due_us and clocks.kind_of(one.clock) is kind]
    late = tuple(replace(one, missed=True) if one in mine else one for one in run.clocks)
    return _done(replace(run, clocks=late), "plan_overdue", clocks.overdue_body(run, mine), clock.due_us, HUB)


def _tell(run: Run, asked: asks.SomebodyTold, actor: str, now_us: int) -> Outcome:
    if len(run.told) >= TOLD_MAX:
        return refused("too_many_told", limit=TOLD_MAX)
    at_us = now_us if asked.at_us is None else asked.at_us
    if not run.started_us - TOLD_BEFORE_US <= at_us <= now_us:
        return refused("told_time")
    told = Told(asked.whom, asked.name, asked.means, at_us, actor, now_us, asked.note)
    run = _met(replace(run, told=(*run.told, told)), f"{clocks.TELL}:{asked.whom}", now_us)
    waits = {step.step for step in run.plan.steps if step.call is not None and step.call.whom == asked.whom}
    for step in run.steps:
        if step.step in waits and step.state == "open" and run.state == "running":
            run = _ticked(run, step.step, "done", actor, now_us)
    body = {"whom": asked.whom, "name": asked.name, "means": asked.means, "told_us": at_us, "note": asked.note}
    return _done(run, "plan_told", body, now_us, actor)


def _draft(run: Run, asked: asks.ReviewDraft, actor: str, now_us: int) -> Outcome:
    if run.review.approved_us is not None:
        return refused("review_approved")
    review = Review(asked.summary, asked.impact, asked.lessons, asked.changes, actor, now_us)
    return _done(replace(run, review=review), "plan_review", {"state": "draft"}, now_us, actor)


def _approve(run: Run, asked: asks.ReviewApproved, actor: str, now_us: int) -> Outcome:
    if run.review.approved_us is not None:
        return refused("review_approved")
    if run.state == "running":
        return refused("not_over_yet", zh="批准复盘", en="approving the review")
    empty = [words for name, words in _FIELDS.items() if not getattr(run.review, name).strip()]
    if empty:
        return refused("review_unfinished", left=", ".join(en for _, en in empty), left_zh="、".join(zh for zh, _ in empty))
    review = replace(run.review, approved_by=actor, approved_us=now_us)
    run = _settled(_met(replace(run, review=review), clocks.REVIEW, now_us))
    return _done(run, "plan_review", {"state": "approved", "note": asked.note}, now_us, actor)


def _write_notice(run: Run, asked: asks.NoticeDraft, actor: str, now_us: int) -> Outcome:
    if run.notice.published_us is not None:
        return refused("notice_published")
    return _done(replace(run, notice=Notice(asked.text, actor, now_us)), "plan_notice", {"state": "draft"}, now_us, actor)


def _publish(run: Run, asked: asks.NoticePublished, actor: str, now_us: int) -> Outcome:
    if run.notice.published_us is not None:
        return refused("notice_published")
    if run.state == "running":
        return refused("not_over_yet", zh="发布结果告知", en="telling residents of the outcome")
    if not run.notice.text.strip():
        return refused("notice_empty")
    notice = replace(run.notice, published_by=actor, published_us=now_us)
    run = _settled(_met(replace(run, notice=notice), clocks.INFORM, now_us))
    return _done(run, "plan_notice", {"state": "published", "note": asked.note}, now_us, actor)


def _done(run: Run, act_done: str, body: dict[str, Any], at_us: int, actor: str) -> Done:
    return Done(replace(run, version=run.version + 1), act_done, body, at_us, actor)


def _settled(run: Run) -> Run:
    """A review and a notice that are both done end the run."""
    both = run.review.approved_us is not None and run.notice.published_us is not None
    return replace(run, state="over") if run.state == "review" and both else run


def _ticked(run: Run, step: str, state: StepState, actor: str, now_us: int, note: str = "") -> Run:
    steps = tuple(RunStep(step, state, actor, now_us, note) if one.step == step else one for one in run.steps)
    run, name = replace(run, steps=steps), f"{clocks.STEP}:{step}"
    if state == "open":
        return replace(run, clocks=tuple(replace(one, met_us=None) if one.clock == name else one for one in run.clocks))
    return _met(run, name, now_us)


def _met(run: Run, name: str, now_us: int) -> Run:
    kept = tuple(replace(one, met_us=now_us) if one.clock == name and one.met_us is None else one for one in run.clocks)
    return replace(run, clocks=kept)


def _with_clock(run: Run, clock: RunClock) -> Run:
    """With that clock in the place of its namesake."""
    others = tuple(one for one in run.clocks if one.clock != clock.clock)
    at = next((at for at, one in enumerate(run.clocks) if one.clock == clock.clock), len(others))
    return replace(run, clocks=(*others[:at], clock, *others[at:]))


def _stopped(clock: RunClock, at_us: int) -> RunClock:
    return clock if clock.met_us is not None or clock.ended_us is not None else replace(clock, ended_us=at_us)


def _resumed(clock: RunClock, at_us: int) -> RunClock:
    return replace(clock, ended_us=None) if clock.ended_us is not None and clock.due_us > at_us else clock


_DEEDS: Mapping[type[Any], Callable[[Run, Any, str, int], Outcome]] = {
    asks.StepTicked: tick,
    asks.SomebodyTold: _tell,
    asks.ReviewDraft: _draft,
    asks.ReviewApproved: _approve,
    asks.NoticeDraft: _write_notice,
    asks.NoticePublished: _publish,
}
