"""CSV: Excel reads it, and computes nothing in it."""

import csv
import io

import pytest

from hub.reports.csvfile import csv_bytes, safe


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("http://evil.example","巡更")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠a",
     "  =1", "\u3000=1", "\u00a0@x", "\0=1"],
)  # fmt: skip
def test_a_cell_that_would_be_computed_begins_with_an_apostrophe(text):
    assert safe(text) == f"'{text}".replace("\0", "")


@pytest.mark.parametrize("text", ["东门", "a=b", "12:30–14:00", "3-2", "'quoted", "", "#5"])
def test_other_cells_are_as_they_are(text):
    assert safe(text) == text


def test_the_file_has_a_byte_order_mark_and_comes_back_whole():
    rows = [["名", 'say "x", y'], ["line\nbreak", "=1"]]
    data = csv_bytes(["a", "=b"], rows)
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"a,'=b\r\n" in data
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read == [["a", "'=b"], ["名", 'say "x", y'], ["line\nbreak", "'=1"]]


def test_half_a_character_does_not_stop_a_file():
    assert b"?" in csv_bytes(["a"], [["\ud800"]])
