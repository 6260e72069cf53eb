import struct
from typing import Any

import msgspec
import pytest

from contract.clock import US_PER_S, ManualClock
from contract.readings import AlarmInput, DoorContact, ExitRequested, FireInput, Measurement, TamperContact
from drivers.contacts_modbus.decode import (
    EIGHT_ZONES,
    Contacts,
    ContactsOptions,
    Input,
    Meter,
    Output,
    Said,
    measured,
    output_of,
    question,
)
from drivers.contacts_modbus.driver import KIND, ContactsDriver
from drivers.contacts_modbus.locks import RETRY_US, Locks
from drivers.contacts_modbus.twin import ContactsTwin
from drivers.modbus.frames import READ_HOLDING, READ_INPUT_REGISTERS, READ_INPUTS, Asked, write_coil_pdu
from drivers.modbus.unit import NoAnswer
from drivers.port import CommandFailed
from drivers.transports.pty import PtyLine
from tests.support.modbus_rig import running, slave_line, wait_for

DOOR = Input(number=0, role="door", name="door", normally_closed=True, device="gate-door")
ALARM = Input(number=1, role="alarm", name="panic")
FIRE = Input(number=2, role="fire", name="panel")
TAMPER = Input(number=3, role="tamper", name="lid")
EXIT = Input(number=4, role="exit", name="button", device="gate-door")
ALL = (DOOR, ALARM, FIRE, TAMPER, EXIT)
WATER = Meter(register=0, quantity="water_flow", unit="l/min", scale=0.1, every_s=0.1)
POWER = Meter(register=2, quantity="power", unit="W", kind="holding", format="float32", every_s=0.1, device="pump")
OPTIONS = ContactsOptions(inputs=ALL, meters=(WATER, POWER), poll_ms=20, debounce_ms=20, timeout_ms=1_000)
CALM = {0: True, 1: False, 2: False, 3: False, 4: False}


def contacts(debounce_us=0):
    return Contacts(ContactsOptions(inputs=ALL), debounce_us)


def test_the_first_state_is_told_and_a_button_is_not():
    assert contacts().step(CALM | {4: True}, 0) == [
        Said(DoorContact(open=False), "gate-door"),
        Said(AlarmInput(active=False, name="panic"), None),
        Said(FireInput(active=False, name="panel"), None),
        Said(TamperContact(active=False), None),
    ]


@pytest.mark.parametrize(
    ("number", "on", "said"),
    [
        (0, False, Said(DoorContact(open=True), "gate-door")),
        (1, True, Said(AlarmInput(active=True, name="panic"), None)),
        (2, True, Said(FireInput(active=True, name="panel"), None)),
        (3, True, Said(TamperContact(active=True), None)),
        (4, True, Said(ExitRequested(), "gate-door")),
    ],
)
def test_a_change_is_told_once_in_its_role(number, on, said):
    board = contacts()
    board.step(CALM, 0)
    assert board.step(CALM | {number: on}, 1) == [said]
    assert board.step(CALM | {number: on}, 2) == []


def test_a_button_says_nothing_when_it_is_let_go():
    board = contacts()
    board.step(CALM, 0)
    board.step(CALM | {4: True}, 1)
    assert board.step(CALM, 2) == []
    assert board.step(CALM | {4: True}, 3) == [Said(ExitRequested(), "gate-door")]


def test_a_contact_that_bounces_is_told_when_it_has_settled():
    board = contacts(debounce_us=50)
    board.step(CALM, 0)
    pressed = CALM | {1: True}
    assert [board.step(bits, now) for bits, now in ((pressed, 10), (CALM, 20), (pressed, 30), (pressed, 79))] == [[]] * 4
    assert board.step(pressed, 80) == [Said(AlarmInput(active=True, name="panic"), None)]
    assert board.step(CALM, 90) == []
    assert board.step(pressed, 100) == []


def test_inputs_that_were_not_read_are_as_they_were():
    board = contacts()
    board.step(CALM, 0)
    assert board.step({1: True}, 1) == [Said(AlarmInput(active=True, name="panic"), None)]
    assert board.step({}, 2) == []


