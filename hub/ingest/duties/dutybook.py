"""Duties as one turn sees them: windows are planned, scans taken in, and what follows is found once, at the turn's end.

A window's change of state, its gap's incident and its tally are written with the scan or the watermark that brought it about.
"""

import logging
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from contract.clock import US_PER_S
from contract.envelope import Record
from contract.readings import CardRead, DeviceLink, TagScanned
from hub.detectors.types import Clear, Detector, Device, Event, Finding, Raise, Withdraw
from hub.duties.effect import Effect, WhyNone, effect_of
from hub.duties.flags import on_duty
from hub.duties.judging import (
    RECORDS_LOST,
    SOURCE_AWAY,
    Moment,
    Verdict,
    becomes,
    counts,
    evidence_of,
    fill,
    grace_ends_us,
    is_long,
    noted,
    settled,
    silence_ends_us,
    too_late_for,
    verdict,
    why_not,
)
from hub.duties.localtime import day_us, local_day
from hub.duties.lookup import PlanView
from hub.duties.restored import is_lost
from hub.duties.tallying import tallied, unvisited
from hub.duties.types import GAP, HUB_SOURCE, Duty, LaneKey, Route, Scan, ScanKey, Seen, Taken, Window
from hub.ingest.casebook import Casebook, DatabaseGone
from hub.ingest.duties.planning import Planner, view_of
from hub.ingest.duties.rows import HOUR_US, LATE_PER_TURN, LATELY_US
from hub.ingest.duties.scanning import MEMORY_US, Scanning, seen_of
from hub.ingest.gate import Poison
from hub.ingest.outcome import Outcome
from hub.ingest.ports import SiteBook
from hub.ingest.site import Site

SCANS = (TagScanned, CardRead, DeviceLink)
"""Readings that may be scans, or say whether a source can hear any."""
PLANNING_AGAIN_S = (1, 2, 5, 10, 30, 60)
"""After so long windows are made again where that has failed, once, twice…"""
AGAIN_US = 60_000_000
"""A lane that could not be judged, and a scan whose flags could not be found, is tried again after so long."""
_EVER_US = 2**62
_MAY_END = ("sources_silent", "did_not_count", "on_duty")
"""Facts of a gap that may be so no longer when it is raised again."""
_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class Times(NamedTuple):
    """The turn's moment, since when the hub has been able to hear its sources, and what counts as late."""

    now_us: int
    ready_us: int
    late_us: int


