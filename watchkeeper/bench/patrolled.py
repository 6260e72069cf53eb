"""A patrolled estate with many places, and the database of its hub."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import astuple

from contract.clock import US_PER_S
from hub.duties.plan import Plan, plan_text
from hub.duties.schedule import Interval
from hub.duties.types import Duty, Route, Tag, Window
from hub.estate import Agent, DeviceRow, Estate, EstateFile, Place
from hub.ingest import lease
from hub.ingest.tagging import tag_row
from hub.store import bulk, schema
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from watchkeeper.bench import mix
from watchkeeper.bench.estate import SITE, key_of

PLACES = 1_000
EVERY_S = 7_200
WAND = "gate-east-wand"
HOUR_US = 3_600 * US_PER_S
YEAR_US = 365 * 24 * HOUR_US
_NUMBERS = {"checkpoint_min_s": 3.0, "apart_s": 60.0, "scan_clock_off_s": 120.0, "late_scan_max_s": 259_200.0}


def names_of(count: int) -> tuple[str, ...]:
    """So many places."""
    return tuple(f"point-{number:04d}" for number in range(count))


def plan_of(places: Sequence[str], source: str) -> Plan:
    """A round past all places every EVERY_S, day and night, proven by one source."""
    duty = Duty("patrol", "PAT-2", "巡逻", "patrol", "scan", (Interval("00:00", "00:00", EVERY_S),))
    return Plan("Asia/Shanghai", (duty,), (Route("round", "patrol", tuple(places), (source,)),), numbers=_NUMBERS)


def estate_of(places: Sequence[str]) -> Estate:
    """The estate of the other benches, with these places and a wand."""
    names: Any = {"name_zh": "名", "name_en": "name"}
    rows = [
        DeviceRow(device, kind, agent, agent, **names, opens=opens)  # type: ignore[arg-type]
        for agent in mix.AGENTS
        for device, kind, opens in mix.devices(agent)
    ]
    rows.append(DeviceRow(WAND, "other", mix.AGENTS[0], mix.AGENTS[0], **names))
    agents = [Agent(agent, agent, **names, key=key_of(agent).hex()) for agent in mix.AGENTS]
    file = EstateFile(SITE, "名", "name", "Asia/Shanghai", [Place(one, **names) for one in (*mix.AGENTS, *places)], agents, rows)
    return Estate(file, {agent: key_of(agent) for agent in mix.AGENTS})


def database(
    path: Path, plan: Plan, from_us: int, until_us: int, open_windows: Sequence[Window], tags: Sequence[Tag] = ()
) -> str:
    """A hub's database in which the plan is in force, and its windows made up to `until_us`. Returns its URL."""
    url = f"sqlite:///{path}"
    engine = open_engine(url)
    migrate(engine)
    with engine.begin() as connection:
        lease.release(connection, lease.take(connection, SITE, "bench", from_us), from_us)
        bulk.insert(connection, schema.duty_plan, [(SITE, 1, from_us, until_us, plan_text(plan))])
        bulk.insert(connection, schema.window, [(SITE, *astuple(window)) for window in open_windows])
        bulk.insert(connection, schema.tag, [tag_row(SITE, tag) for tag in tags])
    engine.dispose()
    return url
