"""Windows are made ahead of time, and made anew when the policy or the estate changes. What has opened is left as it was."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import islice

from msgspec.structs import replace

from contract.clock import US_PER_S
from hub.duties.lookup import PlanView
from hub.duties.plan import Plan, plan_from, plan_text, windows
from hub.duties.schedule import AtOccasion
from hub.duties.types import Occasion, Window
from hub.ingest.duties.rows import AHEAD_US, HOUR_US, STEP_US, PlanRow
from hub.ingest.site import Site

PIECE_WINDOWS_MAX = 2_000
"""A piece that would have more is made shorter."""
_PIECE_MAX_US = 31 * 24 * HOUR_US
_PIECE_MIN_US = US_PER_S
WINDOWS_PER_TURN_MAX = 4_000
"""A tenth of a second. A hub that was away for weeks makes up for it in many turns, and does its work between them."""
PIECES_PER_TURN_MAX = 8
WAITING_MAX = 5_000
"""No more of the past is made while so many windows of it wait to be judged."""
FIRST_US = 24 * HOUR_US
"""After a time without a hub the windows of the last day are made first: what has not ended yet is among them."""
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
        self._made = 0
        self._begun: list[Window] = []

    @property
    def newest(self) -> PlanRow | None:
        """The plan in force."""
        return self._site.plans.newest

    def keep_up(self) -> list[Window]:
        """Put the present plan in force if it is new, and make some of the windows that should be there: those of the newest plan
        first, then what older ones still lack. How far each plan is made stands in its row, so that a hub that dies in between
        goes on from there. Returns the windows that were made for a time that has begun already."""
        if self._plan is None:
            self._site.planning_again_us = self._now_us + HOUR_US  # what is over does not make every turn the next one
            return []
        row = self.newest
        if row is None:
            row = self._begin(1, self._plan.text(self._new_seed()), self._now_us)
        else:
            was = view_of(row.body)
            if was is not None and row.planned_until_us < self._now_us - FIRST_US:
                row = self._begin(row.plan_no + 1, row.body, self._now_us - FIRST_US - 1)
            body = self._plan.text(self._new_seed() if was is None else was.plan.seed)
            if body != row.body:
                row = self._change(row, body)
        self._make_up(row)
        return self._begun

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

    def _begin(self, number: int, body: str, from_us: int) -> PlanRow:
        row = PlanRow(number, from_us, from_us + 1, body)
        self._site.plans.put(number, row)
        return row

    def _change(self, old: PlanRow, body: str) -> PlanRow:
        """The new plan begins. Of the old one's windows those that have not opened go as the new one's take their place."""
        readable = view_of(old.body) is not None
        until_us = min(old.planned_until_us, self._now_us + 1) if readable else self._now_us + 1
        self._site.plans.put(old.plan_no, old._replace(planned_until_us=until_us))
        self._count["plans"] += 1
        return self._begin(old.plan_no + 1, body, self._now_us)

    def _take_back(self, window: Window) -> bool:
        if window.opens_us <= self._now_us or window.state != "open":
            return False
        self._site.windows.put(window.window_id, None)
        return True

    def _make_up(self, newest: PlanRow) -> None:
        """Make windows until there are enough, or as many as a turn may make."""
        until_us = self._now_us + AHEAD_US
        for _ in range(PIECES_PER_TURN_MAX):
            row = next((one for one in self._site.plans.lacking() if one.planned_until_us <= until_us - STEP_US), None)
            if row is None or (row.plan_no < newest.plan_no and self._site.windows.late > WAITING_MAX):
                return
            self._make(row, min(until_us, self._site.plans.wanted_until_us(row)))
            if self._made >= WINDOWS_PER_TURN_MAX:
                return

    def _make(self, row: PlanRow, until_us: int) -> None:
        """One more piece of the plan's windows, instead of what an earlier plan would have had there."""
        view = view_of(row.body)
        made, until_us = ([], until_us) if view is None else self._piece(view.plan, row, until_us)
        taken = [one for one in self._site.windows.opening(row.planned_until_us, until_us) if self._site.plans.is_superseded(one)]
        for window in taken:
            self._site.windows.put(window.window_id, None)
        for window in made:
            if self._site.windows.get(window.window_id) is None:
                self._site.windows.put(window.window_id, window)
                self._count["windows"] += 1
                if window.opens_us <= self._now_us:
                    self._begun.append(window)
        if taken:
            self._count["windows_taken_back"] += len(taken)
        self._made += len(made) + len(taken)
        self._site.plans.put(row.plan_no, row._replace(planned_until_us=until_us))

    def _piece(self, plan: Plan, row: PlanRow, until_us: int) -> tuple[list[Window], int]:
        """The windows that come next, and up to when these are all: a piece for which there are few enough at once."""
        occasions, from_us, length_us = self._occasions(), row.planned_until_us, self._site.piece_us
        while True:
            end_us = min(until_us, from_us + length_us)
            least = end_us - from_us <= _PIECE_MIN_US
            found = windows(plan, row.plan_no, occasions, from_us, end_us)
            made = list(found if least else islice(found, PIECE_WINDOWS_MAX + 1))
            if least or len(made) <= PIECE_WINDOWS_MAX:
                break
            length_us = max(_PIECE_MIN_US, (end_us - from_us) // 2)
        if len(made) < PIECE_WINDOWS_MAX // 4 and end_us < until_us:
            length_us = min(2 * length_us, _PIECE_MAX_US)  # months with little to do in them are made in a few pieces
        self._site.piece_us = length_us
        return made, end_us

    def _occasions(self) -> list[Occasion]:
        return [one for name in self._site.occasions if (one := self._site.occasions.get(name)) is not None]
