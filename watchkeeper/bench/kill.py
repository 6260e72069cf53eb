"""Three kill -9 of the hub under load: what is lost, doubled or missing, and how soon incidents come again."""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory
from threading import Event, Thread

from contract.clock import SystemClock, parse_rfc3339
from contract.topics import ROOT
from edge.broker_address import BrokerSettings
from edge.link import Link
from edge.spool import Entry, Spool, SpoolLimits
from edge.uplink import Uplink
from watchkeeper.bench import estate, machine, mix, rig
from watchkeeper.bench.children import Child, start_hub, start_limit
from watchkeeper.bench.children import Counter as CommitCounter
from watchkeeper.bench.estate import SITE, key_of
from watchkeeper.bench.rows import Figures, Row, row, spread
from watchkeeper.bench.wire import Stalled, Wire
from watchkeeper.broker import EmbeddedBroker

KILLS = 3
RATE = 5_000
BETWEEN_S = 4.0
_TICK_S = 0.01
_DRAIN_S = 60.0
_INCIDENTS = f"{ROOT}/{SITE}/incidents/+"


def kill(scale: float = 1.0) -> list[Row]:
    """Four rows. `lost` counts what the agent had accepted and the hub never receipted, `missing` what it receipted and its
    store does not have."""
    between_s = max(1.0, BETWEEN_S * scale)
    with TemporaryDirectory(prefix="watchkeeper-bench-") as name:
        folder = Path(name)
        looked = machine.look(folder)
        with EmbeddedBroker(folder / "broker") as broker:
            settings = estate.write_hub(folder / "hub", broker.url)
            with _agent(folder, broker.url) as load:
                restarts = _kill_hubs(settings, broker, load, between_s)
            bare = [_bare_start_s(folder, broker, at) for at in range(KILLS)]
        lost, doubled, missing = _count(folder / "hub" / "data" / "hub.db", load)
    counted = (("lost", lost), ("doubled", doubled), ("missing from the store", missing))
    rows = [row(f"kill: {what}", "events", Figures(p50=found), Figures(), looked) for what, found in counted]
    return [*rows, row("kill: first new incident after a restart", "s", spread(restarts), spread(bare), looked)]


class _Load:
    """An agent's log that grows by RATE events a second, sent by the agent's own link."""

    def __init__(self, folder: Path, broker_url: str) -> None:
        agent, clock, random = mix.AGENTS[0], SystemClock(), SystemRandom().random
        self.spool = Spool.open(folder / "agent" / "spool.db", agent, SpoolLimits(), clock)
        self.uplink = Uplink(SITE, agent, key_of(agent), self.spool, random=random)
        self.link = Link(self.uplink, BrokerSettings(broker_url), clock, random=random, on_order=lambda _: None)
        self.spool.listen(self.link.wake)
        self.head = self.acked = 0
        self.stream = self.spool.stream
        self._said = mix.said(agent)
        self._clock = clock
        self._stop = Event()
        self._thread = Thread(target=self._append, name="load")

    def start(self) -> None:
        self.link.start()
        self._thread.start()

    def stop_appending(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def drain(self) -> None:
        """Until the hub has everything. Raises Stalled."""
        until = time.monotonic() + _DRAIN_S
        while not self.uplink.idle:
            if time.monotonic() > until:
                raise Stalled(f"the hub did not take the log within {_DRAIN_S:.0f} s: {self.uplink.counters}")
            time.sleep(0.01)

    def close(self) -> None:
        self.stop_appending()
        self.link.close(1.0)
        self.head, self.acked = self.spool.head, self.spool.acked
        self.spool.close()

    def _append(self) -> None:
        began, appended = time.monotonic(), 0
        while not self._stop.wait(_TICK_S):
            due = int((time.monotonic() - began) * RATE) - appended
            now_us = self._clock.now_us()
            said = (next(self._said) for _ in range(due))
            self.spool.append_many([Entry(one.device, one.reading, now_us) for one in said])
            appended += due


@contextmanager
def _agent(folder: Path, broker_url: str) -> Iterator[_Load]:
    load = _Load(folder, broker_url)
    try:
        yield load
    finally:
        load.close()


def _kill_hubs(settings: Path, broker: EmbeddedBroker, load: _Load, between_s: float) -> list[float]:
    """Seconds from each restart's process start to the first incident of something that happened after the kill."""
    restarts = []
    raised: list[int] = []

    def on_incident(_topic: str, payload: bytes) -> None:
        change = json.loads(payload) if payload else {}
        if change.get("act") == "raised":
            raised.append(parse_rfc3339(change["incident"]["opened_at"]))

    with Wire(broker.port, "watch", (_INCIDENTS,), on_incident) as wire:
        hub = start_hub(settings)
        try:
            load.start()
            wire.wait(lambda: bool(raised))
            for _ in range(KILLS):
                _watch(wire, between_s)
                hub.kill()
                killed_us = SystemClock().now_us()
                raised.clear()
                hub = start_hub(settings)
                wire.wait(lambda since_us=killed_us: any(at_us > since_us for at_us in raised))  # type: ignore[misc]
                restarts.append(time.monotonic() - hub.began)
            load.stop_appending()
            load.drain()
        finally:
            hub.stop()
    return restarts


def _watch(wire: Wire, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        wire.turn(left)


def _bare_start_s(folder: Path, broker: EmbeddedBroker, at: int) -> float:
    """Seconds from the start of a bare subscriber's process to its first commit, of an event that it finds at once."""
    database, topic = str(folder / f"bare-{at}.db"), f"{rig.BARE_TOPIC}/{at}"
    child: Child = start_limit("subscriber", folder / "bare.log", str(broker.port), topic, database)
    packet = rig.bare_packet(next(mix.said(mix.AGENTS[0])), 1, SystemClock().now_us(), topic)
    with child, Wire(broker.port, "feeder") as wire:
        counter = CommitCounter(child)
        counter.wait_ready()
        wire.send([packet])
        wire.wait(lambda: counter.look() > 0)
        return time.monotonic() - child.began


def _count(database: Path, load: _Load) -> tuple[int, int, int]:
    """Lost, doubled, missing from the store. A number that stands twice is doubled, and so is whatever stands under another
    stream than the one agent's: that is the same log taken in again."""
    db = sqlite3.connect(database)
    try:
        rows = db.execute("SELECT seq FROM event WHERE stream = ?", (load.stream,)).fetchall()
        aside = db.execute("SELECT seq FROM quarantine WHERE stream = ?", (load.stream,)).fetchall()
        strangers = db.execute("SELECT count(*) FROM event WHERE stream NOT IN (?, 'hub')", (load.stream,)).fetchone()[0]
    finally:
        db.close()
    found = Counter(seq for (seq,) in (*rows, *aside))
    missing = sum(seq not in found for seq in range(1, load.acked + 1))
    doubled = sum(found.values()) - len(found) + strangers
    return load.head - load.acked, doubled, missing
