"""What of a fragmented MP4 is whole: the header, then fragments, each a `moof` and its `mdat`. Reads boxes' heads only.

A file that grows, or that a power cut tore, ends in the middle of something; what stands before that can be played.
"""

import os
import struct
from typing import NamedTuple

from contract.clock import US_PER_S
from contract.footage import Codec
from edge.recorder.mp4 import CLOCK_HZ, began_us

MAX_BOX_BYTES = 512 * 1024 * 1024
MAX_HEAD_BYTES = 1024 * 1024
_MAX_BOXES = 100_000
_ENTRIES: tuple[tuple[bytes, Codec], ...] = ((b"avc1", "h264"), (b"hvc1", "hevc"), (b"hev1", "hevc"))


class Whole(NamedTuple):
    """What is whole in a file of our own. `size_bytes`: up to here; `length_us`: what it shows; `began_us`: by its `prft` box, or
    None where there is none. No `init_bytes`: not even the header is there."""

    size_bytes: int = 0
    init_bytes: int = 0
    length_us: int = 0
    began_us: int | None = None
    codec: Codec = "other"


def whole_of(handle: int, seen: Whole | None = None) -> Whole:
    """What is whole in the file. `seen`: what was, when it was looked at before: only what has come since is read. Raises
    OSError."""
    found = seen or Whole()
    end = os.fstat(handle).st_size
    at, moof = found.size_bytes, b""
    for _ in range(_MAX_BOXES):
        head = os.pread(handle, 8, at)
        if len(head) < 8:
            return found
        size, kind = struct.unpack(">I4s", head)
        if not 8 <= size <= MAX_BOX_BYTES or at + size > end or (kind != b"mdat" and size > MAX_HEAD_BYTES):
            return found
        content = b"" if kind == b"mdat" else os.pread(handle, size - 8, at + 8)
        at += size
        if kind == b"moov":
            found = found._replace(init_bytes=at, size_bytes=at, codec=_codec_of(content))
        elif kind == b"prft" and len(content) >= 16:
            found = found._replace(began_us=began_us(content))
        elif kind == b"moof":
            moof = content
        elif kind == b"mdat" and moof and found.init_bytes:
            found = found._replace(size_bytes=at, length_us=_end_of(moof, found.length_us))
            moof = b""
    return found


def _codec_of(moov: bytes) -> Codec:
    return next((codec for name, codec in _ENTRIES if name in moov), "other")


def _end_of(moof: bytes, before_us: int) -> int:
    """When the fragment ends: its start and its samples' durations. The layout is edge.recorder.mp4's."""
    tfdt, trun = moof.find(b"tfdt"), moof.find(b"trun")
    if tfdt < 0 or trun < 0 or len(moof) < trun + 16:
        return before_us
    (start,) = struct.unpack_from(">Q", moof, tfdt + 8)
    (count,) = struct.unpack_from(">I", moof, trun + 8)
    table = moof[trun + 16 : trun + 16 + 16 * count]
    if len(table) < 16 * count:
        return before_us
    ticks = sum(struct.unpack(f">{4 * count}I", table)[::4])
    return int((start + ticks) * US_PER_S // CLOCK_HZ)
