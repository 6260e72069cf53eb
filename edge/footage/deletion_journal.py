"""What is about to be deleted, written down before it is: one small file, put in place whole and synced.

It holds one deletion at most, as they go one after another, and the orders that were taken back: an order may come again after
the one that takes it back.
"""

import os
from pathlib import Path
from typing import Literal

import msgspec
import structlog

from contract.footage import FootageStream, NoSpan
from edge.spool_file import sync_folder

FILE = "deletion.json"
RESCUED_MAX = 4_096
_PART = "deletion.json.part"


class Pending(msgspec.Struct, frozen=True):
    """These segments are being deleted by that order. `spans`: how it is told once all of them are gone; none, as older versions
    wrote it: one by one."""

    order: str
    device: str
    stream: FootageStream
    nos: list[int]
    reason: Literal["order", "drop_oldest"] = "order"
    spans: list[NoSpan] = []


class _Kept(msgspec.Struct, frozen=True):
    pending: Pending | None = None
    rescued: list[str] = []


class DeletionJournal:
    """The file in a folder. For one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept = _Kept()

    def open(self) -> None:
        """Read what an earlier run left. One that cannot be read is moved aside and told: what it was about is then found by
        comparing the index with the disk. Raises OSError."""
        path = self._folder / FILE
        try:
            self._kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return
        except msgspec.MsgspecError as error:
            structlog.get_logger("edge.footage").error("deletion_journal_damaged", error=str(error)[:200])
            path.rename(self._folder / f"{FILE}.damaged")

    @property
    def pending(self) -> Pending | None:
        """What was begun and is not done."""
        return self._kept.pending

    def is_rescued(self, order: str) -> bool:
        """Whether the order was taken back."""
        return order in self._kept.rescued

    def begin(self, pending: Pending) -> None:
        """From here on the deletion is finished, by this run or another. Raises OSError: then nothing was begun."""
        self._write(msgspec.structs.replace(self._kept, pending=pending))

    def done(self) -> None:
        """It is finished and told. Raises OSError."""
        self._write(msgspec.structs.replace(self._kept, pending=None))

    def rescue(self, order: str) -> None:
        """The order is taken back for good. Raises OSError."""
        if order not in self._kept.rescued:
            self._write(msgspec.structs.replace(self._kept, rescued=[*self._kept.rescued, order][-RESCUED_MAX:]))

    def _write(self, kept: _Kept) -> None:
        part = self._folder / _PART
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            body = msgspec.json.encode(kept)
            if os.write(handle, body) != len(body):
                raise OSError("written in part")
            os.fsync(handle)
        finally:
            os.close(handle)
        part.rename(self._folder / FILE)
        sync_folder(self._folder)
        self._kept = kept
