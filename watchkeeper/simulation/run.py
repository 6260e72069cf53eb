"""The simulation's composition root: an estate, its faults, and the checks after every virtual hour."""

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from contract.clock import US_PER_S, rfc3339
from hub.ingest import core
from hub.ingest.ports import CaseAct, MaintenanceAct
from hub.policy.load import Policy
from watchkeeper.simulation.agents import SimAgent
from watchkeeper.simulation.check_events import EventCheck
from watchkeeper.simulation.check_gaps import GapCheck
from watchkeeper.simulation.check_incidents import IncidentCheck, undelivered
from watchkeeper.simulation.digest import digest
from watchkeeper.simulation.disk import free
from watchkeeper.simulation.estate import AGENTS
from watchkeeper.simulation.faults import unleash
from watchkeeper.simulation.guards import Guards, plan
from watchkeeper.simulation.hub import SimHub
from watchkeeper.simulation.ledger import Ledger
from watchkeeper.simulation.network import Link
from watchkeeper.simulation.parts import Parts, Swap, swapped
from watchkeeper.simulation.reference import Reference
from watchkeeper.simulation.script import people
from watchkeeper.simulation.world import World

HOUR_US = 3600 * US_PER_S
MINUTE_US = 60 * US_PER_S
DAY_US = 24 * HOUR_US
CALM_US = (30 * 60 + 15) * US_PER_S
"""How long the end is given to come to rest; it ends between two heartbeats."""
VIOLATIONS_MAX = 20
MEMORY = Path("/dev/shm")  # noqa: S108
SPEED_UP = (Swap(core, "RENEW_US", 15 * US_PER_S), Swap(core, "SWEEP_EVERY_US", MINUTE_US))
"""A hub with nothing to do renews its lease three times as rarely, and looks for old rows each minute: most of a day is that."""

Progress = Callable[[float, int], None]
"""Told of the virtual hours done, and of the events accepted."""


class Violation(NamedTuple):
    """A promise that was not kept, first seen at the check of this virtual time."""

    at: str
    seed: int
    words: str


class Result(NamedTuple):
    """How a run ended. `faults` counts what was done to the system."""

    seed: int
    days: float
    events: int
    incidents: int
    crashes: int
    violations: list[Violation]
    hash: str
    faults: dict[str, int]


