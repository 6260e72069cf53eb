"""H.264 and H.265 out of RTP (RFC 6184, RFC 7798): packets in, coded pictures out. Pure, and quick, as it sees every packet.

A picture ends where the timestamp changes: markers lie. Parameter sets go into the header and not into the samples.
"""

from struct import Struct
from typing import Literal, NamedTuple

import msgspec

from contract.clock import US_PER_S
from edge.recorder.parameters import MAX_SET_BYTES, Sets

MAX_PICTURE_BYTES = 16 * 1024 * 1024
_HEAD = Struct(">BBHI")
_FAST = Struct(">HI")
_DOLLAR, _PLAIN = 0x24, 0x80
_LENGTH = Struct(">I").pack
_WRAP, _HALF = 1 << 32, 1 << 31


class Picture(NamedTuple):
    """One coded picture: NAL units with lengths of 4 bytes. `pts_us`: its time on the stream's own line, which begins at 0.
    `sets`: the parameter sets in force."""

    data: bytes
    pts_us: int
    key: bool
    sets: Sets


class Counters(msgspec.Struct):
    """Since the start. `lost`: packets that are missing; `unknown`: packets that mean nothing here; `dropped`: pictures over
    MAX_PICTURE_BYTES."""

    pictures: int = 0
    lost: int = 0
    unknown: int = 0
    dropped: int = 0


