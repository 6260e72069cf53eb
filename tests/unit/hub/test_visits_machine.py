"""A visit's life, whatever is done in whatever order, with restarts and what comes twice in between: judged by a model that knows
who has said yes, which links were used, and nothing of the workflow's tables."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from contract.clock import US_PER_S
from hub.cases.types import Refusal
from hub.ingest.sweeping import SweepGuard
from hub.visits import asks
from tests.support.site_rig import Hub, sqlite_url
from tests.support.visit_rig import DAY_S, DESK, GUARD, HOST, HOUR_S, NAMES, OTHER, TEN_MIN_S, Gatehouse

LIVE = ("registered", "asked", "expired", "confirmed", "inside", "overstayed")
LONGEST_S = 12 * HOUR_S
"""The longest pass: GATE-3."""
HOLDS = {"P1": 1, "AREA": 2}
KINDS = st.sampled_from(("visitor", "vehicle"))
REASON = "有原因"


@dataclass
class Known:
    """What the model knows of a visit: who said yes and when, and how often a gate has let it in."""

    yes_us: int | None = None
    expected_us: int = 0
    no: bool = False
    forced: bool = False
    entries: int = 0
    tokens: list[str] = field(default_factory=list)


class Row(NamedTuple):
    """A visit's row, as far as it is judged."""

    visit: str
    state: str
    space: str
    from_us: int | None
    until_us: int | None
    entered_us: int | None
    due_us: int | None
    ended_us: int | None
    erase_us: int | None
    erased_us: int | None
    sealed: str
    plate: str
    qr: str
    version: int


