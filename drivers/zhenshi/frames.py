"""Frames of the maker's TCP protocol: `VZ`, a kind, a number, four bytes of length, and the data. Sans-IO.

The data is JSON; of a plate with a picture a nought and the JPEG follow. After a head that is none nobody knows where the next
one begins: the connection is over.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from drivers.port import MAX_EXAMPLE_BYTES

MAGIC: Final = b"VZ"
HEAD_BYTES: Final = 8
DATA_BYTES_MAX: Final = 4 * 1024 * 1024
DATA, BEAT = 0, 1


class Frame(NamedTuple):
    """One frame."""

    kind: int
    text: bytes
    picture: bytes
    offset: int
    start: bytes


class Bad(NamedTuple):
    """What is no frame: `bad_head`, `too_long`, `truncated`."""

    reason: str
    offset: int
    start: bytes


def frame_bytes(text: bytes = b"", kind: int = DATA, picture: bytes = b"") -> bytes:
    """A frame as it goes over the wire."""
    data = text + (b"\0" + picture if picture else b"")
    return MAGIC + bytes((kind, 0)) + len(data).to_bytes(4) + data


class Frames:
    """The frames of one connection. `over`: nothing more will be understood of it."""

    def __init__(self) -> None:
        self.over = False
        self._pending = bytearray()
        self._offset = 0

    def hear(self, data: bytes, *, end: bool = False) -> Iterator[Frame | Bad]:
        """What `data`, with what came before, comes to."""
        self._pending += data
        while not self.over and len(self._pending) >= HEAD_BYTES:
            kind, size = self._pending[2], int.from_bytes(self._pending[4:HEAD_BYTES])
            if self._pending[:2] != MAGIC or kind not in (DATA, BEAT):
                yield self._bad("bad_head", HEAD_BYTES)
            elif size > DATA_BYTES_MAX:
                yield self._bad("too_long", HEAD_BYTES)
            elif len(self._pending) < HEAD_BYTES + size:
                break
            else:
                yield self._frame(kind, HEAD_BYTES + size)
        if end and self._pending and not self.over:
            yield self._bad("truncated", len(self._pending))

    def _frame(self, kind: int, used: int) -> Frame:
        whole = bytes(self._pending[:used])
        text, _, picture = whole[HEAD_BYTES:].partition(b"\0")
        found = Frame(kind, text, picture, self._offset, whole[:MAX_EXAMPLE_BYTES])
        del self._pending[:used]
        self._offset += used
        return found

    def _bad(self, reason: str, used: int) -> Bad:
        found = Bad(reason, self._offset, bytes(self._pending[: min(used, MAX_EXAMPLE_BYTES)]))
        self.over = True
        self._pending.clear()
        return found
