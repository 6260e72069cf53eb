"""What detectors see and say. They are pure: no clock, no database, no network."""

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

import msgspec

from contract.readings import Reading


class Event(msgspec.Struct, frozen=True, gc=False):
    """A committed reading. `at_us` is when it happened, on the hub's time line (the agent's time less its known offset).
    `late`: it came more than the policy's `late_s` after it happened; what it finds is listed and never sounds.
    `stream` and `seq` name it for ever; a report that the hub makes itself has its own stream."""

    device: str
    at_us: int
    hub_at_us: int
    reading: Reading
    stream: str
    seq: int
    late: bool = False
    device_at_us: int | None = None

    @property
    def name(self) -> str:
        """The event's unique name, also the name of an episode that begins with it."""
        return f"{self.stream}:{self.seq}"


class AgentHeard(Reading, frozen=True):
    """The hub's own report: something valid came from the agent at `hub_at_us`."""


class AgentLost(Reading, frozen=True):
    """The hub's own report: the broker published the agent's last will. A hint; silence is what alarms."""


class AgentCame(Reading, frozen=True):
    """The hub's own report: the agent says that it has connected to the broker. Unsealed, and so a hint."""


class AgentAwaited(Reading, frozen=True):
    """The hub's own report: the hub has started and waits for the agent. One that was never heard is missed from then on."""


class SequenceJumped(Reading, frozen=True):
    """The hub's own report: the agent no longer holds `first` to `last`, and the hub never committed them."""

    first: int
    last: int


class ForeignReport(Reading, frozen=True):
    """The hub's own report: a batch was refused in the agent's name. `reason` is a name such as `wrong_mac`, `fenced`."""

    reason: str


class PlateWatched(Reading, frozen=True):
    """The hub's own report: a plate of the watch list was at a gate. `watch`: the entry's name; `why`: what stands in it."""

    watch: str
    plate: str
    why: str
    priority: Literal[1, 2, 3, 4] = 2
    picture: str = ""


class Quarantined(Reading, frozen=True):
    """The hub's own report: an event was put aside. `reason`: `undecodable`, `too_long_text`, `unknown_device`, `foreign_device`,
    `bad_segment` (it ends before it begins, or is longer than any), `detector:NAME` when that detector raised, or
    `too_many_subjects` when the event is stored but one of them saw too many."""

    reason: str


class Raise(NamedTuple):
    """A cause began. Raising the same (detector, subject, episode) again merges into its case and may only strengthen it
    (unproven becomes proven, late becomes present). `facts` are shown to people: small, JSON. `priority` None: the detector's."""

    episode: str
    at_us: int
    facts: dict[str, Any]
    proven: bool = True
    late: bool = False
    priority: Literal[1, 2, 3, 4] | None = None
    again: bool = False
    """What was withdrawn is so after all: the case is open again."""
    place: str | None = None
    """Where it is, where that is not the device's own place."""


class Clear(NamedTuple):
    """The condition of `episode` returned to normal at `at_us`."""

    episode: str
    at_us: int


class Withdraw(NamedTuple):
    """What was raised as unproven turned out not to have been so. `reason` is a name; nothing is erased."""

    episode: str
    at_us: int
    reason: str


Finding = Raise | Clear | Withdraw


class Wake(NamedTuple):
    """Call `wake` when `source` (the id of a device or agent) has reported up to `due_us`. Where the source stalls, it is
    called by the wall clock with `proven=False` after the policy's `source_stall_s`, and again once the source has reported.
    `source` None: by the wall clock alone, with `proven=True`. Asking for the wake that is already wanted changes nothing: one
    that has fired unproven and is asked for again waits for the proof alone."""

    due_us: int
    source: str | None


class Step(NamedTuple):
    """The whole outcome of one step. `state` None forgets the subject; `wake` None wants no wake-up, and replaces
    whatever was wanted before."""

    state: Any
    findings: tuple[Finding, ...] = ()
    wake: Wake | None = None


class Recorded(NamedTuple):
    """A camera that may be recorded, and where it is. `wanted`: it is to be, by the estate file."""

    camera: str
    place: str
    wanted: bool = False


class Device(NamedTuple):
    """What detectors may know of the device: the estate file's row. `options` overrides policy numbers for this device."""

    id: str
    kind: Literal["door", "barrier", "camera", "reader", "meter", "contacts", "wand", "phone", "agent", "other"]
    place: str
    agent: str
    opens: str
    """For what belongs to a door or a barrier, such as its reader, its exit button, its loop or the camera that reads plates in
    its lane: that one; for all others its own id."""
    options: dict[str, float]
    frees: tuple[str, ...] = ()
    """The doors and barriers that its fire input opens."""
    cameras: tuple[str, ...] = ()
    """Of a barrier: the cameras that read plates in its lane."""
    recorded: tuple[Recorded, ...] | None = None
    """Of an agent: its cameras that may be recorded; None: not known."""


def the_device(_event: Event, device: Device) -> str:
    """What most detectors' states are about."""
    return device.id


class Detector(NamedTuple):
    """One row of the table. `state_type` is how the state is stored and read back (msgspec JSON).

    step(state, event, device, numbers) returns a Step, or None when nothing changed: state and wake stay as they are.
    wake(state, due_us, proven, device, numbers) returns a Step. `numbers` are the clause's numbers from the policy with
    the device's own in front. `subject(event, device)` names what the state is about: by default the device.
    """

    name: str
    clause: str
    priority: Literal[1, 2, 3, 4]
    kinds: tuple[type[Reading], ...]
    state_type: Any
    step: Callable[[Any, Event, Device, dict[str, float]], Step | None]
    wake: Callable[[Any, int, bool, Device, dict[str, float]], Step] | None = None
    subject: Callable[[Event, Device], str] = the_device
    clocked: bool = False
    """It wants readings that carry the device's own time, and no others."""
    about: Callable[[Event, Device], tuple[str, ...]] | None = None
    """In place of `subject`: the devices that the event is about. Each has a state of its own, and the step is given that
    device's row and numbers, whoever told."""


def subjects(
    detector: Detector, event: Event, device: Device, book: Callable[[str], Device | None]
) -> Iterator[tuple[str, Device]]:
    """What the detector's states of an event are about, each with the device whose row the step is given."""
    if detector.about is None:
        yield detector.subject(event, device), device
        return
    for name in detector.about(event, device):
        found = book(name)
        if found is not None:
            yield name, found
