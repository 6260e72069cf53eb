"""What goes out of the routes for reports."""

from typing import Literal

from pydantic import Field

from hub.api.models import Strict, Time

ReportLang = Literal["zh", "en", "both"]


class FiguresRow(Strict):
    """How duties were kept at one place, on one route, in one hour, by one person, or one duty. `due` is the sum of the others.
    `rate`: (kept + withdrawn) / due as an exact fraction, null where nothing was due; `percent`: the same, cut off after one
    digit and never rounded up."""

    key: str = Field(examples=["pump-room"], description="What the row is of: an id, or an hour")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    due: int = Field(description="How many windows have ended and are judged: the sum of the next four")
    kept: int = Field(description="How many were done in time")
    missed: int = Field(description="How many were not done")
    unproven: int = Field(description="How many have no evidence yet, and a source that has not reported")
    withdrawn: int = Field(description="How many were raised as a gap, and then found to be done in time")
    rate: str | None = Field(
        examples=["137/144"],
        pattern=r"^\d+/\d+$",
        description="(kept + withdrawn) / due, an exact fraction; null where nothing was due",
    )
    percent: str | None = Field(
        examples=["95.1"], description="The same in percent, cut off after one digit; null where nothing was due"
    )


class EmergencyFigures(Strict):
    """How the clocks of emergencies under one clause were kept. `begun` is the sum of the next four."""

    clause: str = Field(examples=["EMG-3"], description="The clause of the policy")
    zh: str = Field(description="What it asks for, in Chinese")
    en: str = Field(description="What it asks for, in English")
    begun: int = Field(description="How many clocks began: the sum of the next four")
    kept: int = Field(description="How many were done in time")
    missed: int = Field(description="How many were not, whether they were done later or never")
    running: int = Field(description="How many still run")
    ended: int = Field(description="How many ended undone, as the incident was over before their time")
    rate: str | None = Field(
        examples=["7/8"],
        pattern=r"^\d+/\d+$",
        description="kept / (kept + missed), an exact fraction; null where neither is there",
    )


class ComplianceReport(Strict):
    """Windows that ended on the local days `first` to `last`, both included. Hours come by the clock, all else the worst first,
    and before that what had nothing due."""

    first: str = Field(examples=["2026-01-01"], description="The first local day")
    last: str = Field(examples=["2026-01-31"], description="The last local day, included")
    by: str = Field(examples=["place"], description="What a row is")
    as_of: Time = Field(description="What is told is what was known then, UTC")
    rows: list[FiguresRow] = Field(description="The worst first; hours by the clock")
    emergencies: list[EmergencyFigures] = Field(description="EMG-2 to EMG-5, for emergencies that began on these days")


class HeatCell(Strict):
    """How duties were kept in one cell of a heat map. What had nothing due has no cell: no data, and not good."""

    line: str = Field(examples=["1"], description="The line's key: a weekday from 1 (Monday) to 7, or a place")
    column: str = Field(examples=["22"], description="The column's key: an hour, or a local day")
    due: int = Field(description="How many windows have ended and are judged: the sum of the next four")
    kept: int = Field(description="How many were done in time")
    missed: int = Field(description="How many were not done")
    unproven: int = Field(description="How many have no evidence yet, and a source that has not reported")
    withdrawn: int = Field(description="How many were raised as a gap, and then found to be done in time")
    percent: str = Field(examples=["95.1"], description="(kept + withdrawn) / due in percent, cut off after one digit")


class HeatReport(Strict):
    """How duties were kept, as a heat map of windows that ended on the local days `first` to `last`, both included. By hour: the
    lines are the weekday and the columns the hour, by the estate's clocks, in which the window opened. By place: the columns are
    the days on which windows ended, and the lines come the worst first."""

    first: str = Field(examples=["2026-01-01"], description="The first local day")
    last: str = Field(examples=["2026-01-31"], description="The last local day, included")
    by: str = Field(examples=["hour"], description="hour: weekday and hour; place: place and day")
    as_of: Time = Field(description="What is told is what was known then, UTC")
    figure_zh: str = Field(description="What a cell shows, in Chinese")
    figure_en: str = Field(description="What a cell shows, in English")
    lines: list[FiguresRow] = Field(description="The lines, with the sum of their cells")
    columns: list[str] = Field(description="The columns' keys, in order")
    cells: list[HeatCell] = Field(description="The cells that had something due")
    left_out: int = Field(description="How many lines beyond `limit` are not shown; they are better than those that are")


class UnvisitedRow(Strict):
    """The longest time that a place stayed unvisited, in seconds. `ended_s`: between two visits, the second of which was on these
    days; `ongoing_s`: since the last visit, up to now or to the end of the days. `at_least`: no visit is on record, and it counts
    from the first day on which one was due."""

    place: str = Field(examples=["roof"], description="The place's id")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    duties: list[str] = Field(description="The duties that its visits fill")
    longest_s: int = Field(description="The longest time unvisited, in seconds: the longer of the next two")
    ended_s: int | None = Field(
        description="Between two visits, the second of which was on these days, in seconds; null: there was none"
    )
    ongoing_s: int | None = Field(
        description="Since the last visit, up to now or to the end of the days, in seconds; null: it is not due any more"
    )
    last_visit_at: Time | None = Field(description="When it was last visited, UTC; null: no visit is on record")
    at_least: bool = Field(description="No visit is on record, so it counts from the first day on which one was due")


class UnvisitedReport(Strict):
    """The places that stayed unvisited for longest, the worst first."""

    first: str = Field(examples=["2026-01-01"], description="The first local day")
    last: str = Field(examples=["2026-01-31"], description="The last local day, included")
    as_of: Time = Field(description="What is told is what was known then, UTC")
    timezone: str = Field(examples=["Asia/Shanghai"], description="The estate's time zone, in which people read times and days")
    rows: list[UnvisitedRow] = Field(description="The worst first")
