"""How a run looks from outside."""

import msgspec

from contract.clock import rfc3339
from hub.api import plan_models as m
from hub.plans import clocks
from hub.plans.types import PlanStep, Run, RunClock
from hub.plans.words import WHO, WHOM
from hub.policy.load import Policy
from hub.views import when


def run_summary(run: Run) -> m.RunSummary:
    """In a line."""
    found = _clocks(run)
    return m.RunSummary(
        no=run.case_no,
        plan=run.plan.plan,
        plan_version=run.plan_no,
        zh=run.plan.zh,
        en=run.plan.en,
        state=run.state,
        version=run.version,
        started_at=rfc3339(run.started_us),
        started_by=run.actor,
        closed_at=when(run.closed_us),
        steps_open=sum(1 for step in run.steps if step.state == "open"),
        review_due_at=_due(found.get(clocks.REVIEW)),
        review_approved=run.review.approved_us is not None,
        notice_due_at=_due(found.get(clocks.INFORM)),
        notice_published=run.notice.published_us is not None,
        overdue=sum(1 for clock in run.clocks if clock.missed and clock.met_us is None and clock.ended_us is None),
    )


def run_view(run: Run, policy: Policy) -> m.RunView:
    """With everything."""
    found = _clocks(run)
    told = {one.whom for one in run.told}
    review, notice = found.get(clocks.REVIEW), found.get(clocks.INFORM)
    return m.RunView(
        run=run_summary(run),
        note=run.note,
        steps=[_step(run, step, found.get(f"{clocks.STEP}:{step.step}"), policy) for step in run.plan.steps],
        must_tell=[_must_tell(whom, whom in told, found.get(f"{clocks.TELL}:{whom}")) for whom in run.plan.tell],
        told=[
            m.ToldView(
                whom=one.whom,
                name=one.name,
                means=one.means,
                at=rfc3339(one.at_us),
                recorded_at=rfc3339(one.recorded_us),
                actor=one.actor,
                note=one.note,
            )
            for one in run.told
        ],
        review=m.ReviewView(
            summary=run.review.summary,
            impact=run.review.impact,
            lessons=run.review.lessons,
            changes=run.review.changes,
            author=run.review.author,
            at=when(run.review.at_us),
            approved_by=run.review.approved_by,
            approved_at=when(run.review.approved_us),
            due_at=_due(review),
            overdue=_overdue(review),
        ),
        notice=m.NoticeView(
            text=run.notice.text,
            author=run.notice.author,
            at=when(run.notice.at_us),
            published_by=run.notice.published_by,
            published_at=when(run.notice.published_us),
            due_at=_due(notice),
            overdue=_overdue(notice),
        ),
        closed_by=run.closed_by,
        closed_reason=run.closed_reason,
    )


def _step(run: Run, step: PlanStep, clock: RunClock | None, policy: Policy) -> m.RunStepView:
    now = next(one for one in run.steps if one.step == step.step)
    post = policy.posts.get(step.who)
    who_zh, who_en = WHO.get(step.who, (step.who, step.who)) if post is None else (post.zh, post.en)
    return m.RunStepView(
        step=step.step,
        zh=step.zh,
        en=step.en,
        who=step.who,
        who_zh=who_zh,
        who_en=who_en,
        mandatory=step.mandatory,
        call=None if step.call is None else m.CallModel.model_validate(msgspec.to_builtins(step.call)),
        state=now.state,
        actor=now.actor,
        at=when(now.at_us),
        note=now.note,
        due_at=None if clock is None else rfc3339(clock.due_us),
        overdue=_overdue(clock),
    )


def _must_tell(whom: m.Whom, told: bool, clock: RunClock | None) -> m.MustTell:
    zh, en = WHOM[whom]
    due_at = None if clock is None else rfc3339(clock.due_us)
    return m.MustTell(whom=whom, zh=zh, en=en, told=told, due_at=due_at, overdue=_overdue(clock))


def _clocks(run: Run) -> dict[str, RunClock]:
    return {clock.clock: clock for clock in run.clocks}


def _due(clock: RunClock | None) -> str | None:
    """The end of a clock of afterwards: one that was stopped by a reopening runs no more."""
    return None if clock is None or clock.ended_us is not None else rfc3339(clock.due_us)


def _overdue(clock: RunClock | None) -> bool:
    return clock is not None and clock.missed
