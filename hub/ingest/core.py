"""The worker without its thread: takes inputs, does a turn, commits, and only then speaks.

Memory is what was committed, always: a turn that cannot be committed is thrown away and the site read again before the next.
"""

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from contract.clock import US_PER_S
from contract.envelope import Receipt
from contract.orders import KeepHead, Nonce
from hub.audit.heads import Heads
from hub.ingest import lease as leases
from hub.ingest.casebook import DatabaseGone
from hub.ingest.duties.forgetting import forget_old
from hub.ingest.duties.rows import HOUR_US
from hub.ingest.gate import StreamMark
from hub.ingest.keys import BookKeys, Keys
from hub.ingest.lease import RENEW_US, Lease, LeaseLost
from hub.ingest.limits import Quota, Throttle
from hub.ingest.load import DatabaseArchive, load_site
from hub.ingest.outcome import Answer, Outcome
from hub.ingest.phones import forget_boots
from hub.ingest.ports import Ailing, Ask, ChangeRow, EstateSource, GateNews, Hook, Out, Rules, SiteBook, State, Unavailable
from hub.ingest.retention.rows import forget_holds
from hub.ingest.site import Site
from hub.ingest.stepping import RuleTable
from hub.ingest.surroundings import Surroundings
from hub.ingest.sweeping import Halt, SweepGuard, doubted_since
from hub.ingest.turn import Turn
from hub.ingest.visits.erasing import erase_visits
from hub.ingest.writer import disk_failure, is_empty, write
from hub.store.sweep import (
    condemn_pictures,
    doubted_us,
    note_doubt,
    sweep_changes,
    sweep_desk,
    sweep_duties,
    sweep_footage,
    sweep_passages,
    sweep_phones,
    sweep_stream,
)
from hub.visits.sealing import KEY_BYTES, Names

SWEEP_EVERY_US = 10 * US_PER_S
QUIET_SWEEP_EVERY_US = 60 * US_PER_S
"""Once a whole round has found nothing old: looking costs half as much again as all else that an idle hub does."""
STEPPED_US = 2 * US_PER_S
"""By how much more the wall clock goes from one turn to the next than monotonic time, when it was set: a busy machine may
take a second between reading the one and the other."""
_OUTAGES = frozenset({"08", "40", "53", "55", "57", "58"})
"""Classes of SQLSTATE: connection, rolled back for another's sake, resources, locks, an operator's doing, the system below."""
_GROWN_MAX = 20_000
_log = logging.getLogger(__name__)


class Message(NamedTuple):
    """What came from the broker. `suspect`: the database would not have it; its records are put aside unread."""

    topic: str
    payload: bytes
    suspect: bool = False


class Request(NamedTuple):
    """What somebody at the hub asks, and where to answer."""

    asked: Ask
    future: Future[Any]


Input = Message | Request


class DiskFailed(RuntimeError):
    """The disk did not sync. What the system believes to be written may be lost, so that trying again could acknowledge nothing:
    the process must end, and a new one reads what is there."""


