from collections.abc import Callable
from functools import partial
from threading import Thread

import msgspec
import pytest

from contract.clock import US_PER_S, ManualClock
from contract.readings import ArmState, BarrierState, BeamState, LoopState
from drivers.barrier_modbus.decode import Barrier, BarrierOptions, Coils, Inputs, position, question
from drivers.barrier_modbus.driver import KIND, BarrierDriver
from drivers.barrier_modbus.relays import Relays
from drivers.barrier_modbus.twin import Arm, BarrierTwin
from drivers.modbus.frames import READ_INPUTS, Asked
from drivers.modbus.slave import Slave
from drivers.modbus.unit import NoAnswer
from drivers.port import CommandFailed
from drivers.transports.pty import PtyLine
from tests.support.modbus_rig import running, slave_line, wait_for

LIMIT_US = 10 * US_PER_S
CLOSED = {0: False, 1: True, 2: True, 3: False, 4: False, 5: True}
FAST = BarrierOptions(pulse_ms=50, poll_ms=20, timeout_ms=1_000)


@pytest.mark.parametrize(
    ("at_open", "at_closed", "apart_us", "says"),
    [
        (True, False, 0, "open"),
        (False, True, 0, "closed"),
        (False, True, 99 * LIMIT_US, "closed"),
        (False, False, 0, "moving"),
        (False, False, LIMIT_US - 1, "moving"),
        (False, False, LIMIT_US, "unknown"),
        (True, True, LIMIT_US - 1, "moving"),
        (True, True, LIMIT_US, "unknown"),
    ],
)
def test_two_switches_tell_the_position(at_open, at_closed, apart_us, says):
    assert position(at_open, at_closed, apart_us, LIMIT_US) == says


def test_the_first_inputs_tell_everything_and_later_ones_what_changed():
    barrier = Barrier(BarrierOptions())
    assert barrier.step(CLOSED, 0) == [BarrierState("closed"), ArmState(True), LoopState(False), BeamState(False)]
    assert barrier.step(CLOSED, 1) == []
    assert barrier.step(CLOSED | {3: True}, 2) == [LoopState(True)]
    assert barrier.step(CLOSED | {3: True, 4: True}, 3) == [LoopState(True, faulty=True)]
    assert barrier.step(CLOSED | {2: False, 5: False}, 4) == [ArmState(False), LoopState(False), BeamState(True)]


def test_a_movement_that_takes_too_long_becomes_unknown_once():
    barrier = Barrier(BarrierOptions(movement_s_max=10))
    barrier.step(CLOSED, 0)
    apart = CLOSED | {1: False}
    assert barrier.step(apart, 1_000) == [BarrierState("moving")]
    assert barrier.step(apart, 1_000 + LIMIT_US - 1) == []
    assert barrier.step(apart, 1_000 + LIMIT_US) == [BarrierState("unknown")]
    assert barrier.step(apart, 9 * LIMIT_US) == []
    assert barrier.step(apart | {0: True}, 9 * LIMIT_US + 1) == [BarrierState("open")]
    assert barrier.step(apart, 9 * LIMIT_US + 2) == [BarrierState("moving")]


def test_a_beam_s_cut_cable_reads_as_blocked_unless_the_settings_say_otherwise():
    cut = CLOSED | {5: False}
    barrier = Barrier(BarrierOptions())
    assert BeamState(False) in barrier.step(CLOSED, 0)
    assert barrier.step(cut, 1) == [BeamState(True)]
    other = Barrier(BarrierOptions(normally_closed=frozenset()))
    assert BeamState(False) in other.step(cut, 0)
    assert other.step(CLOSED, 1) == [BeamState(True)]


def test_what_is_not_wired_is_not_reported():
    barrier = Barrier(BarrierOptions(inputs=Inputs(arm_attached=None, loop=None, loop_fault=None, beam=None)))
    assert barrier.step(CLOSED, 0) == [BarrierState("closed")]


def test_the_poll_is_the_shortest_run_that_holds_all_inputs():
    assert question(BarrierOptions()) == Asked(READ_INPUTS, 0, 6)
    wired = Inputs(limit_open=9, limit_closed=12, arm_attached=None, loop=None, loop_fault=None, beam=None)
    assert question(BarrierOptions(inputs=wired)) == Asked(READ_INPUTS, 9, 4)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"coils": {"open": 1}}, "two relays"),
        ({"inputs": {"limit_open": 1}}, "two inputs"),
        ({"unit": 256}, "unit"),
        ({"pulse": 5}, "pulse"),
        ({"normally_closed": ["light"]}, "normally_closed"),
    ],
)
def test_settings_that_cannot_be_are_refused(options, says):
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert(options, KIND.options)


