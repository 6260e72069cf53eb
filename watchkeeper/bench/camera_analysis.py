"""The processor's time that the analysis of one camera takes, beside that of the bare decoder.

Clips are drawn and encoded here, by code that stands with the tests: a scene with a sensor's noise, still stretches and movers,
as a main stream of 1280 x 720 at 15 pictures a second and a second stream of 640 x 360 at 5. A figure is what four more minutes
of the clip cost, a quarter of it: what starting costs is left out.
"""

import importlib.util
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple

import av
import cv2

from contract.readings import MotionSeen
from drivers.rtsp_camera.settings import Options
from drivers.rtsp_camera.viewer import Viewer, Watchers
from watchkeeper.bench import machine
from watchkeeper.bench.children import limit_script
from watchkeeper.bench.rows import Figures, Row, row, spread

_ROUNDS = 3
_SETTLE_S = 6.0
_NEAR_S = 1.0
_EACH_S = 60


class Clip(NamedTuple):
    """A film and when something moves in it, from-until in seconds. `minutes`: how long it is."""

    path: Path
    truth: list[tuple[float, float]]
    minutes: float


class Looked(NamedTuple):
    """What looking through a clip came to. `spans`: of motion; `told_s`: when each was told."""

    cpu_s: float
    spans: list[tuple[float, float]]
    told_s: list[float]
    decoded: int


def analysis_rows(scale: float = 1.0) -> list[Row]:
    """The analysis's rows."""
    cv2.setNumThreads(1)  # as the child does
    looked = machine.look()
    long_minutes = max(1, round(5 * min(1.0, scale)))
    with tempfile.TemporaryDirectory() as folder:
        clips = _Clips(Path(folder), long_minutes)
        return [
            *_sub_rows(clips, looked),
            *_still_rows(clips, looked),
            *_main_rows(clips, looked),
            _cold_row(clips, looked),
        ]


class _Clips:
    """Draws clips, a minute at a time, and keeps the short and the long one of each kind."""

    def __init__(self, folder: Path, long_minutes: int) -> None:
        self._folder = folder
        self._drawing = _loaded(limit_script("../camera_clips"), "camera_clips")
        self.minutes = (1, long_minutes) if long_minutes > 1 else (1,)

    def pair(self, kind: str) -> list[Clip]:
        return [self.clip(kind, minutes) for minutes in self.minutes]

    def clip(self, kind: str, minutes: int) -> Clip:
        drawing = self._drawing
        truth = [] if kind == "still" else [(begin + 60 * n, end + 60 * n) for n in range(minutes) for begin, end in _TRUTH]
        path = self._folder / f"{kind}-{minutes}.mp4"
        if not path.exists():
            wide, high, fps, gop = (1280, 720, 15, 15) if kind == "main" else (640, 360, 5, 10)
            scene = drawing.Scene(wide, high, fps, _EACH_S, noise=3.0, movers=() if kind == "still" else drawing.passing())
            minute = list(drawing.coded(self._folder / f"{kind}.ts", drawing.drawn(scene), gop=gop, crf=_CRF))
            drawing.repeated(path, minute, minutes, _EACH_S)
        return Clip(path, truth, minutes)


_CRF = 18
_TRUTH = ((14.0, 18.0), (25.0, 31.0), (38.0, 41.0), (48.0, 53.0))
"""When somebody passes in the drawn minute: see `passing` beside the scenes."""


def look_through(clip: Clip, options: Options) -> Looked:
    """Look at a clip as a camera's child does, on the clip's own times."""
    found: list[tuple[MotionSeen, float]] = []
    now = [0.0]

    def tell(report: Any, _body: bytes) -> None:
        if isinstance(report, MotionSeen):
            found.append((report, now[0]))

    began = time.process_time()
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        stream.codec_context.options = {"skip_loop_filter": "all"}
        viewer = Viewer(tell, stream, options, deque(), Watchers(options, None, None), lambda at_s: round(at_s * 1e6))
        for packet in container.demux(stream):
            if packet.size:
                now[0] = float(packet.pts * packet.time_base)
                viewer.look(packet, now[0])
        viewer.ends()
        decoded = viewer.taker.decoded
    cpu_s = time.process_time() - began
    spans = [((one.began_us or 0) / 1e6, (one.ended_us or 0) / 1e6) for one, _ in found if not one.active]
    return Looked(cpu_s, spans, [at_s for one, at_s in found if one.active], decoded)


