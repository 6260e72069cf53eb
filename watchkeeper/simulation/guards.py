"""Guards on their rounds: what they hold their wands to, when the wands are read out, and what they forget.

A wand remembers, and knows nothing of hubs that are down; a read-out that is cut short is begun anew. A fixed reader says at once
that somebody was there, while its agent runs.
"""

from typing import NamedTuple

from contract.clock import US_PER_S
from contract.readings import CardRead, TagScanned
from hub.duties.plan import Plan
from hub.duties.schedule import Interval
from hub.duties.types import Duty, Route
from hub.ingest.ports import TagAct
from hub.policy.load import Policy
from watchkeeper.simulation.agents import SimAgent
from watchkeeper.simulation.estate import AGENTS, POINT, STAFF, WANDS
from watchkeeper.simulation.hub import SimHub
from watchkeeper.simulation.world import World

HOUR_S = 3_600
OPEN_S = 2_400
"""Rounds do not overlap, so that each can be judged by itself."""
VISITS = 0.75
MARGIN_S = 15.0
READ_OUT_S = (600.0, 2.5 * HOUR_S)
AWAY_S = (4.0 * HOUR_S, 30.0 * HOUR_S)
"""Now and then a guard takes his wand home."""
PLACES = tuple(plan.id for plan in AGENTS)
CARD = "c" * 32
"""What whoever looks after the point holds to its reader, by its keyed hash."""
DUTIES = {"patrol": WANDS, "look": (POINT.device,)}


class Scan(NamedTuple):
    """What a wand has in its memory. `made_us`: by true time."""

    wand: str
    name: str
    place: str
    made_us: int


def plan() -> Plan:
    """A round every hour by wand, and one by card at the fixed reader."""
    policy = Policy.load()
    numbers = {name: policy.numbers("PAT-2")[name] for name in ("checkpoint_min_s", "apart_s", "scan_clock_off_s")}
    numbers["late_scan_max_s"] = policy.numbers("PAT-7")["late_scan_max_s"]
    hourly = (Interval("00:00", "00:00", HOUR_S, OPEN_S),)
    duties = tuple(Duty(duty, "PAT-2", "巡逻", duty, "scan", hourly) for duty in DUTIES)
    places = {"patrol": PLACES, "look": (POINT.place,)}
    return Plan("Asia/Shanghai", duties, tuple(Route(duty, duty, places[duty], DUTIES[duty]) for duty in DUTIES), numbers=numbers)


def tag_of(place: str) -> str:
    """What stands at the place."""
    return f"04A1B2C{PLACES.index(place)}"


class Guards:
    """Two guards, each with a wand of his own."""

    def __init__(self, world: World, hub: SimHub, agents: dict[str, SimAgent]) -> None:
        self._world = world
        self._hub = hub
        self._desk = agents["gatehouse"]
        self._point = agents[POINT.place]
        self._memory: dict[str, list[Scan]] = {wand: [] for wand in WANDS}
        self.made: dict[str, Scan] = {}
        self._desk.wands = WANDS
        self._point.states[POINT.device] = list

    def begin(self) -> None:
        """Tags are enrolled, and the first round begins with the next hour."""
        for place in PLACES:
            self._hub.ask(TagAct("enrol", tag_of(place), "li", "new", "rfid", place=place))
        self._hub.ask(TagAct("enrol", CARD.upper(), "li", "new", "card", person=STAFF))
        left_s = HOUR_S - (self._world.now_us // US_PER_S) % HOUR_S
        self._world.after(left_s, self._round)
        for wand in WANDS:
            self._plan_read_out(wand)

    def _round(self) -> None:
        if self._world.calm:
            return
        self._world.after(HOUR_S, self._round)
        for place in PLACES:
            if self._world.chance(VISITS):
                self._world.after(self._world.seconds(MARGIN_S, OPEN_S - MARGIN_S), lambda place=place: self._visit(place))  # type: ignore[misc]
            elif self._world.chance(0.3):
                self._world.after(
                    self._world.seconds(OPEN_S + MARGIN_S, HOUR_S - MARGIN_S),
                    lambda place=place: self._visit(place),  # type: ignore[misc]
                )
        if self._world.chance(VISITS):
            self._world.after(self._world.seconds(MARGIN_S, OPEN_S - MARGIN_S), self._show_card)

    def _show_card(self) -> None:
        self._point.tell(POINT.device, CardRead(bits=26, card=CARD))

    def _visit(self, place: str) -> None:
        scan = Scan(self._world.random.choice(WANDS), f"w:{len(self.made)}", place, self._world.now_us)
        self.made[scan.name] = scan
        self._memory[scan.wand].append(scan)

    def _plan_read_out(self, wand: str) -> None:
        self._world.after(
            self._world.seconds(*(AWAY_S if self._world.chance(0.06) else READ_OUT_S)), lambda: self._read_out(wand)
        )

    def _read_out(self, wand: str) -> None:
        scans = self._memory[wand]
        if self._desk.read_out(wand, [self._told(scan) for scan in scans]):
            self._memory[wand] = [] if self._world.chance(0.8) else scans[-3:]  # what is not cleared is told again
        if not self._world.calm:
            self._plan_read_out(wand)

    def _told(self, scan: Scan) -> TagScanned:
        """By the agent's clock: it knows how long ago the scan was."""
        made_us = self._desk.clock.now_us() - (self._world.now_us - scan.made_us)
        return TagScanned(tag=tag_of(scan.place), scan=scan.name, made_at_us=made_us)
