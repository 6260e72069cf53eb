"""Windows are made ahead of time, and made anew when the policy or the estate changes. What has opened is left as it was."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec.structs import replace

from hub.duties.lookup import PlanView
from hub.duties.plan import Plan, plan_from, plan_text, windows
from hub.duties.schedule import AtOccasion
from hub.duties.types import Occasion, Window
from hub.ingest.duties.rows import AHEAD_US, HOUR_US, STEP_US, PlanRow
from hub.ingest.site import Site

_PIECE_US = 6 * HOUR_US
WINDOWS_PER_TURN_MAX = 20_000
"""A hub that was away for weeks makes up for it in several turns."""
_OCCASION_BACK_US = 31 * 24 * HOUR_US

_log = logging.getLogger(__name__)


@lru_cache(maxsize=8)
def view_of(body: str) -> PlanView | None:
    """The plan in a row of `duty_plan`. None for one that this program cannot read: another version wrote it, or its country or
    zone is not known here. Its windows are left as they are, and a new plan takes its place."""
    try:
        return PlanView(plan_from(body))
    except (ValueError, KeyError, LookupError):
        _log.exception("plan_unreadable")
        return None


class WantedPlan:
    """What policy and estate say now, as rows hold it. Its text is made once: every turn asks whether it is new."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._texts: dict[str, str] = {}

    def text(self, seed: str) -> str:
        """As JSON, with the site's seed."""
        if seed not in self._texts:
            self._texts = {seed: plan_text(replace(self._plan, seed=seed))}
        return self._texts[seed]


class Planner:
    """The plans and windows as one turn sees them. `plan`: what policy and estate say now; None: the site has no duties.
    `new_seed` makes the secret from which random windows and orders are drawn."""

    def __init__(
        self, site: Site, plan: WantedPlan | None, now_us: int, count: Counter[str], new_seed: Callable[[], str]
    ) -> None:
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
            row = self._begin(1, self._plan.text(self._new_seed()))
        else:
            was = view_of(row.body)
            body = self._plan.text(self._new_seed() if was is None else was.plan.seed)
            if body != row.body:
                row = self._change(row, body)
        self._extend(row, self._now_us + AHEAD_US)

    def occasions_change(self, occasions: Sequence[Occasion]) -> int:
        """From now on these are all. Windows that go by occasions are made for them, also those that should have opened already;
        those that have not opened and are not wanted any more are taken back. Returns how many windows were made or taken
        back."""
        row = self.newest
        if row is None:
            return 0
        view = view_of(row.body)
        if view is None:
            return 0
        plan = view.plan
        span = (self._now_us - _OCCASION_BACK_US, row.planned_until_us)
        wanted = {one.window_id: one for one in windows(plan, row.plan_no, occasions, *span, AtOccasion)}
        were = [one.window_id for one in windows(plan, row.plan_no, self._occasions(), *span, AtOccasion)]
        gone = [found for name in were if name not in wanted and (found := self._site.windows.get(name)) is not None]
        changed = sum(self._take_back(window) for window in gone)
        for name, window in wanted.items():
            if window.ends_us > self._now_us and self._site.windows.get(name) is None:
                self._site.windows.put(name, window)
                changed += 1
        return changed

    def _begin(self, number: int, body: str) -> PlanRow:
        row = PlanRow(number, self._now_us, self._now_us + 1, body)
        self._site.plans.put(number, row)
        return row

    def _change(self, old: PlanRow, body: str) -> PlanRow:
        """The old plan's windows go up to now; those that have not opened are taken back; the new plan begins."""
        while old.planned_until_us <= self._now_us and view_of(old.body) is not None:
            old = self._make(old, self._now_us + 1)
        taken = [row for name in self._site.windows if (row := self._site.windows.get(name)) is not None]
        self._count["windows_taken_back"] += sum(self._take_back(window) for window in taken)
        self._site.plans.put(old.plan_no, old._replace(planned_until_us=self._now_us + 1))
        self._count["plans"] += 1
        return self._begin(old.plan_no + 1, body)

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
        view = view_of(row.body)
        assert view is not None
        plan = view.plan
        for window in windows(plan, row.plan_no, self._occasions(), row.planned_until_us, until_us):
            if self._site.windows.get(window.window_id) is None:
                self._site.windows.put(window.window_id, window)
                self._count["windows"] += 1
        row = row._replace(planned_until_us=until_us)
        self._site.plans.put(row.plan_no, row)
        return row

    def _occasions(self) -> list[Occasion]:
        return [one for name in self._site.occasions if (one := self._site.occasions.get(name)) is not None]
