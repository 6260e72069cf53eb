"""The daily record of patrols (PAT-5): time, route, findings and how they were handled. Pure: rows of a day in, words out.

A window belongs to the day on which it ends, as in the tallies. What is not known stays empty or says so; nothing is left out for
being awkward.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

import msgspec

from hub.cases.titles import TITLES
from hub.cases.types import Entry
from hub.cases.workflow import CAUSES, STATE_NAMES
from hub.duties.localtime import DAY, day_us, instant_us
from hub.duties.lookup import PlanView
from hub.duties.schedule import ShiftHours, minute_of
from hub.duties.tallying import local
from hub.duties.types import Duty, Person, Route, Scan, Shift, Window
from hub.duties.words import STATES
from hub.reports.figures import NONE, Counts, Unvisited, in_words, percent
from hub.reports.words import EFFECTS, FLAGS, LABELS, MEDIA, NOTES, TOLD, UNKNOWN, WEEKDAYS, Lang, Pair, say, word


class CaseNote(NamedTuple):
    """An incident, and what was done about it: its entries that say so, in order."""

    case_no: int
    detector: str
    place: str
    device: str
    episode: str
    state: str
    proven: bool
    opened_us: int
    facts: Mapping[str, Any]
    entries: Sequence[Entry]


class Names(Protocol):
    """The estate, as far as records need it."""

    name_zh: str
    name_en: str
    timezone: ZoneInfo
    routes: Mapping[str, Route]
    staff: Mapping[str, Person]

    def place_name(self, place: str, lang: Any) -> str:
        """The place's name in a language."""
        ...

    def device_name(self, device: str, lang: Any) -> str:
        """The device's name in a language."""
        ...


class DayFacts(NamedTuple):
    """What a record is made of. `windows`: those of its duties that end on the day; `views`: the plans by number; `now_us`: the
    moment it is asked for; `shifts`: the policy's hours by name."""

    day: date
    now_us: int
    windows: Sequence[Window]
    views: Mapping[int, PlanView]
    evidence: Mapping[str, Scan]
    late: Sequence[Scan]
    gaps: Mapping[str, CaseNote]
    observations: Sequence[CaseNote]
    roster: Sequence[Shift]
    worst: Sequence[Unvisited]
    shifts: Mapping[str, ShiftHours]


class ShiftLine(msgspec.Struct, frozen=True):
    """A shift that touches the day."""

    name: str
    hours: str
    people: str


class Visit(msgspec.Struct, frozen=True):
    """A checkpoint in a round. `state`: the window's, by name; all else in words."""

    place: str
    time: str
    person: str
    medium: str
    state: str
    result: str
    flags: str
    incident: str


class Round(msgspec.Struct, frozen=True):
    """One walk: all places of a route whose windows open and are due together."""

    duty: str
    opens: str
    due: str
    visits: list[Visit]
    kept: int
    due_count: int


class RouteRounds(msgspec.Struct, frozen=True):
    """The rounds of a route, in the order of their times."""

    name: str
    rounds: list[Round]


class Gap(msgspec.Struct, frozen=True):
    """A window that ended with no evidence, and what became of it."""

    span: str
    route: str
    place: str
    on_duty: str
    result: str
    incident: str
    state: str
    handling: str


class Finding(msgspec.Struct, frozen=True):
    """What somebody saw on the way, or a call for help."""

    time: str
    place: str
    finding: str
    incident: str
    state: str
    handling: str


class Late(msgspec.Struct, frozen=True):
    """Evidence that came late, or that a gap was withdrawn for."""

    made: str
    received: str
    place: str
    person: str
    effect: str


class Worst(msgspec.Struct, frozen=True):
    """A place that stayed unvisited for long."""

    place: str
    longest: str
    ended: str
    ongoing: str
    last: str


