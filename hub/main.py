"""The hub's composition root: what it is made of, in which order it starts, and how it stops. Nothing happens at import."""

import fcntl
import gc
import os
import secrets
import socket
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from contract.clock import Clock
from hub.accounts.local import write_local_token
from hub.accounts.register import people
from hub.audit.configuration import note_start
from hub.audit.heads import Heads
from hub.audit.keyfile import KEY_FILE as HEAD_KEY_FILE
from hub.audit.keyfile import HeadKey
from hub.config import HubConfig
from hub.enrolment.making import make_desk
from hub.estates.holder import EstateHolder
from hub.ingest.broker import Broker
from hub.ingest.ports import Write
from hub.ingest.rules import rules_of
from hub.ingest.worker import Worker
from hub.loopback import is_loopback
from hub.outward import Certified, Outward, OutwardSettings
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from hub.tags.keyfile import KEY_FILE, LabelKey
from hub.visit_outward import FOLDER
from hub.visit_vault import Vault

GC_THRESHOLDS = (20_000, 20, 100)
"""Rows of a turn live shortly and hold no cycles: with Python's own thresholds a quarter of a busy hub's time went to looking."""

SWITCH_S = 0.0005
"""The worker gives Python's lock up with each call of SQLite, and with Python's own 5 ms waits as long for it again while another
thread computes. With this an incident at 200 events a second took about 5 ms instead of 8."""

API_AFTER_S = 0.5
"""A restarted hub told of its first incident after 0.94 to 1.1 s without this, and after 0.68 to 0.87 s with it."""

OPEN_S = 5.0
"""The worker reads its site row by row, and gives Python's lock up with each. While the API is imported it waits for it as often:
so the API is imported after it, but does not wait for ever."""


COMMIT_S = 10.0
"""How long the thread of agents' keys waits for a commit."""


class DataFolderTaken(RuntimeError):
    """Another hub runs on this data folder."""


class NoAccounts(RuntimeError):
    """The API is to be reached from outside, and there is no account yet. The message says what to do."""


class Hub:
    """A whole hub. As a context manager it starts and stops; `url` is where its API answers.

    Starting raises, with messages that say what to do: DataFolderTaken, NewerDatabase, ForeignDatabase, NoAccounts,
    BadSettings where the estate in the database does not fit the policy, SQLAlchemy's errors, ValueError for a notification
    channel that cannot be made, CannotListen.
    """

    def __init__(self, config: HubConfig, clock: Clock) -> None:
        estate, policy, http = config.estate, config.policy, config.settings.http
        self.config = config
        self._lock = FolderLock(config.data)
        self._gc_thresholds = gc.get_threshold()
        self._switch_s = sys.getswitchinterval()
        self.engine: Engine = open_engine(config.database)
        self.read_engine: Engine = open_engine(config.database, read_only=True)
        self.book = EstateHolder(estate, policy, config.plan, folder=config.estate_file.parent)
        self.enrolment = make_desk(config, self.book, self.read_engine, clock)
        self.broker = Broker(
            config.broker,
            estate.site,
            self.enrolment.ring.key_of,
            self._submit,
            client_id=f"hub-{estate.site[:32]}-{secrets.token_hex(4)}",
            on_connected=self._greet,
        )
        self._clock = clock
        self._owner = owner = f"{socket.gethostname()}:{config.data.resolve()}"
        self._head_key = HeadKey(config.data / HEAD_KEY_FILE)
        heads = Heads(estate.site, self._head_key, lambda: secrets.token_hex(8))
        rules = rules_of(policy)._replace(plan=config.plan)
        vault = Vault(config.data / FOLDER)
        self.worker = Worker(
            self.engine,
            estate,
            rules,
            self.broker,
            clock,
            owner=owner,
            estates=self.book,
            heads=heads,
            keys=self.enrolment.ring,
            link_digest=vault.link_digest,
        )
        labels = LabelKey(config.data / KEY_FILE, http.public_url or "")
        self.outward = Outward(
            OutwardSettings(
                http.host,
                http.port,
                config.settings.notify,
                config.folder,
                config.data / "pictures",
                labels,
                accounts=config.settings.accounts,
                oidc=config.settings.oidc,
                public_url=http.public_url or "",
                tls=_certified(config),
                api_after_s=API_AFTER_S,
                card_key=config.card_key,
                vault=vault,
                residents=config.settings.residents,
                push=config.settings.push,
            ),
            estate=estate,
            policy=policy,
            engine=self.read_engine,
            worker=self.worker,
            broker=self.broker,
            clock=clock,
            book=self.book,
            enrolment=self.enrolment,
        )

    @property
    def url(self) -> str:
        """Where the API answers; empty before the start."""
        return self.outward.url

    def start(self) -> None:
        """Bring the database to this program's version and begin. The worker may still wait for the lease: see `worker.state`."""
        self._lock.take()
        migrate(self.engine)
        with self.engine.connect() as connection:
            self.book.adopt(self.book.read(connection, strictly=True))
        self._prepare_accounts()
        self._head_key.load()
        note_start(self.engine, self.config, version("watchkeeper"), self._clock.now_us())
        gc.set_threshold(*GC_THRESHOLDS)
        sys.setswitchinterval(SWITCH_S)
        self.outward.prepare()
        self.enrolment.start()
        self.worker.start()
        self.book.offer_file(self.config.estate_file, self.worker.ask)
        self.enrolment.watch(lambda run: self.worker.ask(Write(run)).result(COMMIT_S))
        self.broker.start()
        self.worker.wait_opened(OPEN_S)
        self.outward.start()

    def stop(self) -> None:
        """End in order: no more answers, nothing comes in, the last turn, the lease given back. May be called twice."""
        gc.set_threshold(*self._gc_thresholds)
        sys.setswitchinterval(self._switch_s)
        self.outward.stop()
        self.enrolment.stop()
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

    def _prepare_accounts(self) -> None:
        """A fresh local token. A hub that others can reach must know somebody who may sign in: who came first would be it."""
        config = self.config
        write_local_token(self.engine, config.estate.site, config.data, self._owner, self._clock.now_us())
        if is_loopback(config.settings.http.host):
            return
        with self.engine.connect() as connection:
            if not people(connection, config.estate.site):
                raise NoAccounts(
                    "nobody could sign in, so the API does not listen on other addresses than this machine's: make the first"
                    " account with `watchkeeper admin create SETTINGS NAME`, or set http.host to 127.0.0.1"
                )

    def _submit(self, said: Sequence[tuple[str, bytes]]) -> None:
        self.worker.submit_many(said)

    def _greet(self) -> None:
        self.worker.greet()


def _certified(config: HubConfig) -> Certified | None:
    http = config.settings.http
    if http.certificate is None or http.key is None:
        return None
    return Certified(config.folder / http.certificate, config.folder / http.key)


class FolderLock:
    """One hub for a data folder: what makes it safe that a hub takes its own lease back at once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "hub.lock"
        self._file: int | None = None

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.release()

    def take(self) -> None:
        """Raises DataFolderTaken."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            raise DataFolderTaken(f"another hub runs on {self._path.parent}: stop it, or give this one another folder") from None
        self._file = file

    def release(self) -> None:
        """Twice is harmless."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
