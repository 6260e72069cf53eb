"""A lane with a barrier, its sensors and a fire panel; commands come by the agent's real orders, interlocks and actuator, in one
thread. Beside it a model that knows what is true, by which each movement is judged."""

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from contract.clock import US_PER_S, ManualClock
from contract.envelope import encode, seal
from contract.orders import AskNonce, Command, decode_nonce
from contract.readings import BeamState, CommandDone, FireInput, LoopState
from contract.topics import agent_topic
from edge.actuator import Actuator, Job
from edge.interlocks import FireName, Observed
from edge.live import LivePictures
from edge.orders import Hand, Orders, Tables

KEY = b"k" * 32
BARRIER = "barrier"
FIRES: tuple[FireName, ...] = (("panel", "hall"), ("panel", "garage"))
LIFE_US = 5 * US_PER_S
HEARD_US = 3 * US_PER_S
SENSOR_STATES = ("clear", "occupied", "faulty", "both")


class Wrong(AssertionError):
    """The barrier did what it must not, or did not what it must."""


class _Waiting(NamedTuple):
    action: str
    given_us: int


class _Driver:
    def __init__(self) -> None:
        self.acts: list[str] = []

    def run(self, sink: Any, stop: Any) -> None:
        raise NotImplementedError

    def act(self, action: str, _args: Any) -> None:
        self.acts.append(action)


class _Truth:
    """What a careful person at the lane would know."""

    def __init__(self) -> None:
        self.sensors: dict[str, str | None] = {"loop": None, "beam": None}
        self.heard_us: int | None = None
        self.fires: dict[FireName, bool | None] = dict.fromkeys(FIRES)

    def may_close(self, now_us: int) -> bool:
        return (
            all(state == "clear" for state in self.sensors.values())
            and self.heard_us is not None
            and now_us - self.heard_us <= HEARD_US
            and all(active is False for active in self.fires.values())
        )


