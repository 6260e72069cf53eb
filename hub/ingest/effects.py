"""What some readings mean to those who read the change log, beside what detectors make of them: one row a kind."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from contract.readings import AgentStarted, CameraLink, CommandDone, DeviceLink, Reading, SnapshotTaken
from hub.detectors.types import Event


class Effect(NamedTuple):
    """The change log's topic, and from the event its key and its act."""

    topic: str
    key: Callable[[Event], str]
    act: Callable[[Any], str]


EFFECTS: Mapping[type[Reading], Effect] = {
    AgentStarted: Effect("agent", lambda event: event.device, lambda _: "started"),
    DeviceLink: Effect("device", lambda event: event.device, lambda reading: "up" if reading.up else "down"),
    CameraLink: Effect("device", lambda event: event.device, lambda reading: "up" if reading.connected else "down"),
    CommandDone: Effect("command", lambda event: str(getattr(event.reading, "nonce", "")), lambda reading: reading.outcome),
    SnapshotTaken: Effect("picture", lambda event: str(getattr(event.reading, "picture", "")), lambda _: "promised"),
}


def case_of_order(order: str) -> int | None:
    """The case's number in the id of the order that asked for a picture, such as `c17-1f3a`; None where there is none."""
    number = order.partition("-")[0]
    return int(number[1:]) if number[:1] == "c" and number[1:].isascii() and number[1:].isdigit() and len(number) < 18 else None
