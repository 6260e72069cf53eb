"""The gates: what is shown at a reader or read by a camera is decided on, written down, and opens.

In this order: the journal has the decision (a kill does not undo it), the device is asked to open, the spool has it synced, the
file of whereabouts has the move synced. Nothing in front of the opening waits for a disk or for a network.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import NamedTuple, Protocol

import msgspec
import structlog

from contract.clock import US_PER_S, Clock
from contract.names import Medium, plate_name
from contract.orders import TellWhereabouts
from contract.permits import OUTSIDE
from contract.plates import canonical
from contract.readings import AccessDecided, CardRead, CodeRead, CommandDone, PlateRead, Reading
from edge.access import Decision, PlateFault, Shown, State, decide
from edge.actuator import Job, Outcome
from edge.config import AccessRule
from edge.gate_clock import GateClock
from edge.gate_journal import GateJournal
from edge.names import codeless, pseudonymous
from edge.permits.book import HubTable
from edge.permits.table import Table
from edge.sources import Said, Source
from edge.spool import Entry, SpoolFull
from edge.waits import Misses, PinWaits, Repeats, Waiting
from edge.whereabouts import Back, Moved, Tick, Went
from edge.whereabouts_file import WhereaboutsFile

_LOG = structlog.get_logger("edge.gates")

ACTOR = "access"
"""The actor of an action that a credential asked for."""
OPEN_LIFE_US = 5 * US_PER_S
"""How long an opening may wait for the device: whoever asked for it is gone by then, and it would open for another."""
ANSWER_ACTION = "signal"
"""What a reader is asked that can show an answer, with `answer` granted or refused."""
ANSWER_LIFE_US = 2 * US_PER_S
"""How long an answer may wait for the reader: later, somebody else would take it for theirs."""
TICK_US = 60 * US_PER_S
"""How often the time is written down, for a boot without a clock."""

Presented = CardRead | CodeRead | PlateRead


class Gate(NamedTuple):
    """A reader's rule, how to ask the device that it opens, and that device's source. `expect` has the device keep its line free
    for a moment. `table`: the permits of the settings; None: the hub's table counts. `answer`: how to ask the reader to
    show what was decided; None: it cannot."""

    rule: AccessRule
    ask: Callable[[Job], bool]
    source: Source
    expect: Callable[[], None]
    table: Callable[[], Table] | None = None
    answer: Callable[[Job], bool] | None = None


class Log(Protocol):
    """What the gates need to know of the spool."""

    @property
    def stream(self) -> str: ...  # noqa: D102 - as of Spool
    @property
    def head(self) -> int: ...  # noqa: D102


class Parts(NamedTuple):
    """What gates are made of."""

    clock: Clock
    card_key: bytes
    hub: HubTable
    journal: GateJournal
    whereabouts: WhereaboutsFile
    log: Log


class Counters(msgspec.Struct):
    """Since the start. `answers`: decisions that a reader showed; `unanswered`: those that it was to show and did not.
    `guesses`: PINs not looked at, as too many were wrong; `repeats`: vehicles that were told again; `taken_back`: moves whose
    gate did not open; `busy`: openings that found the device's queue full; `unrecorded`: decisions that found the disk full;
    `heard`: moves at other agents."""

    granted: int = 0
    refused: int = 0
    guesses: int = 0
    repeats: int = 0
    taken_back: int = 0
    busy: int = 0
    answers: int = 0
    unanswered: int = 0
    unrecorded: int = 0
    heard: int = 0


class _Asks(NamedTuple):
    """One presentation to decide on: what was shown at `reader`, and the readings that tell of it."""

    gate: Gate
    reader: str
    shown: Shown
    first: Said
    plate: str = ""
    picture: str = ""


class Gates:
    """All gates of an agent. Safe from any thread."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._clock = parts.clock
        self._lock = parts.hub.lock
        self._file_lock = Lock()
        self.known = parts.whereabouts.load(expected=parts.hub.load() is not None)
        table = parts.hub.table
        self.time = GateClock(parts.clock, max(self.known.last_us, 0 if table is None else table.head.at_us))
        self._gates: Mapping[str, Gate] = {}
        self._heard_us = parts.clock.mono_us()
        self._pins = PinWaits()
        self._misses = Misses()
        self._repeats = Repeats()
        self._next_tick_us = 0
        self.counters = Counters()

    def guard(self, gates: Mapping[str, Gate]) -> None:
        """These are the gates, by reader or camera."""
        self._gates = gates

    # What is presented

    def arriving(self, devices: Collection[str]) -> None:
        """Something is being shown at one of these readers."""
        for device in devices:
            gate = self._gates.get(device)
            if gate is not None:
                gate.expect()

    def take(self, source: Source, driver: str, said: Said) -> int:
        """Record what was presented at a reader of `driver`, and decide where it guards a gate. The number of its row; 0 where
        the disk was too full for it. Raises SpoolFailed, and SpoolFull for what opens nothing."""
        named = said._replace(reading=_named(said.reading, self._parts.card_key))
        asks = self._asks(driver, named)
        return source.append([named]) if asks is None else self._decide(source, driver, asks)

    def _asks(self, driver: str, said: Said) -> _Asks | None:
        reading, mono_us = said.reading, self._clock.mono_us()
        gate = self._gates.get(said.device)
        if isinstance(reading, CodeRead) and reading.medium == "pin":
            with self._lock:
                waiting = self._pins.take(driver, mono_us)
            if waiting is not None:
                return self._answered(waiting, said, reading.code or "", driver)
        if gate is None:
            return None
        if isinstance(reading, CardRead):
            return _Asks(gate, said.device, Shown("card", reading.card, reading.weak), said)
        if isinstance(reading, CodeRead):
            return _Asks(gate, said.device, Shown(reading.medium, reading.code, reading.medium != "face"), said)
        if isinstance(reading, PlateRead):
            return self._vehicle(gate, said, reading, mono_us)
        return None

    def _answered(self, waiting: Waiting, said: Said, pin: str, driver: str) -> _Asks:
        """A PIN was typed for the credential that waited for it."""
        with self._lock:
            self._pins.again(driver, waiting)
        return _Asks(self._gates[waiting.reader], waiting.reader, waiting.shown._replace(pin=pin), said)

    def _vehicle(self, gate: Gate, said: Said, reading: PlateRead, mono_us: int) -> _Asks | None:
        text, fault = _plate(reading)
        key = f"{fault}:{text}" if text else ""
        with self._lock:
            if self._repeats.is_one(said.device, reading.passage, key, mono_us):
                self.counters.repeats += 1
                return None
            self._repeats.decided(said.device, reading.passage, key, mono_us)
        shown = Shown("plate", plate_name(self._parts.card_key, text) if text else None, fault=fault)
        return _Asks(gate, said.device, shown, said, text, reading.picture)

    # The decision and what follows

    def _decide(self, source: Source, driver: str, asks: _Asks) -> int:
        with self._lock:
            table = self._parts.hub.table if asks.gate.table is None else asks.gate.table()
            state = State(self.known, self._clock.mono_us() - self._heard_us)
            shown = self._unguessed(asks)
            decision = decide(shown, asks.reader, self.time.now(), table, state)
            self._count_misses(asks, decision)
            moved = self.known.goes(decision.went) if decision.went is not None else None
            self._wait_for_pin(driver, asks, decision)
            no = table.head.no if table is not None else 0
        self.counters.granted += decision.granted
        self.counters.refused += not decision.granted
        opening = _Opening(self, asks, moved) if decision.granted else None
        number = self._record(source, asks, _told(asks, decision, no), decision.went, opening)
        if opening is not None:
            opening.tell_busy()
        if opening is None or not opening.is_busy:
            self._answer(asks, decision)
        if decision.went is not None:
            self._keep([decision.went])
        return number

    def _answer(self, asks: _Asks, decision: Decision) -> None:
        """Have the reader show what was decided. Whoever is still to type a PIN has no answer yet."""
        answer = asks.gate.answer
        if answer is None or (decision.reason == "second_factor" and not asks.shown.pin):
            return
        args = {"answer": "granted" if decision.granted else "refused"}
        if not answer(Job(ANSWER_ACTION, args, self._answered_by_reader, self._clock.mono_us() + ANSWER_LIFE_US)):
            self.counters.unanswered += 1

    def _answered_by_reader(self, outcome: Outcome, _reason: str) -> None:
        self.counters.answers += outcome == "done"
        self.counters.unanswered += outcome != "done"

    def _unguessed(self, asks: _Asks) -> Shown:
        """What was shown, and whether its PIN is looked at."""
        key = _guessed(asks)
        return asks.shown._replace(guessed=key is not None and self._misses.are_too_many(key, self._clock.mono_us()))

    def _count_misses(self, asks: _Asks, decision: Decision) -> None:
        key = _guessed(asks)
        if key is None:
            return
        self.counters.guesses += decision.reason == "too_many_tries"
        if decision.reason == ("second_factor" if asks.shown.pin else "unknown_card"):
            self._misses.missed(key, self._clock.mono_us())
        elif decision.granted and asks.shown.pin:  # at a keypad for PINs alone one's own would be tried between others'
            self._misses.forget(key)

    def _wait_for_pin(self, driver: str, asks: _Asks, decision: Decision) -> None:
        typed = bool(asks.shown.pin)
        if decision.reason == "second_factor" and not typed:
            self._pins.begin(driver, asks.shown, asks.reader, self._clock.mono_us())
        elif decision.reason not in ("second_factor", "too_many_tries"):
            self._pins.forget(driver)

    def _record(self, source: Source, asks: _Asks, decided: AccessDecided, went: Went | None, opening: "_Opening | None") -> int:
        journal, log, row = self._parts.journal, self._parts.log, 0

        def before(entries: Sequence[Entry]) -> None:
            nonlocal row
            row = journal.write(entries, went, log.stream, log.head)
            if opening is not None:
                opening.ask()

        number = 0
        try:
            number = source.append([asks.first, Said(asks.reader, decided)], before=before) - 1
        except SpoolFull as error:
            # A full disk keeps nobody out, and stops no reader. The opening shows at the hub as unexplained: an incident.
            self.counters.unrecorded += 1
            _LOG.error(
                "decision_unrecorded", reader=asks.reader, granted=decided.granted, reason=decided.reason, error=str(error)
            )
        journal.done(row)  # after SpoolFailed it stays, for the next start
        return number

    def took_back(self, reader: str, moved: Moved | None) -> None:
        """The gate of `reader` did not open: nobody has gone through, and a vehicle that is told again counts."""
        with self._lock:
            self._repeats.forget(reader)
            back = None if moved is None else self.known.take_back(moved)
        if back is not None:
            self.counters.taken_back += 1
            self._keep([back])

    # What others tell

    def heard(self, order: TellWhereabouts) -> None:
        """Who went where at other agents' gates."""
        changes: list[Went] = []
        with self._lock:
            self._heard_us = self._clock.mono_us()
            for one in order.went:
                used = self._is_use(one.holder, one.card, one.zone)
                went = Went(one.holder, one.permit, one.card, one.zone, one.at_us, used, late=True)
                self.known.goes(went)
                changes.append(went)
            self.counters.heard += len(changes)
        if changes:
            self._keep(changes)

    def _is_use(self, holder: str, card: str, zone: str) -> bool:
        """Whether the card has uses to count, and this was a way in from the street."""
        table = self._parts.hub.table
        credential = table.credential(card) if table is not None else None
        place = self.known.place(holder)
        return credential is not None and credential.uses > 0 and zone != OUTSIDE and (place is None or place.zone == OUTSIDE)

    def replayed(self, went: Went) -> None:
        """A move that the journal had, and perhaps the file as well."""
        with self._lock:
            place = self.known.place(went.holder)
            if place is not None and place.at_us >= went.at_us:
                return
            self.known.goes(went)
        self._keep([went])

    def turn(self) -> None:
        """Now and then: write the time down, and the file anew where it has grown long."""
        mono_us = self._clock.mono_us()
        if mono_us < self._next_tick_us:
            return
        self._next_tick_us = mono_us + TICK_US
        now = self.time.now()
        if now.known:
            with self._lock:
                self.known.apply(Tick(now.us))
            self._keep([Tick(now.us)])
        if self._parts.whereabouts.is_due(self.known):
            with self._lock, self._file_lock:
                self._parts.whereabouts.rewrite(self.known)

    def close(self) -> None:
        """Let go of the files."""
        self._parts.journal.close()
        with self._file_lock:
            self._parts.whereabouts.close()

    def _keep(self, changes: Sequence[Went | Back | Tick]) -> None:
        with self._file_lock:
            self._parts.whereabouts.append(changes)


