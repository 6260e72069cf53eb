"""The thread that owns a site: one bounded queue in, one turn after another, sleeping until the next message or deadline."""

import logging
import secrets
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Condition, Event, Thread
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import US_PER_S, Clock
from contract.orders import Nonce
from hub.audit.heads import Heads
from hub.ingest.core import Core, Input, Message, Request, guarded
from hub.ingest.inbox import Inbox
from hub.ingest.keys import Keys
from hub.ingest.lease import LeaseHeld, LeaseLost
from hub.ingest.ports import Ailing, Ask, ChangeRow, EstateSource, GateNews, Hook, Out, Rules, SiteBook, State, Unavailable

MESSAGES_MAX = 8_192
ASKS_MAX = 1_024
TURN_MESSAGES_MAX = 1_024
TURN_BYTES_MAX = 512 * 1024
"""About 2,000 records."""
BACK_OFF_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
SLEEP_MAX_S = 5.0
_log = logging.getLogger(__name__)

ChangeListener = Callable[[Sequence[ChangeRow]], None]
NonceListener = Callable[[str, Nonce], None]
GateListener = Callable[[Sequence[GateNews]], None]


class _Agents:
    """The agents of the estate in force."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def __contains__(self, agent: object) -> bool:
        return agent in self._core.book.agents


class Worker:
    """Runs a site. `owner` names this hub's place among others: what was killed there takes its own lease back at once.

    All methods may be called from any thread. Listeners run in the worker's thread and must not wait.
    """

    def __init__(
        self,
        engine: Engine,
        book: SiteBook,
        rules: Rules,
        out: Out,
        clock: Clock,
        *,
        owner: str,
        new_id: Callable[[], str] = lambda: secrets.token_hex(8),
        hook: Hook = lambda _: None,
        estates: EstateSource | None = None,
        heads: Heads | None = None,
        keys: Keys | None = None,
        link_digest: Callable[[str], str] | None = None,
    ) -> None:
        self._changes: list[ChangeListener] = []
        self._nonces: list[NonceListener] = []
        self._gates: list[GateListener] = []
        self._core = Core(
            engine,
            book,
            rules,
            out,
            owner=owner,
            new_id=new_id,
            mono_us=clock.mono_us,
            hook=hook,
            on_changes=self._tell_changes,
            on_nonce=self._tell_nonce,
            on_gates=self._tell_gates,
            estates=estates,
            heads=heads,
            keys=keys,
            link_digest=link_digest,
        )
        self._clock = clock
        self._inbox = Inbox(_Agents(self._core), MESSAGES_MAX)
        self._requests: deque[Request] = deque()
        self._due = Condition()
        self._woken = False
        self._greeting = False
        self._stopping = False
        self._ended: State | None = None
        self._tried = Event()
        self._failures = 0
        self._thread = Thread(target=self._run, name="worker", daemon=True)

    @property
    def state(self) -> State:
        """Whether the site is served, and if not, why."""
        return self._ended or self._core.state

    @property
    def counters(self) -> Counter[str]:
        """A copy of what was counted since the start: batches, records, events, duplicates, refused_REASON, queue_dropped…"""
        return Counter(self._core.counters)

    @property
    def ailing(self) -> Ailing:
        """What bugs keep from being done."""
        return self._core.ailing

    @property
    def waiting(self) -> int:
        """Messages in the queue."""
        return len(self._inbox)

    def on_change(self, listener: ChangeListener) -> None:
        """Have `listener` called with the change log's new rows, after their commit, in order and without a hole."""
        self._changes.append(listener)

    def on_nonce(self, listener: NonceListener) -> None:
        """Have `listener` called with an agent's id and each nonce that it gives."""
        self._nonces.append(listener)

    def on_gates(self, listener: GateListener) -> None:
        """Have `listener` called with what agents have told of their tables of permits and of who went through."""
        self._gates.append(listener)

    def start(self) -> None:
        """Begin. Returns at once: see `state`."""
        self._thread.start()

    def wait_opened(self, timeout_s: float) -> None:
        """Wait until the site is read, or until it is known that it cannot be now: see `state`."""
        self._tried.wait(timeout_s)

    def stop(self, timeout_s: float = 30.0) -> None:
        """End after the present turn and give the site back. What waits is not taken in; requests are told so."""
        with self._due:
            self._stopping = True
            self._due.notify()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def submit(self, topic: str, payload: bytes) -> bool:
        """A message from the broker. False when a message was dropped since the queue is full: see Inbox. It is counted, and
        its agent, which gets no receipt, sends it again."""
        return not self.submit_many([(topic, payload)])

    def submit_many(self, said: Sequence[tuple[str, bytes]]) -> int:
        """Messages from the broker in their order, each a topic with a payload. Returns how many were dropped."""
        dropped = 0
        with self._due:
            for topic, payload in said:
                dropped += self._inbox.put(Message(topic, payload))
            self._core.counters["queue_dropped"] += dropped
            self._due.notify()
        return dropped

    def ask(self, asked: Ask) -> "Future[Any]":
        """Have something done. The future is answered after the commit; see each kind of Ask for by what. It fails with
        Unavailable when it cannot be done now."""
        future: Future[Any] = Future()
        with self._due:
            ended = self._stopping or self._ended is not None
            if ended or len(self._requests) >= ASKS_MAX:
                self._core.counters["asks_dropped"] += 1
                future.set_exception(Unavailable("the hub is stopping" if ended else "too much is asked at once: try again"))
                return future
            self._requests.append(Request(asked, future))
            self._due.notify()
        return future

    def greet(self) -> None:
        """Speak to the agents first: the broker is there (again)."""
        with self._due:
            self._greeting = True
            self._due.notify()

    def nudge(self) -> None:
        """Look at the clock now: it was moved by hand."""
        with self._due:
            self._woken = True
            self._due.notify()

    def _run(self) -> None:
        try:
            if self._open():
                self._serve()
            self._end(State(False, "stopped", "the hub is stopping"))
        except LeaseLost as lost:
            _log.critical("lease_lost", extra={"error": str(lost)})
            self._end(State(False, "lease_lost", str(lost)))
        except BaseException as error:
            _log.critical("worker_died", exc_info=error)
            self._end(State(False, "stopped", f"the worker died: {error!r}"))

    def _open(self) -> bool:
        while not self._stopping:
            now_us = self._clock.now_us()
            try:
                self._core.open(now_us)
            except LeaseHeld as held:
                self._core.state = State(False, "waiting_for_lease", str(held))
                self._tried.set()
                self._sleep(min(1.0, max(0.05, (held.until_us - now_us) / US_PER_S)))
            except SQLAlchemyError as error:
                self._core.state = State(False, "database_failed", str(error).splitlines()[0])
                self._tried.set()
                self._sleep(self._back_off_s())
            else:
                self._failures = 0
                self._tried.set()
                return True
        return False

    def _serve(self) -> None:
        while True:
            inputs = self._next_inputs()
            if self._stopping:
                self._put_back(inputs)
                break
            self._core.turn(inputs, self._clock.now_us())
            self._greet_agents()
            if self._core.state.ready:
                self._failures = 0
            else:
                self._sleep(self._back_off_s())
        self._core.close(self._clock.now_us())

    def _greet_agents(self) -> None:
        if self._greeting and self._core.state.ready:
            self._greeting = False
            self._core.greet(self._clock.now_us())

    def _next_inputs(self) -> list[Input]:
        with self._due:
            if not (self._inbox or self._requests or self._woken or self._greeting or self._stopping):
                wait_s = (self._core.next_us() - self._clock.now_us()) / US_PER_S
                if wait_s > 0:
                    self._due.wait(min(wait_s, SLEEP_MAX_S))
            self._woken = False
            inputs: list[Input] = [*self._inbox.take(TURN_MESSAGES_MAX, TURN_BYTES_MAX)]
            while self._requests and len(inputs) < 2 * TURN_MESSAGES_MAX:
                inputs.append(self._requests.popleft())
            return inputs

    def _put_back(self, inputs: Sequence[Input]) -> None:
        self._requests.extendleft(one for one in inputs if isinstance(one, Request))

    def _sleep(self, seconds: float) -> None:
        with self._due:
            if not self._stopping:
                self._due.wait_for(lambda: self._stopping, seconds)

    def _back_off_s(self) -> float:
        self._failures += 1
        return BACK_OFF_S[min(self._failures, len(BACK_OFF_S)) - 1]

    def _end(self, state: State) -> None:
        with self._due:
            self._ended = state
            self._tried.set()
            waiting = list(self._requests)
            self._requests.clear()
            self._inbox.clear()
        for one in waiting:
            if one.future.set_running_or_notify_cancel():
                one.future.set_exception(Unavailable(state.detail))

    def _tell_changes(self, rows: Sequence[ChangeRow]) -> None:
        for listener in self._changes:
            guarded(listener, rows)

    def _tell_nonce(self, agent: str, nonce: Nonce) -> None:
        for listener in self._nonces:
            guarded(listener, agent, nonce)

    def _tell_gates(self, news: Sequence[GateNews]) -> None:
        for listener in self._gates:
            guarded(listener, news)
