"""Lines of bits, or of hex with a bit count, become cards. Sans-IO."""

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from contract.readings import CardRead, Reading
from drivers.port import MAX_EXAMPLE_BYTES, Decoded, Finding
from drivers.wiegand.formats import MAX_BITS, Format, choose, fault, fields

MAX_LINE_BYTES = 160

_LINE_END = re.compile(rb"[\r\n]")
_BITS = re.compile(rb"[01]{1,%d}" % MAX_BITS)
_HEX = re.compile(rb"([0-9]{1,3}):([0-9A-Fa-f]{1,64})")


class WiegandOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The driver's settings. `formats` names the formats to take instead of the defaults of their lengths, such as
    `H10304` for 37 bits; see the table in `formats.py`. `hex_digits`: whether the converter's hex has as many digits as
    the bits need (`exact`) or as whole bytes need (`bytes`). Only one is taken: else a lost digit could go unnoticed."""

    formats: tuple[str, ...] = ()
    hex_digits: Literal["exact", "bytes"] = "exact"

    def __post_init__(self) -> None:
        choose(self.formats)


class WiegandDecoder:
    """One frame a line; CR, LF or both end a line; blanks around it and empty lines mean nothing.

    Findings: `malformed` (neither form), `length_mismatch` (the digits do not fit the bit count), `unknown_length`, `all_zeros`,
    `all_ones`, `constant_bits`, `parity`, `too_long`. A finding's data is the line, its first 64 bytes."""

    def __init__(self, options: WiegandOptions) -> None:
        self._formats = choose(options.formats)
        self._digit_bits = 4 if options.hex_digits == "exact" else 8
        self._skipping = False

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `Decoder.decode`. With `end`, a last line without its end counts."""
        items: list[Reading | Finding] = []
        at = 0
        while at < len(data):
            found = _LINE_END.search(data, at)
            stop = found.start() if found else len(data)
            if found is None and not self._skipping and stop - at <= MAX_LINE_BYTES and not end:
                break
            if not self._skipping and stop > at:
                items += self._line(data[at:stop], at)
            # The rest of a line that is too long is no line, even if it looks like a card.
            self._skipping = found is None and not end
            at = found.end() if found else stop
        return Decoded(at, items)

    def _line(self, line: bytes, at: int) -> list[Reading | Finding]:
        if len(line) > MAX_LINE_BYTES:
            return [Finding("too_long", at, line[:MAX_EXAMPLE_BYTES])]
        text = line.strip(b" \t")
        if not text:
            return []
        read = self._frame(text)
        if isinstance(read, str):
            return [Finding(read, at + line.index(text), text[:MAX_EXAMPLE_BYTES])]
        return [read]

    def _frame(self, text: bytes) -> CardRead | str:
        """The card, or the name of what is wrong."""
        if _BITS.fullmatch(text):
            return card(int(text, 2), len(text), self._formats)
        hexed = _HEX.fullmatch(text)
        if hexed is None:
            return "malformed"
        bits, digits = int(hexed[1]), hexed[2]
        frame = int(digits, 16)
        needed = -(-bits // self._digit_bits) * (self._digit_bits // 4)
        if len(digits) != needed or frame >> bits:
            return "length_mismatch"
        return card(frame, bits, self._formats)


def card(frame: int, bits: int, formats: Mapping[int, Format]) -> CardRead | str:
    """The card that a frame of `bits` bits is, or the name of what is wrong."""
    one = formats.get(bits)
    if one is None:
        return "unknown_length"
    wrong = fault(one, frame)
    if wrong is not None:
        return wrong
    facility, number = fields(one, frame)
    return CardRead(bits=bits, facility=facility, number=number)
