"""The log's end is signed now and then, in a transaction that is made anyhow, and told to every agent: they keep it as well."""

from collections.abc import Callable

from sqlalchemy import Connection, desc, select

from contract.clock import US_PER_S
from contract.orders import KeepHead
from hub.audit.chain import Head
from hub.audit.keyfile import HeadKey
from hub.audit.log import last_of
from hub.store import bulk, schema

LOOK_EVERY_US = 50 * US_PER_S
"""An idle hub commits every 5 s at the latest: so no entry waits 60 s for its head."""
ENTRIES_MAX = 1_000
"""So many more acts and writes, and the log is looked at before its time."""
_head = schema.audit_head
_COLUMNS = tuple(_head.c[field] for field in Head._fields)


class Heads:
    """The heads of one site, for its worker's thread. `new_id` names orders."""

    def __init__(self, site: str, key: HeadKey, new_id: Callable[[], str]) -> None:
        self._site, self._key, self._new_id = site, key, new_id
        self._looked_us: int | None = None
        self._added = 0
        self._pending: tuple[int, Head | None] | None = None
        self._newest: Head | None = None

    def tend(self, connection: Connection, added: int, now_us: int) -> None:
        """Look, where it is time, and sign what is new. Nothing but a comparison in most turns. Raises BadHeadKey."""
        self._pending = None
        self._added += added
        since_us = None if self._looked_us is None else now_us - self._looked_us
        if since_us is not None and 0 <= since_us < LOOK_EVERY_US and self._added < ENTRIES_MAX:
            return
        self._pending = now_us, sign_end(connection, self._site, self._key, now_us)

    def settle(self) -> KeepHead | None:
        """The transaction is committed: what agents are to keep. The newest head is told again each time, so that an agent that
        was away hears it, and so that a log that was put back is found out."""
        if self._pending is None:
            return None
        self._looked_us, self._newest = self._pending
        self._added, self._pending = 0, None
        return self.newest()

    def newest(self) -> KeepHead | None:
        """The newest committed head, for agents that may not have heard it."""
        return None if self._newest is None else KeepHead(self._new_id(), *self._newest[1:])


def sign_end(connection: Connection, site: str, key: HeadKey, now_us: int, epoch: int | None = None) -> Head | None:
    """The head of the log's end, signed and written where there is none yet; None for an empty log. `epoch` None: that of the
    newest head which this key has signed, so that nobody begins another one by writing a row."""
    last = last_of(connection, site)
    if last.no == 0:
        return None
    newest = newest_head(connection, site, key)
    if epoch is None:
        epoch = 0 if newest is None else newest.epoch
    if newest is not None and (newest.epoch, newest.no, newest.hash) == (epoch, last.no, last.hash):
        return newest
    signed = key.sign(Head(site, epoch, last.no, now_us, last.hash, "", ""))
    bulk.upsert(connection, _head, [tuple(signed)])
    return signed


def newest_head(connection: Connection, site: str, key: HeadKey) -> Head | None:
    """The newest one that this key has signed, of the newest few."""
    query = select(*_COLUMNS).where(_head.c.site == site).order_by(desc(_head.c.epoch), desc(_head.c.no)).limit(100)
    return next((head for row in connection.execute(query) if key.fits(head := Head(*row))), None)
