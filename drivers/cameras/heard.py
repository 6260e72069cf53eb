"""What a camera's record says, and what is remembered of what it said before. Pure."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Final, NamedTuple, Protocol

from contract.clock import US_PER_S
from drivers.cameras.documents import Refused
from drivers.cameras.units import Unit
from drivers.jpeg import Picture, picture_of
from drivers.port import MAX_EXAMPLE_BYTES, Finding
from drivers.talk import Said
from drivers.told import Told

STATES_MAX: Final = 1024
COUNTS_MAX: Final = 64
TOLD_MAX: Final = 1024
AGAIN_US: Final = 600 * US_PER_S
"""How long after it was told a record may come again, because its answer was lost or a camera sends it twice."""
PICTURE_KEPT_BYTES_MAX: Final = 1024 * 1024
"""An agent keeps none that is larger."""
UNKNOWN: Final = -1


class Heard(NamedTuple):
    """One thing that a record says. `key`: the record's own stable name, the same when it is sent again; empty: it has none.
    `pictures`: how many pictures of it follow; UNKNOWN: it does not say."""

    said: Said
    key: str = ""
    pictures: int = 0


class Reader(Protocol):
    """What a vendor's records mean. It never raises, whatever the unit holds."""

    def heard(self, unit: Unit) -> list[Heard | Finding]:
        """What a record says, in order. A record that means nothing here says nothing."""
        ...


class Counts:
    """How often a record of each name came that means nothing to us. Of too many names the rest is counted as `other`."""

    def __init__(self) -> None:
        self.by_name: dict[str, int] = {}

    def one(self, name: str) -> None:
        """One more."""
        name = name[:64] if name[:64] in self.by_name or len(self.by_name) < COUNTS_MAX else "other"
        self.by_name[name] = self.by_name.get(name, 0) + 1


class States:
    """What was said last of each thing: cameras repeat a state every few seconds, and a state that is repeated is no event. Of
    too many things the one that changed longest ago is forgotten."""

    def __init__(self) -> None:
        self._last: OrderedDict[Hashable, Any] = OrderedDict()

    def changed(self, thing: Hashable, state: Any, *, calm: Any = None) -> bool:
        """Whether the thing's state is another than before; before the first word it was `calm`."""
        if self._last.get(thing, calm) == state:
            return False
        self._last[thing] = state
        self._last.move_to_end(thing)
        if len(self._last) > STATES_MAX:
            self._last.popitem(last=False)
        return True


def records_told() -> Told:
    """Remembers the records of a camera, by their keys."""
    return Told(TOLD_MAX, AGAIN_US)


class Shown:
    """The pictures of one record: the largest that can be kept counts, which is the view and not the cut of the plate."""

    def __init__(self) -> None:
        self.best: Picture | None = None
        self.count = 0
        self.bad = 0

    def add(self, jpeg: bytes) -> None:
        """One more picture."""
        self.count += 1
        picture = picture_of(jpeg) if len(jpeg) <= PICTURE_KEPT_BYTES_MAX else None
        self.bad += picture is None
        if picture and (self.best is None or len(jpeg) > len(self.best.jpeg)):
            self.best = picture


def refused(error: Refused, unit: Unit) -> Finding:
    """The finding of a record that is not understood."""
    return Finding(str(error), unit.offset, unit.data[:MAX_EXAMPLE_BYTES])
