"""The duty desk in the worker's turns, on both databases and a manual clock."""

import json

import pytest
from msgspec.structs import replace

from contract.clock import US_PER_S
from contract.readings import TamperContact
from hub.cases.types import Refusal
from hub.desk.asks import CallDeclared, CallNoted, HandoverBegin, HandoverCancel, HandoverJoin
from hub.desk.calls import Call
from hub.desk.handover import Party
from hub.ingest.ports import CaseAct, MaintenanceAct, StepName
from hub.store.sweep import sweep_desk
from tests.support.desk_rig import COMES, HALF_HOUR_S, LEAVES, TWO_MIN_S, Desk
from tests.support.killing import STEPS, Killed, kill_at
from tests.support.site_rig import HubMaker, ModelAgent, sqlite_url


@pytest.fixture
def desk(any_url: str, make_hub: HubMaker) -> Desk:
    return Desk(make_hub, any_url)


def reason(found) -> str:
    assert isinstance(found, Refusal), found
    chinese, _, english = found.message.partition(" / ")
    assert chinese
    assert english.isascii()
    return found.reason


# Check-in


def test_the_answer_of_a_monitor_keeps_the_window_as_that_persons_evidence(desk):
    window = desk.window()
    (taken,) = desk.check_in(window)
    assert (taken.effect.window, taken.effect.why) == (window, None)
    assert desk.state(window) == "kept"
    assert ("hub", "room", "li") in desk.hub.rows("scan", "source", "place", "person")
    assert reason(desk.check_in(window, COMES)) == "window_kept"


def test_a_check_in_is_answered_by_nobody_before_it_opens_and_after_it_ends(desk):
    first, second = desk.window(), desk.window(1)
    assert reason(desk.check_in(second)) == "window_not_open"
    desk.go(TWO_MIN_S + 0.1)
    assert reason(desk.check_in(first)) == "window_over"
    assert reason(desk.check_in("shift-handover/x")) == "no_window"
    assert desk.state(first) == "missed"


def test_an_account_that_stands_for_nobody_proves_nobody_and_a_guard_is_no_monitor(desk):
    window = desk.window()
    assert reason(desk.check_in(window, Party("wall", "wall", ""))) == "account_no_person"
    (taken,) = desk.check_in(window, Party("zhang", "Zhang", "zhang"))
    assert taken.effect.why is not None
    assert desk.state(window) == "open", "what the wrong post answers is kept, and does not count"


def test_a_missed_check_in_is_an_incident_and_after_a_minute_the_shift_leader_is_told(desk):
    desk.go(TWO_MIN_S)
    assert desk.cases("duty_gap") == [("open", True, 2)]
    told = [json.loads(row.body) for row in desk.hub.changes if row.act == "escalated"]
    assert told == []
    desk.go(60)
    entries = [json.loads(body) for act, body in desk.hub.rows("case_entry", "act", "body") if act == "escalated"]
    assert [(one["clause"], one["tell"], one["level"]) for one in entries] == [("MON-1", ["shift-leader"], 1)]
    at_us = [at_us for act, at_us in desk.hub.rows("case_entry", "act", "at_us") if act == "escalated"]
    ends_us = [ends_us for state, ends_us in desk.hub.rows("duty_window", "state", "ends_us") if state == "missed"]
    assert [us - ends_us[0] for us in at_us] == [60 * US_PER_S]


def test_a_missed_check_in_that_is_acknowledged_escalates_to_nobody(desk):
    desk.go(TWO_MIN_S + 1)
    desk.hub.ask(CaseAct(desk.number("duty_gap"), "acknowledge", "Li", "operator", {}))
    desk.go(60)
    assert "escalated" not in desk.hub.rows("case_entry", "act")


# Keys


def test_a_key_that_is_not_back_in_time_is_an_incident_at_its_time_and_ends_with_its_return(desk):
    desk.key()
    assert desk.issue(due_s=600).state == "out"
    assert reason(desk.issue()) == "key_out"
    desk.go(599)
    assert desk.cases("key_overdue") == []
    desk.go(2)
    assert desk.cases("key_overdue") == [("open", True, 3)]
    opened_us = [us for name, us in desk.hub.rows("case_", "detector", "opened_us") if name == "key_overdue"]
    assert opened_us == [us for us in desk.hub.rows("key_move", "due_us") if us]
    assert desk.give_back().state == "in"
    assert desk.cases("key_overdue") == [("open", False, 3)]
    assert reason(desk.give_back()) == "key_in"
    assert desk.hub.rows("key_move", "item", "move_no", "act", "person") == [
        ("k-1", 1, "added", ""), ("k-1", 2, "issued", "zhang"), ("k-1", 3, "returned", "zhang"),
    ]  # fmt: skip


