import os
import signal
from pathlib import Path
from threading import Thread

import pytest

from contract.readings import CameraLink, PictureDark, PictureFrozen
from drivers.port import Finding
from drivers.rtsp_camera import clip, decode, film
from drivers.rtsp_camera.messages import JudgeFile
from drivers.rtsp_camera.process import Child, ChildDied
from drivers.rtsp_camera.settings import Options
from drivers.rtsp_camera.twin import scenes_from_file

VIDEOS = Path(__file__).parents[4] / "shared" / "data" / "video"
REAL = ("bgs_video.avi", "bgs_video03.avi", "car-detection.mp4")


def judged(data: bytes):
    return decode.FileDecoder(Options()).decode(data, end=True).items


def real(name: str) -> Path:
    if not (VIDEOS / name).is_file():
        pytest.skip(f"{name}: the videos are not here")
    return VIDEOS / name


@pytest.mark.parametrize("name", REAL)
def test_a_real_film_of_traffic_is_neither_dark_nor_frozen(name: str):
    items = judged(real(name).read_bytes())
    assert items[0] == CameraLink(connected=True, reason="opened")
    assert items[-1] == CameraLink(connected=False, reason="ended")
    assert [item.active for item in items if isinstance(item, PictureDark)] == [False]
    assert [item.active for item in items if isinstance(item, PictureFrozen)] == [False]


def test_a_real_film_becomes_scenes_that_can_be_shown():
    scenes = scenes_from_file(real("car-detection.mp4"))
    normal = judged(film.annex_b(scenes["normal"]))
    assert [item.active for item in normal if isinstance(item, PictureFrozen)] == [False]
    assert scenes["normal"].length_90k == pytest.approx(30.16 * film.CLOCK_HZ, rel=0.02)
    still = judged(film.annex_b(scenes["frozen"]))
    assert PictureFrozen(active=False) not in still


def test_a_file_without_h264_is_refused_as_a_film(tmp_path: Path):
    path = tmp_path / "no.mp4"
    path.write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"no\.mp4: no video file"):
        film.film_from_file(path)
    with pytest.raises(ValueError, match=r"H\.264"):
        film.film_from_file(real("bgs_video.avi"))


def test_nothing_is_said_before_the_end():
    decoder = decode.FileDecoder(Options())
    assert decoder.decode(b"abc") == (0, [])
    assert decoder.decode(b"", end=True) == (0, [])


def test_a_file_that_is_too_long_is_one_finding(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decode, "MAX_FILE_BYTES", 10)
    decoder = decode.FileDecoder(Options())
    assert decoder.decode(b"x" * 11) == (11, [Finding("too_long", 0, b"x" * 11)])
    assert decoder.decode(b"y" * 9, end=True) == (9, [])


def test_a_damaged_film_is_findings_and_no_crash():
    data = bytearray(film.annex_b(clip.lane(clip.Shape(width=96, height=54, seconds=2))))
    for at in range(500, len(data), 997):
        data[at] ^= 0xFF
    items = judged(bytes(data))
    assert items
    assert items[0] == CameraLink(connected=True, reason="opened") or isinstance(items[0], Finding)


def test_a_child_that_is_killed_is_a_finding(monkeypatch: pytest.MonkeyPatch):
    class Dying(Child):
        def __init__(self, first: JudgeFile, body: bytes) -> None:
            super().__init__(first, body)
            os.kill(self.pid, signal.SIGKILL)

    monkeypatch.setattr(decode, "Child", Dying)
    assert judged(b"junk") == [Finding("child_died", 0, b"junk")]


def test_a_stopped_child_takes_nothing_more_and_stops_twice():
    child = Child(JudgeFile(Options()), b"junk")
    child.stop()
    child.stop()
    with pytest.raises(ChildDied):
        child.send(JudgeFile(Options()))


def test_a_sender_who_waits_for_a_hanging_child_is_freed_by_stop():
    child = Child(JudgeFile(Options()), b"junk")
    os.kill(child.pid, signal.SIGSTOP)
    errors: list[BaseException] = []

    def send() -> None:
        try:
            child.send(JudgeFile(Options()), bytes(1 << 20))
        except ChildDied as error:
            errors.append(error)

    sender = Thread(target=send)
    sender.start()
    child.stop()
    sender.join(30)
    assert not sender.is_alive()
