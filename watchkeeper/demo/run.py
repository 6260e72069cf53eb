"""One run of the demo: everything is started, life is lived, everything is stopped, and the books are compared."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from threading import Event
from types import TracebackType
from typing import NamedTuple, Self
from urllib.error import URLError
from urllib.request import urlopen

from contract.clock import US_PER_S, Clock
from contract.topics import agent_topic
from hub.accounts.local import LOCAL_TOKEN_FILE
from hub.detectors.table import DETECTORS
from hub.policy.load import Policy
from watchkeeper.broker import EmbeddedBroker, Program
from watchkeeper.demo import deskwork, estate, gatebook, people, policy, script, walkers
from watchkeeper.demo.agent_twin import AgentTwin
from watchkeeper.demo.books import Accepted, Books, Committed, accepted
from watchkeeper.demo.children import Child, free_port
from watchkeeper.demo.desk import Operator
from watchkeeper.demo.deskwork import DeskWork
from watchkeeper.demo.forgery import Forger, ToldAgent
from watchkeeper.demo.known import Enrolling
from watchkeeper.demo.life import Curtain, Lane, News, Stage
from watchkeeper.demo.phones import Phone
from watchkeeper.demo.plant import Plant
from watchkeeper.demo.proxy import CutProxy
from watchkeeper.demo.receivers import DutyDesk, Subscriber
from watchkeeper.demo.record import Record
from watchkeeper.demo.rounds import GAP, Night
from watchkeeper.demo.summary import Notified, Summary
from watchkeeper.demo.visiting import GateDesk
from watchkeeper.hub_client import HubClient

START_S = 120.0
SETTLE_LEAST_S, SETTLE_MOST_S, SETTLE_AFTER_S = 4.0, 60.0, 2.0
DRAIN_TRIES = 5
DRAIN_S = 20.0
_LOOK_S = 0.2
_SOON_US = US_PER_S
"""Guards learn so long before the first round of life that it is one."""


class Options(NamedTuple):
    """What may be chosen. `seconds` None: until somebody ends it."""

    folder: Path
    seconds: float | None = None
    speed: float = policy.DEFAULT_SPEED
    seed: int = 1
    film: Path | None = None
    program: Program | None = None
    http_port: int = 0


class NotStarted(RuntimeError):
    """Something did not come up in time. The message says what."""


class Demo:
    """A context manager that starts everything and stops it again; `live`, then `finish`.

    Starting raises BrokerFailed, ChildFailed, NotStarted, ValueError (a film that cannot be used), OSError."""

    def __init__(self, options: Options, clock: Clock, *, on_look: Callable[["Demo"], None]) -> None:
        """`on_look(demo)` is called a few times a second while anything goes on."""
        self.options, self.clock = options, clock
        self.on_look = on_look
        self.state = "starting"
        self.began_us = clock.now_us()
        self._stack = ExitStack()
        self._interrupted = Event()
        self._agents: dict[str, Child] = {}
        self._children: list[Child] = []
        self.lanes: list[Lane] = []
        self._backdrop: list[Lane] = []

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stage.curtain.set()
        for lane in self.lanes:
            lane.join()
        self._stack.close()

    def interrupt(self) -> None:
        """End as soon as may be. From any thread, or a signal's handler."""
        self._interrupted.set()

    @property
    def interrupted(self) -> bool:
        """Whether somebody has asked for the end."""
        return self._interrupted.is_set()

    @property
    def sign_ins(self) -> list[str]:
        """How a person may sign in to the hub."""
        return [one.told for one in self.people.values() if one.password]

    @property
    def reached(self) -> str:
        """What the command line's other commands take to speak to this hub."""
        return f"--url {self.url} --token-file {self.options.folder / 'data' / LOCAL_TOKEN_FILE}"

    @property
    def garage_is_cut(self) -> bool:
        """Whether the garage's cable is cut."""
        return self._garage_cable.is_cut

    def news(self) -> Iterator[News]:
        """What has happened since the last time; nothing before life begins."""
        return iter(()) if self.state == "starting" else self.stage.news()

    # Life

    def live(self) -> None:
        """Let lanes play until life's end, or until somebody interrupts. Raises what a lane raised, and ChildFailed."""
        self.state = "living"
        stage, now_us = self.stage, self.clock.now_us()
        if self.options.seconds is not None:
            stage.end_us = now_us + int(self.options.seconds * US_PER_S)
        span = self.night.span(now_us + _SOON_US, stage.end_us)
        self.books.begin(now_us, span)
        for walker in self.walkers:
            walker.span, walker.news = span, stage
        for lane in self.lanes:
            lane.start(stage)
        while any(lane.alive for lane in self.lanes) and not self.interrupted:
            self._look()
        stage.curtain.set()
        for lane in self.lanes:
            lane.join()
        self._check()

    def finish(self) -> Summary:
        """Wait until all is quiet, let agents and hub end, and compare."""
        self.state = "settling"
        self._settle()
        until_us = self.clock.now_us()
        found = self.books.found(until_us)
        self.state = "stopping"
        logs = self._drain()
        self._wait(lambda: self.books.behind() == 0, SETTLE_MOST_S)
        self._hub.stop()
        notified = Notified(self.desk.received + self.subscriber.received, self.books.undelivered() + self.desk.refused)
        events: Committed = self.books.compare(logs)
        names = (*(detector.name for detector in DETECTORS), GAP)
        return Summary(names, self.record.tally(), found, events, notified, self.interrupted)

    def _settle(self) -> None:
        if self.interrupted:
            return
        self._wait(lambda: False, SETTLE_LEAST_S)
        if self._wait(self._as_expected, SETTLE_MOST_S):
            self._wait(lambda: False, SETTLE_AFTER_S)  # one incident too many may come last

    def _as_expected(self) -> bool:
        return +self.books.found() == +self.record.tally().episodes

    def _drain(self) -> list[Accepted]:
        """End the agents; one that had no time to send everything is started again for it."""
        self._end_backdrop()
        for pump in self.pumps:
            pump.silent = False
        self._wait(lambda: all(pump.settled for pump in self.pumps), DRAIN_S)
        for pump in self.pumps:
            pump.close()
        logs = [Accepted(pump.stream, list(pump.accepted)) for pump in self.pumps]
        self._garage_cable.mend()
        for child in self._agents.values():
            child.stop()
        for agent, child in self._agents.items():
            logs.append(self._drained(agent, child))
        return logs

    def _drained(self, agent: str, child: Child) -> Accepted:
        spool = self.options.folder / agent / "spool.db"
        for _ in range(DRAIN_TRIES):
            log = accepted(spool, agent, self.clock)
            head = log.seqs[-1] if log.seqs else 0
            if self._wait(lambda: self.books.marks().get(log.stream, 0) >= head, 1.0):  # noqa: B023 - called at once
                return log
            child.start()
            self._wait(lambda: self.books.marks().get(log.stream, 0) >= head, DRAIN_S)  # noqa: B023 - called at once
            child.stop()
        return accepted(spool, agent, self.clock)

    # Waiting

    def _look(self) -> None:
        self._check()
        self.on_look(self)
        self._interrupted.wait(_LOOK_S)

    def _check(self) -> None:
        for lane in (*self.lanes, *self._backdrop):
            if lane.error is not None:
                raise lane.error
        if self.state in ("starting", "living", "settling"):
            for child in self._children:
                child.check()

    def _wait(self, condition: Callable[[], bool], limit_s: float) -> bool:
        """Look on until it comes true; whether it did in time."""
        until_us = self.clock.mono_us() + int(limit_s * US_PER_S)
        pause = Event()
        while not condition():
            if self.clock.mono_us() >= until_us:
                return False
            self.on_look(self)
            pause.wait(_LOOK_S)
        return True

    # The start

    def _start(self) -> None:
        options, enter = self.options, self._stack.enter_context
        random = Random(options.seed)  # noqa: S311 - a script, no secret
        keys = estate.Keys(random)
        folder = options.folder
        access = folder / "who-may-connect"
        broker = enter(EmbeddedBroker(folder / "broker", program=options.program, access=access))
        self.desk = enter(DutyDesk(keys.webhook))
        self.plant = enter(Plant(folder / "ports", self.clock, broker_port=broker.port, film=options.film))
        self._garage_cable = enter(CutProxy(broker.port, self.clock, agent_topic(estate.SITE, estate.GARAGE, "batch").encode()))
        self._start_hub(folder, keys, broker, access)
        self.subscriber = enter(Subscriber(broker.port, estate.HUB_USER, keys.hub_at_broker))
        self._start_agents(folder, keys, broker)
        self._start_pumps(broker.port, random)
        self.record = Record()
        shortened = Policy.load(folder / "policy.yaml")
        limits = {name: value for clause in shortened.clauses.values() for name, value in clause.numbers.items()}
        self.stage, self._backstage = (Stage(self.clock, self.record, limits) for _ in range(2))
        desk = DeskWork(self.url, self.people[people.OPERATOR].token, self.people[people.LEADER].token)
        visitors = deque[str]()
        gate = GateDesk(self.url, self.people[people.OPERATOR].token, self.plant.codes, visitors)
        self._backdrop = script.backdrop(self.plant, self._operator(random), desk, gate, Random(random.random()))  # noqa: S311
        self.walkers = [*walkers.walkers(self.plant, self.night, limits), *deskwork.sitters(desk, self.night)]
        self._backdrop += [walkers.lane(walker) for walker in self.walkers]
        self._stack.callback(self._end_backdrop)
        for lane in self._backdrop:
            lane.start(self._backstage)
        self.lanes = script.lanes(self.plant, self._garage_cable, self.pumps, limits, random, visitors=visitors)
        carried = [
            Phone(phone, person, self.url, self.people[phone].token, self.clock, random.randbytes(4).hex())
            for phone, (person, *_) in estate.PHONES.items()
        ]
        self.lanes += script.of_phones(carried, random)
        forger = enter(Forger(broker.port, keys.hub_at_broker))
        told = [ToldAgent(agent, folder / agent, folder / f"{agent}.log", forger) for agent in self._agents]
        self.lanes += script.of_audit(told, self.books.newest_head, random)
        self._await_everybody()

    def _operator(self, random: Random) -> Operator:
        return Operator(self.url, self.people[people.OPERATOR].token, self.books, random)

    def _end_backdrop(self) -> None:
        self._backstage.curtain.set()
        for lane in self._backdrop:
            lane.join()

    def _start_pumps(self, port: int, random: Random) -> None:
        self.pumps = [
            AgentTwin(
                estate.SITE,
                agent,
                self._enrolling.twin(agent),
                f"meter-{agent[-1]}",
                port=port,
                clock=self.clock,
                names=lambda size: random.randbytes(size).hex(),
            )
            for agent in estate.PUMPS
        ]
        for pump in self.pumps:
            pump.start()
            self._stack.callback(pump.close)

    def _start_hub(self, folder: Path, keys: estate.Keys, broker: EmbeddedBroker, access: Path) -> None:
        self.night = Night.at(self.clock.now_us())
        policy.write(folder / "policy.yaml", self.options.speed, self.night)
        estate.write_estate(folder)
        port = self.options.http_port or free_port()
        self.url = f"http://127.0.0.1:{port}"
        settings = estate.write_hub(folder, keys, broker=broker, access=access, http_port=port, webhook=self.desk.url)
        database = folder / "data" / "hub.db"
        self.people = people.make_accounts(
            database, estate.SITE, {phone: person for phone, (person, *_) in estate.PHONES.items()}, self.clock.now_us()
        )
        self._hub = Child(folder / "hub.log", "hub", str(settings))
        self._children.append(self._hub)
        self._stack.callback(self._hub.stop)
        self._until(self._hub_is_ready, "the hub")
        with HubClient(self.url, self._token_file(folder, people.INSTALLER)) as hub:
            for enrolment in estate.enrolments(keys):
                hub.post("/tags", enrolment)
            for resident in gatebook.WANTED:
                hub.post("/watch-list", {"plate": gatebook.plate_of(resident), "reason": "套牌协查 copied plates"})
        administrator = HubClient(self.url, self._token_file(folder, people.ADMINISTRATOR))
        clients = [self._stack.enter_context(one) for one in (administrator, HubClient(self.url, local=False))]
        self._administrator = administrator
        gatebook.write(administrator, keys)
        self._enrolling = Enrolling(*clients)
        self.books = Books(f"sqlite:///{database}")
        self._stack.callback(self.books.close)

    def _token_file(self, folder: Path, name: str) -> Path:
        file = folder / f"{self.people[name].role}.token"
        estate.secret(file, self.people[name].token)
        return file

    def _start_agents(self, folder: Path, keys: estate.Keys, broker: EmbeddedBroker) -> None:
        cable = f"mqtt://127.0.0.1:{self._garage_cable.port}"
        gate, garage = self.plant.gate_devices(), self.plant.garage_devices()
        files = {
            estate.GATE: estate.write_agent(
                folder / estate.GATE, estate.GATE, keys, broker=broker.url, hub=self.url, devices=gate, access=estate.access()
            ),
            estate.GARAGE: estate.write_agent(
                folder / estate.GARAGE, estate.GARAGE, keys, broker=cable, hub=self.url, devices=garage, access=[]
            ),
        }
        for agent, file in files.items():
            self._enrolling.agent(file, agent)
            child = self._agents[agent] = Child(folder / f"{agent}.log", "edge", str(file))
            self._children.append(child)
            self._stack.callback(child.stop)

    def _await_everybody(self) -> None:
        """Life begins when every wired device has spoken, every camera's stream is there, and gates hold the newest table."""
        wired = {row["id"] for row in (*self.plant.gate_devices(), *self.plant.garage_devices())} | {*estate.PUMPS}
        self._until(lambda: wired <= self.books.heard_of(), "a device")
        self._until(lambda: self.books.connected_cameras() >= len(estate.CAMERAS), "a camera's stream")
        self._until(lambda: gatebook.is_everywhere(self._administrator), "a gate's table of permits")

    def _hub_is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=5) as reply:  # noqa: S310 - the hub's own address
                return bool(reply.status == 200)
        except (URLError, OSError):
            return False

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a part of the start. Raises NotStarted, ChildFailed, Curtain when somebody ends it."""
        until_us = self.clock.mono_us() + int(START_S * US_PER_S)
        while not condition():
            if self.interrupted:
                raise Curtain
            if self.clock.mono_us() >= until_us:
                raise NotStarted(f"{what} did not come up within {START_S:.0f} s: run with --keep DIR and read the logs in it")
            self._look()
