"""The archive's file: a zip without compression, each of whose files is hashed as it is written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from hub.footage.exports.form import File


class Writing:
    """One file of the archive that is being written."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._hash, self.size_bytes = out, sha256(), 0

    def write(self, data: bytes) -> None:
        """The next bytes. Raises OSError."""
        self._out.write(data)
        self._hash.update(data)
        self.size_bytes += len(data)

    def file(self, name: str) -> File:
        """What was written."""
        return File(name, self.size_bytes, self._hash.hexdigest())


class Archive:
    """Written once, by one thread. `when`: the time that its files bear. What may fail raises OSError."""

    def __init__(self, path: Path, when: datetime) -> None:
        self._when = when.timetuple()[:6]
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(descriptor, "w+b")
        self._zip = ZipFile(self._file, "w", ZIP_STORED)
        self.files: list[File] = []

    @contextmanager
    def writing(self, name: str) -> Iterator[Writing]:
        """A file of that name; it stands in `files` afterwards."""
        info = ZipInfo(name, self._when)
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as out:
            made = Writing(out)
            yield made
        self.files.append(made.file(name))

    def add(self, name: str, data: bytes) -> None:
        """A whole file."""
        with self.writing(name) as out:
            out.write(data)

    def close(self) -> tuple[int, str]:
        """All is written and synced: how long the archive is, and its SHA-256."""
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.seek(0)
        digest, size = sha256(), 0
        while piece := self._file.read(1024 * 1024):
            digest.update(piece)
            size += len(piece)
        self._file.close()
        return size, digest.hexdigest()

    def abandon(self) -> None:
        """It will not be finished."""
        with suppress(OSError, ValueError):
            self._zip.close()
        with suppress(OSError):
            self._file.close()
