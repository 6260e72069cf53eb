"""What is asked of footage's keeping, and of the index by what deletes from it."""

from collections.abc import Sequence

from sqlalchemy import Connection

from contract.footage import NoSpan
from hub.footage.packing import Hour, Piece
from hub.store import bulk
from hub.store.footage_rows import TAIL_SQL, Track

_MINE = "site = ? AND device = ? AND stream = ?"
_NEXT_SQL = (
    f"SELECT (SELECT begins_us FROM footage_hour WHERE {_MINE} AND ends_us > ? ORDER BY hour LIMIT 1),"  # noqa: S608
    f" (SELECT min(start_us) FROM footage_tail WHERE {_MINE} AND end_us > ?)"
)
_HOURS_SQL = f"SELECT pieces FROM footage_hour WHERE {_MINE} AND last_no >= ? AND first_no <= ?"  # noqa: S608
_TAIL_SQL = f"{TAIL_SQL.partition(' WHERE')[0]} WHERE {_MINE} AND no BETWEEN ? AND ?"


def next_begin(connection: Connection, track: Track, from_us: int) -> int | None:
    """When the first hour begins that shows something after `from_us`, or the first segment of the hour under way; None: none
    does."""
    found = bulk.found(connection, _NEXT_SQL, (*track, from_us, *track, from_us))[0]
    return min((one for one in found if one is not None), default=None)


def numbered(connection: Connection, track: Track, spans: Sequence[NoSpan]) -> list[Piece]:
    """The segments with these numbers, by their numbers."""
    found: dict[int, Piece] = {}
    for span in spans:
        for (packed,) in bulk.found(connection, _HOURS_SQL, (*track, span.first, span.last)):
            found.update((one.no, one) for one in Hour(packed).pieces() if span.first <= one.no <= span.last)
        for row in bulk.found(connection, _TAIL_SQL, (*track, span.first, span.last)):
            found[row[0]] = Piece(*row)
    return [found[no] for no in sorted(found)]
