"""An agent with gates that are shown credentials one after another, over a real line, in this process; and random tables."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from contract.clock import US_PER_S, Clock, SystemClock
from contract.names import card_name, plate_name
from contract.permits import AnyEntry, Credential, Level, Portal, Right, Rules, Schedule
from contract.readings import AccessDecided, CardRead, PlateRead, Reading
from edge.agent import Agent, MakeLine, Ports
from edge.broker_address import BrokerSettings
from edge.config import AccessRule
from edge.permits.holding import TableFile
from edge.spool import Spool, SpoolLimits
from tests.support.agent_rig import QUICK, ScriptedDevice, ScriptedDriver, device, make_config, nobody, scripted_kind, wait_for
from tests.support.fault_agent import AGENT, KEY, SITE
from tests.support.permit_rig import table_of

CARD_KEY = bytes(range(32, 64))
READERS = ("in", "soft", "out", "inner", "camera")
CARDS = 40
PLATES = 12
UNKNOWN = 4
DAY_S = 86_400


class Swipe(NamedTuple):
    """What is shown where, and what the model is told of it."""

    reader: str
    reading: Reading
    medium: str
    name: str | None
    fault: str = ""


def plate_of(number: int) -> str:
    return f"粤B{10_000 + number}"


def card_of(number: int) -> str:
    return card_name(CARD_KEY, 1, number, 26)


def random_swipe(random: Random) -> Swipe:
    """A card at a reader, or a vehicle at the camera; some of them nobody's, some of them badly read."""
    if random.random() < 0.7:
        number = random.randrange(CARDS + UNKNOWN)
        reader = random.choice(READERS[:4])
        return Swipe(reader, CardRead(bits=26, facility=1, number=number), "card", card_of(number))
    text = plate_of(random.randrange(PLATES + UNKNOWN))
    name = plate_name(CARD_KEY, text)
    return random.choice((
        Swipe("camera", PlateRead(plate=text), "plate", name),
        Swipe("camera", PlateRead(plate=text), "plate", name),
        Swipe("camera", PlateRead(plate=text, doubtful=True), "plate", name, "doubtful_plate"),
        Swipe("camera", PlateRead(plate=text.replace("1", "１")), "plate", name, "odd_plate"),
        Swipe("camera", PlateRead(plate=""), "plate", None, "unreadable_plate"),
    ))  # fmt: skip


def random_table(random: Random, now_s: int) -> list[AnyEntry]:
    """A table in which every reason has somebody; no limit lies near to `now_s`."""
    hours = (-2 * DAY_S, -DAY_S, DAY_S, 2 * DAY_S)

    def some(*values: Any) -> Any:
        return random.choice(values)

    passback_s = some(0, 10**6)
    entries: list[AnyEntry] = [
        Rules(calendar_end=some("refuse", "repeat"), passback_unknown=some("allow", "refuse"), passback_hears_s=some(0, 1)),
        Portal("in", to_zone="estate", passback="hard", passback_s=passback_s),
        Portal("soft", to_zone="estate", passback="soft", passback_s=passback_s),
        Portal("out", from_zone="estate", passback=some("off", "hard"), leave=some("anyone", "known", "permitted")),
        Portal("inner", from_zone="estate", to_zone="tower", passback="hard", factor=some("never", "weak")),
        Portal("camera", to_zone="estate", media=("plate",), passback=some("off", "hard"), passback_s=0),
        Schedule("always"),
        Schedule("now", ((now_s - DAY_S, now_s + DAY_S),), now_s + 9 * DAY_S),
        Schedule("later", ((now_s + DAY_S, now_s + 2 * DAY_S),), now_s + 9 * DAY_S),
        Schedule("ended", ((now_s - 16 * DAY_S, now_s - 13 * DAY_S), (now_s - 10 * DAY_S, now_s - 8 * DAY_S)), now_s - 8 * DAY_S),
    ]
    for level in ("all", "some", "hours", "none"):
        schedules = {"all": ("always",), "some": ("always", "now"), "hours": ("now", "later", "ended"), "none": ("later",)}[level]
        readers = READERS if level == "all" else random.sample(READERS, 3)
        entries.append(Level(level, tuple(Right(reader, some(*schedules)) for reader in readers)))
    for number in range(CARDS + PLATES):
        is_card = number < CARDS
        entries.append(
            Credential(
                card_of(number) if is_card else plate_name(CARD_KEY, plate_of(number - CARDS)),
                f"p{number // 3}",
                f"h{number // some(1, 2)}",
                some(("all",), ("all",), ("some",), ("hours",), ("none", "hours"), ()),
                medium="card" if is_card else "plate",
                state=some("active", "active", "active", "active", "active", "revoked", "lost", "replaced", "suspended"),
                from_s=some(None, None, None, now_s + some(*hours)),
                until_s=some(None, None, None, now_s + some(*hours)),
                uses=some(0, 0, 0, 1, 3),
                spaces=some(0, 0, 0, 1, 2),
                exempt=random.random() < 0.1,
            )
        )
    return entries


class GateLife:
    """A running agent at whose gates credentials are shown. `decided` is the last decision."""

    def __init__(self, folder: Path, entries: list[AnyEntry], line: MakeLine, broker: BrokerSettings, clock: Clock) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.clock = clock
        self.devices = {name: ScriptedDevice() for name in (*READERS, "door")}
        assert TableFile(folder).write(table_of(*entries))
        config = make_config(
            folder, tuple(device(name) for name in self.devices), site=SITE, agent=AGENT, key=KEY, card_key=CARD_KEY,
            broker=broker, access={reader: AccessRule("door", "open", None, {}) for reader in READERS},
        )  # fmt: skip
        self.spool = Spool.open(config.spool_path, AGENT, SpoolLimits(reserve_bytes=65_536), self.clock)
        tokens = Random(7)
        self.agent = Agent(config, self.spool, Ports(
            clock=self.clock, random=Random(7), token=lambda: f"{tokens.getrandbits(128):032x}",
            kinds=lambda name: scripted_kind(name, lambda at: ScriptedDriver(self.devices[at.removeprefix("null:")])),
            line=line, post=lambda *_: 204, version="9.9", get=nobody, backoff=QUICK,
        ))  # fmt: skip
        self.decided: AccessDecided | None = None
        self._record: Callable[..., int] = self.agent._gates._record
        self.agent._gates._record = self._noted  # type: ignore[method-assign]

    def _noted(self, source: Any, asks: Any, decided: AccessDecided, went: Any, opening: Any) -> int:
        self.decided = decided
        return self._record(source, asks, decided, went, opening)

    def start(self) -> None:
        self.agent.start()
        running = self.agent._supervisors
        wait_for(lambda: all(running[name].driver() is not None for name in self.devices), "the devices")

    def stop(self) -> None:
        self.agent.stop()

    def show(self, swipe: Swipe) -> tuple[str, bool, float]:
        """The reason, whether the gate opened, and how long the reader was held up."""
        acts, began = len(self.devices["door"].acts), SystemClock().mono_us()
        self.decided = None
        self.agent._gates._repeats.forget(swipe.reader)  # each vehicle here is another passage
        self.devices[swipe.reader].say(swipe.reading)
        took_s = (SystemClock().mono_us() - began) / US_PER_S
        decided: AccessDecided | None = self.decided
        if decided is None:
            return "nothing", False, took_s
        if decided.granted:
            wait_for(lambda: len(self.devices["door"].acts) > acts, "the gate")
        return decided.reason, len(self.devices["door"].acts) > acts, took_s
