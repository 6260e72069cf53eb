"""Residents register visitors by a link of their own, in the worker's turns, on both databases and a manual clock."""

import json
from typing import Any

import pytest

from contract.clock import US_PER_S
from hub.access.asks import AccessEnd, By
from hub.cases.types import Refusal
from hub.visits import asks
from hub.visits.sealing import digest
from tests.support.site_rig import HubMaker
from tests.support.visit_rig import DAY_S, DESK, HOST, HOUR_S, NAMES, OTHER, ROOM, TEN_MIN_S, Gatehouse

GIVEN = frozenset(("name",))
LASTS_S = 2_592_000


@pytest.fixture
def gate(any_url: str, make_hub: HubMaker) -> Gatehouse:
    return Gatehouse(make_hub, any_url)


def reason(found: Any) -> str:
    assert isinstance(found, Refusal), found
    return found.reason


def send(gate: Gatehouse, person: str = HOST) -> str:
    """The desk sends a link; returns what it holds."""
    made = gate.hub.ask(asks.ResidentLinkSend(person, DESK))
    assert not isinstance(made, Refusal), made
    return NAMES.link_token(made.link)


def test_a_resident_registers_a_visitor_who_needs_no_further_confirmation(gate):
    token = send(gate)
    assert token.startswith("me-")
    assert gate.hub.rows("visit_notice", "what", "person") == [("register", HOST)]
    begins_us, hours = gate.now_us + DAY_S * US_PER_S, 3
    visit = gate.invite(token, expected_us=begins_us, hours=hours, people=4)
    assert (visit.state, visit.room, visit.answered_how, visit.answered_by, visit.made_as, visit.people) == (
        "confirmed", ROOM, "resident", HOST, "resident", 4,
    )  # fmt: skip
    assert gate.permit(visit.visit) == (begins_us, begins_us + hours * HOUR_S * US_PER_S, None)
    entries = gate.hub.rows("audit_entry", "act", "actor", "role", "after")
    (actor, role, after) = next(tuple(row[1:]) for row in entries if row[0] == "visit.register")
    assert actor.startswith("person:"), "sealed under the resident's key"
    assert role == "resident"
    assert json.loads(after)["people"] == 4


def test_with_a_holder_who_is_erased_goes_the_key_under_which_the_audit_log_names_them(gate):
    gate.invite(send(gate))
    subjects = gate.hub.rows("person_key", "subject")
    assert f"holder:{HOST}" in subjects
    gate.hub.ask(AccessEnd("holder", HOST, 1, By("root"), erase=True))
    assert f"holder:{HOST}" not in gate.hub.rows("person_key", "subject")
    assert b"" in gate.hub.rows("person_key", "key")
    acts = gate.hub.rows("audit_entry", "act")
    assert acts[-1] == "holder.erase", "the entry itself names nobody"


def test_the_token_is_in_no_row(gate):
    token = send(gate)
    gate.invite(token)
    tables = ("resident_link", "visit_notice", "change", "audit_entry", "visit")
    assert not [table for table in tables if token in repr(gate.hub.rows(table))]


@pytest.mark.parametrize(("later_s", "opens"), [(LASTS_S - 1, True), (LASTS_S, False)])
def test_a_link_registers_until_it_expires(gate, later_s, opens):
    token = send(gate)
    gate.hub.clock.advance_us(later_s * US_PER_S)
    found = gate.invite(token)
    assert (found.state == "confirmed") if opens else (reason(found) == "unknown_link")


def test_one_that_is_revoked_replaced_or_made_up_and_one_of_somebody_who_moved_are_told_alike(gate):
    first, second = send(gate), send(gate)
    assert reason(gate.invite(first)) == "unknown_link"
    assert gate.invite(second).state == "confirmed"
    gate.hub.ask(asks.ResidentLinkRevoke(HOST, DESK, "转发给了他人"))
    assert reason(gate.invite(second)) == "unknown_link"
    assert reason(gate.invite("me-" + "x" * 22)) == "unknown_link"
    third = send(gate)
    gate.hub.ask(AccessEnd("holder", HOST, 1, By("root")))
    assert reason(gate.invite(third)) == "unknown_link"
    assert reason(gate.hub.ask(asks.ResidentLinkSend(HOST, DESK))) == "unknown_resident"


