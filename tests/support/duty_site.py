"""A running site with duties that go by occasions: these can be announced so that a window is open now, whatever the time is."""

from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from contract.clock import US_PER_S, SystemClock, rfc3339
from hub.duties.schedule import AtOccasion
from hub.duties.types import Duty, Flag
from hub.estate import Agent, DeviceRow, Estate, EstateFile, PersonRow, Phone, Place, RouteRow
from hub.policy.load import Policy
from hub.store import schema
from tests.support.outward_rig import Site, running_site, until
from tests.support.site_rig import KEY, SITE

TAGS = {"gate": "04A1B2C3", "pump": "04A1B2C4"}
HOUR_S = 3_600


def estate(*, wand: bool = False) -> Estate:
    """Two places, a phone, two people, and a route for each duty; the rounds are walked with a wand, or with the phone."""
    places = [Place("gate", "东门", "East gate"), Place("pump", "水泵房", "pump room")]
    routes = [
        RouteRow("north", "weather", "北线", "North", ["gate", "pump"], ["wand-1"] if wand else ["phone-1"]),
        RouteRow("office", "letters", "办公室", "Office", ["gate"], ["hub", "phone-1"]),
        RouteRow("desk", "post", "监控室", "Desk", ["gate"], ["hub"]),
    ]
    file = EstateFile(
        SITE, "柳苑", "Willow", "Asia/Shanghai", places, [Agent("gatehouse", "gate", "门岗", "Gatehouse", key=KEY.hex())],
        [DeviceRow("door-1", "door", "gate", "gatehouse", "门", "Door"),
         *([DeviceRow("wand-1", "wand", "gate", "gatehouse", "巡更棒", "Wand")] if wand else [])],
        [Phone("phone-1", "gate", "一号手机", "Phone 1")],
        [PersonRow("zhang", "张三", "Zhang"), PersonRow("wang", "王五", "Wang", "cleaner")],
        routes,
    )  # fmt: skip
    return Estate(file, {"gatehouse": KEY})


def policy(*void: Flag) -> Policy:
    """The residential policy with duties of the tests' own. `void`: more flags with which a patrol's scan does not count."""
    found = Policy.load()
    weather, event = (AtOccasion("bad_weather", before_s=4 * HOUR_S),), (AtOccasion("event", before_s=4 * HOUR_S),)
    rows = (
        Duty("weather", "PAT-1", "巡逻", "patrol", "scan", weather, by=("guard",), void=("weak_medium", "two_places", *void)),
        Duty("letters", "CMD-4", "来信送达", "letters delivered", "report", event, by=("guard",),
             requires=("slips_counted", "complaints_registered"), equal=(("slips_counted", "complaints_registered"),)),
        Duty("post", "MON-1", "应答", "post answers", "answer", event),
    )  # fmt: skip
    found.duties = {row.duty: row for row in rows}
    return found


def at(offset_s: float) -> str:
    """The time so many seconds from now, as people write it."""
    return rfc3339(SystemClock().now_us() + round(offset_s * US_PER_S))


def announce(site: Site, kind: str = "bad_weather", ends_s: float = HOUR_S, name: str = "o") -> list[dict[str, Any]]:
    """Have the windows of the duties that go by this open: from hours ago until `ends_s` from now. The windows."""
    body = {"id": name, "kind": kind, "from": at(ends_s)}
    reply = site.http.post("/occasions", json=body)
    assert reply.status_code == 201, reply.text
    assert reply.json()["windows"] == 2
    rows: list[dict[str, Any]] = site.http.get("/duties/windows", params={"only": "now"}).json()["windows"]
    return rows


SENT_MONO_MS = 90_000_000


def item(key: str, kind: str = "scan", made_s: float = -60, **fields: Any) -> dict[str, Any]:
    """An item of a phone, made so many seconds from now, as both of its clocks tell."""
    mono_ms = SENT_MONO_MS + round(made_s * 1_000)
    return {"key": key, "kind": kind, "made_at": at(made_s), "mono_ms": mono_ms, **fields}


def report(site: Site, *items: Any, phone: str = "phone-1", **more: Any) -> list[dict[str, Any]]:
    """What became of each item."""
    clocks = {"boot": "b1", "sent_at": at(0), "sent_mono_ms": SENT_MONO_MS}
    reply = site.http.post("/scans", json={"phone": phone, **clocks, "items": list(items)} | more)
    assert reply.status_code == 200, reply.text
    outcomes: list[dict[str, Any]] = reply.json()["items"]
    return outcomes


def detail(site: Site, window: str) -> dict[str, Any]:
    """One window with its explanation."""
    reply = site.http.get(f"/duties/windows/{window}")
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def settled(site: Site, window: str, *states: str) -> dict[str, Any]:
    """The window once it is in one of these states."""

    def now() -> dict[str, Any] | None:
        found = detail(site, window)
        return found if found["window"]["state"] in states else None

    found: dict[str, Any] = until(now, f"{window} {states}")
    return found


@contextmanager
def duty_site(folder: Path, *void: Flag, wand: bool = False, **more: Any) -> Any:
    """The site, with tags that have been enrolled for long. `void`: see `policy`."""
    with running_site(folder, policy=policy(*void), book=estate(wand=wand), prepare=_enrol, **more) as site:
        yield site


def _enrol(engine: Engine) -> None:
    rows = [{"site": SITE, "tag": tag, "from_us": 0, "medium": "nfc", "place": place, "person": "", "reason": ""}
            for place, tag in TAGS.items()]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(schema.tag), rows)
