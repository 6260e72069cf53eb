"""Everything that goes out of a hub, put together: the change feed, commands, channels, the API and the live channel."""

import logging
import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sqlalchemy import Engine

from contract.clock import Clock
from contract.orders import AnyOrder, Nonce
from hub.access.keeper import PermitKeeper
from hub.accounts.oidc_types import OidcSettings, ProviderPort
from hub.accounts.secrets import Passwords
from hub.accounts.settings import AccountsSettings
from hub.accounts.signin import Accounts
from hub.api.ports import Backend, WorkerPort
from hub.audit.log import append
from hub.audit.types import Act
from hub.cases.titles import title
from hub.cases.types import Case
from hub.enrolment.desk import EnrolmentDesk
from hub.enrolment.making import plain_desk
from hub.estate import Estate
from hub.estates.holder import EstateHolder
from hub.feed import ChangeFeed
from hub.footage_outward import FootageOut, FootageParts
from hub.ingest.ports import ChangeRow, GateNews, Write
from hub.live_pictures import LivePictures, View
from hub.notify.mqtt.channel import Publisher
from hub.notify.notifiers import Notifiers, first_positions, start_notifiers
from hub.notify.reader import PATIENCE, Patience
from hub.notify.residents.settings import ResidentSettings
from hub.notify.secrets import read_secret
from hub.notify.table import AnyChannelSettings, Surroundings
from hub.notify.webpush.settings import PushSettings
from hub.orders import CommandState, Orders
from hub.picture_files import remove_unfinished
from hub.picture_sweep import PictureSweep
from hub.policy.load import Policy
from hub.push_outward import make_pusher
from hub.store import command_log
from hub.store.access_reads import AccessReads
from hub.store.estate_rows import EstateReads
from hub.store.read import SiteReads
from hub.tags.keyfile import LabelKey
from hub.views import Titles
from hub.visit_outward import FOLDER, VisitSettings, VisitsOut
from hub.visit_vault import Vault

if TYPE_CHECKING:
    from hub.api.server import ApiServer


_log = logging.getLogger(__name__)


class ListeningWorker(WorkerPort, Protocol):
    """The worker, as far as what goes out needs it."""

    @property
    def counters(self) -> Mapping[str, int]:
        """What it has counted."""
        ...

    def on_change(self, listener: Callable[[Sequence[ChangeRow]], None]) -> None:
        """Call with committed changes."""
        ...

    def on_nonce(self, listener: Callable[[str, Nonce], None]) -> None:
        """Call with agents' nonces."""
        ...

    def on_gates(self, listener: Callable[[Sequence[GateNews]], None]) -> None:
        """Call with what agents tell of their gates."""
        ...


class BrokerPort(Publisher, Protocol):
    """The hub's broker connection."""

    why_away: str
    """Why there is no connection; empty where nobody knows, or there is one."""

    @property
    def counters(self) -> Mapping[str, int]:
        """What it has counted."""
        ...

    def order(self, agent: str, order: AnyOrder) -> None:
        """Publish an order."""
        ...


class Certified(NamedTuple):
    """The files of the API's certificate, with what it takes to trust it, and of its key."""

    certificate: Path
    key: Path


class OutwardSettings(NamedTuple):
    """Where the API answers, what is told to whom, and where files are. `folder`: what secrets' file names begin at;
    `api_after_s`: how long after the channels the API begins; `passwords` None: hashed as they should be. `card_key`: what
    numbers of credentials are hashed under; None: they are not taken. `vault`: visits' keys, None: beside the pictures;
    `residents`: the ways to residents; `push`: how phones are told that their guard is sent."""

    host: str
    port: int
    channels: Sequence[AnyChannelSettings]
    folder: Path
    pictures: Path
    labels: LabelKey
    patience: Patience = PATIENCE
    accounts: AccountsSettings = AccountsSettings()
    passwords: Passwords | None = None
    tls: Certified | None = None
    oidc: OidcSettings | None = None
    public_url: str = ""
    api_after_s: float = 0.0
    card_key: bytes | None = None
    vault: Vault | None = None
    residents: Sequence[ResidentSettings] = ()
    push: PushSettings | None = None


