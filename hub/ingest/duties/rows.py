"""Windows and scans in memory, found by lane, place, person, source, tag and time. What is derived follows each row's change."""

import heapq
from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from contract.clock import US_PER_S
from hub.duties.types import LaneKey, Scan, ScanKey, Window
from hub.ingest.rows import Journal, Rows

HOUR_US = 3_600_000_000
AHEAD_US = 36 * HOUR_US
"""So far ahead there are windows."""
STEP_US = HOUR_US
"""How often more are made."""
LATELY_US = 5 * US_PER_S
"""A window that ended longer ago is late already: it waits until its turn comes."""
LATE_PER_TURN = 1_000
"""So many of those are judged in one turn: a fifth of a second, where each is a gap."""
_STALE_ALARMS_MAX = 10_000
_EVER = 2**62


class PlanRow(NamedTuple):
    """A row of `duty_plan`; `body` is the plan's JSON."""

    plan_no: int
    from_us: int
    planned_until_us: int
    body: str


class Plans(Rows[int, PlanRow]):
    """All plans that ever were, by their numbers: 1, 2, 3…"""

    def __init__(self, journal: Journal) -> None:
        self._until: dict[int, int] = {}
        super().__init__(journal)

    @property
    def newest(self) -> PlanRow | None:
        """The plan in force."""
        return self._rows.get(len(self._rows))

    def wanted_until_us(self, row: PlanRow) -> int:
        """Up to when the plan has windows: until another one came in force; the newest for ever."""
        return self._until[row.plan_no]

    def lacking(self) -> Iterator[PlanRow]:
        """The plans of which windows are still to be made, the newest first."""
        for number in reversed(self._rows):
            row = self._rows[number]
            if row.planned_until_us < self._until[number]:
                yield row

    def is_superseded(self, window: Window) -> bool:
        """Whether the window had not opened when another plan than its own came in force: it goes, or is made anew."""
        return window.state == "open" and window.opens_us >= self._until.get(window.plan_no, _EVER)

    def _place(self, key: int, value: PlanRow | None) -> None:
        was = self._rows.get(key)
        super()._place(key, value)
        if was is None or value is None or was.from_us != value.from_us:
            self._rows = dict(sorted(self._rows.items()))
            self.get = self._rows.get
            until_us = _EVER
            self._until = {}
            for number in reversed(self._rows):
                self._until[number] = until_us
                until_us = min(until_us, self._rows[number].from_us + 1)


