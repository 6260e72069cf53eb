"""The stream's own timestamps, tied to the agent's clock. Pure: the monotonic time of arrival is an argument.

A picture can arrive late, and never before it was taken: what arrives least late says how the two lines lie to each other. So a
network that stalls moves nothing, and a clock that is a little fast or slow is followed by MAX_SLEW a window. Timestamps that run
away by more than JUMP_US, or fall behind by as much, are put right at once, and after JUMPS_MAX of that in a connection the
times of arrival count: a camera whose header lies is recorded by the agent's clock alone.
"""

from contract.clock import US_PER_MS, US_PER_S

WINDOW_US = 4 * US_PER_S
SETTLE_US = 1_500 * US_PER_MS
"""The first window is shorter than any segment, so that the first one is put right before it ends."""
JUMP_US = 2 * US_PER_S
MAX_SLEW_US = 20 * US_PER_MS
REORDER_US = US_PER_S
"""Pictures that are shown in another order than they come go back by less than this."""
JUMPS_MAX = 3


class Times:
    """One connection's line, in microseconds of the monotonic clock."""

    def __init__(self) -> None:
        self._offset_us: int | None = None
        self._last_us = 0
        self._floor_us = -(1 << 62)
        self._last_pts_us = 0
        self._last_mono_us = 0
        self._least_us: int | None = None
        self._window_us = 0
        self.settled_us = 0
        """What is to be added to the whole line: how much earlier its first picture was taken than it arrived. Negative, and
        known after the first window."""
        self._settled = False
        self.jumps = 0

    @property
    def by_arrival(self) -> bool:
        """The timestamps are of no use."""
        return self.jumps >= JUMPS_MAX

    def place(self, pts_us: int, mono_us: int) -> int:
        """Where the picture lies. `mono_us`: when it was read, at the latest."""
        if self._offset_us is None:
            self._offset_us = mono_us - pts_us
            self._window_us = mono_us
        elif self.by_arrival:
            self._last_us = max(mono_us - self.settled_us, self._last_us + US_PER_MS)
            return self._last_us
        else:
            step_us, real_us = pts_us - self._last_pts_us, mono_us - self._last_mono_us
            if not -REORDER_US < step_us < real_us + JUMP_US:
                here_us = min(mono_us - self.settled_us, self._last_us + max(real_us, 0))
                self._jump(max(self._last_us + US_PER_MS, here_us) - pts_us)
        self._follow(mono_us - pts_us - self._offset_us, mono_us)
        self._last_us = pts_us + self._offset_us
        if self._last_us <= self._floor_us:
            self._last_us = self._floor_us = self._floor_us + US_PER_MS
        self._last_pts_us, self._last_mono_us = pts_us, mono_us
        return self._last_us

    def _jump(self, offset_us: int) -> None:
        self._offset_us = offset_us
        self._least_us = None
        self.jumps += 1

    def _follow(self, late_us: int, mono_us: int) -> None:
        """`late_us`: how late this picture came by the line as it is."""
        assert self._offset_us is not None
        self._least_us = late_us if self._least_us is None else min(self._least_us, late_us)
        if mono_us - self._window_us < (WINDOW_US if self._settled else SETTLE_US):
            return
        least_us, self._least_us, self._window_us = self._least_us, None, mono_us
        if not self._settled:
            self._settled = True
            if -10 * US_PER_S < least_us < 0:
                self.settled_us = least_us
        least_us -= self.settled_us
        if abs(least_us) > JUMP_US:
            if least_us < 0:
                self._floor_us = self._last_us  # nothing is shown before what was shown already
            self._jump(self._offset_us + least_us)
        else:
            self._offset_us += max(-MAX_SLEW_US, min(MAX_SLEW_US, least_us))
