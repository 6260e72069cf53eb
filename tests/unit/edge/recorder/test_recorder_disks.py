"""A disk that is full, and one whose power goes: on a small tmpfs and on ext4 over a loop device, where the machine may mount."""

import os
import signal
from contextlib import contextmanager

import pytest

from edge.recorder.settings import Recorded
from tests.support.agent_rig import wait_for
from tests.support.loop_disk import MIB, NoMount, copy_image, fill, make_image, mounted, small_disk
from tests.support.recording_rig import Recording, recording, times_of, twin

S = 1_000_000


@pytest.fixture(scope="module")
def film():
    with twin() as camera:
        yield camera


@contextmanager
def or_skip():
    try:
        yield
    except NoMount as error:
        pytest.skip(str(error))


def test_a_full_disk_is_told_and_recording_goes_on_by_itself_when_there_is_room(film, tmp_path):
    with (
        or_skip(),
        small_disk(tmp_path / "disk", 16 * MIB) as disk,
        recording(disk / "f", Recorded("lobby", "main", film.url), reserve_bytes=4 * MIB) as run,
    ):
        run.wait_for_segments(1)
        ballast = fill(disk)
        wait_for(lambda: (False, "disk_full") in run.states, "the full disk")
        told = {one.no for one in run.segments}
        ballast.unlink()
        wait_for(lambda: run.states[-1] == (True, "started"), "the return")
        for one in run.index.between("lobby", "main", 1, 1 << 61):
            assert (run.index.folder / one.path).stat().st_size == one.size_bytes
            assert times_of(run.index.folder / one.path)
        assert told <= {one.no for one in run.index.between("lobby", "main", 1, 1 << 61)}


def test_a_disk_at_its_reserve_is_refusing_before_it_is_full(film, tmp_path):
    with (
        or_skip(),
        small_disk(tmp_path / "disk", 16 * MIB) as disk,
        recording(disk / "f", Recorded("lobby", "main", film.url), reserve_bytes=64 * MIB) as run,
    ):
        wait_for(lambda: run.states == [(False, "disk_full")] and run.disks, "the refusal")
        assert run.disks[0].refusing
        assert run.disks[0].free_bytes > 8 * MIB
        assert run.segments == []


def test_what_was_told_outlives_a_power_cut_and_what_was_torn_is_found(film, tmp_path):
    """The child is stopped, what the disk has at that moment is copied, and an agent comes up on the copy."""
    with or_skip():
        image = make_image(tmp_path / "disk.img")
        with mounted(image, tmp_path / "disk") as disk, recording(disk / "f", Recorded("lobby", "main", film.url)) as run:
            run.wait_for_segments(2)
            run.wait_for_growth(S)
            os.kill(run.child_pid, signal.SIGSTOP)
            told = list(run.segments)
            cut = copy_image(image, tmp_path / "cut.img")
            os.kill(run.child_pid, signal.SIGCONT)
        with mounted(cut, tmp_path / "after") as after:
            found = Recording(after / "f", [Recorded("lobby", "main", "rtsp://127.0.0.1:1/gone")])
            found.recorder.start()
            try:
                wait_for(found.recorder.keepers[0].mended.is_set)
                for one in told:
                    segment = found.segment(one.no)
                    assert (segment.start_us, segment.end_us, segment.size_bytes) == (one.start_us, one.end_us, one.size_bytes)
                    assert (found.index.folder / segment.path).stat().st_size == one.size_bytes
                    assert times_of(found.index.folder / segment.path)
                assert found.deleted == []
            finally:
                found.recorder.stop()
                assert found.recorder.join(20)


def test_a_file_that_was_synced_and_not_entered_yet_is_entered_after_the_cut(film, tmp_path):
    with recording(tmp_path / "f", Recorded("lobby", "main", film.url)) as run:
        run.wait_for_segments(2)
    rows = run_rows(tmp_path / "f")
    lost = rows[-1]
    forget(tmp_path / "f", lost)
    again = Recording(tmp_path / "f", [Recorded("lobby", "main", "rtsp://127.0.0.1:1/gone")])
    again.recorder.start()
    try:
        wait_for(lambda: lost.no in {one.no for one in again.segments}, "the segment that no row named")
        assert again.index.get("lobby", "main", lost.no) is not None
        (one,) = [one for one in again.segments if one.no == lost.no]
        assert (one.size_bytes, one.init_bytes) == (lost.size_bytes, lost.init_bytes)
        assert one.end_us - one.start_us == pytest.approx(lost.end_us - lost.start_us, abs=100_000)
    finally:
        again.recorder.stop()
        assert again.recorder.join(20)


def run_rows(folder):
    index = Recording(folder, []).index
    rows = index.between("lobby", "main", 1, 1 << 61)
    index.close()
    return rows


def forget(folder, row):
    index = Recording(folder, []).index
    index.drop(row.device, row.stream, [row.no])
    index.close()
