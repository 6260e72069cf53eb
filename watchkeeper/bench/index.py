"""The index of footage: what a segment takes, look-ups, a day, 30 days' holes, and a day's sweep while recording goes on.

A whole measurement has 39 cameras with 30 days of ten-second segments, 10 million; its packed rows are written as they are, as
no bench can record for a month. `--scale 10` has 100 million; at any other the size of 100 million is told from this one's. The
limit has one tenth of the cameras, each with the same 30 days: what is asked of one camera costs the same.
"""

import importlib.util
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from contract.clock import US_PER_S
from contract.footage import NoSpan
from hub.footage.packing import HOUR_US, Piece, pack
from hub.store import bulk, schema
from hub.store.engine import open_engine
from hub.store.footage_reads import FootageReads
from hub.store.footage_rows import Track, drop, fold
from watchkeeper.bench import machine
from watchkeeper.bench.children import limit_script
from watchkeeper.bench.machine import Machine
from watchkeeper.bench.rows import Figures, Row, row, spread

CAMERAS, DAYS, SEGMENT_S = 39, 30, 10
SITE = "garden"
BEGINS_US = 1_790_000_000 * US_PER_S // (24 * HOUR_US) * (24 * HOUR_US)
HOLE_S = (10_800, 600)
"""Twice a day, so long after midnight and noon, nothing is recorded for ten minutes."""
TEMPLATES = 24
LOOKUPS, DAYS_LOOKED_AT = 20_000, 300
SWEEP_CAMERAS = 13
"""Of one transaction of the sweep."""
INSERT_EVERY_S = 0.02
HUNDRED_MILLION = 100_000_000
_HOUR_PIECES = 3_600 // SEGMENT_S


