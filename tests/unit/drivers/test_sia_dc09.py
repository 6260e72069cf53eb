"""Lines of intruder panels: what they say, and why they are not believed."""

import csv
import json
from pathlib import Path

import msgspec
import pytest

from contract.readings import AlarmInput, FireInput, PanelEvent, PanelFault, TamperContact
from drivers.port import Finding
from drivers.sia_dc09.cipher import decrypted, encrypted
from drivers.sia_dc09.codes import SIA, Event, contact_id_readings, sia_readings
from drivers.sia_dc09.decode import EVENTS_MAX, LINE_BYTES_MAX, Message, Refused, SiaDc09Decoder, SiaDc09Options, judge
from drivers.sia_dc09.frames import Body, Head, ack, body_of, crc, duh, framed, nak, opened, sealed, time_of, time_text

SHARED = Path(__file__).parents[4] / "shared/data/protocol/sia_dc09"
KEY = bytes(range(16))
PAD = b"P" * 16
NOON_US = 1_780_000_000 * 1_000_000


def options(**more):
    return msgspec.convert(more, SiaDc09Options)


def said(data, **more):
    """What the events of one SIA message say."""
    judged = judge(framed(b'"SIA-DCS"0001L0#1234[' + data + b"]").strip(), options(**more))
    return list(judged.readings) if isinstance(judged, Message) else judged.reason


def published(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip("the published vectors are not here")
    return path.read_text(encoding="utf-8-sig").splitlines()


# The published vectors


def test_of_the_published_lines_those_with_a_right_check_are_events_and_the_others_findings():
    for row in map(json.loads, published("cases.jsonl")):
        if row["expect"]["encrypted"]:
            continue
        decoded = SiaDc09Decoder(SiaDc09Options()).decode(row["line"].encode(), end=True)
        good = row.get("crc_ok", False)
        assert all(isinstance(item, Finding) != good for item in decoded.items), row["case"]
        assert len(decoded.items) == 1, row["case"]


def test_of_the_published_lines_a_wrong_check_and_an_old_format_are_told_apart():
    lines = {row["case"]: row["line"].encode() for row in map(json.loads, published("cases.jsonl"))}
    reasons = {name: judge(lines[name], SiaDc09Options()) for name in ("case_bug", "case_dc04", "case_eventformaterror")}
    assert {name: one.reason for name, one in reasons.items() if isinstance(one, Refused)} == {
        "case_bug": "crc",
        "case_dc04": "old_format",
        "case_eventformaterror": "malformed",
    }


def test_the_published_link_test_is_decrypted_with_its_key():
    (line,) = [row["line"].encode() for row in map(json.loads, published("cases.jsonl")) if row["case"] == "case_null"]
    judged = judge(line, options(accounts={"AAAB": {"key": b"AAAAAAAAAAAAAAAA".hex()}}))
    assert isinstance(judged, Message)
    assert judged.readings == ()
    assert judged.at_us is not None
    assert time_text(judged.at_us) == "_18:24:52,07-05-2020"


def test_every_published_code_becomes_a_reading_and_each_restoral_ends_what_its_alarm_began():
    codes = [row["CODE"] for row in csv.DictReader(published("codes.csv"))]
    assert len(codes) > 200
    for code in codes:
        assert sia_readings(Event(code, "7")), code
    for code in codes:
        if code.endswith("A") and code[0] in "BFGHKMPQSTUWZ" and f"{code[0]}R" in codes:
            (begun,) = sia_readings(Event(code, "7"))
            assert begun == type(begun)(active=True, name="7")
            assert type(begun)(active=False, name="7") in sia_readings(Event(f"{code[0]}R", "7")), code


# Codes


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("BA", [AlarmInput(True, "7")]),
        ("HH", [AlarmInput(False, "7")]),
        ("FA", [FireInput(True, "7")]),
        ("KR", [FireInput(False, "7"), PanelFault(False, "7")]),
        ("SH", [FireInput(False, "7")]),
        ("TA", [TamperContact(True, "7")]),
        ("TR", [TamperContact(False, "7")]),
        ("BT", [PanelFault(True, "7")]),
        ("BJ", [PanelFault(False, "7")]),
        ("XT", [PanelFault(True, "无线电池 transmitter battery 7")]),
        ("XR", [PanelFault(False, "无线电池 transmitter battery 7")]),
        ("FC", [PanelEvent("FC", "7")]),
        ("OP", [PanelEvent("OP", "7")]),
        ("L_", [PanelEvent("L_", "7")]),
    ],
)
def test_a_sia_code_says(code, expected):
    assert sia_readings(Event(code, "7")) == expected


def test_a_cancelled_fire_is_no_fire_that_has_ended():
    assert "FC" not in SIA


