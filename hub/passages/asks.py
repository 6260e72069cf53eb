"""What is asked of the watch list, and told of who searches it. Each is answered after its commit; a Refusal writes nothing."""

from typing import Literal, NamedTuple


class WatchPut(NamedTuple):
    """Look for a plate from now on. Answered by the Watched."""

    plate: str
    reason: str
    until_us: int | None
    priority: Literal[1, 2, 3, 4]
    actor: str


class WatchEnd(NamedTuple):
    """Look for it no more. Answered by the Watched."""

    watch: str
    reason: str
    actor: str


class SearchesOver(NamedTuple):
    """Somebody wants to search more than the policy lets: an incident says so. Answered None."""

    actor: str
    searches: int


GateAsk = WatchPut | WatchEnd | SearchesOver
