"""The daily record as a PDF. Needs the extra `reports`. The same record gives the same bytes."""

from pathlib import Path

from hub.reports.record import Record
from hub.reports.words import LABELS, Lang, word
from hub.typeset import pdf

TEMPLATE = Path(__file__).with_name("record.typ")
LINES_MAX = 4_000
"""About a hundred pages. A record of more is asked for by routes."""


class TooLong(ValueError):
    """The record has more lines than a PDF may have."""


def lines_of(record: Record) -> int:
    """How many lines its tables have."""
    visits = sum(len(walk.visits) for route in record.routes for walk in route.rounds)
    return visits + len(record.gaps) + len(record.findings) + len(record.late)


def render(record: Record, lang: Lang) -> bytes:
    """The PDF. Raises TooLong, NoReports."""
    if lines_of(record) > LINES_MAX:
        raise TooLong(f"{lines_of(record)} lines: a PDF has {LINES_MAX} at most")
    labels = {name: word(LABELS, name, lang) for name in LABELS}
    return pdf(TEMPLATE, {"record": record, "labels": labels, "lang": lang})
