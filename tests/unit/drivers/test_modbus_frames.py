import json
from pathlib import Path

import pytest

from drivers.modbus.capture import DAMAGE_BYTES_MAX, Answer, Capture
from drivers.modbus.frames import (
    READ_HOLDING,
    READ_INPUTS,
    Asked,
    answer_size,
    bits_of,
    crc_is_right,
    fits,
    question_size,
    read_pdu,
    rtu,
    tcp,
    tcp_size,
    words_of,
    write_coil_pdu,
)
from drivers.port import Finding

VECTORS = Path(__file__).parents[4] / "shared/data/protocol/modbus/frames.jsonl"
ASKED = Asked(READ_INPUTS, 0, 6)
QUESTION = rtu(1, read_pdu(ASKED))
ANSWER = rtu(1, bytes.fromhex("020105"))


def vectors():
    if not VECTORS.exists():
        pytest.skip("the published frames are not here")
    return [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]


def split(data: bytes, unit: int = 1, assumed: Asked | None = ASKED, step: int = 0):
    """What a capture says, fed whole or `step` bytes at a time."""
    capture = Capture(unit, [assumed] if assumed else [])
    items, pending, base = [], b"", 0
    chunks = [data[at : at + step] for at in range(0, len(data), step)] if step else [data]
    for number, chunk in enumerate(chunks):
        pending += chunk
        used, found = capture.split(pending, end=number == len(chunks) - 1)
        items += [one._replace(offset=base + one.offset) if isinstance(one, Finding | Answer) else one for one in found]
        pending, base = pending[used:], base + used
    assert not pending
    return items


def test_frames_are_those_of_other_makers():
    rows = vectors()
    checked = 0
    for row in rows:
        frame, pdu = bytes.fromhex(row["frame"]), bytes.fromhex(row["pdu"])
        if row["framing"] == "RTU":
            assert rtu(row["unit"], pdu) == frame
            assert crc_is_right(frame)
            assert (question_size(frame) if row["is_server"] else answer_size(frame)) == len(frame)
        elif row["framing"] == "SOCKET":
            assert tcp(row["unit"], pdu, row["tid"]) == frame
            assert tcp_size(frame) == len(frame)
        else:
            continue
        checked += 1
    assert checked == 27


def test_a_capture_understands_the_frames_of_other_makers():
    rows = [row for row in vectors() if row["framing"] == "RTU" and row["unit"] == 17]
    request, answer, refusal = (bytes.fromhex(row["frame"]) for row in rows)
    items = split(request + answer + request + refusal, unit=17, assumed=None)
    assert items == [
        Answer(Asked(READ_HOLDING, 0x7C, 2), bytes.fromhex("0304008d008e"), len(request)),
        Finding("exception_02", 2 * len(request) + len(answer), refusal),
    ]
    assert words_of(items[0].pdu) == (0x8D, 0x8E)


def test_questions_are_as_the_book_has_them():
    assert read_pdu(Asked(READ_INPUTS, 0, 6)).hex() == "0200000006"
    assert write_coil_pdu(3, True).hex() == "050003ff00"
    assert write_coil_pdu(3, False).hex() == "0500030000"
    with pytest.raises(ValueError, match="count"):
        read_pdu(Asked(READ_INPUTS, 0, 0))


def test_an_answer_fits_only_the_length_that_was_asked_for():
    assert fits(ASKED, bytes.fromhex("020105"))
    assert not fits(ASKED, bytes.fromhex("02020500"))
    assert not fits(ASKED, bytes.fromhex("0202"))
    assert not fits(ASKED, bytes.fromhex("010105"))
    assert bits_of(Asked(READ_INPUTS, 4, 3), bytes.fromhex("020105")) == {4: True, 5: False, 6: True}


def test_an_answer_alone_is_taken_for_one_to_the_assumed_question():
    assert split(ANSWER) == [Answer(ASKED, bytes.fromhex("020105"), 0)]


def test_a_question_in_the_capture_says_what_its_answer_tells():
    other = Asked(READ_INPUTS, 2, 3)
    assert split(rtu(1, read_pdu(other)) + ANSWER + ANSWER) == [
        Answer(other, bytes.fromhex("020105"), 8),
        Answer(ASKED, bytes.fromhex("020105"), 14),
    ]


