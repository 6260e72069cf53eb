"""People and vehicles by the user's model: what its output means, when it is asked, and what is told."""

import numpy as np
import pytest

from drivers.analysis.objects import BadModel, Found, ObjectWatch, check_file, load, read
from drivers.analysis.settings import Objects, Zone
from tests.support.tiny_onnx import says

LABELS = ("person", "car", "cat")
BOX = (10.0, 20.0, 30.0, 60.0)
MOVING = np.full((90, 160), 255, np.uint8)
PICTURE = np.full((64, 64, 3), 90, np.uint8)


def eight(rows):
    """As YOLOv8 says it: middle, size and a score for each class, a column an object."""
    made = [[(x + r) / 2, (y + b) / 2, r - x, b - y, *scores] for (x, y, r, b), scores in rows]
    return np.array(made, np.float32).T[None]


def five(rows):
    made = [[(x + r) / 2, (y + b) / 2, r - x, b - y, 0.9, *scores] for (x, y, r, b), scores in rows]
    return np.array(made, np.float32)[None]


def six(rows):
    return np.array([[*box, max(scores), int(np.argmax(scores))] for box, scores in rows], np.float32)[None]


def objects(tmp_path, values, **more):
    path = tmp_path / "model.onnx"
    path.write_bytes(says(values, **more))
    return Objects(str(path), LABELS)


@pytest.mark.parametrize("form", [eight, five, six])
def test_three_forms_of_output_are_understood(form):
    rows = [(BOX, (0.1, 0.8, 0.0)), ((11.0, 20.0, 31.0, 61.0), (0.0, 0.7, 0.0)), ((0.0, 0.0, 9.0, 9.0), (0.2, 0.1, 0.1))]
    found = read(form(rows), LABELS, 0.4, (64, 64))
    assert [one.label for one in found] == ["car"]
    assert found[0].score == pytest.approx(0.8, abs=0.1)
    assert found[0].box == pytest.approx((10 / 64, 20 / 64, 30 / 64, 60 / 64), abs=0.01)


@pytest.mark.parametrize("form", [eight, five, six])
@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_what_a_model_says_to_be_nowhere_is_left_out_and_the_rest_is_found(form, odd):
    rows = [((odd, 20.0, 30.0, 60.0), (0.0, 0.0, 0.9)), (BOX, (0.1, 0.8, 0.0)), (BOX, (odd, 0.1, 0.1))]
    found = read(form(rows), LABELS, 0.4, (64, 64))
    assert "cat" not in [one.label for one in found]
    assert "car" in [one.label for one in found]
    said = form(rows)
    if form is six:
        said[0, 1, 5] = np.nan
        read(said, LABELS, 0.4, (64, 64))


def test_another_form_is_refused_with_what_to_do():
    with pytest.raises(BadModel, match=r"not one of 3 classes"):
        read(np.zeros((1, 9, 10)), LABELS, 0.5, (64, 64))
    with pytest.raises(BadModel, match=r"docs/installer\.md"):
        read(np.zeros((10, 6)), LABELS, 0.5, (64, 64))


def test_a_real_model_is_loaded_and_asked(tmp_path):
    find = load(objects(tmp_path, eight([(BOX, (0.9, 0.0, 0.0)), ((40.0, 0.0, 60.0, 20.0), (0.0, 0.0, 0.9))])))
    found = find(np.full((128, 128, 3), 90, np.uint8))
    assert [one.label for one in found] == ["person"], "a cat is not among what is wanted"
    assert found[0].box == pytest.approx((10 / 64, 20 / 64, 30 / 64, 60 / 64), abs=0.01)


@pytest.mark.parametrize(("data", "wrong"), [(b"junk", "can be loaded"), (says(np.zeros((1, 7, 2)), channels=1), "export it")])
def test_a_model_that_cannot_be_used_says_what_to_do(tmp_path, data, wrong):
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    with pytest.raises(BadModel, match=wrong):
        load(Objects(str(path), LABELS))


def test_a_file_that_is_not_there_is_told_before_the_camera_is_started(tmp_path):
    with pytest.raises(ValueError, match="copy the ONNX model there"):
        check_file(Objects(str(tmp_path / "none.onnx"), LABELS))


def test_it_is_asked_only_while_something_moves_and_not_too_often(tmp_path):
    asked: list[float] = []
    watch = ObjectWatch(Objects("m", LABELS, every_s=1.0), lambda _picture: [], ())
    for n in range(20):

        def picture(at_s: float = n / 5):
            asked.append(at_s)
            return PICTURE

        watch.look(n / 5, MOVING if n >= 5 else None, picture)
    assert asked == [1.0, 2.0, 3.0]


def test_an_object_is_told_once_in_its_zone_and_when_it_is_gone():
    person = Found("person", 0.9, (0.2, 0.2, 0.4, 0.8))
    seen = [person]
    left = Zone("left", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
    right = Zone("right", ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)))
    watch = ObjectWatch(Objects("m", LABELS), lambda _picture: list(seen), (left, right))
    told = [one for n in range(4) for one in watch.look(float(n), MOVING, lambda: PICTURE)]
    assert [(one.label, one.zone, one.track, one.ended) for one in told] == [("person", "left", "1", False)]
    seen.clear()
    told = [one for n in range(4, 12) for one in watch.look(float(n), MOVING, lambda: PICTURE)]
    assert [(one.label, one.zone, one.track, one.ended) for one in told] == [("person", "left", "1", True)]


def test_a_parked_car_is_not_told():
    watch = ObjectWatch(Objects("m", LABELS), lambda _picture: [Found("car", 0.9, (0.6, 0.6, 0.9, 0.9))], ())
    elsewhere = MOVING.copy()
    elsewhere[45:, 80:] = 0
    assert watch.look(0.0, elsewhere, lambda: PICTURE) == []
