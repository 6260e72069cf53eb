"""The decision at a gate: every reason, their order, and what happens without a clock or without the others."""

from typing import get_args

import pytest

from contract.clock import US_PER_S
from contract.permits import OPENS, Credential, Level, Portal, Reason, Right, Rules, Schedule
from edge.access import WEEK_S, Shown, State, decide
from edge.gate_clock import Moment
from edge.whereabouts import FORGOTTEN_US, Forgot, Went, Whereabouts
from tests.support.permit_rig import name, table_of

NOW_S = 1_800_000_000
NOW = Moment(NOW_S * US_PER_S)
BLIND = Moment(NOW_S * US_PER_S, known=False)
IN = Portal("in", to_zone="estate", passback="hard", passback_s=300)
OUT = Portal("out", from_zone="estate", passback="hard", leave="permitted")
ONE = Credential(name(1), "p1", "h1", ("all",))
LEVELS = (
    Schedule("always"),
    Schedule("closed", ((NOW_S - 20, NOW_S), (NOW_S + 5, NOW_S + 9)), NOW_S + 100),
    Schedule("open", ((NOW_S - 9, NOW_S + 1),), NOW_S + 100),
    Schedule("ended", ((NOW_S - 2 * WEEK_S, NOW_S - WEEK_S + 10),), NOW_S - WEEK_S + 10),
    Level("all", (Right("in", "always"), Right("out", "always"))),
    Level("closed", (Right("in", "closed"),)),
    Level("open", (Right("in", "open"),)),
    Level("ended", (Right("in", "ended"),)),
    Level("dangling", (Right("in", "nowhere"),)),
    Level("elsewhere", (Right("other", "always"),)),
)


def shown(number=1, **more):
    return Shown("card", name(number), **more)


def made(credential=ONE, portal=IN, rules=None):
    return table_of(*LEVELS, credential, portal, rules or Rules())


def change(one, **more):
    return type(one)(**({field: getattr(one, field) for field in one.__struct_fields__} | more))


def verdict(credential=ONE, portal=IN, what=None, *, now=NOW, known=None, silent_us=0, rules=None):
    state = State(known or Whereabouts(), silent_us)
    found = decide(what or shown(), portal.id, now, made(credential, portal, rules), state)
    return (found.granted, found.reason)


def inside(zone="estate", at_s=NOW_S - 10, holder="h1", permit="p1", card=ONE.id, used=False):
    known = Whereabouts()
    known.goes(Went(holder, permit, card, zone, at_s * US_PER_S, used))
    return known


def one(**more):
    return change(ONE, **more)


REFUSALS = [
    ("unknown_card", {"what": shown(2)}),
    ("unknown_card", {"what": Shown("card", None)}),
    ("revoked", {"credential": one(state="revoked")}),
    ("lost", {"credential": one(state="lost")}),
    ("replaced", {"credential": one(state="replaced")}),
    ("suspended", {"credential": one(state="suspended")}),
    ("not_yet", {"credential": one(from_s=NOW_S + 1)}),
    ("expired", {"credential": one(until_s=NOW_S)}),
    ("not_here", {"credential": one(levels=())}),
    ("not_here", {"credential": one(levels=("elsewhere", "nothing", "dangling"))}),
    ("outside_hours", {"credential": one(levels=("closed",))}),
    ("calendar_ended", {"credential": one(levels=("ended",)), "rules": Rules(calendar_end="refuse")}),
    ("no_clock", {"credential": one(until_s=NOW_S + 1), "now": BLIND}),
    ("no_clock", {"credential": one(levels=("open",)), "now": BLIND}),
    ("passback", {"known": inside()}),
    ("space_taken", {"credential": one(spaces=1), "known": inside(holder="h2")}),
    ("used_up", {"credential": one(uses=1), "known": inside("", used=True)}),
    ("second_factor", {"portal": change(IN, factor="weak")}),
    ("second_factor", {"portal": change(IN, factor="weak"), "credential": one(pin=name(9)), "what": shown(pin=name(8))}),
    ("second_factor", {"portal": change(IN, factor="always"), "what": shown(weak=False)}),
    (
        "too_many_tries",
        {"portal": change(IN, factor="weak"), "credential": one(pin=name(9)), "what": shown(pin=name(9))._replace(guessed=True)},
    ),
    ("too_many_tries", {"credential": one(medium="pin"), "what": Shown("pin", ONE.id, guessed=True)}),
    ("wrong_medium", {"portal": change(IN, media=("plate",))}),
    ("wrong_medium", {"credential": one(medium="face")}),
    ("unreadable_plate", {"what": Shown("plate", None, fault="unreadable_plate")}),
    ("odd_plate", {"what": Shown("plate", None, fault="odd_plate")}),
    ("doubtful_plate", {"credential": one(medium="plate"), "what": Shown("plate", ONE.id, fault="doubtful_plate")}),
    ("odd_plate", {"credential": one(medium="plate"), "what": Shown("plate", ONE.id, fault="odd_plate")}),
]


