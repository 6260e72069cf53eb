"""What the disk and the index make of each other after a crash: files that the index does not have are entered, torn ones are cut
back to what is whole, and rows without a file are found.

It goes by days, so that the newest can be looked at before anything is recorded and the others while it is.
"""

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

import structlog

from contract.clock import US_PER_S
from contract.footage import FootageStream, NoSpan
from contract.topics import is_id
from edge.footage.beneath import NotBeneath, open_beneath, open_folder_beneath, unlink_beneath
from edge.footage.fragments import whole_of
from edge.footage.index import FootageIndex
from edge.footage.segments import STREAMS, Segment, number_of, own_path

_DAY_US = 86_400 * US_PER_S


class Day(NamedTuple):
    """One folder of segments."""

    device: str
    stream: FootageStream
    first_no: int


class Differences(NamedTuple):
    """What one day's folder and its rows differed in. `entered`: files that are in the index now; `torn`: how many of them were
    cut back; `empty`: files without a whole fragment, which are gone; `missing`: numbers of rows without a file, which are still
    in the index, and `spans` that hold no other row; `odd`: names that the recorder gives to nothing."""

    entered: list[Segment]
    torn: int
    empty: int
    missing: list[int]
    spans: list[NoSpan]
    odd: int


def days_of(index: FootageIndex, device: str, stream: FootageStream) -> list[Day]:
    """Every day that the disk or the index knows of a stream, newest first. Raises FootageFailed, OSError."""
    found = set()
    for name in _names(index, (device, stream)):
        with suppress(ValueError):
            found.add(int(datetime.strptime(name, "%Y%m%d").replace(tzinfo=UTC).timestamp()) * US_PER_S)
    found |= {day * _DAY_US for day in index.days(device, stream)}
    return [Day(device, stream, first) for first in sorted(found, reverse=True)]


def streams_of(index: FootageIndex) -> list[tuple[str, FootageStream]]:
    """Every camera's stream that the disk or the index knows."""
    found = set(index.tracks())
    for device in filter(is_id, _names(index, ())):
        found |= {(device, stream) for stream in STREAMS if stream in _names(index, (device,))}
    return sorted(found)


def compare(index: FootageIndex, day: Day, below_no: int) -> Differences:
    """Make the index agree with the folder of one day, but for what is missing, which has to be told first. Numbers from
    `below_no` on are being written and left alone. Raises FootageFailed, OSError: NotBeneath where a folder is a link, as what
    lies behind it is not missing."""
    device, stream, first = day
    last = min(first + _DAY_US, below_no) - 1
    rows = {one.no: one for one in index.between(device, stream, first, last) if not one.adopted}
    folder = own_path(device, stream, first or 1).split("/")[:-1]
    names = _names(index, tuple(folder), strict=True)
    numbers = {no for name in names if (no := number_of(name)) is not None}
    odd = len(names) - len(numbers)
    entered: list[Segment] = []
    torn = empty = 0
    for no in sorted(numbers - rows.keys()):
        if not first <= no <= last:
            odd += no < below_no
            continue
        kept, was_torn = _repaired(index, device, stream, no)
        torn += was_torn
        if kept is None:
            empty += 1
        else:
            entered.append(kept)
    if entered:
        index.add_many(entered)
    missing = sorted(rows.keys() - numbers)
    return Differences(entered, torn, empty, missing, spans_of(sorted(rows), numbers), odd)


def spans_of(rows: Sequence[int], there: Collection[int]) -> list[NoSpan]:
    """The numbers among the ascending `rows` that are not `there`, as spans that hold no other row."""
    spans: list[NoSpan] = []
    after_one = False
    for no in rows:
        if no in there:
            after_one = False
            continue
        first = spans.pop().first if after_one else no
        spans.append(NoSpan(first, no))
        after_one = True
    return spans


def _repaired(index: FootageIndex, device: str, stream: FootageStream, no: int) -> tuple[Segment | None, bool]:
    """The segment of a file that is in no row, and whether it had to be cut; None: there is nothing in it, and it is gone."""
    path = own_path(device, stream, no)
    try:
        handle = open_beneath(index.folder, path, os.O_RDWR)
    except NotBeneath:
        structlog.get_logger("edge.footage").error("footage_file_odd", path=path)
        return None, False
    try:
        whole = whole_of(handle)
        torn = os.fstat(handle).st_size > whole.size_bytes
        if whole.length_us:
            if torn:
                os.ftruncate(handle, whole.size_bytes)
            os.fsync(handle)
    finally:
        os.close(handle)
    if not whole.length_us:
        unlink_beneath(index.folder, path)
        return None, torn
    folder = open_folder_beneath(index.folder, tuple(path.split("/")[:-1]))
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    start_us = no if whole.began_us is None else whole.began_us
    end_us = start_us + whole.length_us
    return Segment(device, stream, no, start_us, end_us, whole.size_bytes, whole.codec, whole.init_bytes, path), torn


def _names(index: FootageIndex, parts: tuple[str, ...], *, strict: bool = False) -> list[str]:
    try:
        handle = open_folder_beneath(index.folder, parts)
    except FileNotFoundError:
        return []
    except NotBeneath:
        if strict:
            raise
        return []
    try:
        return os.listdir(handle)  # noqa: PTH208 - a path could be led elsewhere
    finally:
        os.close(handle)
