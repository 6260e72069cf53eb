"""The hub as a process: the real core on a real database, killed at any named step of a commit and started again from disk."""

import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from contract.clock import US_PER_S
from contract.envelope import Receipt, encode, seal
from contract.orders import AnyOrder
from contract.topics import Leaf, agent_topic, parse_agent_topic
from hub.cases.types import Change
from hub.duties.plan import Plan
from hub.feed import ChangeFeed
from hub.ingest.core import Core, Input, Message, Request
from hub.ingest.lease import LeaseLost
from hub.ingest.ports import Ask, CaseAct, StepName, Write
from hub.ingest.rules import rules_of
from hub.store.backup import backup, restore
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from hub.store.read import SiteReads
from watchkeeper.simulation.agents import SimAgent
from watchkeeper.simulation.disk import after_power_cut, synced_files
from watchkeeper.simulation.estate import SITE, estate, policy
from watchkeeper.simulation.ledger import Acted, Ledger, Span
from watchkeeper.simulation.notices import OutsideChannel, reader_of
from watchkeeper.simulation.parts import Parts
from watchkeeper.simulation.world import Fuse, Killed, World

OWNER = "hub"
TURN_S = (0.001, 0.3)
ALARMING = (b'"active":true', b'"attached":false')
"""In a message: a reading that makes an incident at once."""
DOWN_S = ((0.9, 0.5, 20.0), (0.1, 20.0, 900.0))
"""Share, from, to: how long a killed hub stays down."""


