"""The child process: opens one camera (or one file), looks at its pictures, and tells the parent by a pipe.

It ends at once when its standard input ends, so it cannot outlive the agent, however the agent goes.
"""

import io
import os
import resource
import sys
from collections import deque
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, BinaryIO

import av

from contract.clock import US_PER_S, Clock, SystemClock
from contract.readings import CameraLink
from drivers.rtsp_camera import video
from drivers.rtsp_camera.messages import (
    HEAD_BYTES,
    MAX_FILE_BYTES,
    MAX_WAITING_SNAPSHOTS,
    Alive,
    Done,
    JudgeFile,
    Passage,
    Report,
    Request,
    Shot,
    Snapshot,
    Trouble,
    Watch,
    framed,
    lengths,
    parse_request,
)
from drivers.rtsp_camera.picture import Picture, State, judge
from drivers.rtsp_camera.settings import Options

if TYPE_CHECKING:
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


class Viewer:
    """Looks at one open stream's packets and tells what it sees. A new stream has a new viewer: it says its state anew."""

    def __init__(self, out: Out, stream: Any, options: Options, orders: deque[str], plates: "PlateWatch | None") -> None:
        self._out = out
        self._options = options
        self._orders = orders
        wanted = options.plates
        self._pictures = video.Pictures(stream, every_s=wanted.every_s, every_picture=True) if wanted else video.Pictures(stream)
        self._plates = plates
        self._state = State()

    def look(self, packet: Any, at_s: float) -> None:
        """Take one packet. Raises the library's errors for a damaged one."""
        for taken in self._pictures.of(packet, at_s, wanted=bool(self._orders)):
            seen = Picture(at_s, video.luma_of(taken.frame), taken.key)
            self._state, changes = judge(self._state, seen, self._options)
            for change in changes:
                self._out.tell(change)  # type: ignore[arg-type]  # judge makes the two kinds that Report has
            self._answer(taken.frame)
            self._read_plates(taken.frame, seen)

    def _read_plates(self, frame: Any, seen: Picture) -> None:
        for reading, shot in self._plates.look(frame, seen.luma, seen.at_s) if self._plates else ():
            jpeg, width, height = shot or (b"", 0, 0)
            self._out.tell(Passage(reading, width, height), jpeg)

    def _answer(self, frame: Any) -> None:
        if not self._orders:
            return
        shot = video.jpeg_of(frame)
        while self._orders and shot:
            jpeg, width, height = shot
            self._out.tell(Shot(self._orders.popleft(), width, height), jpeg)


def plate_watch(options: Options, name: str) -> "PlateWatch | None":
    """What reads the plates, its models loaded, where the installer wants it. `name` stands before each passage's number."""
    if options.plates is None:
        return None
    from drivers.plates import models
    from drivers.plates.reader import PlateReader
    from drivers.rtsp_camera.plates import PlateWatch

    return PlateWatch(options.plates, PlateReader(models.load()).read, name, video.jpeg_of, video.bgr_of)


def watch(request: Watch, out: Out, orders: deque[str], clock: Clock) -> None:
    """Stay with a camera for ever: open it, look, and when it is lost open it again after a while."""
    plates = plate_watch(request.options, str(clock.now_us()))
    pause = Event()
    told: bool | None = None
    fails = 0
    while True:
        began_us = clock.mono_us()
        try:
            reason = _watch_once(request, out, orders, clock, plates)
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


def _watch_once(request: Watch, out: Out, orders: deque[str], clock: Clock, plates: "PlateWatch | None") -> str:
    """Look until the stream is lost, and return why. Raises NoVideo when it was not reached."""
    options = request.options
    container = video.open_camera(request.address, options.open_timeout_s, options.silence_timeout_s)
    try:
        out.tell(CameraLink(connected=True, reason="opened"))
        stream = container.streams.video[0]
        return _follow(container, stream, Viewer(out, stream, options, orders, plates), out, clock)
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
    viewer = Viewer(out, stream, options, deque(), plate_watch(options, "file"))
    packets = container.demux(stream)
    step_s = 1.0 / float(stream.average_rate or _PLAIN_FPS)  # for plain streams, which tell no times
    at_s, offset, troubles = 0.0, 0, 0
    while troubles < _MAX_FILE_TROUBLES:
        packet = None
        try:
            packet = next(packets, None)
            if packet is None:
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


def _private_output() -> BinaryIO:
    """The pipe to the parent under a number of its own, and standard output led away: a library that prints breaks nothing."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def main() -> None:
    """Read the first request and carry it out."""
    os.nice(10)  # looking at pictures never delays a gate
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = Out(_private_output())
    request, body = _read_request(sys.stdin.buffer)
    orders: deque[str] = deque()
    Thread(target=_listen, args=(sys.stdin.buffer, orders), daemon=True).start()
    if isinstance(request, Watch):
        watch(request, out, orders, SystemClock())
    elif isinstance(request, JudgeFile):
        judge_file(request, body, out)
        out.tell(Done())


if __name__ == "__main__":
    main()
