"""The demo's estate: what stands at which gate, and the settings files of the hub and its agents."""

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml

from contract.envelope import KEY_BYTES
from contract.names import card_name, guard_name
from drivers.barrier_modbus.decode import BarrierOptions
from drivers.contacts_modbus.decode import ContactsOptions, Input, Meter, Output
from watchkeeper.broker import EmbeddedBroker
from watchkeeper.demo import plan, rounds

SITE = "lakeside"
NAME_ZH, NAME_EN = "湖畔花园", "Lakeside Garden"
GATE, GARAGE = "gate", "garage"
PUMPS = ("pump-1", "pump-2", "pump-3")
CAMERAS = ("camera-1", "camera-2", "camera-3")
HUB_USER = "hub"
"""Who the hub is to the broker."""
FACILITY = 12
RESIDENTS = tuple(range(1001, 1021))
STRANGERS = tuple(range(5001, 5020))
EM_BITS = 40
GUARD_CARD = 2001
"""The card that is held to the substation's reader."""
TEMPERATURE_MAX, PRESSURE_MAX = 40.0, 350.0
FROZEN_AFTER_S = 2.0
CLOCK_OFF_S = 3_600.0
ACCOUNT = "5A11"
"""The intruder panel's."""
PANEL_KEY = bytes(range(1, 17))
"""The intruder panel encrypts with it; it guards a twin on this machine and nothing else."""

READER_KEY = bytes(range(17, 33))
"""The lobby's reader has it; it guards a twin on this machine and nothing else."""
READER_ADDRESS = 1

BOARD_POLL_MS = 100
_METER_S = 0.25
LOCKS = ("wicket-1", "wicket-2", "lift-hall", "lobby-door")
LOCK_MS = 500
OPENED_BY: Mapping[str, tuple[str, str]] = {
    "reader-1": ("barrier-1", "open"),
    "reader-2": ("barrier-2", "open"),
    "plates-1": ("barrier-1", "open"),
    "reader-4": ("lobby-door", "unlock"),
    "reader-5": ("wicket-1", "unlock"),
    "reader-6": ("wicket-1", "unlock"),
    "qr-1": ("wicket-1", "unlock"),
    "reader-7": ("wicket-2", "unlock"),
    "reader-8": ("lift-hall", "unlock"),
}
"""What each reader or camera opens, and how: whether, the hub's table says."""

DOORS = ContactsOptions(
    inputs=tuple(
        Input(number=2 * at + side, role=role, name=f"{role}-{at + 1}", device=f"{role}-{at + 1}")  # type: ignore[arg-type]
        for at in range(4)
        for side, role in enumerate(("door", "exit"))
    ),
    poll_ms=BOARD_POLL_MS,
    timeout_ms=1_000,
)
LOCK_BOARD = ContactsOptions(
    inputs=(Input(number=0, role="tamper", name="housing"),),
    outputs=tuple(Output(number=at, device=door, pulse_ms=LOCK_MS) for at, door in enumerate(LOCKS)),
    poll_ms=BOARD_POLL_MS,
    timeout_ms=1_000,
)
METERS = ContactsOptions(
    inputs=(),
    meters=(
        Meter(register=0, quantity="temperature", unit="°C", format="float32", every_s=_METER_S),
        Meter(register=2, quantity="water_pressure", unit="kPa", format="float32", every_s=_METER_S),
    ),
    poll_ms=BOARD_POLL_MS,
    timeout_ms=1_000,
)
LIFT = ContactsOptions(
    inputs=(), meters=(Meter(register=0, quantity="power", unit="W", every_s=0.5),), poll_ms=BOARD_POLL_MS, timeout_ms=1_000
)
ZONES = ("fire-hall", "fire-garage", "alarm-desk", "alarm-shop", "cabinet-1", "cabinet-2")
_ROLES = {"fire": "fire", "alarm": "alarm", "cabinet": "tamper"}
PANEL = ContactsOptions(
    inputs=tuple(
        Input(
            number=at,
            role=_ROLES[zone.partition("-")[0]],  # type: ignore[arg-type]
            name=zone,
            device=zone if zone.startswith("cabinet") else None,
        )
        for at, zone in enumerate(ZONES)
    ),
    poll_ms=BOARD_POLL_MS,
    debounce_ms=BOARD_POLL_MS // 2,
    timeout_ms=1_000,
)
BARRIER = BarrierOptions(poll_ms=BOARD_POLL_MS, timeout_ms=1_000, pulse_ms=200)

