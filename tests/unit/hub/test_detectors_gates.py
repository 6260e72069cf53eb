"""What happens at gates, and what must not be made of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.readings import (
    AccessDecided,
    BarrierState,
    CommandDone,
    DeviceLink,
    DoorContact,
    ExitRequested,
    FireInput,
    LoopState,
    PlateRead,
)
from hub.detectors.table import BY_NAME
from hub.detectors.types import Clear, Event, PlateWatched, Raise, Withdraw
from tests.scenario.language import DEVICES, POLICY, At, Reported, Wall, Want, only, play, us

CLOSED, MOVING, OPEN = BarrierState("closed"), BarrierState("moving"), BarrierState("open")
ON, OFF, FAULTY = LoopState(True), LoopState(False), LoopState(False, faulty=True)
BY_HAND = CommandDone(nonce="n", action="open", outcome="done", actor="a guard")
FIRE, NO_FIRE = FireInput(True), FireInput(False)
LINK_LOST = DeviceLink(up=False, reason="timeout")


def granted(medium="plate", **more):
    return AccessDecided(card="a1", granted=True, reason="permit", medium=medium, **more)


def refused(reason, **more):
    return AccessDecided(card="a1", granted=False, reason=reason, **more)


def opened(*story):
    return play(At(-100, "barrier-1", CLOSED), *story, of="barrier_unexplained")


EXPLAINS = [
    ("lane-camera", granted()),
    ("lane-reader", granted("card")),
    ("lane-reader", granted("qr")),
    ("barrier-1", BY_HAND),
    ("lane-reader", ExitRequested()),
    ("fire-1", FIRE),
]


@pytest.mark.parametrize("position", [MOVING, OPEN, BarrierState("unknown")])
def test_a_barrier_that_leaves_the_closed_position_unexplained_is_an_incident_until_it_is_closed(position):
    bench = opened(
        At(0, "barrier-1", position),
        At(1, "barrier-1", OPEN),
        Reported(1.9, "agent-1"),
        Want(),
        Reported(2, "agent-1"),
        Want("barrier_unexplained raised"),
        At(30, "barrier-1", MOVING),
        At(32, "barrier-1", CLOSED),
        Want("barrier_unexplained cleared"),
    )
    assert (only(bench, Raise, "barrier_unexplained").at_us, only(bench, Clear, "barrier_unexplained").at_us) == (us(0), us(32))


@pytest.mark.parametrize(("device", "reading"), EXPLAINS)
def test_what_explains_an_opening_may_come_before_after_or_out_of_a_backlog(device, reading):
    opened(At(-14, device, reading), At(0, "barrier-1", MOVING), Reported(60, "agent-1"), Wall(120))
    opened(At(0, "barrier-1", MOVING), At(2, device, reading), Reported(60, "agent-1"), Wall(120))
    opened(
        At(0, "barrier-1", MOVING),
        Reported(9, "agent-1"),
        Want("barrier_unexplained raised"),
        At(-3, device, reading, came=90),
        Want("barrier_unexplained withdrawn: let_through"),
        At(91, "barrier-1", CLOSED),
    )


@pytest.mark.parametrize(
    ("device", "reading"),
    [
        ("lane-reader", refused("unknown_card")),
        ("far-reader", granted()),
        ("reader-1", granted("card")),
        ("barrier-1", CommandDone(nonce="n", action="open", outcome="refused", reason="late", actor="a guard")),
        ("barrier-1", CommandDone(nonce="n", action="open", outcome="done")),
        ("barrier-1", CommandDone(nonce="n", action="close", outcome="done", actor="a guard")),
        ("barrier-1", ON),
        ("panel-of-nobody", FIRE),
    ],
)
def test_what_let_nobody_through_here_explains_nothing(device, reading):
    first = [] if device == "panel-of-nobody" else [At(-1, device, reading)]
    first = first or [At(-1, "board-1", reading)]
    opened(*first, At(0, "barrier-1", MOVING), Reported(9, "agent-1"), Want("barrier_unexplained raised"))


def test_fire_explains_for_as_long_as_it_lasts_and_no_longer():
    opened(
        At(-50, "fire-1", FIRE),
        At(0, "barrier-1", MOVING),
        Reported(9, "agent-1"),
        At(20, "barrier-1", CLOSED),
        At(25, "fire-1", NO_FIRE),
        At(60, "barrier-1", MOVING),
        Reported(63, "agent-1"),
        Want("barrier_unexplained raised"),
    )


def test_a_fire_that_turns_out_to_have_been_over_explains_nothing():
    opened(
        At(-50, "fire-1", FIRE),
        At(0, "barrier-1", MOVING),
        Reported(9, "agent-1"),
        Want(),
        At(-30, "fire-1", NO_FIRE, came=30),
        Reported(31, "agent-1"),
        Want("barrier_unexplained raised"),
    )


def test_fire_explains_a_door_that_it_frees():
    play(
        At(-9, "door-1", DoorContact(False)),
        At(0, "fire-1", FIRE),
        At(5, "door-1", DoorContact(True)),
        Reported(20, "agent-1"),
        of="door_forced",
    )


def test_the_loop_of_a_free_exit_opens_it():
    story: list[Any] = [At(-9, "barrier-2", CLOSED), At(0, "barrier-2", ON), At(1, "barrier-2", MOVING), Reported(60, "agent-2")]
    play(*story, of="barrier_unexplained")


def test_a_barrier_found_open_at_a_start_or_after_a_lost_link_was_not_opened():
    play(At(0, "barrier-1", OPEN), Reported(60, "agent-1"), of="barrier_unexplained")
    opened(At(0, "barrier-1", LINK_LOST), At(30, "barrier-1", OPEN), Reported(60, "agent-1"), Wall(120))


def test_an_agent_that_stalls_makes_it_unproven_and_then_proves_it_or_takes_it_back():
    story = [At(0, "barrier-1", MOVING), Wall(60), Want("barrier_unexplained raised unproven")]
    opened(*story, Reported(70, "agent-1"), Want("barrier_unexplained raised"))
    took_back = Want("barrier_unexplained withdrawn: let_through")
    opened(*story, At(-1, "lane-reader", granted(), came=70), took_back, Reported(80, "agent-1"))


def test_openings_while_the_agent_stalls_are_one_incident_each_once_it_proves_them():
    found = ["barrier_unexplained raised", "barrier_unexplained cleared"] * 2
    opened(
        At(0, "barrier-1", MOVING),
        At(6, "barrier-1", CLOSED),
        At(12, "barrier-1", MOVING),
        At(14, "barrier-1", CLOSED),
        Reported(15, "agent-1"),
        Reported(15.5, "agent-1"),
        Want(*found),
    )


def test_an_unexplained_opening_out_of_a_backlog_is_late():
    opened(At(0, "barrier-1", MOVING, came=301), Reported(300, "agent-1", came=302), Want("barrier_unexplained raised late"))


# Any order of arrival


_ROW = BY_NAME["barrier_unexplained"]
_GATE = DEVICES["barrier-1"]
_NUMBERS = POLICY.for_device(_ROW, _GATE)


def _in_time(readings, device):
    return st.lists(st.tuples(st.integers(0, 80), st.sampled_from(readings)), max_size=6).map(
        lambda told: [(at, device, reading) for at, reading in sorted(told, key=lambda one: one[0])]
    )


_SOURCES = st.tuples(
    _in_time([CLOSED, MOVING, OPEN, LINK_LOST], "barrier-1"),
    _in_time([granted(), refused("expired")], "lane-reader"),
    _in_time([BY_HAND], "barrier-1"),
    _in_time([FIRE, NO_FIRE], "fire-1"),
)


def _ends_with(told: list[Event], wakes: list[int]) -> set[str]:
    """The episodes that stand once everything has been told and is proven. `wakes`: before which events the wall clock has come
    far enough for something unproven to be told."""
    state: Any = None
    standing: dict[str, bool] = {}

    def take(step):
        nonlocal state
        if step is None:
            return
        state = step.state
        for finding in step.findings:
            if isinstance(finding, Raise):
                standing[finding.episode] = finding.proven
            elif isinstance(finding, Withdraw):
                del standing[finding.episode]

    for number, event in enumerate(told):
        if number in wakes and state is not None:
            take(_ROW.wake(state, us(1000), False, _GATE, _NUMBERS))
        take(_ROW.step(state, event, _GATE, _NUMBERS))
    take(_ROW.wake(state, us(1000), True, _GATE, _NUMBERS)) if state is not None else None
    assert all(standing.values())
    return set(standing)


@settings(max_examples=400, deadline=None)
@given(_SOURCES, st.randoms(use_true_random=False), st.lists(st.integers(0, 24), max_size=3))
def test_in_whatever_order_sources_tell_the_same_incidents_stand(sources, random, wakes):
    queues = []
    for stream, told in enumerate(sources):
        made = [Event(device, us(at), us(at), reading, str(stream), seq) for seq, (at, device, reading) in enumerate(told, 1)]
        queues.append(made)
    in_order = sorted((event for queue in queues for event in queue), key=lambda event: event.at_us)
    left, shuffled = [list(queue) for queue in queues], []
    while any(left):
        shuffled.append(random.choice([queue for queue in left if queue]).pop(0))
    assert _ends_with(shuffled, wakes) == _ends_with(in_order, [])


# Tailgating


def tailed(*story):
    return play(At(-100, "barrier-1", CLOSED), At(-100, "barrier-1", OFF), *story, of="tailgating")


ONE_CAR = [At(0, "lane-camera", granted()), At(1, "barrier-1", MOVING), At(4, "barrier-1", ON), At(7, "barrier-1", OFF)]


def test_a_second_vehicle_through_one_opening_is_tailgating():
    bench = tailed(
        *ONE_CAR,
        At(8, "barrier-1", ON),
        At(10, "barrier-1", OFF),
        Reported(10.9, "agent-1"),
        Want(),
        Reported(11, "agent-1"),
        Want("tailgating raised"),
        At(16, "barrier-1", CLOSED),
        Want("tailgating cleared"),
    )
    raised = only(bench, Raise, "tailgating")
    assert (raised.at_us, raised.facts) == (us(8), {"vehicles": 2, "count": 1})


def test_a_third_vehicle_is_told_in_the_same_incident():
    bench = tailed(
        *ONE_CAR,
        At(8, "barrier-1", ON),
        At(10, "barrier-1", OFF),
        Reported(15, "agent-1"),
        Want("tailgating raised"),
        At(16, "barrier-1", ON),
        At(18, "barrier-1", OFF),
        At(20, "barrier-1", CLOSED),
        Reported(30, "agent-1"),
        Want("tailgating raised", "tailgating cleared"),
    )
    assert len({finding.episode for name, _, finding in bench.findings if name == "tailgating"}) == 1


@pytest.mark.parametrize(
    "more",
    [
        [],
        [At(7.2, "barrier-1", ON), At(8, "barrier-1", OFF)],
        [At(7.5, "lane-camera", granted()), At(8, "barrier-1", ON), At(10, "barrier-1", OFF)],
        [At(8, "barrier-1", ON), At(9, "lane-reader", granted("card")), At(10, "barrier-1", OFF)],
        [At(7.5, "barrier-1", BY_HAND), At(8, "barrier-1", ON), At(10, "barrier-1", OFF)],
        [At(7.5, "fire-1", FIRE), At(8, "barrier-1", ON), At(10, "barrier-1", OFF)],
        [At(9, "barrier-1", CLOSED), At(10, "barrier-1", ON), At(12, "barrier-1", OFF)],
        [At(8, "barrier-1", FAULTY), At(9, "barrier-1", ON), At(10, "barrier-1", OFF)],
        [At(7.1, "barrier-1", LINK_LOST), At(8, "barrier-1", ON), At(9, "barrier-1", OFF)],
    ],
    ids=[
        "one car",
        "a trailer",
        "two plates",
        "a card in time",
        "by hand",
        "fire",
        "under a closed arm",
        "a faulty loop",
        "unseen",
    ],
)
def test_what_is_no_tailgating(more):
    tailed(*ONE_CAR, *more, At(30, "barrier-1", CLOSED), Reported(60, "agent-1"), Wall(200))


def test_what_let_through_for_one_opening_lets_nobody_tail_through_the_next():
    tailed(
        *ONE_CAR,
        At(8, "barrier-1", CLOSED),
        At(10, "lane-camera", granted()),
        At(11, "barrier-1", MOVING),
        At(13, "barrier-1", ON),
        At(14, "barrier-1", OFF),
        At(15, "barrier-1", ON),
        At(16, "barrier-1", OFF),
        Reported(20, "agent-1"),
        Want("tailgating raised"),
    )


def test_two_vehicles_through_an_opening_that_nothing_explains_are_no_second_incident():
    cars = [At(at, "barrier-1", ON if at % 2 else OFF) for at in range(3, 9)]
    tailed(At(1, "barrier-1", MOVING), *cars, Reported(20, "agent-1"))


def test_tailgating_is_taken_back_by_a_grant_out_of_a_backlog():
    tailed(
        *ONE_CAR,
        At(8, "barrier-1", ON),
        At(10, "barrier-1", OFF),
        At(14, "barrier-1", CLOSED),
        Reported(20, "agent-1"),
        Want("tailgating raised", "tailgating cleared"),
        At(7, "lane-reader", granted("card"), came=60),
        Want("tailgating withdrawn: let_through"),
    )


def test_tailgating_that_nobody_can_prove_is_unproven_and_then_proven():
    story = [*ONE_CAR, At(8, "barrier-1", ON), At(10, "barrier-1", OFF), Wall(90), Want("tailgating raised unproven")]
    tailed(*story, Reported(95, "agent-1"), Want("tailgating raised"))


# Loop and plate


def test_a_vehicle_whose_plate_nobody_reads_is_an_incident_until_it_has_gone():
    play(
        At(-9, "barrier-1", OFF),
        At(0, "barrier-1", ON),
        Reported(9.9, "agent-1"),
        Want(),
        Reported(10, "agent-1"),
        Want("loop_plate_disagree raised"),
        At(25, "barrier-1", OFF),
        Want("loop_plate_disagree cleared"),
        of="loop_plate_disagree",
    )


@pytest.mark.parametrize("at", [-59, 3, 9])
@pytest.mark.parametrize("plate", ["粤B12345", ""])
def test_a_plate_read_in_time_and_even_an_attempt_at_one_agrees_with_the_loop(at, plate):
    loop = [At(0, "barrier-1", ON), At(5, "barrier-1", OFF)]
    story = sorted([At(-60, "barrier-1", OFF), At(at, "lane-camera", PlateRead(plate)), *loop], key=lambda one: one.s)
    play(*story, Reported(60, "agent-1"), of="loop_plate_disagree")


def test_where_no_camera_reads_plates_nobody_misses_one():
    play(At(-9, "barrier-2", OFF), At(0, "barrier-2", ON), Reported(60, "agent-2"), of="loop_plate_disagree")


def test_a_loop_that_is_faulty_or_was_unseen_saw_no_vehicle_come():
    for hidden in (FAULTY, LINK_LOST):
        story: list[Any] = [At(-9, "barrier-1", OFF), At(0, "barrier-1", hidden), At(1, "barrier-1", ON), Reported(60, "agent-1")]
        play(*story, of="loop_plate_disagree")


def shown(*story, loop=OFF):
    return play(*([] if loop is None else [At(-100, "barrier-1", loop)]), *story, of="plate_without_vehicle")


def test_a_plate_that_opens_and_no_vehicle_comes_is_an_incident_with_its_picture():
    found = Want("plate_without_vehicle raised", "plate_without_vehicle cleared")
    bench = shown(At(0, "lane-camera", granted(picture="p1")), Reported(19, "agent-1"), Want(), Reported(20, "agent-1"), found)
    assert only(bench, Raise, "plate_without_vehicle").facts == {"picture": "p1"}


@pytest.mark.parametrize("loop", [ON, FAULTY])
def test_a_vehicle_on_the_loop_or_one_that_a_faulty_loop_may_hide_agrees_with_its_plate(loop):
    shown(At(0, "lane-camera", granted()), At(19, "barrier-1", loop), At(22, "barrier-1", OFF), Reported(60, "agent-1"))
    shown(At(0, "lane-camera", granted()), Reported(60, "agent-1"), loop=loop)


def test_without_a_loop_and_by_a_card_or_a_refused_plate_no_vehicle_is_missed():
    shown(At(0, "lane-camera", granted()), Reported(60, "agent-1"), Wall(99), loop=None)
    shown(At(0, "lane-reader", granted("card")), Reported(60, "agent-1"), Wall(99))
    shown(At(0, "lane-camera", refused("expired", medium="plate")), Reported(60, "agent-1"), Wall(99))


HONEST = (At(0, "lane-camera", granted()), At(1, "barrier-1", ON), At(4, "barrier-1", OFF))
PAPER = AccessDecided(card="b2", granted=True, reason="permit", medium="plate", picture="p2")


def test_a_paper_plate_right_behind_an_honest_vehicle_is_told_and_the_vehicle_is_not():
    found = Want("plate_without_vehicle raised", "plate_without_vehicle cleared")
    bench = shown(*HONEST, At(12, "lane-camera", PAPER), Reported(31, "agent-1"), Want(), Reported(32, "agent-1"), found)
    assert only(bench, Raise, "plate_without_vehicle").facts == {"picture": "p2"}


def test_the_same_plate_read_again_and_another_whose_vehicle_comes_too_are_nothing():
    shown(*HONEST, At(12, "lane-camera", granted()), Reported(60, "agent-1"))
    shown(*HONEST, At(12, "lane-camera", PAPER), At(14, "barrier-1", ON), At(17, "barrier-1", OFF), Reported(60, "agent-1"))


# Plates in doubt, and on the watch list


def test_a_plate_in_doubt_asks_the_operator_once_with_its_picture():
    bench = play(
        At(0, "lane-camera", PlateRead("粤B1234?", doubtful=True, picture="p1")),
        Want("plate_unreadable raised"),
        At(0.1, "lane-camera", refused("doubtful_plate", medium="plate", picture="p1")),
        Reported(61, "agent-1"),
        Want("plate_unreadable raised", "plate_unreadable cleared"),
        of="plate_unreadable",
    )
    first = next(one for _, _, one in bench.findings if isinstance(one, Raise))
    assert first.facts == {"reason": "doubtful_plate", "plate": "粤B1234?", "picture": "p1", "count": 1}


@pytest.mark.parametrize("reading", [PlateRead(""), refused("unreadable_plate", medium="plate"), refused("odd_plate")])
def test_what_cannot_be_read_or_looks_odd_is_in_doubt(reading):
    play(At(0, "lane-camera", reading), Want("plate_unreadable raised"), of="plate_unreadable")


def test_a_good_plate_and_a_plate_that_no_gate_asks_for_are_in_no_doubt():
    play(At(0, "lane-camera", PlateRead("粤B12345")), of="plate_unreadable")
    play(At(0, "camera-1", PlateRead("")), of="plate_unreadable")


def test_a_watched_plate_has_the_priority_of_its_entry():
    watched = PlateWatched("w1", "粤B12345", "盗抢", priority=1, picture="p1")
    bench = play(At(0, "lane-camera", watched), Want("plate_watched raised"), of="plate_watched")
    raised = only(bench, Raise, "plate_watched")
    assert (raised.priority, raised.facts["why"], raised.facts["picture"]) == (1, "盗抢", "p1")


# Credentials


@pytest.mark.parametrize("reason", ["lost", "revoked", "replaced"])
def test_a_stopped_credential_is_an_incident_at_its_first_use_and_no_repeated_refusal(reason):
    play(*(At(at, "lane-reader", refused(reason)) for at in (0, 1, 2)), of="repeated_refusals")
    play(At(0, "lane-reader", refused(reason)), Want("stopped_credential raised"), of="stopped_credential")


def test_passback_is_an_incident_once_it_is_repeated():
    story = [At(at, "lane-reader", refused("passback")) for at in (0, 100)]
    play(*story, of="passback")
    play(*story, At(200, "lane-reader", refused("passback")), Want("passback raised"), of="passback")
    play(*story, At(200, "lane-reader", refused("passback")), of="repeated_refusals")


def test_one_credential_at_two_places_within_less_than_the_way_takes_is_impossible():
    found = Want("impossible_travel raised", "impossible_travel cleared")
    bench = play(At(0, "lane-reader", granted("card")), At(29, "far-reader", granted("card")), found, of="impossible_travel")
    facts = only(bench, Raise, "impossible_travel").facts
    assert (facts["other_device"], facts["other_place"], facts["apart_s"]) == ("lane-reader", "gate", 29.0)


def test_it_is_so_when_the_first_use_is_told_last_and_when_the_second_was_refused():
    found = Want("impossible_travel raised", "impossible_travel cleared")
    far = At(29, "far-reader", refused("passback"))
    play(far, At(0, "lane-reader", granted("card"), came=40), found, of="impossible_travel")


@pytest.mark.parametrize(
    "second",
    [
        At(30, "far-reader", granted("card")),
        At(1, "reader-1", granted("card")),
        At(1, "far-reader", AccessDecided(card="a2", granted=True, reason="permit")),
    ],
    ids=["long enough", "at the same place", "another card"],
)
def test_what_somebody_can_do_is_not_impossible(second):
    play(At(0, "lane-reader", granted("card")), second, Wall(2000), of="impossible_travel")


def test_a_number_that_no_table_has_travels_nowhere():
    story = [At(0, "lane-reader", refused("unknown_card")), At(1, "far-reader", refused("unknown_card"))]
    play(*story, of="impossible_travel")
