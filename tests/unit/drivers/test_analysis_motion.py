"""What moves is told from its first picture to its last, and what only shines, rains or rustles is not."""

import numpy as np
import pytest

from drivers.analysis.analyser import Analyser
from drivers.analysis.motion import Motion
from drivers.analysis.settings import Analysis
from drivers.analysis.small import picture_of, tone_curve
from tests.bench.camera_clips import Mover, Scene, drawn
from tests.support import camera_views as views

CAR = Mover(8.0, 13.0, (-0.1, 0.65, 1.1, 0.65), (0.15, 0.14))
WALKER = Mover(8.0, 16.0, (0.2, 0.6, 0.6, 0.62), (0.025, 0.09), 30)


def spans(pictures, options=Analysis(), view=None):  # noqa: B008
    """The spans of motion as the analysis tells them."""
    analyser = Analyser(options, quiet_s=1.2)
    began: float | None = None
    found: list[tuple] = []
    for at_s, grey in pictures:
        for one in analyser.see(picture_of(at_s, grey if view is None else view(grey, at_s), key=True)):
            if one.kind == "motion":
                began, found = (one.since_s, found) if one.active else (None, [*found, (began, one.since_s)])
    found += [(began, one.since_s) for one in analyser.ends()]
    return [(round(begin, 2), round(end, 2)) for begin, end in found]


@pytest.mark.parametrize("fps", [1, 2, 5, 15])
@pytest.mark.parametrize("mover", [CAR, WALKER])
def test_a_mover_is_told_from_its_first_picture_to_its_last(mover, fps):
    found = spans(drawn(Scene(fps=fps, seconds=22, movers=(mover,))))
    assert len(found) == 1
    begin, end = found[0]
    assert begin == pytest.approx(mover.start_s, abs=max(1.2 / fps, 0.7))
    assert end == pytest.approx(mover.end_s, abs=max(1.2 / fps, 0.7))


def test_a_cold_start_is_calibrated_within_five_seconds_and_tells_nothing_false():
    for fps in (0.5, 1, 5):
        motion, calibrated_s = Motion(), None
        for at_s, grey in drawn(Scene(fps=fps, seconds=12)):
            moved = motion.see(at_s, picture_of(at_s, grey, key=True).luma)
            assert moved.moving is None
            if motion.calibrated and calibrated_s is None:
                calibrated_s = at_s
        assert calibrated_s is not None
        assert calibrated_s <= 5


def test_a_mover_that_is_there_at_the_start_is_told_and_what_it_uncovers_is_not():
    car = Mover(-2.0, 4.0, (0.1, 0.65, 0.9, 0.65), (0.15, 0.14))
    found = spans(drawn(Scene(seconds=40, movers=(car,))))
    assert len(found) == 1
    assert found[0][0] <= 1.0
    assert found[0][1] == pytest.approx(4.0, abs=0.5)


def test_what_came_and_stays_moves_until_it_stands():
    arrives = Mover(6.0, 10.0, (-0.1, 0.65, 0.5, 0.65), (0.15, 0.14))
    stands = Mover(10.0, 60.0, (0.5, 0.65, 0.5, 0.65), (0.15, 0.14))
    found = spans(drawn(Scene(seconds=30, movers=(arrives, stands))))
    assert len(found) == 1
    assert found[0][1] == pytest.approx(10.0, abs=0.6)


@pytest.mark.parametrize("view", [views.noisy(10), views.raining, views.infrared], ids=["noise", "rain", "infrared"])
def test_a_car_is_told_at_night_and_in_rain(view):
    found = spans(drawn(Scene(seconds=20, movers=(CAR,))), view=view)
    assert len(found) == 1
    assert found[0] == pytest.approx((8.0, 13.0), abs=1.0)


def test_a_brightness_that_swings_all_the_time_is_no_motion():
    assert spans(drawn(Scene(seconds=30)), view=lambda grey, at_s: views.lit(1 + 0.4 * np.sin(at_s))(grey, at_s)) == []


def test_a_lamp_that_lights_a_part_is_no_motion():
    def lamp(grey, at_s):
        lit = grey.astype(np.float32)
        if int(at_s) % 6 > 2:
            lit[:, : grey.shape[1] // 3] *= 1.5
        return np.clip(lit, 0, 255).astype(np.uint8)

    assert spans(drawn(Scene(seconds=30)), view=lamp) == []


def test_nothing_below_the_sensitivity_is_told():
    faint = WALKER._replace(size=(0.012, 0.03))
    assert spans(drawn(Scene(seconds=20, movers=(faint,))), Analysis(sensitivity=0.0)) == []
    assert spans(drawn(Scene(seconds=20, movers=(faint,))), Analysis(sensitivity=1.0))


def test_times_may_step_back():
    motion = Motion()
    for at_s in (100.0, 100.2, 5.0, 5.2):
        assert motion.see(at_s, np.full((90, 160), 90, np.uint8)).moving is None


def test_a_tone_curve_leads_from_one_brightness_to_another():
    before = np.tile(np.linspace(20, 220, 160), (90, 1)).astype(np.uint8)
    after = np.clip(before * 0.5 + 30, 0, 255).astype(np.uint8)
    curve = tone_curve(before, after)
    assert abs(curve[before].astype(int) - after).max() <= 9
    assert (np.diff(curve.astype(int)) >= 0).all()


CARS = {"car-detection.mp4": [(4.9, 8.6), (14.0, 19.0), (25.2, 27.8)], "bgs_video.avi": [(2.0, 8.7), (9.9, 12.0)]}
"""When cars are in the picture, by eye."""


@pytest.mark.parametrize("name", CARS)
def test_a_real_films_cars_are_told_in_their_windows(name):
    if not (views.VIDEOS / name).is_file():
        pytest.skip(f"{name}: the videos are not here")
    found = spans(views.pictures_of(views.VIDEOS / name))
    assert len(found) == len(CARS[name])
    for (begin, end), (comes, goes) in zip(found, CARS[name], strict=True):
        assert begin == pytest.approx(comes, abs=0.7)
        assert end == pytest.approx(goes, abs=0.7)
