"""Guards, a wand and a hub through restarts and clocks that are set: what was done is written down, for the reference to judge.

`true` time never steps; the hub's wall clock is `ahead` of it. The agent's clock goes by true time, or slews, and the agent knows
its offset to the hub whenever it speaks.
"""

import heapq
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random

from contract.clock import ManualClock
from contract.envelope import Record as LogRecord
from contract.orders import Flush
from contract.readings import Heartbeat, Reading, TagScanned
from hub.ingest.core import STEPPED_US
from hub.ingest.ports import TagAct
from tests.support.duty_rig import PLACES, estate, plan, tag_of
from tests.support.patrol_reference import SECOND, Found, Raised, Record, Span, ToldMark, ToldScan, Wanted, judged
from tests.support.site_rig import STREAM, Hub, ModelAgent

WAND = "wand-1"
START = ManualClock().now_us()
TOLERANCE = 600 * SECOND
STUCK_MAX = 50
Confirm = Callable[[int, int], None]
"""Told the true time and the offset at which a record was committed."""


class Died(BaseException):
    """The hub is killed at a step of its turn."""


def new_database(folder: Path) -> Path:
    """A database with the tags of all places, to be copied."""
    path = folder / "new.db"
    hub = Hub(f"sqlite:///{path}", plan=plan(), book=estate())
    for place in PLACES:
        hub.ask(TagAct("enrol", tag_of(place), "t", "r", "rfid", place=place))
    hub.close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM duty_plan")
        database.execute("DELETE FROM duty_window")
        database.commit()
    return path


class TurnRefused(Exception):
    """A turn that cannot be committed though nothing is wrong with the disk."""


