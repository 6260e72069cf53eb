"""What stands above single cases, in a hub on a real database: shelves, chattering, maintenance, floods, silences, chains."""

import msgspec
import pytest

from contract.clock import US_PER_S
from contract.readings import AlarmInput, DoorContact, FireInput, PanicPressed, TamperContact
from hub.cases.alarms import sounds
from hub.cases.types import Case, Change, Refusal
from hub.ingest.ports import CaseAct, CaseActs, MaintenanceAct, MaintenanceEnd, SilenceAct
from hub.policy.load import Policy
from tests.support.site_rig import OTHER_KEY, Hub, ModelAgent
from watchkeeper.bench.estate import write_unmerging_policy


class Site:
    """A hub with an agent that speaks to it."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.agent = hub, ModelAgent(hub.clock)
        self.other = ModelAgent(hub.clock, "cellar", OTHER_KEY, "2" * 32)
        hub.take(self.agent.batch([]), self.other.batch([]))

    def later(self, seconds, device, reading):
        """Time passes, and the device says something."""
        self.wait(seconds)
        self.hub.take(self.agent.says(device, reading))

    def tamper(self, active, device="door-1", *, after=1.0):
        self.later(after, device, TamperContact(active=active))

    def flap(self, times, device="door-1"):
        for _ in range(times):
            self.tamper(True, device)
            self.tamper(False, device)

    def fire(self, active=True, *, after=1.0):
        self.later(after, "door-1", FireInput(active=active, name="f"))

    def zones(self, count, *, first=1, after=1.0):
        for number in range(first, first + count):
            self.later(after, "meter-1", AlarmInput(active=True, name=f"zone-{number}"))

    def wait(self, seconds):
        """Time passes in steps in which a hub would look, and the agent beats."""
        left = seconds
        while left > 0:
            passed = min(20.0, left)
            left -= passed
            self.hub.clock.advance_us(int(passed * US_PER_S))
            self.hub.take(
                self.agent.batch([self.agent.beat("door-1", "door-2", "meter-1")]), self.other.batch([self.other.beat()])
            )

    def case(self, number) -> Case:
        rows = [row for row in self.hub.changes if row.topic == "case" and row.key == str(number)]
        return msgspec.json.decode(rows[-1].body, type=Case)

    def act(self, number, name, **fields):
        return self.hub.ask(CaseAct(number, name, "li", "operator", fields))

    def maintain(self, *, minutes=10.0, start=None, **scope):
        now_us = self.hub.clock.now_us()
        at = {"place": "", "device": "", "detector": ""} | scope
        from_us = None if start is None else now_us + int(start * 60 * US_PER_S)
        until_us = now_us + int(((start or 0) + minutes) * 60 * US_PER_S)
        return self.hub.ask(MaintenanceAct(**at, from_us=from_us, until_us=until_us, reason="换锁", actor="li"))

    def acts(self, topic, key=None):
        return [row.act for row in self.hub.changes if row.topic == topic and key in (None, row.key)]


@pytest.fixture
def site(hub: Hub) -> Site:
    return Site(hub)


def states(site):
    return [state for _, state in site.hub.incidents()]


def test_a_shelf_holds_for_the_next_time_too_and_its_end_calls_for_both(site):
    site.tamper(True)
    assert isinstance(site.act(1, "shelve", reason="x", minutes="10"), Change)
    site.tamper(False)
    site.tamper(True)
    assert states(site) == ["shelved", "shelved"]
    assert site.case(2).shelved_until_us == site.case(1).shelved_until_us
    site.wait(605)
    assert (site.case(1).state, site.case(2).state) == ("acknowledged", "open")
    assert site.acts("case", "2") == ["shelved", "unshelved"]
    site.tamper(False)
    site.tamper(True)
    assert site.case(3).state == "open"


def test_a_shelf_ends_once_though_the_hub_is_killed_and_started_again_past_its_end(site):
    site.tamper(True)
    site.act(1, "shelve", reason="x", minutes="10")
    until_us = site.case(1).shelved_until_us
    site.hub.clock.advance_us(900 * US_PER_S)
    site.hub.crash_and_reopen()
    site.hub.take()
    site.hub.later(5)
    ended = [row for row in site.hub.changes if row.act == "unshelved"]
    assert [row.at_us for row in ended] == [until_us]
    assert site.case(1).state == "open"


def test_one_request_acts_on_a_selection_and_answers_for_each(site):
    site.tamper(True)
    site.tamper(True, "door-2")
    done = site.hub.ask(CaseActs(tuple(CaseAct(no, "acknowledge", "li", "operator", {}) for no in (1, 99, 2))))
    assert [type(one) for one in done] == [Change, Refusal, Change]
    assert done[1].reason == "unknown_case"
    assert states(site) == ["acknowledged", "acknowledged"]


def test_a_source_that_comes_back_more_often_than_three_times_is_one_case_with_a_count(site):
    site.flap(4)
    assert [site.case(no).comebacks for no in (1, 2, 3, 4)] == [0, 0, 0, 0]
    site.flap(6)
    assert len(site.hub.incidents()) == 5
    case = site.case(5)
    assert (case.comebacks, case.active, case.state) == (9, False, "open")
    assert site.acts("case", "5").count("came_back") == 5


def test_who_took_a_chattering_case_is_not_called_by_it_again_and_once_closed_the_next_is_a_new_one(site):
    site.flap(5)
    site.act(5, "acknowledge")
    site.tamper(True)
    assert (site.case(5).state, site.case(5).active, site.case(5).comebacks) == ("acknowledged", True, 5)
    site.act(5, "close", cause="equipment_fault", note="锁坏")
    site.tamper(False)
    site.tamper(True)
    assert (site.case(6).state, site.case(6).comebacks > 0) == ("open", True)


def test_a_source_that_was_quiet_for_a_window_chatters_no_more(site):
    site.flap(6)
    site.wait(700)
    site.tamper(True)
    assert (len(site.hub.incidents()), site.case(6).comebacks) == (6, 0)


def test_what_chatters_is_known_after_a_restart(site):
    site.flap(5)
    site.hub.crash_and_reopen()
    site.flap(2)
    assert (len(site.hub.incidents()), site.case(5).comebacks) == (5, 6)


def test_fire_is_never_merged(site):
    for _ in range(7):
        site.fire(True)
        site.fire(False)
    assert len(site.hub.incidents()) == 7


def test_sources_do_not_chatter_for_each_other(site):
    for _ in range(3):
        site.flap(1, "door-1")
        site.flap(1, "door-2")
    assert len(site.hub.incidents()) == 6
    assert {site.case(no).comebacks for no in range(1, 7)} == {0}


def test_maintenance_holds_back_what_is_found_and_releases_what_still_holds(site):
    window = site.maintain(device="door-1")
    site.tamper(True)
    site.tamper(True, "door-2")
    assert states(site) == ["held", "open"]
    site.wait(605)
    assert (site.case(1).state, site.acts("case", "1")) == ("open", ["held", "released"])
    assert site.acts("maintenance", window.window_id) == ["set", "ended"]
    assert site.hub.rows("maintenance", "held", "released", "ended_us") == [(1, 1, window.until_us)]
    released = [row for row in site.hub.changes if row.act == "released"]
    assert [row.at_us for row in released] == [window.until_us]


def test_what_was_normal_again_by_the_end_is_closed_and_counted(site):
    site.maintain(place="gate", detector="tamper")
    site.flap(1)
    site.wait(605)
    assert site.case(1).state == "closed"
    assert site.hub.rows("maintenance", "held", "released") == [(1, 0)]


def test_a_window_ends_once_though_the_hub_is_killed(site):
    window = site.maintain(device="door-1")
    site.tamper(True)
    site.hub.clock.advance_us(700 * US_PER_S)
    site.hub.crash_and_reopen()
    site.hub.take()
    site.hub.later(5)
    assert site.acts("maintenance", window.window_id) == ["set", "ended"]
    assert site.acts("case", "1") == ["held", "released"]
    site.tamper(True, "door-2")
    assert site.case(2).state == "open"


def test_a_window_that_is_still_to_come_holds_nothing_yet_and_one_may_be_ended_early(site):
    window = site.maintain(device="door-1", start=5)
    site.tamper(True)
    site.tamper(False)
    assert site.case(1).state == "open"
    site.wait(301)
    site.tamper(True)
    assert site.case(2).state == "held"
    ended = site.hub.ask(MaintenanceEnd(window.window_id, "li"))
    assert (ended.released, site.case(2).state) == (1, "open")
    assert site.hub.ask(MaintenanceEnd(window.window_id, "li")).reason == "maintenance_over"
    assert site.hub.ask(MaintenanceEnd("nobody's", "li")).reason == "unknown_maintenance"


def test_fire_and_panic_are_never_held_back(site):
    site.maintain(place="gate")
    site.fire()
    site.hub.later(1, site.agent.says("door-2", PanicPressed(active=True)))
    assert states(site) == ["open", "open"]


@pytest.mark.parametrize(
    ("reason", "scope"),
    [
        ("no_scope", {}),
        ("always_heard", {"detector": "panic"}),
        ("unknown_scope", {"place": "moon"}),
        ("unknown_scope", {"device": "door-77"}),
        ("unknown_scope", {"detector": "door_hold"}),
        ("wrong_maintenance_times", {"device": "door-1", "minutes": 721}),
        ("wrong_maintenance_times", {"device": "door-1", "minutes": -1}),
        ("wrong_maintenance_times", {"device": "door-1", "start": 31 * 24 * 60}),
    ],
)
def test_a_window_that_may_not_be_is_refused_by_name(site, reason, scope):
    answer = site.maintain(**scope)
    assert isinstance(answer, Refusal)
    assert answer.reason == reason
    assert "{" not in answer.message
    assert site.hub.rows("maintenance") == []


def test_eleven_alarms_in_ten_minutes_are_a_flood_and_under_five_end_it(site):
    site.zones(10, after=10)
    assert site.acts("flood") == []
    site.zones(1, first=11, after=10)
    began = [row for row in site.hub.changes if row.topic == "flood"]
    assert [row.act for row in began] == ["began"]
    body = msgspec.json.decode(began[0].body)
    assert (body["count"], body["flood_no"]) == (11, 11)
    assert [(group["cause"], group["first_no"], group["count"]) for group in body["groups"]] == [("alarm_input", 1, 11)]
    seventh_us = site.case(7).raised_us
    site.wait(600)
    ended = [row for row in site.hub.changes if row.topic == "flood"][1:]
    assert [(row.act, row.at_us) for row in ended] == [("ended", seventh_us + 600 * US_PER_S)]
    assert site.hub.rows("alarm_flood", "flood_no", "ended_us", "alarms") == [(11, seventh_us + 600 * US_PER_S, 11)]


def test_ten_minutes_are_ten_minutes(site):
    site.zones(11, after=61)
    assert site.acts("flood") == []


def test_in_a_flood_the_lower_priorities_are_listed_and_do_not_sound(site):
    site.zones(11)
    site.tamper(True)
    site.later(1, "door-2", DoorContact(open=False))
    site.later(1, "door-2", DoorContact(open=True))
    site.wait(35)
    told = [(case.detector, case.priority, case.flood, case.state, sounds(case)) for case in map(site.case, (12, 13, 14))]
    assert told == [
        ("tamper", 2, True, "open", True),
        ("door_forced", 2, True, "open", True),
        ("door_held", 3, True, "open", False),
    ]


def test_a_flood_is_the_same_flood_after_a_restart_and_ends_once(site):
    site.zones(11)
    site.hub.crash_and_reopen()
    site.zones(3, first=12)
    assert site.acts("flood") == ["began"]
    assert site.hub.rows("alarm_flood", "flood_no", "alarms") == [(11, 14)]
    site.hub.clock.advance_us(3600 * US_PER_S)
    site.hub.crash_and_reopen()
    site.hub.take()
    site.hub.later(30)
    assert site.acts("flood") == ["began", "ended"]


def test_silence_is_for_a_minute_and_a_new_alarm_of_priority_one_breaks_it(site):
    assert site.hub.ask(SilenceAct("", "li")).reason == "nothing_sounds"
    site.tamper(True)
    silence = site.hub.ask(SilenceAct("monitor", "li"))
    assert silence.until_us - silence.at_us == 60 * US_PER_S
    assert site.case(1).state == "open"
    site.tamper(True, "door-2")
    assert site.acts("silence", "monitor") == ["silenced"]
    site.fire()
    assert site.acts("silence", "monitor") == ["silenced", "broken"]
    site.hub.ask(SilenceAct("monitor", "li"))
    site.hub.later(61)
    site.hub.later(61)
    assert site.acts("silence", "monitor") == ["silenced", "broken", "silenced", "ended"]


def test_an_escalation_chain_is_told_step_by_step_once_across_restarts(site):
    site.tamper(True)
    raised_us = site.case(1).raised_us
    site.hub.clock.advance_us(230 * US_PER_S)
    site.hub.crash_and_reopen()
    site.hub.take()
    site.wait(20)
    site.hub.crash_and_reopen()
    site.wait(20)
    told = [
        (row.at_us - raised_us, msgspec.json.decode(row.body, type=Case).escalation)
        for row in site.hub.changes
        if row.act == "escalated"
    ]
    assert told == [(120 * US_PER_S, 0), (240 * US_PER_S, 1)]


def test_a_chain_stops_when_somebody_takes_the_case(site):
    site.tamper(True)
    site.act(1, "acknowledge")
    site.wait(400)
    assert "escalated" not in site.acts("case", "1")
    assert site.hub.rows("deadline", "subject").count("1/step:p2-leader") == 0


def test_with_a_window_of_nothing_nothing_is_merged(hub: Hub, tmp_path):
    policy = Policy.load(write_unmerging_policy(tmp_path / "policy.yaml"))
    site = Site(hub)
    site.flap(4)
    hub.policy = policy
    hub.crash_and_reopen()
    site.flap(6)
    assert len(hub.incidents()) == 10
