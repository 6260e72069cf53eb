"""The smallest true H.264 encoder: each macroblock is either written as it is (I_PCM) or repeated from the picture before.

Baseline profile, Rec. ITU-T H.264, 7.3. It loses nothing, needs no library, and makes about the bit rate of a camera where
little moves. For twins and tests; `numpy` pictures in, NAL units out (without start codes, with emulation prevention).
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BLOCK = 16
_MAX_FRAME_NUM = 256
_I_PCM = 25
_I_PCM_IN_P = 30
_PCM_BYTES = BLOCK * BLOCK * 3 // 2
_STOP = b"\x80"
_EMULATION = re.compile(rb"\x00\x00(?=[\x00-\x03])")

Plane = NDArray[np.uint8]


class Planes(NamedTuple):
    """A picture as 4:2:0 planes: luma (height x width), and two of chroma of half the size. Sides are multiples of 16;
    samples 16-240."""

    y: Plane
    u: Plane
    v: Plane


class _Bits:
    """Bits in order, most significant first."""

    def __init__(self) -> None:
        self._text: list[str] = []

    def u(self, value: int, width: int) -> None:
        self._text.append(f"{value:0{width}b}")

    def ue(self, *values: int) -> None:
        for value in values:
            code = f"{value + 1:b}"
            self._text.append("0" * (len(code) - 1) + code)

    def aligned(self, *, stop: bool = False) -> bytes:
        text = "".join(self._text) + ("1" if stop else "")
        text += "0" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8) if text else b""


def sps(width: int, height: int) -> bytes:
    """The sequence parameter set for pictures of which `width` x `height` (even numbers) are shown."""
    wide, high = -(-width // BLOCK), -(-height // BLOCK)
    bits = _Bits()
    bits.u(66, 8)  # Baseline
    bits.u(0b11000000, 8)
    bits.u(40, 8)  # level 4.0
    bits.ue(0, 4, 2, 1)  # id; frame numbers of 8 bits; output in decoding order; one reference picture
    bits.u(0, 1)
    bits.ue(wide - 1, high - 1)
    bits.u(0b11, 2)  # whole frames; direct inference
    bits.u(1, 1)
    bits.ue(0, (wide * BLOCK - width) // 2, 0, (high * BLOCK - height) // 2)
    bits.u(0, 1)
    return b"\x67" + _escaped(bits.aligned(stop=True))


def pps() -> bytes:
    """The picture parameter set."""
    bits = _Bits()
    bits.ue(0, 0)
    bits.u(0, 2)  # variable-length codes; one field order
    bits.ue(0, 0, 0)
    bits.u(0, 3)
    bits.ue(0, 0, 0)  # no change of quantiser
    bits.u(0b100, 3)  # slices say how they are filtered
    return b"\x68" + _escaped(bits.aligned(stop=True))


def key_picture(planes: Planes, idr: int) -> bytes:
    """A picture that needs no other. Two in a row need different `idr` numbers."""
    bits = _Bits()
    bits.ue(0, 7, 0)
    bits.u(0, 8)
    bits.ue(idr % 2)
    bits.u(0, 2)
    bits.ue(0, 1)  # quantiser as it is; no filter
    bits.ue(_I_PCM)
    blocks = _blocks(planes)
    rows = np.empty((len(blocks), _PCM_BYTES + 2), np.uint8)
    rows[:, 0], rows[:, 1] = 0x0D, 0x00  # the code of I_PCM, aligned
    rows[:, 2:] = blocks
    return b"\x65" + _escaped(bits.aligned() + rows.tobytes()[2:] + _STOP)


def next_picture(planes: Planes, changed: Iterable[int], number: int) -> bytes:
    """A picture that repeats the one before except in the blocks `changed` (rising indexes, row by row).
    `number` counts from 1 after each key picture."""
    bits = _Bits()
    bits.ue(0, 5, 0)
    bits.u(number % _MAX_FRAME_NUM, 8)
    bits.u(0, 3)
    bits.ue(0, 1)
    parts = list(_changes(bits, _blocks(planes), changed))
    return b"\x41" + _escaped(b"".join(parts))


def _changes(bits: _Bits, blocks: Plane, changed: Iterable[int]) -> Iterator[bytes]:
    after = 0
    for index in changed:
        bits.ue(index - after, _I_PCM_IN_P)
        yield bits.aligned()
        yield blocks[index].tobytes()
        bits, after = _Bits(), index + 1
    if after < len(blocks):
        bits.ue(len(blocks) - after)
    yield bits.aligned(stop=True)


def _blocks(planes: Planes) -> Plane:
    """One row a macroblock: 256 bytes of luma, then 64 and 64 of chroma."""
    return np.hstack([_tiles(planes.y, BLOCK), _tiles(planes.u, BLOCK // 2), _tiles(planes.v, BLOCK // 2)])


def _tiles(plane: Plane, side: int) -> Plane:
    high, wide = plane.shape[0] // side, plane.shape[1] // side
    return plane.reshape(high, side, wide, side).swapaxes(1, 2).reshape(high * wide, side * side)


def _escaped(rbsp: bytes) -> bytes:
    return _EMULATION.sub(b"\x00\x00\x03", rbsp)
