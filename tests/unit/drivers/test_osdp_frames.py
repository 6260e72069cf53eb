import json
from pathlib import Path

import pytest

from drivers.feed import Feed
from drivers.osdp.decode import OsdpDecoder
from drivers.osdp.frames import (
    FRAME_BYTES_MAX,
    NOISE_BYTES_MAX,
    Frame,
    Splitter,
    build,
    checked,
    checksum,
    crc16,
)
from drivers.osdp.options import OsdpOptions
from drivers.port import Finding
from watchkeeper.decode import decode_stream

VECTORS = Path(__file__).parents[4] / "shared/data/protocol/osdp/osdpnet_vectors.jsonl"


def poll(address=0, sequence=1, *, crc=True):
    return checked(build(address=address, reply=False, sequence=sequence, code=0x60, crc=crc), crc=crc)


def split(data):
    return Splitter().split(data, end=True)[1]


def reason_of(one):
    assert isinstance(one, Finding)
    return one.reason


def test_the_check_of_a_frame_is_the_one_of_the_standard():
    # By hand: 53+00+07+00+00+60 is 186 in hex, and what is missing to 200 is 46.
    assert checksum(bytes.fromhex("530007000060")) == 0x46
    # The check value of this CRC, published for the text 123456789.
    assert crc16(b"123456789") == 0xE5CC


def test_a_poll_is_laid_out_as_on_the_wire():
    frame = poll(address=5, sequence=2, crc=False)
    assert frame.hex() == "5305070002603f"  # 53+05+07+00+02+60 is C1
    (one,) = split(frame)
    assert (one.address, one.reply, one.sequence, one.crc, one.code, one.data) == (5, False, 2, False, 0x60, b"")


def test_a_mark_before_a_frame_is_no_noise():
    (one,) = split(b"\xff\xff" + poll())
    assert isinstance(one, Frame)
    assert one.offset == 2


@pytest.mark.parametrize(("crc", "reason"), [(True, "bad_crc"), (False, "bad_checksum")])
def test_every_bit_that_is_turned_over_is_found(crc, reason):
    frame = poll(crc=crc)
    for bit in range(len(frame) * 8):
        bent = bytearray(frame)
        bent[bit // 8] ^= 1 << bit % 8
        found = split(bytes(bent))
        assert found
        assert all(isinstance(one, Finding) for one in found), bit
        if bit // 8 >= 5:
            assert found[0].reason == reason


def test_a_wrong_frame_is_told_once_with_its_bytes_and_its_place():
    bad = bytearray(poll())
    bad[5] ^= 1
    assert split(b"\x00" + bytes(bad) + poll()) == [
        Finding("noise", 0, b"\x00"),
        Finding("bad_crc", 1, bytes(bad)),
        split(b"\x00" * 9 + poll())[1],
    ]


def test_a_false_beginning_swallows_no_frame():
    false = b"\x53\x00\x40\x00\x04"  # says that 64 bytes follow
    found = split(false + poll() + poll(sequence=2))
    assert [one.sequence for one in found if isinstance(one, Frame)] == [1, 2]


def test_a_frame_that_is_cut_off_is_truncated_only_at_the_end():
    splitter = Splitter()
    assert splitter.split(poll()[:-1]) == (0, [])
    assert [reason_of(one) for one in splitter.split(poll()[:-1], end=True)[1]] == ["truncated"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\x01\x60", "bad_block"),  # too short to have a type
        (b"\x20\x15\x60", "bad_block"),  # longer than the frame
        (b"\x02\x15\x60\x01\x02", "bad_block"),  # no room for the MAC
    ],
)
def test_a_security_block_that_does_not_fit_is_a_finding(body, reason):
    size = 5 + len(body) + 2
    frame = checked(bytes((0x53, 0, size, 0, 0x0C)) + body)
    assert split(frame)[0].reason == reason


def test_a_frame_without_a_code_is_a_finding():
    assert [one.reason for one in split(checked(bytes.fromhex("5300070004")))] == ["no_code"]


def test_a_length_that_no_frame_has_is_noise():
    for size in (0, 6, FRAME_BYTES_MAX + 1, 0xFFFF):
        assert {reason_of(one) for one in split(b"\x53\x00" + size.to_bytes(2, "little") + b"\x04" * 20)} == {"noise"}


def test_endless_noise_is_told_in_pieces_and_kept_nowhere():
    feed = Feed(lambda: OsdpDecoder(OsdpOptions()))
    found = []
    for _ in range(100):
        found += feed.push(b"\xaa" * 100)
        assert feed.pending < NOISE_BYTES_MAX
    assert {one.reason for one in found if isinstance(one, Finding)} == {"noise"}
    assert len(found) == 10_000 // NOISE_BYTES_MAX


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared vectors are not here")
def test_frames_of_another_project_are_read_as_it_reads_them():
    frames = [one for one in map(json.loads, VECTORS.read_text(encoding="utf-8").splitlines()) if one["frame"]]
    assert len(frames) > 30
    for one in frames:
        want = one["frame"]
        assert want["length_ok"]
        assert want["check_ok"]
        (frame,) = split(bytes.fromhex(one["hex"]))
        assert frame.address == want["address"]
        assert frame.reply == want["reply"]
        assert len(frame.raw) == want["length"]
        assert frame.sequence == want["seq"]
        assert frame.crc == want["crc"]
        assert bool(frame.block) == want["secure_block"]
        assert f"{frame.code:02X}" == want["code"]
        assert (frame.data + frame.mac).hex().upper() == want["data"]
        (line, *_) = map(json.loads, decode_stream("osdp", [one["hex"].encode()], hex_input=True))
        assert line["reading"] == "osdp_frame"
        assert line["name"], want["code"]
        assert line["crc" if want["crc"] else "checksum"] == "ok"
