"""What is asked of the index of footage by those who only look. Each look-up is one or two statements of the driver's own."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, select

from contract.clock import US_PER_S
from contract.footage import FootageStream
from hub.duties.localtime import DAY, day_us
from hub.footage.causes import AGENT_SILENT, UNKNOWN, Word, Work, explained
from hub.footage.coverage import Hole, Run, holes, within
from hub.footage.packing import SPAN_MAX_US, Piece, hour_of, piece_at
from hub.store import bulk
from hub.store.footage_rows import RUNS_SQL, SPAN_HOURS, Track, pieces_within
from hub.store.lean import LeanReader
from hub.store.schema import maintenance

UNTOLD_US = 60 * US_PER_S
"""A segment is told of once it is whole: what nothing shows since less than this is being written, and is no hole yet."""


class Line(NamedTuple):
    """What of a time is covered and what is not; both in order. `since_us`: the stream's first footage ever; None: there was
    none, and nothing is a hole. `before_us`: up to when there was footage before that time, where a hole begins before it."""

    from_us: int
    until_us: int
    since_us: int | None
    runs: tuple[Run, ...] = ()
    holes: tuple[Hole, ...] = ()
    before_us: int | None = None


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
        self._lean = LeanReader(engine)
        self._point_sql, self._runs_sql, self._since_sql = (self._lean.sql(one) for one in (_POINT_SQL, RUNS_SQL, _SINCE_SQL))

    def piece_at(self, device: str, stream: FootageStream, at_us: int) -> Piece | None:
        """The segment that shows this moment; where several do, the one that began last. None: a hole."""
        track, hour = (self._site, device, stream), hour_of(at_us)
        parameters = (*track, at_us - SPAN_MAX_US, at_us, at_us, *track, hour - SPAN_HOURS, hour, at_us)
        return self._lean.ask(self._point_sql, parameters, lambda cursor: _first_at(cursor, at_us))

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
        since = self._lean.ask(self._since_sql, track, _all)
        if not since:
            return Line(from_us, until_us, None)
        rows = self._lean.ask(self._runs_sql, (*track, *track, from_us, from_us, until_us), _all)
        found, since_us = [Run(*row) for row in rows], int(since[0][0])
        runs = within(found, from_us, until_us)
        before_us = max((run.until_us for run in found if run.until_us <= from_us), default=None)
        missing = holes(runs, max(from_us, since_us), until_us)
        return Line(from_us, until_us, since_us, tuple(runs), tuple(missing), before_us)

    def day(self, device: str, stream: FootageStream, day: date, zone: ZoneInfo, now_us: int) -> Line:
        """The same of one day of the estate's, up to now."""
        from_us, until_us = day_us(zone, day), day_us(zone, day + DAY)
        return self.line(device, stream, from_us, max(from_us, min(until_us, now_us)))

    def explained(self, line: Line, device: str, stream: FootageStream, agent: str, around: Collection[str], now_us: int) -> Line:
        """The line, its holes with their causes. `around`: the camera's place and those it lies in, for planned work. An agent
        that says nothing is why a hole lasts still."""
        unknown = [hole for hole in line.holes if not hole.cause]
        if not unknown:
            return line
        begun = tuple(_begun(hole, line) for hole in line.holes)
        from_us, until_us = begun[0].from_us, unknown[-1].until_us
        with self._engine.connect() as connection:
            words = words_of(connection, Track(self._site, device, stream), agent, from_us, until_us)
            works = works_at(connection, self._site, device, around, from_us, until_us)
            heard = bulk.found(connection, _HEARD_SQL, (self._site, agent))[0][0]
        causes = [one.cause for one in explained(begun, words, works)]
        if causes[-1] == UNKNOWN and line.holes[-1].until_us > max(heard or 0, now_us - SILENT_US):
            causes[-1] = AGENT_SILENT if heard is None or now_us - heard > SILENT_US else UNKNOWN
        holes = tuple(hole._replace(cause=cause) for hole, cause in zip(line.holes, causes, strict=True))
        untold = holes[-1].cause == UNKNOWN and holes[-1].until_us >= now_us > holes[-1].from_us > now_us - UNTOLD_US
        return line._replace(holes=holes[:-1] if untold else holes)

    def said(self) -> dict[tuple[str, str], str]:
        """What each stream's recorder said last: `recording`, or why it does not."""
        with self._engine.connect() as connection:
            return {(device, stream): word for device, stream, word in bulk.found(connection, _SAID_SQL, (self._site,))}

    def tracks(self) -> list[TrackSpan]:
        """All streams that ever had footage, by name."""
        with self._engine.connect() as connection:
            return tracks_of(connection, self._site)

    def oldest(self) -> int | None:
        """When the oldest segment begins that the index has; None: it has none."""
        return min((one.begins_us for one in self.tracks() if one.begins_us is not None), default=None)

    def close(self) -> None:
        """Release what is kept."""
        self._lean.close()


