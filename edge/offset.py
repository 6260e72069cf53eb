"""How far the agent's clock is from the hub's, measured the NTP way. Pure."""

from collections import deque
from typing import NamedTuple

from contract.clock import US_PER_S

SAMPLES = 16
AGE_MAX_US = 600 * US_PER_S
DRIFT_PPM = 200
DISAGREE_MAX = 3


class Now(NamedTuple):
    """Both clocks, read once a turn."""

    wall_us: int
    mono_us: int


class _Sample(NamedTuple):
    mono_us: int
    ahead_us: int
    """The hub's wall clock minus the agent's monotonic one: a step of the agent's wall clock does not touch it."""
    half_us: int
    """Half the round trip: the truth lies within so much of `ahead_us`."""


class ClockOffset:
    """Keeps the last samples and believes the one with the shortest round trip."""

    def __init__(self) -> None:
        self._samples: deque[_Sample] = deque(maxlen=SAMPLES)
        self._disagreed: list[_Sample] = []

    def sample(self, sent_mono_us: int, hub_us: int, now: Now) -> None:
        """The hub's clock stood at `hub_us` between the sending and now."""
        half_us = (now.mono_us - sent_mono_us) // 2
        if half_us < 0:
            return
        new = _Sample(now.mono_us, hub_us + half_us - now.mono_us, half_us)
        best = self._best(now.mono_us)
        if best is not None and _disagree(best, new):
            # One outlier is a queue somewhere; several in a row are a hub whose clock was set, or another hub.
            self._disagreed.append(new)
            if len(self._disagreed) < DISAGREE_MAX:
                return
            self._samples = deque(self._disagreed, maxlen=SAMPLES)
        else:
            self._samples.append(new)
        self._disagreed = []

    def at(self, now: Now) -> int | None:
        """The agent's wall clock minus the hub's; None before the first sample."""
        best = self._best(now.mono_us)
        return None if best is None else now.wall_us - (now.mono_us + best.ahead_us)

    def _best(self, mono_us: int) -> _Sample | None:
        young = [s for s in self._samples if mono_us - s.mono_us <= AGE_MAX_US]
        if young:
            return min(young, key=lambda s: s.half_us + _drift_us(mono_us - s.mono_us))
        return self._samples[-1] if self._samples else None


def _drift_us(age_us: int) -> int:
    return age_us * DRIFT_PPM // 1_000_000


def _disagree(best: _Sample, new: _Sample) -> bool:
    slack_us = best.half_us + new.half_us + _drift_us(new.mono_us - best.mono_us)
    return abs(new.ahead_us - best.ahead_us) > slack_us
