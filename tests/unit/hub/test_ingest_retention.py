"""Footage's keeping in turns: what is ordered to go, what holds keep, when the sweep halts and asks."""

import json
from typing import Any

import pytest

from contract.clock import US_PER_S
from contract.footage import FootageDeleted, FootageDisk, FootageKept, NoSpan
from contract.orders import DeleteFootage, RescueFootage
from contract.readings import TamperContact
from hub.cases.types import Refusal
from hub.duties.restored import RESTORED, Restore, restores_text
from hub.footage.asks import DaysConfirm, HoldLift, HoldMade, HoldPut, SweepConfirm
from hub.ingest.ports import CaseAct
from hub.ingest.retention.sweeping import EVERY_US
from hub.store import bulk, schema
from tests.support.footage_rig import DAY_S, DAY_US, HOUR_S, HOUR_US, Cellar, estate
from tests.support.site_rig import SITE, HubMaker, sqlite_url


@pytest.fixture
def cellar(make_hub: HubMaker, tmp_path: Any) -> Cellar:
    return Cellar(make_hub, sqlite_url(tmp_path))


def put(cellar: Cellar, from_us: int, to_us: int, **more: Any) -> HoldPut:
    known: dict[str, Any] = {
        "cameras": ("cam-1",),
        "until_us": cellar.now_us + 90 * DAY_US,
        "reason": "失窃 theft",
        "actor": "li",
    }
    return HoldPut(**{**known, "from_us": from_us, "to_us": to_us, **more})


def test_footage_goes_on_its_day_and_nothing_before(cellar):
    pieces = cellar.record("cam-1", 30 * 24)
    cellar.sweep(3)
    assert cellar.orders() == []
    assert len(cellar.on_disk("cam-1")) == 30 * 24
    cellar.later(2 * HOUR_S + 1)
    cellar.sweep()
    assert cellar.on_disk("cam-1") == [one.no for one in pieces[2:]]
    assert cellar.hub.rows("footage_condemned") == []
    gone = cellar.hub.rows("footage_gone", "device", "reason", "pieces", "shows_us")
    assert [row[:2] for row in gone] == [("cam-1", "order")]
    assert sum(row[2] for row in gone) == 2
    assert cellar.incidents() == []


def test_an_order_is_told_again_until_it_is_answered_and_lives_through_a_crash(cellar):
    cellar.record("cam-1", 30 * 24)
    cellar.later(HOUR_S)
    (first,) = cellar.orders()
    assert isinstance(first, DeleteFootage)
    assert first.floor_us == cellar.now_us - 30 * DAY_US
    assert first.days == 30
    cellar.hub.crash_and_reopen()
    cellar.later(16)
    assert cellar.orders() == [first], "the same order, by its name, with the floor of its transaction"
    cellar.later(10)
    assert cellar.orders() == []
    cellar.later(51)
    assert cellar.orders() == [first]
    cellar.carry_out([first])
    cellar.later(HOUR_S - 1)
    assert first.id not in [order.id for order in cellar.orders()]


def test_what_an_agent_kept_stays_and_is_asked_for_again_later(cellar):
    (piece, *_) = cellar.record("cam-1", 30 * 24)
    cellar.later(HOUR_S)
    (order,) = cellar.orders()
    cellar.say("cam-1", FootageKept(order.id, order.spans, "clock"))
    assert [row[-1] for row in cellar.hub.rows("footage_condemned", "spans", "state")] == ["kept"]
    assert cellar.incidents() == ["footage_not_deleted"]
    cellar.later(590)
    assert cellar.orders() == []
    cellar.later(700)
    (again,) = cellar.orders()
    assert (again.spans, again.id == order.id) == ([NoSpan(piece.no, piece.no)], False)


def test_a_person_s_hold_keeps_what_it_shows_past_its_day_and_ends_by_itself(cellar):
    pieces = cellar.record("cam-1", 30 * 24)
    other = cellar.record("cam-2", 30 * 24)
    hold = put(cellar, pieces[1].start_us + 1, pieces[1].start_us + 2, until_us=cellar.now_us + 2 * DAY_US)
    made = cellar.hub.ask(hold)
    assert isinstance(made, HoldMade)
    assert made.rescuing == 0
    cellar.later(5 * HOUR_S)
    cellar.sweep()
    assert cellar.on_disk("cam-1")[:2] == [pieces[1].no, pieces[5].no]
    assert cellar.on_disk("cam-2")[0] == other[5].no
    cellar.later(2 * DAY_S)
    cellar.sweep()
    cellar.later(HOUR_S)
    cellar.sweep()
    assert pieces[1].no not in cellar.on_disk("cam-1")


