"""The other end of a barrier's wire: an arm that takes its time, switches, a loop, a beam, and things that go wrong."""

from typing import Literal

from contract.clock import US_PER_S, Clock, SystemClock
from drivers.barrier_modbus.decode import BarrierOptions, numbers
from drivers.modbus.slave import Slave


class Arm:
    """Where the arm is, from 0 closed to 1 open, as a function of time: pure."""

    def __init__(self, travel_s: float, now_us: int) -> None:
        self._travel_us = travel_s * US_PER_S
        self._at = 0.0
        self._towards = 0
        self._since_us = now_us

    def at(self, now_us: int) -> float:
        """Its place at `now_us`, which is not before the last command."""
        moved = self._towards * (now_us - self._since_us) / self._travel_us
        return min(1.0, max(0.0, self._at + moved))

    def go(self, towards: Literal[-1, 0, 1], now_us: int) -> None:
        """Open (1), close (-1) or stop (0), from where it is."""
        self._at = self.at(now_us)
        self._towards = towards
        self._since_us = now_us


_TOWARDS: dict[str, Literal[-1, 0, 1]] = {"open": 1, "close": -1, "stop": 0}


class BarrierTwin:
    """A barrier with its board, wired as `options` say. Put its `slave` on a `SlaveLine`,
    alone or with those of other boards; silence is the line's (`SlaveLine.go_silent`).

    The arm begins closed and takes `travel_s` each way. A relay acts when it closes, as a button does.
    """

    def __init__(self, options: BarrierOptions, *, travel_s: float = 2.0, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._numbers = numbers(options)
        self._inverted = options.normally_closed
        coils = {"open": options.coils.open, "close": options.coils.close, "stop": options.coils.stop}
        self._actions = {coil: action for action, coil in coils.items() if coil is not None}
        self._arm = Arm(travel_s, self._clock.mono_us())
        self._held = False
        self._on = {"arm_attached": True}
        self.presses: dict[str, int] = dict.fromkeys(_TOWARDS, 0)
        """How often each relay was pressed."""
        self.slave = Slave(options.unit, coils=max(8, max(self._actions) + 1), inputs=max(8, *self._numbers.values()) + 1)
        self.slave.before = self._refresh
        self.slave.on_coil = self._relay
        self._refresh()

    @property
    def opened(self) -> float:
        """How far the arm is up, from 0 to 1."""
        with self.slave.lock:
            return self._arm.at(self._clock.mono_us())

    def car_arrives(self) -> None:
        """A car stands on the loop and in the beam."""
        self._set(loop=True, beam=True)

    def car_leaves(self) -> None:
        """The lane is free again."""
        self._set(loop=False, beam=False)

    def person_in_beam(self, there: bool = True) -> None:
        """Somebody stands in the beam, or has gone: no loop feels that."""
        self._set(beam=there)

    def break_loop(self, broken: bool = True) -> None:
        """The loop's cable breaks, or is mended."""
        self._set(loop_fault=broken)

    def break_beam(self, broken: bool = True) -> None:
        """The beam's own fault contact closes, where one is wired, or opens again."""
        self._set(beam_fault=broken)

    def knock_off_arm(self) -> None:
        """A car drives through the arm."""
        self._set(arm_attached=False)

    def refit_arm(self) -> None:
        """Somebody puts the arm back."""
        self._set(arm_attached=True)

    def hold_open(self) -> None:
        """Raise the arm and hold it there, whatever the relays say, until `let_go`."""
        with self.slave.lock:
            self._arm.go(1, self._clock.mono_us())
            self._held = True

    def let_go(self) -> None:
        """The relays count again; the arm stays where it is."""
        with self.slave.lock:
            self._held = False

    def _set(self, **inputs: bool) -> None:
        with self.slave.lock:
            self._on.update(inputs)

    def _relay(self, coil: int, on: bool) -> None:
        action = self._actions.get(coil)
        if action is None or not on:
            return
        self.presses[action] += 1
        if not self._held:
            self._arm.go(_TOWARDS[action], self._clock.mono_us())

    def _refresh(self) -> None:
        at = self._arm.at(self._clock.mono_us())
        now = {**self._on, "limit_open": at >= 1.0, "limit_closed": at <= 0.0}
        for name, number in self._numbers.items():
            self.slave.set_input(number, now.get(name, False) != (name in self._inverted))
