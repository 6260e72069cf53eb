"""The other end of an ASCII card reader's wire."""

import time
from collections.abc import Callable
from threading import Lock

from drivers.em_ascii.decode import ETX, STX, encode
from drivers.transports import Line
from drivers.transports.pace import write_paced


class EmAsciiTwin:
    """A reader on `line`, at the speed of `baud`. `crlf`: frames of 16 bytes as an ID-12 sends them, else of 14 as an
    RDM6300 does. May be used by several threads; each call returns when the last byte is on the wire."""

    def __init__(self, line: Line, *, baud: int = 9600, crlf: bool = True, sleep: Callable[[float], None] = time.sleep) -> None:
        self.line = line
        self._baud = baud
        self._end = b"\r\n" if crlf else b""
        self._sleep = sleep
        self._lock = Lock()

    def present(self, facility: int, number: int) -> None:
        """Hold a card to the reader: 8 bits of facility and 32 of number. Raises ValueError when they do not fit."""
        self.send(self._whole(facility, number))

    def damage(self, facility: int, number: int) -> None:
        """The same card with its last digit before the checksum changed on the way."""
        frame = bytearray(self._whole(facility, number))
        frame[10] = ord("0") if frame[10] != ord("0") else ord("1")
        self.send(bytes(frame))

    def cut(self, facility: int, number: int, *, after: int = 7) -> None:
        """The same card, pulled away after `after` bytes of its frame."""
        self.send(self._whole(facility, number)[:after])

    def send(self, data: bytes) -> None:
        """Any bytes, as noise would be."""
        with self._lock:
            write_paced(self.line.write, data, self._baud, self._sleep)

    def _whole(self, facility: int, number: int) -> bytes:
        return bytes((STX,)) + encode(facility, number) + self._end + bytes((ETX,))
