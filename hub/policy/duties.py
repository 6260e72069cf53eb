"""The duties of a policy: the rows under its clauses, and what may be wrong with them beyond a single value."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from contract.clock import US_PER_S
from contract.settings import Check, Document, Id, KeyPath, Rule, nearest, unique
from hub.duties.calendar import Calendar, CalendarDays, calendar_of
from hub.duties.schedule import (
    DAY_S,
    LENGTH_LEAST_S,
    MAX_SCHEDULES,
    AtOccasion,
    Once,
    Random,
    Schedule,
    ShiftHours,
    Span,
    Surroundings,
    improper,
)  # fmt: skip
from hub.duties.types import Duty, Evidence, Flag

SAMPLE_FROM_US = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp()) * US_PER_S
SAMPLE_US = 400 * DAY_S * US_PER_S
"""A year and some: every schedule but `once` shows in it what it can do, and each zone changes its clocks."""

_FIELD = re.compile(r"[a-z][a-z0-9_]{0,62}")


def _field_name(text: str) -> None:
    if not _FIELD.fullmatch(text):
        raise ValueError(f"{text!r} is no name of a field: write small letters, digits and _, such as slips_counted")


Words = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
FieldName = Annotated[str, Check(_field_name)]
Around = Annotated[float, msgspec.Meta(ge=0, le=7 * DAY_S)]


class DutyRow(msgspec.Struct, frozen=True):
    """A row of a clause's `duties`; the words are those of hub/duties/types.py."""

    duty: Id
    zh: Words
    en: Words
    evidence: Evidence
    schedules: Annotated[list[Schedule], msgspec.Meta(min_length=1, max_length=MAX_SCHEDULES)]
    tolerance_s: Around = 0.0
    early_s: Around = 0.0
    priority: Literal[1, 2, 3, 4] = 3
    by: list[str] = []
    void: list[Flag] = []
    requires: list[FieldName] = []
    equal: list[Annotated[list[FieldName], msgspec.Meta(min_length=2, max_length=2)]] = []

    def of(self, clause: str) -> Duty:
        """The duty, under its clause. What has no order of its own is sorted, so that equal duties are equal."""
        return Duty(
            duty=self.duty,
            clause=clause,
            zh=self.zh,
            en=self.en,
            evidence=self.evidence,
            schedule=tuple(self.schedules),
            tolerance_s=self.tolerance_s,
            early_s=self.early_s,
            priority=self.priority,
            by=tuple(sorted(set(self.by))),
            void=tuple(sorted(set(self.void))),
            requires=tuple(self.requires),
            equal=tuple((one, other) for one, other in self.equal),
        )


def overlapping(schedules: Sequence[Schedule], around: Surroundings) -> tuple[Span, Span] | None:
    """Two spans of one duty that evidence could not tell apart, within a year; see `improper`. What is drawn, or comes when it
    comes, stands alone in its duty, so one row is never improper."""
    if len(schedules) < 2:
        return None
    return improper(schedules, around, SAMPLE_FROM_US, SAMPLE_FROM_US + SAMPLE_US)


