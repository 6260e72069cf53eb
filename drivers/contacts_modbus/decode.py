"""From a board's inputs and registers to doors, alarm zones, buttons and measurements: pure, time is an argument."""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final, Literal, NamedTuple

import msgspec

from contract.readings import (
    MAX_TEXT,
    AlarmInput,
    DoorContact,
    ExitRequested,
    FireInput,
    Measurement,
    Reading,
    TamperContact,
)
from contract.topics import is_id
from drivers.modbus.capture import Answer, Capture
from drivers.modbus.frames import BIT_READS, READ_HOLDING, READ_INPUT_REGISTERS, READ_INPUTS, UNIT_MAX, Asked, bits_of, words_of
from drivers.port import Decoded, Finding

INPUTS_MAX = 256
OUTPUTS_MAX = 64
METERS_MAX = 64

Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Role = Literal["door", "alarm", "fire", "tamper", "exit"]
Format = Literal["uint16", "int16", "uint32", "int32", "float32"]

FORMATS: Final[dict[str, str]] = {"uint16": ">H", "int16": ">h", "uint32": ">I", "int32": ">i", "float32": ">f"}
FUNCTIONS: Final[dict[str, int]] = {"holding": READ_HOLDING, "input": READ_INPUT_REGISTERS}

ROLES: Final[dict[str, Callable[[bool, str], Reading]]] = {
    "door": lambda active, _: DoorContact(open=active),
    "alarm": lambda active, name: AlarmInput(active=active, name=name),
    "fire": lambda active, name: FireInput(active=active, name=name),
    "tamper": lambda active, _: TamperContact(active=active),
    "exit": lambda _active, _name: ExitRequested(),
}
"""What an input says when it becomes active, or is no longer."""

NAMED_ROLES: Final = frozenset(("alarm", "fire"))
"""Zones: what tells two of them on one device apart is their name."""

ONLY_WHEN_PRESSED: Final = frozenset(("exit",))


