"""From a card's last byte on a serial port to the relay's frame on another, with no hub, a table of 100,000 credentials, and the
barrier's inputs polled on the relay's own line; and what such a table costs.

Both ends of both lines are in this process, the agent in one of its own. The card's bytes come at the speed of their line, as a
reader's do; the time counts from its last byte.
"""

import importlib
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from contract.clock import SystemClock
from contract.envelope import encode, seal
from contract.names import card_name
from contract.orders import ChangePermits
from contract.permits import AnyEntry, Credential, Level, Portal, Right, Rules, Schedule
from contract.topics import agent_topic
from drivers.barrier_modbus.decode import BarrierOptions
from drivers.barrier_modbus.twin import BarrierTwin
from drivers.modbus.frames import rtu, write_coil_pdu
from drivers.modbus.slave import SlaveLine
from drivers.transports.pace import steps
from drivers.transports.pty import PtyLine
from drivers.wiegand.formats import DEFAULTS
from drivers.wiegand.formats import encode as wiegand
from edge import logs
from edge.agent import Agent
from edge.config import load_config
from edge.permits.holding import FILE, TableFile
from edge.permits.table import Head, Table
from watchkeeper.bench import machine, mix
from watchkeeper.bench.children import Child, Counter, start_agent, start_limit
from watchkeeper.bench.estate import SITE, key_of
from watchkeeper.bench.rows import Figures, Row, row, spread
from watchkeeper.bench.wire import Stalled
from watchkeeper.broker import EmbeddedBroker
from watchkeeper.run_edge import open_spool, system_ports

CREDENTIALS = 100_000
CARDS = 400
CHANGES = 100
SWIPES = 1_000
_READER, _BARRIER = "gate-east-reader-1", "gate-east-barrier-1"
_CARD_KEY = bytes.fromhex("c" * 64)
_BAUD = 19_200
_PULSE_MS = 50
_STALL_S = 30.0
_REST_S = 0.1
"""Between two cards, though nobody passes a gate so fast: a line is not kept free for cards all the time."""
_WARM_UP = 10
_OPTIONS = BarrierOptions(pulse_ms=_PULSE_MS)


def gate(scale: float = 1.0) -> list[Row]:
    """Latency, CPU, memory, a change's time, and decisions that are not the model's."""
    logs.configure()
    with TemporaryDirectory(prefix="watchkeeper-bench-") as name:
        folder = Path(name)
        looked = machine.look(folder)
        count = max(1_000, int(CREDENTIALS * scale))
        cards = max(20, int(CARDS * min(scale, 1.0)))
        bare = _bare(folder / "bare", cards)
        ours = _ours(folder / "ours", cards, count)
        changes, echoes = _changes(folder / "changes", max(10, int(CHANGES * min(scale, 1.0))), count)
        wrong = _decisions(folder / "model", max(8, int(SWIPES * scale)))
    return [
        row("card's bytes to relay's bytes", "ms", spread(ours.times_ms), spread(bare.times_ms), looked),
        row("cpu of a gate", "ms a card", Figures(p50=ours.cpu_ms), Figures(p50=bare.cpu_ms), looked),
        row("memory of 100,000 credentials", "MB", Figures(p50=_memory_mb(count)), Figures(), looked),
        row("change of a permit to in force", "ms", spread(changes), spread(echoes), looked),
        row("decisions that are not the model's", "decisions", Figures(p50=wrong), Figures(), looked),
    ]


class _Measured(NamedTuple):
    times_ms: list[float]
    cpu_ms: float


class _Relay:
    """The board's end: when the frame that opens has come."""

    def __init__(self, twin: BarrierTwin) -> None:
        self._pressed = threading.Event()
        self._let_go = threading.Event()
        self._passing_on = twin.slave.on_coil
        self.at = 0.0
        twin.slave.on_coil = self._on_coil

    def _on_coil(self, coil: int, on: bool) -> None:
        if coil == _OPTIONS.coils.open:
            if on:
                self.at = time.monotonic()
                self._pressed.set()
            else:
                self._let_go.set()
        if self._passing_on is not None:
            self._passing_on(coil, on)

    def time_one(self, line: PtyLine, card: bytes, *, is_let_go: bool) -> float:
        """Show a card; milliseconds from its last piece to the relay."""
        self._pressed.clear()
        self._let_go.clear()
        began = 0.0
        for wait_s, piece in steps(card, line.baud):
            time.sleep(wait_s)
            began = time.monotonic()
            line.write(piece)
        if not self._pressed.wait(_STALL_S):
            raise Stalled(f"a card opened nothing within {_STALL_S:.0f} s")
        if is_let_go:
            self._let_go.wait(_STALL_S)
        time.sleep(_REST_S)
        return (self.at - began) * 1000


