"""What is personal of visits goes on its day, with an entry of the audit log that says of which."""

from sqlalchemy import Connection

from hub.audit import log
from hub.audit.types import HUB, Act
from hub.store.visit_rows import erase_due


def erase_visits(connection: Connection, site: str, now_us: int) -> int:
    """A chunk of the visits whose day has come. Returns how many."""
    names = erase_due(connection, site, now_us)
    if names:
        after = {"visits": names, "clause": "GATE-5"}
        log.append(connection, site, [Act(HUB, "visit.erase", "visit", reason="its day has come", after=after)], now_us)
    return len(names)
