"""Keeps for a decoder the bytes that are not whole yet. Pure: no port, no clock."""

from collections.abc import Callable

from contract.readings import Reading
from drivers.port import MAX_EXAMPLE_BYTES, Decoder, Finding

MAX_PENDING_BYTES = 4096
EAGER_BYTES = 262_144
"""While less than this waits, the decoder sees each chunk at once. A larger unit, such as a video file, is shown again
only when it has grown by an eighth, so that the copies of it cost no more than a few times its size."""


class Feed:
    """Pushes chunks through a decoder, however they are cut, and counts offsets from the first byte ever pushed.

    A decoder that still wants more when `max_bytes` wait has lost its way: they are dropped as a finding `overflow`, and it
    starts anew. `dropped_bytes` counts these, and those that `restart` and `end` threw away."""

    def __init__(self, make: Callable[[], Decoder], *, max_bytes: int = MAX_PENDING_BYTES) -> None:
        self._make = make
        self._decoder = make()
        self._max_bytes = max_bytes
        self._pending = bytearray()
        self._ask_at_bytes = 0
        self._offset = 0
        self.dropped_bytes = 0

    @property
    def offset(self) -> int:
        """How many bytes are done with: where the first pending byte stands."""
        return self._offset

    @property
    def pending(self) -> int:
        """How many bytes wait for more."""
        return len(self._pending)

    def push(self, chunk: bytes) -> list[Reading | Finding]:
        """What `chunk` made whole, in order."""
        items: list[Reading | Finding] = []
        at = 0
        while at < len(chunk):
            room = self._max_bytes - len(self._pending)
            self._pending += chunk[at : at + room]
            at += room
            if len(self._pending) >= min(self._ask_at_bytes, self._max_bytes):
                items += self._drain()
            if len(self._pending) >= self._max_bytes:
                items += self.restart("overflow")
        return items

    def end(self) -> list[Reading | Finding]:
        """Nothing more will come: what can still be understood, then what is left as a finding `truncated`."""
        return [*self._drain(end=True), *self.restart("truncated")]

    def restart(self, reason: str) -> list[Reading | Finding]:
        """Give up what is pending, as a finding `reason` if there is any, and begin with a new decoder."""
        self._decoder = self._make()
        left = bytes(self._pending)
        self._pending.clear()
        self._ask_at_bytes = 0
        if not left:
            return []
        found = Finding(reason, self._offset, left[:MAX_EXAMPLE_BYTES])
        self._offset += len(left)
        self.dropped_bytes += len(left)
        return [found]

    def _drain(self, *, end: bool = False) -> list[Reading | Finding]:
        items: list[Reading | Finding] = []
        while True:
            used, found = self._decoder.decode(bytes(self._pending), end=end)
            items += [self._placed(item) for item in found]
            del self._pending[:used]
            self._offset += used
            if not used or not self._pending:
                break
        waiting = len(self._pending)
        self._ask_at_bytes = 0 if waiting < EAGER_BYTES else waiting + waiting // 8
        return items

    def _placed(self, item: Reading | Finding) -> Reading | Finding:
        if isinstance(item, Finding):
            return item._replace(offset=self._offset + item.offset, data=item.data[:MAX_EXAMPLE_BYTES])
        return item
