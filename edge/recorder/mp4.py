"""Fragmented MP4 (ISO/IEC 14496-12) of one video track, written box by box. Pure: samples in, bytes out.

Times are in 1/90,000 s from the segment's start. Each fragment begins where the one before ends. A `prft` box in front of the
first says when the segment began by the agent's clock, so that the index can be made anew from the files.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from contract.clock import US_PER_S
from contract.footage import Codec
from edge.recorder.parameters import Looks, Sets, decoder_record

CLOCK_HZ = 90_000
_KEY, _DELTA = 0x02000000, 0x01010000
_NTP_FROM_UNIX_S = 2_208_988_800
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


class Sample(NamedTuple):
    """One coded picture: NAL units with lengths of 4 bytes. `show`: when it is shown."""

    data: bytes
    show: int
    key: bool


def box(kind: bytes, *parts: bytes) -> bytes:
    """One box."""
    return struct.pack(">I", 8 + sum(map(len, parts))) + kind + b"".join(parts)


def _full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def header(codec: Codec, sets: Sets, looks: Looks) -> bytes:
    """What a player needs before any fragment."""
    kind, record = (b"avc1", b"avcC") if codec == "h264" else (b"hvc1", b"hvcC")
    entry = struct.pack(">6xH16xHHIIIH32xHh", 1, looks.width, looks.height, 0x480000, 0x480000, 0, 1, 24, -1)
    described = _full(b"stsd", 0, 0, struct.pack(">I", 1), box(kind, entry, box(record, decoder_record(codec, sets, looks))))
    empty = (_full(name, 0, 0, b"\0" * 4) for name in (b"stts", b"stsc"))
    table = box(b"stbl", described, *empty, _full(b"stsz", 0, 0, b"\0" * 8), _full(b"stco", 0, 0, b"\0" * 4))
    data = box(b"dinf", _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1)))
    info = box(b"minf", _full(b"vmhd", 0, 1, b"\0" * 8), data, table)
    media = box(
        b"mdia",
        _full(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, CLOCK_HZ, 0, 0x55C4, 0)),
        _full(b"hdlr", 0, 0, b"\0" * 4 + b"vide" + b"\0" * 12 + b"video\0"),
        info,
    )
    shown = struct.pack(">II", looks.width << 16, looks.height << 16)
    track = box(b"trak", _full(b"tkhd", 0, 3, struct.pack(">IIIII16x", 0, 0, 1, 0, 0), _MATRIX, shown), media)
    movie = _full(b"mvhd", 0, 0, struct.pack(">IIIIIH10x", 0, 0, CLOCK_HZ, 0, 0x10000, 0x100), _MATRIX, b"\0" * 24, b"\0\0\0\2")
    extends = box(b"mvex", _full(b"trex", 0, 0, struct.pack(">IIIII", 1, 1, 0, 0, 0)))
    return box(b"ftyp", b"iso6\0\0\0\1iso6isommp41") + box(b"moov", movie, track, extends)


def began(start_us: int) -> bytes:
    """The `prft` box that says when the track's time 0 was by the agent's clock."""
    seconds, rest_us = divmod(start_us, US_PER_S)
    fraction = -(-(rest_us << 32) // US_PER_S)
    return _full(b"prft", 1, 0, struct.pack(">IIIQ", 1, (seconds + _NTP_FROM_UNIX_S) & 0xFFFFFFFF, fraction, 0))


def began_us(content: bytes) -> int:
    """The time in the content of a `prft` box. The seconds wrap in 2036; times before 2026 are of the era after that."""
    _, seconds, fraction = struct.unpack_from(">III", content, 4)
    since = (seconds - _NTP_FROM_UNIX_S) & 0xFFFFFFFF
    return int(since * US_PER_S + (fraction * US_PER_S >> 32))


def fragment(number: int, start: int, end: int, samples: Sequence[Sample]) -> list[bytes]:
    """The `moof` and `mdat`, in pieces, of samples in the order of decoding, at least one. `start` and `end`: when the first is
    decoded and when the next fragment's first will be. Where pictures are shown in another order, offsets say so."""
    order = sorted(sample.show for sample in samples)
    decode = [start]
    for show in order[1:]:
        decode.append(max(show, decode[-1]))
    decode.append(max(end, decode[-1]))
    numbers: list[int] = []
    for n, sample in enumerate(samples):
        numbers += (
            decode[n + 1] - decode[n],
            len(sample.data),
            _KEY if sample.key else _DELTA,
            (sample.show - decode[n]) & 0xFFFFFFFF,
        )
    count = len(samples)
    run_bytes, moof_bytes = 20 + 16 * count, 8 + 16 + 8 + 16 + 20 + 20 + 16 * count
    moof = struct.pack(
        ">I4sI4sIII4sI4sIII4sIQI4sIII",
        *(moof_bytes, b"moof", 16, b"mfhd", 0, number),
        *(moof_bytes - 24, b"traf", 16, b"tfhd", 0x020000, 1),
        *(20, b"tfdt", 1 << 24, start),
        *(run_bytes, b"trun", 1 << 24 | 0xF01, count, moof_bytes + 8),
    )
    media = [sample.data for sample in samples]
    size = 8 + sum(map(len, media))
    return [moof + struct.pack(f">{4 * count}I", *numbers) + struct.pack(">I4s", size, b"mdat"), *media]
