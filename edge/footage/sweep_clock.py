"""What time footage is deleted by. It is told by the hub and must fit the agent's own clock: either of them may have jumped.

An agent whose wall clock is more than an hour off deletes nothing, and says so. A hub whose clock was set ahead is not believed
for a week: until then the earlier of both counts.
"""

from threading import Lock

from contract.clock import US_PER_S, Clock

APART_MAX_US = 3_600 * US_PER_S
BELIEVED_US = 7 * 86_400 * US_PER_S


class SweepClock:
    """Safe from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._ahead_us: int | None = None
        self._later_us: int | None = None
        self._later_mono_us = 0

    def heard(self, mono_us: int, hub_us: int) -> None:
        """The hub's clock stood at `hub_us` at `mono_us` of the agent's monotonic one."""
        ahead_us = hub_us - mono_us
        with self._lock:
            if self._ahead_us is None or ahead_us <= self._ahead_us + APART_MAX_US:
                self._ahead_us, self._later_us = ahead_us, None
                return
            if self._later_us is None or abs(ahead_us - self._later_us) > APART_MAX_US:
                self._later_us, self._later_mono_us = ahead_us, mono_us
            elif mono_us - self._later_mono_us >= BELIEVED_US:
                self._ahead_us, self._later_us = ahead_us, None

    def now_us(self) -> int | None:
        """The time on the hub's line; None: it cannot be trusted."""
        with self._lock:
            if self._ahead_us is None:
                return None
            now_us = self._clock.mono_us() + self._ahead_us
        return now_us if abs(self._clock.now_us() - now_us) <= APART_MAX_US else None

    def offset_us(self) -> int:
        """By how much the agent's wall clock is ahead of the hub's line; 0 while that is not known."""
        now_us = self.now_us()
        return 0 if now_us is None else self._clock.now_us() - now_us
