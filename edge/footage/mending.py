"""Makes the index and the disk agree, and tells what is missing."""

from collections.abc import Callable, Iterable, Sequence
from threading import Event
from typing import TypeVar

import msgspec
import structlog

from contract.footage import FootageDeleted, FootageStream
from contract.reading import Reading
from edge.footage.index import FootageFailed, FootageIndex
from edge.footage.recovery import Differences, compare, days_of
from edge.spool import SpoolFull

SPANS_MAX = 400
"""In one reading."""
NO_END = 1 << 62

Tell = Callable[[str, Sequence[Reading]], None]
"""Append readings of a device to the log. Raises SpoolFull, SpoolFailed."""
T = TypeVar("T")


class Counters(msgspec.Struct):
    """Since the start: files that the index did not have, those of them that were torn or held nothing, rows without a file,
    names that are nothing of ours."""

    entered: int = 0
    torn: int = 0
    empty: int = 0
    missing: int = 0
    odd: int = 0


class Mender:
    """What keepers and the footage's own thread use, each for other days or streams."""

    def __init__(self, index: FootageIndex, tell: Tell) -> None:
        self._index, self._tell = index, tell
        self._log = structlog.get_logger("edge.footage")
        self.counters = Counters()

    def mend(
        self, device: str, stream: FootageStream, *, newest: int | None = None, below_no: int | None = None, stop: Event
    ) -> None:
        """Look at every day of a stream, or at the `newest`, newest first, until `stop`. Numbers from `below_no` on are left
        alone. What cannot be read or told now is logged, and looked at again after the next start. Raises SpoolFailed."""
        try:
            for day in days_of(self._index, device, stream)[:newest]:
                if stop.is_set():
                    return
                self._take(device, stream, compare(self._index, day, below_no or NO_END))
        except SpoolFull:
            self._log.error("footage_untold", device=device, stream=stream)
        except (FootageFailed, OSError) as error:
            self._log.error("footage_unread", device=device, stream=stream, error=str(error)[:200])

    def _take(self, device: str, stream: FootageStream, found: Differences) -> None:
        counters = self.counters
        counters.entered += len(found.entered)
        counters.torn += found.torn
        counters.empty += found.empty
        counters.missing += len(found.missing)
        counters.odd += found.odd
        for some in batches(found.spans, SPANS_MAX):
            self._tell(device, [FootageDeleted("", list(some), stream, "missing")])
        if found.missing:
            self._index.drop(device, stream, found.missing)  # the log has it


def batches(all_of_them: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """`all_of_them` in turn, `size` at a time."""
    return (all_of_them[at : at + size] for at in range(0, len(all_of_them), size))
