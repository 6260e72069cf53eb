"""What may come in. Pure: a payload, the agents' keys and a stream's mark in; what to commit, or a named refusal, out.

Two steps. `open_message` needs no state: topic, seal, decoding, limits. `admit` compares the batch with how far its stream is
committed: duplicates are left out, gaps are asked for, copies of a log are fenced.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from contract.clock import US_PER_S
from contract.envelope import (
    MAX_BATCH_RECORDS,
    TIME_MAX_US,
    BadSeal,
    BatchHead,
    RawBatch,
    Record,
    Verdict,
    decode_batch,
    decode_raw_batch,
    decode_record,
    last_seq,
    unseal,
)
from contract.orders import Nonce, decode_nonce, decode_status
from contract.readings import MAX_TEXT, Dropped
from contract.topics import AgentTopic, parse_agent_topic

SEQ_MAX = 2**53
SENT_AHEAD_MAX_US = 300 * US_PER_S
MAX_STATUS_BYTES = 1024
NAMES_MAX = 96
_STREAM = re.compile(r"[0-9a-f]{32}")
_BOOT = re.compile(r"[0-9A-Za-z_-]{1,64}")
_NUL = b"\\u0000"
_LONG_TEXT = re.compile(rb'"[^"]{%d}' % (MAX_TEXT + 1))
_UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class StreamMark(msgspec.Struct, frozen=True):
    """A row of `stream`: whose log it is, how far it is committed, and which boot speaks for it."""

    stream: str
    agent: str
    mark: int
    epoch: int
    boot: str
    heard_us: int
    offset_us: int
    sent_us: int


class Poison(NamedTuple):
    """A record that could not be decoded, but whose numbers could, or that cannot be so: it is quarantined and the stream goes
    on."""

    seq: int
    last_seq: int
    body: bytes
    reason: Literal["undecodable", "too_long_text", "bad_segment"] = "undecodable"


class Refused(NamedTuple):
    """Nothing of the message is taken. `agent` is None for a stranger; `verdict` None says that no receipt is owed;
    `foreign`: somebody may be speaking in the agent's name, and people should know."""

    reason: str
    agent: str | None = None
    verdict: Verdict | None = None
    foreign: bool = False


class BatchMessage(NamedTuple):
    """A genuine batch, in order and without holes inside."""

    agent: str
    head: BatchHead
    records: list[Record | Poison]


class NonceMessage(NamedTuple):
    """A genuine nonce for a command."""

    agent: str
    nonce: Nonce


class LostMessage(NamedTuple):
    """The broker published the agent's last will. Unsealed: a hint."""

    agent: str


class CameMessage(NamedTuple):
    """The agent says that it has connected. Unsealed: a hint."""

    agent: str


class Nothing(NamedTuple):
    """A message that asks for nothing: a status that somebody cleared."""


Message = BatchMessage | NonceMessage | LostMessage | CameMessage | Nothing | Refused


class Admitted(NamedTuple):
    """What is new in a batch. `mark` is the stream's row once `records` are committed; `jumped` the numbers that the agent no
    longer holds and the hub never saw; `duplicates` counts records that were committed before."""

    mark: StreamMark
    records: list[Record | Poison]
    verdict: Literal["committed", "want"]
    duplicates: int
    jumped: tuple[int, int] | None


class _Numbers(msgspec.Struct):
    last_seq: int | None = None


class _Seq(msgspec.Struct):
    seq: int
    reading: msgspec.Raw = msgspec.Raw(b"null")


_decode_seq = msgspec.json.Decoder(_Seq).decode
_decode_numbers = msgspec.json.Decoder(_Numbers).decode


def open_message(site: str, key_of: Callable[[str], bytes | None], topic: str, payload: bytes) -> Message:
    """What a message on one of the agents' topics says. Never raises, whatever the bytes."""
    parsed = parse_agent_topic(topic)
    if parsed is None or parsed.site != site:
        return Refused("unknown_topic")
    key = key_of(parsed.agent)
    if key is None:
        return Refused("unknown_agent")
    if parsed.leaf == "status":
        return _open_status(parsed.agent, payload)
    opener = _OPENERS.get(parsed.leaf)
    if opener is None:
        return Refused("unknown_topic", parsed.agent)
    try:
        body = unseal(key, topic, payload)
    except BadSeal as bad:
        return Refused(str(bad), parsed.agent, foreign=True)
    return opener(parsed, body)


