import gc
from threading import Event, Thread

import pytest

from contract.clock import US_PER_S, ManualClock, SystemClock
from drivers.modbus.bus import HUSH_EVERY_US, HUSH_US, Bus, bus_at
from drivers.modbus.frames import READ_HOLDING, READ_INPUT_REGISTERS, READ_INPUTS, Asked, rtu, tcp
from drivers.modbus.listening import HEARD_BYTES_MAX, RtuEar, TcpEar
from drivers.modbus.slave import Slave
from drivers.modbus.unit import POLLS_MISSED_MAX, TRIES, NoAnswer, Patience, Unit
from drivers.port import DeviceLost, Finding
from drivers.transports import parse_address
from drivers.transports.listen import TcpLine
from drivers.transports.pty import PtyLine
from tests.support.modbus_rig import slave_line

ASKED = Asked(READ_INPUTS, 0, 6)
ANSWER = rtu(1, bytes.fromhex("020105"))
SHORT_S, LONG_S = 0.05, 10.0


def unit_on(address, number=1, timeout_s=LONG_S, stop=None):
    """A unit, and what it reports."""
    found: list[Finding] = []
    bus = bus_at(address, SystemClock())
    return bus, Unit(bus, number, timeout_s, found.append, stop or Event()), found


def heard(ear, *chunks):
    for chunk in chunks:
        if ear.feed(chunk):
            break
    return ear.answer, [finding.reason for finding in ear.findings(0)]


@pytest.mark.parametrize(
    ("chunks", "answer", "reasons"),
    [
        ([ANSWER], "020105", []),
        ([ANSWER[:1], ANSWER[1:3], ANSWER[3:]], "020105", []),
        ([b"\x00\xff" + ANSWER], "020105", ["crc"]),
        ([rtu(2, bytes.fromhex("020105")), ANSWER], "020105", ["wrong_unit"]),
        ([rtu(2, bytes.fromhex("020105"))], None, ["wrong_unit"]),
        ([ANSWER[:-1] + b"\x00"], None, ["crc"]),
        ([ANSWER[:4]], None, ["truncated"]),
        ([rtu(1, b"\x82\x02")], "8202", []),
        ([], None, []),
    ],
)
def test_on_a_serial_line_an_answer_is_found_between_noise(chunks, answer, reasons):
    pdu, found = heard(RtuEar(1, READ_INPUTS), *chunks)
    assert (pdu.hex() if pdu else None, found) == (answer, reasons)


def test_a_line_that_babbles_is_not_heard_for_ever():
    ear = RtuEar(1, READ_INPUTS)
    assert ear.feed(bytes(HEARD_BYTES_MAX))
    assert ear.answer is None


@pytest.mark.parametrize(
    ("chunks", "answer", "reasons", "babble"),
    [
        ([tcp(1, bytes.fromhex("020105"), 9)], "020105", [], False),
        ([tcp(1, bytes.fromhex("020107"), 8) + tcp(1, bytes.fromhex("020105"), 9)], "020105", [], False),
        ([tcp(2, bytes.fromhex("020105"), 9)], None, ["wrong_unit"], False),
        ([tcp(1, bytes.fromhex("010105"), 9)], None, ["mismatch"], False),
        ([bytes.fromhex("000900010004")], None, ["truncated"], True),
        ([bytes.fromhex("00090001000401020105")], None, ["bad_header"], True),
        ([bytes.fromhex("00090000ffff01020105")], None, ["bad_header"], True),
    ],
)
def test_on_tcp_an_answer_bears_its_questions_number(chunks, answer, reasons, babble):
    ear = TcpEar(1, READ_INPUTS, 9)
    pdu, found = heard(ear, *chunks)
    assert (pdu.hex() if pdu else None, found, ear.babble) == (answer, reasons, babble)


