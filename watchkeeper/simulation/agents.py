"""An agent as a process: the real log, watermarks and uplink, killed at any step and started again from disk."""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from contract.clock import US_PER_S, ManualClock
from contract.envelope import unseal
from contract.orders import Flush, decode_order
from contract.readings import AgentStarted, DeviceLink, Heartbeat, Reading, WandRead
from contract.topics import agent_topic
from edge.sources import Journal, Said, Source, Sources
from edge.spool import Entry, Spool, SpoolFull, SpoolLimits
from edge.uplink import Now, Uplink
from watchkeeper.simulation.disk import FULL, Tapped, after_power_cut, synced_files
from watchkeeper.simulation.estate import SITE, AgentPlan
from watchkeeper.simulation.ledger import Ledger, Span, Told
from watchkeeper.simulation.network import Link
from watchkeeper.simulation.world import Fuse, Killed, World

BEAT_S = 30.0
BEAT_JITTER_S = 0.15
NOTICE_S = (2.0, 40.0)
"""How long a lost connection goes unnoticed."""
DOWN_S = ((0.7, 5.0, 30.0), (0.25, 30.0, 240.0), (0.05, 240.0, 900.0))
"""Share, from, to: how long a killed agent stays down."""
SMALL_STEP_US = US_PER_S
AROUND_STEP_US = 60 * US_PER_S

Submit = Callable[[str, bytes], None]


class SkewedClock:
    """An agent's clock: the true one, set wrong by `ahead_us`."""

    def __init__(self, true: ManualClock) -> None:
        self._true = true
        self.ahead_us = 0

    def now_us(self) -> int:
        """The agent's wall time."""
        return self._true.now_us() + self.ahead_us

    def mono_us(self) -> int:
        """Never steps."""
        return self._true.mono_us()


class RecordingLog:
    """The spool as the sources see it; what it accepts is written into the ledger. A reading whose append was cut short is looked
    for after the restart: it is accepted if it is there."""

    def __init__(self, spool: Spool, agent: str, world: World, ledger: Ledger) -> None:
        self._spool, self._agent, self._world, self._ledger = spool, agent, world, ledger
        self.pending: list[Told] = []

    def append(self, device: str, reading: Reading, at_us: int, device_at_us: int | None = None) -> int:
        """See edge.sources.Log."""
        return self.append_many([Entry(device, reading, at_us, device_at_us)])

    def append_many(self, entries: Sequence[Entry]) -> int:
        """See edge.sources.Log."""
        first, stream, now_us = self._spool.head + 1, self._spool.stream, self._world.now_us
        self.pending = [Told(stream, seq, self._agent, one.device, one.reading, now_us) for seq, one in enumerate(entries, first)]
        last = self._spool.append(*entries[0]) if len(entries) == 1 else self._spool.append_many(entries)
        self.settle(stream, last)
        return last

    def settle(self, stream: str, head: int) -> None:
        """What was under way is accepted as far as the log reaches."""
        for told in self.pending:
            if told.stream == stream and told.seq <= head:
                self._ledger.accept(told)
        self.pending = []