@contextmanager
def _lines(folder: Path) -> Iterator[tuple[PtyLine, PtyLine, _Relay]]:
    """A reader's line, and a barrier's with its board on it."""
    folder.mkdir()
    reader, barrier = PtyLine(folder / "reader"), PtyLine(folder / "barrier", baud=_BAUD)
    twin = BarrierTwin(_OPTIONS)
    relay = _Relay(twin)
    board = SlaveLine(barrier, [twin.slave], baud=_BAUD)
    board.start()
    try:
        yield reader, barrier, relay
    finally:
        board.stop()
        reader.close()
        barrier.close()


def _bare(folder: Path, cards: int) -> _Measured:
    frame = rtu(_OPTIONS.unit, write_coil_pdu(_OPTIONS.coils.open, True))
    with _lines(folder) as (reader, _, relay):
        ports = (str(folder / "reader"), str(folder / "barrier"))
        with start_limit("serial_relay", folder / "log", *ports, str(_BAUD), frame.hex()) as child:
            Counter(child).wait_ready()
            return _measure(child, relay, reader, cards, is_let_go=False)


def _ours(folder: Path, cards: int, count: int) -> _Measured:
    with _lines(folder) as (reader, barrier, relay):
        settings = _write_agent(folder, "mqtt://127.0.0.1:1", reader.address, barrier.address)
        _write_table(folder / "data", count)
        with start_agent(settings) as child:
            _until_open(relay, reader)
            return _measure(child, relay, reader, cards, is_let_go=True)


def _until_open(relay: _Relay, reader: PtyLine) -> None:
    """Until the agent opens the gate for a card."""
    until = time.monotonic() + _STALL_S
    while time.monotonic() < until:
        relay.at = 0.0
        reader.write(_card(0))
        time.sleep(0.5)
        if relay.at:
            return
    raise Stalled("the agent did not open within 30 s")


def _measure(child: Child, relay: _Relay, reader: PtyLine, cards: int, *, is_let_go: bool) -> _Measured:
    for number in range(_WARM_UP):
        relay.time_one(reader, _card(1 + number), is_let_go=is_let_go)
    idle_s = child.running_s()
    time.sleep(2.0)
    idle_s = (child.running_s() - idle_s) / 2.0
    used_s, began = child.running_s(), time.monotonic()
    times = [relay.time_one(reader, _card(1 + _WARM_UP + number), is_let_go=is_let_go) for number in range(cards)]
    used_s = child.running_s() - used_s - idle_s * (time.monotonic() - began)
    return _Measured(times, round(max(0.0, used_s) * 1000 / cards, 4))


def _numbers(number: int) -> tuple[int, int]:
    return 1 + number // 60_000, number % 60_000


def _card(number: int) -> bytes:
    """A card's bytes; each is another holder's."""
    return f"{wiegand(DEFAULTS[26], *_numbers(number)):026b}\r\n".encode()


def _entries(count: int) -> Iterator[AnyEntry]:
    """The table of an estate: each card another holder's, two to a permit, and passback that lets each in once."""
    yield Rules(passback_hears_s=0)
    yield Portal(_READER, to_zone="estate", passback="hard", passback_s=0)
    yield Schedule("always")
    yield Level("residents", (Right(_READER, "always"),))
    for number in range(count):
        name = card_name(_CARD_KEY, *_numbers(number), 26)
        yield Credential(name, f"p{number // 2}", f"{number}", ("residents",))


def _table(count: int) -> Table:
    table = Table(_entries(count))
    table.head = Head("bench", 1, table.hash, SystemClock().now_us())
    return table


