"""One agent's table as the hub holds it: its entries, its running sum, its number, and its last changes."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from contract.orders import ChangePermits
from contract.permits import CHANGES_BYTES_MAX, CHUNK_BYTES_MAX, ENTRIES_MAX, hash_of
from hub.access.compile import Packed

CHANGES_KEPT = 512
"""Orders with changes that are held, so that an agent that missed some need not fetch everything."""
CHANGES_BYTES_KEPT = 4 * 1024 * 1024
ORDERS_AT_ONCE = 8
"""A change that takes more orders than this is told as a new snapshot."""
_FRAME_BYTES = 512
"""Of an order or a chunk around its entries."""
_encode = msgspec.json.Encoder().encode


class Mark(NamedTuple):
    """Which table it is: a row of `permit_table`. `at_us`: when it was made."""

    epoch: str
    no: int
    hash: str
    entries: int
    at_us: int


class Difference(NamedTuple):
    """What makes one table of another."""

    put: dict[str, Packed]
    drop: list[str]


class Kept(NamedTuple):
    """A change that was told, and its size."""

    order: ChangePermits
    size: int


class AgentTable:
    """Not for two threads."""

    def __init__(self) -> None:
        self.entries: dict[str, Packed] = {}
        self.total = 0
        self.mark = Mark("", 0, "", 0, 0)
        self._kept: deque[Kept] = deque()
        self._kept_bytes = 0

    def difference(self, wanted: Mapping[str, Packed | None], *, whole: bool = False) -> Difference:
        """What `wanted` changes: None takes an entry away. With `whole` it is the whole table, and what it lacks goes."""
        put = {key: entry for key, entry in wanted.items() if entry is not None and self.entries.get(key) != entry}
        drop = [key for key, entry in wanted.items() if entry is None and key in self.entries]
        if whole:
            drop += [key for key in self.entries if key not in wanted]
        return Difference(put, drop)

    def has_room(self, change: Difference) -> bool:
        """Whether an agent would take the table that the change makes."""
        more = sum(1 for key in change.put if key not in self.entries)
        return len(self.entries) + more - len(change.drop) <= ENTRIES_MAX

    def apply(self, change: Difference) -> str:
        """Change the entries. Returns the new hash."""
        for key in change.drop:
            self.total -= self.entries.pop(key).weight
        for key, entry in change.put.items():
            was = self.entries.get(key)
            self.total += entry.weight - (0 if was is None else was.weight)
            self.entries[key] = entry
        return hash_of(self.total)

    def hash(self) -> str:
        """What the entries come to."""
        return hash_of(self.total)

    def orders(self, change: Difference, epoch: str, no: int, at_us: int, new_id: Callable[[], str]) -> list[ChangePermits]:
        """Apply the change in as many numbered steps as it takes orders, `no` being the number before. An empty list: it takes
        too many; it is applied as one step all the same, which only a snapshot tells."""
        steps = list(_steps(change))
        if len(steps) > ORDERS_AT_ONCE:
            self.apply(change)
            self.forget()
            return []
        found = []
        for at, step in enumerate(steps):
            made = self.apply(step)
            put = [msgspec.Raw(entry.body) for entry in step.put.values()]
            # entries go out as they were encoded once; the struct says which fields there are
            found.append(ChangePermits(new_id(), epoch, no + at, no + at + 1, made, at_us, put, step.drop))  # type: ignore[arg-type]
        return found

    def keep(self, orders: list[ChangePermits]) -> None:
        """Hold orders for agents that miss them."""
        for order in orders:
            size = len(_encode(order))
            self._kept.append(Kept(order, size))
            self._kept_bytes += size
        while len(self._kept) > CHANGES_KEPT or self._kept_bytes > CHANGES_BYTES_KEPT:
            self._kept_bytes -= self._kept.popleft().size

    def forget(self) -> None:
        """No change leads to the present table from an older one."""
        self._kept.clear()
        self._kept_bytes = 0

    def since(self, no: int) -> list[ChangePermits] | None:
        """The changes from number `no` to the newest; None where they are not all held."""
        found = [kept.order for kept in self._kept if kept.order.from_no >= no]
        return found if found and found[0].from_no == no and found[-1].no == self.mark.no else None

    def parts(self) -> list[list[bytes]]:
        """The entries in parts that each fit into a chunk. They stay as they are when the table changes."""
        return [list(part) for part in _parted((entry.body for entry in self.entries.values()), CHUNK_BYTES_MAX)] or [[]]


def chunk_body(mark: Mark, part: int, parts: int, entries: list[bytes]) -> bytes:
    """A Chunk, encoded."""
    head = {"epoch": mark.epoch, "no": mark.no, "hash": mark.hash, "at_us": mark.at_us, "part": part, "parts": parts}
    return _encode({**head, "entries": [msgspec.Raw(entry) for entry in entries]})


def _parted(bodies: Iterator[bytes], bytes_max: int) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = _FRAME_BYTES
    for body in bodies:
        if part and size + len(body) + 1 > bytes_max:
            yield part
            part, size = [], _FRAME_BYTES
        part.append(body)
        size += len(body) + 1
    if part:
        yield part


def _steps(change: Difference) -> Iterator[Difference]:
    """The change in pieces that each fit into an order, what goes first."""
    put: dict[str, Packed] = {}
    drop: list[str] = []
    size = _FRAME_BYTES
    for key in change.drop:
        if drop and size + len(key) + 3 > CHANGES_BYTES_MAX:
            yield Difference({}, drop)
            drop, size = [], _FRAME_BYTES
        drop.append(key)
        size += len(key.encode()) + 3
    for key, entry in change.put.items():
        if (drop or put) and size + len(entry.body) + 1 > CHANGES_BYTES_MAX:
            yield Difference(put, drop)
            put, drop, size = {}, [], _FRAME_BYTES
        put[key] = entry
        size += len(entry.body) + 1
    if put or drop:
        yield Difference(put, drop)
