"""The other end of a Wiegand converter's wire."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Literal

from drivers.transports import Line
from drivers.transports.pace import write_paced
from drivers.wiegand.formats import BY_NAME, DEFAULTS, encode

Form = Literal["bits", "hex"]


class WiegandTwin:
    """A reader and its converter on `line`, at the speed of `baud`. May be used by several threads; each call returns when
    the last byte is on the wire."""

    def __init__(self, line: Line, *, baud: int = 9600, form: Form = "bits", sleep: Callable[[float], None] = time.sleep) -> None:
        self.line = line
        self._baud = baud
        self._form = form
        self._sleep = sleep
        self._lock = Lock()

    def present(self, facility: int | None, number: int, bits: int = 26, *, name: str | None = None) -> None:
        """Hold a card to the reader. `name` chooses a format that is not the default of its length. Raises ValueError when
        the card does not fit the format."""
        frame, width = self._frame(facility, number, bits, name)
        self._send(frame, width)

    def damage(self, facility: int | None, number: int, bits: int = 26, *, bit: int = 0, name: str | None = None) -> None:
        """The same card with one bit turned over on the way; `bit` counts from the last one on the wire."""
        frame, width = self._frame(facility, number, bits, name)
        self._send(frame ^ (1 << bit % width), width)

    def cut(self, facility: int | None, number: int, bits: int = 26, *, after: int = 10) -> None:
        """The same card, and the converter loses power after `after` characters of the line."""
        frame, width = self._frame(facility, number, bits, None)
        self.send(self._text(frame, width)[:after])

    def send(self, data: bytes) -> None:
        """Any bytes, as noise would be."""
        with self._lock:
            write_paced(self.line.write, data, self._baud, self._sleep)

    def _frame(self, facility: int | None, number: int, bits: int, name: str | None) -> tuple[int, int]:
        one = BY_NAME[name] if name else DEFAULTS.get(bits)
        if one is None:
            raise ValueError(f"no format has {bits} bits: the lengths are {', '.join(map(str, DEFAULTS))}")
        return encode(one, facility, number), one.bits

    def _send(self, frame: int, bits: int) -> None:
        self.send(self._text(frame, bits) + b"\r\n")

    def _text(self, frame: int, bits: int) -> bytes:
        text = f"{frame:0{bits}b}" if self._form == "bits" else f"{bits}:{frame:0{-(-bits // 4)}X}"
        return text.encode()