@pytest.mark.parametrize(
    ("qualifier", "number", "expected"),
    [
        ("1", 130, AlarmInput(True, "014")),
        ("6", 130, AlarmInput(True, "014")),
        ("3", 130, AlarmInput(False, "014")),
        ("1", 115, FireInput(True, "014")),
        ("1", 137, TamperContact(True, "014")),
        ("3", 383, TamperContact(False, "014")),
        ("1", 373, PanelFault(True, "014")),
        ("1", 301, PanelFault(True, "主电 mains 014")),
        ("3", 401, PanelEvent("CL", "014")),
        ("1", 401, PanelEvent("OP", "014")),
        ("1", 750, PanelEvent("E750", "014")),
        ("3", 750, PanelEvent("R750", "014")),
    ],
)
def test_a_contact_id_event_says(qualifier, number, expected):
    assert contact_id_readings(qualifier, number, Event("", "014")) == [expected]


@pytest.mark.parametrize(
    "data", [b"#1234|Nri1/BA7", b"|BA7", b"#1234|OBA7", b"#1234|Nti10:23/da04-11-21/ri1BA7^hall^", b"|NBA7*'hall'NM"]
)
def test_events_are_read_however_a_panel_writes_them(data):
    assert said(data) == [AlarmInput(True, "7")]


def test_a_list_of_events_that_breaks_off_says_nothing_at_all():
    assert said(b"#1234|NBA1/BA2/!") == "malformed"


def test_a_list_of_events_has_an_end():
    assert len(said(b"|N" + b"/".join([b"BA1"] * EVENTS_MAX))) == EVENTS_MAX
    assert said(b"|N" + b"/".join([b"BA1"] * (EVENTS_MAX + 2))) == "malformed"


def test_a_panels_text_may_be_utf8_or_gbk_and_is_one_line():
    assert said("|NCL5^张三^".encode()) == [PanelEvent("CL", "5", text="张三")]
    assert said("|NCL5^张三^".encode("gbk")) == [PanelEvent("CL", "5", text="张三")]
    assert said(b"|NCL5^a\tb^") == [PanelEvent("CL", "5", text="a b")]


def test_a_zone_has_the_installers_name_and_a_user_of_the_same_number_has_not():
    named = {"1234": {"zones": {"5": "东门"}}}
    assert said(b"|NBA5/CL5", accounts=named) == [AlarmInput(True, "东门"), PanelEvent("CL", "5")]


# The outside


def test_the_check_is_crc16_arc():
    assert crc(b"123456789") == 0xBB3D


