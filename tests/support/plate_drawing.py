"""Number plates of all kinds, drawn and put into scenes: for the kinds of which there are no photographs. No reader is chosen by
them, as they read drawn plates quite otherwise than real ones."""

from pathlib import Path
from typing import Any, NamedTuple

import cv2
import manimgx_fonts_cjk
import numpy as np

FONT = str(Path(str(manimgx_fonts_cjk.__file__)).parent / "NotoSansCJK-VF.otf.ttc")
WHITE, BLACK, RED = (245, 245, 245), (15, 15, 15), (40, 40, 200)


class Look(NamedTuple):
    """`size`: width and height in millimetres, drawn at one pixel each. `upper`: characters in an upper row of their own."""

    ground: tuple[int, int, int]
    ink: tuple[int, int, int]
    size: tuple[int, int] = (440, 140)
    upper: int = 0
    colour: str = ""


LOOKS = {
    "blue": Look((190, 70, 15), WHITE, colour="blue"),
    "green": Look((120, 200, 90), BLACK, (480, 140), colour="green"),
    "yellow": Look((20, 175, 245), BLACK, colour="yellow"),
    "two_rows": Look((20, 175, 245), BLACK, (440, 220), 2, "yellow"),
    "police": Look(WHITE, BLACK, colour="white"),
    "black": Look((30, 25, 25), WHITE, colour="black"),
    "foreign": Look(WHITE, BLACK, (520, 112), colour="white"),
}
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "standard": ("blue", ("京A8K2M6", "粤B7D91Q", "浙C30F5X", "沪D92W61")),
    "green": ("green", ("粤BD12345", "沪AF71017", "京AD06821", "苏E05183F")),
    "yellow": ("yellow", ("鲁H72915", "冀C5K083")),
    "two_rows": ("two_rows", ("京EA5331", "粤AK9331", "豫G73D20")),
    "police": ("police", ("京A0271警", "粤B3618警", "川C5027警")),
    "learner": ("yellow", ("京A0932学", "渝B3587学", "苏D7K01学")),
    "hong_kong": ("black", ("粤ZB361港", "粤ZF902港")),
    "macau": ("black", ("粤ZM284澳", "粤ZT715澳")),
    "foreign": ("foreign", ("AB12CDE", "WX4471K", "7KDR294", "M482XR")),
}
"""A look and texts for each kind."""


def plate(text: str, look: Look) -> Any:
    """The plate from the front."""
    wide, high = look.size
    drawn = np.full((high, wide, 3), look.ground, np.uint8)
    cv2.rectangle(drawn, (4, 4), (wide - 5, high - 5), look.ink, 3)
    if look.upper:
        _row(drawn, text[: look.upper], look.ink, (wide * 0.25, wide * 0.75), (18, 80))
        _row(drawn, text[look.upper :], look.ink, (wide * 0.06, wide * 0.94), (92, 204))
    else:
        _row(drawn, text, look.ink, (wide * 0.05, wide * 0.95), (high * 0.18, high * 0.84))
    return drawn


def scene(text: str, look: Look, seed: int, *, wide: int = 150, blur: float = 0.6, light: float = 1.0) -> Any:
    """A grey 1280 x 720 lane with a vehicle's front, the plate on it `wide` pixels wide and seen a little from the side."""
    rng = np.random.default_rng(seed)
    picture = street(seed)
    drawn = plate(text, look)
    high = wide * drawn.shape[0] / drawn.shape[1]
    left, top = float(rng.uniform(420, 700)), float(rng.uniform(400, 480))
    front = (int(left - wide * 1.2), int(top - high * 3)), (int(left + wide * 2.2), int(top + high * 2))
    cv2.rectangle(picture, *front, (70, 65, 60), -1)
    tilt, skew = rng.uniform(-0.06, 0.06, 2) * wide
    right = left + wide
    ends = np.array([(left, top), (right, top + tilt), (right + skew / 2, top + tilt + high), (left + skew / 2, top + high)])
    size_y, size_x = drawn.shape[:2]
    starts = np.array([(0, 0), (size_x, 0), (size_x, size_y), (0, size_y)], np.float32)
    turn = cv2.getPerspectiveTransform(starts, ends.astype(np.float32))
    shrunk = cv2.GaussianBlur(drawn, (0, 0), max(0.5, 0.35 * size_x / wide))
    cv2.warpPerspective(shrunk, turn, picture.shape[1::-1], dst=picture, borderMode=cv2.BORDER_TRANSPARENT)
    return _seen(picture, rng, blur, light)


def street(seed: int) -> Any:
    """The lane alone: nothing on it is a plate."""
    rng = np.random.default_rng(seed)
    picture = np.full((720, 1280, 3), (150, 150, 148), np.uint8)
    picture[:260] = (200, 185, 170)
    for _ in range(14):
        x, y = int(rng.integers(0, 1280)), int(rng.integers(120, 700))
        size = rng.integers(20, 220, 2)
        colour = tuple(int(c) for c in rng.integers(40, 220, 3))
        cv2.rectangle(picture, (x, y), (x + int(size[0]), y + int(size[1])), colour, -1)
    return cv2.GaussianBlur(picture, (0, 0), 1.2)


def _row(drawn: Any, text: str, ink: tuple[int, int, int], x: tuple[float, float], y: tuple[float, float]) -> None:
    """Each character stretched into its own cell."""
    step = (x[1] - x[0]) / len(text)
    for n, character in enumerate(text):
        wide, high = max(4, round(step * 0.84)), round(y[1] - y[0])
        glyph = cv2.resize(_glyph(character), (wide, high), interpolation=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
        left, top = round(x[0] + n * step + step * 0.08), round(y[0])
        cell = drawn[top : top + high, left : left + wide]
        cell[:] = (cell * (1 - glyph) + np.array(ink, np.float32) * glyph).astype(np.uint8)


def _glyph(character: str) -> Any:
    """White on black, cut to its ink; a 1 keeps its width."""
    canvas = np.zeros((260, 260, 3), np.uint8)
    cv2.putText(canvas, character, (40, 200), (255, 255, 255), cv2.FontFace(FONT), 180, 600)
    plain = canvas[..., 0]
    rows, columns = np.flatnonzero(plain.any(axis=1)), np.flatnonzero(plain.any(axis=0))
    left, right = (columns[0], columns[-1] + 1) if character not in "1I" else (columns[0] - 25, columns[-1] + 26)
    return plain[rows[0] : rows[-1] + 1, left:right]


def _seen(picture: Any, rng: np.random.Generator, blur: float, light: float) -> Any:
    soft = cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture
    noisy = soft.astype(np.float32) * light + rng.normal(0, 4, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)
