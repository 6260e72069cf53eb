"""The loop of every driver whose devices dial in and want an answer: bytes from a port, through a talk, to the sink, and back.

An answer that takes a message off the device's hands is sent when all that the message said is in the agent's log, synced. A
device whose answer was lost says the message again.
"""

from collections.abc import Callable, Collection, Mapping
from threading import Event
from typing import NamedTuple

import msgspec

from contract.clock import US_PER_S, Clock, SystemClock
from contract.readings import AlarmInput, DeviceLink, FireInput, PanelFault, TamperContact
from drivers.port import CommandFailed, Finding, Sink
from drivers.shown import named
from drivers.talk import Said, Step, Talk
from drivers.transports import Address
from drivers.transports.hall import Hall, Heard, open_hall

TURN_S = 0.25
"""How long one look at the port waits: how soon `stop` is seen."""
IDLE_US = 3 * US_PER_S
"""After so much silence what is there of a cut message is given up, lest it spoil the next. A mobile link is slow."""
NAMES_MAX = 1000
"""So many zones and parts of one device are told by their names while they are active: the hub keeps no more of them. What goes
beyond is told without its name, and is a finding: whoever makes names up hides no fire by it."""
NONSENSE_MAX = 64
"""Findings in a row without a message between them: then whoever sends them is hung up."""

Named = AlarmInput | FireInput | PanelFault | TamperContact
"""What begins and ends, and says where."""


class _Line(NamedTuple):
    """One connection while it lives. `waiting`: something of a message may be there."""

    talk: Talk
    heard_us: int
    nonsense: int = 0
    waiting: bool = False


class Links:
    """Who was heard when: pure. A device that is silent for `silent_us` is lost, and is back when it speaks."""

    def __init__(self, devices: Collection[str | None], silent_us: int, mono_us: int) -> None:
        self._silent_us = silent_us
        self._heard_us: dict[str | None, int] = dict.fromkeys(devices, mono_us)
        self._lost: set[str | None] = set()

    def heard(self, device: str | None, mono_us: int) -> Said | None:
        """The device has spoken: that its link is back, where it was lost."""
        self._heard_us[device] = mono_us
        if device not in self._lost:
            return None
        self._lost.remove(device)
        return Said(DeviceLink(up=True, reason="heard"), device)

    def silent(self, mono_us: int) -> list[Said]:
        """Those who are lost now and were not before."""
        if not self._silent_us:
            return []
        fresh = [one for one, at_us in self._heard_us.items() if one not in self._lost and mono_us - at_us >= self._silent_us]
        self._lost.update(fresh)
        return [Said(DeviceLink(up=False, reason="silent"), device) for device in fresh]


class Names:
    """Which zones and parts of each device are active: pure. See NAMES_MAX."""

    def __init__(self) -> None:
        self._active: dict[str | None, set[tuple[str, str]]] = {}
        self._nameless: dict[str | None, dict[str, Named]] = {}

    def is_full(self, said: Said) -> bool:
        """Whether `said` has to go without its name."""
        reading, active = said.reading, self._active.get(said.device, ())
        return isinstance(reading, Named) and reading.active and len(active) >= NAMES_MAX and _name(reading) not in active

    def told(self, said: Said) -> tuple[Said, ...]:
        """What is told instead. What goes without a name is over when nothing of the device is active any more."""
        reading = said.reading
        if not isinstance(reading, Named):
            return (said,)
        active, nameless = self._active.setdefault(said.device, set()), self._nameless.setdefault(said.device, {})
        if self.is_full(said):
            unnamed = msgspec.structs.replace(reading, name="")
            nameless[unnamed.kind] = unnamed
            return (said._replace(reading=unnamed),)
        if reading.active:
            active.add(_name(reading))
            return (said,)
        active.discard(_name(reading))
        if active:
            return (said,)
        over = [said._replace(reading=msgspec.structs.replace(one, active=False)) for one in nameless.values()]
        nameless.clear()
        return (said, *over)


def _name(reading: Named) -> tuple[str, str]:
    return reading.kind, reading.name


