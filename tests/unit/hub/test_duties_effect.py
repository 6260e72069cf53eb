"""Which window a scan is said to keep, or why it keeps none."""

import pytest

from hub.duties.effect import Effect, effect_of
from hub.duties.types import Scan, Window


def window(name: str, duty: str = "patrol", ends_us: int = 100, evidence: str | None = None) -> Window:
    return Window(name, duty, "north", "gate", 0, ends_us, ends_us, 1, evidence=evidence)


SCAN = Scan("phone-1", "k", "gate", 10, 10)
MINE, OTHER = "phone-1|k", "phone-2|x"


@pytest.mark.parametrize(
    ("scan", "windows", "why_not", "found"),
    [
        (SCAN, [], {}, Effect(why="no_window_open")),
        (SCAN, [window("b", ends_us=90, evidence=MINE), window("a", "b", evidence=MINE)], {}, Effect("b")),
        (SCAN, [window("a", evidence=OTHER)], {}, Effect(why="not_needed")),
        (SCAN, [window("a")], {"a": "other_post"}, Effect(why="other_post")),
        (SCAN, [window("a"), window("b", "box")], {"a": "two_places", "b": "no_report"}, Effect(why="two_places")),
        (SCAN, [window("a"), window("b", "box")], {"a": "no_report", "b": "other_source"}, Effect(why="no_report")),
        (SCAN, [window("a", evidence=OTHER), window("b", "box")], {"b": "other_post"}, Effect(why="not_needed")),
    ],
)
def test_what_a_scan_does_is_told_by_its_window_or_by_what_speaks_against_it_where_it_was_meant_to_count(
    scan, windows, why_not, found
):
    assert effect_of(scan, windows, lambda one: why_not.get(one.window_id)) == found


def test_an_answer_is_told_of_its_own_duty_alone():
    answer = Scan("hub", "k", "gate", 10, 10, duty="post")
    assert effect_of(answer, [window("a")], lambda _: None) == Effect(why="no_window_open")


def test_what_names_no_place_or_can_never_count_says_so_before_anything_else():
    unknown = Scan("phone-1", "k", "", 10, 10, flags=("revoked_tag",))
    assert effect_of(unknown, [], lambda _: None) == Effect(why="revoked_tag")
    late = Scan("phone-1", "k", "gate", 10, 10, flags=("weak_medium", "too_late"))
    assert effect_of(late, [], lambda _: None) == Effect(why="too_late")
