import pytest

from contract.readings import AccessDecided, AgentStarted, Dropped
from hub.detectors.types import AgentAwaited, AgentHeard, AgentLost, Clear, ForeignReport, Quarantined, Raise, SequenceJumped
from tests.scenario.language import At, Reported, Wall, Want, only, play, us

GRANTED = AccessDecided(card="a1", granted=True, reason="permit")
REFUSED = AccessDecided(card="a1", granted=False, reason="unknown_card")
BURSTS = [
    ("sequence_gap", Dropped(last_seq=90, events=3, alarms=1)),
    ("sequence_gap", SequenceJumped(first=5, last=9)),
    ("foreign_report", ForeignReport(reason="wrong_mac")),
    ("quarantined", Quarantined(reason="detector:door_held")),
]
each_burst = pytest.mark.parametrize(("detector", "reading"), BURSTS)


def test_three_refusals_in_a_minute_are_one_incident_that_ends_with_a_quiet_minute():
    bench = play(
        At(0, "reader-1", REFUSED),
        At(30, "reader-1", REFUSED),
        Want(),
        At(59.9, "reader-1", REFUSED),
        Want("repeated_refusals raised"),
        At(80, "reader-1", GRANTED),
        Reported(119, "reader-1"),
        Want(),
        Reported(120, "reader-1"),
        Want("repeated_refusals cleared"),
    )
    assert (only(bench, Raise).at_us, only(bench, Clear).at_us) == (us(0), us(119.9))
    assert only(bench, Raise).facts == {"reason": "unknown_card", "count": 3}
    assert ("repeated_refusals", "reader-1") not in bench.states


def test_two_refusals_and_a_third_after_the_window_are_nothing():
    bench = play(
        At(0, "reader-1", REFUSED), At(1, "reader-1", REFUSED), At(61, "reader-1", REFUSED), Reported(200, "reader-1"), Wall(200)
    )
    assert not bench.states


def test_refusals_at_two_readers_are_not_added_up():
    play(At(0, "reader-1", REFUSED), At(1, "reader-2", REFUSED), At(2, "reader-1", REFUSED), At(3, "reader-2", REFUSED))


def test_further_refusals_belong_to_the_episode_and_are_told_at_four_eight_and_sixteen():
    bench = play(
        *(At(second, "reader-1", REFUSED) for second in range(20)),
        Want(*["repeated_refusals raised"] * 4),
    )
    assert [finding.facts["count"] for _, _, finding in bench.findings if isinstance(finding, Raise)] == [3, 4, 8, 16]
    assert len({finding.episode for _, _, finding in bench.findings}) == 1


def test_a_reader_that_stalls_has_not_been_quiet():
    play(
        *(At(second, "reader-1", REFUSED) for second in range(3)),
        Want("repeated_refusals raised"),
        Wall(500),
        Want(),
        At(20, "reader-1", REFUSED, came=501),
        Want("repeated_refusals raised"),
        Reported(90, "reader-1", came=502),
        Want("repeated_refusals cleared"),
    )


def test_refusals_after_a_quiet_window_that_nobody_reported_are_a_new_episode():
    bench = play(
        *(At(second, "reader-1", REFUSED) for second in range(3)),
        Want("repeated_refusals raised"),
        *(At(1000 + second, "reader-1", REFUSED) for second in range(3)),
        Want("repeated_refusals cleared", "repeated_refusals raised"),
    )
    assert len({finding.episode for _, _, finding in bench.findings}) == 2


def test_refusals_out_of_a_backlog_are_late_and_one_now_makes_them_present():
    play(
        *(At(second, "reader-1", REFUSED, came=360) for second in range(3)),
        Want("repeated_refusals raised late"),
        At(50, "reader-1", REFUSED, came=360),
        Want("repeated_refusals raised late"),
        At(61, "reader-1", REFUSED, came=361),
        Want("repeated_refusals raised"),
    )


def test_a_clock_that_is_set_back_between_refusals_adds_nothing_up():
    play(At(5000, "reader-1", REFUSED), At(1000, "reader-1", REFUSED, came=5001), At(1001, "reader-1", REFUSED, came=5002))


