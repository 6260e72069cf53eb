"""Number plates: how many of the photographs are read exactly, and how long one frame takes on one core."""

import csv
import importlib.util
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from drivers.plates import models
from drivers.plates.reader import PlateReader
from watchkeeper.bench import machine
from watchkeeper.bench.children import limit_script
from watchkeeper.bench.rows import Figures, Row, row, spread

ENVIRONMENT = "WATCHKEEPER_PLATES"
_SETS = ("easypr", "ccpd", "lprnet_crops")
_SETS_ROWS = (("EasyPR", "easypr"), ("CCPD", "ccpd"), ("LPRNet crops", "lprnet_crops"))
_FRAME = (720, 1280)


class NoPlates(RuntimeError):
    """The photographs are not there, or the weights. The message says what to do."""


class Photo(NamedTuple):
    """A photograph and what its plate says. `cut`: it is a plate and nothing else."""

    folder: str
    plate: str
    cut: bool
    picture: Any


class Outcome(NamedTuple):
    """What one reader made of one photograph."""

    plate: str
    read: str
    sure: bool


def plate(scale: float = 1.0) -> list[Row]:
    """Rows of accuracy, a set each, and the time of a frame."""
    try:
        opened = models.load()
    except models.NoModels as error:
        raise NoPlates(str(error)) from None
    reader, bare = PlateReader(opened), _load_limit()
    looked = machine.look()
    rows: list[Row] = []
    photos = list(pictures(scale))
    for name, folder in _SETS_ROWS:
        some = [photo for photo in photos if photo.folder == folder]
        ours = [_ours(reader, photo) for photo in some]
        limit = [Outcome(photo.plate, bare.read(opened, photo.picture, photo.cut), sure=True) for photo in some]
        rows += _accuracy(name, ours, limit, looked)
    frames = [_frame(photo.picture) for photo in photos if not photo.cut]
    with _one_core():
        ours_ms = [_ms(lambda frame=frame: reader.read(frame)) for frame in frames]
        bare_ms = [_ms(lambda frame=frame: bare.read(opened, frame, False)) for frame in frames]
    return [*rows, row("plates: a 720p frame found and read", "ms of a core", spread(ours_ms), spread(bare_ms), looked)]


def folder() -> Path:
    """Where the photographs are. Raises NoPlates."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data" / "plates"
    found = Path(os.environ.get(ENVIRONMENT) or beside)
    if not (found / "labels.tsv").is_file():
        raise NoPlates(f"{found} has no labels.tsv: put the photographs there, or name their folder in {ENVIRONMENT}")
    return found


def pictures(scale: float) -> Iterator[Photo]:
    """The first of each set, at least one. A file that is listed and not there is left out."""
    root = folder()
    with (root / "labels.tsv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file, delimiter="\t") if (root / line["file"]).is_file()]
    for name in _SETS:
        own = [line for line in lines if line["file"].startswith(f"{name}/")]
        for line in own[: max(1, round(min(scale, 1.0) * len(own)))]:
            picture = cv2.imdecode(np.frombuffer((root / line["file"]).read_bytes(), np.uint8), cv2.IMREAD_COLOR)
            yield Photo(name, line["plate"], line["kind"] == "crop", picture)


def _ours(reader: PlateReader, photo: Photo) -> Outcome:
    reads = reader.read(photo.picture)
    return Outcome(photo.plate, reads[0].text, sure=not reads[0].doubt) if reads else Outcome(photo.plate, "", sure=False)


def _accuracy(name: str, ours: list[Outcome], limit: list[Outcome], looked: machine.Machine) -> list[Row]:
    def share(outcomes: list[Outcome], right: Any) -> Figures:
        return Figures(p50=round(100 * sum(map(right, outcomes)) / len(outcomes), 1))

    def exact(one: Outcome) -> bool:
        return one.read == one.plate

    def but_province(one: Outcome) -> bool:
        return one.read[1:] == one.plate[1:]

    def sure_and_wrong(one: Outcome) -> bool:
        return one.sure and not exact(one)

    wrong, bare_wrong = (Figures(p50=sum(map(sure_and_wrong, outcomes))) for outcomes in (ours, limit))
    return [
        row(f"plates: {name} exact", "%", share(ours, exact), share(limit, exact), looked),
        row(f"plates: {name} but province", "%", share(ours, but_province), share(limit, but_province), looked),
        row(f"plates: {name} sure", "%", share(ours, lambda one: one.sure), Figures(), looked),
        row(f"plates: {name} sure and wrong", "plates", wrong, bare_wrong, looked, ratio=0.0 if not wrong.p50 else None),
    ]


def _frame(picture: Any) -> Any:
    """The photograph in the middle of a frame of 1280 x 720."""
    high, wide = _FRAME
    scale = min(high / picture.shape[0], wide / picture.shape[1])
    fitted = cv2.resize(picture, (round(picture.shape[1] * scale), round(picture.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    frame = np.full((high, wide, 3), 96, np.uint8)
    top, left = (high - fitted.shape[0]) // 2, (wide - fitted.shape[1]) // 2
    frame[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return frame


def _ms(what: Any) -> float:
    """Of one core: the networks run in the calling thread, and who else waits for the core does not count."""
    began = time.thread_time()
    what()
    return (time.thread_time() - began) * 1000


@contextmanager
def _one_core() -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _load_limit() -> Any:
    """The limit, by its path: it is no part of the program."""
    script = limit_script("two_models")
    spec = importlib.util.spec_from_file_location("watchkeeper_limit_two_models", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