class Record(msgspec.Struct, frozen=True):
    """The record in words. `counts`: label and number."""

    site: str
    date: str
    as_of: str
    counts: list[tuple[str, str]]
    worst: list[Worst]
    shifts: list[ShiftLine]
    routes: list[RouteRounds]
    gaps: list[Gap]
    findings: list[Finding]
    late: list[Late]


def record_of(facts: DayFacts, book: Names, lang: Lang) -> Record:
    """The record. The same facts give the same record."""
    teller = _Teller(facts, book, lang)
    zone = book.timezone
    as_of = local(facts.now_us, zone)
    return Record(
        site=say((book.name_zh, book.name_en), lang),
        date=f"{facts.day.isoformat()} {say(WEEKDAYS[facts.day.weekday()], lang)}",
        as_of=f"{as_of:%Y-%m-%d %H:%M} ({zone.key})",
        counts=teller.counts(),
        worst=[teller.worst(row) for row in facts.worst],
        shifts=teller.shifts(),
        routes=teller.routes(),
        gaps=[teller.gap(window) for window in facts.windows if window.gap_us is not None],
        findings=[teller.finding(one) for one in facts.observations],
        late=teller.late(),
    )


def patrols(windows: Iterable[Window], views: Mapping[int, PlanView]) -> list[Window]:
    """The windows of the duties that belong in the record: those under the clauses on patrols, and all that guards do."""
    chosen: dict[tuple[int, str], bool] = {}
    found = []
    for window in windows:
        key = (window.plan_no, window.duty)
        if key not in chosen:
            duty = views[window.plan_no].duties.get(window.duty) if window.plan_no in views else None
            chosen[key] = duty is None or is_patrol(duty)
        if chosen[key]:
            found.append(window)
    return found


def is_patrol(duty: Duty) -> bool:
    """Whether the duty belongs in the record of patrols."""
    return duty.clause.startswith("PAT-") or "guard" in duty.by


def counts_of(windows: Iterable[Window]) -> Counts:
    """What became of those that have been settled."""
    states = [window.state for window in windows if window.state != "open"]
    return Counts(len(states), *(states.count(name) for name in ("kept", "missed", "unproven", "withdrawn")))


