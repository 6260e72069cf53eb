"""Pictures in, plates out, with the real networks: drawn plates of each kind, streets without any, and photographs where the data
folder is there."""

from collections import Counter

import cv2
import numpy as np
import pytest

from drivers.plates import models
from drivers.plates.colour import colour_of
from drivers.plates.combine import CONFIDENT
from drivers.plates.find import MAX_PLATES, find
from drivers.plates.models import NoModels, path_of
from tests.support.plate_drawing import KINDS, LOOKS, plate, scene, street
from tests.support.plate_photos import reader
from watchkeeper.bench.plate import NoPlates, pictures

DRAWN = [(kind, look, texts[0]) for kind, (look, texts) in KINDS.items() if kind != "foreign"]


@pytest.mark.parametrize(("kind", "look", "text"), DRAWN, ids=[kind for kind, _, _ in DRAWN])
def test_a_drawn_plate_of_each_chinese_kind_is_found_and_read(kind, look, text):
    read = reader().read(scene(text, LOOKS[look], seed=1, wide=200), sides=(640, 960, 1280))[0]
    assert read.text == text
    assert read.colour == LOOKS[look].colour
    left, top, wide, high = read.box
    assert 300 < left < 800
    assert 350 < top < 560
    assert 140 < wide < 280
    assert 30 < high < 160


def test_a_foreign_plate_is_never_sure():
    cut = cv2.resize(plate("7KDR294", LOOKS["foreign"]), (260, 56), interpolation=cv2.INTER_AREA)
    read = reader().read(cut)[0]
    assert read.doubt
    assert read.confidence < CONFIDENT


@pytest.mark.parametrize("seed", range(6))
def test_a_street_has_no_plate(seed):
    assert reader().read(street(seed), sides=(640, 960)) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 900, 3), (900, 3, 3), (24, 94, 3), (360, 640, 3)])
def test_a_picture_of_any_shape_with_nothing_in_it_has_no_plate(shape):
    for picture in (np.zeros(shape, np.uint8), np.random.default_rng(1).integers(0, 255, shape, dtype=np.uint8)):
        assert [one for one in reader().read(picture) if one.text and not one.doubt] == []


def test_a_plate_that_somebody_cut_out_is_read():
    cut = cv2.resize(plate("粤B7D91Q", LOOKS["blue"]), (132, 42), interpolation=cv2.INTER_AREA)
    read = reader().read(cut)[0]
    assert (read.text, read.box) == ("粤B7D91Q", (0, 0, 132, 42))


def test_of_two_plates_both_are_read_and_no_more_than_a_few_are_looked_at():
    picture = scene("粤B7D91Q", LOOKS["blue"], seed=1, wide=180)
    picture[:, 640:] = scene("沪D92W61", LOOKS["blue"], seed=1, wide=180)[:, 240:880]
    picture[:, :640] = scene("粤B7D91Q", LOOKS["blue"], seed=1, wide=180)[:, 240:880]
    assert {one.text for one in reader().read(picture)} == {"粤B7D91Q", "沪D92W61"}
    crowded = cv2.resize(np.tile(picture[300:620], (2, 3, 1)), (1280, 720))
    assert len(find(models.load().detector, crowded)) <= MAX_PLATES


@pytest.mark.parametrize("look", [look for look in LOOKS.values() if look.colour])
def test_the_ground_gives_the_colour(look):
    warm = np.clip(cv2.resize(plate("京A8K2M6", look), (80, 24)) * np.array([0.9, 0.96, 1.0]), 0, 255).astype(np.uint8)
    assert colour_of(warm) == look.colour


def test_a_grey_picture_has_no_colour():
    grey = cv2.cvtColor(plate("京A8K2M6", LOOKS["blue"]), cv2.COLOR_BGR2GRAY)
    assert colour_of(cv2.merge([grey, grey, grey])) == ""


def test_weights_that_are_not_installed_are_told_with_what_to_do():
    with pytest.raises(NoModels, match=r"no_such_package.*requirements-models.lock"):
        path_of("no_such_package", "model.onnx")


def test_the_photographs_are_read_as_well_as_promised():
    try:
        photos = list(pictures(1.0))
    except NoPlates as error:
        pytest.skip(str(error))
    count: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    but_province: Counter[str] = Counter()
    wrong = []
    for photo in photos:
        reads = reader().read(photo.picture)
        text = reads[0].text if reads else ""
        count[photo.folder] += 1
        exact[photo.folder] += text == photo.plate
        but_province[photo.folder] += text[1:] == photo.plate[1:]
        if text != photo.plate and reads and not reads[0].doubt:
            wrong.append((photo.plate, text))
    assert wrong == []
    assert exact["easypr"] >= 0.95 * count["easypr"]
    assert but_province["easypr"] >= 0.97 * count["easypr"]
    assert exact["ccpd"] == count["ccpd"]
    assert exact["lprnet_crops"] == count["lprnet_crops"]
