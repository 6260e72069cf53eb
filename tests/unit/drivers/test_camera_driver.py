"""The driver and its twin over a real connection, with a real child."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event, Thread

import cv2
import numpy as np
import pytest

from contract.readings import CameraLink, PictureDark, PictureFrozen, Reading
from drivers.port import CommandFailed, DeviceLost, Finding, ReceiptOf
from drivers.rtsp_camera import clip
from drivers.rtsp_camera.driver import KIND, CameraDriver
from drivers.rtsp_camera.messages import MAX_PICTURE_BYTES
from drivers.rtsp_camera.twin import CameraTwin, Scenes, drawn_scenes

WAIT_S = 30.0
SMALL = clip.Shape(width=160, height=90, seconds=3, gop=5)


def until(true: Callable[[], object]) -> None:
    for _ in range(int(WAIT_S / 0.05)):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(f"not within {WAIT_S:.0f} s")


class Box:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.ups = self.alives = 0
        self.readings: list[Reading] = []
        self.findings: list[Finding] = []
        self.pictures: list[tuple[bytes, int, int, str]] = []

    def up(self) -> None:
        assert not self.readings
        self.ups += 1

    def reading(self, reading: Reading, device_at_us: int | None = None, device: str | None = None) -> int:
        assert self.ups == 1
        self.readings.append(reading)
        return len(self.readings)

    def receipt_of(self, numbers: Sequence[int]) -> ReceiptOf:
        raise AssertionError("a camera is not asked to forget")

    def arriving(self) -> None:
        pass

    def told(self, device: str, up_to_us: int) -> None:
        raise AssertionError("a camera does not remember")

    def finding(self, finding: Finding) -> None:
        self.findings.append(finding)

    def alive(self) -> None:
        self.alives += 1

    def picture(self, jpeg: bytes, width: int, height: int, order: str) -> str:
        self.pictures.append((jpeg, width, height, order))
        return f"picture-{len(self.pictures)}"

    def last(self, kind: type[Reading]) -> Reading | None:
        return next((reading for reading in reversed(self.readings) if isinstance(reading, kind)), None)

    def connected(self) -> bool:
        link = self.last(CameraLink)
        return isinstance(link, CameraLink) and link.connected

    def active(self, kind: type[PictureDark] | type[PictureFrozen]) -> bool | None:
        reading = self.last(kind)
        return None if reading is None else reading.active  # type: ignore[attr-defined]


class Run:
    """A driver in a thread of its own."""

    def __init__(self, driver: CameraDriver) -> None:
        self.driver = driver
        self.box = Box()
        self.stop = Event()
        self.ended: BaseException | None = None
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.driver.run(self.box, self.stop)
        except BaseException as error:
            self.ended = error

    def join(self) -> None:
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.join()


def driver_for(url: str, **options: float) -> CameraDriver:
    driver = KIND.make(url, KIND.options(**options))
    assert isinstance(driver, CameraDriver)
    return driver


@pytest.fixture(scope="module")
def scenes() -> Scenes:
    return drawn_scenes(SMALL)


@pytest.fixture
def twin(scenes: Scenes) -> Iterator[CameraTwin]:
    with CameraTwin(scenes) as twin:
        yield twin


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()


def test_dark_and_frozen_are_told_and_taken_back_and_a_snapshot_is_a_jpeg(twin: CameraTwin):
    with Run(driver_for(twin.url, frozen_after_s=1)) as run:
        box = run.box
        until(lambda: box.active(PictureDark) is False and box.active(PictureFrozen) is False)
        assert box.readings[0] == CameraLink(connected=True, reason="opened")
        run.driver.act("snapshot", {"order": "order-7"})
        ((jpeg, width, height, order),) = box.pictures
        assert (width, height, order) == (160, 90, "order-7")
        assert len(jpeg) <= MAX_PICTURE_BYTES
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape == (90, 160, 3)
        assert picture.mean() > 60
        twin.show("dark")
        until(lambda: box.active(PictureDark))
        twin.show("frozen")
        until(lambda: box.active(PictureDark) is False and box.active(PictureFrozen))
        twin.show("normal")
        until(lambda: box.active(PictureFrozen) is False)
        assert box.alives > 0
        assert box.findings == []
        pid = run.driver.child_pid
        assert pid is not None
    assert run.ended is None
    assert gone(pid)
    assert len([reading for reading in run.box.readings if isinstance(reading, CameraLink)]) == 1


def test_a_camera_that_is_away_is_told_once_and_found_again(twin: CameraTwin):
    twin.refuse()
    with Run(driver_for(twin.url)) as run:
        until(lambda: run.box.readings)
        assert run.box.readings == [CameraLink(connected=False, reason="refused")]
        assert run.box.alives == 0
        with pytest.raises(CommandFailed, match="not connected"):
            run.driver.act("snapshot", {"order": "1"})
        twin.accept()
        until(run.box.connected)
        twin.refuse()
        until(lambda: not run.box.connected())
        assert run.box.readings[-1] == CameraLink(connected=False, reason="ended")
        twin.accept()
        until(run.box.connected)
        links = [reading.connected for reading in run.box.readings if isinstance(reading, CameraLink)]
        assert links == [False, True, False, True]
        assert run.box.ups == 1


def test_a_camera_that_is_back_tells_dark_and_frozen_again_also_when_all_is_well(twin: CameraTwin):
    """What was raised before the connection was lost could not be cleared otherwise."""
    with Run(driver_for(twin.url, frozen_after_s=1)) as run:
        box = run.box
        twin.show("dark")
        until(lambda: box.active(PictureDark))
        for _ in range(2):
            twin.refuse()
            until(lambda: not box.connected())
            lost_at = len(box.readings)
            twin.show("normal")
            twin.accept()
            until(lambda start=lost_at: {PictureDark, PictureFrozen} <= {type(one) for one in box.readings[start:]})
            back = [one for one in box.readings[lost_at:] if isinstance(one, PictureDark | PictureFrozen)]
            assert not any(one.active for one in back)


def test_a_camera_that_hangs_is_lost_by_its_silence(twin: CameraTwin):
    with Run(driver_for(twin.url, silence_timeout_s=2)) as run:
        until(run.box.connected)
        twin.hang()
        until(lambda: not run.box.connected())
        assert run.box.last(CameraLink) == CameraLink(connected=False, reason="timeout")
        twin.accept()
        until(run.box.connected)


def test_a_killed_child_ends_the_run_and_the_next_run_works(twin: CameraTwin):
    driver = driver_for(twin.url)
    with Run(driver) as run:
        until(run.box.connected)
        assert driver.child_pid is not None
        os.kill(driver.child_pid, signal.SIGKILL)
        run.join()
        assert isinstance(run.ended, DeviceLost)
        assert str(run.ended) == "child_died"
    with pytest.raises(CommandFailed, match="not being watched"):
        driver.act("snapshot", {"order": "1"})
    with Run(driver) as again:
        until(again.box.connected)


def test_a_wrong_password_is_named_and_the_right_one_works(scenes: Scenes):
    with CameraTwin(scenes, login=("guard", "p4ss")) as twin:
        with Run(driver_for(twin.url.replace("p4ss", "wrong"))) as run:
            until(lambda: run.box.readings)
            assert run.box.readings == [CameraLink(connected=False, reason="unauthorized")]
        with Run(driver_for(twin.url)) as run:
            until(run.box.connected)


def test_an_unknown_action_is_refused(twin: CameraTwin):
    with pytest.raises(CommandFailed, match="cannot open"):
        driver_for(twin.url).act("open", {})


def test_a_sink_that_fails_ends_the_run_and_leaves_no_child(twin: CameraTwin):
    class Full(Box):
        def alive(self) -> None:
            raise RuntimeError("spool full")

    driver = driver_for(twin.url)
    with pytest.raises(RuntimeError, match="spool full"):
        driver.run(Full(), Event())
    assert driver.child_pid is None
    until(lambda: twin.clients == 0)


AGENT = """
import sys
from threading import Event
from drivers.rtsp_camera.driver import KIND
class Box:
    def __getattr__(self, name):
        return lambda *a, **k: print(driver.child_pid, flush=True)
driver = KIND.make(sys.argv[1], KIND.options())
driver.run(Box(), Event())
"""


def test_no_child_outlives_an_agent_that_was_killed(twin: CameraTwin):
    with subprocess.Popen([sys.executable, "-c", AGENT, twin.url], stdout=subprocess.PIPE) as agent:
        assert agent.stdout is not None
        pid = int(agent.stdout.readline())
        assert not gone(pid)
        agent.kill()
    until(lambda: gone(pid))
