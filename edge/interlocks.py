"""What stands between every command and the device. Nothing overrides it, the hub least of all.

A barrier closes only when each of its sensors has said lately that the way is clear. Not knowing counts as not clear.
Where a fire input is active nothing closes, nor before every fire input that is wired has spoken; the opening itself is
done by the fire panel's own wire.
"""

from collections.abc import Callable, Collection, Iterable
from threading import Lock
from typing import Literal, NamedTuple

from contract.clock import US_PER_S
from contract.readings import BeamState, FireInput, LoopState, Reading

Sensor = Literal["loop", "beam"]
FireName = tuple[str, str]
"""A fire input: its device and its name."""
Fire = Literal["none", "active", "unknown"]
Reason = Literal[
    "allowed", "fire_active", "fire_unknown", "no_sensor", "stale",
    "loop_unknown", "loop_faulty", "loop_occupied", "beam_unknown", "beam_faulty", "beam_blocked",
]  # fmt: skip

STALE_US = 3 * US_PER_S
"""A device that has not been heard for so long may have changed unseen; drivers report at least every second."""

CLOSING = frozenset(("close",))
"""The actions that move something towards a vehicle or a person."""

OPENING = frozenset(("open", "unlock"))
"""The only actions that a credential may ask for: all others do what nobody in front of a gate should bring about."""


class Seen(NamedTuple):
    """What is known of one barrier. `heard_us`: monotonic time up to which its sensors are known; None: not reached."""

    loop: LoopState | None = None
    beam: BeamState | None = None
    heard_us: int | None = None


NOTHING_SEEN = Seen()


def judge(action: str, sensors: Collection[Sensor], seen: Seen, fire: Fire, mono_us: int) -> Reason:
    """`allowed`, or the name of what forbids `action` at a barrier that has `sensors`."""
    if action not in CLOSING:
        return "allowed"
    if fire != "none":
        return _FIRES[fire]
    if not sensors:
        return "no_sensor"
    if seen.heard_us is None or mono_us - seen.heard_us > STALE_US:
        return "stale"
    for sensor in sorted(sensors):
        reason = _CLEAR[sensor](seen)
        if reason != "allowed":
            return reason
    return "allowed"


_FIRES: dict[Fire, Reason] = {"active": "fire_active", "unknown": "fire_unknown"}


def _loop(seen: Seen) -> Reason:
    if seen.loop is None:
        return "loop_unknown"
    if seen.loop.faulty:
        return "loop_faulty"
    return "loop_occupied" if seen.loop.occupied else "allowed"


def _beam(seen: Seen) -> Reason:
    if seen.beam is None:
        return "beam_unknown"
    if seen.beam.faulty:
        return "beam_faulty"
    return "beam_blocked" if seen.beam.blocked else "allowed"


_CLEAR: dict[str, Callable[[Seen], Reason]] = {"loop": _loop, "beam": _beam}


class Observed:
    """The last of what interlocks need to know, by device; safe to use from any thread.

    A lost link forgets loop and beam. A fire input that was active stays so until it says otherwise: a cut cable is no
    end of a fire. `fire_inputs`: those that are wired; until each has spoken, whether there is a fire is unknown.
    """

    def __init__(self, fire_inputs: Iterable[FireName] = ()) -> None:
        self._lock = Lock()
        self._seen: dict[str, Seen] = {}
        self._fires: set[FireName] = set()
        self._unheard = set(fire_inputs)

    def reading(self, device: str, reading: Reading) -> None:
        """Take note of a reading of `device`, whether or not interlocks care."""
        if isinstance(reading, LoopState):
            with self._lock:
                self._seen[device] = self._seen.get(device, NOTHING_SEEN)._replace(loop=reading)
        elif isinstance(reading, BeamState):
            with self._lock:
                self._seen[device] = self._seen.get(device, NOTHING_SEEN)._replace(beam=reading)
        elif isinstance(reading, FireInput):
            with self._lock:
                (self._fires.add if reading.active else self._fires.discard)((device, reading.name))
                self._unheard.discard((device, reading.name))

    def heard(self, device: str, mono_us: int) -> None:
        """The device has told everything up to `mono_us`."""
        with self._lock:
            if device in self._seen:
                self._seen[device] = self._seen[device]._replace(heard_us=mono_us)

    def lost(self, device: str) -> None:
        """The device cannot be reached: what it said last is worth nothing now."""
        with self._lock:
            self._seen.pop(device, None)

    def judge(self, device: str, action: str, sensors: Collection[Sensor], mono_us: int) -> Reason:
        """What `judge` says of `device` now."""
        with self._lock:
            fire: Fire = "active" if self._fires else "unknown" if self._unheard else "none"
            return judge(action, sensors, self._seen.get(device, NOTHING_SEEN), fire, mono_us)
