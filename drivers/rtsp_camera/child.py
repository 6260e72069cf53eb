"""The child process: opens one camera (or one file), looks at its pictures, and tells the parent by a pipe.

It ends at once when its standard input ends, so it cannot outlive the agent, however the agent goes.
"""

import io
import os
import sys
from collections import deque
from datetime import datetime
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, BinaryIO
from zoneinfo import ZoneInfo

import av
import cv2

from contract.clock import US_PER_S, Clock, SystemClock
from contract.readings import CameraLink
from drivers.child_process import settle
from drivers.rtsp_camera import video
from drivers.rtsp_camera.analyse import analyse
from drivers.rtsp_camera.messages import (
    HEAD_BYTES,
    MAX_FILE_BYTES,
    MAX_WAITING_SNAPSHOTS,
    Alive,
    Analyse,
    Done,
    JudgeFile,
    Report,
    Request,
    Snapshot,
    Trouble,
    Watch,
    framed,
    lengths,
    parse_request,
)
from drivers.rtsp_camera.settings import Options
from drivers.rtsp_camera.viewer import Minute, Viewer, Watchers, wall_of

if TYPE_CHECKING:
    from drivers.analysis.objects import ObjectWatch
    from drivers.rtsp_camera.plates import PlateWatch

BACK_OFF_S = (1.0, 2.0, 5.0, 10.0)
_STEADY_S = 10.0
"""A connection that lasted this long starts the back-off anew; one that ends at once does not."""
_TELL_S = 1.0
_MAX_MEMORY_BYTES = 3 << 30
_MAX_FILE_TROUBLES = 20
_EXAMPLE_BYTES = 64
_PLAIN_FPS = 25


class Out:
    """The pipe to the parent."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lock = Lock()

    def tell(self, report: Report, body: bytes = b"") -> None:
        """Write one report whole."""
        with self._lock:
            self._file.write(framed(report, len(body)) + body)
            self._file.flush()


def plate_watch(options: Options, name: str) -> "PlateWatch | None":
    """What reads the plates, its models loaded, where the installer wants it. `name` stands before each passage's number."""
    if options.plates is None:
        return None
    from drivers.plates import models
    from drivers.plates.reader import PlateReader
    from drivers.rtsp_camera.plates import PlateWatch

    return PlateWatch(options.plates, PlateReader(models.load()).read, name, video.jpeg_of, video.bgr_of)


def object_watch(options: Options) -> "ObjectWatch | None":
    """What finds people and vehicles, its model loaded, where the installer gave one."""
    if options.objects is None:
        return None
    from drivers.analysis.objects import ObjectWatch, load

    return ObjectWatch(options.objects, load(options.objects), options.zones)


def _minute(options: Options, clock: Clock) -> Minute:
    zone = ZoneInfo(options.time_zone)
    if not any(one.hours for one in options.zones):
        return lambda: None

    def of_the_day() -> int:
        local = datetime.fromtimestamp(clock.now_us() / US_PER_S, zone)
        return local.hour * 60 + local.minute

    return of_the_day


def watch(request: Watch, out: Out, orders: deque[str], clock: Clock) -> None:
    """Stay with a camera for ever: open it, look, and when it is lost open it again after a while."""
    options = request.options
    plates = plate_watch(options, str(clock.now_us()))
    watchers = Watchers(options, plates, object_watch(options), _minute(options, clock))
    pause = Event()
    told: bool | None = None
    fails = 0
    while True:
        began_us = clock.mono_us()
        try:
            reason = _watch_once(request, out, orders, clock, watchers)
            told = True
        except video.NoVideo as error:
            reason = str(error)
        if told is not False:
            out.tell(CameraLink(connected=False, reason=reason))
            told = False
        orders.clear()
        steady = clock.mono_us() - began_us > _STEADY_S * US_PER_S and reason != "timeout"
        fails = 0 if steady else fails
        pause.wait(BACK_OFF_S[min(fails, len(BACK_OFF_S) - 1)])
        fails += 1


def _watch_once(request: Watch, out: Out, orders: deque[str], clock: Clock, watchers: Watchers) -> str:
    """Look until the stream is lost, and return why. Raises NoVideo when it was not reached."""
    options = request.options
    address = options.sub_address if options.sub_address and options.plates is None else request.address
    container = video.open_camera(address, options.open_timeout_s, options.silence_timeout_s)
    try:
        out.tell(CameraLink(connected=True, reason="opened"))
        stream = container.streams.video[0]
        wall_us = wall_of(clock.now_us(), clock.mono_us())
        viewer = Viewer(out.tell, stream, options, orders, watchers, wall_us)
        reason = _follow(container, stream, viewer, out, clock)
        viewer.ends()
        return reason
    finally:
        video.close_quietly(container)


