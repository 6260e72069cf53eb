"""Fragmented MP4, as far as it must be understood to be played on one time line and joined: boxes' lengths, and decode times.

Pictures are not looked at. What is cut off at its end, as of a file that grows, is told by where the whole fragments end.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

US_PER_S = 1_000_000
_HEAD = 8
_TFHD_BASE, _TFHD_ENTRY, _TFHD_DURATION = 0x1, 0x2, 0x8
_TRUN_OFFSET, _TRUN_FLAGS, _TRUN_DURATION, _TRUN_SIZE, _TRUN_SAMPLE_FLAGS, _TRUN_COMPOSITION = (
    0x1,
    0x4,
    0x100,
    0x200,
    0x400,
    0x800,
)
BOXES_MAX = 200_000
"""In one file: an hour of a camera at 25 pictures a second, one in each fragment."""


class BadMedia(ValueError):
    """No fragmented MP4 that can be moved in time. The message says what is wrong with it."""


class Box(NamedTuple):
    """`at`: where it begins; `body`: where what is in it begins; `end`: where the next one begins."""

    kind: bytes
    at: int
    body: int
    end: int


class Header(NamedTuple):
    """What stands before the first fragment. `ticks`: of each track, how many make a second; `durations`: how many a picture
    takes where its fragment does not say."""

    size_bytes: int
    ticks: Mapping[int, int]
    durations: Mapping[int, int]


class Piece(NamedTuple):
    """A track's share of a fragment: where its decode time stands (`width` bytes), the time itself and how long it lasts, in
    ticks."""

    track: int
    time_at: int
    width: int
    time: int
    length: int


class Fragment(NamedTuple):
    """A `moof` with its `mdat`. `start_us`, `end_us`: its decode times, by the file's own line; `number_at`: where its sequence
    number stands."""

    at: int
    end: int
    start_us: int
    end_us: int
    number_at: int
    tracks: tuple[Piece, ...]


def boxes(data: bytes | memoryview, at: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes that stand one behind another and are there whole. Raises BadMedia for a length that cannot be."""
    end = len(data) if end is None else end
    while at + _HEAD <= end:
        size, body = _int(data, at, 4), at + _HEAD
        if size == 1:
            if at + 16 > end:
                return
            size, body = _int(data, at + _HEAD, 8), at + 16
        if size < body - at:
            raise BadMedia(f"a box of {size} bytes at byte {at}")
        if at + size > end:
            return
        yield Box(bytes(data[at + 4 : at + 8]), at, body, at + size)
        at += size


def header_of(data: bytes) -> Header:
    """Raises BadMedia where there is none, or it is not whole."""
    ticks = dict[int, int]()
    durations: dict[int, int] = {}
    for box in boxes(data):
        if box.kind == b"moof":
            break
        if box.kind != b"moov":
            continue
        ticks |= dict(_tracks(data, box))
        for one in _inside(data, box, b"mvex", b"trex"):
            durations[_int(data, one.body + 4, 4)] = _int(data, one.body + 12, 4)
        if not ticks:
            raise BadMedia("its header has no track")
        return Header(box.end, ticks, durations)
    raise BadMedia("it has no header")


def fragments(data: bytes, header: Header) -> list[Fragment]:
    """The whole fragments, in their order. Raises BadMedia."""
    found: list[Fragment] = []
    moof: Box | None = None
    for count, box in enumerate(boxes(data, header.size_bytes)):
        if count >= BOXES_MAX:
            raise BadMedia(f"it has over {BOXES_MAX} boxes")
        if box.kind == b"moof":
            moof = box
        elif box.kind == b"mdat" and moof is not None:
            found.append(_fragment(data, moof, box.end, header))
            moof = None
    return found


