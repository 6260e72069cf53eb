"""The small files beside an agent's settings: keys, passwords, permits."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from contract.clock import parse_rfc3339
from contract.envelope import KEY_BYTES
from edge.permits.local import Permit

MAX_SECRET_BYTES = 4096
MAX_PERMITS = 100_000


class PermitRow(Protocol):
    """A permit as written: times are RFC 3339."""

    @property
    def card(self) -> str: ...  # noqa: D102
    @property
    def valid_from(self) -> str | None: ...  # noqa: D102
    @property
    def valid_until(self) -> str | None: ...  # noqa: D102
    @property
    def revoked(self) -> bool: ...  # noqa: D102


class PermitMistake(NamedTuple):
    """What is wrong with one row."""

    row: int
    key: str
    what: str
    instead: str


def read_secret(path: Path) -> str:
    """The one line in a file that not everybody may read. Raises OSError, and ValueError with `what: what to do`."""
    if path.stat().st_mode & 0o007:
        raise ValueError(f"may be read by everybody: run chmod o= {path}")
    data = path.read_bytes()
    try:
        text = data[: MAX_SECRET_BYTES + 1].decode().strip()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text: write one line of text into it") from None
    if not text or len(data) > MAX_SECRET_BYTES or "\n" in text:
        raise ValueError("does not hold one line: write one line of text into it")
    return text


def read_key(path: Path) -> bytes:
    """The key in a file of hex digits that not everybody may read. Raises as read_secret does."""
    text = read_secret(path)
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"does not hold a key: write {2 * KEY_BYTES} hex digits into it")
    return key


def read_permits(rows: Sequence[PermitRow]) -> tuple[dict[str, Permit], list[PermitMistake]]:
    """The permits by card, and what is wrong with the rows."""
    table: dict[str, Permit] = {}
    mistakes: list[PermitMistake] = []
    if len(rows) > MAX_PERMITS:
        mistakes.append(PermitMistake(MAX_PERMITS, "card", f"is one of {len(rows)} permits", f"write at most {MAX_PERMITS}"))
    for index, row in enumerate(rows[:MAX_PERMITS]):
        if row.card in table:
            mistakes.append(PermitMistake(index, "card", "stands twice", "keep one of the two"))
        times: dict[str, int | None] = {}
        for key, text in (("valid_from", row.valid_from), ("valid_until", row.valid_until)):
            try:
                times[key] = None if text is None else parse_rfc3339(text)
            except ValueError:
                told = "write it as 2026-01-01T08:00:00+08:00"
                mistakes.append(PermitMistake(index, key, "is not a time with an offset", told))
        start, end = times.get("valid_from"), times.get("valid_until")
        if start is not None and end is not None and end <= start:
            mistakes.append(PermitMistake(index, "valid_until", "is not after valid_from", "write a later time"))
        table[row.card] = Permit(row.card, start, end, row.revoked)
    return table, mistakes
