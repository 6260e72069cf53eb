"""Passages that were told, so that one that a camera tells again, because its answer was lost, is not told twice. Pure."""

from collections import OrderedDict
from typing import Final

PASSAGES_MAX: Final = 512
"""Of more the oldest is forgotten: a camera says a passage again within seconds, or while it catches up."""


class Passages:
    """The last passages of all cameras of a driver, by the cameras' own names of them. An empty name is never known."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()

    def knows(self, camera: str, passage: str) -> bool:
        """Whether this passage was told."""
        return bool(passage) and (camera, passage) in self._told

    def told(self, camera: str, passage: str) -> None:
        """It is in the log."""
        if not passage:
            return
        self._told[camera, passage] = None
        self._told.move_to_end((camera, passage))
        if len(self._told) > PASSAGES_MAX:
            self._told.popitem(last=False)
