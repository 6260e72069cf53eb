"""Detectors are run: on events, on watermarks that pass a deadline, and on the wall clock where a source has stalled.

A detector that raises is undone for that one step, alone; who called is told, and the stream goes on.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from contract.clock import US_PER_S
from contract.readings import Reading
from hub.detectors.types import Detector, Device, Event, Step, subjects, the_device
from hub.ingest.casebook import CASE_OWNER, Casebook, DatabaseGone
from hub.ingest.duties.planning import WantedPlan
from hub.ingest.ports import Rules, SiteBook
from hub.ingest.site import ALARM_OWNER, HUB_STREAM, PLAN_OWNER, Deadline, DeadlineKey, DetectorState, Site

WAKES_PER_ADVANCE_MAX = 1_000
SUBJECTS_PER_DEVICE_MAX = 1_024
"""Of one detector. A device names its zones and quantities itself. An alarm host has 999 zones at most; one that makes names up
may not fill the site's memory, nor blind the other detectors to it."""
FLUSH_EVERY_US = US_PER_S
DETECTOR_OWNER = "detector:"


class Failure(NamedTuple):
    """A detector raised."""

    detector: str
    device: str
    error: str


class Names(NamedTuple):
    """Under which keys the state of a detector's subject stands, and its deadline."""

    state: tuple[str, str]
    deadline: DeadlineKey


class Planned(NamedTuple):
    """A detector and its numbers for a device. `names`: of its subject, where that is the device itself, as with most."""

    detector: Detector
    numbers: dict[str, float]
    names: Names | None


class RuleTable:
    """The detectors by reading and by name, with all that can be said of each for a device worked out once."""

    def __init__(self, rules: Rules) -> None:
        by_kind: dict[type[Reading], list[Detector]] = {}
        for detector in rules.detectors:
            for kind in detector.kinds:
                by_kind.setdefault(kind, []).append(detector)
        self.by_kind: Mapping[type[Reading], tuple[Detector, ...]] = {kind: tuple(found) for kind, found in by_kind.items()}
        self.by_name: Mapping[str, Detector] = {detector.name: detector for detector in rules.detectors}
        self.rules = rules
        self.wanted_plan = None if rules.plan is None else WantedPlan(rules.plan)
        self._numbers: dict[tuple[str, str], dict[str, float]] = {}
        self._plans: dict[tuple[type[Reading], str, bool], tuple[Planned, ...]] = {}

    def plan(self, kind: type[Reading], device: Device, *, clocked: bool) -> tuple["Planned", ...]:
        """The detectors that want readings of this kind, each with its numbers for the device. `clocked`: the reading carries
        the device's own time."""
        key = (kind, device.id, clocked)
        found = self._plans.get(key)
        if found is None:
            wanted = (detector for detector in self.by_kind.get(kind, ()) if clocked or not detector.clocked)
            found = self._plans[key] = tuple(self._planned(detector, device) for detector in wanted)
        return found

    def numbers(self, detector: Detector, device: Device) -> dict[str, float]:
        """What the policy and the device's own options say; not to be changed."""
        key = (detector.name, device.id)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = self.rules.numbers(detector, device)
        return found

    def _planned(self, detector: Detector, device: Device) -> Planned:
        names = names_of(detector.name, device.id) if detector.subject is the_device and detector.about is None else None
        return Planned(detector, self.numbers(detector, device), names)


@lru_cache(maxsize=4096)
def names_of(detector: str, subject: str) -> Names:
    """The keys of a detector's subject."""
    return Names((detector, subject), DeadlineKey(DETECTOR_OWNER + detector, subject))


