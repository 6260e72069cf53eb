"""The driver for panels that report over DC-09: a port where they dial in."""

import secrets
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from contract.clock import US_PER_S, Clock
from contract.readings import AlarmInput, FireInput, PanelEvent, PanelFault, TamperContact
from drivers.dialled import DialledDriver
from drivers.port import MAX_EXAMPLE_BYTES, DriverKind, Finding
from drivers.sia_dc09.cipher import BLOCK_BYTES
from drivers.sia_dc09.decode import Lines, Message, Refused, SiaDc09Decoder, SiaDc09Options, judge
from drivers.sia_dc09.frames import ack, duh, nak
from drivers.talk import Said, Step
from drivers.transports import parse_address
from drivers.transports.hall import check_hosts

SCHEMES = ("listen", "listen-udp")
PAD_CHARS: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
OLD_US: Final = 40 * US_PER_S
EARLY_US: Final = 20 * US_PER_S
ACCOUNTS_KEPT_MAX: Final = 64
ACTIVE_MAX: Final = 4096
AGAIN_US: Final = 120 * US_PER_S
"""How long after a message it may come again because its answer was lost."""


class Book:
    """What one run of the driver remembers of its panels: the last line of each that was taken, so that one that is said again
    because its answer was lost is not told twice; and which zones are active."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[bytes, int]] = {}
        self._active: set[tuple[str | None, str, str]] = set()

    def is_again(self, account: str, line: bytes, now_us: int) -> bool:
        """Whether the line is the panel's last once more, to the last digit. Not for long: a panel that has started anew begins
        its numbers anew, and a second call for help must not look like the first."""
        last, at_us = self._last.get(account, (b"", 0))
        return last == line and abs(now_us - at_us) < AGAIN_US

    def told(self, said: Said, *, still: bool) -> tuple[Said, ...]:
        """What an event says. An alarm of a zone that is active already is a new one, unless it `still` holds: many panels send
        no restoral, of a call for help least of all. The one before is over then."""
        reading = said.reading
        if not isinstance(reading, AlarmInput | FireInput):
            return (said,)
        zone = (said.device, reading.kind, reading.name)
        before = zone in self._active
        if not reading.active:
            self._active.discard(zone)
        elif len(self._active) < ACTIVE_MAX:
            self._active.add(zone)
        over = said._replace(reading=msgspec.structs.replace(reading, active=False))
        return (over, said) if reading.active and before and not still else (said,)

    def taken(self, account: str, line: bytes, now_us: int) -> None:
        """The line is in the log. Of too many accounts the one that spoke longest ago is forgotten."""
        self._last.pop(account, None)
        if len(self._last) >= ACCOUNTS_KEPT_MAX:
            del self._last[next(iter(self._last))]
        self._last[account] = (line, now_us)


class SiaDc09Talk:
    """One connection. See `drivers.dialled.Talk`. `pad`: a block of random bytes, none of them a bracket or a bar."""

    def __init__(self, options: SiaDc09Options, book: Book, pad: Callable[[], bytes]) -> None:
        self._options = options
        self._book = book
        self._pad = pad
        self._lines = Lines()
        self._pending = b""
        self._offset = 0

    def hear(self, data: bytes, now_us: int, *, end: bool = False) -> Iterator[Step]:
        """See `Talk.hear`."""
        self._pending += data
        used, lines = self._lines.cut(self._pending, end=end)
        self._pending = self._pending[used:]
        base, self._offset = self._offset, self._offset + used
        for at, line in lines:
            yield from self._line(base + at, line, now_us)

    def _line(self, at: int, line: bytes, now_us: int) -> Iterator[Step]:
        judged = judge(line, self._options)
        if isinstance(judged, Refused):
            # Damage is not answered: the panel says it again. What came whole and is of no use would only come again.
            yield Step(findings=(_found(judged.reason, at, line),), answer=duh(judged.head) if judged.head else b"")
            return
        off = self._off(judged, now_us)
        if off:
            yield Step(findings=(_found(off, at, line),), answer=nak(now_us))
            return
        yield self._taken(judged, at, line, now_us)
        if judged.readings:
            self._book.taken(judged.head.account, line, now_us)

    def _off(self, message: Message, now_us: int) -> str:
        """Why the message's time is not believed; empty: it is."""
        asked = {"encrypted": message.head.encrypted, "all": True, "none": False}[self._options.timestamps]
        if not asked or message.at_us is None:
            return ""
        if message.at_us < now_us - OLD_US:
            return "too_old"
        return "too_early" if message.at_us > now_us + EARLY_US else ""

    def _taken(self, message: Message, at: int, line: bytes, now_us: int) -> Step:
        panel = message.panel
        again = self._book.is_again(message.head.account, line, now_us)
        events = () if again else tuple(Said(one, panel.device, message.at_us) for one in message.readings)
        return Step(
            said=tuple(one for event in events for one in self._book.told(event, still=message.still)),
            findings=(_found("bad_time", at, line),) if message.bad_time else (),
            answer=ack(message.head, key=panel.key_bytes, pad=self._pad(), now_us=now_us),
            heard=True,
            device=panel.device,
        )


def _found(reason: str, at: int, line: bytes) -> Finding:
    return Finding(reason, at, line[:MAX_EXAMPLE_BYTES])


def random_pad() -> bytes:
    """A block of padding."""
    return bytes(secrets.choice(PAD_CHARS) for _ in range(BLOCK_BYTES))


def make(address: str, options: SiaDc09Options, clock: Clock | None = None) -> DialledDriver:
    """See `DriverKind.make`."""
    where = parse_address(address, schemes=SCHEMES)
    check_hosts(options.hosts)
    book = Book()
    return DialledDriver(
        where,
        lambda: SiaDc09Talk(options, book, random_pad),
        devices=[panel.device for panel in options.accounts.values()] or [None],
        hosts=options.hosts,
        silent_s=options.silent_s,
        clock=clock,
    )


KIND = DriverKind(
    name="sia_dc09",
    unit='a line of a panel over SIA DC-09: check, length, "SIA-DCS", "ADM-CID" or "NULL", and what follows, up to CR or LF',
    readings=(AlarmInput, FireInput, TamperContact, PanelFault, PanelEvent),
    options=SiaDc09Options,
    schemes=SCHEMES,
    make=make,
    decoder=SiaDc09Decoder,
    lines=True,
    remembers=lambda options: frozenset(panel.device for panel in options.accounts.values() if panel.device),
)
