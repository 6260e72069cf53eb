"""Any bytes, cut anywhere, through the decoder of patrol wands; and any record that a wand can hold, there and back."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.clock import US_PER_S
from contract.readings import TagScanned
from drivers.feed import Feed
from drivers.patrol_wand.csvdump import MAX_LINE_BYTES
from drivers.patrol_wand.decode import Input, PatrolWandDecoder, PatrolWandOptions
from drivers.patrol_wand.frames import BODY_BYTES_MAX, READ_RECORDS, frame_bytes
from drivers.patrol_wand.layout import Layout, NumberField, Scan, TagField, TimeField, record_bytes, scan_of
from drivers.port import MAX_EXAMPLE_BYTES, Finding
from drivers.zones import zone_of
from tests.support.cuts import cut
from watchkeeper.decode import decode_stream

BOUNDED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SHANGHAI = zone_of("Asia/Shanghai")
KEEPS_BYTES = {"auto": MAX_LINE_BYTES, "frames": BODY_BYTES_MAX + 4, "csv": MAX_LINE_BYTES}
T0_US = 1_772_000_000 * US_PER_S


def make(kind: Input, layout: Layout | None = None):
    options = PatrolWandOptions(input=kind, layout=layout or Layout())
    return lambda: PatrolWandDecoder(options)


hexed = st.binary(min_size=1, max_size=8).map(lambda raw: raw.hex().upper()).filter(lambda tag: set(tag) not in ({"0"}, {"F"}))
guards = st.none() | st.binary(min_size=3, max_size=3).map(lambda raw: raw.hex().upper()).filter(
    lambda t: set(t) not in ({"0"}, {"F"})
)
scans = st.builds(Scan, st.integers(1, 2**24), st.integers(0, 10**8).map(lambda s: T0_US + s * US_PER_S), hexed, guards)
answers = st.lists(scans, max_size=4).map(
    lambda some: frame_bytes(
        0xA1B2C3D4, READ_RECORDS, bytes(4) + b"".join(record_bytes(one, Layout(), SHANGHAI) for one in some), answer=True
    )
)
bits = st.sampled_from([b"\x02", b"\x02\x1f", b"\x02\xfa\xa1", b"\x85", b"\x00\x00\x00\x01", b"z" * 70])
lines = st.sampled_from(
    [b"tag,time\n", b"04A1,2026-03-01 22:30:05\n", b"04A1,\n", b'"', b",", b"\n", b"\xff", b"x" * 2100, b"\r"]
)
noise = st.one_of(
    st.binary(max_size=600),
    st.lists(st.one_of(bits, answers), max_size=6).map(b"".join),
    st.lists(lines, max_size=8).map(b"".join),
    st.lists(lines, max_size=8).map(lambda some: b"tag,time\n" + b"".join(some)),
)
kinds = st.sampled_from(["auto", "frames", "csv"])


@BOUNDED
@given(kinds, cut(noise))
def test_how_bytes_are_cut_changes_nothing(kind, cut):
    data, pieces = cut
    whole, feed = Feed(make(kind)), Feed(make(kind))
    assert whole.push(data) + whole.end() == [item for one in pieces for item in feed.push(one)] + feed.end()


@BOUNDED
@given(kinds, cut(noise))
def test_a_decoder_keeps_little_and_accounts_for_what_it_reports(kind, cut):
    data, pieces = cut
    feed = Feed(make(kind))
    items = []
    for piece in pieces:
        items += feed.push(piece)
        assert feed.pending <= KEEPS_BYTES[kind]
    items += feed.end()
    assert feed.offset == len(data)
    for item in items:
        if isinstance(item, Finding):
            assert 0 < len(item.data) <= MAX_EXAMPLE_BYTES
            assert data[item.offset :].startswith(item.data)


@BOUNDED
@given(st.booleans(), cut(noise))
def test_every_line_that_is_printed_is_one_json_object(hex_input, cut):
    for line in decode_stream("patrol_wand", cut[1], hex_input=hex_input):
        assert ("reading" in json.loads(line)) != ("finding" in json.loads(line))


@BOUNDED
@given(cut(noise), scans)
def test_after_any_noise_the_next_answer_is_read(cut, scan):
    feed = Feed(make("frames"))
    frame = frame_bytes(7, READ_RECORDS, bytes(4) + record_bytes(scan, Layout(), SHANGHAI), answer=True)
    items = feed.push(cut[0]) + feed.push(frame) + feed.end()
    assert any(isinstance(item, TagScanned) and item.scan == f"00000007-{scan.number}" for item in items)


@BOUNDED
@given(st.data(), st.lists(scans, min_size=1, max_size=8, unique_by=lambda one: one.number))
def test_an_answer_with_one_bit_changed_is_never_another_scan(data, some):
    some = sorted(some)
    payload = bytes(4) + b"".join(record_bytes(one, Layout(), SHANGHAI) for one in some)
    frame = bytearray(frame_bytes(0xA1B2C3D4, READ_RECORDS, payload, answer=True))
    right = Feed(make("frames")).push(bytes(frame))
    assert [one.tag for one in right if isinstance(one, TagScanned)] == [one.tag for one in some]
    at = data.draw(st.integers(0, len(frame) * 8 - 1))
    frame[at // 8] ^= 1 << at % 8
    feed = Feed(make("frames"))
    assert not [item for item in feed.push(bytes(frame)) + feed.end() if isinstance(item, TagScanned)]


LAYOUTS = st.builds(
    Layout,
    size=st.just(40),
    time=st.builds(
        TimeField, at=st.just(0), form=st.sampled_from(["bcd", "binary"]), order=st.permutations("YMDhms-").map("".join)
    )
    | st.builds(TimeField, at=st.just(0), form=st.sampled_from(["epoch_be", "epoch_le"])),
    tag=st.builds(TagField, at=st.just(8), size=st.just(8), form=st.sampled_from(["hex", "hex_reversed"]), size_at=st.just(7)),
    guard=st.builds(TagField, at=st.just(20), size=st.just(3), form=st.sampled_from(["hex", "hex_reversed"])),
    number=st.builds(NumberField, at=st.just(30), size=st.sampled_from([3, 4]), form=st.sampled_from(["be", "le"])),
)


@BOUNDED
@given(LAYOUTS, scans.filter(lambda one: one.number < 2**24))
def test_a_record_comes_back_from_any_layout(layout, scan):
    assert scan_of(record_bytes(scan, layout, SHANGHAI), 0, layout, SHANGHAI) == scan


@BOUNDED
@given(LAYOUTS, st.binary(min_size=40, max_size=40))
def test_any_bytes_are_a_scan_or_the_name_of_what_is_wrong(layout, record):
    scan = scan_of(record, 5, layout, SHANGHAI)
    assert isinstance(scan, Scan) or scan in ("bad_time", "blank_tag", "bad_tag", "bad_guard")