def _follow(container: Any, stream: Any, viewer: Viewer, out: Out, clock: Clock) -> str:
    packets = container.demux(stream)
    alive_us = trouble_us = 0
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError as error:
            return video.reason_of(error)
        if packet is None or packet.size == 0:
            return "ended"
        now_us = clock.mono_us()
        if now_us - alive_us >= _TELL_S * US_PER_S:
            alive_us = now_us
            out.tell(Alive())
        try:
            viewer.look(packet, now_us / US_PER_S)
        except av.error.FFmpegError:
            if now_us - trouble_us >= _TELL_S * US_PER_S:
                trouble_us = now_us
                out.tell(Trouble("bad_picture"), bytes(packet)[:_EXAMPLE_BYTES])


def judge_file(request: JudgeFile, data: bytes, out: Out) -> None:
    """Say what is in a video file. Times are the file's own."""
    try:
        container = video.open_file(io.BytesIO(data))
    except video.NoVideo as error:
        reason = "no_video" if str(error) == "no_video" else "too_large" if str(error) == "too_large" else "not_a_video"
        out.tell(Trouble(reason), data[:_EXAMPLE_BYTES])
        return
    try:
        out.tell(CameraLink(connected=True, reason="opened"))
        _read_file(container, request.options, out)
        out.tell(CameraLink(connected=False, reason="ended"))
    finally:
        video.close_quietly(container)


def _read_file(container: Any, options: Options, out: Out) -> None:
    stream = container.streams.video[0]
    watchers = Watchers(options, plate_watch(options, "file"), object_watch(options))
    viewer = Viewer(out.tell, stream, options, deque(), watchers, lambda _at_s: None)
    packets = container.demux(stream)
    step_s = 1.0 / float(stream.average_rate or _PLAIN_FPS)  # for plain streams, which tell no times
    at_s, offset, troubles = 0.0, 0, 0
    while troubles < _MAX_FILE_TROUBLES:
        packet = None
        try:
            packet = next(packets, None)
            if packet is None:
                viewer.ends()
                return
            if packet.size == 0:
                continue
            offset = packet.pos if packet.pos is not None and packet.pos >= 0 else offset
            at_s = at_s + step_s if packet.pts is None else float(packet.pts * packet.time_base)
            viewer.look(packet, at_s)
        except av.error.FFmpegError:
            troubles += 1
            out.tell(Trouble("bad_picture", offset), b"" if packet is None else bytes(packet)[:_EXAMPLE_BYTES])
            if packet is None:
                return


def _read_exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        os._exit(0)  # the parent is gone, and nobody is left to tell
    return data


def _read_request(file: BinaryIO) -> tuple[Request, bytes]:
    message_bytes, body_bytes = lengths(_read_exactly(file, HEAD_BYTES), MAX_FILE_BYTES)
    return parse_request(_read_exactly(file, message_bytes)), _read_exactly(file, body_bytes)


def _listen(file: BinaryIO, orders: deque[str]) -> None:
    """Take orders until standard input ends, then end the process at once, whatever the libraries are waiting for."""
    try:
        while True:
            request, _ = _read_request(file)
            if isinstance(request, Snapshot) and len(orders) < MAX_WAITING_SNAPSHOTS:
                orders.append(request.order)
    finally:
        os._exit(0)


def main() -> None:
    """Read the first request and carry it out."""
    out = Out(settle(10, _MAX_MEMORY_BYTES))  # looking at pictures never delays a gate
    cv2.setNumThreads(1)  # pictures are small: a second thread costs more than it saves
    request, body = _read_request(sys.stdin.buffer)
    orders: deque[str] = deque()
    Thread(target=_listen, args=(sys.stdin.buffer, orders), daemon=True).start()
    if isinstance(request, Watch):
        watch(request, out, orders, SystemClock())
    elif isinstance(request, JudgeFile):
        judge_file(request, body, out)
        out.tell(Done())
    elif isinstance(request, Analyse):
        analyse(request, out.tell)
        out.tell(Done())


if __name__ == "__main__":
    main()
