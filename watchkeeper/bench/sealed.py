"""Batches as agents send them, made beforehand."""

import secrets
from collections.abc import Iterator

from contract.clock import Clock
from contract.envelope import Batch, Record, decode_receipt, encode, seal, unseal
from contract.topics import agent_topic, parse_agent_topic
from watchkeeper.bench import mix
from watchkeeper.bench.estate import SITE, key_of
from watchkeeper.bench.wire import Wire, publish_packet


class Log:
    """One agent's log in memory: a stream from 1 on, and how far the hub has receipted it."""

    def __init__(self, agent: str, clock: Clock) -> None:
        self.agent, self._clock = agent, clock
        self.topic = agent_topic(SITE, agent, "batch")
        self.stream, self._boot = secrets.token_hex(16), secrets.token_hex(4)
        self._said = mix.said(agent)
        self.last = self.acked = 0
        self.greeted = False

    def greeting(self) -> bytes:
        """An empty batch, sealed."""
        return self._seal([])

    def single(self) -> tuple[bytes, mix.Said]:
        """The next event as a batch of its own, and what it says."""
        said = next(self._said)
        self.last += 1
        return self._seal([Record(self.last, said.device, self._clock.now_us(), said.reading)]), said  # type: ignore[arg-type]

    def on_receipt(self, payload: bytes) -> None:
        """Take a receipt in."""
        receipt = decode_receipt(unseal(key_of(self.agent), agent_topic(SITE, self.agent, "receipt"), payload))
        if receipt.stream == self.stream:
            self.greeted = True
            self.acked = max(self.acked, receipt.up_to)

    def _seal(self, records: list[Record]) -> bytes:
        now_us = self._clock.now_us()
        batch = Batch(self.stream, 1, self._boot, 0, 1, self.last, now_us, 1, 0, records)
        return seal(key_of(self.agent), self.topic, encode(batch))


class Fleet:
    """The logs of all agents of the estate."""

    def __init__(self, clock: Clock) -> None:
        self.logs = {agent: Log(agent, clock) for agent in mix.AGENTS}
        self.topics = [agent_topic(SITE, agent, "receipt") for agent in self.logs]

    def on_publish(self, topic: str, payload: bytes) -> None:
        """For a wire: take receipts in."""
        parsed = parse_agent_topic(topic)
        if parsed is not None and parsed.leaf == "receipt":
            self.logs[parsed.agent].on_receipt(payload)

    def greet(self, wire: Wire) -> None:
        """Until the hub has answered every agent: then it takes batches."""
        for _ in range(300):
            wire.send([publish_packet(log.topic, log.greeting(), 1) for log in self.logs.values() if not log.greeted])
            for _ in range(10):
                wire.turn(0.05)
                if all(log.greeted for log in self.logs.values()):
                    return
        raise TimeoutError("the hub did not answer: see hub.log beside its settings")

    def singles(self, count: int) -> Iterator[tuple[bytes, mix.Said]]:
        """`count` packets of one event each, the agents in turn."""
        logs = list(self.logs.values())
        for at in range(count):
            log = logs[at % len(logs)]
            payload, said = log.single()
            yield publish_packet(log.topic, payload, at + 1), said

    @property
    def acked(self) -> int:
        """Receipted events of all agents."""
        return sum(log.acked for log in self.logs.values())
