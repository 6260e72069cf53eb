"""The key that signs heads: a file of the data folder, made when the first hub starts there; its public half lies beside."""

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.audit.chain import Head, head_bytes
from hub.keyfile import BadKeyFile, read_or_make

KEY_FILE = "audit.key"
PUBLIC_FILE = "audit.pub"
KEY_BYTES = 32


class BadHeadKey(RuntimeError):
    """The key cannot be read or made. The message says what to do. A new one is never made in its place: what it signed would be
    taken for a forgery."""


class HeadKey:
    """Signs heads. Not read before it is needed; not for two threads at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._key: Ed25519PrivateKey | None = None

    def load(self) -> None:
        """Read the key, or make it where there is none. Raises BadHeadKey."""
        self._loaded()

    def public(self) -> str:
        """The public key in hex. Raises BadHeadKey."""
        return self._loaded().public_key().public_bytes_raw().hex()

    def sign(self, head: Head) -> Head:
        """The head with this key and its signature. Raises BadHeadKey."""
        key = self._loaded()
        return head._replace(key=self.public(), signature=key.sign(head_bytes(head)).hex())

    def fits(self, head: Head) -> bool:
        """Whether this key has signed it. Raises BadHeadKey."""
        return head.key == self.public() and is_signed(head)

    def _loaded(self) -> Ed25519PrivateKey:
        if self._key is None:
            try:
                self._key = Ed25519PrivateKey.from_private_bytes(read_or_make(self._path, KEY_BYTES))
                self._tell_public(self._key)
            except BadKeyFile as error:
                raise BadHeadKey(str(error)) from error
            except OSError as error:
                raise BadHeadKey(f"{self._path} cannot be read or made: {error.strerror or error}") from error
        return self._key

    def _tell_public(self, key: Ed25519PrivateKey) -> None:
        """For whoever verifies. They should keep a copy elsewhere: here it can be swapped with the key."""
        path, told = self._path.with_name(PUBLIC_FILE), f"{key.public_key().public_bytes_raw().hex()}\n"
        if not path.exists() or path.read_text(encoding="ascii", errors="replace") != told:
            path.write_text(told, encoding="ascii")


def is_signed(head: Head) -> bool:
    """Whether the key that it names has signed it."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.key))
        key.verify(bytes.fromhex(head.signature), head_bytes(head))
    except (InvalidSignature, ValueError):
        return False
    return True
