"""What stands above single cases: floods, silences, sources that chatter, maintenance windows. As one turn sees them."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

import msgspec

from contract.clock import US_PER_S
from hub.cases import chatter, flood
from hub.cases.alarms import ALWAYS_HEARD, FIRE, NEVER_MERGED, AlarmRule, calls, sounds
from hub.cases.chatter import Source
from hub.cases.engine import Birth
from hub.cases.flood import Flood, Group
from hub.cases.limits import Numbers, number
from hub.cases.maintenance import Maintenance, holds, refusal
from hub.cases.types import Case, Refusal
from hub.cases.workflow import LIVE
from hub.detectors.types import Device, Raise
from hub.ingest.outcome import FloodRow, Outcome
from hub.ingest.ports import MaintenanceAct, MaintenanceEnd, SilenceAct, SiteBook
from hub.ingest.site import ALARM_OWNER, CaseKey, Deadline, DeadlineKey, Silence, Site
from hub.refusals import refusal_text

_encode = msgspec.json.Encoder().encode
SILENCE, FLOOD, SOURCE = "silence", "flood", "source:"
SOURCES_MAX = 4_096
"""Over so many remembered sources, those that do not matter any more are forgotten, at the next that comes."""
_THE_FLOOD = (FLOOD, "")
_FLOOD_KEY = DeadlineKey(ALARM_OWNER, FLOOD)


class Changes(Protocol):
    """Appends to the change log."""

    def __call__(self, at_us: int, topic: str, key: str, act: str, body: bytes) -> None:
        """See Casebook.change."""
        ...


class Found(NamedTuple):
    """What a raise is about: the detector's name, its subject, the device, the place."""

    detector: str
    subject: str
    device: Device
    place: str


