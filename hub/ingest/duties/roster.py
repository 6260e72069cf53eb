"""The roster in memory, found by the day, and what may stand on it."""

from typing import NamedTuple

from hub.cases.types import Refusal
from hub.duties.types import Shift
from hub.ingest.duties.rows import HOUR_US
from hub.ingest.rows import Journal, Rows

DAY_US = 24 * HOUR_US
BACK_US = 31 * DAY_US
"""Shifts that ended longer ago are in the database alone."""
AHEAD_US = 366 * DAY_US
SHIFTS_A_DAY_MAX = 1_000
"""That touch one day (of UTC): more than the largest estate has people."""
SHIFTS_OF_ONE_A_DAY_MAX = 24
"""Of one person on one day, on all routes together."""

_REFUSALS = {
    "shift_over": "班次结束已超过 {0} 天，不能再登记 / the shift ended over {0} days ago: it is too late for the roster",
    "shift_far_off": "班次开始在 {0} 天之后，请临近时再登记 / the shift begins over {0} days from now: do that later",
    "too_many_shifts": "当日班次已满 {0} 个，请先删除不用的班次 / {0} shifts stand on that day already: take some off first",
    "too_many_shifts_of_one": "此人当日班次已满 {0} 个，请先删除 / this person has {0} shifts on that day: take some off first",
}


class ShiftKey(NamedTuple):
    """A person, a route, and when the shift begins."""

    person: str
    route: str
    from_us: int


class Roster(Rows[ShiftKey, Shift]):
    """The shifts of the last month and of all time to come."""

    def __init__(self, journal: Journal) -> None:
        self._days: dict[int, dict[ShiftKey, Shift]] = {}
        super().__init__(journal)

    def on_day_of(self, at_us: int) -> list[Shift]:
        """The shifts that touch the day, among which are all that the moment lies in."""
        return list(self._days.get(at_us // DAY_US, {}).values())

    def forget_before(self, ended_us: int) -> None:
        """Leave out of memory what ended before then."""
        for key in [key for key, shift in self._rows.items() if shift.until_us < ended_us]:
            self.forget(key)

    def refusal(self, shift: Shift, now_us: int) -> Refusal | None:
        """Why the shift may not stand on the roster beside those that do; None: it may."""
        if shift.until_us < now_us - BACK_US:
            return _refused("shift_over", BACK_US // DAY_US)
        if shift.from_us > now_us + AHEAD_US:
            return _refused("shift_far_off", AHEAD_US // DAY_US)
        for day in _days_of(shift):
            there = [key for key in self._days.get(day, ()) if key != key_of(shift)]
            if len(there) >= SHIFTS_A_DAY_MAX:
                return _refused("too_many_shifts", SHIFTS_A_DAY_MAX)
            if sum(key.person == shift.person for key in there) >= SHIFTS_OF_ONE_A_DAY_MAX:
                return _refused("too_many_shifts_of_one", SHIFTS_OF_ONE_A_DAY_MAX)
        return None

    def _place(self, key: ShiftKey, value: Shift | None) -> None:
        was = self._rows.get(key)
        super()._place(key, value)
        for day in () if was is None else _days_of(was):
            shifts = self._days[day]
            del shifts[key]
            if not shifts:
                del self._days[day]
        if value is not None:
            for day in _days_of(value):
                self._days.setdefault(day, {})[key] = value


def key_of(shift: Shift) -> ShiftKey:
    """The key of its row."""
    return ShiftKey(shift.person, shift.route, shift.from_us)


def _refused(reason: str, limit: int) -> Refusal:
    return Refusal(reason, _REFUSALS[reason].format(limit))


def _days_of(shift: Shift) -> range:
    return range(shift.from_us // DAY_US, (shift.until_us - 1) // DAY_US + 1)
