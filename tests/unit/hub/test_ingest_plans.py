"""Emergency plans in a turn: one cause, one incident, one run, whichever step the hub is killed at, on both databases."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.clock import US_PER_S, ManualClock
from contract.readings import FireInput, PanicPressed
from hub.cases.types import Change, Refusal
from hub.ingest.ports import Ask, CaseAct, StepName
from hub.plans.asks import (
    NoticeDraft,
    NoticePublished,
    PlanSet,
    PlanStart,
    Reported,
    ReviewApproved,
    ReviewDraft,
    RunAct,
    SomebodyTold,
    StepTicked,
)
from hub.plans.load import shipped
from tests.support.killing import STEPS, Killed, kill_at
from tests.support.site_rig import Hub, HubMaker, ModelAgent, sqlite_url

DAY_S = 86_400
CLOSED = {"cause": "handled", "note": "已处置", "reason": "小火"}


def fire(hub: Hub) -> ModelAgent:
    """A hub whose fire panel has tripped."""
    agent = ModelAgent(hub.clock)
    hub.take(agent.says("door-1", FireInput(active=True, name="hall")))
    return agent


def run_of(hub: Hub, no: int = 1) -> dict[str, Any]:
    """The run as it is committed."""
    found: dict[str, Any] = next(
        json.loads(body) for case_no, body in hub.rows("emergency_run", "case_no", "body") if case_no == no
    )
    return found


def plan_dues(hub: Hub) -> dict[str, int]:
    """The plans' deadlines that are awaited."""
    rows = hub.rows("deadline", "owner", "subject", "due_at_us")
    return {subject: due_us for owner, subject, due_us in rows if owner == "plan"}


def acts_of(hub: Hub, no: int = 1) -> list[str]:
    return [act for case_no, act in hub.rows("case_entry", "case_no", "act") if case_no == no]


def test_a_fire_has_its_plan_in_the_transaction_of_its_raising(any_url: str, make_hub: HubMaker):
    hub = make_hub(any_url)
    began_us = hub.clock.now_us()
    agent = fire(hub)
    assert hub.rows("emergency_run", "plan", "state", "started_us") == [("fire", "running", began_us)]
    assert acts_of(hub) == ["raised", "plan_started"]
    assert plan_dues(hub)["1/tell:fire"] == began_us + 300 * US_PER_S
    hub.later(1, agent.says("door-1", FireInput(active=True, name="hall")))
    assert len(hub.rows("emergency_run", "case_no")) == 1, "the same cause again is the same run"


def test_what_comes_as_a_backlog_starts_nothing(hub: Hub):
    agent = ModelAgent(hub.clock)
    at_us = hub.clock.now_us() - 3_600 * US_PER_S
    hub.take(agent.says("door-1", FireInput(active=True, name="hall"), at_us=at_us))
    assert hub.incidents() == [("fire_input", "open")]
    assert hub.rows("emergency_run", "case_no") == []


def test_a_restart_in_the_middle_keeps_the_deadlines_and_they_are_told_with_their_own_time(any_url: str, make_hub: HubMaker):
    hub = make_hub(any_url)
    began_us = hub.clock.now_us()
    fire(hub)
    before = plan_dues(hub)
    hub.crash_and_reopen()
    assert plan_dues(hub) == before
    hub.clock.advance_us(200 * US_PER_S)
    hub.crash_and_reopen()
    hub.take()
    late = [
        (at_us, json.loads(body)) for act, at_us, body in hub.rows("case_entry", "act", "at_us", "body") if act == "escalated"
    ]
    of_plan = {body["clock"]: at_us for at_us, body in late if body["clock"].startswith("plan:")}
    assert of_plan == {"plan:step:send": began_us + 60 * US_PER_S, "plan:step:on-spot": began_us + 180 * US_PER_S}
    told = [
        at_us for topic, act, at_us in hub.rows("change", "topic", "act", "at_us") if (topic, act) == ("plan", "plan_overdue")
    ]
    assert told == sorted(of_plan.values())


def test_after_a_restart_acts_still_tick_steps_and_the_case_is_still_not_closed(any_url: str, make_hub: HubMaker):
    hub = make_hub(any_url)
    fire(hub)
    hub.crash_and_reopen()
    assert hub.ask(CaseAct(1, "close", "li", "manager", {"cause": "handled", "note": "x"})).reason == "plan_open"
    hub.ask(CaseAct(1, "acknowledge", "wang", "operator", {}))
    (step,) = [step for step in run_of(hub)["steps"] if step["step"] == "receive"]
    assert (step["state"], step["actor"]) == ("done", "wang")


