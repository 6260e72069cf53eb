"""Whether somebody has tampered with the view: blinded, defocused, moved or occluded, against a picture of how it was.

The view is judged in cells, by the directions of its edges: those stay when light comes and goes, when it becomes night or the
picture gets noisy. Where they go, and whether what is seen at large is still the same, names what happened.
"""

from typing import Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.analysis.looks import View
from drivers.analysis.small import FINE_HEIGHT, FINE_WIDTH, Luma, tone_curve

Kind = Literal["blinded", "defocused", "moved", "occluded"]
KINDS: tuple[Kind, ...] = ("blinded", "defocused", "moved", "occluded")
CALIBRATED_S = 3.0
CELLS = (8, 6)
"""Across and down."""
_Map = NDArray[np.float32]
_NOBODY: _Map = np.zeros((CELLS[1], CELLS[0]), np.float32)
_AROUND = np.ones((9, 9), np.uint8)

_FOLLOW_S = 60.0
_LEARN_S = 5.0
"""How soon the reference becomes what is seen: while it is kept, and in the beginning."""
_ENDS_S = 1.0
_LAPSE_S = 1.6
"""A view that looks right for longer begins anew to look wrong."""
_LOOK_BESIDE = 0.2
"""Where more than this is lost, it is looked for nearby."""
_RIGHT_LOST = 0.3
_RIGHT_SHARP = 0.7
"""What a view must be to be right again: better than what begins the wrong one."""
_STEP_MAX = 10.0
_KEPT = 0.35
"""A cell whose edges agree less than this with the reference's is lost."""
_FLAT = 0.4
"""A cell with less than this part of its edges' strength is flat."""
_CLEARLY_KEPT = 0.6
_BUSY = 0.15
_LEAST_POWER = 150.0
"""A cell with weaker edges shows none that could be lost: the encoder makes such ones up."""
_APPEARED = 4.0
_MANY_PLAIN = 0.4
_FEW_TEXTURED = 3
_OTHER_TONE = 25
_GLARE = 235
_ACCEPT_S = 3600.0
"""A view that has been another one for so long is the view."""


class Seen(NamedTuple):
    """What was measured in one picture against the reference, in parts of the cells in which the reference shows something."""

    lost: float
    """They no longer show the same edges."""
    kept: float
    """They clearly show the same edges."""
    flat: float
    """They are lost and show next to no edges."""
    sharp: float
    """Not a part: how fine the edges are, 1 as in the reference."""
    sharp_lost: float
    """The same of the cells that are lost alone."""
    coarse: float
    """The likeness of both pictures at large, -1 to 1."""
    contrast: float
    """The contrast at large, 1 as in the reference."""
    glare: float
    """The part of the whole picture that is white, and was not."""
    shifted: bool
    """The same edges are seen at another place."""


class Change(NamedTuple):
    """A kind of tampering that begins or ends, or is told for the first time. `since_s`: when it was first seen to."""

    kind: Kind
    active: bool
    since_s: float


class _View(NamedTuple):
    """What is computed from a picture: its edges across and down, their strength by cells (that of wide ones too), and the
    picture at large."""

    across: _Map
    down: _Map
    power: _Map
    wide: _Map
    coarse: Luma
    glare: float


