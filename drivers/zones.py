"""Local times, as a wand's clock or a spreadsheet shows them, become UTC and back. Pure."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contract.clock import US_PER_S

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


class Zone:
    """A zone by its name in the time zone database. Raises ValueError for an unknown one."""

    def __init__(self, name: str) -> None:
        try:
            self._info = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"zone {name[:40]!r} is not known: write for example Asia/Shanghai") from None

    def us(self, local: datetime) -> int:
        """A local time in microseconds UTC. One that occurs twice is the first; one that is skipped counts as if it were not."""
        return (local.replace(tzinfo=self._info) - _EPOCH) // _US

    def local(self, at_us: int) -> datetime:
        """The local time to the second."""
        return (_EPOCH + timedelta(seconds=at_us // US_PER_S)).astimezone(self._info).replace(tzinfo=None)

    def text(self, at_us: int) -> str:
        """The same for people, with the zone's offset: `2026-03-01 22:30:00+08:00`."""
        return (_EPOCH + timedelta(seconds=at_us // US_PER_S)).astimezone(self._info).isoformat(" ")


@lru_cache(maxsize=16)
def zone_of(name: str) -> Zone:
    """The zone of this name. Raises ValueError."""
    return Zone(name)
