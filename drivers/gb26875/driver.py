"""The driver for fire alarm transmission devices: a port where they dial in."""

from collections.abc import Iterator

from contract.clock import Clock
from contract.readings import FireInput, PanelEvent, PanelFault
from drivers.dialled import DialledDriver
from drivers.gb26875.decode import Boards, Gb26875Decoder, Gb26875Options, Taken, cuts
from drivers.gb26875.frames import DENY, Cut, reply, time_bytes
from drivers.port import MAX_EXAMPLE_BYTES, DriverKind, Finding
from drivers.talk import Step
from drivers.transports import parse_address
from drivers.transports.hall import check_hosts
from drivers.zones import zone_of

SCHEMES = ("listen", "listen-udp")


class Gb26875Talk:
    """One connection. See `drivers.dialled.Talk`. A message that is said again changes nothing, as the board knows it, and is
    confirmed again."""

    def __init__(self, options: Gb26875Options, boards: Boards) -> None:
        self._boards = boards
        self._zone = zone_of(options.zone)
        self._pending = b""
        self._offset = 0

    def hear(self, data: bytes, now_us: int, *, end: bool = False) -> Iterator[Step]:
        """See `Talk.hear`."""
        data = self._pending + data
        used = 0
        for at, one in cuts(data, end=end):
            used = at + one.used
            yield self._step(data, at, one, now_us)
        self._pending = data[used:]
        self._offset += used

    def _step(self, data: bytes, at: int, one: Cut, now_us: int) -> Step:
        example = data[at : at + min(one.used, MAX_EXAMPLE_BYTES)]
        if one.reason or one.frame is None:
            taken = Taken(reasons=(one.reason,), answer=DENY if one.frame else 0)
        else:
            taken = self._boards.take(one.frame)
        return Step(
            said=taken.said,
            findings=tuple(Finding(reason, self._offset + at, example) for reason in taken.reasons),
            answer=reply(one.frame, taken.answer, time_bytes(now_us, self._zone)) if one.frame and taken.answer else b"",
            heard=taken.heard,
            device=taken.device,
        )


def make(address: str, options: Gb26875Options, clock: Clock | None = None) -> DialledDriver:
    """See `DriverKind.make`."""
    where = parse_address(address, schemes=SCHEMES)
    check_hosts(options.hosts)
    boards = Boards(options)
    return DialledDriver(
        where,
        lambda: Gb26875Talk(options, boards),
        devices=[one.device for one in options.sources.values()] or [None],
        hosts=options.hosts,
        silent_s=options.silent_s,
        clock=clock,
    )


KIND = DriverKind(
    name="gb26875",
    unit="a message of GB/T 26875.3: @@, its head of 25 bytes, its data unit, the sum of both, ##",
    readings=(FireInput, PanelFault, PanelEvent),
    options=Gb26875Options,
    schemes=SCHEMES,
    make=make,
    decoder=Gb26875Decoder,
    remembers=lambda options: frozenset(one.device for one in options.sources.values() if one.device),
)
