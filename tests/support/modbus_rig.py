"""A bus with slaves on it, a sink that keeps what it gets, and drivers running in threads."""

import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from threading import Event, Lock, Thread

from contract.readings import Reading
from drivers.modbus.slave import SlaveLine
from drivers.port import DeviceLost, Driver, Finding, ReceiptOf
from drivers.transports.null import NullLine

WAIT_S = 30.0


def wait_for(happened: Callable[[], object], what: str = "") -> None:
    """Poll until `happened` is true, for as long as a slow machine may need."""
    for _ in range(int(WAIT_S / 0.005)):
        if happened():
            return
        time.sleep(0.005)
    raise AssertionError(f"waited {WAIT_S} s for {what or happened}")


class KeepingSink:
    """A sink that keeps everything in order."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.ups = 0
        self.alives = 0
        self.said: list[tuple[Reading, str | None]] = []
        self.findings: list[Finding] = []

    def up(self) -> None:
        assert not self.said
        self.ups += 1

    def reading(self, reading: Reading, device_at_us: int | None = None, device: str | None = None) -> int:
        with self.lock:
            self.said.append((reading, device))
            return len(self.said)

    def receipt_of(self, numbers: Sequence[int]) -> ReceiptOf:
        raise AssertionError("a board is not asked to forget")

    def arriving(self) -> None:
        pass

    def told(self, device: str, up_to_us: int) -> None:
        raise AssertionError("a board does not remember")

    def finding(self, finding: Finding) -> None:
        with self.lock:
            self.findings.append(finding)

    def alive(self) -> None:
        self.alives += 1

    def picture(self, jpeg: bytes, width: int, height: int, order: str) -> str:
        raise AssertionError("no picture is expected")

    @property
    def readings(self) -> list[Reading]:
        with self.lock:
            return [reading for reading, _ in self.said]

    @property
    def reasons(self) -> set[str]:
        with self.lock:
            return {finding.reason for finding in self.findings}


class Running:
    """A driver in its thread."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.sink = KeepingSink()
        self.lost = ""
        self.fault: BaseException | None = None
        self._stop = Event()
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.driver.run(self.sink, self._stop)
        except DeviceLost as error:
            self.lost = str(error)
        except BaseException as error:
            self.fault = error

    def ended(self) -> bool:
        return not self._thread.is_alive()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(WAIT_S)
        assert self.ended(), "the driver did not stop"
        assert self.fault is None, self.fault


@contextmanager
def running(driver: Driver):
    """Run `driver` for the length of the block."""
    one = Running(driver)
    try:
        yield one
    finally:
        one.stop()


@contextmanager
def slave_line(*slaves, line=None, **kwargs):
    """A wire with `slaves` on it, in this process unless `line` says otherwise."""
    wire = line or NullLine()
    far = SlaveLine(wire, slaves, baud=None, **kwargs)
    far.start()
    try:
        yield far
    finally:
        far.stop()
        wire.close()
