"""Looks at one open stream's packets and tells what it sees. Runs in the child only."""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from contract.clock import US_PER_S
from contract.readings import (
    MotionSeen,
    PictureBlinded,
    PictureDark,
    PictureDefocused,
    PictureFrozen,
    PictureMoved,
    PictureOccluded,
)
from drivers.analysis.analyser import PICTURE_S, Analyser
from drivers.analysis.small import Picture, picture_of
from drivers.analysis.told import Told
from drivers.rtsp_camera import video
from drivers.rtsp_camera.messages import Passage, Report, Seen, Shot
from drivers.rtsp_camera.settings import Options
from drivers.rtsp_camera.taking import Taken, Taker, Way

if TYPE_CHECKING:
    from drivers.analysis.objects import ObjectWatch
    from drivers.rtsp_camera.plates import PlateWatch

Tell = Callable[[Report, bytes], None]
WallUs = Callable[[float], int | None]
"""The wall clock's time of a picture's own time in seconds; None where there is none, as in a file."""
Minute = Callable[[], int | None]

_PICTURES: dict[str, type[PictureBlinded | PictureDefocused | PictureFrozen | PictureMoved | PictureOccluded]] = {
    "blinded": PictureBlinded,
    "defocused": PictureDefocused,
    "frozen": PictureFrozen,
    "moved": PictureMoved,
    "occluded": PictureOccluded,
}


class Watchers:
    """What looks at pictures and outlives a stream that is lost: how the view was, and the plates' models."""

    def __init__(
        self, options: Options, plates: "PlateWatch | None", objects: "ObjectWatch | None", minute: Minute = lambda: None
    ) -> None:
        self.analyser = Analyser(options)
        self.plates = plates
        self.objects = objects
        self.minute = minute


class Viewer:
    """One open stream. A new stream has a new viewer: it says its states anew."""

    def __init__(
        self, tell: Tell, stream: Any, options: Options, orders: deque[str], watchers: Watchers, wall_us: WallUs
    ) -> None:
        self._tell = tell
        self._orders = orders
        self._watchers = watchers
        self._wall_us = wall_us
        self._motion_began: dict[tuple[str, str], int | None] = {}
        watchers.analyser.anew()
        every_s = PICTURE_S if options.plates is None else min(PICTURE_S, options.plates.every_s)
        self.taker = Taker(stream.codec_context, way_of(options), every_s)

    def look(self, packet: Any, at_s: float) -> None:
        """Take one packet. Raises the library's errors for a damaged one."""
        analyser = self._watchers.analyser
        for taken in self.taker.of(packet, at_s, wanted=bool(self._orders), still=analyser.still, doubtful=analyser.doubtful):
            picture = _picture(taken)
            if taken.check and analyser.differs(picture):
                self.taker.gate.saw_motion(at_s)
                for earlier in self.taker.missed():
                    self._see(earlier, _picture(earlier))
            self._see(taken, picture)
            if not analyser.still:
                self.taker.gate.saw_motion(at_s)

    def ends(self) -> None:
        """The stream is lost or over."""
        for told in self._watchers.analyser.ends():
            self._tell(self._reading(told), b"")

    def _see(self, taken: Taken, picture: Picture) -> None:
        watchers = self._watchers
        for told in watchers.analyser.see(picture, watchers.minute()):
            self._tell(self._reading(told), b"")
        self._answer(taken.frame)
        if watchers.plates is not None:
            for reading, shot in watchers.plates.look(taken.frame, picture.luma, picture.at_s):
                jpeg, width, height = shot or (b"", 0, 0)
                self._tell(Passage(reading, width, height), jpeg)
        if watchers.objects is not None:
            for seen in watchers.objects.look(picture.at_s, watchers.analyser.moved.moving, lambda: video.bgr_of(taken.frame)):
                self._tell(seen, b"")

    def _reading(self, told: Told) -> Seen:
        if told.kind == "dark":
            return PictureDark(told.active, told.mean_luma)
        kind = _PICTURES.get(told.kind)
        if kind is not None:
            return kind(told.active)
        at_us, name = self._wall_us(told.since_s), (told.zone, told.kind)
        began_us = at_us if told.active else self._motion_began.pop(name, None)
        if told.active:
            self._motion_began[name] = began_us
        return MotionSeen(told.active, told.zone, told.kind, began_us, None if told.active else at_us)  # type: ignore[arg-type]

    def _answer(self, frame: Any) -> None:
        if not self._orders:
            return
        shot = video.jpeg_of(frame)
        while self._orders and shot:
            jpeg, width, height = shot
            self._tell(Shot(self._orders.popleft(), width, height), jpeg)


def way_of(options: Options) -> Way:
    """How a camera's stream is decoded under its settings."""
    if options.plates is not None:
        return "all"
    return "gated" if options.sub_address else "keys"


def wall_of(now_us: int, mono_us: int) -> WallUs:
    """Times by a wall clock that showed `now_us` when the pictures' own showed `mono_us`."""
    return lambda at_s: now_us + round(at_s * US_PER_S) - mono_us


def _picture(taken: Taken) -> Picture:
    return picture_of(taken.at_s, video.plane_of(taken.frame), key=taken.key)
