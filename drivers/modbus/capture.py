"""A capture of an RTU line, sans-IO: questions and answers, mixed, without timing, and damage in between."""

from collections.abc import Iterable
from typing import NamedTuple

from drivers.modbus.frames import (
    ERROR_FLAG,
    READS,
    RTU_BYTES_MAX,
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

    A question names what the next answer of its unit tells; an answer without a question is taken for one to the first of
    `assumed` that it fits, in turn, and tells nothing when its function is none of theirs. Other units' questions and answers are
    passed over; an answer of another unit that nobody asked for is a finding `wrong_unit`, as the capture was then made for
    another board. A refusal is `exception_NN`; an answer of another length than asked for `mismatch`; bytes that are no frame
    `crc`; a frame that the end cuts off `truncated`. What comes out does not depend on how the bytes are cut into pieces.
    """

    def __init__(self, unit: int, assumed: Iterable[Asked]) -> None:
        self._unit = unit
        self._turns = list(assumed)
        self._asked: dict[int, Asked] = {}
        self._bad = 0  # leading bytes of the caller's buffer that begin no frame

    def split(self, data: bytes, *, end: bool) -> tuple[int, list[Answer | Finding]]:
        """How many bytes are done with, and what they were, in order."""
        items: list[Answer | Finding] = []
        start = 0
        at = self._bad
        while at < len(data):
            head = data[at : at + RTU_BYTES_MAX]
            size, is_answer = self._frame_at(head, end=end)
            if size == 0:
                break
            if size is None:
                at += 1
                if at - start == DAMAGE_BYTES_MAX:
                    items.append(_damage(data, start, at))
                    start = at
                continue
            if at > start:
                items.append(_damage(data, start, at))
            items += self._answer(head[:size], at) if is_answer else self._question(head[:size])
            start = at = at + size
        if end and start < len(data):
            items.append(_damage(data, start, len(data)))
            start = at = len(data)
        self._bad = at - start
        return start, items

    def _frame_at(self, head: bytes, *, end: bool) -> tuple[int | None, bool]:
        """Length of the frame that `head` begins with, and whether it is an answer; 0 when that cannot be known yet, None when
        none begins there.

        A frame with its CRC and a zero byte behind it has a right CRC too, so a length alone proves little: an answer that is due
        is tried first, and else the shorter reading."""
        question, answer = question_size(head), answer_size(head)
        if 0 in (question, answer) and not end:
            return 0, False
        is_read = len(head) > 2 and head[1] in READS
        due = is_read and any(asked.answer_bytes == head[2] for asked in self._due(head[0], head[1]))
        readings = [(size, is_answer) for size, is_answer in ((question, False), (answer, is_read or not question)) if size]
        readings.sort(key=lambda reading: (due and not reading[1], reading[0], reading[1]))
        for size, is_answer in readings:
            if size > len(head):
                if not end:
                    return 0, False
            elif crc_is_right(head[:size]):
                return size, is_answer
        return None, False

    def _due(self, unit: int, function: int) -> list[Asked]:
        """The questions that an answer of `unit` may belong to: its last one, or else those that are assumed."""
        asked = self._asked.get(unit)
        if asked is not None and asked.function == function:
            return [asked]
        return [turn for turn in self._turns if turn.function == function] if unit == self._unit else []

    def _question(self, frame: bytes) -> list[Answer | Finding]:
        unit, function = frame[0], frame[1]
        self._asked.pop(unit, None)
        if function in READS:
            self._asked[unit] = Asked(function, int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big"))
        return []

    def _answer(self, frame: bytes, offset: int) -> list[Answer | Finding]:
        unit, pdu = frame[0], frame[1:-2]
        function = pdu[0] & ~ERROR_FLAG
        asked = self._asked.pop(unit, None)
        if unit != self._unit:
            was_asked = asked is not None and asked.function == function
            return [] if was_asked else [Finding("wrong_unit", offset, frame)]
        if (refusal := exception_of(pdu)) is not None:
            return [Finding(refusal, offset, frame)]
        if asked is not None and asked.function == function:
            return [Answer(asked, pdu, offset)] if fits(asked, pdu) else [Finding("mismatch", offset, frame)]
        turns = [turn for turn in self._turns if turn.function == function]
        for turn in turns:
            if fits(turn, pdu):
                self._turns.remove(turn)
                self._turns.append(turn)
                return [Answer(turn, pdu, offset)]
        return [Finding("mismatch", offset, frame)] if turns else []


def _damage(data: bytes, start: int, stop: int) -> Finding:
    """`truncated` when the frame that seems to begin at `start` is not all there, and `crc` otherwise."""
    head = data[start:]
    sizes = [size for size in (question_size(head), answer_size(head)) if size is not None]
    cut_off = bool(sizes) and stop == len(data) and all(size == 0 or size > len(head) for size in sizes)
    return Finding("truncated" if cut_off else "crc", start, data[start:stop])
