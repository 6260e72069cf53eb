"""Any bytes on an OSDP line, cut anywhere, and damage in the middle of a talk."""

import json
import random
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.readings import CardRead, CodeRead, Reading
from drivers.feed import Feed
from drivers.osdp.codes import RAW
from drivers.osdp.decode import OsdpDecoder, OsdpFrame
from drivers.osdp.frames import FRAME_BYTES_MAX, NOISE_BYTES_MAX, build, checked
from drivers.osdp.options import OsdpOptions
from drivers.osdp.twin import ReaderTwin, raw_card
from drivers.port import MAX_EXAMPLE_BYTES, Finding
from drivers.transports.pty import PtyLine
from drivers.wiegand.formats import DEFAULTS, encode
from tests.support.cuts import cut
from tests.support.modbus_rig import running, wait_for
from tests.support.osdp_rig import KEY, cards, driver, options, readers_on, states
from watchkeeper.decode import decode_stream

BOUNDED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def frame(code=0x60, data=b"", *, reply=False, sequence=1, crc=True):
    return checked(build(address=1, reply=reply, sequence=sequence, code=code, data=data, crc=crc), crc=crc)


def card(number, facility=12):
    return frame(RAW, raw_card(encode(DEFAULTS[26], facility, number), 26), reply=True)


PARTS = [frame(), frame(crc=False), card(7), b"\xff", b"\x53", b"\x53\x00\x40\x00\x04", b"\x53\x81\x08\x00\x0c", b"\x00" * 40]
near = st.lists(st.sampled_from(PARTS)).map(b"".join)
noise = st.one_of(st.binary(max_size=600), near)


def decoder():
    return OsdpDecoder(OsdpOptions())


@BOUNDED
@given(cut(noise))
def test_how_bytes_are_cut_changes_nothing(cut):
    data, pieces = cut
    whole, feed = Feed(decoder), Feed(decoder)
    assert whole.push(data) + whole.end() == [item for one in pieces for item in feed.push(one)] + feed.end()


@BOUNDED
@given(cut(noise))
def test_a_decoder_keeps_little_and_accounts_for_what_it_reports(cut):
    data, pieces = cut
    feed = Feed(decoder)
    items = []
    for piece in pieces:
        items += feed.push(piece)
        assert feed.pending <= FRAME_BYTES_MAX + NOISE_BYTES_MAX
    items += feed.end()
    assert feed.offset == len(data)
    for item in items:
        if isinstance(item, Finding):
            assert 0 < len(item.data) <= MAX_EXAMPLE_BYTES
            assert data[item.offset :].startswith(item.data)


@BOUNDED
@given(st.booleans(), cut(noise))
def test_every_line_that_is_printed_is_one_json_object(hex_input, cut):
    for line in decode_stream("osdp", cut[1], hex_input=hex_input):
        assert "\n" not in line
        assert ("reading" in json.loads(line)) != ("finding" in json.loads(line))


@BOUNDED
@given(cut(noise), st.integers(0, 0xFF), st.integers(1, 0xFFFF))
def test_after_any_noise_the_next_card_is_read(cut, facility, number):
    feed = Feed(decoder)
    feed.push(cut[0])
    found = feed.push(card(number, facility)) + feed.end()
    assert CardRead(bits=26, facility=facility, number=number) in found


@BOUNDED
@given(st.data(), st.integers(1, 0xFFFF), st.booleans())
def test_a_frame_with_one_bit_changed_is_never_a_reading(data, number, crc):
    good = frame(RAW, raw_card(encode(DEFAULTS[26], 12, number), 26), reply=True, crc=crc)
    bent = bytearray(good)
    bit = data.draw(st.integers(0, len(bent) * 8 - 1))
    bent[bit // 8] ^= 1 << bit % 8
    feed = Feed(decoder)
    found: list[Reading | Finding] = feed.push(bytes(bent)) + feed.end()
    assert found
    assert not [item for item in found if isinstance(item, CardRead | CodeRead | OsdpFrame)]


def test_a_talk_over_a_noisy_line_brings_no_false_card_and_is_whole_again_within_a_second(tmp_path):
    dice = random.Random(20_260_101)
    reader = ReaderTwin(1, key=KEY)

    def damaged(reply):
        turn = dice.random()
        if turn < 0.1:
            return b""
        if turn < 0.2:
            return dice.randbytes(dice.randrange(1, 60)) + reply
        if turn < 0.3:
            at = dice.randrange(len(reply))
            return reply[:at] + bytes((reply[at] ^ 1 << dice.randrange(8),)) + reply[at + 1 :]
        if turn < 0.35:
            return reply[: dice.randrange(len(reply))]
        if turn < 0.4:
            return b"\x53\x81\x90\x01\x04" + reply  # says that 400 bytes follow
        return reply

    line = PtyLine(tmp_path / "port")
    shown = []
    with (
        readers_on(reader, line=line) as twin,
        running(driver(twin, options(tmp_path, address=1, timeout_ms=60))) as one,
    ):
        wait_for(lambda: one.sink.alives > 0)
        twin.bend = damaged
        for number in range(1, 26):
            reader.present(12, number)
            shown.append(number)
            time.sleep(0.1)
        twin.bend = None
        healed = time.monotonic()
        reader.present(12, 50_000)
        wait_for(lambda: 50_000 in cards(one))
        assert time.monotonic() - healed < 1
        assert one.lost == ""
        assert {"bad_crc", "noise"} & one.sink.reasons
        assert {state for state, _ in states(one)} == {"secure"}
        assert len(one.sink.findings) < 2_000
    read = cards(one)
    assert set(read) <= {*shown, 50_000}
    assert sorted(read) == read
    assert len(set(read)) == len(read)