@pytest.mark.parametrize(("reason", "case"), REFUSALS)
def test_a_gate_stays_shut_and_says_why(reason, case):
    assert verdict(**case) == (False, reason)


def test_every_reason_of_the_contract_is_tried_here():
    assert {reason for reason, _ in REFUSALS} | OPENS | {"no_table"} == set(get_args(Reason))


def test_without_a_table_nothing_opens():
    assert decide(shown(), "in", NOW, None, State(Whereabouts())).reason == "no_table"


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"credential": one(from_s=NOW_S, until_s=NOW_S + 1)},
        {"credential": one(levels=("closed", "open"))},
        {"credential": one(levels=("ended",))},
        {"credential": one(levels=("closed", "all")), "now": BLIND},
        {"credential": one(until_s=NOW_S + 1, levels=("open",)), "now": BLIND, "rules": Rules(no_clock="allow")},
        {"known": inside("")},
        {"known": inside(at_s=NOW_S - 300)},
        {"known": inside(), "credential": one(exempt=True)},
        {"known": inside(), "portal": change(IN, passback="off")},
        {"known": inside(), "portal": change(IN, from_zone="estate")},
        {"credential": one(spaces=1), "known": inside(at_s=0)},
        {"credential": one(spaces=2), "known": inside(holder="h2")},
        {"credential": one(uses=2), "known": inside("", used=True)},
        {"portal": change(IN, factor="weak"), "what": shown(weak=False)},
        {"portal": change(IN, factor="weak"), "credential": one(pin=name(9)), "what": shown(pin=name(9))},
        {"credential": one(medium="plate"), "what": Shown("plate", ONE.id)},
    ],
)
def test_whoever_has_a_right_passes(case):
    assert verdict(**case) == (True, "permit")


def test_what_was_not_good_when_the_clock_was_last_known_is_not_good_without_one():
    allow = Rules(no_clock="allow")
    assert verdict(one(until_s=NOW_S), now=BLIND, rules=allow) == (False, "expired")
    assert verdict(one(levels=("closed",)), now=BLIND, rules=allow) == (False, "outside_hours")


def test_reasons_are_looked_for_in_the_order_of_the_contract():
    order = [reason for reason in get_args(Reason) if reason not in OPENS]
    everything = one(state="revoked", from_s=NOW_S + 1, levels=(), spaces=1, uses=1)
    assert verdict(everything, known=inside(used=True)) == (False, "revoked")
    both = one(spaces=1, uses=1)
    known = inside(used=True)
    known.goes(Went("h2", "p1", "x", "estate", NOW.us))
    portal = change(IN, factor="always", media=("face",))
    found = [verdict(both, portal, known=known)[1]]
    found.append(verdict(both, change(portal, passback="off"), known=known)[1])
    found.append(verdict(change(both, spaces=0), change(portal, passback="off"), known=known)[1])
    found.append(verdict(ONE, change(portal, passback="off"), known=known)[1])
    found.append(verdict(ONE, change(portal, passback="off", factor="never"), known=known)[1])
    assert found == ["passback", "space_taken", "used_up", "second_factor", "wrong_medium"]
    assert [order.index(one) for one in found] == sorted(order.index(one) for one in found)


def test_a_soft_passback_opens_and_says_so():
    assert verdict(portal=change(IN, passback="soft"), known=inside()) == (True, "passback")


def test_a_calendar_that_has_ended_repeats_its_last_week():
    hours = Schedule("h", ((NOW_S - 600, NOW_S - 300),), NOW_S)
    level = Level("l", (Right("in", "h"),))
    table = table_of(hours, level, IN, one(levels=("l",)))

    def at(s):
        return decide(shown(), "in", Moment(s * US_PER_S), table, State(Whereabouts())).reason

    for weeks in (1, 2, 9):
        assert at(NOW_S - 600 + weeks * WEEK_S) == "permit"
        assert at(NOW_S - 300 + weeks * WEEK_S) == "outside_hours"
        assert at(NOW_S - 601 + weeks * WEEK_S) == "outside_hours"


