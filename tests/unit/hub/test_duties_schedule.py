import os
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.duties.calendar import Calendar
from hub.duties.localtime import day_us, instant_us, local_day
from hub.duties.schedule import (
    AtOccasion,
    AtShift,
    Interval,
    Occasion,
    Once,
    Random,
    Schedule,
    ShiftHours,
    Span,
    Surroundings,
    Times,
    TimesA,
    improper,
    spans,
)  # fmt: skip

US, HOUR, DAY = 1_000_000, 3_600_000_000, 86_400_000_000
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
SHIFTS = {
    "day": ShiftHours("白班", "day", from_="07:00", to="19:00"),
    "night": ShiftHours("夜班", "night", from_="19:00", to="07:00"),
}
CN = Calendar("CN")


def us(*when, zone=SHANGHAI):
    return int(datetime(*when, tzinfo=zone).timestamp()) * US


def around(zone=SHANGHAI, **more):
    return Surroundings(zone, CN, SHIFTS, **more)


def told(found, zone=SHANGHAI):
    """Openings and dues as local times, `02-14 07:00`."""
    return [tuple(f"{datetime.fromtimestamp(at // US, zone):%m-%d %H:%M}" for at in span[:2]) for span in found]


def on(schedule, day, zone=SHANGHAI, **more):
    """What opens on a local day."""
    return list(spans(schedule, around(zone, **more), day_us(zone, day), day_us(zone, day + timedelta(days=1))))


# Each schedule on a plain day.


def test_an_interval_opens_from_its_beginning_and_before_its_end():
    found = on(Interval(from_="07:00", to="19:00", every_s=7_200), date(2026, 6, 1))
    assert told(found)[0] == ("06-01 07:00", "06-01 09:00")
    assert told(found)[-1] == ("06-01 17:00", "06-01 19:00")
    assert len(found) == 6


def test_an_interval_that_passes_midnight_belongs_to_the_day_on_which_it_began():
    night = Interval(from_="19:00", to="07:00", every_s=3_600, open_s=600, days=("mon",))
    assert told(on(night, date(2026, 6, 1)))[0] == ("06-01 19:00", "06-01 19:10")
    assert len(on(night, date(2026, 6, 1))) == 5
    assert told(on(night, date(2026, 6, 2)))[-1] == ("06-02 06:00", "06-02 06:10")
    assert len(on(night, date(2026, 6, 2))) == 7


def test_an_interval_with_equal_times_goes_on_all_day():
    found = on(Interval(from_="00:00", to="00:00", every_s=1_800), date(2026, 6, 1))
    assert len(found) == 48
    assert all(one.due_us == other.opens_us for one, other in pairwise(found))


def test_times_open_before_and_are_due_after():
    found = on(Times(at=("15:00", "09:30"), before_s=900, after_s=300), date(2026, 6, 1))
    assert told(found) == [("06-01 09:15", "06-01 09:35"), ("06-01 14:45", "06-01 15:05")]
    assert told(on(Times(at=("00:00",), before_s=900), date(2026, 6, 1))) == [("06-01 23:45", "06-02 00:00")]


def test_a_shift_is_opened_at_its_beginning():
    assert told(on(AtShift(within_s=1_800), date(2026, 6, 1))) == [("06-01 07:00", "06-01 07:30"), ("06-01 19:00", "06-01 19:30")]
    assert told(on(AtShift(within_s=1_800, shifts=("night",)), date(2026, 6, 1))) == [("06-01 19:00", "06-01 19:30")]


@pytest.mark.parametrize(
    ("period", "opens", "due"),
    [
        ("day", "08-01 00:00", "08-02 00:00"),
        ("week", "07-27 00:00", "08-03 00:00"),
        ("month", "08-01 00:00", "09-01 00:00"),
        ("quarter", "07-01 00:00", "10-01 00:00"),
        ("half_year", "07-01 00:00", "01-01 00:00"),
        ("year", "01-01 00:00", "01-01 00:00"),
    ],
)
def test_so_many_times_in_a_period_are_so_many_spans_of_the_whole_period(period, opens, due):
    found = [
        span
        for span in spans(TimesA(period, 3), around(), us(2026, 1, 1), us(2027, 1, 1))
        if span.opens_us <= us(2026, 8, 1) < span.due_us
    ]
    assert told(found) == [(opens, due)] * 3
    assert [span.n for span in found] == [0, 1, 2]


def test_once_is_once():
    assert told(on(Once("2026-06-01 18:00", 3_600), date(2026, 6, 1))) == [("06-01 18:00", "06-01 19:00")]
    assert on(Once("2026-06-01T18:00", 3_600), date(2026, 6, 2)) == []


