"""A stream played into a recorder's track, on a manual clock and real files."""

from pathlib import Path

from drivers.rtsp_camera.clip import lane
from edge.recorder.files import Files, OpenFile
from edge.recorder.messages import Began, Camera, Ended, State
from edge.recorder.parameters import Sets
from edge.recorder.rtp import Picture
from edge.recorder.track import Now, Track
from tests.support.recording_rig import SHAPE

S = 1_000_000
WALL = 1_780_000_000 * S
FILM = lane(SHAPE)
SETS = Sets(b"", FILM.sps, FILM.pps)


class Hand:
    """Syncs at once, and keeps what is told."""

    def __init__(self) -> None:
        self.ended: list[Ended] = []
        self.states: list[tuple[bool, str]] = []
        self.began: list[Began] = []
        self.paths: list[Path] = []

    def close(self, file: OpenFile, told: Ended) -> None:
        file.sync()
        self.ended.append(told)
        self.paths.append(file.path)

    def tell(self, report: Began | State) -> None:
        if isinstance(report, State):
            self.states.append((report.recording, report.reason))
        else:
            self.began.append(report)


class Stage:
    """Plays the film's pictures into a track."""

    def __init__(self, folder: Path, last_no: int = 0, reserve: int = 0) -> None:
        folder.mkdir(exist_ok=True)
        self.hand = Hand()
        self.files = Files(folder, reserve)
        self.track = Track(Camera("lobby", "main", "rtsp://x", last_no), self.files, self.hand, 10 * S)
        self.track.connected()
        self.at = 0
        self.wall = WALL

    def play(self, seconds: float, *, step: int = S // 10, gop: int = 10, keys: bool = True, sets: Sets = SETS) -> None:
        """So many seconds of the film, a picture every `step`."""
        for _ in range(int(seconds * S) // step):
            n = self.at // (S // 10) % len(FILM.frames)
            key = keys and n % gop == 0
            frame = FILM.frames[n - n % SHAPE.gop if key else n]
            data = b"".join(len(nal).to_bytes(4) + nal for nal in frame.nals if nal[0] & 31 not in (7, 8))
            self.track.take(Picture(data, self.at, key, sets), "h264", Now(self.wall + self.at, self.at))
            self.at += step
