"""What people on a round say, or no longer say: a call for help, silence, something they saw."""

from typing import Literal

import msgspec

from contract.clock import US_PER_S
from contract.readings import GuardSign, LoneWatch, Observed, PanicPressed
from hub.detectors.types import Clear, Detector, Device, Event, Raise, Step, Wake

Numbers = dict[str, float]


class Alone(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Somebody works alone, with the device. `at_us`: the last sign of life; `silent_s`: what the device asked for, None: the
    policy's."""

    at_us: int
    episode: str
    silent_s: float | None = None
    place: str = ""
    told: bool = False


def watch(state: Alone | None, event: Event, _device: Device, numbers: Numbers) -> Step | None:
    """See Detector. By the hub's clock alone: whoever is in trouble cannot prove it, and a phone in a cellar is trouble
    enough."""
    reading = event.reading
    if isinstance(reading, LoneWatch):
        if not reading.on:
            return None if state is None else Step(None, _over(state, event))
        begun = Alone(event.at_us, event.name, reading.silent_s, "" if state is None else state.place)
        return Step(begun, () if state is None else _over(state, event), _wake_at(begun, numbers))
    if state is None or not isinstance(reading, GuardSign):
        return None
    heard = msgspec.structs.replace(
        state, at_us=max(state.at_us, event.at_us), place=reading.place or state.place, episode=event.name, told=False
    )
    if state.told and _wake_at(heard, numbers).due_us <= event.hub_at_us:  # an old sign, and silence since
        return Step(msgspec.structs.replace(state, at_us=heard.at_us, place=heard.place))
    return Step(heard, _over(state, event), _wake_at(heard, numbers))


def wake(state: Alone | None, due_us: int, _proven: bool, _device: Device, numbers: Numbers) -> Step:
    """See Detector."""
    if state is None or state.told:
        return Step(state)
    wanted = _wake_at(state, numbers)
    if due_us < wanted.due_us:
        return Step(state, (), wanted)
    facts = {"limit_s": _limit_s(state, numbers), "last_sign_us": state.at_us}
    told = Raise(state.episode, state.at_us, facts, place=state.place or None)
    return Step(msgspec.structs.replace(state, told=True), (told,))


def observe(_state: None, event: Event, _device: Device, _numbers: Numbers) -> Step | None:
    """See Detector. Each observation is an incident of its own: nobody but a person can tell that two are the same."""
    reading = event.reading
    if not isinstance(reading, Observed):
        return None
    facts = {"category": reading.category, "note": reading.note, "picture": reading.picture, "by": event.device}
    told = {name: value for name, value in facts.items() if value}
    priority = _PRIORITIES.get(reading.severity)
    return Step(None, (Raise(event.name, event.at_us, told, late=event.late, priority=priority, place=reading.place or None),))


def panic(state: str | None, event: Event, _device: Device, _numbers: Numbers) -> Step | None:
    """See Detector. `state`: the episode's name. One that comes late still sounds: nobody knows whether help came."""
    reading = event.reading
    if not isinstance(reading, PanicPressed):
        return None
    if not reading.active:
        return None if state is None else Step(None, (Clear(state, event.at_us),))
    facts = {"note": reading.note} if reading.note else {}
    episode = state or event.name
    return Step(episode, (Raise(episode, event.at_us, facts, place=reading.place or None),))


def _over(state: Alone, event: Event) -> tuple[Clear, ...]:
    return (Clear(state.episode, max(event.at_us, state.at_us)),) if state.told else ()


def _limit_s(state: Alone, numbers: Numbers) -> float:
    """A device may ask for less than the policy allows, and not for more."""
    limit_s = numbers["lone_silent_s"]
    return limit_s if state.silent_s is None else max(1.0, min(limit_s, state.silent_s))


def _wake_at(state: Alone, numbers: Numbers) -> Wake:
    return Wake(state.at_us + int(_limit_s(state, numbers) * US_PER_S), None)


_PRIORITIES: dict[int, Literal[1, 2, 3, 4]] = {4: 1, 3: 2, 2: 3, 1: 4}
"""By how severe it looked to who saw it."""

GUARD_SILENT = Detector("guard_silent", "PAT-6", 1, (LoneWatch, GuardSign), Alone | None, watch, wake)
PANIC = Detector("panic", "PAT-6", 1, (PanicPressed,), str | None, panic)
OBSERVATION = Detector("observation", "PAT-3", 3, (Observed,), None, observe, subject=lambda event, _: event.name)
