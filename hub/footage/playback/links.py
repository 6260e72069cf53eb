"""Links by which footage is played: each for one sign-in, its cameras and its time, and for minutes.

A link is random, and nothing by itself: whoever uses it must be signed in as the one it was made for, by the very sign-in, so
that it ends with that. Links are in memory: a hub that is started anew knows none, and a player asks for another view.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import NamedTuple

from contract.clock import US_PER_S, Clock
from hub.footage.playback.listing import Listing

LINKS_MAX = 1_000
"""Over it the one that was used longest ago goes."""
OF_ONE_MAX = 16
"""Of one sign-in."""
LASTS_US = 12 * 3_600 * US_PER_S
"""However much it is played: then somebody says anew why he looks."""


class View(NamedTuple):
    """What a row of the register allows. `agents`: by camera, who has its footage."""

    view: str
    session: str
    agents: Mapping[str, str]
    from_us: int
    to_us: int


class Link(NamedTuple):
    """`listings`: by camera and stream. `lock`: held while they are added to."""

    token: str
    view: View
    made_us: int
    listings: dict[tuple[str, str], Listing]
    lock: Lock

    def listing(self, device: str, stream: str, origin_us: int) -> Listing:
        """What is shown of the camera's stream by this link."""
        return self.listings.setdefault((device, stream), Listing(origin_us))


class Links:
    """The links of one hub. Any thread. Times are monotonic, so that a clock that is set makes none live longer. `token`: random,
    of 128 bits; `valid_us`: how long one lasts after it was made, or used."""

    def __init__(self, clock: Clock, token: Callable[[], str], valid_us: int) -> None:
        self._clock, self._token, self._valid_us = clock, token, valid_us
        self._lock = Lock()
        self._links: OrderedDict[str, tuple[Link, int]] = OrderedDict()
        self.counters: Counter[str] = Counter()

    @property
    def valid_us(self) -> int:
        """How long a link lasts unused."""
        return self._valid_us

    def make(self, view: View) -> Link:
        """A link for a view that stands in the register."""
        now_us = self._clock.mono_us()
        link = Link(self._token(), view, now_us, {}, Lock())
        with self._lock:
            mine = [token for token, (one, _) in self._links.items() if one.view.session == view.session]
            for token in mine[: max(0, len(mine) - OF_ONE_MAX + 1)]:
                del self._links[token]
                self.counters["dropped"] += 1
            self._links[link.token] = (link, now_us)
            while len(self._links) > LINKS_MAX:
                self._links.popitem(last=False)
                self.counters["dropped"] += 1
            self.counters["made"] += 1
        return link

    def use(self, token: str, session: str) -> Link | None:
        """The link, which lasts on from now; None where it is over, was never made, or is another sign-in's."""
        now_us = self._clock.mono_us()
        with self._lock:
            link, used_us = self._links.get(token, (None, 0))
            if link is None:
                self.counters["unknown"] += 1
                return None
            if now_us - used_us >= self._valid_us or now_us - link.made_us >= LASTS_US:
                del self._links[token]
                self.counters["over"] += 1
                return None
            if link.view.session != session:
                self.counters["foreign"] += 1
                return None
            self._links[token] = (link, now_us)
            self._links.move_to_end(token)
            return link

    def end(self, token: str, session: str) -> bool:
        """Its player was closed. False where there was none of that sign-in's."""
        with self._lock:
            link, _ = self._links.get(token, (None, 0))
            if link is None or link.view.session != session:
                return False
            del self._links[token]
            return True
