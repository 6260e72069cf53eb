"""Visits in the worker's turns, on both databases and a manual clock."""

import json

import pytest

from contract.clock import US_PER_S
from hub.cases.types import Refusal
from hub.store import schema
from hub.visits import asks
from hub.visits.sealing import digest
from tests.support.killing import STEPS, Killed, kill_at
from tests.support.site_rig import HubMaker
from tests.support.visit_rig import DAY_S, GUARD, HOST, HOUR_S, LEAD, OTHER, ROOM, TEN_MIN_S, Gatehouse


@pytest.fixture
def gate(any_url: str, make_hub: HubMaker) -> Gatehouse:
    return Gatehouse(make_hub, any_url)


def reason(found) -> str:
    assert isinstance(found, Refusal), found
    chinese, _, english = found.message.partition(" / ")
    assert chinese
    assert english.isascii()
    return found.reason


# Confirming


def test_a_visitor_enters_once_the_resident_has_confirmed_by_the_link_and_the_pass_lasts_twelve_hours(gate):
    made = gate.register()
    assert gate.permit(made.visit) is None, "no pass before the resident confirms"
    assert reason(gate.act(made.visit, "enter")) == "wrong_visit_state"
    asked = gate.ask(made.visit)
    assert (asked.visit.state, asked.told, asked.unreachable) == ("asked", 1, 1)
    seen = gate.tap(made.visit)
    assert (seen.visit.state, seen.visit.answered_how, seen.visit.answered_by, seen.open) == ("confirmed", "link", HOST, False)
    now_us = gate.now_us
    assert gate.permit(made.visit) == (now_us, now_us + 12 * HOUR_S * US_PER_S, None)
    gate.passes(made.visit)
    gate.go(HOUR_S)
    gate.passes(made.visit, inward=False)
    assert gate.history(made.visit) == ["registered", "asked", "confirmed", "entered", "left"]
    assert gate.permit(made.visit)[2] == gate.now_us, "the pass ends on leaving"


def test_a_link_is_answered_once_and_a_second_tap_shows_the_same_and_changes_nothing(gate):
    name = gate.register().visit
    gate.ask(name)
    first = gate.tap(name, yes=False)
    rows, changes, token = gate.hub.rows("visit"), len(gate.hub.changes), gate.token(name)
    for yes in (True, False, True):
        again = gate.tap(name, yes=yes, token=token)
        assert (again.visit.state, again.open, again.person) == ("refused", False, "")
        assert again.visit == first.visit
    assert gate.hub.rows("visit") == rows
    assert len(gate.hub.changes) == changes
    gate.go(2 * DAY_S)
    assert reason(gate.tap(name, token=token)) == "unknown_link"


def test_a_link_that_was_made_up_and_one_that_is_over_are_told_alike(gate):
    name = gate.register().visit
    gate.ask(name)
    token = gate.token(name)
    unknown = gate.hub.ask(asks.LinkAnswer(digest("x" * 22), yes=True))
    gate.go(TEN_MIN_S)
    over = gate.tap(name, token=token)
    assert unknown == over
    assert reason(over) == "unknown_link"
    assert gate.state(name) == "expired"


@pytest.mark.parametrize(("late_us", "state"), [(-1, "confirmed"), (0, "expired"), (1, "expired")])
def test_an_answer_that_arrives_at_the_deadline_is_too_late_and_one_before_it_counts(gate, late_us, state):
    name = gate.register().visit
    gate.ask(name)
    token = gate.token(name)
    gate.hub.clock.advance_us(TEN_MIN_S * US_PER_S + late_us)
    gate.tap(name, token=token)
    assert gate.state(name) == state
    times = [at_us for about, act, at_us in gate.hub.rows("visit_entry", "about", "act", "at_us") if act == "expired"]
    asked_us = gate.hub.rows("visit", "asked_us")[0]
    assert times == ([] if state == "confirmed" else [asked_us + TEN_MIN_S * US_PER_S]), "it carries the deadline's time"


