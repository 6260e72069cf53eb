"""Personal data under a key per person: the entry keeps a box, and whoever has the key opens it. Without the key it is noise."""

import base64
import binascii
import json
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
TOKEN = "person:"  # noqa: S105 - what stands in an entry in place of a text
ERASED = "已清除"


class Where(NamedTuple):
    """The entry that a box belongs to: moved to another one it does not open."""

    site: str
    no: int


def token(person: str, at: int = 0) -> str:
    """What stands in place of the text `at` of the person's box. 0: the name."""
    return f"{TOKEN}{person}/{at}" if at else f"{TOKEN}{person}"


def seal(key: bytes, nonce: bytes, where: Where, person: str, texts: list[str]) -> str:
    """The box of one person in one entry. No nonce may come twice under one key."""
    plain = json.dumps(texts, ensure_ascii=False).encode()
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, _aad(where, person))).decode()


def open_box(key: bytes, box: str, where: Where, person: str) -> list[str] | None:
    """The texts; None where the key is not the one, or the box is damaged."""
    try:
        raw = base64.b64decode(box, validate=True)
        texts = json.loads(AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _aad(where, person)))
    except (InvalidTag, ValueError, binascii.Error):
        return None
    return [str(text) for text in texts] if isinstance(texts, list) else None


def put_back(value: Any, texts: dict[str, list[str] | None]) -> Any:
    """The value with the tokens of those people replaced by what was sealed; None: the key is gone. Others' stay tokens."""
    if isinstance(value, dict):
        return {key: put_back(one, texts) for key, one in value.items()}
    if isinstance(value, list):
        return [put_back(one, texts) for one in value]
    if not isinstance(value, str) or not value.startswith(TOKEN):
        return value
    person, _, at = value.removeprefix(TOKEN).partition("/")
    if person not in texts:
        return value
    found, place = texts[person], int(at) if at.isascii() and at.isdigit() else 0
    return ERASED if found is None or place >= len(found) else found[place]


def _aad(where: Where, person: str) -> bytes:
    return f"{where.site}/{where.no}/{person}".encode()
