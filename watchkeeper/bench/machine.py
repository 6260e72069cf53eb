"""What a figure was measured on: without it no figure means anything."""

import os
import platform
import sqlite3
import tempfile
import time
from pathlib import Path
from statistics import median

import msgspec

from contract.clock import SystemClock, rfc3339

_SYNCS = 200


class Machine(msgspec.Struct, frozen=True):
    """`load_1m`: the run queue's average when the run began: well above 0 means that others were working."""

    cores: int
    python: str
    sqlite: str
    system: str
    fdatasync_p50_ms: float
    load_1m: float
    at: str


def look(folder: Path | None = None) -> Machine:
    """This machine, and how fast the disk of `folder` syncs just now."""
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        system=f"{platform.system()} {platform.release()}",
        fdatasync_p50_ms=round(_fdatasync_ms(folder), 4),
        load_1m=round(os.getloadavg()[0], 2),
        at=rfc3339(SystemClock().now_us()),
    )


def _fdatasync_ms(folder: Path | None) -> float:
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(_SYNCS):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return median(times) * 1000
