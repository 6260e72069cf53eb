"""An estate with rounds: three checkpoints, a wand, a fixed reader, a phone, and a hub on a manual clock."""

from collections.abc import Callable
from typing import Any

from contract.clock import US_PER_S, ManualClock
from contract.readings import Heartbeat, TagScanned
from hub.duties.plan import Plan
from hub.duties.schedule import Interval, Times
from hub.duties.types import Duty, Person, Route, Seen
from hub.estate import Agent, DeviceRow, Estate, EstateFile, PersonRow, Phone, Place
from hub.ingest.core import Message
from hub.ingest.ports import Item, Report, TagAct
from tests.support.site_rig import KEY, SITE, Hub, ModelAgent

HOUR_S = 3_600
NUMBERS = {"checkpoint_min_s": 3.0, "apart_s": 60.0, "scan_clock_off_s": 120.0, "late_scan_max_s": 72.0 * HOUR_S}
PLACES = ("gate", "pump", "roof")


def us(hours: float) -> int:
    """Hours of the manual clock's first day, in Shanghai."""
    return START_US + round(hours * HOUR_S * US_PER_S)


START_US = ManualClock().now_us()


def estate() -> Estate:
    """Places, a gatehouse with a wand, a reader at the pump, a camera at the gate, and a phone."""
    names: Any = {"name_zh": "名", "name_en": "name"}
    devices = [
        DeviceRow("wand-1", "wand", "gate", "gatehouse", **names),
        DeviceRow("wand-2", "wand", "gate", "gatehouse", **names),
        DeviceRow("reader-1", "reader", "pump", "gatehouse", **names),
        DeviceRow("camera-1", "camera", "gate", "gatehouse", **names),
    ]
    file = EstateFile(
        SITE,
        "名",
        "name",
        "Asia/Shanghai",
        [Place(place, **names) for place in PLACES],
        [Agent("gatehouse", "gate", **names, key=KEY.hex())],
        devices,
        phones=[Phone("phone-1", "gate", **names)],
        staff=[PersonRow("zhang", **names)],
    )
    return Estate(file, {"gatehouse": KEY})


def plan(*, every_s: int = 2 * HOUR_S, order: Any = "free", sources=("wand-1",), **more: Any) -> Plan:
    """A patrol every two hours with a tolerance of ten minutes, and a box opened at 15:00."""
    patrol = Duty(
        "patrol", "PAT-2", "巡逻", "patrol", "scan", (Interval("00:00", "00:00", every_s),), tolerance_s=600, by=("guard",),
        void=("two_places",),
    )  # fmt: skip
    box = Duty("box", "CMD-4", "开箱", "box", "report", (Times(("15:00",), 900, 900),), requires=("slips",))
    routes = (
        Route("north", "patrol", PLACES, tuple(sources), order),
        Route("office", "box", ("gate",), ("hub",)),
    )
    staff = (Person("zhang", "张", "Zhang"), Person("li", "李", "Li"), Person("wang", "王", "Wang", "cleaner"))
    return Plan("Asia/Shanghai", (patrol, box), routes, staff, numbers=NUMBERS, **more)


class Rounds:
    """A hub, an agent with a wand, and how far the wand was read out."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.agent = ModelAgent(hub.clock)
        self.scans = 0
        hub.take()

    @classmethod
    def on(cls, url: str, **more: Any) -> "Rounds":
        """On a new database, with the tags of the three places and of two people."""
        rounds = cls(Hub(url, plan=more.pop("plan", None) or plan(**more), book=estate()))
        for place in PLACES:
            rounds.hub.ask(TagAct("enrol", tag_of(place), "t", "r", "rfid", place=place))
        return rounds

    def at(self, hours: float, *inputs: Callable[[], Message]) -> None:
        """Time goes on to then, with a turn at each moment at which the hub has something to do, and one at the end that takes
        what is said then."""
        until_us = us(hours)
        while (due_us := self._due_us()) < until_us:
            self.hub.clock.advance_us(max(due_us - self.hub.clock.now_us(), 1))
            self.hub.take()
        self.hub.clock.advance_us(max(0, until_us - self.hub.clock.now_us()))
        self.hub.take(*(one() for one in inputs))

    def _due_us(self) -> int:
        """The hub's next moment but for the renewal of its lease."""
        site = self.hub.core._site
        assert site is not None
        return min(site.due_us(), default=2**62)

    def scan(
        self, place: str, hours: float | None = None, *, device: str = "wand-1", name: str = "", **more: Any
    ) -> Callable[[], Message]:
        """A scan made at `hours`, in a batch of its own."""
        self.scans += 1
        number = self.scans

        def say() -> Message:
            made_us = self.hub.clock.now_us() if hours is None else us(hours)
            reading = TagScanned(tag=tag_of(place), scan=name or f"{device}:{number}", made_at_us=made_us, **more)
            return self.agent.says(device, reading, device_at_us=made_us)

        return say

    def beat(self, **told_hours: float) -> Callable[[], Message]:
        """A heartbeat: up to when each device has told everything; the agent up to now."""

        def say() -> Message:
            told = {name.replace("_", "-"): us(hours) for name, hours in told_hours.items()}
            return self.agent.says("gatehouse", Heartbeat(sources={"gatehouse": self.hub.clock.now_us(), **told}))

        return say

    def phone(self, *items: Item, up_to: float | None = None) -> Any:
        """A phone reports."""
        return self.hub.ask(Report("phone-1", items, None if up_to is None else us(up_to)))

    def state(self, place: str, opens: float) -> str:
        """The state of the patrol's window at a place."""
        rows = self.hub.rows("duty_window", "duty", "place", "opens_us", "state")
        return next(str(row[3]) for row in rows if row[:3] == ("patrol", place, us(opens)))

    def window_id(self, place: str, opens: float) -> str:
        """The id of the patrol's window at a place."""
        rows = self.hub.rows("duty_window", "duty", "place", "opens_us", "window_id")
        return next(str(row[3]) for row in rows if row[:3] == ("patrol", place, us(opens)))

    def gaps(self) -> list[tuple[str, str, bool]]:
        """The gaps' incidents: subject, state, proven."""
        rows = self.hub.rows("case_", "detector", "subject", "state", "proven")
        return [(str(row[1]), str(row[2]), bool(row[3])) for row in rows if row[0] == "duty_gap"]


def tag_of(place: str) -> str:
    """The tag that stands at a place."""
    return {"gate": "04A1B2C3", "pump": "04A1B2C4", "roof": "04A1B2C5"}[place]


def seen(source: str, key: str, place: str, hours: float, **more: Any) -> Item:
    """A scan as a phone reports it."""
    return Item(key, us(hours), Seen(source, key, us(hours), more.pop("medium", "nfc"), tag_of(place), **more))
