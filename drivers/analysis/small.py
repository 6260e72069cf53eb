"""The two small grey pictures that everything is judged from."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
"""Rows of brightness, 0 (black) to 255 (white)."""

WIDTH = 160
HEIGHT = 90
FINE_WIDTH = 2 * WIDTH
FINE_HEIGHT = 2 * HEIGHT


class Picture(NamedTuple):
    """One analysed picture. `luma` is HEIGHT x WIDTH, `fine` twice that each way, None where only the small one is wanted.

    `key`: it was coded by itself. Between key pictures an encoder may repeat itself where nothing moves, so sameness counts
    only from one key picture to another."""

    at_s: float
    luma: Luma
    key: bool
    fine: Luma | None = None


def picture_of(at_s: float, plane: Luma, *, key: bool) -> Picture:
    """A picture from a plane of brightness of any size. Each halving is a mean of four pixels, for which OpenCV is quickest."""
    while plane.shape[1] >= 2 * FINE_WIDTH and plane.shape[0] >= 2 * FINE_HEIGHT:
        plane = halved(plane)
    if plane.shape != (FINE_HEIGHT, FINE_WIDTH):
        plane = _resized(plane)
    return Picture(at_s, halved(plane), key, plane)


def halved(plane: Luma) -> Luma:
    """Half as wide and half as high."""
    high, wide = plane.shape
    return np.asarray(cv2.resize(plane, (wide // 2, high // 2), interpolation=cv2.INTER_AREA), np.uint8)


def _resized(plane: Luma) -> Luma:
    grows = plane.shape[1] < FINE_WIDTH or plane.shape[0] < FINE_HEIGHT
    how = cv2.INTER_LINEAR if grows else cv2.INTER_AREA
    return np.asarray(cv2.resize(plane, (FINE_WIDTH, FINE_HEIGHT), interpolation=how), np.uint8)


_TONES = 12
_OF_A_TONE = 20


def tone_curve(before: Luma, after: Luma) -> Luma:
    """The table of 256 that leads from one picture's brightness to another's: the median of `after` in each of twelve shades of
    `before`, which never falls. Whatever makes the whole picture brighter or darker is such a curve."""
    shades, flat = before[::2, ::2].ravel(), after[::2, ::2].ravel()
    groups = np.array_split(np.argsort(shades, kind="stable"), max(1, min(_TONES, shades.size // _OF_A_TONE)))
    told = [float(np.median(flat[group])) for group in groups]
    places = [float(shades[group].mean()) for group in groups]
    rising = np.maximum.accumulate(told)
    curve = np.interp(np.arange(256), places, rising)
    below, above = np.arange(256) < places[0], np.arange(256) > places[-1]
    curve[below] += np.arange(256)[below] - places[0]
    curve[above] += np.arange(256)[above] - places[-1]
    return np.clip(np.rint(curve), 0, 255).astype(np.uint8)
