"""What cameras cost: recording them, and looking at them. Each part has its module."""

from collections.abc import Callable

from watchkeeper.bench.camera_analysis import analysis_rows
from watchkeeper.bench.camera_recording import recording
from watchkeeper.bench.rows import Row

PARTS: tuple[Callable[[float], list[Row]], ...] = (recording, analysis_rows)
"""Each takes a scale, and gives rows of its own."""


def camera(scale: float = 1.0) -> list[Row]:
    """The rows of every part."""
    return [row for part in PARTS for row in part(scale)]