def check_a_whole_conversation(address, slave):
    slave.set_input(2, True)
    slave.set_register(5, -7)
    slave.set_register(6, 0xBEEF, holding=True)
    bus, unit, found = unit_on(address)
    with bus.joined():
        assert unit.bits(ASKED) == {0: False, 1: False, 2: True, 3: False, 4: False, 5: False}
        assert unit.words(Asked(READ_INPUT_REGISTERS, 5, 1)) == (0xFFF9,)
        assert unit.words(Asked(READ_HOLDING, 6, 1)) == (0xBEEF,)
        unit.write_coil(3, True)
        assert slave.coil(3)
        assert unit.coil(3)
        unit.write_coil(3, False)
        assert not slave.coil(3)
    assert not found
    assert bus.counts.openings == 1
    assert bus.counts.unanswered == 0


def test_a_board_is_read_and_switched_over_a_serial_port(tmp_path):
    slave = Slave()
    with slave_line(slave, line=PtyLine(tmp_path / "bus", baud=115_200)) as far:
        check_a_whole_conversation(far.line.address, slave)


def test_a_board_is_read_and_switched_over_modbus_tcp():
    slave = Slave()
    with slave_line(slave, line=TcpLine(), framing="tcp") as far:
        check_a_whole_conversation(far.line.address, slave)


def test_a_board_is_read_and_switched_behind_a_gateway_that_passes_rtu_through():
    slave = Slave()
    with slave_line(slave, line=TcpLine()) as far:
        check_a_whole_conversation(far.line.address + "?framing=rtu", slave)


def test_a_damaged_answer_is_reported_and_asked_for_again():
    with slave_line(Slave()) as far:
        far.bend = lambda frame: frame if far.answered else frame[:-1] + bytes((frame[-1] ^ 1,))
        bus, unit, found = unit_on(far.line.address, timeout_s=1.0)
        with bus.joined():
            unit.bits(ASKED)
        assert "crc" in {finding.reason for finding in found}
        assert bus.counts.unanswered >= 1


def test_a_refusal_is_a_finding_with_its_number_and_is_not_asked_again():
    with slave_line(Slave(inputs=4)) as far:
        bus, unit, found = unit_on(far.line.address)
        with bus.joined(), pytest.raises(NoAnswer, match="exception_02"):
            unit.bits(ASKED)
        assert [finding.reason for finding in found] == ["exception_02"]
        assert far.answered == 1


def test_a_busy_unit_is_asked_again():
    slave = Slave()
    slave.refusal = 6
    with slave_line(slave) as far:
        bus, unit, found = unit_on(far.line.address)
        with bus.joined(), pytest.raises(NoAnswer, match="exception_06"):
            unit.bits(ASKED)
        assert far.answered == TRIES
        assert len(found) == TRIES


def test_an_answer_from_another_unit_is_a_finding():
    with slave_line(Slave()) as far:
        far.bend = lambda frame: rtu(9, frame[1:-2])
        stop = Event()
        stop.set()  # asks once
        bus, unit, found = unit_on(far.line.address, timeout_s=2.0, stop=stop)
        with bus.joined(), pytest.raises(NoAnswer, match="wrong_unit"):
            unit.bits(ASKED)
        assert {finding.reason for finding in found} == {"wrong_unit"}


def test_a_silent_unit_is_asked_three_times_and_once_when_all_want_to_leave():
    stop = Event()
    with slave_line() as far:
        bus, unit, _ = unit_on(far.line.address, timeout_s=SHORT_S, stop=stop)
        with bus.joined(), pytest.raises(NoAnswer, match="timeout"):
            unit.bits(ASKED)
        assert bus.counts.questions == TRIES
        stop.set()
        with bus.joined(), pytest.raises(NoAnswer, match="timeout"):
            unit.bits(ASKED)
        assert bus.counts.questions == TRIES + 1


def test_a_late_answer_does_not_pass_for_the_next_ones():
    with slave_line() as far:
        bus, unit, _ = unit_on(far.line.address, timeout_s=SHORT_S)
        with bus.joined():
            with pytest.raises(NoAnswer):
                unit.bits(ASKED)
            far.line.write(ANSWER)
            with pytest.raises(NoAnswer):
                unit.bits(ASKED)
        assert bus.counts.stale_bytes == len(ANSWER)


