"""Frames of an ASCII card reader become cards. Sans-IO.

A frame is STX (02), ten hex digits, two hex digits that are the exclusive or of the five bytes before them, then CR, LF, both or
neither, and ETX (03): 14 bytes from an RDM6300, 16 from an ID-12.

The ten digits are an EM4100 card's 40 bits: a byte of version or customer, which becomes `facility`, and the 32 bit number, which
becomes `number`; `bits` is 40. Cards often have the number printed twice: as ten decimal digits, which is all of `number`,
and as `115,28272`, which is its third byte and its lowest two. A 26 bit Wiegand reader sends just these: with the option
`form: wiegand26` the card is read as such a reader would, so that a site with both kinds knows it as one card.
"""

import re
from functools import reduce
from operator import xor
from typing import Literal

import msgspec

from contract.readings import CardRead, Reading
from drivers.port import MAX_EXAMPLE_BYTES, Decoded, Finding

STX, ETX = 0x02, 0x03
MAX_FRAME_BYTES = 16

_BODY = re.compile(rb"([0-9A-Fa-f]{12})\r?\n?")
_IDLE = re.compile(rb"[\r\n]+")
_NOISE = re.compile(rb"[^\x02\r\n]{1,%d}" % MAX_EXAMPLE_BYTES)
_FRAME_END = re.compile(rb"[\x02\x03]")


class EmAsciiOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The driver's settings. `form`: all 40 bits of the card, or what a 26 bit Wiegand reader would send of it."""

    form: Literal["full", "wiegand26"] = "full"


class EmAsciiDecoder:
    """Findings: `checksum`, `truncated` (another frame began inside), `malformed` (not twelve hex digits), `too_long` (no ETX),
    `all_zeros`, `all_ones`, `noise` (bytes outside any frame, in runs of 64 at most). CR and LF between frames mean nothing."""

    def __init__(self, options: EmAsciiOptions) -> None:
        self._form = options.form

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `Decoder.decode`."""
        items: list[Reading | Finding] = []
        at = 0
        while at < len(data):
            step = self._frame(data, at, end) if data[at] == STX else _between(data, at, end)
            used, item = step
            if not used:
                break
            if item is not None:
                items.append(item)
            at += used
        return Decoded(at, items)

    def _frame(self, data: bytes, at: int, end: bool) -> tuple[int, Reading | Finding | None]:
        """How long the frame at `at` is, and what it says; 0 when more is needed."""
        window = data[at : at + MAX_FRAME_BYTES]
        stop = _FRAME_END.search(window, 1)
        if stop is None and len(window) < MAX_FRAME_BYTES and not end:
            return 0, None
        if stop is None:
            reason = "truncated" if len(window) < MAX_FRAME_BYTES else "too_long"
            return len(window), Finding(reason, at, window)
        if window[stop.start()] == STX:
            return stop.start(), Finding("truncated", at, window[: stop.start()])
        whole = window[: stop.end()]
        read = card(whole[1:-1], self._form)
        return len(whole), Finding(read, at, whole) if isinstance(read, str) else read


def card(body: bytes, form: Literal["full", "wiegand26"]) -> CardRead | str:
    """The card in what stands between STX and ETX, or the name of what is wrong."""
    digits = _BODY.fullmatch(body)
    if digits is None:
        return "malformed"
    *five, check = bytes.fromhex(digits[1].decode())
    if reduce(xor, five) != check:
        return "checksum"
    value = int.from_bytes(bytes(five))
    if value == 0:
        return "all_zeros"
    if value == (1 << 40) - 1:
        return "all_ones"
    if form == "wiegand26":
        return CardRead(bits=26, facility=value >> 16 & 0xFF, number=value & 0xFFFF)
    return CardRead(bits=40, facility=value >> 32, number=value & 0xFFFF_FFFF)


def encode(facility: int, number: int) -> bytes:
    """The twelve digits of a card. Raises ValueError when a field does not fit."""
    if not (0 <= facility <= 0xFF and 0 <= number <= 0xFFFF_FFFF):
        raise ValueError(f"facility {facility}, number {number} do not fit in 8 and 32 bits")
    five = bytes((facility, *number.to_bytes(4)))
    return five.hex().upper().encode() + b"%02X" % reduce(xor, five)


def _between(data: bytes, at: int, end: bool) -> tuple[int, Finding | None]:
    """How many bytes outside any frame to take, and what to say of them; 0 while a run of noise may still go on."""
    idle = _IDLE.match(data, at)
    if idle:
        return len(idle[0]), None
    noise = _NOISE.match(data, at)
    assert noise is not None  # neither STX nor idle
    run = noise[0]
    if noise.end() == len(data) and len(run) < MAX_EXAMPLE_BYTES and not end:
        return 0, None
    return len(run), Finding("noise", at, run)