class Tamper:
    """Takes a fine picture now and then, at least every few seconds. `after_s`: how long a view must be wrong to be called so."""

    def __init__(self, after_s: float = 3.0) -> None:
        self._after_s = after_s
        self._reference: _Map | None = None
        self._ref: _View | None = None
        self._began_s = self._at_s = 0.0
        self._before: Luma | None = None
        self._noise = 0.0
        self._wrong_since_s: float | None = None
        self._wrong_s = 0.0
        self._right_since_s: float | None = None
        self._votes: dict[Kind, int] = {}
        self._said = False
        self.state: Kind | None = None
        self.seen: Seen | None = None

    @property
    def calibrated(self) -> bool:
        """Whether it knows how the view is."""
        return self._reference is not None and self._at_s - self._began_s >= CALIBRATED_S

    def anew(self) -> None:
        """Tell each kind's state anew with the next picture."""
        self._said = False

    @property
    def view(self) -> View:
        """What others must know of the view."""
        if not self.suspects:
            return "as_it_was"
        likely = self.state or max(self._votes, key=self._votes.__getitem__)
        return "covered" if likely in ("occluded", "blinded") else "changed"

    @property
    def suspects(self) -> bool:
        """Whether the view is wrong, or looks so."""
        return self._wrong_since_s is not None or self.state is not None

    def see(self, at_s: float, fine: Luma, moving: Luma | None = None, *, blind: bool = False) -> tuple[Change, ...]:
        """One more picture. `moving`: what moves in it, 0 or 255 at any size. `blind`: it is dark, and nothing can be told."""
        if self._reference is None or at_s < self._at_s:
            self._begin(at_s, fine)
            return ()
        step_s, self._at_s = at_s - self._at_s, at_s
        self._measure_noise(fine)
        if blind:
            self._wrong_since_s = None
            return ()
        if not self.calibrated:
            self._follow(fine, min(1.0, max(step_s, 0.2) / _LEARN_S * 2), moving)
            return ()
        reference = self._ref or _view_of(self._reference)
        self._ref = reference
        busy = _NOBODY if moving is None else _by_cells(moving) / np.float32(255)
        self.seen = seen = _compared(reference, _view_of(fine), self._noise, busy)
        kind = kind_of(seen)
        if kind is None and self.state is None:
            self._follow(fine, min(1.0, step_s / _FOLLOW_S), moving)
        return self._first(at_s) + self._judged(kind, at_s)

    def _first(self, at_s: float) -> tuple[Change, ...]:
        """Each kind's state, once it is known."""
        if self._said:
            return ()
        self._said = True
        return tuple(Change(kind, kind == self.state, at_s) for kind in KINDS)

    def _begin(self, at_s: float, fine: Luma) -> None:
        self._reference = fine.astype(np.float32)
        self._ref = None
        self._began_s = self._at_s = at_s
        self._before = fine
        self._wrong_since_s = self._right_since_s = None

    def _measure_noise(self, fine: Luma) -> None:
        """The standard deviation of a pixel's noise: how much a pixel changes beside its two neighbours from one picture to the
        next, by the median. What moves does not count, nor does light that changes."""
        assert self._before is not None
        left, middle, right = (fine[::4, n::4].astype(np.int16) - self._before[::4, n::4] for n in (0, 1, 2))
        noise = float(np.median(np.abs(2 * middle - left - right))) / _OF_NEIGHBOURS
        self._noise += (0.5 if noise < self._noise else 0.2) * (noise - self._noise)
        self._before = fine

    def _follow(self, fine: Luma, part: float, moving: Luma | None) -> None:
        apart = cv2.subtract(fine, self._reference, dtype=cv2.CV_32F)
        if moving is not None:
            around = cv2.resize(cv2.dilate(moving, _AROUND), (FINE_WIDTH, FINE_HEIGHT), interpolation=cv2.INTER_NEAREST)
            apart[around > 0] = 0
        if self.calibrated:  # what passes unnoticed leaves next to nothing behind
            apart = cv2.max(cv2.min(apart, _STEP_MAX), -_STEP_MAX)
        self._reference = cv2.scaleAdd(apart, part, self._reference)
        self._ref = None

    def _judged(self, kind: Kind | None, at_s: float) -> tuple[Change, ...]:
        if kind is not None:
            self._right_since_s = None
            if self._wrong_since_s is None or (self.state is None and at_s - self._wrong_s > _LAPSE_S):
                self._wrong_since_s, self._votes = at_s, {}
            self._wrong_s = at_s
            self._votes[kind] = self._votes.get(kind, 0) + 1
        if self.state is not None:
            return self._lasts(at_s)
        if kind is None and at_s - self._wrong_s > _LAPSE_S:
            self._wrong_since_s = None
        if kind is None or self._wrong_since_s is None or at_s - self._wrong_since_s < self._after_s:
            return ()
        self.state = won = max(self._votes, key=self._votes.__getitem__)
        return (Change(won, active=True, since_s=self._wrong_since_s),)

    def _lasts(self, at_s: float) -> tuple[Change, ...]:
        assert self.state is not None
        assert self.seen is not None
        assert self._wrong_since_s is not None
        if at_s - self._wrong_since_s > _ACCEPT_S:
            return self._accepted(at_s)
        if self.seen.lost > _RIGHT_LOST or self.seen.sharp < _RIGHT_SHARP or kind_of(self.seen) is not None:
            self._right_since_s = None
            return ()
        if self._right_since_s is None:
            self._right_since_s = at_s
        if at_s - self._right_since_s < _ENDS_S:
            return ()
        ended, self.state, self._wrong_since_s = self.state, None, None
        return (Change(ended, active=False, since_s=self._right_since_s),)

    def _accepted(self, at_s: float) -> tuple[Change, ...]:
        assert self.state is not None
        assert self._before is not None
        ended, self.state = self.state, None
        self._begin(at_s, self._before)
        return (Change(ended, active=False, since_s=at_s),)


