"""Any bytes, cut anywhere, through the decoders and the talks of devices that push over HTTP or report over SIP."""

import json
from collections.abc import Callable
from contextlib import suppress

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.readings import AlarmInput, PlateRead
from drivers.charsets import text_of
from drivers.digest import Nonces, digest_fields
from drivers.feed import Feed
from drivers.gb28181.decode import Gb28181Decoder, Gb28181Options
from drivers.gb28181.driver import Gb28181Talk, Registrar
from drivers.http.callers import Callers
from drivers.http.capture import CaptureDecoder
from drivers.http.parts import form_of, media_type, parts_of
from drivers.http.requests import Room
from drivers.http.talk import HttpTalk
from drivers.http_push.decode import HttpPushOptions
from drivers.http_push.decode import Pushes as AnyPushes
from drivers.jpeg import picture_of
from drivers.port import MAX_EXAMPLE_BYTES, Decoder, Finding
from drivers.talk import Talk
from drivers.times import time_us
from drivers.xmls import xml_of
from drivers.zhenshi.decode import Pushes, ZhenshiOptions
from drivers.zones import zone_of
from tests.support.cuts import cut
from tests.support.push_rig import JPEG, post
from watchkeeper.decode import decode_stream

BOUNDED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
AT_US = 1_780_000_000_000_000
MAPPING = {
    "mapping": [
        {"url": "/x", "reading": "alarm_input", "fields": {"active": {"path": "a"}, "name": {"path": "?n", "default": ""}}},
        {
            "reading": "plate_read",
            "records": "list",
            "fields": {"plate": {"path": "p"}, "confidence": {"path": "c", "scale": 0.01, "default": None}},
        },
    ]
}
TABLE = msgspec.convert(MAPPING, HttpPushOptions)
MAKES: dict[str, Callable[[], Decoder]] = {
    "zhenshi": lambda: CaptureDecoder(Pushes(ZhenshiOptions())),
    "http_push": lambda: CaptureDecoder(AnyPushes(TABLE)),
    "gb28181": lambda: Gb28181Decoder(Gb28181Options()),
}
TALKS: dict[str, Callable[[], Talk]] = {
    "zhenshi": lambda: HttpTalk(Callers((), Nonces(b"")), Pushes(ZhenshiOptions()), Room()),
    "http_push": lambda: HttpTalk(Callers((), Nonces(b"")), AnyPushes(TABLE), Room()),
    "gb28181": lambda: Gb28181Talk(Gb28181Options(), Registrar(), Nonces(b""), datagram=False),
}

PLATE = (
    b'{"AlarmInfoPlate":{"serialno":"1","result":{"PlateResult":{"license":"\xe4\xba\xacA12345","confidence":97,"plateid":1}}}}'
)
RECORDS = b'{"list":[{"p":"A1","c":97},{"p":"A2"}]}'
ALARM_XML = b"<Notify><CmdType>Alarm</CmdType><AlarmMethod>5</AlarmMethod><AlarmType>6</AlarmType></Notify>"
ALARM = (
    b"MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nFrom: <sip:1@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\n"
    b"CSeq: 1 MESSAGE\r\nContent-Length: %d\r\n\r\n" % len(ALARM_XML)
) + ALARM_XML
PARTS = (
    b'--b\r\nContent-Disposition: form-data; name="list"\r\n\r\n[{"p":"A1"}]\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n'
    + JPEG
    + b"\r\n--b--\r\n"
)

