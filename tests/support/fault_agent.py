"""An agent for the faults: the real one, whose only device is a counter that never ends.

It runs as a process of its own, which is killed. What it accepted it writes to a ledger, one ordinal a line, right after the
spool has synced it. The back-off of the line and of the uplink is shortened, so that a fault a second can be recovered from.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from typing import Any, Literal, NamedTuple

import msgspec

from contract.clock import SystemClock
from contract.readings import ArmState, Measurement
from drivers.port import CommandFailed, DriverKind, Sink
from edge import agent as agents
from edge import link
from edge.agent import Agent, LineCalls
from edge.broker_address import BrokerSettings
from edge.config import Config, DeviceSettings
from edge.link import Link
from edge.spool import Spool, SpoolFailed, SpoolFull, SpoolLimits
from edge.uplink import Uplink, UplinkLimits
from watchkeeper.run_edge import system_ports

SITE, AGENT, DEVICE = "garden", "gatehouse", "barrier-1"
KEY = bytes(range(32))
FLIP_EVERY = 5
LIFE_SPAN = 10_000_000
"""Ordinals of one life begin at its number times this: no two lives say the same."""
QUICK = UplinkLimits(
    receipt_timeout_us=1_000_000, receipt_timeout_max_us=2_000_000, idle_us=2_000_000, greet_min_us=50_000, greet_max_us=500_000
)


AgentStep = Literal["accepted", "receipt"]
"""Where an agent may die: when a reading is synced and nobody knows of it yet; when a receipt has come and is not taken."""


class AgentLife(NamedTuple):
    """What one process is told. `quiet`: while this file is there, the counter says nothing. `pause_s`: between two readings.
    `crash`: die at this step, the `nth` time it is reached."""

    spool: Path
    broker_url: str
    ledger: Path
    quiet: Path
    number: int
    pause_s: float = 0.002
    spool_bytes_max: int = 64 * 1024 * 1024
    reserve_bytes: int = 1024
    crash: AgentStep | None = None
    nth: int = 1


class Ledger:
    """Lines that survive a kill of the writer: each is one write to a file that is open to append."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def line(self, text: str) -> None:
        """Append one line, whole."""
        os.write(self._file, f"{text}\n".encode())


class CounterOptions(msgspec.Struct, frozen=True):
    """None."""


class Counter:
    """A driver that says 1, 2, 3…, and between them that an arm was knocked off and put back."""

    def __init__(self, life: AgentLife, ledger: Ledger) -> None:
        self._life = life
        self._ledger = ledger

    def run(self, sink: Sink, stop: Event) -> None:
        sink.up()
        ordinal = self._life.number * LIFE_SPAN
        while not stop.wait(self._life.pause_s):
            if self._life.quiet.exists():
                sink.alive()
                continue
            ordinal += 1
            try:
                if ordinal % FLIP_EVERY == 0:
                    sink.reading(ArmState(attached=ordinal // FLIP_EVERY % 2 == 0))
                sink.reading(Measurement(quantity="ordinal", value=float(ordinal)))
            except SpoolFull:
                continue  # not accepted: it is not in the ledger
            self._ledger.line(str(ordinal))
            sink.alive()

    def act(self, action: str, args: Mapping[str, str]) -> None:
        raise CommandFailed("a counter does nothing")


def say_into(path: Path) -> None:
    """From now on this process prints into that file."""
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)


def run_agent(life: AgentLife) -> None:
    """The process, which nobody asks to stop. Ends with 1 when its log fails."""
    say_into(life.ledger.with_name("agent.log"))
    link.BACK_OFF_MIN_S, link.BACK_OFF_MAX_S = 0.05, 0.3
    agents.GOODBYE_S = 0.1
    clock = SystemClock()
    ledger = Ledger(life.ledger)
    kind = DriverKind(
        "counter", "none", (), CounterOptions, ("null",), lambda _address, _options: Counter(life, ledger),
        lambda _options: None,  # type: ignore[arg-type,return-value]
    )  # fmt: skip
    limits = SpoolLimits(bytes_max=life.spool_bytes_max, reserve_bytes=life.reserve_bytes)
    try:
        spool = Spool.open(life.spool, AGENT, limits, clock)
        if life.crash == "accepted":
            counted = _Countdown(life.nth)
            for name in ("append", "append_many"):
                setattr(spool, name, counted.after(getattr(spool, name)))
        ports = system_ports(clock)._replace(kinds=lambda _name: kind)
        agent = Agent(_config(life), spool, ports._replace(line=_quick_line(ports.clock, ports.random.random, life)))
        agent.start()
        code = agent.run_until(Event())
        sys.stderr.write(f"{agent.failed}\n")  # its thread may not have come to say so
        os._exit(code)
    except (SpoolFailed, SpoolFull) as error:
        sys.stderr.write(f"{error}\n")
        os._exit(1)


class _Countdown:
    """Kills this process at the last of so many calls."""

    def __init__(self, calls: int) -> None:
        self._left = calls

    def after(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """`call`, and then perhaps death."""

        def counted(*args: Any, **more: Any) -> Any:
            result = call(*args, **more)
            self._count()
            return result

        return counted

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Perhaps death, and else `call`."""

        def counted(*args: Any, **more: Any) -> Any:
            self._count()
            return call(*args, **more)

        return counted

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _quick_line(clock, random, life):
    def make(config: Config, spool: Spool, calls: LineCalls) -> Link:
        uplink: Any = Uplink(config.site, config.agent, config.key, spool, random=random, limits=QUICK)
        if life.crash == "receipt":
            uplink.on_receipt = _Countdown(life.nth).before(uplink.on_receipt)
        made = Link(uplink, config.broker, clock, random=random, on_order=calls.on_order)
        spool.listen(made.wake)
        return made

    return make


def _config(life: AgentLife) -> Config:
    device = DeviceSettings(DEVICE, "counter", "null:counter", CounterOptions())
    return Config(
        site=SITE, agent=AGENT, key=KEY, card_key=KEY, broker=BrokerSettings(life.broker_url), spool_path=life.spool,
        spool_bytes_max=life.spool_bytes_max, spool_age_us_max=10**15, pictures_bytes_max=1024 * 1024, hub_url=None,
        devices=(device,), access={},
    )  # fmt: skip
