"""Acts and clocks of alarms: shelving, sending a guard, escalation chains, what may never be muted."""

import msgspec
import pytest

from contract.clock import US_PER_S, ManualClock
from hub.cases import engine
from hub.cases.alarms import AlarmRule, ChainStep, alarm_state, sound_of, sounds
from hub.cases.types import Change, Refusal
from hub.detectors.table import BY_NAME
from hub.detectors.types import Clear, Raise, Withdraw
from hub.policy.load import Policy

T0 = ManualClock().now_us()


def us(s):
    return T0 + int(s * US_PER_S)


def step(name, after, unless="acknowledged", level=1, priorities=(2, 3), detectors=()):
    return ChainStep(name, "MON-3", "告知", "told", priorities, detectors, after, unless, ("leader",), level)


class Rules:
    """The shipped numbers, with a chain and rules of the test's own."""

    def __init__(self, *chain, rules=None):
        self.chain, self._rules, self._policy = chain, rules or {}, Policy.load()

    def numbers(self, clause):
        return self._policy.numbers(clause)

    def alarm_of(self, detector, place_class):
        return self._rules.get((detector, place_class), AlarmRule())


PLAIN = Rules()


def opened(detector="tamper", *, policy=PLAIN, late=False, now=0, place_class="", birth=engine.BORN_OPEN, episode="s:1"):
    finding = Raise(episode, us(0), {}, True, late)
    return engine.opened(
        7,
        BY_NAME[detector],
        finding,
        subject="door-1",
        device="door-1",
        place="gate",
        now_us=us(now),
        policy=policy,
        place_class=place_class,
        birth=birth,
    )


def asked(case, name, *, role="operator", now=40, policy=PLAIN, actor="li", **fields):
    return engine.act(case, name, actor=actor, role=role, fields=fields, expected_version=None, now_us=us(now), policy=policy)


def done(case, name, **more):
    change = asked(case, name, **more)
    assert isinstance(change, Change), change
    return change


def refused(case, name, **more):
    answer = asked(case, name, **more)
    assert isinstance(answer, Refusal), answer
    return answer.reason


def returned(case, now=50, policy=PLAIN):
    change = engine.cleared(case, Clear("s:1", us(now)), us(now), policy)
    assert change is not None
    return change.case


def ends(change):
    return {alarm.clock: (alarm.due_at_us - T0) / US_PER_S for alarm in change.alarms}


def expired(case, clock, at, policy=PLAIN):
    change = engine.expired(case, clock, us(at), policy)
    assert change is not None
    return change


def test_the_policy_gives_a_detector_another_priority_at_a_class_of_places():
    rules = Rules(rules={("tamper", "perimeter"): AlarmRule(1), ("tamper", ""): AlarmRule(4)})
    assert opened(policy=rules, place_class="perimeter").case.priority == 1
    assert opened(policy=Rules()).case.priority == BY_NAME["tamper"].priority == 2


TONES = {
    "fire_input": "fire", "panic": "p1", "tamper": "p2", "door_held": "p3", "panel_fault": "p3", "device_clock_off": "none",
}  # fmt: skip


def test_fire_has_its_own_tone_and_each_priority_its_own():
    tones = {name: sound_of(opened(name).case) for name in TONES}
    assert tones == TONES
    wired = Rules(rules={("alarm_input", ""): AlarmRule(None, "fire")})
    assert sound_of(opened("alarm_input", policy=wired).case) == "fire"


def test_an_alarms_state_tells_who_took_it_and_whether_it_lasts():
    case = opened().case
    taken = done(case, "acknowledge").case
    told = [alarm_state(one) for one in (case, returned(case), taken, returned(taken))]
    assert told == ["unacknowledged", "unacknowledged_returned", "acknowledged", "acknowledged_returned"]
    assert alarm_state(done(case, "shelve", reason="x", minutes="5").case) == "shelved"
    assert alarm_state(done(case, "close", cause="test", note="x").case) == "ended"
    assert (taken.acknowledged_us, done(done(taken, "close", cause="test", note="x").case, "reopen", reason="x").case.state) == (
        us(40),
        "open",
    )


def test_a_shelf_names_its_owner_its_reason_and_its_end_and_no_clock_calls_meanwhile():
    change = done(opened().case, "shelve", reason="换锁", minutes="30", owner="wang")
    case = change.case
    assert (case.state, case.shelf_owner, case.shelf_reason, case.shelved_until_us) == ("shelved", "wang", "换锁", us(40 + 1800))
    assert ends(change) == {"resolve": 28800, "shelve": 40 + 1800}
    assert not sounds(case)
    assert done(opened().case, "shelve", reason="x", minutes="480").case.shelf_owner == "li"


def test_a_shelf_that_ends_calls_again_where_the_condition_lasts():
    case = done(opened().case, "shelve", reason="x", minutes="30").case
    change = expired(case, "shelve", 40 + 1800)
    assert (change.act, change.entry.actor, change.entry.at_us) == ("unshelved", "hub", us(1840))
    assert (change.case.state, sounds(change.case), change.case.shelved_until_us) == ("open", True, None)
    assert ends(change) == {"acknowledge": 1840 + 120, "resolve": 28800}
    assert engine.expired(change.case, "shelve", us(1840), PLAIN) is None


