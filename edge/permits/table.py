"""The table of permits in memory. Credentials, of which there are many, lie as their JSON under 16 bytes of name: a quarter of a
kilobyte each, all told. The few other entries lie as they are.

One thread at a time changes a table; whoever reads it meanwhile holds the lock of edge.permits.book.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from contract.orders import ChangePermits
from contract.permits import (
    ENTRIES_MAX,
    AnyEntry,
    Credential,
    Level,
    Portal,
    Rules,
    Schedule,
    encode,
    hash_of,
    key_of,
    weight_of,
)

_CREDENTIAL = "credential:"
_decode_credential = msgspec.json.Decoder(Credential).decode
RULES = Rules()
"""What counts where a table says nothing."""


class Head(msgspec.Struct, frozen=True):
    """Which table it is: see contract.permits. `at_us`: when the hub made its last change, by its own clock."""

    epoch: str
    no: int
    hash: str
    at_us: int


NO_HEAD = Head("", 0, "", 0)


class Staged(NamedTuple):
    """A change that comes to its hash, ready to be put in force: by key, the new entry, or None for one that goes."""

    head: Head
    entries: dict[str, AnyEntry | None]
    total: int


class Table:
    """Entries by key, and what their weights add up to."""

    __slots__ = ("_credentials", "_others", "_total", "head")

    def __init__(self, entries: Iterable[AnyEntry] = (), head: Head = NO_HEAD) -> None:
        """Raises ValueError for more entries than a table may have."""
        self.head = head
        self._credentials: dict[bytes, bytes] = {}
        self._others: dict[str, Rules | Portal | Schedule | Level] = {}
        self._total = 0
        self.add(entries)

    def add(self, entries: Iterable[AnyEntry]) -> None:
        """Put entries in, each in the place of the one with its key. Raises ValueError when they are too many."""
        for entry in entries:
            self._put(entry)
            if len(self) > ENTRIES_MAX:
                raise ValueError(f"a table of over {ENTRIES_MAX} entries")

    def __len__(self) -> int:
        return len(self._credentials) + len(self._others)

    @property
    def hash(self) -> str:
        """The hash that the entries come to."""
        return hash_of(self._total)

    @property
    def rules(self) -> Rules:
        """What counts where nobody can be asked."""
        found = self._others.get("rules")
        return found if isinstance(found, Rules) else RULES

    def credential(self, name: str) -> Credential | None:
        """The credential of that name."""
        body = self._credentials.get(_packed(name))
        return None if body is None else _decode_credential(body)

    def portal(self, name: str) -> Portal | None:
        """The portal of that reader or camera."""
        found = self._others.get(f"portal:{name}")
        return found if isinstance(found, Portal) else None

    def level(self, name: str) -> Level | None:
        """The level of that id."""
        found = self._others.get(f"level:{name}")
        return found if isinstance(found, Level) else None

    def schedule(self, name: str) -> Schedule | None:
        """The schedule of that id."""
        found = self._others.get(f"schedule:{name}")
        return found if isinstance(found, Schedule) else None

    def bodies(self) -> Iterator[bytes]:
        """Each entry as JSON."""
        yield from (encode(entry) for entry in self._others.values())
        yield from self._credentials.values()

    def stage(self, change: ChangePermits) -> Staged | None:
        """What the change makes of this table; None where it does not come to the change's hash or would be too large. Nothing
        is changed yet."""
        entries: dict[str, AnyEntry | None] = dict.fromkeys(change.drop)
        entries |= {key_of(entry): entry for entry in change.put}
        total, more = self._total, 0
        for key, entry in entries.items():
            old = self._get(key)
            total += (weight_of(entry) if entry is not None else 0) - (weight_of(old) if old is not None else 0)
            more += (entry is not None) - (old is not None)
        if hash_of(total) != change.hash or len(self) + more > ENTRIES_MAX:
            return None
        return Staged(Head(change.epoch, change.no, change.hash, change.at_us), entries, total)

    def commit(self, staged: Staged) -> None:
        """Put a change in force that was staged on this very table."""
        for key, entry in staged.entries.items():
            if entry is None:
                self._drop(key)
            else:
                self._put(entry)
        self.head = staged.head

    def _get(self, key: str) -> AnyEntry | None:
        if key.startswith(_CREDENTIAL):
            return self.credential(key.removeprefix(_CREDENTIAL))
        return self._others.get(key)

    def _put(self, entry: AnyEntry) -> None:
        old = self._get(key_of(entry))
        self._total += weight_of(entry) - (weight_of(old) if old is not None else 0)
        if isinstance(entry, Credential):
            self._credentials[_packed(entry.id)] = encode(entry)
        else:
            self._others[key_of(entry)] = entry

    def _drop(self, key: str) -> None:
        old = self._get(key)
        if old is None:
            return
        self._total -= weight_of(old)
        if isinstance(old, Credential):
            del self._credentials[_packed(old.id)]
        else:
            del self._others[key]


def _packed(name: str) -> bytes:
    """A name as bytes; one that is no name is found nowhere."""
    try:
        return bytes.fromhex(name)
    except ValueError:
        return b""
