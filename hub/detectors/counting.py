"""Things that happen, rather than last: too many of them in a window, or any of them, told once for each burst."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from contract.clock import US_PER_S
from contract.readings import Reading
from hub.detectors.types import Clear, Detector, Device, Event, Raise, Step, Wake, the_device

Numbers = dict[str, float]
MAX_COUNT = 100
"""What a policy may ask to be counted: the state keeps that many times."""


class Counted(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """`times_us`: of the last things within the window, in order of arrival, while nothing is raised. Once raised, `episode` is
    its name, and `count` and `last_us` grow."""

    times_us: tuple[int, ...] = ()
    episode: str = ""
    count: int = 0
    last_us: int = 0
    late: bool = False


def counting(
    name: str,
    clause: str,
    priority: Literal[1, 2, 3, 4],
    kinds: tuple[type[Reading], ...],
    *,
    counts: Callable[[Event], bool],
    limit: str | None,
    window: str,
    facts: Callable[[Event], dict[str, Any]] = lambda _: {},
    subject: Callable[[Event, Device], str] = the_device,
    priority_of: Callable[[Event], Literal[1, 2, 3, 4] | None] = lambda _: None,
    proof: Literal["device", "agent", "clock"] = "device",
    about: Callable[[Event, Device], tuple[str, ...]] | None = None,
) -> Detector:
    """Raised by the `limit`-th thing within `window` seconds (`limit` None: by the first), and over when a whole window has
    passed without another. Further ones belong to the same episode; it is told again at twice, four times… the count."""
    pattern = _Pattern(counts=counts, limit=limit, window=window, facts=facts, priority_of=priority_of, proof=proof)
    return Detector(name, clause, priority, kinds, Counted | None, pattern.step, pattern.wake, subject, about=about)


class _Pattern:
    """The step and the wake of one detector; it holds no state."""

    def __init__(
        self,
        *,
        counts: Callable[[Event], bool],
        limit: str | None,
        window: str,
        facts: Callable[[Event], dict[str, Any]],
        priority_of: Callable[[Event], Literal[1, 2, 3, 4] | None],
        proof: Literal["device", "agent", "clock"],
    ) -> None:
        self._counts = counts
        self._limit = limit
        self._window = window
        self._facts = facts
        self._priority_of = priority_of
        self._proof = proof

    def step(self, state: Counted | None, event: Event, device: Device, numbers: Numbers) -> Step | None:
        if not self._counts(event):
            return None
        window_us = int(numbers[self._window] * US_PER_S)
        if state is not None and state.episode:
            if event.at_us - state.last_us < window_us:
                return self._one_more(state, event, device, window_us)
            over = (Clear(state.episode, state.last_us + window_us),)
            begun = self._count(None, event, device, numbers, window_us)
            return begun._replace(findings=over + begun.findings)
        return self._count(state, event, device, numbers, window_us)

    def wake(self, state: Counted | None, due_us: int, proven: bool, device: Device, numbers: Numbers) -> Step:
        """A quiet window ends the episode, or forgets what was counted; a source that stalls has not been quiet."""
        if state is None:
            return Step(None)
        window_us = int(numbers[self._window] * US_PER_S)
        wanted = self._wake_at(state.last_us, device, window_us)
        if not proven or due_us < wanted.due_us:
            return Step(state, (), wanted)
        return Step(None, (Clear(state.episode, wanted.due_us),) if state.episode else ())

    def _count(self, state: Counted | None, event: Event, device: Device, numbers: Numbers, window_us: int) -> Step:
        limit = 1 if self._limit is None else min(MAX_COUNT, max(1, int(numbers[self._limit])))
        before = () if state is None else state.times_us
        times_us = (*(t for t in before if abs(event.at_us - t) < window_us), event.at_us)[-limit:]
        last_us = max(times_us)
        wake = self._wake_at(last_us, device, window_us)
        if len(times_us) < limit:
            return Step(Counted(times_us, last_us=last_us), (), wake)
        told = Counted(episode=event.name, count=len(times_us), last_us=last_us, late=event.late)
        return Step(told, (self._raise(told, min(times_us), event),), wake)

    def _one_more(self, state: Counted, event: Event, device: Device, window_us: int) -> Step:
        count, last_us = state.count + 1, max(state.last_us, event.at_us)
        more = msgspec.structs.replace(state, count=count, last_us=last_us, late=state.late and event.late)
        tell = count & (count - 1) == 0 or more.late != state.late
        findings = (self._raise(more, event.at_us, event),) if tell else ()
        return Step(more, findings, self._wake_at(last_us, device, window_us))

    def _raise(self, state: Counted, at_us: int, event: Event) -> Raise:
        facts = {**self._facts(event), "count": state.count}
        return Raise(state.episode, at_us, facts, late=state.late, priority=self._priority_of(event))

    def _wake_at(self, last_us: int, device: Device, window_us: int) -> Wake:
        source = {"device": device.id, "agent": device.agent, "clock": None}[self._proof]
        return Wake(last_us + window_us, source)
