"""The estate that is simulated: three gatehouses, one of each kind of device, and spools from ample to far too small."""

from typing import Any, NamedTuple

import msgspec

from hub.estate import Agent, DeviceKind, DeviceRow, Estate, EstateFile, PersonRow, Place
from hub.policy.load import RESIDENTIAL, Policy, check_policy

SITE = "lakeside"
TEMPERATURE_MAX = 40.0


class AgentPlan(NamedTuple):
    """One agent: its devices as (id, kind, what it opens), and its spool's size."""

    id: str
    spool_bytes: int
    devices: tuple[tuple[str, DeviceKind, str | None], ...]

    @property
    def key(self) -> bytes:
        """The agent's key."""
        return self.id.encode().ljust(32, b".")


# fmt: off
AGENTS = (
    AgentPlan("gatehouse", 4 * 1024 * 1024, (
        ("door-1", "door", None), ("reader-1", "reader", "door-1"), ("camera-1", "camera", None), ("panel-1", "contacts", None))),
    AgentPlan("garage", 256 * 1024, (
        ("barrier-1", "barrier", None), ("camera-2", "camera", None),
        ("door-2", "door", None), ("reader-2", "reader", "door-2"))),
    AgentPlan("cellar", 64 * 1024, (
        ("meter-1", "meter", None), ("panel-2", "contacts", None), ("door-3", "door", None), ("reader-3", "reader", "door-3"))),
)
# fmt: on


WANDS = ("wand-1", "wand-2")
STAFF = "li"
"""They are read out at the gatehouse."""


class Point(NamedTuple):
    """A fixed reader for guards, at the place of its agent."""

    device: str
    place: str


POINT = Point("point-1", "garage")


def estate() -> Estate:
    """The estate as the hub knows it."""
    names: Any = {"name_zh": "名", "name_en": "name"}
    rows = [
        DeviceRow(device, kind, plan.id, plan.id, **names, opens=opens, options=_options(kind))
        for plan in AGENTS
        for device, kind, opens in plan.devices
    ]
    rows += [DeviceRow(wand, "wand", AGENTS[0].id, AGENTS[0].id, **names) for wand in WANDS]
    rows.append(DeviceRow(POINT.device, "reader", POINT.place, POINT.place, **names))
    places = [Place(plan.id, **names) for plan in AGENTS]
    agents = [Agent(plan.id, plan.id, **names, key=plan.key.hex()) for plan in AGENTS]
    staff = [PersonRow(STAFF, "李", "Li")]
    file = EstateFile(SITE, "湖畔", "Lakeside", "Asia/Shanghai", places, agents, rows, staff=staff)
    return Estate(file, {plan.id: plan.key for plan in AGENTS})


def _options(kind: DeviceKind) -> dict[str, float]:
    return {"temperature_max": TEMPERATURE_MAX} if kind == "meter" else {}


def policy() -> Policy:
    """The policy that ships, but sources chatter sooner: by its own numbers hardly one does, and what is merged must be tried."""
    file = check_policy(RESIDENTIAL).value
    assert file is not None
    clause = file.clauses["CMD-2"]
    sooner = msgspec.structs.replace(clause, numbers={**clause.numbers, "chatter_times": 1, "chatter_window_s": 7_200})
    return Policy(msgspec.structs.replace(file, clauses={**file.clauses, "CMD-2": sooner}))
