"""Records in a camera's bytes, without any wire: where they end, what they may hold, and what their words mean."""

import json
from pathlib import Path

import pytest

from contract.readings import CardRead, PlateRead
from drivers.cameras import units
from drivers.cameras.documents import Refused, at, from_fields, from_json, from_xml, is_true, number_at, word_at
from drivers.cameras.heard import COUNTS_MAX, STATES_MAX, TOLD_MAX, Counts, Heard, Shown, States, records_told
from drivers.cameras.units import PICTURE_BYTES_MAX, XML_BYTES_MAX, Unit, Units
from drivers.cameras.words import colour_of, is_doubtful, plate_of, score_of, time_us, way_of
from drivers.dahua.decode import Dahua
from drivers.dahua.settings import DahuaOptions
from drivers.isapi.access import MEANINGS, card_of
from drivers.isapi.decode import Isapi
from drivers.isapi.settings import IsapiOptions
from drivers.jpeg import Picture
from drivers.port import Finding
from tests.support.push_rig import JPEG

DATA = Path(__file__).parents[4] / "shared" / "data" / "protocol" / "dahua" / "anpr_direction.jsonl"


def read(*pieces):
    cutter = Units()
    found = [item for piece in pieces for item in cutter.push(piece)] + cutter.push(b"", end=True)
    assert cutter.pending == 0
    return found


def kinds(found):
    return [one.kind if isinstance(one, Unit) else one.reason for one in found]


def test_a_record_is_told_when_it_is_whole_and_not_when_the_next_one_comes():
    cutter = Units()
    assert cutter.push(b"--b\r\nContent-Type: application/xml\r\nContent-Length: 4000\r\n\r\n<a><b/></a") == []
    (unit,) = cutter.push(b">")
    assert unit == Unit("xml", b"<a><b/></a>", unit.offset)
    (unit,) = cutter.push(b'\r\n--b\r\n\r\n{"a": "}"}')
    assert unit.data == b'{"a": "}"}'
    (unit,) = cutter.push(b'\r\n--b\r\n\r\nCode=A;action=Pulse;index=0;data={"b": {}}')
    assert kinds([unit]) == ["event"]


def test_a_picture_is_told_when_its_length_is_there():
    cutter = Units()
    head = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(JPEG)
    assert cutter.push(head + JPEG[:-1]) == []
    (unit,) = cutter.push(JPEG[-1:])
    assert unit == Unit("picture", JPEG, len(head))


def test_a_boundary_inside_a_picture_of_believable_length_does_not_end_it():
    jpeg = JPEG[:-2] + b"\n--bee" + JPEG[-2:]
    (unit,) = read(b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg) + jpeg + b"\r\n--b--\r\n")
    assert unit.data == jpeg


@pytest.mark.parametrize(
    ("bytes_", "reason"),
    [
        (b"<a>" + b"x" * XML_BYTES_MAX + b"</a>", "too_long"),
        (b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: 99999999\r\n\r\n\xff\xd8" + b"x" * 100, "too_long"),
        (b"--b\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8" + b"x" * PICTURE_BYTES_MAX, "too_long"),
        (b"[" * 65, "too_deep"),
        (b"--b\r\n" + b"A: b\r\n" * 40, "bad_head"),
        (b"x" * 10_000 + b"\n", "noise"),
    ],
)
def test_what_has_no_end_is_given_up_and_the_next_record_is_found(bytes_, reason):
    found = read(*(bytes_[at : at + 65_536] for at in range(0, len(bytes_), 65_536)), b"\r\n--b\r\n\r\n<a>1</a>\r\n")
    assert kinds(found)[0] == reason
    assert kinds(found)[-1] == "xml"


def test_json_that_is_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(units, "JSON_BYTES_MAX", 1000)
    assert kinds(read(b'{"a": "' + b"x" * 2000, b'"}\n--b\r\n\r\n{}')) == ["too_long", "json"]


def test_fields_that_are_too_many_are_given_up():
    line = b"Events[0].TrafficCar.Lane=1\r\n"
    assert kinds(read(b"--b\r\n\r\n" + line * 10_000 + b"--b\r\n\r\n<a>1</a>")) == ["too_long", "xml"]


def test_a_stream_of_one_long_line_keeps_little():
    cutter = Units()
    for _ in range(100):
        cutter.push(b"y" * 65_536)
        assert cutter.pending < 65_536 + 4096


@pytest.mark.parametrize("name", ["hik:EventNotificationAlert", "a", "ns2:Event.Notification-Alert_2"])
def test_a_root_may_have_any_name(name):
    (unit,) = read(f"<?xml version='1.0'?><!-- <x> --><{name} a='>'><b>1</b></{name} >".encode())
    assert unit.kind == "xml"


def test_xml_loses_its_prefixes_and_lists_what_comes_again():
    name, tree = from_xml(b"<n:a xmlns:n='x'><n:b>1</n:b><c><d> x </d></c><c><d>y</d></c><e/></n:a>")
    assert (name, tree) == ("a", {"b": "1", "c": [{"d": "x"}, {"d": "y"}], "e": ""})
    assert at(tree, "c.d") == "x"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<!DOCTYPE a><a/>", "dtd"),
        (b"<a>" * 33 + b"</a>" * 33, "too_deep"),
        (b"<a>" + b"<b/>" * 5001 + b"</a>", "too_many"),
        (b"<a>&b;</a>", "bad_xml"),
        (b"<a>\xff\xff\xff</a>", "bad_text"),
    ],
)
def test_xml_that_could_harm_is_refused(document, reason):
    with pytest.raises(Refused, match=f"^{reason}$"):
        from_xml(document)