class Stepper:
    """Runs detectors within one turn. `on_failure` is told of those that raise, `on_too_many` of a
    device that names one subject too many; `order_flush` asks a source's agent to report."""

    def __init__(
        self,
        site: Site,
        casebook: Casebook,
        table: RuleTable,
        book: SiteBook,
        *,
        now_us: int,
        on_failure: Callable[[Failure, Event | None], None],
        on_too_many: Callable[[Device], None],
        order_flush: Callable[[str], None],
    ) -> None:
        self._site = site
        self._casebook = casebook
        self._table = table
        self.plan = table.plan
        self._book = book
        self._now_us = now_us
        self._on_failure = on_failure
        self._on_too_many = on_too_many
        self._order_flush = order_flush

    def step(self, event: Event, device: Device) -> None:
        """Show the event to each detector that wants its kind."""
        self.run(self.plan(type(event.reading), device, clocked=event.device_at_us is not None), event, device)

    def run(self, plan: Sequence[Planned], event: Event, device: Device) -> None:
        """Show the event to these detectors. One that would need a subject too many for it is not heard."""
        for planned in plan:
            saved = self._site.journal.savepoint()
            try:
                if planned.names is not None:
                    self._step(planned.detector, planned.numbers, planned.names, event, device)
                    continue
                detector = planned.detector
                for subject, about in subjects(detector, event, device, self._book.detector_device):
                    self._step(detector, self._table.numbers(detector, about), names_of(detector.name, subject), event, about)
            except DatabaseGone:
                raise
            except Exception as error:  # a plug-in's bug may not stop the site
                self._site.journal.rollback(saved)
                self._on_failure(Failure(planned.detector.name, device.id, repr(error)), event)

    def _step(self, detector: Detector, numbers: dict[str, float], names: Names, event: Event, device: Device) -> None:
        states = self._site.states
        row = states.get(names.state)
        step = detector.step(None if row is None else row.state, event, device, numbers)
        if step is None:
            return
        full = row is None and states.count_of(detector.name, device.id) >= SUBJECTS_PER_DEVICE_MAX
        if full and event.stream != HUB_STREAM:
            self._on_too_many(device)
        else:
            self._apply(detector, names, device, step)

    def advance(self, source: str, up_to_us: int, reached: dict[str, int]) -> None:
        """The source has reported everything up to then. Its deadlines up to then fire, in their order, proven. How far each
        source of a batch is, is kept in `reached`, for `mark` at its end: only a deadline has to know it at once."""
        if up_to_us > reached.get(source, -1):
            reached[source] = up_to_us
        if self._site.deadlines.of_source(source):
            self.mark({source: reached[source]})
            self._fire_proven(source)

    def mark(self, reached: Mapping[str, int]) -> None:
        """Set the sources' watermarks, where they are further than before."""
        watermarks = self._site.watermarks
        for source, up_to_us in reached.items():
            was_us = watermarks.get(source)
            if was_us is None or up_to_us > was_us:
                watermarks.put(source, up_to_us)

    def fire_by_clock(self, key: DeadlineKey, row: Deadline, stall_us: int) -> None:
        """The wall clock has passed the deadline: fire it, ask for proof, or where the source has stalled fire it unproven.
        `stall_us` is when the source counts as stalled."""
        if row.source is None:
            self._wake(key, row, proven=True)
        elif (self._site.watermarks.get(row.source) or -1) >= row.due_us:
            self._fire_proven(row.source)
        elif row.stalled:
            return
        elif self._now_us >= stall_us:
            self._wake(key, row, proven=False)
        else:
            self._order_flush(row.source)
            self._site.deadlines.look_at(min(stall_us, self._now_us + FLUSH_EVERY_US), key)

    def _fire_proven(self, source: str) -> None:
        up_to_us = self._site.watermarks.get(source) or -1
        for _ in range(WAKES_PER_ADVANCE_MAX):
            key = self._site.deadlines.first_of(source, up_to_us)
            if key is None:
                return
            row = self._site.deadlines.get(key)
            assert row is not None
            self._wake(key, row, proven=True)
        key = self._site.deadlines.first_of(source, up_to_us)
        if key is not None:  # a detector that wants to be woken for ever
            self._site.deadlines.put(key, None)
            self._on_failure(Failure(key.owner.removeprefix(DETECTOR_OWNER), source, "woken without end"), None)

    def _wake(self, key: DeadlineKey, row: Deadline, *, proven: bool) -> None:
        if key.owner in (CASE_OWNER, ALARM_OWNER, PLAN_OWNER):
            self._casebook.expire(key, row.due_us)
            return
        detector = self._table.by_name.get(key.owner.removeprefix(DETECTOR_OWNER))
        state = self._site.states.get((detector.name, key.subject)) if detector else None
        device = self._book.detector_device(state.device) if state else None
        if detector is None or detector.wake is None or state is None or device is None:
            self._site.deadlines.put(key, None)
            return
        saved = self._site.journal.savepoint()
        try:
            step: Step | None = detector.wake(state.state, row.due_us, proven, device, self._table.numbers(detector, device))
            if step is not None:
                self._apply(detector, names_of(detector.name, key.subject), device, step)
            self._after_wake(key, row, step, proven)
        except DatabaseGone:
            raise
        except Exception as error:  # a plug-in's bug may not stop the site
            self._site.journal.rollback(saved)
            self._site.deadlines.put(key, None)
            self._on_failure(Failure(detector.name, device.id, repr(error)), None)

    def _after_wake(self, key: DeadlineKey, row: Deadline, step: Step | None, proven: bool) -> None:
        """The deadline that fired is done, unless it fired unproven and is still wanted: then it waits for proof."""
        wanted = step.wake if step is not None else None
        again = wanted is not None and (wanted.due_us, wanted.source) == (row.due_us, row.source)
        if not proven and (again or step is None):
            self._site.deadlines.put(key, row._replace(stalled=True))
        elif again or step is None:
            self._site.deadlines.put(key, None)  # the same moment again would never end

    def _apply(self, detector: Detector, names: Names, device: Device, step: Step) -> None:
        for finding in step.findings:
            self._casebook.apply(detector, names.deadline.subject, device, finding, self._now_us)
        states = self._site.states
        row = states.get(names.state)
        if step.state is None:
            if row is not None:
                states.put(names.state, None)
        elif row is None or row.state is not step.state:
            states.put(names.state, DetectorState(step.state, device.id))
        self._set_wake(names.deadline, step)

    def _set_wake(self, key: DeadlineKey, step: Step) -> None:
        was = self._site.deadlines.get(key)
        if step.wake is None or step.state is None:
            if was is not None:
                self._site.deadlines.put(key, None)
            return
        wake = step.wake
        if was is None or (was.due_us, was.source) != (wake.due_us, wake.source):
            self._site.deadlines.put(key, Deadline(wake.due_us, wake.source))
