"""A capture of an RTU line, sans-IO: questions and answers, mixed, without timing, and damage in between."""

from collections.abc import Callable
from typing import NamedTuple

from drivers.modbus.frames import (
    ERROR_FLAG,
    READS,
    Asked,
    answer_size,
    crc_is_right,
    exception_of,
    fits,
    question_size,
)
from drivers.port import Finding

DAMAGE_BYTES_MAX = 256
"""Damage is reported in findings of at most this many bytes, so that endless noise needs no endless memory."""


class Answer(NamedTuple):
    """What one unit answered, and to which question: the one in the capture, or the one that is assumed."""

    asked: Asked
    pdu: bytes
    offset: int


class Capture:
    """Splits a capture into the answers of one unit and findings.

    A question names what the next answer of its unit tells; an answer without a question tells what `assumed(function)` says,
    or nothing where that is None. Other units' questions and answers are passed over; an answer of another unit that nobody
    asked for is a finding `wrong_unit`, as the capture was then made for another board. A refusal is `exception_NN`; an answer
    of another length than asked for `mismatch`; bytes that are no frame `crc`; a frame that the end cuts off `truncated`.
    What comes out does not depend on how the bytes are cut into pieces.
    """

    def __init__(self, unit: int, assumed: Callable[[int], Asked | None]) -> None:
        self._unit = unit
        self._assumed = assumed
        self._asked: dict[int, Asked] = {}
        self._bad = 0  # leading bytes of the caller's buffer that begin no frame

    def split(self, data: bytes, *, end: bool) -> tuple[int, list[Answer | Finding]]:
        """How many bytes are done with, and what they were, in order."""
        items: list[Answer | Finding] = []
        start = 0
        at = self._bad
        while at < len(data):
            size = _frame_size(data, at)
            if size == 0 and not end:
                break
            if not size:
                at += 1
                if at - start == DAMAGE_BYTES_MAX:
                    items.append(_damage(data, start, at))
                    start = at
                continue
            if at > start:
                items.append(_damage(data, start, at))
            items += self._frame(data[at : at + size], at)
            start = at = at + size
        if end and start < len(data):
            items.append(_damage(data, start, len(data)))
            start = at = len(data)
        self._bad = at - start
        return start, items

    def _frame(self, frame: bytes, offset: int) -> list[Answer | Finding]:
        unit, pdu = frame[0], frame[1:-2]
        function = pdu[0] & ~ERROR_FLAG
        asked = self._asked.get(unit)
        if asked is not None and asked.function != function:
            asked = None
        if self._is_question(frame, asked):
            self._asked.pop(unit, None)
            if function in READS:
                self._asked[unit] = Asked(function, int.from_bytes(pdu[1:3], "big"), int.from_bytes(pdu[3:5], "big"))
            return []
        self._asked.pop(unit, None)
        if unit != self._unit:
            return [] if asked else [Finding("wrong_unit", offset, frame)]
        if (refusal := exception_of(pdu)) is not None:
            return [Finding(refusal, offset, frame)]
        if asked is None:
            asked = self._assumed(function)
        if asked is None:
            return []
        return [Answer(asked, pdu, offset)] if fits(asked, pdu) else [Finding("mismatch", offset, frame)]

    def _is_question(self, frame: bytes, asked: Asked | None) -> bool:
        """A frame of eight bytes may be a question or an answer of three data bytes; a write's answer repeats its question."""
        function = frame[1]
        if function not in READS:
            return not function & ERROR_FLAG
        if question_size(frame) != len(frame):
            return False
        if answer_size(frame) != len(frame):
            return True
        expected = asked or (self._assumed(function) if frame[0] == self._unit else None)
        return expected is None or expected.answer_bytes != frame[2]


def _frame_size(data: bytes, at: int) -> int | None:
    """Length of the whole, undamaged frame at `at`; 0 when that cannot be known yet; None when none begins there.

    The shorter of the two readings is tried first: a frame is taken as soon as it is whole, however it is cut into pieces.
    """
    head = data[at : at + 256]
    sizes = (question_size(head), answer_size(head))
    if all(size is None for size in sizes):
        return None
    if 0 in sizes:
        return 0
    for size in sorted({size for size in sizes if size}):
        if len(head) < size:
            return 0
        if crc_is_right(head[:size]):
            return size
    return None


def _damage(data: bytes, start: int, stop: int) -> Finding:
    """`truncated` when the frame that seems to begin at `start` is not all there, and `crc` otherwise."""
    head = data[start:]
    sizes = [size for size in (question_size(head), answer_size(head)) if size is not None]
    cut_off = bool(sizes) and stop == len(data) and all(size == 0 or size > len(head) for size in sizes)
    return Finding("truncated" if cut_off else "crc", start, data[start:stop])
