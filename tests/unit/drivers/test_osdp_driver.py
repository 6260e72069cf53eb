import time

import pytest

from contract.clock import US_PER_S
from contract.readings import CardRead, CodeRead, DoorContact, PanelFault, TamperContact
from drivers.contacts_modbus.decode import Input, Output
from drivers.osdp.codes import LED, POLL, RAW
from drivers.osdp.desk import INSTALL_US, WAITING_MAX, Desk
from drivers.osdp.driver import KIND, OsdpDriver
from drivers.osdp.frames import Frame, build, checked, parsed
from drivers.osdp.options import OsdpOptions
from drivers.osdp.running import AGAIN_US, STALE_US
from drivers.osdp.twin import ReaderTwin, raw_card
from drivers.port import CommandFailed
from drivers.transports.null import NullLine
from drivers.transports.pty import PtyLine
from drivers.wiegand.formats import DEFAULTS, encode
from tests.support.modbus_rig import running, wait_for
from tests.support.osdp_rig import KEY, OTHER_KEY, LeapingClock, cards, driver, key_file, options, readers_on, states

CARD = raw_card(encode(DEFAULTS[26], 12, 345), 26)


def plain_card(address=0, sequence=1):
    """What a thief on the line would say."""
    return checked(build(address=address, reply=True, sequence=sequence, code=RAW, data=CARD))


def secure(one):
    return wait_for(lambda: states(one)[-1:] == [("secure", "")] and one.sink.alives)


# Trust


def test_a_reader_with_its_key_is_secure_and_its_cards_are_read(tmp_path):
    reader = ReaderTwin(3, key=KEY)
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path, address=3))) as one:
        secure(one)
        reader.present(12, 345)
        wait_for(lambda: cards(one) == [345])
        assert CardRead(bits=26, facility=12, number=345) in one.sink.readings
        assert one.sink.ups == 1
        wait_for(lambda: one.sink.alives > 3)
    assert states(one) == [("secure", "")]


def test_a_reader_with_the_factorys_key_is_refused_and_learns_nothing(tmp_path):
    reader = ReaderTwin(key=None)
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        wait_for(lambda: states(one) == [("refused", "default_key")])
        reader.present(12, 345)
        time.sleep(0.2)
        assert reader.key is None
        assert reader.polls == 0
        assert cards(one) == []
        assert one.sink.alives == 0


@pytest.mark.parametrize(
    ("reader", "reason"),
    [
        (ReaderTwin(key=OTHER_KEY), "wrong_key"),
        (ReaderTwin(can_secure=False), "no_secure_channel"),
    ],
)
def test_a_reader_that_does_not_prove_itself_is_refused(tmp_path, reader, reason):
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        wait_for(lambda: states(one) == [("refused", reason)])
        reader.present(12, 345)
        time.sleep(0.1)
        assert cards(one) == []


def test_a_reader_that_was_refused_counts_as_soon_as_it_has_the_key(tmp_path):
    reader, clock = ReaderTwin(key=OTHER_KEY), LeapingClock()
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path), clock)) as one:
        wait_for(lambda: states(one) == [("refused", "wrong_key")])
        reader.key = KEY
        clock.ahead_us += AGAIN_US
        secure(one)


def test_a_plain_reader_counts_only_where_the_settings_say_so_and_is_told_as_such():
    reader = ReaderTwin(can_secure=False)
    with readers_on(reader) as twin, running(driver(twin, OsdpOptions(secure=False, poll_ms=20))) as one:
        wait_for(lambda: states(one) == [("plain", "settings")])
        wait_for(lambda: one.sink.alives > 1)
        reader.present(12, 345)
        wait_for(lambda: cards(one) == [345])
    assert all(reading.weak for reading in one.sink.readings if isinstance(reading, CardRead))


def test_a_settings_file_without_key_and_without_leave_to_go_without_is_refused():
    with pytest.raises(ValueError, match="has no key: write key_file"):
        OsdpDriver("null:x", OsdpOptions())


def test_a_box_in_the_readers_place_that_speaks_plainly_opens_nothing_and_is_told(tmp_path):
    reader = ReaderTwin(key=KEY)
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        secure(one)
        reader.plain, reader.can_secure = True, False
        for _ in range(20):
            reader.present(12, 345)
        wait_for(lambda: ("refused", "downgrade") in states(one))
        wait_for(lambda: states(one)[-1] == ("refused", "no_secure_channel"))
        assert cards(one) == []
        assert "not_secure" in one.sink.reasons