def test_a_hold_that_comes_while_an_order_is_out_takes_it_back(cellar):
    pieces = cellar.record("cam-1", 30 * 24)
    cellar.later(HOUR_S)
    (order,) = cellar.orders()
    made = cellar.hub.ask(put(cellar, pieces[0].start_us, pieces[0].end_us))
    assert made.rescuing == 1
    assert cellar.hub.rows("footage_condemned", "state") == ["rescuing"]
    cellar.later(1)
    (rescue,) = cellar.orders()
    assert isinstance(rescue, RescueFootage)
    assert (rescue.delete, rescue.spans) == (order.id, order.spans)
    cellar.carry_out([rescue, order])  # the deletion was slower on its way
    assert cellar.on_disk("cam-1")[0] == pieces[0].no
    assert cellar.hub.rows("footage_condemned") == []
    cellar.sweep()
    assert cellar.on_disk("cam-1")[0] == pieces[0].no
    assert cellar.incidents() == []


def test_a_hold_that_came_too_late_is_an_incident_and_no_silence(cellar):
    pieces = cellar.record("cam-1", 30 * 24)
    cellar.later(HOUR_S)
    orders = cellar.orders()
    cellar.hub.ask(put(cellar, pieces[0].start_us, pieces[0].end_us))
    cellar.carry_out(orders)
    assert cellar.incidents() == ["footage_lost"]
    assert cellar.hub.rows("footage_condemned") == []
    assert cellar.hub.rows("footage_gone", "reason") == ["held"]


def test_an_incident_holds_the_cameras_of_its_place_until_it_is_closed_and_released_by_two(cellar):
    pieces = cellar.record("cam-1", 24)
    pond = cellar.record("cam-2", 24)
    cellar.say("door-1", TamperContact(True))
    cellar.hub.later(60, cellar.agent.batch([cellar.agent.beat("door-1")]))
    raised_us = cellar.now_us - 60 * US_PER_S
    (row,) = cellar.hub.rows("footage_hold", "hold", "case_no", "cameras", "from_us", "to_us")
    assert row[1:] == (1, '["cam-1"]', raised_us - 300 * US_PER_S, None)
    cellar.later(60)
    cellar.say("door-1", TamperContact(False))
    assert cellar.hub.rows("footage_hold", "to_us")[0] == cellar.now_us + 900 * US_PER_S
    cellar.later(31 * DAY_S)
    cellar.sweep()
    assert cellar.on_disk("cam-1") == [pieces[-1].no], "the hour before, as five minutes of it are held"
    assert cellar.on_disk("cam-2") == []
    assert pond
    assert cellar.hub.ask(HoldLift(row[0], "over", "li")).reason == "incident_is_open"
    cellar.hub.ask(CaseAct(1, "close", "wang", "manager", {"cause": "handled", "note": "x"}))
    cellar.sweep(5)
    assert cellar.on_disk("cam-1") == [pieces[-1].no], "closed, and nobody has released it"
    assert cellar.hub.ask(HoldLift(row[0], "over", "li")).released_us is None
    assert cellar.hub.ask(HoldLift(row[0], "over", "wang")).released_by == "li, wang"
    cellar.sweep()
    assert cellar.on_disk("cam-1") == []
    assert cellar.incidents() == []


def test_a_clock_that_jumps_by_four_hundred_days_deletes_nothing_until_a_manager_says_that_it_is_right(cellar):
    cellar.record("cam-1", 30 * 24)
    cellar.sweep(2)
    cellar.hub.clock.step_wall_us(400 * DAY_US)
    assert cellar.sweep(20) == 0
    assert len(cellar.on_disk("cam-1")) == 30 * 24
    assert cellar.incidents() == ["footage_sweep_halted"]
    cellar.hub.crash_and_reopen()
    assert cellar.sweep(20) == 0
    cellar.hub.clock.step_wall_us(-400 * DAY_US)
    assert cellar.sweep(20) == 0, "it waits for the person even when the clock is right again"
    assert cellar.hub.ask(SweepConfirm("对时完成", "wang")) is True
    cellar.later(HOUR_S)
    cellar.sweep()
    assert len(cellar.on_disk("cam-1")) == 30 * 24 - 1


