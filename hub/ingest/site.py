"""The site in memory: what is committed, and on top of it what the present turn has changed."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from hub.cases.chatter import Source
from hub.cases.flood import Flood
from hub.cases.maintenance import Maintenance
from hub.cases.types import Case
from hub.desk.calls import Call
from hub.desk.handover import Handover, HandoverItem, ItemKey
from hub.desk.keys import KeyItem
from hub.duties.restored import Restore
from hub.duties.types import Occasion, Tag
from hub.ingest.duties.roster import Roster
from hub.ingest.duties.rows import AHEAD_US, HOUR_US, STEP_US, Plans, Scans, Windows
from hub.ingest.gate import StreamMark
from hub.ingest.guards.rows import PhoneTables
from hub.ingest.passages.rows import Gates
from hub.ingest.planrows import PlanRuns
from hub.ingest.retention.rows import Keeping
from hub.ingest.rows import Journal, Rows
from hub.ingest.visits.rows import VisitTables
from hub.plans.types import PlanVersion
from hub.tags import tagbook

HUB_STREAM = "hub"
"""The stream of the reports that the hub makes itself; its agent is the hub, its mark the last number given."""

ALARM_OWNER = "alarm"
"""The owner of deadlines above single cases: `flood`, `silence/POST`, `maintenance/WINDOW`."""

PLAN_OWNER = "plan"
"""The owner of deadlines of emergency plans: CASE_NO/CLOCK."""

_STALE_ALARMS_MAX = 10_000
_EVER_US = 2**62


class CaseKey(NamedTuple):
    """One cause: two raises with the same key are one case."""

    kind: str
    detector: str
    subject: str
    episode: str


class DeadlineKey(NamedTuple):
    """Whose deadline: `detector:NAME` and its subject, or `case` and CASE_NO/CLOCK."""

    owner: str
    subject: str


class Deadline(NamedTuple):
    """A row of `deadline`."""

    due_us: int
    source: str | None
    stalled: bool = False


class DetectorState(NamedTuple):
    """A row of `detector_state`, decoded. `device` is given to the detector when it is woken."""

    state: Any
    device: str


class Silence(msgspec.Struct, frozen=True):
    """The sound is off at a post (empty: everywhere) until then."""

    post: str
    actor: str
    at_us: int
    until_us: int


class TagKey(NamedTuple):
    """A tag, and since when the row counts."""

    tag: str
    from_us: int


class Contact(NamedTuple):
    """When an agent was last heard, and the time of its last record that was taken in; -1: none since the site was read."""

    heard_us: int
    reached_us: int = -1


@dataclass
class Counters:
    """The site's numbers besides the stream marks: rows of `site`."""

    change_pos: int = 0
    case_no: int = 0


class States(Rows[tuple[str, str], DetectorState]):
    """The detectors' states, counted by detector and device."""

    def __init__(self, journal: Journal) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        super().__init__(journal)

    def count_of(self, detector: str, device: str) -> int:
        """How many subjects of the device the detector has a state for."""
        return self._counts.get((detector, device), 0)

    def _place(self, key: tuple[str, str], value: DetectorState | None) -> None:
        was = self._rows.get(key)
        if was is None or value is None or was.device != value.device:  # most puts change a state that is there
            if was is not None:
                self._counts[key[0], was.device] -= 1
            if value is not None:
                self._counts[key[0], value.device] += 1
        super()._place(key, value)