class Patrol:
    """One life of a hub. `slew_ppm`: how much faster the agent's clock goes than the hub's."""

    def __init__(self, path: Path, template: Path, random: Random, *, every_s: int = 600, slew_ppm: int = 0) -> None:
        shutil.copyfile(template, path)
        self.random, self.every = random, every_s * SECOND
        self.hub = Hub(f"sqlite:///{path}", plan=plan(every_s=every_s), book=estate())
        self.agent = ModelAgent(self.hub.clock)
        self.answers = 0.7
        """How often a request to report is answered in time."""
        self._slew_ppm = slew_ppm
        self._path = path
        self._database = sqlite3.connect(path)
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._planned = 0
        self._spans: list[Span] = []
        self._since = self.true
        self._ready: int | None = self.true
        self._scans: dict[str, ToldScan] = {}
        self._marks: list[ToldMark] = []
        self._raised: dict[str, list[Raised]] = {}
        self._case_no = 0
        self._orders = 0
        self._pending: list[tuple[LogRecord, Confirm]] = []
        self._stored: list[tuple[str, str, int]] = []
        self._names = 0
        self._furthest = self.wall
        self.turn()

    # Time

    @property
    def true(self) -> int:
        """The time by a clock that never steps."""
        return START + self.hub.clock.mono_us()

    @property
    def wall(self) -> int:
        """The hub's clock."""
        return self.hub.clock.now_us()

    @property
    def ahead(self) -> int:
        """By how much the hub's clock is wrong."""
        return self.wall - self.true

    def agent_time(self, true: int) -> int:
        """The agent's clock."""
        return true + (true - START) * self._slew_ppm // 1_000_000

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        """Plan something."""
        self._planned += 1
        heapq.heappush(self._events, (self.true + int(seconds * SECOND), self._planned, what))

    def run(self, until: int) -> None:
        """Let true time go on to `until`: the hub turns when it says so."""
        stuck = 0
        while True:
            due = self._due()
            at = min([due, until, *(event[0] for event in self._events[:1])])
            stuck = stuck + 1 if at <= self.true else 0
            self.hub.clock.advance_us(max(at - self.true, stuck // STUCK_MAX))
            self._furthest = max(self._furthest, self.wall)
            if self._events and self._events[0][0] <= self.true:
                heapq.heappop(self._events)[2]()
            elif due <= self.true:
                self.turn()
            elif self.true >= until:
                return

    def _due(self) -> int:
        """The hub's next moment but for the renewal of its lease, in true time."""
        site = self.hub.core._site
        assert site is not None
        if self.hub.core.next_us() == 0:
            return self.true
        return min(site.due_us(), default=2**62) - self.ahead

    # The hub

    def turn(self) -> None:
        """One turn with everything that the agent has to tell. It may die of it."""
        records = [record for record, _ in self._pending]
        try:
            self.hub.take(*([self.agent.batch(records)] if records else ()))
        except Died:
            self.crash(0.0)
            return
        if not self.hub.core.state.ready:  # it would be tried again for ever
            raise TurnRefused(f"P4: the database refused a turn: {self.hub.core.state.detail}")
        self._confirm()
        self._watch()
        self._answer_flushes()

    def _confirm(self) -> None:
        """What is committed counts as told from now on."""
        site = self.hub.core._site
        assert site is not None
        mark = site.streams.get(STREAM)
        done = 0 if mark is None else mark.mark
        for record, confirm in self._pending:
            if record.seq <= done:
                confirm(self.true, self.agent.offset_us or 0)
        self._pending = [one for one in self._pending if one[0].seq > done]

    def _watch(self) -> None:
        """Note new gaps with the true time."""
        query = "SELECT case_no, episode, detector FROM case_ WHERE site = 'garden' AND case_no > ? ORDER BY case_no"
        for case_no, episode, detector in self._database.execute(query, (self._case_no,)).fetchall():
            self._case_no = case_no
            if detector == "duty_gap":
                first = "SELECT body FROM case_entry WHERE site = 'garden' AND case_no = ? ORDER BY entry_no LIMIT 1"
                body = json.loads(self._database.execute(first, (case_no,)).fetchone()[0])
                self._raised.setdefault(episode, []).append(Raised(self.true, bool(body["proven"])))

    def crash(self, down_s: float) -> None:
        """The process is gone, and is started again on what is in the database."""
        self._watch()
        self._cut(None)
        self.hub.clock.advance_us(int(down_s * SECOND))
        self._furthest = max(self._furthest, self.wall)
        self.hub.crash_and_reopen()
        self._cut(self.true)
        self._measure()
        self._confirm()
        self.turn()

    def die_at(self, step: str) -> None:
        """The hub dies when it comes to that step of a turn."""

        def hook(name: str) -> None:
            if name == step:
                raise Died(name)

        self.hub.hook = hook

    def step_clock(self, by: int) -> None:
        """Somebody sets the hub's clock, and it looks at it. Set ahead, it is as if no hub had run meanwhile."""
        self._cut(self.true if by > STEPPED_US else self._ready)
        self.hub.clock.step_wall_us(by)
        self._furthest = max(self._furthest, self.wall)
        self._measure()
        self.turn()

    def _cut(self, ready: int | None) -> None:
        """A span ends; in the next the hub runs since `ready`, or does not run."""
        self._spans.append(Span(self._since, self.true, self.ahead, self._ready))
        self._since, self._ready = self.true, ready

    # The agent

    def _measure(self) -> None:
        self.agent.offset_us = self.agent_time(self.true) - self.wall

    def _note(self, device: str, reading: Reading, confirm: Confirm, **more: int) -> None:
        self._measure()
        self._pending.append((self.agent.note(device, reading, **more), confirm))

    def visit(self, place: str) -> None:
        """A guard holds the wand to a tag."""
        self._names += 1
        self._stored.append((f"w:{self._names}", place, self.agent_time(self.true)))

    def tell(self, name: str, place: str, made: int) -> None:
        """The agent has a scan from the wand. `made` by the agent's clock."""

        def confirm(true: int, offset: int) -> None:
            self._scans.setdefault(name, ToldScan(true, place, made - offset, name))

        self._note(WAND, TagScanned(tag=tag_of(place), scan=name, made_at_us=made), confirm, device_at_us=made)

    def tell_now(self, name: str, place: str, made: int, *, whole: bool = False) -> None:
        """The agent tells a scan, and with `whole` that this was all."""
        self.tell(name, place, made)
        if whole:
            self.mark()
        self.turn()

    def mark(self) -> None:
        """The agent has it from the wand that it has told all."""
        told = self.agent_time(self.true)

        def confirm(true: int, offset: int) -> None:
            self._marks.append(ToldMark(true, WAND, min(told - offset, true + self.ahead)))

        self._note("gatehouse", Heartbeat(sources={"gatehouse": told, WAND: told}), confirm)

    def mark_now(self) -> None:
        """And it says so."""
        self.mark()
        self.turn()

    def read_out(self) -> None:
        """The wand tells what it holds, in any order and now and then twice, and then that this was all."""
        scans, self._stored = self._stored, []
        self.random.shuffle(scans)
        for scan in scans:
            self.tell(*scan)
            if self.random.random() < 0.1:
                self.after(self.random.uniform(1, 900), partial(self.tell_now, *scan))
            if self.random.random() < 0.2:
                self.turn()
        self.mark_now()

    def _answer_flushes(self) -> None:
        orders = self.hub.said.orders[self._orders :]
        self._orders = len(self.hub.said.orders)
        if any(isinstance(order, Flush) for _, order in orders) and self.random.random() < self.answers:
            self.after(self.random.uniform(0.01, 0.9), self.read_out)

    def walk(self) -> None:
        """Guards walk and forget a third of the places, and read their wand out, from now on."""
        for place in PLACES:
            if self.random.random() < 0.67:
                self.after(self.random.uniform(0, self.every / SECOND), partial(self.visit, place))
        if self.random.random() < 0.5:
            self.after(self.random.uniform(0, self.every / SECOND), self.read_out)
        self.after(self.every / SECOND, self.walk)

    # Judgement

    def verdict(self) -> list[str]:
        """What the reference says of this life."""
        self._cut(None)
        spans = [span for span in self._spans if span.since <= span.until]
        record = Record(spans, list(self._scans.values()), self._marks, (WAND,), self.true)
        found, doubled = self._found()
        return [*doubled, *judged(self._wanted(), record, found), *self._told_once()]

    def windows(self) -> dict[Wanted, Found]:
        """What the hub says."""
        return self._found()[0]

    def _wanted(self) -> list[Wanted]:
        first = START - START % self.every + self.every
        opens = range(first, self._furthest + 1, self.every)
        return [Wanted(place, at, at + self.every + TOLERANCE) for place in PLACES for at in opens]

    def _found(self) -> tuple[dict[Wanted, Found], list[str]]:
        rows = self._database.execute(
            "SELECT window_id, place, opens_us, ends_us, state, evidence, note, gap_us FROM duty_window WHERE duty = 'patrol'"
        ).fetchall()
        query = "SELECT episode, state, opened_us FROM case_ WHERE detector = 'duty_gap'"
        cases = {episode: rest for episode, *rest in self._database.execute(query).fetchall()}
        reasons: dict[str, list[str]] = {}
        query = "SELECT c.episode, e.body FROM case_entry e JOIN case_ c ON c.case_no = e.case_no WHERE e.act = 'withdrawn'"
        for episode, body in self._database.execute(query).fetchall():
            reasons.setdefault(episode, []).append(json.loads(body)["reason"])
        found: dict[Wanted, Found] = {}
        wrong = []
        for window_id, place, opens, ends, state, evidence, note, gap in rows:
            if opens > self._furthest:
                continue
            window = Wanted(place, opens, ends)
            raised = tuple(self._raised.get(window_id, ()))
            if window in found:
                wrong.append(f"P4: a window is there twice: {window}")
            if (gap is None) != (not raised):
                wrong.append(f"P4: {window_id} and its incident do not agree on whether there is a gap")
            late = "detected_late" in note.split()
            case, opened = cases.get(window_id, ("", None))
            found[window] = Found(state, evidence, raised, case, opened, late, tuple(reasons.get(window_id, ())))
        return found, wrong

    def _told_once(self) -> list[str]:
        query = "SELECT key, count(*) FROM change WHERE topic = 'case' AND act = 'raised' GROUP BY key HAVING count(*) > 1"
        return [f"P4: incident {key} was announced {count} times" for key, count in self._database.execute(query).fetchall()]

    def close(self) -> None:
        """End it."""
        self._database.close()
        self.hub.close()
