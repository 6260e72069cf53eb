"""The label key: a file of the hub's data folder, made when the first label is."""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from hub.cases.types import Refusal
from hub.secret_files import is_open_to_others, make_secret
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
        if is_open_to_others(self._path):
            raise BadLabelKey(f"others may read {self._path}: chmod 600 {self._path}")
        try:
            key = bytes.fromhex(self._path.read_text(encoding="ascii"))
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise BadLabelKey(f"{self._path} holds no key of {2 * KEY_BYTES} hex digits: put the one of the backup there")
        return key

    def _make(self) -> bytes:
        key = self._random_bytes(KEY_BYTES)
        make_secret(self._path, f"{key.hex()}\n")
        return key
