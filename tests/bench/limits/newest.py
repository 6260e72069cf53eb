"""The bare limit of a list: SQLite alone reads the newest rows of a table, all columns, and nobody is told of them.

Loaded by its path by the bench, which holds the clock.
"""

import sqlite3


class Newest:
    """`read` fetches the `count` rows with the highest numbers."""

    def __init__(self, database: str, table: str, site: str, count: int) -> None:
        self._db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        self._sql = f"SELECT * FROM {table} WHERE site = '{site}' ORDER BY case_no DESC LIMIT {count}"

    def read(self) -> list[tuple]:
        return self._db.execute(self._sql).fetchall()
