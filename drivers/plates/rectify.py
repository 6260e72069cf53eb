"""From a plate's corners to straight strips of one row of characters."""

import cv2
import numpy as np

from drivers.plates.find import Bgr, Corners

_FINE = 2
"""A strip is cut this many times larger and then shrunk, so that small strokes of a large plate are not skipped."""
_TWO_ROWS_UNDER = 2.5
"""Width to height: plates of one row have 3.1 and more, of two rows 2.0 and less."""
_UPPER = (0.12, 0.88, 0.0, 0.42)
_LOWER = (0.0, 1.0, 0.36, 1.0)
"""The rows of a plate of two rows: left, right, top, bottom as parts of it. The upper row is lower and stands in the middle."""


def strip(picture: Bgr, corners: Corners, high: int, wide: int, margin: float = 0.0) -> Bgr:
    """The plate seen from the front, `margin` of its size more on each side."""
    size_x, size_y = wide * _FINE, high * _FINE
    off_x, off_y = (size * margin / (1 + 2 * margin) for size in (size_x, size_y))
    ends = np.array(
        [(off_x, off_y), (size_x - off_x, off_y), (size_x - off_x, size_y - off_y), (off_x, size_y - off_y)], np.float32
    )
    turn = cv2.getPerspectiveTransform(corners, ends)
    fine = cv2.warpPerspective(picture, turn, (size_x, size_y), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(fine, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)


def may_have_two_rows(corners: Corners) -> bool:
    """Whether it is too high for its width to be surely of one row."""
    top, right, bottom, left = (float(np.linalg.norm(corners[n] - corners[(n + 1) % 4])) for n in range(4))
    return top + bottom < _TWO_ROWS_UNDER * (left + right)


def joined_rows(picture: Bgr, corners: Corners, high: int, wide: int, margin: float = 0.0) -> Bgr:
    """A plate of two rows as one strip: the upper row, then the lower one."""
    whole = strip(picture, corners, high * 3, wide * 2, margin)
    upper_wide = round(wide * 0.36)
    upper = cv2.resize(_part(whole, _UPPER), (upper_wide, high), interpolation=cv2.INTER_AREA)
    lower = cv2.resize(_part(whole, _LOWER), (wide - upper_wide, high), interpolation=cv2.INTER_AREA)
    return np.asarray(np.hstack((upper, lower)), np.uint8)


def whole(picture: Bgr) -> Corners:
    """The corners of a picture that is itself a plate, cut out by somebody else."""
    high, wide = picture.shape[:2]
    return np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)


def looks_cut(picture: Bgr) -> bool:
    """Whether a picture has a plate's shape and is too small for a scene."""
    high, wide = picture.shape[:2]
    return bool(high <= 200 and 2.4 * high <= wide <= 6 * high)


def _part(plate: Bgr, part: tuple[float, float, float, float]) -> Bgr:
    high, wide = plate.shape[:2]
    left, right, top, bottom = part
    return plate[round(top * high) : round(bottom * high), round(left * wide) : round(right * wide)]
