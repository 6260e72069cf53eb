"""What goes out of visits, put together: the keys and limits for the API, and the thread that tells residents."""

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from contract.clock import Clock
from hub.ingest.ports import Ask, ChangeRow
from hub.notify.residents.channel import AppriseWay, Way
from hub.notify.residents.sender import ResidentSender
from hub.notify.residents.settings import ResidentSettings
from hub.notify.secrets import read_secret
from hub.policy.load import Policy
from hub.store.visit_reads import VisitReads
from hub.visit_desk import VisitDesk
from hub.visit_vault import Vault
from hub.visits.numbers import limits_of

FOLDER = "visits"
"""Of the data folder: visits' keys."""


class VisitSettings(NamedTuple):
    """`folder`: what secrets' file names begin at. See VisitDesk for the rest."""

    vault: Vault
    folder: Path
    card_key: bytes | None = None
    public_url: str = ""
    residents: Sequence[ResidentSettings] = ()


class VisitsOut:
    """See the module. Raises ValueError where a way to residents cannot be made, at the start."""

    def __init__(
        self,
        site: str,
        settings: VisitSettings,
        reads: VisitReads,
        policy: Policy,
        ask: Callable[[Ask], "Future[Any]"],
        clock: Clock,
        zone: Callable[[], ZoneInfo],
    ) -> None:
        self._settings, self._reads, self._policy = settings, reads, policy
        self._ask, self._clock, self._zone = ask, clock, zone
        self._sender: ResidentSender | None = None
        self.desk = VisitDesk(
            site,
            settings.vault,
            card_key=settings.card_key,
            public_url=settings.public_url,
            channels=len(settings.residents),
        )

    def start(self) -> None:
        """Begin to tell."""
        self._sender = ResidentSender(
            [self._way(one) for one in self._settings.residents],
            self._reads,
            self.desk,
            self._ask,
            self._clock,
            self._zone,
            lambda: limits_of(self._policy).erase_us,
            random.SystemRandom().random,
        )
        self._sender.start()

    def stop(self) -> None:
        """End after the message under way."""
        if self._sender is not None:
            self._sender.stop()

    def on_changes(self, rows: Sequence[ChangeRow]) -> None:
        """Something was committed. In the worker's thread."""
        if self._sender is not None:
            self._sender.on_changes(rows)

    @property
    def counters(self) -> Mapping[str, int]:
        """What was counted since the start."""
        return self.desk.counters + (self._sender.counters if self._sender is not None else type(self.desk.counters)())

    def _way(self, settings: ResidentSettings) -> Way:
        url = read_secret(self._settings.folder / settings.url_file, "residents.url_file")
        return AppriseWay(settings, url)
