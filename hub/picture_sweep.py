"""Pictures whose days are over go in steps: the worker marks the row (`condemned_us`), the file is deleted, the folder is
synced, and only then the row goes. Killed between any two, the next pass, at the start or a minute later, takes the row up again.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from threading import Event, Thread
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from hub.ingest.ports import Ask, Unavailable, Write
from hub.picture_files import remove_durably
from hub.store.sweep import drop_condemned

EVERY_S = 60.0
CHUNK = 500
ANSWER_S = 10.0
STOP_S = 15.0
_log = logging.getLogger(__name__)


class Condemned(Protocol):
    """The marked rows."""

    def condemned_pictures(self, limit: int) -> list[str]:
        """Pictures whose files are to be deleted."""
        ...


class PictureSweep:
    """A thread that deletes condemned pictures. `ask`: the worker's, which alone writes rows. `deleted`: since the start."""

    def __init__(self, site: str, folder: Path, reads: Condemned, ask: Callable[[Ask], "Future[Any]"]) -> None:
        self.deleted = 0
        self._site, self._folder, self._reads, self._ask = site, folder, reads, ask
        self._stop = Event()
        self._thread = Thread(target=self._run, name="picture-sweep", daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier run has left marked."""
        self._thread.start()

    def stop(self) -> None:
        """End after the chunk under way."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)

    def sweep(self) -> int:
        """Delete a chunk of what is marked. Returns how many rows are gone. Raises OSError, Unavailable, SQLAlchemy's errors or
        TimeoutError: then the rows that are left stay marked."""
        names = self._reads.condemned_pictures(CHUNK)
        if not names:
            return 0
        remove_durably(self._folder, names)
        gone: int = self._ask(Write(lambda connection: drop_condemned(connection, self._site, names))).result(ANSWER_S)
        self.deleted += gone
        return gone

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                gone = self.sweep()
            except (OSError, Unavailable, SQLAlchemyError) as error:  # TimeoutError is an OSError
                _log.warning("pictures_not_swept", extra={"error": str(error)[:200]})
                gone = 0
            if gone < CHUNK:
                self._stop.wait(EVERY_S)