def _marginal(clips: list[Clip], cost: Any) -> Figures:
    """Seconds for each minute of a clip, by the difference of a long and a short one."""
    samples = []
    for _ in range(_ROUNDS):
        costs = [cost(clip) for clip in clips]
        if len(clips) == 1:
            samples.append(costs[0])
        else:
            samples.append((costs[1] - costs[0]) / (clips[1].minutes - clips[0].minutes))
    return spread(samples)


def _ours(options: Options) -> Any:
    return lambda clip: look_through(clip, options).cpu_s


_SUB = Options(sub_address="/sub")
_MAIN = Options()
_UNIT = "s of a core a minute"


def _sub_rows(clips: _Clips, looked: machine.Machine) -> list[Row]:
    pair, bare = clips.pair("sub"), _loaded(limit_script("camera_decode"), "camera_decode")
    limit = _marginal(pair, lambda clip: bare.every_picture(str(clip.path))[0])
    seen = look_through(pair[-1], _SUB)
    missed = [span for span in pair[-1].truth if not _found(span, seen.spans)]
    false_s = _false_seconds(pair[-1], seen.spans)
    return [
        row("camera: motion on the second stream", _UNIT, _marginal(pair, _ours(_SUB)), limit, looked),
        row("camera: movers it missed", "movers", Figures(p50=float(len(missed))), Figures(p50=0.0), looked, ratio=0.0),
        row("camera: still seconds called motion", "s", Figures(p50=false_s), Figures(p50=0.0), looked, ratio=0.0),
    ]


def _still_rows(clips: _Clips, looked: machine.Machine) -> list[Row]:
    pair, bare = clips.pair("still"), _loaded(limit_script("camera_decode"), "camera_decode")
    limit = _marginal(pair, lambda clip: bare.packet_sizes(str(clip.path))[0])
    return [row("camera: the same where nothing moves", _UNIT, _marginal(pair, _ours(_SUB)), limit, looked)]


def _main_rows(clips: _Clips, looked: machine.Machine) -> list[Row]:
    pair, bare = clips.pair("main"), _loaded(limit_script("camera_decode"), "camera_decode")
    limit = _marginal(pair, lambda clip: bare.key_pictures(str(clip.path))[0])
    seen = look_through(pair[-1], _MAIN)
    delays = [_delay(span, seen) for span in pair[-1].truth]
    return [
        row("camera: motion on a main stream alone", _UNIT, _marginal(pair, _ours(_MAIN)), limit, looked),
        row("camera: until its event", "s", spread(delays), Figures(p50=1.0), looked),
    ]


def _cold_row(clips: _Clips, looked: machine.Machine) -> Row:
    """How long after a cold start motion can be told."""
    samples = []
    for kind, options in (("sub", _SUB), ("main", _MAIN)):
        samples.append(_calibrated_s(clips.clip(kind, 1), options))
    return row("camera: calibrated after a cold start", "s", spread(samples), Figures(), looked)


def _calibrated_s(clip: Clip, options: Options) -> float:
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        watchers = Watchers(options, None, None)
        viewer = Viewer(lambda _report, _body: None, stream, options, deque(), watchers, lambda _at_s: None)
        for packet in container.demux(stream):
            at_s = float(packet.pts * packet.time_base)
            viewer.look(packet, at_s)
            if watchers.analyser.calibrated:
                return at_s
    raise ValueError("a clip of a minute was not enough")


def _found(span: tuple[float, float], spans: list[tuple[float, float]]) -> bool:
    return any(begin < span[1] and end > span[0] for begin, end in spans)


def _false_seconds(clip: Clip, spans: list[tuple[float, float]]) -> float:
    """Whole seconds that are called motion though nothing moves in them or beside them."""
    seconds = range(round(clip.minutes * _EACH_S))
    called = {n for n in seconds if _found((n, n + 1), spans)}
    moving = {n for n in seconds if _found((n - _NEAR_S, n + 1 + _NEAR_S), clip.truth)}
    return float(len(called - moving))


def _delay(span: tuple[float, float], seen: Looked) -> float:
    told = [at_s for at_s in seen.told_s if span[0] <= at_s <= span[1] + _SETTLE_S]
    return min(told) - span[0] if told else _EACH_S


def _loaded(script: Path, name: str) -> Any:
    """Code that stands beside the tests, by its path: it is no part of the program."""
    spec = importlib.util.spec_from_file_location(f"watchkeeper_bench_{name}", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
