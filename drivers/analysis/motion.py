"""What moves: what differs from the background and from the picture before, in connected parts, twice.

The background is a running mean of what stands still. A brightness that changes as a whole is taken up at once, by the tone
curve that leads from the background to the picture; what came and stays is taken up after a while.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.analysis.small import HEIGHT, WIDTH, Luma, tone_curve

Mask = NDArray[np.uint8]
"""0 or 255 for each pixel, HEIGHT x WIDTH."""
_Map = NDArray[np.float32]
_Labels = NDArray[np.int32]

CALIBRATED_S = 3.0
CALIBRATED_PICTURES = 4
_CALIBRATED_LEAST_S = 0.6
_AGREE_S = 2.5
"""Two pictures that agree on a mover lie at most this far apart."""
_NEAR = 0.35 * WIDTH
_NEAR_MAX = 0.6 * WIDTH
_SPEED = 0.5 * WIDTH
"""A mover goes so far in a second, and between any two pictures it may have gone _NEAR."""
_ALIKE = 6.0
"""How far a mover comes between two pictures, and how much its area changes, at most."""
_FOLLOW_S = 8.0
_NOISE_S = 20.0
_NOISE_MAX = 24.0
_THRESHOLD_MAX = 44.0
_LONG_GAP_S = 10.0
"""After a gap like this the background is learnt anew."""
_GLOBAL_PART = 0.10
_EXPLAINED = 0.35
"""A tone curve explains a change when it leaves at most this part of it."""
_DRIFT = 1.5
_SPREAD_LEFT = 0.25
"""A curve that leaves less of the contrast is no change of light: something covers the view."""
_OTHER_VIEW_PART = 0.70
_OTHER_S = 2.0
"""What is another view for longer is learnt anew."""
_LIGHT_ONLY = 0.9
_BESIDE = np.ones((3, 3), np.uint8)


class Blob(NamedTuple):
    """A connected part that moves: its middle and its area, in small pixels."""

    x: float
    y: float
    area: int


class Moved(NamedTuple):
    """What one picture shows. `moving` is what moves now; `present` also what came and stays. None: nothing at all.
    `since_s`: when what moves was first seen. `other_view`: nearly everything is different."""

    moving: Mask | None = None
    present: Mask | None = None
    since_s: float = 0.0
    blobs: tuple[Blob, ...] = ()
    other_view: bool = False


_NOTHING = Moved()


class Motion:
    """Takes one picture after the other. `sensitivity` 0 to 1; `stays_s`: after how long what came belongs to the scene."""

    def __init__(self, sensitivity: float = 0.5, stays_s: float = 60.0) -> None:
        self._floor = 16.0 - 12.0 * sensitivity
        self._area_min = max(4, round(WIDTH * HEIGHT * 0.0004 * 4.0 ** (0.5 - sensitivity) * 2))
        self._stays_s = stays_s
        self._began_s = self._at_s = self._other_s = 0.0
        self._count = 0
        self._agreed: list[tuple[float, float, tuple[Blob, ...]]] = []
        """Of the pictures shortly before: when, since when what moves in it was seen, and the blobs."""

    @property
    def stirs(self) -> bool:
        """Whether the newest picture shows a mover, which the next one has yet to agree on."""
        return bool(self._agreed) and self._agreed[-1][0] == self._at_s

    def differs(self, luma: Luma) -> bool:
        """Whether a picture may show a mover; it is not taken into account."""
        if not self._count:
            return False
        apart = _apart(cv2.GaussianBlur(luma, (3, 3), 0), self._plain)
        return bool(cv2.countNonZero(self._off(apart)) >= self._area_min)

    @property
    def calibrated(self) -> bool:
        """Whether it has seen enough of the scene to say anything."""
        long = self._at_s - self._began_s
        return (self._count >= CALIBRATED_PICTURES and long >= _CALIBRATED_LEAST_S) or (self._count >= 3 and long >= CALIBRATED_S)

    def see(self, at_s: float, luma: Luma) -> Moved:
        """One more picture. Times rise; after a step back or a long gap everything begins anew."""
        smooth = cv2.GaussianBlur(luma, (3, 3), 0)
        if self._count == 0 or not 0 < at_s - self._at_s < _LONG_GAP_S:
            self._begin(at_s, smooth)
            return _NOTHING
        step_s, self._at_s = at_s - self._at_s, at_s
        self._count += 1
        apart = _apart(smooth, self._plain)
        off = self._off(apart)
        drift = abs(cv2.mean(smooth)[0] - cv2.mean(self._plain)[0])
        if drift > _DRIFT or cv2.countNonZero(off) > _GLOBAL_PART * off.size:
            apart, off = self._by_tone(smooth, apart, off)
        moved = self._moved(smooth, off, at_s) if cv2.countNonZero(off) >= self._area_min else _NOTHING
        self._learn(smooth, apart, off, step_s)
        self._before = smooth
        self._other_s = self._other_s + step_s if moved.other_view else 0.0
        if self._other_s > _OTHER_S:
            self._begin(at_s, smooth)
        return self._agreement(moved, at_s)

    def _begin(self, at_s: float, smooth: Luma) -> None:
        self._began_s = self._at_s = at_s
        self._count = 1
        self._background: _Map = smooth.astype(np.float32)
        self._plain = smooth
        self._before = smooth
        self._noise: _Map = np.full(smooth.shape, 1.0, np.float32)
        self._limit: Luma = np.full(smooth.shape, round(self._floor + 4), np.uint8)
        self._age: _Map = np.zeros(smooth.shape, np.float32)
        self._present: Mask | None = None
        self._aged = False
        self._other_s = 0.0
        self._agreed.clear()

    def _off(self, apart: Luma) -> Mask:
        return np.asarray(cv2.compare(apart, self._limit, cv2.CMP_GT), np.uint8)

    def _by_tone(self, smooth: Luma, apart: Luma, off: Mask) -> tuple[Luma, Mask]:
        """The differences that a change of brightness as a whole does not explain. What it explains is taken up."""
        curve = tone_curve(self._plain, smooth)
        toned = cv2.LUT(self._plain, curve)
        left = _apart(smooth, toned)
        still_off = self._off(left)
        before, after = cv2.countNonZero(off), cv2.countNonZero(still_off)
        explained = after <= _EXPLAINED * before
        calmer = after <= before and _median_apart(smooth, toned) + 0.5 < _median_apart(smooth, self._plain)
        if not (explained or calmer) or _spread(toned) < _SPREAD_LEFT * _spread(self._plain):
            return apart, off
        self._background = toned.astype(np.float32)
        self._plain = toned
        self._before = cv2.LUT(self._before, tone_curve(self._before, smooth))
        return left, still_off

    def _moved(self, smooth: Luma, off: Mask, at_s: float) -> Moved:
        if cv2.countNonZero(off) > _OTHER_VIEW_PART * off.size:
            return Moved(other_view=True)
        joined = cv2.morphologyEx(off, cv2.MORPH_CLOSE, _BESIDE)
        left, top, wide, high = cv2.boundingRect(joined)
        here = slice(top, top + high), slice(left, left + wide)
        count, labels, stats, middles = cv2.connectedComponentsWithStats(joined[here])
        changed = cv2.compare(cv2.absdiff(smooth[here], self._before[here]), self._limit[here], cv2.CMP_GT)
        areas = stats[:, cv2.CC_STAT_AREA]
        large = areas >= self._area_min
        large[0] = False
        goes = large & (_within(labels, changed, count) >= np.maximum(3, 0.08 * areas))
        goes &= self._real(smooth[here], self._plain[here], labels, stats, goes)
        stays = goes
        if self._present is not None:
            stays = goes | (large & (_within(labels, self._present[here], count) > 0.3 * areas))
        blobs = tuple(Blob(float(middles[n][0]) + left, float(middles[n][1]) + top, int(areas[n])) for n in np.flatnonzero(goes))
        return Moved(_marked(labels, goes, here), _marked(labels, stays, here), at_s, blobs)

    def _real(self, smooth: Luma, plain: Luma, labels: _Labels, stats: _Labels, large: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which parts are more than light or shadow on the background: those show another texture than it."""
        real = large.copy()
        for n in np.flatnonzero(large):
            left, top, wide, high, _ = stats[n]
            here = slice(top, top + high), slice(left, left + wide)
            inside = labels[here] == n
            real[n] = likeness(smooth[here][inside], plain[here][inside]) < _LIGHT_ONLY
        return real

    def _learn(self, smooth: Luma, apart: Luma, off: Mask, step_s: float) -> None:
        first = self._count <= 2 * CALIBRATED_PICTURES
        calm = cv2.bitwise_not(off)
        follow = max(1 / (self._count + 1), 0.1) if first else min(1.0, step_s / _FOLLOW_S)
        cv2.accumulateWeighted(smooth, self._background, follow, mask=calm)
        if cv2.countNonZero(off) < _GLOBAL_PART * off.size:
            cv2.accumulateWeighted(cv2.min(apart, _NOISE_MAX), self._noise, 0.2 if first else min(1.0, step_s / _NOISE_S))
        if self._aged or cv2.countNonZero(off):
            self._grow_old(smooth, off, calm, step_s)
        self._plain = cv2.convertScaleAbs(self._background)
        self._limit = cv2.min(cv2.convertScaleAbs(self._noise, alpha=3.5, beta=self._floor), _THRESHOLD_MAX)

    def _grow_old(self, smooth: Luma, off: Mask, calm: Mask, step_s: float) -> None:
        self._age[calm > 0] = 0
        self._age[off > 0] += step_s
        old = cv2.compare(self._age, self._stays_s, cv2.CMP_GT)
        if cv2.countNonZero(old):
            np.copyto(self._background, smooth, where=old > 0, casting="unsafe")
            self._age[old > 0] = 0
        self._aged = bool(cv2.countNonZero(off))

    def _agreement(self, moved: Moved, at_s: float) -> Moved:
        """What moves, if a picture shortly before shows it too."""
        self._present = moved.present
        self._agreed = [one for one in self._agreed if at_s - one[0] <= _AGREE_S][-3:]
        since = [
            first
            for then_s, first, blobs in self._agreed
            if any(_same(one, other, at_s - then_s) for one in moved.blobs for other in blobs)
        ]
        if moved.blobs:
            self._agreed.append((at_s, min(since, default=at_s), moved.blobs))
        if not self.calibrated:
            return _NOTHING
        return moved._replace(since_s=min(since)) if since else moved._replace(moving=None, blobs=())