class Lane:
    """Do things to it, in any order. Raises Wrong."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.truth = _Truth()
        self.told: list[CommandDone] = []
        self.up = False
        self.closings = 0
        self.driver = _Driver()
        self._observed = Observed(FIRES)
        self._actuator = Actuator(
            BARRIER,
            driver=lambda: self.driver if self.up else None,
            judge=lambda action: self._observed.judge(BARRIER, action, ("loop", "beam"), self.clock.mono_us()),
            clock=self.clock,
        )
        self._sent: list[bytes] = []
        self._count = 0
        self._nonces: list[tuple[str, int]] = []
        self._spent: list[str] = []
        self._waiting: list[_Waiting] = []
        hand = Hand(("open", "close", "stop"), self._actuator.ask, self.told.append)
        self._orders = Orders(
            site="lake", agent="gate", key=KEY, hands={BARRIER: hand}, flush=lambda _: None, send_nonce=self._sent.append,
            tell=lambda _: None, live=LivePictures(self.clock), clock=self.clock, token=self._name,
            tables=Tables(lambda _: None, lambda _: None, lambda _: None),
        )  # fmt: skip

    def _name(self) -> str:
        self._count += 1
        return f"{self._count:032x}"

    def sensor(self, name: str, state: str) -> None:
        """The loop or the beam says something."""
        if not self.up:
            return
        busy, faulty = state in ("occupied", "both"), state in ("faulty", "both")
        self._observed.reading(BARRIER, LoopState(busy, faulty) if name == "loop" else BeamState(busy, faulty))
        self.truth.sensors[name] = state

    def heard(self) -> None:
        """The board has answered a poll."""
        if self.up:
            self._observed.heard(BARRIER, self.clock.mono_us())
            if any(state is not None for state in self.truth.sensors.values()):
                self.truth.heard_us = self.clock.mono_us()

    def link(self, up: bool) -> None:
        """The board's link comes or goes."""
        acted = len(self.driver.acts)
        if self.up and not up:
            self._observed.lost(BARRIER)
            self.truth.sensors = {"loop": None, "beam": None}
            self.truth.heard_us = None
        self.up = up
        if len(self.driver.acts) != acted:
            raise Wrong("a link that came or went moved the barrier")

    def fire(self, which: int, active: bool) -> None:
        """A fire input says something."""
        device, name = FIRES[which]
        self._observed.reading(device, FireInput(active=active, name=name))
        self.truth.fires[FIRES[which]] = active

    def fire_link_lost(self) -> None:
        """The fire panel's board cannot be reached: what it said last stays."""
        self._observed.lost("panel")

    def ask_nonce(self) -> None:
        """The hub asks for a nonce."""
        self._order(AskNonce(self._name()))
        self._nonces.append((decode_nonce(self._sent[-1]).nonce, self.clock.mono_us()))

    def command(self, action: str, *, spent: bool = False) -> None:
        """The hub commands, under the newest nonce, or under one that was used already."""
        if spent and self._spent:
            before = len(self.told)
            self._order(Command(self._name(), self._spent[-1], BARRIER, action, "li", "delivery"))
            if self.told[before:] == [] or self.told[-1].outcome != "refused":
                raise Wrong("a nonce was good for two commands")
        elif self._nonces:
            nonce, given_us = self._nonces.pop()
            self._spent.append(nonce)
            before = len(self.told)
            self._order(Command(self._name(), nonce, BARRIER, action, "li", "delivery"))
            is_late = self.clock.mono_us() - given_us > LIFE_US
            refused = len(self.told) > before
            if is_late and not refused:
                raise Wrong("a command was taken after its life")
            if not refused:
                self._waiting.append(_Waiting(action, given_us))

    def carry_out(self) -> None:
        """The actuator does the next thing that waits."""
        if not self._waiting:
            return
        job = self._actuator._queue.get_nowait()
        assert isinstance(job, Job)
        waiting = self._waiting.pop(0)
        acted = len(self.driver.acts)
        outcome, reason = self._actuator._carry_out(job)
        self._actuator._tell(job, outcome, reason)
        self._judge(waiting, self.driver.acts[acted:], reason)

    def _judge(self, waiting: _Waiting, acts: list[str], reason: str) -> None:
        now_us = self.clock.mono_us()
        in_time = now_us - waiting.given_us <= LIFE_US
        wanted = self.up and in_time and (waiting.action != "close" or self.truth.may_close(now_us))
        if acts != ([waiting.action] if wanted else []):
            said = f"{waiting} at {now_us}, link {self.up}, {self.truth.sensors}, {self.truth.fires}, heard {self.truth.heard_us}"
            raise Wrong(f"the barrier did {acts} ({reason}): {said}")
        self.closings += acts == ["close"]

    def _order(self, order: Any) -> None:
        self._orders.take(seal(KEY, agent_topic("lake", "gate", "order"), encode(order)))


Step = Callable[[Lane, Random], None]
STEPS: tuple[Step, ...] = (
    lambda lane, random: lane.sensor(random.choice(("loop", "beam")), random.choice((*SENSOR_STATES, "clear", "clear"))),
    lambda lane, random: lane.sensor(random.choice(("loop", "beam")), "clear"),
    lambda lane, _: lane.heard(),
    lambda lane, _: lane.heard(),
    lambda lane, random: lane.fire(random.randrange(2), random.random() < 0.2),
    lambda lane, _: lane.fire_link_lost(),
    lambda lane, random: lane.link(random.random() < 0.9),
    lambda lane, _: lane.ask_nonce(),
    lambda lane, random: lane.command(random.choice(("close", "close", "close", "open", "stop"))),
    lambda lane, random: lane.command(random.choice(("close", "open")), spent=random.random() < 0.5),
    lambda lane, _: lane.carry_out(),
    lambda lane, _: lane.carry_out(),
    lambda lane, random: lane.clock.advance_us(random.choice((0, 1, 50_000, 1_000_000, HEARD_US, LIFE_US, LIFE_US + 1))),
    lambda lane, random: lane.clock.step_wall_us(random.choice((-1, 1)) * random.randrange(10**12)),
)


def ready(lane: Lane) -> None:
    """Everything is as it should be for a barrier to close."""
    lane.link(True)
    for sensor in ("loop", "beam"):
        lane.sensor(sensor, "clear")
    lane.heard()
    for which in range(len(FIRES)):
        lane.fire(which, False)
    lane.ask_nonce()


def sequence(random: Random, steps: int = 40) -> Lane:
    """A lane that has lived through random steps, half the time from a state in which it may close."""
    lane = Lane()
    if random.random() < 0.5:
        ready(lane)
    for _ in range(steps):
        random.choice(STEPS)(lane, random)
    return lane