def test_a_shelf_that_ends_leaves_what_is_normal_again_in_silence():
    case = returned(done(opened().case, "shelve", reason="x", minutes="30").case)
    change = expired(case, "shelve", 1840)
    assert (change.case.state, ends(change)) == ("acknowledged", {"resolve": 28800})
    assert done(case, "unshelve").case.state == "acknowledged"


def test_somebody_may_end_a_shelf_and_shelve_again():
    case = done(opened().case, "shelve", reason="x", minutes="30").case
    change = done(case, "unshelve", now=100)
    assert (change.case.state, ends(change)) == ("open", {"acknowledge": 220, "resolve": 28800})
    again = done(change.case, "shelve", reason="y", minutes="10", now=200)
    assert ends(again)["shelve"] == 800


@pytest.mark.parametrize("detector", ["fire_input", "panic", "guard_silent"])
def test_what_may_be_somebodys_life_is_never_shelved(detector):
    assert refused(opened(detector).case, "shelve", reason="x", minutes="5") == "always_heard"


def test_nor_is_what_the_policy_calls_fire():
    wired = Rules(rules={("alarm_input", ""): AlarmRule(None, "fire")})
    assert refused(opened("alarm_input", policy=wired).case, "shelve", reason="x", minutes="5") == "always_heard"


def test_a_guard_who_is_sent_answers_in_two_minutes_and_is_there_in_five():
    sent = done(opened().case, "dispatch", guard="wang", by="radio", now=40)
    assert (sent.case.state, sent.case.dispatch, sent.case.facts["guard"]) == ("acknowledged", "sent", "wang")
    assert ends(sent) == {"answer": 160, "arrive": 340, "resolve": 28800}
    answered = done(sent.case, "answer", role="guard", now=60)
    assert (answered.case.dispatch, ends(answered)) == ("answered", {"arrive": 340, "resolve": 28800})
    arrived = done(answered.case, "arrive", now=100)
    assert (arrived.case.dispatch, ends(arrived)) == ("on_spot", {"resolve": 28800})
    found = done(arrived.case, "finding", finding="门锁损坏", now=200)
    assert (found.case.dispatch, found.case.facts["finding"]) == ("found", "门锁损坏")
    assert [done(sent.case, name, **more).act for name, more in (("arrive", {}), ("finding", {"finding": "x"}))] == [
        "arrived",
        "found",
    ]


def test_priority_one_has_its_own_time_to_be_on_the_spot_and_a_guard_who_does_not_answer_escalates():
    sent = done(opened("panic").case, "dispatch", guard="wang", now=40)
    assert ends(sent)["arrive"] == 40 + 180
    late = expired(sent.case, "answer", 160)
    assert (late.act, late.entry.body["clause"], late.case.escalation) == ("escalated", "MON-3", 0)
    again = done(late.case, "dispatch", guard="zhao", now=170)
    assert (ends(again)["answer"], again.case.facts["guard"]) == (290, "zhao")


def test_acts_of_a_guard_need_a_guard():
    case = done(opened().case, "acknowledge").case
    assert [refused(case, name) for name in ("answer", "arrive")] == ["not_dispatched", "not_dispatched"]
    there = done(done(case, "dispatch", guard="wang").case, "arrive").case
    assert refused(there, "answer") == "not_dispatched"


CHAIN = Rules(
    step("leader", 60), step("manager", 120, "dispatched", 2), step("owner", 300, "closed", 3), step("p1", 5, priorities=(1,))
)


def test_a_chain_starts_with_its_case_and_each_step_is_told_once_at_its_own_time():
    first = opened(policy=CHAIN)
    assert ends(first) == {"acknowledge": 120, "resolve": 28800, "step:leader": 60, "step:manager": 120, "step:owner": 300}
    told = expired(first.case, "step:leader", 60, CHAIN)
    assert (told.act, told.case.escalation, told.entry.at_us) == ("escalated", 1, us(60))
    assert told.entry.body["tell"] == ["leader"]
    assert (told.entry.body["level"], told.entry.body["clause"], told.entry.body["limit_s"]) == (1, "MON-3", 60.0)
    assert engine.expired(told.case, "step:leader", us(60), CHAIN) is None
    assert expired(told.case, "step:manager", 120, CHAIN).case.escalation == 2


@pytest.mark.parametrize(
    ("act", "fields", "left"),
    [
        ("acknowledge", {}, {"step:manager", "step:owner"}),
        ("dispatch", {"guard": "wang"}, {"step:owner"}),
        ("shelve", {"reason": "x", "minutes": "5"}, set()),
        ("close", {"cause": "test", "note": "x"}, set()),
        ("comment", {"note": "x"}, {"step:leader", "step:manager", "step:owner"}),
    ],
)
def test_what_is_done_stops_the_steps_that_wait_for_it(act, fields, left):
    change = done(opened(policy=CHAIN).case, act, policy=CHAIN, **fields)
    assert {clock for clock in ends(change) if clock.startswith("step:")} == left


