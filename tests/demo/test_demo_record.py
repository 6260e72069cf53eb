"""What is expected of a run is derived from what was really done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import US_PER_S
from watchkeeper.demo.record import LONG, SHORT, Happened, Lasted, Record, settled_s, tally_happened, tally_lasted, verdict


def lasted(seconds, limit_s=2.0):
    return Lasted("door_held", "door-1", 1_000_000, 1_000_000 + int(seconds * US_PER_S), int(limit_s * US_PER_S))


def refusals(*at_s, subject="reader-1"):
    return [Happened("repeated_refusals", subject, int(at * US_PER_S), 3, 5 * US_PER_S) for at in at_s]


@pytest.mark.parametrize(
    ("share", "is_a"),
    [(0.3, "near_miss"), (SHORT, "near_miss"), (1.0, "ambiguous"), (1.4, "ambiguous"), (LONG, "episode"), (9, "episode")],
)
def test_a_condition_is_judged_by_how_long_it_really_was(share, is_a):
    assert verdict(int(share * 2 * US_PER_S), 2 * US_PER_S) == is_a


def test_without_a_limit_the_first_moment_is_an_episode():
    assert verdict(0, 0) == "episode"


@given(st.floats(0, 100), st.floats(0.5, 50))
def test_a_lane_that_was_held_up_goes_on_until_nothing_is_ambiguous(so_far, limit_s):
    whole = so_far + settled_s(so_far, limit_s)
    assert verdict(int(whole * US_PER_S), int(limit_s * US_PER_S)) != "ambiguous"


def test_episodes_and_near_misses_are_counted_apart_and_what_is_ambiguous_is_told():
    tally = tally_lasted([lasted(0.5), lasted(0.6), lasted(5), lasted(2.2)])
    assert tally.episodes == {"door_held": 1}
    assert tally.near_misses == {"door_held": 2}
    assert tally.ambiguous == ["door_held door-1: 2.20 s at a limit of 2.00 s"]


def test_refusals_in_one_window_are_one_episode_however_many_there_are():
    assert tally_happened(refusals(0, 0.3, 0.6, 0.9)).episodes == {"repeated_refusals": 1}


def test_two_refusals_are_a_near_miss():
    tally = tally_happened(refusals(0, 0.5))
    assert (tally.episodes.total(), tally.near_misses.total()) == (0, 1)


def test_refusals_that_are_spread_out_are_near_misses():
    tally = tally_happened(refusals(0, 9, 18))
    assert (tally.episodes.total(), tally.near_misses.total(), tally.ambiguous) == (0, 3, [])


def test_refusals_at_two_readers_do_not_add_up():
    tally = tally_happened([*refusals(0, 0.3), *refusals(0.1, 0.4, subject="reader-2")])
    assert tally.episodes.total() == 0


def test_a_quiet_window_begins_another_episode():
    assert tally_happened(refusals(0, 0.3, 0.6, 10, 10.3, 10.6)).episodes == {"repeated_refusals": 2}


def test_refusals_that_fill_their_window_are_ambiguous():
    assert tally_happened(refusals(0, 2, 4)).ambiguous == ["repeated_refusals reader-1: the burst took nearly its whole window"]


def test_a_gap_near_the_window_is_ambiguous():
    assert tally_happened(refusals(0, 5.5)).ambiguous == ["repeated_refusals reader-1: a gap of 1.10 windows"]


def test_what_is_over_is_added_up_and_the_sum_stays_the_same():
    record = Record()
    deeds = refusals(0, 0.1, 0.2, 10, 10.1, 20, 20.1, 20.2, 20.3, 30)
    for one in deeds:
        record.happened(one)
    assert record.tally() == tally_happened(deeds)
    assert record.tally().episodes == {"repeated_refusals": 2}


def test_the_record_adds_up_all_of_it():
    record = Record()
    record.lasted(lasted(9))
    for one in refusals(0, 0.1, 0.2):
        record.happened(one)
    record.harmless("tamper")
    tally = record.tally()
    assert tally.episodes == {"door_held": 1, "repeated_refusals": 1}
    assert tally.near_misses == {"tamper": 1}
    assert not tally.ambiguous
