"""Messages of a fire alarm transmission device become readings. Sans-IO."""

from collections.abc import Iterator
from typing import Annotated, Final, NamedTuple

import msgspec

from contract.topics import is_id
from drivers.gb26875.board import Board
from drivers.gb26875.frames import ANSWER, CONFIRM, DENY, SEND, Cut, Frame, cut, time_of
from drivers.gb26875.units import Unread, read_unit
from drivers.port import MAX_EXAMPLE_BYTES, Decoded, Finding
from drivers.talk import Said
from drivers.zones import zone_of

SOURCES_MAX: Final = 64
ADDRESS_MAX: Final = (1 << 48) - 1


class Transmitter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One transmission device. `device`: the id of the device it is; None: this one."""

    device: str | None = None

    def __post_init__(self) -> None:
        if self.device is not None and not is_id(self.device):
            raise ValueError(f"{self.device!r} is not a device's id: small letters, digits, _ and -, 63 at most")


class Gb26875Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The driver's settings. `sources`: the transmitters by their address as a decimal number; empty: whatever address, it is
    this device. `hosts`: the IP addresses that they come from; empty: any. `zone`: of their clocks. `silent_s`: one that says
    nothing for so long is out of reach; they give a sign of life every 20 to 30 s; 0: never."""

    sources: Annotated[dict[str, Transmitter], msgspec.Meta(max_length=SOURCES_MAX)] = {}
    hosts: Annotated[tuple[str, ...], msgspec.Meta(max_length=SOURCES_MAX)] = ()
    zone: str = "Asia/Shanghai"
    silent_s: Annotated[float, msgspec.Meta(ge=0, le=604_800)] = 90.0

    def __post_init__(self) -> None:
        zone_of(self.zone)
        for source in self.sources:
            if not (source.isascii() and source.isdecimal() and len(source) <= 15 and int(source) <= ADDRESS_MAX):
                raise ValueError(f"sources: {source[:40]!r} is no address: write it as a decimal number")
            if source != str(int(source)):
                raise ValueError(f"sources: {source!r} begins with a nought: write {int(source)}")
        devices = [one.device for one in self.sources.values()]
        if len(set(devices)) != len(devices):
            raise ValueError("two sources are one device: name a device of its own for each under device")


class Taken(NamedTuple):
    """What a message comes to. `answer`: CONFIRM, DENY or 0 for none. `heard`: it is from `device`, and was understood."""

    said: tuple[Said, ...] = ()
    reasons: tuple[str, ...] = ()
    answer: int = 0
    heard: bool = False
    device: str | None = None


class Boards:
    """All transmitters of one driver, and what is known of each."""

    def __init__(self, options: Gb26875Options) -> None:
        self._sources = options.sources
        self._zone = zone_of(options.zone)
        self._boards: dict[int, Board] = {}

    def take(self, frame: Frame) -> Taken:
        """What a message whose check is right says. Reasons: `unknown_source`, `unknown_command`, those of `read_unit`, and
        `bad_time`: an event counts though its time is none."""
        source = self._sources.get(str(frame.source)) if self._sources else ANYBODY
        if source is None:
            return Taken(reasons=("unknown_source",), answer=DENY)
        if frame.command in (CONFIRM, DENY):
            return Taken(heard=True, device=source.device)
        if frame.command not in (SEND, ANSWER):
            return Taken(reasons=("unknown_command",), answer=DENY)
        answer = CONFIRM if frame.command == SEND else 0
        read = read_unit(frame.unit)
        if isinstance(read, Unread):
            wrong = read.reason == "bad_unit"
            reasons = (read.reason,) if read.reason else ()
            return Taken((), reasons, DENY if wrong else answer, heard=not wrong, device=source.device)
        board = self._board(frame.source if self._sources else 0)
        said: list[Said] = []
        reasons = ()
        for told in read:
            at_us = time_of(told.time, self._zone)
            reasons = reasons if at_us is not None else ("bad_time",)
            said += [Said(reading, source.device, at_us) for reading in board.step(told)]
        return Taken(tuple(said), reasons, answer, heard=True, device=source.device)

    def _board(self, source: int) -> Board:
        """The sources are those of the settings, so that there are never many."""
        return self._boards.setdefault(source, Board())


ANYBODY: Final = Transmitter()


def cuts(data: bytes, *, end: bool) -> Iterator[tuple[int, Cut]]:
    """All messages and all damage in `data`, with where each begins, until more is needed."""
    at = 0
    while at < len(data):
        one = cut(data, at, end=end)
        if not one.used:
            return
        yield at, one
        at += one.used


class Gb26875Decoder:
    """Findings: those of `frames.cut` and of `Boards.take`. A finding's data is the message or the damage, its first 64 bytes. A
    message without a data unit is a sign of life and no reading; so are versions, configurations and analog values."""

    def __init__(self, options: Gb26875Options) -> None:
        self._boards = Boards(options)

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `drivers.port.Decoder`."""
        decoded = Decoded(0, [])
        for at, one in cuts(data, end=end):
            decoded = decoded._replace(used=at + one.used)
            example = data[at : at + min(one.used, MAX_EXAMPLE_BYTES)]
            if one.reason or one.frame is None:
                decoded.items.append(Finding(one.reason, at, example))
                continue
            taken = self._boards.take(one.frame)
            decoded.items.extend(said.reading for said in taken.said)
            decoded.items.extend(Finding(reason, at, example) for reason in taken.reasons)
        return decoded