PLACES = (
    ("estate", "小区", "Estate", None),
    ("gate", "东门", "East gate", "estate"),
    ("entry-lane", "东门入口车道", "Entry lane of the east gate", "gate"),
    ("west", "西门", "West gate", "estate"),
    ("garage", "地下车库", "Garage", "estate"),
    ("pumps", "水泵房", "Pump houses", "estate"),
    ("lobby", "1号楼大堂", "Lobby of house 1", "estate"),
    ("playground", "儿童乐园", "Playground", "estate"),
    ("pond", "荷花池", "Lotus pond", "estate"),
    ("roof", "3号楼天台", "Roof of house 3", "estate"),
    ("bins", "垃圾房", "Bin house", "estate"),
    ("wall", "北围墙", "North wall", "estate"),
    ("substation", "配电房", "Substation", "estate"),
    ("monitor-room", "监控室", "Monitoring room", "estate"),
)
MONITOR_ROOM = rounds.DESK_PLACE
TAGS: Mapping[str, str] = {
    place: f"04A22B7C195E8{at}"
    for at, place in enumerate(place for beat in rounds.BEATS if beat.guard_tag for place in beat.places)
}
"""What stands at the checkpoints that a wand is held to."""
STAFF = (("zhang-wei", "张伟", "Zhang Wei"), ("li-na", "李娜", "Li Na"), ("wang-fang", "王芳", "Wang Fang"))
MONITORS = (("li-wei", "李伟", "Li Wei"), ("zhao-min", "赵敏", "Zhao Min"))
"""Who sits in the monitoring room; their accounts bear the same names."""
PHONES: Mapping[str, tuple[str, str, str, str]] = {
    "phone-1": ("zhang-wei", "gate", "张伟的手机", "Zhang Wei's phone"),
    "phone-2": ("li-na", "gate", "李娜的手机", "Li Na's phone"),
    "phone-3": ("wang-fang", "substation", "王芳的手机", "Wang Fang's phone"),
}
"""Whose it is, and where it belongs."""
WANDS: Mapping[str, str] = {"wand-1": "0000A001", "wand-2": "0000A002"}
"""Their numbers."""


class Row(NamedTuple):
    """A device as the hub knows it."""

    id: str
    kind: str
    agent: str
    zh: str
    en: str
    more: Mapping[str, Any] = {}


