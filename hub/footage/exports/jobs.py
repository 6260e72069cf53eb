"""Archives are made one at a time by a thread, in the order in which they were asked for; each is deleted when its days are over.

How far one is stands in the database: a hub that is started anew makes those again that it had begun.
"""

import logging
import os
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from threading import Condition, Thread
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import Clock
from hub.footage.exports.form import Order
from hub.footage.exports.maker import Cancelled, Made, Maker, Stock
from hub.footage.exports.seal import ExportKey
from hub.footage.playback.fetching import FootageUnavailable
from hub.footage.views import ExportRow, ExportState
from hub.ingest.ports import Ask, Unavailable, Write
from hub.ingest.sweeping import STEP_MAX_US
from hub.keyfile import BadKeyFile
from hub.store.footage_view_reads import set_export

QUEUE_MAX = 16
EVERY_S = 30.0
ANSWER_S = 10.0
STOP_S = 20.0
EXPIRED_AT_ONCE = 100
RESERVE_BYTES = 1024 * 1024 * 1024
"""What stays free on the hub's disk: a day of four cameras is hundreds of gigabytes, and the database writes beside it."""
_log = logging.getLogger(__name__)


class NoRoom(Exception):
    """The archive would take what the hub needs of its disk."""


class ExportReads(Protocol):
    """The table of archives."""

    def export(self, export: str) -> ExportRow | None:
        """One of them."""
        ...

    def unended(self) -> list[ExportRow]:
        """Those that are still to be made."""
        ...

    def over(self, now_us: int, limit: int) -> list[ExportRow]:
        """Those that are to be deleted."""
        ...

    def files(self) -> set[str]:
        """The names of all archives that are kept."""
        ...


class Ports(NamedTuple):
    """`order_of`: what a row asks for, None where its view is gone; `stock`: where content comes from, telling `progress`; `ask`:
    the worker's; `token`: random names, hex; `keep_us`: how long an archive is kept; `doubted`: whether the sweep of footage is
    halted by the clock, by which no archive's days are over either."""

    reads: ExportReads
    order_of: Callable[[ExportRow], Order | None]
    stock: Callable[[Callable[[float | None], None]], Stock]
    ask: Callable[[Ask], "Future[Any]"]
    key: ExportKey
    clock: Clock
    token: Callable[[], str]
    keep_us: int
    doubted: Callable[[], bool]


