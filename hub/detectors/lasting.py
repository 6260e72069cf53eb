"""A condition that begins, lasts and ends: the pattern of most detectors.

It is raised when the source has reported past the begin plus the limit, without an end. With no limit it is raised at once.

Unseen: the device's link was lost while the condition held. Nothing is raised then that was not raised before, since nobody
saw it last; `device_silent` speaks meanwhile. When the device is back and the condition holds still, an absence shorter than
the limit is taken as if it had lasted throughout (a link that flaps hides nothing), and a longer one begins a new episode.
"""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from contract.clock import US_PER_S
from contract.readings import Reading
from hub.detectors.types import Clear, Detector, Device, Event, Finding, Raise, Step, Wake, Withdraw, the_device

Numbers = dict[str, float]
Says = Literal["holds", "ends", "unseen"] | None
"""What an event says about the condition; None: nothing."""
Condition = Callable[[Event, Device, Numbers], Says]
Facts = Callable[[Event, Numbers], dict[str, Any]]
More = Callable[[dict[str, Any], Event], dict[str, Any]]
"""The facts, with what an event adds to them that says that the condition holds; the same facts where it adds nothing."""
Limit = Callable[[dict[str, Any], Numbers], float]
"""From the begin's facts and the numbers to the seconds that the condition must last."""
Told = Literal["nothing", "unproven", "proven"]


class Lasting(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The condition holds since `since_us`. `unseen_us`: since when nobody sees it."""

    since_us: int
    episode: str
    facts: dict[str, Any]
    told: Told = "nothing"
    late: bool = False
    unseen_us: int | None = None


def lasting(
    name: str,
    clause: str,
    priority: Literal[1, 2, 3, 4],
    kinds: tuple[type[Reading], ...],
    *,
    condition: Condition,
    limit: str | Limit | None,
    facts: Facts = lambda _event, _numbers: {},
    more: More = lambda facts, _event: facts,
    proof: Literal["device", "agent"] = "device",
    subject: Callable[[Event, Device], str] = the_device,
    clocked: bool = False,
) -> Detector:
    """A detector of this pattern. `limit`: the name of the number of seconds, a function, or None for at once.
    `proof`: whose watermark proves that the condition lasted."""
    pattern = _Pattern(condition, _limit(limit), facts, more, proof)
    wake = None if limit is None else pattern.wake
    return Detector(name, clause, priority, kinds, Lasting | None, pattern.step, wake, subject, clocked)


def _limit(limit: str | Limit | None) -> Limit | None:
    if isinstance(limit, str):
        return lambda _facts, numbers: numbers[limit]
    return limit


class _Pattern:
    """The step and the wake of one detector; it holds no state."""

    def __init__(
        self, condition: Condition, limit: Limit | None, facts: Facts, more: More, proof: Literal["device", "agent"]
    ) -> None:
        self._condition = condition
        self._limit = limit
        self._facts = facts
        self._more = more
        self._by_agent = proof == "agent"

    def step(self, state: Lasting | None, event: Event, device: Device, numbers: Numbers) -> Step | None:
        says = self._condition(event, device, numbers)
        if says is None or (state is None and says != "holds"):
            return None
        if state is None:
            return self._begins(event, device, numbers)
        if says == "holds":
            return self._holds_on(state, event, device, numbers) or self._says_more(state, event, device, numbers)
        return self._ends(state, event, numbers) if says == "ends" else self._unseen(state, event, numbers)

    def wake(self, state: Lasting | None, due_us: int, proven: bool, device: Device, numbers: Numbers) -> Step:
        if state is None or state.told == "proven" or state.unseen_us is not None:
            return Step(state)
        wanted = self._wake_at(state, device, numbers)
        if due_us < wanted.due_us or (not proven and state.told == "unproven"):
            return Step(state, (), wanted)
        told = msgspec.structs.replace(state, told="proven" if proven else "unproven")
        return Step(told, (self._raise(told, numbers),), None if proven else wanted)

    def _begins(self, event: Event, device: Device, numbers: Numbers) -> Step:
        facts = self._more(self._facts(event, numbers), event)
        state = Lasting(event.at_us, event.name, facts, late=event.late)
        if self._limit is not None:
            return Step(state, (), self._wake_at(state, device, numbers))
        told = msgspec.structs.replace(state, told="proven")
        return Step(told, (self._raise(told, numbers),))

    def _holds_on(self, state: Lasting, event: Event, device: Device, numbers: Numbers) -> Step | None:
        if state.told == "proven":
            if not state.late or event.late:
                return None
            present = msgspec.structs.replace(state, late=False)  # a backlog's alarm that still holds now is no old story
            return Step(present, (self._raise(present, numbers),))
        if state.unseen_us is None:
            return None
        if event.at_us - state.unseen_us < self._limit_us(state, numbers):
            seen = msgspec.structs.replace(state, unseen_us=None)
            return Step(seen, (), self._wake_at(seen, device, numbers))
        begun = self._begins(event, device, numbers)
        return begun._replace(findings=_taken_back(state, event.at_us, "unseen") + begun.findings)

    def _says_more(self, state: Lasting, event: Event, device: Device, numbers: Numbers) -> Step | None:
        facts = self._more(state.facts, event)
        if facts == state.facts:
            return None
        fuller = msgspec.structs.replace(state, facts=facts)
        findings = () if state.told == "nothing" else (self._raise(fuller, numbers),)
        waits = self._limit is not None and state.told != "proven" and state.unseen_us is None
        return Step(fuller, findings, self._wake_at(fuller, device, numbers) if waits else None)

    def _ends(self, state: Lasting, event: Event, numbers: Numbers) -> Step:
        due_us = state.since_us + self._limit_us(state, numbers)
        clear = Clear(state.episode, max(event.at_us, due_us))
        if state.told == "proven":
            return Step(None, (clear,))
        if event.at_us < due_us:
            return Step(None, _taken_back(state, max(event.at_us, state.since_us), "ended_in_time"))
        if state.unseen_us is not None:
            return Step(None, _taken_back(state, event.at_us, "unseen"))
        told = msgspec.structs.replace(state, told="proven")
        return Step(None, (self._raise(told, numbers), clear))

    def _unseen(self, state: Lasting, event: Event, numbers: Numbers) -> Step | None:
        if state.told == "proven" or state.unseen_us is not None:
            return None
        if event.at_us < state.since_us + self._limit_us(state, numbers):
            return Step(msgspec.structs.replace(state, unseen_us=event.at_us))
        told = msgspec.structs.replace(state, told="proven")
        return Step(told, (self._raise(told, numbers),))

    def _limit_us(self, state: Lasting, numbers: Numbers) -> int:
        return 0 if self._limit is None else int(self._limit(state.facts, numbers) * US_PER_S)

    def _wake_at(self, state: Lasting, device: Device, numbers: Numbers) -> Wake:
        source = device.agent if self._by_agent else device.id
        return Wake(state.since_us + self._limit_us(state, numbers), source)

    def _raise(self, state: Lasting, numbers: Numbers) -> Raise:
        limit_s = {} if self._limit is None else {"limit_s": self._limit(state.facts, numbers)}
        return Raise(state.episode, state.since_us, {**state.facts, **limit_s}, state.told == "proven", state.late)


def _taken_back(state: Lasting, at_us: int, reason: str) -> tuple[Finding, ...]:
    return (Withdraw(state.episode, at_us, reason),) if state.told == "unproven" else ()