@pytest.mark.parametrize(
    ("settings", "words", "value"),
    [
        ({"format": "uint16", "scale": 0.1}, (217,), 21.7),
        ({"format": "uint16"}, (0xFFFF,), 65535),
        ({"format": "int16", "scale": 0.1}, (0xFFF6,), -1.0),
        ({"format": "uint32"}, (1, 2), 65538),
        ({"format": "int32", "low_word_first": True}, (0xFFFE, 0xFFFF), -2),
        ({"format": "float32"}, struct.unpack(">HH", struct.pack(">f", 12.5)), 12.5),
        ({"format": "uint16", "scale": 0.5, "offset": -20}, (10,), -15),
    ],
)
def test_registers_become_a_quantity(settings, words, value):
    meter = Meter(register=0, quantity="temperature", unit="°C", **settings)
    assert measured(meter, words) == Measurement("temperature", value, "°C")


@pytest.mark.parametrize("raw", [float("nan"), float("inf")])
def test_a_float_that_is_no_number_is_no_measurement(raw):
    meter = Meter(register=0, quantity="power", format="float32")
    assert measured(meter, struct.unpack(">HH", struct.pack(">f", raw))) is None


def test_the_polls_are_as_short_as_can_be():
    assert question(OPTIONS) == Asked(READ_INPUTS, 0, 5)
    assert question(ContactsOptions(inputs=(), meters=(WATER,))) is None
    assert WATER.asked == Asked(READ_INPUT_REGISTERS, 0, 1)
    assert POWER.asked == Asked(READ_HOLDING, 2, 2)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"inputs": [], "meters": []}, "nothing to read"),
        ({"inputs": [{"number": 1, "role": "door"}, {"number": 1, "role": "fire"}]}, "two inputs"),
        ({"inputs": [{"number": 1, "role": "window"}]}, "role"),
        ({"inputs": [{"number": 1, "role": "door", "device": "Gate Door"}]}, "not a device's id"),
        ({"meters": [{"register": 1, "quantity": "power", "scale": 0}]}, "scale"),
        ({"meters": [{"register": 70000, "quantity": "power"}]}, "register"),
        ({"outputs": [{"number": 1, "device": "a"}, {"number": 1, "device": "b"}]}, "two outputs have one number"),
        ({"outputs": [{"number": 1, "device": "a"}, {"number": 2, "name": "a"}]}, "two outputs have one name or device"),
        ({"outputs": [{"number": 1}, {"number": 2}]}, "two outputs have no device"),
        ({"outputs": [{"number": 1, "device": "Gate Door"}]}, "not a device's id"),
        ({"outputs": [{"number": 1, "pulse_ms": 10}]}, "pulse_ms"),
    ],
)
def test_settings_that_cannot_be_are_refused(options, says):
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert(options, KIND.options)


def test_without_settings_it_is_a_board_of_eight_zones():
    assert msgspec.convert({}, ContactsOptions).inputs == EIGHT_ZONES


def test_a_board_tells_of_its_doors_and_meters_over_a_serial_port(tmp_path):
    twin = ContactsTwin(OPTIONS)
    twin.measure("water_flow", 12.3)
    twin.measure("power", 1500.5)
    line = PtyLine(tmp_path / "board", baud=115_200)
    with slave_line(twin.slave, line=line) as far, running(ContactsDriver(far.line.address, OPTIONS)) as run:
        said = run.sink.said
        wait_for(lambda: len(said) >= 4)
        assert said[0] == (DoorContact(open=False), "gate-door")
        wait_for(lambda: (Measurement("water_flow", 12.3, "l/min"), None) in said)
        wait_for(lambda: (Measurement("power", 1500.5, "W"), "pump") in said)
        twin.activate("door")
        wait_for(lambda: (DoorContact(open=True), "gate-door") in said)
        twin.activate("button")
        wait_for(lambda: (ExitRequested(), "gate-door") in said)
        twin.calm("door")
        wait_for(lambda: said.count((DoorContact(open=False), "gate-door")) == 2)
        with pytest.raises(CommandFailed):
            run.driver.act("open", {})
    assert run.sink.ups == 1
    assert not run.lost


def test_every_state_is_told_again_after_a_reconnection():
    options = msgspec.structs.replace(OPTIONS, meters=(), timeout_ms=100)
    twin = ContactsTwin(options)
    states = [(DoorContact(open=False), "gate-door"), (AlarmInput(active=False, name="panic"), None)]
    with slave_line(twin.slave) as far:
        driver = ContactsDriver(far.line.address, options)
        for _ in range(2):
            far.speak(1)
            with running(driver) as run:
                wait_for(lambda run=run: len(run.sink.said) == 4, "the states of this connection")
                assert run.sink.said[:2] == states
                far.go_silent(1)
                wait_for(run.ended, "the end of the link")
            assert run.lost == "timeout"


