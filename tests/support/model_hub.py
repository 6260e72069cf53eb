"""The hub's half of the protocol as docs/design/wire.md says it, in memory and as plainly as can be."""

import copy
from dataclasses import dataclass, field
from typing import Any

import msgspec

from contract.envelope import Receipt, decode_batch, encode, last_seq, seal, unseal
from contract.readings import Dropped
from contract.topics import agent_topic


@dataclass
class StreamState:
    mark: int
    epoch: int
    boot: str


@dataclass
class ModelHub:
    """`committed` lists what was taken in, in order; `jumps` the ranges the log no longer held."""

    site: str
    agent: str
    key: bytes
    ahead_us: int = 0
    paused: bool = False
    streams: dict[str, StreamState] = field(default_factory=dict)
    committed: list[tuple[str, int, str, Any]] = field(default_factory=list)
    jumps: list[tuple[int, int]] = field(default_factory=list)
    offsets_us: list[int] = field(default_factory=list)

    def take(self, payload: bytes, now_us: int) -> bytes:
        """One sealed batch in, one sealed receipt out."""
        batch = decode_batch(unseal(self.key, agent_topic(self.site, self.agent, "batch"), payload))
        state = self.streams.get(batch.stream) or StreamState(batch.start - 1, 0, "")
        verdict = self._verdict(batch, state)
        if batch.offset_us is not None:
            self.offsets_us.append(batch.offset_us)
        if verdict == "committed":
            self.streams[batch.stream] = state
            state.epoch, state.boot = batch.epoch, batch.boot
            verdict = self._commit(batch, state)
        receipt = Receipt(batch.stream, batch.epoch, batch.boot, state.mark, verdict, now_us + self.ahead_us, batch.sent_us)
        return seal(self.key, agent_topic(self.site, self.agent, "receipt"), encode(receipt))

    def _verdict(self, batch, state):
        if self.paused:
            return "paused"
        if state.epoch > batch.epoch or (state.epoch == batch.epoch and state.boot != batch.boot):
            return "fenced"
        if (state.epoch, state.boot) != (batch.epoch, batch.boot) and state.mark > batch.boot_head:
            return "rewound"
        return "committed"

    def _commit(self, batch, state):
        for told in batch.records:
            record = told
            if last_seq(record) <= state.mark:
                continue
            if record.seq > state.mark + 1:
                if record.seq != batch.floor:
                    return "want"
                self.jumps.append((state.mark + 1, record.seq - 1))
            elif record.seq <= state.mark:
                assert isinstance(record.reading, Dropped), "only a dropped range may overlap"
                record = msgspec.structs.replace(record, seq=state.mark + 1, reading=record.reading.rest_from(state.mark + 1))
            self.committed.append((batch.stream, record.seq, record.device, record.reading))
            state.mark = last_seq(record)
        return "committed"

    def backup(self):
        return copy.deepcopy((self.streams, self.committed))

    def restore(self, kept):
        self.streams, self.committed = copy.deepcopy(kept)
