"""The agent's recorder: the index, a keeper for each few streams, what a crash left behind, and how the disk is."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import structlog

from contract.clock import US_PER_S
from contract.footage import FootageDeleted, FootageDisk, FootageStream, NoSpan
from edge.footage.index import FootageFailed, FootageIndex
from edge.footage.recovery import compare, days_of, streams_of
from edge.loop import Loop
from edge.recorder.keeper import STREAMS_A_CHILD, Keeper, Shared, reading_of
from edge.spool import SpoolFailed, SpoolFull

DISK_US = 60 * US_PER_S
DAY_BYTES_US = 600 * US_PER_S
"""How often the bytes of a day are counted, which reads a row for each of its segments."""
RETELL_US = 10 * US_PER_S
SPANS_MAX = 400
_DAY_US = 86_400 * US_PER_S
_NO_END = 1 << 62


class Counters(msgspec.Struct):
    """Since the start: files that the index did not have, those of them that were torn or held nothing, rows without a file,
    names that are nothing of ours, segments told again."""

    entered: int = 0
    torn: int = 0
    empty: int = 0
    missing: int = 0
    odd: int = 0
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
        self.keepers = [Keeper(group, shared) for group in _batches(shared.config.streams, STREAMS_A_CHILD)]
        self._before_no: dict[tuple[str, FootageStream], int] = {}

    def start(self) -> None:
        """Look at each stream's newest days, then record; the older days are looked at while it does."""
        for one in self._config.streams:
            self._recover(one.device, one.stream, newest=2)
            self._before_no[one.device, one.stream] = self.index.last_no(one.device, one.stream) + 1
        for keeper in self.keepers:
            keeper.start()
        super().start()

    def stop(self) -> None:
        """Ask all to end; does not wait."""
        super().stop()
        for keeper in self.keepers:
            keeper.stop()

    def join(self, timeout_s: float) -> bool:
        """Whether all have ended within the time. The index is closed when they have."""
        until_us = self._clock.mono_us() + int(timeout_s * US_PER_S)
        loops: list[Loop] = [*self.keepers]
        ended = [one.join(max(0.05, (until_us - self._clock.mono_us()) / US_PER_S)) for one in loops]
        ended.append(super().join(max(0.05, (until_us - self._clock.mono_us()) / US_PER_S)))
        if all(ended):
            self.index.close()
        return all(ended)

    def counts(self) -> dict[str, Any]:
        """What is counted, as plain data; of the keepers the sum."""
        kept = [msgspec.to_builtins(keeper.counters) for keeper in self.keepers]
        own: dict[str, Any] = msgspec.to_builtins(self.counters)
        return own | {name: sum(one[name] for one in kept) for name in (kept[0] if kept else ())}

    def _loop(self) -> None:
        try:
            self._recover_all()
            while not self._stop.is_set():
                self._turn(self._clock.mono_us())
                self._stop.wait(1.0)
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

    # What a crash left behind

    def _recover_all(self) -> None:
        try:
            streams = streams_of(self.index)
        except (FootageFailed, OSError) as error:
            self._log.error("footage_unread", error=str(error)[:200])
            return
        for device, stream in streams:
            self._recover(device, stream)

    def _recover(self, device: str, stream: FootageStream, newest: int | None = None) -> None:
        try:
            for day in days_of(self.index, device, stream)[:newest]:
                if self._stop.is_set():
                    return
                found = compare(self.index, day, self._before_no.get((device, stream), _NO_END))
                counters = self.counters
                counters.entered += len(found.entered)
                counters.torn += found.torn
                counters.empty += found.empty
                counters.odd += found.odd
                self._tell_missing(device, stream, found.missing, found.spans)
        except SpoolFull:
            self._log.error("footage_untold")
        except (FootageFailed, OSError) as error:
            self._log.error("footage_unread", device=device, stream=stream, error=str(error)[:200])

    def _tell_missing(self, device: str, stream: FootageStream, numbers: Sequence[int], spans: Sequence[NoSpan]) -> None:
        """Their rows go once the log has it."""
        if not numbers:
            return
        self.counters.missing += len(numbers)
        for some in _batches(spans, SPANS_MAX):
            self._tell(device, [FootageDeleted("", list(some), stream, "missing")])
        self.index.drop(device, stream, numbers)

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


T = TypeVar("T")


def _batches(all_of_them: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (all_of_them[at : at + size] for at in range(0, len(all_of_them), size))
