"""A small estate on a manual clock: a hub's core on a real database, and model agents that speak to it without a network."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from contract.clock import US_PER_S, ManualClock
from contract.envelope import Batch, Receipt, Record, encode, seal
from contract.orders import AnyOrder
from contract.readings import Heartbeat, Reading
from contract.topics import agent_topic
from hub.detectors.table import DETECTORS
from hub.detectors.types import Detector
from hub.duties.plan import Plan
from hub.estate import Agent, DeviceRow, Estate, EstateFile, Place
from hub.estates.holder import EstateHolder
from hub.ingest.core import Core, Input, Message, Request
from hub.ingest.lease import LeaseHeld
from hub.ingest.ports import Ask, ChangeRow, Hook, StepName
from hub.ingest.rules import rules_of
from hub.policy.load import Policy
from hub.store import schema
from hub.store.engine import open_engine
from hub.store.migrate import migrate

SITE = "garden"
KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
STREAM = "0" * 31 + "1"
ESTATE_FILE = f"""
site: {SITE}
name_zh: 花园
name_en: Garden
timezone: Asia/Shanghai
places:
  - {{id: gate, name_zh: 大门, name_en: Gate}}
agents:
  - {{id: gatehouse, place: gate, name_zh: 门岗, name_en: Gatehouse, key: {KEY.hex()}}}
devices:
  - {{id: door-1, kind: door, place: gate, agent: gatehouse, name_zh: 门, name_en: Door}}