def test_plain_replies_that_are_put_in_between_are_not_believed_and_change_nothing(tmp_path):
    reader = ReaderTwin(key=KEY)
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        secure(one)
        twin.bend = lambda reply: b"".join(plain_card(sequence=n) for n in range(4)) + reply
        wait_for(lambda: "not_secure" in one.sink.reasons)
        reader.present(12, 999)
        wait_for(lambda: cards(one) == [999])
    assert states(one) == [("secure", "")]


def test_a_card_that_is_played_again_is_not_read_again(tmp_path):
    reader = ReaderTwin(key=KEY)
    taped = []

    def tape(reply):
        taped.append(reply)
        return reply

    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        secure(one)
        twin.bend = tape
        reader.present(12, 345)
        wait_for(lambda: cards(one) == [345])
        old = list(taped)
        twin.bend = lambda reply: b"".join(old[-12:]) + reply
        wait_for(lambda: {"bad_mac", "wrong_sequence"} <= one.sink.reasons)
        twin.bend = None
        reader.present(12, 346)
        wait_for(lambda: cards(one)[-1] == 346)
    assert cards(one) == [345, 346]


# Install mode


def test_a_command_to_install_gives_a_new_reader_its_key(tmp_path):
    reader = ReaderTwin(key=None)
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        wait_for(lambda: states(one) == [("refused", "default_key")])
        one.driver.act("install", {})
        wait_for(lambda: states(one)[-1] == ("secure", "key_set") and one.sink.alives)
        assert reader.key == KEY
        reader.present(12, 345)
        wait_for(lambda: cards(one) == [345])
        with pytest.raises(CommandFailed, match="has its key already"):
            one.driver.act("install", {})
    assert states(one) == [("refused", "default_key"), ("install", "command"), ("secure", "key_set")]


def test_install_mode_ends_after_ten_minutes(tmp_path):
    reader, clock = ReaderTwin(key=OTHER_KEY), LeapingClock()
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path), clock)) as one:
        wait_for(lambda: states(one) == [("refused", "wrong_key")])
        one.driver.act("install", {})
        wait_for(lambda: states(one)[-1] == ("install", "command"))
        clock.ahead_us += INSTALL_US
        wait_for(lambda: states(one)[-1] == ("refused", "wrong_key"))
        reader.key = None  # somebody resets it, too late
        clock.ahead_us += AGAIN_US
        wait_for(lambda: states(one)[-1] == ("refused", "default_key"))
        assert reader.key is None


def test_a_reader_that_is_reset_within_the_time_gets_its_key(tmp_path):
    reader, clock = ReaderTwin(key=OTHER_KEY), LeapingClock()
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path), clock)) as one:
        wait_for(lambda: states(one) == [("refused", "wrong_key")])
        one.driver.act("install", {})
        wait_for(lambda: states(one)[-1] == ("install", "command"))
        reader.key = None
        clock.ahead_us += INSTALL_US - 10 * US_PER_S
        wait_for(lambda: states(one)[-1] == ("secure", "key_set"))
    assert reader.key == KEY


def test_a_reader_without_a_key_file_cannot_be_installed():
    assert "write key_file" in KIND.cannot(OsdpOptions(secure=False), "install", "")
    assert KIND.cannot(OsdpOptions(), "install", "") == ""
    assert "name the reader itself" in KIND.cannot(OsdpOptions(), "install", "door-1")


# The line


