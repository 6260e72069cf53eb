"""Cameras' footage on a manual clock: a hub with its index, and an agent whose disk is a set of numbers."""

from typing import Any

from contract.clock import US_PER_S, ManualClock
from contract.footage import FootageDeleted, FootageKept, NoSpan
from contract.orders import DeleteFootage, RescueFootage
from contract.readings import Reading
from hub.estate import Agent, DeviceRow, Estate, EstateFile, Place
from hub.footage.packing import Piece
from hub.store.footage_rows import Track, fold
from tests.support.site_rig import KEY, SITE, Hub, HubMaker, ModelAgent

HOUR_S, DAY_S = 3_600, 86_400
HOUR_US, DAY_US = HOUR_S * US_PER_S, DAY_S * US_PER_S
START_US = 1_790_000_000 * US_PER_S // HOUR_US * HOUR_US


def estate(cameras: int = 2, **options: dict[str, float]) -> Estate:
    """So many cameras, `cam-1` on, and a door, at the gate; the last camera is at the pond, which nothing else is."""
    names: Any = {"name_zh": "名", "name_en": "name"}
    devices = [
        DeviceRow(
            f"cam-{no}",
            "camera",
            "pond" if no == cameras and no > 1 else "gate",
            "gatehouse",
            options=options.get(f"cam_{no}", {}),
            **names,
        )
        for no in range(1, cameras + 1)
    ]
    devices.append(DeviceRow("door-1", "door", "gate", "gatehouse", **names))
    places = [Place("gate", **names), Place("pond", **names)]
    file = EstateFile(SITE, "名", "name", "Asia/Shanghai", places, [Agent("gatehouse", "gate", **names, key=KEY.hex())], devices)
    return Estate(file, {"gatehouse": KEY})


class Cellar:
    """The hub, the agent and its disk. Segments are an hour long, and their numbers are when they begin."""

    def __init__(self, make: HubMaker, url: str, book: Estate | None = None, *, start_us: int = START_US) -> None:
        self.hub: Hub = make(url, ManualClock(start_us), book=book or estate())
        self.agent = ModelAgent(self.hub.clock)
        self.disk: dict[tuple[str, str], dict[int, Piece]] = {}
        self.rescued: set[str] = set()
        self.heard = 0

    @property
    def now_us(self) -> int:
        """The hub's clock."""
        return self.hub.clock.now_us()

    def record(self, camera: str, hours: int, *, until_us: int | None = None, stream: str = "main") -> list[Piece]:
        """The hours up to now are on disk and in the index."""
        end_us = (self.now_us if until_us is None else until_us) // HOUR_US * HOUR_US
        begins = range(end_us - hours * HOUR_US, end_us, HOUR_US)
        pieces = [Piece(at_us, at_us, at_us + HOUR_US, 1_000_000) for at_us in begins]
        self.disk.setdefault((camera, stream), {}).update((one.no, one) for one in pieces)
        with self.hub.engine.begin() as connection:
            fold(connection, Track(SITE, camera, stream), pieces)  # type: ignore[arg-type]
        return pieces

    def later(self, seconds: float) -> None:
        """Time passes, and the agent says that it is there."""
        self.hub.later(seconds, self.agent.batch([self.agent.beat()]))

    def incidents(self, *, active: bool = False) -> list[str]:
        """The detectors of the incidents about footage; with `active` those whose condition lasts."""
        rows = self.hub.rows("case_", "detector", "active")
        return [name for name, lasts in rows if name.startswith("footage_") and (lasts or not active)]

    def orders(self) -> list[Any]:
        """What was ordered about footage since this was last asked."""
        new, self.heard = self.hub.said.orders[self.heard :], len(self.hub.said.orders)
        return [order for _, order in new if isinstance(order, DeleteFootage | RescueFootage)]

    def say(self, device: str, reading: Reading) -> None:
        """A device tells, and the hub has it."""
        self.hub.take(self.agent.says(device, reading))

    def carry_out(self, orders: list[Any] | None = None) -> None:
        """The agent does as it is told, and answers."""
        for order in self.orders() if orders is None else orders:
            if isinstance(order, RescueFootage):
                self.rescued.add(order.delete)
                self._answer(order.delete, order, rescued=True)
            elif isinstance(order, DeleteFootage):
                self._answer(order.id, order, rescued=order.id in self.rescued)

    def _answer(self, name: str, order: DeleteFootage | RescueFootage, *, rescued: bool) -> None:
        files = self.disk.get((order.device, order.stream), {})
        there = [no for no in files if any(span.first <= no <= span.last for span in order.spans)]
        kept = there if rescued else [no for no in there if files[no].end_us > order.floor_us]  # type: ignore[union-attr]
        if kept:
            reason: Any = "rescued" if rescued else "floor"
            self.say(order.device, FootageKept(name, [NoSpan(no, no) for no in kept], reason, order.stream))
        gone = [no for no in there if no not in kept]
        for no in gone:
            del files[no]
        spans = order.spans if not kept else [NoSpan(no, no) for no in gone]
        if spans:
            why: Any = "drop_oldest" if getattr(order, "why", "due") == "room" else "order"
            self.say(order.device, FootageDeleted(name, list(spans), order.stream, why))

    def sweep(self, rounds: int = 50, *, pause_s: float = 6.0) -> int:
        """Turns until no order comes any more; how many orders came."""
        count = 0
        for _ in range(rounds):
            self.later(pause_s)
            orders = self.orders()
            self.carry_out(orders)
            count += len(orders)
        return count

    def on_disk(self, camera: str, stream: str = "main") -> list[int]:
        """The numbers that the disk has."""
        return sorted(self.disk.get((camera, stream), {}))
