"""A row of the table of promises: which fault is injected against which promise, how often, and what came of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

MEMORY = Path("/dev/shm")


class Tally(NamedTuple):
    """What came of a row: how often the fault was injected, and each promise that was broken, in words."""

    tries: int
    violations: list[str]


class Row(NamedTuple):
    """`run(folder, tries, random)` injects the fault so many times. `full` before a release, `ci` with every change. `needs`:
    what the machine must allow, as the reason of a skip, or empty."""

    promise: str
    fault: str
    full: int
    ci: int
    run: Callable[[Path, int, Random], Tally]
    needs: str = ""


def lives(tries: int, longest: int = 100) -> list[int]:
    """`tries` in chapters of at most `longest`: each has a stand of its own, so that no database grows without end."""
    whole, rest = divmod(tries, longest)
    return [longest] * whole + ([rest] if rest else [])


@contextmanager
def in_memory() -> Iterator[Path]:
    """A folder for tries that ask nothing of a disk: in memory, where the machine has such a place."""
    with TemporaryDirectory(prefix="wkfault", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)
