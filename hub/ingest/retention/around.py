"""What the parts of footage's keeping share in a turn."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from contract.clock import US_PER_S
from contract.footage import FootageStream, NoSpan
from hub.detectors.types import Clear, Detector, Device, Raise
from hub.footage.holds import Around as HeldAround
from hub.footage.retention import FootageRules, Interval, Piece, days_of
from hub.ingest.casebook import Casebook
from hub.ingest.ports import SiteBook
from hub.ingest.retention.rows import SweepState
from hub.ingest.site import Site

TOPIC = "footage"
KEPT_AT_SITE = "footage"
REPEAT_US = tuple(seconds * US_PER_S for seconds in (15, 60, 300, 1_800, 3_600))
"""How long after it was told an order is told again, each time."""
_encode = msgspec.json.Encoder().encode


class Track(NamedTuple):
    """A camera's stream that the index has footage of, and when the oldest piece of it begins."""

    device: str
    stream: FootageStream
    oldest_us: int


class OldFootage(Protocol):
    """The index as it is committed. Raises DatabaseGone."""

    def footage_tracks(self) -> Sequence[Track]:
        """Everything that there is footage of."""
        ...

    def footage_next(self, device: str, stream: FootageStream, from_us: int) -> int | None:
        """When footage begins again at or after that time, or an hour that has some; None: there is none."""
        ...

    def footage_pieces(self, device: str, stream: FootageStream, from_us: int, to_us: int) -> Sequence[Piece]:
        """The pieces that show any of that time."""
        ...

    def footage_there(self, device: str, stream: FootageStream, from_us: int, to_us: int) -> Sequence[Interval]:
        """What of that time is covered."""
        ...

    def footage_numbered(self, device: str, stream: FootageStream, spans: Sequence[NoSpan]) -> Sequence[Piece]:
        """The pieces with these numbers."""
        ...


class Parts(NamedTuple):
    """`rules` None: the policy says nothing of footage, and none is deleted. `day_of`: the day of a time in the estate's zone."""

    site: Site
    outcome: Any
    casebook: Casebook
    book: SiteBook
    archive: OldFootage
    rules: FootageRules | None
    new_id: Callable[[], str]
    counters: Counter[str]
    now_us: int
    day_of: Callable[[int], str]

    @property
    def held_around(self) -> HeldAround:
        """How much is held around an incident."""
        rules = self.rules
        return (
            HeldAround(120 * US_PER_S, 300 * US_PER_S) if rules is None else HeldAround(rules.hold_before_us, rules.hold_after_us)
        )

    @property
    def state(self) -> SweepState:
        """How the sweep is."""
        return self.site.keeping.state

    def put(self, state: SweepState) -> None:
        """How it is from now on."""
        if state != self.site.keeping.sweep.get(""):
            self.site.keeping.sweep.put("", state)

    def wanted_days(self) -> dict[str, int]:
        """How long each camera of the estate is to be kept, by policy and estate."""
        assert self.rules is not None
        cameras = (self.book.detector_device(name) for name in self.book.cameras)
        return {one.id: days_of(self.rules, one.options) for one in cameras if one is not None}

    def agent_of(self, device: str) -> str:
        """The agent behind which a camera is; empty for a stranger, whose footage nobody can be asked to delete."""
        found = self.book.detector_device(device)
        return "" if found is None else found.agent

    def tell(self, act: str, key: str, body: Any) -> None:
        """A row of the change log."""
        self.casebook.change(self.now_us, TOPIC, key, act, _encode(body))

    def raise_(self, detector: Detector, subject: str, episode: str, facts: dict[str, Any], device: str = "") -> None:
        """An incident about a device, or about the site. Told again it is the same one."""
        self.casebook.apply(detector, subject, self._row(device), Raise(episode, self.now_us, facts), self.now_us)

    def clear(self, detector: Detector, subject: str, episode: str, device: str = "") -> None:
        """It is over."""
        self.casebook.apply(detector, subject, self._row(device), Clear(episode, self.now_us), self.now_us)

    def _row(self, device: str) -> Device:
        found = self.book.detector_device(device) if device else None
        if found is not None:
            return found
        place = next(iter(self.book.places), "")
        return Device(place, "other", place, "", place, {})
