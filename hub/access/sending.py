"""Tables of permits go down to agents: what to tell whom, and when. A reader of the change log with its own position.

A change is told once its number is committed. Who shows another table by a heartbeat is told the changes it lacks, once, and then
to fetch the snapshot, with a pause that grows between repeats. Called by one thread; `news`, `chunk` and `states` by any.
"""

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple, Protocol

import msgspec

from contract.clock import US_PER_S
from contract.orders import AnyOrder, ChangePermits, TakePermits, TellWhereabouts, Whereabouts
from contract.readings import PermitsHeld
from hub.access.compile import Source, holder_of
from hub.access.maker import Dirt, Ground, Made, Maker
from hub.access.table import Mark, chunk_body
from hub.ingest.access.around import TOPIC
from hub.ingest.ports import ChangeRow, GateNews, Passed, TableHeld

REPEAT_US = (15 * US_PER_S, 30 * US_PER_S, 60 * US_PER_S, 300 * US_PER_S, 600 * US_PER_S)
"""How long after it was told an agent is told again, each time it still shows another table."""
HEARD_EVERY_US = 20 * US_PER_S
"""An agent hears of the others at least so often, with nothing to tell too."""
GATHER_US = 500_000
WENT_MAX = 2_000
WENT_AT_ONCE = 200
"""Of one order."""
TOLD_LATE_US = 86_400 * US_PER_S
"""Who went through longer ago than this is not told any more: no passback lasts so long."""
SNAPSHOTS_MAX = 16
SNAPSHOT_KEPT_US = 300 * US_PER_S
"""So long after its last part was asked for is a snapshot held that is no longer the newest."""
CHANGES_AT_ONCE = 200


class Log(Protocol):
    """The change log."""

    def after(self, pos: int, limit: int) -> list[ChangeRow]:
        """The next rows after `pos`, oldest first."""
        ...


class People(Protocol):
    """Whose credentials are whose."""

    def of_names(self, names: Sequence[str]) -> list[Source]:
        """The credentials of these names."""
        ...


class AgentState(NamedTuple):
    """What an agent has, and what it is to have. `held_us`: when it told."""

    newest: Mark
    held: PermitsHeld | None
    held_us: int | None
    told_us: int | None


class Gone(Exception):
    """A part of a snapshot that cannot be had. The message is a name: unknown_agent, permits_gone, permits_not_yet."""


class _Snapshot(NamedTuple):
    mark: Mark
    parts: list[list[bytes]]
    used_us: int


