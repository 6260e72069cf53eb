"""The real reader of the change log, stepped instead of threaded, with a channel to an outside that remembers everything."""

from collections.abc import Callable, Sequence
from typing import Any

from contract.clock import US_PER_S, Clock
from hub.feed import CHUNK_ROWS, ChangeFeed
from hub.notify.delivery import Channel, Delivered, Failure, Filter, Notice
from hub.notify.ledger import Ledger as Positions
from hub.notify.reader import PERSIST_EVERY_US, ChangeReader
from hub.views import change_key
from watchkeeper.simulation.estate import SITE
from watchkeeper.simulation.ledger import Ledger
from watchkeeper.simulation.world import Fuse, World

READER = "webhook:outside"
REFUSED = 0.05
RETRY_S = 3.0


class OutsideChannel:
    """Delivers to the ledger. The network refuses now and then; the process may die before and after each delivery."""

    longest_wait_s = RETRY_S

    def __init__(self, world: World, ledger: Ledger, fuse: Fuse) -> None:
        self._world, self._ledger, self._fuse = world, ledger, fuse

    def deliver(self, notices: Sequence[Notice]) -> Delivered:
        """See hub.notify.delivery.Channel."""
        for done, notice in enumerate(notices):
            if not self._world.calm and self._world.chance(REFUSED):
                return Delivered(done, Failure("transient", "refused"))
            self._fuse.step("deliver")
            self._ledger.deliver(change_key(SITE, notice.row.pos), notice.row.body)
            self._fuse.step("delivered")
        return Delivered(len(notices))

    def close(self) -> None:
        """Nothing to let go."""


class SteppedReader(ChangeReader):
    """One turn at a time, and it never waits: `step` says when it wants the next one."""

    def __init__(
        self,
        channel: Channel,
        feed: ChangeFeed,
        positions: Positions,
        *,
        position: Callable[[], int | None],
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        super().__init__(READER, channel, Filter(), feed, positions, position=position, clock=clock, chance=chance)
        self._begun = self._paused = self._more = False

    def step(self) -> float | None:
        """One turn. Returns in how many seconds the next is wanted, None when there is nothing left to do."""
        if not self._begun:
            self._begun = self._begin()
        self._paused = False
        self._wake.set()  # so that a turn without changes does not wait for one
        self._turn()
        if self._paused:
            return RETRY_S
        if self._more:
            return 0.01
        return PERSIST_EVERY_US / US_PER_S + 0.1 if self._pos != self._written or self._moving is not None else None

    def _turn(self) -> None:
        rows = self._feed.after(self._pos)
        self._more = len(rows) >= CHUNK_ROWS
        failure = self._deliver(rows)
        self._persist()
        if failure is not None:
            self._pause()

    def _pause(self) -> None:
        self._paused = True


def reader_of(kind: type[SteppedReader], channel: Channel, feed: ChangeFeed, reads: Any, **more: Any) -> SteppedReader:
    """A reader that goes on where its row says."""
    return kind(channel, feed, Positions(SITE, READER, more.pop("asker")), position=lambda: reads.reader_pos(READER), **more)
