"""The loop of every driver that only listens: bytes from a transport, through a decoder, to the sink, in one thread."""

from collections.abc import Callable, Mapping
from threading import Event

from contract.readings import Reading
from drivers.feed import Feed
from drivers.port import CommandFailed, Decoder, DeviceLost, Finding, Sink
from drivers.transports import Address, Transport, open_transport

READ_MAX_BYTES = 4096
TURN_S = 0.25
"""How long one read waits: how soon `stop` is seen, and how often the source's watermark moves."""

IDLE_TURNS = 4
"""After a second of silence the rest of a cut frame is given up, lest it spoil the next card. A slow TCP link resends sooner."""


class ListeningDriver:
    """A driver for a device that speaks by itself and takes no commands; see `drivers.port.Driver`."""

    def __init__(self, address: Address, decoder: Callable[[], Decoder]) -> None:
        self._address = address
        self._decoder = decoder

    def run(self, sink: Sink, stop: Event) -> None:
        """See `Driver.run`."""
        transport = open_transport(self._address)
        feed = Feed(self._decoder)
        try:
            sink.up()
            _listen(transport, feed, sink, stop)
        except DeviceLost:
            _give(sink, feed.restart("interrupted"))
            raise
        finally:
            transport.close()

    def act(self, action: str, args: Mapping[str, str]) -> None:  # noqa: ARG002 - the port's signature
        """Raises CommandFailed: there is nothing to do at such a device."""
        raise CommandFailed(f"a reader cannot {action[:40]!r}")


def _listen(transport: Transport, feed: Feed, sink: Sink, stop: Event) -> None:
    idle_turns = 0
    while not stop.is_set():
        data = transport.read(READ_MAX_BYTES, TURN_S)
        idle_turns = 0 if data else idle_turns + 1
        if data:
            was_idle = not feed.pending
            items = feed.push(data)
            if was_idle and feed.pending:
                sink.arriving()
            _give(sink, items)
        elif idle_turns == IDLE_TURNS:
            _give(sink, feed.restart("truncated"))
        sink.alive()


def _give(sink: Sink, items: list[Reading | Finding]) -> None:
    for item in items:
        if isinstance(item, Finding):
            sink.finding(item)
        else:
            sink.reading(item)
