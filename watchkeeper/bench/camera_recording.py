"""What recording a camera costs: processor seconds for a minute of it, beside PyAV copying packets into files.

Both record the same twin in the same minute, in real time, so that arrivals are as on a network: what was used within the
window is scaled to 60 s, and what opening the stream cost lies in front of it. Ours is everything: the child, the agent's index,
and the log.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory
from typing import Any

from contract.clock import SystemClock
from edge import logs
from edge.footage.index import FootageIndex
from edge.recorder.keeper import Shared
from edge.recorder.recorder import Recorder
from edge.recorder.settings import Recorded, RecorderConfig
from edge.spool import Entry, Spool, SpoolLimits
from watchkeeper.bench import machine
from watchkeeper.bench.children import Child, limit_script
from watchkeeper.bench.rows import Figures, Row, row

WINDOW_S = 60.0
LEAD_S = 8.0
CAMERAS = 4
_TWIN = """
import sys, time
from drivers.rtsp_camera.clip import Shape, lane
from drivers.rtsp_camera.twin import CameraTwin
film = lane(Shape(width=320, height=176, fps=25, gop=50, seconds=10))
with CameraTwin({"normal": film, "dark": film, "frozen": film}) as camera:
    print(camera.url, flush=True)
    time.sleep(1e6)
"""


def recording(scale: float = 1.0) -> list[Row]:
    """Two rows of processor seconds for a camera-minute: one camera alone, and CAMERAS that share a child."""
    limit = limit_script("recording")
    logs.configure()
    window_s = max(5.0, WINDOW_S * scale)
    rows: list[Row] = []
    with TemporaryDirectory(prefix="watchkeeper-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        looked = machine.look(folder)
        twin = stack.enter_context(Child(["-c", _TWIN], folder / "twin.log", pipe=True))
        assert twin.process.stdout is not None
        url = twin.process.stdout.readline().decode().strip()
        for cameras in (1, CAMERAS):
            bare_folder, own_folder = folder / f"bare-{cameras}", folder / f"ours-{cameras}"
            with _bare(limit, url, bare_folder) as copying, _ours(cameras, url, own_folder) as used:
                ours, bare = _window(window_s, used, copying.running_s)
            size = sum(path.stat().st_size for path in (own_folder / "footage").rglob("*.mp4"))
            mbit = size * 8e-6 / cameras / (window_s + LEAD_S)
            what = "one camera" if cameras == 1 else f"each of {cameras} cameras"
            rows.append(
                row(
                    f"recording {what} for a minute",
                    f"CPU s at {mbit:.1f} Mb/s",
                    Figures(p50=round(ours / cameras * 60 / window_s, 4)),
                    Figures(p50=round(bare * 60 / window_s, 4)),
                    looked,
                )
            )
    return rows


def _window(window_s: float, *used: Callable[[], float]) -> list[float]:
    """What each has used within the window."""
    time.sleep(LEAD_S)
    before = [one() for one in used]
    time.sleep(window_s)
    return [one() - was for one, was in zip(used, before, strict=True)]


@contextmanager
def _bare(limit: Path, url: str, folder: Path) -> Iterator[Child]:
    folder.mkdir()
    with Child([str(limit), url, str(folder)], folder / "log") as child:
        yield child


@contextmanager
def _ours(cameras: int, url: str, folder: Path) -> Iterator[Callable[[], float]]:
    clock = SystemClock()
    spool = Spool.open(folder / "spool.db", "bench", SpoolLimits(), clock)
    streams = tuple(Recorded(f"camera-{n}", "main", url) for n in range(cameras))
    config = RecorderConfig(folder / "footage", 0, 10_000_000, streams)

    def tell(device: str, readings: Sequence[Any]) -> None:
        spool.append_many([Entry(device, reading, clock.now_us()) for reading in readings])

    shared = Shared(config, FootageIndex.open(config.folder), tell, clock, SystemRandom())
    recorder = Recorder("bench", shared)
    recorder.start()
    try:
        yield lambda: time.process_time() + sum(_child_s(pid) for one in recorder.keepers if (pid := one.child_pid))
    finally:
        recorder.stop()
        recorder.join(20)
        spool.close()


def _child_s(pid: int) -> float:
    """Processor time of a process's threads, to the nanosecond."""
    told = (task.read_text().split()[0] for task in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(map(int, told)) / 1e9
