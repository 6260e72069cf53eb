import pytest

from contract.clock import US_PER_S
from contract.readings import CardRead, CodeRead, DoorContact, PanelFault, TamperContact
from drivers.contacts_modbus.decode import Input, Output, Said
from drivers.osdp.codes import FMT, HASH, ISTATR, KEYPAD, LSTATR, RAW, RSTATR, STAR
from drivers.osdp.content import Content
from drivers.osdp.keypad import Keypad
from drivers.osdp.options import PIN_DIGITS_MAX, OsdpOptions
from drivers.osdp.twin import raw_card
from drivers.port import Finding
from drivers.wiegand.formats import BY_NAME, encode

DOOR = Input(number=1, role="door", device="door-1")


def content(**kwargs):
    return Content(OsdpOptions(**kwargs))


def reasons(items):
    return [one.reason for one in items if isinstance(one, Finding)]


def test_a_raw_card_is_read_by_the_format_of_its_length():
    # Facility 118, number 1603, worked out by hand: 10111011000000110010000110 is 2EC0C86.
    data = bytes.fromhex("00011a00") + (0x2EC0C86 << 6).to_bytes(4, "big")
    assert content().take(RAW, data, 0) == [Said(CardRead(bits=26, facility=118, number=1603), None)]


def test_a_card_can_be_copied_unless_the_installer_says_that_none_can():
    data = raw_card(encode(BY_NAME["H10301"], 1, 2), 26)
    (said,) = content(strong_cards=True).take(RAW, data, 0)
    assert said.reading.weak is False
    (said,) = content().take(RAW, data, 0)
    assert said.reading.weak is True


def test_a_format_that_was_asked_for_is_used():
    data = raw_card(encode(BY_NAME["CSN32"], None, 0xDEADBEEF), 32)
    assert reasons(content().take(RAW, data, 0)) == ["unknown_length"]
    (said,) = content(formats=("CSN32",)).take(RAW, data, 0)
    assert said.reading.number == 0xDEADBEEF


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "malformed"),
        (b"\x00\x01\x1a", "malformed"),
        (b"\x00\x01\x00\x00", "malformed"),
        (b"\x00\x01\x1a\x00\x01\x02\x03", "malformed"),
        (b"\x00\x01\x1a\x00" + bytes(5), "malformed"),
        (b"\x00\x01\x1a\x00" + bytes(4), "all_zeros"),
        (b"\x00\x01\x1a\x00\x00\x00\x00\xc0", "parity"),
        (b"\x00\x01\xc8\x00" + bytes(25), "unknown_length"),
    ],
)
def test_a_card_that_is_none_is_a_finding(data, reason):
    assert reasons(content().take(RAW, data, 0)) == [reason]


def test_a_card_as_text_is_a_finding_without_its_text():
    assert content().take(FMT, b"\x00\x00\x051234", 0) == [Finding("formatted_card", 0, b"")]


def test_tamper_and_power_are_told_at_first_and_when_they_change():
    one = content()
    assert one.take(LSTATR, b"\x00\x00", 0) == [
        Said(TamperContact(active=False), None),
        Said(PanelFault(active=False, name="power"), None),
    ]
    assert one.take(LSTATR, b"\x00\x00", 1) == []
    assert one.take(LSTATR, b"\x01\x00", 2) == [Said(TamperContact(active=True), None)]
    assert one.take(LSTATR, b"\x01\x01", 3) == [Said(PanelFault(active=True, name="power"), None)]
    assert reasons(one.take(LSTATR, b"\x01", 4)) == ["malformed"]


def test_a_head_that_was_tampered_with_is_told_and_one_that_was_not_is_not():
    one = content()
    assert one.take(RSTATR, b"\x00\x00", 0) == []
    assert one.take(RSTATR, b"\x00\x02", 1) == [Said(TamperContact(active=True, name="head 1"), None)]
    assert one.take(RSTATR, b"\x00\x00", 2) == [Said(TamperContact(active=False, name="head 1"), None)]


