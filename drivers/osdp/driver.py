"""Runs one reader: joins it, polls it often, and lets its answers count only as far as its line can be trusted."""

import secrets
from collections.abc import Mapping
from threading import Event

from contract.clock import US_PER_S, Clock, SystemClock
from contract.readings import (
    AlarmInput,
    CardRead,
    CodeRead,
    DoorContact,
    ExitRequested,
    PanelFault,
    ReaderChannel,
    TamperContact,
)
from drivers.contacts_modbus.decode import output_of
from drivers.osdp.decode import OsdpDecoder, shows
from drivers.osdp.desk import Desk
from drivers.osdp.joining import Random
from drivers.osdp.keys import read_key
from drivers.osdp.line import SCHEMES, line_at
from drivers.osdp.options import OsdpOptions
from drivers.osdp.orders import ANSWERS, UNLOCK_S_MAX, output_on_for
from drivers.osdp.running import Running
from drivers.port import CommandFailed, DriverKind, Sink

ACTIONS = frozenset(("unlock", "signal", "install"))


class OsdpDriver:
    """One reader. See `drivers.port.Driver`."""

    def __init__(
        self, address: str, options: OsdpOptions, clock: Clock | None = None, random: Random = secrets.token_bytes
    ) -> None:
        """Raises ValueError with a message for an installer on a bad address or a bad key file."""
        self._options = options
        self._clock = clock or SystemClock()
        self._random = random
        self._line = line_at(address, self._clock)
        self._key = _key_of(options)
        self._desk: Desk | None = None

    def run(self, sink: Sink, stop: Event) -> None:
        """Poll until `stop`. Raises DeviceLost."""
        with self._line.joined():
            self._desk = desk = Desk(self._clock)
            try:
                Running(self._line, self._options, self._key, desk, sink, stop, self._clock, self._random).run()
            finally:
                self._desk = None
                desk.shut()

    def act(self, action: str, args: Mapping[str, str]) -> None:
        """`unlock` an output for `args["unlock_s"]`, or its own time; `signal` the answer `args["answer"]`, granted or refused;
        `install`: for ten minutes a reader with the factory's key may be given its own. Returns when the reader has confirmed;
        for `install`, when the time has begun. Raises CommandFailed."""
        objection = cannot(self._options, action, args.get("door", ""))
        if objection:
            raise CommandFailed(objection)
        desk = self._desk
        if desk is None:
            raise CommandFailed("the reader is not connected")
        if action == "install":
            desk.open_install()
        elif action == "signal":
            answer = ANSWERS.get(args.get("answer", ""))
            if answer is None:
                raise CommandFailed(f"answer is one of {', '.join(ANSWERS)}")
            desk.do(answer)
        else:
            self._unlock(desk, args)

    def _unlock(self, desk: Desk, args: Mapping[str, str]) -> None:
        output = output_of(self._options.outputs, args.get("door", ""))
        if output is None:
            raise CommandFailed("the reader has no such output")
        for_us = _unlock_us(args["unlock_s"]) if "unlock_s" in args else output.pulse_ms * 1_000
        for_us = desk.unlocked_for(output.number, for_us)
        desk.do((output_on_for(output.number, for_us),))


def cannot(options: OsdpOptions, action: str, door: str) -> str:
    """See `drivers.port.DriverKind.cannot`."""
    if action not in ACTIONS:
        return f"cannot {action[:40]}: write one of {', '.join(sorted(ACTIONS))}"
    if action != "unlock":
        if door:
            return "does not act for another device: name the reader itself"
        return "" if action == "signal" or options.secure else "has no key to install: write key_file, and leave secure false out"
    if output_of(options.outputs, door) is not None:
        return ""
    return "has no output for it: write under outputs which one unlocks what"


def _key_of(options: OsdpOptions) -> bytes:
    """Empty: the settings do without the secure channel."""
    if not options.secure:
        return b""
    if not options.key_file:
        raise ValueError("a reader has no key: write key_file in its options, a file of 32 hex digits, or secure: false")
    return read_key(options.key_file)


def _unlock_us(text: str) -> int:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= UNLOCK_S_MAX:
        raise CommandFailed(f"unlock_s is a number above 0 and up to {UNLOCK_S_MAX:g}")
    return round(seconds * US_PER_S)


KIND = DriverKind(
    name="osdp",
    unit="one frame of an OSDP line, either direction, from 53 (or FF 53) to its checksum or CRC",
    readings=(CardRead, CodeRead, TamperContact, PanelFault, ReaderChannel, DoorContact, AlarmInput, ExitRequested),
    options=OsdpOptions,
    schemes=SCHEMES,
    make=OsdpDriver,
    decoder=OsdpDecoder,
    actions=ACTIONS,
    secret_bytes=True,
    cannot=cannot,
    shows=shows,
)
