"""Parameter sets of H.264 and H.265: how large the picture is, and what a player's header holds of them. Pure.

Rec. ITU-T H.264 7.3.2.1.1, H.265 7.3.2.2; ISO/IEC 14496-15 5.3.3.1, 8.3.3.1.
"""

import struct
from typing import NamedTuple

from contract.footage import Codec

MAX_SET_BYTES = 4096
_HIGH_PROFILES = frozenset((100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135))
_CHROMA_STEP = {1: (2, 2), 2: (2, 1)}


class BadParameters(ValueError):
    """A parameter set that cannot be read."""


class Sets(NamedTuple):
    """The parameter sets in force; `vps` is empty for H.264."""

    vps: bytes
    sps: bytes
    pps: bytes


class Looks(NamedTuple):
    """What a stream's header says of its pictures. `chroma` is chroma_format_idc; depths are in bits."""

    width: int
    height: int
    chroma: int
    luma_bits: int
    chroma_bits: int


class _Bits:
    """Reads bits of a NAL unit without its emulation prevention."""

    def __init__(self, nal: bytes) -> None:
        plain = nal.replace(b"\x00\x00\x03", b"\x00\x00")
        self._value = int.from_bytes(plain)
        self._left = 8 * len(plain)

    def u(self, width: int) -> int:
        if width > self._left:
            raise BadParameters("a parameter set is cut short")
        self._left -= width
        return (self._value >> self._left) & ((1 << width) - 1)

    def ue(self) -> int:
        zeros = 0
        while not self.u(1):
            zeros += 1
            if zeros > 31:
                raise BadParameters("a number in a parameter set is too large")
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        value = self.ue()
        return (value + 1) // 2 if value % 2 else -(value // 2)


def looks_of(codec: Codec, sets: Sets) -> Looks:
    """What the pictures are like. Raises BadParameters."""
    if not 4 <= len(sets.sps) <= MAX_SET_BYTES or not 2 <= len(sets.pps) <= MAX_SET_BYTES or len(sets.vps) > MAX_SET_BYTES:
        raise BadParameters("a parameter set is missing, or far too long")
    found = _looks_h264(sets.sps) if codec == "h264" else _looks_h265(sets.sps)
    if not (16 <= found.width <= 16384 and 16 <= found.height <= 16384):
        raise BadParameters("a parameter set tells of an impossible picture")
    return found


def _looks_h264(sps: bytes) -> Looks:
    bits = _Bits(sps[1:])
    profile = bits.u(8)
    bits.u(16)
    bits.ue()
    chroma, luma_bits, chroma_bits = 1, 8, 8
    if profile in _HIGH_PROFILES:
        chroma = bits.ue()
        if chroma == 3:
            bits.u(1)
        luma_bits, chroma_bits = 8 + bits.ue(), 8 + bits.ue()
        bits.u(1)
        if bits.u(1):
            _skip_scaling(bits, 12 if chroma == 3 else 8)
    bits.ue()
    order = bits.ue()
    if order == 0:
        bits.ue()
    elif order == 1:
        bits.u(1)
        bits.se()
        bits.se()
        for _ in range(min(bits.ue(), 255)):
            bits.se()
    bits.ue()
    bits.u(1)
    wide, high = bits.ue() + 1, bits.ue() + 1
    whole_frames = bits.u(1)
    if not whole_frames:
        bits.u(1)
    bits.u(1)
    step_x, step_y = _CHROMA_STEP.get(chroma, (1, 1))
    left, right, top, bottom = (bits.ue() for _ in range(4)) if bits.u(1) else (0, 0, 0, 0)
    fields = 2 - whole_frames
    height = 16 * high * fields - step_y * fields * (top + bottom)
    return Looks(16 * wide - step_x * (left + right), height, chroma, luma_bits, chroma_bits)


def _skip_scaling(bits: _Bits, lists: int) -> None:
    for n in range(lists):
        if bits.u(1):
            last = after = 8
            for _ in range(16 if n < 6 else 64):
                if after:
                    after = (last + bits.se()) % 256
                last = after or last


def _looks_h265(sps: bytes) -> Looks:
    bits = _Bits(sps[2:])
    bits.u(4)
    layers = bits.u(3)
    bits.u(1)
    bits.u(88)
    bits.u(8)
    present = [(bits.u(1), bits.u(1)) for _ in range(layers)]
    if layers:
        bits.u(2 * (8 - layers))
    for profile, level in present:
        bits.u(88 * profile + 8 * level)
    bits.ue()
    chroma = bits.ue()
    if chroma == 3:
        bits.u(1)
    width, height = bits.ue(), bits.ue()
    step_x, step_y = _CHROMA_STEP.get(chroma, (1, 1))
    left, right, top, bottom = (bits.ue() for _ in range(4)) if bits.u(1) else (0, 0, 0, 0)
    luma_bits, chroma_bits = 8 + bits.ue(), 8 + bits.ue()
    return Looks(width - step_x * (left + right), height - step_y * (top + bottom), chroma, luma_bits, chroma_bits)


def decoder_record(codec: Codec, sets: Sets, looks: Looks) -> bytes:
    """The content of the `avcC` or `hvcC` box."""
    return _avcc(sets, looks) if codec == "h264" else _hvcc(sets, looks)


def _avcc(sets: Sets, looks: Looks) -> bytes:
    sps, pps = sets.sps, sets.pps
    head = bytes((1, sps[1], sps[2], sps[3], 0xFF, 0xE1))
    body = head + struct.pack(">H", len(sps)) + sps + b"\x01" + struct.pack(">H", len(pps)) + pps
    if sps[1] in _HIGH_PROFILES:
        body += bytes((0xFC | looks.chroma, 0xF8 | looks.luma_bits - 8, 0xF8 | looks.chroma_bits - 8, 0))
    return body


def _hvcc(sets: Sets, looks: Looks) -> bytes:
    plain = sets.sps.replace(b"\x00\x00\x03", b"\x00\x00")
    layers = (plain[2] >> 1 & 7) + 1
    head = b"\x01" + plain[3:15] + b"\xf0\x00\xfc"
    head += bytes((0xFC | looks.chroma, 0xF8 | looks.luma_bits - 8, 0xF8 | looks.chroma_bits - 8))
    head += b"\x00\x00" + bytes((layers << 3 | (plain[2] & 1) << 2 | 3, 3))
    arrays = ((32, sets.vps), (33, sets.sps), (34, sets.pps))
    return head + b"".join(bytes((0x80 | kind,)) + struct.pack(">HH", 1, len(nal)) + nal for kind, nal in arrays)
