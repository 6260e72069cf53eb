"""Hex text to bytes, in pieces: what an installer copied from a terminal or a serial monitor. Pure."""

import re
from collections.abc import Iterator

from drivers.port import MAX_EXAMPLE_BYTES, Finding

_PART = re.compile(rb"(?P<digits>[0-9A-Fa-f\s]+)|(?P<other>[^0-9A-Fa-f\s]{1,%d})" % MAX_EXAMPLE_BYTES)
_BLANKS = re.compile(rb"\s+")


class HexText:
    """Digits pair up across blanks and line ends. Anything else is a finding `bad_hex`, in runs of 64 bytes at most, whose offset
    is the place in the text; so is a digit before it, or at the end, that has no partner."""

    def __init__(self) -> None:
        self._half = b""
        self._half_at = 0
        self._other = b""
        self._at = 0

    def push(self, text: bytes) -> Iterator[bytes | Finding]:
        """The bytes and the findings that `text` makes, in order."""
        for part in _PART.finditer(text):
            if part["digits"]:
                yield from self._flush_other()
                yield from self._digits(part["digits"])
            else:
                yield from self._flush_half()
                yield from self._others(part["other"])
            self._at += len(part[0])

    def end(self) -> Iterator[Finding]:
        """What is left when no more text comes."""
        yield from self._flush_half()
        yield from self._flush_other()

    def _digits(self, text: bytes) -> Iterator[bytes]:
        digits = self._half + _BLANKS.sub(b"", text)
        even = len(digits) // 2 * 2
        if not self._half or even:
            # The last digit of this part, if it is left over, is the last byte that is no blank.
            self._half_at = self._at + len(text.rstrip()) - 1
        self._half = digits[even:]
        if even:
            yield bytes.fromhex(digits[:even].decode())

    def _others(self, text: bytes) -> Iterator[Finding]:
        self._other += text
        while len(self._other) >= MAX_EXAMPLE_BYTES:
            run, self._other = self._other[:MAX_EXAMPLE_BYTES], self._other[MAX_EXAMPLE_BYTES:]
            yield Finding("bad_hex", self._at + len(text) - len(self._other) - len(run), run)

    def _flush_other(self) -> Iterator[Finding]:
        if self._other:
            yield Finding("bad_hex", self._at - len(self._other), self._other)
            self._other = b""

    def _flush_half(self) -> Iterator[Finding]:
        if self._half:
            yield Finding("bad_hex", self._half_at, self._half)
            self._half = b""
