"""The bare limit of reading a plate: each of the three networks runs once, and the plates' recogniser is believed.

Loaded by its path by the bench, which opens the networks.
"""

from itertools import groupby

import cv2
import numpy as np


def grid(high, wide):
    """The squares that the detector's rows are about: centre and side."""
    rows = []
    for step, sides in ((8, (24, 48)), (16, (96, 192)), (32, (384, 768))):
        for y in range(-(-high // step)):
            for x in range(-(-wide // step)):
                rows += [((x + 0.5) * step, (y + 0.5) * step, side) for side in sides]
    return np.array(rows)


GRIDS: dict = {}


def corners_of(detector, picture):
    """The best plate's four corners, from the bottom right on; None where there is none."""
    scale = 640 / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32) - (104, 117, 123)
    high, wide = (-(-side // 32) * 32 for side in small.shape[:2])
    fed = np.zeros((1, 3, high, wide), np.float32)
    fed[0, :, : small.shape[0], : small.shape[1]] = small.transpose(2, 0, 1)
    _, scores, points = detector.run(None, {"image": fed})
    best = int(scores[0, :, 1].argmax())
    if scores[0, best, 1] < 0.5:
        return None
    if (high, wide) not in GRIDS:
        GRIDS[high, wide] = grid(high, wide)
    x, y, side = GRIDS[high, wide][best]
    return ((points[0, best].reshape(4, 2) * 0.1 * side + (x, y)) / scale).astype(np.float32)


def text_of(recogniser, characters, strip, wide):
    """What the recogniser says, greedily."""
    fed = np.zeros((1, 3, strip.shape[0], wide), np.float32)
    fed[0, :, :, : strip.shape[1]] = strip.transpose(2, 0, 1) / np.float32(127.5) - 1
    said = recogniser.run(None, {recogniser.get_inputs()[0].name: fed})[0][0].argmax(axis=1)
    return "".join(characters[one - 1] for one, _ in groupby(said) if one and one <= len(characters))


def read(models, picture, cut):
    """The plate's text, or an empty one. `cut`: the picture is a plate that somebody cut out."""
    high, wide = picture.shape[:2]
    corners = np.array([(wide, high), (0, high), (0, 0), (wide, 0)], np.float32) if cut else corners_of(models.detector, picture)
    if corners is None:
        return ""
    ends = np.array([(160, 48), (0, 48), (0, 0), (160, 0)], np.float32)
    strip = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(corners, ends), (160, 48))
    text_of(models.any_text, models.any_characters, strip, 160)
    return text_of(models.plate_text, models.plate_characters, cv2.resize(strip, (120, 32)), 320)
