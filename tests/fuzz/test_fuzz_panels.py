"""Any bytes, cut anywhere, through the decoders and the talks of panels that dial in."""

import json
from collections.abc import Callable

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.readings import AlarmInput, FireInput
from drivers.feed import Feed
from drivers.gb26875.decode import Boards, Gb26875Decoder, Gb26875Options
from drivers.gb26875.driver import Gb26875Talk
from drivers.gb26875.frames import FRAME_BYTES_MAX, Frame, frame_bytes
from drivers.port import MAX_EXAMPLE_BYTES, Decoder, Finding
from drivers.sia_dc09.decode import LINE_BYTES_MAX, SiaDc09Decoder, SiaDc09Options
from drivers.sia_dc09.driver import Book, SiaDc09Talk
from drivers.sia_dc09.frames import framed, sealed
from drivers.talk import Talk
from tests.support.cuts import cut
from watchkeeper.decode import decode_stream

BOUNDED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
KEY = bytes(16)
SIA = msgspec.convert({"accounts": {"1234": {}, "5678": {"device": "panel", "key": KEY.hex()}}}, SiaDc09Options)
GB = Gb26875Options()
MAKES: dict[str, Callable[[], Decoder]] = {"sia_dc09": lambda: SiaDc09Decoder(SIA), "gb26875": lambda: Gb26875Decoder(GB)}
TALKS: dict[str, Callable[[], Talk]] = {
    "sia_dc09": lambda: SiaDc09Talk(SIA, Book(), lambda: b"P" * 16),
    "gb26875": lambda: Gb26875Talk(GB, Boards(GB)),
}
KEEPS_BYTES = {"sia_dc09": LINE_BYTES_MAX, "gb26875": FRAME_BYTES_MAX}

OBJECT = bytes((1, 1, 40, 12, 0, 45, 0, 2, 0)) + "走廊".encode("gb18030").ljust(31, b"\0") + bytes((0, 0, 12, 1, 6, 26))
FIRE = frame_bytes(Frame(1, b"\x01\x00", bytes(6), 889, 1, 2, b"\x02\x01" + OBJECT))
FIRE_SAID = FireInput(True, "1-1-12-45 走廊")
ALARM = framed(b'"SIA-DCS"0001L0#1234[#1234|Nri1/BA7]')
SECRET = framed(b'"*SIA-DCS"0001L0#5678[' + sealed(b"|NBA7]_10:00:00,01-01-2026", KEY, b"P" * 16))

# Bytes that a decoder nearly understands find more than bytes that it does not.
near_lines = st.sampled_from(
    [ALARM, SECRET, ALARM[:20], b"\n", b"\r", b'"SIA-DCS"', b"[", b"]", b"|NBA7", b"0024", b"x" * 90, b"\xff"]
)
near_frames = st.sampled_from([FIRE, FIRE[:30], FIRE[27:], b"@", b"@@", b"##", b"\x00", b"z" * 70, FIRE[:24] + b"\x00\x04"])
noise = st.one_of(
    st.binary(max_size=600),
    st.lists(near_lines, max_size=12).map(b"".join),
    st.lists(near_frames, max_size=8).map(b"".join),
    st.binary(max_size=80).map(lambda data: framed(b'"SIA-DCS"0001L0#1234[' + data + b"]")),
    st.binary(max_size=64).map(lambda data: framed(b'"*SIA-DCS"0001L0#5678[' + data.hex().encode())),
    st.binary(max_size=200).map(lambda unit: frame_bytes(Frame(1, b"\x01\x00", bytes(6), 889, 1, 2, unit))),
    st.tuples(st.sampled_from([1, 2, 4, 21, 24]), st.integers(0, 3), st.binary(max_size=140)).map(
        lambda one: frame_bytes(Frame(1, b"\x01\x00", bytes(6), 889, 1, 2, bytes(one[:2]) + one[2]))
    ),
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
def test_a_decoder_keeps_little_and_accounts_for_what_it_reports(name, cut):
    data, pieces = cut
    feed, items = Feed(MAKES[name]), []
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
@given(names, cut(noise))
def test_a_talk_says_what_the_decoder_does_and_never_raises(name, cut):
    data, pieces = cut
    talk, feed = TALKS[name](), Feed(MAKES[name])
    steps = [step for piece in pieces for step in talk.hear(piece, 1_780_000_000_000_000)]
    steps += talk.hear(b"", 1_780_000_000_000_000, end=True)
    found = [finding for step in steps for finding in step.findings if finding.reason not in ("too_old", "too_early")]
    assert found == [item for item in feed.push(data) + feed.end() if isinstance(item, Finding)]
    assert all(step.answer[:1] in (b"", b"\n", b"@") for step in steps)


@BOUNDED
@given(names, cut(noise))
def test_every_line_that_is_printed_is_one_json_object(name, cut):
    for line in decode_stream(name, cut[1]):
        assert "\n" not in line
        assert ("reading" in json.loads(line)) != ("finding" in json.loads(line))


@BOUNDED
@given(cut(noise))
def test_after_any_noise_and_a_line_end_the_next_alarm_is_read(cut):
    feed = Feed(MAKES["sia_dc09"])
    feed.push(cut[0])
    assert AlarmInput(True, "7") in feed.push(ALARM)


@BOUNDED
@given(cut(noise))
def test_after_any_noise_and_a_silence_the_next_fire_is_read(cut):
    boards = Boards(GB)
    talk = Gb26875Talk(GB, boards)
    list(talk.hear(cut[0], 0))
    list(talk.hear(b"", 0, end=True))
    boards._boards.clear()  # a fire that the noise has told is told once
    said = [said.reading for step in talk.hear(FIRE, 0) for said in step.said]
    assert said == [FIRE_SAID]


@BOUNDED
@given(st.data(), st.sampled_from([ALARM, SECRET]))
def test_a_line_with_one_byte_changed_is_never_another_event(data, line):
    changed = bytearray(line)
    changed[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.integers(0, 255))
    feed = Feed(MAKES["sia_dc09"])
    assert {item for item in feed.push(bytes(changed)) + feed.end() if not isinstance(item, Finding)} <= {AlarmInput(True, "7")}


@BOUNDED
@given(st.data())
def test_a_message_with_one_byte_changed_is_never_another_event(data):
    changed = bytearray(FIRE)
    changed[data.draw(st.integers(0, len(FIRE) - 1))] = data.draw(st.integers(0, 255))
    feed = Feed(MAKES["gb26875"])
    assert {item for item in feed.push(bytes(changed)) + feed.end() if not isinstance(item, Finding)} <= {FIRE_SAID}
