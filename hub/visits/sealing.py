"""What is personal in a box, under the key of the day on which it was sealed; and the names that links and passes are known by.

A box is opened by its day's key alone, and that key is destroyed once everything sealed under it is due: from then on no copy of
the row, not even one in an old backup, can be opened. Tokens are never kept: they are made from a name by a key of their own.
"""

import base64
import binascii
import json
from hashlib import blake2b, sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.visits.personal import Personal

KEY_BYTES = 32
NONCE_BYTES = 12
TOKEN_BYTES = 16
"""128 bits: not to be guessed."""
TOKEN_CHARS = 22
RESIDENT = "me-"
"""How the name and the token of a resident's own link begin: the page knows by it what stands behind the link."""


def seal(key: bytes, nonce: bytes, day: str, where: str, personal: Personal) -> str:
    """The box: `DAY:` and base64. `where`: the site and the visit; moved to another row it does not open. No nonce may come twice
    under one key."""
    plain = json.dumps(list(personal), ensure_ascii=False).encode()
    return f"{day}:{base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, where.encode())).decode()}"


def day_of(box: str) -> str:
    """Under which day's key it is."""
    return box.partition(":")[0]


def open_box(key: bytes, box: str, where: str) -> Personal | None:
    """What is in it; None where the key is not the one, or the box is damaged."""
    try:
        raw = base64.b64decode(box.partition(":")[2], validate=True)
        texts = json.loads(AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], where.encode()))
    except (InvalidTag, ValueError, binascii.Error):
        return None
    fits = isinstance(texts, list) and len(texts) == len(Personal._fields) and all(isinstance(text, str) for text in texts)
    return Personal(*texts) if fits else None


class Names(NamedTuple):
    """What is made of names by a key that stands in no database."""

    key: bytes

    def link_token(self, link: str) -> str:
        """The token of a link: 22 characters of 128 bits, of a resident's own link with RESIDENT before them."""
        begins = RESIDENT if link.startswith(RESIDENT) else ""
        return begins + _token(self.key, b"visit-link", link)

    def link_digest(self, link: str) -> str:
        """By what that token is known where it is kept."""
        return digest(self.link_token(link))

    def pass_text(self, visit: str) -> str:
        """What the QR code of a visit's pass holds."""
        return _token(self.key, b"visit-pass", visit)


def digest(token: str) -> str:
    """By what a token is known where it is kept: SHA-256. It has 128 bits of chance, so that nothing can be tried."""
    return sha256(token.encode(errors="replace")).hexdigest()


def _token(key: bytes, person: bytes, name: str) -> str:
    raw = blake2b(name.encode(), digest_size=TOKEN_BYTES, key=key, person=person).digest()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