class Sending:
    """See the module. `keep` commits numbers, and raises where it cannot."""

    def __init__(
        self,
        maker: Maker,
        log: Log,
        people: People,
        keep: Callable[[Mapping[str, Mark]], None],
        order: Callable[[str, AnyOrder], None],
        new_id: Callable[[], str],
    ) -> None:
        self._maker, self._log, self._people, self._keep, self._order, self._new_id = maker, log, people, keep, order, new_id
        self.counters: Counter[str] = Counter()
        self.pos = 0
        """Up to where the change log is in the tables."""
        self._dirt = Dirt(everything=True)
        self._untold: dict[str, list[ChangePermits] | None] = {}
        self._committed: dict[str, Mark] = {}
        self._held: dict[str, TableHeld] = {}
        self._told: dict[str, tuple[int, int]] = {}
        self._went: deque[Passed] = deque()
        self._heard_us: dict[str, int] = {}
        self._gathered_us = 0
        self._snapshots: OrderedDict[tuple[str, str, int], _Snapshot] = OrderedDict()
        self._lock = Lock()

    def begin(self, known: Mapping[str, Mark], pos: int) -> None:
        """Numbers go on from `known`; all that is committed up to `pos` is read anew."""
        self._maker.begin(known)
        self.pos, self._dirt = pos, Dirt(everything=True)

    def news(self, news: Sequence[GateNews]) -> None:
        """What agents have told, as it was committed."""
        with self._lock:
            for one in news:
                if isinstance(one, TableHeld):
                    was = self._held.get(one.agent)
                    if was is None or was.at_us <= one.at_us:
                        self._held[one.agent] = one
                    continue
                if len(self._went) >= WENT_MAX:
                    self._went.popleft()
                    self.counters["whereabouts_dropped"] += 1
                self._went.append(one)

    def step(self, ground: Ground, now_us: int) -> None:
        """Take in what was committed, make tables, tell. Raises what the database raises; nothing is lost by that."""
        self._follow()
        made = self._maker.work(self._dirt, ground, now_us)
        self._dirt = Dirt()
        for one in made:
            self._note(one)
        self._tell_changes(now_us)
        self._answer_held(now_us)
        self._tell_whereabouts(now_us)

    # The change log

    def _follow(self) -> None:
        while rows := self._log.after(self.pos, CHANGES_AT_ONCE):
            if rows[0].pos != self.pos + 1:  # what is between was swept, or another hub's
                self._dirt = self._dirt._replace(everything=True)
            dirt = self._dirt
            for row in rows:
                if row.topic == TOPIC:
                    dirt = dirtied(dirt, msgspec.json.decode(row.body))
            self._dirt, self.pos = dirt, rows[-1].pos

    def _note(self, made: Made) -> None:
        """What is to be told once its number is committed."""
        self.counters["tables_changed"] += 1
        before = self._untold.get(made.agent, [])
        self._untold[made.agent] = None if before is None or not made.orders else [*before, *made.orders]

    def _tell_changes(self, now_us: int) -> None:
        marks = self._maker.marks()
        fresh = {agent: mark for agent, mark in marks.items() if self._committed.get(agent) != mark}
        if fresh:
            self._keep(fresh)
            self._committed.update(fresh)
        untold, self._untold = self._untold, {}
        for agent, orders in untold.items():
            if orders is None:
                self._take(agent, marks[agent], now_us)
            else:
                for order in orders:
                    self._order(agent, order)
                self.counters["changes_told"] += len(orders)
            self._told[agent] = (now_us, 0)

    def _take(self, agent: str, mark: Mark, now_us: int) -> None:
        self._order(agent, TakePermits(self._new_id(), mark.epoch, mark.no, mark.hash, now_us))
        self.counters["snapshots_told"] += 1

    def _answer_held(self, now_us: int) -> None:
        """Agents whose heartbeat shows another table than the newest."""
        with self._lock:
            held = dict(self._held)
        for agent, mark in self._committed.items():
            told = held.get(agent)
            if told is None or mark.no == 0 or _is(told.held, mark):
                continue
            told_us, times = self._told.get(agent, (-REPEAT_US[0], 0))
            pause_us = REPEAT_US[min(times, len(REPEAT_US) - 1)]
            if told.at_us < told_us or 0 <= now_us - told_us < pause_us:  # it may not have heard yet, or fetches just now
                continue
            self._told[agent] = (now_us, times + 1)
            missed = self._maker.since(agent, told.held.no) if told.held and told.held.epoch == mark.epoch and times < 1 else None
            if missed is None:
                self._take(agent, mark, now_us)
                continue
            for order in missed:
                self._order(agent, msgspec.structs.replace(order, id=self._new_id()))
            self.counters["changes_told_again"] += len(missed)

    # Whereabouts

    def _tell_whereabouts(self, now_us: int) -> None:
        if 0 <= now_us - self._gathered_us < GATHER_US:
            return
        self._gathered_us = now_us
        with self._lock:
            went = list(self._went)
            self._went.clear()
        frames = self._maker.frames
        for agent, said in self._sorted_by_hearer(went, now_us).items():
            for at in range(0, len(said), WENT_AT_ONCE):
                self._order(agent, TellWhereabouts(self._new_id(), said[at : at + WENT_AT_ONCE]))
            self.counters["whereabouts_told"] += len(said)
            self._heard_us[agent] = now_us
        for agent, frame in frames.items():
            if frame.readers and not 0 <= now_us - self._heard_us.get(agent, -HEARD_EVERY_US) < HEARD_EVERY_US:
                self._heard_us[agent] = now_us
                self._order(agent, TellWhereabouts(self._new_id()))

    def _sorted_by_hearer(self, went: Sequence[Passed], now_us: int) -> dict[str, list[Whereabouts]]:
        """Who is to hear what: all other agents with a portal at one of both zones."""
        found: dict[str, list[Whereabouts]] = {}
        fresh = [one for one in went if now_us - one.at_us <= TOLD_LATE_US]
        if not fresh:
            return found
        people = {source.name: holder_of(source) for source in self._people.of_names(sorted({one.card for one in fresh}))}
        for one in fresh:
            zones, holder = self._maker.zones_of(one.device), people.get(one.card)
            if holder is None:
                self.counters["whereabouts_of_nobody"] += 1
                continue
            said = Whereabouts(holder, one.permit, one.card, one.to_zone, one.at_us)
            for agent, frame in self._maker.frames.items():
                if agent != one.agent and frame.zones & zones:
                    found.setdefault(agent, []).append(said)
        return found

    # Snapshots

    def chunk(self, agent: str, epoch: str, no: int, part: int, now_us: int) -> bytes:
        """The body of a part. Epoch `-` and number 0: of the newest table. Raises Gone."""
        with self._lock:
            snapshot = self._snapshot(agent, epoch, no, now_us)
            if not 0 <= part < len(snapshot.parts):
                raise Gone("permits_gone")
            self.counters["parts"] += 1
        return chunk_body(snapshot.mark, part, len(snapshot.parts), snapshot.parts[part])

    def _snapshot(self, agent: str, epoch: str, no: int, now_us: int) -> _Snapshot:
        mark = self._maker.marks().get(agent)
        if mark is None:
            raise Gone("unknown_agent")
        newest = (epoch, no) in (("-", 0), (mark.epoch, mark.no))
        key = (agent, mark.epoch, mark.no) if newest else (agent, epoch, no)
        found = self._snapshots.get(key)
        if found is None:
            if not newest:
                raise Gone("permits_gone")
            if self._committed.get(agent) != mark:
                raise Gone("permits_not_yet")
            made = self._maker.snapshot(agent)
            if made is None or made[0] != mark:  # it was changed this very moment
                raise Gone("permits_not_yet")
            found = _Snapshot(*made, now_us)
        self._snapshots[key] = found._replace(used_us=now_us)
        self._snapshots.move_to_end(key)
        self._forget_old(now_us)
        return found

    def _forget_old(self, now_us: int) -> None:
        for key, snapshot in list(self._snapshots.items()):
            if len(self._snapshots) > SNAPSHOTS_MAX or now_us - snapshot.used_us > SNAPSHOT_KEPT_US:
                del self._snapshots[key]

    def states(self) -> dict[str, AgentState]:
        """How each agent's table is."""
        with self._lock:
            held = dict(self._held)
        found = {}
        for agent, mark in self._maker.marks().items():
            told = held.get(agent)
            told_us = self._told.get(agent, (None, 0))[0]
            found[agent] = AgentState(mark, told.held if told else None, told.at_us if told else None, told_us)
        return found


def dirtied(dirt: Dirt, body: Mapping[str, Any]) -> Dirt:
    """What a change of the book makes dirty besides."""
    kind, name = body.get("kind"), str(body.get("id", ""))
    if kind == "import":
        return dirt._replace(permits=dirt.permits | frozenset(body.get("permits", ())))
    if kind == "credential":
        return dirt._replace(permits=dirt.permits | {str(body.get("permit", ""))})
    if kind == "permit":
        return dirt._replace(permits=dirt.permits | {name})
    if kind == "holder":
        return dirt._replace(holders=dirt.holders | {name})
    if kind == "household":
        return dirt._replace(households=dirt.households | {name})
    return dirt._replace(rules=True)


def _is(held: PermitsHeld | None, mark: Mark) -> bool:
    return held is not None and (held.epoch, held.no, held.hash) == (mark.epoch, mark.no, mark.hash)
