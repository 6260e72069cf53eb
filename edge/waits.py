"""What a gate remembers for seconds: a card that waits for its PIN, a vehicle that was told of already. Times are monotonic."""

from collections import OrderedDict
from typing import NamedTuple

from contract.clock import US_PER_S
from edge.access import Shown

PIN_US = 15 * US_PER_S
"""How long after a card its PIN may be typed."""
PIN_TRIES = 3
"""Wrong ones, and the card must be shown again."""
PASSAGE_US = 600 * US_PER_S
"""For so long a camera's own name of a passage means the same passage."""
PLATE_US = 10 * US_PER_S
"""A plate that is read again at the same camera within this is the same vehicle, still standing there."""
REMEMBERED_MAX = 256


class Waiting(NamedTuple):
    """A credential that was good but for its PIN."""

    shown: Shown
    reader: str
    until_us: int
    tries: int = 0


class PinWaits:
    """At most one credential a driver waits for its PIN, whatever keypad of the driver's it is typed at."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}

    def begin(self, driver: str, shown: Shown, reader: str, mono_us: int) -> None:
        """A credential waits from now on, in the place of another."""
        self._waiting[driver] = Waiting(shown, reader, mono_us + PIN_US)

    def take(self, driver: str, mono_us: int) -> Waiting | None:
        """What waits for a PIN that was typed now; it waits no longer."""
        waiting = self._waiting.pop(driver, None)
        return waiting if waiting is not None and mono_us < waiting.until_us else None

    def again(self, driver: str, waiting: Waiting) -> None:
        """The PIN was wrong: another may be typed, but not for longer, nor too often."""
        if waiting.tries + 1 < PIN_TRIES:
            self._waiting[driver] = waiting._replace(tries=waiting.tries + 1)

    def forget(self, driver: str) -> None:
        """Nothing waits at the driver."""
        self._waiting.pop(driver, None)


class Repeats:
    """Vehicles that were decided on lately, by camera."""

    def __init__(self) -> None:
        self._seen: dict[str, OrderedDict[tuple[str, str], int]] = {}

    def is_one(self, camera: str, passage: str, plate: str, mono_us: int) -> bool:
        """Whether this was decided on already. `plate` holds the text and what is wrong with it, so that a clear reading counts
        after a doubtful one."""
        seen = self._seen.setdefault(camera, OrderedDict())
        while seen and (next(iter(seen.values())) <= mono_us or len(seen) > REMEMBERED_MAX):
            seen.popitem(last=False)
        keys = _keys(passage, plate)
        return any(seen.get(key, 0) > mono_us for key in keys)

    def decided(self, camera: str, passage: str, plate: str, mono_us: int) -> None:
        """It has been decided on now."""
        seen = self._seen.setdefault(camera, OrderedDict())
        for key in _keys(passage, plate):
            seen[key] = mono_us + (PASSAGE_US if key[0] == "passage" else PLATE_US)
            seen.move_to_end(key)

    def forget(self, camera: str) -> None:
        """The gate did not open: what is told again counts."""
        self._seen.pop(camera, None)


def _keys(passage: str, plate: str) -> list[tuple[str, str]]:
    return [key for key in (("passage", passage), ("plate", plate)) if key[1]]