def test_an_answer_of_three_bytes_is_told_from_a_question_by_what_was_asked():
    long = Asked(READ_INPUTS, 0, 20)
    frame = rtu(1, bytes.fromhex("0203050607"))
    assert len(frame) == len(QUESTION)
    assert split(rtu(1, read_pdu(long)) + frame) == [Answer(long, frame[1:-2], 8)]
    assert split(frame, assumed=long) == [Answer(long, frame[1:-2], 0)]
    assert split(frame) == []  # a question for inputs from 0x0305: nothing is told


def test_writes_and_their_answers_tell_nothing():
    write = rtu(1, write_coil_pdu(0, True))
    assert split(write + write + ANSWER) == [Answer(ASKED, bytes.fromhex("020105"), 16)]


def test_other_units_are_passed_over_when_they_were_asked_and_found_when_not():
    theirs = rtu(7, bytes.fromhex("020105"))
    assert split(rtu(7, read_pdu(ASKED)) + theirs + ANSWER) == [Answer(ASKED, bytes.fromhex("020105"), 14)]
    assert split(theirs) == [Finding("wrong_unit", 0, theirs)]


@pytest.mark.parametrize("bit", range(8 * len(ANSWER)))
def test_a_flipped_bit_is_a_finding_and_what_follows_is_understood(bit):
    bent = bytearray(ANSWER)
    bent[bit // 8] ^= 1 << bit % 8
    items = split(bytes(bent) + ANSWER + ANSWER)
    assert items[0] == Finding("crc", 0, bytes(bent))
    assert items[1:] == [Answer(ASKED, ANSWER[1:-2], 6), Answer(ASKED, ANSWER[1:-2], 12)]


def test_an_answer_of_another_length_is_a_mismatch():
    frame = rtu(1, bytes.fromhex("02020500"))
    assert split(frame) == [Finding("mismatch", 0, frame)]


def test_a_frame_that_the_end_cuts_off_is_truncated():
    assert split(ANSWER + ANSWER[:4])[1:] == [Finding("truncated", 6, ANSWER[:4])]


def test_a_frame_that_lost_bytes_does_not_swallow_the_next_one():
    assert split(ANSWER[:4] + ANSWER) == [Finding("crc", 0, ANSWER[:4]), Answer(ASKED, ANSWER[1:-2], 4)]


def test_endless_noise_is_reported_in_pieces():
    noise = bytes((0, 0x42)) * 400
    sizes = [len(item.data) for item in split(noise)]
    assert sum(sizes) == len(noise)
    assert max(sizes) == DAMAGE_BYTES_MAX


@pytest.mark.parametrize("step", [1, 2, 3, 7, 11])
def test_how_the_capture_is_cut_does_not_matter(step):
    data = b"\x00\xff" + QUESTION + ANSWER + b"\x01\x02\xfa" + ANSWER + QUESTION[:5] + ANSWER * 3 + b"\x01\x82" + ANSWER[:3]
    assert split(data, step=step) == split(data)


def test_an_answer_whose_data_happen_to_hold_a_right_crc_is_not_taken_for_a_question():
    """A right CRC followed by a zero byte is a right CRC: this answer begins with a frame as long as a question."""
    asked = Asked(READ_HOLDING, 0, 2)
    data = bytes.fromhex("030400d9")
    body = next(one for high in range(256) for low in range(256) if crc_is_right((one := rtu(1, data + bytes((high, low))))[:8]))
    assert len(body) == 9
    assert body[-1] == 0
    question = rtu(1, read_pdu(asked))
    assert split(question + body) == [Answer(asked, body[1:-2], 8)]
    assert split(body, assumed=asked) == [Answer(asked, body[1:-2], 0)]
    assert split(question + body, step=1) == split(question + body)


def test_assumed_questions_take_turns_and_the_first_that_fits_is_taken():
    turns = [Asked(READ_HOLDING, 0, 1), Asked(READ_HOLDING, 8, 2), Asked(READ_HOLDING, 1, 1)]
    short, long = rtu(1, bytes.fromhex("03020007")), rtu(1, bytes.fromhex("030400000007"))
    capture = Capture(1, turns)
    _, items = capture.split(short + short + long + short, end=True)
    assert [item.asked for item in items if isinstance(item, Answer)] == [turns[0], turns[2], turns[1], turns[0]]