class Simulation:
    """One run. It stops at the first check that finds something: what comes after a violation proves nothing."""

    def __init__(self, seed: int, folder: Path, parts: Parts, *, scale: float = 1.0) -> None:
        self.world = World(seed)
        self.ledger = Ledger()
        self.hub = SimHub(self.world, self.ledger, folder, parts, plan())
        self.agents = [
            SimAgent(plan, self.world, self.ledger, Link(self.world), folder, parts.spool, self.hub.submit) for plan in AGENTS
        ]
        self.hub.agents = {agent.id: agent for agent in self.agents}
        self.guards = Guards(self.world, self.hub, self.hub.agents)
        self.violations: list[Violation] = []
        policy = Policy.load()
        self._events = EventCheck(self.ledger)
        self._incidents = IncidentCheck(self.ledger, Reference.of_policy(policy), policy)
        self._gaps = GapCheck(self.ledger, self.guards)
        self._restores = 0
        self._scale = scale

    def run(self, days: float, progress: Progress = lambda _hours, _events: None) -> Result:
        """Let `days` pass, with a check each hour, then let all come to rest, and check that nothing is missing."""
        self._begin()
        end_us = self.world.start_us + int(days * DAY_US)
        while self.world.now_us < end_us and not self.violations:
            self.world.run_until(min(self.world.now_us + HOUR_US, end_us))
            self._check()
            progress((self.world.now_us - self.world.start_us) / HOUR_US, len(self.ledger.told))
        if not self.violations:
            self._come_to_rest()
        return self._result(days)

    def close(self) -> None:
        """End all processes."""
        self.hub.close()
        for agent in self.agents:
            if agent.up:
                agent.spool.abandon()

    def _begin(self) -> None:
        begins = people(self.agents, self.world)
        self.hub.boot()
        for agent in self.agents:
            agent.boot()
        self.world.run_until(self.world.now_us + 10 * US_PER_S)
        for begin in begins:
            begin()
        self.guards.begin()
        unleash(self.world, self.hub, self.agents, scale=self._scale)
        self._operate()

    def _operate(self) -> None:
        """Somebody in the control room takes every third incident or so, shelves one now and then, and has a device worked on."""
        if self.world.calm:
            return
        self.world.after(self.world.seconds(60, 600), self._operate)
        with self._database() as database:
            rows = database.execute("SELECT case_no FROM case_ WHERE state = 'open' ORDER BY case_no DESC LIMIT 5").fetchall()
        if rows and self.world.chance(0.5):
            number, shelves = self.world.random.choice(rows)[0], self.world.chance(0.3)
            name, fields = ("shelve", {"reason": "x", "minutes": "20"}) if shelves else ("acknowledge", {})
            self.hub.act(CaseAct(number, name, "li", "operator", fields))
        if self.hub.up and self.world.chance(0.1):
            place = self.world.random.choice([plan.id for plan in AGENTS])
            until_us = self.world.now_us + 1_200 * US_PER_S
            self.hub.ask(MaintenanceAct(place, "", "", None, until_us, "x", "li"))

    def _come_to_rest(self) -> None:
        """No more faults: what was accepted must come in, what changed must go out."""
        self.world.calm = True
        for agent in self.agents:
            agent.fuse.put_out()
            agent.come_back()
        self.hub.fuse.put_out()
        self.world.run_until(self.world.now_us // MINUTE_US * MINUTE_US + CALM_US)
        self._check()
        if not self.violations:
            self._check_end()

    def _check(self) -> None:
        for words in self.ledger.faults:
            self._violated(words)
        if self._restores != self.world.counters["restores"]:
            self._restores = self.world.counters["restores"]
            self._events.forget()
        with self._database() as database:
            for words in self._events.hub(database):
                self._violated(words)
            for agent in self.agents:
                if not agent.up:
                    continue
                with agent.fuse.held():
                    for words in self._events.agent(agent):
                        self._violated(words)
            for words in undelivered(database, self.ledger):
                self._violated(words)
            if self.hub.up:
                found = self._incidents.check(database, self._events, self.world.now_us, self.hub.booted_us)
                for words in chain(found, self._gaps.check(database, self.world.now_us, self.hub.booted_us)):
                    self._violated(words)

    def _check_end(self) -> None:
        with self._database() as database:
            for words in undelivered(database, self.ledger, everything=True):
                self._violated(words)
        for agent in self.agents:
            if not agent.up or not agent.uplink.idle:
                self._violated(f"P1: agent {agent.id} could not deliver everything when nothing was in its way any more")

    def _violated(self, words: str) -> None:
        if len(self.violations) < VIOLATIONS_MAX:
            self.violations.append(Violation(rfc3339(self.world.now_us), self.world.seed, words))

    def _database(self) -> "closing[sqlite3.Connection]":
        return closing(sqlite3.connect(self.hub.path, isolation_level=None))

    def _result(self, days: float) -> Result:
        with self._database() as database:
            incidents = int(database.execute("SELECT count(*) FROM case_").fetchone()[0])
            whole = digest(database)
        counters = self.world.counters
        faults = {name: counters[name] for name in sorted(counters)}
        told = len(self.ledger.told)
        return Result(self.world.seed, days, told, incidents, counters["crashes"], self.violations, whole, faults)


def simulate(
    seed: int,
    days: float,
    parts: Parts | None = None,
    *,
    scale: float = 1.0,
    progress: Progress = lambda _hours, _events: None,
) -> Result:
    """Run one simulation in a folder of its own, in memory where the machine has such a place."""
    parts = parts or Parts()
    folder = Path(tempfile.mkdtemp(prefix="watchkeeper-simulation-", dir=MEMORY if MEMORY.is_dir() else None))
    simulation: Simulation | None = None
    try:
        with swapped(SPEED_UP + parts.swaps):
            simulation = Simulation(seed, folder, parts, scale=scale)
            return simulation.run(days, progress)
    finally:
        if simulation is not None:
            simulation.close()
        free(folder)
