"""How duties were kept as a heat map: by weekday and hour, or by place and day."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from hub.duties.localtime import DAY, day_us, offsets
from hub.estate import Estate
from hub.reports.asking import Days, planned_places
from hub.reports.csvfile import csv_bytes
from hub.reports.figures import Counts, Figures, HeatBy, compliance, percent
from hub.reports.words import LABELS, WEEKDAYS, Lang, Pair, say
from hub.store.heat_reads import HeatAsked, HeatRow
from hub.store.reports import ReportReads

DAYS_MAX = 92
_OPENS_BEFORE = timedelta(days=367)
"""No schedule has a window that is open for longer."""
_EPOCH = date(1970, 1, 1)
_HOURS = [f"{hour:02d}" for hour in range(24)]
_WEEKDAYS = [str(day) for day in range(1, 8)]
FIGURE: Pair = (
    "完成率 =（已完成 + 已撤回）÷ 应完成，按时段计；待证实的不算完成。斜纹格当时没有应完成的时段：没有数据，不代表良好。",
    "Done = (kept + withdrawn) / due, in windows; unproven is not done. A hatched cell had nothing due: no data is never good.",
)


class HeatWanted(NamedTuple):
    """What is to be seen. Routes and duties empty: all. `lines_max`: of places the worst."""

    days: Days
    by: HeatBy
    routes: Sequence[str] = ()
    duties: Sequence[str] = ()
    lines_max: int = 200


class Heat(NamedTuple):
    """A heat map. What is not among the cells had nothing due. `left_out`: so many lines are not there."""

    lines: list[Figures]
    columns: list[str]
    cells: dict[tuple[str, str], Counts]
    left_out: int = 0


def heatmap(reads: ReportReads, estate: Estate, wanted: HeatWanted, now_us: int) -> Heat:
    """As it is known now. Windows count by the local day on which they end, as in every report; the hour and its weekday are
    those in which they opened."""
    zone, (first, last) = estate.timezone, wanted.days
    from_us, until_us = day_us(zone, first), day_us(zone, last + DAY)
    pieces = offsets(zone, day_us(zone, first - _OPENS_BEFORE), until_us)
    found = reads.heat(HeatAsked(wanted.by, from_us, until_us, pieces, wanted.routes, wanted.duties))
    if wanted.by == "hour":
        return by_hour(found)
    planned = planned_places(reads, min(now_us + 1, until_us), wanted.routes, wanted.duties)
    return by_place(found, planned, wanted.days, wanted.lines_max)


def by_hour(found: Sequence[HeatRow]) -> Heat:
    """A week: Monday to Sunday, midnight to midnight."""
    cells = {(_WEEKDAYS[weekday], _HOURS[hour]): counts for weekday, hour, counts in found}
    sums = {figures.key: figures for figures in compliance(_of_lines(cells), "duty", _WEEKDAYS)}
    return Heat([sums[day] for day in _WEEKDAYS], _HOURS, cells)


def by_place(found: Sequence[HeatRow], planned: Sequence[str], days: Days, lines_max: int) -> Heat:
    """The worst places first, and before that what had nothing due."""
    cells = {(str(place), str(_EPOCH + timedelta(days=day))): counts for place, day, counts in found}
    lines = compliance(_of_lines(cells), "place", planned)
    kept = {line.key for line in lines[:lines_max]}
    columns = [str(days.first + timedelta(days=at)) for at in range((days.last - days.first).days + 1)]
    shown = {key: counts for key, counts in cells.items() if key[0] in kept}
    return Heat(lines[:lines_max], columns, shown, max(0, len(lines) - lines_max))


def line_name(estate: Estate, by: HeatBy, key: str) -> Pair:
    """What people call a line."""
    if by == "hour":
        return WEEKDAYS[_WEEKDAYS.index(key)]
    return estate.place_name(key, "zh"), estate.place_name(key, "en")


def heat_csv(heat: Heat, estate: Estate, by: HeatBy, lang: Lang) -> bytes:
    """One row for each cell, also where nothing was due: its percent is empty."""
    names = ("weekday", "hour") if by == "hour" else ("place", "day")
    header = [say(LABELS[name], lang) for name in (*names, *Counts._fields)]
    rows = [
        (say(line_name(estate, by, line.key), lang), column, *counts, percent(counts.rate) if counts.due else "")
        for line in heat.lines
        for column in heat.columns
        for counts in (heat.cells.get((line.key, column), Counts()),)
    ]
    return csv_bytes([*header, f"{say(LABELS['rate'], lang)} %"], rows)


def _of_lines(cells: dict[tuple[str, str], Counts]) -> Iterator[tuple[str, Counts]]:
    return ((line, counts) for (line, _), counts in cells.items())
