"""Floods and chattering sources, against rules written a second time, as plainly as can be."""

import random

import msgspec
import pytest

from contract.clock import US_PER_S, ManualClock
from hub.cases import chatter, flood
from hub.cases.flood import OTHERS, Flood, Group, Limits
from hub.policy.load import Policy

POLICY = Policy.load()
T0 = ManualClock().now_us()
LIMIT = Limits(begins=10, ends=5, window_us=600 * US_PER_S)


def us(s):
    return T0 + int(s * US_PER_S)


def alarm(no, at, cause="tamper", zone="gate"):
    return Group(cause, zone, no, us(at))


def run(times, limit=LIMIT):
    """Begins and ends, in seconds, as a hub would have them that looks at each deadline."""
    state, told = Flood(), []
    for no, at in enumerate(times, 1):
        due_us = flood.ends_us(state, limit)
        if due_us is not None and due_us <= us(at):
            told.append(("ended", round((due_us - T0) / US_PER_S)))
            state = flood.over(state)
        was = state.lasts
        state = flood.new_alarm(state, alarm(no, at), limit)
        if state.lasts and not was:
            told.append(("began", at))
    due_us = flood.ends_us(state, limit)
    return [*told, *([("ended", round((due_us - T0) / US_PER_S))] if due_us is not None else [])]


def plainly(times, limit=LIMIT):
    """The same, second by second."""
    window, told, lasts = limit.window_us // US_PER_S, [], False
    for now in range(times[-1] + window + 2):
        before = sum(1 for at in times if now - window < at < now)
        if lasts and before < limit.ends:
            told.append(("ended", now))
            lasts = False
        for n, at in enumerate(times):
            if at == now:
                within = sum(1 for one in times[: n + 1] if now - window < one)
                if not lasts and within > limit.begins:
                    told.append(("began", now))
                    lasts = True
    return told


@pytest.mark.parametrize("seed", range(30))
def test_a_flood_begins_and_ends_when_counting_each_second_says_so(seed):
    dice = random.Random(seed)
    limit = Limits(dice.randint(1, 12), dice.randint(1, 8), 600 * US_PER_S)
    limit = limit._replace(ends=min(limit.ends, limit.begins + 1))
    at, times = 0, []
    for _ in range(dice.randint(5, 60)):
        at += dice.choice((1, 5, 30, 100, 400))
        times.append(at)
    assert run(times, limit) == plainly(times, limit)


def test_eleven_in_ten_minutes_begin_one_and_the_shipped_numbers_say_so():
    assert flood.limits(POLICY) == LIMIT
    assert run([n * 59 for n in range(11)])[0] == ("began", 590)
    assert run([n * 61 for n in range(11)]) == []


def test_groups_come_in_the_order_of_their_first_alarms_and_none_is_lost():
    state = Flood()
    for no in range(1, 12):
        state = flood.new_alarm(state, alarm(no, no, "camera_lost" if no % 2 else "tamper"), LIMIT)
    assert [(one.cause, one.first_no, one.count) for one in state.groups] == [("camera_lost", 1, 6), ("tamper", 2, 5)]
    for no in range(12, 300):
        state = flood.new_alarm(state, alarm(no, 12, f"cause-{no}"), LIMIT)
    assert sum(one.count for one in state.groups) == state.count == 299
    assert len(state.groups) == flood.GROUPS_MAX + 1
    assert state.groups[-1].cause == OTHERS


def test_what_is_remembered_does_not_grow():
    state = Flood()
    for no in range(1, 500):
        state = flood.new_alarm(state, alarm(no, no * 1_000), LIMIT)
    assert len(state.recent) == 11
    assert msgspec.json.decode(msgspec.json.encode(state), type=Flood) == state


def test_a_clock_that_was_set_back_makes_no_flood_and_one_noticed_late_counts_as_the_last():
    state = Flood()
    for no in range(1, 11):
        state = flood.new_alarm(state, alarm(no, 100_000), LIMIT)
    assert not flood.new_alarm(state, alarm(11, 0), LIMIT).lasts
    late = flood.new_alarm(state, alarm(11, 99_990), LIMIT)
    assert (late.lasts, late.began_us) == (True, us(100_000))


def test_a_source_chatters_after_more_returns_within_the_window_than_the_policy_takes():
    source = None
    for at in (0, 100, 200):
        source = chatter.returned(source, us(at), POLICY)
    assert chatter.comebacks(source, us(300), POLICY) == 0
    source = chatter.returned(source, us(300), POLICY)
    assert chatter.comebacks(source, us(400), POLICY) == 4
    assert chatter.comebacks(source, us(601), POLICY) == 0
    assert chatter.is_stale(source, us(900), POLICY)
    assert chatter.comebacks(None, us(0), POLICY) == 0


def test_of_a_source_little_is_remembered():
    source = None
    for at in range(100):
        source = chatter.returned(source, us(at), POLICY)
    assert source is not None
    for at in range(100):
        source = chatter.merged(source, f"s:{at}")
    assert (len(source.returned_us), len(source.episodes), source.episodes[-1]) == (4, chatter.EPISODES_MAX, "s:99")
