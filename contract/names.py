"""What stands for a credential wherever its plain value is not needed: a hash under the site's key.

The key is one for a site, so that every agent and the hub give a credential the same name; without it, the few numbers that exist
could be tried one by one. A medium's name stands in front of what is hashed, so that no card has the name of a plate.
"""

from hashlib import blake2b
from typing import Literal

NAME_BYTES = 16
NAME_PATTERN = "^[0-9a-f]{32}$"
Medium = Literal["card", "plate", "qr", "pin", "face"]
"""What a credential is: `face` is the person's number at a terminal that knows faces."""


def card_name(key: bytes, facility: int | None, number: int, bits: int) -> str:
    """The name of a card: 32 hex digits of BLAKE2b under `key` over the format and both numbers."""
    return _name(key, f"{bits}:{'' if facility is None else facility}:{number}")


def plate_name(key: bytes, text: str) -> str:
    """The name of a number plate, from its canonical text: contract.plates."""
    return _name(key, f"plate:{text}")


def code_name(key: bytes, medium: Literal["qr", "pin", "face"], value: str) -> str:
    """The name of a code that is shown or typed, or of a person's number at a face terminal; exactly as it was given."""
    return _name(key, f"{medium}:{value}")


def guard_name(key: bytes, tag: str) -> str:
    """The name of a guard's tag, over its text in upper case: the same under every agent of a site."""
    return _name(key, f"guard:{tag.upper()}")


def _name(key: bytes, plain: str) -> str:
    return blake2b(plain.encode(), digest_size=NAME_BYTES, key=key).hexdigest()