def told(spans: tuple[Span, Span], zone: ZoneInfo) -> str:
    """`… of 2027-03-28 08:00 until 09:00 …`, for people."""
    shown = [[datetime.fromtimestamp(at // US_PER_S, zone) for at in span[:2]] for span in spans]
    outer, inner = (f"{opens:%Y-%m-%d %H:%M} until {due:%Y-%m-%d %H:%M}" for opens, due in shown)
    return f"has a window from {inner} within one from {outer}"


def _rows(document: Document) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    for path, row in document.find("clauses.*.duties.*"):
        if isinstance(row, dict):
            yield path, row


def _shifts(document: Document) -> None:
    """Shifts that schedules name are there."""
    known = [str(path[1]) for path, _ in document.find("shifts.*")]
    for path, row in document.find("clauses.*.duties.*.schedules.*"):
        if not isinstance(row, dict) or row.get("type") != "shift":
            continue
        if not known:
            document.wrong(path, "waits for a shift, and there are none", "write shifts: with the name, from and to of each")
            continue
        named = row.get("shifts")
        for at, name in enumerate(named if isinstance(named, list) else ()):
            if isinstance(name, str) and name not in known:
                document.wrong(
                    (*path, "shifts", at), f"{name} is no shift", f"write one of {', '.join(known)}{nearest(name, known)}"
                )


def _posts(document: Document) -> None:
    known = [str(path[1]) for path, _ in document.find("posts.*")]
    for path, name in document.find("clauses.*.duties.*.by.*"):
        if isinstance(name, str) and name not in known:
            instead = f"write one of {', '.join(known)}{nearest(name, known)}" if known else "write posts: with the names of each"
            document.wrong(path, f"{name} is no post", instead)


def _fields(document: Document) -> None:
    """Only a report has fields, and those that must be equal must be there."""
    for path, row in _rows(document):
        for key in ("requires", "equal"):
            if row.get(key) and row.get("evidence") in ("scan", "answer"):
                document.wrong((*path, key), f"is asked of a {row['evidence']}", "write evidence: report, or leave it out")
        requires = row.get("requires")
        fields = [name for name in requires if isinstance(name, str)] if isinstance(requires, list) else []
        for at, pair in document.find(".".join(str(step) for step in (*path, "equal", "*"))):
            for name in pair if isinstance(pair, list) else ():
                if isinstance(name, str) and name not in fields:
                    document.wrong(
                        at, f"{name} may be left out of the report", f"write it in requires too{nearest(name, fields)}"
                    )


_OF_TAGS: frozenset[Flag] = frozenset(("unknown_tag", "revoked_tag", "weak_medium"))
"""Flags that only what was scanned can have."""


def _void(document: Document) -> None:
    """What no evidence of the kind can have makes none of it void: whoever wrote it expects something that will not happen."""
    for path, row in _rows(document):
        kind = row.get("evidence")
        for at, flag in document.find(".".join(str(step) for step in (*path, "void", "*"))):
            if kind in ("answer", "report") and flag in _OF_TAGS:
                article = "an answer" if kind == "answer" else "a report"
                document.wrong(at, f"{flag} is a flag of tags, and {article} has none", "write evidence: scan, or leave it out")


def _once(document: Document) -> None:
    """Nothing stands twice in one list of a duty, and no field is compared with itself."""
    for path, row in _rows(document):
        for key in ("by", "void", "requires", "equal"):
            listed, seen = row.get(key), list[Any]()
            for at, value in enumerate(listed if isinstance(listed, list) else ()):
                if value in seen:
                    told = " and ".join(map(str, value)) if isinstance(value, list) else value
                    document.wrong((*path, key, at), f"{told} stands twice", "keep one of the two")
                elif key == "equal" and isinstance(value, list) and len(value) == 2 and value[0] == value[1]:
                    document.wrong((*path, key, at), f"{value[0]} is compared with itself", "write the field that it must equal")
                seen.append(value)


def _open_too_long(document: Document) -> None:
    """A window that is still open when the next one opens: evidence could not tell which was meant."""
    for path, row in document.find("clauses.*.duties.*.schedules.*"):
        every, open_s = (row.get("every_s"), row.get("open_s")) if isinstance(row, dict) else (None, None)
        if type(every) is int and type(open_s) is int and row.get("type") == "interval" and open_s > every > 0:
            what = f"{open_s} is longer than every_s, so the next window opens before this one is due"
            document.wrong((*path, "open_s"), what, f"write {every} at most, or leave it out")


def _alone(document: Document) -> None:
    """Whether what is drawn or comes unforeseen lies well beside others cannot be known."""
    for path, row in _rows(document):
        listed = row.get("schedules")
        found = [document.built.get((*path, "schedules", at)) for at in range(len(listed))] if isinstance(listed, list) else []
        schedules: list[Schedule] = [schedule for schedule in found if schedule is not None]  # a bad one hides no other mistake
        if len(schedules) < 2:
            continue
        kinds = {type(schedule) for schedule in schedules}
        alone = next((schedule for schedule in schedules if isinstance(schedule, Random | AtOccasion)), None)
        if alone is not None:
            tag = alone.__struct_config__.tag
            document.wrong((*path, "schedules"), f"has {tag} beside others", f"write a duty of its own for {tag}")
        elif Once in kinds and len(kinds) > 1:
            document.wrong((*path, "schedules"), "has once beside others", "write a duty of its own for once")
        else:
            _proper(document, path, schedules)


def _long_enough(document: Document) -> None:
    """Nobody walks a round in seconds, but for a demonstration, in which all is played faster."""
    if any(value is True for _, value in document.find("demonstration")):
        return
    for key in ("every_s", "open_s", "within_s"):
        for path, value in document.find(f"clauses.*.duties.*.schedules.*.{key}"):
            if isinstance(value, int) and 0 < value < LENGTH_LEAST_S:
                document.wrong(path, f"{value} is too short", f"write {LENGTH_LEAST_S} seconds at least")


def _proper(document: Document, path: KeyPath, schedules: list[Schedule]) -> None:
    days, shifts = document.built.get(("calendar",)), document.built.get(("shifts",))
    zone = ZoneInfo("UTC")
    around = Surroundings(
        zone,
        calendar_of(days) if isinstance(days, CalendarDays) else Calendar("CN"),
        {name: hours for name, hours in shifts.items() if isinstance(hours, ShiftHours)} if isinstance(shifts, dict) else {},
    )
    found = overlapping(schedules, around)
    if found is not None:
        document.wrong((*path, "schedules"), told(found, zone), "write a duty for each, so that evidence can tell them apart")


def _calendar(document: Document) -> None:
    worked = [value for _, value in document.find("calendar.workdays.*")]
    for path, value in document.find("calendar.holidays.*"):
        if value in worked:
            document.wrong(path, f"{value} is among the workdays too", "keep one of the two")


DUTY_RULES: tuple[Rule, ...] = (
    unique("clauses.*.duties.*.duty"),
    *(_shifts, _posts, _fields, _void, _once, _open_too_long, _alone, _long_enough, _calendar),
)
