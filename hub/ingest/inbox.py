"""What waits to be taken in: one queue an agent, emptied in turn, so that one agent's flood costs the others nothing.

Not for two threads at once: whoever calls holds a lock.
"""

from collections import deque
from collections.abc import Collection

from hub.ingest.core import Message

_STRANGER = ""
"""Everything that names no agent of the site shares one queue."""


class Inbox:
    """At most `size` messages. When it is full, the newest message of the longest queue makes room; so an agent that floods loses
    its own."""

    def __init__(self, agents: Collection[str], size: int) -> None:
        self._agents = agents
        self._size = size
        self._queues: dict[str, deque[Message]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, message: Message) -> int:
        """Take a message in. Returns how many were dropped: 0, or 1, which may be this one."""
        agent = self._agent_of(message.topic)
        dropped = 0
        if self._count >= self._size:
            dropped = 1
            longest = max(self._queues, key=lambda name: len(self._queues[name]))
            if len(self._queues.get(agent, ())) >= len(self._queues[longest]):
                return dropped
            self._queues[longest].pop()
            self._count -= 1
            if not self._queues[longest]:
                del self._queues[longest]
        self._queues.setdefault(agent, deque()).append(message)
        self._count += 1
        return dropped

    def take(self, count_max: int, bytes_max: int) -> list[Message]:
        """The next messages, one of each agent in turn, each agent's own in order. Ends with the one that reaches a limit."""
        taken: list[Message] = []
        size = 0
        while self._queues and len(taken) < count_max and size < bytes_max:
            agent = next(iter(self._queues))
            queue = self._queues.pop(agent)
            message = queue.popleft()
            if queue:
                self._queues[agent] = queue  # at the end: it is the others' turn
            taken.append(message)
            size += len(message.payload)
        self._count -= len(taken)
        return taken

    def clear(self) -> None:
        """Drop everything."""
        self._queues.clear()
        self._count = 0

    def _agent_of(self, topic: str) -> str:
        parts = topic.split("/", 4)
        return parts[3] if len(parts) == 5 and parts[3] in self._agents else _STRANGER
