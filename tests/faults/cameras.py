"""A camera's decoder is aborted, and is sent damaged films: it costs a child, and the agent and its other devices go on."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from drivers.em_ascii.decode import EmAsciiOptions
from drivers.rtsp_camera import clip
from drivers.rtsp_camera.film import Film
from drivers.rtsp_camera.settings import Options
from drivers.rtsp_camera.twin import CameraTwin, drawn_scenes
from edge.agent import Ports
from edge.config import DeviceSettings
from edge.supervisor import BackOff
from tests.faults.devices import RealRig, Wire, card_name, cards_of, em_frame
from tests.faults.row import Row, Tally
from tests.support.lives import wait_for

SMALL = clip.Shape(width=160, height=90, seconds=3, gop=5)
DAMAGE_EVERY = 3
"""One try in so many is a damaged film, the others an abort."""
BITS = 40


class NotedBackOff(BackOff):
    """A short back-off that keeps what it was asked: how many failures in a row there were."""

    asked: list[int]

    def pause_s(self, failures: int, random: Random) -> float:
        self.asked.append(failures)
        return super().pause_s(failures, random)


class CameraRig(RealRig):
    """An agent with a card reader on a wire and a camera."""

    def ports(self) -> Ports:
        self.back_off = NotedBackOff(first_s=0.01, max_s=0.2, good_s=10.0)
        self.back_off.asked = []
        return super().ports()._replace(backoff=self.back_off)

    def last_camera_link(self) -> bool:
        """Whether the camera was there by the last word about it."""
        links = self.records("camera_link", "camera")
        return bool(links) and bool(links[-1].reading.connected)

    def camera_downs(self) -> list[str]:
        """Why the camera's driver was lost, each time."""
        return [one.reading.reason for one in self.records("device_link", "camera") if not one.reading.up]


@contextmanager
def _rig(folder: Path, camera: str) -> Iterator[tuple[CameraRig, Wire]]:
    folder.mkdir(parents=True, exist_ok=True)
    wire = Wire(folder / "tty")
    devices = (
        DeviceSettings("reader", "em_ascii", f"serial://{wire.name}", EmAsciiOptions()),
        DeviceSettings("camera", "rtsp_camera", camera, Options()),
    )
    rig = CameraRig(folder, devices)
    try:
        rig.agent.start()
        yield rig, wire
    finally:
        rig.agent.stop()
        wire.unplug()


def children() -> list[int]:
    """The decoders that this process has."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:2]
            if int(parent) == os.getpid() and state != "Z" and b"rtsp_camera.child" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def damaged_film(film: Film, random: Random) -> Film:
    """The film with some bytes of every second picture turned, parameter sets included, and some units cut."""
    return film._replace(
        frames=tuple(
            frame._replace(nals=tuple(_damaged(nal, random) for nal in frame.nals)) if number % 2 else frame
            for number, frame in enumerate(film.frames)
        )
    )


def _damaged(nal: bytes, random: Random) -> bytes:
    data = bytearray(nal[: random.randint(2, len(nal))] if random.random() < 0.2 else nal)
    for _ in range(random.randint(1, 20)):
        data[random.randrange(1, len(data))] ^= random.randint(1, 255)
    return bytes(data)


def aborted_decoder(folder: Path, tries: int, random: Random) -> Tally:
    """Each abort is one loss of the camera, told with its reason, after which a new child finds it again; the pauses grow. Each
    card that is shown meanwhile is read, and the reader's link is as it was."""
    violations: list[str] = []
    with CameraTwin(drawn_scenes(SMALL)) as twin, _rig(folder, twin.url) as (rig, wire):
        whole = twin.scenes["normal"]
        for number in range(1, tries + 1):
            try:
                wait_for(rig.last_camera_link, "the camera to be there")
                if number % DAMAGE_EVERY:
                    _abort(rig, wire, number)
                else:
                    twin.scenes["normal"] = damaged_film(whole, random)
                    _show(rig, wire, number)
                    twin.scenes["normal"] = whole
            except AssertionError as error:
                violations.append(str(error))
                break
        violations += _broken(rig, tries)
    if left := children():
        violations.append(f"{len(left)} decoders outlived their agent")
    return Tally(tries, violations)


def _abort(rig: CameraRig, wire: Wire, number: int) -> None:
    (child,) = wait_for(children, "a decoder")
    losses, words = len(rig.camera_downs()), len(rig.records("camera_link", "camera"))
    os.kill(child, signal.SIGABRT)
    _show(rig, wire, number)
    wait_for(lambda: len(rig.camera_downs()) > losses, "the loss of the camera to be told")
    wait_for(lambda: len(rig.records("camera_link", "camera")) > words, "a new decoder's first word")
    assert child not in children()


def _show(rig: CameraRig, wire: Wire, number: int) -> None:
    wire.send(em_frame(number))
    wait_for(lambda: card_name(number, BITS) in cards_of(rig)[-2:], "the card that was shown meanwhile")


def _broken(rig: CameraRig, tries: int) -> list[str]:
    found = []
    losses = rig.camera_downs()
    if strange := sorted({one for one in losses if one != "child_died"}):
        found.append(f"the camera was lost for {strange}")
    if rig.back_off.asked != list(range(1, len(losses) + 1)):
        found.append(f"{len(losses)} losses, and pauses after {rig.back_off.asked[:20]} failures")
    if cards_of(rig) != [card_name(number, BITS) for number in range(1, tries + 1)]:
        found.append(f"{tries} cards were shown, and {len(cards_of(rig))} read, or others")
    if [one.reading.up for one in rig.records("device_link", "reader")] != [True]:
        found.append("the reader noticed what happened to the camera")
    return found


ROWS = (Row("P1 P3", "camera's decoder aborted, and damaged films", 100, 4, aborted_decoder),)
