"""The inside of a GB/T 26875.3 message: its data unit becomes what the parts of a fire system tell. Pure."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from drivers.gb26875.frames import TIME_BYTES

TEXT_BYTES: Final = 31

SYSTEMS: Final[Mapping[int, str]] = {
    0: "通用",
    1: "火灾报警系统",
    10: "消防联动控制器",
    11: "消火栓系统",
    12: "自动喷水灭火系统",
    13: "气体灭火系统",
    14: "水喷雾灭火系统",
    15: "水喷雾灭火系统",
    16: "泡沫灭火系统",
    17: "干粉灭火系统",
    18: "防烟排烟系统",
    19: "防火门及卷帘系统",
    20: "消防电梯",
    21: "消防应急广播",
    22: "消防应急照明和疏散指示系统",
    23: "消防电源",
    24: "消防电话",
}
PARTS: Final[Mapping[int, str]] = {
    1: "火灾报警控制器",
    10: "可燃气体探测器",
    16: "电气火灾监控报警器",
    21: "探测回路",
    22: "火灾显示盘",
    23: "手动火灾报警按钮",
    24: "消火栓按钮",
    25: "火灾探测器",
    30: "感温火灾探测器",
    31: "点型感温火灾探测器",
    34: "线型感温火灾探测器",
    40: "感烟火灾探测器",
    41: "点型离子感烟火灾探测器",
    42: "点型光电感烟火灾探测器",
    43: "线型光束感烟火灾探测器",
    44: "吸气式感烟火灾探测器",
    50: "复合式火灾探测器",
    61: "紫外火焰探测器",
    62: "红外火焰探测器",
    69: "感光火灾探测器",
    74: "气体探测器",
    81: "气体灭火控制器",
    84: "模块",
    85: "输入模块",
    86: "输出模块",
    87: "输入输出模块",
    91: "消防水泵",
    95: "喷淋泵",
    96: "水流指示器",
    97: "信号阀",
    98: "报警阀",
    99: "压力开关",
    102: "防火门",
    103: "防火阀",
    111: "防烟排烟风机",
    117: "防火卷帘控制器",
    121: "报警装置",
}
TRANSMITTER: Final = "用户信息传输装置"
MANUAL: Final = "手动报警"

Faults = Mapping[int, str]
SYSTEM_FAULTS: Final[Faults] = {2: "故障 fault", 8: "主电 mains", 9: "备电 battery", 10: "总线 bus"}
PART_FAULTS: Final[Faults] = {2: "故障 fault", 8: "电源 power"}
TRANSMITTER_FAULTS: Final[Faults] = {
    2: "故障 fault",
    3: "主电 mains",
    4: "备电 battery",
    5: "通信 communication",
    6: "线路 wiring",
}
EVENTS: Final[Mapping[int, tuple[str, str]]] = {
    3: ("shielded", "unshielded"),
    4: ("supervised", "unsupervised"),
    5: ("started", "stopped"),
    6: ("feedback", "no_feedback"),
    7: ("delayed", "undelayed"),
}
"""What a bit of a system or a part begins, and ends."""
FIRE_BIT: Final = 1
RESET_BIT: Final = 13
OPERATIONS: Final = ("reset", "silenced", "manual_alarm", "alarm_cleared", "self_test", "confirmed", "test")
"""By bit, of a panel and of a transmitter alike; bit 5 of the latter answers a roll call (查岗应答)."""

Key = tuple[int, ...]
"""A system's type and address, a part's type, address, zone and number in it, or nothing: the transmitter."""


class State(NamedTuple):
    """What one thing is: all of its bits. `faults` and `events`: those that its bits may mean."""

    key: Key
    name: str
    bits: int
    faults: Faults
    events: Mapping[int, tuple[str, str]]
    time: bytes


class Operation(NamedTuple):
    """What somebody did at a panel or at the transmitter."""

    key: Key
    name: str
    bits: int
    operator: int
    time: bytes


Told = State | Operation


class Unread(NamedTuple):
    """A data unit that says nothing here. `reason` empty: it is understood, and no event, such as a version."""

    reason: str = ""


def read_unit(unit: bytes) -> list[Told] | Unread:
    """What a data unit tells. Reasons: `unknown_type`; `bad_unit`: its length does not fit its type and count."""
    if not unit:
        return Unread()  # a sign of life
    if len(unit) < 2:
        return Unread("bad_unit")
    kind, count, body = unit[0], unit[1], unit[2:]
    if kind in QUIET:
        return Unread()
    if kind not in READ:
        return Unread("unknown_type")
    size, read = READ[kind]
    size += TIME_BYTES
    if not count or len(body) != count * size:
        return Unread("bad_unit")
    return [read(body[at : at + size]) for at in range(0, len(body), size)]


def text_of(raw: bytes) -> str:
    """A description: GB 18030, up to a nought, without what cannot be shown. A character that the end cuts is left out."""
    text = raw.split(b"\0", 1)[0].decode("gb18030", "replace").replace("\ufffd", "")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _system(raw: bytes) -> State:
    kind, address = raw[0], raw[1]
    return State((kind, address), _system_name(kind, address), _word(raw[2:4]), SYSTEM_FAULTS, EVENTS, raw[-TIME_BYTES:])


def _part(raw: bytes) -> State:
    system, address, kind = raw[:3]
    zone, number = _word(raw[3:5]), _word(raw[5:7])
    named = text_of(raw[9 : 9 + TEXT_BYTES]) or PARTS.get(kind, f"部件 {kind}")
    name = f"{system}-{address}-{zone}-{number} {named}"
    return State((system, address, zone, number), name, _word(raw[7:9]), PART_FAULTS, EVENTS, raw[-TIME_BYTES:])


def _transmitter(raw: bytes) -> State:
    return State((), TRANSMITTER, raw[0], TRANSMITTER_FAULTS, {}, raw[-TIME_BYTES:])


def _operation(raw: bytes) -> Operation:
    return Operation((raw[0], raw[1]), _system_name(raw[0], raw[1]), raw[2], raw[3], raw[-TIME_BYTES:])


def _own_operation(raw: bytes) -> Operation:
    return Operation((), TRANSMITTER, raw[0], raw[1], raw[-TIME_BYTES:])


def _system_name(kind: int, address: int) -> str:
    return f"{kind}-{address} {SYSTEMS.get(kind, f'系统 {kind}')}"


def _word(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


READ: Final[Mapping[int, tuple[int, Callable[[bytes], Told]]]] = {
    1: (4, _system),
    2: (9 + TEXT_BYTES, _part),
    4: (4, _operation),
    21: (1, _transmitter),
    24: (2, _own_operation),
}
"""By type: how many bytes an object has in front of its time, and how it is read."""
QUIET: Final = frozenset((3, 5, 6, 7, 8, 25, 26, 28))
"""Analog values, versions, configurations and clocks: taken, and no event."""
