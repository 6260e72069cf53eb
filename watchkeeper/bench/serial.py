"""From a card's bytes on a serial port to its reading synced in the agent's log, the next card as soon as the last is in."""

import importlib.util
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

from contract.clock import SystemClock
from drivers.transports.pty import PtyLine
from drivers.wiegand.formats import DEFAULTS, encode
from edge import logs
from edge.agent import Agent, LineCalls
from edge.config import Config, load_config
from edge.spool import Spool
from watchkeeper.bench import estate, machine
from watchkeeper.bench.children import limit_script
from watchkeeper.bench.rows import Figures, Row, row, spread
from watchkeeper.bench.wire import Stalled
from watchkeeper.run_edge import open_spool, system_ports

CARDS = 5_000
_WARM_UP = 50
_READER = "gate-east-reader-1"
_FRAME = encode(DEFAULTS[26], 17, 12_345)
_CARD = f"{_FRAME:026b}\r\n".encode()
_STALL_S = 30.0


class Meter:
    """Called by whoever has appended a card, in the thread that read it."""

    def __init__(self) -> None:
        self._appended = Event()
        self.at = self.cpu_s = 0.0

    def on_row(self) -> None:
        """A row is synced: note when, and what this thread has used."""
        self.at = time.monotonic()
        used = resource.getrusage(resource.RUSAGE_THREAD)
        self.cpu_s = used.ru_utime + used.ru_stime
        self._appended.set()

    def time_one(self, line: PtyLine) -> float:
        """Send a card; milliseconds until its row was synced."""
        self._appended.clear()
        began = time.monotonic()
        line.write(_CARD)
        if not self._appended.wait(_STALL_S):
            raise Stalled(f"a card was not appended within {_STALL_S:.0f} s")
        return (self.at - began) * 1000

    def time_many(self, line: PtyLine, cards: int) -> tuple[Figures, Figures]:
        """Milliseconds a card, and milliseconds of the reading thread's CPU a card."""
        for _ in range(_WARM_UP):
            self.time_one(line)
        before_s = self.cpu_s
        times = [self.time_one(line) for _ in range(cards)]
        return spread(times), Figures(p50=round((self.cpu_s - before_s) * 1000 / cards, 4))


def serial(scale: float = 1.0) -> list[Row]:
    """Two rows: the time, and the CPU."""
    cards = max(100, int(CARDS * scale))
    logs.configure()
    with TemporaryDirectory(prefix="watchkeeper-bench-") as name:
        folder = Path(name)
        looked = machine.look(folder)
        with _bare(folder) as (line, meter):
            bare_ms, bare_cpu = meter.time_many(line, cards)
        with _agent(folder) as (line, meter):
            ours_ms, ours_cpu = meter.time_many(line, cards)
    return [
        row("card bytes to appended", "ms", ours_ms, bare_ms, looked),
        row("cpu of the reading thread", "ms a card", ours_cpu, bare_cpu, looked),
    ]


@contextmanager
def _bare(folder: Path) -> Iterator[tuple[PtyLine, Meter]]:
    meter, stop, opened = Meter(), Event(), Event()
    line = PtyLine(folder / "bare-port")
    run: Callable[..., None] = _load_limit().append_lines
    thread = Thread(target=run, args=(str(folder / "bare-port"), str(folder / "bare.db"), opened.set, meter.on_row, stop))
    thread.start()
    try:
        opened.wait(_STALL_S)  # opening a port throws away what came before
        yield line, meter
    finally:
        stop.set()
        thread.join()
        line.close()


@contextmanager
def _agent(folder: Path) -> Iterator[tuple[PtyLine, Meter]]:
    """A whole agent with one reader, its line to the hub left out."""
    meter = Meter()
    line = PtyLine(folder / "port")
    config = load_config(estate.write_agent(folder, "mqtt://127.0.0.1:1", {_READER: line.address}))
    clock = SystemClock()
    spool = open_spool(config, clock)
    agent = Agent(config, spool, system_ports(clock, Random(1))._replace(line=_no_line))  # noqa: S311 - jitter only
    agent.start()
    try:
        _until_up(spool)
        spool.listen(meter.on_row)
        yield line, meter
    finally:
        spool.listen(None)
        agent.stop()
        line.close()


def _until_up(spool: Spool) -> None:
    """Until the log holds the agent's start and the reader's link."""
    pause = Event()
    for _ in range(int(_STALL_S / 0.01)):
        if spool.head >= 2:
            return
        pause.wait(0.01)
    raise Stalled("the reader did not come up")


class _NoLine:
    def start(self) -> None:
        pass

    def send(self, leaf: str, body: bytes) -> None:
        pass

    def close(self, timeout_s: float) -> bool:  # noqa: ARG002 - the port's signature
        return True


def _no_line(_config: Config, _spool: Spool, _calls: LineCalls) -> _NoLine:
    return _NoLine()


def _load_limit() -> Any:
    """The limit, by its path: it is no part of the program."""
    script = limit_script("serial_append")
    spec = importlib.util.spec_from_file_location("watchkeeper_limit_serial_append", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
