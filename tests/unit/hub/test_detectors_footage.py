"""Holes in what cameras record: told when they happen, with their cause, once for all cameras that failed together."""

import random
from itertools import pairwise
from typing import Any

import msgspec

from contract.footage import RecorderState, SegmentRecorded
from contract.readings import AgentStarted, CameraLink, Heartbeat
from hub.detectors.footage import Camera, Watch, wake
from hub.detectors.table import BY_NAME
from hub.detectors.types import AgentAwaited, Clear, Event, Raise, Recorded, Withdraw
from tests.scenario.language import DEVICES, POLICY, At, Bench, Reported, Wall, Want, only, play, us

LOST, STARTED = RecorderState(recording=False, reason="camera_lost"), RecorderState(recording=True, reason="started")
PLANNED = RecorderState(recording=False, reason="planned")
BEAT = Heartbeat(sources={})


def seg(from_s, until_s, stream="main"):
    return SegmentRecorded(no=us(from_s), start_us=us(from_s), end_us=us(until_s), size_bytes=9, stream=stream)


def recorded(from_s, until_s, *cameras, came=None, step_s=10):
    """Ten-second segments, each told as it ends."""
    return [
        At(at + step_s, camera, seg(at, at + step_s), came=came)
        for at in range(from_s, until_s, step_s)
        for camera in cameras or ("camera-1",)
    ]


def holes(*story):
    return play(*story, of="footage_hole")


def facts(bench: Bench):
    return [finding.facts for _, _, finding in bench.findings if isinstance(finding, Raise)][-1]


def test_a_camera_that_records_is_no_news_and_a_minute_missing_is_no_hole():
    holes(*recorded(0, 300), *recorded(360, 600), Reported(600, "agent-1"))


def test_nothing_for_over_a_minute_is_told_when_it_happens_and_ends_with_its_length():
    bench = holes(
        *recorded(0, 100),
        Reported(169, "agent-1"),
        Want(),
        Reported(170, "agent-1"),
        Want("footage_hole raised"),
        *recorded(200, 300),
        Want("footage_hole raised", "footage_hole cleared"),
    )
    raised = only_first(bench)
    assert (raised.at_us, raised.facts["hole_cause"], raised.facts["missing_cameras"]) == (us(100), "unknown", ["camera-1"])
    assert facts(bench)["length_s"] == 100.0
    assert only(bench, Clear).at_us == us(200)


def only_first(bench):
    return next(finding for _, _, finding in bench.findings if isinstance(finding, Raise))


def test_where_the_recorder_says_that_it_stopped_nobody_waits_for_a_segment():
    bench = holes(
        *recorded(0, 100), At(112, "camera-1", LOST), Reported(159, "agent-1"), Want(), Reported(160, "agent-1"),
        Want("footage_hole raised"),
        At(200, "camera-1", STARTED), *recorded(210, 220),
        Want("footage_hole raised", "footage_hole cleared"),
    )  # fmt: skip
    assert facts(bench) == {
        "hole_cause": "camera_lost", "missing_cameras": ["camera-1"], "missing_count": 1, "limit_s": 60.0, "length_s": 110.0,
    }  # fmt: skip


def test_cameras_that_fail_together_are_one_incident_and_it_is_over_with_the_last_of_them():
    both = ("camera-1", "camera-2")
    bench = holes(
        *recorded(0, 100, *both),
        At(110, "camera-1", LOST),
        At(111, "camera-2", LOST),
        Reported(170, "agent-1"),
        Want("footage_hole raised"),
        *recorded(200, 300, "camera-1"),
        Want("footage_hole raised"),
        *recorded(300, 310, "camera-2"),
        Want("footage_hole raised", "footage_hole cleared"),
    )
    assert facts(bench)["missing_cameras"] == ["camera-1", "camera-2"]
    assert facts(bench)["length_s"] == 200.0
    assert len({finding.episode for _, _, finding in bench.findings}) == 1


def test_another_cause_or_another_time_is_another_incident():
    both = ("camera-1", "camera-2")
    bench = holes(
        *recorded(0, 100, *both), At(110, "camera-1", LOST), At(110, "camera-2", RecorderState(False, "disk_full")),
        Reported(170, "agent-1"), Want("footage_hole raised", "footage_hole raised"),
    )  # fmt: skip
    assert len({finding.episode for _, _, finding in bench.findings}) == 2


def test_a_silent_agent_is_unproven_and_what_its_spool_brings_takes_it_back():
    story = [
        *recorded(0, 100, "camera-1", "camera-2"),
        Wall(169), Want(),
        Wall(320), Want("footage_hole raised unproven"),
    ]  # fmt: skip
    bench = holes(*story)
    assert facts(bench)["hole_cause"] == "agent_silent"
    assert facts(bench)["missing_count"] == 2
    bench = holes(
        *story,
        *recorded(100, 170, "camera-1", "camera-2", came=330),
        Want("footage_hole raised unproven", "footage_hole withdrawn: footage_came"),
        *recorded(170, 330, "camera-1", "camera-2", came=331),
    )


def test_an_agent_that_was_off_is_proven_by_its_start_with_the_true_length():
    bench = holes(
        *recorded(0, 100), Wall(319), Wall(320), Want("footage_hole raised unproven"),
        *recorded(100, 120, came=500), At(480, "agent-1", AgentStarted("1"), came=500), At(490, "camera-1", STARTED, came=500),
        Want("footage_hole raised"),
        *recorded(490, 500),
        Want("footage_hole raised", "footage_hole cleared"),
    )  # fmt: skip
    assert facts(bench) | {"limit_s": 0} == {
        "hole_cause": "agent_down", "missing_cameras": ["camera-1"], "missing_count": 1, "limit_s": 0, "length_s": 370.0,
    }  # fmt: skip


