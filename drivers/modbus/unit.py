"""One unit on a bus, asked patiently but not for ever."""

from collections.abc import Callable
from threading import Event
from typing import Protocol

from drivers.modbus.bus import Bus, Heard
from drivers.modbus.frames import (
    READ_COILS,
    Asked,
    bits_of,
    exception_of,
    fits,
    read_pdu,
    words_of,
    write_coil_pdu,
)
from drivers.port import DeviceLost, Finding

TRIES = 3
POLLS_MISSED_MAX = 3
"""After as many polls in a row without an answer the device is lost; each poll is TRIES questions."""

_WORTH_ANOTHER_TRY = frozenset(("exception_05", "exception_06", "exception_11", "mismatch"))
"""Busy for long, busy, a gateway that heard nothing, an answer to something else: the same question may succeed."""
_SILENT = frozenset(("timeout", "exception_11"))


class NoAnswer(Exception):
    """The unit did not answer, or refused. The message is a name: `timeout`, `crc`, `mismatch`, `exception_02`…"""


class Board(Protocol):
    """What relays need of a `Unit`. Both raise NoAnswer and DeviceLost."""

    def write_coil(self, address: int, on: bool) -> None:
        """Switch a coil; returns when the unit has confirmed."""
        ...

    def begin_coil(self, address: int, on: bool) -> Callable[[], None] | None:
        """Switch a coil without waiting; what is returned must be called once: it returns and raises as `write_coil` does. None,
        and nothing was done, where the line is not free. Never raises."""
        ...

    def coil(self, address: int) -> bool:
        """Whether a coil is on."""
        ...


class Unit:
    """A slave with its number. `report` gets what was heard and not understood, from the thread that asks. Once `stop` is set
    nothing is asked twice, so that a silent unit does not hold up those who want to leave."""

    def __init__(self, bus: Bus, number: int, timeout_s: float, report: Callable[[Finding], None], stop: Event) -> None:
        self._bus = bus
        self._number = number
        self._timeout_s = timeout_s
        self._report = report
        self._stop = stop

    def bits(self, asked: Asked) -> dict[int, bool]:
        """States of coils or inputs by address. Raises NoAnswer and DeviceLost."""
        return bits_of(asked, self._ask(read_pdu(asked), lambda pdu: fits(asked, pdu)))

    def words(self, asked: Asked) -> tuple[int, ...]:
        """Register values. Raises NoAnswer and DeviceLost."""
        return words_of(self._ask(read_pdu(asked), lambda pdu: fits(asked, pdu)))

    def write_coil(self, address: int, on: bool) -> None:
        """Switch a coil; returns when the unit has confirmed. What a relay does goes before polls that wait for the line. Raises
        NoAnswer and DeviceLost."""
        question = write_coil_pdu(address, on)
        self._ask(question, lambda pdu: pdu == question, urgent=True)

    def begin_coil(self, address: int, on: bool) -> Callable[[], None] | None:
        """Ask for a coil at once where the line is free. What is returned must be called once, from any thread: it waits for the
        answer, and returns and raises as `write_coil` does. None: nothing was asked. Never raises."""
        question = write_coil_pdu(address, on)
        first = self._bus.begin(self._number, question, self._timeout_s)
        if first is None:
            return None

        def confirmed() -> None:
            self._ask(question, lambda pdu: pdu == question, urgent=True, first=first)

        return confirmed

    def coil(self, address: int) -> bool:
        """Whether a coil is on, asked before polls that wait. Raises NoAnswer and DeviceLost."""
        asked = Asked(READ_COILS, address, 1)
        return bits_of(asked, self._ask(read_pdu(asked), lambda pdu: fits(asked, pdu), urgent=True))[address]

    def _ask(
        self,
        question: bytes,
        is_whole: Callable[[bytes], bool],
        *,
        urgent: bool = False,
        first: Callable[[], Heard] | None = None,
    ) -> bytes:
        """`first`: what the first question, which is under way, has brought."""
        reason = "timeout"
        for _ in range(TRIES):
            heard = self._bus.ask(self._number, question, self._timeout_s, urgent=urgent) if first is None else first()
            first = None
            for finding in heard.findings:
                self._report(finding)
            reason = _fault(heard, is_whole)
            if not reason and heard.pdu is not None:
                return heard.pdu
            if heard.pdu is not None:
                self._report(Finding(reason, 0, heard.pdu))
                if reason not in _WORTH_ANOTHER_TRY:
                    break
            if self._stop.is_set():
                break
        raise NoAnswer(reason)


class Patience:
    """Counts the polls in a row that told nothing."""

    def __init__(self) -> None:
        self.missed = 0

    def answered(self) -> None:
        """A poll told something."""
        self.missed = 0

    def failed(self, error: NoAnswer) -> None:
        """A poll told nothing. Raises DeviceLost, `timeout` or the fault's name, when it was one too many."""
        self.missed += 1
        if self.missed >= POLLS_MISSED_MAX:
            name = str(error)
            raise DeviceLost("timeout" if name in _SILENT else name) from error


def _fault(heard: Heard, is_whole: Callable[[bytes], bool]) -> str:
    """Why `heard` is no answer to use, or nothing."""
    if heard.pdu is None:
        return heard.findings[-1].reason if heard.findings else "timeout"
    if is_whole(heard.pdu):
        return ""
    return exception_of(heard.pdu) or "mismatch"
