"""The only builder and parser of MQTT topics. Ids are `[a-z0-9][a-z0-9_-]{0,62}`, so that no broker stumbles over one."""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

ROOT = "watchkeeper"
ID_PATTERN = r"[a-z0-9][a-z0-9_-]{0,62}"
_ID = re.compile(ID_PATTERN)
_TOPIC_MAX = 200
"""No agent's topic is as long."""

Leaf = Literal["batch", "receipt", "order", "nonce", "status"]
_LEAVES: frozenset[str] = frozenset(("batch", "receipt", "order", "nonce", "status"))


class AgentTopic(NamedTuple):
    """A parsed topic of one agent."""

    site: str
    agent: str
    leaf: Leaf


def is_id(text: str) -> bool:
    """Whether `text` may name a site, an agent, a place or a device."""
    return _ID.fullmatch(text) is not None


def agent_topic(site: str, agent: str, leaf: Leaf) -> str:
    """Where one agent and the hub speak: batch, nonce and status go up, receipt and order come down."""
    return f"{ROOT}/{_checked(site)}/agents/{_checked(agent)}/{leaf}"


def all_agents(site: str, leaf: Leaf) -> str:
    """The hub's subscription to one leaf of all agents of a site."""
    return f"{ROOT}/{_checked(site)}/agents/+/{leaf}"


def incident_topic(site: str, case: int) -> str:
    """Where the state of one incident is published."""
    return f"{ROOT}/{_checked(site)}/incidents/{case}"


def parse_agent_topic(topic: str) -> AgentTopic | None:
    """The parts of an agent's topic, or None for any other topic."""
    return _parse(topic) if len(topic) <= _TOPIC_MAX else None


@lru_cache(maxsize=1024)
def _parse(topic: str) -> AgentTopic | None:
    """An agent's few topics come with each of its messages."""
    parts = topic.split("/")
    if len(parts) != 5 or parts[0] != ROOT or parts[2] != "agents" or parts[4] not in _LEAVES:
        return None
    if not is_id(parts[1]) or not is_id(parts[3]):
        return None
    return AgentTopic(parts[1], parts[3], parts[4])  # type: ignore[arg-type]


def _checked(text: str) -> str:
    if not is_id(text):
        raise ValueError(f"{text!r} is not an id: write {ID_PATTERN}")
    return text
