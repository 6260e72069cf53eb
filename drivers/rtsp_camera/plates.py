"""Reads plates from the pictures that the child takes: when something moves, or now and then. Runs in the child only."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from contract.readings import PlateRead
from drivers.analysis.small import Luma
from drivers.plates import vote
from drivers.plates.find import Bgr
from drivers.plates.reader import Read
from drivers.rtsp_camera.settings import Plates

Shot = tuple[bytes, int, int]
"""A JPEG, its width and height."""
Reader = Callable[[Bgr, tuple[str, ...]], list[Read]]

_MOVED = 14
"""A point of the small picture has changed when its luma differs by more than this from the picture before."""
_MOVED_SHARE = 0.004
"""Something moves when this part of the points has changed: a hundredth of the picture's width and height each, and some."""
_LINGER_S = 2.0
"""For so long after a movement pictures are read as if it went on: a vehicle that stops is still to be read."""


class Told(NamedTuple):
    """A plate, and the picture in which it was seen best, where there is one."""

    reading: PlateRead
    shot: Shot | None


class PlateWatch:
    """One camera's plates. `name` is put before each passage's number, and differs from one start to the next. `take` makes the
    JPEG of a frame, `bgr` its pixels."""

    def __init__(
        self, settings: Plates, reader: Reader, name: str, take: Callable[[Any], Shot | None], bgr: Callable[[Any], Bgr]
    ) -> None:
        self._settings, self._reader, self._name, self._take, self._bgr = settings, reader, name, take, bgr
        self._rules = vote.Rules(agree=settings.agree, repeat_s=settings.repeat_s)
        self._countries = tuple(settings.countries)
        self._state = vote.State()
        self._shots: dict[int, Shot] = {}
        self._luma: Luma | None = None
        self._moved_s = self._read_s = float("-inf")
        self.read = 0
        """Pictures that were looked into, of all that were offered."""

    def look(self, frame: Any, luma: Luma, at_s: float) -> list[Told]:
        """Take one picture into account. `luma` is the small one of the same frame."""
        if _has_moved(self._luma, luma):
            self._moved_s = at_s
        self._luma = luma
        if not self._is_due(at_s):
            return self._tell(vote.step(self._state, at_s, (), self._rules), None)
        self._read_s = at_s
        self.read += 1
        reads = self._reader(self._within(self._bgr(frame)), self._countries)
        return self._tell(vote.step(self._state, at_s, reads, self._rules), frame)

    def _is_due(self, at_s: float) -> bool:
        since_s = at_s - self._read_s
        if at_s - self._moved_s <= _LINGER_S:
            return since_s >= self._settings.every_s
        return since_s >= self._settings.still_every_s

    def _within(self, picture: Bgr) -> Bgr:
        """The part that the installer chose."""
        high, wide = picture.shape[:2]
        left, top, right, bottom = self._settings.area
        return picture[round(top * high) : round(bottom * high), round(left * wide) : round(right * wide)]

    def _tell(self, step: vote.Step, frame: Any) -> list[Told]:
        self._state = step.state
        for no in step.best_of:
            shot = self._take(frame) if frame is not None else None
            if shot is not None:
                self._shots[no] = shot
        told = [Told(self._reading(verdict), self._shots.get(verdict.no)) for verdict in step.verdicts]
        for no in step.gone:
            self._shots.pop(no, None)
        return told

    def _reading(self, verdict: vote.Verdict) -> PlateRead:
        return PlateRead(
            plate=verdict.text,
            colour=verdict.colour,
            confidence=verdict.confidence,
            doubtful=verdict.doubtful,
            direction=self._settings.direction,
            lane=self._settings.lane,
            passage=f"{self._name}-{verdict.no}",
            frames=verdict.frames,
        )


def _has_moved(before: Luma | None, now: Luma) -> bool:
    if before is None:
        return True
    return float((np.abs(now.astype(np.int16) - before) > _MOVED).mean()) > _MOVED_SHARE
