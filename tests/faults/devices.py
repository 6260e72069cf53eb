"""Wires that carry noise, and that are pulled out: real drivers on pseudo-terminals, in a real agent with a real spool."""

import os
import pty
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from contract.readings import CardRead
from drivers.em_ascii.decode import ETX, STX, EmAsciiOptions, encode
from drivers.table import driver_kind
from drivers.wiegand.decode import WiegandOptions
from drivers.wiegand.formats import DEFAULTS
from drivers.wiegand.formats import encode as wiegand_frame
from edge.config import DeviceSettings
from edge.names import pseudonymous
from tests.faults.row import Row, Tally
from tests.support.agent_rig import CARD_KEY, Rig
from tests.support.lives import wait_for

BURST = 20


class RealRig(Rig):
    """The rig with the shipped drivers."""

    def kind(self, name: str) -> Any:
        return driver_kind(name)


class Wire:
    """A pseudo-terminal under a name that stays when the device is pulled out and put back."""

    def __init__(self, name: Path) -> None:
        self.name = name
        self.master = -1
        self._slave = -1
        self.plug()

    def plug(self) -> None:
        self.master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        link = self.name.with_suffix(".new")
        link.symlink_to(os.ttyname(self._slave))
        link.replace(self.name)

    def unplug(self) -> None:
        for end in (self.master, self._slave):
            if end >= 0:
                os.close(end)
        self.master = self._slave = -1

    def send(self, data: bytes) -> None:
        left = data
        while left:
            left = left[os.write(self.master, left[:512]) :]


def em_frame(number: int) -> bytes:
    return bytes((STX,)) + encode(7, number) + b"\r\n" + bytes((ETX,))


def wiegand_line(number: int) -> bytes:
    return f"{wiegand_frame(DEFAULTS[26], 7, number):026b}\r\n".encode()


def damaged(frame: bytes, form: str, random: Random) -> bytes:
    """One fault that the frame's own check must notice: a digit turned, lost or doubled, the end cut off; or noise."""
    first, last = (1, 12) if form == "em_ascii" else (0, 25)
    at = random.randint(first, last)
    what = random.randrange(5)
    if what == 0:
        other = b"01" if form == "wiegand" else b"0123456789ABCDEF"
        return frame[:at] + bytes((random.choice(other.replace(frame[at : at + 1], b"")),)) + frame[at + 1 :]
    if what == 1:
        return frame[:at] + frame[at + 1 :]
    if what == 2:
        return frame[:at] + frame[at : at + 1] + frame[at:]
    if what == 3:
        # Two halves of Wiegand frames on one line may by chance be a card, as only 2 of 26 bits are a check: end the line.
        return frame[:at] + (b"\r\n" if form == "wiegand" else b"")
    return bytes(random.choice(range(0x80, 0x100)) for _ in range(random.randint(1, 60)))


READERS = {"em_ascii": (EmAsciiOptions(), em_frame, 40), "wiegand": (WiegandOptions(), wiegand_line, 26)}


@contextmanager
def rig_on(folder: Path, form: str) -> Iterator[tuple[RealRig, Wire]]:
    """An agent with one reader on a pseudo-terminal."""
    folder.mkdir(parents=True)
    wire = Wire(folder / "tty")
    options = READERS[form][0]
    rig = RealRig(folder, (DeviceSettings("reader", form, f"serial://{wire.name}", options),))
    try:
        rig.agent.start()
        rig.wait("device_link", "reader")
        yield rig, wire
    finally:
        rig.agent.stop()
        wire.unplug()


def cards_of(rig: RealRig) -> list[str]:
    """The cards that the reader has read, by the names they get."""
    return [str(record.reading.card) for record in rig.records("card_read", "reader")]


def _wait_for_card(rig: RealRig, name: str) -> None:
    wait_for(lambda: name in cards_of(rig)[-4:], "the card after the fault", 30)


def card_name(number: int, bits: int) -> str:
    """What a card is called once it has left its driver."""
    return str(pseudonymous(CardRead(bits=bits, facility=7, number=number), CARD_KEY).card)


def damaged_frames(folder: Path, tries: int, random: Random) -> Tally:
    """After each burst of damage the first good frame may be lost in it; the second is read, and no card that nobody showed."""
    violations: list[str] = []
    for form, (_, frame, bits) in READERS.items():
        with rig_on(folder / form, form) as (rig, wire):
            shown, wanted = set(), []
            for number in range(1, tries // 2 // BURST + 2):
                spoilt, good = 2 * number % 60_000, (2 * number + 1) % 60_000
                for _ in range(BURST):
                    wire.send(damaged(frame(good), form, random))
                wire.send(frame(spoilt) + frame(good))
                shown |= {card_name(spoilt, bits), card_name(good, bits)}
                wanted.append(card_name(good, bits))
                try:
                    _wait_for_card(rig, wanted[-1])
                except AssertionError as error:
                    violations.append(str(error))
            read = cards_of(rig)
            if false := [card for card in read if card not in shown]:
                violations.append(f"{form}: {len(false)} cards that nobody showed")
            if [card for card in read if card in set(wanted)] != wanted:
                violations.append(f"{form}: the good cards were not each read once and in order")
    return Tally(tries, violations)


def unplugged(folder: Path, tries: int, random: Random) -> Tally:
    """The port goes away and comes back: the agent says so both times, and reads on."""
    violations: list[str] = []
    with rig_on(folder / "unplug", "em_ascii") as (rig, wire):
        for number in range(1, tries + 1):
            wire.send(em_frame(number)[: random.randint(0, 15)])
            wire.unplug()
            try:
                rig.wait("device_link", "reader", 2 * number)
                wire.plug()
                rig.wait("device_link", "reader", 2 * number + 1)
                wire.send(em_frame(number))
                _wait_for_card(rig, card_name(number, 40))
            except AssertionError as error:
                violations.append(str(error))
                break
        links = [record.reading.up for record in rig.records("device_link", "reader")]
        if links != [at % 2 == 0 for at in range(len(links))]:
            violations.append(f"the link's readings do not alternate: {links[:20]}")
        if len(cards_of(rig)) != tries:
            violations.append(f"{tries} cards were shown, {len(cards_of(rig))} read")
    return Tally(tries, violations)


ROWS = (
    Row("P1 P3", "damaged frames and noise on a serial line", 500_000, 1200, damaged_frames),
    Row("P1", "serial port pulled out and back", 500, 8, unplugged),
)
