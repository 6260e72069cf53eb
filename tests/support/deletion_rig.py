"""An agent's footage folder with files in it, what deletes from it, and what it tells."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from contract.clock import US_PER_S, ManualClock
from contract.footage import FootageDeleted, FootageKept, NoSpan
from contract.orders import DeleteFootage
from contract.reading import Reading
from edge.footage.deletion import Deletion, Ports, Step
from edge.footage.index import FootageIndex
from edge.footage.segments import Segment, own_path
from edge.footage.sweep_clock import SweepClock

NOW_US = 1_790_000_000 * US_PER_S
DAY_US = 86_400 * US_PER_S
TEN_US = 10 * US_PER_S
OLD_US = NOW_US - 31 * DAY_US
STEPS: tuple[Step, ...] = ("journal", "unlinked", "dropped", "told", "done")


class Died(BaseException):
    """The process is gone."""


class Shelf:
    """The folder of one agent, which may be killed and opened again."""

    def __init__(self, folder: Path, *, wall_us: int = NOW_US) -> None:
        self.folder = folder
        self.clock = ManualClock(wall_us, 5 * US_PER_S)
        self.told: list[tuple[str, Reading]] = []
        self.lack = 0
        self.hook: Callable[[Step], None] = lambda _: None
        self.boot()

    def boot(self) -> None:
        """A new process: it has heard the hub's time."""
        self.index = FootageIndex.open(self.folder)
        self.sweep_clock = SweepClock(self.clock)
        self.sweep_clock.heard(self.clock.mono_us(), self.clock.now_us())
        ports = Ports(self.index, self.sweep_clock, self._tell, lambda: self.lack, self._hooked)
        self.deletion = Deletion(ports)

    def crash(self) -> None:
        """Everything that is not on disk is gone."""
        self.index.close()
        self.hook = lambda _: None
        self.boot()

    def _hooked(self, step: Step) -> None:
        self.hook(step)

    def _tell(self, device: str, readings: Sequence[Reading]) -> None:
        self.told += [(device, reading) for reading in readings]

    def record(
        self, count: int, *, from_us: int = OLD_US, device: str = "lobby", sync: Callable[[], None] = lambda: None
    ) -> list[Segment]:
        """So many segments of ten seconds, their files and then their rows; `sync` is called between both."""
        made = []
        for at in range(count):
            no = from_us + at * TEN_US
            path = own_path(device, "main", no)
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"x" * 100)
            made.append(Segment(device, "main", no, no, no + TEN_US, 100, "h264", 50, path))
        sync()
        self.index.add_many(made)
        return made

    def order(self, some: Sequence[Segment], **more: Any) -> DeleteFootage:
        """To delete them all, as of now."""
        spans = [NoSpan(some[0].no, some[-1].no)]
        known = {"device": some[0].device, "stream": "main", "spans": spans, "floor_us": self.clock.now_us() - 30 * DAY_US}
        return DeleteFootage(**{"id": "o1", **known, **more})

    def files(self) -> list[int]:
        """The numbers of the files there are."""
        return sorted(int(path.stem) for path in self.folder.rglob("*.mp4"))

    def rows(self, device: str = "lobby") -> list[int]:
        """The numbers of the rows there are."""
        return [one.no for one in self.index.between(device, "main", 0, 1 << 61)]

    def told_of(self, kind: type[FootageDeleted | FootageKept]) -> list[tuple[str, list[NoSpan], str]]:
        """The answers of a kind: the order, the spans, the reason."""
        return [(one.order, one.spans, one.reason) for _, one in self.told if isinstance(one, kind)]
