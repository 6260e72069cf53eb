"""Cameras: what looking at one costs, and what recording one does. Each part of the rows has its module."""

from watchkeeper.bench.camera_analysis import analysis_rows
from watchkeeper.bench.rows import Row


def camera(scale: float = 1.0) -> list[Row]:
    """The rows of all parts."""
    return analysis_rows(scale)
