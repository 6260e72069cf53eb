"""Figures: exact, never an average, and no data is never good."""

from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from hub.duties.localtime import day_us
from hub.reports.figures import Counts, LaneTimes, compliance, in_words, percent, unvisited

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 1, 2)
NOON_US = day_us(ZONE, DAY) + 12 * 3_600_000_000


def hours(count):
    return NOON_US - count * 3_600_000_000


def lane(place, *, duty="patrol", ended_s=0, last_us=None, planned=True):
    return LaneTimes(duty, place, ended_s, DAY, last_us, planned)


def test_the_rate_is_exact_and_what_was_kept_after_all_is_kept():
    assert Counts(3, 1, 0, 1, 1).rate == Fraction(2, 3)
    assert Counts().rate is None, "nothing was due: that is not 100 %"


def test_a_percentage_is_cut_off_so_that_only_all_is_a_hundred():
    assert percent(Fraction(99_999, 100_000)) == "99.9"
    assert percent(Fraction(1)) == "100.0"
    assert percent(Fraction(2, 3)) == "66.6"
    assert percent(None) == "–"


def test_the_worst_comes_first_and_before_it_what_has_no_data():
    found = [("b", Counts(4, 4, 0, 0, 0)), ("a", Counts(4, 1, 3, 0, 0)), ("b", Counts(4, 2, 2, 0, 0))]
    rows = compliance(found, "place", ["a", "never-due"])
    assert [row.key for row in rows] == ["never-due", "a", "b"]
    assert rows[2].counts == Counts(8, 6, 2, 0, 0)


def test_hours_come_by_the_clock():
    found = [("09", Counts(1, 1, 0, 0, 0)), ("02", Counts(1, 0, 1, 0, 0))]
    assert [row.key for row in compliance(found, "hour")] == ["02", "09"]
    assert [row.key for row in compliance(found[::-1], "person")] == ["02", "09"]


def test_the_time_that_still_goes_on_counts_up_to_now():
    short_ended, long_ended = lane("a", ended_s=3_600, last_us=hours(5)), lane("b", ended_s=4 * 3_600, last_us=hours(1))
    rows = unvisited([long_ended, short_ended], ZONE, NOON_US)
    assert [(row.place, row.longest_s, row.ended_s, row.ongoing_s) for row in rows] == [
        ("a", 18_000, 3_600, 18_000), ("b", 14_400, 14_400, 3_600)
    ]  # fmt: skip


def test_a_place_that_nobody_ever_visited_counts_from_when_it_was_first_due():
    (row,) = unvisited([lane("a")], ZONE, NOON_US)
    assert (row.longest_s, row.ended_s, row.at_least) == (12 * 3_600, None, True)


def test_a_place_that_is_no_checkpoint_any_more_does_not_go_on():
    (row,) = unvisited([lane("a", ended_s=60, last_us=hours(500), planned=False)], ZONE, NOON_US)
    assert (row.longest_s, row.ongoing_s, row.at_least) == (60, None, False)


def test_duties_that_the_same_visits_fill_are_one_row_and_others_are_not():
    same = [lane("a", duty=duty, ended_s=60, last_us=hours(1)) for duty in ("patrol-night", "patrol-day")]
    other = lane("a", duty="stairs", ended_s=60, last_us=hours(2))
    assert [row.duties for row in unvisited([*same, other], ZONE, NOON_US)] == [("stairs",), ("patrol-day", "patrol-night")]


def test_there_are_ten_and_ties_are_in_order():
    rows = unvisited([lane(f"p{n:02d}", last_us=hours(1)) for n in range(12, 0, -1)], ZONE, NOON_US)
    assert [row.place for row in rows] == [f"p{n:02d}" for n in range(1, 11)]


@pytest.mark.parametrize(("seconds", "told"), [(59, "0:00"), (11_279, "3:07"), (86_400 * 2 + 3_600, "2d 1:00")])
def test_times_are_told_in_hours_and_minutes(seconds, told):
    assert in_words(seconds) == told
