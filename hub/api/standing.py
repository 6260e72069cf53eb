"""How devices stand, for the outside: what each told last, and whether its agent is heard at all."""

from collections.abc import Mapping, Sequence

from contract.clock import US_PER_S
from hub.api import models
from hub.api.ports import Backend
from hub.condition import Condition, Word, condition_of
from hub.detectors.agents import AGENT_SILENT
from hub.estate import DeviceRow
from hub.views import when


def conditions(backend: Backend, rows: Sequence[DeviceRow]) -> dict[str, Condition]:
    """The condition of each of these devices. Two queries, however many there are."""
    words, silent = backend.reads.states.of([row.id for row in rows]), _silent(backend)
    nothing: Mapping[str, Word] = {}
    return {row.id: condition_of(row.kind, words.get(row.id, nothing), agent_heard=row.agent not in silent) for row in rows}


def condition_model(condition: Condition) -> models.Condition:
    """The state in words."""
    zh, en, abnormal = condition.named
    return models.Condition(name=condition.name, zh=zh, en=en, abnormal=abnormal, since=when(condition.since_us))


def signal_models(condition: Condition) -> list[models.Signal]:
    """What stands beside it, in the order of kinds."""
    return [
        models.Signal(
            kind=signal.kind,
            name=signal.name,
            zh=signal.named.zh,
            en=signal.named.en,
            abnormal=signal.named.abnormal,
            since=when(signal.since_us),
        )
        for signal in sorted(condition.signals)
    ]


def _silent(backend: Backend) -> set[str]:
    """The agents of which nothing valid came for as long as makes an incident of it."""
    heard: dict[str, int] = {}
    for stream in backend.reads.streams():
        heard[stream.agent] = max(stream.heard_us, heard.get(stream.agent, 0))
    now_us = backend.clock.now_us()
    return {agent for agent in backend.estate.agents if now_us - heard.get(agent, 0) > _limit_us(backend, agent)}


def _limit_us(backend: Backend, agent: str) -> int:
    device = backend.estate.detector_device(agent)
    return 0 if device is None else int(backend.policy.for_device(AGENT_SILENT, device)["agent_silent_s"] * US_PER_S)
