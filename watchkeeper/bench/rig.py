"""What the benches with a hub share: a folder, a broker, a hub that answers, and the bare subscriber on the same broker."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from contract.clock import SystemClock
from watchkeeper.bench import estate, machine
from watchkeeper.bench.children import Child, Counter, start_hub, start_limit
from watchkeeper.bench.machine import Machine
from watchkeeper.bench.mix import Said
from watchkeeper.bench.sealed import Fleet
from watchkeeper.bench.wire import Wire, publish_packet
from watchkeeper.broker import EmbeddedBroker

BARE_TOPIC = "bare/event"
BARE_ALERTS = "bare/alert"
WINDOW = 1_500
"""Events on their way at a time, to the hub as to its limit: within what a broker holds for one subscriber by default."""


class Rig(NamedTuple):
    """A hub and its limit, both subscribed to the same broker and idle."""

    folder: Path
    machine: Machine
    broker: EmbeddedBroker
    settings: Path
    hub: Child
    bare: Child
    bare_count: Counter
    fleet: Fleet


@contextmanager
def running(*, alerts: bool = False) -> Iterator[Rig]:
    """Everything up, in a folder that goes at the end."""
    with TemporaryDirectory(prefix="watchkeeper-bench-") as name:
        folder = Path(name)
        looked = machine.look(folder)
        with EmbeddedBroker(folder / "broker") as broker:
            settings = estate.write_hub(folder / "hub", broker.url)
            topics = (BARE_TOPIC, str(folder / "bare.db"), *((BARE_ALERTS,) if alerts else ()))
            limit = start_limit("subscriber", folder / "bare.log", str(broker.port), *topics)
            with start_hub(settings) as hub, limit as bare:
                fleet = Fleet(SystemClock())
                with Wire(broker.port, "greeter", fleet.topics, fleet.on_publish) as wire:
                    fleet.greet(wire)
                count = Counter(bare)
                count.wait_ready()
                yield Rig(folder, looked, broker, settings, hub, bare, count, fleet)


def bare_packet(said: Said, at: int, at_us: int, topic: str = BARE_TOPIC) -> bytes:
    """An event as the bare subscriber takes it; its id is `at`."""
    event = {"id": str(at), "device": said.device, "at_us": at_us, "reading": said.reading}
    return publish_packet(topic, msgspec.json.encode(event), at)
