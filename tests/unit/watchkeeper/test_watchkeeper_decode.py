"""The core of `watchkeeper decode`."""

import json
from itertools import islice, repeat

import pytest

from contract.readings import DoorContact, Measurement
from drivers.port import Finding
from drivers.table import DRIVERS, UnknownDriver
from watchkeeper import decode
from watchkeeper.decode import decode_stream, line_of, list_drivers
from watchkeeper.hextext import HexText

CARD = b"\x0262E3086CED08\x03"


def lines(name, *chunks, **kwargs):
    return [json.loads(line) for line in decode_stream(name, chunks, **kwargs)]


def hexed(*texts):
    text = HexText()
    parts = [part for one in texts for part in text.push(one)] + list(text.end())
    return b"".join(part for part in parts if isinstance(part, bytes)), [part for part in parts if isinstance(part, Finding)]


def test_hex_text_is_read_as_the_bytes_it_stands_for():
    text = CARD.hex(" ").encode()
    assert lines("em_ascii", text, hex_input=True) == lines("em_ascii", CARD)
    assert lines("em_ascii", text.replace(b" ", b"\n").upper(), hex_input=True) == lines("em_ascii", CARD)


def test_lines_of_text_are_the_same_lines_with_and_without_hex():
    text = b"26:2EC0C86\n10111011000000110010000110\n26:2EC0C87\n"
    assert lines("wiegand", text, hex_input=True) == lines("wiegand", text)


def test_lines_come_out_while_the_input_goes_on():
    endless = decode_stream("wiegand", repeat(b"26:2EC0C86\n"))
    assert len(list(islice(endless, 1000))) == 1000


def test_a_finding_names_its_place_and_its_bytes():
    assert lines("wiegand", b"26:2EC0C86\n", b"26:2EC0C87\n")[1] == {
        "finding": "parity",
        "offset": 11,
        "bytes_hex": b"26:2EC0C87".hex(),
    }


def test_no_input_is_no_line():
    assert lines("wiegand") == []
    assert lines("em_ascii", b"", hex_input=True) == []


def test_a_reading_of_another_kind_shows_all_its_fields():
    assert json.loads(line_of(DoorContact(open=True))) == {"reading": "door_contact", "open": True}
    assert json.loads(line_of(Measurement(quantity="power", value=1.5))) == {
        "reading": "measurement", "quantity": "power", "value": 1.5, "unit": "",
    }  # fmt: skip


def test_an_unknown_driver_and_wrong_options_are_told_before_the_first_byte():
    with pytest.raises(UnknownDriver, match="did you mean em_ascii"):
        decode_stream("em_asci", [])
    told = r"^options of wiegand: format: is an unknown key: write one of .*formats.*, perhaps formats$"
    with pytest.raises(ValueError, match=told):
        decode_stream("wiegand", [], options={"format": ["H10304"]})
    with pytest.raises(ValueError, match=r"csv: encoding|csv\.encoding: gbk is not known: write one of utf-8, gb18030") as wrong:
        decode_stream("patrol_wand", [], options={"csv": {"encoding": "gbk"}, "poll_ms": "soon", "wands": []})
    assert len(str(wrong.value).splitlines()) == 3, "every mistake at once, each in our words"
    with pytest.raises(ValueError, match="both have 37 bits"):
        decode_stream("wiegand", [], options={"formats": ["H10304", "H10302"]})


def test_the_list_has_every_driver_with_its_unit_and_kinds():
    listed = {line["driver"]: line for line in map(json.loads, list_drivers())}
    assert list(listed) == list(DRIVERS)
    assert listed["wiegand"]["readings"] == ["card_read"]
    assert "line" in listed["wiegand"]["unit"]


def test_a_driver_whose_library_is_missing_is_listed_with_the_reason(monkeypatch):
    def missing(name):
        raise ImportError("No module named 'av'")

    monkeypatch.setattr(decode, "driver_kind", missing)
    assert {json.loads(line)["error"] for line in list_drivers()} == {"No module named 'av'"}


def test_digits_pair_up_across_blanks_and_pieces():
    assert hexed(b"0 2", b"\n", b"3", b" 0\r\n\t41") == (b"\x02\x30\x41", [])


@pytest.mark.parametrize(
    ("texts", "data", "found"),
    [
        ([b"02zz03"], b"\x02\x03", [Finding("bad_hex", 2, b"zz")]),
        ([b"02z", b"z03"], b"\x02\x03", [Finding("bad_hex", 2, b"zz")]),
        ([b"020x03"], b"\x02\x03", [Finding("bad_hex", 2, b"0"), Finding("bad_hex", 3, b"x")]),
        ([b"02 3"], b"\x02", [Finding("bad_hex", 3, b"3")]),
        ([b"02 3", b"  "], b"\x02", [Finding("bad_hex", 3, b"3")]),
        ([b"\xe5\x8d\xa1"], b"", [Finding("bad_hex", 0, b"\xe5\x8d\xa1")]),
        ([b"-" * 70, b"-" * 70], b"", [Finding("bad_hex", at, b"-" * n) for at, n in ((0, 64), (64, 64), (128, 12))]),
    ],
)
def test_what_is_not_hex_is_found_with_its_place_in_the_text(texts, data, found):
    assert hexed(*texts) == (data, found)