def test_revoking_says_why_and_asks_for_a_link_that_is_there(gate):
    assert reason(gate.hub.ask(asks.ResidentLinkRevoke(HOST, DESK, "x"))) == "no_resident_link"
    send(gate)
    assert reason(gate.hub.ask(asks.ResidentLinkRevoke(HOST, DESK, " "))) == "reason_missing"
    assert reason(gate.hub.ask(asks.ResidentLinkSend(OTHER, DESK))) == "resident_has_no_phone"


def test_so_many_in_a_day_whatever_link_and_what_was_refused_is_not_counted(gate):
    token = send(gate)
    assert reason(gate.invite(token, plate="京A12345", kind="vehicle", route="nowhere")) == "unknown_visit_route"
    for _ in range(10):
        made = gate.invite(token)
        assert gate.cancel(token, made.visit).state == "cancelled"
    assert reason(gate.invite(token)) == "resident_day_full"
    token = send(gate)
    assert reason(gate.invite(token)) == "resident_day_full", "a new link is no new day"
    gate.go(DAY_S)
    assert gate.invite(token).state == "confirmed"


def test_so_many_may_wait_at_once(gate):
    token = send(gate)
    for _ in range(10):
        gate.invite(token, expected_us=gate.now_us + 5 * DAY_S * US_PER_S)
    gate.go(DAY_S)
    assert reason(gate.invite(token)) == "resident_open_full"


def test_only_their_own_registrations_are_taken_back(gate):
    token, others = send(gate), gate.confirmed()
    assert reason(gate.cancel(token, others)) == "unknown_visit"
    mine = gate.invite(token).visit
    assert gate.cancel(token, mine).state == "cancelled"
    assert gate.permit(mine)[2] == gate.now_us
    assert reason(gate.cancel(token, mine)) == "wrong_visit_state"


def test_a_vehicle_gets_the_first_free_space_and_none_is_promised_twice(gate):
    token = send(gate)
    gate.space("P1")
    gate.space("P2")
    gate.space("T", temporary=True)
    assert gate.invite(token, kind="vehicle", plate="京A11111").space == "P1"
    assert gate.invite(token, kind="vehicle", plate="京A22222").space == "P2"
    assert reason(gate.invite(token, kind="vehicle", plate="京A33333")) == "no_space_free"


@pytest.mark.parametrize("hours", [0, 13])
def test_a_stay_is_within_what_a_pass_lasts(gate, hours):
    assert reason(gate.invite(send(gate), hours=hours)) == "wrong_hours"


def test_behind_a_yes_the_link_is_taken_and_behind_nothing_else(gate):
    name = gate.register().visit
    gate.ask(name)
    confirm = gate.token(name)
    take = asks.ResidentLinkTake(digest(confirm))
    assert reason(gate.hub.ask(take)) == "not_agreed"
    gate.tap(name)
    made = gate.hub.ask(take)
    assert gate.hub.ask(take) == made, "however often"
    assert gate.invite(NAMES.link_token(made.link)).state == "confirmed"
    gate.hub.ask(asks.ResidentLinkRevoke(HOST, DESK, "不再使用"))
    assert reason(gate.hub.ask(take)) == "link_withdrawn", "only the desk gives another"
    gate.go(TEN_MIN_S)
    assert reason(gate.hub.ask(take)) == "unknown_link"


def test_behind_a_no_and_behind_a_call_there_is_none(gate):
    for answer in (lambda name: gate.tap(name, yes=False), gate.call):
        name = gate.register().visit
        gate.ask(name)
        token = gate.token(name)
        answer(name)
        assert reason(gate.hub.ask(asks.ResidentLinkTake(digest(token)))) == "not_agreed"
