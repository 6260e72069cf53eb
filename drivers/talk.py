"""What a device that dials in says, and what it is answered: one connection, without its wire. Pure."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from contract.readings import Reading
from drivers.jpeg import Picture
from drivers.port import Finding


class Said(NamedTuple):
    """A reading, the device that it is about (None: this one), and that device's own time of it, where it tells.

    `picture`: what the device shows of it, for a reading that has a field `picture`. It is kept first, and its name goes into the
    reading. A picture that cannot be kept (too big, no room) costs the picture and never the reading, which goes without, with a
    finding `picture_not_kept`."""

    reading: Reading
    device: str | None = None
    device_at_us: int | None = None
    picture: Picture | None = None


class Step(NamedTuple):
    """What one message, or one piece of damage, comes to. In this order: `said` and `findings` are appended, `answer` is sent,
    and with `close` the connection is ended. `heard`: a device has spoken, `device` (None: this one), and has nothing older to
    tell."""

    said: tuple[Said, ...] = ()
    findings: tuple[Finding, ...] = ()
    answer: bytes = b""
    heard: bool = False
    device: str | None = None
    close: bool = False


class Talk(Protocol):
    """One connection. Sans-IO: it holds no port and reads no clock, and never raises on bad bytes."""

    def hear(self, data: bytes, now_us: int, *, end: bool = False) -> Iterator[Step]:
        """What `data`, with what came before, comes to. A step has been carried out when the next one is asked for. `end`:
        nothing more belongs to it. It keeps little, whatever comes."""
        ...
