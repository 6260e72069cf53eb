"""The index of footage as it is written: in a turn's transaction, what was told is folded in and what was deleted is dropped.

The hour under way stands row by row in `footage_tail`. When the next one begins it is packed into one row of `footage_hour`; what
comes late is packed into its own at once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from contract.footage import FootageStream, NoSpan
from hub.footage.coverage import JOIN_US, Gone, Run, joined, runs_of, within, without
from hub.footage.packing import HOUR_US, SPAN_MAX_US, Hour, Piece, hour_of, pack
from hub.store import bulk
from hub.store.footage_tables import footage_hour, footage_run, footage_tail, footage_track, footage_word

HOUR_PIECES_MAX = 36_000
"""Of one camera's stream: ten a second. What comes beyond is left out and counted."""
SPAN_HOURS = SPAN_MAX_US // HOUR_US
"""How many hours before a moment's own the segment may have begun that shows it."""
_MINE = "site = ? AND device = ? AND stream = ?"


class Track(NamedTuple):
    """One stream of one camera."""

    site: str
    device: str
    stream: FootageStream


class Folded(NamedTuple):
    """How many segments were new, were known already, and found their hour full."""

    new: int = 0
    known: int = 0
    crowded: int = 0


class _Open(NamedTuple):
    """A row of `footage_track` without its name."""

    since_us: int
    top_no: int
    open_hour: int
    open_count: int


def fold(connection: Connection, track: Track, pieces: Iterable[Piece]) -> Folded:
    """Take segments in, in whatever order they come. One whose number is known is the same one, wherever it is said to be now."""
    told: dict[int, Piece] = {}
    for piece in pieces:
        told.setdefault(piece.no, piece)
    if not told:
        return Folded()
    was = _open(connection, track)
    known = _known(connection, track, [no for no in told if was is not None and no <= was.top_no])
    fresh = [piece for no, piece in told.items() if no not in known]
    hour, count = (-1, 0) if was is None else (was.open_hour, was.open_count)
    newest = max((hour_of(piece.start_us) for piece in fresh), default=hour)
    if newest > hour:
        _pack_tail(connection, track)
        hour, count = newest, 0
    late = [piece for piece in fresh if hour_of(piece.start_us) != hour]
    present = [piece for piece in fresh if hour_of(piece.start_us) == hour][: HOUR_PIECES_MAX - count]
    bulk.insert(connection, footage_tail, [_tail_row(track, piece) for piece in present])
    taken = present + _pack_into(connection, track, late)
    if taken:
        _cover(connection, track, runs_of(taken))
        since_us = min(piece.start_us for piece in taken)
        top_no = max(piece.no for piece in taken)
        now = _Open(since_us, top_no, hour, count + len(present))
        if was is not None:
            now = now._replace(since_us=min(since_us, was.since_us), top_no=max(top_no, was.top_no))
        bulk.upsert(connection, footage_track, [(*track, *now)])
    return Folded(len(taken), len(told) - len(fresh), len(fresh) - len(taken))


def drop(connection: Connection, track: Track, spans: Sequence[NoSpan], reason: Gone) -> int:
    """Take segments out whose files are gone. Returns how many there were."""
    gone: list[Run] = []
    count = 0
    for span in spans:
        dropped, times = _drop_span(connection, track, span)
        count += dropped
        gone += times
    for time in joined(run._replace(what="there") for run in gone):
        _uncover(connection, track, time, reason)
    return count


def pieces_within(connection: Connection, track: Track, from_us: int, until_us: int) -> list[Piece]:
    """The segments that show anything of that time, in the order of their starts."""
    hours = (hour_of(from_us) - SPAN_HOURS, hour_of(until_us))
    rows = bulk.found(connection, PACKED_SQL, (*track, *hours, from_us))
    found = [piece for (packed,) in rows for piece in Hour(packed).overlapping(from_us, until_us)]
    tail = bulk.found(connection, TAIL_SQL, (*track, from_us - SPAN_MAX_US, until_us, from_us))
    return sorted(found + [Piece(*row) for row in tail], key=lambda one: (one.start_us, one.no))