def test_a_meter_that_is_not_there_does_not_stop_the_inputs():
    far_register = Meter(register=60, quantity="power", every_s=0.1)
    options = msgspec.structs.replace(OPTIONS, meters=(far_register,))
    twin = ContactsTwin(msgspec.structs.replace(OPTIONS, meters=(WATER,)))
    with slave_line(twin.slave) as far, running(ContactsDriver(far.line.address, options)) as run:
        wait_for(lambda: "exception_02" in run.sink.reasons)
        twin.activate("panic")
        wait_for(lambda: AlarmInput(active=True, name="panic") in run.sink.readings)
    assert not run.lost


def test_a_board_of_meters_alone_is_lost_when_they_refuse():
    options = ContactsOptions(inputs=(), meters=(WATER,), poll_ms=20, timeout_ms=1_000)
    twin = ContactsTwin(options)
    with slave_line(twin.slave) as far:
        with running(ContactsDriver(far.line.address, options)) as run:
            wait_for(lambda: run.sink.readings)
            assert run.sink.ups == 1
            twin.slave.refusal = 4
            wait_for(run.ended)
        assert run.lost == "exception_04"


def test_a_float_that_is_no_number_is_a_finding():
    options = ContactsOptions(inputs=(), meters=(POWER,), poll_ms=20, timeout_ms=1_000)
    twin = ContactsTwin(options)
    twin.measure("power", float("nan"))
    with slave_line(twin.slave) as far, running(ContactsDriver(far.line.address, options)) as run:
        wait_for(lambda: "bad_value" in run.sink.reasons)
        assert not run.sink.readings


def test_the_twin_refuses_what_it_does_not_have():
    twin = ContactsTwin(OPTIONS)
    with pytest.raises(ValueError, match="no input 'window'"):
        twin.activate("window")
    with pytest.raises(ValueError, match="does not fit"):
        twin.measure("water_flow", 1e9)


LOBBY = Output(number=0, name="lobby", device="lobby-door", pulse_ms=100)
CELLAR = Output(number=3, device="cellar-door", pulse_ms=60_000)
LOCKS = ContactsOptions(inputs=ALL, outputs=(LOBBY, CELLAR), poll_ms=20, timeout_ms=1_000)


@pytest.mark.parametrize(
    ("outputs", "door", "number"),
    [
        ((LOBBY, CELLAR), "lobby-door", 0),
        ((LOBBY, CELLAR), "lobby", 0),
        ((LOBBY, CELLAR), "cellar-door", 3),
        ((LOBBY, CELLAR), "attic", None),
        ((LOBBY, CELLAR), "", None),
        ((LOBBY,), "", 0),
        ((LOBBY, Output(number=7)), "", 7),
        ((), "", None),
        ((), "lobby", None),
    ],
)
def test_a_command_means_one_output_or_none_and_then_says_why(outputs, door, number):
    found = output_of(outputs, door)
    assert (found and found.number) == number
    told = KIND.cannot(ContactsOptions(outputs=outputs), "unlock", door)
    assert bool(told) == (number is None)
    assert ": " in told or number is not None


class FakeBoard:
    """Coils that can be told to fail. `stuck` ones stay on; `silent` boards do not answer, but do what they are told."""

    def __init__(self) -> None:
        self.on: set[int] = set()
        self.stuck: set[int] = set()
        self.silent = False
        self.written: list[tuple[int, bool]] = []

    def write_coil(self, address, on):
        self.written.append((address, on))
        if on:
            self.on.add(address)
        elif address not in self.stuck:
            self.on.discard(address)
        if self.silent:
            raise NoAnswer("timeout")

    def coil(self, address):
        if self.silent:
            raise NoAnswer("timeout")
        return address in self.on


def locks_on(board, numbers=(0, 3)):
    clock = ManualClock()
    findings: list[Any] = []
    return Locks(board, numbers, clock, findings.append), clock, findings


def test_a_new_connection_begins_by_locking_every_door():
    board = FakeBoard()
    board.on = {0, 3}
    locks, clock, _ = locks_on(board)
    locks.release_due(clock.mono_us())
    assert board.on == set()
    assert not locks.is_due(clock.mono_us() + 10**12)


def test_a_lock_is_locked_in_its_time_and_a_second_card_makes_it_longer_never_shorter():
    board = FakeBoard()
    locks, clock, findings = locks_on(board, ())
    locks.unlock(0, 5 * US_PER_S)
    locks.unlock(3, 1 * US_PER_S)
    clock.advance_us(US_PER_S)
    locks.release_due(clock.mono_us())
    assert board.on == {0}
    locks.unlock(0, 6 * US_PER_S)
    locks.unlock(0, 1 * US_PER_S)
    clock.advance_us(6 * US_PER_S - 1)
    locks.release_due(clock.mono_us())
    assert board.on == {0}
    clock.advance_us(1)
    locks.release_due(clock.mono_us())
    assert board.on == set()
    assert not findings