_OF_NEIGHBOURS = 2.34
"""The median of that, from noise of a standard deviation of 1."""
_HISS = 3.0
_HISS_WIDE = 0.12
"""The power of the edges that noise of a standard deviation of 1 makes."""


def _view_of(fine: Luma | _Map) -> _View:
    smooth = cv2.GaussianBlur(fine, (3, 3), 0)
    across, down, power = _edges(smooth)
    small = cv2.resize(fine, (80, 45), interpolation=cv2.INTER_AREA)
    coarse = cv2.convertScaleAbs(cv2.resize(cv2.GaussianBlur(small, (0, 0), 3), (40, 24)))
    glare = float(np.count_nonzero(fine[::2, ::2] >= _GLARE)) / (fine.size // 4)
    return _View(across, down, power, _edges(cv2.GaussianBlur(small, (3, 3), 0))[2], coarse, glare)


def _edges(picture: Luma | _Map) -> tuple[_Map, _Map, _Map]:
    across = cv2.Sobel(picture, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(picture, cv2.CV_32F, 0, 1)
    return across, down, _by_cells(cv2.add(cv2.multiply(across, across), cv2.multiply(down, down)))


def _by_cells(values: _Map | Luma) -> _Map:
    return np.asarray(cv2.resize(values, CELLS, interpolation=cv2.INTER_AREA), np.float32)


def _compared(reference: _View, now: _View, noise: float, busy: _Map) -> Seen:
    """What is seen of the reference; where that swayed, of the reference at its place."""
    seen = _measured(reference, now, noise, busy)
    if seen.lost < _LOOK_BESIDE:
        return seen
    x, y = _shift(reference, now)
    if max(abs(x), abs(y)) > _SWAY:
        return seen._replace(shifted=True)
    return _measured(_put(reference, x, y), now, noise, busy) if x or y else seen


def _measured(reference: _View, now: _View, noise: float, busy: _Map) -> Seen:
    """`busy`: the part of each cell in which something moves just now; a busy cell is taken as kept."""
    hiss, hiss_wide = np.float32(_HISS * noise * noise), np.float32(_HISS_WIDE * noise * noise)
    textured = reference.power > np.maximum(0.1 * reference.power.mean(), np.maximum(2 * hiss, _LEAST_POWER))
    plain = ~textured
    weight = _weights(textured)
    calm = busy < _BUSY
    power, wide = np.maximum(now.power - hiss, 0.02 * now.power), np.maximum(now.wide - hiss_wide, 0.02 * now.wide)
    product = _by_cells(cv2.add(cv2.multiply(reference.across, now.across), cv2.multiply(reference.down, now.down)))
    agrees = product / np.sqrt(reference.power * power + 1.0)
    gain = float(np.clip(np.quantile(np.sqrt(power / (reference.power + 1)), 0.9), 0.35, 1.0))
    replaced = _other_tone(reference, now)
    appeared = power > _APPEARED * np.maximum(reference.power, _LEAST_POWER)
    lost = np.where(plain, replaced | appeared, agrees < _KEPT) & calm
    kept = (agrees > _CLEARLY_KEPT) & textured & calm
    flat = lost & np.where(plain, power < _LEAST_POWER, np.sqrt(power / (reference.power + 1)) < _FLAT * gain)
    judged = max(0.5, float(weight[calm].sum()))
    gone = float(weight[lost].sum()) / judged
    return Seen(
        lost=gone,
        kept=float(weight[kept].sum()) / judged,
        flat=float(weight[flat].sum()) / judged,
        sharp=_sharpness(reference, power, wide, textured & calm),
        sharp_lost=_sharpness(reference, power, wide, lost & textured),
        coarse=_likeness(reference.coarse, now.coarse),
        contrast=float(now.coarse.std() + 1) / float(reference.coarse.std() + 1),
        glare=now.glare - reference.glare,
        shifted=False,
    )


def _weights(textured: NDArray[np.bool_]) -> _Map:
    """How much each cell counts, 1 in all. Where much of the view is plain, half of it is with the plain cells, and all where
    next to nothing else is there."""
    many = np.count_nonzero(textured)
    if many >= _MANY_PLAIN * textured.size:
        return np.where(textured, np.float32(1 / many), np.float32(0))
    if many < _FEW_TEXTURED:
        return np.full(textured.shape, 1 / textured.size, np.float32)
    return np.where(textured, np.float32(0.5 / many), np.float32(0.5 / (textured.size - many)))


def _other_tone(reference: _View, now: _View) -> NDArray[np.bool_]:
    """The cells whose brightness is another one, beyond what makes the whole picture brighter or darker."""
    curve = tone_curve(reference.coarse, now.coarse)
    expected = cv2.LUT(reference.coarse, curve)
    return np.asarray(cv2.resize(cv2.absdiff(expected, now.coarse), CELLS, interpolation=cv2.INTER_AREA) > _OTHER_TONE)


def _sharpness(reference: _View, power: _Map, wide: _Map, where: NDArray[np.bool_]) -> float:
    """The median over cells of how strong fine edges are against wide ones, 1 as in the reference, and without cells."""
    if not where.any():
        return 1.0
    ratio = (power[where] + 1) / (wide[where] + 1) * (reference.wide[where] + 1) / (reference.power[where] + 1)
    return float(np.sqrt(np.median(ratio)))


def _likeness(one: Luma, other: Luma) -> float:
    a, b = one - one.mean(), other - other.mean()
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum() + 1.0))