class Machine(RuleBasedStateMachine):
    """Each rule is one thing that happens; refusals are as good as deeds, as long as the invariants hold."""

    visits = Bundle("visits")

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        make: Callable[..., Hub] = Hub
        self.gate = Gatehouse(make, sqlite_url(Path(self._folder.name)))
        self.known: dict[str, Known] = {}
        self.spent: set[str] = set()
        self.swept_us = 0

    def teardown(self) -> None:
        self.gate.hub.close()
        self._folder.cleanup()

    @initialize()
    def sets_up(self) -> None:
        for name, holds in HOLDS.items():
            self.gate.space(name, holds=holds)
        self.own = self._own_link()

    # Registering

    @rule(target=visits, kind=KINDS, space=st.sampled_from(("", "P1", "AREA")), who=st.sampled_from((GUARD, DESK)))
    def is_registered(self, kind, space, who):
        return self._made(self.gate.register(kind, who=who, space=space if kind == "vehicle" else ""))

    @rule(target=visits, kind=KINDS, days=st.integers(0, 3))
    def is_registered_by_the_resident_at_the_desk(self, kind, days):
        expected_us = self.gate.now_us + days * DAY_S * US_PER_S if days else None
        made = self.gate.register(
            kind, who=DESK, resident=HOST, expected_us=expected_us, space="AREA" if kind == "vehicle" else ""
        )
        return self._made(made, yes=True, expected_us=expected_us)

    @rule(target=visits, kind=KINDS, hours=st.integers(0, 14), days=st.integers(0, 3))
    def is_registered_by_the_residents_own_link(self, kind, hours, days):
        expected_us = self.gate.now_us + days * DAY_S * US_PER_S if days else None
        return self._made(
            self.gate.invite(self.own, kind, hours=hours, expected_us=expected_us), yes=True, expected_us=expected_us
        )

    @rule(visit=visits)
    def the_resident_takes_back(self, visit):
        self.gate.cancel(self.own, visit)

    @rule()
    def the_desk_sends_a_new_link(self):
        old, self.own = self.own, self._own_link()
        assert isinstance(self.gate.invite(old), Refusal), "one that was replaced"

    # Asking and answering

    @rule(visit=visits)
    def the_resident_is_asked(self, visit):
        if not isinstance(self.gate.ask(visit), Refusal):
            self.known[visit].tokens.append(self.gate.token(visit))

    @precondition(lambda self: any(one.tokens for one in self.known.values()))
    @rule(data=st.data(), yes=st.booleans(), times=st.integers(1, 3))
    def the_resident_taps(self, data, yes, times):
        visit = data.draw(st.sampled_from(sorted(name for name, one in self.known.items() if one.tokens)))
        token = data.draw(st.sampled_from(self.known[visit].tokens))
        for _ in range(times):
            self._tap(visit, token, yes)
            yes = not yes  # whoever taps again says the other thing

    @rule(visit=visits, yes=st.booleans(), person=st.sampled_from((HOST, OTHER)))
    def the_desk_rings_up(self, visit, yes, person):
        if not isinstance(self.gate.call(visit, yes=yes, person=person), Refusal):
            self._said(visit, yes)

    # At the gate

    @rule(visit=visits, act=st.sampled_from(("admit", "enter", "force", "leave", "cancel", "close")))
    def the_guard_acts(self, visit, act):
        done = self.gate.act(visit, act, REASON)
        if isinstance(done, Refusal):
            return
        assert act != "admit", "a resident is visited: only the resident says yes"
        self.known[visit].forced |= act == "force"

    @rule(visit=visits, hours=st.integers(1, 13))
    def the_pass_is_extended(self, visit, hours):
        self.gate.act(visit, "extend", REASON, until_us=self.gate.now_us + hours * HOUR_S * US_PER_S)

    @rule(visit=visits, space=st.sampled_from((*HOLDS, "nowhere")))
    def another_space_is_given(self, visit, space):
        self.gate.act(visit, "space", space=space)

    @rule(visit=visits, inward=st.booleans(), ago_s=st.sampled_from((0, 0, 60, HOUR_S)))
    def the_pass_is_shown_at_a_gate(self, visit, inward, ago_s):
        """The gate decides by the permit that it knows, each use counted, and may tell of it late."""
        opens = self._opens(visit, self.gate.now_us - ago_s * US_PER_S) and not (inward and self.known[visit].entries)
        self.known[visit].entries += opens and inward
        self.gate.passes(visit, inward=inward, ago_s=ago_s, granted=bool(opens))

    @rule(visit=visits, inward=st.booleans())
    def a_gate_that_should_not_have_let_it_through_tells_so(self, visit, inward):
        self.known[visit].entries += inward
        self.gate.passes(visit, inward=inward)

    # What happens to the hub

    @precondition(lambda self: self.gate.agent.log)
    @rule(times=st.integers(1, 3))
    def the_agent_sends_everything_again(self, times):
        before = self._rows()
        for _ in range(times):
            self.gate.hub.take(self.gate.agent.batch(self.gate.agent.log))
        assert self._rows() == before

    @rule()
    def the_hub_is_killed_and_comes_back(self):
        before = self._rows()
        self.gate.hub.crash_and_reopen()
        assert self._rows() == before

    @rule(seconds=st.sampled_from((1, 60, TEN_MIN_S - 1, TEN_MIN_S, HOUR_S, 13 * HOUR_S, 8 * DAY_S)))
    def time_passes(self, seconds):
        self.gate.go(seconds)

    @rule(days=st.sampled_from((1, 179, 181)))
    def the_sweep_runs(self, days):
        self.gate.go(days * DAY_S)
        core = self.gate.hub.core
        core._sweep_guard = SweepGuard(None, self.gate.now_us, self.gate.hub.clock.mono_us())
        core._sweep_us = 0
        self._made(self.gate.register())
        self.swept_us = self.gate.now_us
        self.own = self._own_link()  # the one before may have ended

    # What holds after each step

    @invariant()
    def nobody_is_inside_without_a_yes(self):
        for row in self._rows():
            known = self.known[row.visit]
            if row.state == "confirmed":
                assert known.yes_us is not None, row
            if row.entered_us is not None:
                assert known.forced or (known.yes_us is not None and row.entered_us >= known.yes_us), row
            if known.no:
                assert row.state == "refused", row

    @invariant()
    def a_pass_opens_within_its_window_alone(self):
        rows, now_us = {row.visit: row for row in self._rows()}, self.gate.now_us
        for name, row in rows.items():
            known = self.known[name]
            if not self._opens(name, now_us):
                continue
            assert row.state in ("confirmed", "inside", "overstayed"), row
            assert known.yes_us is not None
            assert row.from_us is not None
            assert row.until_us is not None
            assert max(known.yes_us, known.expected_us) <= row.from_us <= now_us < row.until_us, row
            assert row.until_us <= now_us + LONGEST_S * US_PER_S, row
        ended = {row.visit for row in rows.values() if row.ended_us is not None}
        live = {
            permit.removeprefix("visit-") for permit, at_us in self.gate.hub.rows("permit", "permit", "ended_us") if at_us is None
        }
        assert not ended & live, "a pass outlives its visit"

    @invariant()
    def spaces_hold_no_more_than_they_do(self):
        rows = self._rows()
        for space, holds in HOLDS.items():
            assert sum(1 for row in rows if row.space == space and row.ended_us is None) <= holds

    @invariant()
    def nothing_waits_without_an_end(self):
        for row in self._rows():
            assert (row.ended_us is None) == (row.state in LIVE), row
            assert (row.due_us is None) == (row.ended_us is not None), row
            assert row.due_us is None or row.due_us > self.gate.now_us, row

    @invariant()
    def what_is_personal_goes_on_its_day_and_not_before(self):
        for row in self._rows():
            due = row.erase_us is not None and row.erase_us <= self.swept_us
            assert (row.erased_us is not None) == due, row
            assert (row.sealed == "") == due, row
            assert not due or (row.plate, row.qr) == ("", ""), row

    # Helpers

    def _made(self, made: Any, yes: bool = False, expected_us: int | None = None) -> Any:
        if isinstance(made, Refusal):
            return multiple()
        self.known[made.visit] = Known(self.gate.now_us if yes else None, expected_us or 0)
        return made.visit

    def _own_link(self) -> str:
        made = self.gate.hub.ask(asks.ResidentLinkSend(HOST, DESK))
        return NAMES.link_token(made.link)

    def _tap(self, visit: str, token: str, yes: bool) -> None:
        before = self._rows()
        seen = self.gate.tap(visit, yes=yes, token=token)
        answered = not isinstance(seen, Refusal) and bool(seen.person)
        if not answered:
            assert self._rows() == before, "a link that does not answer changes nothing"
            return
        assert token not in self.spent, "a link acts once"
        self.spent.add(token)
        self._said(visit, yes)

    def _said(self, visit: str, yes: bool) -> None:
        known = self.known[visit]
        assert known.yes_us is None, "it was answered already"
        assert not known.no
        known.yes_us, known.no = (self.gate.now_us, False) if yes else (None, True)

    def _opens(self, visit: str, at_us: int) -> bool:
        """Whether a gate that knows the hub's permits would have let it through then."""
        permit = self.gate.permit(visit)
        if permit is None:
            return False
        from_us, until_us, ended_us = permit
        return bool(from_us <= at_us < min(until_us, until_us if ended_us is None else ended_us))

    def _rows(self) -> list[Row]:
        return [Row(*row) for row in self.gate.hub.rows("visit", *Row._fields)]


TestVisits = Machine.TestCase
TestVisits.settings = settings(
    max_examples=10, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
