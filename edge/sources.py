"""Who speaks in the log, and up to when each has told everything: the watermarks.

One source is one driver with all devices it speaks for. Stamping, appending and moving the watermark happen under the
source's lock, so that a heartbeat cannot overtake a reading: a reading's time is always after every watermark that was
told before it, and never before the reading in front of it, however the wall clock steps.

A device that remembers, such as a patrol wand, has a watermark of its own: it may hold what is older than all that its driver
has said, and only a whole read-out proves that it does not.

A watermark is kept by both clocks, and what is told of it is the earlier of the two: where the wall clock was set back, what it
showed before would lie ahead of what was heard, for as long as it was set back. Set ahead, what was heard counts from where the
clock stood.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from threading import Lock
from typing import NamedTuple, Protocol

from contract.clock import Clock
from contract.readings import Reading
from edge.noise import Noise
from edge.spool import Entry, SpoolFailed, SpoolFull


class Log(Protocol):
    """What the agent writes to: edge.spool.Spool."""

    def append_many(self, entries: Sequence[Entry]) -> int:
        """All or none, synced; the number of the last. Raises SpoolFull, SpoolFailed, ValueError."""
        ...

    def append(self, device: str, reading: Reading, at_us: int, device_at_us: int | None = None) -> int:
        """One reading, synced; its number."""
        ...


class Said(NamedTuple):
    """A reading on its way into the log, not stamped yet."""

    device: str
    reading: Reading
    device_at_us: int | None = None


class Mark(NamedTuple):
    """A moment up to which everything was heard, by both clocks."""

    wall_us: int
    mono_us: int

    def by(self, now: "Mark") -> "Mark":
        """The same moment by a wall clock that may have been set since: never later than it was, nor than it is now."""
        return self._replace(wall_us=min(self.wall_us, now.wall_us - (now.mono_us - self.mono_us)))


class Journal:
    """The log as the agent's threads see it. A failed log is told to `fatal` at once, whatever a driver does with the
    exception."""

    def __init__(self, log: Log, fatal: Callable[[SpoolFailed], None]) -> None:
        self._log = log
        self._fatal = fatal

    def append(self, entries: Sequence[Entry]) -> int:
        """All or none, synced; the number of the last. Raises SpoolFull, SpoolFailed, ValueError."""
        try:
            if len(entries) == 1:
                return self._log.append(*entries[0])
            return self._log.append_many(entries)
        except SpoolFailed as error:
            self._fatal(error)
            raise


class Source:
    """One driver's part of the log. Safe from any thread."""

    def __init__(
        self,
        devices: Sequence[str],
        journal: Journal,
        clock: Clock,
        *,
        secret_bytes: bool = False,
        remembering: Collection[str] = (),
    ) -> None:
        """`secret_bytes`: the bytes of findings are not kept. `remembering`: those of the devices that are read out."""
        self.devices = frozenset(devices)
        self._name = devices[0]
        self._journal = journal
        self._clock = clock
        self._lock = Lock()
        self._noise = Noise()
        self._secret_bytes = secret_bytes
        self._last_us = 0
        self._told_us = 0
        """The latest time that a reading must lie behind: it never falls."""
        self._heard: Mark | None = None
        self._read_out: dict[str, Mark | None] = dict.fromkeys(remembering)

    def append(
        self,
        said: Sequence[Said],
        *,
        from_device: bool = True,
        before: Callable[[Sequence[Entry]], None] | None = None,
    ) -> int:
        """Stamp and append readings, all or none; the number of the last. `from_device`: the device said so itself, which moves
        its watermark; what the agent adds about a device, or finds in its memory, proves nothing of the device. `before` is
        given them stamped, ahead of the log, and may not append itself. Raises as Journal.append does."""
        with self._lock:
            return self._append(said, from_device, before)

    def _append(self, said: Sequence[Said], from_device: bool, before: Callable[[Sequence[Entry]], None] | None = None) -> int:
        at_us = max(self._clock.now_us(), self._last_us, self._told_us + 1)
        entries = [Entry(one.device, one.reading, at_us, one.device_at_us) for one in said]
        if before is not None:
            before(entries)
        seq = self._journal.append(entries)
        self._last_us = at_us
        if from_device:
            self._told_us, self._heard = at_us, self._now()
        return seq

    def _now(self) -> Mark:
        return Mark(self._clock.now_us(), self._clock.mono_us())

    def alive(self) -> None:
        """Everything up to now has been appended: the watermark moves to now."""
        with self._lock:
            self._heard = self._now()
            self._told_us = max(self._told_us, self._heard.wall_us)

    def told(self, device: str, up_to_us: int) -> None:
        """A device that remembers has been read out up to `up_to_us` of the wall clock as it is now: its own watermark moves
        there, never back and never ahead of now."""
        with self._lock:
            if device in self._read_out:
                now, was = self._now(), self._read_out[device]
                wall_us = min(up_to_us, now.wall_us)
                told = Mark(wall_us, now.mono_us - (now.wall_us - wall_us))
                self._read_out[device] = told if was is None else max(told, was.by(now))

    def finding(self, reason: str, data: bytes) -> None:
        """Count bytes that were not understood, and tell the log at most once a minute for each reason."""
        with self._lock:
            told = self._noise.take(reason, b"" if self._secret_bytes else data, self._clock.mono_us())
            if told is not None:
                with suppress(SpoolFull):  # noise is what a full disk loses first
                    self._append([Said(self._name, told)], False)

    def tell_noise(self, *, all_of_it: bool = False) -> None:
        """Append the counts of findings whose minute is over, or all counts."""
        with self._lock:
            told = self._noise.due(self._clock.mono_us(), all_of_them=all_of_it)
            if told:
                with suppress(SpoolFull):
                    self._append([Said(self._name, one) for one in told], False)

    @property
    def findings(self) -> int:
        """Findings since the start."""
        return self._noise.total

    def watermark(self) -> int | None:
        """Everything of the devices that do not remember is in the log up to this time; None before the first sign of life. Waits
        for a reading that is being appended."""
        with self._lock:
            return None if self._heard is None else self._heard.by(self._now()).wall_us

    def watermarks(self) -> dict[str, int]:
        """The watermark of each device that has one. Waits as `watermark` does."""
        with self._lock:
            now = self._now()
            marks = {device: self._read_out.get(device, self._heard) for device in sorted(self.devices)}
            # From now on it is what is told: a clock that is set ahead again proves no more.
            told = {device: mark.by(now) for device, mark in marks.items() if mark is not None}
            self._read_out |= {device: mark for device, mark in told.items() if device in self._read_out}
        return {device: mark.wall_us for device, mark in told.items()}


class Sources:
    """All sources of an agent, by device."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = list(sources)
        self._by_device = {device: source for source in self._sources for device in source.devices}

    def of(self, device: str) -> Source:
        """The source that speaks for `device`. Raises KeyError."""
        return self._by_device[device]

    @property
    def devices(self) -> Collection[str]:
        """Every device that some source speaks for."""
        return self._by_device.keys()

    def all(self) -> list[Source]:
        """Every source."""
        return self._sources

    def watermarks(self) -> dict[str, int]:
        """Each device's watermark. A heartbeat that is appended after this call may carry it."""
        return {device: mark for source in self._sources for device, mark in source.watermarks().items()}
