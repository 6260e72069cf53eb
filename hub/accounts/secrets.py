"""Names, passwords and tokens: what is allowed, and what is kept of them."""

import base64
import hashlib
import os
import secrets
import unicodedata
from threading import BoundedSemaphore, Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.cases.types import Refusal

NAME_CHARS_MAX = 60
PASSWORD_CHARS_MIN, PASSWORD_CHARS_MAX = 10, 200
HASHES_AT_ONCE, HASHES_WAITING_MAX = 2, 8
HASH_PATIENCE_S = 10.0
_TOKEN_BYTES = 32
_TOKEN_CHARS = 43
_OBVIOUS = frozenset(
    ("password", "passw0rd", "watchkeeper", "administrator", "qwertyuiop", "1q2w3e4r5t", "1qaz2wsx3edc", "iloveyou", "woaini",
     "zhongguo", "admin", "welcome", "letmein", "abc", "qwerty", "zhishou", "值守", "baoan", "wuye")
)  # fmt: skip
"""What people take when they must take something; with digits and signs at either end it is no better."""


class TooBusy(RuntimeError):
    """Too many passwords are being checked at once."""


def account_key(name: str) -> str:
    """The account that a name means: neither case nor width matters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def wrong_with_name(name: str) -> Refusal | None:
    """Why nobody can be called so."""
    bad = any(unicodedata.category(char)[0] == "C" or char in "/\\?#%" for char in name)
    if bad or not account_key(name) or len(name) > NAME_CHARS_MAX or name != name.strip():
        told = f"a name has 1 to {NAME_CHARS_MAX} characters, and none of / \\ ? # %"
        return Refusal("wrong_name", f"名称须为 1 到 {NAME_CHARS_MAX} 个字符，且不含 / \\ ? # % / {told}")
    return None


def wrong_with_password(password: str, name: str) -> Refusal | None:
    """Why it cannot be a password. How it is composed is nobody's business."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    if not PASSWORD_CHARS_MIN <= len(password) <= PASSWORD_CHARS_MAX:
        return Refusal("weak_password", f"密码须至少 {PASSWORD_CHARS_MIN} 个字符 / a password has {PASSWORD_CHARS_MIN} characters"
                       f" or more, and {PASSWORD_CHARS_MAX} at most")  # fmt: skip
    bare = plain.strip("0123456789!@#$%^&*()_-+=.,? ")
    if bare in _OBVIOUS | {"", account_key(name)} or len(set(plain)) < 4:
        return Refusal(
            "weak_password", "密码过于简单，请换一个 / this password is among the first that are guessed: take another"
        )
    return None


def new_token() -> str:
    """256 random bits, as text for a header."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest_of(token: str) -> str | None:
    """What is kept of a token; None for what is none. It is random, so a fast hash is enough."""
    if len(token) != _TOKEN_CHARS or not token.isascii():
        return None
    return hashlib.sha256(token.encode()).hexdigest()


class Passwords:
    """Argon2, a few at a time: each takes 64 MiB and a core for a while. Any thread may call it, and waits."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = BoundedSemaphore(HASHES_AT_ONCE)
        self._lock = Lock()
        self._waiting = 0
        self._nobodys = self._no_ones_hash()

    def hash(self, password: str) -> str:
        """What is kept of a password. Raises TooBusy."""
        with self._slot():
            return self._hasher.hash(_bytes(password))

    def fits(self, password: str, password_hash: str) -> bool:
        """Whether it is the password. Where there is none the answer takes as long. Raises TooBusy."""
        with self._slot():
            try:
                return self._hasher.verify(password_hash or self._nobodys, _bytes(password)) and bool(password_hash)
            except (VerificationError, InvalidHashError):
                return False

    def _slot(self) -> "_Slot":
        with self._lock:
            if self._waiting >= HASHES_AT_ONCE + HASHES_WAITING_MAX:
                raise TooBusy
            self._waiting += 1
        return _Slot(self)

    def _enter(self) -> None:
        if not self._slots.acquire(timeout=HASH_PATIENCE_S):
            self._left()
            raise TooBusy

    def _leave(self) -> None:
        self._slots.release()
        self._left()

    def _left(self) -> None:
        with self._lock:
            self._waiting -= 1

    def _no_ones_hash(self) -> str:
        """Written as a hash with the same costs, of no password."""
        h = self._hasher
        salt, end = (base64.b64encode(os.urandom(size)).decode().rstrip("=") for size in (h.salt_len, h.hash_len))
        return f"$argon2id$v=19$m={h.memory_cost},t={h.time_cost},p={h.parallelism}${salt}${end}"


class _Slot:
    """A place among those whose passwords are being hashed."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    def __enter__(self) -> None:
        self._passwords._enter()

    def __exit__(self, *_: object) -> None:
        self._passwords._leave()


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode(errors="replace")