@pytest.mark.parametrize(("document", "reason"), [(b"{", "bad_json"), (b"[1e999]", "bad_value"), (b"[" * 5000, "too_deep")])
def test_json_that_is_none_is_refused(document, reason):
    with pytest.raises(Refused, match=f"^({reason}|bad_json)$"):
        from_json(document)


def test_fields_become_a_tree():
    tree = from_fields(b"Events[0].A.B[1]=x\r\nEvents[0].A.C=1=2\r\nEvents[1].A.C=9\r\nEvents[0].A.C.D=3\r\nnothing\r\n")
    assert tree == {"A": {"B": {"1": "x"}, "C": "1=2"}}


def test_numbers_and_words_are_found_however_they_are_written():
    tree = {"a": "12", "b": 3, "c": True, "d": "x", "e": [{"f": 1.5}], "g": 10**400, "h": "nan"}
    assert [number_at(tree, path) for path in ("a", "b", "e.f")] == [12, 3, 1.5]
    assert [number_at(tree, path) for path in ("c", "d", "none", "g", "h")] == [None] * 5
    assert word_at(tree, "none", "b") == "3"
    assert (is_true("true"), is_true(1), is_true("0"), is_true(None)) == (True, True, False, False)


@pytest.mark.parametrize("raw", ["", " ", "unknown", "noPlate", "无车牌", "无牌车", "未识别", "--------", "000000", "Unlicensed"])
def test_words_for_no_plate_are_none(raw):
    assert plate_of(raw) == ("", "")


@pytest.mark.parametrize(
    ("raw", "plate", "colour"),
    [
        ("蓝浙A12345", "浙A12345", "blue"),
        ("黄绿粤B12345D", "粤B12345D", "yellow_green"),
        ("白京A1234警", "京A1234警", "white"),
        ("浙A12345", "浙A12345", ""),
        ("黑ED8888", "黑ED8888", ""),  # Heilongjiang's, and no colour
        ("AB12CDE", "AB12CDE", ""),
        ("浙A·123\u000045", "浙A·12345", ""),
        ("浙A123\u200b45", "浙A123\ufffd45", ""),
    ],
)
def test_a_colour_before_a_plate_is_no_part_of_it(raw, plate, colour):
    assert plate_of(raw) == (plate, colour)


