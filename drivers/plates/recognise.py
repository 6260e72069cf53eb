"""What the two recognisers say of a strip: for each step from left to right, how likely each character of a plate is.

One has seen Chinese plates alone, and many of them; the other any print. They were made by different people from different
pictures, so that where they agree they are seldom both wrong.
"""

import unicodedata
from typing import Any, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.plates.find import Bgr

Opinion = Literal["plate", "any"]
Chances = NDArray[np.float64]
"""A row a step; column 0 is the blank, the others SYMBOLS."""

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" + PROVINCES + "警学挂港澳领使民航应急试超"
COLUMN = {symbol: n for n, symbol in enumerate(SYMBOLS, start=1)}

PLATE_HIGH, PLATE_WIDE, _PLATE_STEP = 32, 120, 4
_PLATE_PADDED = 320
"""The width it was trained with: the strip, then nothing. Without the padding it reads a quarter of the photographs wrong."""
ANY_HIGH, ANY_WIDE = 48, 160
_FLOOR = 1e-6
_LIKE_O = ("Q", "D")
"""The plates' recogniser knows no O: it takes one for these, and when it says one of them it may be an O as well."""
_SUFFIXES, _SUFFIX_SHARE = "警学挂港澳领", 0.1
"""What stands behind special plates is seldom among what it was trained with: any character that it sees may be one, so that
the other recogniser decides."""
_OTHER_WRITINGS = {
    "粵": "粤", "蘇": "苏", "贛": "赣", "遼": "辽", "雲": "云", "陝": "陕", "貴": "贵", "寧": "宁", "瓊": "琼", "魯": "鲁",
    "滬": "沪", "閩": "闽", "晉": "晋", "學": "学", "領": "领", "掛": "挂", "試": "试", "應": "应", "|": "1",
}  # fmt: skip
_SEPARATORS = frozenset(" .·•・‧∙⋅-:：。")


class View(NamedTuple):
    """One recogniser's look at one strip. In `folded` 0 and O are one, and 1 and I, as in the serials of Chinese plates, which
    have neither letter; in `plain` they are apart where the recogniser knows both."""

    opinion: Opinion
    folded: Chances
    plain: Chances


class Recogniser:
    """One network with its characters."""

    def __init__(self, session: Any, characters: tuple[str, ...], opinion: Opinion) -> None:
        self._session, self._opinion = session, opinion
        self._input = session.get_inputs()[0].name
        self._classes, self._columns = _mapping(characters)

    def look(self, strips: list[Bgr]) -> list[View]:
        """A view of each strip; the strips are as high as this network wants them."""
        return [self._look(one) for one in strips]

    def _look(self, one: Bgr) -> View:
        high, wide = one.shape[:2]
        padded = max(wide, _PLATE_PADDED) if self._opinion == "plate" else wide
        fed = np.zeros((1, 3, high, padded), np.float32)
        fed[0, :, :, :wide] = (one.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)
        said = self._session.run(None, {self._input: fed})[0][0]
        if self._opinion == "plate":
            said = said[: wide // _PLATE_STEP + 6]  # what comes later is about the padding
        chances = np.full((said.shape[0], len(SYMBOLS) + 1), 0.0)
        np.add.at(chances.T, self._columns, said[:, self._classes].T)
        folded = _folded(chances)
        if self._opinion == "plate":
            folded[:, COLUMN["O"]] += chances[:, [COLUMN[like] for like in _LIKE_O]].sum(axis=1) / (1 + len(_LIKE_O))
            seen = 1.0 - chances[:, :1]
            folded[:, [COLUMN[suffix] for suffix in _SUFFIXES]] += _SUFFIX_SHARE * seen
        return View(self._opinion, np.clip(folded, _FLOOR, 1.0), np.maximum(self._plain(chances, folded), _FLOOR))

    def _plain(self, chances: Chances, folded: Chances) -> Chances:
        return folded if self._opinion == "plate" else chances


def greedy(chances: Chances) -> str:
    """The likeliest symbol of each step, repeats and blanks taken out."""
    best = chances.argmax(axis=1)
    kept = [int(n) for i, n in enumerate(best) if n and (i == 0 or n != best[i - 1])]
    return "".join(SYMBOLS[n - 1] for n in kept)


def plate_strip(strip: Bgr) -> Bgr:
    """A strip in the size that the plates' recogniser takes."""
    return np.asarray(cv2.resize(strip, (PLATE_WIDE, PLATE_HIGH), interpolation=cv2.INTER_AREA), np.uint8)


def _mapping(characters: tuple[str, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which of the network's classes count, and for which column each. A separator is as good as a blank."""
    pairs = [(0, 0)]
    for n, character in enumerate(characters, start=1):
        known = _OTHER_WRITINGS.get(character) or unicodedata.normalize("NFKC", character).upper()
        if known in COLUMN:
            pairs.append((n, COLUMN[known]))
        elif character in _SEPARATORS:
            pairs.append((n, 0))
    classes, columns = zip(*pairs, strict=True)
    return np.array(classes, np.intp), np.array(columns, np.intp)


def _folded(chances: Chances) -> Chances:
    """A serial's 0 may have been read as O; so may the O of police plates as 0, which stands where no other plate has a digit."""
    folded = chances.copy()
    for one, other in (("0", "O"), ("1", "I")):
        both = np.minimum(chances[:, COLUMN[one]] + chances[:, COLUMN[other]], 1.0)
        folded[:, COLUMN[one]] = folded[:, COLUMN[other]] = both
    return folded
