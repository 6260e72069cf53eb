"""Every twin of the estate at the far end of its wire, and what the agents are told about the near ends."""

from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

import msgspec

from contract.clock import Clock
from drivers.barrier_modbus.decode import BarrierOptions
from drivers.barrier_modbus.twin import BarrierTwin
from drivers.contacts_modbus.decode import ContactsOptions
from drivers.contacts_modbus.twin import ContactsTwin
from drivers.em_ascii.twin import EmAsciiTwin
from drivers.gb26875.twin import Gb26875Twin
from drivers.modbus.frames import WRITE_COIL
from drivers.modbus.slave import SlaveLine
from drivers.mqtt_json.twin import MqttJsonTwin
from drivers.osdp.twin import OsdpTwin, ReaderTwin
from drivers.patrol_wand.twin import CradleTwin, WandTwin
from drivers.rtsp_camera import clip
from drivers.rtsp_camera.twin import CameraTwin, Scenes, drawn_scenes, scenes_from_file
from drivers.sia_dc09.twin import SiaDc09Twin
from drivers.transports import Line
from drivers.transports.dial import Dialler, free_port
from drivers.transports.listen import TcpLine
from drivers.transports.pty import PtyLine
from drivers.wiegand.twin import WiegandTwin
from watchkeeper.demo import estate
from watchkeeper.demo.pushers import CodeReader, PlateCamera

BOARD_BAUD, READER_BAUD, CRADLE_BAUD = 38_400, 9_600, 9_600
WAND_OFF_S = 37.0
"""So far the wands' clocks are ahead at first."""
SHAPE = clip.Shape(fps=5, gop=5, seconds=6)
FOOTAGE = clip.Shape(width=320, height=176, fps=4, gop=20, seconds=10)
"""What the cameras' recorders get: about 0.5 Mb/s, so that a day of three cameras takes less than 18 GB."""
TRAVEL_S = 0.6
WALKED = ("reader-5", "reader-6", "reader-7", "reader-8")
"""Readers that people walk by."""
_PRESS = bytes((WRITE_COIL, 0, 0, 0xFF, 0))


class Glitches:
    """Lets an input of a board seem active in one single answer: a contact that bounced."""

    def __init__(self, twin: ContactsTwin) -> None:
        self._twin = twin
        self._lock = Lock()
        self._wanted: list[str] = []
        self._shown = ""
        self.count = 0
        twin.slave.before = self._before

    def bounce(self, name: str) -> None:
        """In the next answer and no other, `name` is active."""
        with self._lock:
            self._wanted.append(name)

    def _before(self) -> None:
        with self._lock:
            if self._shown:
                self._twin.calm(self._shown)
                self._shown = ""
                self.count += 1
            elif self._wanted:
                self._shown = self._wanted.pop(0)
                self._twin.activate(self._shown)


