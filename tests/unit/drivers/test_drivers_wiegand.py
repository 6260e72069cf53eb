"""Published frames, and what is wrong with damaged ones."""

import json
import random
from pathlib import Path

import msgspec
import pytest

from contract.readings import CardRead
from drivers.port import Finding
from drivers.wiegand.decode import WiegandDecoder, WiegandOptions, card
from drivers.wiegand.formats import BY_NAME, DEFAULTS, ON_REQUEST, choose, encode, fault, fields

VECTORS = Path(__file__).parents[4] / "shared" / "data" / "protocol" / "wiegand"
WITH_PARITY = sorted({one.name for one in BY_NAME.values() if one.parity})


def one_card(text, **options):
    decoder = WiegandDecoder(msgspec.convert(options, WiegandOptions))
    used, items = decoder.decode(text.encode() + b"\n")
    assert used == len(text) + 1
    (item,) = items
    return item


def sample(one, seed):
    draw = random.Random(f"{one.name} {seed}")
    wide = one.number.bit_count(), one.facility.bit_count()
    return (draw.getrandbits(wide[1]) if wide[1] else None), draw.getrandbits(wide[0])


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the recorded Wiegand frames are not here")
def test_recorded_frames_of_26_bits_are_read_as_recorded():
    for line in (VECTORS / "w26.jsonl").read_text(encoding="utf-8").splitlines():
        recorded = json.loads(line)
        read = one_card(recorded["bits"])
        assert read == CardRead(bits=26, facility=recorded["facility"], number=recorded["card"])


@pytest.mark.parametrize("name", BY_NAME)
def test_a_card_that_is_encoded_is_read_again(name):
    one = BY_NAME[name]
    for seed in range(50):
        facility, number = sample(one, seed)
        frame = encode(one, facility, number)
        assert fields(one, frame) == (facility, number)
        assert fault(one, frame) in (None, "all_zeros", "all_ones")


@pytest.mark.parametrize("name", WITH_PARITY)
def test_any_single_wrong_bit_of_a_format_with_parity_is_found(name):
    one = BY_NAME[name]
    for seed in range(5):
        frame = encode(one, *sample(one, seed))
        for bit in range(one.bits):
            assert fault(one, frame ^ (1 << bit)) is not None, f"bit {bit}"


@pytest.mark.parametrize("name", BY_NAME)
def test_the_fields_of_a_format_do_not_overlap(name):
    one = BY_NAME[name]
    parity = sum(rule.bit for rule in one.parity)
    masks = [one.facility, one.number, one.constant_mask, parity]
    assert sum(mask.bit_count() for mask in masks) == sum(masks).bit_count() <= one.bits
    assert all(0 < rule.mask < 1 << one.bits and rule.bit.bit_count() == 1 for rule in one.parity)


def test_every_default_format_has_parity_and_its_length_to_itself():
    assert all(one.parity for one in DEFAULTS.values())
    assert {26, 34, 35, 37, 48} <= set(DEFAULTS)


def test_a_known_card_from_its_bits_and_from_hex():
    want = CardRead(bits=26, facility=118, number=1603)
    assert one_card("10111011000000110010000110") == want
    assert one_card("26:2EC0C86") == want
    assert one_card("26:02EC0C86", hex_digits="bytes") == want


def test_37_bits_have_no_facility_unless_the_other_format_is_chosen():
    frame = encode(BY_NAME["H10304"], 500, 1234)
    assert one_card(f"{frame:037b}") == CardRead(bits=37, facility=None, number=500 << 19 | 1234)
    assert one_card(f"{frame:037b}", formats=["h10304"]) == CardRead(bits=37, facility=500, number=1234)


@pytest.mark.parametrize("lost", range(7))
def test_a_lost_hex_digit_is_noticed(lost):
    digits = "2EC0C86"
    assert one_card("26:" + digits[:lost] + digits[lost + 1 :]).reason == "length_mismatch"


@pytest.mark.parametrize("name", ["H10301", "H10306", "H10302", "S12906"])
def test_a_frame_one_bit_short_is_never_taken_for_another_length(name):
    one = BY_NAME[name]
    shorter = {bits: other for bits, other in DEFAULTS.items() if bits != one.bits - 1}
    frame = encode(one, *sample(one, 1))
    assert card(frame >> 1, one.bits - 1, shorter) == "unknown_length"


@pytest.mark.parametrize(
    ("names", "what"),
    [(("H10309",), "write one of"), (("H10302", "H10304"), "both have 37 bits"), (("",), "write one of")],
)
def test_a_wrong_choice_of_formats_says_what_to_write(names, what):
    with pytest.raises(ValueError, match=what):
        choose(names)
    with pytest.raises(msgspec.ValidationError, match=what):
        msgspec.convert({"formats": names}, WiegandOptions)


def test_a_format_may_be_chosen_twice_and_by_its_other_name():
    assert choose(("H10306", "N10002", "h10306"))[34] is BY_NAME["H10306"]


def test_a_format_on_request_is_not_read_without_a_request():
    assert not {one.name for one in DEFAULTS.values()} & {one.name for one in ON_REQUEST}
    assert one_card("32:12345678").reason == "unknown_length"
    assert one_card("32:12345678", formats=["CSN32"]) == CardRead(bits=32, number=0x12345678)


@pytest.mark.parametrize(("facility", "number"), [(256, 0), (0, 65536), (-1, 0), (0, -1), (None, 1)])
def test_a_card_that_does_not_fit_is_not_encoded(facility, number):
    with pytest.raises(ValueError, match=r"does not fit|facility code"):
        encode(BY_NAME["H10301"], facility, number)


def test_the_rest_of_a_line_that_is_too_long_is_no_card_even_when_it_looks_like_one():
    decoder = WiegandDecoder(WiegandOptions())
    assert decoder.decode(b"x" * 200) == (200, [Finding("too_long", 0, b"x" * 64)])
    assert decoder.decode(b"10111011000000110010000110\n") == (27, [])
    assert decoder.decode(b"10111011000000110010000110\n") == (27, [CardRead(bits=26, facility=118, number=1603)])
