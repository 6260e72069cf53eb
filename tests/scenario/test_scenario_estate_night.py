"""Longer stories, in which several detectors see the same events."""

from contract.readings import AccessDecided, BarrierState, CameraLink, DeviceLink, DoorContact, Dropped, FireInput
from hub.detectors.types import AgentHeard, AgentLost
from tests.scenario.language import At, Reported, Wall, Want, play

OPEN, SHUT = DoorContact(open=True), DoorContact(open=False)
GRANTED = AccessDecided(card="a1", granted=True, reason="permit")


def test_an_hour_without_network_raises_one_silence_and_lists_what_happened_meanwhile():
    play(
        At(0, "agent-1", AgentHeard()),
        At(0, "door-1", SHUT),
        At(0, "barrier-1", BarrierState("closed")),
        At(5, "agent-1", AgentLost()),
        Wall(90),
        Want("agent_silent raised"),
        At(3600, "agent-1", AgentHeard()),
        Want("agent_silent cleared"),
        # the backlog: a door that was held, a barrier that was not, and a full spool
        At(600, "reader-1", GRANTED, came=3601),
        At(602, "door-1", OPEN, came=3601),
        At(700, "door-1", SHUT, came=3601),
        Want("door_held raised late", "door_held cleared"),
        At(798, "lane-reader", GRANTED, came=3602),
        At(800, "barrier-1", BarrierState("open"), came=3602),
        At(859, "barrier-1", BarrierState("closed"), came=3602),
        At(900, "agent-1", Dropped(last_seq=99, measurements=40), came=3602),
        Want("sequence_gap raised late"),
        # and the present: nothing of it is still so
        At(3603, "door-1", SHUT),
        Reported(3603, "agent-1", "door-1", "barrier-1", "reader-1"),
        Want("sequence_gap cleared"),
    )


def test_a_burglary_at_the_east_gate():
    play(
        At(0, "camera-1", CameraLink(connected=True)),
        At(0, "door-1", SHUT),
        At(100, "camera-1", CameraLink(connected=False, reason="ended")),
        At(120, "door-1", OPEN),
        Reported(121, "agent-1"),
        Want("door_forced raised"),
        Reported(130, "agent-1"),
        Want("camera_lost raised"),
        Reported(150, "door-1"),
        Want("door_held raised"),
        At(300, "door-1", SHUT),
        Want("door_forced cleared", "door_held cleared"),
        At(400, "camera-1", CameraLink(connected=True)),
        Want("camera_lost cleared"),
    )


def test_a_busy_evening_is_nothing():
    passers = [
        item
        for start in range(0, 600, 30)
        for item in (
            At(start, "reader-1", GRANTED),
            At(start + 1, "door-1", OPEN),
            At(start + 6, "door-1", SHUT),
            At(start + 6, "lane-reader", GRANTED),
            At(start + 7, "barrier-1", BarrierState("moving")),
            At(start + 9, "barrier-1", BarrierState("open")),
            At(start + 20, "barrier-1", BarrierState("closed")),
            At(start + 20, "agent-1", AgentHeard()),
            Reported(start + 21, "agent-1", "door-1", "reader-1", "barrier-1"),
        )
    ]
    play(At(-1, "door-1", SHUT), *passers)


def test_a_fire_sounds_while_a_board_that_went_away_is_told_by_itself():
    play(
        At(0, "board-1", FireInput(active=True, name="hall")),
        Want("fire_input raised"),
        At(10, "board-1", DeviceLink(up=False, reason="timeout")),
        Reported(70, "agent-1"),
        Want("device_silent raised"),
        At(80, "board-1", DeviceLink(up=True)),
        At(80, "board-1", FireInput(active=False, name="hall")),
        Want("device_silent cleared", "fire_input cleared"),
    )
