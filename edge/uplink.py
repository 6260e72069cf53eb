"""The agent's half of the protocol: which batch to send next, and what a receipt means. Sans-IO: fed with events and times.

It greets first and sends records only once the hub has answered this boot. Then a window of contiguous batches is under
way; receipts are cumulative; whatever goes wrong ends in going back to what the hub says it holds. docs/design/wire.md.
"""

from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

import msgspec

from contract.clock import US_PER_MS, US_PER_S
from contract.envelope import (
    MAX_BATCH_RECORDS,
    MAX_PAYLOAD_BYTES,
    SEAL_BYTES,
    BadSeal,
    BatchHead,
    Receipt,
    decode_receipt,
    encode,
    seal,
    unseal,
)
from contract.topics import Leaf, agent_topic
from edge.offset import ClockOffset, Now
from edge.spool import Spool

__all__ = ["Message", "Now", "Phase", "Uplink", "UplinkCounters", "UplinkLimits"]

_OPEN = b',"records":['
_CLOSE = b"]}"
_ECHOES_MAX = 64
_STUCK_MAX = 3


class Phase(Enum):
    """Where the conversation stands."""

    OFFLINE = "offline"
    GREETING = "greeting"
    FLOWING = "flowing"


class UplinkLimits(NamedTuple):
    """Times in microseconds. The window opens from one batch to `window` with each receipt."""

    window: int = 8
    linger_us: int = 3 * US_PER_MS
    receipt_timeout_us: int = 10 * US_PER_S
    receipt_timeout_max_us: int = 60 * US_PER_S
    idle_us: int = 30 * US_PER_S
    greet_min_us: int = 1 * US_PER_S
    greet_max_us: int = 30 * US_PER_S


class UplinkCounters(msgspec.Struct):
    """Since the start. `foreign`: receipts of another stream or boot; `bad`: unsealed or unreadable ones."""

    greetings: int = 0
    batches: int = 0
    records: int = 0
    receipts: int = 0
    timeouts: int = 0
    go_backs: int = 0
    paused: int = 0
    new_streams: int = 0
    foreign: int = 0
    bad: int = 0


class Message(NamedTuple):
    """What to publish."""

    topic: str
    payload: bytes


class _Sent(NamedTuple):
    ordinal: int
    mono_us: int


class _Flying(NamedTuple):
    last_seq: int
    mono_us: int


