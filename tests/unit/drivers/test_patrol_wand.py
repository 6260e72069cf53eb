"""The parts of the patrol wand's decoder: frames, tables of records, local times."""

import json
from datetime import datetime

import msgspec
import pytest

from contract.clock import parse_rfc3339
from drivers.patrol_wand.csvdump import CsvColumns
from drivers.patrol_wand.decode import PatrolWandOptions
from drivers.patrol_wand.frames import READ_RECORDS, State, crc, frame_bytes, read_payload, state_of, state_payload
from drivers.patrol_wand.layout import Layout, Scan, TagField, TimeField, scan_of, time_bytes, time_of
from drivers.zones import zone_of
from watchkeeper.decode import decode_stream

SHANGHAI = zone_of("Asia/Shanghai")
BERLIN = zone_of("Europe/Berlin")


def test_the_checksum_is_crc_16_ccitt_false():
    assert crc(b"123456789") == bytes.fromhex("29B1")


def test_a_question_is_the_bytes_of_the_manual():
    frame = frame_bytes(0xA1B2C3D4, READ_RECORDS, read_payload(17, 5))
    assert frame[:-2].hex() == "02" + "0a" + "a1b2c3d4" + "05" + "00000011" + "05"
    assert frame[-2:] == crc(frame[1:-2])


def test_a_payload_that_does_not_fit_is_not_made():
    with pytest.raises(ValueError, match="245 bytes"):
        frame_bytes(1, READ_RECORDS, bytes(246))


@pytest.mark.parametrize("state", [State(1, 0, 0.0), State(17, 19, 0.01), State(5, 8004, 1.0)])
def test_a_state_comes_back_as_it_was(state):
    assert state_of(state_payload(state)) == state


@pytest.mark.parametrize("payload", ["", "0000001100000013", "000000110000000f00", "000000110000001365"])
def test_what_is_no_state_is_none(payload):
    assert state_of(bytes.fromhex(payload)) is None


def test_a_wand_shows_local_time():
    at_us = parse_rfc3339("2026-03-01T22:30:05+08:00")
    assert time_of(bytes.fromhex("260301223005"), TimeField(at=0), SHANGHAI) == at_us
    assert time_bytes(at_us + 999_999, TimeField(at=0), SHANGHAI).hex() == "260301223005"


def test_a_local_time_that_occurs_twice_is_the_first_and_one_that_is_skipped_has_a_time_too():
    assert BERLIN.us(datetime(2026, 10, 25, 2, 30)) == parse_rfc3339("2026-10-25T02:30:00+02:00")
    assert BERLIN.us(datetime(2026, 3, 29, 2, 30)) == parse_rfc3339("2026-03-29T02:30:00+01:00")


def test_a_table_without_seconds_and_with_text_is_read():
    layout = Layout(
        size=16,
        time=TimeField(at=0, order="hmDMY"),
        tag=TagField(at=6, size=10, form="text"),
        guard=None,
        number=None,
    )
    record = bytes.fromhex("2230010326") + b"\0GATE-7  \0\0"
    assert scan_of(record, 41, layout, SHANGHAI) == Scan(41, parse_rfc3339("2026-03-01T22:30:00+08:00"), "GATE-7", None)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"zone": "Mars/Base"}, "write for example Asia/Shanghai"),
        ({"layout": {"time": {"at": 20}}}, "time ends behind the record's 22 bytes"),
        ({"layout": {"tag": {"at": 14, "size": 8, "size_at": 22}}}, "tag.size_at lies behind"),
        ({"layout": {"time": {"at": 4, "order": "YMDhh"}}}, "write for example YMDhms"),
        ({"csv": {"time_format": "%Q"}}, "time_format"),
        ({"csv": {"delimiter": '"'}}, "delimiter"),
        ({"wands": {"a1b2c3d4": "wand-1"}}, "wands"),
        ({"lay_out": {}}, "lay_out"),
    ],
)
def test_options_that_cannot_be_are_refused(options, said):
    with pytest.raises(msgspec.ValidationError, match=said):
        msgspec.convert(options, PatrolWandOptions)


def lines(data, **options):
    return [json.loads(line) for line in decode_stream("patrol_wand", [data], options=options)]


def test_what_the_input_is_shows_by_its_first_line():
    row = b"tag,time\n04A1,2026-03-01 22:30:05\n"
    (scan,) = lines(row)
    assert scan["tag"] == "04A1"
    assert [one["finding"] for one in lines(row, input="frames")] == ["noise"]
    assert [one["finding"] for one in lines(b"tag time\n04A1 2026\n")] == ["noise"]
    assert [one["finding"] for one in lines(b"tag,time", csv={"tag": "card"})] == ["no_column"]


def test_the_same_scan_has_the_same_name_from_a_dump_as_from_the_wand():
    dump = b"wand,number,tag,time\nA1B2C3D4,17,04A1B2C3D4,2026-03-01 22:30:05\n"
    record = bytes.fromhex("00000011" + "260301223005" + "000000" + "05" + "04A1B2C3D4000000")
    frame = frame_bytes(0xA1B2C3D4, READ_RECORDS, bytes.fromhex("00000011") + record, answer=True)
    assert lines(dump) == lines(frame)


def test_a_guard_s_column_is_read_and_an_empty_one_is_nobody():
    assert CsvColumns().guard == "guard"
    rows = lines(b"tag,time,guard\n04A1,2026-03-01 22:30:05,a0ff\n04A1,2026-03-01 22:30:06,\n")
    assert [row["guard"] for row in rows] == ["A0FF", None]
