"""Runs a barrier's board: polls its inputs, presses its relays. Interlocks are the agent's, not the driver's."""

from collections.abc import Callable, Mapping
from threading import Event

from contract.clock import US_PER_MS, US_PER_S, Clock, SystemClock
from contract.readings import ArmState, BarrierState, BeamState, LoopState
from drivers.barrier_modbus.decode import Barrier, BarrierDecoder, BarrierOptions, question
from drivers.barrier_modbus.relays import Relays
from drivers.modbus.bus import bus_at
from drivers.modbus.unit import NoAnswer, Patience, Unit
from drivers.port import CommandFailed, DriverKind, Sink

ACTIONS = frozenset(("open", "close", "stop"))


class BarrierDriver:
    """One board. See `drivers.port.Driver`."""

    def __init__(self, address: str, options: BarrierOptions, clock: Clock | None = None) -> None:
        """Raises ValueError with a message for an installer on a bad address."""
        self._options = options
        self._clock = clock or SystemClock()
        self._bus = bus_at(address, self._clock)
        self._relays: Relays | None = None

    def run(self, sink: Sink, stop: Event) -> None:
        """Poll until `stop`. Raises DeviceLost."""
        options = self._options
        with self._bus.joined():
            board = Unit(self._bus, options.unit, options.timeout_ms / 1000, sink.finding, stop)
            relays = Relays(board, options.coils, options.pulse_ms / 1000)
            try:
                self._poll(sink, stop, board, relays)
            finally:
                self._relays = None
                relays.shut()

    def act(self, action: str, args: Mapping[str, str]) -> None:  # noqa: ARG002 - a barrier's actions have no arguments
        """Press the relay of `action`: open, close or stop. Raises CommandFailed."""
        relays = self._relays
        if relays is None:
            raise CommandFailed("the barrier's board is not connected")
        relays.press(action)

    def begin(self, action: str, args: Mapping[str, str]) -> Callable[[], None] | None:  # noqa: ARG002 - as of `act`
        """See `drivers.port.Prompt`."""
        relays = self._relays
        return None if relays is None else relays.begin(action)

    def expect(self) -> None:
        """See `drivers.port.Expecting`."""
        self._bus.hush()

    def _poll(self, sink: Sink, stop: Event, board: Unit, relays: Relays) -> None:
        asked, barrier, patience = question(self._options), Barrier(self._options), Patience()
        poll_us = self._options.poll_ms * US_PER_MS
        while not stop.is_set():
            began_us = self._clock.mono_us()
            try:
                if self._relays is None:
                    relays.release_all()
                relays.release_pressed()
                bits = board.bits(asked)
            except NoAnswer as error:
                patience.failed(error)
            else:
                patience.answered()
                if self._relays is None:
                    sink.up()
                    self._relays = relays
                for reading in barrier.step(bits, self._clock.mono_us()):
                    sink.reading(reading)
                sink.alive()
            stop.wait(max(0, began_us + poll_us - self._clock.mono_us()) / US_PER_S)


KIND = DriverKind(
    name="barrier_modbus",
    unit="one frame of a Modbus RTU line, with its CRC: the board's answers, or questions and answers as captured",
    readings=(BarrierState, ArmState, LoopState, BeamState),
    options=BarrierOptions,
    schemes=("serial", "tcp", "null"),
    make=BarrierDriver,
    decoder=BarrierDecoder,
    actions=ACTIONS,
)
