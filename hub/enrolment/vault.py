"""Agents' keys at rest: sealed under a key in a file of the data folder, since a stolen database must let nobody in.

AES-256-GCM, each with a nonce of its own, bound to the site, the agent and the key's id: a row that is copied to another agent
does not open.
"""

import base64
import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.keyfile import BadKeyFile, read_or_make

KEY_FILE = "agents.key"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class Vault:
    """Seals and opens keys. The file is made when the first key is sealed. Any thread."""

    def __init__(self, path: Path, *, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._path, self._random_bytes = path, random_bytes
        self._lock = Lock()
        self._cipher: AESGCM | None = None

    def seal(self, site: str, agent: str, key_id: str, key: bytes) -> str:
        """The key as it is kept. Raises BadKeyFile."""
        nonce = self._random_bytes(_NONCE_BYTES)
        return base64.b64encode(nonce + self._loaded().encrypt(nonce, key, _about(site, agent, key_id))).decode()

    def open(self, site: str, agent: str, key_id: str, sealed: str) -> bytes:
        """The key. Raises BadKeyFile, also where the file's key is not the one it was sealed under."""
        if not self._path.exists():
            raise BadKeyFile(f"{self._path} is gone: bring it back from where it is kept, or have every agent enrol again")
        try:
            data = base64.b64decode(sealed, validate=True)
            return self._loaded().decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], _about(site, agent, key_id))
        except (InvalidTag, ValueError):
            raise BadKeyFile(
                f"the key of {agent} does not open with {self._path}: bring the right file back, or have the agent enrol again"
            ) from None

    def _loaded(self) -> AESGCM:
        with self._lock:
            if self._cipher is None:
                self._cipher = AESGCM(read_or_make(self._path, _KEY_BYTES, self._random_bytes))
            return self._cipher


def _about(site: str, agent: str, key_id: str) -> bytes:
    return f"{site}/{agent}/{key_id}".encode()
