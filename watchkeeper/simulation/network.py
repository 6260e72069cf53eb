"""A network that loses, doubles, reorders, delays and splits."""

from contract.clock import US_PER_S
from watchkeeper.simulation.world import Happening, World

LOST, DOUBLED = 0.03, 0.03
DELAYS_S = ((0.90, 0.001, 0.04), (0.09, 0.04, 0.8), (0.01, 0.8, 2.0))
"""Share, from, to."""
CALM_DELAY_S = 0.002


class Link:
    """One agent's way to the broker and back. `cut`: nothing goes through, in either direction."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.cut = False
        self.until_us = 0

    def split(self, seconds: float) -> None:
        """Nothing goes through for so long; a longer split that is under way stays."""
        until_us = self._world.now_us + int(seconds * US_PER_S)
        if until_us <= self.until_us:
            return
        self.cut, self.until_us = True, until_us
        self._world.counters["splits"] += 1
        self._world.at_us(until_us, self._end_split)

    def mend(self) -> None:
        """Everything goes through from now on."""
        self.cut, self.until_us = False, self._world.now_us

    def send(self, arrival: Happening) -> None:
        """Let `arrival` happen later: once, twice or never."""
        world = self._world
        if world.calm:
            world.after(CALM_DELAY_S, arrival)
            return
        if world.chance(LOST):
            world.counters["lost"] += 1
            return
        copies = 2 if world.chance(DOUBLED) else 1
        world.counters["doubled"] += copies - 1
        for _ in range(copies):
            world.after(self._delay_s(), lambda: self._arrive(arrival))

    def _arrive(self, arrival: Happening) -> None:
        if self.cut and not self._world.calm:
            self._world.counters["lost"] += 1
        else:
            arrival()

    def _delay_s(self) -> float:
        pick = self._world.random.random()
        for share, low, high in DELAYS_S:
            if pick < share:
                return self._world.seconds(low, high)
            pick -= share
        return DELAYS_S[-1][2]

    def _end_split(self) -> None:
        if self._world.now_us >= self.until_us:
            self.mend()