def runs_within(connection: Connection, track: Track, from_us: int, until_us: int) -> list[Run]:
    """The runs that touch that time, whole, in their order."""
    rows = bulk.found(connection, RUNS_SQL, (*track, *track, from_us, from_us, until_us))
    return [run for row in rows if (run := Run(*row)).until_us >= from_us]


PACKED_SQL = f"SELECT pieces FROM footage_hour WHERE {_MINE} AND hour BETWEEN ? AND ? AND ends_us > ? ORDER BY hour"  # noqa: S608
_TAIL = "SELECT no, start_us, end_us, size_bytes, codec, init_bytes FROM footage_tail WHERE"
TAIL_SQL = f"{_TAIL} {_MINE} AND start_us > ? AND start_us < ? AND end_us > ? ORDER BY start_us, no"
_LAST_BEFORE = f"SELECT max(from_us) FROM footage_run WHERE {_MINE} AND from_us <= ?"  # noqa: S608
RUNS_SQL = (
    f"SELECT from_us, until_us, what FROM footage_run WHERE {_MINE}"  # noqa: S608
    f" AND from_us >= coalesce(({_LAST_BEFORE}), ?) AND from_us <= ? ORDER BY from_us"
)
_OPEN_SQL = f"SELECT since_us, top_no, open_hour, open_count FROM footage_track WHERE {_MINE}"  # noqa: S608
_BY_NO = f"{_MINE} AND last_no >= ? AND first_no <= ?"
_INSIDE = f"{_MINE} AND last_no >= ? AND last_no <= ? AND first_no >= ?"


def _open(connection: Connection, track: Track) -> _Open | None:
    rows = bulk.found(connection, _OPEN_SQL, track)
    return _Open(*rows[0]) if rows else None


def _known(connection: Connection, track: Track, numbers: list[int]) -> set[int]:
    """Which of these are in the index already. Numbers that lie near one another are looked for at once."""
    known: set[int] = set()
    for first, last in _clusters(sorted(numbers)):
        rows = bulk.found(connection, f"SELECT no FROM footage_tail WHERE {_MINE} AND no BETWEEN ? AND ?", (*track, first, last))  # noqa: S608
        known.update(no for (no,) in rows)
        packed = bulk.found(connection, f"SELECT pieces FROM footage_hour WHERE {_BY_NO}", (*track, first, last))  # noqa: S608
        known.update(piece.no for (one,) in packed for piece in Hour(one).pieces())
    return known