def test_superiors_who_are_not_told_in_five_minutes_are_an_escalation_to_the_manager(hub: Hub):
    fire(hub)
    hub.later(301)
    bodies = [json.loads(body) for act, body in hub.rows("case_entry", "act", "body") if act == "escalated"]
    (told,) = [body for body in bodies if body["clock"] == "plan:tell:superior"]
    assert (told["clause"], told["limit_s"], told["level"], told["tell"]) == ("EMG-3", 300, 2, ["manager"])
    assert told["clocks"] == ["tell:superior", "tell:fire"]
    assert len([body for body in bodies if body["clock"].startswith("plan:")]) == 5, "one for each instant and kind"
    assert hub.rows("case_", "escalation")[0] == 3


def test_the_review_of_a_closed_case_escalates_after_three_days_through_a_restart(any_url: str, make_hub: HubMaker):
    hub = make_hub(any_url)
    fire(hub)
    assert isinstance(hub.ask(CaseAct(1, "close", "li", "manager", CLOSED)), Change)
    closed_us = hub.clock.now_us()
    assert set(plan_dues(hub)) == {"1/review", "1/inform"}
    hub.crash_and_reopen()
    hub.later(3 * DAY_S + 1)
    (entry,) = [
        (at_us, json.loads(body)["clause"])
        for case_no, act, at_us, body in hub.rows("case_entry", "case_no", "act", "at_us", "body")
        if (case_no, act) == (1, "escalated")
    ]
    assert entry == (closed_us + 3 * DAY_S * US_PER_S, "EMG-4")
    assert hub.incidents()[0] == ("fire_input", "closed"), "it does not call anybody again"


def test_a_close_is_refused_with_what_is_left_and_writes_nothing(hub: Hub):
    fire(hub)
    refusal = hub.ask(CaseAct(1, "close", "li", "manager", {"cause": "handled", "note": "x"}))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "plan_open"
    assert hub.incidents() == [("fire_input", "open")]
    assert acts_of(hub) == ["raised", "plan_started"]


def test_a_run_that_is_over_leaves_memory_and_is_found_again(hub: Hub):
    fire(hub)
    hub.ask(CaseAct(1, "close", "li", "manager", CLOSED))
    for deed in (ReviewDraft("a", "b", "c", "d"), ReviewApproved(), NoticeDraft("x"), NoticePublished()):
        answer = hub.ask(RunAct(1, deed, "li"))
    assert answer.state == "over"
    assert list(hub.core._site.runs) == []  # type: ignore[union-attr]
    refusal = hub.ask(RunAct(1, NoticePublished(), "li"))
    assert refusal.reason == "notice_published"
    hub.ask(CaseAct(1, "reopen", "li", "manager", {"reason": "复燃"}))
    assert run_of(hub)["state"] == "running"
    assert acts_of(hub).count("plan_started") == 1


def test_what_people_do_on_a_step_leaves_the_incidents_version_alone(hub: Hub):
    """Else whoever ticks a step would have the dispatcher's next act refused."""
    fire(hub)
    version = hub.rows("case_", "version")[0]
    hub.ask(RunAct(1, StepTicked("evacuate", "done"), "wang"))
    assert hub.rows("case_", "version")[0] == version
    assert isinstance(hub.ask(CaseAct(1, "dispatch", "li", "operator", {"guard": "wang"}, version)), Change)
    assert [step["step"] for step in run_of(hub)["steps"] if step.get("state") == "done"] == ["send", "evacuate"]


def test_a_newer_version_counts_for_the_next_and_is_there_after_a_restart(any_url: str, make_hub: HubMaker):
    hub = make_hub(any_url)
    agent = fire(hub)
    plan = shipped()["robbery"]
    for no in range(2):
        made = hub.ask(PlanSet(plan, no, "li", "演练"))
        assert made.no == no + 1
    hub.crash_and_reopen()
    assert hub.ask(PlanSet(plan, 1, "li", "x")).reason == "plan_changed"
    hub.later(1, agent.says("door-2", PanicPressed()))
    assert hub.rows("emergency_plan", "plan", "no", "actor", "reason") == [("robbery", no, "li", "演练") for no in (1, 2)]
    assert hub.rows("emergency_run", "plan", "plan_no") == [("fire", 0), ("robbery", 2)]


def test_a_plan_that_only_devices_start_is_not_started_by_hand(hub: Hub):
    hub.ask(PlanSet(msgspec.structs.replace(shipped()["blackout"], by_hand=False), 0, "li", "x"))
    fire(hub)
    assert hub.ask(PlanStart(1, "blackout", "li")).reason == "plan_not_by_hand"
    assert hub.ask(Reported("blackout", "gate", "x", "phone", "", "", "li")).reason == "plan_not_by_hand"


