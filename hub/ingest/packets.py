"""Publications straight out of the bytes that a broker sent. Sans-IO, and for one sort of packet alone: a PUBLISH of MQTT 3.1.1
at QoS 0 that was not retained, which is how batches come. It asks for no answer: whoever reads it owes the connection nothing.
"""

from typing import NamedTuple

PLAIN_PUBLISH = 0x30
_LENGTH_BYTES_MAX = 4


class Publication(NamedTuple):
    """What was published, as it stands in the packet."""

    topic: bytes
    payload: bytes


def plain_publications(data: bytes, at: int) -> tuple[list[Publication], int]:
    """The plain publications that stand whole in `data` from `at` on, and where they end: at the first packet that is anything
    else, malformed, or not there to its end."""
    found: list[Publication] = []
    end = len(data)
    while at + 1 < end and data[at] == PLAIN_PUBLISH:
        length, body = _length(data, at + 1)
        after = body + length
        if length < 2 or after > end:
            break
        topic_at = body + 2
        payload_at = topic_at + (data[body] << 8 | data[body + 1])
        if not topic_at < payload_at <= after:
            break
        found.append(Publication(data[topic_at:payload_at], data[payload_at:after]))
        at = after
    return found, at


def _length(data: bytes, at: int) -> tuple[int, int]:
    """A packet's length and where its body begins; 0 where that is not told yet, or wrongly."""
    length = 0
    for shift, byte in enumerate(data[at : at + _LENGTH_BYTES_MAX]):
        length |= (byte & 127) << 7 * shift
        if byte < 128:
            return length, at + 1 + shift
    return 0, at
