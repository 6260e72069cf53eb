"""Runs an input board: polls its inputs often, its meters each in its time, and unlocks doors by its outputs."""

from collections.abc import Mapping, Sequence
from threading import Event

from contract.clock import US_PER_MS, US_PER_S, Clock, SystemClock
from contract.readings import AlarmInput, DoorContact, ExitRequested, FireInput, Measurement, TamperContact
from drivers.contacts_modbus.decode import (
    Contacts,
    ContactsDecoder,
    ContactsOptions,
    Meter,
    Said,
    cannot,
    measured,
    output_of,
    question,
)
from drivers.contacts_modbus.locks import Locks
from drivers.modbus.bus import bus_at
from drivers.modbus.unit import NoAnswer, Patience, Unit
from drivers.port import CommandFailed, DriverKind, Finding, Sink

ACTIONS = frozenset(("unlock",))
UNLOCK_S_MAX = 60.0
STEP_US = 50 * US_PER_MS
"""How late a relay may go off, though the inputs are polled less often."""


class ContactsDriver:
    """One board. See `drivers.port.Driver`."""

    def __init__(self, address: str, options: ContactsOptions, clock: Clock | None = None) -> None:
        """Raises ValueError with a message for an installer on a bad address."""
        self._options = options
        self._clock = clock or SystemClock()
        self._bus = bus_at(address, self._clock)
        self._locks: Locks | None = None

    def run(self, sink: Sink, stop: Event) -> None:
        """Poll until `stop`. Raises DeviceLost."""
        options = self._options
        with self._bus.joined():
            board = Unit(self._bus, options.unit, options.timeout_ms / 1000, sink.finding, stop)
            self._locks = locks = Locks(board, [one.number for one in options.outputs], self._clock, sink.finding)
            try:
                self._poll(_Turn(options, board, sink), locks, sink, stop)
            finally:
                self._locks = None
                locks.shut()

    def act(self, action: str, args: Mapping[str, str]) -> None:
        """`unlock` the door `args["door"]`, the name or the device of an output, for `args["unlock_s"]`; without them the board's
        own output, for its own time. Returns when the board has confirmed. Raises CommandFailed."""
        if action not in ACTIONS:
            raise CommandFailed(f"contacts_modbus knows no action {action}")
        door = args.get("door", "")
        output = output_of(self._options.outputs, door)
        if output is None:
            raise CommandFailed(cannot(self._options, action, door))
        for_us = _unlock_us(args["unlock_s"]) if "unlock_s" in args else output.pulse_ms * US_PER_MS
        locks = self._locks
        if locks is None:
            raise CommandFailed("the board is not connected")
        locks.unlock(output.number, for_us)

    def expect(self) -> None:
        """See `drivers.port.Expecting`."""
        self._bus.hush()

    def _poll(self, turn: "_Turn", locks: Locks, sink: Sink, stop: Event) -> None:
        patience, poll_us = Patience(), self._options.poll_ms * US_PER_MS
        while not stop.is_set():
            began_us = self._clock.mono_us()
            locks.release_due(began_us)
            try:
                if turn.poll(began_us):
                    patience.answered()
                    sink.alive()
            except NoAnswer as error:
                patience.failed(error)
            self._rest(began_us + poll_us, locks, stop)

    def _rest(self, until_us: int, locks: Locks, stop: Event) -> None:
        """Wait for the next poll, but not longer than for a lock that is to be locked."""
        while (left_us := until_us - self._clock.mono_us()) > 0:
            if stop.wait(min(left_us, STEP_US) / US_PER_S) or locks.is_due(self._clock.mono_us()):
                return


def _unlock_us(text: str) -> int:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= UNLOCK_S_MAX:
        raise CommandFailed(f"unlock_s is a number above 0 and up to {UNLOCK_S_MAX:g}")
    return round(seconds * US_PER_S)


class _Turn:
    """What is asked when, over one connection."""

    def __init__(self, options: ContactsOptions, board: Unit, sink: Sink) -> None:
        self._board = board
        self._sink = sink
        self._up = False
        self._contacts = Contacts(options, options.debounce_ms * US_PER_MS)
        self._inputs = question(options)
        self._due_us: dict[Meter, int] = dict.fromkeys(options.meters, 0)

    def poll(self, now_us: int) -> bool:
        """Ask for the inputs, and for one meter that is due, so that slow meters never keep the inputs waiting for long. Returns
        whether the board told anything. Raises NoAnswer; a meter that does not answer is tried again in its time, and is a
        poll without an answer only where there are no inputs."""
        answered = False
        if self._inputs is not None:
            bits = self._board.bits(self._inputs)
            answered = True
            self._tell(self._contacts.step(bits, now_us))
        meter = min(self._due_us, key=self._due_us.__getitem__, default=None)
        if meter is None or self._due_us[meter] > now_us:
            return answered
        self._due_us[meter] = now_us + round(meter.every_s * US_PER_S)
        try:
            words = self._board.words(meter.asked)
        except NoAnswer:
            if self._inputs is None:
                raise
            return answered
        self._measured(meter, words)
        return True

    def _measured(self, meter: Meter, words: Sequence[int]) -> None:
        reading = measured(meter, words)
        self._tell([] if reading is None else [Said(reading, meter.device)])
        if reading is None:
            self._sink.finding(Finding("bad_value", 0, b"".join(word.to_bytes(2, "big") for word in words)))

    def _tell(self, said: list[Said]) -> None:
        if not self._up:
            self._sink.up()
            self._up = True
        for one in said:
            self._sink.reading(one.reading, device=one.device)


KIND = DriverKind(
    name="contacts_modbus",
    unit="one frame of a Modbus RTU line, with its CRC: the board's answers, or questions and answers as captured",
    readings=(DoorContact, TamperContact, AlarmInput, FireInput, ExitRequested, Measurement),
    options=ContactsOptions,
    schemes=("serial", "tcp", "null"),
    make=ContactsDriver,
    decoder=ContactsDecoder,
    actions=ACTIONS,
    cannot=cannot,
)
