"""What time a gate decides by, and whether it may be trusted.

A small computer without a battery begins each boot in the past. A wall clock that does not lie behind the last time that was
written down, nor behind the time before which no such program ran, has not been set: it is not known how late it is, only that it
is at least as late as then. It is known again once the clock has been set, or once a receipt of the hub's tells.
"""

from typing import NamedTuple

from contract.clock import Clock

EARLIEST_US = 1_764_547_200_000_000
"""1 December 2025: no agent that reads tables of permits ran before."""


class Moment(NamedTuple):
    """A time, on the hub's line where the hub has told it. Not `known`: it is this late at least."""

    us: int
    known: bool = True


class GateClock:
    """Safe from any thread."""

    def __init__(self, clock: Clock, last_us: int) -> None:
        """`last_us`: the last trusted time that was written down."""
        self._clock = clock
        self._floor_us = max(last_us, EARLIEST_US)
        self._floor_mono_us = clock.mono_us()
        self._ahead_us: int | None = None

    def heard(self, mono_us: int, hub_us: int) -> None:
        """The hub's clock stood at `hub_us` at `mono_us` of the agent's monotonic one. From then on that one counts: it drifts
        by seconds a day, and nobody can set it."""
        self._ahead_us = hub_us - mono_us

    def mono_us(self) -> int:
        """The agent's monotonic clock."""
        return self._clock.mono_us()

    def now(self) -> Moment:
        """The time."""
        mono_us = self._clock.mono_us()
        if self._ahead_us is not None:
            return Moment(mono_us + self._ahead_us)
        wall_us = self._clock.now_us()
        if wall_us > self._floor_us:
            return Moment(wall_us)
        return Moment(self._floor_us + mono_us - self._floor_mono_us, known=False)
