"""The keys of visits: one from which links and passes are made, and one for each day, under which what is personal is sealed.

They are files of the hub's data folder, and in no database and no backup of one. A day's key is destroyed once the last visit
sealed under it was erased: unlink, then sync the folder. A hub that is killed between the erasing and this does it at its next
look. From then on not even an old backup says who came.
"""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from hub.keyfile import BadKeyFile, read_or_make
from hub.visits.personal import Personal
from hub.visits.sealing import KEY_BYTES, NONCE_BYTES, Names, day_of, open_box, seal

NAMES_FILE = "names.key"
_DAYS, _SUFFIX = "days", ".key"
_DAY_CHARS = len("2026-01-01")
KEYS_HELD_MAX = 400


class Vault:
    """The keys in `folder`. Any thread. Raises BadKeyFile where a key cannot be read or made."""

    def __init__(self, folder: Path, *, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._folder, self._random_bytes = folder, random_bytes
        self._lock = Lock()
        self._names: Names | None = None
        self._keys: dict[str, bytes | None] = {}

    def names(self) -> Names:
        """What makes links' tokens and passes' codes."""
        with self._lock:
            if self._names is None:
                self._names = Names(read_or_make(self._folder / NAMES_FILE, KEY_BYTES, self._random_bytes))
            return self._names

    def link_digest(self, link: str) -> str:
        """By what the token of a link is known."""
        return self.names().link_digest(link)

    def seal(self, where: str, personal: Personal, day: str) -> str:
        """The box, under that day's key, which is made where there is none yet."""
        with self._lock:
            key = self._keys.get(day)
            if key is None:
                self._make_room()
                key = self._keys[day] = read_or_make(self._path(day), KEY_BYTES, self._random_bytes)
        return seal(key, self._random_bytes(NONCE_BYTES), day, where, personal)

    def open(self, where: str, box: str) -> Personal | None:
        """What is in the box; None: its key is destroyed, or not here, or the box is damaged."""
        day = day_of(box)
        if not _is_day(day):
            return None
        with self._lock:
            if day not in self._keys:
                self._make_room()
                path = self._path(day)
                self._keys[day] = read_or_make(path, KEY_BYTES) if path.exists() else None
            key = self._keys[day]
        return None if key is None else open_box(key, box, where)

    def destroy_before(self, day: str) -> int:
        """Destroy the keys of all days before that one. Returns how many. Raises OSError."""
        with self._lock:
            folder = self._folder / _DAYS
            names = [path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}")] if folder.is_dir() else []
            old = sorted(name for name in names if _is_day(name) and name < day)
            for name in old:
                self._path(name).unlink()
                self._keys.pop(name, None)
            if old:
                _sync(folder)
            return len(old)

    def _path(self, day: str) -> Path:
        return self._folder / _DAYS / f"{day}{_SUFFIX}"

    def _make_room(self) -> None:
        if len(self._keys) >= KEYS_HELD_MAX:
            self._keys.clear()


def _is_day(name: str) -> bool:
    return len(name) == _DAY_CHARS and name.isascii() and name.replace("-", "").isdigit()


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


__all__ = ["BadKeyFile", "Vault"]