class SimAgent:
    """One agent. `states` tells what its devices say of themselves at a start, by device; None for one that is out of reach."""

    def __init__(
        self, plan: AgentPlan, world: World, ledger: Ledger, link: Link, folder: Path, spool_kind: type[Spool], submit: Submit
    ) -> None:
        self.plan = plan
        self.id = plan.id
        self.link = link
        self.fuse = Fuse()
        self.clock = SkewedClock(world.clock)
        self.up = False
        self.boots = 0
        self.states: dict[str, Callable[[], list[Reading] | None]] = {}
        self.wands: tuple[str, ...] = ()
        self._world, self._ledger, self._submit = world, ledger, submit
        self._spool_kind = spool_kind
        self._path = folder / f"{plan.id}.db"
        self._limits = SpoolLimits(plan.spool_bytes, 35 * 86_400 * US_PER_S, 16 * 1024)
        self._order_topic = agent_topic(SITE, plan.id, "order")
        self._cut_short: RecordingLog | None = None
        self._db: Tapped | None = None
        self._online = False
        self._wake = 0
        self._peak_us = 0
        ledger.unclear[plan.id] = []

    # Life

    def boot(self) -> None:
        """Start the process on what is on the disk."""
        self._run(self._boot)

    def kill(self, *, power_cut: bool = False) -> None:
        """The process is gone; it comes back by itself."""
        if self._db is None:
            return
        self._world.counters["crashes"] += 1
        self.fuse.put_out()
        self._db.tap = lambda _sql: None
        kept = synced_files(self._path, self._synchronous()) if power_cut else None
        if self.up:
            self._cut_short = self.log
            self.spool.abandon()
        self._db.close()
        self._db = None
        if kept is not None:
            after_power_cut(self._path, kept)
        self.up = self._online = False
        self._world.after(self._down_s(), self.boot)

    def _boot(self) -> None:
        if self.up:
            return
        self.boots += 1
        self._peak_us = 0
        self.spool = self._spool_kind.open(
            self._path, self.id, self._limits, self.clock, connect=self._connect, name=self._world.name
        )
        if self._cut_short is not None:
            self._cut_short.settle(self.spool.stream, self.spool.head)
            self._cut_short = None
        self.up = True
        if self.spool.damaged is not None:
            self._ledger.faults.append(f"P1: agent {self.id} found its log damaged after a crash")
        self.log = RecordingLog(self.spool, self.id, self._world, self._ledger)
        journal = Journal(self.log, self._failed)
        own = Source([self.id], journal, self.clock)
        self._sources = {self.id: own, **{device: Source([device], journal, self.clock) for device in self.states}}
        self._sources |= {wand: Source([wand], journal, self.clock, remembering=(wand,)) for wand in self.wands}
        self._all = Sources(self._sources.values())
        self.uplink = Uplink(SITE, self.id, self.plan.key, self.spool, random=self._world.random.random)
        own.append([Said(self.id, AgentStarted("sim", self.spool.unclean))])
        for device, states in self.states.items():
            self._tell_states(device, states())
        self._world.after(self._world.seconds(0.2, 4.0), self._of_this_boot(self._connected))
        self._plan_beat()

    def _connect(self, path: Path, **more: Any) -> sqlite3.Connection:
        db: Tapped = sqlite3.connect(path, factory=Tapped, **more)
        db.tap = lambda _sql: self.fuse.step("spool")
        self._db = db
        return db

    def _synchronous(self) -> int:
        """What the connection in use says; one that is closed already has left nothing unsynced."""
        try:
            return int(self._db.execute("PRAGMA synchronous").fetchone()[0]) if self._db is not None else FULL
        except sqlite3.ProgrammingError:
            return FULL

    def _failed(self, error: Exception) -> None:
        self._ledger.faults.append(f"P1: agent {self.id}: {error}")

    def _down_s(self) -> float:
        pick = 0.0 if self._world.calm else self._world.random.random()
        for share, low, high in DOWN_S:
            if pick < share:
                return self._world.seconds(low, high)
            pick -= share
        return DOWN_S[0][2]

    def _run(self, what: Callable[[], None]) -> None:
        """Do something in the process, which may die of it."""
        try:
            what()
        except Killed:
            self.kill(power_cut=self._world.chance(0.4))

    def _of_this_boot(self, what: Callable[[], None]) -> Callable[[], None]:
        boot = self.boots

        def happening() -> None:
            if self.up and self.boots == boot:
                self._run(what)

        return happening

    # Devices

    def tell(self, device: str, reading: Reading, *, from_device: bool = True) -> None:
        """A device says something; nobody hears it while the process is down."""

        def say() -> None:
            try:
                self._sources[device].append([Said(device, reading)], from_device=from_device)
            except SpoolFull:
                self._world.counters["spool_full"] += 1
            self.fuse.step("accepted")
            self._pump()

        if self.up:
            self._run(say)

    def read_out(self, wand: str, scans: Sequence[Reading]) -> bool:
        """A wand is read out. False where that was cut short, or nobody was there to do it."""
        whole: list[int] = []

        def say() -> None:
            source = self._sources[wand]
            try:
                for scan in scans:
                    source.append([Said(wand, scan)], from_device=False)
                now_us = self.clock.now_us()
                source.append([Said(wand, WandRead(len(scans), now_us))], from_device=False)
            except SpoolFull:
                self._world.counters["spool_full"] += 1
                return
            source.told(wand, now_us)
            whole.append(now_us)
            self.fuse.step("accepted")
            self._pump()

        if self.up:
            self._run(say)
        return bool(whole)

    def tell_states(self, device: str) -> None:
        """A device is (again) within reach, or lost."""
        if self.up:
            self._run(lambda: self._tell_states(device, self.states[device]()))
            if self.up:
                self._run(self._pump)

    def _tell_states(self, device: str, states: list[Reading] | None) -> None:
        source = self._sources[device]
        source.append([Said(device, DeviceLink(states is not None, "sim"))], from_device=False)
        for reading in states or ():
            source.append([Said(device, reading)])

    def _plan_beat(self) -> None:
        """All agents beat at nearly the same moments, so that the hub has them in few turns."""
        left_s = BEAT_S - (self._world.clock.mono_us() / US_PER_S) % BEAT_S
        self._world.after(left_s + self._world.seconds(0, BEAT_JITTER_S), self._of_this_boot(self._beat_on))

    def _beat_on(self) -> None:
        self._plan_beat()
        self._beat("")

    def _beat(self, flush: str) -> None:
        self._sources[self.id].alive()
        for device, states in self.states.items():
            if states() is not None:
                self._sources[device].alive()
        beat = Heartbeat(self._all.watermarks(), self.spool.size_bytes, self.spool.rows, self.spool.dropped, flush)
        self._sources[self.id].append([Said(self.id, beat)])
        self.fuse.step("accepted")
        self._pump()

    # The way to the hub

    def on_receipt(self, payload: bytes) -> None:
        """A receipt arrives."""
        if self._online:
            self._run(partial(self._take_receipt, payload))

    def on_order(self, payload: bytes) -> None:
        """An order arrives. Flushes are carried out; cameras here take no pictures."""
        if self._online:
            order = decode_order(unseal(self.plan.key, self._order_topic, payload))
            if isinstance(order, Flush):
                self._run(lambda: self._beat(order.id))

    def lose_connection(self) -> None:
        """The link is split: both ends notice after a while, and the agent comes back some time after it is mended."""
        self._world.after(self._world.seconds(*NOTICE_S), self._of_this_boot(self._notice))

    def come_back(self) -> None:
        """The link is good for the rest of the simulation."""
        self.link.mend()
        self._reconnect()

    def step_clock(self, by_us: int) -> None:
        """Somebody sets the agent's clock, if it is up. Where that is much, the times of its readings are anybody's guess, from
        the oldest one that the hub has not got until the clock has caught up with what it said before."""
        if not self.up:
            return
        self._peak_us = max(self._peak_us, self.clock.now_us())
        self.clock.ahead_us += by_us
        self._world.counters["clock_steps"] += 1
        if abs(by_us) <= SMALL_STEP_US:
            return
        now_us = self._world.now_us
        frozen_us = max(0, self._peak_us - self.clock.now_us())
        waits = self._ledger.told.get((self.spool.stream, self.spool.acked + 1))
        oldest_us = now_us if waits is None else waits.true_us
        self._ledger.unclear[self.id].append(Span(oldest_us - AROUND_STEP_US, now_us + frozen_us + AROUND_STEP_US))

    def _notice(self) -> None:
        if self.link.cut and self._online:
            self._online = False
            self.uplink.on_disconnected()
            self._submit(agent_topic(SITE, self.id, "status"), b'{"online":false}')
            self._reconnect()

    def _reconnect(self) -> None:
        left_s = max(0, self.link.until_us - self._world.now_us) / US_PER_S
        self._world.after(left_s + self._world.seconds(0.1, 8.0), self._of_this_boot(self._connected))

    def _connected(self) -> None:
        if self._online:
            return
        if self.link.cut:
            self._reconnect()
            return
        self._online = True
        self.uplink.on_connected(self._now)
        self._pump()

    @property
    def _now(self) -> Now:
        return Now(self.clock.now_us(), self.clock.mono_us())

    def _take_receipt(self, payload: bytes) -> None:
        self.fuse.step("receipt")
        self.uplink.on_receipt(payload, self._now)
        self._pump()

    def _pump(self) -> None:
        for message in self.uplink.next(self._now):
            self.fuse.step("send")
            self.link.send(partial(self._submit, message.topic, message.payload))
        wake_us = self.uplink.wake_at
        if wake_us is None:
            return
        self._wake += 1
        wake = self._wake
        left_us = max(100, wake_us - self._world.clock.mono_us())
        pump = self._of_this_boot(self._pump)
        self._world.at_us(self._world.now_us + left_us, lambda: pump() if wake == self._wake else None)
