"""What parts of devices and measured quantities are called, in both languages: tables of words.

Pure. Drivers name a panel's own parts by a word in each language, `主电 mains`, perhaps after where the part is; installers name
the inputs of a panel as they like, and those names are told as they are.
"""

from collections.abc import Mapping

from hub.cases.workflow import Pairs

PARTS: tuple[tuple[str, str], ...] = (
    ("主电", "mains"),
    ("备电", "battery"),
    ("蓄电池", "battery"),
    ("无线电池", "transmitter battery"),
    ("电源", "power supply"),
    ("电源", "power"),
    ("过流", "overcurrent"),
    ("接地", "ground"),
    ("总线", "bus"),
    ("线路", "wiring"),
    ("电话线", "phone line"),
    ("网络", "network"),
    ("通信", "communication"),
    ("无线干扰", "radio interference"),
    ("无线接收机", "radio receiver"),
    ("扩展模块", "expansion"),
    ("外设", "peripheral"),
    ("警号", "sounder"),
    ("灭火系统", "fire supervisory"),
    ("设备", "equipment"),
    ("系统", "system"),
    ("存储", "memory"),
    ("故障", "fault"),
)
"""What drivers call the parts of panels: the longer of two with one end comes first."""

QUANTITIES: Pairs = {
    "temperature": ("温度", "temperature"),
    "humidity": ("湿度", "humidity"),
    "water_flow": ("水流量", "water flow"),
    "water_pressure": ("水压", "water pressure"),
    "water_level": ("水位", "water level"),
    "leak": ("漏水", "leak"),
    "power": ("功率", "power"),
    "voltage": ("电压", "voltage"),
    "current": ("电流", "current"),
    "battery": ("电量", "battery"),
    "illuminance": ("照度", "illuminance"),
    "rssi": ("信号强度", "signal strength"),
    "smoke": ("烟雾", "smoke"),
    "co2": ("二氧化碳", "CO2"),
}
"""By the name that a reading has for it."""

REASONS: Pairs = {
    "opened": ("已接通", "reached"),
    "refused": ("拒绝连接", "connection refused"),
    "unreachable": ("连不上", "out of reach"),
    "unauthorized": ("账号或密码不对", "name or password is wrong"),
    "ended": ("连接中断", "the connection ended"),
    "timeout": ("超时无响应", "no answer in time"),
    "child_died": ("录像程序退出", "the recorder has stopped"),
}
"""Why a link was lost, by the names that drivers and recorders have for it."""

_ZONE: Mapping[str, tuple[str, str]] = {"zh": ("", "号防区"), "en": ("zone ", "")}


def part(name: str, lang: str) -> str:
    """A part in one language: `主电 mains` is `主电` or `mains`, `12` is `12号防区` or `zone 12`; other names are as they are."""
    if name.isdecimal():
        before, after = _ZONE[lang]
        return f"{before}{name}{after}"
    for zh, en in PARTS:
        if name == f"{zh} {en}" or name.endswith(f" {zh} {en}"):
            return name.removesuffix(f" {en}") if lang == "zh" else name.removesuffix(f"{zh} {en}") + en
    return name


def quantity(name: str, lang: str) -> str:
    """What is measured; a name without a row is told by itself."""
    zh, en = QUANTITIES.get(name, (name, name))
    return zh if lang == "zh" else en