def test_a_key_that_is_back_in_time_raises_nothing_and_each_time_out_is_a_cause_of_its_own(desk):
    desk.key()
    desk.issue(due_s=60)
    desk.give_back()
    desk.go(61)
    assert desk.cases("key_overdue") == []
    for _ in range(2):
        desk.issue(due_s=60)
        desk.go(61)
        desk.give_back()
    assert len(desk.cases("key_overdue")) == 2


def test_what_is_lost_stays_with_nobody_and_cannot_go_out(desk):
    desk.key()
    assert desk.issue().due_us == desk.hub.clock.now_us() + 12 * 3_600 * US_PER_S, "as long as the policy lets it"
    assert desk.give_back(condition="lost").state == "lost"
    assert reason(desk.issue()) == "key_unfit"
    assert reason(desk.issue("k-9")) == "unknown_key"
    desk.key("k-2")
    assert reason(desk.issue("k-2", due_s=13 * 3_600)) == "wrong_due"
    assert reason(desk.issue("k-2", due_s=-1)) == "wrong_due"
    assert reason(desk.issue("k-2", person="nobody")) == "unknown_person"


def test_an_overdue_key_is_found_after_a_restart_too(desk):
    desk.key()
    desk.issue(due_s=60)
    desk.hub.clock.advance_us(90 * US_PER_S)
    desk.hub.crash_and_reopen()
    desk.hub.take()
    assert desk.cases("key_overdue") == [("open", True, 3)]


# The phone


def test_a_call_that_nobody_answers_in_three_rings_is_an_incident_while_it_still_rings(desk):
    desk.check_in(desk.window())
    desk.rings("ringing")
    desk.go(14)
    assert desk.cases("phone_unanswered") == []
    desk.go(2)
    assert desk.cases("phone_unanswered") == [("open", True, 2)]
    desk.rings("answered")
    assert desk.cases("phone_unanswered") == [("open", False, 2)]
    outcomes = [json.loads(row.body)["outcome"] for row in desk.hub.changes if row.topic == "call"]
    assert outcomes == ["ringing", "unanswered", "answered_late"]


def test_a_call_that_is_answered_in_time_and_one_given_up_at_once_are_no_incidents(desk):
    desk.rings("ringing")
    desk.go(5)
    desk.rings("answered")
    desk.rings("ringing", call="c2")
    desk.go(10)
    desk.rings("ended", call="c2")
    desk.go(60)
    assert desk.cases("phone_unanswered") == []


def test_what_the_exchange_tells_twice_changes_nothing_and_late_news_take_a_case_back(desk):
    desk.rings("ringing")
    before = len(desk.hub.changes)
    desk.rings("ringing")
    assert len(desk.hub.changes) == before
    desk.go(20)
    assert desk.cases("phone_unanswered") == [("open", True, 2)]
    desk.rings("answered", ago_s=10)
    assert desk.cases("phone_unanswered") == [("withdrawn", False, 2)]
    desk.go(2 * 3_600)
    desk.hub.crash_and_reopen()
    desk.hub.take()
    desk.rings("ended", ago_s=2 * 3_600)
    assert len(desk.hub.rows("phone_call", "call")) == 1, "a call that has left memory is the same call"


def test_a_declared_call_is_told_apart_and_nobody_is_called_for_one_of_long_ago(desk):
    desk.go(3_600)
    now_us = desk.hub.clock.now_us()
    call = Call("declared:a", "declared", "in", "13812345678", now_us, "room", now_us - 1_800 * US_PER_S, None, actor="Li")
    assert desk.hub.ask(CallDeclared(call)).raised
    assert desk.hub.ask(CallDeclared(call)).raised, "sent again"
    assert [bool(late) for name, late in desk.hub.rows("case_", "detector", "late") if name == "phone_unanswered"] == [True]
    assert reason(desk.hub.ask(CallDeclared(replace(call, number="1")))) == "call_exists"
    wrong = Call("declared:b", "declared", "in", "1", now_us, "room", now_us, now_us - 1, actor="Li")
    assert reason(desk.hub.ask(CallDeclared(wrong))) == "wrong_call_times"
    noted = desk.hub.ask(CallNoted("declared:a", "li", "water on the road", 1, "Li"))
    assert (noted.about, noted.case_no, noted.person) == ("water on the road", 1, "li")


