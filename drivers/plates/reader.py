"""A picture's plates, read: find, straighten, look twice, look again where the first looks leave a doubt."""

from typing import NamedTuple

from contract.plates import COUNTRIES
from contract.readings import PlateColour
from drivers.plates import rectify
from drivers.plates.colour import colour_of
from drivers.plates.combine import NOTHING, Combined, Doubt, combine
from drivers.plates.find import SIDE, Bgr, Corners, Found, find
from drivers.plates.models import Models
from drivers.plates.recognise import ANY_HIGH, ANY_WIDE, PLATE_HIGH, PLATE_WIDE, Recogniser, View


class Look(NamedTuple):
    """How a strip is cut: its width in pixels, and the margin around the plate as a part of it."""

    wide: int
    margin: float


_FIRST_LOOKS = (Look(PLATE_WIDE, 0.05), Look(ANY_WIDE, 0.03))
"""The plates' recogniser's, and the other one's."""
_MORE_LOOKS = ((Look(PLATE_WIDE - 20, 0.0), Look(ANY_WIDE - 32, 0.0)), (Look(PLATE_WIDE + 20, 0.1), Look(ANY_WIDE + 32, 0.08)))
"""Narrower and wider ones: what is no character changes with the cut, and a character stays."""
_COLOUR_SIZE = (24, 80)
_READ_LOG_PER_CHARACTER = -3.0
"""A text less likely than this for each character is no text."""


class Read(NamedTuple):
    """One plate of a picture. `text` is empty where a plate was found and not read. `confidence` is below CONFIDENT of
    drivers.plates.combine exactly where there is a `doubt`. `box`: x, y, width, height in pixels."""

    text: str
    colour: PlateColour
    confidence: float
    doubt: Doubt
    box: tuple[int, int, int, int]


class PlateReader:
    """Holds the open networks; one call after the other."""

    def __init__(self, models: Models) -> None:
        self._detector = models.detector
        self._plate = Recogniser(models.plate_text, models.plate_characters, "plate")
        self._any = Recogniser(models.any_text, models.any_characters, "any")

    def read(self, picture: Bgr, countries: tuple[str, ...] = COUNTRIES, sides: tuple[int, ...] = (SIDE,)) -> list[Read]:
        """Every plate that is found; the surest and largest first. A picture that is itself a cut-out plate counts as one.
        `sides`: how large the detector sees the picture; the next one is tried where nothing is found."""
        if rectify.looks_cut(picture):
            return [one for one in (self._cut(picture, countries),) if one.text]
        tries = (find(self._detector, picture, side) for side in sides)
        reads = [self._one(picture, found, countries) for found in next((found for found in tries if found), [])]
        return sorted(reads, key=lambda one: (not one.doubt, bool(one.text), one.box[2]), reverse=True)

    def _cut(self, picture: Bgr, countries: tuple[str, ...]) -> Read:
        high, wide = picture.shape[:2]
        return self._one(picture, Found(1.0, (0, 0, wide, high), rectify.whole(picture)), countries)

    def _one(self, picture: Bgr, found: Found, countries: tuple[str, ...]) -> Read:
        colour = colour_of(rectify.strip(picture, found.corners, *_COLOUR_SIZE))
        views = self._looks(picture, found.corners, *_FIRST_LOOKS)
        combined = combine(views, colour, countries)
        if combined.doubt:
            for looks in _MORE_LOOKS:
                views += self._looks(picture, found.corners, *looks)
            combined = _better(combine(views, colour, countries), self._in_two_rows(picture, found.corners, colour, countries))
        if combined.log < _READ_LOG_PER_CHARACTER * max(1, len(combined.text)):
            combined = NOTHING
        return Read(combined.text, colour, round(combined.confidence, 3), combined.doubt, found.box)

    def _looks(self, picture: Bgr, corners: Corners, plate: Look, other: Look) -> list[View]:
        return [
            *self._plate.look([rectify.strip(picture, corners, PLATE_HIGH, *plate)]),
            *self._any.look([rectify.strip(picture, corners, ANY_HIGH, *other)]),
        ]

    def _in_two_rows(self, picture: Bgr, corners: Corners, colour: PlateColour, countries: tuple[str, ...]) -> Combined:
        if not rectify.may_have_two_rows(corners):
            return NOTHING
        views = [
            *self._plate.look([rectify.joined_rows(picture, corners, PLATE_HIGH, PLATE_WIDE)]),
            *self._any.look([rectify.joined_rows(picture, corners, ANY_HIGH, ANY_WIDE)]),
        ]
        return combine(views, colour, countries)


def _better(one: Combined, other: Combined) -> Combined:
    return max(one, other, key=lambda combined: combined.log)
