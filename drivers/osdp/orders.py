"""What can be asked of a reader, as the commands that do it. Pure."""

import struct
from collections.abc import Mapping
from typing import Final, NamedTuple

from contract.clock import US_PER_S
from drivers.osdp.codes import BUZ, LED, OUT

UNLOCK_S_MAX: Final = 60.0
_TENTH_US: Final = US_PER_S // 10
_OUT_OFF: Final = 1
_OUT_ON_FOR: Final = 5
_LED_FOR: Final = 2
_RED: Final = 1
_GREEN: Final = 2
_TONE: Final = 2
_SHOWN_TENTHS: Final = 20


class Command(NamedTuple):
    """A command's code and data."""

    code: int
    data: bytes


def output_off(number: int) -> Command:
    """Switch an output off, whatever timer runs."""
    return Command(OUT, struct.pack("<BBH", number, _OUT_OFF, 0))


def output_on_for(number: int, for_us: int) -> Command:
    """Switch an output on. The reader itself switches it off again: no lost command can leave it on."""
    return Command(OUT, struct.pack("<BBH", number, _OUT_ON_FOR, max(1, round(for_us / _TENTH_US))))


def _led(colour: int) -> Command:
    shown = struct.pack("<BBBBBBBH", 0, 0, _LED_FOR, _SHOWN_TENTHS, 0, colour, 0, _SHOWN_TENTHS)
    return Command(LED, shown + bytes(5))  # the permanent colour stays


def _buzzer(on_tenths: int, off_tenths: int, times: int) -> Command:
    return Command(BUZ, bytes((0, _TONE, on_tenths, off_tenths, times)))


ANSWERS: Final[Mapping[str, tuple[Command, ...]]] = {
    "granted": (_led(_GREEN), _buzzer(2, 0, 1)),
    "refused": (_led(_RED), _buzzer(1, 1, 3)),
}
"""What somebody with a card sees and hears: green and one long tone, red and three short ones."""
