"""Whether old rows may be swept. What a clock that jumped makes old is not old. Pure."""

from typing import Literal, NamedTuple

from contract.clock import US_PER_S

_HOUR_US = 3_600 * US_PER_S
_DAY_US = 24 * _HOUR_US
STEP_MAX_US = _HOUR_US
AWAY_MAX_US = 2 * _DAY_US
"""A hub that finds its newest row older than this was away for long, or its clock was set ahead: it cannot know which."""
DOUBT_US = 7 * _DAY_US
"""How long people have to set the clock right. For ever would fill the disk of a hub that was merely off over a weekend."""

Halt = Literal["clock_ahead_of_newest_row", "clock_stepped"]


class Doubt(NamedTuple):
    """The clock cannot be trusted. `name`: of this one doubt, so that a manager settles it and not the next."""

    reason: Halt
    name: str


def doubted_since(newest_us: int | None, doubted_us: int | None, now_us: int) -> int | None:
    """Since when the wall clock is in doubt, by itself, as a hub finds it at its start; None: it is not. `newest_us`: the hub's
    time of the newest row, None where there is none; `doubted_us`: what was found before. Rows that are written in doubt are as
    new as the clock says, so the newest alone would clear it at the next start."""
    if newest_us is not None and now_us - newest_us > AWAY_MAX_US:
        return now_us
    return doubted_us if _is_doubted(doubted_us, now_us) else None


def _is_doubted(doubted_us: int | None, now_us: int) -> bool:
    """A clock that shows a little less than it did is not set right: it was put right by a second."""
    return doubted_us is not None and -STEP_MAX_US < now_us - doubted_us < DOUBT_US


class SweepGuard:
    """Compares the wall clock with what was doubted at the start, and with monotonic time since. `doubted_us`: see
    `doubted_since`; it is to be kept with the rows, so that the next start knows it."""

    def __init__(self, doubted_us: int | None, now_us: int, mono_us: int) -> None:
        self.doubted_us = doubted_us
        self._apart_us = now_us - mono_us
        self._step_us: int | None = None
        self._stepped_mono_us = 0
        self._before_us = doubted_us

    def halted(self, now_us: int, mono_us: int) -> Halt | None:
        """Why nothing may be swept now; None: it may. Notes in `doubted_us` that the clock was set ahead. Each time that it is
        set begins the doubt anew; where people leave it so, it is believed."""
        step_us = now_us - mono_us - self._apart_us
        if abs(step_us) > STEP_MAX_US:
            self._note(step_us, now_us, mono_us)
            if mono_us - self._stepped_mono_us < DOUBT_US:
                return "clock_stepped"
            self._apart_us, self._step_us = now_us - mono_us, None
        elif self._step_us is not None:
            self._step_us, self.doubted_us = None, self._before_us  # it was set right again
        return "clock_ahead_of_newest_row" if _is_doubted(self.doubted_us, now_us) else None

    def doubt(self, now_us: int, mono_us: int) -> Doubt | None:
        """Why nothing may be swept now, by a name that another doubt does not have."""
        halted = self.halted(now_us, mono_us)
        return None if halted is None else Doubt(halted, f"{halted}/{self.doubted_us}")

    def _note(self, step_us: int, now_us: int, mono_us: int) -> None:
        if self._step_us is not None and abs(step_us - self._step_us) <= STEP_MAX_US:
            return
        if self._step_us is None:
            self._before_us = self.doubted_us
        self._step_us, self._stepped_mono_us = step_us, mono_us
        self.doubted_us = now_us if step_us > 0 else self._before_us
