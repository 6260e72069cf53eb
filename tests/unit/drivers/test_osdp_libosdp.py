"""Our control panel and our readers against those of libosdp, so that two mistakes of ours cannot agree with each other."""

import os
import select
import tty
from collections.abc import Iterator

import osdp
import pytest

from drivers.contacts_modbus.decode import Output
from drivers.osdp.driver import OsdpDriver
from drivers.osdp.twin import ReaderTwin, raw_card
from drivers.transports.pty import PtyLine
from drivers.wiegand.formats import DEFAULTS, encode
from tests.support.modbus_rig import running, wait_for
from tests.support.osdp_rig import KEY, OTHER_KEY, cards, options, readers_on, states

CARD = raw_card(encode(DEFAULTS[26], 12, 345), 26)[4:]


class Pipe(osdp.Channel):
    """One end of a pseudo-terminal."""

    def __init__(self, fd):
        super().__init__()
        self.fd = fd
        os.set_blocking(fd, False)

    def read(self, max_bytes):
        if not select.select([self.fd], [], [], 0)[0]:
            return b""
        try:
            return os.read(self.fd, max_bytes)
        except OSError:
            return b""

    def write(self, buf):
        return os.write(self.fd, bytes(buf))

    def flush(self):
        pass


@pytest.fixture
def pair() -> Iterator[tuple[int, str]]:
    far, near = os.openpty()
    tty.setraw(near)
    yield far, os.ttyname(near)
    os.close(near)
    os.close(far)


def a_reader(fd, key):
    flags = [osdp.LibFlag.EnforceSecure] if key else [osdp.LibFlag.InstallMode]
    heard = []

    def hear(command):
        heard.append(command)
        return 0, None

    reader = osdp.PeripheralDevice(
        osdp.PDInfo(1, Pipe(fd), scbk=key, flags=flags),
        osdp.PDCapabilities(
            [
                (osdp.Capability.LEDControl, 1, 1),
                (osdp.Capability.AudibleControl, 1, 1),
                (osdp.Capability.OutputControl, 1, 2),
            ]
        ),
        log_level=osdp.LogLevel.Emergency,
        command_handler=hear,
    )
    reader.start()
    return reader, heard


def card_event():
    kind = {"event": osdp.Event.CardRead, "reader_no": 0, "direction": 0, "format": osdp.CardFormat.Wiegand}
    return kind | {"length": 26, "data": CARD}


def test_our_panel_and_their_reader_talk_in_the_secure_channel(tmp_path, pair):
    reader, heard = a_reader(pair[0], KEY)
    settings = options(tmp_path, address=1, outputs=(Output(number=0, device="door-1"),))
    try:
        with running(OsdpDriver(f"serial://{pair[1]}", settings)) as one:
            wait_for(lambda: one.sink.alives > 0)
            assert states(one) == [("secure", "")]
            reader.submit_event(card_event())
            wait_for(lambda: cards(one) == [345])
            one.driver.act("unlock", {"door": "door-1", "unlock_s": "3"})
            one.driver.act("signal", {"answer": "granted"})
            assert reader.is_sc_active()
    finally:
        reader.teardown()
    unlocked = {"command": osdp.Command.Output, "control_code": 5, "output_no": 0, "timer_count": 30}
    assert unlocked in heard
    lights = [one["on_color"] for one in heard if one["command"] == osdp.Command.LED]
    assert lights == [osdp.CommandLEDColor.Green]


def test_our_panel_refuses_their_new_reader_until_it_is_told_to_install_it(tmp_path, pair):
    reader, heard = a_reader(pair[0], None)
    try:
        with running(OsdpDriver(f"serial://{pair[1]}", options(tmp_path, address=1))) as one:
            wait_for(lambda: states(one) == [("refused", "default_key")])
            assert heard == []
            one.driver.act("install", {})
            wait_for(lambda: states(one)[-1] == ("secure", "key_set") and one.sink.alives)
            reader.submit_event(card_event())
            wait_for(lambda: cards(one) == [345])
    finally:
        reader.teardown()
    assert [one["data"] for one in heard if one["command"] == osdp.Command.Keyset] == [KEY]


@pytest.mark.parametrize(("key", "open_"), [(KEY, True), (OTHER_KEY, False)])
def test_their_panel_and_our_reader_talk_in_the_secure_channel(tmp_path, key, open_):
    line = PtyLine(tmp_path / "port")
    reader = ReaderTwin(1, key=KEY)
    near = os.open(tmp_path / "port", os.O_RDWR | os.O_NOCTTY)
    with readers_on(reader, line=line):
        info = osdp.PDInfo(1, Pipe(near), scbk=key, flags=[osdp.LibFlag.EnforceSecure])
        panel = osdp.ControlPanel([info], log_level=osdp.LogLevel.Emergency)
        panel.start()
        try:
            if not open_:
                wait_for(lambda: reader.challenges)
                assert not panel.is_sc_active(1)
                return
            wait_for(lambda: panel.is_sc_active(1))
            reader.present(12, 345)
            event = panel.get_event(1, timeout=10)
            assert event["event"] == osdp.Event.CardRead
            assert (event["length"], event["data"]) == (26, CARD)
            assert panel.submit_command(1, {"command": osdp.Command.Buzzer, "reader": 0, "control_code": 2, "on_count": 1,
                                            "off_count": 1, "rep_count": 3})  # fmt: skip
            wait_for(lambda: list(reader.tones) == [3])
        finally:
            panel.teardown()
            os.close(near)
