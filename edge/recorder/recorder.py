"""The agent's recorder: the index, a keeper for each few streams, what a crash left behind, and how the disk is."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import structlog

from contract.clock import US_PER_S
from contract.footage import FootageDisk, FootageStream
from contract.orders import AnyOrder, DeleteFootage, ListFootage, RescueFootage
from edge.footage.deletion import Deletion, DeletionWorker, Ports
from edge.footage.index import FootageFailed, FootageIndex
from edge.footage.mending import Mender, batches
from edge.footage.recovery import streams_of
from edge.footage.sweep_clock import SweepClock
from edge.loop import Loop
from edge.recorder.adopting import Adopter
from edge.recorder.keeper import STREAMS_A_CHILD, Keeper, Shared, reading_of
from edge.spool import SpoolFailed, SpoolFull

DISK_US = 60 * US_PER_S
DAY_BYTES_US = 600 * US_PER_S
"""How often the bytes of a day are counted, which reads a row for each of its segments."""
RETELL_US = 10 * US_PER_S
ROOM_BYTES_LEAST = 64 * 1024 * 1024
_TURN_S = 5.0
_DAY_US = 86_400 * US_PER_S


class Counters(msgspec.Struct):
    """Since the start. `retold`: segments that the log may not have had."""

    retold: int = 0


class Recorder(Loop):
    """All recording of one agent: `start`, then `stop` and `join`. The thread of its own looks after the disk."""

    def __init__(self, agent: str, shared: Shared) -> None:
        super().__init__("footage")
        self._agent = agent
        self._shared = shared
        self._config = shared.config
        self.index = shared.footage
        self._tell = shared.tell
        self._clock = shared.clock
        self._day_bytes = 0
        self._next_disk_us = self._next_day_us = self._next_retell_us = 0
        self._log = structlog.get_logger("edge.footage")
        self.counters = Counters()
        self._mender = Mender(shared.footage, shared.tell)
        self.sweep_clock = SweepClock(shared.clock)
        """The hub's time, as receipts tell it."""
        ports = Ports(shared.footage, self.sweep_clock, shared.tell, self._lacking)
        self.deletion = DeletionWorker(Deletion(ports))
        self.adopters = [
            Adopter(part, shared.config.here / part.folder, shared.footage, shared.tell, shared.clock)
            for part in shared.config.adopt
        ]
        self.keepers = [Keeper(group, shared, self._mender) for group in batches(shared.config.streams, STREAMS_A_CHILD)]
        self._loops: tuple[Loop, ...] = (self.deletion, *self.keepers, *self.adopters)
        """What deletes begins first, and repairs what it left before anything new is written."""

    def start(self) -> None:
        """Record, and look at what is there already meanwhile."""
        for one in self._loops:
            one.start()
        super().start()

    def stop(self) -> None:
        """Ask all to end; does not wait."""
        super().stop()
        for one in self._loops:
            one.stop()

    def join(self, timeout_s: float) -> bool:
        """Whether all have ended within the time. The index is closed when they have."""
        until_us = self._clock.mono_us() + int(timeout_s * US_PER_S)
        ended = [one.join(max(0.05, (until_us - self._clock.mono_us()) / US_PER_S)) for one in self._loops]
        ended.append(super().join(max(0.05, (until_us - self._clock.mono_us()) / US_PER_S)))
        if all(ended):
            self.index.close()
        return all(ended)

    def counts(self) -> dict[str, Any]:
        """What is counted, as plain data; of the keepers the sum."""
        adopted = [msgspec.to_builtins(one.counters) for one in self.adopters]
        kept = [msgspec.to_builtins(keeper.counters) for keeper in self.keepers]
        own: dict[str, Any] = msgspec.to_builtins(self.counters) | msgspec.to_builtins(self._mender.counters)
        own["adopting"] = adopted
        own["deletion"] = msgspec.to_builtins(self.deletion.deletion.counters)
        return own | {name: sum(one[name] for one in kept) for name in (kept[0] if kept else ())}

    def carriers(self) -> dict[type[AnyOrder], Callable[[Any], None]]:
        """Who carries out which order about what is on disk."""
        return dict.fromkeys((DeleteFootage, RescueFootage, ListFootage), self.deletion.take)

    def _lacking(self) -> int:
        """How many bytes the disk is short of what the reserve and an hour's recording take; 0 where recording goes on."""
        told = os.statvfs(self._config.folder)
        free, reserve = told.f_bavail * told.f_frsize, self._config.reserve_bytes
        return max(0, reserve + max(self._day_bytes // 24, ROOM_BYTES_LEAST) - free) if free <= reserve + ROOM_BYTES_LEAST else 0

    def _loop(self) -> None:
        try:
            self._recover_all()
            while not self._stop.is_set():
                self._turn(self._clock.mono_us())
                self._stop.wait(_TURN_S)
        except SpoolFailed:
            return  # the journal has told the agent, which ends

    def _turn(self, mono_us: int) -> None:
        try:
            if mono_us >= self._next_retell_us:
                self._next_retell_us = mono_us + RETELL_US
                self._retell()
            if mono_us >= self._next_disk_us:
                self._next_disk_us = mono_us + DISK_US
                self._tell_disk(mono_us)
        except (FootageFailed, OSError) as error:
            self._log.error("footage_disk", error=str(error)[:200])
        except SpoolFull:
            self._log.error("footage_untold")
        except SpoolFailed:
            raise
        except Exception:  # what looks after the disk goes on looking
            self._log.exception("footage_fault")

    # What a crash left behind

    def _recover_all(self) -> None:
        """Once the keepers have looked at the newest days: what they begin from then on is left alone."""
        for keeper in self.keepers:
            while not keeper.mended.wait(0.5):
                if self._stop.is_set():
                    return
        try:
            streams = streams_of(self.index)
        except (FootageFailed, OSError) as error:
            self._log.error("footage_unread", error=str(error)[:200])
            return
        for device, stream in streams:
            self._mender.mend(device, stream, below_no=self._below_no(device, stream), stop=self._stop)

    def _below_no(self, device: str, stream: FootageStream) -> int | None:
        return next((no for keeper in self.keepers if (no := keeper.first_nos.get((device, stream)))), None)

    def _retell(self) -> None:
        for one in self.index.untold(500):
            self._tell(one.device, [reading_of(one)])
            self.index.told([one])
            self.counters.retold += 1

    # The disk

    def _tell_disk(self, mono_us: int) -> None:
        if mono_us >= self._next_day_us:
            self._next_day_us = mono_us + DAY_BYTES_US
            self._day_bytes = self.index.bytes_since(self._clock.now_us() - _DAY_US)
        self._tell(self._agent, [disk_of(self._config.folder, self.index, self._day_bytes, self._config.reserve_bytes)])


def disk_of(folder: Path, index: FootageIndex, day_bytes: int, reserve_bytes: int) -> FootageDisk:
    """How the disk is. Raises OSError, FootageFailed."""
    told = os.statvfs(folder)
    free = told.f_bavail * told.f_frsize
    totals, oldest = index.totals(), index.oldest()
    return FootageDisk(
        told.f_blocks * told.f_frsize,
        free,
        totals.size_bytes,
        day_bytes,
        totals.segments,
        None if oldest is None else oldest.end_us,
        free <= reserve_bytes,
    )