def test_a_card_is_seen_within_a_tenth_of_a_second_at_9600_baud(tmp_path):
    reader = ReaderTwin(key=KEY)
    line = PtyLine(tmp_path / "port")
    with readers_on(reader, line=line, baud=9600) as twin, running(driver(twin, options(tmp_path, poll_ms=50))) as one:
        secure(one)
        waits = []
        for number in range(1, 12):
            time.sleep(0.013 * number % 0.05)
            began = time.monotonic()
            reader.present(12, number)
            wait_for(lambda number=number: cards(one)[-1:] == [number])
            waits.append(time.monotonic() - began)
    assert sorted(waits)[len(waits) // 2] < 0.1


def test_two_readers_share_a_line_and_a_dead_one_does_not_keep_the_other(tmp_path):
    first, second = ReaderTwin(1, key=KEY), ReaderTwin(2, key=OTHER_KEY)
    (tmp_path / "b").mkdir()
    settings = options(tmp_path, address=1), options(tmp_path, address=2, key_file=key_file(tmp_path / "b", OTHER_KEY))
    with (
        readers_on(first, second) as twin,
        running(driver(twin, settings[0])) as one,
        running(driver(twin, settings[1])) as two,
    ):
        secure(one)
        secure(two)
        first.present(12, 1)
        second.present(12, 2)
        wait_for(lambda: (cards(one), cards(two)) == ([1], [2]))
        twin.silent.add(1)
        wait_for(one.ended)
        assert one.lost == "timeout"
        second.present(12, 3)
        wait_for(lambda: cards(two) == [2, 3])


def test_a_reader_that_does_not_answer_is_lost(tmp_path):
    with readers_on(ReaderTwin(1, key=KEY)) as twin, running(driver(twin, options(tmp_path, address=2))) as one:
        wait_for(one.ended)
    assert one.lost == "timeout"
    assert one.sink.ups == 0


def test_a_line_that_is_pulled_out_is_lost(tmp_path):
    line = NullLine()
    with readers_on(ReaderTwin(key=KEY), line=line) as twin, running(driver(twin, options(tmp_path))) as one:
        secure(one)
        line.unplug()
        wait_for(one.ended)
    assert one.lost == "unplugged"


def test_a_reply_that_is_lost_is_asked_for_again_and_the_card_with_it(tmp_path):
    reader = ReaderTwin(key=KEY)
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        secure(one)
        wait_for(lambda: one.sink.alives > 2)
        losses = [b""]
        twin.bend = lambda reply: losses.pop() if losses and not reader.waiting else reply
        reader.present(12, 345)
        wait_for(lambda: cards(one) == [345])
        time.sleep(0.1)
    assert cards(one) == [345]
    assert states(one) == [("secure", "")]


def test_a_reader_that_lost_its_power_for_a_moment_is_joined_again(tmp_path):
    reader = ReaderTwin(key=KEY)
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        wait_for(lambda: one.sink.alives > 0)
        reader.restart()
        wait_for(lambda: "channel_lost" in one.sink.reasons)
        reader.present(12, 345)
        wait_for(lambda: cards(one) == [345])
        assert one.lost == ""


def test_a_reader_that_is_busy_is_asked_again(tmp_path):
    reader = ReaderTwin(key=KEY)
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        secure(one)
        reader.busy = 5
        reader.present(12, 345)
        wait_for(lambda: cards(one) == [345])
    assert states(one) == [("secure", "")]


def test_a_reader_that_is_busy_for_ever_is_lost(tmp_path):
    reader = ReaderTwin(key=KEY)
    reader.busy = 100_000
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        wait_for(one.ended)
    assert one.lost == "busy"


def test_a_strangers_reply_and_a_second_panel_are_findings(tmp_path):
    reader = ReaderTwin(key=KEY)
    stranger = checked(build(address=9, reply=True, sequence=1, code=0x40))
    panel = checked(build(address=0, reply=False, sequence=1, code=POLL))
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        secure(one)
        twin.bend = lambda reply: stranger + panel + reply
        wait_for(lambda: {"wrong_address", "other_panel"} <= one.sink.reasons)
        reader.present(12, 345)
        wait_for(lambda: cards(one) == [345])


def test_a_card_that_waited_while_nobody_listened_is_not_read(tmp_path):
    reader = ReaderTwin(key=KEY)
    reader.present(12, 1)
    clock = LeapingClock()
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path), clock)) as one:
        wait_for(lambda: one.sink.alives > 0)
        assert "stale_card" in one.sink.reasons
        reader.present(12, 2)
        wait_for(lambda: cards(one) == [2])
        assert STALE_US < AGAIN_US * 2


# What a reader does and tells


