"""Which windows are kept, and what the others are."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.duties.judging import GRACE_US, Moment, Verdict, becomes, counts, fill, verdict
from hub.duties.types import Duty, Person, Route, Scan, Window

S = 1_000_000
SILENT_MAX_US = 72 * 3_600 * S
DUTY = Duty("patrol", "PAT-2", "巡逻", "patrol", "scan", (), by=("guard",), void=("two_places",))
ROUTE = Route("north", "patrol", ("gate",), ("wand-1", "hub"))


def window(opens_s: int, ends_s: int, state="open") -> Window:
    name = f"patrol/north/gate/{opens_s}"
    return Window(name, "patrol", "north", "gate", opens_s * S, (ends_s - 1) * S, ends_s * S, 1, state=state)


def scan(at_s: float, key: str = "", **more) -> Scan:
    return Scan("wand-1", key or f"k{at_s}", "gate", int(at_s * S), int(at_s * S), **more)


def names(filled):
    return {name.rpartition("/")[2]: found.at_us / S for name, found in filled.items()}


def always(_scan, _window):
    return True


def test_a_scan_keeps_the_window_that_it_lies_in():
    assert names(fill([window(0, 70), window(60, 130)], [scan(20), scan(100)], always)) == {"0": 20, "60": 100}


def test_where_two_windows_overlap_one_scan_keeps_the_first_and_the_next_scan_the_second():
    windows = [window(0, 70), window(60, 130)]
    assert names(fill(windows, [scan(65)], always)) == {"0": 65}
    assert names(fill(windows, [scan(65), scan(66)], always)) == {"0": 65, "60": 66}


def test_both_ends_of_a_window_belong_to_it_and_what_lies_outside_does_not():
    assert names(fill([window(10, 20)], [scan(9.999999), scan(10)], always)) == {"10": 10}
    assert names(fill([window(10, 20)], [scan(20)], always)) == {"10": 20}
    assert not fill([window(10, 20)], [scan(20.000001)], always)


def test_a_scan_that_does_not_count_for_one_window_may_keep_another():
    windows = [window(0, 70), window(60, 130)]
    assert names(fill(windows, [scan(65)], lambda _, one: one.opens_us > 0)) == {"60": 65}


@given(st.lists(st.integers(0, 300), max_size=12), st.integers(1, 6), st.integers(0, 40))
def test_no_other_choice_would_keep_more_windows(times, count, tolerance):
    windows = [window(50 * one, 50 * one + 51 + tolerance) for one in range(count)]
    scans = [scan(at, f"{number}") for number, at in enumerate(sorted(times))]
    assert len(fill(windows, scans, always)) == _largest_matching(windows, scans)


def _largest_matching(windows, scans):
    """Augmenting paths: slow, and right by another way."""
    taken: dict[str, str] = {}

    def place(one, seen):
        for candidate in windows:
            name = candidate.window_id
            if candidate.opens_us <= one.at_us <= candidate.ends_us and name not in seen:
                seen.add(name)
                other = taken.get(name)
                if other is None or place(next(s for s in scans if s.key == other), seen):
                    taken[name] = one.key
                    return True
        return False

    return sum(place(one, set()) for one in scans)


@pytest.mark.parametrize(
    ("filled", "reported_s", "now_s", "ready_s", "found"),
    [
        (True, 0, 5, 0, Verdict("kept", "in_time")),
        (True, 0, 500, 0, Verdict("kept", "in_time")),
        (False, 500, 99.999999, 0, Verdict("open", "not_over")),
        (False, 100, 100, 0, Verdict("missed", "no_evidence")),
        (False, 99.999999, 100, 0, Verdict("open", "waiting")),
        (False, 99, 100 + GRACE_US / S, 0, Verdict("unproven", "source_silent")),
        (False, 99, 5_000, 5_000, Verdict("open", "waiting")),
        (False, 99, 5_000 + GRACE_US / S, 5_000, Verdict("unproven", "source_silent")),
        (False, 99, 100 + SILENT_MAX_US / S, 0, Verdict("missed", "source_silent_too_long")),
        (False, 100, 5_000, 5_000, Verdict("missed", "no_evidence")),
    ],
)
def test_the_verdict_names_its_reason(filled, reported_s, now_s, ready_s, found):
    assert (
        verdict(window(0, 100), filled, int(reported_s * S), Moment(round(now_s * S), int(ready_s * S), SILENT_MAX_US)) == found
    )


@pytest.mark.parametrize(
    ("was", "found", "state"),
    [
        ("open", "kept", "kept"), ("open", "missed", "missed"), ("open", "unproven", "unproven"),
        ("unproven", "missed", "missed"),
        ("missed", "kept", "withdrawn"), ("unproven", "kept", "withdrawn"), ("withdrawn", "kept", "withdrawn"),
        ("kept", "kept", "kept"), ("kept", "missed", "missed"), ("withdrawn", "missed", "missed"),
    ],
)  # fmt: skip
def test_a_gap_that_was_raised_stays_on_record(was, found, state):
    assert becomes(was, Verdict(found, "in_time")) == state


@pytest.mark.parametrize(
    ("one", "person", "good"),
    [
        (scan(1), None, True),
        (scan(1), Person("zhang", "张", "Zhang", "guard"), True),
        (scan(1), Person("li", "李", "Li", "cleaner"), False),
        (scan(1, flags=("weak_medium", "clock_off")), None, True),
        (scan(1, flags=("two_places",)), None, False),
        (scan(1, flags=("altered",)), None, False),
        (scan(1, flags=("too_late",)), None, False),
        (scan(1, duty="cleaning"), None, False),
        (Scan("wand-9", "k", "gate", S, S), None, False),
    ],
)
def test_what_counts_is_said_by_the_route_the_duty_and_the_flags(one, person, good):
    assert counts(one, DUTY, ROUTE, person) is good


def test_an_answer_counts_for_its_own_duty_alone():
    duty = Duty("post", "MON-1", "查岗", "post check", "answer", ())
    route = Route("room", "post", ("gate",), ("hub",))
    assert counts(Scan("hub", "k", "gate", S, S, duty="post"), duty, route, None)
    assert not counts(Scan("hub", "k", "gate", S, S), duty, route, None)


def test_the_order_of_arrival_does_not_matter():
    windows = [window(0, 70), window(60, 130), window(120, 190)]
    scans = [scan(65), scan(66), scan(125)]
    expected = names(fill(windows, scans, always))
    for order in permutations(scans):
        assert names(fill(windows, sorted(order, key=lambda one: one.at_us), always)) == expected
