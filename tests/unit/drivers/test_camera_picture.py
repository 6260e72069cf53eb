import numpy as np
import pytest

from drivers.analysis.looks import State, difference, judge
from drivers.analysis.small import HEIGHT, WIDTH, Luma, Picture
from drivers.analysis.told import Told
from drivers.rtsp_camera.settings import Options

RNG = np.random.default_rng(7)


def noisy(mean: float, noise: float = 2.0) -> Luma:
    return np.clip(RNG.normal(mean, noise, (HEIGHT, WIDTH)), 0, 255).astype(np.uint8)


def scene() -> Luma:
    return np.tile(np.linspace(30, 220, WIDTH), (HEIGHT, 1)).astype(np.uint8)


def told(pictures: list[Luma], *, step_s: float = 1.0, keys: int = 1, options: Options = Options()) -> list[Told]:  # noqa: B008
    state = State()
    found: list[Told] = []
    for n, luma in enumerate(pictures):
        state, changes = judge(state, Picture(n * step_s, luma, n % keys == 0), options)
        found += changes
    return found


def kinds(told_of: list[Told]) -> list[tuple[str, bool]]:
    return [(one.kind, one.active) for one in told_of]


def test_a_lively_bright_picture_is_told_once_to_be_neither_dark_nor_frozen():
    assert kinds(told([noisy(120) for _ in range(20)])) == [("dark", False), ("frozen", False)]


def test_dark_is_told_when_it_begins_and_when_it_ends_and_with_its_luma():
    found = told([noisy(120), noisy(120)] + [noisy(5) for _ in range(6)] + [noisy(120) for _ in range(4)])
    dark = [one for one in found if one.kind == "dark"]
    assert [one.active for one in dark] == [False, True, False]
    assert dark[1].mean_luma == pytest.approx(5, abs=1)


def test_one_dark_picture_between_bright_ones_says_nothing():
    pictures = [noisy(120) for _ in range(9)]
    pictures[5] = noisy(3)
    assert ("dark", True) not in kinds(told(pictures))


def test_a_picture_around_the_threshold_does_not_flap():
    found = told([noisy(19 if n % 4 < 2 else 22) for n in range(40)])
    assert [kind for kind in kinds(found) if kind[0] == "dark"] == [("dark", True)]


def test_a_night_with_a_lamp_is_not_dark():
    lamp = noisy(4)
    lamp[20:40, 50:80] = 230
    assert ("dark", True) not in kinds(told([lamp] * 4))


def test_the_same_picture_for_long_enough_is_frozen_and_a_change_ends_it():
    found = told([noisy(120), *[scene()] * 8, noisy(120)])
    assert [kind for kind in kinds(found) if kind[0] == "frozen"] == [
        ("frozen", False),
        ("frozen", True),
        ("frozen", False),
    ]


def test_the_same_picture_for_a_shorter_time_is_not_frozen():
    assert ("frozen", True) not in kinds(told([*[scene()] * 5, noisy(100), *[scene()] * 5]))


def test_a_clock_drawn_by_the_camera_does_not_hide_a_frozen_sensor():
    pictures = []
    for n in range(9):
        pictures.append(scene())
        pictures[-1][80:86, 4:30] = 255 if n % 2 else 0
    assert ("frozen", True) in kinds(told(pictures))


def test_pictures_between_two_key_pictures_are_no_proof_of_a_frozen_sensor():
    assert ("frozen", True) not in kinds(told([scene()] * 19, keys=20))
    assert ("frozen", True) in kinds(told([scene()] * 22, keys=20))


def test_a_slow_drift_is_not_frozen():
    drift = [np.full((HEIGHT, WIDTH), 60, np.uint8) for _ in range(40)]
    for n, luma in enumerate(drift):
        luma.ravel()[: n * 300] += 1
    assert ("frozen", True) not in kinds(told(drift))


def test_a_black_picture_is_dark_and_not_also_frozen():
    black = np.zeros((HEIGHT, WIDTH), np.uint8)
    assert kinds(told([noisy(120), *[black] * 20])) == [("frozen", False), ("dark", True)]


def test_time_that_goes_backwards_begins_anew():
    state = State()
    for at_s in (100.0, 101.0, 0.0, 1.0, 2.0):
        state, changes = judge(state, Picture(at_s, scene(), key=True), Options())
        assert ("frozen", True) not in kinds(list(changes))


def test_the_difference_leaves_out_the_few_places_that_differ_most():
    other = scene()
    other.ravel()[:100] = 0
    assert difference(scene(), other) == 0
    assert difference(scene(), scene() + np.uint8(3)) == 3