def index(scale: float = 1.0) -> list[Row]:
    """Eight rows."""
    cameras = [f"camera-{at:04}" for at in range(max(1, round(CAMERAS * scale)))]
    bare_cameras = cameras[: max(1, len(cameras) // 10)] if scale <= 1 else cameras[: CAMERAS // 10]
    days = DAYS if scale >= 0.1 else 2
    with TemporaryDirectory(prefix="watchkeeper-bench-") as name:
        folder = Path(name)
        looked = machine.look(folder)
        bare_path = str(folder / "bare.db")
        bare_count = _limits().build(bare_path, bare_cameras, BEGINS_US / US_PER_S, days, HOLE_S)
        bare_bytes = (folder / "bare.db").stat().st_size / bare_count
        url = f"sqlite:///{folder / 'index.db'}"
        count = _build(url, cameras, days)
        size_bytes = (folder / "index.db").stat().st_size
        asked = _Asked(url, bare_path, cameras, bare_cameras, days, scale)
        rows = [
            row("index: a segment's bytes on SQLite", "bytes", _one(size_bytes / count), _one(bare_bytes), looked),
            *asked.looked_up(looked),
            *_hundred_million(size_bytes, count, bare_bytes, looked),
        ]
        return [*rows, *_sweep(url, bare_path, cameras, bare_cameras, looked)]


def _one(value: float) -> Figures:
    return Figures(p50=round(value, 3))


def _holed(at_s: int) -> bool:
    return HOLE_S[0] <= at_s % 43_200 < sum(HOLE_S)


def _templates() -> list[list[bytes]]:
    """A few hours of either sort, each with and without the hole, as if they began at 0: another hour's are shifted."""
    made = []
    for seed in range(TEMPLATES):
        dice = Random(seed)  # noqa: S311 - it only has to be the same in each run
        hour = [
            Piece(at + dice.randrange(40_000), at, at + SEGMENT_S * US_PER_S, dice.randrange(1 << 20, 1 << 22), "h264", 812)
            for at in range(0, HOUR_US, SEGMENT_S * US_PER_S)
        ]
        made.append([pack(hour), pack(piece for piece in hour if piece.start_us >= HOLE_S[1] * US_PER_S)])
    return made


def _shifted(packed: bytes, by_us: int) -> bytes:
    """The same hour, later: its least start and its least number."""
    at = struct.calcsize("<BIQ")
    start, number = struct.unpack_from("<qq", packed, at)
    return packed[:at] + struct.pack("<qq", start + by_us, number + by_us) + packed[at + 16 :]


def _build(url: str, cameras: list[str], days: int) -> int:
    """Packed rows, runs and tracks as the hub writes them. Returns how many segments."""
    engine = open_engine(url)
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
    templates, count = _templates(), 0
    hour_first = BEGINS_US // HOUR_US
    for hour in range(days * 24):
        holed = _holed(hour * 3_600)
        begins_us, pieces = BEGINS_US + hour * HOUR_US, _HOUR_PIECES - (HOLE_S[1] // SEGMENT_S if holed else 0)
        first_us = begins_us + (HOLE_S[1] * US_PER_S if holed else 0)
        rows = [
            (SITE, camera, "main", hour_first + hour, first_us, begins_us + HOUR_US, first_us, begins_us + HOUR_US - 1,
             pieces, pieces << 21, _shifted(templates[(hour + at) % TEMPLATES][holed], begins_us))
            for at, camera in enumerate(cameras)
        ]  # fmt: skip
        with engine.begin() as connection:
            bulk.insert(connection, schema.footage_hour, rows)
        count += pieces * len(cameras)
    ends_us = BEGINS_US + days * 24 * HOUR_US
    halves = [BEGINS_US + (at * 43_200 + HOLE_S[0]) * US_PER_S for at in range(days * 2)]
    starts = [BEGINS_US, *(half + HOLE_S[1] * US_PER_S for half in halves)]
    with engine.begin() as connection:
        for camera in cameras:
            runs = zip(starts, [*halves, ends_us], strict=True)
            bulk.insert(connection, schema.footage_run, [(SITE, camera, "main", *run, "there") for run in runs])
            track = (SITE, camera, "main", BEGINS_US, ends_us - 1, hour_first + days * 24 - 1, _HOUR_PIECES)
            bulk.insert(connection, schema.footage_track, [track])
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return count


class _Asked:
    """Look-ups in both."""

    def __init__(self, url: str, bare: str, cameras: list[str], bare_cameras: list[str], days: int, scale: float) -> None:
        self._reads = FootageReads(open_engine(url, read_only=True), SITE)
        self._bare = _limits().Recordings(bare)
        self._cameras, self._bare_cameras, self._days = cameras, bare_cameras, days
        self._times = max(20, int(LOOKUPS * min(scale, 1.0)))
        self._few = max(5, int(DAYS_LOOKED_AT * min(scale, 1.0)))
        self.hits: list[float] = []

    def looked_up(self, looked: Machine) -> Iterator[Row]:
        """Four rows."""
        self.hits, bare = self._points(holed=False)
        yield row("index: point look-up", "us", spread(self.hits), spread(bare), looked)
        holes, bare = self._points(holed=True)
        yield row("index: point look-up in a hole", "us", spread(holes), spread(bare), looked)
        last_us = BEGINS_US + self._days * 24 * HOUR_US
        ours = _timed(
            lambda camera, at_us: self._reads.line(camera, "main", at_us, at_us + 24 * HOUR_US), self._of_days(self._cameras)
        )
        bare = _timed(lambda camera, at_us: self._bare.day(camera, at_us / US_PER_S), self._of_days(self._bare_cameras)[:50])
        yield row("index: a day's timeline of a camera", "ms", spread(_ms(ours)), spread(_ms(bare)), looked)
        ours = _timed(lambda camera, _: self._reads.holes(camera, "main", BEGINS_US, last_us), self._of_days(self._cameras))
        whole = (BEGINS_US / US_PER_S, last_us / US_PER_S)
        bare = _timed(lambda camera, _: self._bare.holes(camera, *whole), self._of_days(self._bare_cameras)[:20])
        yield row("index: a camera's holes over all days", "ms", spread(_ms(ours)), spread(_ms(bare)), looked)

    def _points(self, *, holed: bool) -> tuple[list[float], list[float]]:
        ours = self._moments(self._cameras, self._times, holed=holed)
        bare = self._moments(self._bare_cameras, self._times if not holed else min(self._times, 100), holed=holed)
        for camera, at_us in ours[:20]:
            assert (self._reads.piece_at(camera, "main", at_us) is None) is holed
        return (
            _timed(lambda camera, at_us: self._reads.piece_at(camera, "main", at_us), ours),
            _timed(lambda camera, at_us: self._bare.point(camera, at_us / US_PER_S), bare),
        )

    def _moments(self, cameras: list[str], times: int, *, holed: bool) -> list[tuple[str, int]]:
        """Any camera and any moment, so that hardly any hour is asked for twice."""
        dice = Random(7)  # noqa: S311
        found: list[tuple[str, int]] = []
        while len(found) < times:
            at_s = dice.randrange(self._days * 86_400)
            if holed:
                at_s = at_s // 43_200 * 43_200 + HOLE_S[0] + at_s % HOLE_S[1]
            if _holed(at_s) is holed:
                found.append((dice.choice(cameras), BEGINS_US + at_s * US_PER_S + 500_000))
        return found

    def _of_days(self, cameras: list[str]) -> list[tuple[str, int]]:
        dice = Random(8)  # noqa: S311
        return [(dice.choice(cameras), BEGINS_US + dice.randrange(self._days) * 24 * HOUR_US) for _ in range(self._few)]


def _hundred_million(size_bytes: int, count: int, bare_bytes: float, looked: Machine) -> Iterator[Row]:
    """Measured where so many were built, else told from the size of one segment here."""
    told = count >= HUNDRED_MILLION * 0.9
    gigabytes = (size_bytes if told else size_bytes / count * HUNDRED_MILLION) / 1e9
    name = "index: 100 M segments" if told else "index: 100 M segments, told from fewer"
    yield row(name, "GB", _one(gigabytes), _one(bare_bytes * HUNDRED_MILLION / 1e9), looked)


def _sweep(url: str, bare_path: str, cameras: list[str], bare_cameras: list[str], looked: Machine) -> Iterator[Row]:
    """The oldest day goes while segments come in. Ours has one writer, as the hub has: what comes in meanwhile waits for the
    transaction under way. The limit's inserts come from another thread; its time is told for as many cameras as ours."""
    day_us = BEGINS_US + 24 * HOUR_US
    took_ms, waits_ms = _ours_swept(url, cameras, day_us)
    bare = _limits().Recordings(bare_path)
    bare_ms, bare_waits_ms = _beside(_bare_record(bare_path, bare_cameras[0]), lambda: bare.sweep(day_us / US_PER_S))
    share = len(cameras) / len(bare_cameras)
    yield row("index: sweep of the oldest day", "ms", _one(took_ms), _one(bare_ms * share), looked)
    yield row("index: longest insert beside the sweep", "ms", _one(waits_ms), _one(bare_waits_ms), looked)


def _ours_swept(url: str, cameras: list[str], day_us: int) -> tuple[float, float]:
    """How long the transactions that swept took in all, and the longest that a segment waited from when it came, in
    milliseconds. One comes each INSERT_EVERY_S."""
    engine = open_engine(url)
    for _ in range(10):
        _record(engine)
    took, waits, due = 0.0, [0.0], time.perf_counter()
    for at in range(0, len(cameras), SWEEP_CAMERAS):
        began = time.perf_counter()
        with engine.begin() as connection:
            for camera in cameras[at : at + SWEEP_CAMERAS]:
                drop(connection, Track(SITE, camera, "main"), [NoSpan(0, day_us - 1)], "due")
        took += time.perf_counter() - began
        while due <= time.perf_counter():
            _record(engine)
            waits.append(time.perf_counter() - due)
            due += INSERT_EVERY_S
    engine.dispose()
    return took * 1000, max(waits) * 1000


def _record(engine: Engine) -> None:
    """One segment more of one camera, committed."""
    now_us = time.time_ns() // 1_000
    with engine.begin() as connection:
        fold(connection, Track(SITE, "camera-new", "main"), [Piece(now_us, now_us - 10 * US_PER_S, now_us, 1 << 21)])


def _bare_record(path: str, camera: str) -> Callable[[], None]:
    import sqlite3

    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=60)

    def insert() -> None:
        now = time.time()
        db.execute("INSERT INTO recordings VALUES (?,?,?,?,?,10.0,0,0,-40,2.1,0)", (f"{now}", camera, f"/{now}", now, now + 10))

    return insert


def _beside(insert: Callable[[], None], sweep: Callable[[], Any]) -> tuple[float, float]:
    """How long the sweep took, and the longest insert meanwhile, in milliseconds."""
    waits, over = [0.0], threading.Event()

    def insert_on() -> None:
        while not over.is_set():
            began = time.perf_counter()
            insert()
            waits.append(time.perf_counter() - began)
            over.wait(INSERT_EVERY_S)

    inserter = threading.Thread(target=insert_on)
    inserter.start()
    time.sleep(10 * INSERT_EVERY_S)
    began = time.perf_counter()
    sweep()
    took = time.perf_counter() - began
    over.set()
    inserter.join()
    return took * 1000, max(waits) * 1000


def _timed(ask: Callable[[str, int], Any], what: list[tuple[str, int]]) -> list[float]:
    """Microseconds of each."""
    found = []
    for camera, at_us in what:
        began = time.perf_counter()
        ask(camera, at_us)
        found.append((time.perf_counter() - began) * 1e6)
    return found


def _ms(samples: list[float]) -> list[float]:
    return [one / 1000 for one in samples]


def _limits() -> Any:
    spec = importlib.util.spec_from_file_location("bench_limit_rows", limit_script("row_per_segment"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
