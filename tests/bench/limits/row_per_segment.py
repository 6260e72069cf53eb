"""The bare limit of the footage index: one row for each segment with its file's path, as Frigate keeps them, with the indexes
that its table has and the statements that it asks. SQLite in WAL.

Loaded by its path by the bench.
"""

import sqlite3
import uuid
from collections.abc import Iterator

SEGMENT_S = 10
CHUNK = 100_000

TABLE = """
CREATE TABLE recordings (
  id VARCHAR(30) NOT NULL PRIMARY KEY, camera VARCHAR(20) NOT NULL, path VARCHAR(255) NOT NULL, start_time DATETIME NOT NULL,
  end_time DATETIME NOT NULL, duration REAL NOT NULL, motion INTEGER, objects INTEGER, "dBFS" INTEGER, segment_size REAL NOT NULL,
  regions INTEGER)
"""
INDEXES = (
    "CREATE INDEX recordings_camera ON recordings (camera)",
    "CREATE UNIQUE INDEX recordings_path ON recordings (path)",
    "CREATE INDEX recordings_start_time ON recordings (start_time)",
    "CREATE INDEX recordings_camera_start_time_end_time ON recordings (camera, start_time DESC, end_time DESC)",
    "CREATE INDEX recordings_camera_segment_size ON recordings (camera, segment_size)",
    "CREATE INDEX recordings_activity ON recordings (camera, start_time DESC, regions)",
    "CREATE INDEX recordings_summary ON recordings (camera, start_time DESC, duration, motion, objects)",
)
POINT = (
    "SELECT path, start_time FROM recordings WHERE ? BETWEEN start_time AND end_time AND camera = ?"
    " ORDER BY start_time DESC LIMIT 1"
)
DAY = (
    "SELECT strftime('%H', datetime(start_time, 'unixepoch')), sum(duration), sum(motion), sum(objects) FROM recordings"
    " WHERE camera = ? AND start_time BETWEEN ? AND ? GROUP BY 1 ORDER BY 1"
)
BETWEEN = "SELECT start_time, end_time FROM recordings WHERE camera = ? AND start_time BETWEEN ? AND ? ORDER BY start_time"


def build(path: str, cameras: list[str], from_s: float, days: int, hole_s: tuple[int, int]) -> int:
    """All segments of so many days, but two holes a day; `hole_s`: where in a day a hole begins and how long it is. Returns how
    many there are."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute(TABLE)
    for index in INDEXES:
        db.execute(index)
    begins, lasts = hole_s

    def rows() -> Iterator[tuple[object, ...]]:
        for at_s in range(0, days * 86_400, SEGMENT_S):
            if begins <= at_s % 43_200 < begins + lasts:
                continue
            for camera in cameras:
                start = from_s + at_s
                name = f"/media/frigate/recordings/{at_s // 86_400:04}-01-01/{at_s // 3_600 % 24:02}/{camera}/{at_s}.mp4"
                yield (f"{start}-{uuid.uuid4().hex[:6]}", camera, name, start, start + 10, 10.0, at_s % 7, 0, -40, 2.1, 0)

    db.execute("BEGIN")
    db.executemany(f"INSERT INTO recordings VALUES ({', '.join('?' * 11)})", rows())
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (count,) = db.execute("SELECT count(*) FROM recordings").fetchone()
    db.close()
    return int(count)


class Recordings:
    """What is asked of the table."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def point(self, camera: str, at_s: float) -> object:
        return self.db.execute(POINT, (at_s, camera)).fetchone()

    def day(self, camera: str, from_s: float) -> list[object]:
        return self.db.execute(DAY, (camera, from_s, from_s + 86_400)).fetchall()

    def holes(self, camera: str, from_s: float, until_s: float) -> list[tuple[float, float]]:
        found, seen = [], from_s
        for start, end in self.db.execute(BETWEEN, (camera, from_s, until_s)):
            if start - seen > 1:
                found.append((seen, start))
            seen = end
        return found

    def sweep(self, before_s: float) -> int:
        """By their ids, a chunk at a time."""
        ids = [row[0] for row in self.db.execute("SELECT id, path FROM recordings WHERE start_time < ?", (before_s,))]
        for at in range(0, len(ids), CHUNK):
            chunk = ids[at : at + CHUNK]
            self.db.execute("BEGIN IMMEDIATE")
            self.db.executemany("DELETE FROM recordings WHERE id = ?", ((one,) for one in chunk))
            self.db.execute("COMMIT")
        return len(ids)
