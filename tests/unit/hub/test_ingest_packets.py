"""Publications straight out of a chunk of bytes."""

import struct

import pytest

from hub.ingest.packets import Publication, plain_publications


def packet(topic: bytes, payload: bytes, first: int = 0x30) -> bytes:
    body = struct.pack(">H", len(topic)) + topic + payload
    size, length = len(body), bytearray()
    while True:
        size, low = divmod(size, 128)
        length.append(low | (128 if size else 0))
        if not size:
            return bytes((first, *length)) + body


@pytest.mark.parametrize("size", [0, 1, 120, 127, 128, 16_383, 16_384, 65_536, 2_097_152])
def test_publications_of_any_length_come_out_as_they_were(size: int):
    data = packet(b"a/b", b"x" * size) + packet(b"c", b"")
    assert plain_publications(data, 0) == ([(b"a/b", b"x" * size), (b"c", b"")], len(data))


def test_what_is_cut_at_any_byte_is_left_where_it_begins():
    whole, cut = packet(b"topic", b"first"), packet(b"topic", b"y" * 300)
    for missing in range(1, len(cut) + 1):
        assert plain_publications(whole + cut[:-missing], 0) == ([(b"topic", b"first")], len(whole))


@pytest.mark.parametrize("first", [0x31, 0x32, 0x34, 0x38, 0x40, 0x90, 0xD0, 0x00])
def test_any_other_packet_is_left_to_the_client_and_so_is_what_follows(first: int):
    whole = packet(b"topic", b"first")
    data = whole + packet(b"other", b"second", first) + whole
    assert plain_publications(data, 0) == ([(b"topic", b"first")], len(whole))


@pytest.mark.parametrize(
    "broken",
    [
        b"\x30\x00",
        b"\x30\x01\x00",
        b"\x30\x02\x00\x00",  # no topic at all
        b"\x30\x04\x00\x09ab" + b"cdefghijk",  # a topic longer than its packet
        b"\x30\xff\xff\xff\xff\x01" + b"x" * 20,  # a length of five bytes
    ],
)
def test_what_no_broker_may_send_is_left_to_the_client(broken: bytes):
    assert plain_publications(broken, 0) == ([], 0)


def test_reading_goes_on_where_it_ended():
    first, second = packet(b"a", b"1"), packet(b"b", b"2")
    assert plain_publications(first + second, len(first)) == ([Publication(b"b", b"2")], len(first) + len(second))
