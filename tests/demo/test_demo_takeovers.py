"""Whoever takes an agent's connection: what is written down of it follows the agent and the hub, not what was tried."""

import pytest

from contract.clock import US_PER_S, ManualClock
from watchkeeper.demo import script
from watchkeeper.demo.life import Stage
from watchkeeper.demo.record import Record
from watchkeeper.demo.takeovers import MORE_MAX, TAKEOVER, Coming, Taker, outcome

LIMITS = {"takeover_connects": 4.0, "takeover_window_s": 18.0}
WINDOW_US = 18 * US_PER_S


class Patience(Stage):
    """A stage on which time passes at once."""

    def rest(self, seconds: float) -> None:
        self.clock.advance_us(int(max(0.0, seconds) * US_PER_S))  # type: ignore[attr-defined]


class Pump:
    """An agent that comes back `back_s` after it was thrown out, None: not at all, and is answered `answer_s` later. `plan` is
    for the first ones, the last of it for all others."""

    agent, device = "pump-1", "meter-1"

    def __init__(self, clock: ManualClock, *plan: tuple[float | None, float]) -> None:
        self.clock, self.plan, self.kicks = clock, plan, 0
        self.came: list[int] = []
        self._due_us = self._answered_us = 0
        self._counted = True

    @property
    def connects(self) -> int:
        if not self._counted and self.clock.now_us() >= self._due_us:
            self._counted = True
            self.came.append(self.clock.now_us())
        return len(self.came)

    @property
    def came_us(self) -> int:
        return self.came[-1] if self.came else 0

    @property
    def acked(self) -> int:
        return int(self.clock.now_us() >= self._answered_us)

    def take_connection(self) -> None:
        back_s, self._answer_s = self.plan[min(self.kicks, len(self.plan) - 1)]
        self.kicks += 1
        self._counted = back_s is None
        self._due_us = self.clock.now_us() + int((back_s or 0.0) * US_PER_S)

    def note_about(self, device: str) -> int:
        assert device == self.device
        self._answered_us = self.clock.now_us() + int(self._answer_s * US_PER_S)
        return 1


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def taker_of(clock: ManualClock, *plan: tuple[float | None, float]) -> tuple[Taker, Patience, Pump]:
    pump = Pump(clock, *plan)
    return Taker(pump), Patience(clock, Record(), LIMITS), pump  # type: ignore[arg-type]


def test_an_episode_is_over_as_soon_as_the_hub_has_surely_heard_enough(clock):
    taker, stage, pump = taker_of(clock, (2.0, 0.3))
    taker.insists(stage)
    assert pump.kicks == 4
    assert stage.record.tally() == (({TAKEOVER: 1}), {}, [])


def test_what_the_agent_did_not_come_back_from_is_not_counted_and_is_done_again(clock):
    taker, stage, pump = taker_of(clock, (2.0, 0.3), (2.0, 0.3), (None, 0.0), (2.0, 0.3))
    taker.insists(stage)
    assert pump.kicks == 7, "the first two lie too long before the last ones"
    assert stage.record.tally().episodes == {TAKEOVER: 1}
    assert stage.record.tally().ambiguous == []


def test_slow_comings_go_on_until_enough_lie_in_one_window(clock):
    taker, stage, pump = taker_of(clock, (7.0, 3.0), (7.0, 3.0), (2.0, 0.3))
    taker.insists(stage)
    assert pump.kicks == 5, "the first one lies too long before the others"
    assert stage.record.tally().episodes == {TAKEOVER: 1}


def test_where_they_never_do_there_is_doubt_and_no_episode(clock):
    taker, stage, pump = taker_of(clock, (5.5, 1.0))
    taker.insists(stage)
    assert pump.kicks == 4 + MORE_MAX
    tally = stage.record.tally()
    assert (tally.episodes.total(), len(tally.ambiguous)) == (0, 1)


def test_once_is_a_near_miss_and_only_after_a_quiet_window(clock):
    taker, stage, pump = taker_of(clock, (2.0, 0.3))
    taker.tries_once(stage)
    taker.tries_once(stage)
    assert (pump.kicks, stage.record.tally().near_misses) == (1, {TAKEOVER: 1})
    stage.rest(1.7 * LIMITS["takeover_window_s"])
    taker.tries_once(stage)
    assert (pump.kicks, stage.record.tally().near_misses) == (2, {TAKEOVER: 2})


def test_two_episodes_have_a_quiet_window_between_them(clock):
    taker, stage, pump = taker_of(clock, (2.0, 0.3))
    taker.insists(stage)
    taker.insists(stage)
    assert pump.kicks == 4
    stage.rest(1.7 * LIMITS["takeover_window_s"])
    taker.insists(stage)
    assert (pump.kicks, stage.record.tally().episodes) == (8, {TAKEOVER: 2})


@pytest.mark.parametrize(
    ("at_s", "is_a"),
    [([0, 2, 4], "near_miss"), ([0, 3, 6, 9], "episode"), ([0, 6, 12, 18], "ambiguous"), ([0, 20, 22, 24, 26], "episode")],
)
def test_comings_are_judged_by_what_the_hub_must_have_counted(at_s, is_a):
    comings = [Coming(at * US_PER_S, at * US_PER_S + US_PER_S // 2) for at in at_s]
    assert outcome(comings, 4, WINDOW_US) == is_a


def test_a_minute_has_the_same_things_at_each_agent():
    orders = [order.split() for order in script._PUMPS]
    assert len({frozenset(order) for order in orders}) == 1
    assert {len(order) for order in orders} == {9}