def admit(message: BatchMessage, known: StreamMark | None, now_us: int) -> Admitted | Refused:
    """What is new in `message`, given the stream's row where there is one. Checked in turn: the log, the boot, the numbers."""
    head = message.head
    if known is None:
        known = StreamMark(head.stream, message.agent, head.start - 1, head.epoch, head.boot, now_us, 0, head.sent_us)
    elif known.agent != message.agent:
        return Refused("foreign_stream", message.agent, foreign=True)
    refusal = _wrong_boot(message, known)
    if refusal is not None:
        return refusal
    offset_us = clock_offset_us(head, now_us)
    sent_us = max(head.sent_us, known.sent_us) if head.boot == known.boot else head.sent_us
    heard = StreamMark(known.stream, known.agent, known.mark, head.epoch, head.boot, now_us, offset_us, sent_us)
    return _new_records(message, heard)


def is_fresh(head: BatchHead, known: StreamMark | None, admitted: Admitted) -> bool:
    """Whether the batch shows that its agent is alive. A recorded copy brings nothing new, and was sent before."""
    later = known is None or known.boot != head.boot or head.sent_us > known.sent_us
    return later or bool(admitted.records)


def clock_offset_us(head: BatchHead, now_us: int) -> int:
    """The agent's clock less the hub's. The agent's own measurement counts; where it has none yet, or says it sent the batch
    over five minutes from now, what the batch itself shows counts instead. (A batch sent in the past was only held up.)"""
    shown_us = head.sent_us - now_us
    if head.offset_us is None:
        return shown_us if abs(shown_us) >= US_PER_S else 0
    return shown_us if shown_us - head.offset_us > SENT_AHEAD_MAX_US else head.offset_us


def _new_records(message: BatchMessage, known: StreamMark) -> Admitted | Refused:
    head, records = message.head, message.records
    if not records:
        return Admitted(known, [], "want" if head.head > known.mark else "committed", 0, None)
    first = records[0].seq
    jumped = None
    mark = known.mark
    if first > mark + 1:
        if first != head.floor:
            return Admitted(known, [], "want", 0, None)
        jumped = (mark + 1, first - 1)
        mark = first - 1
    fresh = records if first > mark else [record for record in records if last_of(record) > mark]
    duplicates = len(records) - len(fresh)
    if fresh and fresh[0].seq <= mark:
        fresh[0] = _rest_of(fresh[0], mark + 1)
    if fresh:
        mark = last_of(fresh[-1])
    heard = StreamMark(known.stream, known.agent, mark, known.epoch, known.boot, known.heard_us, known.offset_us, known.sent_us)
    return Admitted(heard, fresh, "committed", duplicates, jumped)


def _rest_of(record: Record | Poison, seq: int) -> Record | Poison:
    """A range of dropped records whose beginning is committed: what is left of it."""
    if isinstance(record, Poison):
        return record._replace(seq=seq)
    reading = record.reading.rest_from(seq) if isinstance(record.reading, Dropped) else record.reading
    return replace(record, seq=seq, reading=reading)


def _wrong_boot(message: BatchMessage, known: StreamMark) -> Refused | None:
    """Why this boot may not speak for the log. A late copy of what is committed already is fenced, but alarms nobody."""
    head = message.head
    if head.epoch < known.epoch or (head.epoch == known.epoch and head.boot != known.boot):
        old_news = head.epoch < known.epoch and bool(message.records) and last_of(message.records[-1]) <= known.mark
        return Refused("fenced", message.agent, "fenced", foreign=not old_news)
    if head.epoch > known.epoch and known.mark > head.boot_head:
        return Refused("rewound", message.agent, "rewound", foreign=True)
    return None


def _open_batch(topic: AgentTopic, body: bytes) -> BatchMessage | Refused:
    records: list[Record | Poison]
    try:
        batch = decode_batch(body)
    except _UNDECODABLE:
        try:
            raw = decode_raw_batch(body)
        except _UNDECODABLE:
            return Refused("undecodable", topic.agent, foreign=True)
        decoded = [_one_by_one(bytes(one)) for one in raw.records[: MAX_BATCH_RECORDS + 1]]
        if not all(decoded):
            return Refused("undecodable", topic.agent, foreign=True)
        return _checked(topic.agent, raw, [one for one in decoded if one is not None])
    records = list(batch.records)
    if b"\\" in body or _LONG_TEXT.search(body):  # few batches: NUL and quotes are escaped
        records = [_storable(record) for record in batch.records]
    return _checked(topic.agent, batch, records)


