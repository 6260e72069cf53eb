"""The recorder end to end over loopback: a camera's twin, a child, files that decode, and what is told when things fail."""

import os
import signal
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from edge.footage.segments import own_path
from edge.recorder.settings import Recorded
from tests.support.agent_rig import wait_for
from tests.support.recording_rig import CLOCK, pictures_of, recording, times_of, twin

S = 1_000_000


def later_than(at_us: int) -> bool:
    return CLOCK.now_us() > at_us


LOGIN = ("admin", "S3cret-pass")


@pytest.fixture(scope="module")
def film():
    with twin() as camera:
        yield camera


def test_a_camera_is_recorded_without_a_hole_and_every_segment_plays_by_itself(film, tmp_path):
    with recording(tmp_path / "f", Recorded("lobby", "main", film.url)) as run:
        told = run.wait_for_segments(3)
        index = run.index
        for before, after in pairwise(told):
            assert abs(after.start_us - before.end_us) <= 50_000
            assert after.no > before.no
        for one in told:
            segment = run.segment(one.no)
            times = pictures_of(index, segment)
            assert times[0] == 0
            assert len(times) == pytest.approx((one.end_us - one.start_us) / 100_000, abs=2)
            assert (index.folder / segment.path).stat().st_size == one.size_bytes
            assert abs(one.end_us - CLOCK.now_us()) < 60 * S
        assert run.states == [(True, "started")]
    assert run.states[-1] == (False, "stopped")


def test_what_grows_can_be_played_and_is_three_seconds_old_at_most(film, tmp_path):
    with recording(tmp_path / "f", Recorded("lobby", "main", film.url), segment_us=30 * S) as run:
        run.wait_for_growth(3 * S)
        now = run.now()
        path = run.index.folder / own_path("lobby", "main", now.no)
        copy = tmp_path / "live.mp4"
        copy.write_bytes(path.read_bytes()[: now.size_bytes])
        assert len(times_of(copy)) == pytest.approx((now.end_us - now.start_us) / 100_000, abs=1)
        ages = []
        for n in range(20):
            ages.append(CLOCK.now_us() - run.now().end_us)
            wait_for(partial(later_than, now.end_us + n * 200_000))
        assert max(ages) < 3 * S


def test_a_camera_that_goes_and_comes_is_told_and_goes_on(tmp_path):
    with twin() as camera, recording(tmp_path / "f", Recorded("lobby", "main", camera.url)) as run:
        run.wait_for_segments(1)
        camera.refuse()
        wait_for(lambda: (False, "camera_lost") in run.states, "the loss")
        camera.accept()
        wait_for(lambda: run.states[-1] == (True, "started"), "the return")
        before = len(run.segments)
        run.wait_for_segments(before + 1)


def test_a_camera_that_hangs_is_lost_within_seconds_and_what_was_there_is_kept(tmp_path):
    with twin() as camera, recording(tmp_path / "f", Recorded("lobby", "main", camera.url), segment_us=30 * S) as run:
        run.wait_for_growth(2 * S)
        camera.hang()
        hung_us = CLOCK.mono_us()
        wait_for(lambda: (False, "camera_lost") in run.states, "the loss")
        assert CLOCK.mono_us() - hung_us < 9 * S
        (one,) = run.wait_for_segments(1)
        assert one.end_us - one.start_us > 2 * S
        assert len(pictures_of(run.index, run.segment(one.no))) > 15


def test_a_child_that_is_killed_is_started_again_and_its_last_segment_is_found(film, tmp_path):
    with recording(tmp_path / "f", Recorded("lobby", "main", film.url), segment_us=30 * S) as run:
        run.wait_for_growth(2 * S)
        now = run.now()
        os.kill(run.child_pid, signal.SIGKILL)
        wait_for(lambda: (False, "stopped") in run.states, "the end")
        wait_for(lambda: run.states[-1] == (True, "started"), "the next child")
        found = wait_for(lambda: [one for one in run.segments if one.no == now.no], "what the killed child wrote")
        assert len(pictures_of(run.index, run.segment(now.no))) > 15
        assert abs(found[0].start_us - now.start_us) < S


def test_two_streams_of_cameras_share_a_child_and_no_password_is_seen(tmp_path):
    with (
        twin(login=LOGIN) as camera,
        recording(
            tmp_path / "f", Recorded("lobby", "main", camera.url), Recorded("lobby", "sub", camera.url), segment_us=2 * S
        ) as run,
    ):
        wait_for(lambda: {one.stream for one in run.segments} == {"main", "sub"}, "both streams")
        assert len(run.recorder.keepers) == 1
        pid = run.child_pid
        assert LOGIN[1].encode() not in Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
        assert LOGIN[1] not in repr(run.recorder.keepers[0]._streams)


def test_a_wrong_password_is_told_as_a_lost_camera(tmp_path):
    with twin(login=LOGIN) as camera:
        wrong = camera.url.replace(LOGIN[1], "wrong")
        with recording(tmp_path / "f", Recorded("lobby", "main", wrong)) as run:
            wait_for(lambda: run.states == [(False, "camera_lost")])
            assert run.segments == []


def test_a_log_that_is_full_hears_it_later(film, tmp_path):
    with recording(tmp_path / "f", Recorded("lobby", "main", film.url)) as run:
        run.wait_for_segments(1)
        run.full = True
        before = run.index.totals().segments
        wait_for(lambda: run.index.totals().segments >= before + 2, "two segments that nobody hears of")
        run.full = False
        wait_for(lambda: not run.index.untold(), "all told")
        assert {one.no for one in run.segments} >= {one.no for one in run.index.between("lobby", "main", 1, 1 << 61)[:3]}


def test_no_recorder_outlives_its_agent(film, tmp_path):
    with recording(tmp_path / "f", Recorded("lobby", "main", film.url)) as run:
        run.wait_for_segments(1)
        pid = run.child_pid
    assert not Path(f"/proc/{pid}").exists()
