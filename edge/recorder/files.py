"""The recorder's files: fragments are written whole, and a segment counts once its file, then its folder are synced."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import NamedTuple

from contract.footage import FootageStream
from edge.footage.segments import own_path
from edge.recorder.messages import Ended
from edge.spool_file import sync_folder

_PIECES_MAX = 512
MAX_UNSYNCED = 256
"""Segments that wait for the disk. When there are more, the recorder waits too, and then its cameras."""


class OpenFile:
    """A segment that grows. What `write` has taken is whole fragments."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle = handle
        self.size_bytes = 0

    def write(self, pieces: Sequence[bytes]) -> None:
        """Append them whole. Raises OSError; the file then ends where it did before."""
        try:
            for at in range(0, len(pieces), _PIECES_MAX):
                some = pieces[at : at + _PIECES_MAX]
                written = os.writev(self._handle, some)
                if written < sum(map(len, some)):
                    self._write_on(memoryview(b"".join(some))[written:])
        except OSError:
            os.ftruncate(self._handle, self.size_bytes)
            raise
        self.size_bytes += sum(map(len, pieces))

    def _write_on(self, left: memoryview) -> None:
        while left:
            left = left[os.write(self._handle, left) :]

    def sync(self) -> None:
        """Make it survive a power cut, and close it. Raises OSError."""
        try:
            os.fsync(self._handle)
        finally:
            os.close(self._handle)
        sync_folder(self.path.parent)

    def discard(self) -> None:
        """There is nothing in it. Raises OSError."""
        os.close(self._handle)
        self.path.unlink()


class Files:
    """Where segments are made."""

    def __init__(self, folder: Path, reserve_bytes: int) -> None:
        self._folder = folder
        self._reserve_bytes = reserve_bytes

    def has_room(self) -> bool:
        """Whether more than the reserve is free. Raises OSError."""
        told = os.statvfs(self._folder)
        return told.f_bavail * told.f_frsize > self._reserve_bytes

    def make(self, device: str, stream: FootageStream, no: int) -> OpenFile:
        """A new file. Raises OSError; one of that number is never written over."""
        path = self._folder / own_path(device, stream, no)
        if not path.parent.is_dir():
            self._make_folders(path.parent)
        return OpenFile(path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640))

    def _make_folders(self, folder: Path) -> None:
        """Each new name is synced, or a power cut takes the folder with all that is in it."""
        if not folder.parent.is_dir():
            self._make_folders(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


class Closed(NamedTuple):
    """A file to be synced, and what is told then."""

    file: OpenFile
    told: Ended


class Syncer:
    """A thread that syncs what is closed, so that a slow disk does not keep the cameras waiting. `done`: it is on disk;
    `failed`: it may not be, and is not told."""

    def __init__(self, done: Callable[[Ended], None], failed: Callable[[Ended, OSError], None]) -> None:
        self._queue: Queue[Closed | None] = Queue(MAX_UNSYNCED)
        self._done, self._failed = done, failed
        self._thread = Thread(target=self._run, name="recorder-sync", daemon=True)
        self._thread.start()

    def take(self, file: OpenFile, told: Ended) -> None:
        """Sync this; waits while MAX_UNSYNCED wait already."""
        self._queue.put(Closed(file, told))

    def finish(self, timeout_s: float) -> None:
        """Sync what waits and end."""
        self._queue.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (closed := self._queue.get()) is not None:
            try:
                closed.file.sync()
            except OSError as error:
                self._failed(closed.told, error)
            else:
                self._done(closed.told)
