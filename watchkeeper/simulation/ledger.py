"""The simulation's own record: what was done, who accepted it and when. Nothing in it is ever forgotten by a crash."""

from dataclasses import dataclass, field
from typing import NamedTuple

from contract.clock import US_PER_S
from contract.envelope import encode
from contract.readings import Reading

AGAIN_US = 300 * US_PER_S
"""How long an agent that is connected takes to send again what a restored hub lacks."""

Name = tuple[str, int]
"""A stream and a number: what names a reading for ever."""


@dataclass
class Told:
    """One reading that an agent accepted. `true_us`: when it happened by true time, whatever the agent's clock said.
    `hub_at_us`: when the hub took it in, as its row says; None while it is not committed."""

    stream: str
    seq: int
    agent: str
    device: str
    reading: Reading
    true_us: int
    hub_at_us: int | None = None

    @property
    def body(self) -> str:
        """The reading as the hub stores it."""
        return encode(self.reading).decode()

    @property
    def name(self) -> str:
        """As the hub's episodes spell it."""
        return f"{self.stream}:{self.seq}"


class Span(NamedTuple):
    """From a true time to a true time."""

    since_us: int
    until_us: int

    def overlap_us(self, since_us: int, until_us: int) -> int:
        """How much of the two is common."""
        return max(0, min(self.until_us, until_us) - max(self.since_us, since_us))

    def holds(self, at_us: int) -> bool:
        """Whether the time lies within."""
        return self.since_us <= at_us <= self.until_us


class Acted(NamedTuple):
    """A person's act that the hub has confirmed."""

    case_no: int
    act: str
    version: int


@dataclass
class Ledger:
    """Everything that the checks judge the product by."""

    told: dict[Name, Told] = field(default_factory=dict)
    by_device: dict[str, list[Told]] = field(default_factory=dict)
    promised: dict[str, int] = field(default_factory=dict)
    """By stream, the highest number that a receipt has named since the database was last restored."""
    heard_us: dict[str, list[int]] = field(default_factory=dict)
    """By agent, when the hub committed a turn with a genuine message of it."""
    hub_down: list[Span] = field(default_factory=list)
    undone: list[Span] = field(default_factory=list)
    """From a backup to the restore: what the hub did meanwhile is gone."""
    unclear: dict[str, list[Span]] = field(default_factory=dict)
    """By agent, when its clock was set so far that nobody can tell the time of what it reports."""
    sent_again: dict[str, list[Span]] = field(default_factory=dict)
    """By agent, from the oldest reading that a restored hub lacked to the restore."""
    acted: list[Acted] = field(default_factory=list)
    delivered: dict[str, str] = field(default_factory=dict)
    """By a notification's key, what it said."""
    faults: list[str] = field(default_factory=list)
    """What the simulation itself saw go wrong, in words."""

    def accept(self, told: Told) -> None:
        """An agent has accepted a reading."""
        name = (told.stream, told.seq)
        if name in self.told:
            self.faults.append(f"P1: agent {told.agent} gave the number {told.seq} of stream {told.stream[:8]} twice")
            return
        self.told[name] = told
        self.by_device.setdefault(told.device, []).append(told)

    def put_back(self, span: Span, marks: dict[str, int]) -> None:
        """The hub's database was put back to what it was at the span's begin: what is committed is read anew. Agents send again
        from `marks`, by stream."""
        self.undone.append(span)
        for stream, mark in marks.items():
            first = self.told.get((stream, mark + 1))
            if first is not None:
                self.sent_again.setdefault(first.agent, []).append(Span(first.true_us, span.until_us))
        self.promised.clear()
        self.acted.clear()
        for told in self.told.values():
            told.hub_at_us = None
        for agent, heard in self.heard_us.items():
            self.heard_us[agent] = [at_us for at_us in heard if at_us <= span.since_us]

    def unclear_spans(self, agent: str) -> list[Span]:
        """When nobody can tell the time of what the agent reports. What it sends again after a restore it dates by its present
        clock, however the clock stood when it was made."""
        steps = self.unclear[agent]
        return steps + [
            Span(again.since_us, step.until_us)
            for step in steps
            for again in self.sent_again.get(agent, ())
            if step.until_us >= again.since_us and step.since_us <= again.until_us + AGAIN_US
        ]

    def deliver(self, key: str, body: str) -> None:
        """A notification has reached the outside."""
        if self.delivered.setdefault(key, body) != body:
            self.faults.append(f"P2: the notification {key} was delivered with two contents")
