from contract.readings import MotionSeen
from tests.scenario.language import At, Reported, Want, play


def test_plain_motion_in_a_zone_is_no_incident():
    play(At(0, "camera-1", MotionSeen(True, "gate")), Reported(600, "camera-1"), Want())


def test_two_zones_of_a_camera_are_two_incidents():
    play(
        At(0, "camera-1", MotionSeen(True, "gate", "intrusion")),
        Want("zone_intrusion raised"),
        At(1, "camera-1", MotionSeen(True, "wall", "intrusion")),
        Want("zone_intrusion raised"),
        At(2, "camera-1", MotionSeen(False, "gate", "intrusion")),
        Want("zone_intrusion cleared"),
        At(3, "camera-1", MotionSeen(True, "wall", "intrusion")),
        Want(),
    )
