from typing import Any

import pytest

from contract.readings import (
    AlarmInput,
    BarrierState,
    CameraLink,
    DeviceLink,
    DoorContact,
    Measurement,
)
from hub.detectors.conditions import BEHIND_MAX, lost_behind
from hub.detectors.table import BY_NAME
from hub.detectors.types import Clear, Event, Raise, Wake, Withdraw
from tests.scenario.language import DEVICES, POLICY, At, Reported, Wall, Want, only, play, us
from tests.support.lasting_rows import DARK, INSTANT, LAST, LIGHT

PICTURES = [name for name in BY_NAME if name.startswith("camera_") and name != "camera_lost"]
SEEN = [row for row in LAST if row[0] in ("door_held", "barrier_left_open", *PICTURES)]
each = pytest.mark.parametrize(("detector", "device", "begins", "ends", "limit", "proof"), LAST)
each_seen = pytest.mark.parametrize(("detector", "device", "begins", "ends", "limit", "proof"), SEEN)
each_instant = pytest.mark.parametrize(("detector", "device", "begins", "ends"), INSTANT)


@each
def test_it_is_raised_when_the_source_has_reported_past_the_limit_and_cleared_at_the_end(
    detector, device, begins, ends, limit, proof
):
    bench = play(
        At(0, device, begins),
        Reported(limit - 0.001, proof),
        Want(),
        Reported(limit, proof),
        Want(f"{detector} raised"),
        At(limit + 100, device, ends),
        Want(f"{detector} cleared"),
    )
    raised, clear = only(bench, Raise), only(bench, Clear)
    assert (raised.at_us, clear.at_us, clear.episode) == (us(0), us(limit + 100), raised.episode)
    assert raised.facts["limit_s"] == limit
    assert (detector, device) not in bench.states


@each
def test_one_that_ends_just_in_time_is_nothing(detector, device, begins, ends, limit, proof):
    bench = play(At(0, device, begins), At(limit - 0.001, device, ends), Reported(limit + 60, proof), Wall(limit + 60))
    assert (detector, device) not in bench.states
    assert not bench.wakes


@each
def test_one_that_ends_at_the_limit_has_lasted(detector, device, begins, ends, limit, proof):
    play(At(0, device, begins), At(limit, device, ends), Want(f"{detector} raised", f"{detector} cleared"))


@each
def test_the_next_one_is_a_new_episode(detector, device, begins, ends, limit, proof):
    story = [
        item
        for start in (0, 1000)
        for item in (
            At(start, device, begins),
            Reported(start + limit, proof),
            Want(f"{detector} raised"),
            At(start + limit + 1, device, ends),
            Want(f"{detector} cleared"),
        )
    ]
    bench = play(*story, of=detector)
    assert len({finding.episode for name, _, finding in bench.findings if name == detector}) == 2


@each
def test_saying_it_again_changes_nothing(detector, device, begins, ends, limit, proof):
    play(
        At(0, device, begins),
        At(limit / 2, device, begins),
        Reported(limit, proof),
        Want(f"{detector} raised"),
        At(limit + 5, device, begins),
    )


@each
def test_a_source_that_stalls_makes_it_unproven_and_its_word_then_proves_it(detector, device, begins, ends, limit, proof):
    bench = play(
        At(0, device, begins),
        Wall(limit + 14.9),
        Want(),
        Wall(limit + 15),
        Want(f"{detector} raised unproven"),
        Wall(limit + 1000),
        Want(),
        Reported(limit + 1, proof, came=limit + 1001),
        Want(f"{detector} raised"),
        At(limit + 1002, device, ends),
        Want(f"{detector} cleared"),
    )
    assert len({finding.episode for _, _, finding in bench.findings}) == 1


@each
def test_what_was_unproven_and_had_ended_in_time_is_withdrawn(detector, device, begins, ends, limit, proof):
    bench = play(
        At(0, device, begins),
        Wall(limit + 15),
        Want(f"{detector} raised unproven"),
        At(limit - 1, device, ends, came=limit + 60),
        Want(f"{detector} withdrawn: ended_in_time"),
        Reported(limit + 60, proof),
    )
    assert only(bench, Withdraw).at_us == us(limit - 1)
    assert not bench.wakes


@each
def test_what_was_unproven_and_ended_after_the_limit_is_proven_and_cleared(detector, device, begins, ends, limit, proof):
    play(
        At(0, device, begins),
        Wall(limit + 15),
        Want(f"{detector} raised unproven"),
        At(limit + 20, device, ends, came=limit + 60),
        Want(f"{detector} raised", f"{detector} cleared"),
    )