def test_who_was_not_reached_is_asked_again_and_five_times_at_most(gate):
    name = gate.register().visit
    for _ in range(5):
        assert gate.ask(name).visit.state == "asked"
        gate.go(TEN_MIN_S)
        assert gate.state(name) == "expired"
    assert reason(gate.ask(name)) == "asked_too_often"


def test_a_call_that_the_desk_enters_confirms_or_refuses_and_says_who_whom_and_what(gate):
    name = gate.register().visit
    assert reason(gate.call(name, person="r-nobody")) == "unknown_resident"
    assert reason(gate.call(name, said=" ")) == "reason_missing"
    assert gate.history(name) == ["registered"], "what was refused has left nothing behind"
    visit = gate.call(name, person=OTHER, said="让他进来")
    assert (visit.state, visit.answered_how, visit.answered_by) == ("confirmed", "call", OTHER)
    entries = gate.hub.rows("visit_entry", "act", "actor", "note")
    assert ("confirmed", "陈静", "去电：让他进来") in entries
    acts = [(act, json.loads(after)) for act, after in gate.hub.rows("audit_entry", "act", "after") if act == "visit.call"]
    assert acts[0][1]["yes"] is True
    assert acts[0][1]["person"].startswith("person:"), "sealed under the resident's key"


def test_what_a_resident_registers_is_confirmed_by_that(gate):
    visit = gate.register(resident=HOST, expected_us=gate.now_us + DAY_S * US_PER_S)
    assert (visit.state, visit.answered_how, visit.answered_by) == ("confirmed", "resident", HOST)
    begins_us = gate.now_us + DAY_S * US_PER_S
    assert gate.permit(visit.visit) == (begins_us, begins_us + 12 * HOUR_S * US_PER_S, None)
    assert reason(gate.register(resident="r-nobody")) == "unknown_resident"


def test_a_visit_is_registered_whole_and_to_a_household_that_is_there(gate):
    assert reason(gate.register(room="9-9-999")) == "unknown_room"
    assert reason(gate.register(route="nowhere")) == "unknown_visit_route"
    assert reason(gate.register(plate="京A12345")) == "field_not_wanted"
    draft = gate.draft()
    assert reason(gate.hub.ask(asks.VisitRegister(draft, frozenset(("name",)), GUARD))) == "field_missing"
    assert reason(gate.register(expected_us=gate.now_us - 1)) == "wrong_expected"
    assert reason(gate.register(admit=True)) == "resident_asked_first", "no guard can do without the resident"
    assert gate.hub.rows("visit") == []


# Gates, and staying too long


def test_a_visitor_who_is_still_inside_when_the_pass_ends_is_an_incident_that_ends_with_leaving(gate):
    name = gate.confirmed()
    gate.passes(name)
    gate.go(12 * HOUR_S - 1)
    assert gate.cases("visitor_overstay") == []
    gate.go(1)
    assert gate.state(name) == "overstayed"
    assert gate.cases("visitor_overstay") == [("open", True)]
    assert ("visitor_overstay", "GATE-3") in gate.hub.rows("case_", "detector", "clause")
    gate.passes(name, inward=False)
    assert gate.cases("visitor_overstay") == [("open", False)]
    assert gate.state(name) == "left"


def test_an_overstay_that_is_extended_is_over_and_the_next_one_is_another(gate):
    name = gate.confirmed()
    gate.passes(name)
    gate.go(13 * HOUR_S)
    until_us = gate.now_us + HOUR_S * US_PER_S
    assert reason(gate.act(name, "extend", until_us=until_us)) == "reason_missing"
    assert reason(gate.act(name, "extend", "晚饭", until_us=gate.now_us)) == "wrong_until"
    assert gate.act(name, "extend", "晚饭", until_us=until_us).state == "inside"
    assert gate.permit(name)[1] == until_us
    assert gate.cases("visitor_overstay") == [("open", False)]
    gate.go(HOUR_S)
    assert len(gate.cases("visitor_overstay")) == 2


