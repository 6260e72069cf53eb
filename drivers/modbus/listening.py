"""Hearing the answer to one question, sans-IO: what comes back may be late, somebody else's, damaged, or nothing."""

from typing import Protocol

from drivers.modbus.frames import (
    ERROR_FLAG,
    RTU_BYTES_MAX,
    TCP_HEAD_BYTES,
    answer_size,
    crc_is_right,
    tcp_size,
)
from drivers.port import Finding

HEARD_BYTES_MAX = 2 * RTU_BYTES_MAX
"""A line that babbles on is not listened to for longer."""


class Ear(Protocol):
    """Waits for the answer to one question."""

    answer: bytes | None
    """The PDU of the answer, once it is whole."""
    babble: bool
    """Nothing good can come any more on this connection."""

    def feed(self, data: bytes) -> bool:
        """Hear `data`; whether listening can end."""
        ...

    def findings(self, offset: int) -> list[Finding]:
        """What was heard and is no answer; `offset` is that of the first byte heard."""
        ...


class RtuEar:
    """Finds the answer between noise. Of what is no answer one finding tells: `wrong_unit`, `truncated` or `crc`."""

    def __init__(self, unit: int, function: int) -> None:
        self.answer: bytes | None = None
        self.babble = False
        self._heads = (bytes((unit, function)), bytes((unit, function | ERROR_FLAG)))
        self._unit = unit
        self._heard = bytearray()
        self._answer_at = 0

    def feed(self, data: bytes) -> bool:
        """Hear `data`; whether listening can end."""
        self._heard += data
        heard = bytes(self._heard)
        for at in range(len(heard) - 1):
            if heard[at : at + 2] not in self._heads:
                continue
            size = answer_size(heard[at:])
            if size and at + size <= len(heard) and crc_is_right(heard[at : at + size]):
                self.answer = heard[at + 1 : at + size - 2]
                self._answer_at = at
                return True
        return len(heard) >= HEARD_BYTES_MAX

    def findings(self, offset: int) -> list[Finding]:
        """What was heard and is no answer."""
        rest = bytes(self._heard[: self._answer_at] if self.answer is not None else self._heard)
        return [Finding(self._judged(rest), offset, rest)] if rest else []

    def _judged(self, rest: bytes) -> str:
        size = answer_size(rest)
        if size == 0 or (size and size > len(rest)):
            return "truncated"
        if size and crc_is_right(rest[:size]) and rest[0] != self._unit:
            return "wrong_unit"
        return "crc"


class TcpEar:
    """Takes the answer that bears the question's number. An answer to an earlier question is late and is passed over; one from
    another unit is a finding `wrong_unit`; a head that is none is `bad_header`, after which nothing on the connection is sure."""

    def __init__(self, unit: int, function: int, transaction: int) -> None:
        self.answer: bytes | None = None
        self.babble = False
        self._unit = unit
        self._function = function
        self._transaction = transaction
        self._heard = bytearray()
        self._used = 0
        self._findings: list[Finding] = []

    def feed(self, data: bytes) -> bool:
        """Hear `data`; whether listening can end."""
        self._heard += data
        while size := tcp_size(rest := bytes(self._heard[self._used :])):
            if len(rest) < size:
                break
            self._frame(rest[:size])
            self._used += size
            if self.answer is not None:
                return True
        if size is None:
            self.babble = True
            self._findings.append(Finding("bad_header", self._used, rest))
        return self.babble or len(self._heard) >= HEARD_BYTES_MAX

    def findings(self, offset: int) -> list[Finding]:
        """What was heard and is no answer."""
        found = [finding._replace(offset=offset + finding.offset) for finding in self._findings]
        rest = bytes(self._heard[self._used :])
        if rest and not self.babble and self.answer is None:
            self.babble = True  # the rest may yet come, and would be taken for the beginning of the next answer
            found.append(Finding("truncated", offset + self._used, rest))
        return found

    def _frame(self, frame: bytes) -> None:
        if int.from_bytes(frame[:2], "big") != self._transaction:
            return
        pdu = frame[TCP_HEAD_BYTES:]
        if frame[TCP_HEAD_BYTES - 1] != self._unit:
            self._findings.append(Finding("wrong_unit", self._used, frame))
        elif pdu[0] & ~ERROR_FLAG != self._function:
            self._findings.append(Finding("mismatch", self._used, frame))
        else:
            self.answer = pdu
