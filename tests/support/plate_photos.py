"""The one reader that tests share: opening the networks takes half a second and 150 MB."""

from functools import cache

from drivers.plates import models
from drivers.plates.reader import PlateReader


@cache
def reader() -> PlateReader:
    """Open once for each process of the tests."""
    return PlateReader(models.load())
