"""A cradle with its twin on a wire, and a sink that answers for the hub."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock, Thread
from time import sleep
from typing import Any

import msgspec

from contract.clock import Clock, SystemClock
from contract.readings import Reading, TagScanned, WandRead
from drivers.patrol_wand.decode import PatrolWandOptions
from drivers.patrol_wand.driver import PatrolWandDriver
from drivers.patrol_wand.twin import CradleTwin, WandTwin
from drivers.port import DeviceLost, Finding, ReceiptOf
from drivers.transports import Line
from drivers.transports.null import NullLine

WAND, OTHER = 0xA1B2C3D4, 0x00000002
GATE, POND = "04A1B2C3D4", "E200001122334455"
GUARD = "A0FF01"
OPTIONS = PatrolWandOptions(wands={"A1B2C3D4": "wand-1", "00000002": "wand-2"}, poll_ms=100, timeout_ms=100)
WAIT_S = 30.0


def wait_for(happened: Callable[[], object], what: str = "") -> None:
    """Poll until `happened` is true, for as long as a slow machine may need."""
    for _ in range(int(WAIT_S / 0.005)):
        if happened():
            return
        sleep(0.005)
    raise AssertionError(f"waited {WAIT_S:.0f} s for {what or happened}")


class Said(msgspec.Struct, frozen=True):
    """What a sink was given, with its number's place in the list."""

    device: str | None
    reading: Reading
    device_at_us: int | None


class HubSink:
    """A sink that keeps what it gets. `committed`: up to which number the hub has; `lost`: numbers that the log dropped."""

    def __init__(self) -> None:
        self.committed = 0
        self.lost: set[int] = set()
        self.ups = self.alives = self.asked = 0
        self.said: list[Said] = []
        self.findings: list[Finding] = []
        self.marks: list[tuple[str, int, int]] = []
        """Each `told`: the device, the time, and how many readings had been said by then."""
        self.refuses: BaseException | None = None
        self._lock = Lock()

    def up(self) -> None:
        self.ups += 1

    def reading(self, reading: Reading, device_at_us: int | None = None, device: str | None = None) -> int:
        if self.refuses is not None:
            raise self.refuses
        with self._lock:
            self.said.append(Said(device, reading, device_at_us))
            return len(self.said)

    def receipt_of(self, numbers: Sequence[int]) -> ReceiptOf:
        assert numbers
        self.asked += 1
        if self.lost & set(numbers):
            return "unknown"
        return "committed" if max(numbers) <= self.committed else "waiting"

    def arriving(self) -> None:
        pass

    def told(self, device: str, up_to_us: int) -> None:
        self.marks.append((device, up_to_us, len(self.said)))

    def finding(self, finding: Finding) -> None:
        self.findings.append(finding)

    def alive(self) -> None:
        self.alives += 1

    def picture(self, jpeg: bytes, width: int, height: int, order: str) -> str:
        raise AssertionError("a wand takes no pictures")

    def commit(self) -> None:
        """The hub has everything that was said so far."""
        self.committed = len(self.said)

    @property
    def scans(self) -> list[TagScanned]:
        return [one.reading for one in list(self.said) if isinstance(one.reading, TagScanned)]

    @property
    def reads(self) -> list[WandRead]:
        return [one.reading for one in list(self.said) if isinstance(one.reading, WandRead)]

    @property
    def reasons(self) -> set[str]:
        return {one.reason for one in list(self.findings)}


class Rig:
    """One cradle on `line`, its driver in a thread."""

    def __init__(self, line: Line, clock: Clock, options: PatrolWandOptions, baud: int | None) -> None:
        self.line = line
        self.clock = clock
        self.options = options
        self.twin = CradleTwin(line, baud=baud)
        self.sink = HubSink()
        self.lost = ""
        self.fault: BaseException | None = None
        self._stop = Event()
        self._thread: Thread | None = None

    def wand(self, number: int = WAND, **more: Any) -> WandTwin:
        return WandTwin(number, self.clock, layout=self.options.layout, zone=self.options.zone, **more)

    def start(self) -> None:
        """Run a fresh driver, as an agent does after each loss."""
        self._stop, self.lost = Event(), ""
        self._thread = Thread(target=self._run, args=(self._stop,))
        self._thread.start()

    def kill(self) -> None:
        """End the driver, and forget what it knew."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(WAIT_S)
            assert not self._thread.is_alive()

    def turns(self, count: int = 3) -> None:
        """Let the driver look at the cradle so often."""
        before = self.sink.alives
        wait_for(lambda: self.sink.alives >= before + count, "turns")

    def _run(self, stop: Event) -> None:
        try:
            PatrolWandDriver(self.line.address, self.options, self.clock).run(self.sink, stop)
        except DeviceLost as error:
            self.lost = str(error)
        except BaseException as error:
            self.fault = error


@contextmanager
def cradle(
    line: Line | None = None, *, clock: Clock | None = None, options: PatrolWandOptions = OPTIONS, baud: int | None = None
) -> Iterator[Rig]:
    """A running rig, ended with the block."""
    wire = line or NullLine()
    rig = Rig(wire, clock or SystemClock(), options, baud)
    rig.twin.start()
    rig.start()
    try:
        yield rig
    finally:
        rig.kill()
        rig.twin.stop()
        wire.close()
    assert rig.fault is None, rig.fault
