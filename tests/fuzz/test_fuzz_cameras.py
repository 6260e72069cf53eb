"""Any bytes, cut anywhere, through the decoders of cameras that speak HTTP."""

import json
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.plates import canonical
from contract.readings import PlateRead
from drivers.cameras.decoder import CameraDecoder
from drivers.cameras.units import Units
from drivers.dahua.decode import decoder_of as dahua_decoder
from drivers.dahua.settings import DahuaOptions
from drivers.feed import Feed
from drivers.isapi.decode import decoder_of as isapi_decoder
from drivers.isapi.settings import IsapiOptions
from drivers.port import MAX_EXAMPLE_BYTES, Dated, Finding
from tests.support.cuts import cut
from watchkeeper.decode import decode_stream

BOUNDED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MAKES: dict[str, Callable[[], CameraDecoder]] = {
    "isapi": lambda: isapi_decoder(IsapiOptions()),
    "dahua": lambda: dahua_decoder(DahuaOptions()),
}
ANPR = "<eventType>ANPR</eventType><ANPR><licensePlate>浙A12345</licensePlate></ANPR>"
PLATE = f"<EventNotificationAlert>{ANPR}</EventNotificationAlert>"
EVENT = 'Code=TrafficJunction;action=Pulse;index=0;data={\n"TrafficCar": {"PlateNumber": "浙A12345"}\n}\r\n'
RECORDS = {"isapi": PLATE.encode(), "dahua": EVENT.encode()}
near = st.lists(
    st.sampled_from(
        [
            *RECORDS.values(), b"--b\r\n", b"\r\n--b\r\n", b"\n--b--\n", b"Content-Type: image/jpeg\r\n",
            b"Content-Length: 5\r\n",            b"Content-Length: 30\r\n", b"\r\n", b"\n",
            b"<?xml version='1.0'?>", b"<EventNotificationAlert>", b"<a><b>", b"</a>",
            b"</EventNotificationAlert>", b'{"eventType": "ANPR", "ANPR": {}}', b'{"a": [1, {"b": "}"}]}', b"}", b'"',
            b"\\", b"[",            b"Heartbeat\r\n",
            b"Code=VideoLoss;action=Start;index=0\r\n", b"Code=X;action=Pulse;index=0;data={", b"\n{",
            b"Events[0].EventBaseInfo.Code=TrafficJunction\r\n", b"\xff\xd8abc\xff\xd9", b"\xff\xd8", b"<", b"-",
            b"\x00", b"\xef\xbb\xbf",            "鲁B12345".encode("gb18030"),
            b"<!DOCTYPE a>", b"POST / HTTP/1.1\r\n", b"z" * 70,
        ]
    ),
    max_size=14,
)  # fmt: skip
noise = st.one_of(st.binary(max_size=600), near.map(b"".join))
names = st.sampled_from(sorted(MAKES))


@BOUNDED
@given(names, cut(noise))
def test_how_bytes_are_cut_changes_nothing(name, cut):
    data, pieces = cut
    whole, feed = Feed(MAKES[name]), Feed(MAKES[name])
    assert whole.push(data) + whole.end() == [item for one in pieces for item in feed.push(one)] + feed.end()


@BOUNDED
@given(cut(noise))
def test_every_byte_is_a_unit_or_a_finding_or_between_them_and_nothing_is_kept(cut):
    data, pieces = cut
    cutter, items = Units(), []
    for piece in pieces:
        items += cutter.push(piece)
    items += cutter.push(b"", end=True)
    assert (cutter.pending, cutter.offset) == (0, len(data))
    end = 0
    for item in items:
        assert item.offset >= end
        assert data[item.offset :].startswith(item.data)
        end = item.offset + (len(item.data) if not isinstance(item, Finding) else 0)


@BOUNDED
@given(names, cut(noise))
def test_findings_hold_little_and_stand_where_they_say(name, cut):
    data, pieces = cut
    feed = Feed(MAKES[name])
    items = [item for piece in pieces for item in feed.push(piece)] + feed.end()
    for item in items:
        if isinstance(item, Finding):
            assert 0 < len(item.data) <= MAX_EXAMPLE_BYTES
            assert data[item.offset :].startswith(item.data)


@BOUNDED
@given(names, cut(noise))
def test_every_line_that_is_printed_is_one_json_object(name, cut):
    for line in decode_stream(name, cut[1]):
        assert "\n" not in line
        assert ("reading" in json.loads(line)) != ("finding" in json.loads(line))


@BOUNDED
@given(names, cut(noise))
def test_after_any_noise_and_a_boundary_the_next_plate_is_read(name, cut):
    feed = Feed(MAKES[name])
    part = b"\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
    feed.push(cut[0] + part + part)
    items = feed.push(part + RECORDS[name] + b"\r\n--b--\r\n") + feed.end()
    plates = [one.reading if isinstance(one, Dated) else one for one in items]
    assert "浙A12345" in [one.plate for one in plates if isinstance(one, PlateRead)]


@BOUNDED
@given(names, st.data())
def test_a_record_of_which_some_is_lost_is_never_another_plate(name, data):
    record = RECORDS[name]
    begin = data.draw(st.integers(0, len(record)))
    stop = data.draw(st.integers(begin, len(record)))
    feed = Feed(MAKES[name])
    items = feed.push(record[:begin] + record[stop:] + b"\n--b--\n") + feed.end()
    for one in items:
        if isinstance(one, PlateRead):
            assert canonical(one.plate).text in "浙A12345"