class Windows(Rows[str, Window]):
    """The windows of the last days and of the next: by lane, and by when the clock has to look at one.

    `waiting`: by source, those whose end has passed while it had not reported. A hint: what is no longer so is left out when it
    is asked for.
    """

    def __init__(self, journal: Journal) -> None:
        self._lanes: dict[LaneKey, list[tuple[int, int, str]]] = {}
        self._at_place: dict[str, set[LaneKey]] = {}
        self._alarms: list[tuple[int, str]] = []
        self._late: list[tuple[int, str]] = []
        self._waiting: dict[str, list[tuple[int, str]]] = {}
        self._waits: set[tuple[str, str]] = set()
        self.redo: set[LaneKey] = set()
        """Lanes that could not be judged: the next time all of their windows are looked at."""
        super().__init__(journal)

    def load_all(self, windows: Iterable[Window]) -> None:
        """Take committed rows in, all at once: far quicker than one by one."""
        for window in windows:
            self._rows[window.window_id] = window
            self._lanes.setdefault(window.lane, []).append((window.opens_us, window.ends_us, window.window_id))
            if window.state in ("open", "unproven"):
                self._alarms.append((window.ends_us, window.window_id))
        for lane, entries in self._lanes.items():
            entries.sort()
            self._at_place.setdefault(lane.place, set()).add(lane)
        heapq.heapify(self._alarms)

    def lane(self, lane: LaneKey) -> list[Window]:
        """The lane's windows in order."""
        return [self._rows[name] for _, _, name in self._lanes.get(lane, ())]

    def around(self, place: str, at_us: int) -> list[Window]:
        """The windows of the place's lanes that `at_us` lies in. Those of a lane are proper: before one that is over, all are."""
        found = []
        for lane in self.lanes_at(place):
            entries = self._lanes[lane]
            for at in range(bisect_left(entries, (at_us + 1,)) - 1, -1, -1):
                if entries[at][1] < at_us:
                    break
                found.append(self._rows[entries[at][2]])
        return found

    def overlapping(self, from_us: int, until_us: int) -> list[Window]:
        """The windows that are open at some time of [from_us, until_us], lane by lane."""
        found = []
        for lane in sorted(self._lanes):
            for opens_us, ends_us, name in self._lanes[lane]:
                if opens_us > until_us:
                    break
                if ends_us > from_us:
                    found.append(self._rows[name])
        return found

    def opening(self, from_us: int, until_us: int) -> list[Window]:
        """The windows that open at `from_us` or later and before `until_us`, lane by lane."""
        found = []
        for lane in sorted(self._lanes):
            entries = self._lanes[lane]
            low, high = bisect_left(entries, (from_us,)), bisect_left(entries, (until_us,))
            found += [self._rows[name] for _, _, name in entries[low:high]]
        return found

    def evidence_before(self, opened_us: int) -> set[ScanKey]:
        """The evidence of the windows that opened before then: memory has all that may still be judged."""
        found = set()
        for entries in self._lanes.values():
            for opens_us, _, name in entries:
                if opens_us >= opened_us:
                    break
                source, bar, key = (self._rows[name].evidence or "").partition("|")
                if bar:
                    found.add(ScanKey(source, key))
        return found

    def lanes_at(self, place: str) -> list[LaneKey]:
        """The lanes of a place, always in the same order."""
        return sorted(self._at_place.get(place, ()))

    def places(self) -> Collection[str]:
        """The places that have windows."""
        return self._at_place.keys()

    def look_at(self, when_us: int, window_id: str) -> None:
        """Have `pop_due` name the window at `when_us`."""
        heapq.heappush(self._alarms, (when_us, window_id))
        if len(self._alarms) > _STALE_ALARMS_MAX + 4 * len(self._rows):
            self._alarms = sorted({(due_us, name) for due_us, name in self._alarms if name in self._rows})

    def look_anew(self, now_us: int) -> None:
        """The clock was set back: have `pop_due` name each unsettled window at its end, and forget what was waited for."""
        rows = self._rows.values()
        self._alarms = [(row.ends_us, row.window_id) for row in rows if row.state in ("open", "unproven")]
        self._alarms += [(now_us, name) for lane in self.redo for _, _, name in self._lanes.get(lane, ())[:1]]
        heapq.heapify(self._alarms)
        self._late.clear()
        self._waiting.clear()
        self._waits.clear()

    def next_us(self) -> int | None:
        """When `pop_due` will next have something to name; an early time does no harm."""
        first = [heap[0][0] for heap in (self._alarms, self._late) if heap]
        return min(first, default=None)

    @property
    def late(self) -> int:
        """How many windows that ended long ago wait to be looked at."""
        return len(self._late)

    def put_off(self, window: Window) -> None:
        """Have `pop_due` name the window when its turn comes among those that ended long ago."""
        heapq.heappush(self._late, (window.ends_us, window.window_id))

    def pop_due(self, now_us: int) -> Iterator[Window]:
        """The windows to look at by the clock, each once: all that ended lately, and of those that ended long ago LATE_PER_TURN,
        the oldest first. So nothing that ends now waits until weeks are made up for."""
        while self._alarms and self._alarms[0][0] <= now_us:
            row = self.get(heapq.heappop(self._alarms)[1])
            if row is None:
                continue
            if row.ends_us < now_us - LATELY_US:
                self.put_off(row)
            else:
                yield row
        for _ in range(min(LATE_PER_TURN, len(self._late))):
            row = self.get(heapq.heappop(self._late)[1])
            if row is not None:
                yield row

    def wait_for(self, source: str, window: Window) -> bool:
        """The window has ended and the source has not reported up to its end. False where that was known."""
        wait = (source, window.window_id)
        if wait in self._waits:
            return False
        self._waits.add(wait)
        heapq.heappush(self._waiting.setdefault(source, []), (window.ends_us, window.window_id))
        return True

    def waited_for(self) -> list[str]:
        """The sources that some window waits for."""
        return list(self._waiting)

    def pop_reported(self, source: str, up_to_us: int) -> Iterator[Window]:
        """The windows that waited for the source and that a watermark at `up_to_us` proves."""
        heap = self._waiting.get(source, [])
        while heap and heap[0][0] <= up_to_us:
            window_id = heapq.heappop(heap)[1]
            self._waits.discard((source, window_id))
            row = self.get(window_id)
            if row is not None and row.state in ("open", "unproven"):
                yield row
        if not heap:
            self._waiting.pop(source, None)

    def _place(self, key: str, value: Window | None) -> None:
        was = self._rows.get(key)
        super()._place(key, value)
        if (was is None) == (value is None):
            return
        row = was or value
        assert row is not None
        lane, entry = row.lane, (row.opens_us, row.ends_us, key)
        if value is None:
            entries = self._lanes[lane]
            del entries[bisect_left(entries, entry)]
            if not entries:
                del self._lanes[lane]
                self._at_place[lane.place].discard(lane)
            return
        insort(self._lanes.setdefault(lane, []), entry)
        self._at_place.setdefault(lane.place, set()).add(lane)
        if value.state in ("open", "unproven"):
            self.look_at(value.ends_us, key)


