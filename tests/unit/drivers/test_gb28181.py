"""GB/T 28181: messages out of bytes, what they say, and a twin that registers and reports over loopback."""

from functools import partial

import msgspec
import pytest

import drivers.dialled
from contract.clock import US_PER_S
from contract.readings import AlarmInput, DeviceLink, ObjectSeen, PanelEvent, PanelFault, TamperContact
from drivers.digest import Nonces
from drivers.gb28181.alarms import METHODS, TYPES, readings_of
from drivers.gb28181.decode import ANYBODY, Gb28181Options, told
from drivers.gb28181.driver import AGAIN_US, ANSWERS_MAX, Gb28181Talk, Registrar, make
from drivers.gb28181.sip import BODY_BYTES_MAX, HEAD_BYTES_MAX, HEADERS_MAX, Bad, Message, Stream, answer_to
from drivers.gb28181.twin import Gb28181Twin
from drivers.zones import zone_of
from tests.support.dial_rig import CLOCK, Answering, until

CHINA = zone_of("Asia/Shanghai")
NUMBER = "34020000001320000001"
CHANNEL = "34020000001310000002"
AT_US = 1_790_000_000 * US_PER_S
BODY = b"<Notify><CmdType>Alarm</CmdType><AlarmMethod>1</AlarmMethod></Notify>"
PASSWORD = "12345678"


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(drivers.dialled, "TURN_S", 0.02)


def options(**more):
    return msgspec.convert(more, Gb28181Options)


def answering(scheme="listen-udp", **more):
    return Answering(partial(make, options=options(**more)), scheme)


def twin_of(running, scheme="listen-udp", **more):
    return Gb28181Twin(running.line(udp=scheme == "listen-udp"), CLOCK, **more)


def raw(body=BODY, method="MESSAGE", length=None, call="1", more=""):
    size = len(body) if length is None else length
    head = (
        f"{method} sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=1\r\nFrom: <sip:{NUMBER}@b>;tag=1\r\nTo: <sip:a@b>\r\n"
        f"Call-ID: {call}\r\nCSeq: 1 {method}\r\n{more}Content-Length: {size}\r\n\r\n"
    )
    return head.encode() + body


def talk(registrar=None, datagram=False, **more):
    return Gb28181Talk(options(**more), registrar or Registrar(), Nonces(b""), datagram=datagram)


def heard(data, datagram=False, end=True):
    return list(Stream(datagram=datagram).hear(data, end=end))


@pytest.mark.parametrize("scheme", ["listen", "listen-udp"])
@pytest.mark.parametrize(
    ("charset", "declared"), [("gb18030", "GB2312"), ("utf-8", "GB2312"), ("gb18030", "UTF-8"), ("utf-8", "")]
)
def test_a_device_registers_lives_and_tells_an_alarm(scheme, charset, declared):
    senders = {
        NUMBER: {
            "password": PASSWORD,
            "device": "cam-1",
            "name": "东墙",
            "channels": {CHANNEL: {"name": "豫园", "device": "cam-2"}},
        }
    }
    with answering(scheme, senders=senders) as running:
        twin = twin_of(running, scheme, password=PASSWORD, charset=charset, declared=declared)
        assert twin.register()
        assert twin.keepalive()
        assert twin.alarm(5, 6, text="有人翻越围墙", at="2026-09-21T22:13:20")
        assert twin.alarm(2, 2, channel=CHANNEL)
        assert running.sink.said[:3] == [
            (PanelEvent("A5-6", "东墙", text="有人翻越围墙"), "cam-1", AT_US),
            (AlarmInput(True, "东墙 入侵检测"), "cam-1", AT_US),
            (AlarmInput(False, "东墙 入侵检测"), "cam-1", AT_US),
        ]
        assert [one[:2] for one in running.sink.said[3:]] == [
            (TamperContact(True, "豫园 设备防拆"), "cam-2"),
            (TamperContact(False, "豫园 设备防拆"), "cam-2"),
        ]
        assert running.sink.reasons == []
        assert list(running.sink.tolds) == ["cam-1"]


