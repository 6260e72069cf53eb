"""Labels that nobody else can make, and one name for each tag."""

import os
from base64 import b32decode, b32encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cases.types import Refusal
from hub.duties.types import Medium
from hub.tags import labels
from hub.tags.labels import is_name, label_text, new_tag, normal_tag, read_label, short, tag_name

KEY = bytes(range(32))
BASE = "https://hub.garden.example:8443/phone"
TAG = "KRUGS4ZANFZSAYJO"


def reason(answer):
    assert isinstance(answer, Refusal), answer
    assert " / " in answer.message
    return answer.reason


@given(st.binary(min_size=10, max_size=10).filter(lambda bits: not set(b32encode(bits).decode()) <= set("0123456789ABCDEF")))
def test_a_label_reads_as_the_tag_it_was_made_for(bits):
    tag = new_tag(lambda _: bits)
    for text in (label_text(KEY, tag, BASE), label_text(KEY, tag, BASE + "/"), label_text(KEY, tag)):
        assert read_label(KEY, text) == tag
        assert read_label(KEY, text.lower()) == tag
        assert read_label(KEY, f"  {text.upper()}\n") == tag


def test_a_label_is_an_address_below_the_base():
    text = label_text(KEY, TAG, BASE)
    assert text.startswith(f"{BASE}/t/{TAG}.")
    assert len(text) == len(BASE) + len("/t/") + 33


@given(st.integers(0, 32), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_label_with_any_other_character_is_forged(at, char):
    text = label_text(KEY, TAG)
    changed = text[:at] + char + text[at + 1 :]
    if changed != text:
        assert reason(read_label(KEY, changed)) == ("no_label" if at == 16 else "forged_label")


def test_a_label_of_another_site_is_forged():
    assert reason(read_label(KEY, label_text(bytes(32), TAG))) == "forged_label"


@pytest.mark.parametrize(
    "text",
    ["", "hello", TAG, f"{TAG}.{TAG[:-1]}", f"{BASE}/{TAG}.{TAG}", f"ftp://x/t/{TAG}.{TAG}", f"{BASE}/t/{TAG}.{TAG}?x",
     "9" * 100_000, f"{TAG}.{TAG}\n{TAG}.{TAG}", f"{TAG[:-1]}0.{TAG}"],
)  # fmt: skip
def test_what_is_no_label_is_refused_as_that(text):
    assert reason(read_label(KEY, text)) == "no_label"


def test_the_mac_is_compared_in_constant_time(monkeypatch):
    asked: list[str] = []

    def compare(one: str, other: str) -> bool:
        asked.append(one)
        return one == other

    monkeypatch.setattr(labels.hmac, "compare_digest", compare)
    read_label(KEY, f"{TAG}.{TAG}")
    assert asked == [TAG]


def test_a_new_label_is_never_named_as_a_hardware_tag_could_be():
    hexlike = b32decode("ABCDEF234567AABB")
    draws = [b"\x0f" * 10, hexlike]
    assert new_tag(lambda _: draws.pop()) == b32encode(b"\x0f" * 10).decode()
    assert is_name(new_tag(os.urandom), "qr")
    assert not is_name(b32encode(hexlike).decode(), "qr")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("04:a2:2b:7c:19:5e:80", "04A22B7C195E80"),
        ("04 A2 2B 7C 19 5E 80", "04A22B7C195E80"),
        ("04-a2-2b-7c", "04A22B7C"),
        ("０４Ａ２：２Ｂ７Ｃ", "04A22B7C"),  # a Chinese keyboard
        (" 0012345678 ", "0012345678"),
        ("01-00001A2B3C4D-7F", "0100001A2B3C4D7F"),  # an iButton
        ("01.00.00.1A.2B.3C.4D.7F", "0100001A2B3C4D7F"),
    ],
)
def test_a_hardware_tag_has_one_name_however_it_is_written(written, name):
    assert normal_tag(written) == name
    assert normal_tag(name) == name
    assert tag_name(written) == name


@pytest.mark.parametrize("text", ["", "0a2", "04:A2:2G:7C", "A" * 33, "04" + " " * 200, "标签", "04A2\0", TAG, "٠١٢٣٤"])
def test_what_is_no_hardware_tag_is_refused(text):
    assert reason(normal_tag(text)) == "bad_tag"


def test_a_person_may_name_a_qr_tag_without_its_mac():
    assert tag_name(TAG.lower()) == TAG
    assert reason(tag_name("Z" * 17)) == "bad_tag"


def test_a_medium_has_names_of_its_own_form():
    assert is_name(TAG, "qr")
    assert is_name("04A22B7C", "nfc")
    wrong: list[tuple[str, Medium]] = [(TAG, "nfc"), ("04A22B7C", "qr"), ("04A22B7C", "hand"), ("04a22b7c", "nfc"), ("", "nfc")]
    for tag, medium in (*wrong, (TAG + "A", "qr")):
        assert not is_name(tag, medium), (tag, medium)


def test_people_see_eight_characters():
    assert short(TAG) == "KRUG-S4ZA"
