"""The label key: a file of the hub's data folder, made when the first label is."""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from hub.cases.types import Refusal
from hub.keyfile import BadKeyFile, read_or_make
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
                    self._key = read_or_make(self._path, KEY_BYTES, self._random_bytes)
                except BadKeyFile as error:
                    raise BadLabelKey(str(error)) from error
            return self._key
