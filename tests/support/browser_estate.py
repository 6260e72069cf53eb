"""A running estate for a browser: a broker, a hub and an agent as processes of their own, and the twins of the agent's devices.

A second agent is a twin itself: it raises as many incidents as a test wants, by the same way that every agent has.
"""

import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, Self

import httpx
import msgspec
import yaml

from contract.clock import SystemClock
from contract.envelope import bulk_mac, picture_path
from contract.names import card_name
from contract.readings import AlarmInput, PanelFault, Reading, SnapshotTaken, TamperContact
from drivers.barrier_modbus.decode import BarrierOptions
from drivers.barrier_modbus.twin import BarrierTwin
from drivers.contacts_modbus.decode import ContactsOptions, Input
from drivers.contacts_modbus.twin import ContactsTwin
from drivers.modbus.slave import SlaveLine
from drivers.rtsp_camera.clip import Shape
from drivers.rtsp_camera.twin import CameraTwin, drawn_scenes
from drivers.transports.pty import PtyLine
from drivers.wiegand.twin import WiegandTwin
from hub.accounts.permissions import Role
from hub.policy.load import RESIDENTIAL
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from tests.support.agent_rig import wait_for
from tests.support.outward_rig import NAMES, make_accounts, password_of
from tests.support.site_rig import SITE
from watchkeeper.bench.children import Child, start_agent, start_hub
from watchkeeper.broker import EmbeddedBroker
from watchkeeper.demo.agent_twin import AgentTwin
from watchkeeper.demo.children import free_port
from watchkeeper.demo.estate import dump
from watchkeeper.demo.known import TwinsKey

ZONE = "Asia/Shanghai"
GATEHOUSE, YARD = "gatehouse", "yard"
CARD_KEY = bytes(range(64, 96))
FACILITY, RESIDENT, STRANGER = 12, 1001, 5001
SEGMENT_S = 4
RECORDER = {"folder": "footage", "reserve_bytes": 0, "segment_s": SEGMENT_S}
BOARD_BAUD, READER_BAUD, POLL_MS = 38_400, 9_600, 50

_INPUTS = (("door-1", "door"), ("door-2", "door"), ("fire-hall", "fire"), ("alarm-desk", "alarm"), ("cabinet-1", "tamper"))
BOARD = ContactsOptions(
    inputs=tuple(
        Input(number=at, role=role, name=name, device=name if role in ("door", "tamper") else None)  # type: ignore[arg-type]
        for at, (name, role) in enumerate(_INPUTS)
    ),
    poll_ms=POLL_MS,
    debounce_ms=POLL_MS // 2,
    timeout_ms=1_000,
)
BARRIER = BarrierOptions(poll_ms=POLL_MS, timeout_ms=1_000, pulse_ms=200)
PLACES = (
    ("estate", "小区", "Estate", None, "public"),
    ("gate", "东门", "East gate", "estate", "perimeter"),
    ("lobby", "1号楼大堂", "Lobby of house 1", "estate", "public"),
    ("yard", "设备院", "Plant yard", "estate", "plant"),
    ("wall", "北围墙", "North wall", "estate", "perimeter"),
)
STAFF = (
    ("zhang-wei", "张伟", "Zhang Wei", "guard"),
    ("li-na", "李娜", "Li Na", "guard"),
    ("wu-min", "吴敏", "Wu Min", "monitor"),
)
DeviceLine = tuple[str, str, str, str, str, str, dict[str, Any]]
# fmt: off
DEVICES: tuple[DeviceLine, ...] = (
    ("board", "contacts", GATEHOUSE, "gate", "东门输入板", "East gate's board", {}),
    ("door-1", "door", GATEHOUSE, "lobby", "1号楼单元门", "Door of house 1", {}),
    ("door-2", "door", GATEHOUSE, "gate", "岗亭门", "Gatehouse door", {}),
    ("cabinet-1", "contacts", GATEHOUSE, "lobby", "1号弱电箱", "Cabinet 1", {}),
    ("reader-1", "reader", GATEHOUSE, "gate", "东门读卡器", "East gate's reader", {"opens": "barrier-1"}),
    ("barrier-1", "barrier", GATEHOUSE, "gate", "东门道闸", "East gate's barrier", {}),
    ("panel", "contacts", YARD, "yard", "设备院报警主机", "Yard's panel", {}),
    ("wall-panel", "contacts", YARD, "wall", "北围墙报警主机", "Panel of the north wall", {}),
)
# fmt: on
RAISES: Mapping[int, Callable[[bool, str], Any]] = {1: AlarmInput, 2: TamperContact, 3: PanelFault, 4: PanelFault}
"""By the priority of the incident: what a panel of the yard says. A fault of the one at the wall is a notice by the policy."""
NUMBERS: Mapping[str, Mapping[str, float]] = {"CMD-2": {"chatter_window_s": 0, "flood_begins": 100, "flood_ends": 90}}
"""A test counts incidents: none is merged with another, and only many are a flood."""