class Dutybook:
    """The duties of one turn."""

    def __init__(
        self,
        site: Site,
        outcome: Outcome,
        casebook: Casebook,
        scanning: Scanning,
        planner: Planner,
        book: SiteBook,
        *,
        times: Times,
        order_flush: Callable[[str], None],
        count: Counter[str],
    ) -> None:
        self._site = site
        self._outcome = outcome
        self._casebook = casebook
        self._scanning = scanning
        self._planner = planner
        self._book = book
        self._times = times
        self._order_flush = order_flush
        self._count = count
        self._that_count: dict[tuple[LaneKey, int], tuple[int, list[Scan]]] = {}

    def ask_for(self, stream: str, records: Sequence[Record | Poison]) -> None:
        """Look up at once which of the scans among them are known; each is then given to `take`."""
        named = [(one, one.reading) for one in records if isinstance(one, Record)]
        scans = [(one, reading) for one, reading in named if isinstance(reading, TagScanned)]
        self._scanning.ask_for(ScanKey(one.device, reading.scan or f"{stream}:{one.seq}") for one, reading in scans)

    def take(self, event: Event, offset_us: int) -> None:
        """A reading that may be a scan: a tag at a wand or a reader, or a card at a reader that a route names; or a source that
        is in reach again. `offset_us`: the agent's clock less the hub's."""
        row = self._planner.newest
        view = None if row is None else view_of(row.body)
        if isinstance(event.reading, DeviceLink):
            if view is not None and event.reading.up and event.device in view.sources and self._is_fixed(event.device):
                self._was_away(event.device, event.at_us)
            return
        seen = None if view is None else seen_of(event, offset_us, self._place_of(event.device, view))
        if seen is not None and (seen.tag or self._site.tags.ever(seen.person_tag.upper())):
            self._scanning.take(seen)  # a card that was never the staff's opened a door, and visited nothing

    def report(self, seen: Seen) -> tuple[Taken, Scan]:
        """What a phone, or somebody at the hub, reports."""
        return self._scanning.take(seen)

    def judge(self) -> None:
        """Everything that the turn's scans, watermarks and the clock change. To be called once, after all that came in."""
        self._make_windows()
        self._reflag()
        due: dict[LaneKey, set[str]] = {lane: set() for lane in self._scanning.touched}
        lately_us, late = self._times.now_us - LATELY_US, 0
        for window in self._site.windows.pop_due(self._times.now_us):
            due.setdefault(window.lane, set()).add(window.window_id)
        for source in self._site.windows.waited_for():
            for window in self._site.windows.pop_reported(source, self._reported_us(source)):
                late += window.ends_us < lately_us
                if late > LATE_PER_TURN and window.ends_us < lately_us:
                    self._site.windows.put_off(window)
                else:
                    due.setdefault(window.lane, set()).add(window.window_id)
        for lane, names in sorted(due.items()):
            if not self._guarded("lanes_failed", self._judge_lane, lane, names):
                self._site.windows.redo.add(lane)
                self._look_again(lane)

    def effect(self, scan: Scan) -> Effect:
        """What the scan does, once the turn is judged."""
        around = self._site.windows.around(scan.place, scan.at_us)
        if not around and scan.at_us < self._site.scans.whole_since_us:
            return Effect()  # its window may have left memory

        def why(window: Window) -> WhyNone | None:
            rules = self._rules_of(window)
            if rules is None:
                return "rules_gone"
            view = self._view(window)
            late = too_late_for(scan, window, view.limits.late_max_us)
            return "too_late" if late else why_not(scan, *rules, view.staff.get(scan.person))

        return effect_of(scan, around, why)

    def _was_away(self, source: str, until_us: int) -> None:
        """A fixed source is in reach again. Since it last told anything it may have been deaf: the windows of that time say so,
        and cannot be missed any more."""
        since_us = self._reported_us(source)
        for window in self._site.windows.overlapping(since_us, until_us):
            rules = self._rules_of(window)
            long = is_long(window, since_us, until_us)
            if rules is not None and long and source in rules[1].sources and window.state in ("open", "unproven"):
                self._site.windows.put(window.window_id, replace(window, note=noted(window.note, SOURCE_AWAY)))
                self._count["windows_away"] += 1

    def _is_lost(self, window: Window, route: Route) -> bool:
        """Whether evidence of people, who report it once, may be lost with the hub's database."""
        sources = (source for source in route.sources if source == HUB_SOURCE or self._kind_of(source) == "phone")
        return bool(self._site.restores) and is_lost(window, sources, self._site.restores)

    def _kind_of(self, source: str) -> str | None:
        device = self._book.detector_device(source)
        return None if device is None else device.kind

    def _is_fixed(self, source: str) -> bool:
        """Whether the source is fastened to its place, and remembers nothing. What people carry keeps what it has heard."""
        return self._kind_of(source) not in (None, "wand", "phone")

    def _place_of(self, device_id: str, view: PlanView) -> str | None:
        """Where a device of the routes stands; None for one that no route names."""
        device = self._book.detector_device(device_id) if device_id in view.sources else None
        return None if device is None else device.place

    def _make_windows(self) -> None:
        """Where that fails, it is tried again after a while: else each turn would be the next one's cause."""
        site, now_us = self._site, self._times.now_us
        if now_us < site.planning_again_us:
            return
        if self._guarded("duties_failed", lambda: self._scanning.windows_made(self._planner.keep_up())):
            site.planning_failures = 0
        else:
            again_s = PLANNING_AGAIN_S[min(site.planning_failures, len(PLANNING_AGAIN_S) - 1)]
            site.planning_failures, site.planning_again_us = site.planning_failures + 1, now_us + again_s * US_PER_S

    def _reflag(self) -> None:
        """What is odd about the turn's scans. One that trips over a bug of ours keeps its neighbours alone from their flags, and
        is tried again later with them: without its flags it counts for what it should not."""
        if self._guarded("duties_failed", self._scanning.reflag, self._scanning.unflagged()):
            return
        for key in self._scanning.unflagged():
            if self._guarded("flags_failed", self._scanning.reflag, [key]):
                continue
            scan = self._scanning.try_again(key, self._times.now_us + AGAIN_US)
            for lane in self._site.windows.lanes_at(scan.place if scan is not None else ""):
                self._look_again(lane)

    def _look_again(self, lane: LaneKey) -> None:
        for window in self._site.windows.lane(lane)[:1]:
            self._site.windows.look_at(self._times.now_us + AGAIN_US, window.window_id)

    def _guarded(self, counter: str, what: Callable[..., None], *arguments: Any) -> bool:
        """A bug in judging one lane, or one scan, is its own: it is undone, and all others go on. Returns whether it
        went well."""
        saved = self._site.journal.savepoint()
        try:
            what(*arguments)
        except DatabaseGone:
            raise
        except Exception:
            self._site.journal.rollback(saved)
            self._count[counter] += 1
            self._site.failed_us = self._times.now_us
            _log.exception(counter, extra={"about": [str(one) for one in arguments]})
            return False
        return True

    def _judge_lane(self, lane: LaneKey, due: Collection[str]) -> None:
        """The windows that the lane's new scans may fill, and those that are `due`: what time alone brings about changes nothing
        for their neighbours. All of them, where what was found before may not stand."""
        since_us = self._scanning.touched.get(lane, _EVER_US)
        named = [window for name in due if (window := self._site.windows.get(name)) is not None]
        named.sort(key=lambda one: (one.opens_us, one.ends_us, one.window_id))
        redo = lane in self._site.windows.redo
        if redo or any(self._may_be_filled(window, since_us) for window in named):
            since_us = -_EVER_US
        if since_us < _EVER_US:
            self._judge_since(lane, since_us, named, all_due=redo)
        else:
            for window in named:
                if window.evidence is None:
                    self._judge(window, None)
        self._site.windows.redo.discard(lane)
        if lane in self._scanning.touched:
            self._note_unvisited(lane, self._scanning.touched[lane])

    def _may_be_filled(self, window: Window, since_us: int) -> bool:
        """Whether a scan made before then may fill it: one that was there when it was made, or before it was put off."""
        scans = self._site.scans.at(window.place, window.opens_us, min(window.ends_us, since_us - 1))
        return window.evidence is None and any(self._fills(scan, window) for scan in scans)

    def _judge_since(self, lane: LaneKey, since_us: int, named: Sequence[Window], *, all_due: bool) -> None:
        """Find anew what the scans made at `since_us` or later fill: scans fill windows in the order of their times, so that what
        earlier ones have filled stands. Nothing new can be said of a window that has no evidence and had none, unless it is
        due."""
        whole_us, is_superseded = self._site.scans.whole_since_us, self._site.plans.is_superseded
        windows = [window for window in self._site.windows.lane(lane) if not is_superseded(window)]
        stand = {window.evidence: window for window in settled(windows, whole_us, self._evidence_holds)}
        due = {window.window_id for window in named}
        for window in windows:
            if window.evidence is not None and window.opens_us < since_us and self._filled_before(window, since_us):
                stand[window.evidence] = window
        free = [window for window in windows if stand.get(window.evidence) is not window]
        scans = self._scans_at(lane.place, max(whole_us, since_us))
        if stand:
            scans = [scan for scan in scans if evidence_of(scan) not in stand]
        filled = fill([window for window in free if window.ends_us >= since_us], scans, self._fills)
        for window in free:
            scan = filled.get(window.window_id)
            if window.opens_us > self._times.now_us and scan is None and window.state == "open":
                break
            if all_due or window.window_id in due or scan is not None or window.evidence is not None:
                self._judge(window, scan)
            elif window.state == "missed" and "visited_late" not in window.note:
                self._visited_late(window, since_us)

    def _filled_before(self, window: Window, since_us: int) -> bool:
        """Whether a scan made before then fills it. What is new or counts otherwise was made later."""
        source, _, key = (window.evidence or "").partition("|")
        scan = self._site.scans.get(ScanKey(source, key))
        return scan is not None and scan.at_us < since_us

    def _evidence_holds(self, window: Window) -> bool:
        """What has left memory holds: nothing that is found out so late changes a verdict."""
        source, _, key = (window.evidence or "").partition("|")
        scan = self._site.scans.get(ScanKey(source, key))
        return scan is None or self._fills(scan, window)

    def _scans_at(self, place: str, since_us: int) -> list[Scan]:
        """The scans that may fill a window: those made since then, and what the turn has brought that is older than memory, made
        in a window so long that it may still be filled. Older ones that came before have filled what they could."""
        new = (self._site.scans.get(key) for key in self._scanning.older)
        older = [scan for scan in new if scan is not None and scan.place == place]
        return [*sorted(older, key=lambda scan: (scan.at_us, scan.id)), *self._site.scans.at(place, since_us)]

    def _judge(self, window: Window, scan: Scan | None) -> None:
        rules, evidence = self._rules_of(window), None if scan is None else evidence_of(scan)
        if (
            rules is None
            or self._site.plans.is_superseded(window)
            or (evidence is not None and evidence == window.evidence and window.state in ("kept", "withdrawn"))
        ):
            return
        now_us = self._times.now_us
        silent = [source for source in rules[1].sources if self._reported_us(source) < window.ends_us]
        reported_us = min(map(self._reported_us, rules[1].sources), default=_EVER_US)
        moment = Moment(now_us, self._times.ready_us, self._view(window).limits.late_max_us)
        found = verdict(window, scan is not None, reported_us, moment, fixed_silent=any(map(self._is_fixed, silent)))
        if found.state == "missed" and window.state != "missed" and self._is_lost(window, rules[1]):
            window, found = replace(window, note=noted(window.note, RECORDS_LOST)), Verdict("unproven", "records_lost")
            self._site.windows.put(window.window_id, window)
        state = becomes(window.state, found)
        if found.reason == "waiting" or state == "unproven":
            self._wait(window, silent, asks=found.reason == "waiting")
        if (state, evidence) != (window.state, window.evidence):
            note = noted(window.note, "source_silent") if found.reason == "source_silent_too_long" else window.note
            if window.state == "open" and state in ("missed", "unproven") and self._times.ready_us > window.ends_us:
                note = noted(note, "detected_late")
            if state in ("missed", "unproven") and self._came_early(window, rules[0]):
                note = noted(note, "early")
            new = replace(window, state=state, evidence=evidence, settled_us=now_us, note=note)
            new = replace(new, person=self._person(new, scan))
            if state in ("missed", "unproven") and window.gap_us is None:
                new = replace(new, gap_us=now_us)
            self._settle(window, new, scan, rules, silent)
            window = new
        if window.state == "missed" and "visited_late" not in window.note:
            self._visited_late(window, window.ends_us)

    def _wait(self, window: Window, silent: Iterable[str], *, asks: bool) -> None:
        """Be told when the sources have reported, and look again when their time is over."""
        news = [source for source in silent if self._site.windows.wait_for(source, window)]
        if asks:  # each time: the hub may be ready later than it was when the window was looked at last
            self._site.windows.look_at(grace_ends_us(window, self._times.ready_us), window.window_id)
        else:  # each time, too: what was asked for after a restart is known by now, and its time is still to be waited for
            over_us = silence_ends_us(window, self._view(window).limits.late_max_us)
            if over_us > self._times.now_us:
                self._site.windows.look_at(over_us, window.window_id)
        for source in news if asks else ():
            self._order_flush(source)

    def _settle(self, was: Window, new: Window, scan: Scan | None, rules: tuple[Duty, Route], silent: Sequence[str]) -> None:
        """The window's row, its tally, its gap's incident, and the change log."""
        self._site.windows.put(new.window_id, new)
        if new.state == "open":
            self._site.windows.look_at(new.ends_us, new.window_id)
        zone = self._view(new).zone
        for one in (*tallied(was, -1, zone), *tallied(new, 1, zone)):
            self._outcome.add(self._outcome.tallies, one)
        if was.state != new.state:
            self._count[f"windows_{new.state}"] += 1
            finding = self._finding(was, new, scan, rules, silent)
            if finding is not None:
                self._tell(new, rules[0], finding, known_new=was.gap_us is None)
        body = {**msgspec.to_builtins(new), "clause": rules[0].clause}
        self._casebook.change(new.settled_us or new.ends_us, "duty", new.window_id, new.state, _encode(body))

    def _finding(
        self, was: Window, new: Window, scan: Scan | None, rules: tuple[Duty, Route], silent: Sequence[str]
    ) -> Finding | None:
        if new.state in ("missed", "unproven"):
            facts = self._facts(new, rules, silent, raised=was.gap_us is not None)
            late = self._times.now_us - new.ends_us > self._times.late_us  # a gap that was raised in time stays in time
            again = was.state == "withdrawn"
            return Raise(new.window_id, new.ends_us, facts, proven=new.state == "missed", late=late, again=again)
        if new.state == "withdrawn" and scan is not None and was.state in ("missed", "unproven"):
            return Withdraw(new.window_id, scan.at_us, "evidence_made_in_time")
        return None

    def _facts(self, window: Window, rules: tuple[Duty, Route], silent: Sequence[str], *, raised: bool) -> dict[str, Any]:
        """What people are shown of a gap; empty facts are left out. `raised`: it was shown before."""
        duty, route = rules
        odd = self._site.scans.at(window.place, window.opens_us, window.ends_us)
        facts = {
            "duty": duty.duty,
            "duty_zh": duty.zh,
            "duty_en": duty.en,
            "route": route.id,
            "opens_us": window.opens_us,
            "due_us": window.due_us,
            "on_duty": window.person.split(),
            "cameras": list(self._book.cameras_at(window.place)),
            "sources_silent": sorted(silent),
            "did_not_count": sorted({flag for scan in odd for flag in scan.flags}),
            "note": window.note,
        }
        # A case's facts are merged: what a gap that was raised before said, and what is so no longer, has to be taken back.
        ended = _MAY_END if raised else ()
        return {name: value for name, value in facts.items() if value not in ([], "") or name in ended}

    def _visited_late(self, window: Window, since_us: int) -> None:
        """Somebody was there after all, after the end: the gap stays, and its condition is over. Scans made before `since_us`
        were looked at before."""
        rules, scan = self._rules_of(window), self._first_that_counts(window, max(since_us, window.ends_us + 1))
        if rules is not None and scan is not None:
            new = replace(window, note=noted(window.note, "visited_late"))
            self._site.windows.put(new.window_id, new)
            self._tell(new, rules[0], Clear(new.window_id, scan.at_us))

    def _first_that_counts(self, window: Window, from_us: int) -> Scan | None:
        """The first scan made at `from_us` or later that counts for windows such as this. Each scan is looked at once in a turn,
        however many windows ask."""
        alike = (window.lane, window.plan_no)
        looked_us, found = self._that_count.get(alike, (_EVER_US, []))
        if from_us < looked_us:
            found = [scan for scan in self._site.scans.at(window.place, from_us) if self._counts(scan, window)]
            self._that_count[alike] = (from_us, found)
        at = bisect_left(found, from_us, key=_made_us)
        return found[at] if at < len(found) else None

    def _tell(self, window: Window, duty: Duty, finding: Finding, *, known_new: bool = False) -> None:
        detector = Detector(GAP, duty.clause, duty.priority, (), None, _never)
        device = Device(window.place, "other", window.place, "", window.place, {})
        subject = f"{window.duty}/{window.route}/{window.place}"
        self._casebook.apply(detector, subject, device, finding, self._times.now_us, known_new=known_new)

    def _person(self, window: Window, scan: Scan | None) -> str:
        if scan is not None:
            return scan.person
        return " ".join(on_duty(self._site.roster.on_day_of(window.due_us), window.route, window.due_us))

    def _note_unvisited(self, lane: LaneKey, since_us: int) -> None:
        """The longest times unvisited of the days that scans made at `since_us` or later may have changed."""
        windows = self._site.windows.lane(lane)
        rules = self._rules_of(windows[-1]) if windows else None
        if rules is None or rules[0].evidence != "scan":
            return
        view, duty = self._view(windows[-1]), rules[0]
        routes = [route for route in view.plan.routes if route.duty == duty.duty and lane.place in route.places]
        visits: list[int] = []
        void: list[int] = []
        begins_us = day_us(view.zone, local_day(view.zone, max(since_us, 0)))
        for scan in reversed(self._site.scans.at(lane.place)):  # of all its routes: the place is visited, whoever walks by
            person = view.staff.get(scan.person)
            visited = any(counts(scan, duty, route, person) for route in routes)
            if visited:
                visits.append(scan.at_us)
            elif scan.at_us >= begins_us:
                void.append(scan.at_us)
            if visited and scan.at_us < begins_us:
                break  # of the days before nothing has changed
        visits.reverse()
        whole_us = self._times.now_us - MEMORY_US + HOUR_US  # of the days up to then some visits have left memory
        for one in unvisited(lane, visits, view.zone, after_us=whole_us, void=void):
            self._outcome.add(self._outcome.unvisited, one)

    def _came_early(self, window: Window, duty: Duty) -> bool:
        """Whether somebody was there shortly before the window opened: that keeps nothing, and is worth knowing."""
        from_us = window.opens_us - int(duty.early_s * US_PER_S)
        return any(self._counts(scan, window) for scan in self._site.scans.at(window.place, from_us, window.opens_us - 1))

    def _counts(self, scan: Scan, window: Window) -> bool:
        rules = self._rules_of(window)
        return rules is not None and counts(scan, *rules, self._view(window).staff.get(scan.person))

    def _fills(self, scan: Scan, window: Window) -> bool:
        """Whether it counts and came in time to fill the window. A visit after the end is one however much later it was."""
        return self._counts(scan, window) and not too_late_for(scan, window, self._view(window).limits.late_max_us)

    def _rules_of(self, window: Window) -> tuple[Duty, Route] | None:
        row = self._site.plans.get(window.plan_no)
        view = None if row is None else view_of(row.body)
        return None if view is None else view.rules_of(window)

    def _view(self, window: Window) -> PlanView:
        row = self._site.plans.get(window.plan_no)
        assert row is not None, f"the plan {window.plan_no} of {window.window_id} is not there"
        view = view_of(row.body)
        assert view is not None, "windows of a plan that cannot be read are not judged"
        return view

    def _reported_us(self, source: str) -> int:
        if source == HUB_SOURCE:
            return _EVER_US
        carried_us = self._site.phones.streams.reported_us(source, self._times.now_us, _EVER_US)
        return self._site.watermarks.get(source) or -1 if carried_us is None else carried_us


def _made_us(scan: Scan) -> int:
    return scan.at_us


def _never(*_: object) -> None:
    """A gap is no detector's: nothing is stepped."""
