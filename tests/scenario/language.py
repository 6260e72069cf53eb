"""At/Want: a story of what devices say and what must be found, on a manual clock.

    play(
        At(0, "door-1", DoorContact(open=True)),
        Reported(30, "door-1"),
        Want("door_held raised"),
    )

`At`: a reading happened at a second, and came in at the same second or at `came`. `Reported`: the sources have said everything
up to then. `Wall`: the wall clock has come so far, and nothing else. `Want`: exactly this was found since the last `Want`.
The bench does what the hub's worker does with detectors, and nothing more; it keeps states as JSON between steps, as the
database does.
"""

from typing import Any, NamedTuple

import msgspec

from contract.clock import US_PER_S, ManualClock
from contract.readings import Reading
from hub.detectors.table import BY_KIND, BY_NAME
from hub.detectors.types import Clear, Detector, Device, Event, Finding, Raise, Step, Wake, Withdraw, subjects
from hub.policy.load import Policy

T0 = ManualClock().now_us()
POLICY = Policy.load()
INTAKE = POLICY.numbers("CMD-1")

DEVICES = {
    device.id: device
    for device in (
        Device("door-1", "door", "gate", "agent-1", "door-1", {}),
        Device("door-slow", "door", "gate", "agent-1", "door-slow", {"held_s": 120.0}),
        Device("door-patient", "door", "gate", "agent-1", "door-patient", {"device_silent_s": 300.0}),
        Device("reader-1", "reader", "gate", "agent-1", "door-1", {}),
        Device("reader-2", "reader", "gate", "agent-2", "door-1", {}),
        Device("button-1", "contacts", "gate", "agent-1", "door-1", {}),
        Device("board-1", "contacts", "gate", "agent-1", "board-1", {}),
        Device("barrier-1", "barrier", "gate", "agent-1", "barrier-1", {}, cameras=("lane-camera",)),
        Device("barrier-2", "barrier", "garage", "agent-2", "barrier-2", {"free_exit": 1.0}),
        Device("lane-reader", "reader", "gate", "agent-1", "barrier-1", {}),
        Device("lane-camera", "camera", "gate", "agent-1", "barrier-1", {}),
        Device("far-reader", "reader", "garage", "agent-2", "barrier-2", {}),
        Device("fire-1", "contacts", "garage", "agent-2", "fire-1", {}, frees=("door-1", "barrier-1")),
        Device("camera-1", "camera", "gate", "agent-1", "camera-1", {}),
        Device("camera-2", "camera", "gate", "agent-1", "camera-2", {}),
        Device("camera-off", "camera", "gate", "agent-1", "camera-off", {"recorded": 0}),
        Device("meter-1", "meter", "pump", "agent-1", "meter-1", {"water_pressure_min": 200.0, "power_max": 1000.0}),
        Device("agent-1", "agent", "gate", "agent-1", "agent-1", {}),
        Device("agent-2", "agent", "garage", "agent-2", "agent-2", {}),
    )
}


class At(NamedTuple):
    s: float
    device: str
    reading: Reading
    came: float | None = None
    device_s: float | None = None


class Reported:
    def __init__(self, s: float, *sources: str, came: float | None = None) -> None:
        self.s = s
        self.sources = sources
        self.came = s if came is None else came


class Wall(NamedTuple):
    s: float


class Want:
    def __init__(self, *found: str) -> None:
        self.found = list(found)


def us(s: float) -> int:
    return T0 + round(s * US_PER_S)


