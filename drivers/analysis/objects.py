"""People and vehicles, by an ONNX model of the user's own: the plug-in. It looks only while something moves.

The model has one input, 1 x 3 x height x width, float, RGB from 0 to 1, the picture fitted in and padded with grey at the right
and below. Its output is one of three common shapes, told apart by their sizes: 1 x (4 + classes) x boxes, with middle, size and
each class's score (YOLOv8 and later); 1 x boxes x (5 + classes), with a score of there being anything before the classes' (YOLOv5
and 7); 1 x boxes x 6, with two corners, score and class (models that sort out doubled boxes by themselves).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from contract.readings import ObjectSeen
from drivers.analysis.motion import Mask
from drivers.analysis.settings import Objects, Zone
from drivers.analysis.small import HEIGHT, WIDTH

Bgr = NDArray[np.uint8]
MAX_MODEL_BYTES = 512 << 20
MAX_SIDE = 1920
_MAX_FOUND = 64
"""Objects in one picture; of more the surest are kept."""
_OVERLAP = 0.5
_GREY = 114
_GONE_S = 5.0
"""An object of a label in a zone that was not seen for so long has gone."""


class BadModel(Exception):
    """The model cannot be used. The message says what to do."""


class Found(NamedTuple):
    """One object: its label, score and box, left, top, right and bottom from 0 to 1."""

    label: str
    score: float
    box: tuple[float, float, float, float]


Find = Callable[[Bgr], list[Found]]


def check_file(options: Objects) -> None:
    """Raises ValueError for an installer when the file is not there or is too large; what is in it shows when it is loaded."""
    path = Path(options.model)
    if not path.is_file():
        raise ValueError(f"objects.model: there is no file {options.model}: copy the ONNX model there, or leave objects out")
    if path.stat().st_size > MAX_MODEL_BYTES:
        raise ValueError(f"objects.model: {options.model} is over {MAX_MODEL_BYTES >> 20} MiB: give a smaller model")


def load(options: Objects) -> Find:
    """What finds objects in a picture. Raises BadModel."""
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1  # it never takes more than one core
    settings.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(options.model, settings, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library has no common base for what it raises
        raise BadModel(
            f"{options.model}: no ONNX model that can be loaded ({error.__class__.__name__}): export it anew"
        ) from error
    inputs, outputs = session.get_inputs(), session.get_outputs()
    shape = list(inputs[0].shape)
    if len(inputs) != 1 or inputs[0].type != "tensor(float)" or len(shape) != 4 or shape[1] != 3:
        raise BadModel(
            f"{options.model}: its input is {inputs[0].type} {shape}: export it with one input, 1 x 3 x height x width, float"
        )
    high, wide = (side if isinstance(side, int) else 640 for side in shape[2:])
    if not 32 <= max(high, wide) <= MAX_SIDE:
        raise BadModel(f"{options.model}: its input is {wide} x {high}: export it with sides of 32 to {MAX_SIDE}")

    def find(picture: Bgr) -> list[Found]:
        fed, scale = _fitted(picture, wide, high)
        said = np.asarray(session.run([outputs[0].name], {inputs[0].name: fed})[0])
        size = (picture.shape[1] * scale, picture.shape[0] * scale)
        return [one for one in read(said, options.labels, options.score, size) if one.label in options.wanted]

    return find


def _fitted(picture: Bgr, wide: int, high: int) -> tuple[NDArray[np.float32], float]:
    scale = min(wide / picture.shape[1], high / picture.shape[0])
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    canvas = np.full((high, wide, 3), _GREY, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    fed = canvas[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32) / np.float32(255)
    return np.ascontiguousarray(fed), scale


def read(said: NDArray[Any], labels: tuple[str, ...], least: float, size: tuple[float, float]) -> list[Found]:
    """The objects in a model's output, surest first, of overlapping ones of a label only the surest. `size`: the width and height
    of the picture in the model's pixels. Raises BadModel for a shape that is none of the three."""
    with np.errstate(invalid="ignore", over="ignore"):
        corners, scores, classes = _split(said, len(labels))
    sure = np.flatnonzero((scores >= least) & np.isfinite(corners).all(axis=1))  # a model may say that something is nowhere
    sure = sure[np.argsort(-scores[sure])][: 4 * _MAX_FOUND]
    found: list[Found] = []
    kept: list[int] = []
    for n in sure:
        if len(kept) == _MAX_FOUND or any(classes[n] == classes[m] and _overlap(corners[n], corners[m]) > _OVERLAP for m in kept):
            continue
        kept.append(int(n))
        left, top, right, bottom = (float(np.clip(v / s, 0, 1)) for v, s in zip(corners[n], (*size, *size), strict=True))
        found.append(Found(labels[int(classes[n])], round(float(scores[n]), 3), (left, top, right, bottom)))
    return found