def _clusters(numbers: list[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for no in numbers:
        if found and no - found[-1][1] <= HOUR_US:
            found[-1] = (found[-1][0], no)
        else:
            found.append((no, no))
    return found


def _pack_tail(connection: Connection, track: Track) -> None:
    """All that stands there belongs to an hour that is over."""
    rows = bulk.found(connection, f"{_TAIL} {_MINE} ORDER BY start_us, no", track)
    if rows:
        _pack_into(connection, track, [Piece(*row) for row in rows])
        bulk.run(connection, f"DELETE FROM footage_tail WHERE {_MINE}", track)  # noqa: S608


def _pack_into(connection: Connection, track: Track, pieces: Sequence[Piece]) -> list[Piece]:
    """Add the pieces to the packed rows of their hours. Returns those for which there was room."""
    by_hour: dict[int, list[Piece]] = {}
    for piece in pieces:
        by_hour.setdefault(hour_of(piece.start_us), []).append(piece)
    taken: list[Piece] = []
    rows: list[tuple[Any, ...]] = []
    for hour in sorted(by_hour):
        found = bulk.found(connection, f"SELECT pieces FROM footage_hour WHERE {_MINE} AND hour = ?", (*track, hour))  # noqa: S608
        held = Hour(found[0][0]).pieces() if found else []
        new = by_hour[hour][: max(0, HOUR_PIECES_MAX - len(held))]
        taken += new
        if new:
            rows.append(hour_row(track, hour, held + new))
    bulk.upsert(connection, footage_hour, rows)
    return taken


def hour_row(track: Track, hour: int, pieces: Sequence[Piece]) -> tuple[Any, ...]:
    """A row of `footage_hour`."""
    numbers = [piece.no for piece in pieces]
    begins_us, ends_us = min(piece.start_us for piece in pieces), max(piece.end_us for piece in pieces)
    size_bytes = sum(piece.size_bytes for piece in pieces)
    return (*track, hour, begins_us, ends_us, min(numbers), max(numbers), len(pieces), size_bytes, pack(pieces))


def _tail_row(track: Track, piece: Piece) -> tuple[Any, ...]:
    return (*track, piece.start_us, piece.no, piece.end_us, piece.size_bytes, piece.codec, piece.init_bytes)


def _cover(connection: Connection, track: Track, new: Sequence[Run]) -> None:
    """Each run by itself: what a backlog brings of several days does not read all that lies between."""
    for run in new:
        was = runs_within(connection, track, run.from_us - JOIN_US, run.until_us + JOIN_US)
        _replace(connection, track, was, joined([*was, run]))


def _uncover(connection: Connection, track: Track, time: Run, reason: Gone) -> None:
    """Footage of that time went: what is left there covers still, and the rest is gone for that reason."""
    was = runs_within(connection, track, time.from_us - JOIN_US, time.until_us + JOIN_US)
    left = runs_of(pieces_within(connection, track, time.from_us, time.until_us))
    left = within(left, time.from_us, time.until_us)
    there = [run for run in was if run.what == "there"]
    gone = [run._replace(what=reason) for run in without(within(there, time.from_us, time.until_us), left)]
    others = [run for run in was if run.what != "there"]
    _replace(connection, track, was, joined([*without(there, [time]), *others, *left, *gone]))


def _replace(connection: Connection, track: Track, was: Sequence[Run], now: Sequence[Run]) -> None:
    begin = {run.from_us for run in now}
    bulk.delete(connection, footage_run, [(*track, run.from_us) for run in was if run.from_us not in begin])
    bulk.upsert(connection, footage_run, [(*track, *run) for run in now if run not in was])


def _drop_span(connection: Connection, track: Track, span: NoSpan) -> tuple[int, list[Run]]:
    """How many went, and the times that they showed. Hours that lie in the span whole go unread."""
    first, last = span.first, span.last
    inside = (*track, first, last, first)
    whole = bulk.found(connection, f"SELECT begins_us, ends_us, segments FROM footage_hour WHERE {_INSIDE}", inside)  # noqa: S608
    if whole:
        bulk.run(connection, f"DELETE FROM footage_hour WHERE {_INSIDE}", inside)  # noqa: S608
    count, times = sum(row[2] for row in whole), [Run(row[0], row[1]) for row in whole]
    parts = bulk.found(connection, f"SELECT hour, pieces FROM footage_hour WHERE {_BY_NO}", (*track, first, last))  # noqa: S608
    for hour, packed in parts:
        pieces = Hour(packed).pieces()
        left = [piece for piece in pieces if not first <= piece.no <= last]
        if len(left) == len(pieces):
            continue
        count, times = count + len(pieces) - len(left), times + runs_of(set(pieces).difference(left))
        if left:
            bulk.upsert(connection, footage_hour, [hour_row(track, hour, left)])
        else:
            bulk.delete(connection, footage_hour, [(*track, hour)])
    mine = (*track, first, last)
    tail = [Piece(*row) for row in bulk.found(connection, f"{_TAIL} {_MINE} AND no BETWEEN ? AND ?", mine)]
    if tail:
        bulk.run(connection, f"DELETE FROM footage_tail WHERE {_MINE} AND no BETWEEN ? AND ?", mine)  # noqa: S608
    return count + len(tail), times + runs_of(tail)


def write_footage(
    connection: Connection, site: str, told: Iterable[tuple[str, FootageStream, Piece]], words: Mapping[tuple[Any, ...], str]
) -> Counter[str]:
    """What a turn was told: segments by camera and stream, and words of recorders by their keys. Returns what came of it, by
    counters' names."""
    by_track: dict[Track, list[Piece]] = {}
    for device, stream, piece in told:
        by_track.setdefault(Track(site, device, stream), []).append(piece)
    done: Counter[str] = Counter()
    for track in sorted(by_track):
        folded = fold(connection, track, by_track[track])
        done.update(segments_new=folded.new, segments_known=folded.known, segments_crowded=folded.crowded)
    bulk.upsert(connection, footage_word, [(*key, word) for key, word in sorted(words.items())])
    return done