def test_a_chain_begins_anew_when_the_case_calls_anew():
    shelved = done(opened(policy=CHAIN).case, "shelve", reason="x", minutes="10", policy=CHAIN).case
    anew = expired(shelved, "shelve", 640, CHAIN)
    assert ends(anew)["step:leader"] == 700
    closed = done(anew.case, "close", cause="test", note="x", now=650, policy=CHAIN).case
    assert ends(done(closed, "reopen", reason="x", now=700, policy=CHAIN))["step:leader"] == 760


def test_late_cases_escalate_to_nobody_and_one_that_gets_graver_gets_the_graver_chain():
    assert not opened(policy=CHAIN, late=True).alarms
    graver = engine.raised_again(opened("door_held", policy=CHAIN).case, Raise("s:1", us(0), {}, priority=1), us(30), CHAIN)
    assert graver is not None
    assert ends(graver)["step:p1"] == 35


def test_a_step_that_the_policy_has_no_more_is_awaited_no_more():
    case = opened(policy=CHAIN).case
    assert "step:leader" not in ends(done(case, "comment", note="x", policy=PLAIN))
    assert engine.expired(case, "step:leader", us(60), PLAIN) is None


def held(**more):
    return opened(birth=engine.Birth(held_by="m1"), **more)


def test_what_maintenance_holds_back_calls_nobody_until_it_is_released():
    change = held(policy=CHAIN)
    assert (change.act, change.case.state, change.alarms, sounds(change.case)) == ("held", "held", (), False)
    free = engine.released(change.case, us(900), CHAIN)
    assert free is not None
    assert (free.act, free.case.state, sounds(free.case), free.case.held_by) == ("released", "open", True, "m1")
    assert ends(free)["acknowledge"] == 1020
    assert ends(free)["step:leader"] == 960
    assert engine.released(free.case, us(901), CHAIN) is None


def test_what_is_normal_again_at_the_end_of_maintenance_ends_with_its_cause():
    free = engine.released(returned(held().case), us(900), PLAIN)
    assert free is not None
    assert (free.act, free.case.state, free.case.closed_us, free.entry.body["cause"]) == (
        "closed",
        "closed",
        us(900),
        "maintenance",
    )


def test_what_is_held_back_can_still_be_withdrawn_and_proven():
    case = held().case
    gone = engine.withdrawn(case, Withdraw("s:1", us(10), "let_through"), us(20), PLAIN)
    assert gone is not None
    assert gone.case.state == "withdrawn"
    more = engine.raised_again(case, Raise("s:1", us(0), {"count": 2}), us(20), PLAIN)
    assert more is not None
    assert (more.case.state, more.alarms) == ("held", ())


def test_a_case_of_a_shelved_source_is_born_on_its_shelf():
    shelf = done(opened().case, "shelve", reason="x", minutes="30", owner="wang").case
    change = opened(birth=engine.Birth(shelf=shelf), now=600)
    case = change.case
    assert (change.act, case.state, case.shelf_owner, case.shelved_until_us) == (
        "shelved",
        "shelved",
        "wang",
        shelf.shelved_until_us,
    )
    assert ends(change)["shelve"] == 1840
    assert expired(case, "shelve", 1840).case.state == "open"


def test_a_chattering_case_counts_and_stays_with_who_took_it():
    case = returned(done(opened(birth=engine.Birth(comebacks=4)).case, "acknowledge").case)
    change = engine.came_back(case, Raise("s:9", us(100), {"n": 1}), 5, us(101), PLAIN)
    assert (change.act, change.case.state, change.case.active, change.case.comebacks) == ("came_back", "acknowledged", True, 5)
    assert change.entry.body["episode"] == "s:9"
    less = engine.not_so(change.case, Withdraw("s:9", us(102), "let_through"), us(103), PLAIN, current=True)
    assert (less.case.comebacks, less.case.active, less.case.state) == (4, False, "acknowledged")


def test_a_late_chattering_case_is_present_once_its_source_comes_back_fresh():
    case = opened(birth=engine.Birth(comebacks=4), late=True).case
    change = engine.came_back(case, Raise("s:9", us(100), {}), 5, us(101), PLAIN)
    assert (change.case.late, ends(change)["acknowledge"]) == (False, 221)


def test_in_a_flood_the_lower_priorities_do_not_sound():
    case = opened("door_held").case
    assert sounds(case)
    assert not sounds(msgspec.structs.replace(case, flood=True))
    assert sounds(msgspec.structs.replace(opened("tamper").case, flood=True))


def test_what_is_withdrawn_from_its_shelf_is_on_none_when_it_is_raised_again():
    shelved = done(opened("door_forced").case, "shelve", reason="x", minutes="30").case
    gone = engine.withdrawn(shelved, Withdraw("s:1", us(50), "let_through"), us(50), PLAIN)
    assert gone is not None
    assert (gone.case.shelved_until_us, gone.alarms) == (None, ())
    again = engine.raised_again(gone.case, Raise("s:1", us(0), {}, again=True), us(60), PLAIN)
    assert again is not None
    assert (again.case.state, again.case.shelf_owner, sounds(again.case)) == ("open", "", True)
