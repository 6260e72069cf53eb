"""Is the picture dark, is it frozen? Judged from small luma arrays and the times they were taken. Pure: no clock, no video."""

from typing import Any, NamedTuple

import cv2
import numpy as np

from drivers.analysis.settings import Analysis
from drivers.analysis.small import Luma, Picture
from drivers.analysis.told import Told

_TRIM = 0.02
"""The part of the picture that may differ most is left out, so that a clock drawn by a camera does not hide a frozen sensor."""
_DARK_SLACK = 1.4
_FROZEN_SLACK = 2.0
"""How far past its threshold a state must go to end: hysteresis."""


class State(NamedTuple):
    """What is known so far. `dark` and `frozen` are None until there is something to go by."""

    dark: bool | None = None
    looked_dark: bool | None = None
    """How the picture before looked: dark changes when two in a row look alike."""
    looked_since_s: float = 0.0
    frozen: bool | None = None
    still: Luma | None = None
    """The first picture of the present run of equal pictures."""
    still_since_s: float = 0.0
    still_keys: int = 0


class Judged(NamedTuple):
    """The state after a picture, and what changed with it: each state is told once at the start, then when it changes."""

    state: State
    changes: tuple[Told, ...]


def judge(state: State, picture: Picture, options: Analysis) -> Judged:
    """Take one more picture into account."""
    state, dark_change = _judge_dark(state, picture, options)
    state, frozen_change = _judge_frozen(state, picture, options)
    return Judged(state, dark_change + frozen_change)


def difference(one: Luma, other: Luma) -> float:
    """The mean absolute difference of luma, without the few places that differ most. The shapes must be equal."""
    apart = cv2.absdiff(one, other).ravel()
    kept = apart.size - int(apart.size * _TRIM)
    return float(np.partition(apart, kept - 1)[:kept].mean())


def _alike(one: Luma, other: Luma, limit: float) -> bool:
    """Whether the difference is under the limit. Each place that differs does so by 1 at least: mostly a count says enough."""
    places = cv2.countNonZero(cv2.absdiff(one, other))
    return places < (limit + _TRIM) * one.size + 1 and difference(one, other) < limit


def _judge_dark(state: State, picture: Picture, options: Analysis) -> tuple[State, tuple[Told, ...]]:
    mean, spread = (float(value[0][0]) for value in cv2.meanStdDev(picture.luma))
    slack = _DARK_SLACK if state.dark else 1.0
    dark = mean < options.dark_below * slack and spread < options.dark_spread * slack
    if dark != state.looked_dark:
        return state._replace(looked_dark=dark, looked_since_s=picture.at_s), ()
    if dark == state.dark:
        return state, ()
    return state._replace(dark=dark), (Told("dark", dark, state.looked_since_s, mean_luma=round(mean, 1)),)


def _judge_frozen(state: State, picture: Picture, options: Analysis) -> tuple[State, tuple[Told, ...]]:
    at_s, luma, key, _ = picture
    begun: dict[str, Any] = {"still": luma, "still_since_s": at_s, "still_keys": int(key)}
    if state.still is None or state.still.shape != luma.shape or at_s < state.still_since_s:
        return state._replace(**begun), ()
    if not _alike(state.still, luma, options.frozen_below * (_FROZEN_SLACK if state.frozen else 1.0)):
        change = () if state.frozen is False else (Told("frozen", active=False, since_s=at_s),)
        return state._replace(frozen=False, **begun), change
    if state.dark and not state.frozen:
        return state._replace(**begun), ()  # nothing can be seen, so nothing can differ: dark says it all
    keys = state.still_keys + key
    state = state._replace(still_keys=keys)
    if state.frozen or keys < 2 or at_s - state.still_since_s < options.frozen_after_s:
        return state, ()
    return state._replace(frozen=True), (Told("frozen", active=True, since_s=state.still_since_s),)