"""
"""An estate file with one door."""


def estate() -> Estate:
    """Two agents; doors, a reader, a camera and a meter behind the first, one door behind the second."""
    names: Any = {"name_zh": "名", "name_en": "name"}
    devices = [
        DeviceRow("door-1", "door", "gate", "gatehouse", **names),
        DeviceRow("door-2", "door", "gate", "gatehouse", **names),
        DeviceRow("reader-1", "reader", "gate", "gatehouse", opens="door-1", **names),
        DeviceRow("camera-1", "camera", "gate", "gatehouse", **names),
        DeviceRow("meter-1", "meter", "gate", "gatehouse", **names),
        DeviceRow("door-9", "door", "gate", "cellar", **names),
    ]
    agents = [Agent("gatehouse", "gate", **names, key=KEY.hex()), Agent("cellar", "gate", **names, key=OTHER_KEY.hex())]
    file = EstateFile(SITE, "名", "name", "Asia/Shanghai", [Place("gate", **names)], agents, devices)
    return Estate(file, {"gatehouse": KEY, "cellar": OTHER_KEY})


class Said:
    """What the hub has published."""

    def __init__(self) -> None:
        self.receipts: list[tuple[str, Receipt]] = []
        self.orders: list[tuple[str, AnyOrder]] = []

    def receipt(self, agent: str, receipt: Receipt) -> None:
        self.receipts.append((agent, receipt))

    def order(self, agent: str, order: AnyOrder) -> None:
        self.orders.append((agent, order))


class ModelAgent:
    """Writes a log in memory and seals batches from it."""

    def __init__(self, clock: ManualClock, agent: str = "gatehouse", key: bytes = KEY, stream: str = STREAM) -> None:
        self.clock, self.agent, self.key, self.stream = clock, agent, key, stream
        self.epoch, self.boot, self.boot_head, self.floor, self.start = 1, "boot-1", 0, 1, 1
        self.offset_us: int | None = 0
        self.log: list[Record] = []

    def note(self, device: str, reading: Reading, **more: int) -> Record:
        """Append to the log."""
        seq = self.log[-1].seq + 1 if self.log else self.start
        at_us = more.pop("at_us", self.clock.now_us() + (self.offset_us or 0))
        record = Record(seq, device, at_us, reading, **more)  # type: ignore[arg-type]
        self.log.append(record)
        return record

    def beat(self, *sources: str) -> Record:
        """A heartbeat with watermarks of now."""
        now_us = self.clock.now_us() + (self.offset_us or 0)
        return self.note(self.agent, Heartbeat(sources=dict.fromkeys((self.agent, *sources), now_us)))

    def reboot(self) -> None:
        """A new boot on the same log."""
        self.epoch += 1
        self.boot = f"boot-{self.epoch}"
        self.boot_head = self.log[-1].seq if self.log else self.start - 1

    def batch(self, records: Sequence[Record]) -> Message:
        """These records, sealed."""
        head = self.log[-1].seq if self.log else self.start - 1
        sent_us = self.clock.now_us() + (self.offset_us or 0)
        body = Batch(
            self.stream,
            self.epoch,
            self.boot,
            self.boot_head,
            self.floor,
            head,
            sent_us,
            self.start,
            self.offset_us,
            list(records),
        )
        return self.sealed(encode(body))

    def sealed(self, body: bytes) -> Message:
        """Any body, sealed for the batch topic."""
        topic = agent_topic(SITE, self.agent, "batch")
        return Message(topic, seal(self.key, topic, body))

    def says(self, device: str, reading: Reading, **more: int) -> Message:
        """Append, and send that one record."""
        return self.batch([self.note(device, reading, **more)])


class Hub:
    """A core that can be killed and opened again on the same database."""

    def __init__(
        self,
        url: str,
        clock: ManualClock | None = None,
        *,
        detectors: tuple[Detector, ...] = DETECTORS,
        owner: str = "hub-a",
        plan: Plan | None = None,
        book: Estate | None = None,
        follows: bool = False,
        link_digest: Callable[[str], str] | None = None,
    ) -> None:
        self.clock = clock or ManualClock()
        self.url, self.owner, self.detectors = url, owner, detectors
        self.engine: Engine = open_engine(url)
        migrate(self.engine)
        self.said = Said()
        self.changes: list[ChangeRow] = []
        self.hook: Hook = lambda _: None
        self.ids = 0
        self.policy = Policy.load()
        self.plan = plan
        self.book = book or estate()
        self.follows = follows
        self.link_digest = link_digest
        self.core = self._new()
        try:
            self.core.open(self.clock.now_us())
        except LeaseHeld:
            self.engine.dispose()
            raise

    def _new(self) -> Core:
        def new_id() -> str:
            self.ids += 1
            return f"id{self.ids}"

        self.estates = EstateHolder(self.book, self.policy, self.plan) if self.follows else None
        return Core(
            self.engine,
            self.book,
            rules_of(self.policy, self.detectors)._replace(plan=self.plan),
            self.said,
            owner=self.owner,
            new_id=new_id,
            mono_us=self.clock.mono_us,
            hook=self._hooked,
            on_changes=self.changes.extend,
            estates=self.estates,
            link_digest=self.link_digest,
        )

    def _hooked(self, step: StepName) -> None:
        self.hook(step)

    def take(self, *inputs: Input) -> list[Receipt]:
        """One turn. Returns the receipts it made."""
        before = len(self.said.receipts)
        self.core.turn(inputs, self.clock.now_us())
        return [receipt for _, receipt in self.said.receipts[before:]]

    def ask(self, asked: Ask) -> Any:
        """One turn with a request, and its answer."""
        future: Future[Any] = Future()
        self.take(Request(asked, future))
        return future.result(timeout=0)

    def later(self, seconds: float, *inputs: Input) -> list[Receipt]:
        """Time passes, and then a turn."""
        self.clock.advance_us(int(seconds * US_PER_S))
        return self.take(*inputs)

    def crash_and_reopen(self) -> None:
        """The process is killed: nothing is given back."""
        self.engine.dispose()
        self.engine = open_engine(self.url)
        self.hook = lambda _: None
        self.core = self._new()
        self.core.open(self.clock.now_us())

    def rows(self, table: str, *columns: str) -> list[Any]:
        """Rows of a table in the order of its primary key."""
        found = schema.metadata.tables[table]
        wanted = [found.c[name] for name in columns] or list(found.c)
        with self.engine.connect() as connection:
            rows = connection.execute(select(*wanted).order_by(*found.primary_key.columns)).all()
        return [row[0] if len(columns) == 1 else tuple(row) for row in rows]

    def seqs(self, stream: str = STREAM) -> list[int]:
        """The committed numbers of a stream."""
        return [seq for name, seq in self.rows("event", "stream", "seq") if name == stream]

    def incidents(self) -> list[tuple[str, str]]:
        """Detector and state of each case."""
        return [(str(detector), str(state)) for detector, state in self.rows("case_", "detector", "state")]

    def close(self) -> None:
        """Release everything."""
        self.core.close(self.clock.now_us())
        self.engine.dispose()


def sqlite_url(folder: Path) -> str:
    """A database of its own."""
    return f"sqlite:///{folder / 'hub.db'}"


HubMaker = Callable[..., Hub]