class Outward:
    """Built and prepared before the worker starts, so that no change is missed; started after it; stopped before it, so that
    positions are still written. `engine`: the read-only one. `book`: where the estate in force is found; None: it stays."""

    def __init__(
        self,
        settings: OutwardSettings,
        *,
        estate: Estate,
        policy: Policy,
        engine: Engine,
        worker: ListeningWorker,
        broker: BrokerPort,
        clock: Clock,
        book: EstateHolder | None = None,
        enrolment: EnrolmentDesk | None = None,
    ) -> None:
        """`enrolment` None: one that tells no broker, for what runs without a whole hub."""
        self.settings = settings
        self._worker, self._clock = worker, clock
        self.book = book or EstateHolder(estate, policy)
        self._titles = titles_of(self.book)
        self._reads, self._estates = SiteReads(engine, estate.site), EstateReads(engine, estate.site)
        self.feed = ChangeFeed(self._reads)
        self.orders = Orders(broker, clock, lambda: secrets.token_hex(8), on_end=self._note_command)
        self.live_pictures = LivePictures(broker, clock, lambda: secrets.token_hex(8), on_view=self._note_view)
        self.visits = self._make_visits(estate.site, policy)
        data = settings.pictures.parent
        parts = FootageParts(estate.site, data, engine, policy, broker, worker.ask, clock, lambda: self.book.current)
        self.footage = FootageOut(parts)
        worker.on_change(self.visits.on_changes)
        worker.on_change(self.feed.on_change)
        worker.on_change(self.orders.on_changes)
        worker.on_nonce(self.orders.on_nonce)
        self.permits = PermitKeeper(engine, self.book, policy, self.feed, worker.ask, broker.order, clock)
        worker.on_gates(self.permits.on_gates)
        self._access = AccessReads(engine, estate.site)
        self._site, self._policy, self._broker = estate.site, policy, broker
        self.push = make_pusher(
            settings.push, settings.folder, estate.site, engine, worker.ask, clock, policy.webhook_allow_private
        )
        if self.push is not None:
            worker.on_change(self.push.on_changes)
        self.accounts = Accounts(
            engine, estate.site, settings.accounts, settings.passwords or Passwords(), lambda run: worker.ask(Write(run))
        )
        self.enrolment = enrolment or plain_desk(self.book, engine, settings.pictures.parent, clock)
        self._picture_sweep = PictureSweep(estate.site, settings.pictures, self._reads, worker.ask)
        self._notifiers: Notifiers | None = None
        self.provider: ProviderPort | None = None
        self.server: ApiServer | None = None

    def prepare(self) -> None:
        """Before the worker runs, on a database of this program's version: new channels begin here, whatever happens next."""
        first_positions(self.settings.channels, self._site, self._reads, self._worker)

    def _note_view(self, view: View) -> None:
        """Somebody begins to look at a camera: an entry of the audit log. What cannot be noted is not shown: raises ApiError,
        Unavailable."""
        from hub.api.routes import answer

        act, now_us = Act(view.actor, "camera.look", "device", view.device, role=view.role), self._clock.now_us()
        answer(self._worker.ask(Write(lambda connection: append(connection, self._site, [act], now_us))))

    def start(self) -> None:
        """Begin to answer and to tell. Raises NotLoopback, CannotListen, and ValueError where a channel's secret is not there."""
        around = Surroundings(
            self._site,
            self._titles,
            self._clock,
            self.settings.folder,
            self._broker,
            self._policy.webhook_allow_private,
        )
        self._notifiers = start_notifiers(
            self.settings.channels,
            around,
            feed=self.feed,
            reads=self._reads,
            worker=self._worker,
            clock=self._clock,
            chance=random.SystemRandom().random,
            patience=self.settings.patience,
        )
        # FastAPI takes over half a second to import, in which the worker gets half of the processor. Channels run by now: what
        # agents have waited to tell a restarted hub comes in first, and its incidents are told.
        Event().wait(self.settings.api_after_s)
        from hub.api.app import build_api
        from hub.api.server import serve

        self.provider = self._make_provider()
        remove_unfinished(self.settings.pictures)
        self._picture_sweep.start()
        self.permits.start()
        self.visits.start()
        self.footage.start()
        if self.push is not None:
            self.push.start()
        settings = self.settings
        self.server = serve(build_api(self._backend(self._notifiers)), settings.host, settings.port, settings.tls)

    def stop(self) -> None:
        """End: live clients are told, deliveries under way finish, positions are written."""
        if self.server is not None:
            self.server.stop()
        self._picture_sweep.stop()
        self.permits.stop()
        self.visits.stop()
        self.footage.stop()
        if self.push is not None:
            self.push.stop()
        if self._notifiers is not None:
            self._notifiers.stop()

    @property
    def url(self) -> str:
        """Where the API answers; empty before the start."""
        return "" if self.server is None else self.server.url

    @property
    def notifiers(self) -> Notifiers:
        """The channels. Only after the start."""
        assert self._notifiers is not None
        return self._notifiers

    def _note_command(self, state: CommandState) -> None:
        self._worker.ask(Write(lambda connection: command_log.put(connection, self.book.current.site, state)))

    def _make_visits(self, site: str, policy: Policy) -> VisitsOut:
        settings = self.settings
        vault = settings.vault or Vault(settings.pictures.parent / FOLDER)
        visits = VisitSettings(vault, settings.folder, settings.card_key, settings.public_url, settings.residents)
        return VisitsOut(
            site,
            visits,
            self._reads.visits,
            policy,
            self._worker.ask,
            self._clock,
            lambda: self.book.current.timezone,
        )

    def _make_provider(self) -> ProviderPort | None:
        """Raises ValueError where it cannot be used."""
        oidc, folder = self.settings.oidc, self.settings.folder
        if oidc is None:
            return None
        try:
            from hub.accounts.oidc import Provider
        except ImportError as error:
            raise ValueError(f"oidc: {error}: pip install 'watchkeeper[oidc]'") from error
        secret = read_secret(folder / oidc.secret_file, "oidc.secret_file")
        ca_file = None if oidc.ca_file is None else folder / oidc.ca_file
        back = f"{self.settings.public_url.rstrip('/')}/oidc/callback"
        return Provider(oidc, secret, back, ca_file, self.accounts.counters)

    def _backend(self, notifiers: Notifiers) -> Backend:
        counters: dict[str, Callable[[], Mapping[str, Any]]] = {
            "ingest": lambda: dict(self._worker.counters),
            "broker": lambda: dict(self._broker.counters),
            "orders": lambda: dict(self.orders.counters),
            "live_pictures": lambda: dict(self.live_pictures.counters),
            "permits": lambda: dict(self.permits.counters),
            "visits": lambda: dict(self.visits.counters),
            "footage": lambda: dict(self.footage.counters),
            "push": lambda: {} if self.push is None else dict(self.push.counters),
            "pictures": lambda: {"deleted": self._picture_sweep.deleted},
            "accounts": lambda: dict(self.accounts.counters),
            "enrolment": lambda: {**self.enrolment.counters, **self.enrolment.ring.counters},
        }
        return Backend(
            site=self._site,
            book=self.book,
            estates=self._estates,
            policy=self._policy,
            titles=self._titles,
            reads=self._reads,
            accounts=self.accounts,
            worker=self._worker,
            feed=self.feed,
            orders=self.orders,
            live_pictures=self.live_pictures,
            notifiers=notifiers,
            pictures=self.settings.pictures,
            labels=self.settings.labels,
            connected=lambda: self._broker.connected,
            why_away=lambda: self._broker.why_away,
            clock=self._clock,
            counters=counters,
            provider=self.provider,
            enrolment=self.enrolment,
            permits=self.permits,
            access=self._access,
            footage=self.footage,
            card_key=self.settings.card_key,
            visits=self.visits.desk,
            push_key="" if self.push is None else self.push.public_key,
        )


def titles_of(book: EstateHolder) -> Titles:
    """A case's title in both languages, with the names of the estate in force."""

    def titles(case: Case) -> tuple[str, str]:
        return title(case, book.current, "zh"), title(case, book.current, "en")

    return titles