def test_who_may_not_close_is_told_that_and_not_what_is_left(hub: Hub):
    fire(hub)
    refusal = hub.ask(CaseAct(1, "close", "zhang", "guard", {"cause": "handled", "note": "x"}))
    assert refusal.reason == "not_allowed"


def test_a_late_incident_that_is_open_again_has_its_plan_again(hub: Hub):
    agent = ModelAgent(hub.clock)
    at_us = hub.clock.now_us() - 3_600 * US_PER_S
    hub.take(agent.says("door-1", FireInput(active=True, name="hall"), at_us=at_us))
    hub.ask(PlanStart(1, "fire", "li", "补办"))
    hub.ask(CaseAct(1, "close", "li", "manager", CLOSED | {"cause": "test"}))
    assert run_of(hub)["state"] == "over"
    hub.ask(CaseAct(1, "reopen", "li", "manager", {"reason": "x"}))
    assert run_of(hub)["state"] == "running"


DEEDS: dict[str, Ask] = {
    "tick": RunAct(1, StepTicked("evacuate", "done"), "wang"),
    "told": RunAct(1, SomebodyTold("fire", "老王", "phone", None), "li"),
    "close": CaseAct(1, "close", "li", "manager", CLOSED),
    "report": Reported("flood", "gate", "车库进水", "phone", "", "call-7", "li"),
    "edit": PlanSet(shipped()["flood"], 0, "li", "演练"),
    "start": PlanStart(2, "medical", "li"),
}


def seen(hub: Hub) -> object:
    """All that is committed of plans and their cases, but for agents' silence, which a hub that starts awaits anew."""
    silent = {no for no, detector in hub.rows("case_", "case_no", "detector") if detector == "agent_silent"}
    return (
        [row for row in hub.rows("case_", "case_no", "detector", "state", "version") if row[0] not in silent],
        hub.rows("emergency_run", "case_no", "state", "version", "body"),
        hub.rows("emergency_plan", "plan", "no"),
        plan_dues(hub),
        [row for row in hub.rows("case_entry", "case_no", "act", "at_us", "actor") if row[0] not in silent],
        [row for row in hub.rows("change", "topic", "key", "act", "at_us") if row[1] not in {str(no) for no in silent}],
    )


@pytest.fixture
def pair(any_url: str, make_hub: HubMaker, tmp_path: Path) -> tuple[Hub, Hub]:
    """A hub that lives and one that will be killed, each with a fire under its plan and a case without one."""
    made = []
    for url in (sqlite_url(tmp_path / "reference"), any_url):
        hub = make_hub(url, ManualClock())
        agent = fire(hub)
        hub.ask(Reported("observation", "gate", "有人争吵", "phone", "", "k", "li"))
        assert agent.log
        made.append(hub)
    return made[0], made[1]


@pytest.mark.parametrize("step", STEPS)
def test_killed_in_any_deed_the_hub_comes_to_the_same_end(pair: tuple[Hub, Hub], step: StepName):
    lives, dies = pair
    for name, deed in DEEDS.items():
        for hub in pair:
            hub.clock.advance_us(US_PER_S)
        lives.ask(deed)
        before = dies.rows("change", "pos")
        dies.hook = kill_at(step)
        with pytest.raises(Killed):
            dies.ask(deed)
        dies.crash_and_reopen()
        committed = dies.rows("change", "pos") != before
        assert committed == (step in {"committed", "receipts"}), name
        if not committed:
            dies.ask(deed)
        assert seen(dies) == seen(lives), name


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_the_raising_or_at_a_deadline_there_is_one_run_and_one_escalation(
    any_url: str, make_hub: HubMaker, step: StepName
):
    hub = make_hub(any_url)
    agent = ModelAgent(hub.clock)
    message = agent.says("door-1", FireInput(active=True, name="hall"))
    hub.hook = kill_at(step)
    with pytest.raises(Killed):
        hub.take(message)
    hub.crash_and_reopen()
    hub.take(message)
    assert hub.rows("emergency_run", "plan", "version") == [("fire", 1)]
    hub.clock.advance_us(61 * US_PER_S)
    hub.hook = kill_at(step)
    with pytest.raises(Killed):
        hub.take()
    hub.crash_and_reopen()
    hub.take()
    overdue = [act for topic, act in hub.rows("change", "topic", "act") if topic == "plan"]
    assert overdue == ["plan_started", "plan_overdue"]
