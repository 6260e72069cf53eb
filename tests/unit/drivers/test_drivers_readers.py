"""Card readers end to end: a twin writes real bytes over each kind of line, and the driver's sink hears cards."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import drivers.reader
from contract.readings import CardRead
from drivers.em_ascii.decode import EmAsciiOptions
from drivers.em_ascii.twin import EmAsciiTwin
from drivers.port import CommandFailed, DeviceLost
from drivers.table import driver_kind
from drivers.transports.listen import TcpLine
from drivers.transports.null import NullLine
from drivers.transports.pty import PtyLine
from drivers.wiegand.decode import WiegandOptions
from drivers.wiegand.twin import WiegandTwin

LONG_S = 30.0


@pytest.fixture(autouse=True)
def _short_turns(monkeypatch):
    """A second of silence is a fifth of one here: frames of the twins come in one piece."""
    monkeypatch.setattr(drivers.reader, "TURN_S", 0.05)


class Heard:
    """A sink that remembers."""

    def __init__(self):
        self.ups = 0
        self.readings = []
        self.findings = []
        self.alives = 0

    def up(self):
        self.ups += 1

    def reading(self, reading, device_at_us=None, device=None):
        self.readings.append(reading)

    def finding(self, finding):
        self.findings.append(finding)

    def arriving(self):
        self.arrivals = getattr(self, "arrivals", 0) + 1

    def alive(self):
        self.alives += 1

    def picture(self, jpeg, width, height, order):
        raise AssertionError("a card reader takes no pictures")


class Running:
    """A driver's `run` in a thread, until the block ends."""

    def __init__(self, driver):
        self.driver = driver
        self.sink = Heard()
        self.stop = threading.Event()
        self.ended = None
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        try:
            self.driver.run(self.sink, self.stop)
            self.ended = "stopped"
        except DeviceLost as error:
            self.ended = str(error)

    def __enter__(self):
        self.thread.start()
        until(lambda: self.sink.alives or self.ended)
        return self

    def __exit__(self, *exc):
        self.stop.set()
        self.thread.join(LONG_S)
        assert not self.thread.is_alive()


def until(condition):
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen within 30 s")


@pytest.fixture(params=["pty", "tcp", "null"])
def line(request, tmp_path):
    makes: dict[str, Callable[[], Any]] = {"pty": partial(PtyLine, tmp_path / "reader"), "tcp": TcpLine, "null": NullLine}
    one = makes[request.param]()
    yield one
    one.close()


TWINS: dict[str, Any] = {"wiegand": WiegandTwin, "em_ascii": EmAsciiTwin}


def reader_on(line, name):
    """A driver that is not running yet, and its twin."""
    kind = driver_kind(name)
    return kind.make(line.address, kind.options()), TWINS[name](line, baud=115_200)


@pytest.fixture(params=TWINS)
def reader(request, line):
    return reader_on(line, request.param)


def test_a_card_that_is_presented_is_read(reader):
    driver, twin = reader
    with Running(driver) as running:
        twin.present(118, 1603)
        until(lambda: running.sink.readings)
    assert [(one.facility, one.number) for one in running.sink.readings] == [(118, 1603)]
    assert running.sink.ups == 1
    assert running.ended == "stopped"
    assert not running.sink.findings


@pytest.mark.parametrize("name", TWINS)
def test_a_damaged_card_is_a_finding_and_the_next_one_is_read(name):
    driver, twin = reader_on(NullLine(), name)
    with Running(driver) as running:
        twin.damage(118, 1603)
        twin.present(118, 1604)
        until(lambda: running.sink.readings)
    assert [one.number for one in running.sink.readings] == [1604]
    assert [one.reason for one in running.sink.findings] in (["parity"], ["checksum"])


@pytest.mark.parametrize("name", TWINS)
def test_a_cut_card_does_not_spoil_the_next_one_after_a_pause(name):
    driver, twin = reader_on(NullLine(), name)
    with Running(driver) as running:
        twin.cut(118, 1603)
        until(lambda: running.sink.findings)
        twin.present(118, 1604)
        until(lambda: running.sink.readings)
    assert [one.number for one in running.sink.readings] == [1604]
    assert [one.reason for one in running.sink.findings] == ["truncated"]


def test_an_unplugged_reader_is_lost_and_read_again_when_it_is_back(reader):
    driver, twin = reader
    with Running(driver) as running:
        twin.line.unplug()
        until(lambda: running.ended)
    assert running.ended in ("unplugged", "ended", "reset")
    with Running(driver) as running:
        assert running.ended in ("unplugged", "refused")
    assert running.sink.ups == 0
    twin.line.plug()
    with Running(driver) as running:
        twin.present(1, 2)
        until(lambda: running.sink.readings)
    assert running.sink.readings[0].number == 2


def test_what_was_half_read_when_the_reader_was_lost_is_reported():
    line = NullLine()
    twin = EmAsciiTwin(line, baud=115_200)
    with Running(driver_kind("em_ascii").make(line.address, EmAsciiOptions())) as running:
        twin.present(1, 2)
        line.write(b"\x0212")
        until(lambda: running.sink.readings)
        line.unplug()
        until(lambda: running.ended)
    (found,) = running.sink.findings
    assert found.reason in ("interrupted", "truncated")
    assert found.offset == 16


def test_a_silent_reader_is_still_alive():
    line = NullLine()
    with Running(driver_kind("wiegand").make(line.address, WiegandOptions())) as running:
        before = running.sink.alives
        until(lambda: running.sink.alives >= before + 3)
    assert not running.sink.readings


def test_bits_that_are_bent_on_the_wire_make_no_card():
    line = NullLine(bend_in=lambda data: data.replace(b"1", b"0"))
    twin = WiegandTwin(line, baud=115_200)
    with Running(driver_kind("wiegand").make(line.address, WiegandOptions())) as running:
        twin.present(118, 1603)
        until(lambda: running.sink.findings)
    assert running.sink.findings[0].reason == "all_zeros"
    assert not running.sink.readings


def test_the_twin_of_a_converter_can_send_hex_and_every_length():
    line = NullLine()
    twin = WiegandTwin(line, baud=115_200, form="hex")
    options = WiegandOptions(formats=("H10304",))
    with Running(driver_kind("wiegand").make(line.address, options)) as running:
        twin.present(7, 8, 34)
        twin.present(7, 8, name="H10304")
        twin.present(7, 8, 48)
        until(lambda: len(running.sink.readings) == 3)
    assert running.sink.readings == [CardRead(bits=bits, facility=7, number=8) for bits in (34, 37, 48)]


def test_the_twin_refuses_a_card_that_no_format_has():
    twin = WiegandTwin(NullLine())
    with pytest.raises(ValueError, match="the lengths are"):
        twin.present(1, 1, 27)


def test_a_reader_takes_no_commands_and_no_foreign_address():
    kind = driver_kind("wiegand")
    with pytest.raises(CommandFailed, match="open"):
        kind.make("null:x", WiegandOptions()).act("open", {})
    with pytest.raises(ValueError, match="scheme"):
        kind.make("rtsp://camera/1", WiegandOptions())
