"""Frames of ASCII card readers."""

import pytest

from contract.readings import CardRead
from drivers.em_ascii.decode import EmAsciiDecoder, EmAsciiOptions, card, encode

KNOWN = b"\x0262E3086CED08\x03"


def decode(data, *, end=False):
    return EmAsciiDecoder(EmAsciiOptions()).decode(data, end=end)


def test_the_card_of_the_data_sheet():
    used, items = decode(KNOWN)
    assert used == 14
    assert items == [CardRead(bits=40, facility=0x62, number=0xE3086CED)]


def test_a_card_is_not_read_before_its_last_byte():
    for cut in range(len(KNOWN)):
        assert decode(KNOWN[:cut]) == (0, [])


def test_facility_and_number_are_all_forty_bits():
    for facility, number in ((0, 1), (255, 2**32 - 2), (10, 7565040)):
        assert card(encode(facility, number), "full") == CardRead(bits=40, facility=facility, number=number)


def test_a_card_may_be_read_as_a_26_bit_reader_would():
    """Such cards have both numbers printed on them: 0007565040 and 115,28400."""
    assert card(encode(10, 7565040), "wiegand26") == CardRead(bits=26, facility=115, number=28400)


def test_any_single_wrong_digit_is_found():
    body = KNOWN[1:-1]
    for at in range(12):
        for digit in b"0123456789ABCDEF":
            if digit != body[at]:
                assert card(body[:at] + bytes([digit]) + body[at + 1 :], "full") == "checksum"


@pytest.mark.parametrize(("facility", "number"), [(256, 0), (0, 2**32), (-1, 0)])
def test_a_card_that_does_not_fit_is_not_encoded(facility, number):
    with pytest.raises(ValueError, match="do not fit"):
        encode(facility, number)


def test_an_endless_frame_keeps_no_more_than_sixteen_bytes():
    used, items = decode(b"\x02" + b"0" * 10_000)
    assert 10_001 - used < 64
    assert {item.reason for item in items} == {"too_long", "noise"}
