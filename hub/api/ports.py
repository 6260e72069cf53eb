"""What the API needs of the rest of the hub. It reads tables itself; whatever changes a row goes to the worker."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from contract.clock import Clock
from hub.access.sending import AgentState
from hub.accounts.oidc_types import ProviderPort
from hub.accounts.signin import Accounts
from hub.enrolment.desk import EnrolmentDesk
from hub.estate import Estate
from hub.estates.holder import EstateHolder
from hub.feed import ChangeFeed
from hub.footage_outward import FootageOut
from hub.ingest.ports import Ailing, Ask, State
from hub.live_pictures import LivePictures
from hub.notify.delivery import Failure
from hub.notify.reader import ReaderState
from hub.orders import Orders
from hub.passages.searches import Searches
from hub.policy.load import Policy
from hub.store.access_reads import AccessReads
from hub.store.estate_rows import EstateReads
from hub.store.read import SiteReads
from hub.tags.keyfile import LabelKey
from hub.views import Titles
from hub.visit_desk import VisitDesk

Counters = Callable[[], Mapping[str, int]]


class WorkerPort(Protocol):
    """The site's worker."""

    @property
    def state(self) -> State:
        """Whether it serves the site."""
        ...

    @property
    def ailing(self) -> Ailing:
        """What bugs keep from being done."""
        ...

    @property
    def counters(self) -> Mapping[str, int]:
        """What was counted since the start."""
        ...

    def ask(self, asked: Ask) -> "Future[Any]":
        """Answered after the commit; fails with Unavailable."""
        ...


class NotifiersPort(Protocol):
    """The running channels."""

    def states(self) -> Sequence[ReaderState]:
        """How each is doing."""
        ...

    def again(self, reader: str, body: str) -> "Future[Failure | None] | None":
        """Deliver a dead letter once more; None for a channel that is not configured."""
        ...


class PermitsPort(Protocol):
    """Agents' tables of permits."""

    def chunk(self, agent: str, epoch: str, no: int, part: int) -> bytes:
        """A part of an agent's snapshot. Raises hub.access.sending.Gone."""
        ...

    def states(self) -> Mapping[str, AgentState]:
        """How each agent's table is."""
        ...


@dataclass(frozen=True)
class Backend:
    """Everything behind the API. `book`: the estate, as it changes; `estates`: its versions. `pictures`: the folder that
    pictures are kept in. `labels`: what makes and reads QR labels. `connected`: whether the broker is there; `why_away`: why it
    is not, where that is known. `enrolment`: where agents become known. `permits`: agents' tables; `access`: the book of
    permits; `card_key`: what credentials are hashed under, None: numbers are not taken. `footage`: what plays and exports
    footage; `visits`: keys of visits, and limits of residents' links. `counters`: what is counted, by room, for the metrics.
    `provider`: where people sign in who are known elsewhere; None: nowhere. `push_key`: what phones subscribe to pushes with;
    empty: there are none."""

    site: str
    book: EstateHolder
    policy: Policy
    titles: Titles
    reads: SiteReads
    estates: EstateReads
    accounts: Accounts
    worker: WorkerPort
    feed: ChangeFeed
    orders: Orders
    live_pictures: LivePictures
    notifiers: NotifiersPort
    pictures: Path
    labels: LabelKey
    connected: Callable[[], bool]
    why_away: Callable[[], str]
    clock: Clock
    enrolment: EnrolmentDesk
    visits: VisitDesk
    permits: PermitsPort
    access: AccessReads
    footage: FootageOut
    card_key: bytes | None = None
    counters: Mapping[str, Counters] = field(default_factory=dict)
    provider: ProviderPort | None = None
    searches: Searches = field(default_factory=Searches)
    push_key: str = ""

    @property
    def estate(self) -> Estate:
        """The one in force: it may be another with the next request."""
        return self.book.current
