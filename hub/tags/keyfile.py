"""The label key: a file of the hub's data folder, made when the first label is."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from hub.cases.types import Refusal
from hub.tags.labels import KEY_BYTES, label_text, read_label

KEY_FILE = "label.key"


class BadLabelKey(RuntimeError):
    """The key cannot be read or made. The message says what to do. A new one is never made in its place: with another key every
    label that hangs in the estate would be taken for a forgery."""


class LabelKey:
    """The labels of a site. `base`: what their addresses begin with; empty: they hold no address. Any thread."""

    def __init__(self, path: Path, base: str = "", *, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._path, self._base, self._random_bytes = path, base, random_bytes
        self._lock = Lock()
        self._key: bytes | None = None

    def text(self, tag: str) -> str:
        """What the label of this tag holds. Raises BadLabelKey."""
        return label_text(self._loaded(), tag, self._base)

    def read(self, text: str) -> str | Refusal:
        """The tag that a label names. Raises BadLabelKey."""
        return read_label(self._loaded(), text)

    def _loaded(self) -> bytes:
        with self._lock:
            if self._key is None:
                try:
                    self._key = self._read() if self._path.exists() else self._make()
                except OSError as error:
                    raise BadLabelKey(f"{self._path} cannot be read or made: {error.strerror or error}") from error
            return self._key

    def _read(self) -> bytes:
        if self._path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise BadLabelKey(f"others may read {self._path}: chmod 600 {self._path}")
        try:
            key = bytes.fromhex(self._path.read_text(encoding="ascii"))
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise BadLabelKey(f"{self._path} holds no key of {2 * KEY_BYTES} hex digits: put the one of the backup there")
        return key

    def _make(self) -> bytes:
        """The file is there whole and on disk, or not at all: temporary name → sync → link → sync the folder. A link, unlike a
        rename, does not put it over one that somebody has made meanwhile."""
        folder = self._path.parent
        folder.mkdir(parents=True, exist_ok=True)
        part = self._path.with_name(f"{self._path.name}.part")
        part.unlink(missing_ok=True)  # of a hub that was killed here
        key = self._random_bytes(KEY_BYTES)
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "w", encoding="ascii") as out:
            out.write(f"{key.hex()}\n")
            out.flush()
            os.fsync(out.fileno())
        os.link(part, self._path)
        part.unlink()
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
        return key
