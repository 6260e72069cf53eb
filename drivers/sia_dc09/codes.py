"""What a panel's event codes mean: tables from SIA codes and Contact ID events to readings. Pure.

A SIA code is a letter for what it is about and one for what became of it: `BA` is a burglary alarm, `BR` its restoral. A code
that stands in no table is a `panel_event`: what a panel says is never lost because it is new.
"""

from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple

from contract.readings import MAX_TEXT, AlarmInput, FireInput, PanelEvent, PanelFault, Reading, TamperContact

Role = Literal["alarm", "fire", "tamper", "fault"]

MAKES: Final[dict[Role, Callable[[bool, str], Reading]]] = {
    "alarm": lambda active, name: AlarmInput(active=active, name=name),
    "fire": lambda active, name: FireInput(active=active, name=name),
    "tamper": lambda active, name: TamperContact(active=active, name=name),
    "fault": lambda active, name: PanelFault(active=active, name=name),
}


class Event(NamedTuple):
    """One event of a message, as sent but for `name`: what the installer calls its zone, or the zone. `code` is SIA's."""

    code: str
    name: str = ""
    area: str = ""
    text: str = ""


class Meaning(NamedTuple):
    """`label`: what of the panel it is about; empty: a zone."""

    role: Role
    active: bool
    label: str = ""


ZONES: Final[dict[str, Role]] = {
    **dict.fromkeys("BGHMPQUWZ", "alarm"),  # burglary, gas, hold-up, medical, panic, emergency, untyped, water, freeze
    **dict.fromkeys("FKS", "fire"),  # fire, heat, sprinkler
    "T": "tamper",
}
"""The first letters that are about a zone."""

EXTRA: Final[dict[str, Meaning]] = {
    "BM": Meaning("alarm", True),
    "BV": Meaning("alarm", True),
    "EA": Meaning("alarm", True),
    "FM": Meaning("fire", True),
    "UX": Meaning("alarm", True),
    "TT": Meaning("tamper", True),
    "TJ": Meaning("tamper", False),
}

PARTS: Final[tuple[tuple[str, str, Role, str], ...]] = (
    # begins, ends, what it is, what of the panel
    ("AT", "AR", "fault", "主电 mains"),
    ("YT YM", "YR", "fault", "蓄电池 battery"),
    ("YP", "YQ", "fault", "电源 power supply"),
    ("YI", "YJ", "fault", "过流 overcurrent"),
    ("LT", "LR", "fault", "电话线 phone line"),
    ("NT", "NR", "fault", "网络 network"),
    ("YC YS", "YK", "fault", "通信 communication"),
    ("IA", "IR", "fault", "设备 equipment"),
    ("ET", "ER", "fault", "扩展模块 expansion"),
    ("XT", "XR", "fault", "无线电池 transmitter battery"),
    ("XQ", "XH", "fault", "无线干扰 radio interference"),
    ("YA", "YH", "fault", "警号 sounder"),
    ("ES", "EJ", "tamper", "扩展模块 expansion"),
    ("XS", "XJ", "tamper", "无线接收机 radio receiver"),
)
"""What a panel tells of its own parts."""


def _rows() -> Iterator[tuple[str, tuple[Meaning, ...]]]:
    for letter, role in ZONES.items():
        fault: Role = "tamper" if role == "tamper" else "fault"
        yield letter + "A", (Meaning(role, True),)
        yield letter + "H", (Meaning(role, False),)
        # A restoral ends an alarm or a trouble, whichever there was.
        yield letter + "R", tuple(Meaning(one, False) for one in dict.fromkeys((role, fault)))
        yield letter + "T", (Meaning(fault, True),)
        yield letter + "J", (Meaning(fault, False),)
    for begins, ends, role, label in PARTS:
        for code in begins.split():
            yield code, (Meaning(role, True, label),)
        yield ends, (Meaning(role, False, label),)
    for code, meaning in EXTRA.items():
        yield code, (meaning,)


SIA: Final[dict[str, tuple[Meaning, ...]]] = dict(_rows())

CONTACT_ID: Final[tuple[tuple[int, int, Role, str], ...]] = (
    # from, to, what it is, what of the panel; empty: a zone
    (100, 109, "alarm", ""),
    (110, 119, "fire", ""),
    (120, 136, "alarm", ""),
    (137, 137, "tamper", ""),
    (138, 142, "alarm", ""),
    (143, 143, "fault", "扩展模块 expansion"),
    (144, 145, "tamper", ""),
    (146, 169, "alarm", ""),
    (200, 206, "fault", "灭火系统 fire supervisory"),
    (300, 300, "fault", "系统 system"),
    (301, 301, "fault", "主电 mains"),
    (302, 302, "fault", "蓄电池 battery"),
    (303, 304, "fault", "存储 memory"),
    (307, 308, "fault", "系统 system"),
    (309, 309, "fault", "蓄电池 battery"),
    (310, 310, "fault", "接地 ground"),
    (311, 311, "fault", "蓄电池 battery"),
    (312, 312, "fault", "过流 overcurrent"),
    (320, 327, "fault", "警号 sounder"),
    (330, 340, "fault", "外设 peripheral"),
    (341, 341, "tamper", "扩展模块 expansion"),
    (342, 344, "fault", "外设 peripheral"),
    (350, 359, "fault", "通信 communication"),
    (370, 382, "fault", ""),
    (383, 383, "tamper", ""),
    (384, 384, "fault", "无线电池 transmitter battery"),
    (385, 393, "fault", ""),
)

CONTACT_ID_CODES: Final[dict[int, tuple[str, str]]] = {
    # the same as a SIA code: when it is new or an opening, and when it is a restoral or a closing
    400: ("OP", "CL"),
    401: ("OP", "CL"),
    402: ("OP", "CL"),
    403: ("OA", "CA"),
    406: ("OC", "OC"),
    407: ("OP", "CL"),
    408: ("OP", "CL"),
    409: ("OS", "CS"),
    441: ("OP", "CL"),
    454: ("CI", "CI"),
    456: ("OP", "CL"),
    570: ("BB", "BU"),
    601: ("RX", "RX"),
    602: ("RP", "RP"),
    607: ("TS", "TE"),
}

RESTORAL: Final = "3"


def sia_readings(event: Event) -> list[Reading]:
    """What a SIA event says."""
    meanings = SIA.get(event.code)
    if meanings is None:
        return [_event(event)]
    return [MAKES[one.role](one.active, _named(one.label, event.name)) for one in meanings]


def contact_id_readings(qualifier: str, number: int, event: Event) -> list[Reading]:
    """What a Contact ID event says. `qualifier`: 1 it is new, 3 it is over, 6 it still holds."""
    active = qualifier != RESTORAL
    for first, last, role, label in CONTACT_ID:
        if first <= number <= last:
            return [MAKES[role](active, _named(label, event.name))]
    begins, ends = CONTACT_ID_CODES.get(number, (f"E{number:03}", f"R{number:03}"))
    return [_event(event._replace(code=begins if active else ends))]


def _named(label: str, zone: str) -> str:
    """What tells two inputs of a panel apart. A zone of noughts is the panel itself."""
    parts = (label, zone) if label and zone.strip("0") else (label or zone,)
    return " ".join(parts)[:MAX_TEXT]


def _event(event: Event) -> PanelEvent:
    return PanelEvent(event.code, event.name[:MAX_TEXT], event.area[:MAX_TEXT], event.text[:MAX_TEXT])