def test_colours_scores_and_ways():
    assert [colour_of(word) for word in ("Blue", "newEnergyYellowGreen", "ShadowGreen", "UNKNOWN", "pink")] == [
        "blue", "yellow_green", "green", "", "other",
    ]  # fmt: skip
    assert [score_of(value, 255) for value in (None, 0, 204, 256, -1)] == [None, 0, 0.8, None, None]
    assert [way_of(*one) for one in (("coming", "in"), ("going", "in"), ("going", "out"), ("", "in"), ("coming", ""))] == [
        "in", "out", "in", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T00:15:30Z", 1_772_324_130_000_000),
        ("2026-03-01T08:15:30.25+08:00", 1_772_324_130_250_000),
        ("2026-03-01T08:15:30+8:00", 1_772_324_130_000_000),
        ("2026-03-01 08:15:30", 1_772_324_130_000_000),
        ("20260301081530250", 1_772_324_130_250_000),
        ("2026-02-30T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_understood_or_left_out(text, expected):
    assert time_us(text, 8) == expected


def test_directions_that_were_captured_come_out_as_expected():
    if not DATA.exists():
        pytest.skip("the captured records are not here")
    reader = Dahua(DahuaOptions())
    words = {"Approach": "in", "Obverse": "in", "Head": "in", "Leave": "out", "Reverse": "out", "Tail": "out", None: ""}
    for line in DATA.read_text(encoding="utf-8").splitlines():
        captured = json.loads(line)
        event = {
            "Plate": {"PlateNumber": captured["plate"]},
            "TrafficCar": captured.get("TrafficCar", {}),
            **captured.get("top", {}),
        }
        body = b"Code=TrafficJunction;action=Pulse;index=0;data=" + json.dumps(event).encode()
        (heard,) = reader.heard(Unit("event", body, 0))
        assert isinstance(heard, Heard)
        assert isinstance(heard.said.reading, PlateRead)
        assert heard.said.reading.direction == words[captured["expect_direction"]]


def test_a_terminals_card_number_is_told_in_each_form():
    assert card_of("0006987309", "csn32") == CardRead(bits=32, number=6987309)
    assert card_of("0006987309", "csn34") == CardRead(bits=34, number=6987309)
    assert card_of("4000000001", "wiegand34") == CardRead(bits=34, facility=61035, number=10241)
    assert card_of("0006987309", "wiegand26") == CardRead(bits=26, facility=106, number=40493)
    assert [card_of(text, "csn32") for text in ("", "0", "4294967296", "12a", "１２", "9" * 30)] == [None] * 6


def test_no_event_of_a_terminal_has_two_meanings_and_refusals_have_reasons():
    assert all(one.reason for one in MEANINGS.values() if one.what in ("passed", "refused"))
    assert len(MEANINGS) > 70


def test_what_means_nothing_is_counted_and_no_finding():
    reader = Isapi(IsapiOptions())
    for kind in ("VMD", "diskfull", "vmd"):
        assert reader.heard(Unit("json", json.dumps({"eventType": kind}).encode(), 0)) == []
    assert reader.unused.by_name == {"vmd": 2, "diskfull": 1}


def test_memories_have_limits():
    counts, states, told = Counts(), States(), records_told()
    for number in range(2000):
        counts.one(f"kind-{number}")
        assert states.changed(number, True)
        told.taken(f"key-{number}", 0)
    assert (len(counts.by_name), counts.by_name["other"]) == (COUNTS_MAX + 1, 2000 - COUNTS_MAX)
    assert states.changed(0, True)  # forgotten, and told once more
    assert not states.changed(2000 - STATES_MAX + 1, True)
    assert not told.is_again("key-0", 0)
    assert told.is_again(f"key-{2000 - TOLD_MAX}", 0)


def test_of_several_pictures_the_largest_that_can_be_kept_counts():
    shown = Shown()
    big = JPEG[:2] + b"\xff\xfe\x10\x00" + b"\0" * 4094 + JPEG[2:]
    for jpeg in (JPEG, big, b"none", JPEG[:2] + b"\0" * (1024 * 1024) + JPEG[2:]):
        shown.add(jpeg)
    assert (shown.best, shown.count, shown.bad) == (Picture(big, 24, 16), 4, 2)


def test_a_finding_shows_where_it_began():
    (found, unit) = read(b"\r\nnoise\r\n<a>1</a>")
    assert found == Finding("noise", 2, b"noise\r\n")
    assert unit.offset == 9


@pytest.mark.parametrize(
    ("level", "doubtful"),
    [("", False), ("95", False), ("10", True), ("nan", True), ("-5", True), ("900", True), ("sure", True)],
)
def test_a_confidence_that_cannot_be_makes_no_plate_sure(level, doubtful):
    told = f"<confidenceLevel>{level}</confidenceLevel>" if level else ""
    anpr = f"<ANPR><licensePlate>京A12345</licensePlate>{told}</ANPR>"
    body = f"<EventNotificationAlert><eventType>ANPR</eventType>{anpr}</EventNotificationAlert>"
    (found,) = Isapi(IsapiOptions()).heard(Unit("xml", body.encode(), 0))
    assert isinstance(found, Heard)
    assert isinstance(found.said.reading, PlateRead)
    assert found.said.reading.doubtful is doubtful


def test_what_is_written_of_a_confidence_counts_though_it_is_no_number():
    assert [is_doubtful(None, told, 0.5) for told in (None, "", "x", 150.5)] == [False, False, True, True]
    assert [is_doubtful(sure, sure, 0.5) for sure in (0.5, 0.49)] == [False, True]
