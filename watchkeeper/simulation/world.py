"""Virtual time and chance: one clock, one queue of what happens next, one random source."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from contract.clock import US_PER_S, ManualClock

Happening = Callable[[], None]


class Killed(BaseException):
    """A process of the simulation ends here, as by kill -9. No `except Exception` of the product may catch it."""


class World:
    """What happens does so in the order of its time, and within one moment in the order in which it was planned."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.clock = ManualClock()
        self.start_us = self.clock.now_us()
        self.random = Random(seed)  # noqa: S311
        self.counters: Counter[str] = Counter()
        self.calm = False
        """No more faults and no more deeds: what is under way comes to its end."""
        self._queue: list[tuple[int, int, Happening]] = []
        self._planned = 0

    @property
    def now_us(self) -> int:
        """The true time, which is also the hub's."""
        return self.clock.now_us()

    def after(self, seconds: float, happening: Happening) -> None:
        """Plan something. `seconds` may be 0 and not negative."""
        self.at_us(self.now_us + max(0, int(seconds * US_PER_S)), happening)

    def at_us(self, at_us: int, happening: Happening) -> None:
        """Plan something for a time; one that has passed means now."""
        self._planned += 1
        heapq.heappush(self._queue, (max(at_us, self.now_us), self._planned, happening))

    def run_until(self, end_us: int) -> None:
        """Let everything up to `end_us` happen."""
        while self._queue and self._queue[0][0] <= end_us:
            at_us, _, happening = heapq.heappop(self._queue)
            self.clock.advance_us(at_us - self.now_us)
            happening()
        self.clock.advance_us(max(0, end_us - self.now_us))

    def chance(self, probability: float) -> bool:
        """True so often."""
        return self.random.random() < probability

    def seconds(self, low: float, high: float) -> float:
        """Any time between the two."""
        return self.random.uniform(low, high)

    def name(self, size: int) -> str:
        """So many random bytes as hex digits: what the product takes from the operating system."""
        return self.random.randbytes(size).hex()


class Fuse:
    """Kills a process at one of its steps: lit for a number of steps, of one name where one is given, it burns down by one a
    step."""

    def __init__(self) -> None:
        self._left = 0
        self._name = ""

    def light(self, steps: int, name: str = "") -> None:
        """Kill at the `steps`-th step from now."""
        self._left, self._name = steps, name

    def put_out(self) -> None:
        """Kill nobody."""
        self._left = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """While somebody looks at the process from outside, its steps do not count."""
        left, self._left = self._left, 0
        try:
            yield
        finally:
            self._left = left

    def step(self, name: str) -> None:
        """A step is about to be done. Raises Killed."""
        if self._left and self._name in ("", name):
            self._left -= 1
            if not self._left:
                raise Killed(name)
