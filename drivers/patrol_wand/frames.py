"""The frames between a cradle and a wand. Sans-IO; docs/wands.md has them as tables.

    STX 02 | length | wand, 4 bytes | command | payload | CRC, 2 bytes

`length` counts from the wand to the payload's end. The CRC is CRC-16/CCITT-FALSE over everything from the length to the payload.
Numbers are big-endian. An answer has the question's command plus 80 hex, and the wand's own number: so that an answer of a wand
that was put in the place of another is never taken for the other's. To `IDENTIFY` alone any wand answers, whatever the number.
"""

import binascii
from typing import Final, NamedTuple

from drivers.port import MAX_EXAMPLE_BYTES, Finding

STX: Final = 0x02
HEAD_BYTES: Final = 2
CRC_BYTES: Final = 2
BODY_BYTES_MIN: Final = 5
BODY_BYTES_MAX: Final = 250
ANY_WAND: Final = 0xFFFF_FFFF
ANSWER: Final = 0x80

IDENTIFY: Final = 0x01
READ_CLOCK: Final = 0x02
SET_CLOCK: Final = 0x03
STATE: Final = 0x04
READ_RECORDS: Final = 0x05
CLEAR: Final = 0x06
REFUSED: Final = 0x7F
COMMANDS: Final = frozenset((IDENTIFY, READ_CLOCK, SET_CLOCK, STATE, READ_RECORDS, CLEAR, REFUSED))

NUMBER_MAX: Final = 0xFFFF_FFFF


class Frame(NamedTuple):
    """One frame whose CRC was right. `command` without the answer's 80 hex."""

    wand: int
    command: int
    answer: bool
    payload: bytes


class State(NamedTuple):
    """What a wand holds: records `first` to `last`, none when `last` is one less; `used` of its memory, 0 to 1."""

    first: int
    last: int
    used: float


class Cut(NamedTuple):
    """What stands at a place of the input: `used` bytes, 0 when more is needed, and a frame or a finding, or neither."""

    used: int
    frame: Frame | None = None
    finding: Finding | None = None


def wand_name(wand: int) -> str:
    """How a wand's number is written: eight hex digits."""
    return f"{wand:08X}"


def frame_bytes(wand: int, command: int, payload: bytes = b"", *, answer: bool = False) -> bytes:
    """The frame as it is on the wire. Raises ValueError for a payload that does not fit."""
    body = wand.to_bytes(4) + bytes((command | ANSWER if answer else command,)) + payload
    if len(body) > BODY_BYTES_MAX:
        raise ValueError(f"a payload has {BODY_BYTES_MAX - BODY_BYTES_MIN} bytes at most")
    counted = bytes((len(body),)) + body
    return bytes((STX,)) + counted + crc(counted)


def crc(counted: bytes) -> bytes:
    """The two bytes that end a frame."""
    return binascii.crc_hqx(counted, 0xFFFF).to_bytes(2)


def cut(data: bytes, at: int, *, end: bool) -> Cut:
    """Take what stands at `at`. Findings: `noise` (bytes before a frame, in runs of 64 at most), `length` (a length that no frame
    has), `crc`, `unknown_command`, `truncated` (the input ended). After a wrong frame only its STX is used, as another may begin
    in it."""
    if data[at] != STX:
        return _noise(data, at, end)
    if len(data) - at < HEAD_BYTES:
        return Cut(1, finding=Finding("truncated", at, data[at:])) if end else Cut(0)
    length = data[at + 1]
    if not BODY_BYTES_MIN <= length <= BODY_BYTES_MAX:
        return Cut(1, finding=Finding("length", at, data[at : at + HEAD_BYTES]))
    return _frame(data, at, length, end)


def _frame(data: bytes, at: int, length: int, end: bool) -> Cut:
    whole = data[at : at + HEAD_BYTES + length + CRC_BYTES]
    if len(whole) < HEAD_BYTES + length + CRC_BYTES:
        return Cut(1, finding=Finding("truncated", at, whole[:MAX_EXAMPLE_BYTES])) if end else Cut(0)
    if crc(whole[1:-CRC_BYTES]) != whole[-CRC_BYTES:]:
        return Cut(1, finding=Finding("crc", at, whole[:MAX_EXAMPLE_BYTES]))
    code = whole[6]
    if code & ~ANSWER not in COMMANDS:
        return Cut(len(whole), finding=Finding("unknown_command", at, whole[:MAX_EXAMPLE_BYTES]))
    return Cut(len(whole), Frame(int.from_bytes(whole[2:6]), code & ~ANSWER, bool(code & ANSWER), whole[7:-CRC_BYTES]))


def _noise(data: bytes, at: int, end: bool) -> Cut:
    stop = data.find(STX, at, at + MAX_EXAMPLE_BYTES)
    if stop < 0:
        stop = min(len(data), at + MAX_EXAMPLE_BYTES)
        if stop - at < MAX_EXAMPLE_BYTES and not end:
            return Cut(0)
    return Cut(stop - at, finding=Finding("noise", at, data[at:stop]))


# Payloads


def state_payload(state: State) -> bytes:
    """The answer to STATE."""
    return state.first.to_bytes(4) + state.last.to_bytes(4) + bytes((round(state.used * 100),))


def state_of(payload: bytes) -> State | None:
    """What an answer to STATE says; None where it is none."""
    if len(payload) != 9 or payload[8] > 100:
        return None
    first, last = int.from_bytes(payload[:4]), int.from_bytes(payload[4:8])
    return State(first, last, payload[8] / 100) if last >= first - 1 else None


def read_payload(first: int, count: int) -> bytes:
    """The question READ_RECORDS: up to `count` records from number `first` on."""
    return first.to_bytes(4) + bytes((count,))
