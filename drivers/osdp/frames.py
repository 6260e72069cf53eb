"""OSDP's frames, sans-IO: made, and cut out of whatever comes over the wire.

    [FF] 53 address length(2, low first) control [block] code data [MAC(4)] check

`control` has the sequence number in bits 0 and 1, bit 2 for a CRC instead of a checksum, and bit 3 for a security block. Bit 7 of
the address marks a reply. Length and check count from 53; an FF before it only wakes the line.
"""

import binascii
from typing import Final, NamedTuple

from drivers.osdp.codes import WITH_MAC
from drivers.port import MAX_EXAMPLE_BYTES, Finding

SOM: Final = 0x53
MARK: Final = 0xFF
HEAD_BYTES: Final = 5
FRAME_BYTES_MIN: Final = 7
FRAME_BYTES_MAX: Final = 1440
"""The longest that the standard lets an RS-485 device send."""
ADDRESS_MAX: Final = 0x7E
BROADCAST: Final = 0x7F
REPLY: Final = 0x80
MAC_BYTES: Final = 4
BLOCK_BYTES_MAX: Final = 16
_SEQUENCE: Final = 0x03
_CRC: Final = 0x04
_BLOCK: Final = 0x08
_RESERVED: Final = 0xF0
"""Bit 7 tells of a message in several parts, which no reader sends for what is asked of it here."""
_CRC_START: Final = 0x1D0F
NOISE_BYTES_MAX: Final = 256
"""Noise is told in findings of at most this many bytes, so that endless noise needs no endless memory."""


class Frame(NamedTuple):
    """One frame whose length and check are right. `block` is the security block after its length byte: its type, then its data;
    empty where there is none. `data` is what follows the code, still encrypted where it was, without the MAC."""

    address: int
    reply: bool
    sequence: int
    crc: bool
    block: bytes
    code: int
    data: bytes
    mac: bytes = b""
    raw: bytes = b""
    offset: int = 0

    @property
    def block_type(self) -> int:
        """The security block's type, such as SCS_15; 0: none."""
        return self.block[0] if self.block else 0


def crc16(data: bytes) -> int:
    """The check of frames that carry two bytes of it: polynomial 1021, beginning with 1D0F."""
    return binascii.crc_hqx(data, _CRC_START)


def checksum(data: bytes) -> int:
    """The check of frames that carry one byte of it: with it, all bytes add up to 0."""
    return -sum(data) & 0xFF


def build(
    *,
    address: int,
    reply: bool,
    sequence: int,
    code: int,
    data: bytes = b"",
    block: bytes = b"",
    crc: bool = True,
    mac_bytes: int = 0,
) -> bytes:
    """A frame without MAC and check; its length counts both."""
    body = (bytes((len(block) + 1,)) + block if block else b"") + bytes((code,)) + data
    size = HEAD_BYTES + len(body) + mac_bytes + (2 if crc else 1)
    control = sequence | (_CRC if crc else 0) | (_BLOCK if block else 0)
    return bytes((SOM, address | (REPLY if reply else 0), size & 0xFF, size >> 8, control)) + body


def checked(unchecked: bytes, *, crc: bool = True) -> bytes:
    """The frame with its check."""
    return unchecked + (crc16(unchecked).to_bytes(2, "little") if crc else bytes((checksum(unchecked),)))


class _Wrong(NamedTuple):
    """`size` bytes that seemed to be a frame and are none."""

    reason: str
    size: int


class Splitter:
    """Cuts a stream into frames and findings: `noise` (no frame begins there), `bad_crc`, `bad_checksum`, `bad_block` (a security
    block that does not fit), `truncated` (the end cuts a frame off). How the bytes are cut changes nothing.

    The next frame is looked for from the second byte of a wrong one on, so that a false beginning swallows no frame; what else is
    in the wrong one has been told with it and is not told again as noise."""

    def __init__(self) -> None:
        # Of the caller's buffer: how many leading bytes begin no frame, and how many have been told.
        self._passed = 0
        self._told = 0

    def split(self, data: bytes, *, end: bool = False) -> tuple[int, list[Frame | Finding]]:
        """How many bytes are done with, and what they were. Offsets count from the start of `data`."""
        items: list[Frame | Finding] = []
        told, at = self._told, self._passed
        while at < len(data):
            judged = _frame_at(data, at, end=end)
            if judged is None:
                break
            if isinstance(judged, Frame):
                items += _noise(data, told, at)
                items.append(judged)
                told = at = at + len(judged.raw)
                continue
            if isinstance(judged, _Wrong):
                items += _noise(data, told, at)
                items.append(Finding(judged.reason, at, data[at : at + min(judged.size, MAX_EXAMPLE_BYTES)]))
                told = max(told, at + judged.size)
            at += 1
            if at - told >= NOISE_BYTES_MAX:
                items += _noise(data, told, at)
                told = at
        if end:
            items += _noise(data, told, len(data))
            told = at = len(data)
        used = min(told, at)
        self._told, self._passed = told - used, at - used
        return used, items


def _noise(data: bytes, start: int, stop: int) -> list[Frame | Finding]:
    """What lies between two frames; marks are no noise."""
    piece = data[start:stop]
    if not piece.strip(bytes((MARK,))):
        return []
    return [Finding("noise", start, piece[:MAX_EXAMPLE_BYTES])]


def _frame_at(data: bytes, at: int, *, end: bool) -> Frame | _Wrong | bool | None:
    """The frame that begins at `at`, or what is wrong with it; False when none begins there, None when that cannot be known
    yet."""
    if data[at] != SOM:
        return False
    head = data[at : at + HEAD_BYTES]
    size = int.from_bytes(head[2:4], "little")
    if len(head) == HEAD_BYTES and (not FRAME_BYTES_MIN <= size <= FRAME_BYTES_MAX or head[4] & _RESERVED):
        return False
    raw = data[at : at + size]
    if len(head) < HEAD_BYTES or len(raw) < size:
        return _Wrong("truncated", len(data) - at) if end else None
    read = parsed(raw, at)
    return _Wrong(read, size) if isinstance(read, str) else read


def parsed(raw: bytes, offset: int = 0) -> Frame | str:
    """The frame that `raw` is, whole and from its SOM on, or the name of what is wrong."""
    control = raw[4]
    crc = bool(control & _CRC)
    check_bytes = 2 if crc else 1
    body = raw[:-check_bytes]
    if crc and crc16(body) != int.from_bytes(raw[-2:], "little"):
        return "bad_crc"
    if not crc and checksum(body) != raw[-1]:
        return "bad_checksum"
    at = HEAD_BYTES
    block = b""
    if control & _BLOCK:
        block_bytes = raw[at]
        if not 2 <= block_bytes <= BLOCK_BYTES_MAX or at + block_bytes >= len(body):
            return "bad_block"
        block = body[at + 1 : at + block_bytes]
        at += block_bytes
    mac = b""
    if block and block[0] in WITH_MAC:
        if at + 1 + MAC_BYTES > len(body):
            return "bad_block"
        body, mac = body[:-MAC_BYTES], body[-MAC_BYTES:]
    if at >= len(body):
        return "bad_block" if block else "no_code"
    return Frame(
        address=raw[1] & ~REPLY,
        reply=bool(raw[1] & REPLY),
        sequence=control & _SEQUENCE,
        crc=crc,
        block=block,
        code=body[at],
        data=body[at + 1 :],
        mac=mac,
        raw=raw,
        offset=offset,
    )