@each_burst
def test_one_of_these_is_an_incident_and_a_burst_is_still_one(detector, reading):
    bench = play(
        *(At(second, "agent-1", reading) for second in range(5)),
        Want(*[f"{detector} raised"] * 3),
        Reported(604, "agent-1"),
        Want(f"{detector} cleared"),
        At(700, "agent-1", reading),
        Want(f"{detector} raised"),
    )
    raises = [finding for _, _, finding in bench.findings if isinstance(finding, Raise)]
    assert [finding.facts["count"] for finding in raises] == [1, 2, 4, 1]
    assert len({finding.episode for finding in raises}) == 2


@each_burst
def test_an_old_one_is_late(detector, reading):
    play(At(0, "agent-1", reading, came=301), Want(f"{detector} raised late"))


def test_lost_measurements_are_a_matter_of_their_own_and_a_smaller_one():
    bench = play(
        At(0, "agent-1", Dropped(last_seq=90, measurements=80)),
        At(1, "agent-1", Dropped(last_seq=190, measurements=80, events=1)),
        Want("sequence_gap raised", "sequence_gap raised"),
    )
    (_, small, one), (_, large, two) = bench.findings
    assert (small, large) == ("agent-1/measurements", "agent-1")
    assert isinstance(one, Raise)
    assert isinstance(two, Raise)
    assert (one.priority, two.priority) == (4, None)
    assert one.facts == {"first": 1, "last": 90, "measurements": 80, "events": 0, "alarms": 0, "count": 1}


def test_two_reasons_are_two_causes():
    play(
        At(0, "agent-1", ForeignReport(reason="wrong_mac")),
        At(0, "agent-1", ForeignReport(reason="fenced")),
        Want("foreign_report raised", "foreign_report raised"),
    )


def test_an_agent_is_silent_after_eighty_five_seconds_by_the_hubs_own_clock():
    bench = play(
        At(0, "agent-1", AgentHeard()),
        At(50, "agent-1", AgentHeard()),
        Wall(134.9),
        Want(),
        Wall(135),
        Want("agent_silent raised"),
        Wall(5000),
        Want(),
        At(5001, "agent-1", AgentHeard()),
        Want("agent_silent cleared"),
    )
    raised = only(bench, Raise)
    assert raised.at_us == us(50)
    assert raised.facts == {"limit_s": 85.0, "connection_lost": False}


def test_a_last_will_and_a_return_in_time_are_a_near_miss():
    play(At(0, "agent-1", AgentHeard()), At(1, "agent-1", AgentLost()), Wall(84.9), At(84.95, "agent-1", AgentHeard()), Wall(100))


def test_a_last_will_shortens_and_lengthens_nothing_and_is_told():
    bench = play(
        At(0, "agent-1", AgentHeard()),
        At(60, "agent-1", AgentLost()),
        At(61, "agent-1", AgentLost()),
        Wall(90),
        Want("agent_silent raised"),
        At(91, "agent-1", AgentLost()),
    )
    assert only(bench, Raise).facts["connection_lost"] is True


def test_an_agent_that_was_never_heard_is_missed_from_the_first_report_on():
    play(At(0, "agent-1", AgentLost()), Wall(90), Want("agent_silent raised"))


def test_an_agent_that_is_awaited_is_missed_only_where_it_was_never_heard():
    bench = play(At(0, "agent-1", AgentAwaited()), At(10, "agent-1", AgentAwaited()), Wall(85), Want("agent_silent raised"))
    assert only(bench, Raise).facts["connection_lost"] is False
    play(At(0, "agent-1", AgentHeard()), At(80, "agent-1", AgentAwaited()), Wall(85), Want("agent_silent raised"))


def test_each_silence_is_an_episode_of_its_own():
    bench = play(
        At(0, "agent-1", AgentHeard()),
        Wall(90),
        At(100, "agent-1", AgentHeard()),
        Wall(190),
        Want("agent_silent raised", "agent_silent cleared", "agent_silent raised"),
    )
    assert len({finding.episode for _, _, finding in bench.findings}) == 2


def test_a_hub_clock_that_is_set_back_makes_no_negative_silence():
    bench = play(
        At(1000, "agent-1", AgentHeard()),
        Wall(1090),
        Want("agent_silent raised"),
        At(500, "agent-1", AgentHeard()),
        Want("agent_silent cleared"),
    )
    assert only(bench, Clear).at_us == only(bench, Raise).at_us


def test_a_start_alone_is_nothing():
    play(At(0, "agent-1", AgentStarted(version="1", unclean=True)), Reported(900, "agent-1"))
