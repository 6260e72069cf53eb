"""What cameras say of a vehicle in their own words, in ours: tables, and a few rules. Pure."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from contract.plates import as_read, canonical
from contract.readings import MAX_TEXT, PlateColour

Way = Literal["", "in", "out"]
Moving = Literal["", "coming", "going"]
"""Towards the camera, or away from it."""

NO_PLATE: Final = frozenset(
    (
        *("unknown", "noplate", "no plate", "unlicensed", "none", "null", "unrecognized", "not recognized", "n/a"),
        *("无车牌", "无牌车", "无牌", "未识别", "未知", "车牌未识别", "未识别车牌", "未悬挂号牌", "无号牌"),
    )
)
_BLOT: Final = re.compile(r"[-_*?#0 ]*")

COLOUR_WORDS: Final[tuple[tuple[str, PlateColour], ...]] = (
    ("黄绿", "yellow_green"), ("渐变绿", "green"),
    ("蓝", "blue"), ("黄", "yellow"), ("白", "white"), ("黑", "black"), ("绿", "green"),
)  # fmt: skip
"""What some firmware writes before a plate's text; longer ones first."""

COLOURS: Final[dict[str, PlateColour]] = {
    "blue": "blue", "蓝": "blue", "蓝色": "blue", "bluebottomwhitetext": "blue",
    "green": "green", "绿": "green", "绿色": "green", "newenergygreen": "green", "shadowgreen": "green", "渐变绿": "green",
    "gradientgreen": "green", "civilaviationgreen": "green",
    "yellowgreen": "yellow_green", "newenergyyellowgreen": "yellow_green", "黄绿": "yellow_green", "黄绿色": "yellow_green",
    "yellow": "yellow", "黄": "yellow", "黄色": "yellow", "yellowbottomblacktext": "yellow",
    "white": "white", "白": "white", "白色": "white",
    "black": "black", "黑": "black", "黑色": "black", "blackbottomwhitetext": "black", "civilaviationblack": "black",
    "unknown": "", "unknow": "", "none": "", "未知": "", "": "",
}  # fmt: skip
"""A colour that stands here neither by its word is `other`."""

MOVING: Final[dict[str, Moving]] = {
    "approach": "coming", "obverse": "coming", "head": "coming", "forward": "coming",
    "leave": "going", "reverse": "going", "tail": "going", "back": "going",
}  # fmt: skip
UNKNOWN: Final = frozenset(("", "unknown", "unknow", "other", "none", "0", "null"))

_TIME: Final = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[T ]?(\d\d):?(\d\d):?(\d\d)(?:[.,]?(\d{1,6}))?\s*(Z|[+-]\d{1,2}(?::?\d\d)?)?", re.IGNORECASE
)
_SHIFT: Final = re.compile(r"([+-])(\d{1,2})(?::?(\d\d))?")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def clipped(text: str) -> str:
    """Text as a reading may hold it: without control characters, and short."""
    return "".join(one for one in text if one.isprintable())[:MAX_TEXT]


def known(word: str) -> str:
    """The camera's word, empty where it says that it does not know."""
    return "" if word.strip().lower() in UNKNOWN else clipped(word.strip())


def plate_of(raw: str) -> tuple[str, PlateColour]:
    """The plate's text, empty where there is none that was read; and the colour that firmware wrote before it."""
    text = as_read(raw)[:MAX_TEXT]
    if text.lower() in NO_PLATE or _BLOT.fullmatch(text):
        return "", ""
    for word, colour in COLOUR_WORDS:
        rest = text.removeprefix(word)
        if rest == text or canonical(text).text:
            continue
        if canonical(rest).text or "\u4e00" <= rest[:1] <= "\u9fff":
            return rest, colour
    return text, ""


def colour_of(word: str) -> PlateColour:
    """The colour that a camera's word means."""
    return COLOURS.get(re.sub(r"[\s_-]", "", word).lower(), "other")


def score_of(value: float | None, full: float) -> float | None:
    """A confidence of 0 to `full` as 0 to 1; None where none is told, or one that cannot be."""
    return None if value is None or not 0 <= value <= full else round(value / full, 4)


def is_doubtful(confidence: float | None, written: object, sure_from: float) -> bool:
    """Whether a plate is not sure enough. A confidence that is `written` and that cannot be makes none sure; one that is not told
    leaves it to the camera."""
    return written not in (None, "") if confidence is None else confidence < sure_from


def way_of(moving: Moving, coming: Way) -> Way:
    """Whether a vehicle goes in or out, where vehicles that come towards the camera go `coming`."""
    if not moving or not coming:
        return ""
    return coming if moving == "coming" else "out" if coming == "in" else "in"


def time_us(text: str, utc_offset_h: float) -> int | None:
    """A time as microseconds of UTC; None where it is none. Without an offset of its own it is local, `utc_offset_h` ahead."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    shift = _shift_of(found[8] or "", utc_offset_h)
    return _us(moment - shift) + int((found[7] or "0").ljust(6, "0"))


def _shift_of(text: str, utc_offset_h: float) -> timedelta:
    if not text:
        return timedelta(hours=utc_offset_h)
    found = _SHIFT.fullmatch(text)
    if found is None:
        return timedelta()  # Z
    shift = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return -shift if found[1] == "-" else shift


def _us(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
