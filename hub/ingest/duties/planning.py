"""Windows are made ahead of time, and made anew when the policy or the estate changes. What has opened is left as it was."""

from collections import Counter
from functools import lru_cache
from typing import Protocol

from hub.duties.lookup import PlanView
from hub.duties.plan import Plan, decode_plan, encode_plan, windows
from hub.duties.types import Occasion, Window
from hub.ingest.duties.rows import AHEAD_US, HOUR_US, STEP_US, PlanRow
from hub.ingest.site import Site

_PIECE_US = 6 * HOUR_US
WINDOWS_PER_TURN_MAX = 20_000
"""A hub that was away for weeks makes up for it in several turns."""
_OCCASION_BACK_US = 31 * 24 * HOUR_US


class SeedMaker(Protocol):
    """Makes the secret from which random windows and orders are drawn."""

    def __call__(self) -> str:
        """A new one."""
        ...


@lru_cache(maxsize=8)
def view_of(body: str) -> PlanView:
    """The plan in a row of `duty_plan`. Raises ValueError for one that this program cannot read."""
    return PlanView(decode_plan(body))


class Planner:
    """The plans and windows as one turn sees them. `plan`: what policy and estate say now; None: the site has no duties."""

    def __init__(self, site: Site, plan: Plan | None, now_us: int, count: Counter[str], new_seed: SeedMaker) -> None:
        self._site = site
        self._plan = plan
        self._now_us = now_us
        self._count = count
        self._new_seed = new_seed

    @property
    def newest(self) -> PlanRow | None:
        """The plan in force."""
        number = max(self._site.plans, default=None)
        return None if number is None else self._site.plans.get(number)

    def keep_up(self) -> None:
        """Put the present plan in force if it is new, and make windows as far ahead as they should be."""
        if self._plan is None:
            return
        row = self.newest
        if row is None:
            row = self._begin(1, self._plan._replace_seed(self._new_seed()))
        else:
            plan = self._plan._replace_seed(view_of(row.body).plan.seed)
            if encode_plan(plan) != row.body:
                row = self._change(row, plan)
        self._extend(row, self._now_us + AHEAD_US)

    def add(self, occasion: Occasion) -> int:
        """Make the windows that go by an occasion that has just become known, also those that should have opened already.
        Returns how many."""
        row = self.newest
        if row is None:
            return 0
        plan = view_of(row.body).plan
        until_us = max(row.planned_until_us, occasion.until_us + 1)
        made = 0
        for window in windows(plan, row.plan_no, (occasion,), self._now_us - _OCCASION_BACK_US, until_us, only_occasions=True):
            if window.ends_us > self._now_us and self._site.windows.get(window.window_id) is None:
                self._site.windows.put(window.window_id, window)
                made += 1
        return made

    def cancel(self, occasion: Occasion) -> int:
        """Take back the windows of an occasion that will not be, as far as they have not opened. Returns how many."""
        row = self.newest
        if row is None:
            return 0
        plan = view_of(row.body).plan
        span = (occasion.from_us - _OCCASION_BACK_US, occasion.until_us + _OCCASION_BACK_US)
        names = [one.window_id for one in windows(plan, row.plan_no, (occasion,), *span, only_occasions=True)]
        return sum(self._take_back(window) for name in names if (window := self._site.windows.get(name)) is not None)

    def next_us(self) -> int | None:
        """When `keep_up` will have something to do."""
        row = self.newest
        return None if row is None or self._plan is None else row.planned_until_us - AHEAD_US + STEP_US

    def _begin(self, number: int, plan: Plan) -> PlanRow:
        row = PlanRow(number, self._now_us, self._now_us + 1, encode_plan(plan))
        self._site.plans.put(number, row)
        return row

    def _change(self, old: PlanRow, plan: Plan) -> PlanRow:
        """The old plan's windows go up to now; those that have not opened are taken back; the new plan begins."""
        while old.planned_until_us <= self._now_us:
            old = self._make(old, self._now_us + 1)
        taken = [row for name in self._site.windows if (row := self._site.windows.get(name)) is not None]
        self._count["windows_taken_back"] += sum(self._take_back(window) for window in taken)
        self._site.plans.put(old.plan_no, old._replace(planned_until_us=self._now_us + 1))
        self._count["plans"] += 1
        return self._begin(old.plan_no + 1, plan)

    def _take_back(self, window: Window) -> bool:
        if window.opens_us <= self._now_us or window.state != "open":
            return False
        self._site.windows.put(window.window_id, None)
        return True

    def _extend(self, row: PlanRow, until_us: int) -> None:
        made = 0
        while row.planned_until_us <= until_us - STEP_US and made < WINDOWS_PER_TURN_MAX:
            before = len(self._site.windows)
            row = self._make(row, until_us)
            made += len(self._site.windows) - before

    def _make(self, row: PlanRow, until_us: int) -> PlanRow:
        """One more piece of the plan's windows."""
        until_us = min(until_us, row.planned_until_us + _PIECE_US)
        occasions = [one for name in self._site.occasions if (one := self._site.occasions.get(name)) is not None]
        plan = view_of(row.body).plan
        for window in windows(plan, row.plan_no, occasions, row.planned_until_us, until_us):
            if self._site.windows.get(window.window_id) is None:
                self._site.windows.put(window.window_id, window)
                self._count["windows"] += 1
        row = row._replace(planned_until_us=until_us)
        self._site.plans.put(row.plan_no, row)
        return row
