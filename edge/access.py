"""The decision at a gate: pure, from a table of permits and the time."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Reason = Literal["permit", "unknown_card", "revoked", "not_yet", "expired"]


class Permit(NamedTuple):
    """A right to go through for the card of that name, from `from_us` until before `until_us`; None is no limit."""

    card: str
    from_us: int | None = None
    until_us: int | None = None
    revoked: bool = False


class Decision(NamedTuple):
    """Whether a card may pass, and the name of the reason."""

    granted: bool
    reason: Reason


def decide(permits: Mapping[str, Permit], card: str | None, now_us: int) -> Decision:
    """Whether the card of that name may pass at `now_us`, the agent's wall clock."""
    permit = permits.get(card) if card is not None else None
    if permit is None:
        return Decision(False, "unknown_card")
    if permit.revoked:
        return Decision(False, "revoked")
    if permit.from_us is not None and now_us < permit.from_us:
        return Decision(False, "not_yet")
    if permit.until_us is not None and now_us >= permit.until_us:
        return Decision(False, "expired")
    return Decision(True, "permit")
