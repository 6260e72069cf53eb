"""Readers on a wire, and a driver that talks to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contract.clock import SystemClock
from contract.readings import CardRead, ReaderChannel
from drivers.osdp.driver import OsdpDriver
from drivers.osdp.options import OsdpOptions
from drivers.osdp.twin import OsdpTwin, ReaderTwin
from drivers.transports import Line
from drivers.transports.null import NullLine
from tests.support.modbus_rig import Running

KEY = bytes.fromhex("00112233445566778899aabbccddeeff")
OTHER_KEY = bytes.fromhex("ffeeddccbbaa99887766554433221100")


class LeapingClock(SystemClock):
    """The machine's clock, which can be put on."""

    def __init__(self) -> None:
        self.ahead_us = 0

    def mono_us(self) -> int:
        return super().mono_us() + self.ahead_us


def key_file(folder: Path, key: bytes = KEY) -> str:
    path = folder / "reader.key"
    path.write_text(key.hex())
    path.chmod(0o600)
    return str(path)


def options(folder: Path, **kwargs: Any) -> OsdpOptions:
    settings: dict[str, Any] = {"key_file": key_file(folder), "poll_ms": 20, "timeout_ms": 100} | kwargs
    return OsdpOptions(**settings)


@contextmanager
def readers_on(*readers: ReaderTwin, line: Line | None = None, baud: int | None = None) -> Iterator[OsdpTwin]:
    """A wire with `readers` on it, in this process unless `line` says otherwise."""
    wire = line or NullLine()
    twin = OsdpTwin(wire, readers, baud=baud)
    twin.start()
    try:
        yield twin
    finally:
        twin.stop()
        wire.close()


def driver(twin: OsdpTwin, settings: OsdpOptions, clock: SystemClock | None = None) -> OsdpDriver:
    return OsdpDriver(twin.line.address, settings, clock)


def states(one: Running) -> list[tuple[str, str]]:
    return [(reading.state, reading.reason) for reading in one.sink.readings if isinstance(reading, ReaderChannel)]


def cards(one: Running) -> list[int]:
    return [reading.number for reading in one.sink.readings if isinstance(reading, CardRead) and reading.number]
