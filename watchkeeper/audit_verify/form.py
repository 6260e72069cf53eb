"""The bytes of entries and heads, and whether a signature is right: written from the document a second time."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ZEROS = "0" * 64
ENTRY_FIELDS = (
    "site", "no", "at_us", "actor", "role", "act", "topic", "subject", "reason", "before", "after", "sealed", "prev",
)  # fmt: skip
RESTORED = "log.restored"


class BadWitness(ValueError):
    """A line that is no head. The message says which, and what is wrong."""


@dataclass(frozen=True)
class SignedHead:
    """A head, from the database or from a witness; `source` says which."""

    site: str
    epoch: int
    no: int
    at_us: int
    hash: str
    key: str
    signature: str
    source: str

    @property
    def name(self) -> str:
        """For people."""
        return f"the head of entry {self.no}, epoch {self.epoch}, from {self.source}"


def entry_digest(values: dict[str, str | int]) -> str:
    """The hash that the entry should have."""
    digest = hashlib.sha256()
    digest.update(b"watchkeeper audit entry 1\n")
    for field in ENTRY_FIELDS:
        digest.update(_framed(values[field]))
    return digest.hexdigest()


def signature_holds(head: SignedHead) -> bool:
    """Whether the key that the head names has signed it."""
    message = b"watchkeeper audit head 1\n"
    for value in (head.site, head.epoch, head.no, head.at_us, head.hash):
        message += _framed(value)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.key)).verify(bytes.fromhex(head.signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def witness_heads(lines: Iterable[str], source: str, site: str) -> list[SignedHead]:
    """What an agent has kept, one JSON object a line. Raises BadWitness."""
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            epoch, no, at_us = (told[name] for name in ("epoch", "no", "at_us"))
            hash_, key, signature = (told[name] for name in ("hash", "key", "signature"))
        except (ValueError, KeyError, TypeError) as error:
            raise BadWitness(f"{source}:{number}: no head of an audit log ({error!r}): give what an agent has kept") from None
        if not all(type(one) is int for one in (epoch, no, at_us)) or not all(
            isinstance(one, str) for one in (hash_, key, signature)
        ):
            raise BadWitness(f"{source}:{number}: a head's numbers are integers and its other fields texts")
        found.append(SignedHead(site, epoch, no, at_us, hash_, key, signature, source))
    return found


def _framed(value: str | int) -> bytes:
    raw = str(value).encode("utf-8", "surrogatepass")
    return len(raw).to_bytes(8, "big") + raw
