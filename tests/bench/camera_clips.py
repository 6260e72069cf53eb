"""Scenes as a camera sees them, and clips of them: drawn from a seed, with sensor noise, still stretches and movers.

For the bench and the tests: the product itself never encodes. Encoded as cameras do: H.264 without B pictures, constant quality.
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
import cv2
import numpy as np
from numpy.typing import NDArray

_TICK = Fraction(1, 90000)
Grey = NDArray[np.uint8]
Change = Callable[[Grey, float], Grey]
"""What happens to a picture before it is noisy: the picture and its time in seconds."""


class Mover(NamedTuple):
    """Something that passes: from `start_s` to `end_s`, along a line, its middle and size in parts of the picture."""

    start_s: float
    end_s: float
    line: tuple[float, float, float, float]
    size: tuple[float, float]
    shade: int = 60


class Scene(NamedTuple):
    """`noise` is the standard deviation of a pixel's luma, `seed` draws the scenery."""

    width: int = 640
    height: int = 360
    fps: float = 5.0
    seconds: float = 20.0
    noise: float = 2.0
    seed: int = 1
    movers: tuple[Mover, ...] = ()


def still(scene: Scene) -> Grey:
    """What never moves: ground with grain, buildings with windows, a lane with marks, trees."""
    rng = np.random.default_rng(scene.seed)
    high, wide = scene.height, scene.width
    picture = np.full((high, wide), float(rng.integers(90, 150)), np.float32)
    for cells, strength in ((4, 18.0), (16, 10.0), (64, 8.0), (160, 7.0)):
        grain = rng.normal(0, strength, (cells * 9 // 16 + 1, cells)).astype(np.float32)
        picture += cv2.resize(grain, (wide, high), interpolation=cv2.INTER_CUBIC)
    for _ in range(14):
        left, top = rng.random(2) * (0.9, 0.6)
        _box(picture, (left, top, left + rng.uniform(0.05, 0.25), top + rng.uniform(0.05, 0.3)), float(rng.integers(40, 220)))
    for n in range(24):
        _box(picture, (n / 24, 0.82, n / 24 + 0.02, 0.84), 215.0)
    for n in range(10):
        x = 0.05 + 0.09 * n
        _box(picture, (x, 0.15, x + 0.03, 0.22), 50.0 + 15 * (n % 3))
    return np.clip(picture, 0, 255).astype(np.uint8)


def _box(picture: NDArray[np.float32], sides: tuple[float, float, float, float], shade: float) -> None:
    high, wide = picture.shape
    left, top, right, bottom = sides
    part = picture[int(top * high) : int(bottom * high), int(left * wide) : int(right * wide)]
    part[:] = 0.25 * part + 0.75 * shade


def drawn(scene: Scene, change: Change | None = None) -> Iterator[tuple[float, Grey]]:
    """Each picture's time and luma."""
    rng = np.random.default_rng(scene.seed + 1)
    scenery = still(scene)
    grains = [rng.normal(0, 1, scenery.shape).astype(np.float32) for _ in range(6)]
    for n in range(round(scene.seconds * scene.fps)):
        at_s = n / scene.fps
        picture = scenery.copy()
        for mover in scene.movers:
            _draw(picture, mover, at_s)
        if change is not None:
            picture = change(picture, at_s)
        grain = grains[int(rng.integers(len(grains)))]
        shift = (int(rng.integers(scene.height)), int(rng.integers(scene.width)))
        yield at_s, np.clip(picture + scene.noise * np.roll(grain, shift, (0, 1)) + 0.5, 0, 255).astype(np.uint8)


def _draw(picture: Grey, mover: Mover, at_s: float) -> None:
    if not mover.start_s <= at_s < mover.end_s:
        return
    high, wide = picture.shape
    part = (at_s - mover.start_s) / (mover.end_s - mover.start_s)
    x, y = (mover.line[n] + part * (mover.line[n + 2] - mover.line[n]) for n in (0, 1))
    across, tall = mover.size
    left, top, right, bottom = (x - across / 2) * wide, (y - tall / 2) * high, (x + across / 2) * wide, (y + tall / 2) * high
    cv2.rectangle(picture, (round(left), round(top)), (round(right), round(bottom)), mover.shade, -1)
    middle = round(top + 0.35 * (bottom - top))
    cv2.rectangle(picture, (round(left), middle), (round(right), round(top + 0.5 * (bottom - top))), (mover.shade + 90) % 256, -1)


def encode(path: Path, pictures: Iterable[tuple[float, Grey]], *, gop: int, crf: int = 23, **options: str) -> Path:
    """Write pictures with their times as H.264. The container is what the path's suffix says."""
    with av.open(str(path), "w") as out:
        stream: Any = None
        for at_s, grey in pictures:
            if stream is None:
                stream = out.add_stream("libx264", rate=90000, options=_coding(gop, crf) | options)
                stream.height, stream.width = grey.shape
                stream.pix_fmt = "yuv420p"
                stream.codec_context.time_base = stream.time_base = _TICK
            frame = av.VideoFrame.from_ndarray(_yuv(grey), format="yuv420p")
            frame.pts, frame.time_base = round(at_s * 90000), _TICK
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def _coding(gop: int, crf: int) -> dict[str, str]:
    own = {"preset": "veryfast", "tune": "zerolatency", "profile": "main", "bf": "0", "sc_threshold": "0", "threads": "1"}
    return own | {"crf": str(crf), "g": str(gop), "keyint_min": str(gop)}


def _yuv(grey: Grey) -> Grey:
    high, wide = grey.shape
    return np.vstack([grey, np.full((high // 2, wide), 128, np.uint8)])