class Bench:
    """Runs detectors over events, watermarks and the wall clock."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.states: dict[tuple[str, str], bytes] = {}
        self.devices: dict[tuple[str, str], str] = {}
        self.wakes: dict[tuple[str, str], tuple[Wake, bool]] = {}
        self.watermarks: dict[str, int] = {}
        self.findings: list[tuple[str, str, Finding]] = []
        self._heard: dict[str, int] = {}
        self._seq = 0

    def take(self, item: At | Reported | Wall) -> None:
        if isinstance(item, At):
            self.event(item)
        elif isinstance(item, Wall):
            self.wall(us(item.s))
        else:
            self.wall(us(item.came))
            for source in item.sources:
                self.reported(source, us(item.s))

    def event(self, at: At) -> None:
        came = us(at.s if at.came is None else at.came)
        self.wall(came)
        self._seq += 1
        late = came - us(at.s) > INTAKE["late_s"] * US_PER_S
        device_at = None if at.device_s is None else us(at.device_s)
        event = Event(at.device, us(at.s), came, at.reading, "f" * 32, self._seq, late, device_at)
        self.reported(at.device, event.at_us)
        device = DEVICES[at.device]
        for detector in BY_KIND.get(type(at.reading), ()):
            for subject, about in subjects(detector, event, device, DEVICES.get):
                key = (detector.name, subject)
                step = detector.step(self._state(key, detector), event, about, POLICY.for_device(detector, about))
                if step is not None:
                    self.devices.setdefault(key, about.id)
                    self._take(key, detector, step)

    def reported(self, source: str, up_to_us: int) -> None:
        self.watermarks[source] = max(up_to_us, self.watermarks.get(source, 0))
        self._heard[DEVICES[source].agent] = self.clock.now_us()
        for key, (wake, _) in sorted(self.wakes.items(), key=lambda item: item[1][0].due_us):
            if wake.source == source and wake.due_us <= self.watermarks[source]:
                self._wake(key, wake, proven=True)

    def wall(self, now_us: int) -> None:
        self.clock.step_wall_us(now_us - self.clock.now_us())
        for key, (wake, stalled) in sorted(self.wakes.items(), key=lambda item: item[1][0].due_us):
            reported = wake.source is None or self.watermarks.get(wake.source, 0) >= wake.due_us
            fires_us = wake.due_us if reported or wake.source is None else self._stalls_us(wake.due_us, wake.source)
            if fires_us <= now_us and (reported or not stalled):
                self._wake(key, wake, proven=reported)

    def _stalls_us(self, due_us: int, source: str) -> int:
        """A source has stalled when nothing has come from its agent for a while: a backlog that drains is no stall."""
        return max(due_us, self._heard.get(DEVICES[source].agent, 0)) + int(INTAKE["source_stall_s"] * US_PER_S)

    def _wake(self, key: tuple[str, str], wake: Wake, *, proven: bool) -> None:
        detector = BY_NAME[key[0]]
        assert detector.wake is not None
        device = DEVICES[self.devices[key]]
        del self.wakes[key]
        numbers = POLICY.for_device(detector, device)
        step = detector.wake(self._state(key, detector), wake.due_us, proven, device, numbers)
        assert not (proven and step.wake == wake), f"{key} asks for the moment that has just passed"
        self._take(key, detector, step, stalled=not proven and step.wake == wake)

    def _state(self, key: tuple[str, str], detector: Detector) -> Any:
        body = self.states.get(key)
        return None if body is None else msgspec.json.decode(body, type=detector.state_type)

    def _take(self, key: tuple[str, str], detector: Detector, step: Step, *, stalled: bool = False) -> None:
        self.findings += [(*key, finding) for finding in step.findings]
        was = self.wakes.pop(key, None)
        if step.state is None:
            self.states.pop(key, None)
            assert step.wake is None
            return
        self.states[key] = msgspec.json.encode(step.state)
        assert self._state(key, detector) == step.state
        if step.wake is not None:
            same = was is not None and was[0] == step.wake and was[1]
            self.wakes[key] = (step.wake, stalled or same)


def words(detector: str, finding: Finding) -> str:
    if isinstance(finding, Raise):
        marks = (" unproven" if not finding.proven else "") + (" late" if finding.late else "")
        return f"{detector} raised{marks}"
    return f"{detector} cleared" if isinstance(finding, Clear) else f"{detector} withdrawn: {finding.reason}"


def play(*story: At | Reported | Wall | Want, of: str = "") -> Bench:
    """Run the story; the bench is handed back for a closer look. What is found after the last `Want` is a failure too.
    `of`: only this detector's findings count."""
    bench = Bench()
    seen = 0
    for index, item in enumerate((*story, Want())):
        if not isinstance(item, Want):
            bench.take(item)
            continue
        found = [words(detector, finding) for detector, _, finding in bench.findings[seen:] if of in ("", detector)]
        assert found == item.found, f"item {index} of the story wants {item.found} and found {found}"
        seen = len(bench.findings)
    return bench


def only(bench: Bench, kind: type[Raise] | type[Clear] | type[Withdraw], of: str = "") -> Any:
    """The one finding of that kind (of that detector)."""
    (found,) = [finding for name, _, finding in bench.findings if isinstance(finding, kind) and of in ("", name)]
    return found
