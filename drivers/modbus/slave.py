"""The other end of a Modbus wire, for twins: units with memory, and a thread that answers for them."""

import time
from collections.abc import Callable, Iterable
from threading import Event, RLock, Thread

from pymodbus.pdu import bit_message, register_message

from drivers.modbus.frames import (
    BIT_READS,
    ERROR_FLAG,
    READ_COILS,
    READ_HOLDING,
    READ_INPUT_REGISTERS,
    READ_INPUTS,
    READS,
    TCP_HEAD_BYTES,
    WRITE_COIL,
    crc_is_right,
    question_size,
    rtu,
    tcp,
    tcp_size,
)
from drivers.port import DeviceLost
from drivers.transports import Line
from drivers.transports.pace import write_paced

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
PENDING_BYTES_MAX = 1024
_READ_S = 0.1
_UNPLUGGED_S = 0.05
_ON = 0xFF00


class Slave:
    """One unit's coils, inputs and registers. Any thread may change them. `before` runs before each answer, for a model to set
    its inputs; `on_coil(number, on)` when a coil was written. Both run with `lock` held."""

    def __init__(self, unit: int = 1, *, coils: int = 8, inputs: int = 8, registers: int = 64) -> None:
        self.unit = unit
        self.lock = RLock()
        self.before: Callable[[], None] | None = None
        self.on_coil: Callable[[int, bool], None] | None = None
        self.refusal = 0
        """An exception code to answer everything with, or 0."""
        self._bits: dict[int, list[bool]] = {READ_COILS: [False] * coils, READ_INPUTS: [False] * inputs}
        self._words: dict[int, list[int]] = {READ_HOLDING: [0] * registers, READ_INPUT_REGISTERS: [0] * registers}

    def set_input(self, number: int, on: bool) -> None:
        """Close or open an input's circuit."""
        with self.lock:
            self._bits[READ_INPUTS][number] = on

    def coil(self, number: int) -> bool:
        """Whether a relay is on."""
        with self.lock:
            return self._bits[READ_COILS][number]

    def set_register(self, number: int, value: int, *, holding: bool = False) -> None:
        """Set a register to `value`, 0 to 65,535, or to a negative value as its two's complement."""
        with self.lock:
            self._words[READ_HOLDING if holding else READ_INPUT_REGISTERS][number] = value & 0xFFFF

    def answer(self, pdu: bytes) -> bytes:
        """The answer to a question. Never raises: a question that is wrong is refused with Modbus's own codes."""
        with self.lock:
            if self.before is not None:
                self.before()
            function = pdu[0]
            if self.refusal:
                return bytes((function | ERROR_FLAG, self.refusal))
            if function not in READS | {WRITE_COIL}:
                return bytes((function | ERROR_FLAG, ILLEGAL_FUNCTION))
            if len(pdu) != 5:
                return bytes((function | ERROR_FLAG, ILLEGAL_VALUE))
            address, value = int.from_bytes(pdu[1:3], "big"), int.from_bytes(pdu[3:5], "big")
            return self._write(pdu, address, value) if function == WRITE_COIL else self._read(function, address, value)

    def _read(self, function: int, address: int, quantity: int) -> bytes:
        limit = bit_message.ReadCoilsRequest.MAX_COUNT if function in BIT_READS else 125
        if not 1 <= quantity <= limit:
            return bytes((function | ERROR_FLAG, ILLEGAL_VALUE))
        cells: list[bool] | list[int] = self._bits[function] if function in BIT_READS else self._words[function]
        if address + quantity > len(cells):
            return bytes((function | ERROR_FLAG, ILLEGAL_ADDRESS))
        wanted = cells[address : address + quantity]
        if function in BIT_READS:
            return bytes((function,)) + bytes(bit_message.ReadCoilsResponse(bits=wanted).encode())
        return bytes((function,)) + bytes(register_message.ReadHoldingRegistersResponse(registers=wanted).encode())

    def _write(self, pdu: bytes, address: int, value: int) -> bytes:
        if value not in (0, _ON):
            return bytes((WRITE_COIL | ERROR_FLAG, ILLEGAL_VALUE))
        if address >= len(self._bits[READ_COILS]):
            return bytes((WRITE_COIL | ERROR_FLAG, ILLEGAL_ADDRESS))
        self._bits[READ_COILS][address] = value == _ON
        if self.on_coil is not None:
            self.on_coil(address, value == _ON)
        return pdu


class SlaveLine:
    """Answers on `line` for its slaves, from `start` to `stop`. `baud` paces the answers, None does not; `framing` is rtu or tcp.

    `bend`, when set, changes each answer on its way, damage included."""

    def __init__(
        self,
        line: Line,
        slaves: Iterable[Slave],
        *,
        baud: int | None = 9600,
        framing: str = "rtu",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.line = line
        self.slaves = {slave.unit: slave for slave in slaves}
        self._silent: set[int] = set()
        self.bend: Callable[[bytes], bytes] | None = None
        self.answered = 0
        self.dropped_bytes = 0
        self._baud = baud
        self._take = _take_rtu if framing == "rtu" else _take_tcp
        self._resets_on_silence = framing == "rtu"
        self._sleep = sleep
        self._stop = Event()
        self._thread = Thread(target=self._serve, name="modbus-slaves", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; returns when the thread has ended. The line stays."""
        self._stop.set()
        self._thread.join()

    def go_silent(self, unit: int) -> None:
        """The unit hears and says nothing, as one without power."""
        self._silent.add(unit)

    def speak(self, unit: int) -> None:
        """The unit answers again."""
        self._silent.discard(unit)

    def _serve(self) -> None:
        pending = b""
        while not self._stop.is_set():
            try:
                data = self.line.read(256, _READ_S)
            except DeviceLost:
                pending = b""
                self._stop.wait(_UNPLUGGED_S)
                continue
            if not data and self._resets_on_silence:
                self.dropped_bytes += len(pending)
                pending = b""
            pending = self._answer_all(pending + data)

    def _answer_all(self, pending: bytes) -> bytes:
        """Answer each whole question of `pending`; returns what is left."""
        while pending:
            used, unit, pdu, transaction = self._take(pending)
            if not used:
                break
            pending = pending[used:]
            slave = self.slaves.get(unit)
            if not pdu:
                self.dropped_bytes += used
            elif slave is not None and unit not in self._silent:
                self._send(slave, pdu, transaction)
        return pending[-PENDING_BYTES_MAX:]

    def _send(self, slave: Slave, pdu: bytes, transaction: int) -> None:
        answer = slave.answer(pdu)
        frame = rtu(slave.unit, answer) if self._take is _take_rtu else tcp(slave.unit, answer, transaction)
        if self.bend is not None:
            frame = self.bend(frame)
        self.answered += 1
        if self._baud is None:
            self.line.write(frame)
        else:
            write_paced(self.line.write, frame, self._baud, self._sleep)


Taken = tuple[int, int, bytes, int]
"""Bytes used (0: more is needed), unit, question (empty: they were none), transaction."""


def _take_rtu(data: bytes) -> Taken:
    size = question_size(data)
    if size == 0 or (size and size > len(data)):
        return 0, 0, b"", 0
    if size and crc_is_right(data[:size]):
        return size, data[0], data[1 : size - 2], 0
    return 1, 0, b"", 0


def _take_tcp(data: bytes) -> Taken:
    size = tcp_size(data)
    if size is None:
        return len(data), 0, b"", 0
    if not size or size > len(data):
        return 0, 0, b"", 0
    return size, data[TCP_HEAD_BYTES - 1], data[TCP_HEAD_BYTES:size], int.from_bytes(data[:2], "big")
