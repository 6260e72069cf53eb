"""What is done to the devices: each has a few kinds of deeds, done at random, long or short, and never near a rule's limit.

A deed changes the device's state; the agent hears of it if it is up and reaches the device, and else learns the state later.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from contract.readings import (
    AccessDecided,
    AlarmInput,
    ArmState,
    BarrierState,
    CameraLink,
    DoorContact,
    ExitRequested,
    Measurement,
    PictureDark,
    Reading,
    TamperContact,
)
from watchkeeper.simulation.agents import SimAgent
from watchkeeper.simulation.world import World

HOUR_S = 3600.0
OUT_OF_REACH_S = ((10.0, 50.0), (72.0, 600.0))
MEASURE_S = 60.0


class Deed(NamedTuple):
    """`every_s`: how long from one to the next, on average. `lasts_s`: ranges of which one is taken."""

    every_s: float
    lasts_s: Sequence[tuple[float, float]]
    begin: Callable[["Twin", float], None]


class Twin:
    """A device. `state` is what it would say of itself; `busy` while a deed is under way, as there is one at a time."""

    def __init__(self, device: str, agent: SimAgent, world: World, states: dict[str, Reading]) -> None:
        self.device, self.agent, self.world = device, agent, world
        self.state = states
        self.busy = False
        self.reached = True
        agent.states[device] = self._states

    def _states(self) -> list[Reading] | None:
        return list(self.state.values()) if self.reached else None

    def say(self, reading: Reading, *, slot: str = "") -> None:
        """Something happens at the device; with `slot` it changes that part of its state."""
        if slot:
            self.state[slot] = reading
        if self.reached:
            self.agent.tell(self.device, reading)

    def reach(self, reached: bool) -> None:
        """The agent loses the device, or has it back."""
        self.reached = reached
        self.agent.tell_states(self.device)

    def later(self, seconds: float, *readings: tuple[str, Reading]) -> None:
        """Say these after a while."""

        def say() -> None:
            for slot, reading in readings:
                self.say(reading, slot=slot)

        self.world.after(seconds, say)

    def live(self, deeds: Sequence[Deed]) -> None:
        """Do deeds until the world is calm."""
        for deed in deeds:
            self._plan(deed)

    def _plan(self, deed: Deed) -> None:
        self.world.after(self.world.random.expovariate(1 / deed.every_s) + 1.0, lambda: self._do(deed))

    def _do(self, deed: Deed) -> None:
        if self.world.calm:
            return
        if not self.busy:
            lasts_s = self.world.seconds(*self.world.random.choice(deed.lasts_s))
            self.busy = True
            self.world.after(lasts_s + 75.0, self._rest)
            deed.begin(self, lasts_s)
        self._plan(deed)

    def _rest(self) -> None:
        self.busy = False


def _holds(slot: str, on: Reading, off: Reading) -> Callable[[Twin, float], None]:
    def begin(twin: Twin, lasts_s: float) -> None:
        twin.say(on, slot=slot)
        twin.later(lasts_s, (slot, off))

    return begin


def _out_of_reach(twin: Twin, lasts_s: float) -> None:
    twin.reach(False)
    twin.world.after(lasts_s, lambda: twin.reach(True))


def _barrier_opens(twin: Twin, lasts_s: float) -> None:
    twin.say(BarrierState("moving"), slot="position")
    twin.later(2.0, ("position", BarrierState("open")))
    twin.later(2.0 + lasts_s, ("position", BarrierState("moving")))
    twin.later(4.0 + lasts_s, ("position", BarrierState("closed")))


def _measures(twin: Twin) -> None:
    """Every minute, and whatever is done to it at once."""
    twin.world.after(MEASURE_S, lambda: _measures(twin))
    twin.say(twin.state["temperature"])


def _storm(twin: Twin, lasts_s: float) -> None:
    """A meter that stammers: hundreds of readings a minute, so that a small spool runs over."""
    for number in range(int(lasts_s)):
        twin.later(number / 20, ("", Measurement("pressure", float(number), "kPa")))


def _door_opens(reader: Twin | None, *, button: bool = False) -> Callable[[Twin, float], None]:
    """Somebody is let through and opens the door; with neither reader nor button it is forced."""

    def begin(twin: Twin, lasts_s: float) -> None:
        wait_s = twin.world.seconds(0.3, 4.0)
        if reader is not None:
            reader.say(AccessDecided(twin.world.name(4), True, "permit"))
        elif button:
            twin.say(ExitRequested())
        twin.later(wait_s, ("contact", DoorContact(True)))
        twin.later(wait_s + lasts_s, ("contact", DoorContact(False)))

    return begin


def _refused(low: int, high: int) -> Callable[[Twin, float], None]:
    def begin(twin: Twin, lasts_s: float) -> None:
        count = twin.world.random.randint(low, high)
        for number in range(count):
            twin.later(lasts_s * number / count, ("", AccessDecided("nobody", False, "unknown_card")))

    return begin


def _contacts(_twin: Twin) -> tuple[Deed, ...]:
    zones = [
        Deed(0.6 * HOUR_S, ((5.0, 600.0),), _holds(zone, AlarmInput(True, zone), AlarmInput(False, zone)))
        for zone in ("zone-1", "zone-2")
    ]
    return (*zones, Deed(5 * HOUR_S, ((5.0, 300.0),), _holds("tamper", TamperContact(True), TamperContact(False))))


def _barrier(_twin: Twin) -> tuple[Deed, ...]:
    return (
        Deed(300.0, ((8.0, 30.0),), _barrier_opens),
        Deed(3 * HOUR_S, ((20.0, 50.0), (72.0, 600.0)), _barrier_opens),
        Deed(6 * HOUR_S, ((30.0, 900.0),), _holds("arm", ArmState(False), ArmState(True))),
    )


def _camera(_twin: Twin) -> tuple[Deed, ...]:
    both = ((5.0, 22.0), (40.0, 900.0))
    return (
        Deed(3 * HOUR_S, both, _holds("stream", CameraLink(False, "ended"), CameraLink(True, "opened"))),
        Deed(3 * HOUR_S, both, _holds("dark", PictureDark(True, 4.0), PictureDark(False, 90.0))),
    )


def _meter(twin: Twin) -> tuple[Deed, ...]:
    hot, cool = Measurement("temperature", 45.0, "°C"), Measurement("temperature", 21.0, "°C")
    _measures(twin)
    return (
        Deed(2 * HOUR_S, ((5.0, 22.0), (40.0, 900.0)), _holds("temperature", hot, cool)),
        Deed(5 * HOUR_S, ((100.0, 1200.0),), _storm),
    )


def _reader(_twin: Twin) -> tuple[Deed, ...]:
    return (
        Deed(2 * HOUR_S, ((8.0, 40.0),), _refused(3, 6)),
        Deed(HOUR_S, ((1.0, 20.0),), _refused(1, 2)),
    )


def _door(reader: Twin) -> tuple[Deed, ...]:
    passing = _door_opens(reader)
    return (
        Deed(360.0, ((3.0, 15.0),), passing),
        Deed(1200.0, ((3.0, 15.0),), _door_opens(None, button=True)),
        Deed(2 * HOUR_S, ((14.0, 23.0), (38.0, 300.0)), passing),
        Deed(3 * HOUR_S, ((3.0, 20.0), (38.0, 200.0)), _door_opens(None)),
    )


_DEEDS: dict[str, Callable[[Twin], tuple[Deed, ...]]] = {
    "contacts": _contacts,
    "barrier": _barrier,
    "camera": _camera,
    "meter": _meter,
    "reader": _reader,
}

_STATES: dict[str, dict[str, Any]] = {
    "door": {"contact": DoorContact(False)},
    "barrier": {"position": BarrierState("closed"), "arm": ArmState(True)},
    "camera": {"stream": CameraLink(True, "opened"), "dark": PictureDark(False, 90.0)},
    "meter": {"temperature": Measurement("temperature", 21.0, "°C")},
    "contacts": {
        "zone-1": AlarmInput(False, "zone-1"),
        "zone-2": AlarmInput(False, "zone-2"),
        "tamper": TamperContact(False),
    },
    "reader": {},
}


def people(agents: Sequence[SimAgent], world: World) -> list[Callable[[], None]]:
    """The devices of all agents. Returns what begins their lives."""
    begins: list[Callable[[], None]] = []
    for agent in agents:
        twins = {device: Twin(device, agent, world, dict(_STATES[kind])) for device, kind, _ in agent.plan.devices}
        reader_of = {opens: twins[device] for device, _, opens in agent.plan.devices if opens is not None}
        for device, kind, _ in agent.plan.devices:
            begins.append(_life(twins[device], kind, reader_of.get(device)))
    return begins


def _life(twin: Twin, kind: str, reader: Twin | None) -> Callable[[], None]:
    def begin() -> None:
        deeds = _door(reader) if reader is not None else _DEEDS[kind](twin)
        away = Deed(8 * HOUR_S, OUT_OF_REACH_S, _out_of_reach)
        twin.live(deeds if kind == "camera" else (*deeds, away))

    return begin
