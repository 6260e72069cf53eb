"""The encryption of DC-09: AES in CBC mode from an initial vector of noughts, written as hex."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

BLOCK_BYTES: Final = 16
KEY_HEX: Final = (32, 48, 64)
"""How many hex digits a key has: AES-128, -192 or -256."""


def decrypted(hexed: bytes, key: bytes) -> bytes | None:
    """What the hex digits hold, or None where they are no whole blocks."""
    try:
        data = bytes.fromhex(hexed.decode("ascii"))
    except ValueError:
        return None
    if not data or len(data) % BLOCK_BYTES:
        return None
    decryptor = _cipher(key).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def encrypted(data: bytes, key: bytes) -> bytes:
    """Upper-case hex digits. `data` is whole blocks."""
    encryptor = _cipher(key).encryptor()
    return (encryptor.update(data) + encryptor.finalize()).hex().upper().encode()


def _cipher(key: bytes) -> "Cipher[modes.CBC]":
    # Imported here: an agent whose panels are not encrypted needs no such library.
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    return Cipher(algorithms.AES(key), modes.CBC(bytes(BLOCK_BYTES)))
