"""Batches of records from an agent, receipts from the hub, and the seal on both.

A sealed payload is the three bytes `WK1`, a 16-byte MAC and a JSON body. The MAC is BLAKE2b under the agent's key over the topic
and the body, so that a payload moved to another topic, or made by another agent, is refused.
"""

import hmac
from hashlib import blake2b
from typing import Literal

import msgspec

from contract.readings import AnyReading

MAX_PAYLOAD_BYTES = 64 * 1024
MAX_BATCH_RECORDS = 500
TIME_MAX_US = 7_258_118_400_000_000
"""The year 2200. The hub puts a record aside whose times do not lie between 1970 and then."""
KEY_BYTES = 32
FOOTAGE_BYTES_MAX = 64 * 1024 * 1024
"""Of one segment that is sent to the hub."""
_MAGIC = b"WK1"
_MAC_BYTES = 16


class Record(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One row of an agent's log. `seq` counts from the stream's start without a hole, except that a `dropped` reading stands for
    the whole range up to its `last_seq`. `at_us`: the agent's wall clock; `device_at_us`: the device's own, where it tells."""

    seq: int
    device: str
    at_us: int
    reading: AnyReading
    device_at_us: int | None = None


class BatchHead(msgspec.Struct, frozen=True):
    """Who speaks, and from which log.

    stream: the log's id, 32 hex digits, new with each new log. start: the stream's first sequence number.
    epoch: counts the agent's boots on this log; boot: a random name of this boot; boot_head: the log's last number when
    the oldest boot that the hub has not answered began (this one, as a rule): nothing above it was sent before this boot, as an
    agent sends records only once the hub has answered its greeting. A hub that has seen a higher epoch, or the same epoch
    under another boot, or has committed more than `boot_head` before it first sees this boot, is speaking to a copy of the
    log, and refuses (`fenced`, `rewound`).
    floor: the lowest number the log still holds; head: its last. sent_us: the agent's wall clock when it sent.
    offset_us: the agent's wall clock minus the hub's, as last measured; None before the first measurement.
    """

    stream: str
    epoch: int
    boot: str
    boot_head: int
    floor: int
    head: int
    sent_us: int
    start: int = 1
    offset_us: int | None = None


class Batch(BatchHead, frozen=True):
    """Contiguous records, oldest first; none at all is a greeting that asks for a receipt."""

    records: list[Record] = []


class RawBatch(BatchHead, frozen=True):
    """A batch whose records are decoded one by one, for when one of them is poisonous."""

    records: list[msgspec.Raw] = []


Verdict = Literal["committed", "want", "fenced", "rewound", "paused"]


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """The hub's answer. Everything of `stream` up to and with `up_to` is committed, whatever the verdict.

    committed: go on. want: send from `up_to` + 1. fenced, rewound: the log is a copy of one that went on elsewhere; begin a new
    stream. paused: the hub cannot commit now (database read-only or full); try later. hub_us: the hub's wall clock;
    echo_us: the batch's `sent_us`, or None when the hub speaks first.
    """

    stream: str
    epoch: int
    boot: str
    up_to: int
    verdict: Verdict
    hub_us: int
    echo_us: int | None = None


class BadSeal(ValueError):
    """A payload that is not sealed, or not by this key for this topic. The message is a name: too_long, no_seal, wrong_mac."""


def seal(key: bytes, topic: str, body: bytes) -> bytes:
    """The payload to publish on `topic`. Raises ValueError when it would be longer than MAX_PAYLOAD_BYTES."""
    payload = _MAGIC + _mac(key, topic, body) + body
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"a payload of {len(payload)} bytes is over the limit of {MAX_PAYLOAD_BYTES}")
    return payload


def unseal(key: bytes, topic: str, payload: bytes) -> bytes:
    """The body of a payload that came on `topic`. Raises BadSeal."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise BadSeal("too_long")
    body_at = len(_MAGIC) + _MAC_BYTES
    if len(payload) < body_at or not payload.startswith(_MAGIC):
        raise BadSeal("no_seal")
    body = payload[body_at:]
    if not hmac.compare_digest(_mac(key, topic, body), payload[len(_MAGIC) : body_at]):
        raise BadSeal("wrong_mac")
    return body


def _mac(key: bytes, topic: str, body: bytes) -> bytes:
    name = topic.encode()
    return blake2b(len(name).to_bytes(2) + name + body, digest_size=_MAC_BYTES, key=key).digest()


SEAL_BYTES = len(_MAGIC) + _MAC_BYTES
"""What a seal adds to a body."""

encode = msgspec.json.Encoder().encode
decode_batch = msgspec.json.Decoder(Batch).decode
decode_raw_batch = msgspec.json.Decoder(RawBatch).decode
decode_record = msgspec.json.Decoder(Record).decode
decode_receipt = msgspec.json.Decoder(Receipt).decode


def picture_path(agent: str, picture: str) -> str:
    """Where an agent posts a picture at the hub, and what its MAC is over; a prefix of the hub's own URL is not part of it."""
    return f"/agents/{agent}/pictures/{picture}"


def live_path(agent: str, order: str, age_ms: int) -> str:
    """Where an agent posts the picture of a `show_picture` order, which was taken `age_ms` before it was sent."""
    return f"/agents/{agent}/live/{order}/{age_ms}"


def footage_path(agent: str, order: str) -> str:
    """Where an agent posts what a `send_footage` order asked for, FOOTAGE_BYTES_MAX at most; an empty body: it is not there."""
    return f"/agents/{agent}/footage/{order}"


def bulk_mac(key: bytes, path: str, body: bytes) -> str:
    """What an agent sends as `X-Watchkeeper-Mac` with bulk data: 32 hex digits, the same MAC as a seal's, over path and body."""
    return _mac(key, path, body).hex()


class BulkMac:
    """The same MAC for a body that comes in pieces."""

    def __init__(self, key: bytes, path: str) -> None:
        name = path.encode()
        self._hash = blake2b(len(name).to_bytes(2) + name, digest_size=_MAC_BYTES, key=key)

    def update(self, piece: bytes) -> None:
        """The body's next bytes."""
        self._hash.update(piece)

    def text(self) -> str:
        """The MAC of what came so far, 32 hex digits."""
        return self._hash.hexdigest()

    def fits(self, mac: str) -> bool:
        """Whether `mac` is that one. Takes the same time for any wrong one."""
        return hmac.compare_digest(self.text().encode(), mac.encode())


def bulk_mac_fits(key: bytes, path: str, body: bytes, mac: str) -> bool:
    """Whether `mac` is this key's for this path and body. Takes the same time for any wrong one."""
    return hmac.compare_digest(bulk_mac(key, path, body).encode(), mac.encode())


def last_seq(record: Record) -> int:
    """The last sequence number that `record` stands for."""
    return getattr(record.reading, "last_seq", record.seq)
