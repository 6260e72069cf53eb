"""Intruder panels end to end: a twin dials the driver's own port over loopback, and is answered."""

from functools import partial

import msgspec
import pytest

import drivers.dialled
from contract.clock import US_PER_S
from contract.readings import AlarmInput, DeviceLink, FireInput, PanelEvent
from drivers.dialled import NAMES_MAX, NONSENSE_MAX, Links
from drivers.port import CommandFailed, DeviceLost
from drivers.sia_dc09.decode import SiaDc09Options
from drivers.sia_dc09.driver import ACCOUNTS_KEPT_MAX, AGAIN_US, Book, SiaDc09Talk, make
from drivers.sia_dc09.frames import framed, opened
from drivers.sia_dc09.twin import SiaDc09Twin
from drivers.talk import Said
from drivers.transports.dial import Dialler
from tests.support.dial_rig import CLOCK, Answering, until

KEY = bytes(range(32))
BURGLARY = framed(b'"SIA-DCS"0007R3L4#1234[|NBA1]')


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(drivers.dialled, "TURN_S", 0.02)
    monkeypatch.setattr(drivers.dialled, "IDLE_US", US_PER_S // 5)


def answering(scheme="listen", **more):
    return Answering(partial(make, options=msgspec.convert(more, SiaDc09Options)), scheme)


def twin_of(running, udp=False, **more):
    return SiaDc09Twin(running.line(udp=udp), CLOCK, **more)


@pytest.mark.parametrize("scheme", ["listen", "listen-udp"])
@pytest.mark.parametrize("key", [b"", KEY], ids=["plain", "encrypted"])
def test_an_alarm_and_its_restoral_are_told_and_acknowledged(scheme, key):
    accounts = {"1234": {"key": key.hex()}}
    with answering(scheme, accounts=accounts) as running:
        twin = twin_of(running, udp=scheme == "listen-udp", key=key)
        assert twin.alarm("5")
        assert twin.restore("5", "F")
        assert twin.contact_id("1110", "003")
        assert running.sink.readings[:2] == [AlarmInput(True, "5"), FireInput(False, "5")]
        assert running.sink.readings[-1] == FireInput(True, "003")
        assert running.sink.reasons == []
        assert all(b"L0#1234[" in answer and isinstance(opened(answer.strip()), tuple) for answer in twin.answers)


def test_an_answer_waits_until_the_reading_is_in_the_log():
    with answering() as running:
        twin = twin_of(running)
        running.sink.gate.clear()
        twin.line.say(BURGLARY)
        with pytest.raises(Exception, match="timeout"):
            twin.line.answer(lambda data: data.find(b"\r") + 1, 0.3)
        running.sink.gate.set()
        assert twin.line.answer(lambda data: data.find(b"\r") + 1, 5.0) == framed(b'"ACK"0007R3L4#1234[]')


def test_a_log_that_is_full_acknowledges_nothing():
    with answering() as running:
        running.sink.full = True
        assert twin_of(running).ask(BURGLARY) == b""
        until(lambda: running.ended, "the run's end")
        assert running.ended == "failed: the log is full"


def test_an_alarm_that_is_said_again_is_acknowledged_again_and_told_once():
    with answering() as running:
        twin = twin_of(running)
        assert twin.ask(BURGLARY) == twin.ask(BURGLARY)
        twin.line.hang_up()
        assert twin.ask(BURGLARY) == framed(b'"ACK"0007R3L4#1234[]')
        assert running.sink.readings == [AlarmInput(True, "1")]
        assert running.sink.alives == 3


def test_a_message_that_was_not_taken_is_not_remembered_as_taken():
    talk = SiaDc09Talk(SiaDc09Options(), Book(), lambda: b"P" * 16)
    next(talk.hear(BURGLARY, 0))  # and the log refused it
    (step,) = talk.hear(BURGLARY, 0)
    assert step.said[-1] == Said(AlarmInput(True, "1"))


def test_the_book_forgets_who_spoke_longest_ago():
    book = Book()
    for number in range(ACCOUNTS_KEPT_MAX + 1):
        book.taken(f"{number:X}", b"line", 0)
    assert not book.is_again("0", b"line", 1)
    assert book.is_again("1", b"line", 1)


def test_the_same_message_much_later_is_another_one():
    """A panel that has started anew counts from 1 again: its first hold-up today looks like yesterday's."""
    book = Book()
    book.taken("1", b"line", 0)
    assert book.is_again("1", b"line", AGAIN_US - 1)
    assert not book.is_again("1", b"line", AGAIN_US)


def test_an_alarm_of_a_zone_that_was_never_restored_is_a_new_one():
    with answering() as running:
        twin = twin_of(running)
        assert twin.alarm("9", "H")
        assert twin.alarm("9", "H")
        assert running.sink.readings == [AlarmInput(True, "9"), AlarmInput(False, "9"), AlarmInput(True, "9")]


def test_an_alarm_that_holds_still_is_no_new_one():
    with answering() as running:
        twin = twin_of(running)
        for event in ("1130", "6130", "3130", "1130"):
            assert twin.contact_id(event, "009")
        assert [reading.active for reading in running.sink.readings] == [True, True, False, True]


def test_damage_is_not_answered_and_the_panel_says_it_again():
    with answering() as running:
        twin = twin_of(running)
        twin.damage("4")
        assert twin.alarm("5")
        assert running.sink.reasons == ["crc"]
        assert running.sink.readings == [AlarmInput(True, "5")]


def test_half_a_message_is_given_up_after_a_silence_and_the_next_one_counts():
    with answering() as running:
        twin = twin_of(running)
        twin.cut("4")
        until(lambda: running.sink.findings, "the finding")
        assert twin.alarm("5")
        assert running.sink.reasons == ["malformed"]
        assert running.sink.readings == [AlarmInput(True, "5")]


def test_an_encrypted_message_of_another_time_is_refused_with_the_time_and_said_again_with_the_right_one():
    with answering(accounts={"1234": {"key": KEY.hex()}}) as running:
        for off_s, named, zone in ((-60.0, "too_old", "5"), (60.0, "too_early", "6")):
            twin = twin_of(running, key=KEY, off_s=off_s)
            assert twin.alarm(zone)
            assert running.sink.reasons == [named]
            assert twin.answers[0][9:].startswith(b'"NAK"0000R0L0A0[]_')
            assert running.sink.readings == [AlarmInput(True, zone)]
            running.sink.findings.clear()
            running.sink.said.clear()


@pytest.mark.parametrize(("which", "refused"), [("encrypted", False), ("all", True), ("none", False)])
def test_whether_a_plain_message_must_have_the_right_time_is_the_installers_choice(which, refused):
    talk = SiaDc09Talk(msgspec.convert({"timestamps": which}, SiaDc09Options), Book(), lambda: b"P" * 16)
    (step,) = talk.hear(framed(b'"SIA-DCS"0001L0#1234[|NBA1]_00:00:00,01-01-2020'), CLOCK.now_us())
    assert bool(step.said) != refused
    assert [finding.reason for finding in step.findings] == (["too_old"] if refused else [])


@pytest.mark.parametrize("off_s", [-39, 19])
def test_a_time_within_the_band_is_right(off_s):
    options = msgspec.convert({"timestamps": "all"}, SiaDc09Options)
    at_us = 1_780_000_000 * US_PER_S  # 20:26:40
    talk = SiaDc09Talk(options, Book(), lambda: b"P" * 16)
    (step,) = talk.hear(framed(b'"SIA-DCS"0001L0#1234[|NBA1]_20:26:40,05-28-2026'), at_us - off_s * US_PER_S)
    assert step.said == (Said(AlarmInput(True, "1"), None, at_us),)


def test_an_encrypted_message_that_is_played_again_later_is_no_event():
    options = msgspec.convert({"accounts": {"1234": {"key": KEY.hex()}}}, SiaDc09Options)
    message = SiaDc09Twin(Dialler(1), CLOCK, key=KEY).message("SIA-DCS", "|#1234|NBR1")
    talk = SiaDc09Talk(options, Book(), lambda: b"P" * 16)
    (step,) = talk.hear(message, CLOCK.now_us() + 50 * US_PER_S)
    assert (step.said, step.heard) == ((), False)


def test_a_link_test_is_a_sign_of_life_and_no_reading():
    with answering() as running:
        assert twin_of(running).test_link()
        until(lambda: running.sink.alives, "the sign of life")
        assert (running.sink.ups, running.sink.readings) == (1, [])


def test_several_panels_on_one_port_are_devices_with_a_watermark_each():
    accounts = {"1234": {"device": "panel-a"}, "5678": {"device": "panel-b", "zones": {"1": "大堂"}}}
    with answering(accounts=accounts) as running:
        assert twin_of(running).test_link()
        assert twin_of(running, account="5678").alarm("1")
        until(lambda: len(running.sink.tolds) == 2, "both watermarks")
        assert [said[:2] for said in running.sink.said] == [(AlarmInput(True, "大堂"), "panel-b")]
        assert running.sink.alives == 0
        assert not twin_of(running, account="9999").alarm("1")
        assert running.sink.reasons == ["unknown_account"]


def test_a_silent_panel_is_lost_and_is_back_when_it_speaks():
    with answering(silent_s=0.3) as running:
        twin = twin_of(running)
        assert twin.test_link()
        until(lambda: running.sink.readings, "the loss")
        assert twin.report("CL5")
        assert running.sink.readings == [DeviceLink(False, "silent"), DeviceLink(True, "heard"), PanelEvent("CL", "5", "1")]
        assert running.sink.ups == 1


def test_a_panel_is_lost_once_and_silence_may_mean_nothing():
    links = Links([None, "b"], 10, 0)
    assert links.silent(9) == []
    assert [said.device for said in links.silent(10)] == [None, "b"]
    assert links.silent(30) == []
    assert links.heard("b", 31) == Said(DeviceLink(True, "heard"), "b")
    assert links.heard("b", 32) is None
    assert Links([None], 0, 0).silent(10**12) == []


def test_who_talks_nonsense_is_hung_up_and_others_are_heard():
    with answering() as running:
        fool, twin = twin_of(running), twin_of(running)
        assert twin.test_link()
        fool.line.say(b"GET / HTTP/1.1\r\n" * (NONSENSE_MAX + 6))
        with pytest.raises(Exception, match="ended"):
            fool.line.answer(lambda data: 0, 5.0)
        assert twin.alarm("5")
        assert set(running.sink.reasons) == {"malformed"}


def test_a_panel_with_more_zones_than_any_panel_has_fills_nothing_and_hides_no_alarm_by_it():
    def event(code, zones, number):
        return framed(b'"SIA-DCS"%04dL0#1234[|N%s]' % (number, b"/".join(b"%s%d" % (code, zone) for zone in zones)))

    with answering() as running:
        twin, number = twin_of(running), 0
        for code, name_of_overflow in ((b"BA", ""), (b"BR", None)):
            for first in range(0, NAMES_MAX + 8, 8):
                number += 1
                assert twin.ask(event(code, range(first, first + 8), number))
            if name_of_overflow is not None:
                assert set(running.sink.reasons) == {"too_many_names"}
                assert running.sink.readings[-8:] == [AlarmInput(active=True, name="")] * 8
                assert twin.ask(event(b"FA", [7], 9999))
                assert running.sink.readings[-1] == FireInput(active=True, name="")
        active = {(one.kind, one.name) for one in running.sink.readings if one.active}
        over = {(one.kind, one.name) for one in running.sink.readings if not one.active}
        assert len(active) == NAMES_MAX + 2
        assert active - over == set(), "what goes without its name is over when all else is"
        assert twin.alarm("5")
        assert running.sink.readings[-1] == AlarmInput(active=True, name="5")


def test_only_the_known_hosts_are_heard():
    with answering(hosts=["192.0.2.9"]) as running:
        assert not twin_of(running).alarm("5")
        until(lambda: running.sink.findings, "the finding")
        assert set(running.sink.reasons) == {"stranger"}
        assert running.sink.readings == []


def test_a_port_that_is_taken_is_told_by_name():
    with answering() as running, pytest.raises(DeviceLost, match="port_taken"):
        make(f"listen://127.0.0.1:{running.port}", SiaDc09Options()).run(running.sink, running.stop)


@pytest.mark.parametrize("address", ["tcp://192.0.2.1:9000", "listen://0.0.0.0", "listen://0.0.0.0:0", "listen://a/b:1"])
def test_an_address_that_is_no_port_of_this_machine_is_refused_with_an_example(address):
    with pytest.raises(ValueError, match=r"listen://0\.0\.0\.0:9000"):
        make(address, SiaDc09Options())


def test_a_host_that_is_no_address_is_refused():
    with pytest.raises(ValueError, match="is not an IP address"):
        make("listen://0.0.0.0:9000", msgspec.convert({"hosts": ["panel.lan"]}, SiaDc09Options))


def test_nothing_is_asked_of_a_panel():
    with pytest.raises(CommandFailed):
        make("listen://127.0.0.1:9000", SiaDc09Options()).act("open", {})
