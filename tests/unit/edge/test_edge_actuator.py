"""An actuator whose device can be told by whoever asks: what is begun is behind the interlocks, alone, and finished once."""

from threading import Event, current_thread

import pytest

from contract.clock import ManualClock
from drivers.port import CommandFailed
from edge.actuator import ACT_LIMIT_US, Actuator, Job
from edge.interlocks import Reason
from tests.support.agent_rig import wait_for


class Prompt:
    """A driver that notes who tells its device, and waits for an answer until `answered`."""

    def __init__(self):
        self.is_free = True
        self.error = self.fault = None
        self.answered = Event()
        self.began, self.acted = [], []
        self.answered.set()

    def run(self, sink, stop):
        raise NotImplementedError

    def act(self, action, _args):
        self.acted.append((action, current_thread().name))

    def begin(self, action, _args):
        if self.fault is not None:
            raise self.fault
        if not self.is_free:
            return None
        self.began.append((action, current_thread().name))
        return self._finish

    def _finish(self):
        assert self.answered.wait(10)
        if self.error is not None:
            raise self.error


class Rig:
    def __init__(self):
        self.driver, self.clock, self.told = Prompt(), ManualClock(), []
        self.verdict: Reason = "allowed"
        self.actuator = Actuator("b", driver=lambda: self.driver, judge=lambda _action: self.verdict, clock=self.clock)
        self.actuator.start()

    def ask(self, action="open", until_us=None):
        return self.actuator.ask(Job(action, {}, lambda outcome, reason: self.told.append((action, outcome, reason)), until_us))

    def wait_told(self, count):
        wait_for(lambda: len(self.told) >= count, "results")
        return self.told


@pytest.fixture
def rig():
    one = Rig()
    yield one
    one.driver.answered.set()
    one.actuator.stop()
    assert one.actuator.join(10) or one.actuator.stuck


def test_whoever_asks_tells_the_device_and_another_thread_waits_for_its_answer(rig):
    rig.driver.answered.clear()
    assert rig.ask()
    assert rig.driver.began == [("open", current_thread().name)]
    assert not rig.told
    rig.driver.answered.set()
    assert rig.wait_told(1) == [("open", "done", "")]
    assert rig.driver.acted == []
    assert rig.actuator.counters.begun == 1


def test_a_second_action_waits_for_the_first(rig):
    rig.driver.answered.clear()
    rig.ask("open")
    rig.ask("stop")
    assert [action for action, _ in rig.driver.began] == ["open"]
    rig.driver.answered.set()
    assert rig.wait_told(2) == [("open", "done", ""), ("stop", "done", "")]
    assert rig.driver.acted == [("stop", "actuator-b")]


def test_where_the_line_is_not_free_the_actuator_s_thread_tells_the_device(rig):
    rig.driver.is_free = False
    rig.ask()
    assert rig.wait_told(1) == [("open", "done", "")]
    assert rig.driver.acted == [("open", "actuator-b")]


def test_what_interlocks_forbid_or_what_is_too_late_is_not_begun(rig):
    rig.verdict = "beam_blocked"
    rig.ask("close")
    rig.wait_told(1)
    rig.verdict = "allowed"
    wait_for(lambda: rig.actuator._owed == 0, "the end of the first")
    rig.clock.advance_us(2)
    rig.ask("open", until_us=1)
    assert rig.wait_told(2) == [("close", "refused", "beam_blocked"), ("open", "refused", "expired")]
    assert rig.driver.began == rig.driver.acted == []


def test_what_fails_after_it_was_begun_is_told_once(rig):
    rig.driver.error = CommandFailed("the board did not confirm")
    rig.ask()
    assert rig.wait_told(1) == [("open", "failed", "the board did not confirm")]


def test_a_driver_s_fault_in_beginning_is_a_failed_action_and_no_harm_to_whoever_asks(rig):
    rig.driver.fault = RuntimeError("a fault")
    assert rig.ask()
    assert rig.wait_told(1) == [("open", "failed", "driver_fault")]


def test_what_was_begun_and_does_not_come_back_is_given_up_and_the_next_goes_on(rig):
    rig.driver.answered.clear()
    rig.ask()
    rig.clock.advance_us(ACT_LIMIT_US)
    rig.actuator.check(rig.clock.mono_us())
    assert rig.told == [("open", "failed", "timeout")]
    rig.driver.is_free = False
    rig.ask("stop")
    assert rig.wait_told(2)[1:] == [("stop", "done", "")]
    rig.driver.answered.set()
    wait_for(lambda: rig.actuator.counters.late == 1, "the late return")
    assert len(rig.told) == 2


def test_what_was_begun_is_finished_though_the_agent_stops(rig):
    rig.driver.answered.clear()
    rig.ask()
    rig.actuator.stop()
    rig.driver.answered.set()
    assert rig.actuator.join(10)
    assert rig.told == [("open", "done", "")]
    rig.ask()
    assert len(rig.driver.began) == 1
