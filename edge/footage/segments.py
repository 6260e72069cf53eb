"""What a segment is to the agent, and where its file lies."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from contract.clock import US_PER_S
from contract.footage import Codec, FootageStream
from contract.topics import is_id

STREAMS: tuple[FootageStream, ...] = ("main", "sub")
SUFFIX = ".mp4"
_NAME = re.compile(r"([1-9][0-9]{0,17})\.mp4")


class Segment(NamedTuple):
    """One row of the index. Times are by the agent's clock. `path`: relative to the footage folder, or to `adopted`, the folder
    of another recorder that it lies in; what is adopted is never ours to delete. `init_bytes`: how long the header is; 0 where
    the file is no fragmented MP4."""

    device: str
    stream: FootageStream
    no: int
    start_us: int
    end_us: int
    size_bytes: int
    codec: Codec
    init_bytes: int
    path: str
    adopted: str = ""


class Growing(NamedTuple):
    """What is being written now: the first `size_bytes` are the header and whole fragments, which can be played."""

    no: int
    start_us: int
    end_us: int
    size_bytes: int
    codec: Codec
    init_bytes: int


def day_of(no: int) -> str:
    """The folder of a number: the UTC day of its time, such as 20260131."""
    return f"{datetime.fromtimestamp(no // US_PER_S, UTC):%Y%m%d}"


def own_path(device: str, stream: FootageStream, no: int) -> str:
    """Where the recorder writes that segment, relative to the footage folder. Raises ValueError for what is no device's name."""
    if not is_id(device) or stream not in STREAMS or no <= 0:
        raise ValueError(f"{device!r}, {stream!r}, {no} name no segment")
    return f"{device}/{stream}/{day_of(no)}/{no}{SUFFIX}"


def number_of(name: str) -> int | None:
    """The number in a file's name as `own_path` gives it; None for any other file."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None