class _Opening:
    """One opening: asked for once, taken back where it fails. What goes wrong is appended; an opening that went well is told by
    the device itself."""

    def __init__(self, gates: Gates, asks: _Asks, moved: Moved | None) -> None:
        self._gates = gates
        self._asks = asks
        self._moved = moved
        self.is_busy = False

    def ask(self) -> None:
        """Ask the device to open, within OPEN_LIFE_US from now."""
        gate = self._asks.gate
        until_us = self._gates.time.mono_us() + OPEN_LIFE_US
        self.is_busy = not gate.ask(Job(gate.rule.action, gate.rule.args, self._done, until_us))

    def tell_busy(self) -> None:
        """Tell of a queue that was full; not under the lock of the reader's source, which may be the device's own."""
        if self.is_busy:
            self._gates.counters.busy += 1
            _LOG.error("gate_busy", device=self._asks.gate.rule.device)
            with suppress(SpoolFull):  # said in the line above
                self._done("failed", "busy")

    def _done(self, outcome: Outcome, reason: str) -> None:
        if outcome == "done":
            return
        gate = self._asks.gate
        self._gates.took_back(self._asks.reader, self._moved)
        told = CommandDone(nonce="", action=gate.rule.action, outcome=outcome, reason=reason, actor=ACTOR)
        gate.source.append([Said(gate.rule.device, told)], from_device=False)


