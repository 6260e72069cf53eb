"""What an order about the table of permits means to whoever holds one. Pure."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from contract.orders import ChangePermits, TakePermits
from edge.permits.table import Head, Staged, Table

PENDING_MAX = 256
"""Changes kept while a snapshot is on its way; the oldest goes, and then the snapshot is fetched again."""

Verdict = Literal["apply", "fetch", "ignore"]


class Followed(NamedTuple):
    """What to do. `staged`: the change to put in force, where it is `apply`. `reason`: why."""

    verdict: Verdict
    reason: Literal["held", "next", "older", "none", "other_epoch", "other_number", "other_hash"]
    staged: Staged | None = None


def told(head: Head | None, order: TakePermits) -> Followed:
    """The hub says which table counts."""
    if head is None:
        return Followed("fetch", "none")
    if head.epoch != order.epoch:
        return Followed("fetch", "other_epoch")
    if head.no != order.no:
        return Followed("fetch", "other_number")
    return Followed("ignore", "held") if head.hash == order.hash else Followed("fetch", "other_hash")


def changed(table: Table | None, order: ChangePermits) -> Followed:
    """The hub says what has changed."""
    if table is None:
        return Followed("fetch", "none")
    head = table.head
    if head.epoch != order.epoch:
        return Followed("fetch", "other_epoch")
    if order.no <= head.no:
        return Followed("ignore", "older")  # told again, or overtaken by a snapshot
    if order.from_no != head.no:
        return Followed("fetch", "other_number")
    staged = table.stage(order)
    return Followed("fetch", "other_hash") if staged is None else Followed("apply", "next", staged)


def is_newer(head: Head | None, fetched: Head) -> bool:
    """Whether a snapshot takes the place of what is held: not where changes have led past it meanwhile."""
    if head is None or head.epoch != fetched.epoch:
        return True
    return fetched.no > head.no or (fetched.no == head.no and fetched.hash != head.hash)


def in_order(pending: Iterable[ChangePermits]) -> list[ChangePermits]:
    """Changes that came while a snapshot was on its way, in the order in which they are tried on it."""
    return sorted(pending, key=lambda order: order.no)