class _Teller:
    """Puts the facts of a day into words."""

    def __init__(self, facts: DayFacts, book: Names, lang: Lang) -> None:
        self._facts, self._book, self._lang = facts, book, lang
        self._zone = book.timezone

    def counts(self) -> list[tuple[str, str]]:
        counts = counts_of(self._facts.windows)
        pending = sum(window.state == "open" for window in self._facts.windows)
        rate = percent(counts.rate)
        numbers = {**counts._asdict(), "open": pending, "rate": rate if counts.rate is None else f"{rate} %"}
        names = ("due", "kept", "withdrawn", "missed", "unproven", "open", "rate")
        return [(self._label(name), str(numbers[name])) for name in names]

    def worst(self, row: Unvisited) -> Worst:
        last = self._label("never") if row.last_us is None else self._time(row.last_us, always_day=True)
        more = "≥ " if row.at_least else ""
        return Worst(
            place=self._place(row.place),
            longest=more + in_words(row.longest_s),
            ended=NONE if row.ended_s is None else in_words(row.ended_s),
            ongoing=NONE if row.ongoing_s is None else more + in_words(row.ongoing_s),
            last=last,
        )

    def shifts(self) -> list[ShiftLine]:
        """Those of the policy that touch the day; without any, all who are on the roster."""
        begin, end = day_us(self._zone, self._facts.day), day_us(self._zone, self._facts.day + DAY)
        spans: list[tuple[int, int, str]] = []
        for name, hours in self._facts.shifts.items():
            for day in (self._facts.day - DAY, self._facts.day):
                from_us, until_us = _span(self._zone, day, hours)
                if from_us < end and until_us > begin:
                    spans.append((from_us, until_us, say((hours.zh, hours.en), self._lang) or name))
        if not spans:
            spans = [(begin, end, NONE)]
        return [ShiftLine(name, self._span(*span), self._on_roster(*span)) for *span, name in sorted(spans)]

    def routes(self) -> list[RouteRounds]:
        grouped: dict[str, dict[tuple[int, int, str], list[Window]]] = {}
        for window in self._facts.windows:
            walk = (window.opens_us, window.due_us, window.duty)
            grouped.setdefault(window.route, {}).setdefault(walk, []).append(window)
        return [
            RouteRounds(self._route(route), [self._round(windows) for _, windows in sorted(rounds.items())])
            for route, rounds in sorted(grouped.items())
        ]

    def gap(self, window: Window) -> Gap:
        case = self._facts.gaps.get(window.window_id)
        return Gap(
            span=self._span(window.opens_us, window.due_us),
            route=self._route(window.route),
            place=self._place(window.place),
            on_duty=self._people(window.person.split()) if window.state in ("missed", "unproven") else "",
            result=self._result(window),
            incident=_number(case),
            state="" if case is None else word(STATE_NAMES, case.state, self._lang),
            handling="" if case is None else self._handling(case),
        )

    def finding(self, case: CaseNote) -> Finding:
        told = [word(TITLES, case.detector, self._lang)] if case.detector != "observation" else []
        told += [str(case.facts[name]) for name in ("category", "note") if case.facts.get(name)]
        if case.facts.get("by"):
            told.append(f"({self._name(self._book.device_name, str(case.facts['by']))})")
        return Finding(
            time=self._time(case.opened_us),
            place=self._place(case.place),
            finding=" ".join(told),
            incident=_number(case),
            state=word(STATE_NAMES, case.state, self._lang),
            handling=self._handling(case),
        )

    def late(self) -> list[Late]:
        """Evidence that came late, with what it changed; and every withdrawal, whenever its evidence came."""
        windows = {window.evidence: window for window in self._facts.windows if window.evidence is not None}
        scans = {f"{scan.source}|{scan.key}": scan for scan in self._facts.late}
        for name, window in windows.items():
            if window.state == "withdrawn" and name in self._facts.evidence:
                scans[name] = self._facts.evidence[name]
        ordered = sorted(scans.items(), key=lambda item: (item[1].at_us, item[0]))
        return [self._late(scan, windows.get(name)) for name, scan in ordered]

    def _late(self, scan: Scan, window: Window | None) -> Late:
        effect = "no_effect" if window is None else {"withdrawn": "evidence_made_in_time"}.get(window.state, "kept")
        if "too_late" in scan.flags:
            effect = "too_late"
        case = None if window is None else self._facts.gaps.get(window.window_id)
        return Late(
            made=self._time(scan.at_us, seconds=True),
            received=self._time(scan.received_us, seconds=True),
            place=self._place(scan.place),
            person=self._who(scan),
            effect=" ".join(filter(None, (word(EFFECTS, effect, self._lang), _number(case)))),
        )

    def _round(self, windows: Sequence[Window]) -> Round:
        first = windows[0]
        view = self._facts.views.get(first.plan_no)
        rules = None if view is None else view.rules_of(first)
        order = (view.order_of(rules[1], first.opens_us) or rules[1].places) if view and rules else ()
        index = {place: at for at, place in enumerate(order)}
        walked = sorted(windows, key=lambda window: (index.get(window.place, len(index)), window.place))
        duty = (first.duty, first.duty) if rules is None else (rules[0].zh, rules[0].en)
        done = sum(window.state in ("kept", "withdrawn") for window in windows)
        return Round(
            duty=say(duty, self._lang),
            opens=self._time(first.opens_us),
            due=self._time(first.due_us),
            visits=[self._visit(window) for window in walked],
            kept=done,
            due_count=len(windows),
        )

    def _visit(self, window: Window) -> Visit:
        scan = self._facts.evidence.get(window.evidence or "")
        flags = [word(FLAGS, flag, self._lang) for flag in scan.flags] if scan is not None else []
        notes = [note for note in window.note.split() if note != "visited_late" or window.state == "missed"]
        flags += [word(NOTES, note, self._lang) for note in notes]
        return Visit(
            place=self._place(window.place),
            time="" if scan is None else self._time(scan.at_us, seconds=True),
            person="" if scan is None else self._who(scan),
            medium="" if scan is None else word(MEDIA, scan.medium, self._lang),
            state=window.state,
            result=self._result(window),
            flags=", ".join(flags),
            incident=_number(self._facts.gaps.get(window.window_id)),
        )

    def _result(self, window: Window) -> str:
        return say(STATES[window.state], self._lang)

    def _handling(self, case: CaseNote) -> str:
        """What people wrote, and why the hub withdrew it, in order."""
        told = []
        for entry in case.entries:
            words = [str(entry.body[name]) for name in ("cause", "note", "reason") if entry.body.get(name)]
            if words and words[0] == entry.body.get("cause"):
                words[0] = word(CAUSES, words[0], self._lang)
            if entry.act == "withdrawn":
                words = [word(EFFECTS, name, self._lang) for name in words]
            if words:
                who = "" if entry.actor == "hub" else f"{entry.actor}: "
                told.append(f"{self._time(entry.at_us)} {who}{', '.join(words)}")
        return "; ".join(told)

    def _on_roster(self, from_us: int, until_us: int) -> str:
        on = [one for one in self._facts.roster if one.from_us < until_us and one.until_us > from_us]
        by_person: dict[str, list[str]] = {}
        for one in on:
            routes = by_person.setdefault(one.person, [])
            if one.route and one.route not in routes:
                routes.append(one.route)
        told = []
        for person, routes in by_person.items():
            where = f" ({', '.join(self._route(route) for route in routes)})" if routes else ""
            told.append(f"{self._people([person])}{where}")
        return ", ".join(told) or say(UNKNOWN, self._lang)

    def _who(self, scan: Scan) -> str:
        """Who made it; somebody whom the staff does not know by what was told, marked as such."""
        if scan.person or not scan.person_told:
            return self._people([scan.person])
        zh, en = TOLD
        return say((zh.format(told=scan.person_told), en.format(told=scan.person_told)), self._lang)

    def _people(self, people: Collection[str]) -> str:
        known = [person for person in people if person]
        if not known:
            return say(UNKNOWN, self._lang)
        rows = [self._book.staff.get(person) for person in known]
        pairs = [(name, name) if row is None else (row.name_zh, row.name_en) for name, row in zip(known, rows, strict=True)]
        return ", ".join(say(pair, self._lang) for pair in pairs)

    def _route(self, route: str) -> str:
        row = self._book.routes.get(route)
        pair: Pair = (route, route) if row is None else (row.name_zh or route, row.name_en or route)
        return say(pair, self._lang)

    def _place(self, place: str) -> str:
        return self._name(self._book.place_name, place)

    def _name(self, name_of: Any, thing: str) -> str:
        return say((name_of(thing, "zh"), name_of(thing, "en")), self._lang)

    def _label(self, name: str) -> str:
        return word(LABELS, name, self._lang)

    def _span(self, from_us: int, until_us: int) -> str:
        return f"{self._time(from_us)}–{self._time(until_us)}"

    def _time(self, at_us: int, *, seconds: bool = False, always_day: bool = False) -> str:
        """On the day itself the time alone."""
        at = local(at_us, self._zone)
        time = f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}"
        return f"{at:%m-%d} {time}" if always_day or at.date() != self._facts.day else time


def _span(zone: ZoneInfo, day: date, hours: ShiftHours) -> tuple[int, int]:
    begin, end = minute_of(hours.from_), minute_of(hours.to)
    return instant_us(zone, day, begin), instant_us(zone, day if end > begin else day + DAY, end)


def _number(case: CaseNote | None) -> str:
    return "" if case is None else f"#{case.case_no}"
