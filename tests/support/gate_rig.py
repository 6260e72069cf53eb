"""A gate with a lane, a door and a fire panel on a manual clock, and what happens there."""

from typing import Any

from contract.clock import US_PER_S, ManualClock
from contract.readings import AccessDecided, BarrierState, CommandDone, FireInput, LoopState, PlateRead, Reading
from hub.estate import Agent, DeviceRow, Estate, EstateFile, Place
from tests.support.site_rig import KEY, OTHER_KEY, SITE, Hub, HubMaker, ModelAgent

CLOSED, MOVING, OPEN = BarrierState("closed"), BarrierState("moving"), BarrierState("open")
ON, OFF = LoopState(True), LoopState(False)
PLATE = "粤B12345"


def estate() -> Estate:
    """A barrier with its reader and its camera, and a door, behind one agent; a fire panel behind another."""
    names: Any = {"name_zh": "名", "name_en": "name"}
    devices = [
        DeviceRow("barrier-1", "barrier", "gate", "gatehouse", **names),
        DeviceRow("lane-1", "camera", "gate", "gatehouse", opens="barrier-1", **names),
        DeviceRow("reader-1", "reader", "gate", "gatehouse", opens="barrier-1", **names),
        DeviceRow("door-1", "door", "gate", "gatehouse", **names),
        DeviceRow("reader-2", "reader", "gate", "gatehouse", opens="door-1", **names),
        DeviceRow("exit-1", "contacts", "gate", "gatehouse", opens="door-1", **names),
        DeviceRow("fire-1", "contacts", "gate", "cellar", frees=["barrier-1", "door-1"], **names),
    ]
    agents = [Agent("gatehouse", "gate", **names, key=KEY.hex()), Agent("cellar", "gate", **names, key=OTHER_KEY.hex())]
    file = EstateFile(SITE, "名", "name", "Asia/Shanghai", [Place("gate", **names)], agents, devices)
    return Estate(file, {"gatehouse": KEY, "cellar": OTHER_KEY})


def granted(**more: Any) -> AccessDecided:
    """A plate of the table, on its way in."""
    known: dict[str, Any] = {"medium": "plate", "plate": PLATE, "permit": "p-1", "to_zone": "estate", "table_no": 7}
    return AccessDecided(card="a" * 32, granted=True, **({"reason": "permit"} | known | more))


def refused(reason: str, **more: Any) -> AccessDecided:
    """A plate that is not let in."""
    known: dict[str, Any] = {"medium": "plate", "plate": PLATE, "permit": "p-1", "to_zone": "estate", "table_no": 7}
    return AccessDecided(card="a" * 32, granted=False, reason=reason, **(known | more))


def by_hand(actor: str = "li") -> CommandDone:
    """Somebody has opened it from the console."""
    return CommandDone(nonce="n1", action="open", outcome="done", actor=actor)


class Gate:
    """The gate, its two agents and the hub."""

    def __init__(self, make: HubMaker, url: str) -> None:
        self.hub: Hub = make(url, ManualClock(), book=estate())
        self.agent = ModelAgent(self.hub.clock)
        self.cellar = ModelAgent(self.hub.clock, "cellar", OTHER_KEY, "0" * 31 + "2")
        self.say("barrier-1", CLOSED)
        self.say("barrier-1", OFF)

    def say(self, device: str, reading: Reading, *, ago_s: float = 0.0) -> str:
        """A device tells, and the hub has it. Returns the event's name."""
        agent = self.cellar if device == "fire-1" else self.agent
        at_us = self.hub.clock.now_us() - round(ago_s * US_PER_S)
        self.hub.take(agent.says(device, reading, at_us=at_us))
        return f"{agent.stream}:{agent.log[-1].seq}"

    def later(self, seconds: float) -> None:
        """Time passes, and both agents say that they are there."""
        self.hub.clock.advance_us(round(seconds * US_PER_S))
        self.hub.take(self.agent.batch([self.agent.beat()]), self.cellar.batch([self.cellar.beat()]))

    def openings(self) -> list[tuple[str, str, str]]:
        """Gate, what explains it, and in whose name."""
        return [tuple(row) for row in self.hub.rows("opening", "gate", "explained", "who")]

    def fire(self, active: bool) -> str:
        """The fire panel's input."""
        return self.say("fire-1", FireInput(active, "hall"))

    def read(self, plate: str = PLATE, **more: Any) -> str:
        """The lane's camera reads a plate."""
        return self.say("lane-1", PlateRead(plate, **more))
