"""What a channel is: something that takes changes and says how far it got."""

from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple, Protocol

import msgspec

from contract.settings import Id
from hub.cases.types import Case
from hub.ingest.ports import ChangeRow
from hub.views import CASE, decode_case

Sort = Literal["transient", "permanent"]


class Failure(NamedTuple):
    """Why a change was not delivered. Transient: it may go better later. Permanent: the receiver does not want it.
    `error` is for people and holds no secret."""

    sort: Sort
    error: str


class Delivered(NamedTuple):
    """How many of the first notices were delivered, and why the next one was not; `failure` None: all of them were."""

    done: int
    failure: Failure | None = None


class Notice(NamedTuple):
    """A change that a channel is to deliver. `again`: a dead letter that a person sends once more; it may be old news."""

    row: ChangeRow
    case: Case
    again: bool = False


class Channel(Protocol):
    """One way out. Called by one thread; it may wait for its network, but never longer than its own time limit."""

    @property
    def longest_wait_s(self) -> float:
        """The longest wait between two tries after failures."""
        ...

    def deliver(self, notices: Sequence[Notice]) -> Delivered:
        """Send in order. Never raises for what the network or the receiver does."""
        ...

    def close(self) -> None:
        """Let go of connections. Called once."""
        ...


class Filter(msgspec.Struct, frozen=True):
    """Which changes a channel gets; an empty list means all. `acts`: raised, acknowledged, escalated, closed…"""

    priorities: list[Annotated[int, msgspec.Meta(ge=1, le=4)]] = []
    kinds: list[str] = []
    detectors: list[str] = []
    acts: list[str] = []
    places: list[Id] = []
    levels: list[Annotated[int, msgspec.Meta(ge=1, le=9)]] = []
    """Of escalations only those of these levels of the policy's chains; other changes are chosen by the rest alone."""
    late: bool = True
    """Whether cases that came late, with a backlog, are told at all; they never sound."""


def wanted(row: ChangeRow, chosen: Filter) -> Notice | None:
    """The notice for a change, or None where the channel does not want it."""
    if row.topic != CASE or (chosen.acts and row.act not in chosen.acts):
        return None
    case = decode_case(row.body)
    tests: tuple[tuple[Sequence[object], object], ...] = (
        (chosen.priorities, case.priority),
        (chosen.kinds, case.kind),
        (chosen.detectors, case.detector),
        (chosen.places, case.place),
    )
    if chosen.levels and row.act == "escalated" and case.escalation not in chosen.levels:
        return None
    if (case.late and not chosen.late) or any(choice and value not in choice for choice, value in tests):
        return None
    return Notice(row, case)