def test_an_answer_waits_until_the_alarm_is_in_the_log():
    with answering() as running:
        twin = twin_of(running, answer_s=0.2)
        running.sink.gate.clear()
        assert not twin.alarm(1)
        running.sink.gate.set()
        until(lambda: len(running.sink.readings) == 2, "the alarm")


def test_an_alarm_that_comes_again_is_answered_again_and_told_once():
    one = talk()
    (first,) = one.hear(raw(), 0)
    (again,) = one.hear(raw(), AGAIN_US - 1)
    assert (first.answer, len(first.said)) == (again.answer, 2)
    assert again.said == ()
    (later,) = one.hear(raw(), AGAIN_US)
    assert len(later.said) == 2


def test_an_alarm_that_the_log_did_not_take_is_not_known():
    one = talk()
    next(one.hear(raw(), 0))  # and the log refused it
    (again,) = one.hear(raw(), 0)
    assert len(again.said) == 2


def test_answers_are_kept_for_a_while():
    registrar = Registrar()
    one = talk(registrar)
    for number in range(ANSWERS_MAX + 1):
        list(one.hear(raw(call=str(number)), 0))
    assert len(next(one.hear(raw(call="0"), 0)).said) == 2
    assert len(next(one.hear(raw(call=str(ANSWERS_MAX)), 0)).said) == 0


def test_a_wrong_password_registers_nobody():
    with answering(senders={NUMBER: {"password": PASSWORD}}) as running:
        twin = twin_of(running, password="wrong")
        assert not twin.register()
        assert running.sink.reasons == ["wrong_password"]
        assert running.sink.ups == 0


def test_who_has_not_registered_is_sent_to_register_and_its_alarms_count():
    with answering(senders={NUMBER: {"password": PASSWORD}}) as running:
        twin = twin_of(running, password=PASSWORD)
        assert not twin.keepalive()
        assert twin.alarm(1)
        assert len(running.sink.readings) == 2
        assert twin.register()
        assert twin.keepalive()
        assert twin.register(expires_s=0)
        assert not twin.keepalive()


def test_an_answer_to_a_registration_tells_the_sites_time():
    (step,) = talk().hear(raw(b"", "REGISTER", more="Expires: 99999999\r\nContact: <sip:x@y>\r\n"), AT_US)
    assert b"Date: 2026-09-21T22:13:20.000\r\n" in step.answer
    assert b"Expires: 86400\r\n" in step.answer
    assert b"Contact: <sip:x@y>\r\n" in step.answer


def test_silence_takes_the_link_down_and_a_sign_of_life_brings_it_back():
    with answering(silent_s=0.3) as running:
        twin = twin_of(running)
        assert twin.keepalive()
        until(lambda: running.sink.readings == [DeviceLink(up=False, reason="silent")], "the silence")
        assert twin.keepalive()
        assert running.sink.readings[-1] == DeviceLink(up=True, reason="heard")


@pytest.mark.parametrize(
    ("data", "status", "reasons"),
    [
        (raw(method="INVITE"), b"405", ["bad_method"]), (raw(method="OPTIONS"), b"200", []), (raw(method="ACK"), None, []),
        (b"SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", None, []), (raw(b"<a"), b"400", ["not_xml"]), (raw(call=""), b"400",
        ["bad_sip"]),
        (raw(b"<Notify><CmdType>X</CmdType></Notify>"), b"200", ["unknown_message"]), (raw(b"<a/>"), b"400",
        ["unknown_message"]),
        (raw(b"<Response><CmdType>Catalog</CmdType></Response>"), b"200", []),
    ],
)  # fmt: skip
def test_what_else_comes_is_answered_as_it_should(data, status, reasons):
    steps = list(talk().hear(data, 0))
    assert [step.answer[8:11] for step in steps] == ([status] if status else [])
    assert [finding.reason for step in steps for finding in step.findings] == reasons


