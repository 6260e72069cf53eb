"""The outside of a GB/T 26875.3 message. Pure. Numbers are low byte first.

    @@  serial 2  version 2  time 6  source 6  target 6  length 2  command 1  data unit 0-1024  check 1  ##

`check` is the sum of all from the serial to the end of the data unit, its lowest byte. A time is second, minute, hour, day,
month, year since 2000, one byte each, in local time.
"""

from datetime import datetime
from typing import Final, NamedTuple

from drivers.port import MAX_EXAMPLE_BYTES
from drivers.zones import Zone

START: Final = b"@@"
END: Final = b"##"
HEAD_BYTES: Final = 27
UNIT_BYTES_MAX: Final = 1024
FRAME_BYTES_MAX: Final = HEAD_BYTES + UNIT_BYTES_MAX + 3
TIME_BYTES: Final = 6

CONTROL, SEND, CONFIRM, REQUEST, ANSWER, DENY = 1, 2, 3, 4, 5, 6


class Frame(NamedTuple):
    """A message. `source` and `target` are addresses as numbers; `version` and `time` as they stand there."""

    serial: int
    version: bytes
    time: bytes
    source: int
    target: int
    command: int
    unit: bytes = b""


class Cut(NamedTuple):
    """How many bytes to take, and what they are. 0: more is needed. With `reason` they are no message; `frame` is there all the
    same where its head could be read, for a denial."""

    used: int
    frame: Frame | None = None
    reason: str = ""


NOT_YET: Final = Cut(0)


def cut(data: bytes, at: int, *, end: bool) -> Cut:
    """What stands in `data` at `at`. Reasons: `noise` (outside any message, in runs of 64 bytes at most), `too_long` (the head
    names a data unit of more than 1024 bytes), `trailer` (no ## where the message ends by its length), `checksum`, `truncated`.
    After damage it goes on at the next @@, be it inside what the damaged head claimed."""
    if not data.startswith(START, at):
        return _noise(data, at, end)
    if len(data) - at < HEAD_BYTES:
        return Cut(_resumed(data, at, len(data)), reason="truncated") if end else NOT_YET
    length = int.from_bytes(data[at + 24 : at + 26], "little")
    if length > UNIT_BYTES_MAX:
        return Cut(_resumed(data, at, at + HEAD_BYTES), reason="too_long")
    stop = at + HEAD_BYTES + length + 3
    if len(data) < stop:
        return Cut(_resumed(data, at, len(data)), reason="truncated") if end else NOT_YET
    if data[stop - 2 : stop] != END:
        return Cut(_resumed(data, at, stop), reason="trailer")
    frame = _frame(data[at:stop])
    right = checksum(data[at + 2 : stop - 3]) == data[stop - 3]
    return Cut(stop - at, frame, "" if right else "checksum")


def frame_bytes(frame: Frame) -> bytes:
    """The frame on the wire."""
    inner = b"".join(
        (
            frame.serial.to_bytes(2, "little"),
            frame.version,
            frame.time,
            frame.source.to_bytes(6, "little"),
            frame.target.to_bytes(6, "little"),
            len(frame.unit).to_bytes(2, "little"),
            bytes((frame.command,)),
            frame.unit,
        )
    )
    return START + inner + bytes((checksum(inner),)) + END


def reply(frame: Frame, command: int, time: bytes) -> bytes:
    """The answer to `frame`: its serial and version, from whom it was for to whom it is from."""
    return frame_bytes(Frame(frame.serial, frame.version, time, frame.target, frame.source, command))


def checksum(inner: bytes) -> int:
    """The sum of the bytes, its lowest byte."""
    return sum(inner) & 0xFF


def time_bytes(at_us: int, zone: Zone) -> bytes:
    """A time as it stands in a message."""
    at = zone.local(at_us)
    return bytes((at.second, at.minute, at.hour, at.day, at.month, at.year % 100))


def time_of(raw: bytes, zone: Zone) -> int | None:
    """The time in microseconds UTC; None where it is none."""
    second, minute, hour, day, month, year = raw
    try:
        return zone.us(datetime(2000 + year, month, day, hour, minute, second)) if year < 100 else None
    except (ValueError, OverflowError):
        return None


def _frame(whole: bytes) -> Frame:
    def number(first: int, size: int) -> int:
        return int.from_bytes(whole[first : first + size], "little")

    return Frame(number(2, 2), whole[4:6], whole[6:12], number(12, 6), number(18, 6), whole[26], whole[HEAD_BYTES:-3])


def _resumed(data: bytes, at: int, stop: int) -> int:
    """How many bytes to give up: up to the next start before `stop`, or to half of one right before it."""
    fresh = data.find(START, at + 1, stop)
    if fresh >= 0:
        return fresh - at
    return stop - at - (data[stop - 1 : stop] == START[:1] and stop - at > 2)


def _noise(data: bytes, at: int, end: bool) -> Cut:
    fresh = data.find(START, at)
    if fresh < 0:
        stop = len(data) if end or not data.endswith(START[:1]) else len(data) - 1
        if stop - at < MAX_EXAMPLE_BYTES and not end:
            return NOT_YET
    else:
        stop = fresh
    return Cut(min(stop - at, MAX_EXAMPLE_BYTES), reason="noise")
