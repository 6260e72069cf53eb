"""A whole agent in one process: scripted drivers, a line into a list, a real spool, a clock that moves by hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from random import Random
from threading import Event
from time import sleep
from typing import Any

import msgspec

from contract.clock import ManualClock
from contract.envelope import decode_record, encode, seal
from contract.topics import agent_topic
from drivers.port import CommandFailed, DeviceLost, DriverKind
from edge.agent import Agent, LineCalls, Ports
from edge.broker_address import BrokerSettings
from edge.config import AccessRule, Config, DeviceSettings
from edge.spool import Spool, SpoolLimits
from edge.supervisor import BackOff


def nobody(_url: str, _headers: dict[str, str]) -> Any:
    """A hub that is not there."""
    raise OSError("refused")


KEY = bytes(range(32))
CARD_KEY = bytes(range(32, 64))
MIB = 1024 * 1024
QUICK = BackOff(first_s=0.001, max_s=0.01, good_s=10.0)


def wait_for(condition: Callable[[], Any], what: str = "the condition") -> Any:
    """Poll until `condition()` is truthy, for at most 30 s, and return it."""
    for _ in range(6_000):
        value = condition()
        if value:
            return value
        sleep(0.005)
    raise AssertionError(f"{what} did not come true within 30 s")


class Options(msgspec.Struct, frozen=True):
    baud: int = 9600


class ScriptedDevice:
    """What stands behind a scripted driver: tell it what to do, see what it was asked."""

    def __init__(self) -> None:
        self.script: Queue[Callable[[Any], None]] = Queue()
        self.acts: list[tuple[str, dict[str, str]]] = []
        self.act_error: Exception | None = None
        self.hold = Event()
        self.hold.set()
        self.entered = Event()
        self.inside = 0
        self.runs = 0
        self.reachable = True
        self.sinks: list[Any] = []

    def do(self, step: Callable[[Any], None]) -> None:
        """Have the driver's own thread do `step(sink)`, and wait until it is done."""
        done = Event()

        def wrapped(sink: Any) -> None:
            try:
                step(sink)
            finally:
                done.set()

        self.script.put(wrapped)
        assert done.wait(30)

    def say(self, *readings: Any, device: str | None = None) -> None:
        """Let the device say readings and be alive."""

        def step(sink: Any) -> None:
            for reading in readings:
                sink.reading(reading, device=device)
            sink.alive()

        self.do(step)

    def fail(self, error: BaseException) -> None:
        """Let the driver end with an exception."""

        def step(_sink: Any) -> None:
            raise error

        self.do(step)


class ScriptedDriver:
    def __init__(self, device: ScriptedDevice) -> None:
        self._device = device

    def run(self, sink: Any, stop: Event) -> None:
        self._device.runs += 1
        self._device.sinks.append(sink)
        if not self._device.reachable:
            raise DeviceLost("refused")
        sink.up()
        sink.alive()
        while not stop.is_set():
            try:
                step = self._device.script.get(timeout=0.02)
            except Empty:
                continue
            step(sink)

    def act(self, action: str, args: Any) -> None:
        self._device.entered.set()
        self._device.inside += 1
        if not self._device.hold.wait(30):
            raise CommandFailed("held")
        self._device.acts.append((action, dict(args)))
        if self._device.act_error is not None:
            raise self._device.act_error


class ListLine:
    """A line that keeps what was sent, and gives orders."""

    def __init__(self, calls: LineCalls) -> None:
        self.calls = calls
        self.sent: list[tuple[str, bytes]] = []
        self.started = False
        self.closed = False

    def start(self) -> None:
        self.started = True

    def send(self, leaf: str, body: bytes) -> None:
        self.sent.append((leaf, body))

    def close(self, timeout_s: float) -> bool:
        self.closed = True
        return True