class Wanted(NamedTuple):
    """What a module of tests wants otherwise. `numbers`: the policy's, by clause; `cameras`: so many, at a few pictures a second;
    `recorded`: the agent records them; `more`: what else stands in the estate file, such as routes or floors; `devices`: what
    stands beside the others, of the yard, for which `say` speaks."""

    numbers: Mapping[str, Mapping[str, float]] = {}
    cameras: int = 0
    recorded: bool = False
    more: Mapping[str, Any] = {}
    devices: tuple[DeviceLine, ...] = ()


class BrowserEstate:
    """A context manager: all is up, and every device has spoken, when it is entered.

    `board`, `barrier`, `reader`, `cameras`: the twins; `trigger` and `calm` do the usual things to them. `url`, `folder`."""

    def __init__(self, folder: Path, wanted: Wanted) -> None:
        self.folder, self.wanted = folder, wanted
        self.clock = SystemClock()
        self.was_down = False
        """Whether the hub was away since the last look: pages may say so."""
        self.url = ""
        self.tokens: dict[Role, str] = {}
        self._stack = ExitStack()
        self._raised: list[tuple[str, int]] = []
        self._hub: Child | None = None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # What happens at the devices

    def trigger(self, device: str, name: str = "") -> None:
        """Bytes go over the device's wire when this returns, or at its next poll: a board's input is active, an arm is knocked
        off, a stranger's card is read. `name` is for `reader-1`: `resident` lets the card through."""
        if device == "barrier-1":
            self.barrier.knock_off_arm()
        elif device == "reader-1":
            self.reader.present(FACILITY, RESIDENT if name == "resident" else STRANGER)
        else:
            self.board.activate(device)

    def calm(self, device: str) -> None:
        """The opposite: the input is at rest, the arm is back."""
        if device == "barrier-1":
            self.barrier.refit_arm()
        else:
            self.board.calm(device)

    def raise_incidents(self, count: int, priority: int = 3) -> list[str]:
        """So many, each of a zone of its own, as quickly as agent and hub work; the zones' names. Returns when the hub has
        committed them."""
        names = [f"z{len(self._raised) + at:04}" for at in range(count)]
        for name in names:
            self._raised.append((name, priority))
            self._tell(name, priority, True)
        self._settle()
        return names

    def end_incidents(self, names: list[str] | None = None) -> None:
        """Let the zones be calm again; None: all that were raised."""
        for name, priority in list(self._raised):
            if names is None or name in names:
                self._tell(name, priority, False)
        self._settle()

    def say(self, device: str, reading: Reading) -> None:
        """A device of the yard says so. Returns when the hub has committed it."""
        self._yard.note(device, reading)
        self._settle()

    def show(self, device: str, picture: str, jpeg: bytes, width: int, height: int) -> None:
        """A camera of the yard has taken a picture, and the yard's agent has brought it."""
        self.say(device, SnapshotTaken(picture, sha256(jpeg).hexdigest(), len(jpeg), width, height))
        path = picture_path(YARD, picture)
        headers = {"X-Watchkeeper-Mac": bulk_mac(self._keys[YARD], path, jpeg), "Content-Type": "image/jpeg"}
        httpx.post(self.url + path, content=jpeg, headers=headers, timeout=30, trust_env=False).raise_for_status()

    # The hub

    def stop_hub(self, *, kill: bool = True) -> None:
        """End it at once, or in order."""
        assert self._hub is not None
        self.was_down = True
        if kill:
            self._hub.kill()
        self._hub.stop()
        self._hub = None

    def start_hub(self) -> None:
        """Start it (again) on the same port and data folder, and wait until it is ready."""
        self._hub = start_hub(self._settings)
        wait_for(self._is_ready, "the hub")

    def client(self, role: Role) -> httpx.Client:
        """Somebody of that role at the API."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        return httpx.Client(base_url=self.url, timeout=30, trust_env=False, headers=headers)

    def incidents(self) -> list[dict[str, Any]]:
        """The newest 200 of the live incidents, newest first, as the API tells them."""
        with self.client("manager") as http:
            found: list[dict[str, Any]] = (
                http.get("/incidents", params={"limit": 200, "state": "live"}).raise_for_status().json()["incidents"]
            )
        return found

    def acknowledge_all(self) -> None:
        """Somebody has taken up all that is open, so that nothing sounds."""
        with self.client("manager") as http:
            while found := http.get("/incidents", params={"limit": 200, "state": "open"}).raise_for_status().json()["incidents"]:
                selection = [{"no": one["no"]} for one in found]
                asked = {"selection": selection, "fields": {}}
                http.post("/incidents/acts/acknowledge", json=asked).raise_for_status()

    def person(self, role: Role) -> tuple[str, str]:
        """The name and the password of somebody in that role."""
        return NAMES[role], password_of(role)

    # The start

    def _start(self) -> None:
        enter, folder = self._stack.enter_context, self.folder
        self.broker = enter(EmbeddedBroker(folder / "broker"))
        self._lines()
        self._keys = {agent: secrets.token_bytes(32) for agent in (GATEHOUSE, YARD)}
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._settings = self._write_hub(port)
        (folder / "data").mkdir()
        engine = open_engine(f"sqlite:///{folder / 'data' / 'hub.db'}")
        migrate(engine)
        self.tokens = make_accounts(engine, self.clock.now_us())
        engine.dispose()
        self._stack.callback(self._end_hub)
        self.start_hub()
        agent = start_agent(self._write_agent())
        self._stack.callback(agent.stop)
        random = Random(1)
        self._yard = AgentTwin(
            SITE,
            YARD,
            TwinsKey(self._keys[YARD], YARD, ""),
            "panel",
            port=self.broker.port,
            clock=self.clock,
            names=lambda size: random.randbytes(size).hex(),
        )
        self._stack.callback(self._yard.close)
        self._yard.start()
        wait_for(self._all_have_spoken, "a device")
        self.was_down = False

    def _lines(self) -> None:
        ports = self.folder / "ports"
        ports.mkdir()
        self.board, self.barrier = ContactsTwin(BOARD), BarrierTwin(BARRIER, travel_s=0.4, clock=self.clock)
        self.lines = {name: PtyLine(ports / name, baud=baud) for name, baud in self._bauds().items()}
        for line in self.lines.values():
            self._stack.callback(line.close)
        for name, twin in (("board", self.board), ("barrier-1", self.barrier)):
            slaves = SlaveLine(self.lines[name], [twin.slave], baud=BOARD_BAUD)
            slaves.start()
            self._stack.callback(slaves.stop)
        self.reader = WiegandTwin(self.lines["reader-1"], baud=READER_BAUD)
        scenes = drawn_scenes(Shape(fps=5, gop=5, seconds=4)) if self.wanted.cameras else {}
        self.cameras = {
            f"camera-{at}": self._stack.enter_context(CameraTwin(scenes, clock=self.clock))
            for at in range(1, self.wanted.cameras + 1)
        }

    @staticmethod
    def _bauds() -> dict[str, int]:
        return {"board": BOARD_BAUD, "barrier-1": BOARD_BAUD, "reader-1": READER_BAUD}

    def _write_hub(self, port: int) -> Path:
        folder = self.folder
        rows: list[DeviceLine] = [
            *DEVICES,
            *self.wanted.devices,
            *(
                (camera, "camera", GATEHOUSE, "gate", f"东门{camera[-1]}号摄像机", f"East gate's camera {camera[-1]}", {})
                for camera in self.cameras
            ),
        ]
        estate = {
            "site": SITE,
            "name_zh": "湖畔花园",
            "name_en": "Lakeside Garden",
            "timezone": ZONE,
            "places": [
                {"id": place, "name_zh": zh, "name_en": en, "parent": around, "place_class": sort}
                for place, zh, en, around, sort in PLACES
            ],
            "agents": [
                {"id": GATEHOUSE, "place": "gate", "name_zh": "东门采集端", "name_en": "East gate's agent"},
                {"id": YARD, "place": "yard", "name_zh": "设备院采集端", "name_en": "Yard's agent"},
            ],
            "devices": [
                {"id": id_, "kind": kind, "agent": agent, "place": place, "name_zh": zh, "name_en": en} | more
                for id_, kind, agent, place, zh, en, more in rows
            ],
            "staff": [{"id": id_, "name_zh": zh, "name_en": en, "post": post} for id_, zh, en, post in STAFF],
        }
        for agent in estate["agents"]:
            agent["key"] = self._keys[agent["id"]].hex()  # type: ignore[index]
        dump(folder / "estate.yaml", estate | dict(self.wanted.more))
        dump(folder / "policy.yaml", self._policy())
        key_file = folder / "card.key"
        key_file.write_text(CARD_KEY.hex(), encoding="ascii")
        key_file.chmod(0o600)
        settings = {
            "estate": "estate.yaml",
            "policy": "policy.yaml",
            "broker": {"url": self.broker.url},
            "http": {"port": port},
            "card_key_file": key_file.name,
        }
        return dump(folder / "hub.yaml", settings)

    def _policy(self) -> dict[str, Any]:
        policy: dict[str, Any] = yaml.safe_load(RESIDENTIAL.read_text(encoding="utf-8"))
        policy["demonstration"] = True
        for numbers in (NUMBERS, self.wanted.numbers):
            for clause, values in numbers.items():
                policy["clauses"][clause]["numbers"].update(values)
        policy["clauses"]["REP-1"].setdefault("alarms", []).append(
            {"detector": "panel_fault", "places": ["perimeter"], "priority": 4}
        )
        return policy

    def _write_agent(self) -> Path:
        (self.folder / "agent").mkdir()
        drivers: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("board", "contacts_modbus", {"options": _plain(BOARD)}),
            ("barrier-1", "barrier_modbus", {"options": _plain(BARRIER), "commands": ["open", "close"]}),
            ("reader-1", "wiegand", {}),
        )
        devices = [
            {"id": name, "driver": driver, "address": self.lines[name].address} | more for name, driver, more in drivers
        ] + [
            {"id": name, "driver": "rtsp_camera", "address": camera.url} | self._recording()
            for name, camera in self.cameras.items()
        ]
        permit = {"card": card_name(CARD_KEY, FACILITY, RESIDENT, 26)}
        return dump(
            self.folder / "agent" / "agent.yaml",
            {
                "site": SITE,
                "agent": GATEHOUSE,
                "key": self._keys[GATEHOUSE].hex(),
                "card_key": CARD_KEY.hex(),
                "broker": {"url": self.broker.url},
                "hub_url": self.url,
                "spool": {"path": "spool.db"},
                "devices": devices,
                **(
                    {"recorder": {"folder": "footage", "reserve_bytes": 0, "segment_s": SEGMENT_S}}
                    if self.wanted.recorded
                    else {}
                ),
                "access": [{"reader": "reader-1", "opens": {"device": "barrier-1", "action": "open"}, "permits": [permit]}],
            },
        )

    def _recording(self) -> dict[str, Any]:
        return {"record": {"main": True}} if self.wanted.recorded else {}

    # Waiting, and the yard

    def _end_hub(self) -> None:
        if self._hub is not None:
            self._hub.stop()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def _all_have_spoken(self) -> bool:
        with self.client("manager") as http:
            return all(
                http.get("/events", params={"device": device, "limit": 1}).raise_for_status().json()["events"]
                for device in (*self.lines, *self.cameras, "door-1")
            )

    def _tell(self, name: str, priority: int, active: bool) -> None:
        self._yard.note("wall-panel" if priority == 4 else "panel", RAISES[priority](active, name))

    def _settle(self) -> None:
        wait_for(lambda: self._yard.settled, "the yard's receipt")


def _plain(options: msgspec.Struct) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(options)
    standard: dict[str, Any] = msgspec.to_builtins(type(options)())
    return {name: value for name, value in whole.items() if value != standard[name]}
