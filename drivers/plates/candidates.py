"""Which texts a strip may say, and how likely each is under a view: the sum over all ways of reading it (CTC)."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from contract.plates import canonical
from drivers.plates.recognise import COLUMN, PROVINCES, SYMBOLS, Chances, View, greedy

MAX_CANDIDATES = 400
_MAX_CHARS = 10
_PLAUSIBLE = 0.02
"""A symbol is tried in another's place when some step of some view gives it this much."""
_MAX_PLAUSIBLE = 14
_LETTERS_FOR = {"0": "ODQ", "1": "LI", "2": "Z", "4": "A", "5": "S", "6": "G", "8": "B", "7": "Z", "Q": "O", "D": "O"}
"""Behind the province stands a letter: what a recogniser that saw a digit there may have seen."""

_DIGITS = str.maketrans("OI", "01")


def seeds(views: Sequence[View], countries: tuple[str, ...]) -> list[str]:
    """Texts of the countries' forms near what the views say at first sight."""
    found: dict[str, None] = {}
    for view in views:
        for chances in (view.folded, view.plain):
            for text in _repaired(greedy(chances), view):
                known = _form_of(text, countries)
                if known:
                    found[known] = None
    return list(found)


def neighbours(text: str, views: Sequence[View], countries: tuple[str, ...]) -> list[str]:
    """Texts of the countries' forms that differ from `text` in one symbol, by what the views hold for possible."""
    plausible = _plausible(views)
    found: dict[str, None] = {}
    for other in _edits(text, plausible):
        known = _form_of(other, countries)
        if known and known != text:
            found[known] = None
        if len(found) >= MAX_CANDIDATES:
            break
    return list(found)


def likelihoods(texts: Sequence[str], chances: Chances) -> NDArray[np.float64]:
    """The natural logarithm of each text's chance."""
    longest = max(len(text) for text in texts)
    labels = np.zeros((len(texts), 2 * longest + 1), np.intp)
    for row, text in enumerate(texts):
        labels[row, 1 : 2 * len(text) : 2] = [COLUMN[symbol] for symbol in text]
    skips = np.zeros(labels.shape, bool)
    skips[:, 2:] = (labels[:, 2:] != 0) & (labels[:, 2:] != labels[:, :-2])
    reach = np.zeros(labels.shape)
    reach[:, :2] = chances[0][labels[:, :2]]
    logs = np.zeros(len(texts))
    for step in chances[1:]:
        onward = reach.copy()
        onward[:, 1:] += reach[:, :-1]
        onward[:, 2:] += np.where(skips[:, 2:], reach[:, :-2], 0.0)
        reach = onward * step[labels]
        scale = np.maximum(reach.max(axis=1), 1e-290)
        reach /= scale[:, None]
        logs += np.log(scale)
    ends = np.array([2 * len(text) for text in texts])
    rows = np.arange(len(texts))
    logs += np.log(reach[rows, ends] + reach[rows, np.maximum(ends - 1, 0)] + 1e-300)
    return logs


def _form_of(text: str, countries: tuple[str, ...]) -> str:
    if not 4 <= len(text) <= _MAX_CHARS:
        return ""
    if text[0] in PROVINCES:  # no serial has O or I: they are what a recogniser makes of 0 and 1
        text = text[:2] + text[2:].translate(_DIGITS)
    return canonical(text, countries).text


def _repaired(text: str, view: View) -> Iterable[str]:
    """The text, and what it may be where the province or the letter behind it was not seen well."""
    yield text
    if len(text) < 5:
        return
    if text[1:2] in _LETTERS_FOR and text[0] in PROVINCES:
        yield from (text[0] + letter + text[2:] for letter in _LETTERS_FOR[text[1]])
    bare = text[1:] if text[0] in PROVINCES else text
    for province in _likely_provinces(view):
        yield province + bare
        yield from (province + letter + bare[1:] for letter in _LETTERS_FOR.get(bare[0], ""))
        if len(bare) > 6:
            yield province + bare[1:]


def _likely_provinces(view: View) -> list[str]:
    first = view.folded[: max(1, len(view.folded) // 2)].max(axis=0)
    return sorted(PROVINCES, key=lambda province: -float(first[COLUMN[province]]))[:3]


def _plausible(views: Sequence[View]) -> list[str]:
    peaks = np.max([view.plain.max(axis=0) for view in views], axis=0)[1:]
    ranked = [int(n) for n in np.argsort(-peaks) if peaks[n] > _PLAUSIBLE]
    return [SYMBOLS[n] for n in ranked[:_MAX_PLAUSIBLE]]


def _edits(text: str, plausible: Sequence[str]) -> Iterable[str]:
    for n in range(len(text)):
        yield text[:n] + text[n + 1 :]
        for symbol in plausible:
            yield text[:n] + symbol + text[n + 1 :]
    for n in range(len(text) + 1):
        yield from (text[:n] + symbol + text[n:] for symbol in plausible)
