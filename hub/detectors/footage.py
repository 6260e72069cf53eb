"""A hole in what cameras record: nothing for over `footage_hole_s`, told when it happens, with its cause where one is known.

The state is an agent's: cameras that fail together for one cause are one incident. A camera is watched from its first segment, or
its recorder's first word, or where the estate says that it is recorded.

A hole is told once the agent has reported past the limit, plus as long as a segment takes that could still be under way. Where
the agent says nothing it is told unproven: it may record all the while. Footage that comes after all takes the hole back, or
shortens it.
"""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from contract.clock import US_PER_S
from contract.footage import RecorderState, SegmentRecorded
from contract.readings import AgentStarted, CameraLink
from hub.detectors.types import AgentAwaited, Clear, Detector, Device, Event, Finding, Raise, Step, Wake, Withdraw

Numbers = dict[str, float]
CAMERAS_MAX = 512
"""Streams of one agent that are watched. No agent has a tenth of them."""
HOLES_MAX = 32
"""Holes that are over and that late footage may still fill; the oldest is forgotten first."""
FILLED_MAX = 16
"""Pieces of late footage in one hole that are kept apart."""
NAMED_MAX = 16
"""Cameras of an incident that are named; the others are counted."""
PLANNED_PRIORITY = 4


class Camera(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One stream. Recorded up to `since_us`; `length_us`: what its segments last; `stopped`: its recorder writes nothing; `why`:
    what was said last since the last segment; `hole`: the episode that it is in."""

    since_us: int
    length_us: int = 0
    stopped: bool = False
    why: str = ""
    hole: str = ""
    late: bool = False


class Part(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One stream's part of a hole. `due_us`: nothing came up to then, when it was told. `filled`: footage of it that came
    late."""

    camera: str
    from_us: int
    due_us: int
    until_us: int | None = None
    filled: tuple[tuple[int, int], ...] = ()
    late: bool = False


class Hole(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What was told, as one incident."""

    episode: str
    from_us: int
    cause: str
    parts: tuple[Part, ...]
    proven: bool = False

    @property
    def over(self) -> bool:
        """Everything records again."""
        return all(part.until_us is not None for part in self.parts)


class Watch(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """All streams of one agent, by name. `started_us`: when the agent last started."""

    cameras: dict[str, Camera] = {}
    holes: tuple[Hole, ...] = ()
    started_us: int = 0
    wake_us: int | None = None


class _Story:
    """The watch while one step changes it."""

    def __init__(self, watch: Watch, device: Device, numbers: Numbers) -> None:
        self.was, self.device = watch, device
        self.limit_s = numbers["footage_hole_s"]
        self.limit_us = int(self.limit_s * US_PER_S)
        self.cameras, self.started_us = dict(watch.cameras), watch.started_us
        self.holes = {hole.episode: hole for hole in watch.holes}

    def expect(self, name: str, since_us: int) -> Camera | None:
        """The stream, watched from now on; None: there are too many."""
        if name not in self.cameras and len(self.cameras) < CAMERAS_MAX:
            self.cameras[name] = Camera(since_us)
        return self.cameras.get(name)

    def awaited(self, at_us: int) -> None:
        """The hub has started: what the estate says is recorded is watched."""
        for camera in self.device.recorded or ():
            if camera.wanted:
                self.expect(camera.camera, at_us)

    def forget_strangers(self, at_us: int) -> None:
        """Cameras that are not recorded any more by the estate."""
        if self.device.recorded is None:
            return
        known = {camera.camera for camera in self.device.recorded}
        for name in [name for name in self.cameras if name.partition("/")[0] not in known]:
            camera = self.cameras.pop(name)
            if camera.hole:
                self._set_part(camera.hole, name, until_us=max(at_us, camera.since_us))

    def said(self, event: Event, reading: RecorderState | CameraLink) -> None:
        """A recorder, or a camera, says how it stands."""
        if isinstance(reading, CameraLink):
            for name in [name for name in self.cameras if name.partition("/")[0] == event.device]:
                if not reading.connected and not self.cameras[name].why:
                    self.cameras[name] = replace(self.cameras[name], why="camera_lost")
            return
        name = _name(event.device, reading.stream)
        camera = self.expect(name, event.at_us)
        if camera is not None:
            why = camera.why if reading.recording else reading.reason
            self.cameras[name] = replace(camera, stopped=not reading.recording, why=why)

    def recorded(self, event: Event, reading: SegmentRecorded) -> None:
        """A segment, by the hub's time line."""
        name = _name(event.device, reading.stream)
        camera = self.expect(name, reading.start_us)
        if camera is None:
            return
        if reading.end_us <= camera.since_us:
            self._fill(name, reading.start_us, reading.end_us)
            return
        length_us = max(reading.end_us - reading.start_us, camera.length_us * 7 // 8)
        why = camera.why if camera.stopped else ""  # the last segment may come after the recorder's word
        now = Camera(reading.end_us, length_us, camera.stopped, why, camera.hole, event.late)
        gap_us = reading.start_us - camera.since_us
        if gap_us > self.limit_us:
            self._tell(name, replace(camera, late=event.late), until_us=reading.start_us, proven=True)
            now = replace(now, hole="")
        elif camera.hole and reading.end_us >= self._part(camera.hole, name).due_us:
            self._set_part(camera.hole, name, None)
            now = replace(now, hole="")
        self.cameras[name] = now

    def due(self, due_us: int, *, proven: bool) -> None:
        """Time has passed: of what was told unproven, proof; of what was not told, a hole."""
        for name, camera in list(self.cameras.items()):
            if self._due_of(name, camera) > due_us:
                continue
            if not camera.hole:
                self._tell(name, camera, until_us=None, proven=proven)
            elif proven:
                hole = self.holes[camera.hole]
                self.holes[camera.hole] = replace(hole, proven=True, cause=self._better(hole, camera))

    def step(self, at_us: int) -> Step:
        """What came of it."""
        findings = [finding for hole in self.holes.values() for finding in self._findings(hole, at_us)]
        kept = [hole for hole in self.holes.values() if hole.parts]
        over = sorted((hole for hole in kept if hole.over), key=lambda hole: hole.from_us)
        gone = {hole.episode for hole in over[: max(0, len(over) - HOLES_MAX)]}
        holes = tuple(hole for hole in kept if hole.episode not in gone)
        wake_us = self._wake_us()
        watch = Watch(self.cameras, holes, self.started_us, wake_us)
        return Step(watch, tuple(findings), None if wake_us is None else Wake(wake_us, self.device.id))

    def _wake_us(self) -> int | None:
        """The next time at which something may be told. A wake that is wanted already and comes sooner is let be: most of them
        find that footage has come since."""
        untold = [self._due_of(name, camera) for name, camera in self.cameras.items() if not camera.hole]
        unproven = [
            self._due_of(name, camera)
            for name, camera in self.cameras.items()
            if camera.hole and not self.holes[camera.hole].proven
        ]
        due_us = min(untold or unproven, default=None)
        was_us = self.was.wake_us
        return was_us if due_us is not None and was_us is not None and was_us <= due_us else due_us

    def _due_of(self, name: str, camera: Camera) -> int:
        if camera.hole:
            return self._part(camera.hole, name).due_us
        return camera.since_us + self.limit_us + (0 if camera.stopped else camera.length_us)

    def _tell(self, name: str, camera: Camera, *, until_us: int | None, proven: bool) -> None:
        """A hole of this stream, open or over: part of one that is told already where it began as that did, for the same
        cause."""
        part = Part(name, camera.since_us, self._due_of(name, camera), until_us, late=camera.late)
        cause = self._cause(camera, proven=proven)
        if camera.hole:
            hole = self.holes[camera.hole]
            self.holes[hole.episode] = replace(hole, cause=self._better(hole, camera), proven=True)
            self._set_part(hole.episode, name, from_us=camera.since_us, until_us=until_us)
            return
        for hole in self.holes.values():
            near = abs(hole.from_us - camera.since_us) <= self.limit_us and hole.cause == cause
            if near and all(one.camera != name for one in hole.parts):
                self.holes[hole.episode] = replace(hole, parts=(*hole.parts, part), proven=hole.proven or proven)
                break
        else:
            hole = Hole(f"{name}:{camera.since_us}", camera.since_us, cause, (part,), proven)
            self.holes[hole.episode] = hole
        if until_us is None:
            self.cameras[name] = replace(camera, hole=hole.episode)

    def _better(self, hole: Hole, camera: Camera) -> str:
        """The cause that was told, or a better one where that was a guess."""
        now = self._cause(camera, proven=True)
        return now if hole.cause in ("agent_silent", "unknown") and now != "unknown" else hole.cause

    def _cause(self, camera: Camera, *, proven: bool) -> str:
        if camera.why:
            return camera.why
        if self.started_us > camera.since_us:
            return "agent_down"
        return "unknown" if proven else "agent_silent"

    def _fill(self, name: str, from_us: int, until_us: int) -> None:
        """Footage of a time that is over: of a hole, what is left decides whether it was one."""
        for hole in list(self.holes.values()):
            for part in hole.parts:
                ended_us = part.until_us
                if part.camera != name or ended_us is None or from_us >= ended_us or until_us <= part.from_us:
                    continue
                filled = _joined((*part.filled, (max(from_us, part.from_us), min(until_us, ended_us))))
                if _longest_left(part, filled) <= self.limit_us:
                    self._set_part(hole.episode, name, None)
                elif len(filled) <= FILLED_MAX:
                    self._set_part(hole.episode, name, filled=filled)

    def _part(self, episode: str, name: str) -> Part:
        return next(part for part in self.holes[episode].parts if part.camera == name)

    def _set_part(self, episode: str, name: str, keep: bool | None = True, **fields: object) -> None:
        """Change the stream's part of the hole, or with None take it out."""
        hole = self.holes[episode]
        parts = tuple(replace(part, **fields) if part.camera == name else part for part in hole.parts)
        if keep is None:
            parts = tuple(part for part in parts if part.camera != name)
        self.holes[episode] = replace(hole, parts=parts)

    def _findings(self, hole: Hole, at_us: int) -> Iterable[Finding]:
        was = next((one for one in self.was.holes if one.episode == hole.episode), None)
        if was == hole:
            return
        if not hole.parts:
            if was is not None:
                yield Withdraw(hole.episode, at_us, "footage_came")
            return
        yield self._raise(hole)
        if hole.over and not (was is not None and was.over):
            yield Clear(hole.episode, max(part.until_us or 0 for part in hole.parts))

    def _raise(self, hole: Hole) -> Raise:
        names = [part.camera for part in hole.parts]
        places = {one.place for one in self.device.recorded or () if one.camera in {name.partition("/")[0] for name in names}}
        facts: dict[str, object] = {"hole_cause": hole.cause, "missing_cameras": names[:NAMED_MAX], "missing_count": len(names)}
        facts["limit_s"] = self.limit_s
        if hole.over:
            longest_us = max(_longest_left(part, part.filled) for part in hole.parts)
            facts["length_s"] = round(longest_us / US_PER_S, 1)
        late = all(part.late for part in hole.parts)
        priority = PLANNED_PRIORITY if hole.cause == "planned" else None
        place = next(iter(places)) if len(places) == 1 else None
        return Raise(hole.episode, hole.from_us, facts, hole.proven, late, priority, place=place)  # type: ignore[arg-type]


def step(state: Watch | None, event: Event, device: Device, numbers: Numbers) -> Step | None:
    """See Detector; `device` is the agent."""
    reading = event.reading
    if state is None and isinstance(reading, CameraLink | AgentStarted):
        return None
    story = _Story(state or Watch(), device, numbers)
    story.forget_strangers(event.at_us)
    if isinstance(reading, SegmentRecorded):
        story.recorded(event, reading)
    elif isinstance(reading, RecorderState | CameraLink):
        story.said(event, reading)
    elif isinstance(reading, AgentStarted):
        story.started_us = event.at_us
    elif isinstance(reading, AgentAwaited):
        story.awaited(event.at_us)
    done = story.step(event.at_us)
    return None if done.state == (state or Watch()) else done


def wake(state: Watch | None, due_us: int, proven: bool, device: Device, numbers: Numbers) -> Step:
    """See Detector."""
    if state is None:
        return Step(None)
    story = _Story(replace(state, wake_us=None), device, numbers)
    story.forget_strangers(due_us)
    story.due(due_us, proven=proven)
    return story.step(due_us)


def the_agent(_event: Event, device: Device) -> tuple[str, ...]:
    """Whose state an event belongs to. A camera that the estate does not have recorded is nobody's."""
    return () if device.options.get("recorded") == 0 else (device.agent,)


def _name(device: str, stream: str) -> str:
    return device if stream == "main" else f"{device}/{stream}"


def _joined(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for from_us, until_us in sorted(spans):
        if found and from_us - found[-1][1] <= US_PER_S:
            found[-1] = (found[-1][0], max(found[-1][1], until_us))
        else:
            found.append((from_us, until_us))
    return tuple(found)


def _longest_left(part: Part, filled: Iterable[tuple[int, int]]) -> int:
    longest_us, seen_us = 0, part.from_us
    for from_us, until_us in filled:
        longest_us, seen_us = max(longest_us, from_us - seen_us), max(seen_us, until_us)
    return max(longest_us, (part.until_us or part.due_us) - seen_us)


FOOTAGE_HOLE = Detector(
    "footage_hole",
    "MON-6",
    3,
    (SegmentRecorded, RecorderState, CameraLink, AgentStarted, AgentAwaited),
    Watch | None,
    step,
    wake,
    about=the_agent,
)