@each
def test_a_backlog_is_late_and_a_fresh_word_that_it_still_holds_makes_it_present(detector, device, begins, ends, limit, proof):
    play(
        At(0, device, begins, came=4000),
        Reported(limit, proof, came=4000),
        Want(f"{detector} raised late"),
        At(4001, device, begins),
        Want(f"{detector} raised"),
        At(4002, device, begins),
        Want(),
        At(4003, device, ends),
        Want(f"{detector} cleared"),
    )


@each
def test_a_clock_that_is_set_back_makes_no_negative_time(detector, device, begins, ends, limit, proof):
    bench = play(
        At(5000, device, begins),
        Reported(5000 + limit, proof),
        Want(f"{detector} raised"),
        At(1000, device, ends, came=5200),
        Want(f"{detector} cleared"),
    )
    assert only(bench, Clear).at_us >= only(bench, Raise).at_us
    play(At(5000, device, begins), At(1000, device, ends, came=5001), Reported(9000, proof))


@each_seen
def test_what_nobody_saw_last_is_not_raised(detector, device, begins, ends, limit, proof):
    away = limit + 40
    play(
        At(0, device, begins),
        At(limit - 1, device, DeviceLink(up=False, reason="timeout")),
        At(limit + 40, device, DeviceLink(up=True)),
        At(away, device, ends),
        Reported(away + 100, device),
        Wall(away + 100),
        of=detector,
    )


@each_seen
def test_a_link_that_flaps_hides_nothing(detector, device, begins, ends, limit, proof):
    play(
        At(0, device, begins),
        At(limit - 2, device, DeviceLink(up=False, reason="timeout")),
        At(limit + 2, device, DeviceLink(up=True)),
        At(limit + 2, device, begins),
        Reported(limit + 3, proof),
        Want(f"{detector} raised"),
        of=detector,
    )


@each_seen
def test_a_long_absence_begins_anew(detector, device, begins, ends, limit, proof):
    back = 3 * limit
    bench = play(
        At(0, device, begins),
        At(1, device, DeviceLink(up=False, reason="timeout")),
        At(back, device, DeviceLink(up=True)),
        At(back, device, begins),
        Reported(back + limit, proof),
        Want(f"{detector} raised"),
        of=detector,
    )
    assert [finding.at_us for name, _, finding in bench.findings if name == detector] == [us(back)]


@each_seen
def test_what_was_raised_stays_raised_while_the_link_is_lost(detector, device, begins, ends, limit, proof):
    play(
        At(0, device, begins),
        Reported(limit, proof),
        Want(f"{detector} raised"),
        At(limit + 1, device, DeviceLink(up=False, reason="timeout")),
        At(limit + 5, device, DeviceLink(up=True)),
        At(limit + 5, device, begins),
        Want(),
        At(limit + 9, device, ends),
        Want(f"{detector} cleared"),
        of=detector,
    )


@each_seen
def test_an_unproven_one_that_turns_out_to_be_unseen_is_withdrawn(detector, device, begins, ends, limit, proof):
    play(
        At(0, device, begins),
        Wall(limit + 15),
        Want(f"{detector} raised unproven"),
        At(limit - 5, device, DeviceLink(up=False, reason="timeout"), came=limit + 50),
        At(limit + 40, device, ends, came=limit + 50),
        Want(f"{detector} withdrawn: unseen"),
        of=detector,
    )


@each_instant
def test_it_is_raised_at_once_and_cleared(detector, device, begins, ends):
    bench = play(
        At(0, device, begins),
        Want(f"{detector} raised"),
        At(1, device, begins),
        Want(),
        At(9, device, ends),
        Want(f"{detector} cleared"),
    )
    assert (only(bench, Raise).at_us, only(bench, Clear).at_us) == (us(0), us(9))


@each_instant
def test_a_normal_state_is_nothing(detector, device, begins, ends):
    assert not play(At(0, device, ends), At(1, device, ends)).states


@each_instant
def test_an_instant_one_out_of_a_backlog_is_late_until_it_is_said_again(detector, device, begins, ends):
    play(
        At(0, device, begins, came=301),
        Want(f"{detector} raised late"),
        At(302, device, begins),
        Want(f"{detector} raised"),
    )


