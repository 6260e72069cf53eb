"""The demo estate's plan: everything stands somewhere on it, and of its drawings nothing has to be left out."""

import re
from pathlib import Path

from hub.estate import Estate, check_estate
from hub.estates.drawing import drawing_of
from watchkeeper.demo import estate, plan

DEPLOY = Path(__file__).parents[2] / "deploy"


def test_every_device_and_place_stands_on_a_floor(tmp_path):
    found = Estate.load(estate.write_estate(tmp_path))
    assert set(found.floors) == {plan.GROUND, plan.BASEMENT}
    assert all(row.at is not None and row.floor in found.floors for row in found.devices.values())
    assert all(row.at is not None and row.floor in found.floors for row in found.places.values())
    spots = [(row.floor, tuple(row.at or ())) for row in found.devices.values()]
    assert len(set(spots)) == len(spots)


def test_the_examples_drawing_is_clean_and_everything_of_the_example_stands_on_it():
    example = check_estate(DEPLOY / "estate.example.yaml").value
    assert example is not None
    drawings = [drawing_of((DEPLOY / floor.drawing).read_bytes()) for floor in example.floors if floor.drawing]
    assert [drawing.dropped for drawing in drawings] == [0]
    assert all(row.at for row in example.devices)


def test_the_drawings_are_clean_and_grey(tmp_path):
    for row in plan.write_drawings(tmp_path):
        drawing = drawing_of((tmp_path / row["drawing"]).read_bytes())
        assert (drawing.width, drawing.height, drawing.dropped) == (plan.WIDTH, plan.HEIGHT, 0)
        for colour in set(re.findall(rb"#([0-9A-F]{6})", drawing.data)):
            red, green, blue = bytes.fromhex(colour.decode())
            assert max(red, green, blue) - min(red, green, blue) <= 16, colour
