"""Random sequences of beam, loop, fire, link and command: the barrier never closes on what it does not know to be clear."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread

from contract.clock import SystemClock
from contract.readings import FireInput, Reading
from drivers.barrier_modbus.decode import BarrierOptions, Inputs
from drivers.barrier_modbus.driver import BarrierDriver
from drivers.barrier_modbus.twin import BarrierTwin
from drivers.modbus.slave import SlaveLine
from drivers.port import CommandFailed, DeviceLost
from drivers.transports.pty import PtyLine
from edge.interlocks import Observed
from tests.faults.row import Row, Tally, lives
from tests.support.lane_rig import Lane, Wrong, ready, sequence
from tests.support.modbus_rig import KeepingSink, wait_for

OPTIONS = BarrierOptions(
    inputs=Inputs(beam_fault=6), pulse_ms=50, poll_ms=20, timeout_ms=200, normally_closed=frozenset(("beam",))
)
UNSEEN_S = 0.15
"""What changed less than some polls ago nobody can have heard."""
SENSORS = ("loop", "loop_fault", "beam", "beam_fault")


def sequences(_folder: Path, tries: int, random: Random) -> Tally:
    """In one thread, with a clock of its own: each movement is judged by a model that knows what is true."""
    violations: list[str] = []
    closings = 0
    for number in range(tries):
        try:
            closings += sequence(random).closings
        except Wrong as error:
            violations.append(f"sequence {number}: {error}")
    if not closings:
        violations.append("no sequence closed the barrier: nothing was tested")
    return Tally(tries, violations)


def stale_commands(_folder: Path, tries: int, random: Random) -> Tally:
    """Each command waits, on its way or behind another, until its life is over; nothing moves."""
    violations: list[str] = []
    for number in range(tries):
        lane = Lane()
        ready(lane)
        action = random.choice(("open", "close", "stop"))
        late_us = 5_000_001 + random.randrange(10**8)
        try:
            if number % 2:
                lane.clock.advance_us(late_us)
            lane.command(action)
            lane.clock.advance_us(0 if number % 2 else late_us)
            ready(lane)
            lane.carry_out()
        except Wrong as error:
            violations.append(str(error))
        if lane.driver.acts or lane.told[-1].reason != "expired":
            violations.append(f"a stale {action} was carried out, or not told of: {lane.driver.acts}, {lane.told[-1:]}")
    return Tally(tries, violations)


class _Sink(KeepingSink):
    """The agent's: what was said goes to the interlocks."""

    def __init__(self, observed: Observed) -> None:
        super().__init__()
        self.observed = observed
        self.clock = SystemClock()

    def reading(self, reading: Reading, device_at_us: int | None = None, device: str | None = None) -> int:
        self.observed.reading("barrier", reading)
        return super().reading(reading, device_at_us, device)

    def alive(self) -> None:
        super().alive()
        self.observed.heard("barrier", self.clock.mono_us())


class TwinLane:
    """A barrier's twin on its serial line, its driver, and the interlocks between a command and the relay."""

    def __init__(self, folder: Path) -> None:
        self.twin = BarrierTwin(OPTIONS, travel_s=0.05)
        self.line = PtyLine(folder / "barrier")
        self.slaves = SlaveLine(self.line, [self.twin.slave], baud=None)
        self.driver = BarrierDriver(self.line.address, OPTIONS)
        self.observed = Observed([("panel", "hall")])
        self.sink = _Sink(self.observed)
        self.clock = SystemClock()
        self.since = dict.fromkeys(SENSORS, 0.0)
        """Since when each is in the way; 0: it is not."""
        self.wrong: list[str] = []
        self.closings = 0
        self._stop = Event()
        self._thread = Thread(target=self._run)
        self._relay = self.twin.slave.on_coil
        self.twin.slave.on_coil = self._pressed

    def start(self) -> None:
        self.slaves.start()
        self._thread.start()
        wait_for(lambda: self.sink.alives > 0, "the board")

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self.slaves.stop()
        self.line.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.driver.run(self.sink, self._stop)
            except DeviceLost:
                self.observed.lost("barrier")
                self.sink.said.clear()
                self._stop.wait(0.02)

    def _pressed(self, coil: int, on: bool) -> None:
        """At the board's end of the wire, with what is true there."""
        if coil == OPTIONS.coils.close and on:
            self.closings += 1
            now = time.monotonic()
            seen = {name: now - at for name, at in self.since.items() if at and now - at > UNSEEN_S}
            if seen:
                self.wrong.append(f"closed on {seen}")
        if self._relay is not None:
            self._relay(coil, on)

    def put(self, sensor: str, there: bool) -> None:
        """Somebody comes into the way, or goes; a cable breaks, or is mended."""
        self.since[sensor] = time.monotonic() if there else 0.0
        self.twin._set(**{sensor: there})

    def act(self, action: str) -> str:
        """As the agent's actuator does: the interlocks are asked last of all."""
        verdict = self.observed.judge("barrier", action, ("loop", "beam"), self.clock.mono_us())
        if verdict != "allowed":
            return verdict
        try:
            self.driver.act(action, {})
        except CommandFailed:
            return "failed"
        return "done"


@contextmanager
def twin_lane(folder: Path) -> Iterator[TwinLane]:
    folder.mkdir(parents=True, exist_ok=True)
    lane = TwinLane(folder)
    lane.start()
    try:
        yield lane
    finally:
        lane.stop()


def against_the_twin(folder: Path, tries: int, random: Random) -> Tally:
    """The same on a serial line: what presses the relay is judged at the board's end, by what is true there."""
    violations: list[str] = []
    closings = 0
    for chapter, count in enumerate(lives(tries)):
        with twin_lane(folder / f"lane-{chapter}") as lane:
            for _ in range(count):
                violations += _one(lane, random)
            violations += lane.wrong
            closings += lane.closings
    if not closings and tries > 4:
        violations.append("no sequence closed the barrier: nothing was tested")
    return Tally(tries, violations)


def _one(lane: TwinLane, random: Random) -> list[str]:
    """One sequence: the way is clear or not, there is a fire or not, the barrier is held up or not, and the hub commands."""
    found = []
    for sensor in SENSORS:
        lane.put(sensor, random.random() < 0.2)
    fire = random.choice((False, False, False, True))
    lane.observed.reading("panel", _fire(fire))
    held = random.random() < 0.2
    if held:
        lane.twin.hold_open()
    if random.random() < 0.1:
        lane.line.unplug()
        time.sleep(random.random() * 0.05)
        lane.line.plug()
    time.sleep(UNSEEN_S + 0.02)
    presses = lane.closings
    if random.random() < 0.3:
        lane.put(random.choice(SENSORS), True)  # at the last moment: the next poll tells
        time.sleep(random.random() * 2 * UNSEEN_S)
    verdict = lane.act("close")
    if fire and lane.closings > presses:
        found.append(f"closed during a fire: {verdict}")
    if held:
        if lane.twin.opened < 1.0 and lane.closings > presses:
            time.sleep(0.06)
            found += [] if lane.twin.opened >= 1.0 else ["the arm that was held for free passage came down"]
        lane.twin.let_go()
    return found


def _fire(active: bool) -> Reading:
    return FireInput(active=active, name="hall")


ROWS = (
    Row("P3", "random sequences of beam, loop, fire and command", 100_000, 1_500, sequences),
    Row("P3", "the same against the barrier on its serial line", 4_000, 25, against_the_twin),
    Row("P3", "stale commands", 1_000, 100, stale_commands),
)