@each_instant
def test_an_instant_one_survives_a_clock_that_is_set_back(detector, device, begins, ends):
    bench = play(
        At(100, device, begins),
        Want(f"{detector} raised"),
        At(10, device, ends, came=101),
        Want(f"{detector} cleared"),
    )
    assert only(bench, Clear).at_us == us(100)


def test_each_zone_of_a_board_is_its_own_cause():
    play(
        At(0, "board-1", AlarmInput(active=True, name="a")),
        At(1, "board-1", AlarmInput(active=True, name="b")),
        Want("alarm_input raised", "alarm_input raised"),
        At(2, "board-1", AlarmInput(active=False, name="b")),
        Want("alarm_input cleared"),
    )


def test_a_door_found_open_at_a_start_counts_as_opened_then():
    play(
        At(0, "door-1", DeviceLink(up=True)),
        At(0, "door-1", DoorContact(open=True)),
        Reported(30, "door-1"),
        Want("door_held raised"),
    )


def test_a_barrier_that_moves_says_nothing():
    play(
        At(0, "barrier-1", BarrierState("moving")),
        Reported(100, "barrier-1"),
        Want(),
        At(100, "barrier-1", BarrierState("open")),
        At(159, "barrier-1", BarrierState("moving")),
        Reported(160, "barrier-1"),
        Want("barrier_left_open raised"),
        At(161, "barrier-1", BarrierState("moving")),
        Want(),
        At(162, "barrier-1", BarrierState("closed")),
        Want("barrier_left_open cleared"),
    )


def test_a_camera_whose_driver_died_is_one_lost_camera_and_no_silent_device():
    play(
        At(0, "camera-1", CameraLink(connected=False, reason="ended")),
        At(5, "camera-1", DeviceLink(up=False, reason="child_died")),
        Reported(31, "agent-1"),
        Want("camera_lost raised"),
        Reported(99, "agent-1"),
        Wall(200),
        At(201, "camera-1", DeviceLink(up=True)),
        Want(),
        At(202, "camera-1", CameraLink(connected=True)),
        Want("camera_lost cleared"),
    )


def test_a_camera_whose_driver_died_while_it_was_connected_is_lost():
    play(At(0, "camera-1", DeviceLink(up=False, reason="child_died")), Reported(30, "agent-1"), Want("camera_lost raised"))


LOST_BEHIND = [
    DeviceLink(up=False, reason="timeout"),
    DeviceLink(up=False, reason="timeout", by="board-1"),
    DeviceLink(up=True, reason="opened"),
    DeviceLink(up=True, reason="opened", by="board-1"),
]


def test_a_lost_board_is_one_incident_that_names_all_that_is_lost_with_it():
    down, behind, up, up_behind = LOST_BEHIND
    bench = play(
        At(0, "board-1", down),
        At(0, "door-patient", behind),
        At(0, "camera-1", behind),
        Reported(59.9, "agent-1"),
        Want(),
        Reported(60, "agent-1"),
        Want("device_silent raised"),
        At(70, "board-1", up),
        At(70, "door-patient", up_behind),
        At(70, "camera-1", up_behind),
        Reported(200, "agent-1"),
        Want("device_silent cleared"),
    )
    raised = only(bench, Raise, "device_silent")
    assert raised.facts == {"reason": "timeout", "limit_s": 60.0, "behind": ["door-patient", "camera-1"], "behind_count": 2}
    assert [subject for name, subject, _ in bench.findings if name == "device_silent"] == ["board-1", "board-1"]


def test_a_board_that_the_estate_does_not_know_is_one_incident_as_well():
    _, behind, _, up_behind = LOST_BEHIND
    play(
        At(0, "door-1", behind),
        At(0, "door-slow", behind),
        Reported(61, "agent-1"),
        Want("device_silent raised"),
        At(70, "door-1", up_behind),
        At(70, "door-slow", up_behind),
        Reported(200, "agent-1"),
        Want("device_silent cleared"),
    )


def test_what_is_lost_with_the_board_after_it_was_told_is_added_and_only_the_first_few_by_name():
    down, behind, *_ = LOST_BEHIND
    told = Want("device_silent raised")
    bench = play(At(0, "board-1", down), Reported(61, "agent-1"), told, At(62, "door-1", behind), told)
    first, again = [one for _, _, one in bench.findings if isinstance(one, Raise)]
    assert (again.episode, again.facts["behind"]) == (first.episode, ["door-1"])
    facts: dict[str, Any] = {}
    for number in range(BEHIND_MAX + 3):
        event = Event(f"door-{number}", 0, 0, behind, "s", number)
        facts = lost_behind(lost_behind(facts, event), event) if number < BEHIND_MAX else lost_behind(facts, event)
    assert (len(facts["behind"]), facts["behind_count"]) == (BEHIND_MAX, BEHIND_MAX + 3)


