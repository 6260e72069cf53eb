"""Walks the golden folders of all drivers: `<driver>/<case>/{input.txt|input.hex|input.bin, options.json?, expected.jsonl}`."""

import json
from pathlib import Path

import pytest

from drivers.table import DRIVERS
from watchkeeper.decode import decode_stream

HERE = Path(__file__).parent
CASES = sorted(path.parent for name in DRIVERS for path in (HERE / name).glob("*/expected.jsonl"))
SMALL_BYTES = 8192


def the_input(case):
    (path,) = case.glob("input.*")
    assert path.suffix in (".txt", ".hex", ".bin"), f"{path.name}: an input is .txt, .hex or .bin"
    return path.read_bytes(), path.suffix == ".hex"


def decoded(case, piece_bytes):
    data, hex_input = the_input(case)
    options = case / "options.json"
    chunks = (data[at : at + piece_bytes] for at in range(0, len(data), piece_bytes))
    settings = json.loads(options.read_text(encoding="utf-8")) if options.exists() else None
    return [json.loads(line) for line in decode_stream(case.parent.name, chunks, hex_input=hex_input, options=settings)]


def expected(case):
    return [json.loads(line) for line in (case / "expected.jsonl").read_text(encoding="utf-8").splitlines()]


def named(case):
    return f"{case.parent.name}-{case.name}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_case_decodes_to_what_it_expects(case):
    assert decoded(case, 65_536) == expected(case)


@pytest.mark.parametrize("case", [case for case in CASES if len(the_input(case)[0]) <= SMALL_BYTES], ids=named)
@pytest.mark.parametrize("piece_bytes", [1, 7])
def test_a_case_cut_into_pieces_decodes_to_the_same(case, piece_bytes):
    assert decoded(case, piece_bytes) == expected(case)


@pytest.mark.parametrize("name", DRIVERS)
def test_a_driver_has_good_and_bad_cases(name):
    lines = [line for case in CASES if case.parent.name == name for line in expected(case)]
    assert any("reading" in line for line in lines), f"no case of {name} has a reading"
    assert any("finding" in line for line in lines), f"no case of {name} has bad bytes"


def test_a_card_has_the_keys_of_the_contract_and_no_more():
    (line,) = decode_stream("wiegand", [b"26:2EC0C86\n"])
    assert line == '{"reading":"card_read","facility":118,"number":1603,"bits":26,"parity":"ok"}'
