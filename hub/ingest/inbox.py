"""What waits to be taken in: one queue an agent, emptied in turn, so that one agent's flood costs the others nothing.

Not for two threads at once: whoever calls holds a lock.
"""

from collections import Counter, deque
from collections.abc import Container

from hub.ingest.core import Message

BYTES_MAX = 64 * 1024 * 1024
_STRANGER = ""
"""Everything that names no agent of the site shares one queue."""


class Inbox:
    """At most `size` messages, of `bytes_max` bytes together. When it is full, the newest message of the longest queue makes
    room, and where it is the bytes, of the largest; so an agent that floods loses its own."""

    def __init__(self, agents: Container[str], size: int, bytes_max: int = BYTES_MAX) -> None:
        self._agents = agents
        self._size = size
        self._bytes_max = bytes_max
        self._queues: dict[str, deque[Message]] = {}
        self._bytes: Counter[str] = Counter()
        self._total = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, message: Message) -> int:
        """Take a message in. Returns how many were dropped; this one may be among them."""
        agent = self._agent_of(message.topic)
        size = len(message.payload)
        dropped = 0
        while self._count >= self._size or self._total + size > self._bytes_max:
            dropped += 1
            if self._count >= self._size:
                longest = max(self._queues, key=lambda name: len(self._queues[name]))
                own = len(self._queues.get(agent, ())) >= len(self._queues[longest])
            else:
                longest = max(self._queues, key=self._bytes.__getitem__, default=agent)
                own = self._bytes[agent] + size > self._bytes[longest]
            if own:
                return dropped
            self._shrink(longest, self._queues[longest].pop())
        self._queues.setdefault(agent, deque()).append(message)
        self._bytes[agent] += size
        self._total += size
        self._count += 1
        return dropped

    def _shrink(self, agent: str, message: Message) -> None:
        """The message has left the agent's queue."""
        self._count -= 1
        self._bytes[agent] -= len(message.payload)
        self._total -= len(message.payload)
        if not self._queues[agent]:
            del self._queues[agent], self._bytes[agent]

    def take(self, count_max: int, bytes_max: int) -> list[Message]:
        """The next messages, one of each agent in turn, each agent's own in order. Ends with the one that reaches a limit."""
        taken: list[Message] = []
        size = 0
        while self._queues and len(taken) < count_max and size < bytes_max:
            agent = next(iter(self._queues))
            queue = self._queues.pop(agent)
            message = queue.popleft()
            self._queues[agent] = queue  # at the end: it is the others' turn
            self._shrink(agent, message)
            taken.append(message)
            size += len(message.payload)
        return taken

    def clear(self) -> None:
        """Drop everything."""
        self._queues.clear()
        self._bytes.clear()
        self._total = 0
        self._count = 0

    def _agent_of(self, topic: str) -> str:
        parts = topic.split("/", 4)
        return parts[3] if len(parts) == 5 and parts[3] in self._agents else _STRANGER
