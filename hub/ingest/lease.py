"""The right to be the one writer of a site. Each taking has a higher epoch, and each transaction checks it: an old holder that
wakes up can write nothing any more. A hub that was killed takes its own lease back at once; another one waits until it runs out.
"""

from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from contract.clock import US_PER_S
from hub.store import bulk
from hub.store.schema import deadline
from hub.store.schema import site as site_table

LEASE_US = 15 * US_PER_S
_HOLD = f"UPDATE {site_table.name} SET lease_until_us = ?, change_pos = ?, case_no = ? WHERE site = ? AND lease_epoch = ?"  # noqa: S608
"""Ready-made: put together anew in every turn it was a third of what a small one cost."""
RENEW_US = LEASE_US // 3


class LeaseHeld(RuntimeError):
    """Another worker has the site. `until_us`: when its lease runs out unless it is renewed."""

    def __init__(self, site: str, owner: str, until_us: int) -> None:
        super().__init__(f"site {site} is run by {owner}: stop that hub, or wait until its lease runs out")
        self.until_us = until_us


class LeaseLost(RuntimeError):
    """Another worker has taken the site over. This one must stop: nothing it does would be written."""


class Lease(NamedTuple):
    """What a worker holds. `change_pos` and `case_no` are the site's counters when it was taken."""

    site: str
    owner: str
    epoch: int
    change_pos: int
    case_no: int


def take(connection: Connection, site: str, owner: str, now_us: int) -> Lease:
    """Take the site's lease, or make the site. Deadlines that only the wall clock knows stood still while no hub ran: they are
    put off by that time, or every agent would seem to have been silent. Raises LeaseHeld."""
    row = connection.execute(select(site_table).where(site_table.c.site == site).with_for_update()).first()
    if row is None:
        first = {"site": site, "lease_epoch": 1, "lease_owner": owner, "lease_until_us": now_us + LEASE_US}
        connection.execute(insert(site_table).values(**first, change_pos=0, case_no=0))
        return Lease(site, owner, 1, 0, 0)
    if row.lease_owner not in {"", owner} and row.lease_until_us > now_us:
        raise LeaseHeld(site, row.lease_owner, row.lease_until_us)
    lease = Lease(site, owner, row.lease_epoch + 1, row.change_pos, row.case_no)
    connection.execute(
        update(site_table)
        .where(site_table.c.site == site)
        .values(lease_epoch=lease.epoch, lease_owner=owner, lease_until_us=now_us + LEASE_US)
    )
    alive_us = row.lease_until_us - (LEASE_US if row.lease_owner else 0)
    if now_us > alive_us:
        _put_off(connection, site, alive_us, now_us - alive_us)
    return lease


def hold(connection: Connection, lease: Lease, now_us: int, *, change_pos: int, case_no: int) -> None:
    """First in each transaction: renew the lease and set the site's counters, under its epoch. Raises LeaseLost."""
    if bulk.run(connection, _HOLD, (now_us + LEASE_US, change_pos, case_no, lease.site, lease.epoch)) != 1:
        raise LeaseLost(f"site {lease.site} was taken over by another hub")


def release(connection: Connection, lease: Lease, now_us: int) -> None:
    """Give the site back, so that the next worker need not wait. Nothing where it is lost already."""
    connection.execute(
        update(site_table)
        .where(site_table.c.site == lease.site, site_table.c.lease_epoch == lease.epoch)
        .values(lease_owner="", lease_until_us=now_us)
    )


def _put_off(connection: Connection, site: str, alive_us: int, by_us: int) -> None:
    connection.execute(
        update(deadline)
        .where(
            deadline.c.site == site,
            deadline.c.owner.like("detector:%"),
            deadline.c.source.is_(None),
            deadline.c.due_at_us > alive_us,
        )
        .values(due_at_us=deadline.c.due_at_us + by_us)
    )