def test_nobodys_number_stands_whole_in_the_change_log_or_among_the_facts(desk):
    desk.rings("ringing")
    desk.go(16)
    assert desk.hub.rows("phone_call", "number") == ["13812345678"]
    bodies = desk.hub.rows("change", "body") + desk.hub.rows("case_", "facts") + desk.hub.rows("case_entry", "body")
    assert any("138****5678" in body for body in bodies)
    assert not any("13812345678" in body for body in bodies)


# Handover


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A room with an incident, a key that is out, a lost radio, a maintenance window, and an agent that is silent."""
    agent = ModelAgent(desk.hub.clock)
    desk.hub.take(agent.says("door-1", TamperContact(active=True)))
    desk.key()
    desk.issue()
    desk.key("r-1")
    desk.issue("r-1")
    desk.give_back("r-1", "lost")
    until_us = desk.hub.clock.now_us() + 3_600 * US_PER_S
    desk.hub.ask(MaintenanceAct("gate", "", "", None, until_us, "painting", "Li"))
    desk.go(90)
    return desk


def test_the_hub_fills_the_list_and_both_sign_what_was_accepted_one_by_one(busy):
    name = busy.handover()
    found = busy.items(name)
    assert {item.partition(":")[0] for item in found} == {"incident", "device", "key", "maintenance"}
    assert {"device:gatehouse", "key:k-1", "key:r-1"} <= found.keys()
    assert reason(busy.sign(name, COMES)) == "unsigned"
    assert busy.sign(name, LEAVES).leaving_signed_us
    assert reason(busy.sign(name, COMES)) == "items_unaccepted"
    busy.accept_all(name)
    done = busy.sign(name, COMES)
    assert (done.state, done.coming_name) == ("completed", "Wang")
    rows = [json.loads(body) for duty, body in busy.hub.rows("scan", "duty", "fields") if duty == "shift-handover"]
    assert [(row["keys_and_equipment"], row["devices_out_of_order"], row["signed_by_leaving"], row["signed_by_coming"])
            for row in rows] == [(2, 1, "Li", "Wang")]  # fmt: skip
    states = [state for duty, state in busy.hub.rows("duty_window", "duty", "state") if duty == "shift-handover"]
    assert states.count("kept") == 1
    assert reason(busy.sign(name, COMES)) == "unknown_handover"


def test_what_is_handed_over_is_called_by_the_estates_names(busy):
    busy.handover()
    told = dict(busy.hub.rows("handover_item", "item", "zh"))
    assert told["device:gatehouse"] == "名：采集端失联"
    assert any("P2 设备被拆：名，名（" in zh for zh in told.values())
    assert [zh for item, zh in told.items() if item.startswith("maintenance:")] == ["检修：名，painting"]


def test_what_is_rejected_keeps_the_handover_open_until_it_is_accepted(busy):
    name = busy.handover()
    busy.sign(name, LEAVES)
    busy.accept_all(name)
    busy.decide(name, "key:r-1", accept=False)
    assert reason(busy.sign(name, COMES)) == "items_unaccepted"
    busy.decide(name, "key:r-1")
    assert busy.sign(name, COMES).state == "completed"


def test_what_came_or_changed_since_the_draft_is_put_on_the_list_and_has_to_be_accepted(busy):
    name = busy.handover()
    busy.sign(name, LEAVES)
    busy.accept_all(name)
    busy.give_back("k-1")
    busy.key("k-2")
    busy.issue("k-2")
    tamper = busy.number("tamper")
    busy.hub.ask(CaseAct(tamper, "acknowledge", "Li", "operator", {}))
    assert reason(busy.sign(name, COMES)) == "stale"
    found = busy.items(name)
    assert (found["key:k-1"], found["key:k-2"], found[f"incident:{tamper}"]) == ("gone", "", "")
    assert reason(busy.sign(name, COMES)) == "items_unaccepted"
    assert reason(busy.decide(name, "key:k-1")) == "item_gone"
    busy.accept_all(name)
    assert busy.sign(name, COMES).state == "completed"


def test_one_person_does_not_sign_for_both_not_even_with_two_accounts(busy):
    name = busy.handover(joined=False)
    for who in (LEAVES, Party("li-2", "Li at home", "li")):
        assert reason(busy.hub.ask(HandoverJoin(name, who, "s1"))) == "same_person"
    assert reason(busy.decide(name, "key:k-1", session="s1", account="li")) == "not_coming"
    busy.sign(name, LEAVES)
    assert reason(busy.sign(name, COMES)) == "not_coming", "who has not joined has accepted nothing"
    busy.hub.ask(HandoverJoin(name, COMES, "s2"))
    assert reason(busy.hub.ask(HandoverJoin(name, Party("chen", "Chen", ""), "s3"))) == "not_coming"
    assert reason(busy.decide(name, "key:k-1", session="s1", account="li")) == "not_coming"
    busy.decide(name, "key:k-1", session="s2", account="li")


def test_one_handover_at_a_post_and_one_that_is_cancelled_makes_room(desk):
    name = desk.handover()
    assert reason(desk.hub.ask(HandoverBegin("room", COMES, ""))) == "handover_open"
    assert reason(desk.hub.ask(HandoverCancel(name, COMES, False))) == "not_leaving"
    assert desk.hub.ask(HandoverCancel(name, LEAVES, False)).state == "cancelled"
    assert desk.handover() != name


def test_the_change_log_tells_of_a_handover_and_not_in_whose_sign_in_it_is_accepted(desk):
    name = desk.handover()
    bodies = [json.loads(body) for topic, body in desk.hub.rows("change", "topic", "body") if topic == "handover"]
    assert [one["coming_account"] for one in bodies] == ["", COMES.account]
    assert not any(one["coming_session"] for one in bodies)
    assert desk.hub.rows("handover", "handover", "coming_session") == [(name, "s2")]


def seen(desk: Desk) -> object:
    tables = ("handover", "handover_item", "scan", "duty_window")
    return [desk.hub.rows(table) for table in tables], desk.hub.rows("change", "topic", "key", "act")


@pytest.mark.parametrize("step", STEPS)
def test_a_handover_is_completed_whole_or_not_at_all_wherever_the_hub_is_killed(
    any_url: str, make_hub: HubMaker, tmp_path, step: StepName
):
    desks = [Desk(make_hub, url) for url in (sqlite_url(tmp_path / "reference"), any_url)]
    for one in desks:
        one.key()
        one.issue()
        name = one.handover()
        one.sign(name, LEAVES)
        one.accept_all(name)
    lives, dies = desks
    lives.sign(name, COMES)
    dies.hub.hook = kill_at(step)
    with pytest.raises(Killed):
        dies.sign(name, COMES)
    dies.hub.crash_and_reopen()
    state = dict(dies.hub.rows("handover", "handover", "state"))[name]
    evidence = [duty for duty in dies.hub.rows("scan", "duty") if duty == "shift-handover"]
    assert len(evidence) == (state == "completed")
    if state == "draft":
        dies.sign(name, COMES)
    else:
        assert reason(dies.sign(name, COMES)) == "unknown_handover"
    assert seen(dies) == seen(lives)


def test_the_half_hours_check_in_comes_again(desk):
    desk.check_in(desk.window())
    desk.go(HALF_HOUR_S)
    assert desk.check_in(desk.window())[0].effect.window


def test_calls_and_handovers_go_after_the_days_of_the_record_and_the_register_stays(desk):
    desk.key()
    desk.rings("ringing")
    desk.rings("ended")
    name = desk.handover()
    desk.sign(name, LEAVES)
    desk.accept_all(name)
    desk.sign(name, COMES)
    with desk.hub.engine.begin() as connection:
        now_us = desk.hub.clock.now_us()
        assert sweep_desk(connection, "garden", now_us) == 0
        assert sweep_desk(connection, "garden", now_us + 1) == 2
    assert [desk.hub.rows(table) for table in ("phone_call", "handover", "handover_item")] == [[], [], []]
    assert desk.hub.rows("key_item", "item") == ["k-1"]
