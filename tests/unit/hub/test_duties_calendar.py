from collections import Counter
from datetime import date, timedelta

import pytest

from hub.duties.calendar import Calendar, CalendarDays, calendar_of


def days(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_the_spring_festival_of_2026_is_as_the_state_council_arranged_it():
    calendar = Calendar("CN")
    kinds = {day: calendar.kind(day) for day in days(date(2026, 2, 13), date(2026, 3, 2))}
    assert [kinds[date(2026, 2, day)] for day in (13, 14)] == ["workday", "workday"]  # Saturday the 14th is made up
    assert all(kinds[day] != "workday" for day in days(date(2026, 2, 15), date(2026, 2, 23)))
    assert [kinds[date(2026, 2, day)] for day in (15, 16, 17, 20, 21, 23)] == [
        *("weekend", "holiday", "holiday", "holiday", "weekend", "holiday"),
    ]
    assert [kinds[day] for day in days(date(2026, 2, 24), date(2026, 3, 2))] == [*["workday"] * 5, "weekend", "workday"]


@pytest.mark.parametrize(
    ("worked", "free"),
    [
        (date(2024, 2, 4), date(2024, 2, 16)),
        (date(2024, 2, 18), date(2024, 2, 15)),
        (date(2024, 10, 12), date(2024, 10, 7)),
        (date(2025, 1, 26), date(2025, 2, 3)),
        (date(2025, 2, 8), date(2025, 2, 4)),
        (date(2025, 9, 28), date(2025, 10, 7)),
        (date(2026, 1, 4), date(2026, 1, 2)),
        (date(2026, 10, 10), date(2026, 10, 7)),
    ],
)
def test_a_weekend_day_made_up_for_a_holiday_is_worked_and_the_day_gained_is_free(worked, free):
    assert worked.weekday() >= 5
    assert free.weekday() < 5
    assert Calendar("CN").kind(worked) == "workday"
    assert Calendar("CN").kind(free) == "holiday"


def test_a_day_worked_in_december_for_a_holiday_in_january_is_known_to_its_own_year():
    assert Calendar("CN").kind(date(2006, 12, 30)) == "workday"


def test_the_answer_does_not_depend_on_what_was_asked_before():
    some = days(date(2005, 12, 1), date(2007, 2, 28))
    forth, back = Calendar("CN"), Calendar("CN")
    told = {day: forth.kind(day) for day in some}
    assert told == {day: back.kind(day) for day in reversed(some)}
    assert all(Calendar("CN").kind(day) == told[day] for day in some[::20])


def test_a_year_of_which_the_library_knows_little_has_weekends_and_the_holidays_of_the_law():
    kinds = Counter(Calendar("CN").kind(day) for day in days(date(2035, 1, 1), date(2035, 12, 31)))
    assert kinds["holiday"] >= 10
    assert 95 <= kinds["weekend"] <= 105


def test_the_policys_days_go_before_the_countrys():
    plain = Calendar("CN")
    own = calendar_of(CalendarDays("CN", workdays=(date(2027, 2, 20),), holidays=(date(2027, 2, 11),)))
    assert [plain.kind(date(2027, 2, 20)), plain.kind(date(2027, 2, 11))] == ["weekend", "workday"]
    assert [own.kind(date(2027, 2, 20)), own.kind(date(2027, 2, 11))] == ["workday", "holiday"]
    assert own.kind(date(2027, 1, 1)) == "holiday"


def test_another_country_has_its_own_weekend():
    assert Calendar("SA").kind(date(2026, 6, 5)) == "weekend"  # a Friday
    assert Calendar("SA").kind(date(2026, 6, 7)) == "workday"  # a Sunday
