"""What is asked of the index of footage by those who only look. Each look-up is one or two statements of the driver's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from contract.clock import US_PER_S
from contract.footage import FootageStream
from hub.footage.coverage import Hole, Run, holes, within
from hub.footage.packing import SPAN_MAX_US, Hour, Piece, hour_of
from hub.store import bulk
from hub.store.footage_rows import PACKED_SQL, RUNS_SQL, SPAN_HOURS, TAIL_SQL, Track, pieces_within

DAY_US = 86_400 * US_PER_S
_LATEST_FIRST = PACKED_SQL + " DESC"


class Line(NamedTuple):
    """What of a time is covered and what is not; both in order. `since_us`: the stream's first footage ever; None: there was
    none, and nothing is a hole."""

    from_us: int
    until_us: int
    since_us: int | None
    runs: tuple[Run, ...] = ()
    holes: tuple[Hole, ...] = ()


class TrackSpan(NamedTuple):
    """What the index has of one stream. `begins_us`, `ends_us`: of the oldest and the newest segment; None: all are gone."""

    device: str
    stream: FootageStream
    since_us: int
    begins_us: int | None
    ends_us: int | None


class FootageReads:
    """The look-ups of one site. Any thread."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine, self._site = engine, site

    def piece_at(self, device: str, stream: FootageStream, at_us: int) -> Piece | None:
        """The segment that shows this moment; where several do, the one that began last. None: a hole."""
        track, hour = (self._site, device, stream), hour_of(at_us)
        with self._cursor() as cursor:
            tail = cursor.all(TAIL_SQL, (*track, at_us - SPAN_MAX_US, at_us + 1, at_us))
            packed = cursor.all(_LATEST_FIRST, (*track, hour - SPAN_HOURS, hour, at_us))
        found = [Piece(*tail[-1])] if tail else []
        found += [one for (row,) in packed if (one := Hour(row).at(at_us)) is not None]
        return max(found, key=lambda one: (one.start_us, one.no), default=None)

    def pieces(self, device: str, stream: FootageStream, from_us: int, until_us: int) -> list[Piece]:
        """The segments that show anything of that time, in the order of their starts."""
        with self._engine.connect() as connection:
            return pieces_within(connection, Track(self._site, device, stream), from_us, until_us)

    def holes(self, device: str, stream: FootageStream, from_us: int, until_us: int) -> list[Hole]:
        """What nothing shows in that time, without causes: one read. Nothing is a hole before the stream's first footage."""
        return list(self.line(device, stream, from_us, until_us).holes)

    def line(self, device: str, stream: FootageStream, from_us: int, until_us: int) -> Line:
        """What is covered and what is not."""
        track = (self._site, device, stream)
        with self._cursor() as cursor:
            since = cursor.all(_SINCE_SQL, track)
            rows = cursor.all(RUNS_SQL, (*track, *track, from_us, from_us, until_us)) if since else []
        if not since:
            return Line(from_us, until_us, None)
        runs = within((Run(*row) for row in rows), from_us, until_us)
        since_us = int(since[0][0])
        return Line(from_us, until_us, since_us, tuple(runs), tuple(holes(runs, max(from_us, since_us), until_us)))

    def day(self, device: str, stream: FootageStream, day: date, zone: ZoneInfo, now_us: int) -> Line:
        """The same of one day of the estate's, up to now."""
        from_us, until_us = day_us(day, zone)
        return self.line(device, stream, from_us, max(from_us, min(until_us, now_us)))

    def tracks(self) -> list[TrackSpan]:
        """All streams that ever had footage, by name."""
        with self._engine.connect() as connection:
            return tracks_of(connection, self._site)

    def oldest(self) -> int | None:
        """When the oldest segment begins that the index has; None: it has none."""
        return min((one.begins_us for one in self.tracks() if one.begins_us is not None), default=None)

    @contextmanager
    def _cursor(self) -> Iterator["_Cursor"]:
        taken = self._engine.raw_connection()
        try:
            yield _Cursor(taken.cursor(), bulk.mark(self._engine.dialect.name))
        finally:
            taken.close()


_SINCE_SQL = "SELECT since_us FROM footage_track WHERE site = ? AND device = ? AND stream = ?"


class _Cursor(NamedTuple):
    cursor: Any
    mark: str

    def all(self, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
        self.cursor.execute(sql if self.mark == "?" else sql.replace("?", self.mark), parameters)
        return list(self.cursor.fetchall())


def tracks_of(connection: Connection, site: str) -> list[TrackSpan]:
    """See FootageReads.tracks."""
    rows = bulk.found(connection, "SELECT device, stream, since_us FROM footage_track WHERE site = ? ORDER BY 1, 2", (site,))
    found = []
    for device, stream, since_us in rows:
        ends = bulk.found(connection, _ENDS_SQL, (site, device, stream) * 4)[0]
        begins_us = min((one for one in ends[:2] if one is not None), default=None)
        ends_us = max((one for one in ends[2:] if one is not None), default=None)
        found.append(TrackSpan(device, stream, since_us, begins_us, ends_us))
    return found


_OF = "WHERE site = ? AND device = ? AND stream = ?"
_ENDS_SQL = (
    f"SELECT (SELECT begins_us FROM footage_hour {_OF} ORDER BY hour LIMIT 1),"  # noqa: S608
    f" (SELECT min(start_us) FROM footage_tail {_OF}),"
    f" (SELECT ends_us FROM footage_hour {_OF} ORDER BY hour DESC LIMIT 1),"
    f" (SELECT max(end_us) FROM footage_tail {_OF})"
)


def day_us(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """When the day begins and ends there."""
    begins, ends = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, day + timedelta(days=1)))
    return int(begins.timestamp()) * US_PER_S, int(ends.timestamp()) * US_PER_S
