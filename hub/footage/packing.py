"""All segments of one camera-hour as one short run of bytes, in which one of them is found without reading the others.

A number is stored as how far it lies above the hour's least one, in the fewest of 1, 2, 4 or 8 bytes that fit them all. First
come the starts alone, in their order, so that which segment shows a moment is a bisection of the bytes as they are; then the
other five numbers, segment by segment. Ten-second segments take 16 to 18 bytes each.
"""

import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import starmap
from typing import Any, NamedTuple, cast, get_args

from contract.clock import US_PER_S
from contract.footage import Codec

HOUR_US = 3_600 * US_PER_S
SPAN_MAX_US = 2 * HOUR_US
"""A longer segment is no segment: recorders, and what is adopted from network video recorders, cut at an hour at the latest."""
VERSION = 1
CODECS: tuple[Codec, ...] = get_args(Codec)
"""A codec is stored as its place in here: names are added at the end."""

_HEAD = struct.Struct("<BIQ6q6B")
"""The version, how many, the longest one's length; of starts, numbers, lengths, sizes, headers and codecs the least, and in how
many bytes they are."""
_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}


class Piece(NamedTuple):
    """A segment as the hub's index has it: shows `start_us` to `end_us` on the hub's time line. `no` is its name within the
    camera's stream; `init_bytes`: how long its header is."""

    no: int
    start_us: int
    end_us: int
    size_bytes: int
    codec: Codec = "h264"
    init_bytes: int = 0


class BadPacking(ValueError):
    """The bytes are no packed hour of a version that this program knows."""


def hour_of(us: int) -> int:
    """The hour, counted from 1970 in UTC, that a segment belongs to which begins then."""
    return us // HOUR_US


def pack(pieces: Iterable[Piece]) -> bytes:
    """The pieces, in whatever order, each number once. Raises ValueError where one cannot be packed: a time, number or size below
    zero or over 62 bits, an end that is not after the start."""
    rows = sorted(pieces, key=lambda one: (one.start_us, one.no))
    if not rows:
        return _HEAD.pack(VERSION, 0, 0, *(0,) * 6, *(1,) * 6)
    numbers, starts, ends, sizes, codecs, inits = zip(*rows, strict=True)
    lengths = [end_us - start_us for start_us, end_us in zip(starts, ends, strict=True)]
    columns = (starts, numbers, lengths, sizes, inits, [CODECS.index(codec) for codec in codecs])
    bases = [min(column) for column in columns]
    if min(bases) < 0 or min(lengths) == 0 or max(map(max, columns)) >> 62:
        raise ValueError("a segment's numbers are out of range")
    widths = tuple(_width(max(column) - base) for column, base in zip(columns, bases, strict=True))
    above = [[value - base for value in column] for column, base in zip(columns, bases, strict=True)]
    begun = struct.pack(f"<{len(rows)}{_CODES[widths[0]]}", *above[0])
    rest = b"".join(starmap(_rest(widths).pack, zip(*above[1:], strict=True)))
    return _HEAD.pack(VERSION, len(rows), max(lengths), *bases, *widths) + begun + rest


class Hour:
    """What was packed, unread: its pieces are in the order of their starts, then of their numbers."""

    def __init__(self, packed: bytes) -> None:
        """Raises BadPacking."""
        try:
            version, count, longest_us, *bases, start, no, length, size, init, codec = _HEAD.unpack_from(packed)
            self._rest = _rest((start, no, length, size, init, codec))
        except (struct.error, KeyError) as error:
            raise BadPacking("a packed hour is cut short, or is none") from error
        if version != VERSION:
            raise BadPacking(f"a packed hour is of version {version}, this program knows {VERSION}")
        self._count: int = count
        self.longest_us: int = longest_us
        self._bases: list[int] = bases
        self._packed = packed
        self._rest_at = _HEAD.size + count * start
        if len(packed) != self._rest_at + count * self._rest.size:
            raise BadPacking("a packed hour is cut short")
        self._starts = _numbers(packed, _HEAD.size, self._rest_at, _CODES[start])

    def __len__(self) -> int:
        return self._count

    def piece(self, at: int) -> Piece:
        """The piece at this place."""
        no, length_us, size_bytes, init_bytes, codec = self._rest.unpack_from(self._packed, self._rest_at + at * self._rest.size)
        start, least_no, least_length, least_size, least_init, least_codec = self._bases
        start_us = start + self._starts[at]
        end_us = start_us + least_length + length_us
        return Piece(
            least_no + no, start_us, end_us, least_size + size_bytes, CODECS[least_codec + codec], least_init + init_bytes
        )

    def pieces(self) -> list[Piece]:
        """All of them."""
        start, least_no, least_length, least_size, least_init, least_codec = self._bases
        rest = self._rest.iter_unpack(memoryview(self._packed)[self._rest_at :])
        return [
            Piece(
                least_no + no,
                (start_us := start + begun),
                start_us + least_length + length,
                least_size + size,
                CODECS[least_codec + codec],
                least_init + init,
            )
            for begun, (no, length, size, init, codec) in zip(self._starts, rest, strict=True)
        ]

    def at(self, us: int) -> Piece | None:
        """The piece that shows this moment; where several do, the one that began last."""
        return piece_at(self._packed, us)

    def overlapping(self, from_us: int, to_us: int) -> list[Piece]:
        """Those that show anything of that time, its end left out."""
        first = bisect_right(self._starts, from_us - self.longest_us - self._bases[0])
        last = bisect_left(self._starts, to_us - self._bases[0])
        return [one for place in range(first, last) if (one := self.piece(place)).end_us > from_us]


def piece_at(packed: bytes, us: int) -> Piece | None:
    """The piece of a packed hour that shows this moment; where several do, the one that began last. The bytes are
    believed: whoever wrote them checked them."""
    (_, count, longest_us, least_start, no, length, size, init, codec, width, *widths) = _HEAD.unpack_from(packed)
    begins, rest = _HEAD.size + count * width, _rest((width, *widths))
    starts, above = _numbers(packed, _HEAD.size, begins, _CODES[width]), us - least_start
    place = bisect_right(starts, above) - 1
    while place >= 0 and above - starts[place] < longest_us:
        values = rest.unpack_from(packed, begins + place * rest.size)
        if above < starts[place] + length + values[1]:
            start_us = least_start + starts[place]
            end_us = start_us + length + values[1]
            return Piece(no + values[0], start_us, end_us, size + values[2], CODECS[codec + values[4]], init + values[3])
        place -= 1
    return None


def _width(most: int) -> int:
    return next(width for width in _CODES if most < 1 << 8 * width)


@lru_cache(maxsize=256)
def _rest(widths: tuple[int, ...]) -> struct.Struct:
    """How a segment's numbers stand after the starts. Raises KeyError for widths that there are not."""
    return struct.Struct("<" + "".join(_CODES[width] for width in widths[1:]))


def _numbers(packed: bytes, begins: int, ends: int, code: str) -> Sequence[int]:
    if sys.byteorder == "little":
        view: Any = memoryview(packed)[begins:ends]
        return cast(Sequence[int], view.cast(code))
    swapped = array(code, packed[begins:ends])
    swapped.byteswap()
    return swapped
