"""From the board's inputs to what a barrier does: pure, time is an argument."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from contract.clock import US_PER_MS, US_PER_S
from contract.readings import ArmState, BarrierState, BeamState, LoopState, Reading
from drivers.modbus.capture import Capture
from drivers.modbus.frames import READ_INPUTS, UNIT_MAX, Asked, bits_of
from drivers.port import Decoded, Finding

INPUTS_MAX = 256

Number = Annotated[int, msgspec.Meta(ge=0, lt=INPUTS_MAX)]
InputName = Literal["limit_open", "limit_closed", "arm_attached", "loop", "loop_fault", "beam", "beam_fault"]


class Coils(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which relay does what. Numbers are those on the wire, from 0; None: there is no such relay."""

    open: Number = 0
    close: Number = 1
    stop: Number | None = 2


class Inputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which input says what. Numbers are those on the wire, from 0; None: nothing is wired there, and nothing is reported."""

    limit_open: Number = 0
    limit_closed: Number = 1
    arm_attached: Number | None = 2
    loop: Number | None = 3
    loop_fault: Number | None = 4
    beam: Number | None = 5
    beam_fault: Number | None = None


class BarrierOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The barrier's part of a device's settings."""

    unit: Annotated[int, msgspec.Meta(ge=0, le=UNIT_MAX)] = 1
    coils: Coils = Coils()
    inputs: Inputs = Inputs()
    normally_closed: frozenset[InputName] = frozenset(("beam",))
    """Inputs whose contact opens when the thing happens. A beam is wired so, that a cut cable reads as blocked: an empty list is
    for a beam whose contact closes when it is blocked, and then nobody notices the cut."""
    pulse_ms: Annotated[int, msgspec.Meta(ge=50, le=5_000)] = 500
    poll_ms: Annotated[int, msgspec.Meta(ge=20, le=5_000)] = 50
    timeout_ms: Annotated[int, msgspec.Meta(ge=20, le=2_000)] = 200
    movement_s_max: Annotated[float, msgspec.Meta(gt=0, le=120)] = 10.0

    def __post_init__(self) -> None:
        coils = [n for n in msgspec.structs.astuple(self.coils) if n is not None]
        wired = list(numbers(self).values())
        if len(set(coils)) != len(coils):
            raise ValueError("two relays have one coil: give each of open, close and stop a number of its own")
        if len(set(wired)) != len(wired):
            raise ValueError("two inputs have one number: give each input a number of its own, or null where nothing is wired")


def numbers(options: BarrierOptions) -> dict[str, int]:
    """The number of each input that is wired, by name."""
    return {name: number for name, number in msgspec.structs.asdict(options.inputs).items() if number is not None}


def question(options: BarrierOptions) -> Asked:
    """The poll: the shortest run of inputs that holds all that are wired."""
    wired = numbers(options).values()
    return Asked(READ_INPUTS, min(wired), max(wired) - min(wired) + 1)


Position = Literal["open", "closed", "moving", "unknown"]


def position(at_open: bool, at_closed: bool, apart_us: int, movement_us_max: int) -> Position:
    """What the limit switches say when they have been neither here nor there for `apart_us`."""
    if at_open != at_closed:
        return "open" if at_open else "closed"
    return "moving" if apart_us < movement_us_max else "unknown"


class Barrier:
    """Remembers what was said, and says what changed. The first inputs tell the state, each kind once."""

    def __init__(self, options: BarrierOptions) -> None:
        self._numbers = numbers(options)
        self._inverted = options.normally_closed
        self._movement_us_max = round(options.movement_s_max * US_PER_S)
        self._on: dict[str, bool] = {}
        self._apart_since_us: int | None = None
        self._said: dict[type[Reading], Reading] = {}

    def step(self, bits: Mapping[int, bool], now_us: int) -> list[Reading]:
        """What the inputs `bits`, by number, say at `now_us` on a clock that never steps. Inputs that are not among them are as
        they were."""
        for name, number in self._numbers.items():
            if number in bits:
                self._on[name] = bits[number] != (name in self._inverted)
        changed = [reading for reading in self._facts(now_us) if self._said.get(type(reading)) != reading]
        self._said.update((type(reading), reading) for reading in changed)
        return changed

    def _facts(self, now_us: int) -> list[Reading]:
        on, facts = self._on, list[Reading]()
        if "limit_open" in on and "limit_closed" in on:
            facts.append(BarrierState(self._position(on["limit_open"], on["limit_closed"], now_us)))
        if "arm_attached" in on:
            facts.append(ArmState(on["arm_attached"]))
        if "loop" in on:
            facts.append(LoopState(on["loop"], on.get("loop_fault", False)))
        if "beam" in on:
            facts.append(BeamState(on["beam"], on.get("beam_fault", False)))
        return facts

    def _position(self, at_open: bool, at_closed: bool, now_us: int) -> Position:
        if at_open != at_closed:
            self._apart_since_us = None
        elif self._apart_since_us is None:
            self._apart_since_us = now_us
        since_us = now_us if self._apart_since_us is None else self._apart_since_us
        return position(at_open, at_closed, now_us - since_us, self._movement_us_max)


class BarrierDecoder:
    """For captures of the RTU line. A capture has no times: each answer of the board counts as one poll, `poll_ms` after the one
    before. An answer without a question is taken for one to the driver's own poll."""

    def __init__(self, options: BarrierOptions) -> None:
        self._capture = Capture(options.unit, [question(options)])
        self._barrier = Barrier(options)
        self._poll_us = options.poll_ms * US_PER_MS
        self._now_us = 0

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `drivers.port.Decoder`."""
        used, parts = self._capture.split(data, end=end)
        items: list[Reading | Finding] = []
        for part in parts:
            if isinstance(part, Finding):
                items.append(part)
            elif part.asked.function == READ_INPUTS:
                items += self._barrier.step(bits_of(part.asked, part.pdu), self._now_us)
                self._now_us += self._poll_us
        return Decoded(used, items)