class Core:
    """One site's turns. Not for two threads. `mono_us` tells monotonic time. `on_changes`, `on_nonce` and `on_gates` are called
    after the commit, in this thread."""

    def __init__(
        self,
        engine: Engine,
        book: SiteBook,
        rules: Rules,
        out: Out,
        *,
        owner: str,
        new_id: Callable[[], str],
        mono_us: Callable[[], int],
        hook: Hook = lambda _: None,
        on_changes: Callable[[Sequence[ChangeRow]], None] = lambda _: None,
        on_nonce: Callable[[str, Nonce], None] = lambda _agent, _nonce: None,
        on_gates: Callable[[Sequence[GateNews]], None] = lambda _: None,
        estates: EstateSource | None = None,
        heads: Heads | None = None,
        keys: Keys | None = None,
        link_digest: Callable[[str], str] | None = None,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self.state = State(False, "starting")
        self._engine = engine
        self._out = out
        self._owner = owner
        self._mono_us = mono_us
        self._hook = hook
        self._on_changes = on_changes
        self._on_nonce, self._on_gates = on_nonce, on_gates
        self._heads = heads
        self._site_id = book.site
        self._keep_us, self._picture_keep_us, self._record_us = rules.keep_us, rules.picture_keep_us, rules.record_us
        self._passage_keep_us = rules.passage_keep_us
        archive = DatabaseArchive(engine, book.site)
        table = RuleTable(rules)
        self._keys = keys
        shared = Throttle(), Throttle(), Quota(), self.counters
        known, digest = keys or BookKeys(book), link_digest or Names(secrets.token_bytes(KEY_BYTES)).link_digest
        self._around = Surroundings(book, table, archive, new_id, *shared, keys=known, link_digest=digest)
        self._estates = estates
        self._site: Site | None = None
        self._stale = False
        self._turn_us: int | None = None
        self._agents_awaited = False
        self._clock_was_set = False
        self._lease: Lease | None = None
        self._apart_us = 0
        self._held_us = 0
        self._sweep_us = 0
        self._forgot_us = 0
        self._kept_windows = 0
        self._sweep_guard = SweepGuard(None, 0, 0)
        self._sweep_halted: Halt | None = None
        self._doubt_noted_us: int | None = None
        self._to_sweep: list[str] = []
        self._quiet_sweeps = 0

    def open(self, now_us: int) -> None:
        """Take the site over. Raises LeaseHeld, or what the database raises; either may be tried again. Raises DiskFailed."""
        try:
            with self._engine.begin() as connection:
                self._lease = leases.take(connection, self._site_id, self._owner, now_us)
                self._site = load_site(connection, self._site_id, self._around.table, self.counters, now_us)
                self._sweep_guard = self._guard_of(connection, self._site, now_us)
                self._read_estate(connection)
        except SQLAlchemyError as failure:
            if disk_failure(failure):
                raise DiskFailed(disk_failure(failure)) from failure
            raise
        self._around = self._around._replace(ready_us=now_us)
        self._apart_us = now_us - self._mono_us()
        self._held_us = now_us
        self.state = State(True, "")

    def _guard_of(self, connection: Connection, site: Site, now_us: int) -> SweepGuard:
        """What the rows say of the clock, before the first that is written by it."""
        newest_us = max((mark.heard_us for name in site.streams if (mark := site.streams.get(name))), default=None)
        was_us = doubted_us(connection, self._site_id)
        since_us = doubted_since(newest_us, was_us, now_us)
        if since_us != was_us:
            note_doubt(connection, self._site_id, since_us)
        self._doubt_noted_us = since_us
        return SweepGuard(since_us, now_us, self._mono_us())

    def close(self, now_us: int) -> None:
        """Give the site back, where the database still lets one."""
        if self._lease is None:
            return
        try:
            with self._engine.begin() as connection:
                leases.release(connection, self._lease, now_us)
        except SQLAlchemyError as error:
            _log.warning("lease_not_released", extra={"error": str(error)})
        self._lease = None

    @property
    def book(self) -> SiteBook:
        """The estate that turns go by. From any thread."""
        return self._around.book

    @property
    def ailing(self) -> Ailing:
        """What bugs keep from being done. From any thread."""
        site = self._site
        return Ailing() if site is None else Ailing(site.planning_failures, len(site.windows.redo), site.failed_us)

    def next_us(self) -> int:
        """When the next turn is due though nothing should come in."""
        if not self._agents_awaited:
            return 0
        idle_us = self._held_us + RENEW_US
        return idle_us if self._site is None else min([idle_us, *self._site.due_us()])

    def turn(self, inputs: Sequence[Input], now_us: int) -> None:
        """Take the inputs in, commit, answer. Where the database cannot, nothing is acknowledged and `state` says so. What one
        input alone makes uncommittable is found by taking them one by one. Raises LeaseLost, DiskFailed."""
        failure = self._try_turn(inputs, now_us)
        if failure is None:
            return
        if not inputs or _is_outage(failure):
            self._degrade(inputs, failure, now_us)
            return
        for one in inputs:
            alone = self._try_turn([one], now_us)
            if alone is None:
                continue
            self.counters["inputs_refused_by_database"] += 1
            if isinstance(one, Message) and not _is_outage(alone):
                alone = self._try_turn([one._replace(suspect=True)], now_us)
            if alone is not None:
                self._degrade([one], alone, now_us)

    def greet(self, now_us: int) -> None:
        """Tell each agent how far its log is committed: what it sent while this hub was away has reached nobody, and it would
        wait long for an answer. Of an agent's streams the one heard last counts. And tell the newest head of the audit log."""
        site = self._loaded(now_us)
        last: dict[str, StreamMark] = {}
        for stream in site.streams:
            mark = site.streams.get(stream)
            if mark is None or mark.agent not in self._around.book.agents:  # the hub's own, and phones'
                continue
            if mark.heard_us >= last.get(mark.agent, mark).heard_us:
                last[mark.agent] = mark
        for agent, mark in last.items():
            self._out.receipt(agent, Receipt(mark.stream, mark.epoch, mark.boot, mark.mark, "want", now_us))
        if self._heads is not None:
            self._tell_head(self._heads.newest())

    def _try_turn(self, inputs: Sequence[Input], now_us: int) -> Exception | None:
        try:
            if self._turn_us is not None and now_us < self._turn_us - HOUR_US:
                self._stale = True  # what was left out of memory for its age is not that old
            site = self._loaded(now_us)
            self._follow_clock(now_us)
            turn = Turn(site, self._around, now_us)
            if self._turn_us is None or now_us < self._turn_us:
                turn.distrust_watermarks()
                self._agents_awaited = False  # one that was heard ahead of the clock is awaited from now on
            if self._clock_was_set:
                self.counters["boots_forgotten"] += forget_boots(site.streams)
            self._take(turn, inputs, now_us)
            self._commit(site, turn.outcome, now_us)
            self._turn_us, self._clock_was_set = now_us, False
        except LeaseLost:
            self._fail(inputs, Unavailable("the site was taken over by another hub"))
            self.state = State(False, "lease_lost", "another hub runs this site now: this one must stop")
            raise
        except Exception as failure:
            if self._site is not None:
                self._site.rollback()
            self._stale = True  # a commit that failed may have been made all the same
            self.counters["turns_failed"] += 1
            if disk_failure(failure):
                self._fail(inputs, Unavailable("the database's disk failed"))
                raise DiskFailed(disk_failure(failure)) from failure
            return failure
        self.state = State(True, "")
        self._speak(site, turn.outcome, now_us)
        return None

    def _follow_clock(self, now_us: int) -> None:
        """A clock that was set ahead is as if no hub had run meanwhile: sources are given their time from now on. Where it was
        set back, the time since when they have theirs goes with it."""
        apart_us, ready_us = now_us - self._mono_us(), self._around.ready_us
        if apart_us - self._apart_us > STEPPED_US:
            ready_us = now_us
        elif self._apart_us - apart_us > STEPPED_US:
            ready_us += apart_us - self._apart_us
        self._clock_was_set = self._clock_was_set or abs(apart_us - self._apart_us) > STEPPED_US
        self._apart_us = apart_us
        self._around = self._around._replace(ready_us=min(ready_us, now_us))

    def _loaded(self, now_us: int) -> Site:
        if self._site is None or self._stale:
            with self._engine.connect() as connection:
                self._read_estate(connection)  # a commit that failed may have brought another one
                self._site = load_site(connection, self._site_id, self._around.table, self.counters, now_us)
            self._stale = False
        return self._site

    def _read_estate(self, connection: Connection) -> None:
        """From now on turns go by the newest estate. What a device's detectors know stays; an agent that is new is awaited."""
        now = None if self._estates is None else self._estates.read(connection)
        was = self._around.estate
        if now is None or self._estates is None or (was is not None and was.version == now.version):
            return
        if not set(now.book.agents) <= set(self._around.book.agents):
            self._agents_awaited = False
        keys = self._keys or BookKeys(now.book)
        self._around = self._around._replace(book=now.book, table=RuleTable(now.rules), estate=now, keys=keys)
        guarded(self._estates.adopt, now)

    def _follow_estate(self) -> None:
        """The turn has brought another one. It is committed: what cannot be read now is read before the next turn."""
        try:
            with self._engine.connect() as connection:
                self._read_estate(connection)
        except SQLAlchemyError as failure:
            _log.warning("estate_not_read", extra={"error": str(failure).splitlines()[0]})
            self._stale = True

    def _take(self, turn: Turn, inputs: Sequence[Input], now_us: int) -> None:
        turn.expire_cases()
        if not self._agents_awaited:
            turn.await_agents()
        for sort, run in groupby(inputs, type):
            if sort is Message:
                self.counters["records"] += _take_messages(turn, [one for one in run if isinstance(one, Message)])
            else:
                for one in run:
                    assert isinstance(one, Request)
                    turn.ask(one.asked, one.future)
        turn.fire_by_clock()
        turn.judge_duties()
        turn.keep_footage(self._sweep_guard.doubt(now_us, self._mono_us()))
        turn.end()

    def _commit(self, site: Site, outcome: Outcome, now_us: int) -> None:
        assert self._lease is not None
        idle = is_empty(site, outcome) and now_us - self._held_us < RENEW_US
        if idle and self.state.ready:  # else only a commit can tell whether the database is well again
            site.settle()
            return
        self._hook("begin")
        with self._engine.begin() as connection:
            write(connection, self._lease, site, outcome, now_us=now_us, hook=self._hook)
            self._sweep(connection, site, now_us)
            if self._heads is not None:
                self._heads.tend(connection, len(outcome.acts) + len(outcome.writes), now_us)
            self._hook("commit")
        site.settle()
        self._doubt_noted_us = self._sweep_guard.doubted_us
        self._forget_old(site, now_us)
        self._agents_awaited = True
        self._held_us = now_us
        self.counters["turns"] += 1
        self.counters["events"] += len(outcome.events)
        self.counters.update(outcome.counted)
        self._hook("committed")

    def _speak(self, site: Site, outcome: Outcome, now_us: int) -> None:
        self._hook("receipts")
        if outcome.estates:  # before anybody is told of it
            self._follow_estate()
        if outcome.changes:  # first: people wait for what these wake
            guarded(self._on_changes, outcome.changes)
        for answer in outcome.answers.values():
            mark = site.streams.get(answer.head.stream)
            self._receipt(answer, answer.head.start - 1 if mark is None else mark.mark, now_us)
        for agent, order in outcome.orders:
            self._out.order(agent, order)
        for agent, nonce in outcome.nonces:
            guarded(self._on_nonce, agent, nonce)
        if outcome.gates:
            guarded(self._on_gates, outcome.gates)
        if self._heads is not None:
            self._tell_head(self._heads.settle())
        for future, value in outcome.futures:
            _answer(future, value)

    def _tell_head(self, head: KeepHead | None) -> None:
        if head is not None:
            for agent in self._around.book.agents:
                self._out.order(agent, head)

    def _receipt(self, answer: Answer, up_to: int, now_us: int) -> None:
        head = answer.head
        receipt = Receipt(head.stream, head.epoch, head.boot, up_to, answer.verdict, now_us, head.sent_us)
        self._out.receipt(answer.agent, receipt)
        self.counters["receipts"] += 1

    def _degrade(self, inputs: Iterable[Input], failure: Exception, now_us: int) -> None:
        """Tell the agents to wait, as far as the site is known, and everybody else that it cannot be done now."""
        _log.error("turn_failed", exc_info=failure)
        self.state = State(False, "database_failed", str(failure).splitlines()[0][:500] if str(failure) else repr(failure))
        self._fail(inputs, Unavailable(self.state.detail))
        if self._site is not None:
            self._pause([one for one in inputs if isinstance(one, Message)], self._site, now_us)

    def _pause(self, messages: Iterable[Message], site: Site, now_us: int) -> None:
        turn = Turn(site, self._around, now_us)
        try:
            for one in messages:
                turn.take(one.topic, one.payload)
        except DatabaseGone as gone:
            if disk_failure(gone):
                raise DiskFailed(disk_failure(gone)) from gone
        turn.end()
        answers = list(turn.outcome.answers.values())
        site.rollback()
        for answer in answers:
            mark = site.streams.get(answer.head.stream)
            up_to = answer.head.start - 1 if mark is None else mark.mark
            if mark is None or mark.agent == answer.agent:
                self._receipt(answer._replace(verdict="paused"), up_to, now_us)

    def _fail(self, inputs: Iterable[Input], why: Exception) -> None:
        for one in inputs:
            if isinstance(one, Request):
                _answer(one.future, why)

    def _sweep(self, connection: Connection, site: Site, now_us: int) -> None:
        """A chunk of what is past its days, in a transaction that is made anyhow, one stream after another."""
        if self._sweep_guard.doubted_us != self._doubt_noted_us:  # with the first rows that bear the new time
            note_doubt(connection, self._site_id, self._sweep_guard.doubted_us)
        every_us = SWEEP_EVERY_US if self._quiet_sweeps <= len(site.streams) else QUIET_SWEEP_EVERY_US
        if now_us - self._sweep_us < every_us and self._sweep_us <= now_us:
            return
        self._sweep_us = now_us
        if self._may_not_sweep(now_us):
            return
        self._to_sweep = self._to_sweep or list(site.streams)
        stream = self._to_sweep.pop() if self._to_sweep else None
        before_us, pictures_before_us = now_us - self._keep_us, now_us - self._picture_keep_us
        records = 0
        if self._record_us is not None:
            before_record_us = now_us - self._record_us
            needed = site.windows.evidence_before(before_record_us)
            records = sweep_duties(connection, self._site_id, before_record_us, needed)
            records += sweep_desk(connection, self._site_id, before_record_us)
            records += sweep_phones(connection, self._site_id, before_record_us)
        swept = {
            "changes_swept": sweep_changes(connection, self._site_id, site.counters.change_pos, before_us),
            "pictures_condemned": condemn_pictures(connection, self._site_id, pictures_before_us, now_us),
            "duties_swept": records,
            "passages_swept": self._sweep_passages(connection, now_us),
            "visits_erased": erase_visits(connection, self._site_id, now_us),
            "footage_words_swept": sweep_footage(connection, self._site_id, before_us),
            "swept": 0 if stream is None else sweep_stream(connection, self._site_id, stream, before_us),
        }
        self.counters.update(swept)
        self._quiet_sweeps = 0 if any(swept.values()) else self._quiet_sweeps + 1

    def _sweep_passages(self, connection: Connection, now_us: int) -> int:
        keep_us = self._passage_keep_us
        return 0 if keep_us is None else sweep_passages(connection, self._site_id, now_us - keep_us)

    def _forget_old(self, site: Site, now_us: int) -> None:
        grown = len(site.windows) > 2 * self._kept_windows + _GROWN_MAX  # months are made up for
        if grown or not 0 <= now_us - self._forgot_us < HOUR_US:
            self._forgot_us = now_us
            forget_old(site, now_us)
            forget_holds(site.keeping, now_us)
            self._kept_windows = len(site.windows)

    def _may_not_sweep(self, now_us: int) -> bool:
        was, self._sweep_halted = self._sweep_halted, self._sweep_guard.halted(now_us, self._mono_us())
        if self._sweep_halted is not None:
            self.counters["sweeps_halted"] += 1
            if self._sweep_halted != was:
                _log.warning("sweep_halted", extra={"reason": self._sweep_halted})
        return self._sweep_halted is not None


def _take_messages(turn: Turn, messages: Sequence[Message]) -> int:
    """How many records they brought. A message under suspicion is taken by itself."""
    if any(one.suspect for one in messages):
        return sum(turn.take(one.topic, one.payload, suspect=one.suspect) for one in messages)
    return turn.take_all([(one.topic, one.payload) for one in messages])


def _is_outage(failure: Exception) -> bool:
    """The database is at fault (locked, full, read-only, gone), and not what was to be written. PostgreSQL says by its SQLSTATE
    which: a row that is too long for it is an "operational error" as well."""
    if isinstance(failure, DBAPIError) and failure.connection_invalidated:
        return True
    told = getattr(failure, "orig", failure)
    sqlstate = getattr(told, "sqlstate", None)
    if sqlstate is not None:
        return str(sqlstate)[:2] in _OUTAGES
    return isinstance(failure, OperationalError | InterfaceError | DatabaseGone) or hasattr(told, "sqlstate")


def _answer(future: Future[Any], value: Any) -> None:
    if not future.set_running_or_notify_cancel():
        return
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)


def guarded(callback: Callable[..., None], *arguments: Any) -> None:
    """A listener's bug is its own."""
    try:
        callback(*arguments)
    except Exception:
        _log.exception("listener_failed")