@pytest.mark.parametrize(
    ("unknown", "silent_s", "wanted"),
    [
        ("allow", 60, (False, "passback")),
        ("allow", 61, (True, "permit")),
        ("refuse", 60, (False, "passback")),
        ("refuse", 61, (False, "passback")),
    ],
)
def test_an_agent_that_does_not_hear_the_others_does_what_the_policy_says(unknown, silent_s, wanted):
    rules = Rules(passback_unknown=unknown)
    assert verdict(known=inside(), rules=rules, silent_us=silent_s * US_PER_S) == wanted
    elsewhere = (True, "permit") if unknown == "allow" or silent_s <= 60 else (False, "passback")
    assert verdict(known=inside(""), rules=rules, silent_us=silent_s * US_PER_S) == elsewhere
    soft = change(IN, passback="soft")
    assert verdict(portal=soft, known=inside(""), rules=rules, silent_us=silent_s * US_PER_S) == (True, "permit")


def test_an_agent_that_has_nobody_to_hear_is_never_deaf():
    assert verdict(known=inside(), rules=Rules(passback_hears_s=0), silent_us=10**15) == (False, "passback")


def test_a_lost_memory_holds_for_those_whom_it_lost_and_for_a_day():
    known = inside("", holder="h2")
    known.apply(Forgot(NOW.us))
    assert verdict(known=known) == (True, "permit")
    refuse = Rules(passback_unknown="refuse")
    assert verdict(known=known, rules=refuse) == (False, "passback")
    assert verdict(one(exempt=True), known=known, rules=refuse) == (True, "permit")
    assert verdict(one(holder="h2"), known=known, rules=refuse) == (True, "permit")
    later = Moment(NOW.us + FORGOTTEN_US)
    assert verdict(known=known, rules=refuse, now=later) == (True, "permit")


@pytest.mark.parametrize(
    ("leave", "what", "credential", "wanted"),
    [
        ("permitted", shown(), one(state="lost"), (False, "lost")),
        ("known", shown(), one(state="lost"), (True, "leaving")),
        ("known", shown(), one(until_s=0), (True, "leaving")),
        ("known", shown(2), ONE, (False, "unknown_card")),
        ("known", shown(), one(medium="face"), (False, "wrong_medium")),
        ("known", Shown("plate", ONE.id, fault="doubtful_plate"), one(medium="plate", state="lost"), (False, "lost")),
        ("anyone", shown(2), ONE, (True, "leaving")),
        ("anyone", Shown("plate", None, fault="odd_plate"), ONE, (False, "odd_plate")),
        ("anyone", Shown("plate", None, fault="unreadable_plate"), ONE, (False, "unreadable_plate")),
        ("anyone", Shown("plate", ONE.id, fault="odd_plate"), one(medium="plate"), (False, "odd_plate")),
    ],
)
def test_a_way_out_lets_through_whom_the_policy_says(leave, what, credential, wanted):
    assert verdict(credential, change(OUT, leave=leave), what) == wanted


def test_no_way_in_is_a_way_out():
    assert verdict(what=shown(2), portal=change(IN, leave="anyone")) == (False, "unknown_card")


def test_whoever_left_already_does_not_leave_again_by_a_known_card_alone():
    assert verdict(portal=change(OUT, leave="known"), known=inside("")) == (False, "passback")
    assert verdict(portal=change(OUT, leave="known", factor="weak"), known=Whereabouts()) == (False, "second_factor")


def test_what_is_remembered_is_where_the_way_leads_and_by_which_right():
    found = decide(shown(), "in", NOW, made(one(uses=3)), State(Whereabouts()))
    assert found.went == Went("h1", "p1", ONE.id, "estate", NOW.us, used=True)
    assert (found.permit, found.to_zone) == ("p1", "estate")
    assert decide(shown(), "out", NOW, made(one(uses=3), OUT), State(Whereabouts())).went == Went("h1", "p1", ONE.id, "", NOW.us)
    assert decide(shown(), "in", NOW, made(portal=Portal("in")), State(Whereabouts())).went is None
    assert decide(shown(2), "in", NOW, made(), State(Whereabouts())).went is None
