"""What a running driver speaks to: readings are named, decided on and appended here."""

from collections.abc import Callable, Sequence
from threading import Event
from typing import NamedTuple

from contract.clock import Clock
from contract.envelope import TIME_MAX_US
from contract.readings import CardRead, CodeRead, DeviceLink, PlateRead, Reading, TagScanned
from drivers.port import DeviceLost, Finding, ReceiptOf
from edge.gates import Gates
from edge.interlocks import Observed
from edge.live import LivePictures
from edge.names import nameless
from edge.pictures import Pictures
from edge.sources import Said, Source


class Surroundings(NamedTuple):
    """What all sinks of an agent share."""

    clock: Clock
    card_key: bytes
    observed: Observed
    gates: Gates
    pictures: Pictures
    receipt_of: Callable[[Sequence[int]], ReceiptOf]
    live: LivePictures


class DriverSink:
    """The sink of one run of one driver. See drivers.port.Sink for what its methods promise."""

    def __init__(self, device: str, source: Source, shared: Surroundings, up: Callable[[], None]) -> None:
        self._device = device
        self._source = source
        self._shared = shared
        self._up = up
        self._cut = Event()

    def cut(self) -> None:
        """The run has ended: its threads may not speak any more, and what they said last proves nothing now."""
        self._cut.set()
        for device in self._source.devices:
            self._shared.observed.lost(device)

    def up(self) -> None:
        """The device answers."""
        self._check()
        self._up()

    def reading(self, reading: Reading, device_at_us: int | None = None, device: str | None = None) -> int:
        """Append one reading of `device`, by default the driver's own. One of a device that this driver does not speak for is
        counted as a finding instead; a `device_at_us` that no clock shows is left out, and is one. Returns its number, or 0."""
        self._check()
        about = device or self._device
        if device_at_us is not None and not 0 <= device_at_us <= TIME_MAX_US:
            self._source.finding("impossible_time", about.encode())
            device_at_us = None  # with it the hub would put the reading aside, and it may be a fire
        if about not in self._source.devices:
            self._source.finding("unknown_device", about.encode())
            return 0
        if isinstance(reading, CardRead | CodeRead | PlateRead):
            return self._shared.gates.take(self._source, self._device, Said(about, reading, device_at_us))
        if isinstance(reading, TagScanned):
            reading = nameless(reading, self._shared.card_key)
        self._shared.observed.reading(about, reading)
        lost = isinstance(reading, DeviceLink) and not reading.up  # nobody heard it: it may still have something to say
        return self._source.append([Said(about, reading, device_at_us)], from_device=not (reading.STORED or lost))

    def receipt_of(self, numbers: Sequence[int]) -> ReceiptOf:
        """Whether the hub has committed all of these."""
        self._check()
        return self._shared.receipt_of(numbers)

    def arriving(self) -> None:
        """Something is being shown at one of the driver's readers."""
        self._check()
        self._shared.gates.arriving(self._source.devices)

    def told(self, device: str, up_to_us: int) -> None:
        """Move the watermark of a device that remembers."""
        self._check()
        self._source.told(device, up_to_us)

    def finding(self, finding: Finding) -> None:
        """Count bytes that were not understood."""
        self._check()
        self._source.finding(finding.reason, finding.data)

    def alive(self) -> None:
        """Move the watermark to now."""
        self._check()
        mono_us = self._shared.clock.mono_us()
        self._source.alive()
        for device in self._source.devices:
            self._shared.observed.heard(device, mono_us)

    def picture(self, jpeg: bytes, width: int, height: int, order: str) -> str:
        """Keep a picture and append its `snapshot_taken`; should the log refuse it, the picture goes too. One for somebody who
        looks just now is only sent."""
        self._check()
        if self._shared.live.take(order, jpeg):
            return ""
        taken = self._shared.pictures.keep(jpeg, width, height, order)
        try:
            self._source.append([Said(self._device, taken)])
        except BaseException:
            self._shared.pictures.forget(taken.picture)
            raise
        self._shared.pictures.offer(taken.picture)
        return taken.picture

    def _check(self) -> None:
        if self._cut.is_set():
            raise DeviceLost("run_ended")
