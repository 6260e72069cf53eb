"""Segments from their agents: ordered over MQTT, brought over HTTP, shared by all who wait for one.

An agent is asked for few at a time; who waits is answered first, what might be wanted next comes after. An order without an
answer is given up after 8 s, and the agent is away; nothing is ever asked twice for one who waits.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock

from contract.clock import US_PER_S, Clock
from contract.orders import SendFootage
from hub.footage.playback.cache import Cache, Incoming, Key
from hub.orders import OrderSender

AT_ONCE_MAX = 4
"""Orders under way of one agent."""
WAITING_MAX = 64
"""Segments of one agent that are to be ordered. Over it who waits is refused; what nobody waits for is not taken."""
ANSWER_US = 8 * US_PER_S
TRANSFER_US = 60 * US_PER_S
AGENTS_MAX = 1_000


class FootageUnavailable(RuntimeError):
    """A segment cannot be had now. The message is a name: `agent_away`, `gone`, `busy`, `disk_failed`."""


class _Fetch:
    """A segment on its way. Times are monotonic; `asked_us` None: it waits for its turn."""

    def __init__(self, agent: str, key: Key) -> None:
        self.agent, self.key = agent, key
        self.order = ""
        self.until_us = 0
        self.wanted = False
        self.done: Future[None] = Future()


class _Row:
    """One agent's: what was asked for, and what waits, first come first served, those who wait before what is only likely."""

    def __init__(self) -> None:
        self.under_way: dict[str, _Fetch] = {}
        self.waiting: OrderedDict[Key, _Fetch] = OrderedDict()


class Fetching:
    """All fetches of one hub. Any thread; never waits. `new_id`: orders' random names, 32 hex digits, which nobody can guess."""

    def __init__(self, sender: OrderSender, clock: Clock, cache: Cache, new_id: Callable[[], str]) -> None:
        self._sender, self._clock, self.cache, self._new_id = sender, clock, cache, new_id
        self._lock = Lock()
        self._rows: OrderedDict[str, _Row] = OrderedDict()
        self.counters: Counter[str] = Counter()

    def want(self, agent: str, key: Key) -> "Future[None]":
        """Done once the segment is in the cache; fails with FootageUnavailable. Whoever waits calls `expire` now and then."""
        self.expire()
        with self._lock:
            if self.cache.has(key):
                self.counters["hits"] += 1
                return _done()
            fetch = self._find(agent, key) or self._begin(agent, key)
            if fetch is None:
                self.counters["busy"] += 1
                return _failed("busy")
            if not fetch.wanted and not fetch.order:  # before what is only likely
                row = self._rows[agent]
                row.waiting.move_to_end(key)
                for other in [one for one in row.waiting.values() if not one.wanted and one is not fetch]:
                    row.waiting.move_to_end(other.key)
            fetch.wanted = True
            self.counters["misses"] += 1
        self._pump(agent)
        return fetch.done

    def prefetch(self, agent: str, key: Key) -> None:
        """It will probably be wanted next. Dropped where the agent has enough to do."""
        with self._lock:
            if self.cache.has(key) or self._find(agent, key) is not None:
                return
            if self._begin(agent, key) is None:
                self.counters["prefetches_dropped"] += 1
                return
        self._pump(agent)

    def expire(self) -> None:
        """Give up what was not answered in time, and go on with what waits."""
        now_us, over = self._clock.mono_us(), []
        self.cache.sweep()
        with self._lock:
            for row in self._rows.values():
                for order, fetch in list(row.under_way.items()):
                    if now_us > fetch.until_us:
                        del row.under_way[order]
                        over.append(fetch)
                        # what waits behind would wait as long for the same agent
                        over += [one for one in row.waiting.values() if not one.wanted]
                        row.waiting = OrderedDict((key, one) for key, one in row.waiting.items() if one.wanted)
            self.counters["unanswered"] += len(over)
            agents = list(self._rows)
        for fetch in over:
            _fail(fetch, "agent_away")
        for agent in agents:
            self._pump(agent)

    def expects(self, agent: str, order: str) -> bool:
        """Whether this order of the agent's is waited for: asked before its body is read, for which there is time from now on."""
        with self._lock:
            fetch = self._under_way(agent, order)
            if fetch is None:
                self.counters["refused"] += 1
                return False
            fetch.until_us = self._clock.mono_us() + TRANSFER_US
            return True

    def arrived(self, agent: str, order: str, come: Incoming) -> bool:
        """The body is there, whole and genuine; an empty one: the agent has no such segment. False where it is waited for no
        more. Raises OSError."""
        with self._lock:
            fetch = self._under_way(agent, order)
            if fetch is None:
                self.counters["refused"] += 1
                return False
        if come.size_bytes:
            self.cache.keep(fetch.key, come)
        with self._lock:
            row = self._rows[agent]
            row.under_way.pop(order, None)
            self.counters["taken" if come.size_bytes else "gone"] += 1
        if not come.size_bytes:
            _fail(fetch, "gone")
        elif not fetch.done.done():
            fetch.done.set_result(None)
        self._pump(agent)
        return True

    def broke(self, agent: str, order: str, cause: str) -> None:
        """Its body did not come whole."""
        with self._lock:
            fetch = self._under_way(agent, order)
            if fetch is None:
                return
            self._rows[agent].under_way.pop(order, None)
            self.counters["broken"] += 1
        _fail(fetch, cause)
        self._pump(agent)

    def _begin(self, agent: str, key: Key) -> _Fetch | None:
        row = self._rows.setdefault(agent, _Row())
        self._rows.move_to_end(agent)
        while len(self._rows) > AGENTS_MAX:
            _, old = self._rows.popitem(last=False)
            for one in (*old.under_way.values(), *old.waiting.values()):
                _fail(one, "busy")
        if len(row.waiting) >= WAITING_MAX:
            return None
        fetch = row.waiting[key] = _Fetch(agent, key)
        return fetch

    def _pump(self, agent: str) -> None:
        """Send the orders that there is room for."""
        orders = []
        with self._lock:
            row = self._rows.get(agent)
            while row is not None and row.waiting and len(row.under_way) < AT_ONCE_MAX:
                key, fetch = row.waiting.popitem(last=False)
                fetch.order, fetch.until_us = self._new_id(), self._clock.mono_us() + ANSWER_US
                row.under_way[fetch.order] = fetch
                orders.append(SendFootage(fetch.order, key.device, key.stream, key.no))  # type: ignore[arg-type]
            self.counters["asked"] += len(orders)
        for order in orders:
            self._sender.order(agent, order)

    def _find(self, agent: str, key: Key) -> _Fetch | None:
        row = self._rows.get(agent)
        if row is None:
            return None
        return row.waiting.get(key) or next((one for one in row.under_way.values() if one.key == key), None)

    def _under_way(self, agent: str, order: str) -> _Fetch | None:
        row = self._rows.get(agent)
        return None if row is None else row.under_way.get(order)


def _fail(fetch: _Fetch, cause: str) -> None:
    if not fetch.done.done():
        fetch.done.set_exception(FootageUnavailable(cause))


def _failed(cause: str) -> "Future[None]":
    done: Future[None] = Future()
    done.set_exception(FootageUnavailable(cause))
    return done


def _done() -> "Future[None]":
    done: Future[None] = Future()
    done.set_result(None)
    return done
