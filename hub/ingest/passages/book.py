"""Gates as one turn sees them: passages, openings with what explains them, who is in, the watch list, and what is told live."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from contract.plates import canonical
from contract.readings import (
    AccessDecided,
    ArmState,
    BarrierState,
    BeamState,
    CommandDone,
    DeviceLink,
    DoorContact,
    ExitRequested,
    FireInput,
    LoopState,
    PlateRead,
    Reading,
)
from hub.cases.types import Refusal
from hub.detectors.gates import gates_of
from hub.detectors.types import Detector, Device, Event, Finding, PlateWatched, Raise
from hub.detectors.unexplained import Needs, Window
from hub.ingest.outcome import Outcome
from hub.ingest.passages.rows import TELL_EVERY_US, Gates, News
from hub.ingest.ports import SiteBook
from hub.ingest.site import Site
from hub.ingest.stepping import RuleTable
from hub.passages.asks import GateAsk, SearchesOver, WatchEnd, WatchPut
from hub.passages.explain import OPENINGS, explained, window_of
from hub.passages.holders import Holders
from hub.passages.mask import masked
from hub.passages.searches import HOUR_US, SCRAPING
from hub.passages.types import GATES, GateOpening, Passage, Watched, passage_of, presence_of
from hub.passages.words import refused

GATE_TOPIC = "gate"
WATCH_TOPIC = "watch"
WATCHED_MAX = 5_000
GATE_KINDS: frozenset[type[Reading]] = frozenset(
    (AccessDecided, ArmState, BarrierState, BeamState, CommandDone, DeviceLink, DoorContact, ExitRequested, FireInput, LoopState)
)
BARRIER_KINDS = frozenset((ArmState, BarrierState, BeamState, LoopState))
"""A door has none of these: what says so there is not about how the gate stands."""
WATCHED_KINDS: frozenset[type[Reading]] = frozenset((*GATE_KINDS, PlateRead))
_encode = msgspec.json.Encoder().encode


class OldPassages(Protocol):
    """What is not in memory any more. Raises DatabaseGone."""

    def passages_at(self, gate: str, from_us: int, to_us: int) -> list[Passage]:
        """Of one gate, in that time; and fires that had begun before."""
        ...

    def openings_at(self, gate: str, from_us: int, to_us: int) -> list[GateOpening]:
        """Of one gate, in that time."""
        ...


class Passagebook:
    """The gates of one turn."""

    def __init__(
        self,
        site: Site,
        outcome: Outcome,
        book: SiteBook,
        table: RuleTable,
        old: OldPassages,
        holders: Holders,
        *,
        change: Callable[[int, str, str, str, bytes], None],
        report: Callable[[Device, Reading, int], None],
        find: Callable[[Detector, str, Device, Finding, int], None],
        new_id: Callable[[], str],
        count: Counter[str],
        now_us: int,
    ) -> None:
        """`report`: have the hub's own report about a device stepped, as of then."""
        self._gates: Gates = site.gates
        self._states = site.states
        self._outcome, self._book, self._table, self._old, self._holders = outcome, book, table, old, holders
        self._change, self._report, self._find = change, report, find
        self._new_id, self._count, self._now_us = new_id, count, now_us

    def take(self, event: Event, device: Device) -> None:
        """What detectors have been shown before. Raises DatabaseGone."""
        if isinstance(event.reading, PlateRead):
            self._look_for(event, device, event.reading)
        for name in gates_of(event, device):
            gate = self._book.detector_device(name)
            if gate is not None and gate.kind in GATES and _has(gate, event):
                self._at(gate, event, device)

    def answer(self, asked: GateAsk) -> Watched | Refusal | None:
        """See each ask."""
        if isinstance(asked, SearchesOver):
            self._searched(asked)
            return None
        return self._watch(asked)

    def _searched(self, asked: SearchesOver) -> None:
        """One incident an hour for each who wants more."""
        place = next(iter(self._book.places), "")
        facts = {"about_zh": asked.actor, "about_en": asked.actor, "searches": asked.searches}
        raised = Raise(f"{asked.actor}/{self._now_us // HOUR_US}", self._now_us, facts)
        self._find(SCRAPING, asked.actor, Device(place, "other", place, "", place, {}), raised, self._now_us)

    def _watch(self, asked: WatchPut | WatchEnd) -> Watched | Refusal:
        made = self._put(asked) if isinstance(asked, WatchPut) else self._ended(asked.watch, asked.actor)
        if isinstance(made, Refusal):
            return made
        self._gates.watches.put(made.watch, made)
        body = _encode({"watch": made.watch, "actor": asked.actor, "priority": made.priority})  # the plate is not told to all
        self._change(self._now_us, WATCH_TOPIC, made.watch, "set" if made.ended_us is None else "ended", body)
        return made

    def tell(self) -> None:
        """What is new of each gate, once a turn, and not too often: the rest waits for the next turn that may."""
        for gate in list(self._gates.news):
            news = self._gates.news.get(gate)
            if news is None or not news.act:
                continue
            if 0 <= self._now_us - news.told_us < TELL_EVERY_US:
                self._count["gate_news_held_back"] += 1
                continue
            self._change(self._now_us, GATE_TOPIC, gate, news.act, _encode(_told(gate, news)))
            self._gates.news.put(gate, News(self._now_us))

    def _at(self, gate: Device, event: Event, device: Device) -> None:
        numbers = self._numbers(gate)
        reading = event.reading
        holder = self._holders.holder_of(reading.card, reading.permit) if isinstance(reading, AccessDecided) else ""
        passage = passage_of(event, device, gate.id, holder, free_exit=bool(numbers.get("free_exit")))
        opening = self._moved(gate, event)
        if passage is not None:
            self._passed(passage, gate)
        elif isinstance(reading, FireInput):
            self._fire_over(gate, event, device.id, reading.name)
        act = "opened" if opening is not None else "passage" if passage is not None and passage.kind == "decision" else "state"
        self._note(gate.id, act, passage, opening)

    def _passed(self, passage: Passage, gate: Device) -> None:
        self._gates.passages.put(passage.passage, passage)
        self._count["passages"] += 1
        if passage.granted:
            self._explain_more(gate, passage)
        presence = presence_of(passage)
        if presence is not None:
            self._outcome.add(self._outcome.presences, presence)

    def _fire_over(self, gate: Device, event: Event, device: str, zone: str) -> None:
        for one in self._gates.passages.lasting(gate.id):
            if one.kind == "fire" and one.until_us is None and (one.device, one.reason) == (device, zone):
                self._gates.passages.put(one.passage, replace(one, until_us=max(event.at_us, one.at_us)))
                self._explain_again(gate, one.at_us, None)

    def _moved(self, gate: Device, event: Event) -> GateOpening | None:
        """The opening that the event began, as the detector has it; one that it ended is written down."""
        reading = event.reading
        if isinstance(reading, BarrierState):
            shut = reading.position == "closed"
        elif isinstance(reading, DoorContact):
            shut = not reading.open
        else:
            return None
        if shut:
            self._closed(gate.id, event.at_us)
            return None
        state = self._states.get((OPENINGS[gate.kind], gate.id))
        needs = state.state if state is not None else None
        if not isinstance(needs, Needs) or not any(one.episode == event.name for one in needs.needs):
            return None
        window = self._window(gate)
        opening = GateOpening(event.name, gate.id, event.at_us, late=event.late)
        opening = explained(opening, self._passages_near(gate.id, event.at_us, window), window)
        self._gates.openings.put(opening.opening, opening)
        self._count["openings"] += 1
        return opening

    def _closed(self, gate: str, at_us: int) -> None:
        for one in self._gates.openings.lasting(gate):
            if one.at_us <= at_us:
                self._gates.openings.put(one.opening, replace(one, closed_us=at_us))

    def _explain_more(self, gate: Device, passage: Passage) -> None:
        """Openings near one more thing that explains: it is better than what explained them, or not. Nothing else is looked at,
        so that a gate through which a crowd goes takes no longer for each of them."""
        window = self._window(gate)
        to_us = self._now_us if passage.until_us is None else passage.until_us + window.before_us
        for one in self._openings_near(gate.id, passage.at_us - window.after_us, to_us):
            was = self._gates.passages.get(one.passage)
            if one.passage and was is None:
                now = explained(one, self._passages_near(gate.id, one.at_us, window), window)
            else:
                now = explained(one, (passage,) if was is None else (was, passage), window)
            if now != one:
                self._gates.openings.put(now.opening, now)

    def _explain_again(self, gate: Device, from_us: int, until_us: int | None) -> None:
        """Openings near something that explains."""
        window = self._window(gate)
        to_us = self._now_us if until_us is None else until_us + window.before_us
        for one in self._openings_near(gate.id, from_us - window.after_us, to_us):
            now = explained(one, self._passages_near(gate.id, one.at_us, window), window)
            if now != one:
                self._gates.openings.put(now.opening, now)

    def _passages_near(self, gate: str, at_us: int, window: Window) -> Iterable[Passage]:
        rows, from_us = self._gates.passages, at_us - window.before_us
        if from_us < rows.whole_since_us:
            for old in self._old.passages_at(gate, from_us, at_us + window.after_us):
                if rows.get(old.passage) is None:
                    rows.load(old.passage, old)
        near = {one.passage: one for one in rows.near(gate, from_us, at_us + window.after_us)}
        return (near | {one.passage: one for one in rows.lasting(gate)}).values()

    def _openings_near(self, gate: str, from_us: int, to_us: int) -> Iterable[GateOpening]:
        rows = self._gates.openings
        if from_us < rows.whole_since_us:
            for old in self._old.openings_at(gate, from_us, to_us):
                if rows.get(old.opening) is None:
                    rows.load(old.opening, old)
        return rows.near(gate, from_us, to_us)

    def _look_for(self, event: Event, device: Device, reading: PlateRead) -> None:
        watched = self._gates.watches.of_plate(canonical(reading.plate).text, event.at_us)
        if watched is not None:
            self._count["watched_plates_seen"] += 1
            found = PlateWatched(watched.watch, watched.plate, watched.reason, watched.priority, reading.picture)
            self._report(device, found, event.at_us)

    def _put(self, asked: WatchPut) -> Watched | Refusal:
        plate = canonical(asked.plate).text
        if not plate:
            return refused("no_plate")
        if asked.until_us is not None and asked.until_us <= self._now_us:
            return refused("until_is_over")
        if self._gates.watches.of_plate(plate, self._now_us) is not None:
            return refused("watched_already")
        live = sum(1 for name in self._gates.watches if (row := self._gates.watches.get(name)) and row.counts(self._now_us))
        if live >= WATCHED_MAX:
            return refused("too_many_watched", limit=WATCHED_MAX)
        return Watched(self._new_id(), plate, asked.reason, asked.actor, self._now_us, asked.until_us, asked.priority)

    def _ended(self, watch: str, actor: str) -> Watched | Refusal:
        was = self._gates.watches.get(watch)
        if was is None or was.ended_us is not None:
            return refused("unknown_watch")
        return replace(was, ended_us=self._now_us, ended_by=actor)

    def _note(self, gate: str, act: str, passage: Passage | None, opening: GateOpening | None) -> None:
        was = self._gates.news.get(gate) or News(0)
        act = act if was.act in ("", "state") or act == "opened" else was.act
        self._gates.news.put(gate, News(was.told_us, act, passage or was.passage, opening or was.opening))

    def _numbers(self, gate: Device) -> dict[str, float]:
        detector = self._table.by_name.get(OPENINGS[gate.kind])
        return {} if detector is None else self._table.numbers(detector, gate)

    def _window(self, gate: Device) -> Window:
        numbers = self._numbers(gate)
        return window_of(gate.kind, numbers) if numbers else Window(0, 0)


def _has(gate: Device, event: Event) -> bool:
    return gate.kind == "barrier" or type(event.reading) not in BARRIER_KINDS


def _told(gate: str, news: News) -> dict[str, Any]:
    """For everybody who watches: a plate is masked, and no picture is named."""
    body: dict[str, Any] = {"gate": gate}
    if news.passage is not None:
        one = news.passage
        names = ("passage", "kind", "at_us", "device", "direction", "medium", "granted", "reason", "actor", "late")
        body["passage"] = {name: getattr(one, name) for name in names} | {"plate": masked(one.plate)}
    if news.opening is not None:
        body["opening"] = msgspec.to_builtins(news.opening) | {"who": ""}
    return body
