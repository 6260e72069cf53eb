"""The bytes that are hashed and signed. Pure; docs/design/audit.md has them for whoever writes a verifier."""

from hashlib import sha256
from typing import NamedTuple

ENTRY_MARK = b"watchkeeper audit entry 1\n"
HEAD_MARK = b"watchkeeper audit head 1\n"
START = "0" * 64
"""What stands before the first entry."""


class Entry(NamedTuple):
    """A row of `audit_entry`, in the table's order of columns. `before`, `after` and `sealed` are JSON text."""

    site: str
    no: int
    at_us: int
    actor: str
    role: str
    act: str
    topic: str
    subject: str
    reason: str
    before: str
    after: str
    sealed: str
    prev: str
    hash: str


class Head(NamedTuple):
    """A row of `audit_head`, in the table's order of columns: the log up to `no` was signed at that time. `epoch` grows with each
    restore of a backup."""

    site: str
    epoch: int
    no: int
    at_us: int
    hash: str
    key: str
    signature: str


def hash_of(entry: Entry) -> str:
    """The hash of all its fields but `hash`, in hex."""
    return sha256(_bytes(ENTRY_MARK, entry[:-1])).hexdigest()


def head_bytes(head: Head) -> bytes:
    """What a head's signature is over: all its fields but the key and the signature."""
    return _bytes(HEAD_MARK, head[:-2])


def _bytes(mark: bytes, fields: tuple[str | int, ...]) -> bytes:
    texts = [str(field).encode() for field in fields]
    return mark + b"".join(len(text).to_bytes(8, "big") + text for text in texts)
