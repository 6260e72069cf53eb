"""The key that seals archives: a file of the data folder, made when the first archive is; its public half lies beside it."""

from hashlib import sha256
from pathlib import Path
from threading import Lock

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.keyfile import BadKeyFile, read_or_make

KEY_FILE, PUBLIC_FILE = "export.key", "export.pub"
KEY_BYTES = 32
CONTEXT = b"watchkeeper-export-1\n"
"""What is signed begins with it, so that a signature made here is good for nothing else."""


class ExportKey:
    """Seals manifests. Any thread. What may fail raises BadKeyFile: a new key is never made in place of one, as receivers would
    take what it seals for a forgery."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._key: Ed25519PrivateKey | None = None

    def fingerprint(self) -> str:
        """The SHA-256 of the public key, hex: what receivers compare."""
        return sha256(self._public()).hexdigest()

    def seal(self, manifest: bytes) -> bytes:
        """The file that goes beside the manifest: the public key and the signature over it, JSON."""
        signature = self._loaded().sign(CONTEXT + manifest)
        told = {"format": CONTEXT.decode().strip(), "key": self._public().hex(), "signature": signature.hex()}
        return msgspec.json.format(msgspec.json.encode(told))

    def _public(self) -> bytes:
        return self._loaded().public_key().public_bytes_raw()

    def _loaded(self) -> Ed25519PrivateKey:
        with self._lock:
            if self._key is None:
                key = Ed25519PrivateKey.from_private_bytes(read_or_make(self._path, KEY_BYTES))
                self._tell_public(key)
                self._key = key
            return self._key

    def _tell_public(self, key: Ed25519PrivateKey) -> None:
        path, told = self._path.with_name(PUBLIC_FILE), f"{key.public_key().public_bytes_raw().hex()}\n"
        try:
            if not path.exists() or path.read_text(encoding="ascii", errors="replace") != told:
                path.write_text(told, encoding="ascii")
        except OSError as error:
            raise BadKeyFile(f"{path} cannot be written: {error.strerror or error}") from error