def _split(said: NDArray[Any], count: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.int64]]:
    if said.ndim != 3 or said.shape[0] != 1:
        raise BadModel(f"the model's output has the shape {said.shape}: see docs/installer.md for those that are understood")
    rows = said[0]
    if rows.shape[0] == 4 + count:
        middles, size, scores = rows[:2].T, rows[2:4].T, rows[4:].T
    elif rows.shape[1] == 5 + count:
        middles, size, scores = rows[:, :2], rows[:, 2:4], rows[:, 5:] * rows[:, 4:5]
    elif rows.shape[1] == 6:
        classes = np.clip(np.nan_to_num(rows[:, 5]), 0, count - 1).astype(np.int64)
        return rows[:, :4], rows[:, 4], classes
    else:
        raise BadModel(
            f"the model's output has the shape {said.shape}, not one of {count} classes: write as many labels as it has"
        )
    corners = np.hstack([middles - size / 2, middles + size / 2])
    return corners, scores.max(axis=1), scores.argmax(axis=1)


def _overlap(one: NDArray[Any], other: NDArray[Any]) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    both = max(0.0, float(wide)) * max(0.0, float(high))
    areas = sum(float((box[2] - box[0]) * (box[3] - box[1])) for box in (one, other))
    return both / max(1e-6, areas - both)


class ObjectWatch:
    """Looks into a picture now and then while something moves, and tells each label in a zone when it comes and goes."""

    def __init__(self, options: Objects, find: Find, zones: tuple[Zone, ...]) -> None:
        self._every_s = options.every_s
        self._find = find
        self._zones = [(zone.name, np.array(zone.area, np.float32)) for zone in zones]
        self._looked_s: float | None = None
        self._here: dict[tuple[str, str], tuple[float, float, str]] = {}
        """Of each label in a zone: when it was last seen, its score then, and the number that it was told under."""
        self._count = 0

    def look(self, at_s: float, moving: Mask | None, picture: Callable[[], Bgr]) -> list[ObjectSeen]:
        """One more picture; it is only asked for when it is looked into."""
        told: list[ObjectSeen] = []
        if moving is not None and (self._looked_s is None or not 0 <= at_s - self._looked_s < self._every_s):
            self._looked_s = at_s
            for found in self._find(picture()):
                told += self._seen(at_s, found, moving)
        for name, (seen_s, score, track) in list(self._here.items()):
            if not 0 <= at_s - seen_s <= _GONE_S:
                del self._here[name]
                told.append(ObjectSeen(name[0], score, name[1], track, ended=True))
        return told

    def _seen(self, at_s: float, found: Found, moving: Mask) -> list[ObjectSeen]:
        if not _moves(found, moving):
            return []
        told = []
        for zone in self._zones_of(found):
            before = self._here.get((found.label, zone))
            if before is None:
                self._count += 1
                told.append(ObjectSeen(found.label, found.score, zone, str(self._count)))
            track = str(self._count) if before is None else before[2]
            self._here[found.label, zone] = (at_s, found.score, track)
        return told

    def _zones_of(self, found: Found) -> list[str]:
        """Where it stands: the middle of its lower edge."""
        if not self._zones:
            return [""]
        left, _, right, bottom = found.box
        return [
            name for name, area in self._zones if cv2.pointPolygonTest(area, ((left + right) / 2, bottom), measureDist=False) >= 0
        ]


def _moves(found: Found, moving: Mask) -> bool:
    """What stands, such as a parked car, is not told."""
    left, top, right, bottom = found.box
    part = moving[int(top * HEIGHT) : max(1, round(bottom * HEIGHT)), int(left * WIDTH) : max(1, round(right * WIDTH))]
    return bool(part.any())
