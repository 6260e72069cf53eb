"""What goes out of the routes for reports."""

from typing import Literal

from pydantic import Field

from hub.api.models import Strict, Time

ReportLang = Literal["zh", "en", "both"]


class FiguresRow(Strict):
    """How duties were kept at one place, on one route, in one hour, by one person, or one duty. `due` is the sum of the others.
    `rate`: (kept + withdrawn) / due as an exact fraction, null where nothing was due; `percent`: the same, cut off after one
    digit and never rounded up."""

    key: str = Field(examples=["pump-room"])
    name_zh: str
    name_en: str
    due: int
    kept: int
    missed: int
    unproven: int
    withdrawn: int
    rate: str | None = Field(examples=["137/144"], pattern=r"^\d+/\d+$")
    percent: str | None = Field(examples=["95.1"])


class ComplianceReport(Strict):
    """Windows that ended on the local days `first` to `last`, both included. Hours come by the clock, all else the worst first,
    and before that what had nothing due."""

    first: str = Field(examples=["2026-01-01"])
    last: str = Field(examples=["2026-01-31"])
    by: str = Field(examples=["place"])
    as_of: Time
    rows: list[FiguresRow]


class UnvisitedRow(Strict):
    """The longest time that a place stayed unvisited, in seconds. `ended_s`: between two visits, the second of which was on these
    days; `ongoing_s`: since the last visit, up to now or to the end of the days. `at_least`: no visit is on record, and it counts
    from the first day on which one was due."""

    place: str = Field(examples=["roof"])
    name_zh: str
    name_en: str
    duties: list[str]
    longest_s: int
    ended_s: int | None
    ongoing_s: int | None
    last_visit_at: Time | None
    at_least: bool


class UnvisitedReport(Strict):
    """The places that stayed unvisited for longest, the worst first."""

    first: str = Field(examples=["2026-01-01"])
    last: str = Field(examples=["2026-01-31"])
    as_of: Time
    timezone: str = Field(examples=["Asia/Shanghai"])
    rows: list[UnvisitedRow]