def moved(data: bytes, found: Sequence[Fragment], header: Header, by_us: int, number: int = 1) -> bytes:
    """The fragments alone, each `by_us` later and numbered from `number` on. Raises BadMedia where a time does not fit."""
    out = bytearray()
    for count, one in enumerate(found):
        base = len(out) - one.at
        out += data[one.at : one.end]
        out[base + one.number_at : base + one.number_at + 4] = ((number + count) & 0xFFFFFFFF).to_bytes(4)
        for piece in one.tracks:
            time = piece.time + round(by_us * header.ticks[piece.track] / US_PER_S)
            if not 0 <= time < 1 << (8 * piece.width):
                raise BadMedia(f"its time cannot be moved by {by_us} us")
            at = base + piece.time_at
            out[at : at + piece.width] = time.to_bytes(piece.width)
    return bytes(out)


def _fragment(data: bytes, moof: Box, end: int, header: Header) -> Fragment:
    number_at, tracks = 0, []
    for box in boxes(data, moof.body, moof.end):
        if box.kind == b"mfhd":
            number_at = box.body + 4
        elif box.kind == b"traf":
            tracks.append(_piece(data, box, header))
    if not number_at or not tracks:
        raise BadMedia(f"the fragment at byte {moof.at} is empty")
    ticks = header.ticks
    starts = [one.time * US_PER_S // ticks[one.track] for one in tracks]
    ends = [(one.time + one.length) * US_PER_S // ticks[one.track] for one in tracks]
    return Fragment(moof.at, end, min(starts), max(ends), number_at, tuple(tracks))


def _piece(data: bytes, traf: Box, header: Header) -> Piece:
    track, each, length, time_at, width = 0, 0, 0, 0, 0
    for box in boxes(data, traf.body, traf.end):
        flags = _int(data, box.body + 1, 3)
        if box.kind == b"tfhd":
            track = _int(data, box.body + 4, 4)
            if flags & _TFHD_BASE:
                raise BadMedia("its fragments tell places in the file, and cannot be moved")
            at = box.body + 8 + 4 * bool(flags & _TFHD_ENTRY)
            each = _int(data, at, 4) if flags & _TFHD_DURATION else header.durations.get(track, 0)
        elif box.kind == b"tfdt":
            time_at, width = box.body + 4, 8 if _int(data, box.body, 1) else 4
        elif box.kind == b"trun":
            length += _run_length(data, box, flags, each)
    if not time_at or track not in header.ticks:
        raise BadMedia("a fragment does not say when it is shown")
    return Piece(track, time_at, width, _int(data, time_at, width), length)


def _run_length(data: bytes, trun: Box, flags: int, each: int) -> int:
    samples = _int(data, trun.body + 4, 4)
    if not flags & _TRUN_DURATION:
        return samples * each
    row = 4 * sum(bool(flags & one) for one in (_TRUN_DURATION, _TRUN_SIZE, _TRUN_SAMPLE_FLAGS, _TRUN_COMPOSITION))
    at = trun.body + 8 + 4 * bool(flags & _TRUN_OFFSET) + 4 * bool(flags & _TRUN_FLAGS)
    if at + samples * row > trun.end:
        raise BadMedia("a fragment's table is cut off")
    return sum(_int(data, at + row * no, 4) for no in range(samples))


def _tracks(data: bytes, moov: Box) -> Iterator[tuple[int, int]]:
    for trak in (box for box in boxes(data, moov.body, moov.end) if box.kind == b"trak"):
        track = scale = 0
        for box in boxes(data, trak.body, trak.end):
            if box.kind == b"tkhd":
                track = _int(data, box.body + (20 if _int(data, box.body, 1) else 12), 4)
            elif box.kind == b"mdia":
                for one in boxes(data, box.body, box.end):
                    if one.kind == b"mdhd":
                        scale = _int(data, one.body + (20 if _int(data, one.body, 1) else 12), 4)
        if not track or not scale:
            raise BadMedia("a track of its header has no time line")
        yield track, scale


def _inside(data: bytes, box: Box, *kinds: bytes) -> Iterator[Box]:
    for one in boxes(data, box.body, box.end):
        if one.kind == kinds[0]:
            if len(kinds) == 1:
                yield one
            else:
                yield from _inside(data, one, *kinds[1:])


def _int(data: bytes | memoryview, at: int, size: int) -> int:
    if at + size > len(data):
        raise BadMedia("a box is cut off")
    return int.from_bytes(data[at : at + size])