class Alarmbook:
    """`policy` and `book` are the site's; `change` appends to the change log."""

    def __init__(self, site: Site, outcome: Outcome, *, policy: Numbers, book: SiteBook, change: Changes) -> None:
        self._site, self._outcome, self._policy, self._book, self._change = site, outcome, policy, book, change

    # Sources

    def chattering(self, key: CaseKey) -> Case | None:
        """The chattering case that the episode was merged into, or whose own it is."""
        source = self._source(key.detector, key.subject)
        if source is None or key.episode not in source.episodes:
            return None
        return self._site.cases.get(source.case_no)

    def is_current(self, key: CaseKey, case: Case) -> bool:
        """Whether the episode is the present one of its case: the last that was merged, or its own where none was."""
        source = self._source(key.detector, key.subject)
        if source is None or source.case_no != case.case_no or not source.episodes:
            return True
        return source.episodes[-1] == key.episode

    def has_merged(self, case: Case) -> bool:
        """Whether other episodes than its own are in the case."""
        source = self._source(case.detector, case.subject)
        return source is not None and source.case_no == case.case_no and bool(source.episodes)

    def note_return(self, case: Case, at_us: int) -> None:
        """The source of the case has returned to normal."""
        if case.detector in NEVER_MERGED or case.sound == FIRE:
            return
        self._make_room(at_us)
        source = self._source(case.detector, case.subject)
        self._put_source(case.detector, case.subject, chatter.returned(source, at_us, self._policy))

    def joins(self, found: Found, finding: Raise) -> tuple[Case, int] | None:
        """The live case that a new episode of a chattering source belongs to, and how often it has come back then. One that is
        not proven has a case of its own: it may yet turn out not to have been so."""
        source = self._source(found.detector, found.subject)
        if found.detector in NEVER_MERGED or source is None or not finding.proven:
            return None
        if not chatter.comebacks(source, finding.at_us, self._policy):
            return None
        case = self._site.cases.get(source.case_no)
        if case is None or case.state not in LIVE or not case.comebacks:
            return None
        self._put_source(found.detector, found.subject, chatter.merged(source, finding.episode))
        return case, case.comebacks + 1

    def birth(self, found: Found, finding: Raise, case_no: int, now_us: int) -> Birth:
        """In what state a new case is born. It is held back, shelved with its source, or open."""
        rule = self.rule_of(found)
        if found.detector in ALWAYS_HEARD or rule.sound == FIRE:
            return Birth()
        source = self._source(found.detector, found.subject)
        comebacks = (
            chatter.comebacks(source, finding.at_us, self._policy) if finding.proven and found.detector not in NEVER_MERGED else 0
        )
        shelf = None if source is None else self._site.cases.get(source.shelved_no)
        if shelf is not None and shelf.state != "shelved":
            shelf = None
        window = self._holding(found, rule, now_us)
        if window is not None:
            self._site.maintenance.put(window.window_id, msgspec.structs.replace(window, held=window.held + 1))
            shelf = None
        if source is not None and (comebacks or shelf is not None):
            fields: dict[str, Any] = {"case_no": case_no, "episodes": ()} if comebacks else {}
            fields |= {"shelved_no": case_no} if shelf is not None else {}
            self._put_source(found.detector, found.subject, msgspec.structs.replace(source, **fields))
        return Birth("" if window is None else window.window_id, shelf, comebacks)

    def rule_of(self, found: Found) -> AlarmRule:
        """What the policy says of it there."""
        return self._policy.alarm_of(found.detector, self._book.class_of(found.place))

    def note_shelved(self, case: Case) -> None:
        """Somebody has shelved the case: what its source brings next is shelved with it."""
        source = self._source(case.detector, case.subject) or Source()
        self._put_source(case.detector, case.subject, msgspec.structs.replace(source, shelved_no=case.case_no))

    # Floods and silences

    def before_note(self, was: Case | None, case: Case, at_us: int) -> Case:
        """A case is about to change. Where it begins to call, it is one more alarm, a flood may begin with it, and it knows of
        the flood; a new P1 breaks every silence."""
        began = calls(case) and not (was is not None and calls(was))
        if began:
            case = msgspec.structs.replace(case, flood=self._one_more(case, at_us))
        newly_p1 = began or (was is not None and was.priority > 1)
        if case.priority == 1 and newly_p1 and sounds(case):
            self._break_silences(at_us, case.case_no)
        return case

    def silence(self, asked: SilenceAct, now_us: int) -> Silence | Refusal:
        """The sound alone, at one post or everywhere."""
        live = (self._site.cases.get(number_) for number_ in self._site.cases)
        if not any(case is not None and sounds(case) for case in live):
            return _refused("nothing_sounds")
        until_us = now_us + int(number(self._policy, "CMD-2", "silence_s") * US_PER_S)
        silence = Silence(asked.post, asked.actor, now_us, until_us)
        self._site.alarms.put((SILENCE, asked.post), silence)
        self._site.deadlines.put(DeadlineKey(ALARM_OWNER, f"{SILENCE}/{asked.post}"), Deadline(until_us, None))
        self._change(now_us, SILENCE, asked.post, "silenced", _encode(silence))
        return silence

    def _one_more(self, case: Case, at_us: int) -> bool:
        """Whether a flood lasts, with this alarm."""
        limit = flood.limits(self._policy)
        was = self._flood()
        around = self._book.places_around(case.place)
        zone = around[1] if len(around) > 1 else case.place
        new = flood.new_alarm(was, Group(case.detector, zone, case.case_no, at_us), limit)
        self._site.alarms.put(_THE_FLOOD, new)
        if new.lasts:
            due_us = flood.ends_us(new, limit)
            self._site.deadlines.put(_FLOOD_KEY, None if due_us is None else Deadline(due_us, None))
            self._note_flood(new, None)
            if not was.lasts:
                self._change(at_us, FLOOD, str(new.flood_no), "began", _flood_body(new, None))
        return new.lasts

    def _flood(self) -> Flood:
        found = self._site.alarms.get(_THE_FLOOD)
        return found if isinstance(found, Flood) else Flood()

    def _note_flood(self, lasting: Flood, ended_us: int | None) -> None:
        row = FloodRow(self._outcome.site, lasting.flood_no, lasting.began_us, ended_us, lasting.count, lasting.groups)
        self._outcome.put(self._outcome.floods, lasting.flood_no, row)

    def _end_flood(self, due_us: int) -> None:
        was = self._flood()
        if not was.lasts:
            return
        self._note_flood(was, due_us)
        self._site.alarms.put(_THE_FLOOD, flood.over(was))
        self._change(due_us, FLOOD, str(was.flood_no), "ended", _flood_body(was, due_us))

    def _break_silences(self, at_us: int, case_no: int) -> None:
        for key, silence in list(self._silences()):
            self._site.alarms.put(key, None)
            self._site.deadlines.put(DeadlineKey(ALARM_OWNER, f"{SILENCE}/{silence.post}"), None)
            body = _encode({"post": silence.post, "by_case": case_no, "at_us": at_us})
            self._change(at_us, SILENCE, silence.post, "broken", body)

    def _silences(self) -> Iterator[tuple[tuple[str, str], Silence]]:
        for key in list(self._site.alarms):
            row = self._site.alarms.get(key)
            if isinstance(row, Silence):
                yield key, row

    # Maintenance windows

    def begin_maintenance(self, asked: MaintenanceAct, window_id: str, now_us: int) -> Maintenance | Refusal:
        """A window is made."""
        window = Maintenance(
            window_id,
            asked.place,
            asked.device,
            asked.detector,
            now_us if asked.from_us is None else asked.from_us,
            asked.until_us,
            asked.reason,
            asked.actor,
            now_us,
        )
        not_over = sum(1 for _ in self._windows())
        wrong = refusal(window, not_over, self._policy, now_us) or self._unknown_scope(window)
        if wrong is not None:
            return wrong
        self._site.maintenance.put(window_id, window)
        self._site.deadlines.put(DeadlineKey(ALARM_OWNER, f"maintenance/{window_id}"), Deadline(window.until_us, None))
        self._change(now_us, "maintenance", window_id, "set", _encode(window))
        return window

    def ending(self, asked: MaintenanceEnd) -> Maintenance | Refusal:
        """The window that somebody ends early, or why it cannot be ended."""
        window = self._site.maintenance.get(asked.window_id)
        if window is None:
            return _refused("unknown_maintenance")
        return _refused("maintenance_over") if window.ended_us is not None else window

    def end_maintenance(self, window_id: str, at_us: int, release: Callable[[Case, int], bool], actor: str) -> Maintenance | None:
        """The window is over: `release` is called for each case that it held back, and tells whether the case calls now."""
        self._site.deadlines.put(DeadlineKey(ALARM_OWNER, f"maintenance/{window_id}"), None)
        window = self._site.maintenance.get(window_id)
        if window is None or window.ended_us is not None:
            return None
        held = [case for no in list(self._site.cases) if (case := self._site.cases.get(no)) is not None]
        mine = sorted(
            (case for case in held if case.state == "held" and case.held_by == window_id), key=lambda case: case.case_no
        )
        count = sum(1 for case in mine if release(case, at_us))
        ended = msgspec.structs.replace(window, ended_us=at_us, released=count)
        self._site.maintenance.put(window_id, ended)
        self._change(at_us, "maintenance", window_id, "ended", _encode({"by": actor, **msgspec.structs.asdict(ended)}))
        return ended

    def expire(self, subject: str, due_us: int, release: Callable[[Case, int], bool]) -> None:
        """A deadline of these was reached."""
        self._site.deadlines.put(DeadlineKey(ALARM_OWNER, subject), None)
        what, _, name = subject.partition("/")
        if what == FLOOD:
            self._end_flood(due_us)
        elif what == SILENCE:
            self._end_silence(name, due_us)
        else:
            self.end_maintenance(name, due_us, release, "hub")

    def _end_silence(self, post: str, due_us: int) -> None:
        if self._site.alarms.get((SILENCE, post)) is not None:
            self._site.alarms.put((SILENCE, post), None)
            self._change(due_us, SILENCE, post, "ended", _encode({"post": post, "at_us": due_us}))

    def _holding(self, found: Found, rule: AlarmRule, now_us: int) -> Maintenance | None:
        around = self._book.places_around(found.place) or (found.place,)
        fits = (one for one in self._windows() if holds(one, found.detector, found.device.id, around, rule, now_us))
        return max(fits, key=lambda one: (one.until_us, one.window_id), default=None)

    def _windows(self) -> Iterator[Maintenance]:
        for name in self._site.maintenance:
            row = self._site.maintenance.get(name)
            if row is not None and row.ended_us is None:
                yield row

    def _unknown_scope(self, window: Maintenance) -> Refusal | None:
        if window.place and window.place not in self._book.places:
            return _refused("unknown_scope", what="place", name=window.place)
        if window.device and self._book.detector_device(window.device) is None:
            return _refused("unknown_scope", what="device", name=window.device)
        return None

    # Rows

    def _source(self, detector: str, subject: str) -> Source | None:
        found = self._site.alarms.get((SOURCE + detector, subject))
        return found if isinstance(found, Source) else None

    def _put_source(self, detector: str, subject: str, source: Source) -> None:
        self._site.alarms.put((SOURCE + detector, subject), source)

    def _make_room(self, now_us: int) -> None:
        """Sources are few hundred as a rule. What a chattering or a shelved case needs stays."""
        if len(self._site.alarms) < SOURCES_MAX:
            return
        for key in list(self._site.alarms):
            row = self._site.alarms.get(key)
            if isinstance(row, Source) and chatter.is_stale(row, now_us, self._policy):
                needed = (self._site.cases.get(row.case_no), self._site.cases.get(row.shelved_no))
                if not any(case is not None and case.state in LIVE for case in needed):
                    self._site.alarms.put(key, None)


def _flood_body(lasting: Flood, ended_us: int | None) -> bytes:
    return _encode(
        {
            "flood_no": lasting.flood_no,
            "began_us": lasting.began_us,
            "ended_us": ended_us,
            "count": lasting.count,
            "groups": lasting.groups,
        }
    )


def _refused(reason: str, **words: object) -> Refusal:
    return Refusal(reason, refusal_text(reason, **words))
