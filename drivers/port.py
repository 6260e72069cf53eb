"""What every driver looks like to those who run one."""

from collections.abc import Callable, Mapping, Sequence
from threading import Event
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

import msgspec

from contract.readings import Reading

MAX_EXAMPLE_BYTES = 64


class Finding(NamedTuple):
    """Bytes that were not understood. `reason` is a name such as `parity`; `offset` counts from the first byte ever fed. Of a
    table in text also `line`, from 1, and the name of the `column` that is wrong, where it is one."""

    reason: str
    offset: int
    data: bytes
    line: int | None = None
    column: str = ""


class Dated(Reading, frozen=True):
    """A reading, and the device's own time of it as UTC. Only a decoder for `watchkeeper decode` gives it, so that an installer
    sees whether the device's clock is understood; a sink gets both apart."""

    reading: Reading
    device_at_us: int


class Decoded(NamedTuple):
    """How many bytes of the input are done with, and what they said, in order."""

    used: int
    items: list[Reading | Finding]


class Decoder(Protocol):
    """Sans-IO: it holds no port and reads no clock, and never raises on bad bytes."""

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """Understand as much of `data` as is whole. `used` is 0 when more is needed; the caller keeps the rest and calls again
        with it in front. `end`: nothing more will come. A finding's offset counts from the start of `data`."""
        ...


class DeviceLost(Exception):
    """The device cannot be reached any more. The message is a name: `unplugged`, `timeout`, `refused`, `ended`…"""


class CommandFailed(Exception):
    """The device did not carry a command out. The message says why, in a few words."""


ReceiptOf = Literal["committed", "waiting", "unknown"]
"""What is known of readings that were appended. `unknown`: it cannot be known any more, as a full spool dropped one of them, or
they left the log; whoever still has them says them again."""


class Sink(Protocol):
    """Where a running driver puts what it understood. Every method may be called from the driver's own threads."""

    def up(self) -> None:
        """The device answers. Called once for each run, before the first reading."""
        ...

    def reading(self, reading: Reading, device_at_us: int | None = None, device: str | None = None) -> int:
        """Append one reading. Returns when it is synced in the spool: accepted. Raises when it cannot be accepted.
        `device`: the id of another device that the reading is about, such as a door wired to this board; None: this device.
        The number is what `receipt_of` takes; 0 where nothing was appended."""
        ...

    def receipt_of(self, numbers: Sequence[int]) -> ReceiptOf:
        """Whether the hub has committed all of these readings, so that the device may forget them."""
        ...

    def finding(self, finding: Finding) -> None:
        """Report bytes that were not understood; the agent counts them."""
        ...

    def alive(self) -> None:
        """Everything the device had to say up to now has been given to `reading`: the source's watermark moves to now."""
        ...

    def arriving(self) -> None:
        """The first bytes of something have come that may open a gate once it is whole: whoever acts there may get ready."""
        ...

    def told(self, device: str, up_to_us: int) -> None:
        """Everything that `device`, one of the kind's `remembers`, had stored up to `up_to_us` of the agent's wall clock, as that
        is now, has been given to `reading`: its watermark moves there. `alive` does not move it."""
        ...

    def picture(self, jpeg: bytes, width: int, height: int, order: str) -> str:
        """Keep a JPEG and append its `snapshot_taken`; or only send it, where `order` is of somebody who looks just now. Returns
        the picture's name, empty where it is not kept."""
        ...


class Driver(Protocol):
    """One device, being read. Built without touching the device."""

    def run(self, sink: Sink, stop: Event) -> None:
        """Open the device and read it until `stop` is set (then return within 1 s) or it is lost (then raise DeviceLost).
        Any other exception is a fault of the driver; the agent restarts it with back-off all the same."""
        ...

    def act(self, action: str, args: Mapping[str, str]) -> None:
        """Carry out one of the kind's ACTIONS while `run` is running, from another thread; returns when the device has
        confirmed. Raises CommandFailed. `args` for a snapshot is `{"order": id}`; for an unlock `unlock_s`, a number, and `door`
        where they are given; for a signal `answer`, granted or refused."""
        ...


@runtime_checkable
class Expecting(Protocol):
    """A driver that can keep its line free for an action."""

    def expect(self) -> None:
        """An action may be asked for within the next 50 ms. Returns at once; called from other threads."""
        ...


@runtime_checkable
class Prompt(Protocol):
    """A driver whose device can be told at once, by whoever has decided, where its line is free."""

    def begin(self, action: str, args: Mapping[str, str]) -> Callable[[], None] | None:
        """Tell the device, without waiting for its line or its answer. What is returned must be called once, from any thread: it
        returns and raises as `act` does. None: nothing was told, `act` will. Never raises, and never calls the sink."""
        ...


def nobody(_options: Any) -> frozenset[str]:
    """`DriverKind.remembers` of a driver whose devices tell at once what happens."""
    return frozenset()


def nothing_more(_options: Any, _reading: Reading) -> Mapping[str, Any]:
    """`DriverKind.shows` of a driver whose readings say all there is."""
    return {}


def only_itself(_options: Any, _action: str, door: str) -> str:
    """`DriverKind.cannot` of a driver that acts at its own device alone."""
    return "does not act for another device: name the device itself" if door else ""


class DriverKind(NamedTuple):
    """One row of the table of drivers. Each family's `driver.py` has it as `KIND`."""

    name: str
    unit: str
    """What one input unit of `watchkeeper decode` is, in a sentence."""
    readings: tuple[type[Reading], ...]
    options: type[msgspec.Struct]
    """The driver's part of a device's settings; every field has a default or is required."""
    schemes: tuple[str, ...]
    """The address schemes it takes: `serial`, `tcp`, `rtsp`, `null`, `mqtt`."""
    make: Callable[[str, Any], Driver]
    """From an address and the options to a driver. Raises ValueError with a message for an installer on a bad address."""
    decoder: Callable[[Any], Decoder]
    """From options to a decoder for `watchkeeper decode`, whose input is what `unit` says."""
    actions: frozenset[str] = frozenset()
    """What `act` understands: `open`, `close`, `stop`, `snapshot`, `unlock`, `signal`, `install`."""
    secret_bytes: bool = False
    """Whether what comes over the wire must not be kept, such as card numbers: findings are then counted without their bytes."""
    lines: bool = False
    """Whether an input unit is a line of text: then `watchkeeper decode --hex` takes the same lines as without it."""
    cannot: Callable[[Any, str, str], str] = only_itself
    """Why one of `actions` is not possible with these options, as `what: what to write instead`; empty: it is. The last
    argument is a device that this one speaks for, such as a door wired to a board; `act` gets it as `args["door"]`. Empty: the
    device itself."""
    remembers: Callable[[Any], frozenset[str]] = nobody
    """From options to the devices that store readings and are read out now and then: only `Sink.told` moves their watermarks."""
    shows: Callable[[Any, Reading], Mapping[str, Any]] = nothing_more
    """From the options and a reading to what `watchkeeper decode` prints of it besides its fields, for people alone."""