class Rig:
    """An agent and everything around it."""

    def __init__(self, tmp_path: Path, devices: tuple[DeviceSettings, ...], **more: Any) -> None:
        self.clock = ManualClock()
        self.devices = {device.id: ScriptedDevice() for device in devices}
        self.posts: list[tuple[str, dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self._get = more.pop("get", nobody)
        self.config = make_config(tmp_path, devices, **more)
        self._tokens = iter(f"{n:032x}" for n in range(1, 1_000_000))
        limits = SpoolLimits(bytes_max=self.config.spool_bytes_max, reserve_bytes=MIB)
        self.spool = Spool.open(self.config.spool_path, self.config.agent, limits, self.clock)
        self.lines: list[ListLine] = []
        self.agent = Agent(self.config, self.spool, self.ports())
        self.line = self.lines[0]

    def ports(self) -> Ports:
        return Ports(
            clock=self.clock,
            random=Random(7),
            token=lambda: next(self._tokens),
            kinds=self.kind,
            line=self._make_line,
            post=self._post,
            version="9.9",
            get=self._get,
            backoff=QUICK,
        )

    def kind(self, name: str) -> DriverKind:
        return scripted_kind(name, lambda address: ScriptedDriver(self.devices[address.removeprefix("null:")]))

    def _make_line(self, config: Config, spool: Spool, calls: LineCalls) -> ListLine:
        self.lines.append(ListLine(calls))
        return self.lines[-1]

    def _post(self, url: str, headers: dict[str, str], body: bytes | Iterator[bytes]) -> int:
        self.posts.append((url, headers, body if isinstance(body, bytes) else b"".join(body)))
        return self.statuses.pop(0) if self.statuses else 204

    def records(self, kind: str = "", device: str = "") -> list[Any]:
        """The records in the log, oldest first, by kind and device where given."""
        page = self.spool.page(1, 10_000_000, 100_000)
        records = [decode_record(body) for body in page.records]
        return [r for r in records if (not kind or r.reading.kind == kind) and (not device or r.device == device)]

    def wait(self, kind: str, device: str = "", count: int = 1) -> list[Any]:
        """The records of a kind, once there are so many."""

        def enough() -> list[Any] | None:
            found = self.records(kind, device)
            return found if len(found) >= count else None

        found: list[Any] = wait_for(enough, f"{count} {kind}")
        return found

    def up(self) -> None:
        """Start, and wait until every device that is reachable is up."""
        self.agent.start()
        for name, device in self.devices.items():
            self.wait("device_link" if device.reachable else "agent_started", name if device.reachable else "")

    def order(self, order: Any) -> None:
        """Let the hub send an order."""
        topic = agent_topic(self.config.site, self.config.agent, "order")
        self.line.calls.on_order(seal(self.config.key, topic, encode(order)))


def scripted_kind(name: str, make: Callable[[str], Any]) -> DriverKind:
    if name not in ("fake", "dumb"):
        raise LookupError(f"there is no driver {name!r}: the drivers are fake, dumb")

    def checked(address: str, _options: Any) -> Any:
        if not address.startswith("null:"):
            raise ValueError(f"{address} is no address: write null:NAME")
        return make(address)

    actions = frozenset(("open", "close", "stop", "snapshot", "unlock")) if name == "fake" else frozenset[str]()
    return DriverKind(name, "a line", (), Options, ("null",), checked, lambda _options: None, actions)  # type: ignore[arg-type,return-value]


def device(name: str, **more: Any) -> DeviceSettings:
    return DeviceSettings(name, "fake", f"null:{name}", Options(), **more)


def make_config(tmp_path: Path, devices: tuple[DeviceSettings, ...], **more: Any) -> Config:
    access: dict[str, AccessRule] = more.pop("access", {})
    values: dict[str, Any] = {
        "site": "lake", "agent": "gate", "key": KEY, "card_key": CARD_KEY,
        "broker": BrokerSettings("mqtt://127.0.0.1:1"), "spool_path": tmp_path / "spool.db",
        "spool_bytes_max": 8 * MIB, "spool_age_us_max": 10**15, "pictures_bytes_max": MIB, "hub_url": None,
        "devices": devices, "access": access,
    }  # fmt: skip
    return Config(**(values | more))


@contextmanager
def running(tmp_path: Path, *devices: DeviceSettings, **more: Any) -> Iterator[Rig]:
    """A started agent, stopped at the end."""
    rig = Rig(tmp_path, devices, **more)
    try:
        rig.up()
        yield rig
    finally:
        for one in rig.devices.values():
            one.hold.set()
        rig.agent.stop()
