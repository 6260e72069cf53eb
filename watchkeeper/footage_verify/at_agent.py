"""An agent's folder: each row has its file, each file its row, and samples can be played.

A running agent has its index locked, so a copy of it is looked at. What changes meanwhile is looked at twice: only what is wrong
both times is told.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from contract.footage import FootageStream
from edge.footage.beneath import NotBeneath, open_beneath
from edge.footage.deletion_journal import DeletionJournal
from edge.footage.index import FILE, FootageFailed, FootageIndex
from edge.footage.segments import STREAMS, Segment, number_of
from watchkeeper.footage_verify.playing import plays

COPIES = 5
PROBLEMS_MAX = 1_000


class Unreadable(Exception):
    """It could not be checked. The message says what to do."""


class Problem(NamedTuple):
    """What is wrong. `kind`: `no_file`, `no_row`, `size`, `not_beneath`, `odd_name`, `not_playable`, `deletion_unfinished`."""

    kind: str
    path: str
    detail: str = ""


def verify(folder: Path, samples: int) -> dict[str, Any]:
    """What is printed. Raises Unreadable."""
    checked, problems = _look(folder, samples)
    if problems:
        _, again = _look(folder, samples)
        problems = [one for one in problems if one in again]
    return {"checked": checked, "problems": [one._asdict() for one in problems[:PROBLEMS_MAX]]}


def _look(folder: Path, samples: int) -> tuple[int, list[Problem]]:
    with TemporaryDirectory(prefix="wkverify") as copy:
        _copy_index(folder, Path(copy))
        try:
            index = FootageIndex.open(Path(copy))
        except FootageFailed as error:
            raise Unreadable(str(error)) from error
        try:
            rows = [one for track in index.tracks() for one in _all_of(index, *track)]
            last = {track: index.last_no(*track) for track in index.tracks()}
        finally:
            index.close()
    problems = [found for one in rows if (found := _row_problem(folder, one)) is not None]
    wrong = {one.path for one in problems}
    problems += _file_problems(folder, {one.path for one in rows if not one.adopted}, last)
    problems += _played(folder, [one for one in rows if one.path not in wrong], samples)
    journal = DeletionJournal(folder)
    journal.open()
    if journal.pending is not None:
        problems.append(Problem("deletion_unfinished", journal.pending.device, f"order {journal.pending.order}"))
    return len(rows), problems


def _copy_index(folder: Path, to: Path) -> None:
    """A copy during which nothing was written."""
    names = [FILE, f"{FILE}-wal"]
    if not (folder / FILE).is_file():
        raise Unreadable(f"{folder} has no {FILE}: give an agent's footage folder, or the hub's database")
    for _ in range(COPIES):
        before = [_stamp(folder / name) for name in names]
        try:
            for name in names:
                (to / name).unlink(missing_ok=True)
                if (folder / name).exists():
                    shutil.copyfile(folder / name, to / name)
        except OSError as error:
            raise Unreadable(f"{folder / FILE} cannot be read: {error}") from error
        if before == [_stamp(folder / name) for name in names]:
            return
    raise Unreadable(f"{folder / FILE} is written all the time: try again")


def _stamp(path: Path) -> tuple[int, int]:
    try:
        told = path.stat()
    except FileNotFoundError:
        return 0, 0
    return told.st_size, told.st_mtime_ns


def _all_of(index: FootageIndex, device: str, stream: FootageStream) -> Iterator[Segment]:
    first = 0
    while page := index.between(device, stream, first, 1 << 62, 10_000):
        yield from page
        first = page[-1].no + 1


def _row_problem(folder: Path, row: Segment) -> Problem | None:
    try:
        handle = open_beneath(Path(row.adopted) if row.adopted else folder, row.path)
    except NotBeneath as error:
        return Problem("not_beneath", row.path, str(error)[:200])
    except OSError as error:
        return Problem("no_file", row.path, error.strerror or "")
    try:
        size_bytes = os.fstat(handle).st_size
    finally:
        os.close(handle)
    return None if size_bytes == row.size_bytes else Problem("size", row.path, f"{size_bytes} in place of {row.size_bytes} bytes")


def _file_problems(folder: Path, known: set[str], last: dict[tuple[str, FootageStream], int]) -> list[Problem]:
    """Files that the index does not have. One with a higher number than any that was given is being written."""
    found = []
    for stream in STREAMS:
        for path in sorted(folder.glob(f"*/{stream}/*/*")):
            name = path.relative_to(folder).as_posix()
            no = number_of(path.name)
            if no is None:
                found.append(Problem("odd_name", name))
            elif name not in known and no <= last.get((name.split("/")[0], stream), 0):
                found.append(Problem("no_row", name))
    return found


def _played(folder: Path, rows: list[Segment], samples: int) -> list[Problem]:
    """Some of them, evenly spread."""
    if not rows or samples <= 0:
        return []
    step = max(1, len(rows) // samples)
    some = rows[::step][:samples]
    paths = [(Path(one.adopted) if one.adopted else folder) / one.path for one in some]
    return [Problem("not_playable", one.path, why) for one, why in zip(some, plays(paths), strict=True) if why]
