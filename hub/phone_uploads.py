"""Uploads under way: a file each beneath the pictures' folder. How much of one has come is the file's length, synced."""

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from hub.picture_files import picture_file, write_durably

NAME = r"^(photo|voice)-[0-9a-f]{32}$"
FOLDER = "uploads"


class WrongOffset(ValueError):
    """A piece does not join what is there. `offset`: where the next one begins."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"the next piece begins at {offset}")
        self.offset = offset


_writing = Lock()


class Uploads:
    """The uploads of a site. Any thread may call it; pieces are written one at a time."""

    def __init__(self, pictures: Path) -> None:
        self._pictures, self._folder = pictures, pictures / FOLDER

    def length(self, media: str) -> int:
        """How much has come. Raises OSError."""
        try:
            return self._file(media).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, media: str, offset: int, piece: bytes, size: int) -> int:
        """Write a piece that begins at `offset` of a file of `size`, synced. Returns how much has come then. Raises WrongOffset,
        also where it would go beyond the size; OSError."""
        with _writing:
            there = self.length(media)
            if offset != there or there + len(piece) > size:
                raise WrongOffset(there)
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._file(media).open("ab") as file:
                file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            return there + len(piece)

    def read(self, media: str) -> bytes:
        """What has come. Raises OSError."""
        return self._file(media).read_bytes()

    def finish(self, media: str, data: bytes) -> None:
        """It is whole and right: a picture of that name is there, on disk, before this returns. Raises OSError."""
        write_durably(picture_file(self._pictures, media), data)

    def drop(self, names: Iterable[str]) -> None:
        """Delete what was given up, or has become a picture. Raises OSError."""
        for media in names:
            self._file(media).unlink(missing_ok=True)

    def _file(self, media: str) -> Path:
        if not re.fullmatch(NAME, media):
            raise ValueError(f"{media!r} is no upload's name")
        return self._folder / media


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