def test_a_dark_picture_that_is_lost_with_the_stream_is_seen_by_nobody():
    play(
        At(0, "camera-1", DARK),
        At(10, "camera-1", CameraLink(connected=False)),
        At(20, "camera-1", CameraLink(connected=True)),
        At(21, "camera-1", LIGHT),
        Reported(100, "camera-1", "agent-1"),
    )


def test_a_value_must_come_back_inside_by_the_hysteresis():
    play(
        At(0, "meter-1", Measurement("power", 1100.0)),
        Reported(30, "meter-1"),
        Want("measurement_over_threshold raised"),
        At(31, "meter-1", Measurement("power", 999.0)),
        At(32, "meter-1", Measurement("power", 951.0)),
        Want(),
        At(33, "meter-1", Measurement("power", 950.0)),
        Want("measurement_over_threshold cleared"),
    )


def test_a_value_that_dips_into_the_band_goes_on_being_over():
    play(
        At(0, "meter-1", Measurement("power", 1100.0)),
        At(20, "meter-1", Measurement("power", 990.0)),
        Reported(30, "meter-1"),
        Want("measurement_over_threshold raised"),
    )


def test_a_value_may_be_too_low():
    bench = play(
        At(0, "meter-1", Measurement("water_pressure", 199.0, "kPa")),
        Reported(30, "meter-1"),
        Want("measurement_over_threshold raised"),
        At(40, "meter-1", Measurement("water_pressure", 205.0)),
        Want(),
        At(50, "meter-1", Measurement("water_pressure", 210.0)),
        Want("measurement_over_threshold cleared"),
    )
    facts = {"quantity": "water_pressure", "value": 199.0, "unit": "kPa", "min": 200.0, "limit_s": 30.0}
    assert only(bench, Raise).facts == facts


def test_a_quantity_without_a_threshold_is_never_judged():
    assert not play(At(0, "meter-1", Measurement("temperature", 1e9)), Reported(90, "meter-1")).states


def test_two_quantities_of_a_meter_are_two_causes():
    play(
        At(0, "meter-1", Measurement("power", 1100.0)),
        At(0, "meter-1", Measurement("water_pressure", 10.0)),
        Reported(30, "meter-1"),
        Want("measurement_over_threshold raised", "measurement_over_threshold raised"),
    )


def test_a_device_clock_is_off_only_when_it_stays_off():
    normal = Measurement("temperature", 20.0)
    play(
        At(0, "meter-1", normal, device_s=-61),
        At(30, "meter-1", normal, device_s=29),
        At(40, "meter-1", normal, device_s=-61),
        Reported(99, "meter-1"),
        Want(),
        At(100, "meter-1", normal),
        Want("device_clock_off raised"),
        At(130, "meter-1", normal, device_s=90),
        Want(),
        At(131, "meter-1", normal, device_s=101),
        Want("device_clock_off cleared"),
    )


def test_a_device_clock_ahead_is_off_too():
    bench = play(At(0, "door-1", DoorContact(open=False), device_s=3600), Reported(60, "door-1"), Want("device_clock_off raised"))
    assert only(bench, Raise).facts["off_s"] == 3600


def test_a_number_that_grew_meanwhile_moves_the_deadline():
    detector = BY_NAME["door_held"]
    bench = play(At(0, "door-1", DoorContact(open=True)))
    state = bench._state(("door_held", "door-1"), detector)
    assert detector.wake is not None
    step = detector.wake(state, us(30), True, DEVICES["door-1"], {**POLICY.numbers("GATE-7"), "held_s": 90.0})
    assert not step.findings
    assert step.wake == Wake(us(90), "door-1")


def test_a_wake_that_comes_while_nobody_sees_the_door_raises_nothing():
    bench = play(At(0, "door-1", DoorContact(open=True)), At(5, "door-1", DeviceLink(up=False)))
    detector = BY_NAME["door_held"]
    state = bench._state(("door_held", "door-1"), detector)
    assert detector.wake is not None
    step = detector.wake(state, us(30), True, DEVICES["door-1"], POLICY.numbers("GATE-7"))
    assert (step.state, step.findings, step.wake) == (state, (), None)