def _apart(picture: Luma, background: Luma) -> Luma:
    """How far each pixel is from what the background has there or right beside: a mast sways in the wind."""
    over = cv2.subtract(picture, cv2.dilate(background, _BESIDE))
    return np.asarray(cv2.max(over, cv2.subtract(cv2.erode(background, _BESIDE), picture)), np.uint8)


def _within(labels: _Labels, mask: Mask, count: int) -> NDArray[np.int64]:
    """How many pixels of a mask lie in each connected part."""
    return np.bincount(labels[mask > 0], minlength=count)


def _marked(labels: _Labels, chosen: NDArray[np.bool_], here: tuple[slice, slice]) -> Mask | None:
    """The mask of the chosen parts, in the whole picture; None where there are none."""
    if not chosen.any():
        return None
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[here] = (chosen * np.uint8(255))[labels]
    return mask


def _spread(luma: Luma) -> float:
    return float(cv2.meanStdDev(luma)[1][0][0])


def _median_apart(one: Luma, other: Luma) -> float:
    return float(np.median(cv2.absdiff(one, other)[::2, ::2]))


def _same(one: Blob, other: Blob, apart_s: float) -> bool:
    near = min(_NEAR_MAX, max(_NEAR, _SPEED * apart_s))
    return abs(one.x - other.x) < near and abs(one.y - other.y) < near and 1 / _ALIKE < one.area / other.area < _ALIKE


def likeness(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The correlation of two lists of brightness, -1 to 1; 0 where one of them is all the same."""
    a, b = one.astype(np.float32), other.astype(np.float32)
    a -= a.mean()
    b -= b.mean()
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / norm if norm > 4.0 * a.size else 0.0
