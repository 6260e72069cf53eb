"""The stream's timestamps on the agent's clock: late packets, drifting clocks, and headers that lie."""

from itertools import pairwise
from random import Random

import pytest

from edge.recorder.times import JUMP_US, MAX_SLEW_US, Times

S = 1_000_000
MS = 1_000
START = 500 * S


def play(times, pts, arrivals):
    return [times.place(stamp, at) for stamp, at in zip(pts, arrivals, strict=True)]


def steady(seconds, step=40 * MS):
    return [n * step for n in range(int(seconds * S) // step)]


def test_pictures_that_arrive_in_bursts_keep_their_own_distances():
    pts = steady(60)
    arrivals = [START + -(-stamp // (250 * MS)) * 250 * MS for stamp in pts]
    placed = play(Times(), pts, arrivals)
    assert all(abs(after - before - 40 * MS) <= MAX_SLEW_US for before, after in pairwise(placed))
    assert all(abs(at - START - stamp) <= 250 * MS for at, stamp in zip(placed, pts, strict=True))


def test_a_stalled_network_moves_nothing():
    pts = steady(60)
    arrivals = [START + (stamp if not 20 * S < stamp < 28 * S else 28 * S) for stamp in pts]
    times = Times()
    placed = play(times, pts, arrivals)
    assert times.jumps <= 1
    assert abs(placed[-1] - START - pts[-1]) < 100 * MS


def test_what_a_camera_had_kept_at_the_start_is_older_than_its_arrival():
    pts = steady(20)
    arrivals = [START + max(0, stamp - 900 * MS) for stamp in pts]
    times = Times()
    placed = play(times, pts, arrivals)
    assert times.settled_us == pytest.approx(-900 * MS, abs=50 * MS)
    assert placed[0] + times.settled_us == pytest.approx(START - 900 * MS, abs=50 * MS)


@pytest.mark.parametrize("skew", [0.998, 1.0, 1.002])
def test_a_camera_whose_clock_runs_fast_or_slow_is_followed_for_hours(skew):
    pts = steady(7200, 200 * MS)
    arrivals = [START + int(stamp * skew) + Random(stamp).randrange(30 * MS) for stamp in pts]
    times = Times()
    placed = play(times, pts, arrivals)
    assert times.jumps == 0
    assert abs(placed[-1] + times.settled_us - arrivals[-1]) < 100 * MS


def test_frames_at_any_rate_are_where_their_stamps_say():
    random = Random(3)
    pts, at = [], 0
    for _ in range(2000):
        pts.append(at)
        at += random.choice([5, 33, 66, 500, 1500]) * MS
    times = Times()
    placed = play(times, pts, [START + stamp for stamp in pts])
    assert times.jumps == 0
    assert [at - START for at in placed] == pts


@pytest.mark.parametrize("jump", [-3600 * S, 3600 * S, -5 * S, 10 * S])
def test_stamps_that_jump_once_leave_the_line_where_it_was(jump):
    pts = steady(60)
    lying = [stamp if stamp < 30 * S else stamp + jump for stamp in pts]
    times = Times()
    placed = play(times, lying, [START + stamp for stamp in pts])
    assert times.jumps == 1
    assert all(0 < after - before < 100 * MS for before, after in pairwise(placed))
    assert abs(placed[-1] - START - pts[-1]) < 100 * MS


@pytest.mark.parametrize("rate", [0.2, 0.5, 2.0, 10.0])
def test_a_header_that_lies_of_the_rate_is_no_longer_believed(rate):
    pts = steady(300)
    times = Times()
    placed = play(times, [int(stamp * rate) for stamp in pts], [START + stamp for stamp in pts])
    assert times.by_arrival
    assert all(after > before for before, after in pairwise(placed))
    assert abs(placed[-1] + times.settled_us - START - pts[-1]) < JUMP_US


def test_pictures_shown_in_another_order_than_they_come_are_no_jump():
    shown = [0, 120, 40, 80, 240, 160, 200, 360, 280, 320]
    times = Times()
    placed = play(times, [n * MS for n in shown], [START + n * 40 * MS for n in range(10)])
    assert times.jumps == 0
    assert [at - START for at in placed] == [n * MS for n in shown]
