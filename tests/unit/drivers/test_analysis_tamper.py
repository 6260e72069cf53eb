"""The view is tampered with, or only looks otherwise: on drawn scenes, and on real films where they are there."""

import functools

import pytest

from drivers.analysis.analyser import Analyser
from drivers.analysis.settings import Analysis
from drivers.analysis.small import picture_of
from drivers.analysis.tamper import Tamper
from tests.bench.camera_clips import Scene, drawn
from tests.support import camera_views as views

BEGIN_S, END_S = 8.0, 18.0
WHOLE_S = 25.0

TAMPERED = {
    "defocused_a_little": (views.blurred(4.5), {"defocused"}),
    "defocused": (views.blurred(8), {"defocused"}),
    "moved_a_little": (views.shifted(0.05, 0.0), {"moved"}),
    "moved": (views.shifted(0.15, 0.06), {"moved"}),
    "turned": (views.turned(4), {"moved"}),
    "turned_far": (views.turned(20, 1.1), {"moved"}),
    "covered_in_part": (views.covered(0.6, 40), {"occluded"}),
    "covered_with_cloth": (views.covered(0.8, 128, folds=20), {"occluded"}),
    "covered": (views.covered(1.0, 70), {"occluded"}),
    "covered_with_folds": (views.covered(1.0, 120, folds=40), {"occluded"}),
    "torch": (views.torch, {"blinded"}),
    "white": (views.lit(0.1, 230), {"blinded"}),
    "black": (views.lit(0.02, 2), {"dark"}),
}
FINE = {
    "as_it_was": lambda grey, _: grey,
    "brighter": views.lit(1.3, 10),
    "darker": views.lit(0.5),
    "lighter": views.lit(1.0, 40),
    "gamma_up": views.gamma(0.5),
    "gamma_down": views.gamma(2.0),
    "night_noise": views.noisy(8),
    "much_noise": views.noisy(15),
    "infrared": views.infrared,
    "rain": views.raining,
}
FILMS = ("car-detection.mp4", "bgs_video03.avi")


@functools.cache
def scene(seed):
    return list(drawn(Scene(seconds=WHOLE_S, seed=seed)))


@functools.cache
def film(name):
    if not (views.VIDEOS / name).is_file():
        pytest.skip(f"{name}: the videos are not here")
    return list(views.pictures_of(views.VIDEOS / name))


def told(pictures, view):
    """Each tampering as kind, begin and end, and each motion as begin and end."""
    analyser = Analyser(Analysis(), tamper_s=0.5, quiet_s=1.2)
    began: dict[str, float] = {}
    tampered: list[tuple] = []
    moved: list[tuple] = []
    changed = views.between(BEGIN_S, END_S, view)
    for number, (at_s, grey) in enumerate(pictures):
        for one in analyser.see(picture_of(at_s, changed(grey, at_s), key=number % 10 == 0)):
            if one.active:
                began[one.kind] = one.since_s
            elif one.kind in began:
                (moved if one.kind == "motion" else tampered).append((one.kind, began.pop(one.kind), one.since_s))
    tampered += [(kind, since_s, None) for kind, since_s in began.items() if kind != "motion"]
    return tampered, moved


@pytest.mark.parametrize("seed", [1, 5, 7])
@pytest.mark.parametrize("name", TAMPERED)
def test_a_view_that_was_tampered_with_is_told_with_its_kind_and_times(name, seed):
    view, kinds = TAMPERED[name]
    tampered, _ = told(scene(seed), view)
    assert {kind for kind, _, _ in tampered} == kinds
    assert len(tampered) == 1
    _, began_s, ended_s = tampered[0]
    assert BEGIN_S <= began_s <= BEGIN_S + 2.6
    assert ended_s == pytest.approx(END_S, abs=0.7)


@pytest.mark.parametrize("seed", [1, 5, 7])
@pytest.mark.parametrize("name", FINE)
def test_light_noise_and_weather_are_neither_tampering_nor_motion(name, seed):
    assert told(scene(seed), FINE[name]) == ([], [])


@pytest.mark.parametrize("name", FINE)
@pytest.mark.parametrize("clip", FILMS)
def test_light_noise_and_weather_over_a_real_film_are_no_tampering(clip, name):
    assert told(film(clip), FINE[name])[0] == []


@pytest.mark.parametrize("name", ["defocused", "moved", "covered_in_part", "covered_with_cloth", "covered", "torch", "white"])
@pytest.mark.parametrize("clip", FILMS)
def test_tampering_over_a_real_film_is_told(clip, name):
    view, kinds = TAMPERED[name]
    tampered, _ = told(film(clip), view)
    assert {kind for kind, _, _ in tampered} == kinds
    assert BEGIN_S <= tampered[0][1] <= BEGIN_S + 4


def test_a_sensor_that_hangs_is_frozen_from_its_last_picture_on():
    pictures = scene(2)
    still = next(grey for at_s, grey in pictures if at_s >= BEGIN_S)
    tampered, _ = told(pictures, lambda _grey, _at_s: still)
    assert [kind for kind, _, _ in tampered] == ["frozen"]
    assert tampered[0][1:] == pytest.approx((BEGIN_S, END_S), abs=0.3)


def test_a_mast_that_sways_has_not_moved():
    def swaying(grey, at_s):
        return views.shifted(0.012 if int(at_s) % 2 else -0.006, 0.0)(grey, at_s)

    assert told(scene(3), swaying)[0] == []


def test_a_cover_for_a_second_is_no_tampering():
    assert told(scene(4), views.between(10, 11, views.covered(0.9, 60)))[0] == []


def test_how_the_view_was_is_known_across_a_stream_that_was_lost():
    tamper = Tamper()
    shifted = views.shifted(0.2, 0.1)
    changes = []
    for at_s, grey in scene(6):
        if at_s == 12.0:
            tamper.anew()
        seen = shifted(grey, at_s) if at_s >= BEGIN_S else grey
        fine = picture_of(at_s, seen, key=True).fine
        assert fine is not None
        changes += [(at_s, *one) for one in tamper.see(at_s, fine)]
    moved = [(at_s, active) for at_s, kind, active, _ in changes if kind == "moved"]
    assert [active for _, active in moved] == [False, True, True]
    assert moved[2][0] == 12.0