def test_patience_ends_after_three_polls_in_a_row():
    patience = Patience()
    for _ in range(POLLS_MISSED_MAX - 1):
        patience.failed(NoAnswer("timeout"))
    patience.answered()
    for _ in range(POLLS_MISSED_MAX - 1):
        patience.failed(NoAnswer("timeout"))
    with pytest.raises(DeviceLost, match="timeout"):
        patience.failed(NoAnswer("exception_11"))


def test_drivers_at_one_address_share_one_port_and_never_talk_at_once():
    slaves = [Slave(1), Slave(2)]
    slaves[1].set_input(0, True)
    wrong: list[object] = []

    def poll(number, address):
        bus, unit, found = unit_on(address, number)
        with bus.joined():
            wrong.extend(bits for _ in range(50) if (bits := unit.bits(ASKED))[0] != (number == 2))
        wrong.extend(found)

    with slave_line(*slaves) as far:
        first = bus_at(far.line.address)
        assert bus_at(far.line.address) is first
        with first.joined():
            threads = [Thread(target=poll, args=(number, far.line.address)) for number in (1, 2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert not wrong
        assert first.counts.openings == 1
        assert first.counts.questions == 100


def test_a_bus_goes_with_the_last_of_its_drivers():
    bus = bus_at("null:nobody-home")
    before = id(bus)
    bus.counts.questions = 77
    assert id(bus_at("null:nobody-home")) == before
    del bus
    gc.collect()
    assert bus_at("null:nobody-home").counts.questions == 0


def test_a_port_that_was_unplugged_is_opened_again_by_the_next_one():
    with slave_line(Slave()) as far:
        bus, unit, _ = unit_on(far.line.address)
        with bus.joined():
            unit.bits(ASKED)
            far.line.unplug()
            with pytest.raises(DeviceLost, match="unplugged"):
                unit.bits(ASKED)
            with pytest.raises(DeviceLost, match="unplugged"):
                unit.bits(ASKED)
            far.line.plug()
            unit.bits(ASKED)
        with pytest.raises(DeviceLost, match="closed"):
            unit.bits(ASKED)
        assert bus.counts.openings == 2


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("tcp://gate:502?framing=ascii", "framing is rtu or tcp"),
        ("serial:///dev/ttyUSB0?framing=tcp", "leave framing out"),
        ("serial:///dev/ttyUSB0?bauds=9600", "bauds"),
        ("mqtt://gate/x", "scheme"),
    ],
)
def test_a_bad_address_says_what_to_write(address, says):
    with pytest.raises(ValueError, match=says):
        bus_at(address)


def test_one_port_cannot_have_two_speeds():
    slow = bus_at("serial:///dev/ttyUSB9?baud=9600")
    with pytest.raises(ValueError, match="same address"):
        bus_at("serial:///dev/ttyUSB9?baud=19200")
    assert bus_at("serial:///dev/ttyUSB9?baud=9600") is slow


def test_a_slave_refuses_what_is_not_there():
    slave = Slave(inputs=4, coils=4, registers=4)
    questions = {
        "0200000005": "8202",
        "0200000000": "8203",
        "0300040001": "8302",
        "05000400ff": "8503",
        "050004ff00": "8502",
        "0800000000": "8801",
        "02": "8203",
    }
    assert {question: slave.answer(bytes.fromhex(question)).hex() for question in questions} == questions


def test_an_urgent_question_goes_before_the_polls_that_wait(tmp_path):
    order, holding, release = [], Event(), Event()
    line = PtyLine(tmp_path / "line")
    try:
        bus = bus_at(line.address, SystemClock())

        def take(name, *, urgent=False):
            with bus._alone(urgent=urgent):
                order.append(name)
                if name == "first":
                    holding.set()
                    assert release.wait(10)

        threads = [Thread(target=take, args=("first",))]
        threads[0].start()
        assert holding.wait(10)
        threads += [Thread(target=take, args=("poll",)) for _ in range(3)]
        threads += [Thread(target=take, args=("open",), kwargs={"urgent": True})]
        for thread in threads[1:]:
            thread.start()
        while not bus._urgent:
            Event().wait(0.001)
        release.set()
        for thread in threads:
            thread.join(10)
        assert order == ["first", "open", "poll", "poll", "poll"]
    finally:
        line.close()