def _guessed(asks: _Asks) -> str | None:
    """For whom or where a PIN is typed; None: none is."""
    if asks.shown.pin:
        return f"credential:{asks.shown.name}"
    return f"keypad:{asks.reader}" if asks.shown.medium == "pin" else None


def _named(reading: Reading, key: bytes) -> Reading:
    if isinstance(reading, CardRead):
        return pseudonymous(reading, key)
    return codeless(reading, key) if isinstance(reading, CodeRead) else reading


def _plate(reading: PlateRead) -> tuple[str, PlateFault]:
    """The plate's one spelling, empty where it is none, and what is wrong with how it was read."""
    found = canonical(reading.plate)
    is_odd = found.odd or found.problem == "foreign_character"
    if not found.text:
        return "", "odd_plate" if is_odd else "unreadable_plate"
    return found.text, "doubtful_plate" if reading.doubtful else "odd_plate" if is_odd else ""


def _told(asks: _Asks, decision: Decision, no: int) -> AccessDecided:
    medium: Medium = asks.shown.medium
    return AccessDecided(
        card=asks.shown.name or "",
        granted=decision.granted,
        reason=decision.reason,
        medium=medium,
        gate=asks.gate.rule.device,
        plate=asks.plate,
        permit=decision.permit,
        to_zone=decision.to_zone,
        table_no=no,
        picture=asks.picture,
    )
