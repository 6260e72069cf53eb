"""What the simulation is put together from, so that a part with a planted bug can take a part's place."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Engine

from edge.spool import Spool
from hub.detectors.table import DETECTORS
from hub.detectors.types import Detector
from hub.ingest.core import Core
from hub.store.engine import open_engine
from watchkeeper.simulation.notices import SteppedReader


class Swap(NamedTuple):
    """A function of a module that is replaced while the simulation runs."""

    module: Any
    name: str
    replacement: Any


class Parts(NamedTuple):
    """The product's own by default."""

    core: type[Core] = Core
    engine: Callable[[str], Engine] = open_engine
    spool: type[Spool] = Spool
    reader: type[SteppedReader] = SteppedReader
    detectors: tuple[Detector, ...] = DETECTORS
    swaps: tuple[Swap, ...] = ()


@contextmanager
def swapped(swaps: tuple[Swap, ...]) -> Iterator[None]:
    """Replace, and put everything back."""
    with ExitStack() as stack:
        for swap in swaps:
            stack.callback(setattr, swap.module, swap.name, getattr(swap.module, swap.name))
            setattr(swap.module, swap.name, swap.replacement)
        yield
