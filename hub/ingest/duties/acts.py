"""What people and phones bring about: reports, shifts, occasions. Each is answered after the commit."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec

from contract.readings import GuardSign, PanicPressed, Reading
from hub.cases.types import Refusal
from hub.desk.asks import DeskAsk
from hub.duties.effect import Effect
from hub.duties.phonetime import Boot
from hub.duties.types import Scan, ScanKey, Seen
from hub.ingest.casebook import Casebook
from hub.ingest.duties.planning import Planner
from hub.ingest.duties.roster import key_of
from hub.ingest.duties.scanning import Scanning
from hub.ingest.ports import Item, OccasionAct, Report, RosterAct, TakenItem
from hub.ingest.site import Site

DutyAsk = Report | RosterAct | OccasionAct | DeskAsk
ITEMS_MAX = 500
"""In one report."""
_encode = msgspec.json.Encoder().encode


class Heard(NamedTuple):
    """What a turn does with what was reported: have it stored and stepped as an event of the source, move its watermark, and
    remember its boot."""

    event: Callable[[str, Reading, int], None]
    advance: Callable[[str, int], None]
    boot: Callable[[str, Boot], None]


class _Told(NamedTuple):
    """A scan that an item is kept as, and whether it is evidence: a sign of life keeps no window, and need not say why."""

    key: ScanKey
    evidence: bool


class DutyActs:
    """The acts of one turn."""

    def __init__(
        self,
        site: Site,
        casebook: Casebook,
        scanning: Scanning,
        planner: Planner,
        heard: Heard,
        effect: Callable[[Scan], Effect],
        desk: Callable[[DeskAsk, "DutyActs"], Any],
        *,
        now_us: int,
        count: Counter[str],
    ) -> None:
        self._site = site
        self._casebook = casebook
        self._scanning = scanning
        self._desk = desk
        self._planner = planner
        self._heard = heard
        self._effect = effect
        self._now_us = now_us
        self._count = count
        self._told: list[tuple[list[TakenItem], list[_Told]]] = []

    def answer(self, asked: DutyAsk) -> Any:
        """See each kind of Ask. What a report's scans do, and which flags others give them, is not known until `complete`."""
        if isinstance(asked, Report):
            return self.report(asked)
        if isinstance(asked, RosterAct | OccasionAct):
            return self._shift(asked) if isinstance(asked, RosterAct) else self._occasion(asked)
        return self._desk(asked, self)

    def complete(self) -> None:
        """Put what the whole turn has shown to be odd, and what each scan does, into the answers that were given in it."""
        for answers, told in self._told:
            for at, one in enumerate(told):
                scan = self._site.scans.get(one.key)  # one that is older than memory has the flags it had
                if scan is not None:
                    effect = self._effect(scan) if one.evidence else Effect()
                    answers[at] = answers[at]._replace(flags=scan.flags, effect=effect)

    def expect(self, source: str, keys: Iterable[str]) -> None:
        """These will be reported one by one: look up at once which of them are known."""
        self._scanning.ask_for(ScanKey(source, key) for key in keys)

    def report(self, report: Report) -> list[TakenItem]:
        """Take in what a source reports at once; see Report."""
        self._scanning.ask_for(ScanKey(report.source, item.key) for item in report.items)
        taken = [self._item(report.source, item) for item in report.items]
        answers = [answer for answer, _ in taken]
        self._told.append((answers, [told for _, told in taken]))
        if report.boot is not None:
            self._heard.boot(report.source, report.boot)
        if report.up_to_us is not None:
            up_to_us, was_us = min(report.up_to_us, self._now_us), self._site.watermarks.get(report.source)
            if report.read is not None and (was_us is None or up_to_us > was_us):
                self._heard.event(report.source, report.read, up_to_us)
            self._heard.advance(report.source, up_to_us)
        return answers

    def _item(self, source: str, item: Item) -> tuple[TakenItem, _Told]:
        """A scan is kept as one; anything else is kept beside them, so that it too is known when it comes again."""
        seen = item.seen or Seen(source, item.key, item.at_us, "hand", fields={"reading": msgspec.to_builtins(item.reading)})
        taken, scan = self._scanning.take(seen)
        if taken != "duplicate":  # a call for help under a name that was used before is a call for help
            self._heard.event(source, self._event_of(item, scan), scan.at_us)
        return TakenItem(taken, scan.flags), _Told(scan.id, item.reading is None)

    def _event_of(self, item: Item, scan: Scan) -> Reading:
        """A scan is a sign of life; a call for help comes from where the source was last, unless it says so itself."""
        reading = item.reading
        if item.told is not None:
            return item.told
        if reading is None:
            return GuardSign(moved=True, answered=True, place=scan.place)
        if isinstance(reading, PanicPressed | GuardSign) and not reading.place:
            return msgspec.structs.replace(reading, place=self._scanning.last_place(scan.source, scan.at_us))
        return reading

    def _shift(self, asked: RosterAct) -> bool | Refusal:
        shift = asked.shift
        key = key_of(shift)
        was = self._site.roster.get(key)
        if asked.remove and was is None:
            return False
        refusal = None if asked.remove else self._site.roster.refusal(shift, self._now_us)
        if refusal is not None:
            self._count["shifts_refused"] += 1
            return refusal
        self._site.roster.put(key, None if asked.remove else shift)
        for one in (was, shift):
            if one is not None:
                self._scanning.roster_changed(one)
        self._tell("roster", "/".join((shift.person, shift.route or "*", str(shift.from_us))), asked.actor, shift, asked.remove)
        return True

    def _occasion(self, asked: OccasionAct) -> int | None:
        occasion = asked.occasion
        was = self._site.occasions.get(occasion.occasion)
        if asked.remove and was is None:
            return None
        others = [one for key in self._site.occasions if key != occasion.occasion and (one := self._site.occasions.get(key))]
        changed = self._planner.occasions_change(others if asked.remove else [*others, occasion])
        self._site.occasions.put(occasion.occasion, None if asked.remove else occasion)
        self._tell("occasion", occasion.occasion, asked.actor, was or occasion, asked.remove)
        return changed

    def _tell(self, topic: str, key: str, actor: str, thing: msgspec.Struct, removed: bool) -> None:
        body = _encode({**msgspec.to_builtins(thing), "actor": actor})
        self._casebook.change(self._now_us, topic, key, "removed" if removed else "set", body)
        self._count[f"{topic}_acts"] += 1
