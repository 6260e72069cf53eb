from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.duties.calendar import CalendarDays
from hub.duties.plan import Plan, plan_from, plan_text, windows
from hub.duties.schedule import AtOccasion, AtShift, Interval, Random, ShiftHours, Times, TimesA
from hub.duties.types import Duty, Occasion, Route, Window

US, HOUR, DAY = 1_000_000, 3_600_000_000, 86_400_000_000
BEGIN = int(datetime(2026, 11, 28, tzinfo=UTC).timestamp()) * US


def duty(name, *schedules, evidence="scan", tolerance_s=600.0):
    return Duty(name, "PAT-1", "巡逻", "Patrol", evidence, schedules, tolerance_s)


PLAN = Plan(
    zone="Asia/Shanghai",
    duties=(
        duty("night", Interval(from_="19:00", to="07:00", every_s=3_600)),
        duty("peaks", Times(at=("09:00",), before_s=3_600), Times(at=("09:00", "18:00"), before_s=3_600), tolerance_s=0.5),
        duty("surprise", Random(count=2, from_="08:00", to="20:00", open_s=1_800)),
        duty("weekly", TimesA("week", 2), evidence="report"),
        duty("weather", AtOccasion("bad_weather", 3_600, 3_600)),
        duty("start", AtShift(within_s=1_800), evidence="report"),
        duty("nowhere", TimesA("day")),
    ),
    routes=(
        Route("east", "night", ("gate", "pump"), ("wand-1",)),
        Route("west", "night", ("gate",), ("wand-1",)),
        Route("lifts", "peaks", ("lift-1",), ("hub",)),
        Route("round", "surprise", ("gate", "pump"), ("hub",)),
        Route("office", "weekly", ("office",), ("hub",)),
        Route("drains", "weather", ("drain",), ("hub",)),
        Route("post", "start", ("office",), ("hub",)),
    ),
    calendar=CalendarDays("CN", (date(2027, 2, 20),), ()),
    shifts=(("day", ShiftHours("白班", "day", "07:00", "19:00")), ("night", ShiftHours("夜班", "night", "19:00", "07:00"))),
    numbers={"apart_s": 60.0, "checkpoint_min_s": 3.0},
    seed="a secret",
)
STORM = Occasion("storm", "bad_weather", BEGIN + 30 * HOUR + 1, BEGIN + 33 * HOUR)


def made(plan=PLAN, from_us=BEGIN, until_us=BEGIN + DAY, occasions=(STORM,)):
    return list(windows(plan, 7, occasions, from_us, until_us))


def test_a_window_is_named_by_its_lane_and_its_opening_and_ends_after_the_tolerance():
    found = [window for window in made() if window.duty == "night"]
    opens = BEGIN + 11 * HOUR  # 19:00 in Shanghai
    assert (
        Window("night/east/pump/20261128T110000Z/0", "night", "east", "pump", opens, opens + HOUR, opens + HOUR + 600 * US, 7)
        in found
    )
    assert Counter(window.lane for window in found) == {
        ("night", "east", "gate"): 12, ("night", "east", "pump"): 12, ("night", "west", "gate"): 12,
    }  # fmt: skip


def test_two_schedules_of_one_duty_at_one_instant_are_two_windows():
    names = [window.window_id for window in made() if window.duty == "peaks"]
    assert names == [
        "peaks/lifts/lift-1/20261128T000000Z/0",
        "peaks/lifts/lift-1/20261128T000000Z/100",
        "peaks/lifts/lift-1/20261128T090000Z/101",
    ]


def test_a_tolerance_of_part_of_a_second_counts():
    assert {window.ends_us - window.due_us for window in made() if window.duty == "peaks"} == {500_000}


def test_a_duty_with_no_route_has_no_windows():
    assert not [window for window in made() if window.duty == "nowhere"]


def test_windows_come_lane_by_lane_and_by_their_opening():
    found = made(until_us=BEGIN + 9 * DAY)
    lanes = list(dict.fromkeys(window.lane for window in found))
    assert found == [
        window for lane in lanes for window in sorted((w for w in found if w.lane == lane), key=lambda w: w.opens_us)
    ]
    assert {lane[0] for lane in lanes} == {"night", "peaks", "surprise", "weekly", "weather", "start"}


def test_each_place_has_random_moments_of_its_own_and_each_seed_others():
    def moments(plan, place):
        return [w.opens_us for w in made(plan, until_us=BEGIN + 5 * DAY) if w.duty == "surprise" and w.place == place]

    other = msgspec.structs.replace(PLAN, seed="another")
    drawn = [moments(PLAN, "gate"), moments(PLAN, "pump"), moments(other, "gate"), moments(other, "pump")]
    assert all(len(times) == 10 for times in drawn)
    assert len({tuple(times) for times in drawn}) == 4
    assert moments(PLAN, "gate") == drawn[0]


@given(st.lists(st.integers(0, 20 * DAY), min_size=1, max_size=6))
def test_windows_made_in_pieces_are_the_windows_made_in_one_go(cuts):
    ends = [BEGIN, *sorted(BEGIN + cut for cut in cuts)]
    pieces = [window for one, other in pairwise(ends) for window in made(from_us=one, until_us=other)]
    whole = made(until_us=ends[-1])
    assert sorted(pieces, key=lambda w: w.window_id) == sorted(whole, key=lambda w: w.window_id)
    assert len({window.window_id for window in whole}) == len(whole)


def test_a_plan_is_read_back_from_its_text_as_it_was():
    again = plan_from(plan_text(PLAN))
    assert again == PLAN
    assert made(again) == made()


def test_equal_plans_have_equal_texts_and_others_have_not():
    same = plan_from(plan_text(PLAN))
    turned = msgspec.structs.replace(same, numbers=dict(reversed(same.numbers.items())))
    whole = msgspec.structs.replace(same, duties=tuple(msgspec.structs.replace(row, early_s=0) for row in same.duties))
    assert same == turned == whole == PLAN
    assert plan_text(same) == plan_text(turned) == plan_text(whole) == plan_text(PLAN)
    later = msgspec.structs.replace(PLAN.duties[0], tolerance_s=601.0)
    assert plan_text(msgspec.structs.replace(PLAN, duties=(later, *PLAN.duties[1:]))) != plan_text(PLAN)


@pytest.mark.parametrize("text", ["{}", "[]", '{"zone": 1}'])
def test_what_is_no_plan_is_refused(text):
    with pytest.raises(msgspec.ValidationError):
        plan_from(text)
