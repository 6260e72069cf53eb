"""H.264 in RTP packets (RFC 6184), each framed for an RTSP connection (RFC 2326, 10.12). Pure."""

import struct
from collections.abc import Iterator

from drivers.rtsp_camera.film import Frame

PAYLOAD_TYPE = 96
MAX_PAYLOAD_BYTES = 1400
_FU_A = 28
_HEAD = struct.Struct(">cBHBBHII")


class Packer:
    """Makes one stream's packets; counts their sequence numbers."""

    def __init__(self, channel: int, source: int) -> None:
        self._channel = channel
        self._source = source
        self._next = 1

    def pack(self, frame: Frame, at_90k: int) -> bytes:
        """All packets of one picture that is shown at `at_90k`, ready to be written to the connection."""
        payloads = [part for nal in frame.nals for part in fragments(nal)]
        last = len(payloads) - 1
        return b"".join(self._packet(part, at_90k, marker=n == last) for n, part in enumerate(payloads))

    def _packet(self, payload: bytes, at_90k: int, *, marker: bool) -> bytes:
        number, self._next = self._next, (self._next + 1) & 0xFFFF
        kind = PAYLOAD_TYPE | marker << 7
        head = _HEAD.pack(b"$", self._channel, 12 + len(payload), 0x80, kind, number, at_90k & 0xFFFFFFFF, self._source)
        return head + payload


def fragments(nal: bytes) -> Iterator[bytes]:
    """The payloads that carry one NAL unit: itself where it fits, or else its fragments."""
    if len(nal) <= MAX_PAYLOAD_BYTES:
        yield nal
        return
    indicator = (nal[0] & 0xE0) | _FU_A
    kind = nal[0] & 0x1F
    room = MAX_PAYLOAD_BYTES - 2
    for at in range(1, len(nal), room):
        first, last = at == 1, at + room >= len(nal)
        yield bytes((indicator, first << 7 | last << 6 | kind)) + nal[at : at + room]
