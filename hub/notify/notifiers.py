"""All channels of a hub: started together, stopped together, and none waits for another."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future

from contract.clock import Clock
from hub.feed import ChangeFeed
from hub.notify.delivery import Failure
from hub.notify.ledger import Asker, Ledger, letter_row
from hub.notify.reader import PATIENCE, ChangeReader, Patience, ReaderState
from hub.notify.table import AnyChannelSettings, Surroundings, make_channel, reader_name
from hub.store.read import SiteReads


class Notifiers:
    """The running readers by their names."""

    def __init__(self, readers: Mapping[str, ChangeReader]) -> None:
        self._readers = dict(readers)

    def states(self) -> list[ReaderState]:
        """How each is doing."""
        return [reader.state for reader in self._readers.values()]

    def again(self, reader: str, body: str) -> "Future[Failure | None] | None":
        """Deliver a dead letter once more; None where the channel is no longer configured. `body`: the letter's."""
        found = self._readers.get(reader)
        return None if found is None else found.again(letter_row(body))

    def stop(self) -> None:
        """End all of them."""
        for reader in self._readers.values():
            reader.stop()


def first_positions(channels: Sequence[AnyChannelSettings], site: str, reads: SiteReads, worker: Asker) -> None:
    """Have a new channel's position written: the log's end. Asked before the worker runs, it is in the worker's first commit, so
    that no change can be committed without it, and a crash right after skips none. Raises SQLAlchemy's errors."""
    names = map(reader_name, channels)
    new = [name for name in names if reads.reader_pos(name) is None]
    end = reads.change_bounds()[1] if new else 0
    for name in new:
        Ledger(site, name, worker).move(end)


def start_notifiers(
    channels: Sequence[AnyChannelSettings],
    around: Surroundings,
    *,
    feed: ChangeFeed,
    reads: SiteReads,
    worker: Asker,
    clock: Clock,
    chance: Callable[[], float],
    patience: Patience = PATIENCE,
) -> Notifiers:
    """A reader for each channel, running. `chance`: 0 to 1, for the jitter. Raises ValueError where a channel cannot be made."""
    readers: dict[str, ChangeReader] = {}
    try:
        for settings in channels:
            name = reader_name(settings)
            readers[name] = ChangeReader(
                name,
                make_channel(settings, around),
                settings.only,
                feed,
                Ledger(around.site, name, worker),
                position=lambda name=name: reads.reader_pos(name),  # type: ignore[misc]
                clock=clock,
                chance=chance,
                patience=patience,
            )
    except ValueError:
        for reader in readers.values():
            reader.discard()
        raise
    for reader in readers.values():
        reader.start()
    return Notifiers(readers)
