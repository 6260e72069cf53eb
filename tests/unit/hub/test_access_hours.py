"""Schedules in local time become intervals of UTC, across holidays and changes of the clocks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.access.hours import HORIZON_DAYS, compiled
from hub.access.types import OtherDay, Schedule, Weekly
from hub.duties.calendar import Calendar

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
CHINA = Calendar("CN")


def utc_s(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def hours_of(*args: Any) -> Any:
    return compiled(*args)


def week(*rows: Weekly, exceptions: tuple[OtherDay, ...] = ()) -> Schedule:
    return Schedule(schedule="s", name_zh="s", weekly=rows, exceptions=exceptions)


def test_a_made_up_sunday_is_a_workday_and_a_holiday_is_none():
    found = hours_of(week(Weekly(("workday",), 420, 1200)), SHANGHAI, CHINA, date(2026, 2, 14), 12)
    days = [datetime.fromtimestamp(begin, SHANGHAI).date().isoformat() for begin, _ in found.intervals]
    assert days == ["2026-02-14", "2026-02-24", "2026-02-25"], "the Spring Festival of 2026, with its Saturday made up for"
    assert found.until_s == utc_s("2026-02-25T16:00:00")


def test_hours_over_midnight_go_on_and_touch_hours_are_one():
    found = hours_of(week(Weekly(("mon",), 1320, 360), Weekly(("tue",), 360, 600)), SHANGHAI, CHINA, date(2026, 6, 1), 2)
    assert found.intervals == ((utc_s("2026-06-01T14:00:00"), utc_s("2026-06-02T02:00:00")),)


def test_the_night_that_began_the_day_before_is_still_there():
    found = hours_of(week(Weekly(("sun",), 1320, 360)), SHANGHAI, CHINA, date(2026, 6, 1), 1)
    assert found.intervals == ((utc_s("2026-05-31T14:00:00"), utc_s("2026-05-31T22:00:00")),)


def test_another_date_closes_or_has_other_hours():
    others = (OtherDay("2026-06-02"), OtherDay("2026-06-03", ((0, 60), (120, 180))))
    found = hours_of(week(Weekly(("tue", "wed"), 480, 540), exceptions=others), SHANGHAI, CHINA, date(2026, 6, 2), 2)
    assert found.intervals == (
        (utc_s("2026-06-02T16:00:00"), utc_s("2026-06-02T17:00:00")),
        (utc_s("2026-06-02T18:00:00"), utc_s("2026-06-02T19:00:00")),
    )


def test_hours_that_the_clocks_skip_are_none_and_those_around_are_shorter_or_longer():
    skipped = hours_of(week(Weekly(("sun",), 120, 180)), BERLIN, CHINA, date(2026, 3, 29), 1)
    assert skipped.intervals == ()
    night = hours_of(week(Weekly(("sun",), 60, 240)), BERLIN, CHINA, date(2026, 3, 29), 1)
    assert [end - begin for begin, end in night.intervals] == [2 * 3_600]
    autumn = hours_of(week(Weekly(("sun",), 60, 240)), BERLIN, CHINA, date(2026, 10, 25), 1)
    assert [end - begin for begin, end in autumn.intervals] == [4 * 3_600]


def test_the_horizon_is_sixty_days():
    found = hours_of(week(Weekly(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))), SHANGHAI, CHINA, date(2026, 1, 1))
    assert len(found.intervals) == 1
    assert found.intervals[0][1] - found.intervals[0][0] == HORIZON_DAYS * 86_400


minutes = st.integers(0, 1440)
weeklies = st.builds(
    Weekly,
    st.lists(st.sampled_from(("mon", "wed", "sat", "sun", "workday", "holiday")), min_size=1, max_size=3).map(tuple),
    minutes,
    minutes,
).filter(lambda row: row.from_min != row.until_min)
others = st.builds(
    OtherDay,
    st.integers(0, 9).map(lambda day: (date(2026, 9, 28) + timedelta(days=day)).isoformat()),
    st.lists(st.tuples(minutes, minutes).filter(lambda pair: pair[0] != pair[1]), max_size=2).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(weeklies, max_size=4).map(tuple),
    st.lists(others, max_size=3, unique_by=lambda other: other.date).map(tuple),
    st.integers(0, 9 * 1440),
)
def test_a_compiled_schedule_holds_exactly_when_the_calendar_on_the_wall_says_so(rows, exceptions, minute):
    first = date(2026, 9, 28)
    found = hours_of(week(*rows, exceptions=exceptions), SHANGHAI, CHINA, first, 10)
    assert list(found.intervals) == sorted(found.intervals)
    assert all(one[1] < other[0] for one, other in zip(found.intervals, found.intervals[1:], strict=False))
    at = datetime.combine(first, datetime.min.time(), SHANGHAI) + timedelta(minutes=minute)
    holds = any(begin <= at.timestamp() < end for begin, end in found.intervals)
    assert holds == _wall(rows, exceptions, at)


def _wall(rows, exceptions, at: datetime) -> bool:
    """A plain model: today's hours, and what yesterday's leave over."""
    now = at.hour * 60 + at.minute
    for back in (0, 1):
        day = at.date() - timedelta(days=back)
        other = next((one for one in exceptions if one.date == day.isoformat()), None)
        names = {("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]}
        names.add("workday" if CHINA.kind(day) == "workday" else "holiday")
        hours = other.hours if other else [(row.from_min, row.until_min) for row in rows if names & set(row.days)]
        for begin, end in hours:
            length = end - begin if end > begin else end + 1440 - begin
            if begin <= now + back * 1440 < begin + length:
                return True
    return False
