"""Any bytes, cut anywhere, through the decoders of the card readers."""

import json
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.readings import CardRead
from drivers.em_ascii.decode import EmAsciiDecoder, EmAsciiOptions, encode
from drivers.feed import Feed
from drivers.port import MAX_EXAMPLE_BYTES, Decoder, Finding
from drivers.wiegand.decode import MAX_LINE_BYTES, WiegandDecoder, WiegandOptions
from drivers.wiegand.formats import BY_NAME, DEFAULTS
from drivers.wiegand.formats import encode as encode_frame
from tests.support.cuts import cut
from watchkeeper.decode import decode_stream

BOUNDED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MAKES: dict[str, Callable[[], Decoder]] = {
    "wiegand": lambda: WiegandDecoder(WiegandOptions()),
    "em_ascii": lambda: EmAsciiDecoder(EmAsciiOptions()),
}
KEEPS_BYTES = {"wiegand": MAX_LINE_BYTES, "em_ascii": MAX_EXAMPLE_BYTES}

# Bytes that a decoder nearly understands find more than bytes that it does not.
near_lines = st.lists(st.sampled_from([b"0", b"1", b"0110", b"26:", b"34:", b"2EC0C86", b"\r", b"\n", b" ", b"x", b"\xff"]))
near_frames = st.lists(st.sampled_from([b"\x02", b"\x03", b"62E3086CED", b"08", b"\r\n", b"0", b"f", b"\x00", b"z" * 70]))
noise = st.one_of(st.binary(max_size=600), near_lines.map(b"".join), near_frames.map(b"".join))
names = st.sampled_from(sorted(MAKES))


@BOUNDED
@given(names, cut(noise))
def test_how_bytes_are_cut_changes_nothing(name, cut):
    data, pieces = cut
    whole, feed = Feed(MAKES[name]), Feed(MAKES[name])
    assert whole.push(data) + whole.end() == [item for one in pieces for item in feed.push(one)] + feed.end()


@BOUNDED
@given(names, cut(noise))
def test_a_decoder_keeps_little_and_accounts_for_what_it_reports(name, cut):
    data, pieces = cut
    feed = Feed(MAKES[name])
    items = []
    for piece in pieces:
        items += feed.push(piece)
        assert feed.pending <= KEEPS_BYTES[name]
    items += feed.end()
    assert feed.offset == len(data)
    for item in items:
        if isinstance(item, Finding):
            assert 0 < len(item.data) <= MAX_EXAMPLE_BYTES
            assert data[item.offset :].startswith(item.data)


@BOUNDED
@given(names, st.booleans(), cut(noise))
def test_every_line_that_is_printed_is_one_json_object(name, hex_input, cut):
    for line in decode_stream(name, cut[1], hex_input=hex_input):
        assert "\n" not in line
        assert ("reading" in json.loads(line)) != ("finding" in json.loads(line))


@BOUNDED
@given(cut(noise), st.booleans())
def test_how_hex_text_is_cut_changes_nothing(cut, is_hex):
    data, pieces = (cut[0].hex(" ").encode(), [one.hex(" ").encode() for one in cut[1]]) if is_hex else cut
    whole = list(decode_stream("em_ascii", [data], hex_input=True))
    assert list(decode_stream("em_ascii", pieces, hex_input=True)) == whole


@BOUNDED
@given(cut(noise), st.integers(0, 0xFF), st.integers(1, 0xFFFF_FFFE))
def test_after_any_noise_the_next_ascii_card_is_read(cut, facility, number):
    frame = b"\x02" + encode(facility, number) + b"\x03"
    feed = Feed(MAKES["em_ascii"])
    feed.push(cut[0])
    assert CardRead(bits=40, facility=facility, number=number) in feed.push(frame)


@BOUNDED
@given(cut(noise), st.integers(1, 0xFF), st.integers(1, 0xFFFF))
def test_after_any_noise_and_a_line_end_the_next_wiegand_card_is_read(cut, facility, number):
    line = b"\n%s\n" % f"{encode_frame(BY_NAME['H10301'], facility, number):026b}".encode()
    feed = Feed(MAKES["wiegand"])
    feed.push(cut[0])
    assert CardRead(bits=26, facility=facility, number=number) in feed.push(line)


@BOUNDED
@given(st.data(), st.integers(0, 0xFF), st.integers(1, 0xFFFF_FFFE))
def test_an_ascii_frame_with_one_byte_changed_is_never_another_card(data, facility, number):
    frame = bytearray(b"\x02" + encode(facility, number) + b"\r\n\x03")
    at = data.draw(st.integers(0, len(frame) - 1))
    frame[at] = data.draw(st.integers(0, 255))
    feed = Feed(MAKES["em_ascii"])
    cards = {item for item in feed.push(bytes(frame)) + feed.end() if isinstance(item, CardRead)}
    assert cards <= {CardRead(bits=40, facility=facility, number=number)}


@BOUNDED
@given(st.data(), st.sampled_from(sorted(DEFAULTS)), st.booleans())
def test_a_wiegand_frame_with_one_bit_changed_is_never_a_card(data, bits, hexed):
    one = DEFAULTS[bits]
    number = data.draw(st.integers(0, (1 << one.number.bit_count()) - 1))
    frame = encode_frame(one, 1 if one.facility else None, number) ^ (1 << data.draw(st.integers(0, bits - 1)))
    text = f"{bits}:{frame:0{-(-bits // 4)}X}" if hexed else f"{frame:0{bits}b}"
    (found,) = Feed(MAKES["wiegand"]).push(text.encode() + b"\n")
    assert isinstance(found, Finding)


@BOUNDED
@given(st.data(), st.sampled_from(sorted(DEFAULTS)), st.integers(1, 60))
def test_a_wiegand_hex_line_that_lost_characters_is_never_a_card_of_its_length(data, bits, lost):
    one = DEFAULTS[bits]
    number = data.draw(st.integers(0, (1 << one.number.bit_count()) - 1))
    digits = f"{encode_frame(one, 1 if one.facility else None, number):0{-(-bits // 4)}X}"
    (found,) = Feed(MAKES["wiegand"]).push(f"{bits}:{digits[lost:]}\n".encode())
    assert isinstance(found, Finding)
    assert found.reason in ("length_mismatch", "malformed")