def _write_table(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    if not TableFile(folder).write(_table(count)):
        raise OSError(f"{folder / FILE} could not be written")


def _write_agent(folder: Path, broker_url: str, reader: str, barrier: str) -> Path:
    agent = mix.AGENTS[0]
    settings = {
        "site": SITE, "agent": agent, "key": key_of(agent).hex(), "card_key": _CARD_KEY.hex(), "broker": {"url": broker_url},
        "spool": {"path": "data/spool.db"}, "hub_url": "http://127.0.0.1:1",
        "devices": [
            {"id": _READER, "driver": "wiegand", "address": reader},
            {"id": _BARRIER, "driver": "barrier_modbus", "address": barrier, "options": {"pulse_ms": _PULSE_MS}},
        ],
        "access": [{"reader": _READER, "opens": {"device": _BARRIER, "action": "open"}}],
    }  # fmt: skip
    path = folder / "agent.yaml"
    path.write_text(json.dumps(settings), encoding="utf-8")
    path.chmod(0o600)
    return path


def _memory_mb(count: int) -> float:
    """What 100,000 credentials take, by Python's own account."""
    tracemalloc.start()
    try:
        table = _table(count)
        used = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    return round(used / len(table) * CREDENTIALS / (1024 * 1024), 1)


def _changes(folder: Path, changes: int, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds from publishing a change until it is in force at an agent, and until a bare subscriber has the message."""
    import paho.mqtt.client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    folder.mkdir()
    clock = SystemClock()
    with EmbeddedBroker(folder / "broker") as broker, _lines(folder / "lines") as (reader, barrier, _):
        settings = _write_agent(folder, broker.url, reader.address, barrier.address)
        _write_table(folder / "data", count)
        config = load_config(settings)
        agent = Agent(config, open_spool(config, clock), system_ports(clock, Random(1)))  # noqa: S311 - jitter only
        agent.start()
        hub = paho.Client(CallbackAPIVersion.VERSION2, "bench-hub")
        hub.on_socket_open = _no_delay
        hub.connect("127.0.0.1", broker.port)
        hub.loop_start()
        try:
            return _time_changes(hub, agent, _table(count), changes)
        finally:
            hub.loop_stop()
            hub.disconnect()
            agent.stop()


def _no_delay(_client: Any, _data: Any, port: Any) -> None:
    port.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _time_changes(hub: Any, agent: Agent, table: Table, changes: int) -> tuple[list[float], list[float]]:
    topic = agent_topic(SITE, mix.AGENTS[0], "order")
    heard = threading.Event()
    hub.on_message = lambda *_: heard.set()
    hub.subscribe(topic, 1)
    times, echoes = [], []
    for number in range(changes + 1):
        order = _next_change(table, number)
        payload = seal(key_of(mix.AGENTS[0]), topic, encode(order))
        heard.clear()
        began = time.monotonic()
        hub.publish(topic, payload, 1)
        _until(heard.is_set)
        echoed = time.monotonic()
        _until(partial(_is_in_force, agent, order.no), again=partial(hub.publish, topic, payload, 1))
        if number:  # the first may have waited for the agent to connect
            echoes.append((echoed - began) * 1000)
            times.append((time.monotonic() - began) * 1000)
    return times, echoes


def _is_in_force(agent: Agent, no: int) -> bool:
    return agent.permits_no() == no


def _next_change(table: Table, number: int) -> ChangePermits:
    """A card is lost. The table is the hub's own copy."""
    head = table.head
    put = Credential(card_name(_CARD_KEY, *_numbers(number), 26), "p", f"{number}", ("residents",), state="lost")
    copy = Table([put])
    old = table.credential(put.id)
    total = int(table.hash, 16) + int(copy.hash, 16) - (int(Table([old]).hash, 16) if old is not None else 0)
    order = ChangePermits(f"c{number}", head.epoch, head.no, head.no + 1, f"{total % (1 << 128):032x}", 0, [put])
    staged = table.stage(order)
    assert staged is not None
    table.commit(staged)
    return order


def _until(happened: Callable[[], bool], again: Callable[[], object] = lambda: None) -> None:
    until = time.monotonic() + _STALL_S
    asked = time.monotonic()
    while not happened():
        if time.monotonic() > until:
            raise Stalled("a change was not in force within 30 s")
        if time.monotonic() - asked > 2.0:
            asked = time.monotonic()
            again()
        time.sleep(0.0002)


def _decisions(folder: Path, swipes: int) -> float:
    """How many of so many decisions under eight kinds of outage are not those of the model, which stands beside the tests."""
    gates = importlib.import_module("tests.faults.gates")
    folder.mkdir()
    return float(len(gates.outages(folder, swipes, Random(1)).violations))  # noqa: S311 - a test's cards