# Bytes that are nearly understood find more than bytes that are not.
near_http = st.sampled_from(
    [
        post(PLATE),
        post(RECORDS),
        post(PARTS, Content_Type="multipart/mixed; boundary=b"),
        post(b"p=1", "/x?n=1"),
        post(PLATE)[:70],
        b"GET /x?a=1 HTTP/1.1\r\nHost: h\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"5\r\nhello\r\n0\r\n\r\n",
        b"\r\n\r\n",
        b"\xff",
        b"Content-Length: 99999999999\r\n",
    ]
)
near_body = st.sampled_from(
    [PLATE, RECORDS, PARTS, PLATE[:40], b"\n", b'{"AlarmInfoPlate":', b"{", b"}", b"[", b'"', b"--b", b"\xd4\xc1", b"<a>"]
)
near_sip = st.sampled_from(
    [ALARM, ALARM[:60], ALARM_XML, b"\r\n", b"MESSAGE sip:a SIP/2.0\r\n", b"Content-Length: 5\r\n", b"\0", b"<", b"z" * 90]
)
KEYS = ["AlarmInfoPlate", "result", "PlateResult", "license", "timeStamp", "Timeval", "sec", "confidence", "list", "p", "c"]
KEYS += ["plateid", "car_brand", "AlarmGioIn", "TriggerResult", "source", "value", "imageFile", "type", "a"]
leaves = (
    st.none() | st.booleans() | st.integers(-5, 10**18) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
noise = st.one_of(
    st.binary(max_size=600),
    st.lists(near_http, max_size=5).map(b"".join),
    st.lists(near_body, max_size=8).map(b"".join),
    st.lists(near_sip, max_size=6).map(b"".join),
    trees.map(msgspec.json.encode),
    trees.map(lambda tree: post(msgspec.json.encode(tree))),
    st.binary(max_size=200).map(post),
)
names = st.sampled_from(sorted(MAKES))


@BOUNDED
@given(names, cut(noise))
def test_how_bytes_are_cut_changes_nothing(name, cut):
    data, pieces = cut
    whole, feed = Feed(MAKES[name]), Feed(MAKES[name])
    assert whole.push(data) + whole.end() == [item for one in pieces for item in feed.push(one)] + feed.end()


@BOUNDED
@given(names, cut(noise))
def test_a_decoder_accounts_for_what_it_reports(name, cut):
    data, pieces = cut
    feed = Feed(MAKES[name])
    items = [item for piece in pieces for item in feed.push(piece)] + feed.end()
    assert feed.offset == len(data)
    for item in items:
        if isinstance(item, Finding):
            assert len(item.data) <= MAX_EXAMPLE_BYTES
            assert data[item.offset :].startswith(item.data)


@BOUNDED
@given(names, cut(noise))
def test_a_talk_never_raises_and_answers_in_its_own_protocol(name, cut):
    talk = TALKS[name]()
    steps = [step for piece in cut[1] for step in talk.hear(piece, AT_US)]
    steps += talk.hear(b"", AT_US, end=True)
    start = b"SIP/2.0 " if name == "gb28181" else b"HTTP/1.1 "
    assert all(step.answer.startswith(start) for step in steps if step.answer)
    assert all(b"\r\n\r\n" in step.answer for step in steps if step.answer)


@BOUNDED
@given(names, cut(noise))
def test_every_line_that_is_printed_is_one_json_object(name, cut):
    for line in decode_stream(name, cut[1]):
        assert "\n" not in line
        assert ("reading" in json.loads(line)) != ("finding" in json.loads(line))


@BOUNDED
@given(st.sampled_from(["zhenshi", "http_push"]), st.binary(max_size=2000))
def test_noise_is_never_a_plate(name, data):
    feed = Feed(MAKES[name])
    assert not [item for item in feed.push(data) + feed.end() if isinstance(item, PlateRead)]


@BOUNDED
@given(st.integers(1, len(post(PLATE)) - 1))
def test_a_push_that_breaks_off_is_never_a_plate(size):
    feed = Feed(MAKES["zhenshi"])
    assert not [item for item in feed.push(post(PLATE)[:size]) + feed.end() if isinstance(item, PlateRead)]


@BOUNDED
@given(cut(st.one_of(st.lists(near_sip, max_size=6).map(b"".join), st.binary(max_size=400))))
def test_after_any_noise_and_a_line_end_the_next_alarm_is_read(cut):
    talk = TALKS["gb28181"]()
    list(talk.hear(cut[0], 0))
    list(talk.hear(b"", 0, end=True))
    said = [said.reading for step in talk.hear(ALARM.replace(b"Call-ID: 1", b"Call-ID: 2"), 0) for said in step.said]
    assert said == [AlarmInput(True, "入侵检测"), AlarmInput(False, "入侵检测")]


@BOUNDED
@given(st.binary(max_size=600), st.text(max_size=60))
def test_what_reads_bodies_never_raises_but_what_it_says(data, text):
    for piece in (data, JPEG[:100] + data, b"--b\r\n" + data + b"\r\n--b--"):
        picture_of(piece)
        parts_of(piece, text)
        text_of(piece, text)
    media_type(text)
    form_of(text, text)
    digest_fields("Digest " + text)
    time_us(text, zone_of("Asia/Shanghai"))
    with suppress(ValueError):
        xml_of(data, text)
