"""What a device has told already, so that what it tells again, because its answer was lost, is not told twice. Pure."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

PASSAGES_MAX: Final = 512
"""Of more the oldest is forgotten: a camera says a passage again within seconds, or while it catches up."""


class Told:
    """What is in the log already, by the devices' own names of it. Of more than `limit` the oldest is forgotten, and each
    `again_us` after it was told; None: none for its age. `repeats` counts what came again."""

    def __init__(self, limit: int, again_us: int | None = None) -> None:
        self._limit, self._again_us = limit, again_us
        self._at_us: OrderedDict[Hashable, int] = OrderedDict()
        self.repeats = 0

    def is_again(self, key: Hashable, mono_us: int = 0) -> bool:
        """Whether it was told before. An empty key is never known."""
        at_us = self._at_us.get(key) if key else None
        again = at_us is not None and (self._again_us is None or mono_us - at_us < self._again_us)
        self.repeats += again
        return again

    def taken(self, key: Hashable, mono_us: int = 0) -> None:
        """It is in the log."""
        if not key:
            return
        self._at_us[key] = mono_us
        self._at_us.move_to_end(key)
        if len(self._at_us) > self._limit:
            self._at_us.popitem(last=False)


def passage_key(camera: str, passage: str) -> Hashable:
    """The key of a passage among those of all cameras of a driver; empty where it has no name."""
    return (camera, passage) if passage else ""