def test_a_pass_that_nobody_uses_ends_by_itself(gate):
    name = gate.confirmed()
    gate.go(12 * HOUR_S)
    assert gate.state(name) == "closed"
    assert gate.permit(name)[2] == gate.now_us
    assert gate.cases("visitor_overstay") == []


def test_what_a_gate_tells_late_has_happened_all_the_same(gate):
    name = gate.confirmed()
    gate.go(30 * HOUR_S)
    assert gate.state(name) == "closed"
    gate.passes(name, ago_s=29 * HOUR_S)
    assert gate.state(name) == "overstayed", "it came in while its pass lasted, and nobody saw it leave"
    assert gate.cases("visitor_overstay") == [("open", True)]
    gate.passes(name, inward=False, ago_s=28 * HOUR_S)
    assert gate.state(name) == "left"


def test_a_refused_pass_and_a_permit_of_nobody_change_nothing(gate):
    name = gate.confirmed()
    gate.passes(name, granted=False)
    gate.passes("v999")
    assert gate.state(name) == "confirmed"


def test_a_visit_of_which_nobody_says_that_it_ended_is_closed_after_a_week(gate):
    name = gate.confirmed()
    gate.passes(name)
    gate.go(12 * HOUR_S + 7 * DAY_S)
    assert gate.state(name) == "closed"
    assert gate.cases("visitor_overstay") == [("open", True)], "nobody has seen them leave"


def test_letting_somebody_in_unconfirmed_needs_a_reason_and_is_an_incident(gate):
    name = gate.register().visit
    assert reason(gate.act(name, "force")) == "reason_missing"
    visit = gate.act(name, "force", "急救")
    assert (visit.state, visit.forced) == ("inside", True)
    assert gate.cases("visit_forced") == [("open", True)]
    assert gate.permit(name) is None, "no gate opens by itself for it"
    assert gate.act(name, "leave").state == "left"


def test_a_guard_lets_in_and_out_by_hand_where_no_code_is_read(gate):
    name = gate.confirmed()
    assert gate.act(name, "enter", "手机没电").state == "inside"
    assert gate.act(name, "leave").state == "left"
    assert reason(gate.act(name, "enter")) == "wrong_visit_state"


def test_a_cancelled_visit_has_no_pass_any_more(gate):
    name = gate.confirmed()
    assert reason(gate.act(name, "cancel")) == "reason_missing"
    gate.act(name, "cancel", "改天")
    assert gate.permit(name)[2] == gate.now_us
    assert gate.hub.rows("credential", "permit", "state") == [(f"visit-{name}", "revoked")]


# Vehicles


def test_a_visitors_vehicle_has_a_route_and_a_space_of_its_own(gate):
    gate.space("P1")
    assert reason(gate.register("vehicle")) == "field_missing"
    first = gate.confirmed("vehicle", space="P1")
    assert reason(gate.register("vehicle", space="P1")) == "space_taken"
    assert reason(gate.register("vehicle", space="P9")) == "unknown_space"
    assert reason(gate.hub.ask(asks.SpaceSet("P1", None, LEAD))) == "space_in_use"
    media = gate.hub.rows("credential", "medium", "permit")
    assert sorted(medium for medium, permit in media if permit == f"visit-{first}") == ["plate", "qr"]
    gate.passes(first)
    gate.go(12 * HOUR_S)
    assert gate.cases("vehicle_overstay") == [("open", True)]
    gate.passes(first, inward=False)
    assert gate.register("vehicle", space="P1").state == "registered"


def test_a_plate_has_one_visit_at_a_time_and_none_where_it_has_a_permit(gate):
    gate.register("vehicle", plate="京A55555")
    assert reason(gate.register("vehicle", plate="京A55555")) == "plate_in_use"
    other = gate.confirmed("vehicle", plate="京A66666")
    gate.passes(other, inward=False)
    assert gate.register("vehicle", plate="京A66666").state == "registered", "the old pass is over"