_SHIFT_AGREES = 0.3
_RESPONSE = 0.05
_SWAY = 0.025 * FINE_WIDTH
"""A mast sways in the wind: a shift up to this is none."""
_WINDOW = cv2.createHanningWindow((FINE_WIDTH, FINE_HEIGHT), cv2.CV_32F)


def _shift(reference: _View, now: _View) -> tuple[float, float]:
    """How far right and down of their place the reference's edges are found again, in fine pixels; 0, 0 where they are not."""
    one = cv2.magnitude(reference.across, reference.down)
    other = cv2.magnitude(now.across, now.down)
    (x, y), response = cv2.phaseCorrelate(one - one.mean(), other - other.mean(), _WINDOW)
    moved = _put(reference, x, y)
    power = float((moved.across**2 + moved.down**2).sum()) * float((now.across**2 + now.down**2).sum())
    agrees = float((moved.across * now.across + moved.down * now.down).sum()) > _SHIFT_AGREES * power**0.5
    return (x, y) if response > _RESPONSE and agrees else (0.0, 0.0)


def _put(view: _View, x: float, y: float) -> _View:
    """The same view, its edges so far to the right and down."""
    to = np.array([[1, 0, x], [0, 1, y]], np.float32)
    size = (FINE_WIDTH, FINE_HEIGHT)
    across, down = cv2.warpAffine(view.across, to, size), cv2.warpAffine(view.down, to, size)
    return view._replace(across=across, down=down, power=_by_cells(across * across + down * down))


def kind_of(seen: Seen) -> Kind | None:
    """What a measurement means, or None where the view is as it was."""
    if seen.glare > 0.35 and (seen.lost > 0.12 or seen.sharp < 0.7 or seen.contrast < 0.4):
        return "blinded"
    if seen.shifted:
        return "moved"
    if seen.sharp < 0.62 and seen.coarse > 0.75:
        return "defocused"
    return _covered_or_moved(seen) if seen.lost >= 0.3 else None


def _covered_or_moved(seen: Seen) -> Kind | None:
    """A camera that was moved keeps nothing in its place; what covers it is flat, or too near to be sharp."""
    if seen.kept > 0.15:
        return "occluded" if seen.flat > 0.28 or seen.lost > 0.5 else None
    if seen.flat > 0.5 * seen.lost or seen.sharp_lost < 0.6:
        return "occluded"
    return "moved" if seen.lost > 0.45 else None