def test_far_more_than_usual_is_asked_about_and_goes_once_a_manager_agrees(cellar):
    cellar.record("cam-1", 10 * 24, until_us=cellar.now_us - 30 * DAY_US)
    assert cellar.sweep(10) == 0
    ((body,),) = [(row,) for row in cellar.hub.rows("footage_sweep", "body")]
    state = json.loads(body)
    assert (state["halted"], state["facts"]["due_days"]) == ("volume", 10.0)
    assert isinstance(cellar.hub.ask(SweepConfirm(" ", "wang")), Refusal)
    cellar.hub.ask(SweepConfirm("旧录像 old footage", "wang"))
    cellar.sweep()
    assert cellar.on_disk("cam-1") == []
    assert cellar.incidents(active=True) == []


def test_after_a_restore_nothing_goes_until_a_manager_says_that_lost_holds_are_put_again(cellar):
    cellar.record("cam-1", 30 * 24)
    cellar.sweep(1)
    body = restores_text([Restore(cellar.now_us, cellar.now_us - DAY_US, {})])
    with cellar.hub.engine.begin() as connection:
        bulk.insert(connection, schema.detector_state, [(SITE, RESTORED, "", "", body)])
    cellar.hub.crash_and_reopen()
    cellar.later(2 * HOUR_S)
    assert cellar.sweep(5) == 0
    assert cellar.incidents() == ["footage_sweep_halted"]
    cellar.hub.ask(SweepConfirm("留存已补 holds are put again", "wang"))
    cellar.sweep(3)
    assert len(cellar.on_disk("cam-1")) == 30 * 24 - 2
    cellar.hub.crash_and_reopen()
    cellar.sweep(2)
    assert cellar.incidents(active=True) == [], "asked once"


def test_fewer_days_take_two_people(make_hub, tmp_path):
    cellar = Cellar(make_hub, sqlite_url(tmp_path), estate(1, cam_1={"key_camera": 1}))
    cellar.record("cam-1", 24, until_us=cellar.now_us - 40 * DAY_US)
    cellar.sweep(3)
    cellar.hub.close()
    again = make_hub(cellar.hub.url, cellar.hub.clock, book=estate(1))
    cellar.hub, cellar.heard = again, 0
    cellar.later(EVERY_US / US_PER_S)
    cellar.sweep(5)
    assert len(cellar.on_disk("cam-1")) == 24
    assert cellar.incidents() == ["footage_days_shorter"]
    assert cellar.hub.ask(DaysConfirm("不再是重点", "li")) is False
    assert cellar.hub.ask(DaysConfirm("不再是重点", "li")) is False
    cellar.sweep(5)
    assert len(cellar.on_disk("cam-1")) == 24
    assert cellar.hub.ask(DaysConfirm("同意", "wang")) is True
    cellar.sweep()
    assert cellar.on_disk("cam-1") == []


def test_footage_that_nobody_ordered_away_is_an_incident(cellar):
    pieces = cellar.record("cam-1", 24)
    cellar.say("cam-1", FootageDeleted("", [NoSpan(pieces[3].no, pieces[4].no)], "main", "missing"))
    cellar.say("cam-1", FootageDeleted("x", [NoSpan(pieces[7].no, pieces[7].no)]))
    assert cellar.incidents() == ["footage_lost", "footage_lost"]
    assert sorted(cellar.hub.rows("footage_gone", "reason")) == ["early", "missing"]


def disk(**more: Any) -> FootageDisk:
    gib = 2**30
    known = {"total_bytes": 400 * gib, "free_bytes": 50 * gib, "footage_bytes": 40 * gib, "day_bytes": 10 * gib, "segments": 96}
    return FootageDisk(**{**known, **more})