class Deadlines(Rows[DeadlineKey, Deadline]):
    """The deadlines, found by source and by time."""

    def __init__(self, journal: Journal) -> None:
        self._by_source: dict[str, set[DeadlineKey]] = {}
        self._alarms: list[tuple[int, DeadlineKey]] = []
        super().__init__(journal)

    def of_source(self, source: str) -> set[DeadlineKey] | None:
        """The deadlines that this source's watermark proves; None when there are none."""
        return self._by_source.get(source)

    def first_of(self, source: str, up_to_us: int) -> DeadlineKey | None:
        """The earliest deadline that a watermark at `up_to_us` proves."""
        keys = self._by_source.get(source)
        if not keys:
            return None
        due = [(row.due_us, key) for key in keys if (row := self._rows[key]).due_us <= up_to_us]
        return min(due)[1] if due else None

    def look_at(self, when_us: int, key: DeadlineKey) -> None:
        """Have `pop_due` name the deadline again at `when_us`."""
        heapq.heappush(self._alarms, (when_us, key))

    def look_anew(self) -> None:
        """Have `pop_due` name each deadline at its own time alone: by a clock that was set back, what was to be looked at again
        may be far off."""
        self._alarms = [(row.due_us, name) for name, row in self._rows.items()]
        heapq.heapify(self._alarms)

    def next_us(self) -> int | None:
        """When `pop_due` will next have something to name; an early time does no harm."""
        return self._alarms[0][0] if self._alarms else None

    def pop_due(self, now_us: int) -> Iterator[tuple[DeadlineKey, Deadline]]:
        """The deadlines to look at by the wall clock, in order; each once, until it is put again or `look_at` asks for it."""
        while self._alarms and self._alarms[0][0] <= now_us:
            when_us, key = heapq.heappop(self._alarms)
            row = self._rows.get(key)
            if row is not None and row.due_us <= when_us:  # one that was put off since is named in its own turn
                yield key, row

    def _place(self, key: DeadlineKey, value: Deadline | None) -> None:
        was = self._rows.get(key)
        if was is not None and was.source is not None:
            keys = self._by_source[was.source]
            keys.discard(key)
            if not keys:
                del self._by_source[was.source]
        super()._place(key, value)
        if value is None:
            return
        if value.source is not None:
            self._by_source.setdefault(value.source, set()).add(key)
        self.look_at(value.due_us, key)
        if len(self._alarms) > _STALE_ALARMS_MAX + 4 * len(self._rows):
            self.look_anew()


class Tags(Rows[TagKey, Tag]):
    """The tags' rows, found by the tag."""

    def __init__(self, journal: Journal) -> None:
        self._histories: dict[str, tuple[Tag, ...]] = {}
        self._of_place: dict[str, set[str]] = {}
        super().__init__(journal)

    def history(self, tag: str) -> tuple[Tag, ...]:
        """All that a tag has been, in the order of time."""
        return self._histories.get(tag, ())

    def at(self, tag: str, us: int) -> Tag | None:
        """What it was at that time."""
        return tagbook.at(self.history(tag), us)

    def ever(self, tag: str) -> bool:
        """Whether it was once enrolled."""
        return tag in self._histories

    def of_place(self, place: str, us: int) -> Iterator[Tag]:
        """The tags that stood there then."""
        for tag in self._of_place.get(place, ()):
            row = self.at(tag, us)
            if row is not None and row.place == place:
                yield row

    def _place(self, key: TagKey, value: Tag | None) -> None:
        super()._place(key, value)
        if value is not None and value.place:
            self._of_place.setdefault(value.place, set()).add(key.tag)
        rows = [row for row in self.history(key.tag) if row.from_us != key.from_us]
        if value is not None:
            rows.append(value)
        if rows:
            self._histories[key.tag] = tuple(sorted(rows, key=lambda row: row.from_us))
        else:
            self._histories.pop(key.tag, None)


