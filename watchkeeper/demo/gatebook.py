"""The demo's book of permits: what the office would type and import, through the hub's API, before life begins."""

import csv
import io
from typing import NamedTuple

from watchkeeper.demo.estate import EM_BITS, FACILITY, RESIDENTS, Keys
from watchkeeper.hub_client import HubClient

PEDESTRIANS = tuple(range(1101, 1109))
"""Their cards are shown at the wicket alone."""
TRAVELLERS = tuple(range(1201, 1207))
"""Theirs at the west wicket and in the garage alone: a card of another lane would be at two places by chance."""
LOST, REVOKED, SUSPENDED = 1301, 1302, 1303
_DEEDS = {LOST: "lost", REVOKED: "revoke", SUSPENDED: "suspend"}
DRIVERS, PHANTOMS, WANTED = RESIDENTS[:10], RESIDENTS[10:16], RESIDENTS[16:]
"""Whose vehicles drive in; whose plates are shown on a piece of paper; whose plates are on the watch list, as copied ones."""
HOUSEHOLDS = 4
"""Buildings, with a unit each; residents live in them in turn."""
ROUTE, SPACE = "main", "V1"
"""By which visitors come, and where their vehicles are put."""
VISITORS_GROUP, RESIDENTS_GROUP = "visitors", "residents"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻"
_GIVEN = "伟芳娜敏静丽强磊军洋艳勇杰娟涛明超秀霞平刚桂英华玉兰萍鹏辉玲斌宇浩凯健俊"

ZONES = {
    "estate": ("小区", "estate", "estate"),
    "house-1": ("1号楼", "house 1", "lobby"),
    "garage": ("车库电梯厅", "lift hall of the garage", "garage"),
}


class Way(NamedTuple):
    """The way that a reader or a camera guards; an empty zone is the street."""

    portal: str
    from_zone: str
    to_zone: str
    media: tuple[str, ...] = ("card",)
    passback: str = "off"


WAYS = (
    Way("reader-1", "", "estate"),
    Way("reader-2", "estate", ""),
    Way("reader-4", "estate", "house-1"),
    Way("reader-5", "", "estate", passback="hard"),
    Way("reader-6", "estate", ""),
    Way("reader-7", "", "estate"),
    Way("reader-8", "estate", "garage"),
    Way("plates-1", "", "estate", ("plate",)),
    Way("qr-1", "", "estate", ("qr",)),
)
GROUPS = {
    RESIDENTS_GROUP: ("业主", "residents", tuple(way.portal for way in WAYS if way.portal != "qr-1")),
    VISITORS_GROUP: ("访客", "visitors", ("plates-1", "qr-1")),
}


def plate_of(resident: int) -> str:
    """The plate of a resident's vehicle."""
    return f"沪A{resident:05d}"


def visitors_plate(number: int) -> str:
    """The plate of a visitor's vehicle."""
    return f"苏E{number % 100_000:05d}"


def name_of(number: int) -> str:
    """A name for a holder; the same number has the same one."""
    return _SURNAMES[number * 7 % len(_SURNAMES)] + _GIVEN[number * 11 % len(_GIVEN)]


def door_of(number: int) -> tuple[str, str, str]:
    """Building, unit and room."""
    return str(number % HOUSEHOLDS + 1), "1", f"{number % 100 // HOUSEHOLDS + 1}{number % 100:02d}"


def file() -> bytes:
    """Everybody who has a permit, as a file for the import."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("building", "unit", "room", "name", "kind", "card", "plate", "groups"))
    for number in (*RESIDENTS, *PEDESTRIANS, *TRAVELLERS, *_DEEDS):
        cards = [f"{FACILITY},{number}/{EM_BITS}"]
        cards += [f"{FACILITY},{number}"] if number in RESIDENTS else []
        plate = plate_of(number) if number in RESIDENTS else ""
        rows.writerow((*door_of(number), name_of(number), "resident", ";".join(cards), plate, RESIDENTS_GROUP))
    return out.getvalue().encode()


def write(hub: HubClient, keys: Keys) -> None:
    """Make the rules, also for visitors, import everybody, and stop the cards that were lost, revoked or suspended. Raises
    click's errors, and RuntimeError where the file was not taken whole."""
    for zone, (zh, en, place) in ZONES.items():
        hub.put(f"/access/zones/{zone}", json={"name_zh": zh, "name_en": en, "place": place})
    for way in WAYS:
        body = {**way._asdict(), "media": list(way.media)}
        del body["portal"]
        hub.put(f"/access/portals/{way.portal}", json=body)
    for group, (zh, en, portals) in GROUPS.items():
        rights = [{"portal": portal} for portal in portals]
        hub.put(f"/access/groups/{group}", json={"name_zh": zh, "name_en": en, "rights": rights})
    space = {"name_zh": "访客停车区", "name_en": "visitors' parking", "place": "gate", "holds": 20}
    hub.put(f"/visit-spaces/{SPACE}", json=space)
    route = {"name_zh": "东门至各楼", "name_en": "east gate to the houses", "words": "进门直行 straight on"}
    hub.put(f"/visit-routes/{ROUTE}", json=route | {"groups": [VISITORS_GROUP]})
    done = hub.post_bytes("/access/import", file(), reason="入住 moving in")
    if done["failed"]:
        raise RuntimeError(f"the book of permits was not taken whole: {done['wrong'][0]['what_en']}")
    for number, deed in _DEEDS.items():
        one = hub.get("/access/credentials", name=keys.card(number, EM_BITS)).json()["credentials"][0]
        hub.post(f"/access/credentials/{one['id']}/{deed}", {"version": one["version"], "reason": "演示 demonstration"})


def is_everywhere(hub: HubClient) -> bool:
    """Whether each agent with gates holds the newest table."""
    tables = hub.get("/access/tables").json()["tables"]
    return bool(tables) and all(one["current"] for one in tables)