def test_an_input_speaks_for_its_door_at_once():
    one = content(inputs=(DOOR,))
    assert one.take(ISTATR, b"\x00\x00", 0) == [Said(DoorContact(open=False), "door-1")]
    assert one.take(ISTATR, b"\x00\x01", 1) == [Said(DoorContact(open=True), "door-1")]
    assert content().take(ISTATR, b"\x01", 0) == []


# PINs


def typed(keypad, text, now_us=0):
    return keypad.typed(text.encode().replace(b"#", bytes((HASH,))).replace(b"*", bytes((STAR,))), now_us)


def test_digits_up_to_the_hash_are_a_pin():
    keypad = Keypad(0, 5 * US_PER_S)
    assert typed(keypad, "12") == []
    assert typed(keypad, "34#") == [CodeRead(medium="pin", value="1234")]
    assert typed(keypad, "#") == []


def test_the_star_takes_back_what_was_typed():
    assert typed(Keypad(0, 1), "99*1234#") == [CodeRead(medium="pin", value="1234")]


def test_a_pin_of_fixed_length_needs_no_hash():
    assert typed(Keypad(4, 1), "12345678") == [CodeRead(medium="pin", value="1234"), CodeRead(medium="pin", value="5678")]


def test_a_pin_of_fixed_length_that_ends_early_is_none():
    assert typed(Keypad(4, 1), "12#") == [Finding("pin_unfinished", 0, b"")]


def test_a_pin_that_nobody_finishes_is_forgotten_in_time_and_not_before():
    keypad = Keypad(0, 5 * US_PER_S)
    typed(keypad, "12", 0)
    assert keypad.waited(5 * US_PER_S - 1) == []
    assert typed(keypad, "3", 5 * US_PER_S - 1) == []
    assert typed(keypad, "4#", 10 * US_PER_S) == [Finding("pin_unfinished", 0, b""), CodeRead(medium="pin", value="4")]


def test_a_pin_has_a_greatest_length_and_a_longer_one_is_not_cut_to_it():
    keypad = Keypad(0, 1)
    assert typed(keypad, "1" * PIN_DIGITS_MAX + "#") == [CodeRead(medium="pin", value="1" * PIN_DIGITS_MAX)]
    assert typed(keypad, "1" * 1000 + "#") == [Finding("pin_too_long", 0, b"")]


def test_a_key_that_no_keypad_has_is_a_finding():
    assert typed(Keypad(0, 1), "1A#") == [Finding("unknown_key", 0, b"A"), CodeRead(medium="pin", value="1")]


def test_keys_that_do_not_fit_their_count_are_a_finding():
    assert reasons(content().take(KEYPAD, b"\x00\x05123", 0)) == ["malformed"]
    assert content().take(KEYPAD, b"\x00\x0512345", 0) == []


# Options


@pytest.mark.parametrize(
    ("kwargs", "told"),
    [
        ({"key_file": "/k", "secure": False}, "leave one of them out"),
        ({"key_file": "k"}, "not a whole path"),
        ({"strong_cards": True, "secure": False}, "may be said by anybody"),
        ({"formats": ("H9",)}, "no Wiegand format"),
        ({"inputs": (Input(number=0, role="fire"),)}, "board of its own"),
        ({"inputs": (Input(number=0, role="alarm"), Input(number=1, role="alarm"))}, "count as one"),
        ({"inputs": (DOOR, DOOR)}, "two inputs have one number"),
        ({"outputs": (Output(number=0), Output(number=0))}, "two outputs have one number"),
        ({"outputs": (Output(number=0, device="a"), Output(number=1, device="a"))}, "one name or device"),
    ],
)
def test_options_that_cannot_be_are_refused(kwargs, told):
    with pytest.raises(ValueError, match=told):
        OsdpOptions(**kwargs)
