"""Times as devices write them become UTC. Pure."""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from contract.clock import US_PER_S
from contract.envelope import TIME_MAX_US
from drivers.zones import Zone

TEXT_MAX: Final = 40
MILLI_FROM: Final = 100_000_000_000
"""A number from here on counts milliseconds: as seconds it would be after the year 5000."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LOCAL: Final = re.compile(
    r"(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)[ T]?(\d\d):?(\d\d):?(\d\d)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII
)


def time_us(value: object, zone: Zone) -> int | None:
    """Microseconds UTC of Unix seconds or milliseconds, as a number or its text, or of a date and a time; without an offset they
    are in `zone`. None: it is no time, or one that cannot be."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) > TEXT_MAX:
            return None
        found = _LOCAL.fullmatch(text)
        if found is not None:
            return _within(_written(found, zone))
        try:
            value = float(text) if text.replace(".", "", 1).isdecimal() and text.isascii() else None
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e15 or not math.isfinite(value):
        return None
    return _within(round(value * 1000 if value >= MILLI_FROM else value * US_PER_S))


def _written(found: re.Match[str], zone: Zone) -> int | None:
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    rest = int((found[7] or "0").ljust(6, "0")[:6])
    try:
        local = datetime(year, month, day, hour, minute, second, rest)
        if not found[8]:
            return zone.us(local)
        return (local.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1) - _offset_us(found[8])
    except (ValueError, OverflowError):
        return None


def _offset_us(text: str) -> int:
    if text == "Z":
        return 0
    sign, digits = -1 if text[0] == "-" else 1, text[1:].replace(":", "")
    return sign * (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * US_PER_S


def _within(at_us: int | None) -> int | None:
    return at_us if at_us is not None and 0 < at_us <= TIME_MAX_US else None