def _first_at(cursor: Any, at_us: int) -> Piece | None:
    """An hour that is not needed is not read."""
    for row in cursor:
        found = Piece(*row[1:]) if row[0] is None else piece_at(row[0], at_us)
        if found is not None:
            return found
    return None


def _all(cursor: Any) -> list[Any]:
    rows: list[Any] = cursor.fetchall()
    return rows


_POINT_SQL = (
    "SELECT * FROM (SELECT CAST(NULL AS BYTEA) AS pieces, no, start_us, end_us, size_bytes, codec, init_bytes FROM footage_tail"
    " WHERE site = ? AND device = ? AND stream = ? AND start_us > ? AND start_us <= ? AND end_us > ?"
    " ORDER BY start_us DESC, no DESC) AS tail UNION ALL"
    " SELECT * FROM (SELECT pieces, 0, 0, 0, 0, '', 0 FROM footage_hour"
    " WHERE site = ? AND device = ? AND stream = ? AND hour BETWEEN ? AND ? AND ends_us > ? ORDER BY hour DESC) AS packed"
)
"""What began last comes first."""
_SINCE_SQL = "SELECT since_us FROM footage_track WHERE site = ? AND device = ? AND stream = ?"


def _begun(hole: Hole, line: Line) -> Hole:
    """The hole as it began, though that was before the time that was asked for."""
    return hole._replace(from_us=line.before_us) if hole.from_us == line.from_us and line.before_us is not None else hole


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


def words_of(connection: Connection, track: Track, agent: str, from_us: int, until_us: int) -> list[Word]:
    """What was said in that time of the stream, its camera and its agent, in order, with the last that was said before."""
    site, device, stream = track
    found: list[Word] = []
    for name in ((site, device, stream), (site, device, ""), (site, agent, "")):
        rows = bulk.found(connection, _WORDS_SQL, (*name, *name, from_us, from_us, until_us))
        found += [Word(*row) for row in rows]
    return sorted(found)


def works_at(connection: Connection, site: str, device: str, around: Collection[str], from_us: int, until_us: int) -> list[Work]:
    """Maintenance windows in that time that are about the camera or where it is, and about what is recorded."""
    w = maintenance.c
    ends_us = func.coalesce(w.ended_us, w.until_us)
    query = select(w.from_us, ends_us).where(w.site == site, w.from_us < until_us, ends_us > from_us)
    query = query.where(w.device.in_(("", device)), w.detector.in_(("", "footage_hole", "camera_lost")))
    rows = connection.execute(query.where(w.place.in_(("", *around))).order_by(w.from_us).limit(WORKS_MAX))
    return [Work(row[0], row[1]) for row in rows if row[0] < row[1]]


WORKS_MAX = 1_000
SILENT_US = 60 * US_PER_S
"""An agent that was not heard for so long is why the last hole lasts."""
_MY_WORDS = "site = ? AND device = ? AND stream = ?"
_WORDS_SQL = (
    f"SELECT at_us, word FROM footage_word WHERE {_MY_WORDS} AND at_us >= coalesce(("  # noqa: S608
    f"SELECT max(at_us) FROM footage_word WHERE {_MY_WORDS} AND at_us <= ?), ?) AND at_us <= ? ORDER BY at_us"
)
_SAID_SQL = (
    "SELECT t.device, t.stream, w.word FROM footage_track t JOIN footage_word w ON w.site = t.site AND w.device = t.device"
    " AND w.stream = t.stream AND w.at_us = (SELECT max(at_us) FROM footage_word n WHERE n.site = t.site"
    " AND n.device = t.device AND n.stream = t.stream) WHERE t.site = ?"
)
_HEARD_SQL = "SELECT max(heard_us) FROM stream WHERE site = ? AND agent = ?"
