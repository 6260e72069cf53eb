"""Tables of permits for tests, and a hub that serves one in chunks and tells its changes."""

from collections.abc import Iterable, Iterator, Sequence

from contract.envelope import bulk_mac, bulk_mac_fits, encode
from contract.names import card_name, code_name, plate_name
from contract.orders import ChangePermits, TakePermits
from contract.permits import (
    AnyEntry,
    Chunk,
    Credential,
    Level,
    Portal,
    Right,
    Rules,
    Schedule,
    chunk_path,
    hash_of,
    key_of,
    weight_of,
)
from edge.permits.fetching import Answer
from edge.permits.table import Head, Table
from tests.support.agent_rig import nobody

EPOCH = "e1"


def name(number: int) -> str:
    """A credential's name."""
    return f"{number:032x}"


def total_of(entries: Iterable[AnyEntry]) -> str:
    """The hash that these entries come to."""
    return hash_of(sum(weight_of(entry) for entry in entries))


def table_of(*entries: AnyEntry, no: int = 1, epoch: str = EPOCH) -> Table:
    """A table of these entries, whole."""
    return Table(entries, Head(epoch, no, total_of(entries), no))


def always(*portals: str, level: str = "all") -> tuple[Schedule, Level]:
    """A level with a right at each portal, at any time."""
    return Schedule("always"), Level(level, tuple(Right(portal, "always") for portal in portals))


def many(count: int, portal: str = "reader") -> Iterator[AnyEntry]:
    """A table as an estate's: so many credentials, of which each household has two."""
    yield Rules()
    yield Portal(portal, to_zone="estate", passback="hard")
    yield from always(portal)
    for number in range(count):
        yield Credential(name(number), f"p{number // 2}", f"{number}", ("all",))


class Hub:
    """A table at its hub, for one agent. `get` is what an agent fetches by."""

    def __init__(self, key: bytes, agent: str, entries: Sequence[AnyEntry], *, epoch: str = EPOCH, no: int = 1) -> None:
        self.key, self.agent, self.epoch, self.no = key, agent, epoch, no
        self.entries = {key_of(entry): entry for entry in entries}
        self.per_chunk = 3
        self.asked: list[tuple[str, str, int, int]] = []
        self.answers: list[Answer | OSError] = []
        """What is answered instead, in turn."""
        self._orders = 0

    @property
    def hash(self) -> str:
        return total_of(self.entries.values())

    def table(self) -> Table:
        return Table(self.entries.values(), Head(self.epoch, self.no, self.hash, self.no))

    def tell(self) -> TakePermits:
        """Which table counts."""
        return TakePermits(self._order(), self.epoch, self.no, self.hash, self.no)

    def change(self, *put: AnyEntry, drop: Sequence[str] = ()) -> ChangePermits:
        """Change the table; the order that says so."""
        for key in drop:
            self.entries.pop(key, None)
        self.entries |= {key_of(entry): entry for entry in put}
        self.no += 1
        return ChangePermits(self._order(), self.epoch, self.no - 1, self.no, self.hash, self.no, list(put), list(drop))

    def chunks(self) -> list[Chunk]:
        """The snapshot."""
        entries = list(self.entries.values())
        parts = max(1, -(-len(entries) // self.per_chunk))
        pieces = [entries[part * self.per_chunk : (part + 1) * self.per_chunk] for part in range(parts)]
        return [Chunk(self.epoch, self.no, self.hash, self.no, part, parts, piece) for part, piece in enumerate(pieces)]

    def get(self, url: str, headers: dict[str, str]) -> Answer:
        path = url[url.index("/agents/") :]
        _, _, agent, _, epoch, no, part = path.split("/")
        self.asked.append((agent, epoch, int(no), int(part)))
        assert bulk_mac_fits(self.key, path, b"", headers["X-Watchkeeper-Mac"])
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, OSError):
                raise answer
            return answer
        return self.answer(path, self.chunks()[int(part)])

    def answer(self, path: str, chunk: Chunk) -> Answer:
        body = encode(chunk)
        return Answer(200, bulk_mac(self.key, path, body), body)

    def path(self, epoch: str, no: int, part: int) -> str:
        return chunk_path(self.agent, epoch, no, part)

    def _order(self) -> str:
        self._orders += 1
        return f"hub-{self._orders}"


__all__ = [
    "EPOCH", "Hub", "always", "card_name", "code_name", "many", "name", "nobody", "plate_name", "table_of", "total_of",
]  # fmt: skip