# fmt: off
DEVICES = (
    Row("board-doors", "contacts", GATE, "门禁输入板", "door board"),
    *(Row(f"door-{n}", "door", GATE, f"{n}号楼单元门", f"door of house {n}") for n in range(1, 5)),
    *(Row(f"exit-{n}", "contacts", GATE, f"{n}号楼出门按钮", f"exit button of house {n}", {"opens": f"door-{n}"})
      for n in range(1, 5)),
    Row("board-locks", "contacts", GATE, "门锁控制板", "lock board"),
    Row("board-meters", "meter", GATE, "设备间仪表", "plant room meters",
        {"options": {"temperature_max": TEMPERATURE_MAX, "water_pressure_max": PRESSURE_MAX}}),
    Row("lift-1", "meter", GATE, "1号电梯", "lift 1"),
    Row("lift-2", "meter", GATE, "2号电梯", "lift 2"),
    Row("reader-1", "reader", GATE, "东门入口读卡器", "entry reader", {"opens": "barrier-1"}),
    Row("reader-2", "reader", GATE, "东门出口读卡器", "exit reader", {"opens": "barrier-2"}),
    *(Row(wand, "wand", GATE, f"{wand[-1]}号巡更棒", f"wand {wand[-1]}") for wand in WANDS),
    Row("reader-3", "reader", GATE, "配电房读卡器", "substation's reader", {"place": "substation"}),
    Row("reader-4", "reader", GATE, "1号楼大堂读卡器", "lobby's reader", {"place": "lobby", "opens": "lobby-door"}),
    Row("reader-5", "reader", GATE, "东门人行入口读卡器", "wicket's reader, in", {"opens": "wicket-1"}),
    Row("reader-6", "reader", GATE, "东门人行出口读卡器", "wicket's reader, out", {"opens": "wicket-1"}),
    Row("reader-7", "reader", GATE, "西门人行读卡器", "west wicket's reader", {"place": "west", "opens": "wicket-2"}),
    Row("reader-8", "reader", GATE, "车库电梯厅读卡器", "lift hall's reader", {"place": "garage", "opens": "lift-hall"}),
    Row("qr-1", "reader", GATE, "东门访客扫码器", "visitors' code reader", {"opens": "wicket-1"}),
    Row("wicket-1", "door", GATE, "东门人行门", "east wicket"),
    Row("wicket-2", "door", GATE, "西门人行门", "west wicket", {"place": "west"}),
    Row("lift-hall", "door", GATE, "车库电梯厅门", "door of the lift hall", {"place": "garage"}),
    Row("lobby-door", "door", GATE, "1号楼大堂门", "lobby's door", {"place": "lobby"}),
    Row("plates-1", "camera", GATE, "东门车牌识别机", "plate camera", {"opens": "barrier-1", "watches": ["entry-lane"]}),
    Row("barrier-1", "barrier", GATE, "东门入口道闸", "entry barrier"),
    Row("barrier-2", "barrier", GATE, "东门出口道闸", "exit barrier"),
    Row("barrier-3", "barrier", GATE, "西门道闸", "west barrier", {"place": "west"}),
    *(Row(camera, "camera", GATE, f"东门{camera[-1]}号摄像机", f"camera {camera[-1]}") for camera in CAMERAS),
    Row("frigate", "other", GATE, "影像分析", "video analysis"),
    Row("lobby-view", "other", GATE, "大堂影像分析", "lobby's video analysis"),
    Row("intruder", "other", GATE, "周界报警主机", "intruder panel"),
    Row("fire", "other", GATE, "消防用户信息传输装置", "fire alarm transmitter", {"frees": []}),
    Row("panel", "contacts", GARAGE, "报警主机", "alarm panel"),
    Row("cabinet-1", "contacts", GARAGE, "1号弱电箱", "cabinet 1"),
    Row("cabinet-2", "contacts", GARAGE, "2号弱电箱", "cabinet 2"),
    Row("zigbee", "other", GARAGE, "无线网关", "Zigbee gateway"),
    Row("climate", "meter", GARAGE, "车库温湿度", "garage climate"),
    *(Row(f"meter-{n}", "meter", f"pump-{n}", f"{n}号泵压力表", f"pressure of pump {n}") for n in range(1, 4)),
)
# fmt: on
AGENTS = {
    GATE: ("gate", "东门采集端", "East gate's agent"),
    GARAGE: ("garage", "车库采集端", "Garage's agent"),
    **{f"pump-{n}": ("pumps", f"{n}号泵房采集端", f"agent of pump house {n}") for n in range(1, 4)},
}
NAMES: Mapping[str, tuple[str, str]] = {
    **{place: (zh, en) for place, zh, en, _ in PLACES},
    **{person: (zh, en) for person, zh, en in (*STAFF, *MONITORS)},
    **{phone: (zh, en) for phone, (_, _, zh, en) in PHONES.items()},
    **{row.id: (row.zh, row.en) for row in DEVICES},
    **{agent: (zh, en) for agent, (_, zh, en) in AGENTS.items()},
}
"""What people call a place, a guard, a device or an agent, in Chinese and in English."""


class Keys:
    """The keys of one run, from its seed: they guard twins on this machine and nothing else. Agents have none: they enrol."""

    def __init__(self, random: Random) -> None:
        self.hub_at_broker = random.randbytes(KEY_BYTES).hex()
        self.cards = random.randbytes(KEY_BYTES)
        self.webhook = random.randbytes(KEY_BYTES).hex()

    def card(self, number: int, bits: int) -> str:
        """The name that a card of FACILITY goes by."""
        return card_name(self.cards, FACILITY, number, bits)


def enrolments(keys: Keys) -> list[dict[str, str]]:
    """What an installer tells the hub of tags: those at checkpoints, and the guards' own, by the names under which they leave an
    agent."""
    by = {"reason": "新装 new"}
    people = [(beat.guard, guard_name(keys.cards, beat.guard_tag)) for beat in rounds.BEATS if beat.guard_tag]
    people += [(beat.guard, keys.card(GUARD_CARD, EM_BITS)) for beat in rounds.BEATS if not beat.guard_tag]
    return [
        *({"medium": "rfid", "tag": tag, "place": place} | by for place, tag in TAGS.items()),
        *({"medium": "card", "tag": tag, "person": person} | by for person, tag in people),
    ]