def test_an_unlock_whose_answer_is_lost_fails_and_is_locked_again_at_once():
    board = FakeBoard()
    locks, clock, _ = locks_on(board, ())
    board.silent = True
    with pytest.raises(CommandFailed, match="did not confirm: timeout"):
        locks.unlock(0, 5 * US_PER_S)
    assert board.on == {0}
    board.silent = False
    locks.release_due(clock.mono_us())
    assert board.on == set()


def test_a_relay_that_stays_on_is_told_and_tried_again_and_the_others_go_off():
    board = FakeBoard()
    board.on, board.stuck = {0, 3}, {0}
    locks, clock, findings = locks_on(board)
    locks.release_due(clock.mono_us())
    assert board.on == {0}
    assert [one.reason for one in findings] == ["relay_stays_on"]
    locks.release_due(clock.mono_us())
    assert len(findings) == 1
    board.stuck = set()
    clock.advance_us(RETRY_US)
    locks.release_due(clock.mono_us())
    assert board.on == set()


def test_the_end_of_a_connection_locks_everything_and_refuses_the_rest():
    board = FakeBoard()
    locks, _, _ = locks_on(board, ())
    locks.unlock(0, 60 * US_PER_S)
    locks.unlock(3, 60 * US_PER_S)
    board.stuck = {0}
    locks.shut()
    assert board.on == {0}
    with pytest.raises(CommandFailed, match="connection was lost"):
        locks.unlock(3, US_PER_S)


def test_doors_are_unlocked_for_their_time_over_a_serial_port(tmp_path):
    twin = ContactsTwin(LOCKS)
    line = PtyLine(tmp_path / "board", baud=115_200)
    with slave_line(twin.slave, line=line) as far, running(ContactsDriver(far.line.address, LOCKS)) as run:
        wait_for(lambda: run.sink.alives, "the board")
        run.driver.act("unlock", {"door": "lobby-door"})
        assert twin.unlocks == {"lobby": 1, "cellar-door": 0}
        wait_for(lambda: not twin.is_unlocked("lobby"), "the lobby is locked again")
        run.driver.act("unlock", {"door": "cellar-door", "order": "c1"})
        assert twin.is_unlocked("cellar-door")
        run.driver.act("unlock", {"door": "lobby", "unlock_s": "0.2"})
        wait_for(lambda: not twin.is_unlocked("lobby"), "the lobby is locked again")
        assert twin.is_unlocked("cellar-door")
        for args, says in (
            ({}, "name the door"), ({"door": "attic"}, "no output for attic"),
            ({"door": "lobby", "unlock_s": "nan"}, "unlock_s"), ({"door": "lobby", "unlock_s": "61"}, "unlock_s"),
            ({"door": "lobby", "unlock_s": "long"}, "unlock_s"), ({"door": "lobby", "unlock_s": "-1"}, "unlock_s"),
        ):  # fmt: skip
            with pytest.raises(CommandFailed, match=says):
                run.driver.act("unlock", args)
        twin.activate("panic")
        wait_for(lambda: AlarmInput(active=True, name="panic") in run.sink.readings, "inputs are read meanwhile")
    assert not twin.is_unlocked("cellar-door"), "the end of the run locks it"
    assert twin.unlocks == {"lobby": 2, "cellar-door": 1}
    with pytest.raises(CommandFailed, match="not connected"):
        run.driver.act("unlock", {"door": "lobby"})


def test_a_door_that_an_earlier_run_left_unlocked_is_locked_and_slow_polls_do_not_delay_it():
    options = msgspec.structs.replace(LOCKS, poll_ms=10_000)
    twin = ContactsTwin(options)
    with slave_line(twin.slave) as far:
        twin.slave.answer(write_coil_pdu(CELLAR.number, True))
        assert twin.is_unlocked("cellar-door")
        with running(ContactsDriver(far.line.address, options)) as run:
            wait_for(lambda: not twin.is_unlocked("cellar-door"), "the cellar is locked")
            wait_for(lambda: run.sink.alives, "the first poll")
            run.driver.act("unlock", {"door": "lobby"})
            wait_for(lambda: not twin.is_unlocked("lobby"), "the lobby is locked again")
            assert run.sink.alives <= 5
    assert not run.lost
