"""When a file of another recorder begins, and of which camera it is: by its path, as the usual recorders name them. Pure.

Names tell local time, but for Frigate's, which are UTC, and Synology's, which end with Unix time.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from contract.clock import US_PER_S

_TIME = r"(?P<h>[01]\d|2[0-3])[.:_-]?(?P<min>[0-5]\d)[.:_-]?(?P<s>[0-5]\d)"
_END = r"(?P<h2>[01]\d|2[0-3])[.:_-]?(?P<min2>[0-5]\d)[.:_-]?(?P<s2>[0-5]\d)"
_DAY = r"(?P<y>20\d\d)[._-]?(?P<m>0[1-9]|1[0-2])[._-]?(?P<d>0[1-9]|[12]\d|3[01])"
_DAY_AND_TIME = rf"{_DAY}[T _-]?{_TIME}"
_CAMERA = r"(?:(?:.*/)?(?P<camera>[^/]+)/)?"
MAX_PATH_CHARS = 1000
_FILM = r"\.(?:mp4|mkv|ts|mov|avi|dav|m4v|flv)"


class Layout(NamedTuple):
    """How one kind of recorder names its files. `utc`: its names are in UTC."""

    name: str
    pattern: re.Pattern[str]
    utc: bool = False


def _layout(name: str, pattern: str, *, utc: bool = False) -> Layout:
    return Layout(name, re.compile(pattern, re.IGNORECASE), utc)


LAYOUTS = (
    _layout(
        "frigate",
        r"(?:.*/)?(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)/(?P<h>\d\d)/(?P<camera>[^/]+)/(?P<min>\d\d)\.(?P<s>\d\d)\.mp4",
        utc=True,
    ),
    _layout("dahua", rf"{_CAMERA}(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)/(?:[^/]+/)*{_TIME}-{_END}(?:\[[^/]*)?{_FILM}"),
    _layout("synology", rf"{_CAMERA}20\d{{6}}[AP]M/[^/]*?-20\d{{6}}-\d{{6}}-(?P<unix>\d{{10}}){_FILM}"),
    _layout("synology, older", rf"{_CAMERA}20\d{{6}}[AP]M/(?:[^/]*?[-_])?{_DAY_AND_TIME}{_FILM}"),
    _layout(
        "hikvision",
        rf"(?:.*/)?(?P<camera>[^/]+?)(?:_(?:main|sub))?_{_DAY_AND_TIME}\d{{0,3}}"
        r"(?:_(?P<end>20\d{2}(?:0[1-9]|1[0-2])[0-3]\d[0-2]\d[0-5]\d[0-5]\d))?(?:_[A-Z]+)?" + _FILM,
    ),
    _layout("a folder a day", rf"{_CAMERA}{_DAY}/(?:[^/]*?[-_])?{_TIME}{_FILM}"),
    _layout("day and time", rf"{_CAMERA}(?:[^/\d][^/]*?[-_])?{_DAY_AND_TIME}{_FILM}"),
)
"""The first that fits counts."""


class Named(NamedTuple):
    """What a path says. `camera`: the recorder's name for it, "" where there is none; `end_us`: None where the name does not say
    it."""

    layout: str
    camera: str
    start_us: int
    end_us: int | None


def read_path(path: str, zone: tzinfo) -> Named | None:
    """What the path, relative and with `/`, says; None where no layout fits or the time does not exist."""
    if len(path) > MAX_PATH_CHARS:
        return None
    for layout in LAYOUTS:
        found = layout.pattern.fullmatch(path)
        if found is None:
            continue
        try:
            return _named(layout, found.groupdict(), UTC if layout.utc else zone)
        except (ValueError, OverflowError):
            return None
    return None


def _named(layout: Layout, parts: dict[str, str | None], zone: tzinfo) -> Named:
    camera = parts.get("camera") or ""
    if parts.get("unix"):
        return Named(layout.name, camera, int(parts["unix"] or 0) * US_PER_S, None)
    numbers = [int(parts.get(name) or 0) for name in ("y", "m", "d", "h", "min", "s")]
    start = datetime(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], tzinfo=zone)
    end: datetime | None = None
    if parts.get("h2"):
        end = start.replace(hour=int(parts["h2"] or 0), minute=int(parts["min2"] or 0), second=int(parts["s2"] or 0))
        if end < start:
            end += timedelta(days=1)  # over midnight
    elif parts.get("end"):
        end = datetime.strptime(parts["end"] or "", "%Y%m%d%H%M%S").replace(tzinfo=zone)
    start_us = int(start.timestamp()) * US_PER_S
    end_us = None if end is None else int(end.timestamp()) * US_PER_S
    return Named(layout.name, camera, start_us, end_us if end_us is not None and end_us > start_us else None)