class Scans(Rows[ScanKey, Scan]):
    """The scans of the last days, by what they have in common. `whole_since_us`: from then on all are in memory."""

    def __init__(self, journal: Journal) -> None:
        self._index: dict[tuple[str, str], list[tuple[int, ScanKey]]] = {}
        self.whole_since_us = -_EVER
        self.redo: dict[ScanKey, int] = {}
        """Scans whose flags could not be found, and when that is tried again."""
        super().__init__(journal)

    def at(self, place: str, from_us: int = -_EVER, until_us: int = _EVER) -> list[Scan]:
        """The scans at a place made in [from_us, until_us], in the order of their times."""
        return self._between(("place", place), from_us, until_us)

    def after(self, place: str, at_us: int) -> Iterator[Scan]:
        """The scans at a place made after `at_us`, one by one, in the order of their times."""
        found = self._index.get(("place", place), [])
        for at in range(bisect_left(found, (at_us + 1,)), len(found)):
            yield self._rows[found[at][1]]

    def near(self, kind: str, value: str, at_us: int, reach_us: int, most: int) -> list[ScanKey]:
        """The names of the scans of the same `kind` (person, source or tag) made within `reach_us` of `at_us`: `most` at most,
        the nearest."""
        found = self._index.get((kind, value), [])
        middle = bisect_left(found, (at_us,))
        low = max(bisect_left(found, (at_us - reach_us,)), middle - most // 2)
        high = min(bisect_left(found, (at_us + reach_us + 1,)), middle + most // 2)
        return [key for _, key in found[low:high]]

    def by_source(self, source: str, from_us: int, until_us: int) -> list[Scan]:
        """The scans that a source brought."""
        return self._between(("source", source), from_us, until_us)

    def _between(self, name: tuple[str, str], from_us: int, until_us: int) -> list[Scan]:
        found = self._index.get(name)
        if not found:
            return []
        low = bisect_left(found, (from_us,))
        return [self._rows[key] for _, key in found[low : bisect_left(found, (until_us + 1,))]]

    def _place(self, key: ScanKey, value: Scan | None) -> None:
        was = self._rows.get(key)
        super()._place(key, value)
        before = [] if was is None else _names(was)
        after = [] if value is None else _names(value)
        if was is not None and value is not None and before == after and was.at_us == value.at_us:
            return  # as a rule a scan changes by its flags alone
        for name in before:
            assert was is not None
            entries = self._index[name]
            del entries[bisect_left(entries, (was.at_us, key))]
            if not entries:
                del self._index[name]
        for name in after:
            assert value is not None
            insort(self._index.setdefault(name, []), (value.at_us, key))


def _names(scan: Scan) -> list[tuple[str, str]]:
    named = (("place", scan.place), ("person", scan.person), ("source", scan.source), ("tag", scan.tag))
    return [name for name in named if name[1]]
