"""The recorder end to end over loopback: a camera's twin, a child, files that decode, and what is told when things fail."""

import os
import signal
import socket
import ssl
from contextlib import suppress
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Self

import pytest

from edge.footage.segments import own_path
from edge.recorder.files import Files, OpenFile
from edge.recorder.messages import Began, Camera, Ended, Order, State
from edge.recorder.session import Session
from edge.recorder.settings import Recorded
from edge.recorder.track import Now, Track
from tests.support.agent_rig import wait_for
from tests.support.recording_rig import CLOCK, pictures_of, recording, times_of, twin
from tests.support.tls_broker import make_authority

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


def test_a_child_that_hangs_is_ended_and_another_one_records(film, tmp_path, monkeypatch):
    monkeypatch.setattr("edge.recorder.keeper.SILENT_US", 7 * S)
    with recording(tmp_path / "f", Recorded("lobby", "main", film.url)) as run:
        run.wait_for_segments(1)
        pid = run.child_pid
        os.kill(pid, signal.SIGSTOP)
        wait_for(lambda: (False, "stopped") in run.states, "the end")
        wait_for(lambda: run.states[-1] == (True, "started"), "the next child")
        assert run.child_pid != pid


def test_a_camera_over_tls_is_recorded_though_nobody_signed_it(film, tmp_path):
    with TlsFront(tmp_path, film.url) as front, recording(tmp_path / "f", Recorded("lobby", "main", front.url)) as run:
        one = run.wait_for_segments(2)[1]
        assert len(pictures_of(run.index, run.segment(one.no))) > 15


def test_a_fault_that_nobody_thought_of_ends_one_camera_s_connection_and_no_more(tmp_path):
    class Hand:
        def __init__(self) -> None:
            self.told: list[tuple[str, str, str]] = []

        def close(self, file: OpenFile, told: Ended) -> None:
            file.sync()

        def tell(self, report: Began | State) -> None:
            if isinstance(report, State):
                self.told.append((report.device, report.reason, report.detail))

    def broken(*_: object) -> None:
        raise RuntimeError("nobody thought of it")

    hand = Hand()
    camera = Camera("lobby", "main", "rtsp://127.0.0.1:1/x")
    track = Track(camera, Files(tmp_path, 0), hand, 2 * S)
    session = Session(camera, Order(str(tmp_path), [camera], 2 * S, 0), track, "c")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_turn", broken)
        session.turn(Now(CLOCK.now_us(), CLOCK.mono_us()))
    assert hand.told == [("lobby", "camera_lost", "fault")]
    session.turn(Now(CLOCK.now_us(), CLOCK.mono_us() + 2 * S))  # and it tries again
    assert session._state == "dialling"


def test_a_keeper_outlives_what_nobody_thought_of(film, tmp_path, monkeypatch):
    with recording(tmp_path / "f", Recorded("lobby", "main", film.url)) as run:
        run.wait_for_segments(1)
        with monkeypatch.context() as broken:
            broken.setattr(run.index, "add_many", raising)
            wait_for(lambda: (False, "stopped") in run.states, "the fault")
        told = len(run.segments)
        run.wait_for_segments(told + 2)


def raising(*_: object) -> None:
    raise RuntimeError("nobody thought of it")


class TlsFront:
    """TLS in front of a camera, as its maker would sign it: by itself."""

    def __init__(self, folder: Path, url: str) -> None:
        authority = make_authority(folder, "maker")
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(authority.certificate, authority.key)
        self._to = int(url.rpartition(":")[2].partition("/")[0])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"rtsps://127.0.0.1:{self._listener.getsockname()[1]}/live"
        self._open = [self._listener]
        self._threads = [Thread(target=self._serve, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(10)

    def _serve(self) -> None:
        with suppress(OSError):
            plain, _ = self._listener.accept()
            near = self._context.wrap_socket(plain, server_side=True)
            far = socket.create_connection(("127.0.0.1", self._to))
            self._open += [near, far]
            near.settimeout(0.02)
            far.settimeout(0.02)
            while True:
                for one, other in ((near, far), (far, near)):
                    with suppress(TimeoutError):
                        data = one.recv(65536)
                        if not data:
                            return
                        other.settimeout(5)
                        other.sendall(data)
                        other.settimeout(0.02)