def test_a_vehicle_with_no_permit_goes_to_the_temporary_area_for_two_hours(gate):
    gate.space("P1")
    gate.space("T", holds=2, temporary=True)
    assert reason(gate.register("temporary", space="P1", admit=True)) == "wrong_space"
    visit = gate.register("temporary", space="T", admit=True)
    assert visit.state == "confirmed"
    assert gate.permit(visit.visit)[1] == gate.now_us + 2 * HOUR_S * US_PER_S
    gate.register("temporary", space="T", admit=True)
    assert reason(gate.register("temporary", space="T", admit=True)) == "space_taken"
    gate.passes(visit.visit)
    gate.go(2 * HOUR_S)
    assert gate.cases("temporary_overstay") == [("open", True)]


def test_a_trucks_driver_is_told_the_rules_and_its_hours_bind_it(gate):
    name = gate.register("truck", room="").visit
    assert reason(gate.act(name, "admit")) == "rules_not_told"
    told = gate.act(name, "tell", rules="estate-rules-1")
    assert (told.rules, told.rules_by, told.rules_us) == ("estate-rules-1", "张三", gate.now_us)
    visit = gate.act(name, "admit")
    assert visit.until_us - visit.from_us == 10 * HOUR_S * US_PER_S, "ten in the morning until eight in the evening"
    gate.passes(name)
    assert reason(gate.act(name, "extend", "未完工", until_us=visit.until_us + 1)) == "outside_truck_hours"
    gate.go(10 * HOUR_S)
    assert gate.cases("truck_overstay") == [("open", True)]
    late = gate.register("truck", room="").visit
    gate.act(late, "tell", rules="estate-rules-1")
    assert reason(gate.act(late, "admit")) == "outside_truck_hours"
    assert reason(gate.act(late, "force", "急")) == "outside_truck_hours"


def test_a_truck_to_a_household_is_confirmed_by_its_resident(gate):
    name = gate.register("truck").visit
    assert reason(gate.ask(name)) == "rules_not_told"
    gate.act(name, "tell", rules="estate-rules-1")
    assert reason(gate.act(name, "admit")) == "resident_asked_first"
    gate.ask(name)
    assert gate.tap(name).visit.state == "confirmed"
    assert reason(gate.act(gate.register().visit, "tell", rules="x")) == "no_rules_needed"


# Deliveries


def test_goods_go_to_the_door_only_with_the_residents_consent_on_record(gate):
    told = gate.drop()
    name = told.delivery.delivery
    assert (told.told, told.delivery.told_us) == (1, gate.now_us)
    assert reason(gate.deed(name, "carry")) == "no_consent"
    assert gate.deed(name, "ask").told == 1
    assert reason(gate.deed(name, "carry")) == "no_consent"
    seen = gate.tap(name)
    assert (seen.delivery.consent, seen.delivery.consent_how, seen.delivery.consent_by) == ("yes", "link", HOST)
    assert gate.tap(name, yes=False).delivery.consent == "yes", "a second tap changes nothing"
    assert gate.deed(name, "carry").delivery.state == "carried"
    assert reason(gate.deed(name, "collect")) == "wrong_delivery_state"
    assert gate.history(name) == ["dropped", "told", "asked", "agreed", "carried"]


def test_consent_that_is_not_given_in_time_is_none_and_a_call_may_give_it(gate):
    name = gate.drop().delivery.delivery
    gate.deed(name, "ask")
    token = gate.token(name)
    gate.go(1_800)
    assert reason(gate.tap(name, token=token)) == "unknown_link"
    assert reason(gate.deed(name, "carry")) == "no_consent"
    assert reason(gate.deed(name, "agree", person="r-nobody", note="好")) == "unknown_resident"
    assert gate.deed(name, "agree", person=OTHER, note="请送上来").delivery.consent_how == "call"
    assert gate.deed(name, "carry").delivery.carrier == "陈静"


