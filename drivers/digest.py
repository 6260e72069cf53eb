"""The checks of HTTP's Basic and Digest, which SIP uses too (RFC 7616, RFC 2617, RFC 2069). Pure: time is an argument."""

import base64
import binascii
import hashlib
import hmac
import re
from collections import OrderedDict
from typing import Final, Literal, NamedTuple

from contract.clock import US_PER_S

NONCE_LIFE_US: Final = 300 * US_PER_S
NONCES_MAX: Final = 1024
"""Nonces whose counts are remembered. Of more the oldest is forgotten, and is stale then."""

_PAIR: Final = re.compile(r'([A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_ALGORITHMS: Final = {"": hashlib.md5, "md5": hashlib.md5, "sha-256": hashlib.sha256}

Checked = Literal["ok", "none", "stale", "wrong"]
"""`none`: nothing was shown that could be checked. `stale`: all is right but the nonce: ask anew."""


class Asked(NamedTuple):
    """What a Digest is about: the method and the target of the request."""

    method: str
    target: str


class Nonces:
    """The nonces that were given out: each lives NONCE_LIFE_US, and each of its counts is good once. `key`: random bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._made = 0

    def fresh(self, now_us: int) -> str:
        """A new nonce."""
        self._made += 1
        return self._signed(f"{now_us:x}-{self._made:x}")

    def use(self, nonce: str, count: int, now_us: int) -> bool:
        """Whether the nonce is one of ours, lives, and was not used with this count or a higher one."""
        stem, _, _ = nonce.rpartition("-")
        at = stem.partition("-")[0]
        if not hmac.compare_digest(self._signed(stem).encode(), nonce.encode("utf-8", "replace")):
            return False
        if not 0 <= now_us - int(at, 16) < NONCE_LIFE_US or self._counts.get(nonce, 0) >= count:
            return False
        self._counts[nonce] = count
        if len(self._counts) > NONCES_MAX:
            # With it the key changes: otherwise the forgotten one could be used anew.
            self._key = hashlib.sha256(self._key).digest()
            self._counts.clear()
        return True

    def _signed(self, stem: str) -> str:
        return f"{stem}-{hmac.new(self._key, stem.encode('utf-8', 'replace'), hashlib.sha256).hexdigest()[:32]}"


def basic_ok(header: str, user: str, password: str) -> Checked:
    """What an Authorization header with Basic comes to."""
    kind, _, shown = header.partition(" ")
    if kind.lower() != "basic":
        return "none"
    try:
        plain = base64.b64decode(shown.strip(), validate=True)
    except (binascii.Error, ValueError):
        return "wrong"
    return "ok" if hmac.compare_digest(plain, f"{user}:{password}".encode()) else "wrong"


def digest_fields(header: str) -> dict[str, str]:
    """The fields of an Authorization header with Digest, names in small letters; empty where it is another."""
    kind, _, rest = header[:4096].partition(" ")
    if kind.lower() != "digest":
        return {}
    return {key.lower(): re.sub(r"\\(.)", r"\1", quoted) or bare for key, quoted, bare in _PAIR.findall(rest)}


def digest_ok(header: str, asked: Asked, user: str, password: str, realm: str, nonces: Nonces, now_us: int) -> Checked:
    """What an Authorization header with Digest comes to. Without `qop` a nonce is good for one request."""
    fields = digest_fields(header)
    if not fields:
        return "none"
    algorithm, qop = fields.get("algorithm", "").lower(), fields.get("qop", "")
    count = fields.get("nc", "")
    known = algorithm in _ALGORITHMS and qop in ("", "auth") and (not qop or re.fullmatch("[0-9a-fA-F]{8}", count))
    if not known or fields.get("username") != user or fields.get("realm") != realm or fields.get("uri") != asked.target:
        return "wrong"
    if not hmac.compare_digest(response_of(fields, asked.method, password).encode(), fields.get("response", "").lower().encode()):
        return "wrong"
    return "ok" if nonces.use(fields.get("nonce", ""), int(count, 16) if qop else 1, now_us) else "stale"


def response_of(fields: dict[str, str], method: str, password: str) -> str:
    """The `response` that belongs to the fields, in small hex digits."""
    digest = _ALGORITHMS[fields.get("algorithm", "").lower()]

    def hexed(*parts: str) -> str:
        return digest(":".join(parts).encode()).hexdigest()  # the devices know no other

    secret = hexed(fields.get("username", ""), fields.get("realm", ""), password)
    about = hexed(method, fields.get("uri", ""))
    if not fields.get("qop"):
        return hexed(secret, fields.get("nonce", ""), about)
    return hexed(secret, fields.get("nonce", ""), fields.get("nc", ""), fields.get("cnonce", ""), fields["qop"], about)


def challenge(realm: str, nonce: str, *, stale: bool = False, algorithm: str = "MD5") -> str:
    """A WWW-Authenticate header."""
    more = ", stale=true" if stale else ""
    return f'Digest realm="{realm}", qop="auth", algorithm={algorithm}, nonce="{nonce}"{more}'
