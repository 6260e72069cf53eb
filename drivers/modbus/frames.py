"""Modbus frames, sans-IO: questions and answers as PDUs, and how they are wrapped on a serial line (RTU) and on TCP.

Addresses of coils, inputs and registers are those on the wire, from 0.
"""

import math
from functools import lru_cache
from typing import Final, NamedTuple

from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU, bit_message, register_message

READ_COILS: Final = 1
READ_INPUTS: Final = 2
READ_HOLDING: Final = 3
READ_INPUT_REGISTERS: Final = 4
WRITE_COIL: Final = 5
BIT_READS: Final = frozenset((READ_COILS, READ_INPUTS))
READS: Final = frozenset((READ_COILS, READ_INPUTS, READ_HOLDING, READ_INPUT_REGISTERS))
KNOWN: Final = READS | {5, 6, 15, 16}
"""The functions that a capture may hold; a byte that names another one does not begin a frame."""

ERROR_FLAG: Final = 0x80
UNIT_MAX: Final = 255
"""Serial units end at 247 by the book; boards that answer to 254 or 255 are sold all the same."""
RTU_BYTES_MAX: Final = 256
TCP_HEAD_BYTES: Final = 7
_SHORTEST_RTU: Final = 5
_PDU_BYTES_MAX: Final = 253

_QUESTIONS: Final = {
    READ_COILS: bit_message.ReadCoilsRequest,
    READ_INPUTS: bit_message.ReadDiscreteInputsRequest,
    READ_HOLDING: register_message.ReadHoldingRegistersRequest,
    READ_INPUT_REGISTERS: register_message.ReadInputRegistersRequest,
}
_as_question: Final = DecodePDU(is_server=True)
_as_answer: Final = DecodePDU(is_server=False)


class Asked(NamedTuple):
    """What a reading question asks for."""

    function: int
    address: int
    quantity: int

    @property
    def answer_bytes(self) -> int:
        """How many bytes of data its answer carries."""
        return math.ceil(self.quantity / 8) if self.function in BIT_READS else 2 * self.quantity


def read_pdu(asked: Asked) -> bytes:
    """The question as it is sent. Raises ValueError when the address or the count is out of Modbus's range."""
    return _pdu(_QUESTIONS[asked.function](address=asked.address, count=asked.quantity))


def write_coil_pdu(address: int, on: bool) -> bytes:
    """The question that switches one coil; its answer is the same bytes."""
    return _pdu(bit_message.WriteSingleCoilRequest(address=address, bits=[on]))


def fits(asked: Asked, pdu: bytes) -> bool:
    """Whether `pdu` is a whole answer to `asked`."""
    return len(pdu) >= 2 and pdu[0] == asked.function and pdu[1] == asked.answer_bytes and len(pdu) == 2 + pdu[1]


def bits_of(asked: Asked, pdu: bytes) -> dict[int, bool]:
    """State by address, from an answer that fits."""
    answer = bit_message.ReadCoilsResponse()
    answer.decode(pdu[1:])
    return {asked.address + at: bool(bit) for at, bit in enumerate(answer.bits[: asked.quantity])}


def words_of(pdu: bytes) -> tuple[int, ...]:
    """Register values, from an answer that fits."""
    answer = register_message.ReadHoldingRegistersResponse()
    answer.decode(pdu[1:])
    return tuple(answer.registers)


def exception_of(pdu: bytes) -> str | None:
    """`exception_NN` when the unit refused, or None."""
    if len(pdu) == 2 and pdu[0] & ERROR_FLAG:
        return f"exception_{pdu[1]:02d}"
    return None


@lru_cache(maxsize=256)
def rtu(unit: int, pdu: bytes) -> bytes:
    """The frame on a serial line. Polls and relays say the same few things again and again: these are kept."""
    body = bytes((unit,)) + pdu
    return body + _crc(body)


def tcp(unit: int, pdu: bytes, transaction: int) -> bytes:
    """The frame on TCP."""
    return transaction.to_bytes(2, "big") + b"\x00\x00" + (len(pdu) + 1).to_bytes(2, "big") + bytes((unit,)) + pdu


def crc_is_right(frame: bytes) -> bool:
    """Whether the last two bytes are the CRC of those before."""
    return len(frame) >= _SHORTEST_RTU - 1 and _crc(frame[:-2]) == frame[-2:]


def answer_size(data: bytes) -> int | None:
    """Length of the RTU answer that `data` begins with: 0 when more is needed to know, None when it cannot be one."""
    return _size(_as_answer, data, allow_exception=True)


def question_size(data: bytes) -> int | None:
    """Length of the RTU question that `data` begins with: 0 when more is needed to know, None when it cannot be one."""
    return _size(_as_question, data, allow_exception=False)


def tcp_size(data: bytes) -> int | None:
    """Length of the TCP frame that `data` begins with: 0 when more is needed to know, None when it cannot be one."""
    if len(data) < TCP_HEAD_BYTES:
        return 0
    protocol, length = int.from_bytes(data[2:4], "big"), int.from_bytes(data[4:6], "big")
    if protocol or not 2 <= length <= _PDU_BYTES_MAX + 1:
        return None
    return 6 + length


def _size(decoder: DecodePDU, data: bytes, *, allow_exception: bool) -> int | None:
    if len(data) < 2:
        return 0
    function = data[1]
    if function & ~ERROR_FLAG not in KNOWN or (function & ERROR_FLAG and not allow_exception):
        return None
    size = int(decoder.lookupPduClass(data).calculateRtuFrameSize(data))
    return size if size <= RTU_BYTES_MAX else None


def _pdu(message: "bit_message.ReadCoilsRequest") -> bytes:
    return bytes((message.function_code,)) + bytes(message.encode())


def _crc(body: bytes) -> bytes:
    return int(FramerRTU.compute_CRC(body)).to_bytes(2, "big")
