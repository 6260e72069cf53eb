"""What a running driver speaks to: readings are named, decided on and appended here."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Event
from typing import NamedTuple

import structlog

from contract.clock import US_PER_S, Clock
from contract.envelope import TIME_MAX_US
from contract.readings import AccessDecided, CardRead, CommandDone, DeviceLink, Reading, TagScanned
from drivers.port import DeviceLost, Finding, ReceiptOf
from edge.access import Permit, decide
from edge.actuator import Job, Outcome
from edge.config import AccessRule
from edge.interlocks import Observed
from edge.live import LivePictures
from edge.names import nameless, pseudonymous
from edge.pictures import Pictures
from edge.sources import Said, Source
from edge.spool import SpoolFull

_LOG = structlog.get_logger("edge.sink")

ACTOR = "access"
"""The actor of an action that a card asked for."""
OPEN_LIFE_US = 5 * US_PER_S
"""How long a card's opening may wait for the device: whoever showed the card is gone by then, and it would open for another."""


class Gate(NamedTuple):
    """A reader's rule, the permits that count now, how to ask the device that it opens, and that device's source."""

    rule: AccessRule
    permits: Callable[[], Mapping[str, Permit]]
    ask: Callable[[Job], bool]
    source: Source


class Surroundings(NamedTuple):
    """What all sinks of an agent share. `gates` is by reader."""

    clock: Clock
    card_key: bytes
    observed: Observed
    gates: dict[str, Gate]
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
        if isinstance(reading, CardRead):
            return self._card(about, reading, device_at_us)
        if isinstance(reading, TagScanned):
            reading = nameless(reading, self._shared.card_key)
        self._shared.observed.reading(about, reading)
        lost = isinstance(reading, DeviceLink) and not reading.up  # nobody heard it: it may still have something to say
        return self._source.append([Said(about, reading, device_at_us)], from_device=not (reading.STORED or lost))

    def receipt_of(self, numbers: Sequence[int]) -> ReceiptOf:
        """Whether the hub has committed all of these."""
        self._check()
        return self._shared.receipt_of(numbers)

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

    def _card(self, reader: str, reading: CardRead, device_at_us: int | None) -> int:
        named = Said(reader, pseudonymous(reading, self._shared.card_key), device_at_us)
        gate = self._shared.gates.get(reader)
        if gate is None:
            return self._source.append([named])
        card = named.reading.card if isinstance(named.reading, CardRead) else None
        granted, reason = decide(gate.permits(), card, self._shared.clock.now_us())
        decided = Said(reader, AccessDecided(card=card or "", granted=granted, reason=reason))
        number = 0
        try:
            number = self._source.append([named, decided]) - 1
        except SpoolFull as error:
            # A full disk keeps nobody out, and stops no reader. The opening shows at the hub as unexplained: an incident.
            _LOG.error("decision_unrecorded", reader=reader, granted=granted, reason=reason, error=str(error))
        if granted:
            _open(gate, self._shared.clock.mono_us() + OPEN_LIFE_US)
        return number

    def _check(self) -> None:
        if self._cut.is_set():
            raise DeviceLost("run_ended")


def _open(gate: Gate, until_us: int) -> None:
    """Ask the device to open before `until_us` of the monotonic clock. What goes wrong is appended; an opening that went
    well is told by the device itself."""

    def done(outcome: Outcome, reason: str) -> None:
        if outcome != "done":
            told = CommandDone(nonce="", action=gate.rule.action, outcome=outcome, reason=reason, actor=ACTOR)
            gate.source.append([Said(gate.rule.device, told)], from_device=False)

    if not gate.ask(Job(gate.rule.action, gate.rule.args, done, until_us)):
        _LOG.error("gate_busy", device=gate.rule.device)
        with suppress(SpoolFull):  # said in the line above
            done("failed", "busy")