class Unpacker:
    """One stream. `sets`: the parameter sets as last told, by the description or within the stream."""

    def __init__(self, codec: Literal["h264", "hevc"], clock_hz: int, sets: Sets) -> None:
        self._hevc = codec == "hevc"
        self._clock_hz = clock_hz
        self.sets = sets
        self.counters = Counters()
        self._parts: list[bytes] = []
        self._size = 0
        self._key = self._coded = False
        self._ts: int | None = None
        self._total = 0
        self._next_seq: int | None = None
        self._unit: list[bytes] = []
        """The fragments of the NAL unit that is under way."""

    def run(self, data: bytes, at: int, end: int, channel: int, found: list[Picture]) -> int:
        """Take the packets of an interleaved connection that stand whole in `data[at:end]`, one behind the other, and put the
        pictures that they complete into `found`. Where the first byte stands that is of no whole packet."""
        kind, shift, more = (49, 1, 3) if self._hevc else (28, 0, 2)
        if (
            self._unit and sum(map(len, self._unit)) > MAX_PICTURE_BYTES
        ):  # a unit that never ends; what is left of it is passed over
            self._unit.clear()
            self.counters.dropped += 1
        while end - at >= 4 and data[at] == _DOLLAR:
            stop = at + 4 + (data[at + 2] << 8 | data[at + 3])
            if stop > end:
                break
            if data[at + 1] == channel:
                # The middle of a fragmented unit: nearly every packet is one.
                if self._unit and stop - at > 20 and data[at + 4] == _PLAIN:
                    seq, ts = _FAST.unpack_from(data, at + 6)
                    flags = data[at + 15 + more]
                    middle = data[at + 16] >> shift & (63 if shift else 31) == kind and flags < 64
                    if middle and seq == self._next_seq and ts == self._ts:
                        self._next_seq = (seq + 1) & 0xFFFF
                        self._unit.append(data[at + 16 + more : stop])
                        at = stop
                        continue
                picture = self.packet(data, at + 4, stop)
                if picture is not None:
                    found.append(picture)
            at = stop
        return at

    def packet(self, data: bytes, at: int, end: int) -> Picture | None:
        """Take the RTP packet in `data[at:end]`; the picture that it shows to be complete, if any."""
        if end - at < 13:
            self.counters.unknown += 1
            return None
        first, _, seq, ts = _HEAD.unpack_from(data, at)
        start = at + 12 + 4 * (first & 15)
        if first & 16:
            start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4])
        if first & 32:
            end -= data[end - 1]
        if first >> 6 != 2 or start >= end:
            self.counters.unknown += 1
            return None
        if seq != self._next_seq and self._next_seq is not None:
            self.counters.lost += (seq - self._next_seq) & 0xFFFF
            self._unit.clear()
        self._next_seq = (seq + 1) & 0xFFFF
        done = None
        if ts != self._ts:
            done = self._whole()
            if self._ts is not None:
                self._total += (ts - self._ts + _HALF) % _WRAP - _HALF
            self._ts = ts
        if self._hevc:
            self._hevc_payload(data, start, end)
        else:
            self._avc_payload(data, start, end)
        return done

    def end(self) -> Picture | None:
        """The last picture: nothing more will come."""
        return self._whole()

    def _whole(self) -> Picture | None:
        parts, size, key, coded = self._parts, self._size, self._key, self._coded
        self._unit.clear()
        if not parts:
            return None
        self._parts, self._size, self._key, self._coded = [], 0, False, False
        if size > MAX_PICTURE_BYTES:
            self.counters.dropped += 1
            return None
        if not coded:
            return None  # what stands between pictures belongs to none
        self.counters.pictures += 1
        return Picture(b"".join(parts), self._total * US_PER_S // self._clock_hz, key, self.sets)

    def _avc_payload(self, data: bytes, at: int, end: int) -> None:
        kind = data[at] & 31
        if kind == 28:
            if end - at < 3:
                return
            flags = data[at + 1]
            if flags & 0x80:
                self._unit = [bytes((data[at] & 0xE0 | flags & 31,))]
            elif not self._unit:
                return  # its beginning was lost
            self._unit.append(data[at + 2 : end])
            if flags & 0x40:
                self._add(b"".join(self._unit))
                self._unit = []
        elif 0 < kind < 24:
            self._add(data[at:end])
        elif kind == 24:
            self._joined(data, at + 1, end)
        else:
            self.counters.unknown += 1

    def _hevc_payload(self, data: bytes, at: int, end: int) -> None:
        kind = data[at] >> 1 & 63
        if kind == 49:
            if end - at < 4:
                return
            flags = data[at + 2]
            if flags & 0x80:
                self._unit = [bytes((data[at] & 0x81 | (flags & 63) << 1, data[at + 1]))]
            elif not self._unit:
                return
            self._unit.append(data[at + 3 : end])
            if flags & 0x40:
                self._add(b"".join(self._unit))
                self._unit = []
        elif kind < 48:
            self._add(data[at:end])
        elif kind == 48:
            self._joined(data, at + 2, end)
        else:
            self.counters.unknown += 1

    def _joined(self, data: bytes, at: int, end: int) -> None:
        while at + 2 < end:
            size = int.from_bytes(data[at : at + 2])
            if not size or at + 2 + size > end:
                self.counters.unknown += 1
                return
            self._add(data[at + 2 : at + 2 + size])
            at += 2 + size

    def _add(self, nal: bytes) -> None:
        """Take one whole NAL unit."""
        if self._hevc:
            kind = nal[0] >> 1 & 63
            told, coded, key, idle = _HEVC_SETS.get(kind), kind < 32, 16 <= kind <= 21, kind in (35, 38)
        else:
            kind = nal[0] & 31
            told, coded, key, idle = _AVC_SETS.get(kind), 1 <= kind <= 5, kind == 5, kind in (9, 12)
        if told is not None:
            if nal != getattr(self.sets, told) and len(nal) <= MAX_SET_BYTES:
                self.sets = self.sets._replace(**{told: nal})
            return
        if idle:
            return
        self._size += 4 + len(nal)
        if self._size > MAX_PICTURE_BYTES:
            self._parts = self._parts[:1]
            return
        self._coded |= coded
        self._key |= key
        self._parts += (_LENGTH(len(nal)), nal)


_AVC_SETS = {7: "sps", 8: "pps"}
_HEVC_SETS = {32: "vps", 33: "sps", 34: "pps"}
