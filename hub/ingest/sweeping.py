"""Whether old rows may be swept. What a clock that jumped makes old is not old. Pure."""

from typing import Literal

from contract.clock import US_PER_S

_HOUR_US = 3_600 * US_PER_S
_DAY_US = 24 * _HOUR_US
STEP_MAX_US = _HOUR_US
AWAY_MAX_US = 2 * _DAY_US
"""A hub that finds its newest row older than this was away for long, or its clock was set ahead: it cannot know which."""
DOUBT_US = 7 * _DAY_US
"""How long people have to set the clock right. For ever would fill the disk of a hub that was merely off over a weekend."""

Halt = Literal["clock_ahead_of_newest_row", "clock_stepped"]


class SweepGuard:
    """Compares the wall clock with the newest row at the start, and with monotonic time since. `newest_us`: the hub's time of
    the newest row, None where there is none."""

    def __init__(self, newest_us: int | None, now_us: int, mono_us: int) -> None:
        self._in_doubt = newest_us is not None and now_us - newest_us > AWAY_MAX_US
        self._start_us = mono_us
        self._apart_us = now_us - mono_us

    def halted(self, now_us: int, mono_us: int) -> Halt | None:
        """Why nothing may be swept now; None: it may."""
        if abs(now_us - mono_us - self._apart_us) > STEP_MAX_US:
            return "clock_stepped"
        if self._in_doubt and mono_us - self._start_us < DOUBT_US:
            return "clock_ahead_of_newest_row"
        return None
