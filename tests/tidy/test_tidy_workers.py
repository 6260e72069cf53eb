"""Tests that share something dear are on one worker."""

import re
from pathlib import Path

import pytest

from tests.support.workers import group_of

ROOT = Path(__file__).resolve().parents[2]
MARK = re.compile(r"mark\.xdist_group\(\"([a-z-]+)\"\)")
MARKED = [
    (path.relative_to(ROOT).as_posix(), group)
    for path in sorted((ROOT / "tests").rglob("test_*.py"))
    for group in MARK.findall(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("path", "group"), MARKED)
def test_a_group_that_a_test_names_is_in_the_table(path, group):
    assert group_of(f"{path}::test_anything") == group


def test_a_module_of_browser_tests_is_a_group_and_other_tests_are_alone():
    assert group_of("tests/browser/test_a.py::test_1") == group_of("tests/browser/test_a.py::test_2[zh]")
    assert group_of("tests/browser/test_a.py::test_1") != group_of("tests/browser/test_b.py::test_1")
    assert group_of("tests/unit/test_a.py::test_1") != group_of("tests/unit/test_a.py::test_2")
