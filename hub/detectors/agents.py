"""Agent silent: nothing valid came from an agent for too long, by the hub's own clock.

A last will is a hint and shortens nothing: an agent that is back in time is a near miss, will or no will. It is kept among the
facts, so that people know whether the connection broke or the agent fell silent on it.
"""

import msgspec

from contract.clock import US_PER_S
from hub.detectors.types import AgentAwaited, AgentHeard, AgentLost, Clear, Detector, Device, Event, Raise, Step, Wake

Numbers = dict[str, float]


class Heard(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The last sign of life, or the first time the hub missed one. `lost`: the broker has published the last will since."""

    at_us: int
    episode: str
    lost: bool = False
    told: bool = False


def step(state: Heard | None, event: Event, _device: Device, numbers: Numbers) -> Step | None:
    """See Detector. An agent that was never heard begins to be missed with the first report that it is awaited, or lost. One that
    was heard ahead of the hub's clock, which was set back since, was heard by now at the latest."""
    if type(event.reading) is AgentHeard:
        heard = Heard(event.at_us, event.name)
        clear = (Clear(state.episode, max(event.at_us, state.at_us)),) if state is not None and state.told else ()
        return Step(heard, clear, _wake_at(heard, numbers))
    if state is None:
        missed = Heard(event.at_us, event.name, lost=type(event.reading) is AgentLost)
        return Step(missed, (), _wake_at(missed, numbers))
    if type(event.reading) is AgentAwaited and event.at_us < state.at_us and not state.told:
        by_now = msgspec.structs.replace(state, at_us=event.at_us)
        return Step(by_now, (), _wake_at(by_now, numbers))
    if type(event.reading) is AgentAwaited or state.lost or state.told:
        return None
    return Step(msgspec.structs.replace(state, lost=True), (), _wake_at(state, numbers))


def wake(state: Heard | None, due_us: int, _proven: bool, _device: Device, numbers: Numbers) -> Step:
    """See Detector."""
    if state is None or state.told:
        return Step(state)
    wanted = _wake_at(state, numbers)
    if due_us < wanted.due_us:
        return Step(state, (), wanted)
    facts = {"limit_s": numbers["agent_silent_s"], "connection_lost": state.lost}
    return Step(msgspec.structs.replace(state, told=True), (Raise(state.episode, state.at_us, facts),))


def _wake_at(state: Heard, numbers: Numbers) -> Wake:
    return Wake(state.at_us + int(numbers["agent_silent_s"] * US_PER_S), None)


AGENT_SILENT = Detector("agent_silent", "CMD-1", 2, (AgentHeard, AgentLost, AgentAwaited), Heard | None, step, wake)