def test_a_bus_is_kept_free_for_an_action_for_a_moment_and_not_all_the_time(tmp_path):
    clock = ManualClock()
    bus = Bus(parse_address(f"serial://{tmp_path / 'line'}?baud=9600"), clock)
    assert bus._hushed_s() <= 0
    bus.hush()
    assert bus._hushed_s() == HUSH_US / 1e6
    clock.advance_us(HUSH_US)
    assert bus._hushed_s() == 0
    bus.hush()
    assert bus._hushed_s() == 0
    clock.advance_us(HUSH_EVERY_US - HUSH_US)
    bus.hush()
    assert bus._hushed_s() > 0
    assert bus.counts.hushes == 2


def test_a_poll_waits_while_the_bus_is_kept_free_and_an_action_does_not(tmp_path):
    with slave_line(Slave(), line=PtyLine(tmp_path / "line")) as line:
        bus, unit, _ = unit_on(line.line.address)
        with bus.joined():
            unit.bits(ASKED)
            began = SystemClock().mono_us()
            bus.hush()
            unit.write_coil(0, True)
            acted = SystemClock().mono_us()
            bus._next_hush_us = 0
            bus.hush()
            unit.bits(ASKED)
            polled = SystemClock().mono_us()
        assert acted - began < HUSH_US
        assert polled - acted >= HUSH_US


def test_a_relay_is_told_at_once_and_the_line_is_kept_until_its_answer_was_heard(tmp_path):
    with slave_line(Slave(), line=PtyLine(tmp_path / "line")) as line:
        bus, unit, _ = unit_on(line.line.address)
        with bus.joined():
            unit.bits(ASKED)
            Event().wait(bus._silence_s)
            confirmed = unit.begin_coil(0, True)
            assert confirmed is not None
            assert unit.begin_coil(1, True) is None
            poll = Thread(target=unit.bits, args=(ASKED,))
            poll.start()
            confirming = Thread(target=confirmed)  # another thread than the one that began
            confirming.start()
            confirming.join(10)
            poll.join(10)
            assert unit.coil(0)
            assert not unit.coil(1)
            assert bus.counts.unanswered == bus.counts.stale_bytes == 0


def test_a_relay_is_not_told_at_once_on_a_line_that_is_taken_noisy_or_not_open(tmp_path):
    with slave_line(Slave(), line=PtyLine(tmp_path / "line")) as line:
        bus, unit, _ = unit_on(line.line.address)
        assert unit.begin_coil(0, True) is None
        with bus.joined():
            with bus._alone(urgent=True):
                assert unit.begin_coil(0, True) is None
            bus._quiet_since_us = SystemClock().mono_us() + US_PER_S
            assert unit.begin_coil(0, True) is None
            bus._quiet_since_us = 0
            assert not unit.coil(0)
            assert bus.counts.questions == 1


def test_a_relay_that_is_told_at_once_and_does_not_answer_is_told_again():
    slave = Slave()
    with slave_line(slave) as line:
        bus, unit, _ = unit_on(line.line.address, timeout_s=0.05)
        with bus.joined():
            answer, heard = slave.answer, []

            def deaf_once(pdu):
                heard.append(pdu)
                return b"" if len(heard) == 1 else answer(pdu)

            slave.answer = deaf_once  # type: ignore[method-assign]
            confirmed = unit.begin_coil(0, True)
            assert confirmed is not None
            confirmed()
            assert bus.counts.unanswered == 1
            assert slave.coil(0)


def test_on_a_line_that_was_quiet_long_enough_nobody_waits_for_silence(tmp_path, monkeypatch):
    pauses: list[float] = []
    clock = ManualClock(mono_us=10**9)
    bus = Bus(parse_address(f"serial://{tmp_path / 'line'}?baud=9600"), clock)
    monkeypatch.setattr("drivers.modbus.bus.time.sleep", pauses.append)
    bus._wait_for_silence()
    bus._quiet_since_us = clock.mono_us() - 1_000
    bus._wait_for_silence()
    assert pauses == [pytest.approx(3.5 * 11 / 9600 - 0.001)]
