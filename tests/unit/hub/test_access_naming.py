"""What people type becomes the name that gates know a credential by."""

from typing import Any

import pytest

from contract.names import card_name, code_name, plate_name
from hub.access.naming import pin_of, proof_of
from hub.access.types import Proof
from hub.cases.types import Refusal

KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("text", "facility", "number", "bits", "shown"),
    [
        ("12,34567", 12, 34567, 26, "67"),
        (" 12，5 ", 12, 5, 26, "05"),
        ("12-34567/34", 12, 34567, 34, "67"),
        ("305419896/34", None, 305419896, 34, "96"),
        ("5,1234567/40", 5, 1234567, 40, "67"),
    ],
)
def test_a_card_is_written_as_its_reader_says_it(text, facility, number, bits, shown):
    assert proof_of(KEY, "card", text) == Proof("card", card_name(KEY, facility, number, bits), shown)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "34567",
        "12,65536",
        "4096,1",
        "12,34567/0",
        "12,34567/129",
        "16/4",
        "1,2,3",
        "12,-1",
        "①,2",
        "12,34567/26 x",
        "9" * 200,
    ],
)
def test_what_is_no_card_is_refused_with_what_to_write(text):
    found = proof_of(KEY, "card", text)
    assert isinstance(found, Refusal)
    assert found.reason == "wrong_number"
    assert "FACILITY,NUMBER" in found.message


def test_codes_and_plates_have_their_own_names_and_only_plates_show():
    assert proof_of(KEY, "qr", "abc") == Proof("qr", code_name(KEY, "qr", "abc"))
    assert proof_of(KEY, "face", "17") == Proof("face", code_name(KEY, "face", "17"))
    assert proof_of(KEY, "pin", "1234") == Proof("pin", code_name(KEY, "pin", "1234"))
    assert proof_of(KEY, "plate", "京a-12345") == Proof("plate", plate_name(KEY, "京A12345"), "京A12345")
    wrong: list[tuple[Any, str]] = [
        ("pin", "123"),
        ("pin", "12345a"),
        ("qr", "a\nb"),
        ("face", "x" * 201),
        ("plate", "京А12345"),
        ("plate", "x"),
    ]
    for medium, text in wrong:
        found = proof_of(KEY, medium, text)
        assert isinstance(found, Refusal), text
        assert found.reason == "wrong_number"


def test_without_a_key_hashes_alone_are_taken():
    medium: Any
    for medium, text in (("card", "12,1"), ("plate", "京A12345"), ("qr", "abc"), ("pin", "1234")):
        found = proof_of(None, medium, text)
        assert isinstance(found, Refusal)
        assert found.reason == "no_card_key"
    assert proof_of(None, "card", "AB" * 16) == Proof("card", "ab" * 16)


def test_a_pin_that_follows_is_its_name_or_nothing():
    assert pin_of(KEY, "") == ""
    assert pin_of(KEY, "4711") == code_name(KEY, "pin", "4711")
    assert isinstance(pin_of(KEY, "x"), Refusal)