def test_a_disk_that_will_not_do_is_an_incident_days_ahead_and_over_when_there_is_room(cellar):
    cellar.sweep(1)
    cellar.say("gatehouse", disk(oldest_us=cellar.now_us - 4 * DAY_US))
    assert cellar.incidents() == ["footage_disk_short"]
    cellar.say("gatehouse", disk(oldest_us=cellar.now_us - 4 * DAY_US))
    assert len(cellar.incidents()) == 1
    cellar.say("gatehouse", disk(oldest_us=cellar.now_us - 4 * DAY_US, free_bytes=300 * 2**30))
    ((active, facts),) = cellar.hub.rows("case_", "active", "facts")
    assert not active
    assert json.loads(facts)["days_left"] == 5


def test_a_full_disk_deletes_nothing_and_refuses_new_unless_the_policy_says_otherwise(cellar):
    cellar.record("cam-1", 24)
    cellar.sweep(1)
    cellar.say("gatehouse", disk(refusing=True, free_bytes=0))
    assert "footage_disk_full" in cellar.incidents()
    assert cellar.sweep(5) == 0


def test_where_the_policy_lets_the_oldest_go_the_hub_says_which_and_none_that_is_held(make_hub, tmp_path):
    cellar = Cellar(make_hub, sqlite_url(tmp_path))
    cellar.hub.policy.when_full = "drop_oldest"
    cellar.hub.crash_and_reopen()
    pieces = cellar.record("cam-1", 24)
    cellar.hub.ask(put(cellar, pieces[0].start_us, pieces[0].end_us))
    cellar.say("gatehouse", disk(refusing=True, free_bytes=0, day_bytes=24 * 1_500_000))
    (order,) = cellar.orders()
    assert (order.why, order.days, order.spans) == (
        "room",
        0,
        [NoSpan(pieces[1].no, pieces[1].no), NoSpan(pieces[2].no, pieces[2].no)],
    )
    cellar.say("gatehouse", disk(refusing=True, free_bytes=0, day_bytes=24 * 1_500_000))
    assert cellar.orders() == [], "one order at a time"
    cellar.carry_out([order])
    assert cellar.on_disk("cam-1")[:2] == [pieces[0].no, pieces[3].no]
    assert "footage_dropped" in cellar.incidents()
    assert set(cellar.hub.rows("footage_gone", "reason")) == {"drop_oldest"}


def test_a_full_disk_is_asked_for_nothing_in_the_very_turn_in_which_the_clock_jumped_beyond_a_hold_s_end(make_hub, tmp_path):
    cellar = Cellar(make_hub, sqlite_url(tmp_path))
    cellar.hub.policy.when_full = "drop_oldest"
    cellar.hub.crash_and_reopen()
    pieces = cellar.record("cam-1", 24)
    cellar.hub.ask(put(cellar, pieces[0].start_us, pieces[-1].end_us))
    cellar.hub.clock.step_wall_us(400 * DAY_US)
    cellar.say("gatehouse", disk(refusing=True, free_bytes=0, day_bytes=24 * 1_500_000))
    assert cellar.orders() == []
    assert "footage_sweep_halted" in cellar.incidents()


def test_a_hold_is_refused_without_a_reason_an_end_or_a_camera(cellar):
    now_us = cellar.now_us
    for wrong, reason in (
        ({"reason": " "}, "reason_missing"),
        ({"cameras": ("door-1",)}, "no_camera"),
        ({"cameras": ()}, "no_camera"),
        ({"to_us": now_us - 5 * HOUR_US}, "hold_ends_before"),
        ({"until_us": now_us}, "hold_until"),
    ):
        known: dict[str, Any] = {"to_us": now_us, **wrong}
        found = cellar.hub.ask(put(cellar, now_us - HOUR_US, **known))
        assert isinstance(found, Refusal)
        assert found.reason == reason
    assert cellar.hub.rows("footage_hold") == []


def test_every_act_stands_on_the_audit_log(cellar):
    made = cellar.hub.ask(put(cellar, 0, 10))
    cellar.hub.ask(HoldLift(made.hold.hold, "mistake", "wang"))
    cellar.hub.ask(HoldLift(made.hold.hold, "agreed", "zhao"))
    acts = cellar.hub.rows("audit_entry", "act", "actor", "reason")
    assert [row[0] for row in acts][-3:] == ["footage.hold", "footage.release_ask", "footage.release"]
