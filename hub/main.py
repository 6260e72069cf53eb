"""The hub's composition root: what it is made of, in which order it starts, and how it stops. Nothing happens at import."""

import fcntl
import os
import socket
from pathlib import Path
from typing import Self

from sqlalchemy import Engine

from contract.clock import Clock
from hub.config import HubConfig
from hub.ingest.broker import Broker
from hub.ingest.rules import rules_of
from hub.ingest.worker import Worker
from hub.store.engine import open_engine
from hub.store.migrate import migrate


class DataFolderTaken(RuntimeError):
    """Another hub runs on this data folder."""


class Hub:
    """A running hub: store, worker and broker. As a context manager it starts and stops.

    engine: for writing, which is the worker's; read_engine: for everybody who only looks. Raises on `start` what a database or a
    taken folder raises, with messages that say what to do.
    """

    def __init__(self, config: HubConfig, clock: Clock) -> None:
        self.config = config
        self.clock = clock
        self._lock = _FolderLock(config.data)
        self.engine: Engine = open_engine(config.database)
        self.read_engine: Engine = open_engine(config.database, read_only=True)
        self.broker = Broker(
            config.broker,
            config.estate.site,
            config.estate.key_of,
            self._submit,
            client_id=f"hub-{config.estate.site}-{os.getpid()}",
        )
        owner = f"{socket.gethostname()}:{config.data.resolve()}"
        self.worker = Worker(self.engine, config.estate, rules_of(config.policy), self.broker, clock, owner=owner)

    def start(self) -> None:
        """Bring the database to this program's version and begin. Returns before the worker is ready: see `worker.state`."""
        self._lock.take()
        migrate(self.engine)
        self.worker.start()
        self.broker.start()

    def stop(self) -> None:
        """End in order: no more messages, the last turn, the lease given back."""
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
