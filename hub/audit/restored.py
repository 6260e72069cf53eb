"""A restore of a backup puts the log back, and says so: an entry, and a head of a new epoch. No forger can sign that."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from hub.audit.heads import sign_end
from hub.audit.keyfile import HeadKey
from hub.audit.log import Last, append, last_of
from hub.audit.types import LOCAL, Act
from hub.store import schema

RESTORED = "log.restored"


class Replaced(NamedTuple):
    """Where the log of a database ends that is thrown away, and its epoch."""

    last: Last
    epoch: int


def ends_of(connection: Connection) -> dict[str, Replaced]:
    """Of each site that has entries."""
    entry = schema.audit_entry.c
    sites = connection.execute(select(entry.site).distinct()).scalars().all()
    return {str(site): Replaced(last_of(connection, site), _epoch_of(connection, site)) for site in sites}


def note_restore(connection: Connection, was: Mapping[str, Replaced], key: HeadKey | None, now_us: int) -> None:
    """After the rows are there: see the module. Without a key no head is signed, and agents will report what they see."""
    for site in connection.execute(select(schema.site.c.site)).scalars().all():
        base, replaced = last_of(connection, site), was.get(site)
        if base.no == 0 and replaced is None:
            continue
        known = max(_epoch_of(connection, site), 0 if replaced is None else replaced.epoch)
        epoch = max(known + 1, now_us)
        before = {} if replaced is None else {"no": replaced.last.no, "hash": replaced.last.hash}
        act = Act(LOCAL, RESTORED, "audit", site, before=before, after={"epoch": epoch, "base": base.no})
        append(connection, site, [act], now_us)
        if key is not None:
            sign_end(connection, site, key, now_us, epoch)


def _epoch_of(connection: Connection, site: str) -> int:
    head = schema.audit_head.c
    return int(connection.execute(select(func.max(head.epoch)).where(head.site == site)).scalar() or 0)
