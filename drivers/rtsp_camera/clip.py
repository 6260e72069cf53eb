"""The pictures a camera twin sends, drawn from a seed: a gate lane with a barrier and passing cars, or the dark."""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.rtsp_camera.film import Film, film_of
from drivers.rtsp_camera.h264 import BLOCK, Planes

Bgr = NDArray[np.uint8]

_CARS = ((60, 60, 190), (190, 120, 40), (225, 225, 225), (60, 140, 70))
_PASS_S = 5.0
"""How long a car takes through the picture; then the next one comes."""
_FRESH_BLOCKS = 12
"""Blocks whose noise is drawn anew between key pictures."""


class Shape(NamedTuple):
    """What a clip is like. `width` and `height` are even; one picture in `gop` is a key picture."""

    width: int = 640
    height: int = 360
    fps: int = 10
    gop: int = 10
    seconds: int = 10
    noise: float = 2.5
    seed: int = 1


def lane(shape: Shape) -> Film:
    """A day at the gate: cars pass, a clock runs, the sensor makes noise."""
    scenery = _scenery(shape)
    return _film(shape, (_with_traffic(scenery, n / shape.fps) for n in range(shape.fps * shape.seconds)))


def night(shape: Shape) -> Film:
    """The lamps are out or the lens is covered: next to nothing but noise."""
    black = np.full((shape.height, shape.width, 3), 4, np.uint8)
    return _film(shape, (black for _ in range(shape.fps * shape.seconds)))


def hung(shape: Shape) -> Film:
    """A camera whose sensor hangs: pictures keep coming, all the same one."""
    planes = _noisy(_planes(_with_traffic(_scenery(shape), _PASS_S / 2)), shape.noise, np.random.default_rng(shape.seed))
    frames = range(shape.fps * shape.seconds)
    return film_of(((planes, () if n % shape.gop else None) for n in frames), shape.width, shape.height, shape.fps)


def _film(shape: Shape, drawn: Iterator[Bgr]) -> Film:
    return film_of(_filmed(shape, drawn), shape.width, shape.height, shape.fps)


def _filmed(shape: Shape, drawn: Iterator[Bgr]) -> Iterator[tuple[Planes, list[int] | None]]:
    """What the sensor makes of the drawn pictures, and the blocks that are to be sent."""
    rng = np.random.default_rng(shape.seed)
    before: Planes | None = None
    for n, picture in enumerate(drawn):
        clean = _planes(picture)
        noisy = _noisy(clean, shape.noise, rng)
        if before is None or n % shape.gop == 0:
            yield noisy, None
        else:
            moved = set(np.flatnonzero(_changed(before, clean)).tolist())
            blocks = clean.y.size // BLOCK**2
            fresh = set(rng.choice(blocks, min(_FRESH_BLOCKS, blocks), replace=False).tolist())
            yield noisy, sorted(moved | fresh)
        before = clean


def _changed(one: Planes, other: Planes) -> NDArray[np.bool_]:
    """Which blocks differ, row by row."""
    high, wide = one.y.shape[0] // BLOCK, one.y.shape[1] // BLOCK
    found = np.zeros((high, wide), np.bool_)
    for a, b in zip(one, other, strict=True):
        side = a.shape[0] // high
        found |= (a != b).reshape(high, side, wide, side).any(axis=(1, 3))
    return found


def _planes(picture: Bgr) -> Planes:
    """4:2:0 planes, padded to whole blocks."""
    height, width = picture.shape[:2]
    padded = cv2.copyMakeBorder(picture, 0, -height % BLOCK, 0, -width % BLOCK, cv2.BORDER_REPLICATE)
    high, wide = padded.shape[:2]
    flat = np.asarray(cv2.cvtColor(padded, cv2.COLOR_BGR2YUV_I420), np.uint8).ravel()
    luma, chroma = high * wide, high * wide // 4
    y, u, v = np.split(flat, (luma, luma + chroma))
    return Planes(y.reshape(high, wide), u.reshape(high // 2, wide // 2), v.reshape(high // 2, wide // 2))


def _noisy(planes: Planes, noise: float, rng: np.random.Generator) -> Planes:
    grain = rng.normal(0.0, noise, planes.y.shape)
    return planes._replace(y=np.clip(np.rint(planes.y + grain), 16, 235).astype(np.uint8))


def _scenery(shape: Shape) -> Bgr:
    """What never moves."""
    wide, high = shape.width, shape.height
    picture: Bgr = np.full((high, wide, 3), (196, 178, 160), np.uint8)
    _box(picture, (0.0, 0.30, 1.0, 0.45), (96, 130, 104))  # the hedge
    _box(picture, (0.0, 0.45, 1.0, 1.0), (104, 102, 100))  # the lane
    _box(picture, (0.0, 0.45, 1.0, 0.48), (170, 172, 174))  # its kerb
    for n in range(8):
        _box(picture, (n / 8, 0.80, n / 8 + 0.06, 0.815), (210, 220, 225))
    _box(picture, (0.76, 0.12, 0.97, 0.52), (150, 160, 176))  # the gatehouse
    _box(picture, (0.80, 0.20, 0.93, 0.36), (140, 110, 80))
    _box(picture, (0.66, 0.40, 0.70, 0.58), (60, 70, 200))  # the barrier's post
    return picture


def _with_traffic(scenery: Bgr, at_s: float) -> Bgr:
    picture = scenery.copy()
    lap, part = divmod(at_s, _PASS_S)
    along = part / _PASS_S * 1.5 - 0.4
    _car(picture, along, _CARS[int(lap) % len(_CARS)])
    _arm(picture, up=0.15 < along < 0.75)
    _clock(picture, int(at_s))
    return picture


def _car(picture: Bgr, left: float, colour: tuple[int, int, int]) -> None:
    _box(picture, (left + 0.06, 0.52, left + 0.24, 0.62), tuple(c * 3 // 4 for c in colour))
    _box(picture, (left + 0.08, 0.54, left + 0.22, 0.61), (90, 70, 50))
    _box(picture, (left, 0.61, left + 0.32, 0.74), colour)
    for wheel in (0.06, 0.26):
        centre = (round((left + wheel) * picture.shape[1]), round(0.74 * picture.shape[0]))
        cv2.circle(picture, centre, max(2, picture.shape[0] // 20), (30, 30, 30), -1)


def _arm(picture: Bgr, *, up: bool) -> None:
    for n in range(6):
        colour = (40, 40, 210) if n % 2 else (235, 235, 235)
        if up:
            _box(picture, (0.672, 0.40 - n * 0.06, 0.688, 0.46 - n * 0.06), colour)
        else:
            _box(picture, (0.66 - n * 0.09, 0.42, 0.75 - n * 0.09, 0.445), colour)


def _clock(picture: Bgr, second: int) -> None:
    text = f"08:{second // 60 % 60:02d}:{second % 60:02d}"
    size = picture.shape[0] / 720
    cv2.putText(picture, text, (8, picture.shape[0] - 8), cv2.FONT_HERSHEY_SIMPLEX, size, (250, 250, 250), 1, cv2.LINE_8)


def _box(picture: Bgr, sides: tuple[float, float, float, float], colour: tuple[int, ...]) -> None:
    """Fill left, top, right, bottom, given as parts of the picture."""
    high, wide = picture.shape[:2]
    left, top, right, bottom = sides
    columns = slice(max(0, round(left * wide)), max(0, round(right * wide)))
    picture[round(top * high) : round(bottom * high), columns] = colour
