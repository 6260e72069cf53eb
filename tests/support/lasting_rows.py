"""What begins and ends each lasting detector's condition, a row each."""

from contract.readings import (
    AlarmInput,
    ArmState,
    BarrierState,
    CameraLink,
    DeviceLink,
    DoorContact,
    FireInput,
    Measurement,
    MotionSeen,
    PanelFault,
    PictureBlinded,
    PictureDark,
    PictureDefocused,
    PictureFrozen,
    PictureMoved,
    PictureOccluded,
    ReaderChannel,
    TamperContact,
)

DARK, LIGHT = PictureDark(active=True, mean_luma=3.5), PictureDark(active=False)
LAST = [
    # detector, device, begins, ends, seconds, whose word proves it
    ("door_held", "door-1", DoorContact(open=True), DoorContact(open=False), 30, "door-1"),
    ("door_held", "door-slow", DoorContact(open=True), DoorContact(open=False), 120, "door-slow"),
    ("barrier_left_open", "barrier-1", BarrierState("open"), BarrierState("closed"), 60, "barrier-1"),
    ("barrier_left_open", "barrier-1", BarrierState("unknown"), BarrierState("closed"), 60, "barrier-1"),
    ("camera_lost", "camera-1", CameraLink(connected=False, reason="timeout"), CameraLink(connected=True), 30, "agent-1"),
    ("camera_dark", "camera-1", DARK, LIGHT, 30, "camera-1"),
    ("camera_frozen", "camera-1", PictureFrozen(active=True), PictureFrozen(active=False), 30, "camera-1"),
    ("camera_blinded", "camera-1", PictureBlinded(active=True), PictureBlinded(active=False), 30, "camera-1"),
    ("camera_defocused", "camera-1", PictureDefocused(active=True), PictureDefocused(active=False), 60, "camera-1"),
    ("camera_moved", "camera-1", PictureMoved(active=True), PictureMoved(active=False), 30, "camera-1"),
    ("camera_occluded", "camera-1", PictureOccluded(active=True), PictureOccluded(active=False), 30, "camera-1"),
    ("device_silent", "board-1", DeviceLink(up=False, reason="unplugged"), DeviceLink(up=True), 60, "agent-1"),
    ("measurement_over_threshold", "meter-1", Measurement("power", 1001.0), Measurement("power", 900.0), 30, "meter-1"),
]
INSTANT = [
    ("fire_input", "board-1", FireInput(active=True, name="hall"), FireInput(active=False, name="hall")),
    ("alarm_input", "board-1", AlarmInput(active=True, name="zone 1"), AlarmInput(active=False, name="zone 1")),
    ("tamper", "board-1", TamperContact(active=True), TamperContact(active=False)),
    ("tamper", "board-1", TamperContact(active=True, name="7"), TamperContact(active=False, name="7")),
    ("reader_refused", "reader-1", ReaderChannel("refused", "default_key"), ReaderChannel("secure", "key_set")),
    ("panel_fault", "board-1", PanelFault(active=True, name="mains"), PanelFault(active=False, name="mains")),
    *(
        (f"zone_{what}", "camera-1", MotionSeen(True, "gate", what), MotionSeen(False, "gate", what))
        for what in ("after_hours", "intrusion", "loitering")
    ),
    ("arm_knocked_off", "barrier-1", ArmState(attached=False), ArmState(attached=True)),
]
