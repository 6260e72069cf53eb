"""Parts of panels and quantities in words."""

import re
from pathlib import Path

import pytest

from hub.cases.parts import part, quantity

DRIVERS = Path(__file__).resolve().parents[3] / "drivers"
LABEL = re.compile(r'"([^"\n\x00-\x7f]+) ([a-z][a-z ]*)"')


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("主电 mains", "主电", "mains"),
        ("无线电池 transmitter battery", "无线电池", "transmitter battery"),
        ("1-1-2-7 2号楼电梯厅 故障 fault", "1-1-2-7 2号楼电梯厅 故障", "1-1-2-7 2号楼电梯厅 fault"),
        ("12", "12号防区", "zone 12"),
        ("fire-hall", "fire-hall", "fire-hall"),
        ("大堂", "大堂", "大堂"),
    ],
)
def test_a_part_is_told_in_one_language(name, zh, en):
    assert (part(name, "zh"), part(name, "en")) == (zh, en)


def test_every_part_that_a_driver_names_in_two_languages_is_told_in_one():
    labels = {f"{zh} {en}": (zh, en) for file in DRIVERS.rglob("*.py") for zh, en in LABEL.findall(file.read_text("utf-8"))}
    assert len(labels) > 10
    for label, (zh, en) in labels.items():
        assert (part(label, "zh"), part(label, "en")) == (zh, en)


def test_a_quantity_without_a_word_is_told_by_its_name():
    assert (quantity("water_pressure", "zh"), quantity("flux", "zh")) == ("水压", "flux")