def test_goods_that_nobody_collects_are_an_incident_until_somebody_does(gate):
    name = gate.drop().delivery.delivery
    gate.go(2 * DAY_S)
    assert gate.cases("delivery_unclaimed") == [("open", True)]
    gate.deed(name, "collect")
    assert gate.cases("delivery_unclaimed") == [("open", False)]


def test_a_household_without_a_phone_is_told_by_nobody_and_that_is_said(gate):
    told = gate.drop(room="3-2-502")
    assert (told.told, told.delivery.told_us) == (0, None)
    assert reason(gate.drop(place="moon")) == "unknown_drop_place"


# Looking, and notices


def test_who_looks_too_often_is_stopped_and_told_of_once(gate):
    name = gate.register().visit
    look = asks.VisitLook("unmask", name, GUARD, "核对证件")
    assert reason(gate.hub.ask(look._replace(reason=" "))) == "reason_missing"
    found = [gate.hub.ask(look) for _ in range(25)]
    assert [one.allowed for one in found] == [True] * 20 + [False] * 5
    assert gate.cases("visitor_scraping") == [("open", True)]
    assert gate.hub.ask(look._replace(who=LEAD)).allowed, "others may"
    gate.go(HOUR_S)
    assert gate.hub.ask(look).allowed
    acts = gate.hub.rows("audit_entry", "act").count("visit.unmask")
    assert acts == 27, "those that were refused as well"


def test_a_notice_that_was_given_up_is_told_to_the_desk_and_settled_once(gate):
    name = gate.register().visit
    gate.ask(name)
    (notice,) = gate.hub.rows("visit_notice", "notice")
    assert gate.hub.ask(asks.NoticeDone(notice, 3, "no_answer")) is True
    assert gate.hub.ask(asks.NoticeDone(notice, 3, "")) is False
    assert gate.cases("visit_notice_failed") == [("open", True)]
    assert gate.hub.rows("visit_notice", "state", "error") == [("failed", "no_answer")]


# What must hold whatever happens


def test_no_token_and_nothing_personal_stands_in_any_row(gate):
    name = gate.confirmed()
    token, whole = gate.token(name), []
    for table in schema.metadata.tables:
        whole += [str(row) for row in gate.hub.rows(table)]
    for canary in (token, "11010519491231002X", "王小明", "13900001111"):
        assert not [row for row in whole if canary in row], canary


@pytest.mark.parametrize("step", STEPS)
def test_a_hub_that_is_killed_in_the_middle_has_confirmed_whole_or_not_at_all(gate, step):
    name = gate.register().visit
    gate.ask(name)
    token = gate.token(name)
    gate.hub.hook = kill_at(step)
    with pytest.raises(Killed):
        gate.tap(name, token=token)
    gate.hub.crash_and_reopen()
    gate.hub.take()
    state, permit = gate.state(name), gate.permit(name)
    assert (state, permit is None) in (("asked", True), ("confirmed", False))
    again = gate.tap(name, token=token)
    assert again.visit.state == "confirmed"
    assert gate.history(name).count("confirmed") == 1


def test_a_hub_that_was_down_over_a_deadline_notices_it_with_its_own_time(gate):
    name = gate.register().visit
    gate.ask(name)
    due_us = gate.now_us + TEN_MIN_S * US_PER_S
    gate.hub.clock.advance_us(HOUR_S * US_PER_S)
    gate.hub.crash_and_reopen()
    gate.hub.take()
    assert gate.state(name) == "expired"
    times = [at_us for act, at_us in gate.hub.rows("visit_entry", "act", "at_us") if act == "expired"]
    assert times == [due_us]


def test_a_visit_that_is_over_leaves_memory_and_is_known(gate):
    name = gate.confirmed()
    gate.act(name, "cancel", "改天")
    site = gate.hub.core._site
    assert site is not None
    assert len(site.guests.visits) == 0
    assert reason(gate.act(name, "cancel", "再次")) == "wrong_visit_state"
    assert ROOM in gate.hub.rows("visit", "room")
