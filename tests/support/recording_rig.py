"""A recorder on a camera's twin: real processes, real files, and a list for what it tells."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Lock
from typing import Any

import av

from contract.clock import SystemClock
from contract.footage import FootageDeleted, FootageDisk, RecorderState, SegmentRecorded
from drivers.rtsp_camera.clip import Shape
from drivers.rtsp_camera.twin import CameraTwin, drawn_scenes
from edge.footage.index import FootageIndex
from edge.footage.segments import Growing, Segment
from edge.recorder.keeper import Shared
from edge.recorder.recorder import Recorder
from edge.recorder.settings import Recorded, RecorderConfig
from edge.spool import SpoolFull
from edge.supervisor import BackOff
from tests.support.agent_rig import wait_for

SHAPE = Shape(width=160, height=96, fps=10, gop=10, seconds=4)
CLOCK = SystemClock()
QUICK = BackOff(first_s=0.05, max_s=0.2, good_s=10.0)


def twin(**more: Any) -> CameraTwin:
    """A small camera that plays."""
    return CameraTwin(drawn_scenes(SHAPE), **more)


class Recording:
    """A recorder, and what it told."""

    def __init__(self, folder: Path, streams: Sequence[Recorded], *, reserve_bytes: int = 0, segment_us: int = 2_000_000) -> None:
        self.lock = Lock()
        self.said: list[tuple[str, Any]] = []
        self.full = False
        config = RecorderConfig(folder, reserve_bytes, segment_us, tuple(streams))
        self.index = FootageIndex.open(folder)
        self.recorder = Recorder("agent-1", Shared(config, self.index, self._tell, CLOCK, Random(1), QUICK))

    def _tell(self, device: str, readings: Sequence[Any]) -> None:
        if self.full:
            raise SpoolFull("the log is full")
        with self.lock:
            self.said += [(device, reading) for reading in readings]

    def of(self, kind: type) -> list[Any]:
        """What it told of one kind."""
        with self.lock:
            return [reading for _, reading in self.said if isinstance(reading, kind)]

    @property
    def segments(self) -> list[SegmentRecorded]:
        return self.of(SegmentRecorded)

    @property
    def states(self) -> list[tuple[bool, str]]:
        return [(one.recording, one.reason) for one in self.of(RecorderState)]

    @property
    def deleted(self) -> list[FootageDeleted]:
        return self.of(FootageDeleted)

    @property
    def disks(self) -> list[FootageDisk]:
        return self.of(FootageDisk)

    def now(self) -> Growing:
        """What grows of the lobby's camera."""
        found = self.index.growing("lobby", "main")
        assert found is not None
        return found

    @property
    def child_pid(self) -> int:
        """Of the first child, which runs."""
        pid = self.recorder.keepers[0].child_pid
        assert pid is not None
        return pid

    def segment(self, no: int) -> Segment:
        """That segment of the lobby's camera."""
        found = self.index.get("lobby", "main", no)
        assert found is not None
        return found

    def wait_for_growth(self, length_us: int) -> None:
        def grown() -> bool:
            now = self.index.growing("lobby", "main")
            return now is not None and now.end_us - now.start_us > length_us

        wait_for(grown, f"a segment of {length_us} us")

    def wait_for_segments(self, count: int) -> list[SegmentRecorded]:
        wait_for(lambda: len(self.segments) >= count, f"{count} segments")
        return self.segments


@contextmanager
def recording(folder: Path, *streams: Recorded, **more: Any) -> Iterator[Recording]:
    """A recorder that runs."""
    made = Recording(folder, streams, **more)
    made.recorder.start()
    try:
        yield made
    finally:
        made.recorder.stop()
        assert made.recorder.join(20)


def pictures_of(index: FootageIndex, segment: Segment) -> list[float]:
    """The times of a segment's pictures in seconds, every one of them decoded."""
    return times_of(Path(index.folder / segment.path))


def times_of(path: Path) -> list[float]:
    """The times of a file's pictures in seconds, every one of them decoded."""
    with av.open(os.fspath(path)) as container:
        return [float(frame.pts * frame.time_base) for frame in container.decode(video=0)]