def test_the_arm_moves_at_its_own_pace_and_stops_where_it_is_told():
    arm = Arm(2.0, 0)
    arm.go(1, 0)
    assert arm.at(US_PER_S) == pytest.approx(0.5)
    arm.go(0, US_PER_S)
    assert arm.at(9 * US_PER_S) == pytest.approx(0.5)
    arm.go(-1, 9 * US_PER_S)
    assert arm.at(99 * US_PER_S) == 0.0
    arm.go(1, 99 * US_PER_S)
    assert arm.at(102 * US_PER_S) == 1.0


def rig(line=None, options=FAST, travel_s=0.2):
    twin = BarrierTwin(options, travel_s=travel_s)
    return twin, slave_line(twin.slave, line=line)


def test_every_state_is_told_again_after_a_reconnection():
    options = msgspec.structs.replace(FAST, timeout_ms=100)
    _, lined = rig(options=options)
    with lined as far:
        driver = BarrierDriver(far.line.address, options)
        for _ in range(2):
            far.speak(1)
            with running(driver) as run:
                wait_for(lambda run=run: len(run.sink.readings) == 4, "the states of this connection")
                assert run.sink.readings == [BarrierState("closed"), ArmState(True), LoopState(False), BeamState(False)]
                far.go_silent(1)
                wait_for(run.ended, "the end of the link")
            assert run.lost == "timeout"


def test_a_whole_passage_over_a_serial_port(tmp_path):
    twin, lined = rig(PtyLine(tmp_path / "barrier", baud=115_200))
    with lined as far, running(BarrierDriver(far.line.address, FAST)) as run:
        readings = lambda: run.sink.readings  # noqa: E731
        wait_for(lambda: len(readings()) >= 4, "the first state")
        assert readings()[:4] == [BarrierState("closed"), ArmState(True), LoopState(False), BeamState(False)]
        run.driver.act("open", {})
        assert twin.presses == {"open": 1, "close": 0, "stop": 0}
        wait_for(lambda: BarrierState("open") in readings(), "the arm is up")
        twin.car_arrives()
        wait_for(lambda: BeamState(True) in readings(), "the car")
        twin.car_leaves()
        wait_for(lambda: readings()[-1] == BeamState(False), "the car has left")
        run.driver.act("close", {})
        wait_for(lambda: readings().count(BarrierState("closed")) == 2, "the arm is down")
        twin.knock_off_arm()
        wait_for(lambda: ArmState(False) in readings(), "the arm is off")
        assert not any(twin.slave.coil(coil) for coil in range(3))
        assert run.sink.ups == 1
        assert run.sink.alives > 3
    assert not run.lost


def test_a_car_tells_the_loop_and_the_beam_and_a_broken_loop_is_faulty():
    twin, lined = rig()
    with lined as far, running(BarrierDriver(far.line.address, FAST)) as run:
        twin.car_arrives()
        wait_for(lambda: LoopState(True) in run.sink.readings)
        twin.break_loop()
        wait_for(lambda: LoopState(True, faulty=True) in run.sink.readings)


def test_an_arm_that_is_held_open_does_not_follow_the_relays():
    twin, lined = rig()
    with lined as far, running(BarrierDriver(far.line.address, FAST)) as run:
        twin.hold_open()
        wait_for(lambda: BarrierState("open") in run.sink.readings)
        run.driver.act("close", {})
        assert twin.presses["close"] == 1
        assert twin.opened == 1.0
        twin.let_go()
        run.driver.act("close", {})
        wait_for(lambda: run.sink.readings[-1] == BarrierState("closed"))


def test_a_silent_board_is_lost_and_found_again():
    options = msgspec.structs.replace(FAST, timeout_ms=50)
    _, lined = rig(options=options)
    with lined as far:
        driver = BarrierDriver(far.line.address, options)
        far.go_silent(1)
        with running(driver) as run:
            wait_for(run.ended)
        assert run.lost == "timeout"
        assert run.sink.ups == run.sink.alives == 0
        far.speak(1)
        for _ in range(20):  # a loaded machine may be slower than this board's timeout
            with running(driver) as run:
                wait_for(lambda: run.sink.readings or run.ended())
            if run.sink.readings:
                break
        assert run.sink.readings[0] == BarrierState("closed")


def test_without_a_connection_a_command_fails():
    with pytest.raises(CommandFailed, match="not connected"):
        BarrierDriver("null:nowhere", FAST).act("open", {})


def test_an_action_without_a_relay_fails_and_says_so():
    options = msgspec.structs.replace(FAST, coils=Coils(stop=None))
    _, lined = rig(options=options)
    with lined as far, running(BarrierDriver(far.line.address, options)) as run:
        wait_for(lambda: run.sink.alives)
        with pytest.raises(CommandFailed, match="no relay"):
            run.driver.act("stop", {})


def test_a_relay_that_was_left_on_is_let_go_at_the_next_connection():
    twin, lined = rig()
    twin.slave.answer(bytes.fromhex("050000ff00"))
    assert twin.slave.coil(0)
    with lined as far, running(BarrierDriver(far.line.address, FAST)) as run:
        wait_for(lambda: run.sink.alives)
        assert not twin.slave.coil(0)