# Days.


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("all", 14),
        ("workdays", [9, 10, 11, 12, 13, 14]),
        ("weekends", [15, 21, 22]),
        ("holidays", [16, 17, 18, 19, 20]),
        (("sat", "mon"), [9, 14, 16, 21]),
    ],
)
def test_days_are_picked_by_the_calendar_or_by_the_week(days, expected):
    schedule = Times(at=("12:00",), after_s=600, days=days)
    found = [
        datetime.fromtimestamp(at // US, SHANGHAI).day for at, *_ in spans(schedule, around(), us(2026, 2, 9), us(2026, 2, 23))
    ]
    assert found == (list(range(9, 23)) if days == "all" else expected)


# Random.


def test_random_spans_lie_within_their_time_never_overlap_and_are_drawn_anew_each_day_and_for_each_seed():
    schedule = Random(count=5, from_="22:00", to="06:00", open_s=1_800)
    drawn = set()
    for seed in ("a/lane-1", "a/lane-2", "b/lane-1"):
        for n in range(100):
            begin = us(2026, 6, 1, 22) + n * DAY
            found = list(spans(schedule, around(seed=seed), begin, begin + 8 * HOUR))
            assert len(found) == 5
            assert all(one.due_us <= other.opens_us for one, other in pairwise(found))
            assert found[-1].due_us <= begin + 8 * HOUR
            assert all(span.due_us - span.opens_us == 1_800 * US and span.opens_us % US == 0 for span in found)
            drawn.add(tuple(span.opens_us - begin for span in found))
    assert len(drawn) == 300


def test_random_spans_are_the_same_for_the_same_seed_for_ever():
    """Windows are made again from the seed after a restart, by whatever version: these moments may never change."""
    found = on(Random(count=2, from_="08:00", to="20:00", open_s=3_600), date(2026, 6, 1), seed="a")
    assert told(found) == [("06-01 10:37", "06-01 11:37"), ("06-01 11:53", "06-01 12:53")]


def test_random_moments_leave_no_hour_out():
    schedule = Random(count=1, from_="00:00", to="00:00", open_s=60)
    found = list(spans(schedule, around(seed="s"), us(2026, 1, 1), us(2027, 1, 1)))
    assert {datetime.fromtimestamp(span.opens_us // US, SHANGHAI).hour for span in found} == set(range(24))


def test_random_spans_that_fill_their_time_lie_side_by_side():
    found = on(Random(count=12, from_="08:00", to="20:00", open_s=3_600), date(2026, 6, 1))
    assert [one.due_us for one in found[:-1]] == [other.opens_us for other in found[1:]]


def test_a_night_that_the_clocks_made_shorter_has_as_many_random_spans_as_fit():
    schedule = Random(count=8, from_="22:00", to="06:00", open_s=3_600)
    for day, count in ((date(2026, 3, 27), 8), (date(2026, 3, 28), 7), (date(2026, 10, 24), 8)):
        begin = us(day.year, day.month, day.day, 22, zone=BERLIN)
        found = list(spans(schedule, around(BERLIN), begin, begin + 12 * HOUR))
        assert len(found) == count
        assert all(one.due_us <= other.opens_us for one, other in pairwise(found))


# Occasions.

STORM = Occasion("bad_weather", us(2026, 6, 1, 12), us(2026, 6, 1, 15))
CHECK = AtOccasion("bad_weather", before_s=7_200, after_s=10_800)


def found_for(*occasions, schedule=CHECK):
    return list(spans(schedule, around(occasions=occasions), us(2026, 5, 1), us(2026, 7, 1)))


def test_an_occasion_has_a_span_before_and_one_after():
    assert told(found_for(STORM)) == [("06-01 10:00", "06-01 12:00"), ("06-01 15:00", "06-01 18:00")]
    assert told(found_for(STORM._replace(end_us=None))) == [("06-01 10:00", "06-01 12:00")]
    assert found_for(STORM._replace(kind="event")) == []
    assert len(found_for(STORM, schedule=AtOccasion("bad_weather", after_s=60))) == 1


def test_an_occasion_that_begins_within_a_second_counts_from_the_second():
    odd = Occasion("bad_weather", STORM.begin_us + 999_999, us(2026, 6, 1, 15) + 1)
    assert found_for(odd) == found_for(STORM)


def test_occasions_that_touch_are_one():
    second = Occasion("bad_weather", us(2026, 6, 1, 15), us(2026, 6, 1, 16))
    assert told(found_for(second, STORM)) == [("06-01 10:00", "06-01 12:00"), ("06-01 16:00", "06-01 19:00")]


def test_what_follows_soon_is_prepared_after_the_last_was_checked():
    second = Occasion("bad_weather", us(2026, 6, 1, 16), us(2026, 6, 1, 17))
    assert told(found_for(STORM, second)) == [
        ("06-01 10:00", "06-01 12:00"),
        ("06-01 15:00", "06-01 16:00"),
        ("06-01 15:00", "06-01 16:00"),
        ("06-01 17:00", "06-01 20:00"),
    ]


@given(
    st.lists(st.tuples(st.integers(0, 90), st.none() | st.integers(0, 20)), max_size=8),
    *(st.integers(1, 1_200),) * 2,
)
def test_occasions_of_any_kind_give_proper_spans_with_names_of_their_own(rows, before, after):
    base = us(2026, 6, 1) + 123_456
    occasions = [
        Occasion("bad_weather", base + begin * 30 * US, None if length is None else base + (begin + length) * 30 * US)
        for begin, length in rows
    ]
    found = found_for(*occasions, schedule=AtOccasion("bad_weather", before_s=before, after_s=after))
    assert_proper(found)


# Changes of clocks.


@pytest.mark.parametrize(
    ("day", "windows"),
    [
        (date(2026, 3, 27), 12),
        (date(2026, 3, 28), 11),
        (date(2026, 3, 29), 12),
        (date(2026, 10, 24), 13),
        (date(2026, 10, 25), 12),
    ],
)
def test_a_night_of_25_hours_has_one_window_more_and_one_of_23_hours_one_less(day, windows):
    begin, end = us(day.year, day.month, day.day, 19, zone=BERLIN), day_us(BERLIN, day + timedelta(days=1)) + 12 * HOUR
    night = Interval(from_="19:00", to="07:00", every_s=3_600)
    found = list(spans(night, around(BERLIN), begin, end))
    assert len(found) == windows
    assert all(span.due_us - span.opens_us == HOUR for span in found)
    assert told(found, BERLIN)[-1][1] == f"{day + timedelta(days=1):%m-%d} 07:00"


def test_a_skipped_time_is_the_instant_of_the_change_and_a_doubled_one_the_first():
    schedule = Times(at=("02:00", "02:30", "03:00"), after_s=600)
    skipped = on(schedule, date(2026, 3, 29), BERLIN)
    assert [(span.opens_us, span.n) for span in skipped] == [(us(2026, 3, 29, 1, zone=UTC), n) for n in (0, 1, 2)]
    doubled = on(schedule, date(2026, 10, 25), BERLIN)
    assert [span.opens_us for span in doubled] == [us(2026, 10, 25, *at, zone=UTC) for at in ((0, 0), (0, 30), (2, 0))]


def test_a_day_that_a_zone_left_out_has_nothing_and_the_night_before_goes_on_into_the_next():
    apia, last = ZoneInfo("Pacific/Apia"), date(2011, 12, 29)
    change = day_us(apia, date(2011, 12, 31))
    assert day_us(apia, date(2011, 12, 30)) == change
    for schedule in (Times(at=("00:00", "12:00"), after_s=600), AtShift(within_s=600), TimesA("day")):
        found = list(spans(schedule, around(apia), change - 30 * HOUR, change + 30 * HOUR))
        assert_proper(found)
        assert {local_day(apia, span.opens_us) for span in found} >= {last, date(2011, 12, 31)}
    all_day = list(
        spans(Interval(from_="07:00", to="07:00", every_s=3_600), around(apia), change - 30 * HOUR, change + 30 * HOUR)
    )
    assert [span.opens_us for span in all_day] == list(range(change - 30 * HOUR, change + 30 * HOUR, HOUR))


EVERY = os.environ.get("WATCHKEEPER_TRIES") == "full"
SAMPLE = (
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Casablanca",
    "Africa/Cairo", "America/Havana", "Asia/Beirut", "Pacific/Apia", "Asia/Kathmandu", "Europe/Dublin", "Asia/Gaza",
    "America/Asuncion", "America/Scoresbysund",
)  # fmt: skip
ZONES = sorted(available_timezones()) if EVERY else SAMPLE
SCHEDULES: tuple[Schedule, ...] = (
    Interval(from_="19:00", to="07:00", every_s=3_600),
    Interval(from_="07:00", to="07:00", every_s=7_200, open_s=900),
    Interval(from_="00:00", to="00:00", every_s=1_800, days="workdays"),
    Times(at=("00:00", "00:30", "02:00", "02:30", "02:45", "23:59"), before_s=3_600, after_s=1_800),
    AtShift(within_s=1_800),
    Random(count=6, from_="22:00", to="05:00", open_s=4_200),
    TimesA("day", 2),
    TimesA("week", 2),
    TimesA("month"),
)


@cache
def changes(name):
    """Each instant in ten years at which a zone's clocks change."""
    zone = ZoneInfo(name)
    steps = range(us(2017, 1, 1, zone=UTC) // US, us(2027, 1, 1, zone=UTC) // US, 12 * 3_600)
    offsets = [offset(zone, at) for at in steps]
    return [
        change_between(zone, one, other) * US
        for (one, other), (old, new) in zip(pairwise(steps), pairwise(offsets), strict=True)
        if old != new
    ]


def offset(zone, at_s):
    return datetime.fromtimestamp(at_s, zone).utcoffset()


def change_between(zone, one, other):
    old = offset(zone, one)
    return one + bisect_left(range(one, other), True, key=lambda at: offset(zone, at) != old)


def assert_proper(found):
    assert all(span.opens_us < span.due_us for span in found)
    assert [span[:2] for span in found] == sorted(span[:2] for span in found)
    assert all(one.due_us <= other.due_us for one, other in pairwise(found))
    assert len({(span.opens_us, span.n) for span in found}) == len(found)


@pytest.mark.parametrize("name", ZONES)
def test_spans_in_pieces_are_the_spans_in_one_go_at_every_change_of_clocks(name):
    zone = ZoneInfo(name)
    for change in changes(name) or [us(2026, 3, 29, zone=UTC)]:
        begin, end = change - 60 * HOUR, change + 60 * HOUR
        for kind, schedule in enumerate(SCHEDULES):
            whole = list(spans(schedule, around(zone, seed=name), begin, end))
            assert_proper(whole)
            # Cuts at odd moments, and exactly at openings and at the change, where something may be lost or doubled.
            cuts = sorted(
                {begin, end, change, *(begin + 7 * HOUR + 1, end - 11 * HOUR - kind), *(span.opens_us for span in whole[::5])}
            )
            pieces = [span for one, other in pairwise(cuts) for span in spans(schedule, around(zone, seed=name), one, other)]
            assert pieces == whole


@given(st.data())
def test_spans_in_any_pieces_are_the_spans_in_one_go(data):
    name = data.draw(st.sampled_from(ZONES))
    zone, schedule = ZoneInfo(name), data.draw(st.sampled_from(SCHEDULES))
    begin = data.draw(st.integers(us(2011, 12, 1), us(2030, 1, 1)))
    cuts = [begin, *sorted(begin + cut for cut in data.draw(st.lists(st.integers(0, 6 * DAY), min_size=1, max_size=8)))]
    pieces = [span for one, other in pairwise(cuts) for span in spans(schedule, around(zone), one, other)]
    assert pieces == list(spans(schedule, around(zone), begin, cuts[-1]))


@pytest.mark.parametrize("name", ZONES)
def test_a_local_time_is_the_first_instant_at_which_the_wall_shows_it_or_a_later_one(name):
    """Held against a walk over every quarter of an hour around each change."""
    zone = ZoneInfo(name)
    for change in changes(name)[:4]:
        walk = range(change - 40 * HOUR, change + 40 * HOUR, 900 * US)
        shown = [(datetime.fromtimestamp(at // US, zone).replace(tzinfo=None), at) for at in walk]
        day = local_day(zone, change)
        for minute in range(0, 1_440, 15):
            wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
            assert instant_us(zone, day, minute) == next(at for wall, at in shown if wall >= wanted), (day, minute)


# What makes no schedule.


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Interval(from_="07:00", to="19:00", every_s=7_000), "every_s 7000 does not go into that"),
        (lambda: Times(at=("12:00",)), "is never open"),
        (lambda: Times(at=("12:00", "12:00"), after_s=60), "has one time twice"),
        (lambda: Random(count=9, from_="22:00", to="06:00", open_s=3_600), "needs 9 times 3600 s and has 28800 s"),
        (lambda: TimesA("week", 1, "workdays"), "picks days within a week"),
        (lambda: AtOccasion("event"), "is never open"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_with_what_to_write_instead(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert ": write " in str(caught.value)


def test_two_schedules_of_which_one_lies_within_the_other_are_improper():
    lifts = (Times(at=("12:00",), before_s=21_600, after_s=36_000), Times(at=("07:30",), after_s=7_200))
    found = improper(lifts, around(), us(2026, 6, 1), us(2026, 6, 3))
    assert found == (Span(us(2026, 6, 1, 6), us(2026, 6, 1, 22)), Span(us(2026, 6, 1, 7, 30), us(2026, 6, 1, 9, 30)))
    side_by_side = (Times(at=("08:00",), after_s=3_600), Interval(from_="07:00", to="19:00", every_s=7_200))
    assert improper(side_by_side, around(), us(2026, 6, 1), us(2026, 6, 3)) is None


def test_schedules_are_read_back_from_json_as_they_were():
    every = [*SCHEDULES, CHECK, Once("2026-06-01 18:00", 60)]
    assert msgspec.json.decode(msgspec.json.encode(every), type=list[Schedule]) == every