@dataclass
class Site:
    """All that a turn reads and changes. `cases` holds the open ones; closed ones are looked up in the database."""

    journal: Journal = field(default_factory=Journal)
    counters: Counters = field(default_factory=Counters)

    def __post_init__(self) -> None:
        self.streams: Rows[str, StreamMark] = Rows(self.journal)
        self.contacts: Rows[str, Contact] = Rows(self.journal)
        self.watermarks: Rows[str, int] = Rows(self.journal)
        self.states = States(self.journal)
        self.deadlines = Deadlines(self.journal)
        self.cases: Rows[int, Case] = Rows(self.journal)
        self.case_numbers: Rows[CaseKey, int] = Rows(self.journal)
        self.alarms: Rows[tuple[str, str], Source | Silence | Flood] = Rows(self.journal)
        self.maintenance: Rows[str, Maintenance] = Rows(self.journal)
        self.runs = PlanRuns(self.journal)
        self.plan_versions: Rows[tuple[str, int], PlanVersion] = Rows(self.journal)
        self.plans = Plans(self.journal)
        self.windows = Windows(self.journal)
        self.scans = Scans(self.journal)
        self.roster = Roster(self.journal)
        self.occasions: Rows[str, Occasion] = Rows(self.journal)
        self.tags = Tags(self.journal)
        self.keys: Rows[str, KeyItem] = Rows(self.journal)
        self.calls: Rows[str, Call] = Rows(self.journal)
        self.handovers: Rows[str, Handover] = Rows(self.journal)
        self.handover_items: Rows[ItemKey, HandoverItem] = Rows(self.journal)
        self.gates = Gates(self.journal)
        self.guests = VisitTables(self.journal)
        self.keeping = Keeping(self.journal)
        self.phones = PhoneTables(self.journal)
        self.restores: list[Restore] = []
        """Of the database, from backups. No turn changes them."""
        self._visitors: list[Case] = []
        self.piece_us = 6 * HOUR_US
        """For how long windows are made at once: as it went well the last time."""
        self.planning_again_us = 0
        """Planning has failed, and is not tried before then."""
        self.planning_failures = 0
        """In a row."""
        self.failed_us: int | None = None
        """When planning or judging last failed by a bug."""

    def visit(self, case: Case) -> None:
        """Take in a closed case that the database was asked for, until the turn's end."""
        self.cases.load(case.case_no, case)
        self.case_numbers.load(key_of(case), case.case_no)
        self._visitors.append(case)

    def distrust_watermarks(self, now_us: int) -> int:
        """The clock was set back, or the hub has started: what lies ahead of it proves nothing, until the source reports
        anew, and deadlines and windows are looked at when it reaches them again. An agent that was heard ahead of it
        was heard by now at the latest: else its silence would not be seen until then. Returns how many sources."""
        ahead = [source for source in self.watermarks if (self.watermarks.get(source) or 0) > now_us]
        for source in ahead:
            self.watermarks.put(source, 0)
        for stream in self.streams:
            mark = self.streams.get(stream)
            if mark is not None and mark.heard_us > now_us:
                self.streams.put(stream, msgspec.structs.replace(mark, heard_us=now_us))
        for agent in self.contacts:
            contact = self.contacts.get(agent)
            if contact is not None and max(contact) > now_us:
                self.contacts.put(agent, Contact(min(contact.heard_us, now_us), min(contact.reached_us, now_us)))
        self.scans.redo = dict.fromkeys(self.scans.redo, now_us)
        self.deadlines.look_anew()
        self.windows.look_anew(now_us)
        self._look_at_what_may_not_be_judged()
        self.planning_again_us = 0
        return len(ahead)

    def _look_at_what_may_not_be_judged(self) -> None:
        """A lane that a bug kept from being judged when its evidence came may be judged by the program that has started now."""
        for name in self.windows:
            row = self.windows.get(name)
            if row is None or row.state != "missed":
                continue
            until_us = row.ends_us if "visited_late" in row.note else _EVER_US
            if self.scans.at(row.place, row.opens_us, until_us):
                self.windows.look_at(row.ends_us, name)

    def tables(self) -> tuple[Rows[Any, Any], ...]:
        """Everything that `settle` and the counters of a turn go over."""
        return (
            self.streams,
            self.contacts,
            self.watermarks,
            self.states,
            self.deadlines,
            self.cases,
            self.case_numbers,
            self.alarms,
            self.maintenance,
            self.runs,
            self.plan_versions,
            self.plans,
            self.windows,
            self.scans,
            self.roster,
            self.occasions,
            self.tags,
            self.keys,
            self.calls,
            self.handovers,
            self.handover_items,
            *self.gates.tables(),
            *self.guests.tables(),
            *self.keeping.tables(),
            *self.phones.tables(),
        )

    def due_us(self) -> list[int]:
        """When the clock alone gives the hub something to do: deadlines, windows, and the making of more windows."""
        lacking = [row.planned_until_us for row in self.plans.lacking()]
        more_us = max(min(lacking) - AHEAD_US + STEP_US, self.planning_again_us) if lacking else None
        due = (self.deadlines.next_us(), self.windows.next_us(), more_us, self.gates.due_us(), self.keeping.due_us())
        return [due_us for due_us in due if due_us is not None]

    def next_change(self) -> int:
        """The change log's next position."""
        return self._count("change_pos")

    def next_case(self) -> int:
        """The next case's number."""
        return self._count("case_no")

    def rollback(self) -> None:
        """The turn is thrown away: memory is what was committed."""
        self.journal.rollback()
        self._visitors_leave()

    def settle(self) -> None:
        """The turn is committed; closed cases leave memory."""
        self.journal.clear()
        self._visitors += [case for _, _, case in self.cases.changed() if case is not None]
        for table in self.tables():
            table.settle()
        self._visitors_leave()

    def _visitors_leave(self) -> None:
        for visitor in self._visitors:
            case = self.cases.get(visitor.case_no)
            if case is not None and case.closed_us is not None:
                self.cases.forget(case.case_no)
                self.case_numbers.forget(key_of(case))
        self._visitors.clear()

    def _count(self, name: str) -> int:
        was: int = getattr(self.counters, name)
        setattr(self.counters, name, was + 1)
        self.journal.note((setattr, self.counters, name, was))
        return was + 1


def key_of(case: Case) -> CaseKey:
    """The cause that the case stands for."""
    return CaseKey(case.kind, case.detector, case.subject, case.episode)
