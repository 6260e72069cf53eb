"""Whatever the lane, the fire panel, the link and the hub do, in any order: what moves the barrier is judged by a model."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.support.lane_rig import FIRES, HEARD_US, LIFE_US, SENSOR_STATES, Lane, ready


class Machine(RuleBasedStateMachine):
    """Each rule is one thing that happens; the lane raises when the barrier does what it must not."""

    def __init__(self) -> None:
        super().__init__()
        self.lane = Lane()

    @rule(sensor=st.sampled_from(("loop", "beam")), state=st.sampled_from(SENSOR_STATES))
    def senses(self, sensor, state):
        self.lane.sensor(sensor, state)

    @rule()
    def answers(self):
        self.lane.heard()

    @rule()
    def all_is_well(self):
        ready(self.lane)

    @rule(up=st.booleans())
    def link(self, up):
        self.lane.link(up)

    @rule(which=st.integers(0, len(FIRES) - 1), active=st.booleans())
    def fire(self, which, active):
        self.lane.fire(which, active)

    @rule()
    def fire_panel_is_lost(self):
        self.lane.fire_link_lost()

    @rule()
    def nonce(self):
        self.lane.ask_nonce()

    @rule(action=st.sampled_from(("open", "close", "stop")), spent=st.booleans())
    def command(self, action, spent):
        self.lane.command(action, spent=spent)

    @rule()
    def carried_out(self):
        self.lane.carry_out()

    @rule(by_us=st.sampled_from((1, 1_000_000, HEARD_US, HEARD_US + 1, LIFE_US, LIFE_US + 1)))
    def time_passes(self, by_us):
        self.lane.clock.advance_us(by_us)


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_a_clear_lane_closes_and_the_model_sees_it():
    lane = Lane()
    ready(lane)
    lane.command("close")
    lane.carry_out()
    assert (lane.driver.acts, lane.closings) == (["close"], 1)