class DialledDriver:
    """See `drivers.port.Driver`. It is up when the first device has spoken."""

    def __init__(
        self,
        address: Address,
        talk: Callable[[], Talk],
        *,
        devices: Collection[str | None] = (None,),
        hosts: Collection[str] = (),
        silent_s: float = 0,
        idle_s: float = 0,
        clock: Clock | None = None,
    ) -> None:
        """`devices`: those who dial in; None: the driver's own. `silent_s`: see `Links`; 0: silence means nothing. `idle_s`:
        after how long a cut message is given up; 0: IDLE_US."""
        self._address = address
        self._talk = talk
        self._devices = devices
        self._hosts = hosts
        self._silent_us = round(silent_s * US_PER_S)
        self._idle_us = round(idle_s * US_PER_S)
        self._clock = clock or SystemClock()

    def run(self, sink: Sink, stop: Event) -> None:
        """See `Driver.run`."""
        hall = open_hall(self._address, self._hosts)
        try:
            links = Links(self._devices, self._silent_us, self._clock.mono_us())
            run = _Run(hall, sink, self._talk, links, self._clock, self._idle_us or IDLE_US)
            while not stop.is_set():
                run.turn()
        finally:
            hall.close()

    def act(self, action: str, args: Mapping[str, str]) -> None:  # noqa: ARG002 - the port's signature
        """Raises CommandFailed: there is nothing to do at such a device."""
        raise CommandFailed(f"a panel cannot {action[:40]!r}")


class _Run:
    """One run of the driver."""

    def __init__(self, hall: Hall, sink: Sink, talk: Callable[[], Talk], links: Links, clock: Clock, idle_us: int) -> None:
        self._hall = hall
        self._sink = sink
        self._new_talk = talk
        self._links = links
        self._clock = clock
        self._idle_us = idle_us
        self._lines: dict[int, _Line] = {}
        self._names = Names()
        self._up = False
        self._told_away = (0, 0)

    def turn(self) -> None:
        """Look at the port once."""
        for heard in self._hall.turn(TURN_S):
            self._heard(heard)
        mono_us = self._clock.mono_us()
        for peer, line in list(self._lines.items()):
            if line.waiting and mono_us - line.heard_us >= self._idle_us:
                self._take(peer, line, b"", end=True)
        for said in self._links.silent(mono_us):
            self._say(said)
        self._tell_who_was_sent_away()

    def _heard(self, heard: Heard) -> None:
        line = self._lines.get(heard.peer) or _Line(self._new_talk(), 0)
        end = heard.whole or heard.gone
        self._take(heard.peer, line, heard.data, end=end)
        if end:
            self._lines.pop(heard.peer, None)

    def _take(self, peer: int, line: _Line, data: bytes, *, end: bool) -> None:
        nonsense = line.nonsense
        for step in line.talk.hear(data, self._clock.now_us(), end=end):
            self._carry_out(peer, step)
            nonsense = nonsense + len(step.findings) if not step.heard else 0
        if nonsense >= NONSENSE_MAX:
            self._hall.hang_up(peer)
        self._lines[peer] = _Line(line.talk, self._clock.mono_us(), nonsense, waiting=not end)

    def _carry_out(self, peer: int, step: Step) -> None:
        if step.heard:
            if not self._up:
                self._up = True
                self._sink.up()
            back = self._links.heard(step.device, self._clock.mono_us())
            if back is not None:
                self._say(back)
        for said in step.said:
            self._say(said)
        for finding in step.findings:
            self._sink.finding(finding)
        if step.heard and step.device is None:
            self._sink.alive()
        elif step.heard and step.device is not None:
            self._sink.told(step.device, self._clock.now_us())
        if step.answer:
            self._hall.send(peer, step.answer)
        if step.close:
            self._hall.hang_up(peer)

    def _say(self, said: Said) -> None:
        if said.picture is not None:
            said = said._replace(reading=named(said, self._sink), picture=None)
        for one in self._names.told(said):
            self._sink.reading(one.reading, one.device_at_us, one.device)
        if self._names.is_full(said):
            self._sink.finding(Finding("too_many_names", 0, b""))

    def _tell_who_was_sent_away(self) -> None:
        strangers, crowded = self._hall.strangers, self._hall.crowded
        if strangers > self._told_away[0]:
            self._sink.finding(Finding("stranger", 0, b""))
        if crowded > self._told_away[1]:
            self._sink.finding(Finding("crowded", 0, b""))
        self._told_away = (strangers, crowded)
