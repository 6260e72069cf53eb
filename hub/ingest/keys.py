"""By which key an agent speaks, and what is said of one that has none any more."""

from typing import Protocol

from contract.topics import parse_agent_topic
from hub.ingest import gate
from hub.ingest.gate import Message, Refused
from hub.ingest.ports import SiteBook


class Keys(Protocol):
    """The keys of the site's agents. Any thread may ask."""

    def key_of(self, agent: str) -> bytes | None:
        """What the agent is spoken to by; None where it has no key that counts."""
        ...

    def coming_key_of(self, agent: str) -> bytes | None:
        """What it may speak by as well: it has enrolled again and was not started anew yet."""
        ...

    def coming_key_used(self, agent: str) -> None:
        """It spoke by that one: the old one ends."""
        ...

    def is_revoked(self, agent: str) -> bool:
        """Whether somebody has taken its keys away."""
        ...


class BookKeys:
    """The keys that stand in the estate file, and no others."""

    def __init__(self, book: SiteBook) -> None:
        self.key_of = book.key_of

    def coming_key_of(self, _agent: str) -> bytes | None:
        """See Keys."""
        return None

    def coming_key_used(self, _agent: str) -> None:
        """See Keys."""

    def is_revoked(self, _agent: str) -> bool:
        """See Keys."""
        return False


def open_said(site: str, keys: Keys, topic: str, payload: bytes) -> Message:
    """What a message says, by whichever of its agent's keys it is sealed. Never raises, whatever the bytes."""
    message = gate.open_message(site, keys.key_of, topic, payload)
    if not isinstance(message, Refused) or message.reason not in ("wrong_mac", "unknown_agent"):
        return message
    parsed = parse_agent_topic(topic)
    if parsed is None:
        return message
    if message.reason == "unknown_agent":
        # What the broker says when it throws the agent out is no sign that somebody tries to get in.
        return Refused("revoked", parsed.agent, foreign=parsed.leaf != "status") if keys.is_revoked(parsed.agent) else message
    coming = keys.coming_key_of(parsed.agent)
    if coming is None:
        return message
    again = gate.open_message(site, lambda _: coming, topic, payload)
    if isinstance(again, Refused) and again.reason == "wrong_mac":
        return message
    keys.coming_key_used(parsed.agent)
    return again
