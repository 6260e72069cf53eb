"""The hub's composition root: what it is made of, in which order it starts, and how it stops. Nothing happens at import."""

import fcntl
import gc
import os
import random
import secrets
import socket
from pathlib import Path
from typing import Self

from sqlalchemy import Engine

from contract.clock import Clock
from hub.api.app import build_api
from hub.api.ports import Backend
from hub.api.server import ApiServer, serve
from hub.cases.titles import title
from hub.cases.types import Case
from hub.config import HubConfig
from hub.feed import ChangeFeed
from hub.ingest.broker import Broker
from hub.ingest.rules import rules_of
from hub.ingest.worker import Worker
from hub.notify.notifiers import Notifiers, start_notifiers
from hub.notify.table import Surroundings
from hub.orders import Orders
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from hub.store.read import SiteReads

GC_THRESHOLDS = (20_000, 20, 100)
"""Rows of a turn live shortly and hold no cycles: with Python's own thresholds a quarter of a busy hub's time went to looking."""


class DataFolderTaken(RuntimeError):
    """Another hub runs on this data folder."""


class Hub:
    """A whole hub. As a context manager it starts and stops; `url` is where its API answers.

    Starting raises, with messages that say what to do: DataFolderTaken, NewerDatabase, ForeignDatabase, SQLAlchemy's errors,
    ValueError for a notification channel that cannot be made, CannotListen.
    """

    def __init__(self, config: HubConfig, clock: Clock) -> None:
        self.config = config
        self.clock = clock
        self._lock = _FolderLock(config.data)
        self._gc_thresholds = gc.get_threshold()
        self.engine: Engine = open_engine(config.database)
        self.read_engine: Engine = open_engine(config.database, read_only=True)
        self.reads = SiteReads(self.read_engine, config.estate.site)
        self.feed = ChangeFeed(self.reads)
        self.broker = Broker(
            config.broker, config.estate.site, config.estate.key_of, self._submit, client_id=f"hub-{secrets.token_hex(6)}"
        )
        owner = f"{socket.gethostname()}:{config.data.resolve()}"
        self.worker = Worker(self.engine, config.estate, rules_of(config.policy), self.broker, clock, owner=owner)
        self.orders = Orders(self.broker, clock, lambda: secrets.token_hex(8))
        self.worker.on_change(self.feed.on_change)
        self.worker.on_change(self.orders.on_changes)
        self.worker.on_nonce(self.orders.on_nonce)
        self.notifiers: Notifiers | None = None
        self.api: ApiServer | None = None

    @property
    def url(self) -> str:
        """Where the API answers; empty before the start."""
        return self.api.url if self.api is not None else ""

    def start(self) -> None:
        """Bring the database to this program's version and begin. The worker may still wait for the lease: see `worker.state`."""
        self._lock.take()
        migrate(self.engine)
        self.worker.start()
        self.broker.start()
        self.notifiers = self._start_notifiers()
        http = self.config.settings.http
        self.api = serve(build_api(self._backend(self.notifiers)), http.host, http.port)
        gc.set_threshold(*GC_THRESHOLDS)

    def stop(self) -> None:
        """End in order: no more answers, nothing comes in, the last turn, the lease given back. May be called twice."""
        gc.set_threshold(*self._gc_thresholds)
        if self.api is not None:
            self.api.stop()
        if self.notifiers is not None:
            self.notifiers.stop()
        self.broker.stop()
        self.worker.stop()
        self.engine.dispose()
        self.read_engine.dispose()
        self._lock.release()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _start_notifiers(self) -> Notifiers:
        config = self.config
        around = Surroundings(
            config.estate.site, self._titles, self.clock, config.folder, self.broker, config.policy.webhook_allow_private
        )
        return start_notifiers(
            config.settings.notify,
            around,
            feed=self.feed,
            reads=self.reads,
            worker=self.worker,
            clock=self.clock,
            chance=random.random,
        )

    def _backend(self, notifiers: Notifiers) -> Backend:
        return Backend(
            site=self.config.estate.site,
            estate=self.config.estate,
            policy=self.config.policy,
            titles=self._titles,
            reads=self.reads,
            worker=self.worker,
            feed=self.feed,
            orders=self.orders,
            notifiers=notifiers,
            pictures=self.config.data / "pictures",
            connected=lambda: self.broker.connected,
            clock=self.clock,
            counters={
                "ingest": lambda: self.worker.counters,
                "broker": lambda: dict(self.broker.counters),
                "orders": lambda: dict(self.orders.counters),
            },
        )

    def _titles(self, case: Case) -> tuple[str, str]:
        return title(case, self.config.estate, "zh"), title(case, self.config.estate, "en")

    def _submit(self, topic: str, payload: bytes) -> bool:
        return self.worker.submit(topic, payload)


class _FolderLock:
    """One hub for a data folder: what makes it safe that a hub takes its own lease back at once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "hub.lock"
        self._file: int | None = None

    def take(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            raise DataFolderTaken(f"another hub runs on {self._path.parent}: stop it, or give this one another folder") from None
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
