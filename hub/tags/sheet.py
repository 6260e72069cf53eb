"""A printable A4 sheet of QR labels as a PDF. Needs the extra `reports`."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hub.typeset import pdf, reports_extra

LABELS_MAX = 105
"""Five sheets: what one request may ask for. A label takes about 25 ms, most of it for its code."""
LABELS_HEADER = "X-Watchkeeper-Labels"
"""The header of a reply that says how many labels the sheet has."""
TEMPLATE = Path(__file__).with_name("sheet.typ")


class Label(NamedTuple):
    """One label. `text`: what its QR code holds; `short`: what people read."""

    text: str
    zh: str
    en: str
    short: str


def render(labels: Sequence[Label], site_zh: str, site_en: str) -> bytes:
    """The PDF. At least one label, and LABELS_MAX at most. Raises NoReports."""
    if not 0 < len(labels) <= LABELS_MAX:
        raise ValueError(f"{len(labels)} labels: from 1 to {LABELS_MAX} go on a sheet")
    with reports_extra():
        import segno
    rows = [
        {
            "svg": segno.make_qr(label.text, error="q").svg_inline(border=4, light="#fff", omitsize=True),
            "zh": label.zh,
            "en": label.en,
            "short": label.short,
        }
        for label in labels
    ]
    return pdf(TEMPLATE, {"site": f"{site_zh} {site_en}", "labels": rows})
