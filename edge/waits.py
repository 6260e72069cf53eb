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
MISSES_MAX = 10
"""So many wrong PINs within MISSES_US for one credential, or at one keypad, and until the oldest of them is as old as that no PIN
is looked at there: four digits are tried for a week, not for an hour."""
MISSES_US = 600 * US_PER_S
GUESSED_MAX = 1024


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


class Misses:
    """When PINs were wrong lately, by credential or keypad. Over GUESSED_MAX whoever missed first is forgotten."""

    def __init__(self) -> None:
        self._missed: OrderedDict[str, list[int]] = OrderedDict()

    def are_too_many(self, key: str, mono_us: int) -> bool:
        """Whether no PIN is looked at now."""
        return len(self._lately(key, mono_us)) >= MISSES_MAX

    def missed(self, key: str, mono_us: int) -> None:
        """A PIN was wrong. What is not looked at is no miss, or a lock would never end."""
        self._missed[key] = [*self._lately(key, mono_us), mono_us]
        self._missed.move_to_end(key)
        if len(self._missed) > GUESSED_MAX:
            self._missed.popitem(last=False)

    def forget(self, key: str) -> None:
        """Its own PIN was typed."""
        self._missed.pop(key, None)

    def _lately(self, key: str, mono_us: int) -> list[int]:
        return [at_us for at_us in self._missed.get(key, []) if mono_us - at_us < MISSES_US]


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
