"""The rounds of the demo's night: the windows, the list of what goes wrong, and what must come of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import US_PER_S, ManualClock
from hub.duties.plan import windows
from hub.estate import Estate
from hub.planning import plan_of
from hub.policy.load import Policy
from watchkeeper.demo import estate, policy, rounds
from watchkeeper.demo.rounds import AFTER_S, BEATS, BEFORE_S, DESK_BEATS, ENDS_S, EVERY_S, NIGHT_S, Night, outcome

DAY_US = 86_400 * US_PER_S
NOW_US = ManualClock().now_us() + 23 * 3_600 * US_PER_S + 12_345_678
WALKS = [(beat, walk) for beat in (*BEATS, *DESK_BEATS) for walk in (*beat.walks, rounds.plain(beat))]


def test_the_hub_makes_the_windows_that_the_list_says(tmp_path):
    night = Night.at(NOW_US)
    rules = Policy.load(policy.write(tmp_path / "policy.yaml", 12.0, night))
    plan = plan_of(Estate.load(estate.write_estate(tmp_path), rules), rules)
    made = list(windows(plan, 1, (), NOW_US, NOW_US + 36 * 3_600 * US_PER_S))
    wanted, opens_us = [], night.next_us(NOW_US)
    while opens_us < NOW_US + 36 * 3_600 * US_PER_S:
        wanted += [(beat.route, place, opens_us) for beat in BEATS for place in beat.places]
        opens_us = night.next_us(opens_us + 1)
    walked = [one for one in made if one.route in {beat.route for beat in BEATS}]
    assert sorted((one.route, one.place, one.opens_us) for one in walked) == sorted(wanted)
    assert {one.ends_us - one.opens_us for one in walked} == {ENDS_S * US_PER_S}


@pytest.mark.parametrize("beat", DESK_BEATS)
def test_the_hub_makes_the_desks_windows_that_the_list_says(tmp_path, beat):
    night = Night.at(NOW_US)
    rules = Policy.load(policy.write(tmp_path / "policy.yaml", 12.0, night))
    plan = plan_of(Estate.load(estate.write_estate(tmp_path), rules), rules)
    made = [one for one in windows(plan, 1, (), NOW_US, NOW_US + 36 * 3_600 * US_PER_S) if one.route == beat.route]
    wanted, opens_us = [], night.next_us(NOW_US, beat.every_s)
    while opens_us < NOW_US + 36 * 3_600 * US_PER_S:
        wanted.append((beat.route, rounds.DESK_PLACE, opens_us))
        opens_us = night.next_us(opens_us + 1, beat.every_s)
    assert sorted((one.duty, one.place, one.opens_us) for one in made) == wanted
    assert {one.ends_us - one.opens_us for one in made} == {ENDS_S * US_PER_S}
    assert {route.duty for route in plan.routes} == {rounds.DUTY} | {one.route for one in DESK_BEATS}


@given(st.integers(0, NIGHT_S * US_PER_S // 2))
def test_a_minute_of_life_has_a_check_in_and_a_record_that_are_kept(begin_us):
    night = Night(0)
    span = night.span(begin_us + US_PER_S, begin_us + 60 * US_PER_S)
    for beat in DESK_BEATS:
        opens_us = night.next_us(span.first_us, beat.every_s)
        assert span.has(opens_us)
        assert beat.walks[span.number(opens_us, beat.every_s)].visits_s[0] is not None


@given(st.integers(0, 3 * DAY_US))
def test_the_next_round_is_one_of_the_night_and_none_lies_before_it(after_us):
    night = Night.at(NOW_US)
    at_us = night.begins_us + after_us
    opens_us = night.next_us(at_us)
    into_us = (opens_us - night.begins_us) % DAY_US
    assert opens_us >= at_us
    assert into_us < NIGHT_S * US_PER_S
    assert into_us % (EVERY_S * US_PER_S) == 0
    assert opens_us - at_us < EVERY_S * US_PER_S or into_us == 0


def test_a_life_has_the_rounds_that_lie_wholly_in_it():
    night = Night(0)
    span = night.span(5 * US_PER_S, 65 * US_PER_S)
    assert [at for at in range(0, 80, EVERY_S) if span.has(at * US_PER_S)] == [12, 24, 36, 48]
    assert span.ends() == (22 * US_PER_S, 61 * US_PER_S)
    assert night.span(0, None).has(10**15 * EVERY_S)


@pytest.mark.parametrize(("beat", "walk"), WALKS)
def test_no_visit_of_the_list_is_near_a_limit(beat, walk):
    assert len(walk.visits_s) == len(beat.places)
    visits_s = [at for at in walk.visits_s if at is not None]
    assert all(AFTER_S + 1.0 <= at <= ENDS_S - BEFORE_S - 0.4 for at in visits_s)
    assert len(visits_s) == len({*visits_s})
    if beat.guard_tag and visits_s:
        assert walk.home_s > max(visits_s)
        assert abs(walk.home_s - ENDS_S) >= 0.8


@pytest.mark.parametrize("first", [3, 4])
def test_a_minute_has_enough_of_each(first):
    found = [
        outcome([] if at is None else [at], walk.home_s)
        for beat in BEATS for walk in beat.walks[:first] for at in walk.visits_s
    ]  # fmt: skip
    assert found.count("episode") >= 3
    assert found.count("near_miss") >= 3


@pytest.mark.parametrize(
    ("visits_s", "home_s", "is_a"),
    [
        ([4.0], 9.0, "kept"),
        ([8.3], 9.0, "near_miss"),
        ([4.0], 12.6, "near_miss"),
        ([], 12.6, "episode"),
        ([0.5], 9.0, "ambiguous"),
        ([9.5], 12.6, "ambiguous"),
        ([11.0], 12.6, "ambiguous"),
        ([4.0, 9.5], 9.8, "kept"),
    ],
)
def test_a_window_is_judged_by_what_was_really_done(visits_s, home_s, is_a):
    assert outcome(visits_s, home_s) == is_a