def test_a_stranger_says_nothing():
    (step,) = talk(senders={CHANNEL: {}}).hear(raw(), 0)
    assert (step.said, step.heard, step.answer[8:11], step.findings[0].reason) == ((), False, b"403", "unknown_source")


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_messages_are_found_behind_noise_however_they_are_cut(size):
    data = b"\r\n\r\nnoise\n" + raw() + b"\0\0" + raw(b"")
    stream = Stream()
    out = [one for at in range(0, len(data), size) for one in stream.hear(data[at : at + size])]
    assert [(type(one), one.offset) for one in out] == [(Bad, 4), (Message, 10), (Message, 12 + len(raw()))]


def test_heads_in_short_and_folded_form_are_read():
    data = b'MESSAGE sip:a SIP/2.0\r\nv: x\r\nf: "N"\r\n <sip:1234@b>\r\ni: 7\r\nl: 2\r\n\r\nhi'
    (one,) = heard(data)
    assert isinstance(one, Message)
    assert (one.user, one.header("via"), one.header("call-id"), one.body) == ("1234", "x", "7", b"hi")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x" * HEAD_BYTES_MAX, "not_sip"), (raw()[:30], "truncated"), (raw()[:-1], "truncated"), (raw(length="-1"), "bad_sip"),
        (raw(more="no header\r\n"), "bad_sip"), (raw(length=BODY_BYTES_MAX + 1), "too_long"),
        (raw(more="A: 1\r\n" * HEADERS_MAX), "bad_sip"),
        (b"MESSAGE sip:a SIP/2.0\r\n" + b"A: 1\r\n" * 2000, "too_long"), (b"half a line", "not_sip"),
    ],
)  # fmt: skip
def test_damage_has_a_name(data, reason):
    found = heard(data)[0]
    assert isinstance(found, Bad)
    assert (found.reason, found.offset) == (reason, 0)


def test_a_datagram_without_a_length_is_one_message():
    data = raw().replace(b"Content-Length: %d\r\n" % len(BODY), b"")
    (one,) = heard(data, datagram=True)
    assert isinstance(one, Message)
    assert one.body == BODY


def test_an_answer_repeats_what_it_answers():
    (one,) = heard(raw())
    assert isinstance(one, Message)
    lines = answer_to(one, 200, tag="w").decode().split("\r\n")
    assert lines[0] == "SIP/2.0 200 OK"
    assert {"Via: SIP/2.0/UDP h;branch=1", "To: <sip:a@b>;tag=w", "Call-ID: 1", "CSeq: 1 MESSAGE"} <= set(lines)


def test_every_alarm_of_the_standard_means_something():
    for method in METHODS:
        assert readings_of(method, "", "门") is not None
    for method, kind in TYPES:
        assert readings_of(method, kind, "门") is not None
    assert readings_of("6", "77", "门") == (PanelFault(True, "门 设备故障"), PanelFault(False, "门 设备故障"))
    assert readings_of("5", "2", "门") == (ObjectSeen("motion", 1.0, zone="门", ended=True),)
    assert readings_of("8", "", "门") is None


def test_an_alarm_counts_though_its_time_is_none():
    body = BODY.replace(b"</Notify>", b"<AlarmTime>soon</AlarmTime></Notify>")
    found = told(body, "", ANYBODY, CHINA)
    assert (len(found.said), found.said[0].device_at_us, found.reasons) == (2, None, ("bad_time",))


WRONG = [
    {"server": "1"},
    {"senders": {"x": {}}},
    {"zone": "Mars"},
    {"senders": {NUMBER: {"channels": {"1": {}}}}},
    {"senders": {NUMBER: {"device": "A B"}}},
    {"senders": {NUMBER: {}, CHANNEL: {}}},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_options_that_cannot_be_are_refused(wrong):
    with pytest.raises(msgspec.ValidationError):
        options(**wrong)


def test_channels_that_are_devices_are_brought():
    assert options(senders={NUMBER: {"channels": {CHANNEL: {"device": "cam-2"}}}}).brings == ("cam-2",)
