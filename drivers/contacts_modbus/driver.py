"""Runs an input board: polls its inputs often, and its meters each in its time."""

from collections.abc import Mapping
from threading import Event

from contract.clock import US_PER_MS, US_PER_S, Clock, SystemClock
from contract.readings import AlarmInput, DoorContact, ExitRequested, FireInput, Measurement, TamperContact
from drivers.contacts_modbus.decode import Contacts, ContactsDecoder, ContactsOptions, Meter, Said, measured, question
from drivers.modbus.bus import bus_at
from drivers.modbus.unit import NoAnswer, Patience, Unit
from drivers.port import CommandFailed, DriverKind, Finding, Sink


class ContactsDriver:
    """One board. See `drivers.port.Driver`."""

    def __init__(self, address: str, options: ContactsOptions, clock: Clock | None = None) -> None:
        """Raises ValueError with a message for an installer on a bad address."""
        self._options = options
        self._clock = clock or SystemClock()
        self._bus = bus_at(address, self._clock)

    def run(self, sink: Sink, stop: Event) -> None:
        """Poll until `stop`. Raises DeviceLost."""
        options = self._options
        with self._bus.joined():
            board = Unit(self._bus, options.unit, options.timeout_ms / 1000, sink.finding, stop)
            turn = _Turn(options, board, sink)
            patience, up = Patience(), False
            while not stop.is_set():
                began_us = self._clock.mono_us()
                try:
                    said = turn.poll(began_us)
                except NoAnswer as error:
                    patience.failed(error)
                else:
                    if turn.asked:
                        patience.answered()
                        if not up:
                            sink.up()
                            up = True
                        for one in said:
                            sink.reading(one.reading, device=one.device)
                        sink.alive()
                stop.wait(max(0, began_us + options.poll_ms * US_PER_MS - self._clock.mono_us()) / US_PER_S)

    def act(self, action: str, args: Mapping[str, str]) -> None:
        """A board of inputs does nothing. Raises CommandFailed."""
        raise CommandFailed(f"contacts_modbus knows no action {action}")


class _Turn:
    """What is asked when, over one connection."""

    def __init__(self, options: ContactsOptions, board: Unit, sink: Sink) -> None:
        self.asked = False
        """Whether the last poll asked anything: a board of meters alone is mostly left in peace."""
        self._board = board
        self._sink = sink
        self._contacts = Contacts(options, options.debounce_ms * US_PER_MS)
        self._inputs = question(options)
        self._due_us: dict[Meter, int] = dict.fromkeys(options.meters, 0)
        self._failed: NoAnswer | None = None

    def poll(self, now_us: int) -> list[Said]:
        """The inputs, and one meter that is due, so that a slow meter never keeps the inputs waiting for long. Raises NoAnswer;
        a meter that does not answer is tried again in its time, and counts only where there are no inputs."""
        said = []
        self.asked = False
        if self._inputs is not None:
            said = self._contacts.step(self._board.bits(self._inputs), now_us)
            self.asked = True
        meter = min(self._due_us, key=self._due_us.__getitem__, default=None)
        if meter is not None and self._due_us[meter] <= now_us:
            self._due_us[meter] = now_us + round(meter.every_s * US_PER_S)
            said += self._measure(meter)
        return said

    def _measure(self, meter: Meter) -> list[Said]:
        try:
            words = self._board.words(meter.asked)
        except NoAnswer:
            if self._inputs is None:
                raise
            return []
        self.asked = True
        reading = measured(meter, words)
        if reading is None:
            self._sink.finding(Finding("bad_value", 0, b"".join(word.to_bytes(2, "big") for word in words)))
            return []
        return [Said(reading, meter.device)]


KIND = DriverKind(
    name="contacts_modbus",
    unit="one frame of a Modbus RTU line, with its CRC: the board's answers, or questions and answers as captured",
    readings=(DoorContact, TamperContact, AlarmInput, FireInput, ExitRequested, Measurement),
    options=ContactsOptions,
    schemes=("serial", "tcp", "null"),
    make=ContactsDriver,
    decoder=ContactsDecoder,
)
