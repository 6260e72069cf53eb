"""A hub's database: what the index has and what is said to be covered are the same, and each packed hour is what its row says."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import rfc3339
from hub.footage.coverage import Run, runs_of, without
from hub.footage.packing import BadPacking, Hour, Piece
from hub.store import schema
from hub.store.engine import open_engine
from hub.store.footage_rows import Track, hour_row
from watchkeeper.footage_verify.at_agent import PROBLEMS_MAX, Unreadable


class Problem(NamedTuple):
    """What is wrong. `kind`: `hour`, a packed hour is not what its row says; `uncovered`, segments that no coverage tells of;
    `covered`, coverage without a segment."""

    kind: str
    device: str
    stream: str
    at: str
    detail: str = ""


def verify(url: str, site: str | None) -> dict[str, Any]:
    """What is printed. Raises Unreadable."""
    try:
        engine = open_engine(url, read_only=True)
        with engine.connect() as connection:
            t = schema.footage_track.c
            found = [Track(*row) for row in connection.execute(select(t.site, t.device, t.stream)) if site in (None, row.site)]
            checked, problems = 0, list[Problem]()
            for track in found:
                count, wrong = _look(connection, track)
                checked, problems = checked + count, problems + wrong
        engine.dispose()
    except SQLAlchemyError as error:
        raise Unreadable(f"{url} cannot be read: {str(error).splitlines()[0]}") from error
    return {"checked": checked, "problems": [one._asdict() for one in problems[:PROBLEMS_MAX]]}


def _look(connection: Connection, track: Track) -> tuple[int, list[Problem]]:
    problems: list[Problem] = []
    pieces: list[Piece] = []
    hours = schema.footage_hour
    for row in connection.execute(_of(hours, track).order_by(hours.c.hour)):
        try:
            found = Hour(row.pieces).pieces()
        except BadPacking as error:
            problems.append(_problem("hour", track, row.begins_us, str(error)))
            continue
        if tuple(row) != hour_row(track, row.hour, found):
            problems.append(_problem("hour", track, row.begins_us, "the row does not say what is packed in it"))
        pieces += found
    for row in connection.execute(_of(schema.footage_tail, track)):
        pieces.append(Piece(*(getattr(row, name) for name in Piece._fields)))
    runs = [Run(row.from_us, row.until_us, row.what) for row in connection.execute(_of(schema.footage_run, track))]
    there, covered = sorted(run for run in runs if run.what == "there"), runs_of(pieces)
    for kind, alone in (("covered", without(there, covered)), ("uncovered", without(covered, there))):
        problems += [_problem(kind, track, run.from_us, f"until {rfc3339(run.until_us)}") for run in alone]
    return len(pieces), problems


def _of(table: Any, track: Track) -> Any:
    c = table.c
    return select(table).where(c.site == track.site, c.device == track.device, c.stream == track.stream)


def _problem(kind: str, track: Track, at_us: int, detail: str) -> Problem:
    return Problem(kind, track.device, track.stream, rfc3339(at_us), detail)