class Plant:
    """All twins; a context manager. Serial ones are at pseudo-terminals beneath `folder`, the others at TCP ports of loopback.
    Raises ValueError for a film that cannot be used, OSError where a port cannot be had."""

    def __init__(self, folder: Path, clock: Clock, *, broker_port: int, film: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._clock = clock
        self._stack = ExitStack()
        self._lines: dict[str, Line] = {}
        self._slaves: dict[str, SlaveLine] = {}
        self._broker_port = broker_port
        self.scenes: Scenes = drawn_scenes(SHAPE) if film is None else scenes_from_file(film, SHAPE)
        lane = self.scenes["normal"] if film is not None else clip.lane(FOOTAGE)
        self._footage: Scenes = {"normal": lane, "dark": lane, "frozen": lane}
        try:
            self._build()
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def _build(self) -> None:
        self.doors = self._contacts("board-doors", estate.DOORS)
        self.locks = self._contacts("board-locks", estate.LOCK_BOARD)
        self.meters = self._contacts("board-meters", estate.METERS)
        self.lifts = {name: self._contacts(name, estate.LIFT) for name in ("lift-1", "lift-2")}
        self.panel = self._contacts("panel", estate.PANEL)
        self.glitches = Glitches(self.panel)
        self.barriers = {name: self._barrier(name, tcp=name == "barrier-2") for name in ("barrier-1", "barrier-2", "barrier-3")}
        self.entry = WiegandTwin(self._serial("reader-1", READER_BAUD), baud=READER_BAUD)
        self.exit = EmAsciiTwin(self._serial("reader-2", READER_BAUD), baud=READER_BAUD)
        self.post = EmAsciiTwin(self._serial("reader-3", READER_BAUD), baud=READER_BAUD)
        self.lobby = self._osdp("reader-4")
        self.walk = {name: EmAsciiTwin(self._serial(name, READER_BAUD), baud=READER_BAUD) for name in WALKED}
        self.wands = {name: WandTwin(int(number, 16), self._clock, off_s=WAND_OFF_S) for name, number in estate.WANDS.items()}
        self.cradles = {name: self._cradle(name) for name in self.wands}
        self.cameras = {name: self._stack.enter_context(CameraTwin(self.scenes, clock=self._clock)) for name in estate.CAMERAS}
        self.outlets = {name: self._outlet() for name in estate.CAMERAS}
        """Where the cameras are recorded: what happens to the pictures that are watched does not happen there."""
        self.mqtt = self._stack.enter_context(MqttJsonTwin("127.0.0.1", self._broker_port))
        self._ports = {name: free_port() for name in ("intruder", "fire", "plates-1", "qr-1")}
        self.intruder = SiaDc09Twin(self._dialler("intruder"), self._clock, account=estate.ACCOUNT, key=estate.PANEL_KEY)
        self.fire = Gb26875Twin(self._dialler("fire"), self._clock)
        self.plates = PlateCamera(self._dialler("plates-1"), self._clock)
        self.codes = CodeReader(self._dialler("qr-1"))
        self.meters.measure("temperature", 22.0)
        self.meters.measure("water_pressure", 280.0)

    # What lanes do to lines and boards

    def answered(self, board: str) -> int:
        """How many questions the board has answered."""
        return self._slaves[board].answered

    def unplug(self, device: str) -> None:
        """Pull the device's plug."""
        self._lines[device].unplug()

    def plug(self, device: str) -> None:
        """Put it back."""
        self._lines[device].plug()

    def press(self, barrier: str, action: str) -> None:
        """The button of `action`, open or close, on the barrier's own box."""
        coil = {"open": estate.BARRIER.coils.open, "close": estate.BARRIER.coils.close}[action]
        self.barriers[barrier].slave.answer(_PRESS[:2] + bytes((coil,)) + _PRESS[3:])

    # What the agents are told

    def gate_devices(self) -> list[dict[str, Any]]:
        """The rows of the gate's agent."""
        boards: list[tuple[str, ContactsOptions]] = [
            ("board-doors", estate.DOORS),
            ("board-locks", estate.LOCK_BOARD),
            ("board-meters", estate.METERS),
            *((name, estate.LIFT) for name in self.lifts),
        ]
        options = {"frozen_after_s": estate.FROZEN_AFTER_S}
        return [
            *(self._row(name, "contacts_modbus", options=_plain(what)) for name, what in boards),
            *(self._row(name, "barrier_modbus", options=_plain(estate.BARRIER), commands=["open"]) for name in self.barriers),
            self._row("reader-1", "wiegand"),
            *(self._row(name, "em_ascii") for name in ("reader-2", "reader-3", *WALKED)),
            self._row("reader-4", "osdp", options={"address": estate.READER_ADDRESS, "key_file": str(self._reader_key())}),
            *(self._row(name, "patrol_wand", options={"wands": {number: name}}) for name, number in estate.WANDS.items()),
            *(
                {
                    "id": name,
                    "driver": "rtsp_camera",
                    "address": camera.url,
                    "options": options,
                    "record": {"main_address": self.outlets[name].url},
                }
                for name, camera in self.cameras.items()
            ),
            self._mqtt_row("frigate", "frigate", {"lobby": "lobby-view"}),
            self._port_row("intruder", "sia_dc09", {"accounts": {estate.ACCOUNT: {"key": estate.PANEL_KEY.hex()}}}),
            self._port_row("fire", "gb26875", {}),
            self._port_row("plates-1", "zhenshi", {"cameras": [PlateCamera.SETTINGS]}),
            self._port_row("qr-1", "http_push", CodeReader.SETTINGS),
        ]

    def garage_devices(self) -> list[dict[str, Any]]:
        """The rows of the garage's agent."""
        return [
            self._row("panel", "contacts_modbus", options=_plain(estate.PANEL)),
            self._mqtt_row("zigbee", "zigbee2mqtt", {"climate": "climate"}),
        ]

    def _mqtt_row(self, device: str, mapping: str, devices: dict[str, str]) -> dict[str, Any]:
        return {
            "id": device,
            "driver": "mqtt_json",
            "address": f"mqtt://127.0.0.1:{self._broker_port}",
            "options": {"mapping": mapping, "devices": devices},
            "speaks_for": list(devices.values()),
        }

    def _port_row(self, device: str, driver: str, options: dict[str, Any]) -> dict[str, Any]:
        """What dials in: the address is the agent's own."""
        address = f"listen://127.0.0.1:{self._ports[device]}"
        return {"id": device, "driver": driver, "address": address, "options": options | {"hosts": ["127.0.0.1"]}}

    def _row(self, device: str, driver: str, **more: Any) -> dict[str, Any]:
        return {"id": device, "driver": driver, "address": self._lines[device].address, **more}

    # Composition

    def _contacts(self, name: str, options: ContactsOptions) -> ContactsTwin:
        twin = ContactsTwin(options)
        self._serve(name, self._serial(name, BOARD_BAUD), twin, baud=BOARD_BAUD)
        return twin

    def _barrier(self, name: str, *, tcp: bool) -> BarrierTwin:
        options: BarrierOptions = estate.BARRIER
        twin = BarrierTwin(options, travel_s=TRAVEL_S, clock=self._clock)
        if tcp:
            self._serve(name, self._keep(name, TcpLine()), twin, baud=None, framing="tcp")
        else:
            self._serve(name, self._serial(name, BOARD_BAUD), twin, baud=BOARD_BAUD)
        return twin

    def _cradle(self, name: str) -> CradleTwin:
        """A cradle of the wand's own, with the wand in it."""
        cradle = CradleTwin(self._serial(name, CRADLE_BAUD), baud=CRADLE_BAUD)
        cradle.put_in(self.wands[name])
        cradle.start()
        self._stack.callback(cradle.stop)
        return cradle

    def _osdp(self, name: str) -> ReaderTwin:
        """A reader with the secure channel, alone on its line."""
        reader = ReaderTwin(estate.READER_ADDRESS, key=estate.READER_KEY)
        twin = OsdpTwin(self._serial(name, READER_BAUD), [reader], baud=READER_BAUD)
        twin.start()
        self._stack.callback(twin.stop)
        return reader

    def _reader_key(self) -> Path:
        path = (self._folder / "reader-4.key").resolve()
        estate.secret(path, estate.READER_KEY.hex())
        return path

    def _outlet(self) -> CameraTwin:
        return self._stack.enter_context(CameraTwin(self._footage, clock=self._clock))

    def _dialler(self, name: str) -> Dialler:
        line = Dialler(self._ports[name])
        self._stack.callback(line.hang_up)
        return line

    def _serial(self, name: str, baud: int) -> Line:
        return self._keep(name, PtyLine(self._folder / name, baud=baud))

    def _keep(self, name: str, line: Line) -> Line:
        self._lines[name] = line
        self._stack.callback(line.close)
        return line

    def _serve(self, name: str, line: Line, twin: ContactsTwin | BarrierTwin, *, baud: int | None, framing: str = "rtu") -> None:
        slaves = self._slaves[name] = SlaveLine(line, [twin.slave], baud=baud, framing=framing)
        slaves.start()
        self._stack.callback(slaves.stop)


def _plain(options: msgspec.Struct) -> dict[str, Any]:
    """Options as a settings file has them, without what is the default anyway."""
    whole: dict[str, Any] = msgspec.to_builtins(options)
    standard: dict[str, Any] = msgspec.to_builtins(type(options)())
    return {name: value for name, value in whole.items() if value != standard[name]}