def _routes() -> list[dict[str, Any]]:
    return [
        {
            "id": beat.route,
            "duty": rounds.DUTY,
            "name_zh": beat.zh,
            "name_en": beat.en,
            "places": list(beat.places),
            "sources": [beat.source],
        }
        for beat in rounds.BEATS
    ] + [
        {
            "id": beat.route,
            "duty": beat.route,
            "name_zh": beat.zh,
            "name_en": beat.en,
            "places": list(beat.places),
            "sources": [beat.source],
        }
        for beat in rounds.DESK_BEATS
    ]


def write_estate(folder: Path) -> Path:
    """The estate file, with the drawings of its floors beside it."""
    places = [
        {"id": place, "name_zh": zh, "name_en": en, "parent": parent} | plan.place_row(place) for place, zh, en, parent in PLACES
    ]
    agents = [{"id": agent, "place": place, "name_zh": zh, "name_en": en} for agent, (place, zh, en) in AGENTS.items()]
    devices = [
        {"id": row.id, "kind": row.kind, "agent": row.agent, "place": AGENTS[row.agent][0], "name_zh": row.zh, "name_en": row.en}
        | dict(row.more)
        | plan.SPOTS[row.id].row()
        for row in DEVICES
    ]
    head = {"site": SITE, "name_zh": NAME_ZH, "name_en": NAME_EN, "timezone": "Asia/Shanghai"}
    staff = [{"id": person, "name_zh": zh, "name_en": en, "post": "guard"} for person, zh, en in STAFF]
    staff += [{"id": person, "name_zh": zh, "name_en": en, "post": "monitor"} for person, zh, en in MONITORS]
    phones = [{"id": phone, "place": place, "name_zh": zh, "name_en": en} for phone, (_, place, zh, en) in PHONES.items()]
    rest = {
        "floors": plan.write_drawings(folder),
        "phones": phones,
        "places": places,
        "agents": agents,
        "devices": devices,
        "staff": staff,
        "routes": _routes(),
    }
    return dump(folder / "estate.yaml", head | rest)


def write_hub(folder: Path, keys: Keys, *, broker: EmbeddedBroker, access: Path, http_port: int, webhook: str) -> Path:
    """The hub's settings, beside its estate and policy. `access`: where it writes who may connect to the broker."""
    secret(folder / "webhook.secret", keys.webhook)
    secret(folder / "hub.password", keys.hub_at_broker)
    secret(folder / "card.key", keys.cards.hex())
    kept = {"program": broker.program, "folder": str(access), "pid_file": str(broker.pid_file), "devices": True}
    return dump(
        folder / "hub.yaml",
        {
            "estate": "estate.yaml",
            "policy": "policy.yaml",
            "card_key_file": "card.key",
            "broker": {"url": broker.url, "user": HUB_USER, "password_file": "hub.password"},
            "enrolment": {"broker_files": kept},
            "http": {"port": http_port},
            "notify": [
                {"type": "mqtt"},
                {"type": "webhook", "name": "duty-desk", "url": webhook, "secret_file": "webhook.secret"},
            ],
        },
    )


def write_agent(
    folder: Path, agent: str, keys: Keys, *, broker: str, hub: str, devices: list[dict[str, Any]], access: list[dict[str, Any]]
) -> Path:
    """The settings of one agent; its log lies beside them, and once it has enrolled its key."""
    folder.mkdir(parents=True, exist_ok=True)
    secret(folder / "card.key", keys.cards.hex())
    return dump(
        folder / "agent.yaml",
        {
            "site": SITE,
            "agent": agent,
            "key_file": "agent.key",
            "card_key_file": "card.key",
            "broker": {"url": broker, "password_file": "broker.password"},
            "hub_url": hub,
            "spool": {"path": "spool.db"},
            "devices": devices,
            "access": access,
            **({"recorder": {"folder": "footage"}} if any("record" in row for row in devices) else {}),
        },
    )


def access() -> list[dict[str, Any]]:
    """What the gate's readers and camera open, by the hub's table."""
    return [{"reader": reader, "opens": {"device": gate, "action": action}} for reader, (gate, action) in OPENED_BY.items()]


class _Plain(yaml.SafeDumper):
    """Writes every value out: settings files have no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml's signature
        return True


def dump(path: Path, content: Mapping[str, Any]) -> Path:
    """Write settings; they hold keys, so nobody else may read them."""
    path.write_text(yaml.dump(dict(content), Dumper=_Plain, allow_unicode=True, sort_keys=False), encoding="utf-8")
    path.chmod(0o600)
    return path


def secret(path: Path, text: str) -> None:
    """Write a secret that only its owner may read."""
    path.touch(0o600)
    path.write_text(text + "\n", encoding="ascii")
