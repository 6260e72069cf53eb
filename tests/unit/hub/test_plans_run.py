"""A run of a plan: what people do in it, what the case does with it, and which of its ends are awaited."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import US_PER_S
from hub.cases.types import Case, Refusal
from hub.plans import asks, clocks
from hub.plans import run as runs
from hub.plans.choosing import plan_for
from hub.plans.figures import kept
from hub.plans.load import shipped
from hub.plans.types import Call, Plan, PlanStep, PlanVersion, Run, Trigger
from hub.policy.load import Policy

POLICY = Policy.load()
S = US_PER_S
SUPERIOR = Call("superior", "领导", "superior")
PLAN = Plan(
    "fire",
    "火灾",
    "Fire",
    [
        PlanStep("look", "查看", "look", "monitor", 30, mandatory=True, done_by="acknowledged"),
        PlanStep("call", "报告", "call", "monitor", 60, mandatory=True, call=SUPERIOR),
        PlanStep("gates", "开门", "gates", "guard", 90),
    ],
    tell=["superior"],
)


def begun(now_us: int = 0) -> Run:
    return runs.begin(17, PlanVersion(PLAN), "hub", now_us, POLICY).run


def act(run: Run, deed: asks.RunDeed, now_us: int = 0, actor: str = "li", version: int | None = None) -> Any:
    return runs.act(run, asks.RunAct(17, deed, actor, version), now_us)


def done(run: Run, deed: asks.RunDeed, now_us: int = 0) -> Run:
    found = act(run, deed, now_us)
    assert isinstance(found, runs.Done), found
    return found.run


def ended(run: Run, at_us: int = 0, cause: str = "handled", state: str = "closed", reason: str = "") -> Run:
    found = runs.case_ended(run, state, {"cause": cause, "reason": reason}, "li", at_us, POLICY)
    assert found is not None
    return found.run


def reason_of(found: Any) -> str:
    assert isinstance(found, Refusal), found
    assert " / " in found.message
    return found.reason


def test_a_run_awaits_each_steps_end_and_the_calls_within_five_minutes():
    assert clocks.due(begun(5 * S)) == {
        "step:look": 35 * S,
        "step:call": 65 * S,
        "step:gates": 95 * S,
        "tell:superior": 305 * S,
    }


def test_a_step_is_ticked_with_name_and_time_and_its_clock_ends():
    run = done(begun(), asks.StepTicked("gates", "done", "东门已开"), 7 * S)
    step = run.steps[2]
    assert (step.state, step.actor, step.at_us, step.note) == ("done", "li", 7 * S, "东门已开")
    assert "step:gates" not in clocks.due(run)
    again = done(run, asks.StepTicked("gates", "open"), 8 * S)
    assert clocks.due(again)["step:gates"] == 90 * S


def test_telling_somebody_does_the_steps_that_call_them():
    run = done(begun(), asks.SomebodyTold("superior", "老王", "phone", None), 20 * S)
    assert [step.state for step in run.steps] == ["open", "done", "open"]
    assert clocks.due(run).keys() == {"step:look", "step:gates"}
    told = run.told[0]
    assert (told.name, told.at_us, told.recorded_us) == ("老王", 20 * S, 20 * S)


def test_an_act_on_the_incident_does_the_step_that_waits_for_it_once():
    followed = runs.follow(begun(), "acknowledged", "wang", 9 * S)
    assert followed is not None
    assert (followed.run.steps[0].state, followed.run.steps[0].actor) == ("done", "wang")
    assert runs.follow(followed.run, "acknowledged", "wang", 10 * S) is None
    assert runs.follow(begun(), "commented", "wang", 9 * S) is None


def test_a_case_is_not_closed_before_what_must_be_done_is_done():
    run = begun()
    refusal = runs.may_close(run, "")
    assert refusal is not None
    assert all(words in refusal.message for words in ("查看", "报告", "通知上级", "tell superiors"))
    assert runs.may_close(run, "误报") is None
    run = done(done(run, asks.StepTicked("look", "skipped", "监控停用")), asks.SomebodyTold("superior", "x", "phone", None))
    assert runs.may_close(run, "") is None


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (asks.StepTicked("moon", "done"), "unknown_step"),
        (asks.StepTicked("gates", "open"), "step_is_so"),
        (asks.StepTicked("gates", "skipped"), "step_reason"),
        (asks.SomebodyTold("fire", "x", "phone", 1 * S), "told_time"),
        (asks.ReviewApproved(), "not_over_yet"),
        (asks.NoticePublished(), "not_over_yet"),
    ],
)
def test_what_may_not_be_done_in_a_run_is_refused_by_name(deed, reason):
    assert reason_of(act(begun(), deed)) == reason


def test_who_saw_another_version_is_told_so():
    assert reason_of(act(begun(), asks.StepTicked("gates", "done"), version=2)) == "plan_changed"
    assert act(begun(), asks.StepTicked("gates", "done"), version=1).run.version == 2


def test_after_the_close_three_days_are_given_to_review_and_seven_to_tell_residents():
    run = ended(begun(), 100 * S, reason="小火")
    assert clocks.due(run) == {"review": (100 + 3 * 86_400) * S, "inform": (100 + 7 * 86_400) * S}
    assert (run.state, run.closed_reason) == ("review", "小火")
    assert reason_of(act(run, asks.StepTicked("gates", "done"))) == "plan_over"


@pytest.mark.parametrize("cause", sorted(runs.NO_EMERGENCY))
def test_after_what_was_none_nothing_is_to_come(cause):
    run = ended(begun(), 100 * S, cause, reason="x")
    assert (run.state, clocks.due(run)) == ("over", {})


def test_a_case_that_is_withdrawn_voids_its_run():
    run = ended(begun(), state="withdrawn")
    assert (run.state, clocks.due(run), run.closed_reason) == ("void", {}, "")


def test_a_review_is_whole_before_it_is_approved_and_stays_as_it_was():
    run = done(ended(begun(), 100 * S, reason="x"), asks.ReviewDraft("a", "b", "", "d"), 200 * S)
    assert reason_of(act(run, asks.ReviewApproved())) == "review_unfinished"
    run = done(done(run, asks.ReviewDraft("a", "b", "c", "d"), 200 * S), asks.ReviewApproved("好"), 300 * S)
    assert (run.review.approved_us, set(clocks.due(run))) == (300 * S, {"inform"})
    assert reason_of(act(run, asks.ReviewDraft("x", "", "", ""))) == "review_approved"
    assert reason_of(act(run, asks.NoticePublished())) == "notice_empty"
    run = done(done(run, asks.NoticeDraft("各位业主"), 400 * S), asks.NoticePublished(), 500 * S)
    assert (run.state, clocks.due(run)) == ("over", {})


def test_a_case_that_is_open_again_has_its_steps_again_and_its_review_anew():
    closed = ended(begun(), 20 * S, reason="x")
    again = runs.case_reopened(closed, "li", 70 * S)
    assert again is not None
    assert clocks.due(again.run) == {"step:gates": 90 * S, "tell:superior": 300 * S}, "what had passed meanwhile is not missed"
    assert clocks.due(ended(again.run, 80 * S, reason="x"))["review"] == (80 + 3 * 86_400) * S


def test_an_end_that_passes_is_missed_once_and_told_with_its_own_time():
    said = runs.missed(begun(), "step:call", 60 * S)
    assert said is not None
    assert (said.at_us, said.act, said.body["clause"], said.body["limit_s"]) == (60 * S, "plan_overdue", "EMG-2", 60)
    assert said.body["zh"] == "预案步骤逾期：报告"
    assert runs.missed(said.run, "step:call", 61 * S) is None
    assert runs.missed(begun(), "step:call", 59 * S) is None
    late = done(said.run, asks.StepTicked("call", "done"), 70 * S)
    assert [(row.kept, row.missed) for row in kept([late], {}) if row.clause == "EMG-2"] == [(0, 1)]


def test_what_is_overdue_in_the_same_instant_is_told_once():
    run = runs.begin(17, PlanVersion(shipped()["fire"]), "hub", 0, POLICY).run
    steps = runs.missed(run, "step:gates", 300 * S)
    assert steps is not None
    assert steps.body["clocks"] == ["step:evacuate", "step:equipment", "step:gates", "step:call-superior"]
    assert steps.body["zh"].endswith("；另有 1 项")
    calls = runs.missed(steps.run, "tell:fire", 300 * S)
    assert calls is not None
    assert (calls.body["clocks"], calls.body["clause"]) == (["tell:superior", "tell:fire"], "EMG-3")
    assert 300 * S not in clocks.due(calls.run).values()


DEEDS = st.one_of(
    st.builds(
        asks.StepTicked, st.sampled_from(["look", "call", "gates", "moon"]), st.sampled_from(["open", "done", "skipped"]),
        st.sampled_from(["", "x"]),
    ),
    st.builds(asks.SomebodyTold, st.sampled_from(["superior", "fire"]), st.just("x"), st.just("phone"), st.none()),
    st.builds(asks.ReviewDraft, *[st.sampled_from(["", "x"])] * 4),
    st.builds(asks.ReviewApproved),
    st.builds(asks.NoticeDraft, st.sampled_from(["", "x"])),
    st.builds(asks.NoticePublished),
    st.sampled_from(["close", "test", "withdraw", "reopen", "late"]),
)  # fmt: skip


def happens(run: Run, what: str, now_us: int) -> Any:
    """What becomes of the run without anybody's deed in it."""
    if what == "late":
        return next((found for name in clocks.due(run) if (found := runs.missed(run, name, now_us))), None)
    if what == "reopen":
        return runs.case_reopened(run, "li", now_us)
    state, cause = ("withdrawn", "") if what == "withdraw" else ("closed", "test" if what == "test" else "handled")
    return runs.case_ended(run, state, {"cause": cause, "reason": "x"}, "li", now_us, POLICY)


