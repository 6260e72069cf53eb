"""A stream on its way into segments, on a manual clock and real files: clocks are set, disks are full, keys are missing."""

import os
from errno import EIO, ENOSPC
from itertools import pairwise

import pytest

from edge.recorder.parameters import Sets
from edge.recorder.rtp import Picture
from edge.recorder.track import Now
from tests.support.recording_rig import times_of
from tests.support.recording_stage import FILM, SETS, WALL, S, Stage


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path / "f")


def test_segments_join_and_numbers_are_the_times_when_they_begin(stage):
    stage.play(35)
    stage.track.lost("stopped")
    ended = stage.hand.ended
    assert [(one.start_us - WALL) // S for one in ended] == [0, 10, 20, 30]
    assert all(before.end_us == after.start_us for before, after in pairwise(ended))
    assert ended[-1].end_us == WALL + 35 * S
    assert [one.no for one in ended] == [one.start_us for one in ended]
    assert [len(times_of(path)) for path in stage.hand.paths] == [100, 100, 100, 50]
    assert stage.hand.states == [(True, "started"), (False, "stopped")]


def test_a_clock_that_is_set_back_gives_no_number_twice(stage):
    stage.play(15)
    stage.wall -= 3600 * S
    stage.play(30)
    stage.track.lost("stopped")
    numbers = [one.no for one in stage.hand.ended]
    assert numbers == sorted(set(numbers))
    starts = [one.start_us for one in stage.hand.ended]
    assert min(starts) < WALL - 3500 * S
    for one, path in zip(stage.hand.ended, stage.hand.paths, strict=True):
        assert one.end_us - one.start_us == pytest.approx(len(times_of(path)) * S // 10, abs=S)
        assert path.stem == str(one.no)


def test_numbers_go_on_after_a_restart_with_a_clock_that_was_set_back(tmp_path):
    stage = Stage(tmp_path / "f", last_no=WALL + 86_400 * S)
    stage.play(12)
    stage.track.lost("stopped")
    assert [one.no for one in stage.hand.ended] == [WALL + 86_400 * S + 1, WALL + 86_400 * S + 2]
    assert stage.hand.ended[0].start_us == WALL


def test_a_clock_that_is_set_ahead_leaves_a_hole_and_no_picture_of_an_hour(stage):
    stage.play(15)
    stage.wall += 3600 * S
    stage.play(15)
    stage.track.lost("stopped")
    ended = stage.hand.ended
    assert max(one.end_us - one.start_us for one in ended) <= 11 * S
    assert max(after.start_us - before.end_us for before, after in pairwise(ended)) > 3500 * S


def test_frames_at_changing_rates_are_where_they_belong(stage):
    stage.play(5)
    stage.play(5, step=S)
    stage.play(6, step=S // 5)
    stage.track.lost("stopped")
    first = times_of(stage.hand.paths[0])
    assert first[:3] == pytest.approx([0, 0.1, 0.2], abs=0.001)
    assert 1.0 in [round(after - before, 3) for before, after in pairwise(first)]
    assert stage.hand.ended[-1].end_us == pytest.approx(WALL + 16 * S, abs=S // 2)


def test_a_stream_without_key_pictures_is_cut_all_the_same_and_told(stage):
    stage.play(200, keys=False)
    assert stage.hand.states == [(True, "unplayable")]
    assert [one.end_us - one.start_us for one in stage.hand.ended] == [60 * S, 60 * S]
    stage.play(300)
    assert stage.hand.states[-1] == (True, "started")


def test_key_pictures_far_apart_are_told_once(stage):
    for _ in range(4):
        stage.play(0.1)
        stage.play(89.9, keys=False)
    assert stage.hand.states == [(True, "started"), (True, "unplayable")]


def test_nothing_is_recorded_before_the_first_key_picture(stage):
    stage.at = S // 2
    stage.play(10)
    stage.track.lost("camera_lost")
    assert times_of(stage.hand.paths[0])[0] == 0
    assert stage.hand.ended[0].start_us == WALL + S
    assert stage.track.dropped == 5


def test_other_parameter_sets_begin_another_segment(stage):
    stage.play(3)
    other = SETS._replace(pps=FILM.pps + b"\x80")
    stage.play(3, sets=other)
    stage.track.lost("stopped")
    assert [one.end_us - one.start_us for one in stage.hand.ended] == [3 * S, 3 * S]


def test_parameter_sets_that_make_no_sense_are_told_and_never_written(stage):
    stage.play(3)
    stage.play(3, sets=Sets(b"", b"\x67\x42", b"\x68\x00"))
    assert stage.hand.states == [(True, "started"), (False, "unplayable")]
    assert stage.hand.ended[-1].end_us == WALL + 3 * S
    stage.play(12)
    assert stage.hand.states[-1] == (True, "started")


def test_a_disk_at_its_reserve_is_full_and_recording_goes_on_when_there_is_room(tmp_path):
    stage = Stage(tmp_path / "f", reserve=1 << 62)
    stage.play(12)
    assert stage.hand.states == [(False, "disk_full")]
    assert stage.hand.ended == []
    stage.files._reserve_bytes = 0
    stage.play(25)
    assert stage.hand.states == [(False, "disk_full"), (True, "started")]
    assert stage.hand.ended


@pytest.mark.parametrize(("code", "told"), [(ENOSPC, "disk_full"), (EIO, "disk_failed")])
def test_a_write_that_fails_leaves_whole_fragments_and_no_more(stage, monkeypatch, code, told):
    stage.play(5)
    writev = os.writev

    def short(handle, pieces):
        return writev(handle, pieces[:-1])

    def failing(_handle, _data):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as broken:
        broken.setattr("edge.recorder.files.os.writev", short)
        broken.setattr("edge.recorder.files.os.write", failing)
        stage.play(2)
    assert stage.hand.states == [(True, "started"), (False, told)]
    (one,) = stage.hand.ended
    assert stage.hand.paths[0].stat().st_size == one.size_bytes
    times = times_of(stage.hand.paths[0])
    assert one.end_us - one.start_us == pytest.approx(len(times) * S // 10, abs=S // 10)
    stage.play(15)
    assert stage.hand.states[-1] == (True, "started")


def test_a_camera_that_is_lost_and_comes_back_overlaps_nothing(stage):
    stage.play(5)
    stage.track.lost("camera_lost")
    stage.track.connected()
    stage.at -= 2 * S  # it sends again what it had kept
    for n in range(40):
        key = n % 10 == 0
        frame = FILM.frames[n % 10 and n]
        data = b"".join(len(nal).to_bytes(4) + nal for nal in frame.nals if nal[0] & 31 not in (7, 8))
        stage.track.take(Picture(data, n * S // 10, key, SETS), "h264", Now(WALL + 5 * S + n * S // 10, 5 * S + n * S // 10))
    stage.track.lost("stopped")
    first, second = stage.hand.ended
    assert second.start_us >= first.end_us