class ExportJobs:
    """The thread. Any thread may call the rest."""

    def __init__(self, site: str, folder: Path, ports: Ports) -> None:
        self._site, self._folder, self._ports = site, folder, ports
        self._changed = Condition()
        self._waiting: deque[str] = deque()
        self._under_way, self._progress = "", 0.0
        self._cancelled: set[str] = set()
        self._stopping = False
        self._apart_us: int | None = None
        """The wall clock less the monotonic one, when archives were last swept."""
        self._thread = Thread(target=self._run, name="footage-exports", daemon=True)
        self.counters: Counter[str] = Counter()

    def start(self) -> None:
        """Begin, with what an earlier run has left. Raises OSError, SQLAlchemy's errors."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = self._ports.reads.files()
        for path in self._folder.iterdir():
            if path.suffix in (".zip", ".part") and path.name not in kept:
                path.unlink()
        self._waiting.extend(row.export for row in self._ports.reads.unended())
        self._thread.start()

    def stop(self) -> None:
        """End; what is being made is made anew by the next run."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)

    def has_room(self) -> bool:
        """Whether one more may be asked for."""
        with self._changed:
            return len(self._waiting) < QUEUE_MAX

    def add(self, export: str) -> None:
        """Its row stands as queued."""
        with self._changed:
            self._waiting.append(export)
            self._changed.notify_all()

    def cancel(self, export: str) -> bool:
        """It is not wanted any more. False where it has ended already. Raises what a write raises."""
        now_us = self._ports.clock.now_us()
        if not self._set(export, ("queued", "making"), state="cancelled", ended_us=now_us):
            return False
        with self._changed:
            self._cancelled.add(export)
            if export in self._waiting:
                self._waiting.remove(export)
        self.counters["cancelled"] += 1
        return True

    def progress(self, export: str) -> float:
        """How much of one that is being made is there, 0 to 1."""
        with self._changed:
            return self._progress if self._under_way == export else 0.0

    def path(self, row: ExportRow) -> Path | None:
        """Where an archive is; None: it is gone, or is not made. The name is the hub's own, from its row."""
        path = self._folder / row.file
        return path if row.state == "done" and row.file and path.is_file() else None

    def sweep(self) -> int:
        """Delete the archives whose days are over: the file, then what the row says of it. Returns how many. None where the clock
        was set since the last time, as the sweep of footage may not have noticed yet, or where that is halted for it."""
        now_us, was_us = self._ports.clock.now_us(), self._apart_us
        self._apart_us = now_us - self._ports.clock.mono_us()
        if (was_us is not None and abs(self._apart_us - was_us) > STEP_MAX_US) or self._ports.doubted():
            self.counters["sweeps_halted"] += 1
            return 0
        over = self._ports.reads.over(now_us, EXPIRED_AT_ONCE)
        for row in over:
            (self._folder / row.file).unlink(missing_ok=True)
            _sync(self._folder)
            self._set(row.export, ("done",), state="expired", file="", expires_us=None)
            self.counters["expired"] += 1
        return len(over)

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._stopping and not self._waiting:
                    self._changed.wait(EVERY_S)
                if self._stopping:
                    return
                self._under_way, self._progress = (self._waiting.popleft() if self._waiting else ""), 0.0
            try:
                if self._under_way:
                    self._make(self._under_way)
                self.sweep()
            except (OSError, Unavailable, SQLAlchemyError) as error:  # TimeoutError is an OSError
                _log.error("footage_exports_failed", extra={"export": self._under_way, "error": str(error)[:200]})
                self.counters["errors"] += 1
            finally:
                with self._changed:
                    self._under_way = ""

    def _make(self, export: str) -> None:
        row = self._ports.reads.export(export)
        order = None if row is None else self._ports.order_of(row)
        if order is None or not self._set(export, ("queued", "making"), state="making"):
            return
        name = f"{self._ports.token()}.zip"
        part = self._folder / f"{name}.part"
        try:
            made = Maker(order, self._ports.stock(self._told), self._ports.key, self._ports.clock).make(part)
            self._done(export, name, made)
        except Cancelled:
            self.counters["abandoned"] += 1
        except FootageUnavailable as error:
            self._failed(export, str(error))
        except NoRoom:
            self._failed(export, "disk_short")
        except BadKeyFile as error:
            _log.error("footage_export_key", extra={"error": str(error)})
            self._failed(export, "key_failed")
        except OSError as error:
            _log.error("footage_export_not_written", extra={"export": export, "error": str(error)})
            self._failed(export, "disk_failed")
        except (Unavailable, SQLAlchemyError):
            raise
        except Exception:  # a bug of ours ends neither the thread nor, made again with each start, every other archive
            _log.exception("footage_export_failed", extra={"export": export})
            self._failed(export, "hub_failed")
        finally:
            part.unlink(missing_ok=True)
            self._cancelled.discard(export)

    def _done(self, export: str, name: str, made: Made) -> None:
        path = self._folder / name
        (self._folder / f"{name}.part").rename(path)
        _sync(self._folder)
        now_us = self._ports.clock.now_us()
        values = {"file": name, "size_bytes": made.size_bytes, "sha256": made.sha256, "ended_us": now_us}
        if self._set(export, ("making",), state="done", expires_us=now_us + self._ports.keep_us, **values):
            self.counters["made"] += 1
        else:  # it was cancelled in its last moment
            path.unlink(missing_ok=True)

    def _failed(self, export: str, detail: str) -> None:
        self.counters["failed"] += 1
        self._set(export, ("making",), state="failed", detail=detail, ended_us=self._ports.clock.now_us())

    def _told(self, progress: float | None) -> None:
        room = os.statvfs(self._folder)
        if room.f_bavail * room.f_frsize < RESERVE_BYTES:
            raise NoRoom
        with self._changed:
            self._progress = self._progress if progress is None else progress
            if self._stopping or self._under_way in self._cancelled:
                raise Cancelled

    def _set(self, export: str, was: Sequence[ExportState], **values: Any) -> bool:
        def run(connection: Connection) -> bool:
            return set_export(connection, self._site, export, was, **values)

        changed: bool = self._ports.ask(Write(run)).result(ANSWER_S)
        return changed


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
