"""What one agent may ask of the hub. Pure."""

from typing import NamedTuple

from contract.clock import US_PER_S
from hub.ingest.gate import StreamMark
from hub.ingest.rows import Journal, Rows

STREAMS_MAX = 20_000
"""Streams of a site: each is a row in memory and on disk for ever, as its mark alone keeps an old log, or a recorded batch of
it, from being taken in as new. No age makes that safe: the agent's key still fits, and its clock may have been anywhere."""
STREAMS_PER_AGENT_MAX = 64
"""An agent begins a stream when its file is damaged or its card was copied: a handful in its life. More is a fault, or a key in
wrong hands; the agent gets another id in the estate once that is found out. Streams that were not heard for as long as events
are kept do not count: so rows grow by no more than so many in that time."""
RECORDS_PER_S = 20_000
"""A card of flash reads a backlog out at half of that. Four agents at once are more than a hub commits on two cores."""
REPORT_EVERY_US = US_PER_S
_THROTTLES_MAX = 20_000
BURST_S = 3
"""What may come at once: one second of standing still, and the windows that queued up meanwhile."""


class Bucket(NamedTuple):
    """How many records an agent may still send, as of then."""

    left: float
    at_us: int


class Quota:
    """At most RECORDS_PER_S of each agent, in the mean."""

    def __init__(self, per_s: int = RECORDS_PER_S, burst_s: int = BURST_S) -> None:
        self._per_s = per_s
        self._most = float(per_s * burst_s)
        self._buckets: dict[str, Bucket] = {}

    def lets(self, now_us: int, agent: str, records: int) -> bool:
        """Whether so many more may be taken now. A clock that was set back refills nothing. What is refused costs nothing."""
        bucket = self._buckets.get(agent) or Bucket(self._most, now_us)
        waited_us = max(0, now_us - bucket.at_us)
        left = min(self._most, bucket.left + waited_us * self._per_s / US_PER_S)
        lets = records <= left
        self._buckets[agent] = Bucket(left - records if lets else left, now_us)
        return lets


def too_many_streams(streams: Rows[str, StreamMark], agent: str, since_us: int) -> bool:
    """Whether the agent may not begin another stream, as it spoke by so many since `since_us`. Asked for new streams alone."""
    if len(streams) >= STREAMS_MAX:
        return True
    mine = (row for name in streams if (row := streams.get(name)) is not None and row.agent == agent)
    return sum(row.heard_us >= since_us for row in mine) >= STREAMS_PER_AGENT_MAX


class Throttle:
    """At most one of a kind in a second. What is held back is counted by who asks. What was let go in a turn or a message that
    is undone may go again: nobody has heard of it."""

    def __init__(self) -> None:
        self._last_us: dict[tuple[str, ...], int] = {}

    def lets(self, journal: Journal, now_us: int, *key: str) -> bool:
        """Whether another one may go now. A clock that was set back begins anew."""
        last_us = self._last_us.get(key)
        if last_us is not None and 0 <= now_us - last_us < REPORT_EVERY_US:
            return False
        if len(self._last_us) >= _THROTTLES_MAX:
            self._last_us.clear()
        self._last_us[key] = now_us
        journal.note((self._restore, key, last_us))
        return True

    def _restore(self, key: tuple[str, ...], last_us: int | None) -> None:
        if last_us is None:
            self._last_us.pop(key, None)
        else:
            self._last_us[key] = last_us
