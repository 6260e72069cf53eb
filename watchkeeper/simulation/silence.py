"""The reference for an agent's silence: between two signs of life that the hub committed, without the time when no hub ran."""

from collections.abc import Iterator
from typing import NamedTuple

from contract.clock import US_PER_S
from watchkeeper.simulation.ledger import Ledger, Span
from watchkeeper.simulation.reference import Verdict

SLACK_US = 4 * US_PER_S
PER_DOWN_US = 18 * US_PER_S
"""A hub that was down is only known to have been alive at its last commit."""


class Gap(NamedTuple):
    """From one sign of life to the next, or to now."""

    agent: str
    since_us: int
    until_us: int
    verdict: Verdict


def gaps(ledger: Ledger, limit_s: float, now_us: int) -> Iterator[Gap]:
    """All gaps of all agents that are long enough to be looked at."""
    limit_us = int(limit_s * US_PER_S)
    for agent, heard in ledger.heard_us.items():
        for since_us, until_us in zip(heard, [*heard[1:], now_us], strict=True):
            if until_us - since_us > limit_us - SLACK_US:
                yield Gap(agent, since_us, until_us, _verdict(ledger, since_us, until_us, limit_us))


def _verdict(ledger: Ledger, since_us: int, until_us: int, limit_us: int) -> Verdict:
    if any(undone.overlap_us(since_us, until_us) for undone in ledger.undone):
        return "may"
    downs = [span for span in ledger.hub_down if _within(span, since_us, until_us)]
    alive_us = until_us - since_us - sum(span.overlap_us(since_us, until_us) for span in downs)
    slack_us = SLACK_US + PER_DOWN_US * len(downs)
    if alive_us > limit_us + slack_us:
        return "must"
    return "must_not" if alive_us < limit_us - slack_us else "may"


def _within(span: Span, since_us: int, until_us: int) -> bool:
    return span.since_us <= until_us and span.until_us >= since_us
