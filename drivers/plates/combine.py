"""From the views of one plate to one text, how sure it is, and why it is doubtful."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from contract.plates import COUNTRIES, Canonical, canonical
from contract.readings import PlateColour
from drivers.plates.candidates import likelihoods, neighbours, seeds
from drivers.plates.recognise import Opinion, View

CONFIDENT = 0.6
"""From this confidence on a plate counts as read for sure, and below it as doubtful."""

_AGREED = 0.3
"""An opinion that gives a text less than this, among all texts there are, holds another one, or none."""

Doubt = Literal["", "unreadable", "opinions_differ", "colour_differs", "unsure", "foreign"]

_ROUNDS = 3
_WEIGHTS: dict[Opinion, float] = {"plate": 1.0, "any": 0.5}
"""What an opinion's logarithms count: the one that knows plates alone is right more often, the other too sure of itself."""
_RARE_LOG = -5.0
"""A text of another form than the common ones is rather a common plate that was seen badly."""
_COMMON = frozenset(("standard", "new_energy", "police", "learner", "trailer", "hong_kong", "macau"))
_COLOURS: dict[str, frozenset[PlateColour]] = {
    "standard": frozenset(("blue", "yellow", "black", "white")),
    "new_energy": frozenset(("green", "yellow_green")),
    "police": frozenset(("white", "blue")),
    "learner": frozenset(("yellow",)),
    "trailer": frozenset(("yellow",)),
    "hong_kong": frozenset(("black",)),
    "macau": frozenset(("black",)),
    "consulate": frozenset(("black", "white")),
    "embassy": frozenset(("black",)),
    "military": frozenset(("white",)),
    "armed_police": frozenset(("white",)),
    "airport": frozenset(("green",)),
    "emergency": frozenset(("white",)),
    "test": frozenset(("yellow", "blue")),
}
"""The grounds that plates of a kind have (GA 36). A kind that is not here may have any."""


class Combined(NamedTuple):
    """`text` is canonical, and empty where nothing was read. `confidence`: 0 to 1, the geometric mean of the chances that the two
    opinions give the text among all texts there are, less where something else speaks against it; below CONFIDENT exactly when
    there is a `doubt`. `log`: for comparing readings of one plate."""

    text: str
    confidence: float
    doubt: Doubt
    log: float = float("-inf")


NOTHING = Combined("", 0.0, "unreadable")


def combine(views: Sequence[View], colour: PlateColour, countries: tuple[str, ...] = COUNTRIES) -> Combined:
    """The likeliest text of the countries' forms under all views; each opinion's views count as one."""
    texts = seeds(views, countries)
    if not texts:
        return NOTHING
    table = _Table(views, countries)
    table.add(texts)
    for _ in range(_ROUNDS):
        best = table.best()
        if table.is_settled():
            break
        table.add(neighbours(best, views, countries))
        if table.best() == best:
            break
    return table.judged(colour)


class _Table:
    """Texts with their chances under each opinion."""

    def __init__(self, views: Sequence[View], countries: tuple[str, ...]) -> None:
        self._views, self._countries = views, countries
        self._opinions: tuple[Opinion, ...] = tuple(dict.fromkeys(view.opinion for view in views))
        self._texts: list[str] = []
        self._logs: NDArray[np.float64] = np.zeros(0)
        self._sights: NDArray[np.float64] = np.zeros((len(self._opinions), 0))
        """The chance that each opinion by itself gives to each text, among all there are."""
        self._forms: dict[str, Canonical] = {}

    def add(self, texts: Sequence[str]) -> int:
        """Score those that are new; how many there were."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._forms]
        if not fresh:
            return 0
        self._forms.update((text, canonical(text, self._countries)) for text in fresh)
        chinese = np.array([self._forms[text].country == "CN" for text in fresh])
        common = np.array([self._forms[text].kind in _COMMON for text in fresh])
        logs = np.where(common, 0.0, _RARE_LOG)
        sights = np.ones((0, len(fresh)))
        for opinion in self._opinions:
            each = self._of_opinion(opinion, fresh, chinese)
            logs = logs + _WEIGHTS[opinion] * each.mean(axis=0)
            sights = np.vstack((sights, np.exp(each).mean(axis=0)))
        self._texts += fresh
        self._logs = np.concatenate((self._logs, logs))
        self._sights = np.concatenate((self._sights, sights), axis=1)
        return len(fresh)

    def _of_opinion(self, opinion: Opinion, texts: Sequence[str], chinese: NDArray[np.bool_]) -> NDArray[np.float64]:
        """A row for each of the opinion's views."""
        own = [view for view in self._views if view.opinion == opinion]
        logs = np.zeros((len(own), len(texts)))
        for part in (chinese, ~chinese):
            some = [text for text, wanted in zip(texts, part, strict=True) if wanted]
            if some:
                of_view = [view.folded if part is chinese else view.plain for view in own]
                logs[:, part] = [likelihoods(some, chances) for chances in of_view]
        return logs

    def best(self) -> str:
        """The likeliest text under both opinions."""
        return self._texts[int(self._logs.argmax())]

    def is_settled(self) -> bool:
        """Whether no text can be likelier than the best one, as every opinion gives it more than all others have together."""
        return bool((self._sights[:, int(self._logs.argmax())] > 0.5).all())

    def judged(self, colour: PlateColour) -> Combined:
        """The likeliest of all, and what speaks against it."""
        best = int(self._logs.argmax())
        sights = self._sights[:, best]
        text, total = self._texts[best], float(self._logs[best])
        form = self._forms[text]
        doubt: Doubt = ""
        confidence = float(np.prod(sights) ** (1 / len(sights)))
        if form.country != "CN":
            doubt = "foreign"
        elif len(sights) < 2 or min(sights) < _AGREED:
            doubt = "opinions_differ"
        elif colour and colour not in _COLOURS.get(form.kind, frozenset((colour,))):
            doubt = "colour_differs"
        elif confidence < CONFIDENT:
            doubt = "unsure"
        if doubt:
            confidence = min(confidence, CONFIDENT - 0.01)
        return Combined(text, confidence, doubt, total)
