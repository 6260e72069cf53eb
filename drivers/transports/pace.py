"""Bytes at the speed of a serial line, for twins: a pseudo-terminal alone hands a frame over in one piece, at once."""

import time
from collections.abc import Callable, Iterator

BITS_PER_BYTE = 10
"""A start bit, eight data bits, a stop bit."""

STEP_S = 0.005


def byte_time_s(baud: int) -> float:
    """How long one byte is on the wire, in seconds."""
    return BITS_PER_BYTE / baud


def steps(data: bytes, baud: int, step_s: float = STEP_S) -> Iterator[tuple[float, bytes]]:
    """`data` cut into pieces of about `step_s`, each with the seconds to wait before it has arrived."""
    byte_s = byte_time_s(baud)
    size = max(1, int(step_s / byte_s))
    for at in range(0, len(data), size):
        piece = data[at : at + size]
        yield len(piece) * byte_s, piece


def write_paced(write: Callable[[bytes], None], data: bytes, baud: int, sleep: Callable[[float], None] = time.sleep) -> None:
    """Write `data` no faster than a line at `baud` would carry it. Returns when the last byte has been written."""
    for wait_s, piece in steps(data, baud):
        sleep(wait_s)
        write(piece)
