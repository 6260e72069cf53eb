"""The policy's numbers for visits, and the detectors that visits raise cases by."""

from typing import NamedTuple

from contract.clock import US_PER_S
from hub.cases.limits import Numbers, number
from hub.detectors.types import Detector

VISIT_OWNER = "visit"
"""The owner of visits' deadlines: `visit/NAME`, `delivery/NAME`."""
_DAY_US = 86_400 * US_PER_S


class Limits(NamedTuple):
    """The numbers of GATE-3, GATE-4, GATE-5, VEH-2, VEH-3 and VEH-4, in microseconds where they are times."""

    confirm_us: int
    pass_us: int
    close_us: int
    resident_link_us: int
    resident_per_day: int
    resident_open: int
    resident_phone: int
    consent_us: int
    unclaimed_us: int
    erase_us: int
    looks_per_hour: int
    searches_per_hour: int
    rooms_per_hour: int
    temporary_us: int
    overstay_us: int
    truck_from_s: int
    truck_until_s: int


_FIELDS: tuple[tuple[str, str, int], ...] = (
    ("GATE-3", "confirm_s", US_PER_S),
    ("GATE-3", "pass_s", US_PER_S),
    ("GATE-3", "overstay_close_s", US_PER_S),
    ("GATE-3", "resident_link_s", US_PER_S),
    ("GATE-3", "resident_per_day", 1),
    ("GATE-3", "resident_open", 1),
    ("GATE-3", "resident_phone", 1),
    ("GATE-4", "consent_s", US_PER_S),
    ("GATE-4", "unclaimed_s", US_PER_S),
    ("GATE-5", "erase_days", _DAY_US),
    ("GATE-5", "looks_per_hour", 1),
    ("GATE-5", "searches_per_hour", 1),
    ("GATE-5", "rooms_per_hour", 1),
    ("VEH-2", "temporary_s", US_PER_S),
    ("VEH-3", "overstay_s", US_PER_S),
    ("VEH-4", "hours_from_s", 1),
    ("VEH-4", "hours_until_s", 1),
)


def limits_of(policy: Numbers) -> Limits:
    """The numbers in force; what is told where a policy is older than they are stands in hub/cases/limits.py."""
    return Limits(*(int(number(policy, clause, name) * unit) for clause, name, unit in _FIELDS))


def _never(*_: object) -> None:
    """Visits' cases come of people's acts and of deadlines: nothing is stepped."""


def _detector(name: str, clause: str, priority: int) -> Detector:
    return Detector(name, clause, priority, (), None, _never)  # type: ignore[arg-type] # 1 to 4, below


OVERSTAY = {
    "visitor": _detector("visitor_overstay", "GATE-3", 3),
    "vehicle": _detector("vehicle_overstay", "VEH-3", 3),
    "temporary": _detector("temporary_overstay", "VEH-2", 3),
    "truck": _detector("truck_overstay", "VEH-4", 2),
}
"""By the kind of visit."""
FORCED = _detector("visit_forced", "GATE-3", 2)
UNCLAIMED = _detector("delivery_unclaimed", "GATE-4", 4)
SCRAPING = _detector("visitor_scraping", "GATE-5", 2)
UNTOLD = _detector("visit_notice_failed", "GATE-3", 3)
VISIT_DETECTORS = tuple(one.name for one in (*OVERSTAY.values(), FORCED, UNCLAIMED, SCRAPING, UNTOLD))
