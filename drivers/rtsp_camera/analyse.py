"""Says what the analysis finds in one file or stream, on its own timestamps. Runs in the child only."""

from collections.abc import Callable
from typing import Any

import av

from drivers.analysis.analyser import PICTURE_S, Analyser
from drivers.analysis.small import picture_of
from drivers.rtsp_camera import video
from drivers.rtsp_camera.messages import Analyse, Analysed, Noticed, Report, Trouble

_PLAIN_FPS = 25
_TELL_FRAMES = 50
_MAX_BAD = 1000
"""Packets in a row that cannot be decoded: then the rest of the file is not looked at."""
_QUIET_S = 1.2
_TAMPER_S = 0.5
Tell = Callable[[Report], None]


def analyse(request: Analyse, tell: Tell) -> None:
    """Look at the whole of it, telling `Noticed` as it comes and `Analysed` now and then; the last one says that it is whole.
    What cannot be opened is a `Trouble`, by the names of `video.reason_of`."""
    options = request.options
    try:
        if request.is_file:
            container = video.open_path(request.target)
        else:
            container = video.open_camera(request.target, options.open_timeout_s, options.silence_timeout_s)
    except video.NoVideo as error:
        tell(Trouble(str(error)))
        return
    try:
        _Clip(container, request, tell).run()
    finally:
        video.close_quietly(container)


class _Clip:
    def __init__(self, container: Any, request: Analyse, tell: Tell) -> None:
        self._stream = container.streams.video[0]
        self._packets = container.demux(self._stream)
        self._analyser = Analyser(request.options, tamper_s=_TAMPER_S, quiet_s=_QUIET_S)
        self._seconds = request.seconds
        self._tell = tell
        self._step_s = 1.0 / float(self._stream.average_rate or _PLAIN_FPS)
        self._first_s: float | None = None
        self._at_s = self._last_step_s = 0.0
        self._seen_s: float | None = None
        self._frames = self._bad = 0

    def run(self) -> None:
        bad_in_row = 0
        while bad_in_row < _MAX_BAD and not 0 < self._seconds <= self._at_s:
            packet = None
            try:
                packet = next(self._packets, None)
                if packet is None:
                    break
                for frame in packet.decode():
                    bad_in_row = 0
                    self._see(frame)
            except av.error.FFmpegError:
                self._bad += 1
                bad_in_row += 1
                if packet is None:
                    break
        for told in self._analyser.ends():
            self._tell(Noticed(*told[:4]))
        duration_s = self._at_s + (self._last_step_s or self._step_s) if self._frames else 0.0
        self._tell(Analysed(duration_s, self._frames, self._bad, whole=True))

    def _see(self, frame: Any) -> None:
        self._frames += 1
        at_s = self._time_of(frame)
        if self._frames % _TELL_FRAMES == 0:
            self._tell(Analysed(at_s, self._frames, self._bad))
        if self._seen_s is not None and at_s - self._seen_s < PICTURE_S:
            return
        self._seen_s = at_s
        for told in self._analyser.see(picture_of(at_s, video.plane_of(frame), key=bool(frame.key_frame))):
            self._tell(Noticed(*told[:4]))

    def _time_of(self, frame: Any) -> float:
        """From the first picture. A picture without a time, or with one that does not rise, follows the one before by a step."""
        own_s = None if frame.pts is None or frame.time_base is None else float(frame.pts * frame.time_base)
        if self._first_s is None:
            self._first_s = own_s if own_s is not None else 0.0
            return 0.0
        at_s = self._at_s + self._step_s if own_s is None else own_s - self._first_s
        if at_s <= self._at_s:
            at_s = self._at_s + self._step_s
        self._last_step_s, self._at_s = at_s - self._at_s, at_s
        return at_s
