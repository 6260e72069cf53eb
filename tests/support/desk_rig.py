"""A monitoring room on a manual clock: its check-in, its record, its handover, keys, and a phone."""

from collections.abc import Callable
from typing import Any

from contract.clock import US_PER_S, ManualClock
from hub.desk.asks import (
    CallHeard,
    CheckInAnswer,
    HandoverBegin,
    HandoverJoin,
    HandoverSign,
    ItemDecision,
    KeyAdd,
    KeyIssue,
    KeyReturn,
)
from hub.desk.handover import Party
from hub.desk.keys import KeyItem
from hub.duties.plan import Plan
from hub.duties.schedule import Interval
from hub.duties.types import Duty, Person, Route
from hub.estate import Agent, DeviceRow, Estate, EstateFile, PersonRow, Place
from tests.support.duty_rig import NUMBERS
from tests.support.site_rig import KEY, SITE, Hub

LEAVES = Party("li", "Li", "li")
COMES = Party("wang", "Wang", "wang")
HALF_HOUR_S, TWO_MIN_S = 1_800, 120


def estate() -> Estate:
    """A room, a gate with a door, two monitors and a guard."""
    names: Any = {"name_zh": "名", "name_en": "name"}
    staff = [PersonRow("li", **names, post="monitor"), PersonRow("wang", **names, post="monitor"), PersonRow("zhang", **names)]
    file = EstateFile(
        SITE,
        "名",
        "name",
        "Asia/Shanghai",
        [Place("room", **names), Place("gate", **names)],
        [Agent("gatehouse", "gate", **names, key=KEY.hex())],
        [DeviceRow("door-1", "door", "gate", "gatehouse", **names)],
        staff=staff,
    )
    return Estate(file, {"gatehouse": KEY})


def plan() -> Plan:
    """As the shipped policy has it, a check-in each half hour; and a handover in each half hour."""
    void: Any = ("unknown_person",)
    check = (Interval("00:00", "00:00", HALF_HOUR_S, open_s=TWO_MIN_S),)
    shift = (Interval("00:00", "00:00", HALF_HOUR_S),)
    duties = (
        Duty("post-check-in", "MON-1", "查岗", "check-in", "answer", check, priority=2, by=("monitor",), void=void),
        Duty("shift-handover", "MON-8", "交接班", "handover", "report", shift, by=("monitor",), void=void),
    )
    routes = tuple(Route(duty.duty, duty.duty, ("room",), ("hub",)) for duty in duties)
    staff = (Person("li", "李", "Li", "monitor"), Person("wang", "王", "Wang", "monitor"), Person("zhang", "张", "Zhang"))
    return Plan("Asia/Shanghai", duties, routes, staff, numbers=NUMBERS)


class Desk:
    """The room, and what is done in it."""

    def __init__(self, make: Callable[..., Hub], url: str) -> None:
        clock = ManualClock()
        clock.advance_us((HALF_HOUR_S - 10) * US_PER_S)
        self.hub = make(url, clock, plan=plan(), book=estate())
        self.hub.take()
        self.go(10)  # windows are made from the next on: one opens now

    def go(self, seconds: float) -> None:
        """Time passes, with a turn at each moment at which the hub has something to do."""
        until_us = self.hub.clock.now_us() + round(seconds * US_PER_S)
        while True:
            site = self.hub.core._site
            assert site is not None
            due_us = min(site.due_us(), default=2**62)
            if due_us > until_us:
                break
            self.hub.clock.advance_us(max(due_us - self.hub.clock.now_us(), 1))
            self.hub.take()
        self.hub.clock.advance_us(max(0, until_us - self.hub.clock.now_us()))
        self.hub.take()

    def window(self, at: int = 0) -> str:
        """The check-in that is next, or the one so many later."""
        now_us = self.hub.clock.now_us()
        rows = self.hub.rows("duty_window", "opens_us", "ends_us", "window_id", "duty")
        coming = sorted(row for row in rows if row[3] == "post-check-in" and row[1] >= now_us)
        return str(coming[at][2])

    def state(self, window: str) -> str:
        """A window's state."""
        return next(str(state) for name, state in self.hub.rows("duty_window", "window_id", "state") if name == window)

    def check_in(self, window: str, who: Party = LEAVES) -> Any:
        """Somebody answers."""
        return self.hub.ask(CheckInAnswer(window, who))

    def handover(self, *, joined: bool = True) -> str:
        """One that was begun; the other has joined."""
        made = self.hub.ask(HandoverBegin("room", LEAVES, "note"))
        if joined:
            self.hub.ask(HandoverJoin(made.handover, COMES, "s2"))
        return str(made.handover)

    def items(self, handover: str) -> dict[str, str]:
        """Each item of the list with its decision."""
        rows = self.hub.rows("handover_item", "handover", "item", "decision")
        return {str(item): str(decision) for name, item, decision in rows if name == handover}

    def decide(self, handover: str, item: str, *, accept: bool = True, session: str = "s2", account: str = "wang") -> Any:
        """An item is decided about."""
        return self.hub.ask(ItemDecision(handover, item, account, session, accept, "" if accept else "it is not there"))

    def accept_all(self, handover: str) -> None:
        """Every item that nobody has accepted, one by one."""
        for item, decision in self.items(handover).items():
            if decision in ("", "rejected"):
                self.decide(handover, item)

    def sign(self, handover: str, who: Party) -> Any:
        """One of both signs."""
        return self.hub.ask(HandoverSign(handover, who))

    def key(self, name: str = "k-1") -> None:
        """The register has this key."""
        self.hub.ask(KeyAdd(KeyItem(name, "key", "泵房钥匙", "pump key", "room"), "Li"))

    def issue(self, name: str = "k-1", due_s: float | None = None, person: str = "zhang") -> Any:
        """Somebody takes it."""
        due_us = None if due_s is None else self.hub.clock.now_us() + round(due_s * US_PER_S)
        return self.hub.ask(KeyIssue(name, person, "pump check", due_us, "Li"))

    def give_back(self, name: str = "k-1", condition: Any = "in") -> Any:
        """It is back."""
        return self.hub.ask(KeyReturn(name, condition, "", "Li"))

    def rings(self, event: Any, ago_s: float = 0.0, call: str = "c1") -> Any:
        """The exchange tells of a call."""
        at_us = self.hub.clock.now_us() - round(ago_s * US_PER_S)
        return self.hub.ask(CallHeard(call, event, at_us, "13812345678", "in", "room"))

    def number(self, detector: str) -> int:
        """The number of the detector's first case."""
        return next(int(no) for no, name in self.hub.rows("case_", "case_no", "detector") if name == detector)

    def cases(self, detector: str) -> list[tuple[str, bool, int]]:
        """State, whether its condition lasts, and priority of each case of the detector."""
        rows = self.hub.rows("case_", "detector", "state", "active", "priority")
        return [(str(state), bool(active), int(priority)) for name, state, active, priority in rows if name == detector]