def test_a_changed_bit_anywhere_in_what_is_checked_is_a_wrong_check():
    line = framed(b'"SIA-DCS"0001L0#1234[|NBA1]').strip()
    for bit in range(8 * 8, 8 * len(line)):
        data = bytearray(line)
        data[bit // 8] ^= 1 << bit % 8
        assert opened(bytes(data)) in ("crc", "malformed")


@pytest.mark.parametrize(
    "line",
    [
        b"SR0001L0001    006969XX    [ID00000000]",
        b"1234 18 5678 E130 01 014",
        b'<x0A>1B2C0020"SIA-DCS"0001L0#1234[|NBA1]',
        b'\x1b\x2c0020"SIA-DCS"0001L0#1234[|NBA1]',
    ],
)
def test_a_line_of_an_older_format_is_refused_by_its_name(line):
    assert judge(line, SiaDc09Options()) == Refused("old_format")


def test_a_line_without_end_is_one_finding_and_keeps_little():
    decoder = SiaDc09Decoder(SiaDc09Options())
    used, items = decoder.decode(b"x" * (LINE_BYTES_MAX + 1))
    assert (used, items) == (LINE_BYTES_MAX + 1, [Finding("too_long", 0, b"x" * 64)])
    assert decoder.decode(b"x" * 5000) == (5000, [])
    assert decoder.decode(b"x\r" + framed(b'"SIA-DCS"0001L0#1234[|NBA1]')).items == [AlarmInput(True, "1")]


@pytest.mark.parametrize(
    "text", [b"25:00:00,01-01-2026", b"10:00:00,02-30-2026", b"10:00,01-01-2026", b"", b"10:00:00,09-25-201"]
)
def test_what_is_no_time_is_none(text):
    assert time_of(text) is None


def test_a_time_is_utc_whatever_the_machine_thinks():
    assert time_of(b"20:26:40,05-28-2026") == NOON_US
    assert time_text(NOON_US + 999_999) == "_20:26:40,05-28-2026"


# Answers


HEAD = Head("SIA-DCS", False, "0042", "R1A", "L2B", "7A31")


def test_an_acknowledgement_repeats_the_number_the_receiver_the_line_and_the_account():
    assert ack(HEAD, key=b"", pad=PAD, now_us=NOON_US) == framed(b'"ACK"0042R1AL2B#7A31[]')


def test_an_acknowledgement_leaves_out_the_receiver_that_the_panel_left_out():
    answer = ack(HEAD._replace(receiver=""), key=b"", pad=PAD, now_us=NOON_US)
    assert answer == framed(b'"ACK"0042L2B#7A31[]')
    assert b"None" not in answer


def test_an_encrypted_message_is_acknowledged_encrypted_with_the_time():
    answer = ack(HEAD._replace(encrypted=True), key=KEY, pad=PAD, now_us=NOON_US)
    read = opened(answer.strip())
    assert not isinstance(read, str)
    head, rest = read
    assert (head.token, head.encrypted, head.seq, head.account) == ("ACK", True, "0042", "7A31")
    clear = decrypted(rest, KEY) or b""
    assert clear.strip(b"P") == b"]_20:26:40,05-28-2026"
    assert body_of(clear) == Body(b"P" * 11, NOON_US, bad_time=False)


def test_a_denial_names_nobody_and_tells_the_time():
    assert nak(NOON_US) == framed(b'"NAK"0000R0L0A0[]_20:26:40,05-28-2026')


def test_what_cannot_be_used_is_answered_in_clear():
    assert duh(HEAD._replace(encrypted=True)) == framed(b'"DUH"0042R1AL2B#7A31[]')


# Encryption


@pytest.mark.parametrize(
    ("key", "clear", "hexed"),
    [  # FIPS-197, appendix C
        ("000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff", "69C4E0D86A7B0430D8CDB78070B4C55A"),
        (
            "000102030405060708090a0b0c0d0e0f1011121314151617",
            "00112233445566778899aabbccddeeff",
            "DDA97CA4864CDFE06EAF70A0EC0D7191",
        ),
        (
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "00112233445566778899aabbccddeeff",
            "8EA2B7CA516745BFEAFC49904B496089",
        ),
    ],
)
def test_the_cipher_is_aes_with_keys_of_three_lengths(key, clear, hexed):
    assert encrypted(bytes.fromhex(clear), bytes.fromhex(key)) == hexed.encode()
    assert decrypted(hexed.encode(), bytes.fromhex(key)) == bytes.fromhex(clear)


def test_the_cipher_chains_its_blocks_from_noughts():
    two = encrypted(bytes(32), KEY)
    assert two[:32] == encrypted(bytes(16), KEY)
    assert two[32:] == encrypted(bytes.fromhex(two[:32].decode()), KEY)


@pytest.mark.parametrize("hexed", [b"", b"00", b"0" * 33, b"zz" * 16, b"\xff" * 32])
def test_what_is_no_whole_block_is_not_decrypted(hexed):
    assert decrypted(hexed, KEY) is None


def encrypted_line(clear, key=KEY, token=b"SIA-DCS"):
    return framed(b'"*' + token + b'"0001L0#1234[' + sealed(clear, key, PAD)).strip()


def reason(line, **more):
    judged = judge(line, options(**more))
    return judged.reason if isinstance(judged, Refused) else "believed"


def test_a_panel_with_a_key_is_not_believed_without_and_another_key_is_no_key():
    known = {"accounts": {"1234": {"key": KEY.hex()}}}
    line = encrypted_line(b"|#1234|NBA1]_10:00:00,01-01-2026")
    assert reason(line, **known) == "believed"
    assert reason(line) == "no_key"
    assert reason(line, accounts={"1234": {"key": "11" * 16}}) == "wrong_key"
    assert reason(encrypted_line(b"|#1234|NBA1]"), **known) == "no_time"
    assert reason(framed(b'"SIA-DCS"0001L0#1234[|NBR1]').strip(), **known) == "not_encrypted"
    assert reason(framed(b'"*SIA-DCS"0001L0#1234[00').strip(), **known) == "malformed"


# Options


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"accounts": {"1234": {"key": "secret"}}}, "write the panel's 16, 24 or 32 characters as hex"),
        ({"accounts": {"1234": {"key": "00" * 15}}}, "32, 48 or 64 hex digits"),
        ({"accounts": {"panel": {}}}, "write its hex digits in capitals"),
        ({"accounts": {"1": {"device": "Panel"}}}, "is not a device's id"),
        ({"accounts": {"1": {}, "2": {}}}, "two accounts are one device"),
        ({"silent_s": -1}, "silent_s"),
    ],
)
def test_options_that_cannot_be_say_what_to_write(wrong, what):
    with pytest.raises(msgspec.ValidationError, match=what):
        options(**wrong)


def test_a_key_is_not_shown():
    assert KEY.hex() not in repr(options(accounts={"1": {"key": KEY.hex()}}))
