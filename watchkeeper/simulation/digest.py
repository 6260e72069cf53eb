"""One hash over all that the hub has come to know: the same seed must give the same one."""

import sqlite3
from hashlib import sha256

_TABLES = (
    "event",
    "case_",
    "case_entry",
    "case_clock",
    "change",
    "stream",
    "watermark",
    "detector_state",
    "duty_window",
    "scan",
    "tally",
)


def digest(database: sqlite3.Connection) -> str:
    """32 hex digits over every row and column of these tables, in the order of their primary keys."""
    whole = sha256()
    for table in _TABLES:
        columns = [row[1] for row in sorted(database.execute(f"PRAGMA table_info({table})"), key=lambda row: row[5]) if row[5]]
        for row in database.execute(f"SELECT * FROM {table} ORDER BY {', '.join(columns)}"):  # noqa: S608
            whole.update(repr((table, row)).encode())
    return whole.hexdigest()[:32]
