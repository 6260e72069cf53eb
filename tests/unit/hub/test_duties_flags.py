"""What is odd about scans."""

import pytest

from hub.duties import flags
from hub.duties.flags import Limits
from hub.duties.types import Scan, Shift, Tag

S = 1_000_000
SILENT_MAX_US = 72 * 3_600 * S
LIMITS = Limits(checkpoint_min_us=3 * S, apart_us=60 * S, clock_off_us=120 * S, late_max_us=SILENT_MAX_US)


def scan(place: str, at_s: float, *, source="wand-1", person="", tag="", received_s=None, medium="nfc") -> Scan:
    received_us = int((at_s if received_s is None else received_s) * S)
    return Scan(source, f"{place}@{at_s}@{source}", place, int(at_s * S), received_us, person=person, tag=tag, medium=medium)


def own(one: Scan, *, tag: Tag | None = None, ever=False, better=False, off_s=0.0, ends_us=0):
    return flags.own_flags(
        one, tag, ever_known=ever, better_tag=better, clock_off_us=int(off_s * S), limits=LIMITS, ends_us=ends_us
    )


TAG = Tag("04A1", "nfc", "gate", "", 0)


@pytest.mark.parametrize(
    ("one", "more", "found"),
    [
        (scan("gate", 10, tag="04A1"), {"tag": TAG}, ()),
        (scan("", 10, tag="FFFF"), {}, ("unknown_tag",)),
        (scan("", 10, tag="04A1"), {"ever": True}, ("revoked_tag",)),
        (scan("gate", 10, medium="qr"), {"better": True}, ("weak_medium",)),
        (scan("gate", 10, medium="qr"), {"better": False}, ()),
        (scan("gate", 10, medium="nfc"), {"better": True}, ()),
        (scan("gate", 10), {"off_s": 121}, ("clock_off",)),
        (scan("gate", 10), {"off_s": -121}, ("clock_off",)),
        (scan("gate", 10), {"off_s": 119}, ()),
        (scan("gate", 200, received_s=10), {}, ("from_the_future",)),
        (scan("gate", 50, received_s=10), {}, ()),
        (scan("gate", 10, received_s=11 + SILENT_MAX_US / S), {}, ("too_late",)),
        (scan("gate", 10, received_s=11 + SILENT_MAX_US / S), {"ends_us": 20 * S}, ()),
        (scan("gate", 10, received_s=21 + SILENT_MAX_US / S), {"ends_us": 20 * S}, ("too_late",)),
        (scan("gate", 10, received_s=9 + SILENT_MAX_US / S), {}, ()),
    ],
)
def test_what_a_scan_shows_by_itself(one, more, found):
    assert own(one, **more) == found


def test_two_places_within_the_minimum_are_impossibly_fast_for_the_later_one():
    first, second = scan("gate", 10), scan("pump", 12)
    assert flags.too_fast(second, [first, second], LIMITS)
    assert not flags.too_fast(first, [first, second], LIMITS)


def test_the_same_place_twice_and_a_walk_of_three_seconds_are_not_too_fast():
    assert not flags.too_fast(scan("gate", 12), [scan("gate", 10)], LIMITS)
    assert not flags.too_fast(scan("pump", 13), [scan("gate", 10)], LIMITS)


def test_a_person_with_two_wands_is_too_fast_and_two_people_are_not():
    other = scan("gate", 10, source="wand-2", person="zhang")
    assert flags.too_fast(scan("pump", 11, person="zhang"), [other], LIMITS)
    assert not flags.too_fast(scan("pump", 11, person="li"), [other], LIMITS)


def test_of_two_scans_at_the_same_moment_one_is_too_fast_whatever_the_order():
    one, two = scan("gate", 10), scan("pump", 10)
    assert [flags.too_fast(one, [one, two], LIMITS), flags.too_fast(two, [two, one], LIMITS)].count(True) == 1


def test_a_person_at_two_places_at_once_by_two_sources():
    here, there = scan("gate", 10, person="zhang"), scan("pump", 40, source="phone-1", person="zhang")
    assert flags.two_places(here, [here, there], LIMITS)
    assert flags.two_places(there, [here, there], LIMITS)
    later = scan("pump", 75, source="phone-1", person="zhang")
    assert not flags.two_places(here, [here, later], LIMITS)


def test_two_guards_who_walk_together_are_no_clone():
    one, two = scan("gate", 10, tag="04A1", person="zhang"), scan("gate", 12, source="wand-2", tag="04A1", person="li")
    assert not flags.two_places(one, [one, two], LIMITS)


@pytest.mark.parametrize(("at_s", "clone"), [(27.5, True), (32.5, True), (27, False), (33, False), (40, False), (75, False)])
def test_a_tag_read_by_two_sources_is_a_clone_where_one_of_them_cannot_have_walked_from_where_it_was(at_s, clone):
    real = scan("gate", 10, tag="04A1")
    copy = scan("gate", 30, source="wand-2", tag="04A1")
    elsewhere = scan("pump", at_s, source="wand-2", tag="04B2")
    assert flags.two_places(real, [real, copy, elsewhere], LIMITS) == clone
    assert flags.two_places(copy, [real, copy, elsewhere], LIMITS) == clone


def test_guards_on_two_rounds_who_pass_one_checkpoint_within_a_minute_were_each_at_one_place():
    near = [
        scan("gate", 10, tag="04A1", person="zhang"),
        scan("pump", 50, tag="04B2", person="zhang"),
        scan("roof", 5, source="wand-2", tag="04C3", person="li"),
        scan("gate", 45, source="wand-2", tag="04A1", person="li"),
    ]
    assert not any(flags.two_places(one, near, LIMITS) for one in near)


def test_out_of_order_is_the_place_that_comes_after_one_it_should_precede():
    walked = [scan("a", 1), scan("c", 2), scan("b", 3), scan("d", 4)]
    assert {one.key for one in walked if one.id in flags.out_of_order(walked, ["a", "b", "c", "d"])} == {"b@3@wand-1"}


def test_only_the_first_visit_of_a_place_has_an_order():
    walked = [scan("a", 1), scan("b", 2), scan("a", 3), scan("x", 4)]
    assert not flags.out_of_order(walked, ["a", "b"])


def test_the_wrong_person_is_one_who_is_not_on_the_roster():
    roster = [Shift("zhang", "north", 0, 100 * S), Shift("li", "", 50 * S, 100 * S), Shift("wang", "south", 0, 100 * S)]
    assert flags.on_duty(roster, "north", 60 * S) == ("li", "zhang")
    assert flags.on_duty(roster, "north", 100 * S) == ()
    assert flags.wrong_person(scan("gate", 1, person="wang"), ("li", "zhang"))
    assert not flags.wrong_person(scan("gate", 1, person="li"), ("li", "zhang"))
    assert not flags.wrong_person(scan("gate", 1), ("li",)), "nobody knows who it was"
    assert not flags.wrong_person(scan("gate", 1, person="wang"), ()), "there is no roster"


def test_flags_from_the_context_are_found_anew_and_the_others_stay():
    was = Scan("wand-1", "k", "gate", 0, 0, flags=("weak_medium", "too_fast"))
    assert flags.with_context(was, lambda flag: flag == "two_places") == ("weak_medium", "two_places")
