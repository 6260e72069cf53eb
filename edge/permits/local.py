"""Permits that stand in the agent's own settings, as a small table."""

from collections.abc import Iterable
from typing import NamedTuple

from contract.clock import US_PER_S
from contract.permits import Credential, Level, Portal, Right, Rules, Schedule
from edge.permits.table import Table

_ALL = "local"


class Permit(NamedTuple):
    """A right to go through for the card of that name, from `from_us` until before `until_us`; None is no limit."""

    card: str
    from_us: int | None = None
    until_us: int | None = None
    revoked: bool = False


def local_table(reader: str, permits: Iterable[Permit]) -> Table:
    """The table in which these cards alone may pass at `reader`, whatever became of the hub."""
    table = Table((
        Rules(),
        Portal(reader, leave="permitted"),
        Schedule(_ALL),
        Level(_ALL, (Right(reader, _ALL),)),
    ))  # fmt: skip
    table.add(
        Credential(
            id=one.card,
            permit="",
            holder=one.card,
            levels=(_ALL,),
            state="revoked" if one.revoked else "active",
            from_s=None if one.from_us is None else -(-one.from_us // US_PER_S),
            until_s=None if one.until_us is None else -(-one.until_us // US_PER_S),
        )
        for one in permits
    )
    return table
