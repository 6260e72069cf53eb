"""Makes an agent's recorder out of its settings."""

from random import Random

import structlog

from contract.clock import Clock
from edge.config_types import Config
from edge.footage.index import FootageFailed, FootageIndex
from edge.footage.mending import Tell
from edge.recorder.keeper import Shared
from edge.recorder.recorder import Recorder
from edge.supervisor import BackOff


def make_recorder(config: Config, tell: Tell, clock: Clock, random: Random, backoff: BackOff) -> Recorder | None:
    """The recorder, not started; None where the settings have none. A footage folder that cannot be used stops no gate: it is
    told, and the agent works without a recorder."""
    if config.recorder is None:
        return None
    try:
        index = FootageIndex.open(config.recorder.folder)
    except FootageFailed as error:
        structlog.get_logger("edge.footage").error("footage_unusable", error=str(error))
        return None
    return Recorder(config.agent, Shared(config.recorder, index, tell, clock, random, backoff))
