"""`watchkeeper plate read`: a line for each picture, whatever the others are."""

import json

import cv2
import numpy as np
from click.testing import CliRunner

from tests.support.plate_drawing import LOOKS, scene, street
from watchkeeper.cli import main

KEYS = ["image", "plate", "colour", "confidence", "box"]


def save(path, picture):
    path.write_bytes(cv2.imencode(path.suffix, picture)[1].tobytes())
    return str(path)


def run(*arguments):
    result = CliRunner().invoke(main, ["plate", "read", *arguments])
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def test_a_plate_and_a_street_without_one_are_a_line_each(tmp_path):
    car = save(tmp_path / "车.jpg", scene("粤B7D91Q", LOOKS["blue"], 1, wide=180))
    nothing = save(tmp_path / "street.png", street(2))
    result, lines = run(car, nothing)
    assert result.exit_code == 0, result.output
    assert [list(line) for line in lines] == [KEYS, KEYS]
    assert (lines[0]["image"], lines[0]["plate"], lines[0]["colour"]) == (car, "粤B7D91Q", "blue")
    assert lines[0]["confidence"] >= 0.6
    assert len(lines[0]["box"]) == 4
    assert lines[1] == {"image": nothing, "plate": None, "colour": None, "confidence": 0.0, "box": None}


def test_a_file_that_is_missing_or_no_picture_fails_and_the_others_are_read(tmp_path):
    text, hollow = tmp_path / "text.jpg", tmp_path / "hollow.jpg"
    text.write_text("no picture")
    hollow.write_bytes(b"")
    street_file = save(tmp_path / "street.png", street(3))
    result, lines = run(str(tmp_path / "gone.jpg"), str(text), str(hollow), str(tmp_path), street_file)
    assert result.exit_code == 1
    assert [line["image"] for line in lines] == [street_file]
    told = result.stderr.splitlines()
    assert len(told) == 4
    assert "gone.jpg: there is no such file" in told[0]
    assert all("give a" in line for line in told[1:])


def test_a_cut_off_picture_never_raises(tmp_path):
    whole = cv2.imencode(".png", np.zeros((40, 60, 3), np.uint8))[1].tobytes()
    for n in range(0, len(whole), 7):
        (tmp_path / "cut.png").write_bytes(whole[:n])
        result, _ = run(str(tmp_path / "cut.png"))
        assert result.exit_code in {0, 1}
        assert result.exception is None or isinstance(result.exception, SystemExit)