def test_a_hole_that_a_backlog_tells_of_is_late():
    holes(*recorded(0, 100), *recorded(400, 420, came=1_500), Want("footage_hole raised late", "footage_hole cleared"))


def test_late_footage_of_a_hole_shortens_it_and_when_enough_came_takes_it_back():
    story = [*recorded(0, 100), *recorded(400, 500), Want("footage_hole raised", "footage_hole cleared")]
    bench = holes(*story, At(500, "camera-1", seg(100, 200)), Want("footage_hole raised"))
    assert facts(bench)["length_s"] == 200.0
    holes(
        *story,
        At(500, "camera-1", seg(100, 200)),
        At(500, "camera-1", seg(250, 400)),
        Want("footage_hole raised", "footage_hole withdrawn: footage_came"),
    )


def test_segments_of_an_hour_are_waited_for():
    holes(
        At(3_600, "camera-1", seg(0, 3_600)),
        Reported(7_200, "agent-1"),
        At(7_205, "camera-1", seg(3_600, 7_200)),
        Reported(10_859, "agent-1"),
        Want(),
        Reported(10_860, "agent-1"),
        Want("footage_hole raised"),
    )


def test_each_stream_is_looked_at_by_itself():
    story = [At(at + 10, "camera-1", seg(at, at + 10, "sub")) for at in range(0, 200, 10)]
    bench = holes(*recorded(0, 10), *story, Reported(200, "agent-1"), Want("footage_hole raised"))
    assert facts(bench)["missing_cameras"] == ["camera-1"]


def test_planned_work_is_told_quietly():
    bench = holes(*recorded(0, 100), At(100, "camera-1", PLANNED), Reported(200, "agent-1"), Want("footage_hole raised"))
    assert only(bench, Raise).priority == 4


def test_a_lost_stream_is_a_cause_where_the_recorder_says_nothing():
    bench = holes(
        *recorded(0, 100), At(110, "camera-1", CameraLink(connected=False)), Reported(200, "agent-1"), Want("footage_hole raised")
    )
    assert facts(bench)["hole_cause"] == "camera_lost"


def test_a_camera_that_the_estate_does_not_have_recorded_is_let_be():
    holes(At(10, "camera-off", seg(0, 10)), At(20, "camera-off", LOST), Reported(900, "agent-1"))


def test_a_camera_that_never_recorded_is_missed_where_the_estate_says_that_it_is_recorded():
    detector = BY_NAME["footage_hole"]
    agent = DEVICES["agent-1"]._replace(recorded=(Recorded("camera-1", "lane", wanted=True), Recorded("camera-2", "gate")))
    numbers = POLICY.for_device(detector, agent)
    step = detector.step(None, Event("agent-1", us(0), us(0), AgentAwaited(), "hub", 1), agent, numbers)
    assert step is not None
    assert step.wake is not None
    assert step.wake.due_us == us(60)
    told = wake(step.state, us(60), True, agent, numbers)
    (raised,) = told.findings
    assert isinstance(raised, Raise)
    assert (raised.facts["missing_cameras"], raised.place) == (["camera-1"], "lane")


def test_a_camera_that_is_taken_out_of_the_estate_is_missed_no_more():
    agent = DEVICES["agent-1"]._replace(recorded=(Recorded("camera-2", "gate"),))
    numbers = POLICY.for_device(BY_NAME["footage_hole"], agent)
    step = wake(Watch({"camera-1": Camera(us(0)), "camera-2": Camera(us(0))}), us(60), True, agent, numbers)
    (raised,) = step.findings
    assert isinstance(raised, Raise)
    assert raised.facts["missing_cameras"] == ["camera-2"]
    none_left = wake(step.state, us(90), True, agent._replace(recorded=()), numbers)
    assert [type(finding) for finding in none_left.findings] == [Raise, Clear]
    assert none_left.wake is None


def test_in_any_order_the_same_footage_leaves_the_same_holes():
    """Holes over the limit, by the segments alone, however late some of them come."""
    for seed in range(60):
        dice = random.Random(seed)
        segments = [at for at in range(0, 2_000, 10) if dice.random() > 0.1 and not 600 <= at < 600 + dice.choice([0, 200])]
        order = sorted(segments, key=lambda at: at + dice.choice([0, 0, 0, 150, 700]))
        bench = play_all(order)
        live: dict[str, Any] = {}
        for _, _, finding in bench.findings:
            if isinstance(finding, Withdraw):
                live.pop(finding.episode)
            elif isinstance(finding, Raise):
                live[finding.episode] = finding
        known = [b - a - 10 for a, b in pairwise(sorted(segments)) if b - a - 10 > 60 and a >= order[0]]
        found = sorted(finding.facts["length_s"] for finding in live.values() if "length_s" in finding.facts)
        assert sorted(known) == found, seed


def play_all(order):
    bench = Bench()
    now = 0
    for at in order:
        now = max(now, at + 10)
        bench.take(At(now, "camera-1", seg(at, at + 10)))
    return bench


def test_the_state_is_bounded():
    bench = Bench()
    for at in range(0, 20_000, 200):
        bench.take(At(at + 10, "camera-1", seg(at, at + 10)))
    state = msgspec.json.decode(bench.states["footage_hole", "agent-1"], type=Watch)
    assert len(state.holes) <= 33