def _storable(record: Record) -> Record | Poison:
    """PostgreSQL cannot hold a NUL in a text, nor a key of some thousand characters: a record with either is poison on every
    database."""
    body = msgspec.json.encode(record)
    if _NUL in body:
        return Poison(record.seq, last_of(record), body)
    if len(body) > MAX_TEXT and _longest_text(msgspec.to_builtins(record)) > MAX_TEXT:
        return Poison(record.seq, last_of(record), body, "too_long_text")
    return record


def _longest_text(value: Any) -> int:
    """Characters of the longest text in what JSON can hold, names of fields included."""
    if isinstance(value, str):
        return len(value)
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max(map(_longest_text, inner), default=0)


def _checked(agent: str, head: BatchHead | RawBatch, records: list[Record | Poison]) -> BatchMessage | Refused:
    if not _sane_head(head):
        return Refused("bad_head", agent, foreign=True)
    if len(records) > MAX_BATCH_RECORDS:
        return Refused("too_many_records", agent, foreign=True)
    next_seq = records[0].seq if records else 0
    for at, record in enumerate(records):
        last = last_of(record)
        if record.seq != next_seq or last < next_seq:
            return Refused("not_contiguous", agent, foreign=True)
        next_seq = last + 1
        if not _in_time(record):
            records[at] = Poison(record.seq, last, msgspec.json.encode(record))
    if records and (records[0].seq < head.start or next_seq > SEQ_MAX):
        return Refused("bad_numbers", agent, foreign=True)
    return BatchMessage(agent, head, records)


def _sane_head(head: BatchHead) -> bool:
    numbers = (head.epoch, head.boot_head, head.floor, head.head, head.start)
    offset_us = head.offset_us or 0
    return (
        len(head.stream) + len(head.boot) <= NAMES_MAX
        and _are_names(head.stream, head.boot)
        and min(numbers) >= 0
        and max(numbers) <= SEQ_MAX
        and head.start >= 1
        and 0 <= head.sent_us <= TIME_MAX_US
        and abs(offset_us) <= TIME_MAX_US
    )


@lru_cache(maxsize=1024)
def _are_names(stream: str, boot: str) -> bool:
    """Whether a log and a boot may be called so. Every batch of a boot says the same two."""
    return _STREAM.fullmatch(stream) is not None and _BOOT.fullmatch(boot) is not None


def _in_time(record: Record | Poison) -> bool:
    """Whether a database can hold the record's times. Poison has none."""
    if isinstance(record, Poison):
        return True
    device_at_us = record.device_at_us
    return 0 <= record.at_us <= TIME_MAX_US and (device_at_us is None or 0 <= device_at_us <= TIME_MAX_US)


def _one_by_one(body: bytes) -> Record | Poison | None:
    try:
        return _storable(decode_record(body))
    except _UNDECODABLE:
        pass
    try:
        numbered = _decode_seq(body)
    except _UNDECODABLE:
        return None
    try:
        last = _decode_numbers(numbered.reading).last_seq
    except _UNDECODABLE:
        last = None
    return Poison(numbered.seq, numbered.seq if last is None else last, body)


def last_of(record: Record | Poison) -> int:
    """The last number that the record stands for."""
    if isinstance(record, Poison):
        return record.last_seq
    return last_seq(record) if type(record.reading) is Dropped else record.seq


def _open_nonce(topic: AgentTopic, body: bytes) -> NonceMessage | Refused:
    try:
        return NonceMessage(topic.agent, decode_nonce(body))
    except _UNDECODABLE:
        return Refused("undecodable", topic.agent, foreign=True)


def _open_status(agent: str, payload: bytes) -> LostMessage | CameMessage | Nothing | Refused:
    """An empty payload is a retained status that somebody cleared."""
    if not payload:
        return Nothing()
    if len(payload) > MAX_STATUS_BYTES:
        return Refused("too_long", agent)
    try:
        return CameMessage(agent) if decode_status(payload).online else LostMessage(agent)
    except _UNDECODABLE:
        return Refused("undecodable", agent)


_OPENERS: dict[str, Callable[[AgentTopic, bytes], Message]] = {"batch": _open_batch, "nonce": _open_nonce}