@given(st.lists(st.tuples(DEEDS, st.integers(0, 400)), max_size=30))
def test_whatever_is_done_a_run_stays_whole(moves):
    run, now_us = begun(), 0
    for deed, pause_s in moves:
        now_us += pause_s * S
        found = happens(run, deed, now_us) if isinstance(deed, str) else act(run, deed, now_us)
        if found is None or isinstance(found, Refusal):
            continue
        assert found.run.version == run.version + 1
        run = found.run
        assert [step.step for step in run.steps] == ["look", "call", "gates"]
        names = [clock.clock for clock in run.clocks]
        assert len(names) == len(set(names))
        afterwards = {"review", "inform"} & clocks.due(run).keys()
        assert not afterwards or run.state == "review"
        assert not clocks.due(run) or run.state in ("running", "review")
        assert all(step.at_us is not None for step in run.steps if step.state != "open")
        figures = kept([run], {})
        assert all(row.begun == row.kept + row.missed + row.running + row.ended for row in figures)


def case(detector: str, **facts: str) -> Case:
    return Case(1, "incident", detector, "X", "s", "lift-1", "hall", "e", 1, "open", 0, 0, facts)


@pytest.mark.parametrize(
    ("detector", "facts", "plan"),
    [
        ("fire_input", {}, "fire"),
        ("panic", {}, "robbery"),
        ("guard_silent", {}, "medical"),
        ("measurement_over_threshold", {"quantity": "water_level"}, "flood"),
        ("measurement_over_threshold", {"quantity": "temperature"}, None),
        ("alarm_input", {"name": "电梯困人"}, "entrapment"),
        ("alarm_input", {"name": "停电"}, "blackout"),
        ("alarm_input", {"name": "zone-3"}, None),
        ("observation", {"category": "theft"}, "theft"),
        ("observation", {"category": "fight"}, "fight"),
        ("emergency", {"emergency": "theft"}, "theft"),
        ("door_held", {}, None),
    ],
)
def test_each_kind_of_emergency_starts_its_plan(detector, facts, plan):
    found = plan_for(case(detector, **facts), [PlanVersion(one) for one in shipped().values()])
    assert (None if found is None else found.plan.plan) == plan


def test_the_trigger_that_says_most_wins():
    everywhere = Plan("any", "任意", "any", PLAN.steps, [Trigger("alarm_input")])
    there = Plan("lift", "电梯", "lift", PLAN.steps, [Trigger("alarm_input", devices=["lift-1"])])
    elsewhere = Plan("aaa", "别处", "elsewhere", PLAN.steps, [Trigger("alarm_input", devices=["lift-2"], places=["hall"])])
    found = plan_for(case("alarm_input"), [PlanVersion(one) for one in (everywhere, there, elsewhere)])
    assert found is not None
    assert found.plan.plan == "lift"
