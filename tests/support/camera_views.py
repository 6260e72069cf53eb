"""What can happen to a camera's view, done to any picture: each is a function of a picture and its time."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np

from tests.bench.camera_clips import Grey

View = Callable[[Grey, float], Grey]
RNG = np.random.default_rng(3)
VIDEOS = Path(os.environ.get("WATCHKEEPER_VIDEOS") or Path(__file__).parents[3] / "shared" / "data" / "video")


def _clipped(picture) -> Grey:
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def blurred(pixels: float) -> View:
    """Out of focus, by pixels of a picture 640 wide."""
    return lambda grey, _: np.asarray(cv2.GaussianBlur(grey, (0, 0), pixels * grey.shape[1] / 640))


def shifted(right: float, down: float) -> View:
    return lambda grey, _: np.roll(grey, (int(down * grey.shape[0]), int(right * grey.shape[1])), (0, 1))


def turned(degrees: float, zoom: float = 1.0) -> View:
    def view(grey: Grey, _: float) -> Grey:
        high, wide = grey.shape
        about = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, zoom)
        return np.asarray(cv2.warpAffine(grey, about, (wide, high), borderMode=cv2.BORDER_REFLECT))

    return view


def covered(part: float, shade: float, folds: float = 0.0) -> View:
    """A cloth over the left part, its folds out of focus."""

    def view(grey: Grey, _: float) -> Grey:
        wide = int(grey.shape[1] * part)
        cloth = np.full((grey.shape[0], wide), shade, np.float32)
        if folds:
            coarse = np.random.default_rng(9).normal(0, folds, (12, 12)).astype(np.float32)
            cloth += cv2.resize(coarse, cloth.shape[::-1], interpolation=cv2.INTER_CUBIC)
        seen = grey.copy()
        seen[:, :wide] = _clipped(cloth + RNG.normal(0, 1.5, cloth.shape))
        return seen

    return view


def lit(gain: float, offset: float = 0.0) -> View:
    return lambda grey, _: _clipped(grey * gain + offset)


def gamma(power: float) -> View:
    return lambda grey, _: _clipped(255 * (grey / 255.0) ** power)


def noisy(deviation: float) -> View:
    return lambda grey, _: _clipped(grey + RNG.normal(0, deviation, grey.shape))


def infrared(grey: Grey, _: float) -> Grey:
    """The lamps around the lens: bright in the middle, leaves lighter than before, noise."""
    high, wide = grey.shape
    rows, columns = np.mgrid[0:high, 0:wide]
    beam = np.exp(-(((columns - wide / 2) / (wide * 0.45)) ** 2 + ((rows - high / 2) / (high * 0.5)) ** 2))
    large = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 25)
    return _clipped((0.9 * grey + 0.4 * (large - 100)) * beam + RNG.normal(0, 5, grey.shape))


def raining(grey: Grey, _: float) -> Grey:
    high, wide = grey.shape
    streaks = np.zeros((high, wide), np.float32)
    for x, y in zip(RNG.integers(wide, size=150), RNG.integers(high, size=150), strict=True):
        end = (int(x + 3 * wide / 640), int(y + 22 * high / 360))
        cv2.line(streaks, (int(x), int(y)), end, 45.0, max(1, wide // 640))
    return _clipped(grey * 0.85 + 20 + streaks)


def torch(grey: Grey, _: float) -> Grey:
    """A strong lamp shines into the lens."""
    high, wide = grey.shape
    rows, columns = np.mgrid[0:high, 0:wide]
    glow = np.exp(-(((columns - wide / 2) / (wide * 0.45)) ** 2 + ((rows - high / 2) / (high * 0.6)) ** 2))
    return _clipped(grey * 0.6 + 320 * glow)


def between(begin_s: float, end_s: float, view: View) -> View:
    return lambda grey, at_s: view(grey, at_s) if begin_s <= at_s < end_s else grey


def pictures_of(path: Path) -> Iterator[tuple[float, Grey]]:
    """A film's pictures and their times, at most about five a second."""
    last_s = -1.0
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        for number, frame in enumerate(film.decode(stream)):
            at_s = number / float(stream.average_rate) if frame.pts is None else float(frame.pts * frame.time_base)
            if at_s - last_s >= 0.19:
                last_s = at_s
                plane = frame.planes[0]
                yield at_s, np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width].copy()
