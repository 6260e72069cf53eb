"""The thread that makes agents' tables of permits and sends them: it sleeps until there is something new, or half a second."""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from threading import Event, Thread
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import Clock
from contract.orders import AnyOrder
from hub.access.compile import Numbers
from hub.access.maker import Ground, Maker
from hub.access.sending import AgentState, Sending
from hub.access.table import Mark
from hub.duties.calendar import calendar_of
from hub.duties.localtime import local_day
from hub.estates.holder import EstateHolder
from hub.ingest.ports import Ask, ChangeRow, GateNews, Unavailable, Write
from hub.policy.load import Policy
from hub.store.access_sources import AccessSources, write_marks

TICK_S = 0.5
ANSWER_S = 10.0
STOP_S = 15.0
BACK_OFF_S = 2.0
YIELD_S = 0.001
"""Between chunks of a whole table: the worker's turns go on meanwhile."""
_log = logging.getLogger(__name__)


class Feed(Protocol):
    """The change log, its newest rows in memory."""

    def after(self, pos: int, limit: int = ...) -> list[ChangeRow]:
        """The next rows after `pos`, oldest first."""
        ...

    def bounds(self) -> tuple[int, int]:
        """The position before the oldest row, and that of the newest."""
        ...

    def subscribe(self, callback: Callable[[Sequence[ChangeRow]], None]) -> None:
        """Call back with each turn's rows."""
        ...


class PermitKeeper:
    """See the module. `ask`: the worker's; `order`: the broker's."""

    def __init__(
        self,
        engine: Engine,
        book: EstateHolder,
        policy: Policy,
        feed: Feed,
        ask: Callable[[Ask], "Future[Any]"],
        order: Callable[[str, AnyOrder], None],
        clock: Clock,
    ) -> None:
        def new_id() -> str:
            return secrets.token_hex(8)

        self._book, self._feed, self._ask, self._clock = book, feed, ask, clock
        self._sources = AccessSources(engine, book.site)
        self._calendar = calendar_of(policy.calendar.in_order())
        self._stop, self._wake, self._begun = Event(), Event(), False
        self._devices: tuple[object, dict[str, frozenset[str]]] = (None, {})
        maker = Maker(self._sources, numbers_of(policy), new_id, pause=self._pause)
        self.sending = Sending(maker, feed, self._sources, self._keep, order, new_id)
        self._maker = maker
        self._thread = Thread(target=self._run, name="permits", daemon=True)

    @property
    def counters(self) -> Mapping[str, int]:
        """What was counted since the start."""
        return {**self.sending.counters, "tables_too_large": self._maker.refused}

    def start(self) -> None:
        """Begin: read everything once, then follow."""
        self._feed.subscribe(lambda _: self._wake.set())
        self._thread.start()

    def stop(self) -> None:
        """End after what is under way."""
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)

    def on_gates(self, news: Sequence[GateNews]) -> None:
        """What the worker calls after a commit."""
        self.sending.news(news)

    def chunk(self, agent: str, epoch: str, no: int, part: int) -> bytes:
        """A part of an agent's snapshot. Raises hub.access.sending.Gone."""
        return self.sending.chunk(agent, epoch, no, part, self._clock.now_us())

    def states(self) -> dict[str, AgentState]:
        """How each agent's table is."""
        return self.sending.states()

    def step(self) -> None:
        """Once: see Sending.step. Raises what the database raises."""
        if not self._begun:
            pos = self._feed.bounds()[1]  # before what is read: what comes meanwhile is looked at again
            self.sending.begin(self._sources.marks(), pos)
            self._begun = True
        now_us = self._clock.now_us()
        self.sending.step(self._ground(now_us), now_us)

    def _ground(self, now_us: int) -> Ground:
        estate = self._book.current
        if self._devices[0] is not estate:
            rows = estate.file.devices
            self._devices = (estate, {agent: frozenset(row.id for row in rows if row.agent == agent) for agent in estate.agents})
        return Ground(self._devices[1], estate.timezone, self._calendar, local_day(estate.timezone, now_us))

    def _pause(self) -> None:
        self._stop.wait(YIELD_S)

    def _keep(self, marks: Mapping[str, Mark]) -> None:
        site = self._book.site
        self._ask(Write(lambda connection: write_marks(connection, site, marks))).result(ANSWER_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self.step()
            except (Unavailable, SQLAlchemyError, TimeoutError) as error:
                _log.warning("permits_not_sent", extra={"error": str(error).splitlines()[0][:200] if str(error) else repr(error)})
                self.sending.counters["failed"] += 1
                self._stop.wait(BACK_OFF_S)
            except Exception:  # a bug of ours may not end the thread: agents decide by what they hold
                _log.exception("permits_failed")
                self.sending.counters["failed"] += 1
                self._stop.wait(BACK_OFF_S)
            self._wake.wait(TICK_S)


def numbers_of(policy: Policy) -> Numbers:
    """What the policy says for tables. Where it leaves a number out, ours counts."""
    gate6, gate2 = policy.clauses.get("GATE-6"), policy.clauses.get("GATE-2")
    six = {} if gate6 is None else gate6.numbers
    two = {} if gate2 is None else gate2.numbers
    ours = Numbers()
    return Numbers(
        int(six.get("passback_s", ours.passback_s)),
        "allow" if two.get("no_clock_allows") else "refuse",
        "refuse" if two.get("calendar_end_refuses") else "repeat",
        "refuse" if six.get("passback_unknown_refuses") else "allow",
        int(six.get("passback_hears_s", ours.passback_hears_s)),
    )
