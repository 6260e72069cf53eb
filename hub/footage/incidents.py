"""The incidents of footage's keeping: one row each. They come of the sweep, of agents' answers and of their disks."""

from typing import Any

from hub.detectors.types import Detector


def _never(*_: object) -> None:
    """Nothing is stepped."""


def _row(name: str, clause: str, priority: Any) -> Detector:
    return Detector(name, clause, priority, (), None, _never)


HALTED = _row("footage_sweep_halted", "MON-5", 2)
DAYS_SHORTER = _row("footage_days_shorter", "MON-4", 2)
DISK_SHORT = _row("footage_disk_short", "MON-4", 3)
DISK_FULL = _row("footage_disk_full", "MON-4", 2)
DROPPED = _row("footage_dropped", "MON-4", 2)
LOST = _row("footage_lost", "MON-5", 2)
NOT_DELETED = _row("footage_not_deleted", "MON-5", 3)
OVERDUE = _row("footage_overdue", "MON-4", 3)
FOOTAGE_DETECTORS = tuple(one.name for one in (HALTED, DAYS_SHORTER, DISK_SHORT, DISK_FULL, DROPPED, LOST, NOT_DELETED, OVERDUE))
