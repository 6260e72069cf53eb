"""A zone's kind, seconds and hours, and what the settings refuse."""

import msgspec
import numpy as np
import pytest

from drivers.analysis.analyser import Analyser
from drivers.analysis.motion import Moved
from drivers.analysis.settings import Analysis, Zone
from drivers.analysis.small import picture_of
from drivers.analysis.told import Told
from drivers.analysis.zones import ZoneWatch, mask_of, within

WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))


def moving(at_s: float, left: int = 10) -> Moved:
    mask = np.zeros((90, 160), np.uint8)
    mask[40:50, left : left + 8] = 255
    return Moved(mask, mask, at_s)


def stays(at_s: float) -> Moved:
    return moving(at_s)._replace(moving=None)


def told(zone: Zone, seen, minute=None):
    watch = ZoneWatch(zone, 1.2)
    found: list[Told] = []
    for at_s, moved in seen:
        found += watch.see(at_s, moved, minute)
    return [(one.kind, one.active, one.since_s) for one in found + list(watch.ends())]


def test_a_zone_is_its_part_of_the_picture():
    mask = mask_of(Zone("left", LEFT))
    assert mask[:, :78].all()
    assert not mask[:, 82:].any()
    assert told(Zone("left", LEFT), [(1.0, moving(1.0, left=100))]) == []
    assert told(Zone("left", LEFT), [(1.0, moving(1.0, left=20))]) == [("motion", True, 1.0), ("motion", False, 1.0)]


def test_motion_ends_at_its_last_picture_once_it_was_quiet():
    seen = [(1.0, moving(1.0)), (1.2, moving(1.0)), (2.0, Moved()), (3.0, Moved()), (9.0, moving(9.0))]
    assert told(Zone("z", WHOLE), seen) == [
        ("motion", True, 1.0),
        ("motion", False, 1.2),
        ("motion", True, 9.0),
        ("motion", False, 9.0),
    ]


def test_an_intrusion_lasts_its_seconds():
    zone = Zone("z", WHOLE, "intrusion", seconds=2)
    assert told(zone, [(t / 5, moving(0.0)) for t in range(8)]) == []
    assert told(zone, [(t / 5, moving(0.0)) for t in range(14)])[0] == ("intrusion", True, 0.0)


def test_loitering_counts_who_stands_still_and_who_is_lost_for_a_moment():
    zone = Zone("z", WHOLE, "loitering", seconds=10)
    seen = [(float(t), stays(0.0) if t % 3 else moving(float(t))) for t in range(12) if t not in (5, 6)]
    assert told(zone, seen)[0] == ("loitering", True, 0.0)
    assert (
        told(zone, [(0.0, moving(0.0)), *((float(t), Moved()) for t in range(1, 9)), (9.0, moving(9.0)), (11.0, moving(9.0))])
        == []
    )


@pytest.mark.parametrize(
    ("hours", "minute", "is_in"),
    [
        ("", 0, True),
        ("08:00-18:00", 479, False),
        ("08:00-18:00", 480, True),
        ("08:00-18:00", 1080, False),
        ("22:00-06:00", 1320, True),
        ("22:00-06:00", 0, True),
        ("22:00-06:00", 360, False),
        ("18:00-24:00", 1439, True),
    ],
)
def test_hours_go_through_the_night(hours, minute, is_in):
    assert within(hours, minute) is is_in


def test_motion_in_the_hours_is_after_hours_and_plain_outside_of_them():
    zone = Zone("z", WHOLE, hours="22:00-06:00")
    assert told(zone, [(1.0, moving(1.0))], minute=0)[0] == ("after_hours", True, 1.0)
    assert told(zone, [(1.0, moving(1.0))], minute=720)[0] == ("motion", True, 1.0)
    assert told(Zone("z", WHOLE, "intrusion", 0, "22:00-06:00"), [(1.0, moving(1.0))], minute=720) == []


def test_a_stream_that_begins_anew_says_that_nothing_moves_where_that_is_an_alarm():
    zones = (Zone("plain", WHOLE), Zone("night", WHOLE, hours="22:00-06:00"), Zone("fence", WHOLE, "intrusion"))
    analyser = Analyser(Analysis(zones=zones))
    grey = np.full((360, 640), 90, np.uint8)
    analyser.anew()
    first = analyser.see(picture_of(0.0, grey, key=True))
    assert [(one.kind, one.zone, one.active) for one in first] == [("after_hours", "night", False), ("intrusion", "fence", False)]
    assert analyser.see(picture_of(0.2, grey, key=False))[0].kind == "dark"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"zones": [{"name": "a", "area": [[0, 0], [1, 1], [0.5, 0.5]]}]}, "has no area"),
        ({"zones": [{"name": "a", "area": [[0, 0], [1, 0], [2, 1]]}]}, "<= 1"),
        ({"zones": [{"name": "a", "area": WHOLE, "hours": "25:00-03:00"}]}, "regex"),
        ({"zones": [{"name": "a", "area": WHOLE}, {"name": "a", "area": LEFT}]}, "same name"),
        ({"time_zone": "Mars/Base"}, "write it like Asia/Shanghai"),
        ({"objects": {"model": "m.onnx", "labels": ["cat"]}}, "none of the wanted objects"),
        ({"sensitivity": 2}, "<= 1"),
    ],
)
def test_wrong_settings_are_refused_with_what_to_write(given, says):
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert(given, Analysis)
