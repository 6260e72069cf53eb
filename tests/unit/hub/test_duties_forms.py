"""What a report must hold."""

import msgspec
import pytest

from hub.duties.forms import check
from hub.duties.types import Duty

LETTERS = Duty(
    "letters", "CMD-4", "来信", "letters", "report", (),
    requires=("slips_counted", "complaints_registered"), equal=(("slips_counted", "complaints_registered"),),
)  # fmt: skip


@pytest.mark.parametrize("pair", [(3, 3), (0, 0), ("3", 3), (" ３ ", "3.0"), (3, 3.0), ("甲", "甲")])
def test_a_report_that_has_what_is_asked_is_good(pair):
    assert check(LETTERS, dict(zip(LETTERS.requires, pair, strict=True))) is None


@pytest.mark.parametrize("pair", [(3, 4), ("3", "三"), (1, True), ("nan", "NaN "), (0, False)])
def test_two_fields_that_must_be_equal_and_are_not_are_named_with_what_they_say(pair):
    found = check(LETTERS, dict(zip(LETTERS.requires, pair, strict=True)))
    assert found is not None
    assert found.reason == "fields_differ"
    assert f"slips_counted = {pair[0]}" in found.message


def test_a_field_of_the_policies_that_ship_is_called_in_chinese_too():
    record = msgspec.structs.replace(LETTERS, requires=("summary", "unusual"), equal=())
    found = check(record, {})
    assert found is not None
    assert found.message == "请填写“值班情况”、“异常情况” / give summary, unusual"


@pytest.mark.parametrize("fields", [{}, {"slips_counted": 3}, {"slips_counted": 3, "complaints_registered": " "}])
def test_a_field_that_is_required_and_not_given_is_named(fields):
    found = check(LETTERS, fields)
    assert found is not None
    assert found.reason == "field_missing"
    assert "complaints_registered" in found.message
    assert ("slips_counted" in found.message) == ("slips_counted" not in fields)