def _check_device(device: str | None) -> None:
    if device is not None and not is_id(device):
        raise ValueError(f"{device!r} is not a device's id: small letters, digits, _ and -, 63 at most")


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One input. `number` is that on the wire, from 0. `device`: the id of the device it is about, such as a door; None: this.

    It is active (open, alarm, pressed) while its circuit is closed, or with `normally_closed` while its circuit is open. A reed
    contact that closes with its door is `normally_closed: true`, and a cut cable then reads as an open door.
    """

    number: Annotated[int, msgspec.Meta(ge=0, lt=INPUTS_MAX)]
    role: Role
    name: Text = ""
    normally_closed: bool = False
    device: str | None = None

    def __post_init__(self) -> None:
        _check_device(self.device)


class Meter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A quantity in registers: value = raw x `scale` + `offset`, in `unit`. Formats of 32 bits take two registers."""

    register: Annotated[int, msgspec.Meta(ge=0, le=65_534)]
    quantity: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
    unit: Text = ""
    kind: Literal["holding", "input"] = "input"
    format: Format = "uint16"
    low_word_first: bool = False
    scale: float = 1.0
    offset: float = 0.0
    every_s: Annotated[float, msgspec.Meta(ge=0.1, le=86_400)] = 10.0
    device: str | None = None

    def __post_init__(self) -> None:
        _check_device(self.device)
        if not math.isfinite(self.scale) or not self.scale or not math.isfinite(self.offset):
            raise ValueError("scale is a number other than 0, and offset is a number")

    @property
    def asked(self) -> Asked:
        """The poll that reads it."""
        return Asked(FUNCTIONS[self.kind], self.register, struct.calcsize(FORMATS[self.format]) // 2)


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One relay that unlocks something while it is on. `number` is that on the wire, from 0. `device`: the id of the door; None:
    the board's own. `pulse_ms`: how long it stays unlocked where nobody says otherwise.

    A lock that opens when it gets power is wired to the relay's normally open contact, a magnet that lets go when it gets none to
    the normally closed one.
    """

    number: Annotated[int, msgspec.Meta(ge=0, lt=INPUTS_MAX)]
    name: Text = ""
    device: str | None = None
    pulse_ms: Annotated[int, msgspec.Meta(ge=100, le=60_000)] = 5_000

    def __post_init__(self) -> None:
        _check_device(self.device)

    @property
    def names(self) -> set[str]:
        """What a command may call it."""
        return {name for name in (self.name, self.device) if name}


EIGHT_ZONES = tuple(Input(number=n, role="alarm", name=f"input {n}") for n in range(8))


class ContactsOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The board's part of a device's settings. Without `inputs` it is a board of eight alarm zones."""

    unit: Annotated[int, msgspec.Meta(ge=0, le=UNIT_MAX)] = 1
    inputs: Annotated[tuple[Input, ...], msgspec.Meta(max_length=INPUTS_MAX)] = EIGHT_ZONES
    meters: Annotated[tuple[Meter, ...], msgspec.Meta(max_length=METERS_MAX)] = ()
    outputs: Annotated[tuple[Output, ...], msgspec.Meta(max_length=OUTPUTS_MAX)] = ()
    poll_ms: Annotated[int, msgspec.Meta(ge=20, le=10_000)] = 50
    debounce_ms: Annotated[int, msgspec.Meta(ge=0, le=5_000)] = 50
    timeout_ms: Annotated[int, msgspec.Meta(ge=20, le=2_000)] = 200

    def __post_init__(self) -> None:
        if not self.inputs and not self.meters:
            raise ValueError("nothing to read: name at least one of inputs and meters")
        used = [one.number for one in self.inputs]
        if len(set(used)) != len(used):
            raise ValueError("two inputs have one number: name each input once")
        _check_outputs(self.outputs)


def _check_outputs(outputs: Sequence[Output]) -> None:
    if len({one.number for one in outputs}) != len(outputs):
        raise ValueError("two outputs have one number: name each output once")
    names = [name for one in outputs for name in one.names]
    if len(set(names)) != len(names):
        raise ValueError("two outputs have one name or device: give each of them its own")
    if sum(one.device is None for one in outputs) > 1:
        raise ValueError("two outputs have no device: write under device which door each of them unlocks")


def output_of(outputs: Sequence[Output], door: str) -> Output | None:
    """The output that `door`, a name or a device, means; empty: the board's own, or the only one."""
    if door:
        return next((one for one in outputs if door in one.names), None)
    own = [one for one in outputs if one.device is None] or (list(outputs) if len(outputs) == 1 else [])
    return own[0] if own else None


def cannot(options: ContactsOptions, action: str, door: str) -> str:  # noqa: ARG001 - unlocking is all there is
    """See `drivers.port.DriverKind.cannot`."""
    if output_of(options.outputs, door) is not None:
        return ""
    if not options.outputs:
        return "has no outputs: write under outputs which relay unlocks which door"
    if door:
        return f"has no output for {door}: write device {door} at the output that unlocks it"
    return "has no output of its own: name the door, not the board"


class Said(NamedTuple):
    """A reading, and the device it is about; None: the board itself."""

    reading: Reading
    device: str | None


def question(options: ContactsOptions) -> Asked | None:
    """The poll of the inputs: the shortest run that holds all; None without inputs."""
    used = [one.number for one in options.inputs]
    return Asked(READ_INPUTS, min(used), max(used) - min(used) + 1) if used else None


class Contacts:
    """Remembers what each input was, and says what changed. The first state of an input is said at once, except of a button;
    a change is said when it has lasted `debounce_us`."""

    def __init__(self, options: ContactsOptions, debounce_us: int) -> None:
        self._inputs = options.inputs
        self._debounce_us = debounce_us
        self._settled: dict[int, bool] = {}
        self._since_us: dict[int, int] = {}

    def step(self, bits: Mapping[int, bool], now_us: int) -> list[Said]:
        """What the inputs `bits`, by number, say at `now_us` on a clock that never steps. Others are as they were."""
        said = []
        for one in self._inputs:
            if one.number not in bits:
                continue
            active = bits[one.number] != one.normally_closed
            first = one.number not in self._settled
            if not self._settles(one.number, active, now_us):
                continue
            if one.role in ONLY_WHEN_PRESSED and (first or not active):
                continue
            said.append(Said(ROLES[one.role](active, one.name), one.device))
        return said

    def _settles(self, number: int, active: bool, now_us: int) -> bool:
        """Whether the input has just come to be `active`, or not, for good."""
        was = self._settled.get(number)
        if was == active:
            self._since_us.pop(number, None)
            return False
        if was is not None and now_us - self._since_us.setdefault(number, now_us) < self._debounce_us:
            return False
        self._since_us.pop(number, None)
        self._settled[number] = active
        return True


def measured(meter: Meter, words: Sequence[int]) -> Measurement | None:
    """What the meter's own registers say, or None for a float that is no number."""
    ordered = reversed(words) if meter.low_word_first else words
    raw = b"".join(word.to_bytes(2, "big") for word in ordered)
    (value,) = struct.unpack(FORMATS[meter.format], raw)
    scaled = value * meter.scale + meter.offset
    return Measurement(meter.quantity, round(scaled, 6), meter.unit) if math.isfinite(scaled) else None


class ContactsDecoder:
    """For captures of the RTU line. A capture has no times, so nothing is debounced: each answer says its changes. An answer
    without a question is taken for one to the driver's own polls, meters in the order of the settings."""

    def __init__(self, options: ContactsOptions) -> None:
        poll = question(options)
        self._meters = options.meters
        self._capture = Capture(options.unit, [*([poll] if poll else []), *(meter.asked for meter in options.meters)])
        self._contacts = Contacts(options, debounce_us=0)

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `drivers.port.Decoder`."""
        used, parts = self._capture.split(data, end=end)
        items: list[Reading | Finding] = []
        for part in parts:
            items += [part] if isinstance(part, Finding) else self._answer(part)
        return Decoded(used, items)

    def _answer(self, answer: Answer) -> list[Reading | Finding]:
        function = answer.asked.function
        if function in BIT_READS:
            bits = bits_of(answer.asked, answer.pdu) if function == READ_INPUTS else {}
            return [said.reading for said in self._contacts.step(bits, 0)]
        words = dict(enumerate(words_of(answer.pdu), answer.asked.address))
        items: list[Reading | Finding] = []
        for meter in self._meters:
            wanted = range(meter.register, meter.register + meter.asked.quantity)
            if meter.asked.function == function and all(at in words for at in wanted):
                items.append(measured(meter, [words[at] for at in wanted]) or Finding("bad_value", answer.offset, answer.pdu))
        return items