class Uplink:
    """One agent's conversation with the hub. Not thread-safe: one thread feeds it. Methods may raise SpoolFailed."""

    def __init__(
        self, site: str, agent: str, key: bytes, spool: Spool, *, random: Callable[[], float], limits: UplinkLimits | None = None
    ) -> None:
        """`random` gives floats in [0, 1) and jitters the back-off."""
        self.site, self.agent = site, agent
        self.batch_topic = agent_topic(site, agent, "batch")
        self.receipt_topic = agent_topic(site, agent, "receipt")
        self.counters = UplinkCounters()
        self.offset = ClockOffset()
        self.phase = Phase.OFFLINE
        self._key = key
        self._spool = spool
        self._random = random
        self._limits = limits or UplinkLimits()
        self._next_seq = spool.acked + 1
        self._sent_high = spool.head if spool.confirmed else spool.boot_head
        self._in_flight: deque[_Flying] = deque()
        self._echoes: dict[int, _Sent] = {}
        self._ordinal = 0
        self._back_to = 0
        self._window = 1
        self._timeout_us = self._limits.receipt_timeout_us
        self._moved_us = 0
        self._linger_us: int | None = None
        self._full_rows = MAX_BATCH_RECORDS
        self._greet_us = 0
        self._greeted = 0
        self._attempts = 0
        self._stuck = 0
        self._renewed = False

    # Events

    def on_connected(self, now: Now) -> None:
        """Messages may be sent from now on."""
        self._attempts = 0
        self._greet_at(now.mono_us)

    def on_disconnected(self) -> None:
        """What was under way may be lost."""
        self.phase = Phase.OFFLINE
        self._in_flight.clear()

    def on_receipt(self, payload: bytes, now: Now) -> None:
        """A payload came on the receipt topic. Never raises for what is in it."""
        receipt = self._read(payload)
        if receipt is None or self.phase is Phase.OFFLINE:
            return
        if receipt.verdict == "want" and receipt.echo_us is None and self.phase is Phase.GREETING:
            self._greet_us = now.mono_us  # the hub is back and spoke first, perhaps to an earlier boot: no need to back off
            return
        spool = self._spool
        if (receipt.stream, receipt.epoch, receipt.boot) != (spool.stream, spool.epoch, spool.boot):
            self.counters.foreign += 1
            return
        self.counters.receipts += 1
        sent = self._echoes.get(receipt.echo_us) if receipt.echo_us is not None else None
        if sent is not None:
            self.offset.sample(sent.mono_us, receipt.hub_us, now)
        if receipt.verdict in {"fenced", "rewound"} or receipt.up_to > max(self._sent_high, spool.boot_head):
            self._renew(receipt.up_to, now)
        elif receipt.verdict == "paused":
            self._pause(receipt.up_to, now)
        elif self.phase is Phase.GREETING:
            self._answered(receipt.up_to, sent, now)
        elif receipt.verdict == "want":
            self._wanted(receipt.up_to, sent, now)
        else:
            self._progress(receipt.up_to, now)

    # What to do

    def next(self, now: Now) -> list[Message]:
        """Everything to publish now, in order."""
        if self.phase is Phase.FLOWING:
            self._check_silence(now)
        if self.phase is Phase.GREETING:
            return self._greet(now)
        return self._batches(now) if self.phase is Phase.FLOWING else []

    @property
    def wake_at(self) -> int | None:
        """The monotonic time at which `next` may have more to say though nothing happened; None: never."""
        if self.phase is Phase.OFFLINE:
            return None
        if self.phase is Phase.GREETING:
            return self._greet_us
        silence_us = self._silence_us
        return silence_us if self._linger_us is None else min(silence_us, self._linger_us)

    @property
    def idle(self) -> bool:
        """Whether the hub has receipted everything in the log."""
        return self._spool.acked >= self._spool.head

    def sealed(self, leaf: Leaf, body: bytes) -> Message:
        """A small message of the agent's on one of its own topics. Raises ValueError when it is too long."""
        topic = agent_topic(self.site, self.agent, leaf)
        return Message(topic, seal(self._key, topic, body))

    # Receipts

    def _read(self, payload: bytes) -> Receipt | None:
        try:
            return decode_receipt(unseal(self._key, self.receipt_topic, payload))
        except (BadSeal, msgspec.DecodeError, UnicodeDecodeError):
            self.counters.bad += 1
            return None

    def _answered(self, up_to: int, sent: _Sent | None, now: Now) -> None:
        """The hub has said where it stands; a receipt of something older than the last greeting says only what it holds."""
        if sent is None or sent.ordinal < self._greeted:
            self._spool.acknowledge(up_to)
            return
        self._spool.acknowledge(up_to, lower=True)
        self._spool.confirm()
        if not self._spool.confirmed:
            return  # it could not be written down: the next greeting tries again
        self.phase = Phase.FLOWING
        self._renewed = False
        if self._stuck == 0:
            self._attempts = 0
        self._go_to(up_to + 1, now)

    def _progress(self, up_to: int, now: Now) -> None:
        self._spool.acknowledge(up_to)
        before = len(self._in_flight)
        while self._in_flight and self._in_flight[0].last_seq <= up_to:
            self._in_flight.popleft()
        self._next_seq = max(self._next_seq, up_to + 1)
        if len(self._in_flight) < before:
            self._moved_us = now.mono_us
            self._window = min(self._window + before - len(self._in_flight), self._limits.window)
            self._timeout_us = self._limits.receipt_timeout_us
            self._stuck = 0

    def _wanted(self, up_to: int, sent: _Sent | None, now: Now) -> None:
        if sent is not None and sent.ordinal < self._back_to:
            self._progress(up_to, now)  # every batch behind a lost one says so; once is enough
            return
        self.counters.go_backs += 1
        self._spool.acknowledge(up_to, lower=True)
        self._stuck += 1
        if self._stuck > _STUCK_MAX:
            self._greet_at(now.mono_us + self._back_off_us())
            return
        self._go_to(up_to + 1, now)

    def _pause(self, up_to: int, now: Now) -> None:
        self.counters.paused += 1
        self._spool.acknowledge(up_to)
        self._greet_at(now.mono_us + self._back_off_us())

    def _renew(self, up_to: int, now: Now) -> None:
        """This log is a copy of one that went on elsewhere.

        Where the hub has answered this boot, its receipts to this boot are all that is known to be in the hub. Where it has
        not, nothing above `boot_head` was ever sent from here, so what the hub holds above it is not ours; below, it is.
        """
        spool = self._spool
        spool.begin_new_stream(spool.acked if spool.confirmed else min(up_to, spool.boot_head))
        self.counters.new_streams += 1
        self._echoes.clear()
        self._sent_high = spool.boot_head
        self._greet_at(now.mono_us + self._back_off_us() if self._renewed else now.mono_us)
        self._renewed = True

    # Sending

    def _go_to(self, seq: int, now: Now) -> None:
        self._next_seq = seq
        self._in_flight.clear()
        self._back_to = self._ordinal + 1
        self._window = 1
        self._moved_us = now.mono_us
        self._linger_us = None

    def _greet_at(self, mono_us: int) -> None:
        self.phase = Phase.GREETING
        self._in_flight.clear()
        self._linger_us = None
        self._greet_us = mono_us

    def _back_off_us(self) -> int:
        limit_us = min(self._limits.greet_min_us << min(self._attempts, 16), self._limits.greet_max_us)
        self._attempts += 1
        return int(limit_us * (0.5 + self._random() / 2))

    @property
    def _silence_us(self) -> int:
        if self._in_flight:
            return max(self._in_flight[0].mono_us, self._moved_us) + self._timeout_us
        return self._moved_us + self._limits.idle_us

    def _check_silence(self, now: Now) -> None:
        if now.mono_us < self._silence_us or not self._in_flight:
            return
        self.counters.timeouts += 1
        self._timeout_us = min(2 * self._timeout_us, self._limits.receipt_timeout_max_us)
        self._greet_at(now.mono_us)

    def _greet(self, now: Now) -> list[Message]:
        if now.mono_us < self._greet_us:
            return []
        self._greet_us = now.mono_us + 2 * self._back_off_us()
        message = self._greeting(now)
        self._greeted = self._ordinal
        return [message]

    def _greeting(self, now: Now) -> Message:
        self.counters.greetings += 1
        return self._message(self._head(now), [])

    def _batches(self, now: Now) -> list[Message]:
        if not self._in_flight and self._spool.head < self._next_seq and now.mono_us >= self._silence_us:
            self._moved_us = now.mono_us
            self._in_flight.append(_Flying(self._next_seq - 1, now.mono_us))
            return [self._greeting(now)]
        messages = []
        while len(self._in_flight) < self._window and self._is_due(now):
            messages.append(self._batch(now))
            self._in_flight.append(_Flying(self._next_seq - 1, now.mono_us))
        return messages

    def _is_due(self, now: Now) -> bool:
        """One event goes at once; while others are under way, a batch fills up for a few milliseconds."""
        waiting = self._spool.head - self._next_seq + 1
        if waiting <= 0:
            return False
        if not self._in_flight or waiting >= self._full_rows:
            return True
        if self._linger_us is None:
            self._linger_us = now.mono_us + self._limits.linger_us
        return now.mono_us >= self._linger_us

    def _batch(self, now: Now) -> Message:
        head = self._head(now)
        room = MAX_PAYLOAD_BYTES - SEAL_BYTES - len(head) - len(_OPEN) - len(_CLOSE)
        page = self._spool.page(self._next_seq, room, MAX_BATCH_RECORDS)
        assert page.records, "the spool takes no record that does not fit into a batch"
        if page.last_seq < self._spool.head:
            self._full_rows = len(page.records)
        self.counters.batches += 1
        self.counters.records += len(page.records)
        self._next_seq = page.last_seq + 1
        self._sent_high = max(self._sent_high, page.last_seq)
        self._linger_us = None
        return self._message(head, page.records)

    def _head(self, now: Now) -> bytes:
        spool = self._spool
        sent_us = now.wall_us
        while sent_us in self._echoes:
            sent_us += 1
        self._ordinal += 1
        while len(self._echoes) >= _ECHOES_MAX:
            del self._echoes[next(iter(self._echoes))]
        self._echoes[sent_us] = _Sent(self._ordinal, now.mono_us)
        return encode(
            BatchHead(
                stream=spool.stream,
                epoch=spool.epoch,
                boot=spool.boot,
                boot_head=spool.boot_head,
                floor=spool.floor,
                head=spool.head,
                sent_us=sent_us,
                start=spool.start,
                offset_us=self.offset.at(now),
            )
        )

    def _message(self, head: bytes, records: list[bytes]) -> Message:
        """The records are joined as the log holds them: nothing is decoded or encoded again."""
        body = b"".join((head[:-1], _OPEN, b",".join(records), _CLOSE))
        return Message(self.batch_topic, seal(self._key, self.batch_topic, body))
