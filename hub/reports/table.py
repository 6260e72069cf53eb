"""The daily record as one table: a row for each thing, so that a spreadsheet can sort and filter it. Pure."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from hub.reports.csvfile import csv_bytes
from hub.reports.figures import NONE
from hub.reports.record import Record, Visit
from hub.reports.words import LABELS, Lang, word

Cells = dict[str, str]
COLUMNS = ("section", "route", "duty", "from", "until", "place", "time", "received", "person", "medium", "result", "flags",
           "incident", "state", "handling")  # fmt: skip


def record_csv(record: Record, lang: Lang) -> bytes:
    """The record as CSV. The first column says what a row is: a round's checkpoint, a gap, a finding, a shift…"""
    rows = (["" if row.get(name) == NONE else row.get(name, "") for name in COLUMNS] for row in _rows(record, lang))
    return csv_bytes([word(LABELS, name, lang) for name in COLUMNS], rows)


def _rows(record: Record, lang: Lang) -> Iterator[dict[str, str]]:
    for section, rows in _SECTIONS.items():
        for row in rows(record, lang):
            yield {"section": word(LABELS, section, lang), **row}


def _title(record: Record, lang: Lang) -> Iterator[Cells]:
    yield {"place": record.site, "time": record.date, "handling": f"{word(LABELS, 'as_of', lang)} {record.as_of}"}


def _summary(record: Record, _lang: Lang) -> Iterator[Cells]:
    return ({"result": label, "time": number} for label, number in record.counts)


def _unvisited(record: Record, _lang: Lang) -> Iterator[Cells]:
    return ({"place": row.place, "time": row.longest, "from": row.last, "result": row.ongoing} for row in record.worst)


def _shifts(record: Record, _lang: Lang) -> Iterator[Cells]:
    return ({"duty": row.name, "time": row.hours, "person": row.people} for row in record.shifts)


def _rounds(record: Record, _lang: Lang) -> Iterator[Cells]:
    for route in record.routes:
        for walk in route.rounds:
            head = {"route": route.name, "duty": walk.duty, "from": walk.opens, "until": walk.due}
            yield from (head | _cells(visit) for visit in walk.visits)


def _gaps(record: Record, _lang: Lang) -> Iterator[Cells]:
    return (_cells(row) | {"time": row.span, "person": row.on_duty} for row in record.gaps)


def _findings(record: Record, _lang: Lang) -> Iterator[Cells]:
    return (_cells(row) | {"result": row.finding} for row in record.findings)


def _late(record: Record, _lang: Lang) -> Iterator[Cells]:
    return (_cells(row) | {"time": row.made, "handling": row.effect} for row in record.late)


def _cells(row: msgspec.Struct) -> Cells:
    """What has a column of its own name; the state of a checkpoint is its result."""
    cells = {name: value for name, value in msgspec.structs.asdict(row).items() if name in COLUMNS}
    if isinstance(row, Visit):
        del cells["state"]
    return cells


_SECTIONS: Mapping[str, Callable[[Record, Lang], Iterator[Cells]]] = {
    "title": _title,
    "summary": _summary,
    "unvisited": _unvisited,
    "shifts": _shifts,
    "rounds": _rounds,
    "gaps": _gaps,
    "observations": _findings,
    "late": _late,
}
"""The rows of each section, under the section's label."""
