"""Whether an agent's disk will hold what is owed, days ahead. Pure."""

from typing import NamedTuple

from contract.clock import US_PER_S

_DAY_US = 86_400 * US_PER_S
SURE_BYTES = 64 * 1024 * 1024
"""A disk that has recorded less than this in a day tells nothing."""


class Disk(NamedTuple):
    """What an agent told of the disk that it records to: see contract.footage.FootageDisk."""

    total_bytes: int
    free_bytes: int
    footage_bytes: int
    day_bytes: int
    oldest_us: int | None
    refusing: bool


class Forecast(NamedTuple):
    """`fits_days`: how many days of recording the disk can hold; `days_left`: in how many days it is full; None: it never is, as
    what is recorded goes on its day before. `short_days`: how many of the days owed will not fit."""

    fits_days: float
    days_left: float | None
    short_days: float


def forecast(disk: Disk, owed_days: float, now_us: int) -> Forecast | None:
    """What the disk will come to. `owed_days`: how long footage stays on it, the longest of its cameras' days. None where it has
    not recorded enough to tell."""
    if disk.day_bytes < SURE_BYTES:
        return None
    room = disk.footage_bytes + disk.free_bytes
    fits_days = room / disk.day_bytes
    grows_for = owed_days if disk.oldest_us is None else max(0.0, owed_days - (now_us - disk.oldest_us) / _DAY_US)
    full_after = disk.free_bytes / disk.day_bytes
    days_left = full_after if full_after < grows_for else None
    return Forecast(fits_days, days_left, max(0.0, owed_days - fits_days))


def warns(found: Forecast, ahead_days: float) -> bool:
    """Whether people must be told now."""
    return found.days_left is not None and found.days_left <= ahead_days