class SimHub:
    """The hub and its database. `agents` by id are set once they are made."""

    def __init__(self, world: World, ledger: Ledger, folder: Path, parts: Parts, plan: Plan | None = None) -> None:
        self.agents: dict[str, SimAgent] = {}
        self.fuse = Fuse()
        self.up = False
        self.boots = 0
        self.booted_us = 0
        self.path = folder / "hub.db"
        self._url = f"sqlite:///{self.path}"
        self._backup = folder / "backup.zip"
        self._backup_us = 0
        self._world, self._ledger, self._parts = world, ledger, parts
        self._estate = estate()
        self._rules = rules_of(policy(), parts.detectors)._replace(plan=plan)
        self._inbox: deque[Input] = deque()
        self._under_way: list[Input] = []
        self._wake = 0
        self._turn_us = 0
        self._down_us = 0
        self._reading = False
        self._frozen: Engine | None = None
        self._ambush = ""

    # Life

    def boot(self) -> None:
        """Start the process on what is on the disk."""
        if self.up:
            return
        self.boots += 1
        self._engine: Engine = self._parts.engine(self._url)
        self._reads_engine = open_engine(self._url, read_only=True)
        migrate(self._engine)
        with self._engine.connect() as connection:
            self._synchronous = int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
        reads = SiteReads(self._reads_engine, SITE)
        self._feed = ChangeFeed(reads)
        self.core = self._new_core()
        self.core.open(self._world.now_us)
        self.up, self.booted_us = True, self._world.now_us
        if self._down_us:
            self._ledger.hub_down.append(Span(self._down_us, self.booted_us))
        self._check_promises()
        channel = OutsideChannel(self._world, self._ledger, self.fuse)
        random = self._world.random.random
        self._reader = reader_of(
            self._parts.reader, channel, self._feed, reads, asker=self, clock=self._world.clock, chance=random
        )
        self._reading = False
        self._plan_read(0.01)
        self._plan_turn(0.0)

    def kill(self, *, power_cut: bool = False) -> None:
        """The process is gone; it comes back by itself."""
        self._die(power_cut=power_cut)
        self._world.after(self._down_s(), self.boot)

    def _die(self, *, power_cut: bool) -> None:
        self._world.counters["crashes"] += 1
        self.fuse.put_out()
        kept = synced_files(self.path, self._synchronous) if power_cut else None
        self._close()
        self._down_us = self._world.now_us
        if kept is not None:
            self._end_frozen()
            after_power_cut(self.path, kept)

    def _end_frozen(self) -> None:
        """A power cut ends every process."""
        if self._frozen is not None:
            self._frozen.dispose()
            self._frozen = None

    def _close(self) -> None:
        self._reads_engine.dispose()
        self._engine.dispose()
        self._inbox.clear()
        self._under_way = []
        self.up = False

    def close(self) -> None:
        """End everything, without a goodbye."""
        self._end_frozen()
        if self.up:
            self._close()

    def _down_s(self) -> float:
        pick = 0.0 if self._world.calm else self._world.random.random()
        low, high = next(((low, high) for share, low, high in DOWN_S if pick < share), DOWN_S[0][1:])
        return self._world.seconds(low, high)

    def _new_core(self) -> Core:
        return self._parts.core(
            self._engine,
            self._estate,
            self._rules,
            self,
            owner=OWNER,
            mono_us=self._world.clock.mono_us,
            new_id=lambda: self._world.name(8),
            hook=self._step,
            on_changes=self._changed,
        )

    def _run(self, what: Callable[[], None]) -> None:
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

    # Turns

    def submit(self, topic: str, payload: bytes) -> None:
        """A message from the broker; nobody hears it while the process is down."""
        if self.up:
            if self._ambush and any(sign in payload for sign in ALARMING):
                self.fuse.light(1, self._ambush)
                self._ambush = ""
            self._inbox.append(Message(topic, payload))
            self._plan_turn(self._world.seconds(*TURN_S))

    def ask(self, asked: Ask) -> "Future[Any]":
        """As the worker's: done in the next turn."""
        future: Future[Any] = Future()
        self._inbox.append(Request(asked, future))
        self._plan_turn(self._world.seconds(*TURN_S))
        return future

    def act(self, asked: CaseAct) -> None:
        """A person's act. What the hub confirms is written into the ledger."""
        if self.up:
            self.ask(asked).add_done_callback(self._acted)

    def _acted(self, future: "Future[Any]") -> None:
        answer = None if future.exception() else future.result()
        if isinstance(answer, Change):
            self._ledger.acted.append(Acted(answer.case.case_no, answer.act, answer.case.version))

    def _plan_turn(self, seconds: float) -> None:
        at_us = self._world.now_us + int(seconds * US_PER_S)
        if self._turn_us > self._world.now_us and self._turn_us <= at_us and self._wake:
            return
        self._wake += 1
        self._turn_us = at_us
        wake, turn = self._wake, self._of_this_boot(self._turn)
        self._world.at_us(at_us, lambda: turn() if wake == self._wake else None)

    def _turn(self) -> None:
        self._turn_us = 0
        self._under_way = list(self._inbox)
        self._inbox.clear()
        self.core.turn(self._under_way, self._world.now_us)
        self._under_way = []
        self._plan_turn(max(0.001, (self.core.next_us() - self._world.now_us) / US_PER_S))

    def _step(self, step: StepName) -> None:
        if step == "committed":
            self._note_heard()
        self.fuse.step(step)

    def _note_heard(self) -> None:
        """The turn is committed: whoever had a message in it was heard."""
        topics = [parse_agent_topic(one.topic) for one in self._under_way if isinstance(one, Message)]
        for agent in dict.fromkeys(topic.agent for topic in topics if topic is not None and topic.leaf == "batch"):
            self._ledger.heard_us.setdefault(agent, []).append(self._world.now_us)

    def _changed(self, rows: Any) -> None:
        self._feed.on_change(rows)
        self._plan_read(self._world.seconds(0.01, 0.5))

    # What the hub says

    def receipt(self, agent: str, receipt: Receipt) -> None:
        """See hub.ingest.ports.Out."""
        promised = self._ledger.promised
        promised[receipt.stream] = max(promised.get(receipt.stream, 0), receipt.up_to)
        self._send(agent, "receipt", encode(receipt))

    def order(self, agent: str, order: AnyOrder) -> None:
        """See hub.ingest.ports.Out."""
        self._send(agent, "order", encode(order))

    def _send(self, agent: str, leaf: Leaf, body: bytes) -> None:
        to = self.agents[agent]
        payload = seal(to.plan.key, agent_topic(SITE, agent, leaf), body)
        to.link.send(partial(to.on_receipt if leaf == "receipt" else to.on_order, payload))

    def _plan_read(self, seconds: float) -> None:
        if not self._reading:
            self._reading = True
            self._world.after(seconds, self._of_this_boot(self._read))

    def _read(self) -> None:
        self._reading = False
        again_s = self._reader.step()
        if again_s is not None:
            self._plan_read(again_s)

    # Disasters

    def ambush(self, step: str) -> None:
        """Kill the process at that step of the turn with the next alarm: most turns have nothing to lose."""
        self._ambush = step

    def freeze(self, seconds: float) -> None:
        """The process stands still, another takes the site over, and then the first one goes on as if nothing had been."""
        if not self.up or self._frozen is not None:
            return
        frozen, engine = self.core, self._engine
        late: list[Input] = [*self._inbox, Request(Write(lambda _connection: None), Future())]
        self._reads_engine.dispose()
        self._inbox.clear()
        self.up = False
        self._down_us = self._world.now_us
        self.fuse.put_out()
        self._world.counters["freezes"] += 1
        self.boot()

        def thaw() -> None:
            if self._frozen is not engine:
                return
            self._frozen = None
            try:
                frozen.turn(late, self._world.now_us)
                self._ledger.faults.append("P2: a hub that had lost its lease went on writing")
            except (LeaseLost, Killed):
                pass
            finally:
                engine.dispose()

        self._frozen = engine
        self._world.after(seconds, thaw)

    def back_up(self) -> None:
        """Write a backup while the hub runs."""
        backup(self._url, self._backup)
        self._backup_us = self._world.now_us
        self._world.counters["backups"] += 1

    def restore(self) -> None:
        """The database is lost and put back from the last backup, if there is one."""
        if not self._backup_us or not self.up:
            return
        self._close()
        self._down_us = self._world.now_us
        restore(self._backup, self._url, self._world.now_us, force=True)
        self._world.counters["restores"] += 1
        with closing(sqlite3.connect(self.path)) as database:
            marks = dict(database.execute("SELECT stream, mark FROM stream").fetchall())
        self._ledger.put_back(Span(self._backup_us, self._world.now_us + 60 * US_PER_S), marks)
        self._world.after(self._world.seconds(5.0, 60.0), self.boot)

    def _check_promises(self) -> None:
        """What a receipt has named must be there after every start."""
        with self._reads_engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT stream, mark FROM stream").all()
        marks = {str(row[0]): int(row[1]) for row in rows}
        for stream, promised in self._ledger.promised.items():
            mark = marks.get(stream, 0)
            if promised > mark:
                wrong = f"P1: receipts named stream {stream[:8]} up to {promised}, and after a restart {mark} is there"
                self._ledger.faults.append(wrong)
