"""Sheets as they come out of the printer: rendered, and read by a camera's eyes."""

import builtins
import re
import shutil
import subprocess

import cv2
import numpy as np
import pytest

from hub.tags.labels import label_text, short
from hub.tags.sheet import LABELS_MAX, Label, render
from hub.typeset import NoReports

KEY = bytes(range(32))
BASE = "https://hub.garden.example:8443"
TAGS = ["KRUGS4ZANFZSAYJO", "ONXW2ZJAMRQXIYJA", "O5UXI2BAON2HK4TF"]
NAMES = [
    ("东门岗亭", "East gatehouse"),
    ("地下车库二层消防水泵房", "Fire pump room"),
    ("花" * 100, "#emph[no markup] $x$ \\ " * 4),
]
LABELS = [Label(label_text(KEY, tag, BASE), zh, en, short(tag)) for tag, (zh, en) in zip(TAGS, NAMES, strict=True)]


@pytest.fixture(scope="module")
def pdf():
    return render(LABELS, "花园小区", "Garden estate")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The sheet's first page as a picture, by the same engine that makes the PDF."""
    import typst

    from hub.tags import sheet

    made: dict[str, bytes] = {}
    real = typst.compile
    patch = pytest.MonkeyPatch()
    patch.setattr(
        typst, "compile", lambda *args, **more: made.setdefault("png", real(*args, **more | {"format": "png", "ppi": 200}))
    )
    try:
        sheet.render(LABELS, "花园小区", "Garden estate")
    finally:
        patch.undo()
    return cv2.imdecode(np.frombuffer(made["png"], np.uint8), cv2.IMREAD_GRAYSCALE)


def test_a_sheet_is_an_a4_pdf_with_its_fonts_in_it(pdf):
    assert pdf.startswith(b"%PDF-")
    assert b"NotoSansCJK" in pdf
    assert re.search(rb"/MediaBox ?\[0 0 595\.27\d* 841\.8\d*\]", pdf)


def test_a_camera_reads_each_label_from_the_page(page):
    assert page.shape == (2339, 1654)
    wide, high = page.shape[1] // 3, page.shape[0]
    found = [cv2.QRCodeDetector().detectAndDecode(page[: high // 5, wide * n : wide * (n + 1)])[0] for n in range(3)]
    assert found == [label.text for label in LABELS]


def test_cut_marks_stand_at_the_corners(page):
    def at(x_mm, y_mm):
        x, y = (int(mm / 25.4 * 200) for mm in (x_mm, y_mm))
        return page[y - 2 : y + 3, x - 2 : x + 3].min()

    left, top = (210 - 3 * 63.5 - 5) / 2, (297 - 7 * 38.1) / 2
    assert at(left + 1, top) < 200
    assert at(left, top + 1) < 200
    assert at(left + 63.5 - 1, top + 38.1) < 200
    assert at(left + 30, top) == 255


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="the tools that read PDFs are not here")
def test_the_names_stand_on_the_sheet_as_they_are(pdf, tmp_path):
    file = tmp_path / "sheet.pdf"
    file.write_bytes(pdf)
    shown = subprocess.run(["pdftotext", str(file), "-"], check=True, capture_output=True).stdout.decode()
    flat = "".join(shown.split())
    for words in (
        "东门岗亭",
        "Eastgatehouse",
        "地下车库二层消防水泵房",
        "#emph[nomarkup]$x$",
        "花园小区Gardenestate",
        *map(short, TAGS),
    ):
        assert words in flat, words


def test_as_many_sheets_as_are_needed():
    many = render(LABELS * 8, "花园", "Garden")
    assert many.count(b"/MediaBox[") == 2


def test_a_sheet_has_a_limit():
    for labels in ([], LABELS[:1] * (LABELS_MAX + 1)):
        with pytest.raises(ValueError, match="labels"):
            render(labels, "花园", "Garden")


@pytest.mark.parametrize("missing", ["typst", "segno", "manimgx_fonts_cjk"])
def test_without_the_extra_the_error_names_it(monkeypatch, missing):
    real = builtins.__import__

    def importing(name, *args, **more):
        if name == missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", importing)
    with pytest.raises(NoReports, match=rf"{missing} is missing.*watchkeeper\[reports\]"):
        render(LABELS, "花园", "Garden")
