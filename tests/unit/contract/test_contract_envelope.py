"""A seal opens only what was sealed by this key for this topic."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.envelope import (
    MAX_PAYLOAD_BYTES,
    SEAL_BYTES,
    BadSeal,
    Batch,
    Record,
    decode_batch,
    decode_raw_batch,
    encode,
    last_seq,
    seal,
    unseal,
)
from contract.readings import KINDS, DoorContact, Dropped

KEY = bytes(range(32))


@given(st.binary(max_size=300), st.text(max_size=40))
def test_what_was_sealed_opens_as_it_was(body, topic):
    assert unseal(KEY, topic, seal(KEY, topic, body)) == body


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "no_seal"),
        (b"WK1", "no_seal"),
        (b"{}" + bytes(40), "no_seal"),
        (b"WK1" + bytes(16) + b"{}", "wrong_mac"),
        (seal(bytes(32), "t", b"{}"), "wrong_mac"),
        (seal(KEY, "other", b"{}"), "wrong_mac"),
        (seal(KEY, "t", b"{}")[:-1], "wrong_mac"),
        (bytes(MAX_PAYLOAD_BYTES + 1), "too_long"),
    ],
)
def test_anything_else_is_refused_by_name(payload, reason):
    with pytest.raises(BadSeal, match=reason):
        unseal(KEY, "t", payload)


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=255))
def test_one_changed_byte_breaks_the_seal(place, by):
    payload = bytearray(seal(KEY, "t", b'{"a": 1}'))
    place %= len(payload)
    if payload[place] == by:
        by ^= 1
    payload[place] = by
    with pytest.raises(BadSeal):
        unseal(KEY, "t", bytes(payload))


def test_a_payload_over_the_limit_is_not_made():
    assert len(seal(KEY, "t", bytes(MAX_PAYLOAD_BYTES - SEAL_BYTES))) == MAX_PAYLOAD_BYTES
    with pytest.raises(ValueError, match="over the limit"):
        seal(KEY, "t", bytes(MAX_PAYLOAD_BYTES - SEAL_BYTES + 1))


def test_a_topic_and_a_body_cannot_trade_bytes():
    moved = seal(KEY, "ab", b"c")
    with pytest.raises(BadSeal):
        unseal(KEY, "a", moved[:SEAL_BYTES] + b"bc")


def test_a_batch_comes_back_as_it_was_and_raw_records_keep_their_bytes():
    batch = Batch(
        "s" * 32,
        3,
        "boot",
        7,
        1,
        9,
        10,
        records=[Record(8, "door", 5, DoorContact(open=True)), Record(9, "door", 6, DoorContact(open=False))],
    )
    body = encode(batch)
    assert decode_batch(body) == batch
    assert [msgspec.json.decode(raw)["seq"] for raw in decode_raw_batch(body).records] == [8, 9]


def test_an_unknown_field_is_ignored_and_an_unknown_kind_is_not():
    assert msgspec.json.decode(b'{"kind":"door_contact","open":true,"new":1}', type=DoorContact).open
    with pytest.raises(msgspec.ValidationError):
        decode_batch(b'{"stream":"s","epoch":1,"boot":"b","boot_head":0,"floor":1,"head":1,"sent_us":1,"records":'
                     b'[{"seq":1,"device":"d","at_us":1,"reading":{"kind":"from_the_future"}}]}')  # fmt: skip


def test_a_dropped_record_stands_for_its_whole_range():
    assert last_seq(Record(5, "agent", 1, Dropped(last_seq=9))) == 9
    assert last_seq(Record(5, "door", 1, DoorContact(open=True))) == 5


def test_each_kind_says_how_it_is_dropped():
    assert {kind.SORT for kind in KINDS.values()} == {"alarm", "event", "measurement"}
