"""Is the picture dark, is it frozen? Judged from small luma arrays and the times they were taken. Pure: no clock, no video."""

from typing import Any, Literal, NamedTuple

import cv2
import numpy as np

from drivers.analysis.settings import Analysis
from drivers.analysis.small import Luma, Picture
from drivers.analysis.told import Told

View = Literal["as_it_was", "changed", "covered"]
"""`changed`: what was usual for its pictures is no measure now. `covered`: next to nothing can be seen, so nothing can differ."""
_TRIM = 0.02
"""The part of the picture that may differ most is left out, so that a clock drawn by a camera does not hide a frozen sensor."""
_DARK_SLACK = 1.4
_FROZEN_SLACK = 2.0
"""How far past its threshold a state must go to end: hysteresis."""
_ALL_WHITE = 225
_LIVE = 0.8
_SETTLED = 0.3
_SETTLED_MAX = 0.15
"""After a sensor hangs an encoder works on the same picture for some key pictures yet, which differ less and less: by this part
of what is usual, and this at most, they are the same."""


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
    key: Luma | None = None
    """The newest key picture."""
    usual: float | None = None
    """How much a key picture usually differs from the one before."""
    live_s: float | None = None
    """When a key picture last differed that much."""


class Judged(NamedTuple):
    """The state after a picture, and what changed with it: each state is told once at the start, then when it changes."""

    state: State
    changes: tuple[Told, ...]


def judge(state: State, picture: Picture, options: Analysis, view: View = "as_it_was") -> Judged:
    """Take one more picture into account. `view`: what is known of the view; see `View`."""
    state, dark_change = _judge_dark(state, picture, options)
    state, frozen_change = _judge_frozen(state, picture, options, view)
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


def _judge_frozen(state: State, picture: Picture, options: Analysis, view: View) -> tuple[State, tuple[Told, ...]]:
    at_s, luma, key, _ = picture
    begun: dict[str, Any] = {"still": luma, "still_since_s": at_s, "still_keys": int(key)}
    if state.still is None or state.still.shape != luma.shape or at_s < state.still_since_s:
        return state._replace(**begun | {"key": luma if key else None, "live_s": None}), ()
    still = state.still
    if key:
        state = _measured(state, picture)
    if not _alike(still, luma, _frozen_limit(state, options, view)):
        change = () if state.frozen is False else (Told("frozen", active=False, since_s=at_s),)
        return state._replace(frozen=False, **begun), change
    if not state.frozen and (state.dark or view == "covered" or cv2.mean(luma)[0] > _ALL_WHITE):
        return state._replace(**(begun | {"live_s": at_s})), ()  # nothing can be seen, so nothing can differ: dark says it all
    keys = state.still_keys + key
    state = state._replace(still_keys=keys)
    since_s = state.still_since_s if state.live_s is None else min(state.live_s, state.still_since_s)
    if state.frozen or keys < 2 or at_s - since_s < options.frozen_after_s:
        return state, ()
    return state._replace(frozen=True), (Told("frozen", active=True, since_s=since_s),)


def _measured(state: State, picture: Picture) -> State:
    """With one more key picture's difference from the one before."""
    if state.key is None:
        return state._replace(key=picture.luma, live_s=picture.at_s)
    apart = difference(state.key, picture.luma)
    usual = apart if state.usual is None else state.usual
    if apart >= _LIVE * usual:
        usual += 0.2 * (min(apart, 2 * usual) - usual)
        return state._replace(key=picture.luma, usual=usual, live_s=picture.at_s)
    follow = 0.05 if apart > _SETTLED * usual else 0.0
    return state._replace(key=picture.luma, usual=usual + follow * (apart - usual))


def _frozen_limit(state: State, options: Analysis, view: View) -> float:
    settled = 0.0 if state.usual is None or view == "changed" else min(_SETTLED_MAX, _SETTLED * state.usual)
    return max(options.frozen_below, settled) * (_FROZEN_SLACK if state.frozen else 1.0)