def press_and_note(driver, action, outcomes):
    """Press in a thread of its own; how it ended goes to `outcomes`."""

    def press():
        try:
            driver.act(action, {})
            outcomes[action] = "done"
        except CommandFailed as error:
            outcomes[action] = str(error)

    thread = Thread(target=press)
    thread.start()
    return thread


def test_opening_does_not_wait_for_a_closing_pulse_and_leaving_ends_every_pulse():
    options = msgspec.structs.replace(FAST, pulse_ms=5_000)
    twin, lined = rig(options=options)
    outcomes: dict[str, str] = {}
    with lined as far:
        with running(BarrierDriver(far.line.address, options)) as run:
            wait_for(lambda: run.sink.alives)
            closing = press_and_note(run.driver, "close", outcomes)
            wait_for(lambda: twin.slave.coil(1), "the closing relay is on")
            opening = press_and_note(run.driver, "open", outcomes)
            closing.join()
            assert outcomes["close"].startswith("cut short")
            wait_for(lambda: twin.slave.coil(0), "the opening relay is on")
            assert not twin.slave.coil(1)
        opening.join()
        assert outcomes["open"].startswith("cut short")
        assert not twin.slave.coil(0)
    assert twin.presses == {"open": 1, "close": 1, "stop": 0}


class StubbornBoard:
    """A board whose answers are lost when it is told so, though it does what it is asked."""

    def __init__(self) -> None:
        self.slave = Slave()
        self.deaf_writes = 0
        self.is_free = True

    def write_coil(self, address: int, on: bool) -> None:
        self.slave.answer(bytes((5, 0, address, 0xFF if on else 0, 0)))
        if self.deaf_writes:
            self.deaf_writes -= 1
            raise NoAnswer("timeout")

    def begin_coil(self, address: int, on: bool) -> Callable[[], None] | None:
        return partial(self.write_coil, address, on) if self.is_free else None

    def coil(self, address: int) -> bool:
        return self.slave.coil(address)


def test_a_pulse_whose_confirmation_was_lost_fails_and_the_relay_is_let_go():
    board = StubbornBoard()
    relays = Relays(board, Coils(), 0.01)
    board.deaf_writes = 1
    with pytest.raises(CommandFailed, match="did not confirm: timeout"):
        relays.press("open")
    assert not board.slave.coil(0)


def test_a_relay_that_could_not_be_let_go_is_let_go_with_the_next_poll():
    board = StubbornBoard()
    board.slave.on_coil = lambda number, on: setattr(board, "deaf_writes", 1) if on else None
    relays = Relays(board, Coils(), 0.01)
    stuck = board.write_coil
    board.write_coil = lambda address, on: stuck(address, on) if on else refuse()  # type: ignore[method-assign]

    def refuse():
        raise NoAnswer("timeout")

    with pytest.raises(CommandFailed, match="let go"):
        relays.press("open")
    assert board.slave.coil(0)
    board.write_coil = stuck  # type: ignore[method-assign]
    board.deaf_writes = 0
    relays.release_pressed()
    assert not board.slave.coil(0)


def test_a_relay_that_was_pressed_at_once_keeps_the_others_waiting_and_is_let_go():
    board = StubbornBoard()
    relays = Relays(board, Coils(), 0.01)
    finish = relays.begin("open")
    assert finish is not None
    assert relays.begin("close") is None
    finish()
    assert not board.slave.coil(0)
    board.deaf_writes = 1
    finish = relays.begin("open")
    assert finish is not None
    with pytest.raises(CommandFailed, match="did not confirm: timeout"):
        finish()
    assert not board.slave.coil(0)
    relays.press("close")


def test_where_the_line_is_not_free_a_relay_is_not_pressed_at_once():
    board = StubbornBoard()
    relays = Relays(board, Coils(), 0.01)
    board.is_free = False
    assert relays.begin("open") is None
    assert relays.begin("nonsense") is None
    relays.press("open")


def test_after_the_connection_nothing_is_pressed():
    board = StubbornBoard()
    relays = Relays(board, Coils(), 0.01)
    relays.shut()
    assert relays.begin("open") is None
    with pytest.raises(CommandFailed, match="connection"):
        relays.press("open")
    assert not board.slave.coil(0)


def test_the_twin_runs_on_the_clock_it_is_given():
    clock = ManualClock()
    twin = BarrierTwin(BarrierOptions(), travel_s=2, clock=clock)
    twin.slave.answer(bytes.fromhex("050000ff00"))
    clock.advance_us(US_PER_S)
    assert twin.slave.answer(bytes.fromhex("0200000006")).hex() == "020124"
    clock.advance_us(US_PER_S)
    assert twin.slave.answer(bytes.fromhex("0200000006")).hex() == "020125"
