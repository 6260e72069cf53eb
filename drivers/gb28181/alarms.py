"""What the standard's alarms mean. Pure. The standard tells that something happened, and never that it is over."""

from typing import Final, NamedTuple

from contract.readings import AlarmInput, ObjectSeen, PanelFault, Reading, TamperContact


class Meaning(NamedTuple):
    """A name for people, and the kind of reading; or the `label` of what was seen, which is no alarm."""

    name: str
    kind: type[AlarmInput] | type[PanelFault] | type[TamperContact] | None = None
    label: str = ""


METHODS: Final[dict[str, Meaning]] = {
    "1": Meaning("电话报警", AlarmInput),
    "2": Meaning("设备报警", AlarmInput),
    "3": Meaning("短信报警", AlarmInput),
    "4": Meaning("定位报警", AlarmInput),
    "5": Meaning("视频报警", AlarmInput),
    "6": Meaning("设备故障", PanelFault),
    "7": Meaning("其他报警", AlarmInput),
}
"""AlarmMethod: by what way it was noticed."""

TYPES: Final[dict[tuple[str, str], Meaning]] = {
    ("2", "1"): Meaning("视频丢失", PanelFault),
    ("2", "2"): Meaning("设备防拆", TamperContact),
    ("2", "3"): Meaning("磁盘满", PanelFault),
    ("2", "4"): Meaning("设备高温", PanelFault),
    ("2", "5"): Meaning("设备低温", PanelFault),
    ("5", "1"): Meaning("人工视频报警", AlarmInput),
    ("5", "2"): Meaning("运动目标检测", label="motion"),
    ("5", "3"): Meaning("遗留物检测", AlarmInput),
    ("5", "4"): Meaning("物体移除检测", AlarmInput),
    ("5", "5"): Meaning("绊线检测", AlarmInput),
    ("5", "6"): Meaning("入侵检测", AlarmInput),
    ("5", "7"): Meaning("逆行检测", AlarmInput),
    ("5", "8"): Meaning("徘徊检测", AlarmInput),
    ("5", "9"): Meaning("流量统计", label="flow"),
    ("5", "10"): Meaning("密度检测", AlarmInput),
    ("5", "11"): Meaning("视频异常", PanelFault),
    ("5", "12"): Meaning("快速移动", AlarmInput),
    ("5", "13"): Meaning("图像遮挡", TamperContact),
    ("6", "1"): Meaning("磁盘故障", PanelFault),
    ("6", "2"): Meaning("风扇故障", PanelFault),
}
"""AlarmMethod and AlarmType. What moves and what is counted is no alarm: a tree does it too."""


def readings_of(method: str, kind: str, where: str) -> tuple[Reading, ...] | None:
    """What an alarm says; None: there is no such method. An alarm begins and is over at once, as nobody will tell its end."""
    meaning = TYPES.get((method, kind)) or METHODS.get(method)
    if meaning is None:
        return None
    name = f"{where} {meaning.name}".strip()
    if meaning.kind is None:
        return (ObjectSeen(meaning.label, 1.0, zone=where, ended=True),)
    return meaning.kind(True, name), meaning.kind(False, name)