def test_a_door_is_unlocked_for_its_time_by_the_readers_own_timer(tmp_path):
    reader = ReaderTwin(key=KEY)
    settings = options(tmp_path, outputs=(Output(number=1, device="door-1", pulse_ms=3_000),))
    with readers_on(reader) as twin, running(driver(twin, settings)) as one:
        wait_for(lambda: one.sink.alives > 0)
        assert reader.outputs == {1: (1, 0)}  # off, whatever it was
        one.driver.act("unlock", {"door": "door-1"})
        assert reader.outputs == {1: (5, 30)}
        one.driver.act("unlock", {"door": "door-1", "unlock_s": "0.5"})
        assert reader.outputs[1][1] in (29, 30)  # the earlier one is not cut short
        for seconds in ("0", "61", "nan", "x"):
            with pytest.raises(CommandFailed, match="unlock_s"):
                one.driver.act("unlock", {"unlock_s": seconds})
        with pytest.raises(CommandFailed, match="no output"):
            one.driver.act("unlock", {"door": "door-2"})


@pytest.mark.parametrize(("answer", "light"), [("granted", 2), ("refused", 1)])
def test_a_decision_is_shown_and_heard_at_the_reader(tmp_path, answer, light):
    reader = ReaderTwin(key=KEY)
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        wait_for(lambda: one.sink.alives > 0)
        one.driver.act("signal", {"answer": answer})
        assert list(reader.lights) == [light]
        assert len(reader.tones) == 1
        with pytest.raises(CommandFailed, match="granted, refused"):
            one.driver.act("signal", {"answer": "maybe"})


def test_nothing_is_done_at_a_reader_that_is_refused_or_away(tmp_path):
    reader = ReaderTwin(key=OTHER_KEY)
    settings = options(tmp_path, outputs=(Output(number=0),))
    with readers_on(reader) as twin, running(driver(twin, settings)) as one:
        wait_for(lambda: states(one) == [("refused", "wrong_key")])
        with pytest.raises(CommandFailed, match="refused"):
            one.driver.act("unlock", {})
        assert reader.outputs == {}
    with pytest.raises(CommandFailed, match="not connected"):
        one.driver.act("unlock", {})


def test_a_pin_a_tamper_and_a_door_are_told(tmp_path):
    reader = ReaderTwin(key=KEY, inputs=2)
    settings = options(tmp_path, inputs=(Input(number=1, role="door", device="door-1"),))
    with readers_on(reader) as twin, running(driver(twin, settings)) as one:
        wait_for(lambda: (DoorContact(open=False), "door-1") in one.sink.said)
        reader.type(b"1234")
        reader.type(b"\x0d")
        reader.tamper(True)
        reader.power(True)
        reader.set_input(1, True)
        wait_for(lambda: (DoorContact(open=True), "door-1") in one.sink.said)
    assert CodeRead(medium="pin", value="1234") in one.sink.readings
    assert TamperContact(active=True) in one.sink.readings
    assert PanelFault(active=True, name="power") in one.sink.readings


def test_a_command_that_the_reader_refuses_has_failed(tmp_path):
    reader = ReaderTwin(key=KEY)
    reader.refuses.add(LED)
    with readers_on(reader) as twin, running(driver(twin, options(tmp_path))) as one:
        wait_for(lambda: one.sink.alives > 0)
        with pytest.raises(CommandFailed, match="reader refused"):
            one.driver.act("signal", {"answer": "granted"})
        assert "nak_cannot_process" in one.sink.reasons


def test_a_desk_takes_only_so_much_and_forgets_what_nobody_waits_for(monkeypatch):
    clock = LeapingClock()
    desk = Desk(clock)
    monkeypatch.setattr("drivers.osdp.desk.WAIT_S", 0.0)
    for _ in range(WAITING_MAX):
        with pytest.raises(CommandFailed, match="in time"):
            desk.do(())
    with pytest.raises(CommandFailed, match="too many"):
        desk.do(())
    assert desk.next() is None
    desk.shut()
    with pytest.raises(CommandFailed, match="lost"):
        desk.do(())


def test_a_busy_reply_of_the_twin_is_one_of_the_standard():
    reader = ReaderTwin()
    reader.busy = 1
    poll = parsed(checked(build(address=0, reply=False, sequence=0, code=POLL)))
    assert isinstance(poll, Frame)
    reply = parsed(reader.answer(poll))
    assert isinstance(reply, Frame)
    assert (reply.code, reply.block) == (0x79, b"")
