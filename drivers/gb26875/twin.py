"""A fire alarm transmission device: the other end of a GB/T 26875.3 connection."""

from threading import Lock

from contract.clock import Clock
from drivers.gb26875.frames import (
    CONFIRM,
    FRAME_BYTES_MAX,
    SEND,
    Frame,
    cut,
    frame_bytes,
    time_bytes,
)
from drivers.gb26875.units import TEXT_BYTES
from drivers.transports.dial import Dialler, NotAnswered
from drivers.zones import zone_of

ANSWER_S = 10.0
TRIES = 3
VERSION = b"\x01\x01"
NORMAL, FIRE, FAULT = 1 << 0, 1 << 1, 1 << 2


class Gb26875Twin:
    """A transmitter of the address `source` that dials `line`. A message that is not confirmed is said again, TRIES times in all.
    `off_s`: how far its clock is ahead. May be used by several threads."""

    def __init__(self, line: Dialler, clock: Clock, *, source: int = 889, target: int = 1, off_s: float = 0.0) -> None:
        self.line = line
        self.answers: list[Frame] = []
        self.off_s = off_s
        self._clock = clock
        self._source = source
        self._target = target
        self._serial = -1
        self._lock = Lock()
        self._zone = zone_of("Asia/Shanghai")

    def fire(self, zone: int, number: int, text: str = "", *, part: int = 40) -> bool:
        """A detector sees fire. Returns whether that was confirmed."""
        return self.part(zone, number, FIRE, text, part=part)

    def calm(self, zone: int, number: int, text: str = "", *, part: int = 40) -> bool:
        """The part is well."""
        return self.part(zone, number, NORMAL, text, part=part)

    def part(self, zone: int, number: int, bits: int, text: str = "", *, part: int = 40) -> bool:
        """A part of system 1-1 tells its state."""
        return self.send(bytes((2, 1)) + self.part_object(zone, number, bits, text, part=part))

    def part_object(self, zone: int, number: int, bits: int, text: str = "", *, part: int = 40) -> bytes:
        """What stands in a message for one part."""
        named = text.encode("gb18030")[:TEXT_BYTES].ljust(TEXT_BYTES, b"\0")
        address = zone.to_bytes(2, "little") + number.to_bytes(2, "little")
        return bytes((1, 1, part)) + address + bits.to_bytes(2, "little") + named + self._now()

    def system(self, bits: int) -> bool:
        """System 1-1 tells its state."""
        return self.send(bytes((1, 1, 1, 1)) + bits.to_bytes(2, "little") + self._now())

    def operate(self, bits: int, operator: int = 1) -> bool:
        """Somebody does something at the panel of system 1-1: bit 0 resets it."""
        return self.send(bytes((4, 1, 1, 1, bits, operator)) + self._now())

    def transmitter(self, bits: int) -> bool:
        """The transmitter tells its own state."""
        return self.send(bytes((21, 1, bits)) + self._now())

    def beat(self) -> bool:
        """Nothing to say, and still there."""
        return self.send(b"")

    def damage(self, bits: int) -> None:
        """A part's state, with a byte changed on the way; it is denied, and not said again."""
        with self._lock:
            message = bytearray(self.frame(bytes((2, 1)) + self.part_object(9, 9, bits)))
            message[-10] ^= 1
            self.ask(bytes(message))

    def frame(self, unit: bytes, command: int = SEND) -> bytes:
        """The next message as it goes over the wire."""
        self._serial = (self._serial + 1) % 65_536
        return frame_bytes(Frame(self._serial, VERSION, self._now(), self._source, self._target, command, unit))

    def send(self, unit: bytes) -> bool:
        """Any data unit. Returns whether it was confirmed."""
        with self._lock:
            message = self.frame(unit)
            answers = (self.ask(message) for _ in range(TRIES))
            return any(answer is not None and answer.command == CONFIRM for answer in answers)

    def ask(self, message: bytes) -> Frame | None:
        """Any bytes, and what comes back; None where nothing does."""
        try:
            self.line.say(message)
            answer = self.line.answer(lambda data: cut(data, 0, end=False).used, ANSWER_S)
        except NotAnswered:
            return None
        frame = cut(answer, 0, end=len(answer) < FRAME_BYTES_MAX).frame
        if frame is not None:
            self.answers.append(frame)
        return frame

    def _now(self) -> bytes:
        return time_bytes(self._clock.now_us() + round(self.off_s * 1_000_000), self._zone)
