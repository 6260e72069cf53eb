"""Where plates are in a picture, by the detector's network: a box and four corners each."""

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Bgr = NDArray[np.uint8]
Corners = NDArray[np.float32]
"""Four points x, y: top left, top right, bottom right, bottom left."""

SIDE = 640
"""The longer side of the picture that the network sees. 960 found no plate more on the photographs and took twice as long."""
MAX_PLATES = 4
_SCORE = 0.5
_OVERLAP = 0.4
_STRIDES = ((8, (24, 48)), (16, (96, 192)), (32, (384, 768)))
"""Each grid's step in pixels, and the sides of its two squares."""
_MEAN = (104, 117, 123)
_CENTRE, _SIZE = 0.1, 0.2
"""By how much the network's numbers are scaled."""
_MULTIPLE = 32
_FROM_NETWORK = [2, 3, 0, 1]
"""The network's corners begin at the bottom right and go round."""


class Found(NamedTuple):
    """One plate. `box`: x, y, width, height in the picture's pixels. `score`: 0 to 1."""

    score: float
    box: tuple[int, int, int, int]
    corners: Corners


def find(detector: Any, picture: Bgr, side: int = SIDE) -> list[Found]:
    """The plates, at most MAX_PLATES, the largest sure one first."""
    scale = side / max(picture.shape[:2])
    high, wide = (max(1, round(length * scale)) for length in picture.shape[:2])
    small = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    padded_high, padded_wide = (-(-length // _MULTIPLE) * _MULTIPLE for length in (high, wide))
    padded = np.zeros((padded_high, padded_wide, 3), np.float32)
    padded[:high, :wide] = small
    padded[:high, :wide] -= _MEAN
    boxes, scores, corners = detector.run(None, {"image": np.ascontiguousarray(padded.transpose(2, 0, 1)[None])})
    return _decoded(boxes[0], scores[0, :, 1], corners[0], _grid(padded_high, padded_wide), picture.shape[:2], scale)


def _decoded(
    boxes: NDArray[Any], scores: NDArray[Any], corners: NDArray[Any], grid: NDArray[Any], shape: tuple[int, ...], scale: float
) -> list[Found]:
    sure = np.flatnonzero(scores > _SCORE)
    if not sure.size:
        return []
    squares, scores = grid[sure], scores[sure]
    centres = squares[:, :2] + boxes[sure, :2] * _CENTRE * squares[:, 2:]
    sizes = squares[:, 2:] * np.exp(boxes[sure, 2:] * _SIZE)
    rects = np.concatenate((centres - sizes / 2, sizes), axis=1) / scale
    points = (squares[:, None, :2] + corners[sure].reshape(-1, 4, 2) * _CENTRE * squares[:, None, 2:]) / scale
    kept = np.asarray(cv2.dnn.NMSBoxes(rects.tolist(), scores.tolist(), _SCORE, _OVERLAP)).ravel()
    ranked = sorted(kept, key=lambda n: -scores[n] * rects[n, 2])[:MAX_PLATES]
    return [Found(float(scores[n]), _inside(rects[n], shape), points[n][_FROM_NETWORK].astype(np.float32)) for n in ranked]


def _inside(rect: NDArray[Any], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    high, wide = shape
    left, right = (int(np.clip(round(float(x)), 0, wide)) for x in (rect[0], rect[0] + rect[2]))
    top, bottom = (int(np.clip(round(float(y)), 0, high)) for y in (rect[1], rect[1] + rect[3]))
    return left, top, right - left, bottom - top


def _grid(high: int, wide: int) -> NDArray[np.float32]:
    """The squares that the network's rows are about: centre and sides."""
    rows = []
    for step, sides in _STRIDES:
        y, x = np.meshgrid((np.arange(-(-high // step)) + 0.5) * step, (np.arange(-(-wide // step)) + 0.5) * step, indexing="ij")
        rows.append(np.stack([np.stack([x, y, x * 0 + side, x * 0 + side], -1) for side in sides], 2).reshape(-1, 4))
    return np.concatenate(rows).astype(np.float32)
