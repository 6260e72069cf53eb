"""A cradle on a serial line: whichever of its wands is put in is read out, and forgets only what the hub has."""

from collections.abc import Mapping
from threading import Event

from contract.clock import Clock, SystemClock
from contract.readings import TagScanned, WandRead
from drivers.patrol_wand.cradle import Cradle, NoAnswer
from drivers.patrol_wand.decode import PatrolWandDecoder, PatrolWandOptions, devices_of, shown
from drivers.patrol_wand.frames import ANY_WAND, IDENTIFY, wand_name
from drivers.patrol_wand.readout import ReadOut
from drivers.port import CommandFailed, DriverKind, Finding, Sink
from drivers.transports import open_transport, parse_address

SCHEMES = ("serial", "tcp", "null")


class PatrolWandDriver:
    """One cradle. See `drivers.port.Driver`. It is up while its port is open; an empty cradle is nothing to report."""

    def __init__(self, address: str, options: PatrolWandOptions, clock: Clock | None = None) -> None:
        """Raises ValueError with a message for an installer on a bad address."""
        self._address = parse_address(address, schemes=SCHEMES)
        self._options = options
        self._clock = clock or SystemClock()
        self._devices = devices_of(options)
        self._read_outs: dict[int, ReadOut] = {}
        self._before: int | None = None

    def run(self, sink: Sink, stop: Event) -> None:
        """Look for a wand, again and again, until `stop`. Raises DeviceLost."""
        transport = open_transport(self._address)
        try:
            sink.up()
            cradle = Cradle(transport, self._options.timeout_ms / 1000, lambda reason: _report(sink, reason), stop)
            while not stop.is_set():
                self._turn(cradle, sink, stop)
                sink.alive()
                stop.wait(self._options.poll_ms / 1000)
        finally:
            transport.close()

    def act(self, action: str, args: Mapping[str, str]) -> None:  # noqa: ARG002 - the port's signature
        """Raises CommandFailed: nothing is asked of a wand."""
        raise CommandFailed(f"a wand cannot {action[:40]!r}")

    def _turn(self, cradle: Cradle, sink: Sink, stop: Event) -> None:
        wand = _wand_in(cradle)
        fresh, self._before = wand != self._before, wand
        if wand is None:
            return
        if wand not in self._devices:
            if fresh:  # it is not read, and keeps all it has
                sink.finding(Finding("unknown_wand", 0, wand.to_bytes(4)))
            return
        read_out = self._read_out(cradle, sink, wand)
        if fresh:
            read_out.back()
        try:
            read_out.step(stop)
        except NoAnswer:
            return  # taken out, or a bad contact: the next turn shows

    def _read_out(self, cradle: Cradle, sink: Sink, wand: int) -> ReadOut:
        if wand not in self._read_outs:
            options, clock = self._options, self._clock
            self._read_outs[wand] = ReadOut(
                cradle, sink, options, clock, lambda reason: _report(sink, reason), wand=wand, device=self._devices[wand]
            )
        return self._read_outs[wand]


def _report(sink: Sink, reason: str) -> None:
    """A finding without its bytes: a guard's tag may be among them, and must not leave the agent."""
    sink.finding(Finding(reason, 0, b""))


def _wand_in(cradle: Cradle) -> int | None:
    """The number of the wand in the cradle; None where none answers."""
    try:
        return cradle.ask(ANY_WAND, IDENTIFY, tries=1).wand
    except NoAnswer:
        return None


def make(address: str, options: PatrolWandOptions) -> PatrolWandDriver:
    """See `DriverKind.make`."""
    if not options.wands:
        example = f"{wand_name(0xA1B2C3D4)}: wand-1"
        raise ValueError(f"no wand is known by its number: write under options, wands, for example {{{example}}}")
    return PatrolWandDriver(address, options)


KIND = DriverKind(
    name="patrol_wand",
    unit="a frame between a cradle and a patrol wand, or a dump of the maker's program as CSV with a header",
    readings=(TagScanned, WandRead),
    options=PatrolWandOptions,
    schemes=SCHEMES,
    make=make,
    decoder=PatrolWandDecoder,
    remembers=lambda options: frozenset(options.wands.values()),
    shows=shown,
)
