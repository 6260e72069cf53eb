"""What the hub asks: sealed orders, each at most once, and commands only under a nonce of this agent's.

Nonces live in memory alone. A command whose agent has been restarted since finds no nonce and is refused, so that no
journal of commands is needed for at most once to hold through a crash: what was being done then is told by the device.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

import msgspec
import structlog

from contract.clock import US_PER_S, Clock
from contract.envelope import BadSeal, encode, unseal
from contract.orders import (
    COMMAND_LIFE_S,
    AnyOrder,
    AskNonce,
    ChangePermits,
    Command,
    DeleteFootage,
    Flush,
    KeepHead,
    ListFootage,
    Nonce,
    RescueFootage,
    SendFootage,
    ShowPicture,
    TakePermits,
    TakeSnapshot,
    TellWhereabouts,
    decode_order,
)
from contract.readings import MAX_TEXT, AuditHeadConflict, CommandDone
from contract.topics import agent_topic
from edge.actuator import Job, Outcome
from edge.live import LivePictures

NONCES_MAX = 64
REMEMBERED_MAX = 4096
MAX_ID = 32
LIFE_US = int(COMMAND_LIFE_S * US_PER_S)
SNAPSHOT = "snapshot"
TOLD_AGAIN = (DeleteFootage, RescueFootage, ListFootage)
"""They are told until they are answered, and done as often: that changes nothing."""
_NO_CARRIERS: Mapping[type[AnyOrder], Callable[[Any], None]] = {}


class Hand(NamedTuple):
    """A device that can act: what the hub may ask of it, how to ask, and how to tell the log what became of it."""

    commands: Collection[str]
    ask: Callable[[Job], bool]
    tell: Callable[[CommandDone], None]


class Tables(NamedTuple):
    """Who takes what the hub tells of permits."""

    told: Callable[[TakePermits], None]
    changed: Callable[[ChangePermits], None]
    heard: Callable[[TellWhereabouts], None]


class Counters(msgspec.Struct):
    """Since the start: orders taken by kind, and orders not taken by reason."""

    flushes: int = 0
    snapshots: int = 0
    shows: int = 0
    nonces: int = 0
    commands: int = 0
    heads: int = 0
    permits: int = 0
    whereabouts: int = 0
    footage: int = 0
    bad_seal: int = 0
    undecodable: int = 0
    unknown_order: int = 0
    repeated: int = 0
    unknown_device: int = 0
    busy: int = 0
    nonces_dropped: int = 0


class Nonces:
    """Nonces given out and not used, the oldest dropped over the limit. Times are monotonic."""

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token
        self._given: OrderedDict[str, int] = OrderedDict()
        self.dropped = 0

    def give(self, mono_us: int) -> str:
        """A new nonce, good for LIFE_US from now."""
        for nonce, given_us in list(self._given.items()):
            if mono_us - given_us > LIFE_US:
                del self._given[nonce]
        if len(self._given) >= NONCES_MAX:
            self._given.popitem(last=False)
            self.dropped += 1
        nonce = self._token()
        self._given[nonce] = mono_us
        return nonce

    def use(self, nonce: str, mono_us: int) -> tuple[str, int]:
        """`ok` and until when, or why not: `unknown_nonce`, `expired`. It is used up either way."""
        given_us = self._given.pop(nonce, None)
        if given_us is None:
            return "unknown_nonce", 0
        until_us = given_us + LIFE_US
        return ("ok", until_us) if mono_us <= until_us else ("expired", until_us)


class Orders:
    """Takes orders from the link's thread and returns at once. `hands` is by device; `flush(order)` writes a heartbeat;
    `send_nonce` seals and sends a nonce's body; `tell` appends a result about a device that is not here, or what is
    wrong with a head that `keep` was given, under the agent's name. `footage`: who carries out each order about footage; an agent
    that keeps none takes none."""

    def __init__(
        self,
        *,
        site: str,
        agent: str,
        key: bytes,
        hands: Mapping[str, Hand],
        flush: Callable[[str], None],
        send_nonce: Callable[[bytes], None],
        tell: Callable[[CommandDone | AuditHeadConflict], None],
        live: LivePictures,
        clock: Clock,
        token: Callable[[], str],
        tables: Tables,
        keep: Callable[[KeepHead], AuditHeadConflict | None] = lambda _: None,
        footage: Mapping[type[AnyOrder], Callable[[Any], None]] = _NO_CARRIERS,
    ) -> None:
        self._key = key
        self._order_topic = agent_topic(site, agent, "order")
        self._hands = hands
        self._flush = flush
        self._send_nonce = send_nonce
        self._tell = tell
        self._keep = keep
        self._tables = tables
        self._live = live
        self._clock = clock
        self._nonces = Nonces(token)
        self._taken: OrderedDict[str, None] = OrderedDict()
        self._shown: OrderedDict[str, None] = OrderedDict()
        """Apart, so that people who look push no command out of memory."""
        self._lock = Lock()
        self._log = structlog.get_logger("edge.orders")
        self.counters = Counters()
        self._carriers: dict[type[AnyOrder], Callable[[Any], None]] = {
            Flush: self._flush_now,
            AskNonce: self._give_nonce,
            TakeSnapshot: self._snapshot,
            KeepHead: self._keep_head,
            ShowPicture: self._show,
            Command: self._command,
            TakePermits: partial(self._permits, tables.told),
            ChangePermits: partial(self._permits, tables.changed),
            TellWhereabouts: self._whereabouts,
            **{order: partial(self._footage, carry) for order, carry in footage.items()},
        }
        """Who carries out which order."""

    def take(self, payload: bytes) -> None:
        """One message on this agent's order topic, not a retained one. Never raises on what the message says."""
        try:
            order = decode_order(unseal(self._key, self._order_topic, payload))
        except BadSeal as error:
            self._refused("bad_seal", why=str(error))
            return
        except (msgspec.MsgspecError, RecursionError):
            self._refused("undecodable")
            return
        carry = self._carriers.get(type(order))
        if carry is None:
            self._refused("unknown_order")
        elif isinstance(order, TOLD_AGAIN) or self._is_new(order):
            carry(order)

    def _is_new(self, order: AnyOrder) -> bool:
        if not 0 < len(order.id) <= MAX_ID:
            self._refused("undecodable")
            return False
        taken = self._shown if isinstance(order, ShowPicture | SendFootage) else self._taken
        with self._lock:
            new = order.id not in taken
            taken[order.id] = None
            if len(taken) > REMEMBERED_MAX:
                taken.popitem(last=False)
        if not new:
            self._refused("repeated", order=order.id)
        return new

    def _flush_now(self, order: Flush) -> None:
        self.counters.flushes += 1
        self._flush(order.id)

    def _permits(self, take: Callable[[Any], None], order: TakePermits | ChangePermits) -> None:
        self.counters.permits += 1
        take(order)

    def _whereabouts(self, order: TellWhereabouts) -> None:
        self.counters.whereabouts += 1
        self._tables.heard(order)

    def _footage(self, carry: Callable[[Any], None], order: AnyOrder) -> None:
        self.counters.footage += 1
        carry(order)

    def _give_nonce(self, order: AskNonce) -> None:
        self.counters.nonces += 1
        with self._lock:
            nonce = self._nonces.give(self._clock.mono_us())
            self.counters.nonces_dropped = self._nonces.dropped
        self._send_nonce(encode(Nonce(order.id, nonce)))

    def _keep_head(self, order: KeepHead) -> None:
        self.counters.heads += 1
        conflict = self._keep(order)
        if conflict is not None:
            self._tell(conflict)

    def _snapshot(self, order: TakeSnapshot) -> None:
        hand = self._hands.get(order.device)
        if hand is None:
            self._refused("unknown_device", device=order.device[:MAX_TEXT])
            return
        self.counters.snapshots += 1

        def done(outcome: Outcome, reason: str) -> None:
            if outcome != "done":  # a picture that was taken tells of itself
                hand.tell(CommandDone(nonce=order.id, action=SNAPSHOT, outcome=outcome, reason=reason))

        if not hand.ask(Job(SNAPSHOT, {"order": order.id}, done)):
            self._refused("busy", device=order.device)
            done("failed", "busy")

    def _show(self, order: ShowPicture) -> None:
        hand = self._hands.get(order.device)
        if hand is None:
            self._refused("unknown_device", device=order.device[:MAX_TEXT])
            return
        self.counters.shows += 1

        def done(outcome: Outcome, _reason: str) -> None:
            if outcome != "done":  # whoever looks sees that no picture comes
                self._live.failed(order.id)

        if self._live.begin(order.id, order.device) and not hand.ask(Job(SNAPSHOT, {"order": order.id}, done)):
            self._live.failed(order.id)

    def _command(self, order: Command) -> None:
        self.counters.commands += 1
        with self._lock:
            verdict, until_us = self._nonces.use(order.nonce, self._clock.mono_us())
        hand = self._hands.get(order.device)
        tell = hand.tell if hand is not None else self._tell

        def done(outcome: Outcome, reason: str) -> None:
            self._log.info("command", device=order.device[:MAX_TEXT], action=order.action[:MAX_TEXT], outcome=outcome, why=reason)
            tell(
                CommandDone(
                    nonce=order.nonce[:MAX_TEXT],
                    action=order.action[:MAX_TEXT],
                    outcome=outcome,
                    reason=reason,
                    actor=order.actor[:MAX_TEXT],
                )
            )

        if verdict != "ok":
            done("refused", verdict)
        elif hand is None:
            done("refused", "unknown_device")
        elif order.action not in hand.commands:
            done("refused", "not_allowed")
        elif not hand.ask(Job(order.action, {"order": order.id}, done, until_us)):
            self._refused("busy", device=order.device)
            done("failed", "busy")

    def _refused(self, name: str, **facts: str) -> None:
        setattr(self.counters, name, getattr(self.counters, name) + 1)
        self._log.warning("order_refused", name=name, **facts)
